"""Which templates can match at all: found by the words of a sentence, before hassil tries them.

A template without wildcards can only match a sentence whose every word it holds; any template only
one that has its necessary words. With both, one or two of many hundred templates are left to try,
and for most sentences that mean nothing here, none. Nothing is lost: in doubt a template is kept.

Sets of templates are bits of an integer, so that a sentence costs one AND a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from hassil.intents import Intent, IntentData, RangeSlotList, SlotList, TextSlotList

_DIGIT = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a part of a template can say."""

    words: frozenset[str] = frozenset()
    """Every word that it may hold."""
    any_word: bool = False
    """It may hold other words as well: a wildcard, or parts that are joined to words ("not[s]")."""
    figures: bool = False
    """It may hold a number."""
    empty: bool = False
    """It may hold nothing."""
    tight_start: bool = True
    """It may begin with a letter, not a space."""
    tight_end: bool = True
    """It may end with a letter."""


@dataclass(slots=True)
class Index:
    """All templates of a language, and which of them a sentence may mean."""

    words: frozenset[str] = field(init=False)
    """Every word of every template."""
    _templates: Templates
    _blocks: list[tuple[str, IntentData]] = field(
        init=False, default_factory=list[tuple[str, IntentData]]
    )
    _holding: dict[str, int] = field(init=False, default_factory=dict[str, int])
    _wild: int = field(init=False, default=0)
    _figures: int = field(init=False, default=0)
    _needed: list[tuple[tuple[str, ...], int]] = field(
        init=False, default_factory=list[tuple[tuple[str, ...], int]]
    )

    def __post_init__(self) -> None:
        shapes = _Shapes(self._templates)
        needed: dict[frozenset[str], int] = {}
        for name, block in _single(self._templates):
            bit = 1 << len(self._blocks)
            self._blocks.append((name, block))
            sentence = block.sentences[0]
            shape = shapes.of(sentence.expression, block.slot_lists)
            for word in shape.words:
                self._holding[word] = self._holding.get(word, 0) | bit
            if shape.any_word:
                self._wild |= bit
            if shape.figures:
                self._figures |= bit
            if shape.any_word:  # for the others their words say enough
                rules = {**self._templates.expansion_rules, **block.expansion_rules}
                for clause in sentence.get_required_clauses(rules):
                    needed[clause] = needed.get(clause, 0) | bit
        self._needed = [(tuple(clause), bits) for clause, bits in needed.items()]
        self.words = frozenset(self._holding)

    def possible(self, sentence: str) -> list[Templates]:
        """Return the templates that may match a sentence: those of known words alone, then the others.

        Each is in a block of its own, in the order of the files.
        """
        bits = (1 << len(self._blocks)) - 1
        for word in sentence.split():
            bits &= self._of(word)
            if not bits:
                break
        for clause, with_it in self._needed:
            if bits & with_it and not any(fragment in sentence for fragment in clause):
                bits &= ~with_it
        return [self._chosen(some) for some in (bits & ~self._wild, bits & self._wild) if some]

    def _chosen(self, bits: int) -> Templates:
        intents: dict[str, Intent] = {}
        while bits:
            lowest = bits & -bits
            name, block = self._blocks[lowest.bit_length() - 1]
            intents.setdefault(name, Intent(name)).data.append(block)
            bits ^= lowest
        return replace(self._templates, intents=intents)

    def _of(self, word: str) -> int:
        found = self._wild | self._holding.get(word, 0)
        if _DIGIT.search(word):
            found |= self._figures
        parts = re.split(r"[-_']", word)
        if len(parts) > 1:  # hassil reads "-" and "_" as spaces, and an "'" as a word's end
            apart = -1
            for part in filter(None, parts):
                apart &= self._of(part)
            found |= apart
        return found


def _single(templates: Templates) -> Iterator[tuple[str, IntentData]]:
    """Yield every sentence in a block of its own, in the order in which hassil would try them."""
    for name, intent in templates.intents.items():
        for block in intent.data:
            for sentence in block.sentences:
                alone = replace(block, sentence_texts=[str(sentence.text)])
                alone.__dict__["sentences"] = [sentence]  # its cached property: parsed only once
                yield name, alone


class _Shapes:
    """Works out shapes; those of rules and lists once."""

    def __init__(self, templates: Templates) -> None:
        self._rules = templates.expansion_rules
        self._lists = templates.slot_lists
        self._known: dict[str, _Shape] = {}

    def of(self, part: Expression, lists: Mapping[str, SlotList]) -> _Shape:
        match part:
            case TextChunk():
                return _text(part.text)
            case Alternative():
                shapes = [self.of(item, lists) for item in part.items]
                return _either(shapes, nothing=part.is_optional)
            case Permutation():
                shape = _either([self.of(item, lists) for item in part.items])
                return replace(shape, any_word=shape.any_word or len(part.items) > 1)
            case Group():
                return _sequence([self.of(item, lists) for item in part.items])
            case RuleReference():
                name = f"<{part.rule_name}>"
                if name not in self._known:
                    self._known[name] = self.of(self._rules[part.rule_name].expression, lists)
                return self._known[name]
            case ListReference():
                return self._list(part, lists)
            case _:
                return _Shape(any_word=True, empty=True)

    def _list(self, reference: ListReference, lists: Mapping[str, SlotList]) -> _Shape:
        own = lists.get(reference.list_name)
        if own is None and reference.list_name in self._known:
            return self._known[reference.list_name]
        match own or self._lists.get(reference.list_name):
            case TextSlotList() as values:
                shape = _either([self.of(value.text_in, lists) for value in values.values])
            case RangeSlotList() as values:
                shape = _Shape(figures=True, any_word=values.words)
            case _:
                shape = _Shape(any_word=True, figures=True)
        if own is None:
            self._known[reference.list_name] = shape
        return shape


@cache
def _text(text: str) -> _Shape:
    return _Shape(
        frozenset(text.casefold().split()),
        empty=not text,
        tight_start=bool(text) and not text[0].isspace(),
        tight_end=bool(text) and not text[-1].isspace(),
    )


def _either(shapes: Sequence[_Shape], *, nothing: bool = False) -> _Shape:
    """Return the shape of one of several parts, or with ``nothing`` perhaps none."""
    words: set[str] = set()
    any_word = figures = tight_start = tight_end = False
    for shape in shapes:
        words |= shape.words
        any_word |= shape.any_word
        figures |= shape.figures
        nothing |= shape.empty
        tight_start |= shape.tight_start
        tight_end |= shape.tight_end
    return _Shape(frozenset(words), any_word, figures, nothing, tight_start, tight_end)


def _sequence(shapes: Sequence[_Shape]) -> _Shape:
    """Return the shape of parts that follow each other."""
    if len(shapes) == 1:
        return shapes[0]
    words: set[str] = set()
    any_word = figures = tight_start = letter_before = False
    empty = True
    for shape in shapes:
        words |= shape.words
        any_word |= shape.any_word or (letter_before and shape.tight_start)
        figures |= shape.figures
        tight_start |= empty and shape.tight_start
        letter_before = shape.tight_end or (shape.empty and letter_before)
        empty &= shape.empty
    return _Shape(frozenset(words), any_word, figures, empty, tight_start, letter_before)
