"""Telling our own words from somebody else's: what was read in the microphone may be ourselves.

Cancelling removes most of our own speech and never all of it. What recognition makes of the rest are
our words, some missing, some misheard, in our order; somebody who interrupts says other words.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache

from voice.stt import plain
from voice.verify import spellings

RECENT_WORDS = 80
"""Words of ours, the latest, that an echo can be of: what plays now, what waits behind it (up to 40 words),
and what was just said."""

OWN_SHARE = 0.6
"""Share of the heard words that must be found in ours, in order and close together."""

LIKE = 0.6
"""Likeness of two words' letters (0 to 1) from which one may be the other misheard."""

APART = -0.4
"""What a word of one side that the other does not have costs, in words."""


def is_own(heard: str, own: str) -> bool:
    """Return whether a text is most likely our own words, come back through the microphone.

    ``own`` is what we have been saying. Of one or two words each must be ours exactly and in a row:
    they are too short to be told apart otherwise.
    """
    words, ours = plain(heard).split(), plain(own).split()[-RECENT_WORDS:]
    if not words or not ours:
        return False
    if len(words) <= 2:
        return f" {' '.join(words)} " in f" {' '.join(ours)} "
    return _best_run(words, ours) >= OWN_SHARE * len(words)


def names(word: str, own: str) -> bool:
    """Return whether a wake word, by its configured name, is in what we have been saying lately."""
    ours = f" {' '.join(_words(own)[-RECENT_WORDS:])} "
    return any(f" {' '.join(_words(spelt))} " in ours for spelt in spellings(word))


def _words(text: str) -> list[str]:
    return ["okay" if word == "ok" else word for word in plain(text).split()]


def _best_run(words: list[str], ours: list[str]) -> float:
    """Return the score of the best alignment of parts of both (Smith and Waterman, 1981)."""
    best = 0.0
    row = [0.0] * (len(ours) + 1)
    for word in words:
        above, row = row, [0.0]
        for place, own in enumerate(ours):
            score = max(
                0.0,
                above[place] + _likeness(word, own),
                above[place + 1] + APART,
                row[place] + APART,
            )
            row.append(score)
            best = max(best, score)
    return best


@lru_cache(4096)
def _likeness(one: str, other: str) -> float:
    """Return 1 for the same word, less for one misheard, below 0 for another."""
    if one == other:
        return 1.0
    if min(len(one), len(other)) < 3 or abs(len(one) - len(other)) > 3:
        return APART
    alike = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return alike if alike >= LIKE else APART
