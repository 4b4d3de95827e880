"""From a fresh clone to a running demo, or to all checks, with one line.

::

    python3 device/bootstrap.py demo           install what is needed, then `sayso demo`
    python3 device/bootstrap.py test [ARG…]    the same and all checks; ARGs go to pytest

Everything lands in ``.venv`` beside the README; a second run reuses it, a half-made one is made
anew. As root, missing Debian packages are installed with apt-get; otherwise the command is named.
pip's own settings (``PIP_INDEX_URL``, ``pip.conf``, …) count. ``sudo`` is never called.

This file imports the standard library alone and runs on Python 3.8, so that a Python which is too
old gets one clear line instead of a traceback. It is started as a script, so this folder leads
``sys.path``: no module beside it may be called like a standard one (a test holds that).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11), (3, 13)
"""Pythons for which all dependencies have wheels."""
GLIBC = (2, 35)
"""pymicro-wakeword's wheels need it: Debian 12, Raspberry Pi OS Bookworm, Ubuntu 22.04."""
MACHINES = ("x86_64", "aarch64")
EXTRAS = {"demo": ("bundled", "local"), "test": ("bundled", "dev", "local", "test")}
DEMO_PACKAGES = ("libportaudio2", "libgomp1")
"""For the sound card, and for the language model on the device; wheels bring neither."""
TEST_PACKAGES = (*DEMO_PACKAGES, "libasound2-plugins", "pulseaudio", "pulseaudio-utils")
LANGUAGE_MODEL = "smollm2-135m"
OFFLINE_SIGNS = (
    "NewConnectionError",
    "NameResolutionError",
    "Temporary failure in name resolution",
    "ConnectTimeoutError",
    "ProxyError",
)
"""What pip prints when no index answers."""


class SetupError(Exception):
    """One line for a person: what is wrong and how to mend it."""


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Do what the command line says; the exit code."""
    command, extra = (arguments[0], arguments[1:]) if arguments else ("", ())
    if command not in EXTRAS or (command == "demo" and extra):
        say("usage: python3 device/bootstrap.py demo | test [ARGUMENTS OF PYTEST]")
        return 2
    try:
        use_fitting_python(sys.version_info[:2], arguments)
        check_machine(sys.maxsize, os.uname().machine, glibc_version())
        environment = child_environment(os.environ, root)
        python = install(command, root, environment)
        if command == "test":
            return run_checks(python, extra, root, environment)
        say("")
        sayso = str(root / ".venv/bin/sayso")
        os.execve(sayso, [sayso, "demo"], environment)
    except SetupError as error:
        say(str(error))
    except KeyboardInterrupt:
        say("\nstopped; the same line goes on where it was")
        return 130
    return 1


def say(text: str, end: str = "\n") -> None:
    """Tell the person something; standard output is left to what runs afterwards."""
    sys.stderr.write(text + end)
    sys.stderr.flush()


# The machine


def use_fitting_python(version: tuple[int, ...], arguments: Sequence[str]) -> None:
    """Start anew with a Python that fits if this one does not; return if it does."""
    if OLDEST <= version <= NEWEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        # pyenv leaves commands on the PATH that only say that they are not there.
        if other and runs(other, minor):
            say(f"Python {dotted(version)} does not fit, going on with {other}")
            os.execv(other, [other, str(Path(__file__).resolve()), *arguments])
    raise SetupError(
        f"Sayso needs Python {dotted(OLDEST)} to {dotted(NEWEST)} and this is "
        f"{dotted(version)}: install python{dotted(NEWEST)}, or any of these, and run the same "
        "line again"
    )


def runs(python: str, minor: int) -> bool:
    """Whether `python` starts and is a CPython 3.`minor`."""
    code = "import sys; print(sys.implementation.name, sys.version_info[1])"
    try:
        done = subprocess.run(
            [python, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.decode().split() == ["cpython", str(minor)]


def check_machine(word: int, machine: str, glibc: tuple[int, ...] | None) -> None:
    """Refuse a machine for which the dependencies have no wheels."""
    if word <= 2**32:
        raise SetupError(
            f"Sayso needs a 64-bit system and this Python has {8 * struct.calcsize('P')} bits: "
            "on a Raspberry Pi, install the 64-bit Raspberry Pi OS"
        )
    if machine not in MACHINES:
        raise SetupError(f"Sayso runs on {' and '.join(MACHINES)}; this machine is {machine}")
    if glibc is None or glibc < GLIBC:
        found = f"glibc {dotted(glibc)}" if glibc else "no glibc"
        raise SetupError(
            f"Sayso needs Linux with glibc {dotted(GLIBC)} or newer (Debian 12, Raspberry Pi OS "
            f"Bookworm, Ubuntu 22.04, or later); this system has {found}"
        )


def glibc_version() -> tuple[int, ...] | None:
    """Read the C library's version, or None if it is not glibc."""
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
        return tuple(int(part) for part in version.split(".")[:2]) if name == "glibc" else None
    except (ValueError, OSError):
        return None


