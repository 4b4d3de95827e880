"""The installer: what it refuses, what it reuses, what it says; and the pins that it installs."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from device import bootstrap
from device.bootstrap import SetupError

ROOT = Path(bootstrap.__file__).parent.parent


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


# The file itself


def test_it_is_valid_python_3_8_and_imports_the_standard_library_alone() -> None:
    tree = ast.parse(Path(bootstrap.__file__).read_text("utf-8"), feature_version=(3, 8))
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported <= sys.stdlib_module_names


def test_no_module_beside_it_stands_in_for_a_standard_one() -> None:
    beside = {path.stem for path in Path(bootstrap.__file__).parent.iterdir()}
    assert not beside & sys.stdlib_module_names


def test_ci_runs_the_documented_line() -> None:
    run = ROOT / ".ci" / "run"
    assert "python3 device/bootstrap.py test\n" in run.read_text("utf-8")
    assert run.stat().st_mode & 0o111


@pytest.mark.parametrize("arguments", [[], ["--help"], ["install"], ["demo", "more"]])
def test_wrong_usage_is_answered_with_the_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap.main(arguments) == 2
    assert "demo | test" in capsys.readouterr().err


# The machine


class StartedAnewError(Exception):
    """Raised in place of replacing the process."""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Command lines with which the process would have been replaced."""
    commands: list[list[str]] = []

    def execv(program: str, command: list[str]) -> None:
        commands.append(command)
        raise StartedAnewError

    monkeypatch.setattr(os, "execv", execv)
    return commands


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_a_fitting_python_goes_on(version: tuple[int, int], started: list[list[str]]) -> None:
    bootstrap.use_fitting_python(version, ["demo"])
    assert started == []


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14), (4, 0)])
def test_another_python_looks_for_the_newest_that_fits(
    version: tuple[int, int],
    started: list[list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script(tmp_path / "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    fitting = script(tmp_path / "python3.12", "echo cpython 12")
    script(tmp_path / "python3.11", "echo cpython 11")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartedAnewError):
        bootstrap.use_fitting_python(version, ["test", "-k", "wake"])
    assert started == [[str(fitting), str(Path(bootstrap.__file__)), "test", "-k", "wake"]]


def test_without_a_fitting_python_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "python3.12", "echo pypy 12")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError) as caught:
        bootstrap.use_fitting_python((3, 9), ["demo"])
    assert "3.11 to 3.13 and this is 3.9" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("word", "machine", "glibc", "said"),
    [
        (2**31 - 1, "armv7l", (2, 36), "64-bit Raspberry Pi OS"),
        (2**31 - 1, "aarch64", (2, 36), "64-bit Raspberry Pi OS"),
        (2**63 - 1, "riscv64", (2, 41), "this machine is riscv64"),
        (2**63 - 1, "aarch64", (2, 31), "this system has glibc 2.31"),
        (2**63 - 1, "x86_64", None, "this system has no glibc"),
    ],
)
def test_a_machine_without_wheels_is_refused(
    word: int, machine: str, glibc: tuple[int, int] | None, said: str
) -> None:
    with pytest.raises(SetupError, match=said):
        bootstrap.check_machine(word, machine, glibc)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("glibc", [(2, 35), (2, 41), (3, 0)])
def test_the_supported_machines_pass(machine: str, glibc: tuple[int, int]) -> None:
    bootstrap.check_machine(2**63 - 1, machine, glibc)


def test_without_a_home_pip_and_sayso_get_one(tmp_path: Path) -> None:
    own = str(tmp_path / ".venv" / "home")
    for given in ({}, {"HOME": ""}, {"HOME": "relative"}, {"HOME": "/no/such/folder"}):
        assert bootstrap.child_environment(given, tmp_path)["HOME"] == own
    assert bootstrap.child_environment({"HOME": str(tmp_path)}, tmp_path)["HOME"] == str(tmp_path)


