"""Where the agenda is kept, as a Protocol. Implementation: ``device.agenda_store``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from voice.agenda.entries import FIRST_ID, Entry
from voice.agenda.timekeeping import SavedClock


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything that is kept."""

    entries: Mapping[int, Entry] = field(default_factory=dict[int, Entry])
    next_id: int = FIRST_ID
    clock: SavedClock | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What is written in one transaction."""

    entries: Mapping[int, Entry | None]
    """By id; None removes."""
    next_id: int
    clock: SavedClock


class Store(Protocol):
    """Keeps entries through crashes and power cuts."""

    def load(self) -> Stored:
        """Return what is kept. Raises StateError if it can't be read."""
        ...

    def save(self, batch: Batch) -> None:
        """Write a batch: when this returns all of it is on disk. Raises StorageError: nothing is."""
        ...
