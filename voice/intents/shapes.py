"""What a template can say: its words, how it may begin and end. For the index of templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from hassil import Intents as Templates
from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    TextChunk,
)
from hassil.intents import RangeSlotList, SlotList, TextSlotList

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a template, or a part of one, can say."""

    words: Words = frozenset()
    """Every word that it may hold."""
    free: bool = False
    """It may hold any words besides: a wildcard."""
    joined: bool = False
    """Parts of it are joined to a word ("mute[d]"), so that ``words`` are not whole ones."""
    figures: bool = False
    """It may hold a number in figures."""
    empty: bool = False
    """It may hold nothing, not even the space that keeps its neighbours apart."""
    wordless: bool = False
    """It may hold no word."""
    first: Words | None = None
    """The words that it may begin with; None: any."""
    last: Words | None = None
    """The words that it may end with; None: any."""
    tight_start: bool = True
    """It may begin with a letter, not a space."""
    tight_end: bool = True
    """It may end with a letter."""


class Shapes:
    """Works out shapes; those of rules and lists once."""

    def __init__(self, templates: Templates) -> None:
        """``templates`` have the rules and lists that parts refer to."""
        self._rules = templates.expansion_rules
        self._lists = templates.slot_lists
        self._known: dict[str, Shape] = {}

    def of(self, part: Expression, lists: Mapping[str, SlotList]) -> Shape:
        """Return the shape of a part of a template; ``lists`` are those of its own block."""
        match part:
            case TextChunk():
                return _text(part.text)
            case Alternative():
                shapes = [self.of(item, lists) for item in part.items]
                return _either(shapes, nothing=part.is_optional)
            case Permutation():
                # Its parts may follow each other in any order, so each may stand beside each.
                shapes = [self.of(item, lists) for item in part.items]
                return replace(_either(shapes), joined=True)
            case Group():
                return _sequence([self.of(item, lists) for item in part.items])
            case RuleReference():
                name = f"<{part.rule_name}>"
                if name not in self._known:
                    self._known[name] = self.of(self._rules[part.rule_name].expression, lists)
                return self._known[name]
            case ListReference():
                return self._list(part.list_name, lists)
            case _:
                return Shape(free=True, joined=True, empty=True, wordless=True)

    def _list(self, name: str, lists: Mapping[str, SlotList]) -> Shape:
        own = lists.get(name)
        if own is None and name in self._known:
            return self._known[name]
        match own or self._lists.get(name):
            case TextSlotList() as values:
                shape = _either([self.of(value.text_in, lists) for value in values.values])
            case RangeSlotList() as values:
                shape = Shape(figures=True, free=values.words)
            case _:
                shape = Shape(free=True, figures=True)
        if own is None:
            self._known[name] = shape
        return shape


@cache
def _text(text: str) -> Shape:
    words = text.casefold().split()
    return Shape(
        frozenset(words),
        empty=not text,
        wordless=not words,
        first=frozenset(words[:1]),
        last=frozenset(words[-1:]),
        tight_start=bool(text) and not text[0].isspace(),
        tight_end=bool(text) and not text[-1].isspace(),
    )


def _either(shapes: Sequence[Shape], *, nothing: bool = False) -> Shape:
    """Return the shape of one of several parts, or with ``nothing`` perhaps none."""
    return Shape(
        frozenset[str]().union(*(shape.words for shape in shapes)),
        any(shape.free for shape in shapes),
        any(shape.joined for shape in shapes),
        any(shape.figures for shape in shapes),
        nothing or any(shape.empty for shape in shapes),
        nothing or any(shape.wordless for shape in shapes),
        _all_of([shape.first for shape in shapes]),
        _all_of([shape.last for shape in shapes]),
        any(shape.tight_start for shape in shapes),
        any(shape.tight_end for shape in shapes),
    )


def _sequence(shapes: Sequence[Shape]) -> Shape:
    """Return the shape of parts that follow each other."""
    if len(shapes) == 1:
        return shapes[0]
    joined = letter_before = tight_start = False
    at_start = True
    for shape in shapes:
        joined |= shape.joined or (letter_before and shape.tight_start)
        tight_start |= at_start and shape.tight_start
        letter_before = shape.tight_end or (shape.empty and letter_before)
        at_start &= shape.empty
    return Shape(
        frozenset[str]().union(*(shape.words for shape in shapes)),
        any(shape.free for shape in shapes),
        joined,
        any(shape.figures for shape in shapes),
        all(shape.empty for shape in shapes),
        all(shape.wordless for shape in shapes),
        _all_of([shape.first for shape in _until_something(shapes)]),
        _all_of([shape.last for shape in _until_something(shapes[::-1])]),
        tight_start,
        letter_before,
    )


def _until_something(shapes: Sequence[Shape]) -> Sequence[Shape]:
    """Return the parts of which one must be the first that says anything."""
    certain = next((at for at, shape in enumerate(shapes) if not shape.wordless), len(shapes))
    return shapes[: certain + 1]


def _all_of(several: Sequence[Words | None]) -> Words | None:
    known = [words for words in several if words is not None]
    return frozenset[str]().union(*known) if len(known) == len(several) else None
