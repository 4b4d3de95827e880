"""Small slips of recognition and typing: "sat a timer", "volume app", "set the volum to 5".

A sentence that means nothing is read again with one slip mended: words that recognition takes for
others, from the language's table ``slips``; or one word that nobody knows, where a word of the
templates differs from it by a letter. What is mended must then be a whole sentence of the templates,
which is what makes this safe; besides

- a word that is a word (of the templates, or among the ``lookalikes``, real words that resemble those
  of the templates) is never a slip,
- short words, numbers and first letters are left alone,
- within free text nothing is mended,
- what ends or loses something (``EXACT``) must be said as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

EXACT = frozenset({"Stop", "NeverMind", "StopListening", "NewConversation"})
"""Intents that are never meant by a slip: a wrong hit would end or lose something."""

ONE_SLIP = 5
"""Letters of a word from which on one may be wrong, missing, too many or swapped with the next."""

TWO_SLIPS = 9
"""Letters from which on two may be."""

MAX_TRIES = 8
"""Mended sentences that are tried; a sentence of unknown words is no slip."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A sentence without its slip."""

    words: str
    changed: frozenset[int]
    """Which of the words are new, counted from 0."""


class Slips:
    """One language's slips."""

    def __init__(self, tables: Mapping[str, Any], words: Iterable[str]) -> None:
        """``tables`` may hold ``slips`` and ``lookalikes``; without ``slips`` nothing is mended.

        ``words`` are those of the templates.
        """
        from rapidfuzz.distance import OSA  # late: 20 ms that a look at the command line can spare

        self._distance = OSA.distance
        pairs = cast(Iterable[tuple[str, str]] | None, tables.get("slips"))
        self._on = pairs is not None
        self._confusions = [
            (re.compile(rf"(?<!\S)(?:{heard})(?!\S)"), meant) for heard, meant in pairs or ()
        ]
        self._known = frozenset(words) | frozenset(str(tables.get("lookalikes") or "").split())
        self._alike: dict[str, list[str]] = {}
        for word in sorted(set(words)):
            if len(word) >= ONE_SLIP - 1 and word.isalpha():
                self._alike.setdefault(word[0], []).append(word)

    def mended(self, words: str) -> Iterator[Mended]:
        """Yield what may have been meant by a sentence that means nothing, the likeliest first."""
        if not self._on:
            return
        tried = {words}
        for mended in (*self._confused(words), *self._misspelt(words.split())):
            if mended.words not in tried and len(tried) <= MAX_TRIES:
                tried.add(mended.words)
                yield mended

    def _confused(self, words: str) -> Iterator[Mended]:
        whole = Mended(words, frozenset())
        for pattern, meant in self._confusions:
            one = _replaced(Mended(words, frozenset()), pattern, meant)
            if one.changed:
                yield one
                whole = _replaced(whole, pattern, meant)
        if whole.changed:
            yield whole

    def _misspelt(self, words: list[str]) -> Iterator[Mended]:
        for place, word in enumerate(words):
            if len(word) < ONE_SLIP or not word.isalpha() or word in self._known:
                continue
            allowed = 2 if len(word) >= TWO_SLIPS else 1
            near = [
                (distance, other)
                for other in self._alike.get(word[0], ())
                if (distance := self._distance(word, other, score_cutoff=allowed)) <= allowed
            ]
            for _, other in sorted(near):
                mended = [*words[:place], other, *words[place + 1 :]]
                yield Mended(" ".join(mended), frozenset({place}))


def _replaced(mended: Mended, pattern: re.Pattern[str], meant: str) -> Mended:
    """Put what was meant in the first place where the pattern fits."""
    found = pattern.search(mended.words)
    if found is None:
        return mended
    before, after = mended.words[: found.start()], mended.words[found.end() :]
    new = found.expand(meant)
    first, old, now = len(before.split()), len(found.group().split()), len(new.split())
    moved = {place + (now - old if place >= first + old else 0) for place in mended.changed}
    return Mended(
        " ".join(f"{before} {new} {after}".split()),
        frozenset({*moved, *range(first, first + max(1, now))}),
    )
