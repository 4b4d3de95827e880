"""Finding what somebody kept by a few of its words: the reminder about Anna, the note on the key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar

from voice.agenda.names import alike, plain

BEGINNING = 4
"""Letters of a word from which on a longer one that begins with it will do: "park" and "parked"."""

ThingT = TypeVar("ThingT")


def holding(
    things: Sequence[ThingT],
    words: str,
    text_of: Callable[[ThingT], str],
    small: Collection[str] = (),
) -> tuple[ThingT, ...]:
    """Return the things whose text holds all of some words, or words much like them, in any order.

    ``small`` words don't count ("the", "about"), unless there are no others.
    """
    wanted = plain(words, ()).split()
    telling = [word for word in wanted if word not in small] or wanted
    return tuple(
        thing
        for thing in things
        if telling and all(_holds(plain(text_of(thing), ()).split(), word) for word in telling)
    )


def _holds(text: Iterable[str], wanted: str) -> bool:
    return any(
        alike(word, wanted) or (len(wanted) >= BEGINNING and word.startswith(wanted))
        for word in text
    )
