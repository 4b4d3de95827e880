"""Clocks on virtual time, a store in memory, and somebody who rings what is due."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from voice.agenda import Agenda, Due, Entry
from voice.agenda.entries import FIRST_ID
from voice.agenda.store import Batch, Stored
from voice.agenda.timekeeping import SavedClock
from voice.errors import StorageError

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC).timestamp()
"""A Monday."""


class FakeClocks:
    """A machine's clocks, and the true time beside them."""

    def __init__(self, true: float = START, *, synced: bool = True, booted_s: float = 1000.0):
        self.true = true
        """What a perfect wall clock would show."""
        self.error_s = 0.0
        """By how much the system's clock is ahead of that."""
        self.is_synced = synced
        self.boots = 1
        self.since_boot = booted_s

    def wall(self) -> float:
        return self.true + self.error_s

    def boot(self) -> float:
        return self.since_boot

    def boot_id(self) -> str:
        return f"boot-{self.boots}"

    def synced(self) -> bool:
        return self.is_synced

    def pass_(self, seconds: float) -> None:
        """Let time pass."""
        self.true += seconds
        self.since_boot += seconds

    def jump(self, seconds: float, *, synced: bool) -> None:
        """Set the system's clock; the true time stands."""
        self.error_s += seconds
        self.is_synced = synced

    def sync(self) -> None:
        """A time server sets the clock right."""
        self.error_s, self.is_synced = 0.0, True

    def reboot(self, off_s: float, *, error_s: float = 0.0, synced: bool = False) -> None:
        """Be off for a while; without a clock chip the system's clock is wrong afterwards."""
        self.true += off_s
        self.since_boot = min(5.0, off_s)
        self.boots += 1
        self.error_s, self.is_synced = error_s, synced


class MemoryStore:
    """Keeps what it is given; full for as long as a test says so."""

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.next_id = FIRST_ID
        self.clock: SavedClock | None = None
        self.full = False
        self.saves = 0

    def load(self) -> Stored:
        return Stored(dict(self.entries), self.next_id, self.clock)

    def save(self, batch: Batch) -> None:
        if self.full:
            raise StorageError("the disk is full")
        self.saves += 1
        for id_, entry in batch.entries.items():
            if entry is None:
                self.entries.pop(id_, None)
            else:
                self.entries[id_] = entry
        self.next_id, self.clock = batch.next_id, batch.clock


@dataclass
class Rung:
    """Something that rang."""

    due: Due
    at: float
    """True time."""

    @property
    def id(self) -> int:
        return self.due.entry.id


@dataclass
class Device:
    """A device with an agenda; it rings what is due as the real one does, at once and to the end."""

    clocks: FakeClocks = field(default_factory=FakeClocks)
    store: MemoryStore = field(default_factory=MemoryStore)
    rung: list[Rung] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.agenda = Agenda(self.store, self.clocks)

    def restart(self) -> None:
        """The process ends without a word, and is started again."""
        self.agenda = Agenda(self.store, self.clocks)

    def reboot(self, off_s: float, *, error_s: float = 0.0, synced: bool = False) -> None:
        self.clocks.reboot(off_s, error_s=error_s, synced=synced)
        self.restart()

    def look(self) -> None:
        """Ring what is due."""
        for due in self.agenda.due():
            self.agenda.started(due)
            self.rung.append(Rung(due, self.clocks.true))
            self.agenda.finished(due)

    def run(self, seconds: float, *, look_s: float = 1800.0) -> None:
        """Let time pass, looking when the agenda says so.

        A caller looks every 30 s in any case, because clocks may be set meanwhile. Here they are only
        set between two runs, so that it can be as long as the storing of the clock allows.
        """
        end = self.clocks.true + seconds
        self.look()
        while self.clocks.true < end:
            wait = self.agenda.next_s()
            step = look_s if wait is None else min(wait, look_s)
            # A float's last bit may still be missing.
            self.clocks.pass_(min(max(step, 0.001), end - self.clocks.true))
            self.look()

    @property
    def rang_at(self) -> list[datetime]:
        """When something rang, in true time."""
        return [datetime.fromtimestamp(rung.at, UTC) for rung in self.rung]
