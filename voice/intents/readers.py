"""From the words that fill a slot to its value: readers, and what they are given.

The sentence files say which reader takes which slots::

    readers:
      as_heard: [item]
      sum: [expression, a, b, form]

Whenever a sentence fills some of a reader's slots, the reader is called once with those, and the
slots it returns take their place. Where it returns None the sentence is no match, however well its
template fits: that is what makes a template with free words safe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, cast

from voice.errors import ModelFileError
from voice.intents.vocabulary import JSON

Tables = Mapping[str, Any]
"""A language's merged files."""


@dataclass(frozen=True, slots=True)
class Said:
    """What filled a slot."""

    value: Any
    """A wildcard's words, else what the list has for them, or the sentence file's fixed value."""
    words: str
    """The words as templates see them ("5 minutes"); empty for a fixed value."""
    find: Callable[[int, int], str]
    """Finds some of the words in the transcript; see ``heard``."""

    def heard(self, start: int = 0, end: int | None = None) -> str:
        """Return the words as the transcript has them ("Anna's cake"), or only ``words[start:end]``.

        Case, apostrophes and accents are as heard, punctuation at the ends is gone. Where the place
        can't be told for certain, the plain words are returned.
        """
        return self.find(start, len(self.words.split()) if end is None else end)


Reader = Callable[[Mapping[str, Said]], Mapping[str, JSON] | None]
"""Turns what fills its slots into the slots to hand on; None: the sentence means something else.

A pure function: the clock is no part of it, so that a sentence means the same at any time. The words
of a moment are read once to see that they are one, handed on, and worked out by the answer.
"""


def each(parse: Callable[[str], JSON]) -> Reader:
    """Make a reader of a function from words to a value, or None, that takes each slot by itself."""

    def read(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        values = {slot: parse(found.words) for slot, found in said.items()}
        return None if None in values.values() else values

    return read


def as_heard(tables: Tables) -> Reader:
    """Make the reader of free text: names, notes, what is to be bought; as it was heard.

    Politeness at the end (``text_ends``) is no part of it.
    """
    ends = [end.split() for end in cast(Iterable[str], tables["text_ends"])]

    def read(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        return {
            slot: found.heard(0, text_length(found.words, ends)) for slot, found in said.items()
        }

    return read


class Readers:
    """The readers that a language's files name, with their slots."""

    def __init__(
        self,
        tables: Tables,
        known: Mapping[str, Callable[[Tables], Reader]],
        free_text: Iterable[str],
    ) -> None:
        """``known`` makes readers by name; ``free_text`` names those that take any words.

        ModelFileError for a reader that is not known, or a slot with two of them.
        """
        self._readers: list[tuple[Reader, frozenset[str]]] = []
        self.slots: set[str] = set()
        """Every slot that has a reader."""
        self.free_text: set[str] = set()
        """Those that take any words."""
        for name, listed in cast(Mapping[str, list[str]], tables.get("readers") or {}).items():
            if name not in known:
                raise ModelFileError(
                    f"readers: there is no {name}; there are {', '.join(sorted(known))}"
                )
            if twice := self.slots & set(listed):
                raise ModelFileError(f"readers: {', '.join(sorted(twice))} is read by two of them")
            self._readers.append((known[name](tables), frozenset(listed)))
            self.slots.update(listed)
            if name in free_text:
                self.free_text.update(listed)

    def read(self, said: Mapping[str, Said]) -> dict[str, JSON] | None:
        """Return the slots to hand on; None when a reader shows that it is no match."""
        slots: dict[str, JSON] = {
            slot: _whole(found.value) for slot, found in said.items() if slot not in self.slots
        }
        for read, own in self._readers:
            taken = {slot: found for slot, found in said.items() if slot in own}
            if taken:
                values = read(taken)
                if values is None:
                    return None
                slots.update(values)
        return slots


def find_heard(
    transcript: str, words: list[str], start: int, end: int, plain: Callable[[str], str]
) -> str:
    """Return the part of the transcript that became ``words[start:end]``.

    ``plain`` is what made all of ``words`` of all of the transcript. A part counts as found when
    ``plain`` makes just those words of it; else the words themselves are returned.
    """
    wanted = " ".join(words[start:end])
    tokens = transcript.split()
    pieces = [(piece, at) for at, token in enumerate(tokens) for piece in plain(token).split()]
    blocks = SequenceMatcher(None, [piece for piece, _ in pieces], words, autojunk=False)
    place: dict[int, int] = {}
    for block in blocks.get_matching_blocks():
        for step in range(block.size):
            place[block.b + step] = pieces[block.a + step][1]
    # Words without a counterpart ("25" of "twenty five") lie between their neighbours.
    first = place.get(start, max((place[at] for at in place if at < start), default=-1) + 1)
    after = min((place[at] for at in place if at >= end), default=len(tokens))
    last = place[end - 1] + 1 if end - 1 in place else after
    for spread in range(_SEARCHED + 1):
        for left, right in _around(first, last, spread):
            if 0 <= left < right <= len(tokens):
                part = " ".join(tokens[left:right])
                if plain(part) == wanted:
                    return part.strip(_PUNCTUATION)
    return wanted


_SEARCHED = 3
"""Words by which a guess may be off: "1 2" of "one, well, two"."""

_PUNCTUATION = ' \t\n.,!?;:"“”„«»…'


def _around(left: int, right: int, spread: int) -> list[tuple[int, int]]:
    steps = range(-spread, spread + 1)
    return [
        (left + one, right + other)
        for one in steps
        for other in steps
        if max(abs(one), abs(other)) == spread
    ]


def text_length(words: str, ends: list[list[str]]) -> int:
    """Return how many words are left when politeness at the end is taken off, one at least."""
    left = words.split()
    shorter = True
    while shorter:
        shorter = False
        for end in ends:
            if len(left) > len(end) and left[-len(end) :] == end:
                left, shorter = left[: -len(end)], True
    return len(left)


def _whole(value: Any) -> Any:
    """Make 40.0, as hassil reads percentages, 40."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
