"""Changing one key of a configuration file and nothing else in it.

The parser tells where in the text the key's value stands; only that span is replaced, so comments,
order, quotes and spacing of everything else stay as the owner wrote them. The result is read back
before it is written: it must hold the old values and comments and the new value, or the file
stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from device import settings, settings_fields, settings_files, settings_yaml
from device.settings_yaml import BadYamlError, Document, emit
from voice.config import Config
from voice.errors import ConfigError

HEADER = "# Settings that differ from Sayso's defaults; `sayso config show` lists all.\n"
Key = tuple[str, ...]
"""Section and name."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A file whose key was set."""

    path: Path
    key: Key
    before: str | None
    """The text there was; None: there was no file."""
    after: str
    config: Config
    """What the file configures now."""


def set_value(path: Path, key: str, yaml_value: str) -> Config:
    """Set one key in a file, given as YAML text, and return the file's new configuration.

    A missing file and its folders are made. Raises `ConfigError` for an unknown key, a value that
    does not fit or a file that can't be edited, `StorageError` when it can't be written,
    `StateError` when another program keeps it locked.
    """
    names = settings.key_path(key)
    return set_key(path, names, settings.parse_value(yaml_value, ".".join(names))).config


def set_key(path: Path, key: Key, value: Any, *, patience_s: float | None = None) -> Edit:
    """Set one key in a file to plain data; see `set_value`.

    ``patience_s`` is how long to wait for another program that changes it; None: as long as usual.
    """
    _checked(path, key, value)  # before a folder is made for nothing
    target = path.resolve()  # a link stays a link
    settings_files.make_folder(target.parent)
    with settings_files.locked(target.parent, patience_s):
        config = _checked(path, key, value)
        before = settings.read_text(path) if settings.exists(path) else None
        changed = edited(HEADER if before is None else before, key, value, str(path))
        if changed != before:
            settings_files.write(target, changed)
    return Edit(path, key, before, changed, config)


def take_back(edit: Edit, *, patience_s: float | None = None) -> None:
    """Undo an edit: the former text comes back.

    Where somebody has changed the file since, only the key gets its former value (its default if it
    had none), unless they changed that as well. Raises as `set_value` does.
    """
    if edit.before == edit.after:
        return
    target = edit.path.resolve()
    with settings_files.locked(target.parent, patience_s):
        text = settings.read_text(edit.path) if settings.exists(edit.path) else None
        if text == edit.after and edit.before is None:
            settings_files.remove(target)
            return
        if text == edit.after:
            restored = edit.before
        elif text is None or _value(text, edit) != _value(edit.after, edit):
            return
        else:
            restored = edited(text, edit.key, _value(edit.before or "", edit), str(edit.path))
        settings_files.write(target, restored or "")


def _value(text: str, edit: Edit) -> Any:
    """Return what a text sets the edit's key to, or else its default."""
    section, name = edit.key
    data = settings.parse(text, str(edit.path)).data
    values = data.get(section) if isinstance(data, dict) else None
    if isinstance(values, dict) and name in values:
        return values[name]
    return settings_fields.fields()[edit.key].default


def _checked(path: Path, key: Key, value: Any) -> Config:
    """Return what the file would configure with the key set."""
    merged = settings.from_file(path) if settings.exists(path) else settings.Merged({})
    merged.override(key, value, str(path))
    config, problems = merged.check()
    if config is None:
        raise ConfigError(problems[0])
    return config


def edited(text: str, key: Key, value: Any, where: str) -> str:
    """Return the YAML text with one ``(section, key)`` set; raise `ConfigError` if it can't be."""
    document = settings.parse(text, where)
    try:
        changed = _Editor(document).set(key, value)
        result = settings_yaml.parse(changed)
    except (_ByHandError, BadYamlError):
        changed, result = text, None
    if (
        result is None
        or result.data != _expected(document.data, key, value)
        or Counter(_comments(result.text, result.root)) != Counter(_comments(text, document.root))
    ):
        raise ConfigError(f"{where}: too unusual to change {'.'.join(key)} in it; do it by hand")
    return changed


class _ByHandError(Exception):
    """The text is written in a way that this module does not edit."""


def _expected(data: Any, key: Key, value: Any) -> dict[str, Any]:
    section, name = key
    whole = dict(data or {})
    whole[section] = {**(whole.get(section) or {}), name: value}
    return whole


