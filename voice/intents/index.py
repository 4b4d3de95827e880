"""Which templates can match at all: found by the words of a sentence, before hassil tries them.

A template without wildcards can only match a sentence whose every word it holds; any template only
one that has its necessary words. With both, one or two of many hundred templates are left to try,
and for most sentences that mean nothing here, none. Nothing is lost: in doubt a template is kept.

Sets of templates are bits of an integer, so that a sentence costs one AND a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from hassil import Intents as Templates
from hassil.intents import Intent, IntentData

from voice.intents.shapes import Shapes, Words

_DIGIT = re.compile(r"[0-9]")
_WITHIN = re.compile(r"[-_']")
"""Signs that hassil reads as spaces, or as the end of a word."""


class _Bits:
    """Templates by a word; those of ``any`` go with every word."""

    def __init__(self) -> None:
        self.by_word: dict[str, int] = {}
        self.any = 0

    def add(self, words: Words | None, bit: int) -> None:
        """Enter a template's words; None: any."""
        if words is None:
            self.any |= bit
        for word in words or ():
            self.by_word[word] = self.by_word.get(word, 0) | bit

    def of(self, word: str) -> int:
        """Return the templates that go with a word."""
        return self.any | self.by_word.get(word, 0)


class Index:
    """All templates of a language, and which of them a sentence may mean."""

    def __init__(self, templates: Templates) -> None:
        """``templates`` are complete: their lists are not added to afterwards."""
        self._templates = templates
        self._blocks: list[tuple[str, IntentData]] = []
        self._holding, self._first, self._last = _Bits(), _Bits(), _Bits()
        self._wild = self._figures = self._answering = 0
        self._answers: dict[str, int] = {}
        whole: dict[Words, int] = {}
        parts: dict[Words, int] = {}
        shapes = Shapes(templates)
        for name, block in _single(templates):
            bit = 1 << len(self._blocks)
            self._blocks.append((name, block))
            sentence = block.sentences[0]
            shape = shapes.of(sentence.expression, block.slot_lists)
            self._holding.add(shape.words, bit)
            self._first.add(None if shape.joined else shape.first, bit)
            self._last.add(None if shape.joined else shape.last, bit)
            if shape.figures:
                self._figures |= bit
            for wanted in _wanted(block):
                self._answering |= bit
                self._answers[wanted] = self._answers.get(wanted, 0) | bit
            if shape.free or shape.joined:  # for the others their words say enough
                self._wild |= bit
                rules = {**templates.expansion_rules, **block.expansion_rules}
                for clause in sentence.get_required_clauses(rules):
                    needed = parts if shape.joined else whole
                    needed[clause] = needed.get(clause, 0) | bit
        self._needed_words = list(whole.items())
        self._needed_parts = list(parts.items())

    @property
    def words(self) -> Words:
        """Every word of every template."""
        return frozenset(self._holding.by_word)

    def possible(self, sentence: str, asked: str = "") -> list[Templates]:
        """Return the templates that may match a sentence: those of known words alone, then the others.

        Each is in a block of its own, in the order of the files. ``asked`` is the kind of answer that
        a question wants; the templates of other answers are left out.
        """
        words = sentence.split()
        if not words:
            return []
        pieces = [[piece for piece in _WITHIN.split(word) if piece] or [word] for word in words]
        bits = self._first.of(words[0]) | self._first.of(pieces[0][0])
        bits &= self._last.of(words[-1]) | self._last.of(pieces[-1][-1])
        bits &= ~self._answering | self._answers.get(asked, 0)
        for word, parts in zip(words, pieces, strict=True):
            bits &= self._with(word, parts)
        if bits & self._wild:
            said = {*words, *(part for parts in pieces for part in parts)}
            bits = self._with_what_is_needed(bits, sentence, said)
        return [self._chosen(some) for some in (bits & ~self._wild, bits & self._wild) if some]

    def _with(self, word: str, parts: list[str]) -> int:
        found = self._wild | self._holding.of(word)
        if _DIGIT.search(word):
            found |= self._figures
        if len(parts) > 1 or parts[0] != word:
            apart = -1
            for part in parts:
                apart &= self._with(part, [part])
            found |= apart
        return found

    def _with_what_is_needed(self, bits: int, sentence: str, said: set[str]) -> int:
        for clause, needing in self._needed_words:
            if bits & needing and clause.isdisjoint(said):
                bits &= ~needing
        for clause, needing in self._needed_parts:
            if bits & needing and not any(part in sentence for part in clause):
                bits &= ~needing
        return bits

    def _chosen(self, bits: int) -> Templates:
        intents: dict[str, Intent] = {}
        while bits:
            lowest = bits & -bits
            name, block = self._blocks[lowest.bit_length() - 1]
            intents.setdefault(name, Intent(name)).data.append(block)
            bits ^= lowest
        return replace(self._templates, intents=intents)


def _wanted(block: IntentData) -> list[str]:
    """Return the kinds of questions that a block's sentences answer; none: they are no answers."""
    asked: Any = (block.requires_context or {}).get("asked", [])
    return cast(list[str], asked if isinstance(asked, list) else [asked])


def _single(templates: Templates) -> Iterator[tuple[str, IntentData]]:
    """Yield every sentence in a block of its own, in the order in which hassil would try them."""
    for name, intent in templates.intents.items():
        for block in intent.data:
            for sentence in block.sentences:
                alone = replace(block, sentence_texts=[str(sentence.text)])
                alone.__dict__["sentences"] = [sentence]  # its cached property: parsed only once
                yield name, alone
