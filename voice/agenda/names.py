"""Whether two names mean the same, as people say them and as recognition writes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

ARTICLES = frozenset({"a", "an", "my", "our", "the", "some"})
"""English words in front of a name that are no part of it; other languages pass theirs."""

ALIKE = 84.0
"""Least likeness of two words in percent (rapidfuzz's ``ratio``). It lets "lasagna" be "lasagne" (86)
and "egg" be "eggs" (86), and keeps "marta" from "maria" (80), "july" from "june" (50)."""

SHORTEST = 3
"""Letters below which a word must be the same: "tea" and "ten" differ by one."""

ThingT = TypeVar("ThingT")


def plain(name: str, articles: Collection[str] = ARTICLES) -> str:
    """Return a name without case, signs and the articles in front of it."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold().replace("'", ""))
    while len(words) > 1 and words[0] in articles:
        words.pop(0)
    return " ".join(words)


def squeezed(name: str, articles: Collection[str] = ARTICLES) -> str:
    """Return a name as ``plain`` does and without blanks: "tooth paste" is "toothpaste"."""
    # What has no letters (a picture of a tomato) is only the same as itself.
    return plain(name, articles).replace(" ", "") or name.strip()


def same_name(one: str, other: str, articles: Collection[str] = ARTICLES) -> bool:
    """Whether two names are the same, case, signs, articles and blanks aside."""
    return squeezed(one, articles) == squeezed(other, articles)


def called(
    things: Sequence[ThingT],
    name: str,
    name_of: Callable[[ThingT], str | None],
    articles: Collection[str] = ARTICLES,
) -> tuple[ThingT, ...]:
    """Return what is called so; if nothing is, what is called so much alike that a slip is likely."""
    named = [(thing, said) for thing in things if (said := name_of(thing))]
    key = squeezed(name, articles)
    exact = tuple(thing for thing, said in named if squeezed(said, articles) == key)
    if exact:
        return exact
    wanted = plain(name, articles).split()
    return tuple(thing for thing, said in named if _alike(plain(said, articles).split(), wanted))


def _alike(one: list[str], other: list[str]) -> bool:
    """Whether names are alike word by word: "monday meeting" is not nearly "sunday meeting"."""
    if len(one) != len(other) or not one:
        return False
    return all(alike(word, heard) for word, heard in zip(one, other, strict=True))


def alike(one: str, other: str) -> bool:
    """Whether two words, as ``plain`` returns them, are the same but for a slip or an ending."""
    if one == other:
        return True
    if one[0] != other[0] or min(len(one), len(other)) < SHORTEST or not (one + other).isalpha():
        return False  # "timer 1" is not "timer 2", and "ice" is not "rice"
    from rapidfuzz.fuzz import ratio  # late: nothing else at start needs it

    return ratio(one, other) >= ALIKE
