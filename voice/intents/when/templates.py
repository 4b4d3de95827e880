"""Templates of phrases, in hassil's syntax, compiled to regular expressions.

hassil's own recogniser looks for one sentence among all templates and takes milliseconds where a
phrase may begin and end anywhere; the same templates as regular expressions take microseconds.
Known parts of the syntax: ``(this|that)``, ``[optional]``, ``{list}``, ``{list:slot}``, ``<rule>``.
A text is tokens with a space before each: ``" half past 7"``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    RuleReference,
    TextChunk,
)
from hassil.parse_expression import parse_sentence

MARK = "§"
"""Begins the token that stands for a duration found before; no word contains it."""

FIGURE = "0"
"""The key, in an index by first tokens, of all tokens that begin with a figure."""

FIGURES: Mapping[str, str] = {
    "hour": "2[0-4]|1[0-9]|0?[0-9]",
    "minute": "[1-5]?[0-9]",
    "minutes": "[0-5][0-9]",
    "digit": "[0-9]",
    "hhmm": "(?:2[0-4]|[01]?[0-9])[0-5][0-9]",
    "hhmm_odd": "(?:2[0-4]|[01]?[0-9])(?:[0-5][1-9]|[1-5]0)",
    "number": r"[0-9]{1,7}(?:\.[0-9]{1,7})?",
    "whole": "[0-9]{1,7}",
    "decimals": "[0-9]{1,3}",
    "year": "20[0-9]{2}",
    "duration": f"{MARK}[0-9]+",
}
"""Lists that every language has; a table may add its own, as for the 3rd."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """What templates refer to."""

    lists: Mapping[str, Mapping[str, object]]
    """Words (may be several) → what they stand for."""
    figures: Mapping[str, str]
    """Lists of figures, as regular expressions without groups."""
    rules: Mapping[str, str]
    """Templates that are put in for ``<name>``."""


@dataclass(slots=True)
class Template:
    """One phrase; its pattern is compiled when it is first tried."""

    text: str
    grammar: Grammar
    _pattern: re.Pattern[str] | None = None
    _slots: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def match(self, text: str, at: int) -> tuple[int, list[tuple[str, str, str]]] | None:
        """Match from the space at ``at`` to the end of a token; (end, [(slot, list, words)])."""
        pattern = self._pattern
        if pattern is None:
            regex, _ = self._compiled(_parsed(self.text), spaced=True)
            pattern = self._pattern = re.compile(f"{regex}(?= |$)")
        found = pattern.match(text, at)
        if found is None:
            return None
        return found.end(), [
            (slot, name, words)
            for (slot, name), words in zip(self._slots, found.groups(), strict=True)
            if words is not None
        ]

    def first_tokens(self) -> set[str]:
        """Return what the phrase may begin with: words, `FIGURE`, `MARK`."""
        return _first(_parsed(self.text), self.grammar)[0]

    def _compiled(self, part: Expression, *, spaced: bool) -> tuple[str, bool]:
        """Return a part's regular expression, and whether a space belongs before what follows."""
        match part:
            case TextChunk(text=text):
                if not text.strip():
                    return "", spaced or bool(text)
                space = " " if spaced or text[0].isspace() else ""
                words = " ".join(re.escape(word) for word in text.split())
                return space + words, text[-1].isspace()
            case ListReference():
                self._slots.append((part.slot_name, part.list_name))
                space = " " if spaced else ""
                return f"{space}({_alternatives(part.list_name, self.grammar)})", False
            case RuleReference():
                return self._compiled(_parsed(_rule(part, self.grammar)), spaced=spaced)
            case Alternative():
                forms = [self._compiled(item, spaced=spaced)[0] for item in part.items]
                joined = "|".join(form for form in forms if form)
                return f"(?:{joined}){'?' if part.is_optional else ''}", False
            case Group():
                regex = ""
                for item in part.items:
                    more, spaced = self._compiled(item, spaced=spaced)
                    regex += more
                return regex, spaced
            case _:
                raise ValueError(f"{part} has no place in a phrase: {self.text}")


@cache
def _parsed(text: str) -> Expression:
    return parse_sentence(text).expression


def _rule(reference: RuleReference, grammar: Grammar) -> str:
    return grammar.rules[reference.rule_name]


def _alternatives(name: str, grammar: Grammar) -> str:
    if name in grammar.figures:
        return grammar.figures[name]
    return "|".join(re.escape(words) for words in sorted(grammar.lists[name], key=len)[::-1])


def _first(part: Expression, grammar: Grammar) -> tuple[set[str], bool]:
    """Return the first tokens of a part, and whether it may be empty."""
    match part:
        case TextChunk(text=text):
            return ({key(text.split()[0])}, False) if text.strip() else (set(), True)
        case ListReference(list_name="duration"):
            return {MARK}, False
        case ListReference(list_name=name) if name in grammar.figures:
            return {FIGURE}, False
        case ListReference(list_name=name):
            return {key(words.split()[0]) for words in grammar.lists[name]}, False
        case RuleReference():
            return _first(_parsed(_rule(part, grammar)), grammar)
        case Alternative():
            forms = [_first(item, grammar) for item in part.items]
            tokens = set[str]().union(*(form for form, _ in forms))
            return tokens, part.is_optional or any(empty for _, empty in forms)
        case Group():
            tokens = set[str]()
            for item in part.items:
                more, empty = _first(item, grammar)
                tokens |= more
                if not empty:
                    return tokens, False
            return tokens, True
        case _:
            return set(), True


def key(token: str) -> str:
    """Return what an index by first tokens knows ``token`` by."""
    first = token[0]
    return FIGURE if first in "0123456789" else MARK if first == MARK else token
