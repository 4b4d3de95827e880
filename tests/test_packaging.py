"""What is installed: the wheel in a virtual environment of its own, and the systemd units."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from device.catalogue import CATALOGUE
from device.openai_key import NAME as KEY_NAME
from voice.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SYSTEM_UNIT = ROOT / "systemd" / "sayso.service"
USER_UNIT = ROOT / "systemd" / "sayso-user.service"


def run(
    *command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, cwd=cwd, env=env
    )


# -- the wheel ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources: building leaves its traces where it happens."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("voice", "device", "config", "tests", "systemd"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=ignore)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", "out", "."]
    isolated = not new_setuptools()
    done = run(*command, *([] if isolated else ["--no-build-isolation"]), cwd=source)
    if (
        isolated
        and done.returncode
        and "No matching distribution found for setuptools" in (done.stdout + done.stderr)
    ):
        pytest.skip("no setuptools to build with, here or from a package index")
    assert done.returncode == 0, done.stdout + done.stderr
    return next((source / "out").glob("*.whl"))


def new_setuptools() -> bool:
    """Whether the setuptools that pyproject.toml asks for is installed already."""
    try:
        return int(metadata.version("setuptools").split(".", 1)[0]) >= 77
    except metadata.PackageNotFoundError:
        return False


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment with the wheel in it; what it requires is lent to it."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    install = ("install", "--quiet", "--no-deps", "--no-index", wheel)
    done = run(sys.executable, "-m", "pip", "--python", python, *install)
    assert done.returncode == 0, done.stderr
    [packages] = (folder / "lib").glob("python*/site-packages")
    # Last on the path, and without the .pth files in there: not the Sayso that may be in it.
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "lent.pth").write_text("\n".join(sorted(lent)) + "\n", encoding="utf-8")
    return folder / "bin"


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, Any]:
    """Options of `run`: a folder and an environment that know nothing of this checkout."""
    environment = {"HOME": str(tmp_path), "PATH": os.defpath, "LANG": "C.UTF-8"}
    return {"cwd": tmp_path, "env": environment}


def test_the_wheel_holds_the_program_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/", 1)[0] for name in names}
    assert tops == {"voice", "device", f"sayso-{PROJECT['project']['version']}.dist-info"}
    sources = {
        path.relative_to(ROOT).as_posix()
        for top in ("voice", "device")
        for path in (ROOT / top).rglob("*.py")
    }
    assert sources - set(names) == set()


def test_the_wheel_holds_every_file_that_the_program_reads(wheel):
    data = {
        path.relative_to(ROOT).as_posix()
        for pattern in (
            "device/config/*.yaml",
            "device/config/*.json",
            "device/sounds/*.wav",
            "voice/intents/sentences/*/*.yaml",
        )
        for path in ROOT.glob(pattern)
    }
    assert {"device/config/sayso.yaml", "voice/intents/sentences/en/time.yaml"} <= data
    assert any(name.endswith(".wav") for name in data)
    others = {
        path.relative_to(ROOT).as_posix()
        for top in ("voice", "device")
        for path in (ROOT / top).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    assert others <= data, "a kind of file that the wheel does not know yet"
    assert data - set(zipfile.ZipFile(wheel).namelist()) == set()


def test_installed_it_is_itself(installed, elsewhere):
    done = run(installed / "sayso", "--version", **elsewhere)
    assert (done.stdout, done.returncode) == (f"sayso {PROJECT['project']['version']}\n", 0)
    code = "import device, voice; print(device.__file__); print(voice.__file__)"
    for line in run(installed / "python", "-c", code, **elsewhere).stdout.splitlines():
        assert Path(line).is_relative_to(installed.parent)


def test_installed_it_finds_its_configuration(installed, elsewhere):
    done = run(installed / "sayso", "config", "show", "--json", **elsewhere)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["turn"]["max_s"] == 10.0
    done = run(installed / "sayso", "config", "schema", **elsewhere)
    assert done.stdout == (ROOT / "config" / "sayso.schema.json").read_text(encoding="utf-8")
    code = "from device.settings import shipped; print(shipped('sayso.yaml').read_text(), end='')"
    done = run(installed / "python", "-c", code, **elsewhere)
    assert done.stdout == (ROOT / "config" / "sayso.yaml").read_text(encoding="utf-8")


def test_installed_it_answers_by_itself(installed, elsewhere):
    question = ("ask", "--json", "--set", "model.provider=none", "what is 12 times 13")
    done = run(installed / "sayso", *question, **elsewhere)
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    assert (reply["intent"], reply["source"]) == ("Calculate", "device")
    assert "156" in reply["reply"]


def test_installed_it_finds_its_sounds(installed, elsewhere):
    code = "from device.chimes import chimes; print(*(s.seconds for s in chimes().values()))"
    done = run(installed / "python", "-c", code, **elsewhere)
    assert done.returncode == 0, done.stderr
    lengths = [float(length) for length in done.stdout.split()]
    assert len(lengths) >= 2
    assert all(0 < length < 3 for length in lengths)


def test_installed_it_can_measure_itself(installed, elsewhere):
    done = run(installed / "sayso", "bench", "--help", **elsewhere)
    assert done.returncode == 0, done.stderr
    assert "--data" in done.stdout
    code = (
        "import importlib, pkgutil, device.bench as b\n"
        "for m in pkgutil.iter_modules(b.__path__): importlib.import_module('device.bench.' + m.name)"
    )
    done = run(installed / "python", "-c", code, **elsewhere)
    assert done.returncode == 0, done.stderr


def test_the_bundled_models_are_those_of_the_catalogue():
    asked = set(PROJECT["project"]["optional-dependencies"]["bundled"])
    known = {f"{s.package.name}=={s.package.version}" for s in CATALOGUE.values() if s.package}
    assert asked <= known


# -- the units ---------------------------------------------------------------------------------

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def settings(unit: Path) -> dict[str, list[str]]:
    """A unit's settings, comments left out; each may be there several times."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"(\w+)=(.*)", line):
            found.setdefault(match[1], []).append(match[2])
    return found


