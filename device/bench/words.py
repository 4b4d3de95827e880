"""Comparing what was said with what was understood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from voice.speakable.numbers import cardinal

MUCH = 0.5
"""Share of a part's words that must be found for the part to count as heard: some are misheard."""


def normalised(text: str) -> str:
    """Return lower case, no punctuation, numbers spelled out, "ounce" for "ounces"."""
    text = re.sub(r"[’']", "'", text.lower())
    text = re.sub(r"\d{1,15}", lambda figures: f" {cardinal(int(figures[0]))} ", text)
    words = re.sub(r"[^\w']|_", " ", text).replace("'", "").split()
    return " ".join("ounce" if word == "ounces" else word for word in words)


def slots_found(text: str, slots: Iterable[str]) -> int:
    """Return how many slot values stand in a transcript, word for word."""
    said = f" {normalised(text)} "
    return sum(f" {normalised(value)} " in said for value in slots)


def slot_recall(texts: Mapping[str, str], slots: Mapping[str, Iterable[str]]) -> float | None:
    """Return the share of slot values found, 0 to 1; what has no transcript was not found.

    Both mappings are by file; None when there are no slots.
    """
    wanted = {file: list(values) for file, values in slots.items()}
    count = sum(map(len, wanted.values()))
    found = sum(slots_found(texts.get(file, ""), values) for file, values in wanted.items())
    return round(found / count, 4) if count else None


def halves(text: str) -> tuple[str, str]:
    """Return the first and the second half of a sentence, by words."""
    words = text.split()
    middle = (len(words) + 1) // 2
    return " ".join(words[:middle]), " ".join(words[middle:])


def cut_off(parts: Iterable[str], heard: str) -> bool:
    """Whether less was understood than was said: one of the parts is missing, but for misheard words."""
    return any(_share(part, heard) < MUCH for part in parts)


def _share(said: str, heard: str) -> float:
    """Return the share of the words said that were heard, order apart."""
    words = Counter(normalised(said).split())
    found = words & Counter(normalised(heard).split())
    return found.total() / words.total() if words else 1.0