def test_pips_own_settings_count_and_another_environments_do_not(tmp_path: Path) -> None:
    given = {"PIP_INDEX_URL": "https://mirror.example", "PIP_RETRIES": "9", "PYTHONPATH": "/x"}
    made = bootstrap.child_environment(given, tmp_path)
    assert made["PIP_INDEX_URL"] == "https://mirror.example"
    assert made["PIP_RETRIES"] == "9"
    assert made["PIP_NO_INPUT"] == "1"
    assert "PYTHONPATH" not in made


# Steps


def test_a_step_is_one_line_with_its_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.step("Something", ["sh", "-c", "echo noise; echo more >&2"])
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Something … ")
    assert captured.err.endswith(" s\n")
    assert "noise" not in captured.err


def test_a_failed_step_shows_the_last_lines_of_its_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SetupError, match="exit code 3"):
        bootstrap.step("Something", ["sh", "-c", "seq 100; exit 3"])
    assert capsys.readouterr().err.split()[2:] == ["failed", *map(str, range(86, 101))]


def test_an_unreachable_index_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    noise = "echo \"connection broken by 'NewConnectionError('...')'\"; exit 1"
    with pytest.raises(SetupError, match="No Python package index can be reached"):
        bootstrap.step("Packages", ["sh", "-c", noise])
    assert capsys.readouterr().err == "Packages … failed\n"


def test_a_program_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SetupError, match="No such file"):
        bootstrap.step("Something", ["/no/such/program"])


# Debian's packages


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """A Debian on which only `here` is installed; the function gives apt-get's command lines."""
    log = tmp_path / "apt.log"
    tools = tmp_path / "tools"
    script(
        tools / "dpkg-query", 'case "$*" in *here) printf "install ok installed";; *) exit 1; esac'
    )
    script(tools / "apt-get", f'echo "$@" >> {log}')
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    return lambda: log.read_text() if log.exists() else ""


