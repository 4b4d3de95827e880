"""A transcript's words and marks."""

from __future__ import annotations

import re

from voice.completeness.english import (
    CONTRACTIONS,
    IRREGULAR_CONTRACTIONS,
    NUMBER_WORDS,
    TAKES_IS,
)

_HANGING = re.compile(r"(?:,|…|\.\.+|-|—|–|:|;)[\"”']?\s*$")
_ENDED = re.compile(r"[.!?][\"”']?\s*$")
_NUMBER = re.compile(r"[$£€]?[0-9][0-9.,]*")


def spoken_words(text: str) -> list[str]:
    """Return the words in lower case, without the marks around them."""
    text = text.casefold().replace("’", "'")
    found = (word.strip("\"'“”.,!?;:…()[]-—–") for word in text.split())
    return [word for word in found if word]


def hangs(text: str) -> bool:
    """Whether recognition wrote that more is to come: a comma, dots, a dash."""
    return _HANGING.search(text) is not None


def breaks_off(text: str) -> bool:
    """Whether there is no mark behind the last word."""
    return _ENDED.search(text) is None


def is_number(word: str) -> bool:
    """Whether a word is a number, in figures or spelled out."""
    return bool(_NUMBER.fullmatch(word)) or all(
        part in NUMBER_WORDS for part in word.split("-") if part
    )


def is_year(word: str) -> bool:
    """Whether a word is a number that reads like a year."""
    return re.fullmatch(r"1\d{3}|20\d\d", word) is not None


def full_words(words: list[str]) -> list[str]:
    """Return the words with contractions written out: "what's" is "what is"."""
    found: list[str] = []
    for word in words:
        found.extend(_in_full(word).split())
    return found


def _in_full(word: str) -> str:
    if word in IRREGULAR_CONTRACTIONS:
        return IRREGULAR_CONTRACTIONS[word]
    if word.endswith("n't"):
        return f"{word[:-3]} not"
    for ending, full in CONTRACTIONS.items():
        if word.endswith(ending):
            return f"{word[: -len(ending)]} {full}"
    if word.endswith("'s") and word[:-2] in TAKES_IS:
        return f"{word[:-2]} is"
    return word
