"""Names that people give to timers and alarms, among the words of a sentence.

A name is free text, so much is refused that only looks like one: "is there a timer" is about no timer
called "is there a", and "eggs for 7 minutes" is a name and a length.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from voice.intents.readers import Said, Tables
from voice.intents.when import When
from voice.intents.wording import squeeze

NAME_WORDS = 5
"""Words of a name; what is longer is a sentence about something else."""

SOME_DAY = datetime(2026, 1, 7, 12, 0, tzinfo=UTC)
"""A clock for finding out whether words are a time at all; which one they are is left to answers."""


class Names:
    """Reads names with the part ``names`` of a language's tables."""

    def __init__(self, tables: Tables) -> None:
        """Take the merged tables of a language."""
        table: Mapping[str, Any] = tables["names"]
        self._when = When.of(tables)
        self._articles = frozenset(map(squeeze, cast(list[str], table["articles"])))
        self._never = frozenset(squeeze(str(table["never"])).split())

    def read(self, said: Said, start: int = 0) -> str | None:
        """Return the name that begins with a word, as it was heard; None where the words are none."""
        words = said.words.split()
        while start < len(words) - 1 and words[start] in self._articles:
            start += 1
        named = words[start:]
        if not 0 < len(named) <= NAME_WORDS or (self._never | self._articles) & set(named):
            return None
        if self._when.moment(" ".join(named), SOME_DAY) or self._has_length(named):
            return None
        return said.heard(start)

    def _has_length(self, words: list[str]) -> bool:
        size = len(words)
        return any(
            self._when.duration(" ".join(words[begin:end])) is not None
            for begin in range(size)
            for end in range(begin + 1, size + 1)
        )


def value_of(table: Mapping[Any, list[Any]]) -> Mapping[str, Any]:
    """Turn a table of value: [words] into one of word: value, its words as readers see them."""
    return {squeeze(str(word)): value for value, words in table.items() for word in words}
