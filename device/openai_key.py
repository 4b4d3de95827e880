"""The OpenAI key: where it may lie, and that only its owner can read it.

Looked for in ``$CREDENTIALS_DIRECTORY`` (systemd's ``LoadCredential=``), then in a file that only
its owner can read, then in the environment. Never in the YAML, never in an argument.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from voice.errors import ConfigError

NAME = "openai_api_key"
VARIABLE = "OPENAI_API_KEY"
MAX_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Key:
    """A key and where it was found."""

    value: str = field(repr=False)
    source: str
    """For people: "credentials", a path, "the environment"."""
    ambient: bool = False
    """It lay in the environment and was not put there for us."""


def find_key(env: Mapping[str, str] = os.environ, home: Path | None = None) -> Key | None:
    """Return the key, or None. Raises ConfigError for a file that others can read, or that is no key."""
    folder = env.get("CREDENTIALS_DIRECTORY")
    # systemd gives it to this service alone; its mode is none of our business.
    if folder and (value := _read(Path(folder) / NAME, private=False)):
        return Key(value, "credentials")
    file = _own_file(env, home)
    if file and (value := _read(file, private=True)):
        return Key(value, str(file))
    if value := env.get(VARIABLE, "").strip():
        return Key(_checked(value, VARIABLE), "the environment", ambient=True)
    return None


def _own_file(env: Mapping[str, str], home: Path | None) -> Path | None:
    if folder := env.get("XDG_CONFIG_HOME"):
        return Path(folder) / "sayso" / NAME
    home = home or (Path(env["HOME"]) if env.get("HOME") else None)
    return home / ".config" / "sayso" / NAME if home else None


def _read(file: Path, *, private: bool) -> str:
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            content = opened.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return ""
    except OSError as fault:
        raise ConfigError(f"{file}: {fault.strerror}") from None
    if private and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"{file}: others can read this key; run: chmod 600 {file}")
    if len(content) > MAX_BYTES:
        raise ConfigError(f"{file}: is no key, it is too long")
    return _checked(content.decode("ascii", "replace").strip(), str(file))


def _checked(value: str, where: str) -> str:
    """Return a key that fits into a header line; the message does not repeat it."""
    if value and not (value.isascii() and value.isprintable() and " " not in value):
        raise ConfigError(f"{where}: is no key, it holds spaces or other signs")
    return value
