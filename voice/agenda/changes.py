"""What can be asked of the agenda: a closed set of changes, usable as effects of an answer.

``Agenda.apply`` carries one out. Ids are those of entries in a view; those that are gone by then are
passed over, unless all are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from voice.agenda.entries import EVERY_DAY, At, Every, Kind, Step

SNOOZE_S = 540.0
"""Seconds of a snooze when nothing is said: the nine minutes that clocks have had since the fifties."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Start a timer."""

    length_s: float
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeTimer:
    """Give a timer more time, or take some from it; one that rings begins again with what is given."""

    id: int
    by_s: float
    """Negative takes time off."""


@dataclass(frozen=True, slots=True)
class PauseTimers:
    """Stop timers for a while; those that are paused stay so."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ResumeTimers:
    """Let paused timers go on."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SetAlarm:
    """Set an alarm; without day and days for the next time that it is so late."""

    at: time
    zone: str
    """IANA name."""
    day: date | None = None
    """For once."""
    days: frozenset[int] = frozenset()
    """For repeating; 0 is Monday."""
    name: str | None = None


@dataclass(frozen=True, slots=True)
class SkipNext:
    """Leave out a repeating alarm's next day; an alarm for once is switched off."""

    id: int
    day: date | None = None
    """Leave out this day instead."""


@dataclass(frozen=True, slots=True)
class KeepAll:
    """Leave out none of an alarm's days any more."""

    id: int


@dataclass(frozen=True, slots=True)
class SetEnabled:
    """Switch alarms or routines on or off.

    An alarm for once whose day has passed is set for the next time that it is so late.
    """

    ids: tuple[int, ...]
    enabled: bool


@dataclass(frozen=True, slots=True)
class Snooze:
    """Let what rings, or rang a short while ago, ring again in a while."""

    id: int
    seconds: float = SNOOZE_S


@dataclass(frozen=True, slots=True)
class SetReminder:
    """Set a reminder."""

    text: str
    when: float | At | Every
    """A number is seconds from now."""


@dataclass(frozen=True, slots=True)
class MoveReminder:
    """Set a reminder for another time; what it is of stays."""

    id: int
    when: float | At | Every
    """A number is seconds from now."""


@dataclass(frozen=True, slots=True)
class SetRoutine:
    """Keep a routine; one of the same name is replaced."""

    name: str
    steps: tuple[Step, ...]
    phrase: str | None = None
    at: time | None = None
    """Local time in ``zone``, which must be given with it."""
    days: frozenset[int] = EVERY_DAY
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class CreateList:
    """Begin a list."""

    name: str
    texts: tuple[str, ...] = ()
    """What stands on it from the beginning."""


@dataclass(frozen=True, slots=True)
class AddItems:
    """Add to a list; what stands on it is not added twice, and unticked where it was done."""

    list_id: int
    """``SHOPPING.id``, ``TODO.id`` or another list's."""
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TickItems:
    """Mark items as done, or as not done."""

    ids: tuple[int, ...]
    done: bool = True


@dataclass(frozen=True, slots=True)
class ClearList:
    """Take everything off a list, or what is done."""

    id: int
    done_only: bool = False


@dataclass(frozen=True, slots=True)
class AddNote:
    """Keep a note."""

    text: str


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a timer, alarm, routine or list another name, or a reminder, item or note another text."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Cancel or delete entries of any kind; a list goes with its items, a built-in one is emptied."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RemoveAll:
    """Cancel or delete all of a kind."""

    kind: Kind


Change = (
    SetTimer
    | ChangeTimer
    | PauseTimers
    | ResumeTimers
    | SetAlarm
    | SkipNext
    | KeepAll
    | SetEnabled
    | Snooze
    | SetReminder
    | MoveReminder
    | SetRoutine
    | CreateList
    | AddItems
    | TickItems
    | ClearList
    | AddNote
    | Rename
    | Remove
    | RemoveAll
)
"""A closed set."""
