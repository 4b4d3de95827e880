"""Finding what is about time in free text: "to call anna tomorrow at 8".

Only the beginning and the end of the text are looked at, and only phrases that surely are about
time: they begin with one of the table's words (``begins``: "at", "tomorrow", "every", …), and at
the end do not hang on the word before them (``not_after``: "the ticket for friday"). Otherwise
words of the text would be lost: "to watch friday night lights", "the 8 o'clock ticket", "to call
the 3rd floor". If the longest phrase at the end does not qualify, no shorter part of it is taken.
A phrase at the beginning has one of ``bridges`` ("to", "that") behind it, or the table has none.

In languages with the verb at the end a phrase may stand in the middle, if it begins with one of
``inside``: "Anna morgen um 8 anzurufen".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast


@dataclass(frozen=True, slots=True)
class Marks:
    """The words of a language that show where a phrase about time may be."""

    begins: tuple[tuple[str, ...], ...]
    """What a phrase begins with; some are several words."""
    inside: frozenset[str]
    """What a phrase in the middle begins with; none where phrases are not looked for there."""
    not_after: frozenset[str]
    """Words that keep a phrase behind them for themselves."""
    bridges: frozenset[str]
    """Words between a phrase at the beginning and the text; none if the text follows at once."""
    skips: tuple[tuple[str, ...], ...]
    """What may stand before a phrase at the beginning, and belongs to the text."""

    @classmethod
    def from_table(cls, table: Mapping[str, object]) -> Marks:
        """Read the table's ``split`` part."""
        begins, inside, not_after, bridges, skips = (
            cast(Iterable[str], table[name])
            for name in ("begins", "inside", "not_after", "bridges", "skips")
        )
        return cls(
            tuple(tuple(words.split()) for words in begins),
            frozenset(inside),
            frozenset(not_after),
            frozenset(bridges),
            tuple(tuple(words.split()) for words in skips),
        )

    def may_begin(self, words: list[str], at: int) -> bool:
        """Whether a phrase about time may begin at a word."""
        return any(words[at : at + len(begin)] == list(begin) for begin in self.begins)

    def belongs_to_text(self, words: list[str], at: int) -> bool:
        """Whether the word before ``at`` keeps what follows for itself."""
        return at > 0 and words[at - 1] in self.not_after

    def may_stand_inside(self, words: list[str], at: int) -> bool:
        """Whether a phrase in the middle of the text may begin at a word."""
        return words[at] in self.inside and not self.belongs_to_text(words, at)

    def may_follow(self, words: list[str], at: int) -> bool:
        """Whether the text may go on at a word behind a phrase at the beginning."""
        return at == len(words) or not self.bridges or words[at] in self.bridges

    def openings(self, words: list[str]) -> Iterable[int]:
        """Return where a phrase at the beginning may begin."""
        yield 0
        for skip in self.skips:
            if words[: len(skip)] == list(skip):
                yield len(skip)
