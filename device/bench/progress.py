"""Telling how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

MOST_LINES = 24
"""So many lines for one kind of measurement."""


class Progress:
    """Says, line by line, what is being measured."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """``tell`` gets each line."""
        self.note = tell

    def over(self, title: str, items: Sequence[Item]) -> Iterator[Item]:
        """Yield the items, telling the number of each, or of some where there are many."""
        step = -(-len(items) // MOST_LINES)
        for number, item in enumerate(items, 1):
            if number % step == 0 or number == len(items):
                self.note(f"{title} {number}/{len(items)}")
            yield item
