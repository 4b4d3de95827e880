"""What is known about every key: its default, its bounds, its description, and its nearest name.

Derived from `voice.config` once and used by the error messages, the generated files, and the
editing of single keys.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from device.settings_yaml import emit
from voice.config import Config

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One key of the configuration."""

    path: tuple[str, ...]
    """``("turn", "max_s")``; inside list items the index is left out."""
    schema: Schema
    """Its JSON schema."""

    @property
    def key(self) -> str:
        """The dotted name, as ``--set`` takes it."""
        return ".".join(self.path)

    @property
    def default(self) -> Any:
        """The value when nobody sets one, as plain data that YAML can show."""
        return shortened(self.schema.get("default"))

    @property
    def description(self) -> str:
        """One or two sentences: what it is, its unit, why one would change it."""
        return self.schema.get("description", "")

    @property
    def expected(self) -> str:
        """What it takes, in words: ``a number from 2 to 60``."""
        return expected(self.schema)


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the configuration."""
    made = Config.model_json_schema(mode="validation")
    _drop_titles(made)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Sayso's configuration",
        "description": "Every key of sayso.yaml. All are optional.",
    }
    return {**head, **{key: value for key, value in made.items() if key not in head}}


def _drop_titles(part: dict[str, Any]) -> None:
    """Remove the titles that only repeat a key's name."""
    part.pop("title", None)
    for group in ("properties", "$defs"):
        for child in part.get(group, {}).values():
            _drop_titles(child)


@cache
def sections() -> dict[str, str]:
    """Return the groups of keys and what each is about, in the file's order."""
    whole = Config.model_json_schema(mode="validation")
    return {
        name: _target(made, whole["$defs"]).get("description", "")
        for name, made in whole["properties"].items()
    }


@cache
def fields() -> dict[tuple[str, ...], Field]:
    """Return every key of every section, in the file's order, then the keys of list items."""
    whole = Config.model_json_schema(mode="validation")
    definitions: Schema = whole["$defs"]
    found: list[Field] = []
    items: list[Field] = []
    for section, reference in whole["properties"].items():
        for name, made in _target(reference, definitions)["properties"].items():
            found.append(Field((section, name), made))
            for inner_name, inner in _item_keys(made, definitions).items():
                items.append(Field((section, name, inner_name), inner))
    return {field.path: field for field in [*found, *items]}


def settable() -> list[Field]:
    """Return the keys that ``--set`` and ``sayso config set`` take."""
    return [field for field in fields().values() if len(field.path) == 2]


def _target(made: Schema, definitions: Schema) -> Schema:
    return definitions[made["$ref"].rsplit("/", 1)[1]] if "$ref" in made else made


def _item_keys(made: Schema, definitions: Schema) -> Schema:
    kinds: Sequence[Schema] = made.get("items", {}).get("anyOf", [])
    return {
        name: inner
        for kind in kinds
        for name, inner in _target(kind, definitions).get("properties", {}).items()
    }


def expected(made: Schema) -> str:
    """Say in words what a JSON schema accepts."""
    if "anyOf" in made:
        kinds = [
            expected({**kind, **({"examples": made["examples"]} if "examples" in made else {})})
            for kind in made["anyOf"]
        ]
        return " or ".join(kinds)
    if "enum" in made or "const" in made:
        choices = [str(choice) for choice in made.get("enum", [made.get("const")])]
        return " or ".join(filter(None, [", ".join(choices[:-1]), choices[-1]]))
    kind = made.get("type")
    if kind in ("integer", "number"):
        return ("a whole number" if kind == "integer" else "a number") + _range(made)
    if kind == "string":
        return "text such as " + made["examples"][0] if "examples" in made else "text"
    if kind == "array":
        return "a list such as " + emit(shortened(made.get("default", [])))
    return {"boolean": "true or false", "null": "null"}.get(str(kind), "a name or {name, …}")


def _range(made: Schema) -> str:
    if "minimum" in made and "maximum" in made:
        return f" from {made['minimum']:g} to {made['maximum']:g}"
    if "exclusiveMinimum" in made and "exclusiveMaximum" in made:
        return f" between {made['exclusiveMinimum']:g} and {made['exclusiveMaximum']:g}"
    raise ValueError(f"a number without two bounds of the same kind: {made}")


def shortened(value: Any) -> Any:
    """Return plain data with ``{name: x}`` entries, all else null, written as just ``x``."""
    if isinstance(value, list | tuple):
        return [shortened(item) for item in value]
    if isinstance(value, dict) and "name" in value:
        kept = {name: item for name, item in value.items() if item is not None}
        return kept["name"] if set(kept) == {"name"} else kept
    return value


def nearest(path: tuple[str, ...]) -> str | None:
    """Return the known key, dotted, that an unknown one was probably meant to be."""
    known = [".".join(known_path) for known_path in fields()] + list(sections())
    siblings = {".".join(known_path): known_path for known_path in fields()}
    wanted = ".".join(path)
    same_name = [key for key, known_path in siblings.items() if known_path[-1] == path[-1]]
    if len(same_name) == 1:
        return same_name[0]
    if close := difflib.get_close_matches(wanted, known, n=1, cutoff=0.75):
        return close[0]
    last = {known_path[-1]: key for key, known_path in siblings.items()}
    if close := difflib.get_close_matches(path[-1], last, n=1, cutoff=0.75):
        return last[close[0]]
    return None


def to_yaml(config: Config) -> str:
    """Write a configuration as YAML, every key in the file's order."""
    lines: list[str] = []
    for section, values in config.model_dump(mode="json").items():
        lines.append(f"{section}:")
        lines += [f"  {name}: {emit(shortened(value))}" for name, value in values.items()]
    return "\n".join(lines) + "\n"
