"""What is wrong with a configuration: every problem, each as one line that says how to mend it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from device import settings_fields
from device.redaction import SECRET_NAME, looks_secret, redact
from device.settings_yaml import Path, emit
from voice.config import LATER, Config

SECRET_FIX = (
    "a secret does not belong in the configuration; put the API key in ~/.config/sayso/openai_api_key "
    "(mode 0600) or in $OPENAI_API_KEY, and remove it here"
)


class Problem(NamedTuple):
    """One mistake."""

    path: Path
    message: str
    """Names the key and how to mend it, without the file."""


def check(data: Mapping[str, Any]) -> tuple[Config | None, list[Problem]]:
    """Check plain values; return the configuration, or None and everything that is wrong."""
    # In a file whose keys are all commented out, a section is null.
    filled = {
        name: {} if value is None and name in settings_fields.sections() else value
        for name, value in data.items()
    }
    problems = {problem.path: problem for problem in [*_secrets(filled, ()), *_later(filled, ())]}
    config = None
    try:
        # As JSON, strictness means what one expects: no "5" for 5, but a list for a tuple.
        config = Config.model_validate_json(json.dumps(filled), strict=True)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path: Path = tuple(detail["loc"])
            problems.setdefault(path, Problem(path, _message(path, detail)))
    return (None, list(problems.values())) if problems else (config, [])


def shown(path: Path) -> str:
    """Write a path as people do: ``wake.words[0].name``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{_word(part)}" for part in path)
    return text.removeprefix(".")


def _word(part: str) -> str:
    return part if re.fullmatch(r"[\w-]{1,40}", part) and not looks_secret(part) else found(part)


def _secrets(value: Any, path: Path) -> Iterator[Problem]:
    named = bool(path) and isinstance(path[-1], str) and _announces_secret(path)
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _secrets(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _secrets(item, (*path, index))
    if named or (isinstance(value, str) and looks_secret(value)):
        yield Problem(path, f"{shown(path)}: {SECRET_FIX}")


def _announces_secret(path: Path) -> bool:
    name = str(path[-1])
    known = _without_indices(path) in settings_fields.fields()
    return looks_secret(name) or (not known and bool(SECRET_NAME.search(name)))


def _without_indices(path: Path) -> tuple[str, ...]:
    return tuple(part for part in path if isinstance(part, str))


def _later(value: Any, path: Path) -> Iterator[Problem]:
    key = ".".join(_without_indices(path))
    if key in LATER and isinstance(path[-1], str):
        part = "" if LATER[key] == key else f" ({LATER[key]})"
        yield Problem(path, f"{shown(path)}{part} is not part of this version; remove it")
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _later(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _later(item, (*path, index))


def _message(path: Path, detail: ErrorDetails) -> str:
    name, names = shown(path), _without_indices(path)
    if detail["type"] == "extra_forbidden":
        return unknown(path)
    if not path:
        return "the file must hold sections such as `turn:`, not a list or a single value"
    if path == names and len(path) == 1:
        keys = [field.key for field in settings_fields.settable() if field.path[0] == path[0]]
        return f"{name} must hold keys such as {keys[0]}, found {found(detail['input'])}"
    if isinstance(path[-1], int):
        expected = "a name or {name, sensitivity}"
    else:
        expected = settings_fields.fields()[names].expected
    if detail["type"] == "missing":
        return f"{name} is missing; add it: {expected}"
    reason = f" ({detail.get('ctx', {}).get('error')})" if detail["type"] == "value_error" else ""
    return f"{name} must be {expected}, found {found(detail['input'])}{reason}"


def unknown(path: Path) -> str:
    """Say that a key is not known, and which one is probably meant."""
    names = _without_indices(path)
    guess = settings_fields.nearest(names)
    if guess and len(names) == 3 and guess.startswith(".".join(names[:2]) + "."):
        guess = shown((*path[:-1], guess.rsplit(".", 1)[1]))  # with the index
    mend = f"did you mean {guess}?" if guess else "remove it; `sayso config show` lists all keys"
    return f"unknown key {shown(path)}; {mend}"


def found(value: Any) -> str:
    """Show a value in a message: short, on one line, and never a secret."""
    if isinstance(value, Mapping | list):
        return "a mapping" if isinstance(value, Mapping) else "a list"
    if isinstance(value, str):
        value = redact(value)
        return emit(value if len(value) <= 40 else value[:39] + "…", quote='"')
    return emit(value)
