"""YAML in and out: bytes to plain values that know their line, and values to one-line YAML.

Reading follows YAML 1.2 (``off`` is text, not false) and is bounded, so that no file, however
odd, costs more than a moment: bytes, depth, and nodes counted after aliases are expanded.
Only null, booleans, numbers, text, lists and mappings with text keys come out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

Path = tuple[str | int, ...]
"""Where a value is: keys, and indices of lists."""

MAX_BYTES = 1_000_000
MAX_NODES = 5_000
"""The shipped file has about 130 nodes."""
MAX_DEPTH = 20

_TAG = "tag:yaml.org,2002:"

_EXPLANATIONS = (
    ("undefined alias", "'*' begins an alias in YAML; put quotes around the value"),
    (
        "mapping values are not allowed",
        "': ' where none can be; put quotes around the value, or ':' after the key above",
    ),
    ("could not find expected ':'", "a key without ':' after it, or a quote that is not closed"),
    ("expected <block end>", "the indentation does not fit the lines above"),
    ("unexpected end of stream", "a quote that is not closed"),
    ("expected the node content", "a value is missing, or a bracket is not closed"),
    ("expected ',' or", "a bracket that is not closed, or a comma missing"),
    ("expected '<document start>'", "a line that begins with '%' or '}' or ']'; remove it"),
    ("another document", "a second document begins; keep one and remove '---'"),
    ("cannot start any token", "a value can't begin with this sign; put quotes around it"),
)
"""Part of the parser's message, and what it means to somebody who does not know the parser."""


class BadYamlError(Exception):
    """Text that is not YAML, or more than a configuration needs. Line and column count from 1."""

    def __init__(self, message: str, line: int, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML text that was read."""

    text: str = ""
    data: Any = None
    """Plain values; None for an empty document."""
    lines: Mapping[Path, int] = field(default_factory=dict)
    """Line of every key and list item, counted from 1."""
    root: Node | None = None
    """The syntax tree, with positions in ``text``."""
    aliases: bool = False
    """Whether ``*alias`` occurs; such a text can't be edited value by value."""


class _BoundedComposer(Composer):
    """Stops at too many nodes while it reads, and notices aliases."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.warn_double_anchors = False
        self.nodes = 0
        self.aliases = False

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.nodes += 1
        event = self.parser.peek_event()
        if self.nodes > MAX_NODES:
            raise _too_much(event.start_mark)
        node = super().compose_node(parent, index)
        self.aliases |= isinstance(event, AliasEvent)
        return node


def parse(text: str) -> Document:
    """Read one YAML document; raise `BadYamlError` when it is none."""
    reader = YAML(typ="safe", pure=True)
    reader.Composer = _BoundedComposer
    reader.max_depth = MAX_DEPTH
    try:
        root = reader.compose(text)
    except BadYamlError:
        raise
    except MaxDepthExceededError as error:
        raise _too_much(error.problem_mark) from None
    except MarkedYAMLError as error:
        raise _explain(error, text) from None
    except ReaderError as error:
        before = text[: error.position]
        column = error.position - (before.rfind("\n") + 1) + 1
        raise BadYamlError("a control character", before.count("\n") + 1, column) from None
    except (YAMLError, ValueError, LookupError, AttributeError, TypeError, AssertionError) as error:
        # The parser itself stumbles over some malformed directives, tags and escapes.
        raise BadYamlError(f"not readable ({type(error).__name__})", 1) from None
    if root is None:
        return Document(text)
    builder = _Builder(reader)
    data = builder.value(root, (), 0)
    return Document(text, data, builder.lines, root, reader.composer.aliases)


class _Builder:
    """Makes plain values of a syntax tree and notes the lines."""

    def __init__(self, reader: YAML) -> None:
        self.lines: dict[Path, int] = {}
        self._reader = reader
        self._left = MAX_NODES

    def value(self, node: Node, path: Path, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH:  # aliases multiply nodes, or form a ring
            raise _too_much(node.start_mark)
        self.lines.setdefault(path, node.start_mark.line + 1)
        tag = str(node.tag)
        if isinstance(node, MappingNode) and tag == _TAG + "map":
            return self._mapping(node, path, depth)
        if isinstance(node, SequenceNode) and tag == _TAG + "seq":
            return [
                self.value(item, (*path, index), depth + 1) for index, item in enumerate(node.value)
            ]
        if isinstance(node, ScalarNode):
            return self._scalar(node, tag)
        raise _bad("the tag is not supported; remove it", node)

    def _mapping(self, node: MappingNode, path: Path, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise _bad("a key must be one word", key)
            name = _text(key)
            if name in result:
                first = self.lines[(*path, name)]
                raise _bad(f"{name} is there twice (first in line {first}); remove one", key)
            self.lines[(*path, name)] = key.start_mark.line + 1
            result[name] = self.value(value, (*path, name), depth + 1)
        return result

    def _scalar(self, node: ScalarNode, tag: str) -> Any:
        if tag in (_TAG + "str", _TAG + "timestamp"):  # a date is text to us
            return _text(node)
        if tag not in {_TAG + kind for kind in ("null", "bool", "int", "float")}:
            raise _bad("the tag is not supported; remove it", node)
        try:
            return self._reader.constructor.construct_object(node, deep=True)
        except (YAMLError, ValueError, LookupError, ArithmeticError, AttributeError, TypeError):
            raise _bad("not a number; put quotes around it if it is text", node) from None


def _text(node: ScalarNode) -> str:
    text = str(node.value)
    if any("\ud800" <= sign <= "\udfff" for sign in text):  # from "\uD800": no file can hold it
        raise _bad("half a character (a lone surrogate); write the sign itself", node)
    return text


def _bad(message: str, node: Node) -> BadYamlError:
    return BadYamlError(message, node.start_mark.line + 1, node.start_mark.column + 1)


def _too_much(mark: Any) -> BadYamlError:
    return BadYamlError("nested too deeply, or far too many values", mark.line + 1, mark.column + 1)


def _explain(error: MarkedYAMLError, text: str) -> BadYamlError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = " ".join(str(part) for part in (error.context, error.problem) if part)
    lines = text.splitlines()
    here = lines[line - 1] if line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())] or "'\\t'" in problem:
        return BadYamlError("a tab; indent with spaces", line, column)
    for part, explanation in _EXPLANATIONS:
        if part in problem:
            return BadYamlError(explanation, line, column)
    return BadYamlError(error.problem or "malformed", line, column)


_PLAIN = re.compile(r"[A-Za-z/~_][\w/.+-]*(?: [\w/.+-]+)*", re.ASCII)
_NOT_PLAIN = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"}
"""Words that some YAML reader takes for something else than text."""


def emit(value: Any, *, quote: str | None = None) -> str:
    """Write a plain value as YAML on one line; ``quote`` asks for ' or " around text."""
    if isinstance(value, str):
        return _emit_text(value, quote)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{emit(key)}: {emit(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(emit(item) for item in value) + "]"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    return ".nan" if value != value else _number(json.dumps(value))


def _number(text: str) -> str:
    return re.sub(r"^(-?\d+)e", r"\1.0e", text)  # 1e+16 is text without its point


def _emit_text(text: str, quote: str | None) -> str:
    if quote is None and _PLAIN.fullmatch(text) and text.lower() not in _NOT_PLAIN:
        return text
    if quote == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escape(sign) for sign in text) + '"'


def _escape(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    return sign if sign.isprintable() else f"\\U{ord(sign):08x}"
