"""Where things lie: state, cache, configuration, runtime; as functions of the environment.

All functions take the environment as a mapping, so that a test (or a command acting for a
service) can ask for another one. They only compute; :func:`ensure_dir` is the one that writes.

======== ==================================================================================
state    ``$SAYSO_STATE``, systemd's ``$STATE_DIRECTORY``, ``$XDG_STATE_HOME/sayso``,
         ``~/.local/state/sayso``
cache    systemd's ``$CACHE_DIRECTORY``, ``$XDG_CACHE_HOME/sayso``, ``~/.cache/sayso``
config   ``$SAYSO_CONFIG``, ``$XDG_CONFIG_HOME/sayso/sayso.yaml`` (``~/.config``),
         ``/etc/sayso/sayso.yaml``
runtime  the state folder if ``$SAYSO_STATE`` names one, systemd's ``$RUNTIME_DIRECTORY``,
         ``$XDG_RUNTIME_DIR/sayso``, the state folder
======== ==================================================================================
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from voice.errors import StateError, StorageError

Environment = Mapping[str, str]
"""Environment variables by name; ``os.environ`` is one."""

SYSTEM_CONFIG = Path("/etc/sayso/sayso.yaml")
"""The configuration of the whole machine."""

SOCKET_NAME = "sayso.sock"
SOCKET_PATH_MAX = 100
"""Longest path of a Unix socket in bytes: the kernel takes 107, a few are left for a suffix."""


def state_dir(env: Environment = os.environ) -> Path:
    """Folder of what must not be lost. Raises StateError if the environment names none."""
    own = env.get("SAYSO_STATE")
    if own:
        return Path(_expand(own, env)).absolute()
    return _systemd(env, "STATE_DIRECTORY") or _xdg(env, "XDG_STATE_HOME", ".local/state", "state")


def cache_dir(env: Environment = os.environ) -> Path:
    """Folder of what can be fetched again. Raises StateError if the environment names none."""
    return _systemd(env, "CACHE_DIRECTORY") or _xdg(env, "XDG_CACHE_HOME", ".cache", "cache")


def config_candidates(env: Environment = os.environ) -> list[Path]:
    """List the configuration files in the order of looking; the first that exists is it.

    Without a home folder the user's own file is left out rather than refused.
    """
    candidates: list[Path] = []
    own = env.get("SAYSO_CONFIG")
    if own:
        candidates.append(Path(_expand(own, env)).absolute())
    with contextlib.suppress(StateError):  # a service without a home still has /etc
        candidates.append(_xdg(env, "XDG_CONFIG_HOME", ".config", "configuration") / "sayso.yaml")
    candidates.append(SYSTEM_CONFIG)
    return candidates


def runtime_dir(env: Environment = os.environ) -> Path:
    """Folder of the socket through which commands reach a running Sayso.

    It belongs to one state folder: with ``$SAYSO_STATE`` set it is that folder, so that two
    instances with two states never answer for each other.
    """
    if env.get("SAYSO_STATE"):
        return state_dir(env)
    runtime = _systemd(env, "RUNTIME_DIRECTORY")
    if runtime:
        return runtime
    session = env.get("XDG_RUNTIME_DIR", "")
    return Path(session) / "sayso" if Path(session).is_absolute() else state_dir(env)


def socket_path(env: Environment = os.environ) -> Path:
    """Return the Unix socket of a running Sayso.

    A state folder too deep for a socket's path gets a short one in the temporary folder, named
    after it; make its parent with ``ensure_dir(…, private=True)``, which refuses a stranger's.
    """
    path = runtime_dir(env) / SOCKET_NAME
    if len(os.fsencode(path)) <= SOCKET_PATH_MAX:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(env.get("TMPDIR") or "/tmp") / f"sayso-{os.getuid()}-{name}" / SOCKET_NAME


def ensure_dir(path: Path, *, private: bool = False) -> Path:
    """Make a folder, mode 0700, and return it.

    With `private`, a folder that exists must be ours and closed to others. Raises StorageError
    if it can't be made or written to.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.stat()
    except OSError as error:
        raise StorageError(
            f"{path}: the folder can't be made ({error.strerror}); mend its rights or name "
            "another with $SAYSO_STATE (state) or $XDG_CACHE_HOME (cache)"
        ) from error
    if private and (status.st_uid != os.getuid() or status.st_mode & 0o077):
        raise StorageError(f"{path}: belongs to others or is open to them; remove it")
    if not os.access(path, os.W_OK | os.X_OK):
        raise StorageError(
            f"{path}: not writable; mend its rights or name another folder with $SAYSO_STATE "
            "(state) or $XDG_CACHE_HOME (cache)"
        )
    return path


def _systemd(env: Environment, name: str) -> Path | None:
    """Return the folder that systemd made for the unit; the first if the unit declares several."""
    first = env.get(name, "").split(":", 1)[0]
    return Path(first) if Path(first).is_absolute() else None


def _xdg(env: Environment, name: str, below_home: str, what: str) -> Path:
    """Return a folder by the XDG base directory rules, which say to ignore a relative value."""
    base = env.get(name, "")
    if Path(base).is_absolute():
        return Path(base) / "sayso"
    home = env.get("HOME", "")
    if not Path(home).is_absolute():
        raise StateError(f"no folder for the {what}: $HOME is not set; set it, or ${name}")
    return Path(home) / below_home / "sayso"


def _expand(path: str, env: Environment) -> str:
    home = env.get("HOME", "")
    return home + path[1:] if home and (path == "~" or path.startswith("~/")) else path
