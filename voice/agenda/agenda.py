"""The agenda: what is asked of it is on disk before it says so, and what is due is found again.

All methods are quick (a change takes one fsync) and are called from one thread. Nothing here rings,
sleeps or says anything; the one who does looks like this::

    while True:
        for due in agenda.due():
            if agenda.started(due):
                ...  # ring, tell that it was missed, or run the routine's steps
                agenda.finished(due)
        await wait_for_a_change_or(min(agenda.next_s() or 30, 30))
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from voice.agenda.changes import Change
from voice.agenda.clocks import Clocks
from voice.agenda.draft import Draft
from voice.agenda.due import (
    Ringable,
    begun,
    completed,
    due_of,
    is_exhausted,
    is_open,
    is_pending,
    next_of,
    put_right,
    wait_of,
)
from voice.agenda.entries import BUILT_IN, Changed, Checklist, Due, Entry, Item
from voice.agenda.making import make
from voice.agenda.names import ARTICLES
from voice.agenda.refusals import refusal
from voice.agenda.store import Batch, Store
from voice.agenda.timekeeping import PATIENCE_S, ClockAssumed, Now, Timekeeper
from voice.agenda.undoing import same
from voice.agenda.view import View
from voice.errors import AgendaError, StorageError

log = logging.getLogger(__name__)

CHECKPOINT_S = 600.0
"""Seconds after which the clock is stored again while something waits: after a power cut without a
clock chip and without a network, that much too late is the worst. It costs 144 small writes a day,
and none while nothing waits."""

UNDECIDED_S = 5.0
"""Seconds between looks while the clock may be set right at any moment, and something depends on it."""

RECENT_S = 900.0
"""Seconds after it rang in which something can still be snoozed."""

JUST_S = 20.0
"""The same for what "stop the alarm" means: a wake word, which silences it too, and a sentence."""

RECENT_MAX = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change really did."""

    entries: tuple[Entry, ...]
    """What it was about, as it is now; what was removed, as it was."""
    undo: Callable[[], None]
    """Takes it back, as far as nothing has happened to the same entries since. Raises AgendaError."""


