"""The agenda at one moment: what answers, the command line and the phone read. It never changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from voice.agenda.due import Ringable, next_of, schedule_of
from voice.agenda.entries import (
    Alarm,
    Checklist,
    Due,
    Entry,
    Item,
    Note,
    Reminder,
    Routine,
    Timer,
)
from voice.agenda.names import ARTICLES, called, same_name
from voice.agenda.recurrence import zone_of
from voice.agenda.timekeeping import Now

LENGTH_S = 0.5
"""Seconds within which two lengths are the same."""

EntryT = TypeVar("EntryT", bound=Entry)


@dataclass(frozen=True, slots=True)
class View:
    """All entries, and what the clocks said when it was taken."""

    now: Now
    entries: Mapping[int, Entry]
    """By id; never changed once it is here."""
    ringing: tuple[Due, ...] = ()
    """What rings at this moment, in the order in which it began."""
    recent: tuple[Ringable, ...] = ()
    """What stopped ringing a short while ago, the last one first."""
    just_rang: tuple[Ringable, ...] = ()
    """What of it stopped so shortly ago that "stop the alarm" still means that."""
    articles: Collection[str] = field(default=ARTICLES, repr=False)

    # -- all of a kind, in the order in which they were set -----------------------------------

    @property
    def timers(self) -> tuple[Timer, ...]:
        """All timers, paused and ringing ones included."""
        return self._all(Timer)

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """All alarms, the next one to ring first; those that do not ring come last."""
        return self._by_next(self._all(Alarm))

    @property
    def reminders(self) -> tuple[Reminder, ...]:
        """All reminders, the next one first."""
        return self._by_next(self._all(Reminder))

    @property
    def routines(self) -> tuple[Routine, ...]:
        """All routines."""
        return self._all(Routine)

    @property
    def lists(self) -> tuple[Checklist, ...]:
        """All lists, the shopping list and the to-do list first."""
        return self._all(Checklist)

    @property
    def notes(self) -> tuple[Note, ...]:
        """All notes, the oldest first."""
        return self._all(Note)

    def items(self, list_id: int, *, done: bool | None = None) -> tuple[Item, ...]:
        """Return what is on a list, in order; with ``done`` only what is, or is not, ticked."""
        items = (item for item in self._all(Item) if item.list_id == list_id)
        return tuple(item for item in items if done is None or item.done == done)

    # -- when ---------------------------------------------------------------------------------

    def left_s(self, timer: Timer) -> float:
        """Return the seconds left of a timer; 0 when it has run out."""
        if timer.due is None:
            return timer.left_s or 0.0
        left = self.now.until(timer.due)
        return max(0.0, timer.due.wall - self.now.wall if left is None else left)

    def next(self, entry: Entry) -> datetime | None:
        """Return when an entry rings next: in its zone, in UTC where it has none; None: it does not."""
        if not isinstance(entry, Ringable):
            return None
        when = next_of(entry, self.now)
        schedule = schedule_of(entry)
        zone = UTC if schedule is None else zone_of(schedule.zone)
        return None if when is None else datetime.fromtimestamp(when, zone)

    def upcoming(self, limit: int = 10) -> tuple[tuple[datetime, Ringable], ...]:
        """Return what rings next, whatever it is, the first first."""
        ringable = [entry for entry in self.entries.values() if isinstance(entry, Ringable)]
        coming = [(when, entry) for entry in ringable if (when := self.next(entry))]
        return tuple(sorted(coming, key=lambda pair: (pair[0], pair[1].id))[:limit])

    # -- looking up what somebody means: none, one, or several to ask about -------------------

    def timers_like(
        self, *, name: str | None = None, length_s: float | None = None
    ) -> tuple[Timer, ...]:
        """Return the timers of a name and a length; without either all of them.

        The length is the one a timer was set for, as people go on saying it.
        """
        found = self.timers if name is None else self._called(self.timers, name)
        if length_s is None:
            return found
        return tuple(timer for timer in found if abs(timer.length_s - length_s) < LENGTH_S)

    def timer_at(self, position: int) -> Timer | None:
        """Return a timer by the order in which they were set: 0 the first, -1 the last."""
        timers = self.timers
        return timers[position] if -len(timers) <= position < len(timers) else None

    def alarms_like(
        self, *, name: str | None = None, hour: int | None = None, minute: int | None = None
    ) -> tuple[Alarm, ...]:
        """Return the alarms of a name and a time of day, the next one to ring first."""
        found = self.alarms if name is None else self._called(self.alarms, name)
        return tuple(
            alarm
            for alarm in found
            if hour in (None, alarm.at.hour) and minute in (None, alarm.at.minute)
        )

    def reminders_like(self, text: str) -> tuple[Reminder, ...]:
        """Return the reminders of a text."""
        return called(self.reminders, text, lambda reminder: reminder.text, self.articles)

    def routines_like(self, name: str) -> tuple[Routine, ...]:
        """Return the routines of a name."""
        return self._called(self.routines, name)

    def routine_said(self, sentence: str) -> Routine | None:
        """Return the routine that a whole sentence starts, by its phrase; no likeness will do.

        One that is switched off is started by nothing but its name.
        """
        for routine in self.routines:
            if (
                routine.enabled
                and routine.phrase
                and same_name(routine.phrase, sentence, self.articles)
            ):
                return routine
        return None

    def lists_like(self, name: str) -> tuple[Checklist, ...]:
        """Return the lists of a name; the built-in ones are ``SHOPPING`` and ``TODO``."""
        return self._called(self.lists, name)

    def items_like(self, list_id: int, text: str) -> tuple[Item, ...]:
        """Return the items of a list that say so; what is still to do comes first."""
        found = called(self.items(list_id), text, lambda item: item.text, self.articles)
        return tuple(sorted(found, key=lambda item: item.done))

    def notes_with(self, words: str) -> tuple[Note, ...]:
        """Return the notes that hold all of some words, the last one first."""
        wanted = words.casefold().split()
        found = [note for note in self.notes if all(w in note.text.casefold() for w in wanted)]
        return tuple(reversed(found))

    def to_snooze(self) -> Ringable | None:
        """Return what "snooze" means: what rings, else what rang last; never a routine."""
        rang = [*(due.entry for due in reversed(self.ringing)), *self.recent]
        return next((entry for entry in rang if not isinstance(entry, Routine)), None)

    def _all(self, kind: type[EntryT]) -> tuple[EntryT, ...]:
        return tuple(e for _, e in sorted(self.entries.items()) if isinstance(e, kind))

    def _by_next(self, entries: tuple[EntryT, ...]) -> tuple[EntryT, ...]:
        never = datetime.max.replace(tzinfo=UTC)
        return tuple(sorted(entries, key=lambda entry: (self.next(entry) or never, entry.id)))

    def _called(self, entries: tuple[EntryT, ...], name: str) -> tuple[EntryT, ...]:
        return called(entries, name, lambda entry: getattr(entry, "name", None), self.articles)