def test_root_gets_what_is_missing_installed(
    debian: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(bootstrap, "TEST_PACKAGES", ("here", "missing"))
    bootstrap.system_packages("test", required=True)
    update, install = debian().splitlines()
    assert update.endswith("update")
    assert install.endswith("install --yes --no-install-recommends missing")


def test_anyone_else_gets_the_command_and_the_demo_goes_on(
    debian: Callable[[], str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    bootstrap.system_packages("demo", required=False)
    assert "apt-get install libportaudio2 libgomp1" in capsys.readouterr().err
    assert debian() == ""
    with pytest.raises(SetupError, match="libportaudio2"):
        bootstrap.system_packages("test", required=True)


def test_nothing_is_installed_when_nothing_is_missing(
    debian: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "DEMO_PACKAGES", ("here",))
    bootstrap.system_packages("demo", required=True)
    assert debian() == ""


def test_a_missing_ensurepip_names_debians_package(
    debian: Callable[[], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(script(tmp_path / "python", "exit 1")))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    package = f"python3.{sys.version_info[1]}-venv"
    with pytest.raises(SetupError, match=f"apt-get install {package}") as caught:
        bootstrap.need_ensurepip()
    assert "\n" not in str(caught.value)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    bootstrap.need_ensurepip()
    assert debian().endswith(f"{package}\n")


# The virtual environment


def test_a_sound_environment_is_kept_and_a_broken_one_made_anew(tmp_path: Path) -> None:
    root = tmp_path / "a clone"
    root.mkdir()
    python = bootstrap.virtual_environment(root)
    (root / ".venv/mark").write_text("")
    assert bootstrap.virtual_environment(root) == python
    assert (root / ".venv/mark").exists()

    moved = root.rename(tmp_path / "moved")
    assert not bootstrap.venv_is_sound(moved / ".venv")
    Path(moved.rename(root) / ".venv/bin/python").unlink()
    assert not bootstrap.venv_is_sound(root / ".venv")
    bootstrap.virtual_environment(root)
    assert not (root / ".venv/mark").exists()
    subprocess.run([python, "-m", "pip", "--version"], check=True, stdout=subprocess.DEVNULL)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose Python only notes how it was called."""
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    script(tmp_path / ".venv/bin/python", f'echo "$@" >> "{tmp_path}/calls"')
    return tmp_path


def calls(clone: Path) -> list[str]:
    path = clone / "calls"
    return path.read_text().splitlines() if path.exists() else []


def install(clone: Path, *extras: str) -> None:
    python = str(clone / ".venv/bin/python")
    bootstrap.install_sayso(python, extras, clone, dict(os.environ))


def test_packages_are_installed_from_wheels_with_their_pins_once(clone: Path) -> None:
    install(clone, "bundled", "local")
    install(clone, "bundled", "local")
    install(clone, "local")
    assert calls(clone) == [
        "-m pip install --quiet --only-binary :all: --editable .[bundled,local] "
        "--constraint constraints.txt"
    ]


def test_further_extras_are_added_and_stay(clone: Path) -> None:
    install(clone, "bundled", "local")
    install(clone, "test")
    install(clone, "bundled", "local")
    assert [word for call in calls(clone) for word in call.split() if word.startswith(".[")] == [
        ".[bundled,local]",
        ".[bundled,local,test]",
    ]


def test_changed_pins_or_a_failed_installation_are_installed_again(clone: Path) -> None:
    install(clone, "local")
    with (clone / "constraints.txt").open("a") as pins:
        pins.write("# newer\n")
    install(clone, "local")
    assert len(calls(clone)) == 2
    (clone / "pyproject.toml").write_text("")
    python = clone / ".venv/bin/python"
    good = python.read_text()
    script(python, "exit 1")
    with pytest.raises(SetupError):
        install(clone, "local")
    python.write_text(good)
    install(clone, "local")
    assert len(calls(clone)) == 3


def test_a_damaged_stamp_is_as_good_as_none(clone: Path) -> None:
    for content in ("", "[]", "{}", '{"fingerprint": 1}', "null"):
        (clone / ".venv/sayso.json").write_text(content)
        install(clone, "local")
    assert len(calls(clone)) == 5


# The checks


def test_all_checks_run_and_one_failure_counts(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    python = script(tmp_path / "python", 'echo "$2" >> calls; [ "$2" != pyright ]')
    code = bootstrap.run_checks(str(python), ["-k", "wake"], tmp_path, dict(os.environ))
    assert code == 1
    assert (tmp_path / "calls").read_text().split() == [
        *["ruff", "ruff", "pyright"],
        *["pytest", "pytest"],
    ]
    assert "failed: pyright" in capfd.readouterr().err


def test_further_arguments_go_to_pytest(tmp_path: Path) -> None:
    python = script(tmp_path / "python", 'echo "$@" >> calls')
    assert bootstrap.run_checks(str(python), ["-k", "wake"], tmp_path, dict(os.environ)) == 0
    *_, beside, alone = (tmp_path / "calls").read_text().splitlines()
    assert beside.endswith("-n 2 --dist loadfile -m not card -k wake")
    assert alone.endswith("pytest -m card -k wake")


@pytest.mark.parametrize(
    ("codes", "failed"), [("0 5", 0), ("5 0", 0), ("5 5", 1), ("1 5", 1), ("5 1", 1)]
)
def test_arguments_that_choose_no_test_at_all_are_a_failure(
    tmp_path: Path, codes: str, failed: int
) -> None:
    (tmp_path / "codes").write_text("\n".join(codes.split()) + "\n")
    python = script(
        tmp_path / "python",
        '[ "$2" = pytest ] || exit 0; code=$(head -1 codes); sed -i 1d codes; exit $code',
    )
    assert bootstrap.run_checks(str(python), ["-k", "x"], tmp_path, dict(os.environ)) == failed


# The pins


def test_every_requirement_has_one_exact_pin_that_satisfies_it() -> None:
    pins: dict[str, str] = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, version = line.partition("==")
            assert version, line
            assert name not in pins, line
            pins[name] = version
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    for text in [*project["dependencies"], *(line for extra in extras for line in extra)]:
        requirement = Requirement(text)
        name = requirement.name.lower().replace("_", "-").replace(".", "-")
        assert requirement.specifier.contains(pins.get(name, "0")), f"constraints.txt: {text}"