class Agenda:
    """Timers, alarms, reminders, routines, lists and notes."""

    def __init__(
        self,
        store: Store,
        clocks: Clocks,
        *,
        changed: Callable[[tuple[Changed, ...]], None] = lambda _: None,
        articles: Collection[str] = ARTICLES,
    ) -> None:
        """``changed`` is told of everything that becomes different, whoever did it.

        Raises StateError when the store can't be read.
        """
        self._store = store
        self._changed = changed
        self._articles = articles
        stored = store.load()
        usable = {id_: entry for id_, entry in stored.entries.items() if _is_usable(entry)}
        self._entries: dict[int, Entry] = {**BUILT_IN, **usable}
        self._next_id = stored.next_id
        self._time = Timekeeper(clocks, stored.clock)
        self._saved_at = stored.clock.boot if stored.clock else 0.0
        self._ringing: dict[int, Due] = {}
        self._recent: list[tuple[float, Ringable]] = []
        self._unsaved: set[int] = set()  # changed in memory, and the store did not take it

    # -- what is asked of it ------------------------------------------------------------------

    def apply(self, change: Change) -> Outcome:
        """Carry out a change; it is on disk when this returns.

        Raises AgendaError with a sentence to say, and then nothing has changed.
        """
        draft = Draft(self._entries, self._next_id, self._look())
        entries = make(draft, change, self._rang_lately)
        before = {id_: self._entries.get(id_) for id_ in draft.after}
        self._commit(draft.after, draft.next_id, draft.now)
        return Outcome(entries, partial(self._undo, before, dict(draft.after)))

    def view(self) -> View:
        """Return everything as it is now."""
        now = self._look()
        return View(
            now,
            self._entries,
            tuple(self._ringing.values()),
            self._lately(now),
            self._lately(now, JUST_S),
            self._articles,
        )

    def now(self) -> datetime:
        """Return the time that is believed, in UTC; a guess until the clock is set after a boot."""
        return datetime.fromtimestamp(self._look().wall, UTC)

    # -- what comes of itself -----------------------------------------------------------------

    def due(self) -> tuple[Due, ...]:
        """Return what is due and does not ring yet, the earliest first; also stores the clock at times.

        Says the same again until it is told that it was ``started`` or ``finished``.
        """
        now = self._look()
        found: list[Due] = []
        for entry in self._ringable():
            due = due_of(entry, now)
            if due and is_exhausted(due):
                log.warning("%s %s rang before two crashes, and is over", entry.kind, entry.id)
                self._complete(due, now)
            elif due:
                found.append(due)
        if abs(now.boot - self._saved_at) >= CHECKPOINT_S and self._is_pending():
            self._save_softly({}, now)
        return tuple(sorted(found, key=lambda due: (due.when, due.entry.id)))

    def next_s(self) -> float | None:
        """Return seconds until something may be due; None while nothing waits.

        Look again after that, after a change, and after 30 s in any case: clocks are set meanwhile.
        """
        now = self._look()
        waits = [wait for entry in self._ringable() if (wait := wait_of(entry, now)) is not None]
        if self._time.undecided and self._is_pending():
            waits.append(min(UNDECIDED_S, max(0.0, PATIENCE_S - now.boot) or UNDECIDED_S))
        return max(0.0, min(waits)) if waits else None

    def started(self, due: Due) -> bool:
        """Take note that something begins to ring: after a crash it rings again, once.

        False: it was cancelled or changed since, and is not to ring.
        """
        entry = self._entries.get(due.entry.id)
        if not (isinstance(entry, Ringable) and is_open(entry, due.key)):
            return False
        self._ringing[entry.id] = due
        self._save_softly({entry.id: begun(due, entry)}, self._look())
        return True

    def finished(self, due: Due) -> None:
        """Take note that it was rung to its end, answered, told or dropped: it never rings again."""
        if (ringing := self._ringing.get(due.entry.id)) and ringing.key == due.key:
            del self._ringing[due.entry.id]
        self._complete(due, self._look())

    def take_assumed(self) -> ClockAssumed | None:
        """Return, once, that no clock was set after the boot and one was taken on."""
        self._look()
        assumed, self._time.assumed = self._time.assumed, None
        return assumed

    def close(self) -> None:
        """Store the clock for the next start, if anything waits for it."""
        if self._is_pending() or self._unsaved:
            self._save_softly({}, self._look())

    # -- within -------------------------------------------------------------------------------

    def _look(self) -> Now:
        """Look at the clocks, and put moments right where what is believed has changed."""
        now = self._time.look()
        if self._time.unsettled:
            self._time.unsettled = False
            right = {entry.id: put_right(entry, now) for entry in self._entries.values()}
            different: dict[int, Entry | None] = {
                id_: new for id_, new in right.items() if new != self._entries[id_]
            }
            if different:
                self._save_softly(different, now)
        return now

    def _ringable(self) -> Iterable[Ringable]:
        return [
            entry
            for entry in self._entries.values()
            if isinstance(entry, Ringable) and entry.id not in self._ringing
        ]

    def _is_pending(self) -> bool:
        return any(isinstance(e, Ringable) and is_pending(e) for e in self._entries.values())

    def _lately(self, now: Now, seconds: float = RECENT_S) -> tuple[Ringable, ...]:
        return tuple(e for ended, e in reversed(self._recent) if now.boot - ended < seconds)

    def _rang_lately(self, id_: int, now: Now) -> Ringable | None:
        return next((entry for entry in self._lately(now) if entry.id == id_), None)

    def _complete(self, due: Due, now: Now) -> None:
        entry = self._entries.get(due.entry.id)
        if isinstance(entry, Ringable) and is_open(entry, due.key):
            self._recent = [*self._recent, (now.boot, entry)][-RECENT_MAX:]
            self._save_softly({entry.id: completed(entry, due.key, now)}, now)

    def _undo(self, before: dict[int, Entry | None], after: dict[int, Entry | None]) -> None:
        now = self._look()
        back: dict[int, Entry | None] = {}
        for id_, old in before.items():
            current = self._entries.get(id_)
            added_to = isinstance(current, Checklist) and any(
                isinstance(e, Item) and e.list_id == id_ and e.id not in after
                for e in self._entries.values()
            )
            if same(current, after[id_]) and not (old is None and added_to):
                back[id_] = put_right(old, now) if old and now.believed else old
        if back:
            self._commit(back, self._next_id, now)

    def _commit(self, changes: dict[int, Entry | None], next_id: int, now: Now) -> None:
        """Write changes, then take them on; raises AgendaError, and nothing has changed."""
        try:
            self._save(changes, next_id, now)
        except StorageError as fault:
            raise refusal("agenda_storage", str(fault)) from fault
        self._take_on(changes, now)

    def _save_softly(self, changes: dict[int, Entry | None], now: Now) -> None:
        """Take changes on, and write them now or, where that fails, with the next ones."""
        try:
            self._save(changes, self._next_id, now)
        except StorageError as fault:
            if not self._unsaved:
                log.warning("the agenda could not be written, it is tried again: %s", fault)
            self._unsaved |= set(changes)
            self._saved_at = now.boot
        self._take_on(changes, now)

    def _save(self, changes: dict[int, Entry | None], next_id: int, now: Now) -> None:
        late = {id_: self._entries.get(id_) for id_ in self._unsaved}
        self._store.save(Batch({**late, **changes}, next_id, self._time.saved(now)))
        self._unsaved.clear()
        self._next_id, self._saved_at = next_id, now.boot

    def _take_on(self, changes: dict[int, Entry | None], now: Now) -> None:
        changed = tuple(Changed(self._entries.get(id_), new) for id_, new in changes.items())
        merged = {**self._entries, **changes}  # anew: views keep the old one
        self._entries = {id_: entry for id_, entry in merged.items() if entry is not None}
        for id_ in [id_ for id_ in self._ringing if id_ in changes]:
            entry = self._entries.get(id_)
            due = due_of(entry, now) if isinstance(entry, Ringable) else None
            if due is None or due.key != self._ringing[id_].key:
                del self._ringing[id_]  # the change has dealt with it
        if changed:
            self._changed(changed)


def _is_usable(entry: Entry) -> bool:
    """Whether an entry makes sense; what an older version or a broken disk left may not."""
    some_day = Now("", 0.0, 1e9, "synced")
    try:
        if isinstance(entry, Ringable):
            due_of(entry, some_day)
            next_of(entry, some_day)
    except (AgendaError, ValueError, OverflowError) as fault:
        log.warning("%s %s can't ring and is left out: %s", entry.kind, entry.id, fault)
        return False
    return True