@needs_systemd
@pytest.mark.parametrize("unit", [SYSTEM_UNIT, USER_UNIT])
def test_systemd_finds_no_fault_in_the_units(unit, tmp_path):
    # As it is, but for the program: it is not installed where the unit expects it.
    text = unit.read_text(encoding="utf-8")
    copy = tmp_path / unit.name
    copy.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text), encoding="utf-8")
    mode = ["--user"] if unit == USER_UNIT else []
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    done = run("systemd-analyze", *mode, "verify", "--man=no", copy, env=environment)
    about_us = [line for line in (done.stdout + done.stderr).splitlines() if unit.name in line]
    assert (done.returncode, about_us) == (0, [])


@needs_systemd
def test_the_system_service_is_shut_in():
    check = ("security", "--offline=yes", "--threshold=20", "--no-pager")
    done = run("systemd-analyze", *check, SYSTEM_UNIT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("unit", [SYSTEM_UNIT, USER_UNIT])
def test_the_units_agree_with_the_program(unit):
    found = settings(unit)
    assert found["Type"] == ["notify"]
    assert "READY=1" in (ROOT / "device" / "service.py").read_text(encoding="utf-8")
    assert found["RestartPreventExitStatus"] == [str(ConfigError.exit_code)]
    assert "WatchdogSec" not in found, "nothing feeds it"
    [command] = found["ExecStart"]
    program, *arguments = command.split()
    assert Path(program).name in PROJECT["project"]["scripts"]
    assert arguments == ["run"]
    clone = program.removesuffix("/.venv/bin/sayso").replace("%h", "~")
    assert f"clone in `{clone}`" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_system_service_gets_its_folders_and_the_sound_card():
    found = settings(SYSTEM_UNIT)
    for folder in ("StateDirectory", "CacheDirectory", "ConfigurationDirectory"):
        assert found[folder] == ["sayso"]
    assert found["DeviceAllow"] == ["char-alsa rw"]
    assert found["SupplementaryGroups"] == ["audio"]
    assert f"#LoadCredential={KEY_NAME}:" in SYSTEM_UNIT.read_text(encoding="utf-8")
    assert not {"MemoryDenyWriteExecute", "PrivateDevices", "ProcSubset"} & set(found)