class _Editor:
    """Replaces and inserts spans of one document's text."""

    def __init__(self, document: Document) -> None:
        if document.aliases:
            raise _ByHandError
        self._text = document.text
        self._root = document.root
        self._newline = "\r\n" if "\r\n" in document.text else "\n"

    def set(self, key: Key, value: Any) -> str:
        section, name = key
        root = self._root
        if not isinstance(root, MappingNode):  # an empty document
            return self._append_section(0, section, name, value)
        found = _entry(root, section)
        if found is None:
            if root.flow_style:
                return self._insert_in_flow(root, f"{section}: {emit({name: value})}")
            indent = root.value[0][0].start_mark.column
            return self._append_section(indent, section, name, value)
        heading, body = found
        if not isinstance(body, MappingNode):  # null; anything else is noticed by the caller
            if _is_empty(body) and not root.flow_style:
                indent = heading.start_mark.column + 2
                return self._insert_line(self._after_colon(heading), indent, name, value)
            return self._replace(heading, body, emit({name: value}))
        entry = _entry(body, name)
        if entry is not None:
            quote = entry[1].style if isinstance(entry[1], ScalarNode) else None
            return self._replace(*entry, emit(value, quote=quote if quote in ("'", '"') else None))
        if body.flow_style:
            return self._insert_in_flow(body, f"{name}: {emit(value)}")
        last_key, last_value = body.value[-1]
        end = self._end(last_key, last_value)
        return self._insert_line(end, body.value[0][0].start_mark.column, name, value)

    def _append_section(self, indent: int, section: str, name: str, value: Any) -> str:
        text, margin = self._text, " " * indent
        if text and not text.endswith("\n"):
            text += self._newline
        gap = self._newline if self._root is not None else ""
        lines = [f"{margin}{section}:", f"{margin}  {name}: {emit(value)}", ""]
        return text + gap + self._newline.join(lines)

    def _insert_line(self, after: int, indent: int, name: str, value: Any) -> str:
        match = re.compile(r"\r?\n|\Z").search(self._text, after)
        end = match.start() if match else len(self._text)
        line = f"{self._newline}{' ' * indent}{name}: {emit(value)}"
        return self._text[:end] + line + self._text[end:]

    def _insert_in_flow(self, mapping: MappingNode, entry: str) -> str:
        if mapping.value:
            at, entry = self._end(*mapping.value[-1]), ", " + entry
        else:
            at = mapping.end_mark.index - 1
        return self._text[:at] + entry + self._text[at:]

    def _replace(self, key: Node, old: Node, new: str) -> str:
        colon = self._after_colon(key)
        start = max(colon, old.start_mark.index) if not _is_empty(old) else colon
        end = self._end(key, old)
        lead, tail = self._text[colon:start], self._text[end:]
        comments = [*_comments_between(lead), *_comments(self._text[:end], old, start)]
        if not comments:
            gap = lead if lead and "\n" not in lead else " "
            return self._text[:colon] + gap + new + tail
        # Comments inside what goes away stay, in lines of their own below the new value.
        margin = " " * (key.start_mark.column + 2)
        lines = [f"{self._text[:colon]} {new}", *(margin + comment for comment in comments)]
        rest = tail.split("\n", 1)[0].strip()
        joint = self._newline + margin if rest else ""
        return self._newline.join(lines) + joint + (tail.lstrip(" \t") if rest else tail)

    def _after_colon(self, key: Node) -> int:
        match = re.compile(r"\s*:").match(self._text, key.end_mark.index)
        if match is None:
            raise _ByHandError
        return match.end()

    def _end(self, key: Node, value: Node) -> int:
        """Where a value really ends: the parser counts the blanks and comments after a block in."""
        if _is_empty(value):
            return self._after_colon(key)
        if isinstance(value, MappingNode) and not value.flow_style:
            return self._end(*value.value[-1])
        if isinstance(value, SequenceNode) and not value.flow_style:
            last = value.value[-1]
            return last.start_mark.index if _is_empty(last) else self._end(last, last)
        if isinstance(value, ScalarNode) and value.style in ("|", ">"):
            whole = self._text[value.start_mark.index : value.end_mark.index]
            return value.start_mark.index + len(whole.rstrip())
        return value.end_mark.index


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.start_mark.index == node.end_mark.index


def _entry(mapping: MappingNode, name: str) -> tuple[Node, Node] | None:
    for key, value in mapping.value:
        if key.value == name:
            return key, value
    return None


def _leaves(node: Node | None) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _leaves(key)
            yield from _leaves(value)
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _leaves(item)


def _comments(text: str, root: Node | None, start: int = 0) -> list[str]:
    """All comments of a text from a position on; what is inside scalars does not count."""
    parts: list[str] = []
    for leaf in _leaves(root):
        if leaf.start_mark.index >= start and not _is_empty(leaf):
            parts.append(text[start : leaf.start_mark.index])
            start = max(start, leaf.end_mark.index)
    return _comments_between("x".join([*parts, text[start:]]))


def _comments_between(text: str) -> list[str]:
    return [match.group().rstrip() for match in re.finditer(r"(?:^|(?<=\s))#[^\r\n]*", text, re.M)]
