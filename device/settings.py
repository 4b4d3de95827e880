"""Reading the configuration: which file, what is in it, what ``--set`` changes, what is wrong.

The file is the first of: ``--config``, ``$SAYSO_CONFIG``, the user's, the machine's; without one
the defaults hold. `device.settings_edit` changes files, `voice.config` says what can be in them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from device import paths, settings_check, settings_fields, settings_yaml
from device.redaction import redact
from device.settings_yaml import BadYamlError, Document
from voice.config import Config
from voice.errors import ConfigError

CHECK_HINT = "`sayso config check` lists all"


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration in force and where it came from."""

    config: Config
    path: Path | None
    """The file that was read; None when only the defaults hold."""
    overrides: tuple[str, ...] = ()
    """The ``--set`` arguments, in order."""


@dataclass(slots=True)
class Merged:
    """Plain values of a file with the overrides laid over them, and where each came from."""

    data: dict[str, Any]
    origins: dict[settings_yaml.Path, str] = field(default_factory=dict)
    """``FILE:LINE`` or ``--set KEY`` for every path; children inherit."""

    def origin(self, path: settings_yaml.Path) -> str:
        """Return where the value at a path, or what holds it, was set."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.origins:
                return self.origins[path[:length]]
        return "the defaults"

    def override(self, path: tuple[str, ...], value: Any, origin: str) -> None:
        """Replace one value, saying where the new one comes from."""
        inner = self.data
        for part in path[:-1]:
            if not isinstance(inner.get(part), dict):
                inner[part] = {}
            inner = inner[part]
        inner[path[-1]] = value
        for stale in [known for known in self.origins if known[: len(path)] == path]:
            del self.origins[stale]
        for length in range(1, len(path)):
            self.origins.setdefault(path[:length], origin)
        self.origins[path] = origin

    def check(self) -> tuple[Config | None, list[str]]:
        """Return the configuration, or None and all problems, one line each."""
        config, problems = settings_check.check(self.data)
        order = {path: position for position, path in enumerate(self.origins)}
        problems.sort(key=lambda problem: order.get(problem.path, len(order)))
        return config, [f"{self.origin(problem.path)}: {problem.message}" for problem in problems]


def load(
    explicit: Path | None, overrides: Sequence[str], environment: Mapping[str, str]
) -> Settings:
    """Read the configuration; raise `ConfigError` with one line about the first thing wrong."""
    path = find(explicit, environment)
    config, problems = inspect(path, overrides)
    if config is None:
        more = f" (and {len(problems) - 1} more; {CHECK_HINT})" if len(problems) > 1 else ""
        raise ConfigError(problems[0] + more)
    return Settings(config, path, tuple(overrides))


def find(explicit: Path | None, environment: Mapping[str, str]) -> Path | None:
    """Return the file to read, or None for the defaults; one that was named must exist."""
    if explicit is not None:
        if not exists(explicit):
            raise ConfigError(f"{explicit}: no such file; mend the path given with --config")
        return explicit
    candidates = paths.config_candidates(environment)
    if environment.get("SAYSO_CONFIG") and not exists(candidates[0]):
        raise ConfigError(f"{candidates[0]}: no such file; mend $SAYSO_CONFIG or unset it")
    return next(filter(exists, candidates), None)


def writable_path(explicit: Path | None, environment: Mapping[str, str]) -> Path:
    """Return the file that a change goes into: the one that is read, else the user's own."""
    if explicit is not None:
        return explicit
    candidates = paths.config_candidates(environment)
    if environment.get("SAYSO_CONFIG"):
        return candidates[0]
    return next(filter(exists, candidates), candidates[0])


def inspect(path: Path | None, overrides: Sequence[str] = ()) -> tuple[Config | None, list[str]]:
    """Read and check; return the configuration, or None and all problems, one line each."""
    try:
        merged = from_file(path) if path else Merged({})
        for override in overrides:
            _apply(override, merged)
    except ConfigError as error:
        return None, [str(error)]
    return merged.check()


def from_file(path: Path) -> Merged:
    """Read a file's plain values and their lines; raise `ConfigError` when it is not readable."""
    document = parse(read_text(path), str(path))
    lines = {place: f"{path}:{line}" for place, line in document.lines.items()}
    if document.data is None:
        return Merged({}, {(): str(path)})
    if not isinstance(document.data, dict):
        raise ConfigError(
            f"{lines[()]}: the file must hold sections such as `turn:`, "
            f"found {settings_check.found(document.data)}"
        )
    return Merged(document.data, lines)


def read_text(path: Path) -> str:
    """Return a configuration file's text; raise `ConfigError` when it can't be one."""
    try:
        # Not blocking: a named pipe that nobody writes to must not hang us.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                raise IsADirectoryError
            os.set_blocking(descriptor, True)
            content = file.read(settings_yaml.MAX_BYTES + 1)
    except IsADirectoryError:
        raise ConfigError(f"{path}: is a folder; name the file in it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"{path}: can't be read: {reason}") from None
    if len(content) > settings_yaml.MAX_BYTES:
        raise ConfigError(f"{path}: larger than 1 MB; this is not a configuration")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text; save the file as UTF-8") from None


def parse(text: str, where: str) -> Document:
    """Parse YAML; raise `ConfigError` with line and column."""
    try:
        return settings_yaml.parse(text)
    except BadYamlError as error:
        message = " ".join(redact(str(error)).split())
        raise ConfigError(
            f"{where}:{error.line}:{error.column}: not valid YAML: {message}"
        ) from None


def parse_value(text: str, where: str) -> Any:
    """Parse one value as YAML, as ``--set`` and ``sayso config set`` take it."""
    try:
        return settings_yaml.parse(text).data
    except BadYamlError as error:
        message = " ".join(redact(str(error)).split())
        raise ConfigError(f"{where}: the value is not valid YAML: {message}") from None


def _apply(override: str, merged: Merged) -> None:
    key, equals, text = override.partition("=")
    if not equals:
        raise ConfigError(
            f"--set {redact(key)}: no value; write it as key=value, such as turn.max_s=8"
        )
    path = key_path(key, "--set ")[:5]  # deeper ones are unknown all the same
    origin = f"--set {settings_check.shown(path)}"
    merged.override(path, parse_value(text, origin), origin)


def key_path(key: str, where: str = "") -> tuple[str, ...]:
    """Split a dotted key; raise `ConfigError` for a section or a list's item; unknown keys pass."""
    section, *inner = key.strip().split(".")
    path = (section, *inner)
    if path[:2] in settings_fields.fields() and len(path) > 2:
        raise ConfigError(
            f"{where}{redact(key)}: {section}.{inner[0]} is set as a whole; it takes "
            f"{settings_fields.fields()[path[:2]].expected}"
        )
    if key.strip() in settings_fields.sections():
        example = next(field for field in settings_fields.settable() if field.path[0] == section)
        raise ConfigError(
            f"{where}{section}: a section, not a key; name one in it, such as {example.key}"
        )
    return path


def shipped(name: str) -> Traversable:
    """Return a file of the folder ``config/`` as installed: ``sayso.yaml``, ``sayso.schema.json``."""
    return resources.files("device") / "config" / name


def exists(path: Path) -> bool:
    """Say whether there is anything at a path; what can't be looked at counts as there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True  # reading it will say why not
    return True
