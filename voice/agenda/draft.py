"""A change in the making: what it reads and writes, without touching what is kept; and its bounds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TypeVar

from voice.agenda.entries import BUILT_IN, Checklist, Entry, Item, Kind
from voice.agenda.recurrence import Schedule, Weekly, next_after, zone_of
from voice.agenda.refusals import refusal
from voice.agenda.timekeeping import Moment, Now

COUNTS: dict[Kind, int] = {
    "timer": 100,
    "alarm": 100,
    "reminder": 500,
    "routine": 100,
    "list": 50,
    "item": 1000,
    "note": 2000,
}
"""How many of a kind are kept: more than anybody needs, and so few that reading all of them at start
and looking through them stays quick."""

NAME_MAX = 100
"""Characters of a name."""

TEXT_MAX = 500
"""Characters of an item, of what a reminder is of, or of a routine's step."""

NOTE_MAX = 4000
"""Characters of a note."""

STEPS_MAX = 20
"""Steps of a routine."""

COUNTDOWN_MAX_S = 366 * 86_400.0
"""Longest countdown."""

EntryT = TypeVar("EntryT", bound=Entry)


class Draft:
    """Entries as they were, and what becomes of some."""

    def __init__(self, entries: Mapping[int, Entry], next_id: int, now: Now) -> None:
        self._entries = entries
        self.next_id = next_id
        self.now = now
        self.after: dict[int, Entry | None] = {}
        """What was changed, by id; None for what is gone."""

    def new_id(self) -> int:
        """Return a number that was never given."""
        self.next_id += 1
        return self.next_id - 1

    def countdown(self, seconds: float) -> Moment:
        """Return the moment after a time; refuses what can't be counted down."""
        if not (math.isfinite(seconds) and 0 < seconds <= COUNTDOWN_MAX_S):
            raise refusal("agenda_span", f"{seconds} is no number of seconds to count down")
        return self.now.after(seconds, self.new_id())

    def find(self, id_: int, *kinds: type[EntryT]) -> EntryT | None:
        """Return an entry of one of the kinds; None when there is none of that id."""
        found = self.after.get(id_, self._entries.get(id_))
        return found if isinstance(found, kinds) else None

    def get(self, id_: int, *kinds: type[EntryT]) -> EntryT:
        """Return an entry of one of the kinds; refuses when there is none of that id."""
        found = self.find(id_, *kinds)
        if found is None:
            raise refusal("agenda_gone", f"there is no entry {id_}, or it is of another kind")
        return found

    def some(self, ids: Iterable[int], *kinds: type[EntryT]) -> list[EntryT]:
        """Return those entries that are there; refuses when none is."""
        found = [entry for id_ in ids if (entry := self.find(id_, *kinds)) is not None]
        if not found:
            raise refusal("agenda_gone", "none of these entries is there any more")
        return found

    def all(self, kind: type[EntryT]) -> list[EntryT]:
        """Return all of a kind, in the order in which they were set."""
        merged = {**self._entries, **self.after}
        return [merged[id_] for id_ in sorted(merged) if isinstance(merged[id_], kind)]  # type: ignore[misc] # isinstance has just told

    def put(self, entry: EntryT) -> EntryT:
        """Keep an entry; refuses a new one where there are too many of its kind."""
        if self.find(entry.id, type(entry)) is None:
            limit = COUNTS[entry.kind]
            merged = {**self._entries, **self.after}.values()
            if sum(isinstance(other, type(entry)) for other in merged) >= limit:
                raise refusal("agenda_full", f"no more than {limit} of the kind {entry.kind}")
        self.after[entry.id] = entry
        return entry

    def remove(self, entry: Entry) -> None:
        """Remove an entry; a list with its items, a built-in one only has them removed."""
        if isinstance(entry, Checklist):
            for item in self.all(Item):
                if item.list_id == entry.id:
                    self.after[item.id] = None
        if entry.id not in BUILT_IN:
            self.after[entry.id] = None


def checked(text: str, longest: int) -> str:
    """Return a text without blanks around it; refuses an empty one and one too long."""
    text = text.strip()
    if not text:
        raise refusal("agenda_empty", "a name or text is empty")
    if len(text) > longest:
        raise refusal("agenda_long", f"a name or text has {len(text)} characters, of {longest}")
    return text


def checked_zone(name: str) -> str:
    """Return a time zone's name; refuses one that does not exist."""
    if zone_of(name).key != name:
        raise refusal("agenda_zone", f"no time zone {name!r}; names look like Europe/Berlin")
    return name


def checked_schedule(schedule: Schedule, now: Now) -> None:
    """Refuse what will never come, or, where the time is known, has been."""
    checked_zone(schedule.zone)
    try:
        comes = next_after(schedule, now.wall if now.believed else 0.0)
    except (ValueError, OverflowError) as fault:  # a year that no calendar has
        raise refusal("agenda_never", f"{schedule}: {fault}") from fault
    if comes is None:
        once = not isinstance(schedule, Weekly) and not hasattr(schedule, "rule")
        raise refusal("agenda_past" if once else "agenda_never", f"{schedule} does not come")
