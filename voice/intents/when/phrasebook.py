"""The phrases of one language, and where in a text they stand.

A phrase is a template and what it means: fields, some written beside it in the table and some
filled by its slots. ``{say: "quarter to {hour}", to: 15}`` finds ``hour: 7, to: 15`` in "quarter
to 7". What fields mean is the business of `durations`, `clock`, `days` and `repeats`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple, cast

from voice.intents.when.templates import FIGURES, MARK, Grammar, Template, key
from voice.intents.when.values import Span

KINDS = ("durations", "clocks", "days", "parts", "repeats", "more", "leads")
"""Sections of the table that hold phrases."""

MAX_LENGTH = 400
"""Characters; a longer text is not looked at."""

_GLUED = re.compile(r"[0-9][0-9.:]*[^\W\d_]+(?:[0-9.:]+[^\W\d_]*)*", re.UNICODE)
_GLUED_PART = re.compile(r"[0-9.:]+|[^0-9.:]+")

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A template, and what it says."""

    kind: str
    template: Template
    fields: Fields
    """What the table says beside the template."""
    behind: frozenset[str]
    """Only right behind a phrase of these kinds: "morning" in "tomorrow morning". Empty: anywhere."""
    alone: bool
    """Only if it is all that was said: "22nd" for twenty seconds."""


class Found(NamedTuple):
    """A phrase in a text."""

    end: int
    """The token behind it."""
    phrase: Phrase
    fields: Fields


class Text:
    """Words as tokens: mostly one each; "7:30am" is two, and a duration that was found is one."""

    def __init__(self, tokens: list[tuple[str, int, int]], spans: list[Span]) -> None:
        """Take (token, its first word, the word behind it), and the spans that tokens stand for."""
        self.tokens = [token for token, _, _ in tokens]
        self.first_word = [first for _, first, _ in tokens]
        self.behind_word = [behind for _, _, behind in tokens]
        self.spans = spans
        self._text = "".join(f" {token}" for token in self.tokens)
        self.starts: list[int] = []
        self._token_at: dict[int, int] = {}
        at = 0
        for index, token in enumerate(self.tokens):
            self.starts.append(at)
            at += 1 + len(token)
            self._token_at[at] = index + 1
        self._found: dict[int, list[Found]] = {}

    def __len__(self) -> int:
        return len(self.tokens)

    def begins_word(self, at: int) -> bool:
        """Whether a word begins with the token ``at``, or the text ends there."""
        return at in (0, len(self)) or self.first_word[at] != self.first_word[at - 1]

    def match(self, phrase: Phrase, at: int) -> Found | None:
        """Find a phrase at the token ``at``; as it is greedy, in its longest form only."""
        matched = phrase.template.match(self._text, self.starts[at])
        if matched is None:
            return None
        end, slots = matched
        fields = dict(phrase.fields)
        for slot, name, words in slots:
            value = self._value(phrase.template.grammar, name, words)
            fields[slot] = (value,) if slot == "byday" else value
            if name == "hour" and words[0] == "0":
                fields["exact"] = True  # "07:30" is written for the morning only
        return Found(self._token_at[end], phrase, fields)

    def _value(self, grammar: Grammar, name: str, words: str) -> object:
        if name == "duration":
            return self.spans[int(words.removeprefix(MARK))]
        if name == "number":
            return Fraction(words)
        if name in ("hhmm", "hhmm_odd", "decimals"):
            return words
        if name in grammar.figures:
            figures = re.match("[0-9]+", words)
            return int(figures.group()) if figures else 0
        return grammar.lists[name][words]


class Phrasebook:
    """The phrases of one language's table."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Read the ``when:`` part of a language's tables."""
        lists = {
            name: {words: _named(value) for value, many in values.items() for words in many}
            for name, values in cast(
                Mapping[str, Mapping[object, list[str]]], table["lists"]
            ).items()
        }
        figures = {**FIGURES, **cast(Mapping[str, str], table["figures"])}
        self.grammar = Grammar(lists, figures, table["rules"])
        self.numbers = {word: str(value) for word, value in table["numbers"].items()}
        self.joining = frozenset(cast(Iterable[str], table["joining"]))
        """Words between two parts of a duration: "and"."""
        self._compounds = _compounds(lists, table["compounds"])
        self._glued = frozenset(
            words for name in table["glued"] for words in lists.get(name, (name,))
        )
        self._index: dict[str, dict[str, list[Phrase]]] = {kind: {} for kind in KINDS}
        for kind in KINDS:
            for entry in table[kind]:
                for phrase in _phrases(kind, entry, self.grammar):
                    for token in phrase.template.first_tokens():
                        self._index[kind].setdefault(token, []).append(phrase)

    def read(self, words: str) -> Text:
        """Return words as tokens; none if there are far too many."""
        tokens: list[tuple[str, int, int]] = []
        if len(words) <= MAX_LENGTH:
            for index, word in enumerate(words.replace(MARK, "").split()):
                tokens += [(token, index, index + 1) for token in self._tokens(word)]
        return Text(tokens, [])

    def at(self, text: Text, at: int, kinds: Iterable[str]) -> list[Found]:
        """Find all phrases of ``kinds`` that begin at a token, the longest first."""
        first = key(text.tokens[at])
        found = [
            match
            for kind in kinds
            for phrase in self._index[kind].get(first, ())
            if (match := text.match(phrase, at))
        ]
        return sorted(found, key=lambda match: -match.end)

    def _tokens(self, word: str) -> list[str]:
        word = self.numbers.get(word, word)
        if compound := self._compounds.get(word):
            return compound
        if _GLUED.fullmatch(word):
            parts = [part for part in _GLUED_PART.findall(word) if part]
            if all(part in self._glued or part[0].isdigit() for part in parts):
                return parts
        return [word]


def _phrases(kind: str, entry: Mapping[str, Any], grammar: Grammar) -> Iterable[Phrase]:
    said = cast(str | list[str], entry["say"])
    fields = {
        name: _named(value)
        for name, value in entry.items()
        if name not in ("say", "behind", "alone")
    }
    for text in [said] if isinstance(said, str) else said:
        template = Template(text, grammar)
        behind = frozenset(cast(Iterable[str], entry.get("behind", ())))
        yield Phrase(kind, template, fields, behind, bool(entry.get("alone")))


def _named(value: object) -> object:
    """Turn what YAML has no type for into ours: "1/2" is a fraction, a list is a tuple."""
    if isinstance(value, str) and re.fullmatch("[0-9]+/[0-9]+", value):
        return Fraction(value)
    return tuple(cast(list[object], value)) if isinstance(value, list) else value


def _compounds(
    lists: Mapping[str, Mapping[str, object]], pairs: list[tuple[str, str]]
) -> dict[str, list[str]]:
    """Return words that two lists make together: "freitagabend" → "freitag", "abend"."""
    return {
        first + second: [first, second]
        for left, right in pairs
        for first in lists[left]
        for second in lists[right]
    }