def dotted(version: Sequence[int]) -> str:
    """Write (3, 11) as 3.11."""
    return ".".join(str(part) for part in version[:2])


def child_environment(environment: Mapping[str, str], root: Path) -> dict[str, str]:
    """Make the environment for pip and Sayso, with folders that exist even without a home."""
    result = {**environment, "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    result.setdefault("PIP_RETRIES", "2")
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"):
        result.pop(name, None)
    home = environment.get("HOME", "")
    if not (Path(home).is_absolute() and os.access(home, os.W_OK)):
        result["HOME"] = str(root / ".venv" / "home")
    return result


# Installing


def install(command: str, root: Path, environment: dict[str, str]) -> str:
    """Bring everything that `command` needs; the path of the virtual environment's Python."""
    system_packages(command, bool(environment.get("CI")))
    python = virtual_environment(root)
    Path(environment["HOME"]).mkdir(parents=True, exist_ok=True)
    install_sayso(python, EXTRAS[command], root, environment)
    sayso = str(root / ".venv/bin/sayso")
    try:
        step(
            f"Language model {LANGUAGE_MODEL}",
            [sayso, "models", "fetch", LANGUAGE_MODEL],
            environment,
            root,
        )
    except SetupError as error:
        if command == "test":
            raise
        say(f"{error}\nGoing on without: what needs no language model is answered all the same")
    return python


def system_packages(command: str, required: bool) -> None:
    """Bring the system's libraries, or say what is missing; the demo does without.

    With `required` (CI) it is an error if it can't be had.
    """
    missing = debian_missing(TEST_PACKAGES if command == "test" else DEMO_PACKAGES)
    if not missing:
        return
    try:
        apt_install(missing)
    except SetupError as error:
        if required:
            raise
        say(
            f"{error}\nGoing on without: libportaudio2 is for the sound card, libgomp1 for the "
            "language model"
        )


def virtual_environment(root: Path) -> str:
    """Make ``.venv`` unless a sound one is there."""
    folder = root / ".venv"
    python = folder / "bin/python"
    if venv_is_sound(folder):
        return str(python)
    need_ensurepip()
    if folder.exists():
        shutil.rmtree(str(folder))
    step("Virtual environment (.venv)", [sys.executable, "-m", "venv", str(folder)])
    return str(python)


def venv_is_sound(folder: Path) -> bool:
    """Whether ``.venv`` has this Python's version and a pip, and has not been moved."""
    python = folder / "bin/python"
    code = "import json, pip, sys; print(json.dumps([sys.version_info[:2], sys.prefix]))"
    try:
        done = subprocess.run(
            [str(python), "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
        version, prefix = json.loads(done.stdout.decode())
        made_here = str(folder) in (folder / "bin/activate").read_text("utf-8")
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return False
    return tuple(version) == sys.version_info[:2] and Path(prefix) == folder and made_here


def need_ensurepip() -> None:
    """Make sure that venv can bring pip: Debian keeps that in a package of its own."""
    code = "import ensurepip, venv"
    if subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL).returncode == 0:
        return
    apt_install([f"python{dotted(sys.version_info[:2])}-venv"])


def install_sayso(
    python: str, extras: Sequence[str], root: Path, environment: dict[str, str]
) -> None:
    """Install Sayso, editable, and its packages, unless the same was done before."""
    stamp = root / ".venv" / "sayso.json"
    wanted = fingerprint(root)
    try:
        done = json.loads(stamp.read_text("utf-8"))
        if done["fingerprint"] == wanted and set(extras) <= set(done["extras"]):
            return
        if done["fingerprint"] == wanted:
            extras = sorted(set(extras) | set(done["extras"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    if stamp.exists():
        stamp.unlink()  # an installation that breaks off must not look finished
    names = ",".join(extras)
    command = [python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
    command += ["--editable", f".[{names}]", "--constraint", "constraints.txt"]
    step(f"Sayso and its packages [{names}]", command, environment, root)
    stamp.write_text(json.dumps({"fingerprint": wanted, "extras": sorted(extras)}), "utf-8")


def fingerprint(root: Path) -> str:
    """Digest what decides which packages are installed."""
    digest = hashlib.sha256(str(root).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def debian_missing(names: Sequence[str]) -> list[str]:
    """List the Debian packages that are not installed; all of them on another system."""
    return [name for name in names if not debian_has(name)]


def debian_has(name: str) -> bool:
    """Whether dpkg says that a package is installed."""
    if not shutil.which("dpkg-query"):
        return False
    done = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Status}", name],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return done.returncode == 0 and done.stdout.endswith(b" installed")


def apt_install(names: Sequence[str]) -> None:
    """Install Debian packages as root; anyone else gets the command in a SetupError."""
    advice = f"apt-get install {' '.join(names)}"
    if not shutil.which("apt-get"):
        raise SetupError(f"Missing, by their Debian names: {' '.join(names)}; install them")
    if os.geteuid() != 0:
        raise SetupError(f"Missing: {' '.join(names)}; run `{advice}` as root (sudo)")
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "--quiet"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    step("Debian's list of packages", [*apt, "update"], quiet)
    command = [*apt, "install", "--yes", "--no-install-recommends", *names]
    step(f"Debian's {' '.join(names)}", command, quiet)


def step(
    title: str,
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run a command silently, with one line for it; show the end of its output if it fails."""
    say(f"{title} … ", end="")
    start = time.monotonic()
    with tempfile.TemporaryFile() as output:
        try:
            code = subprocess.run(
                list(command),
                env=None if environment is None else dict(environment),
                cwd=None if cwd is None else str(cwd),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            ).returncode
        except OSError as error:
            say("failed")
            raise SetupError(f"{command[0]}: {error.strerror}") from None
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    if code == 0:
        say(f"{time.monotonic() - start:.1f} s")
        return
    say("failed")
    if any(sign in text for sign in OFFLINE_SIGNS):
        raise SetupError(
            "No Python package index can be reached: connect to the network, or name one with "
            "PIP_INDEX_URL or PIP_FIND_LINKS, and run the same line again"
        )
    say("\n".join(text.rstrip().splitlines()[-15:]))
    raise SetupError(f"{title}: `{' '.join(command)}` failed (exit code {code}), see above")


# The checks


NO_TESTS = 5
"""pytest's exit code where what it was asked for chose no test."""


def run_checks(python: str, extra: Sequence[str], root: Path, environment: dict[str, str]) -> int:
    """Run every check, also after one that failed; 0 if all passed.

    Tests with a sound card keep time with the clock, so nothing else runs beside them.
    """
    checks = (
        ("ruff check", ["ruff", "check", "."]),
        ("ruff format", ["ruff", "format", "--check", "."]),
        ("pyright", ["pyright", "--pythonpath", python]),
        ("pytest", ["pytest", "-n", "2", "--dist", "loadfile", "-m", "not card", *extra]),
        ("pytest, with a sound card", ["pytest", "-m", "card", *extra]),
    )
    failed = []
    nothing_chosen = False
    for name, command in checks:
        say(f"\n{name}")
        start = time.monotonic()
        done = subprocess.run([python, "-m", *command], cwd=str(root), env=environment)
        say(f"{name}: {time.monotonic() - start:.1f} s, exit code {done.returncode}")
        if done.returncode == NO_TESTS and command[0] == "pytest" and not nothing_chosen:
            nothing_chosen = True  # the other half of the tests has to have some
        elif done.returncode != 0:
            failed.append(name)
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
