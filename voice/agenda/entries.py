"""What the agenda holds: timers, alarms, reminders, routines, lists, notes.

All are frozen: a change makes a new entry with the same ``id``. Ids are small numbers, one series for
all kinds, never given twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import ClassVar, Literal

from voice.agenda.timekeeping import Moment

Kind = Literal["timer", "alarm", "reminder", "routine", "list", "item", "note"]

EVERY_DAY: frozenset[int] = frozenset(range(7))
"""Days of the week, 0 is Monday."""


@dataclass(frozen=True, slots=True)
class Ringing:
    """That something began to ring, kept so that it rings again after a crash, and only once."""

    key: str
    """Which time it was, as in ``Due.key``."""
    times: int
    """How often it began to."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A countdown."""

    kind: ClassVar[Kind] = "timer"
    id: int
    length_s: float
    """Seconds it was set for; stays when time is added, because people go on calling it that."""
    due: Moment | None
    """None while it is paused."""
    left_s: float | None = None
    """Seconds left while it is paused, else None."""
    name: str | None = None
    ringing: Ringing | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Rings at a local time, on one day or on days of the week."""

    kind: ClassVar[Kind] = "alarm"
    id: int
    at: time
    """Local time in ``zone``."""
    zone: str
    """IANA name; stays when the device moves."""
    since: Moment
    """Set, switched on or rung last: only what comes after it rings."""
    day: date | None = None
    """The day it rings on once; None for one that repeats."""
    days: frozenset[int] = frozenset()
    """Days of the week that it repeats on, 0 is Monday; empty for one that rings once."""
    name: str | None = None
    enabled: bool = True
    skipped: tuple[date, ...] = ()
    """Days that are left out."""
    snoozed: Moment | None = None
    """When it rings again after a snooze."""
    last: float | None = None
    """The time it rang for last, seconds since 1970."""
    ringing: Ringing | None = None


@dataclass(frozen=True, slots=True)
class At:
    """Once, at a local time."""

    local: datetime
    """Naive."""
    zone: str
    """IANA name."""


@dataclass(frozen=True, slots=True)
class Every:
    """Repeating, at local times."""

    rule: str
    """An RRULE of RFC 5545 without its name: ``FREQ=WEEKLY;BYDAY=MO,TH``."""
    start: datetime
    """The first time that may count, naive; also says what the rule leaves open (the time of day)."""
    zone: str
    """IANA name."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Says something at a time."""

    kind: ClassVar[Kind] = "reminder"
    id: int
    text: str
    """What of: "call mum"."""
    when: Moment | At | Every
    """A Moment is a reminder "in 20 minutes"."""
    since: Moment
    """Set or rung last: only what comes after it rings."""
    snoozed: Moment | None = None
    last: float | None = None
    ringing: Ringing | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """A routine's step: say a text."""

    text: str
    do: Literal["say"] = "say"


@dataclass(frozen=True, slots=True)
class Run:
    """A routine's step: do what a sentence means that the device understands."""

    sentence: str
    do: Literal["run"] = "run"


@dataclass(frozen=True, slots=True)
class Ask:
    """A routine's step: ask the model."""

    question: str
    do: Literal["ask"] = "ask"


@dataclass(frozen=True, slots=True)
class Show:
    """A routine's step: show a text on the phone."""

    text: str
    do: Literal["show"] = "show"


Step = Say | Run | Ask | Show


@dataclass(frozen=True, slots=True)
class Routine:
    """Steps that are done one after the other when a phrase is said, or at a time."""

    kind: ClassVar[Kind] = "routine"
    id: int
    name: str
    steps: tuple[Step, ...]
    since: Moment
    phrase: str | None = None
    """What starts it when it is said; its name does as well."""
    at: time | None = None
    """Local time in ``zone``; None: only when it is asked for."""
    days: frozenset[int] = EVERY_DAY
    zone: str | None = None
    enabled: bool = True
    """Whether its time and its phrase count."""
    last: float | None = None
    ringing: Ringing | None = None


Purpose = Literal["shopping", "todo", "own"]


@dataclass(frozen=True, slots=True)
class Checklist:
    """A list; its items are entries of their own."""

    kind: ClassVar[Kind] = "list"
    id: int
    name: str
    purpose: Purpose = "own"


@dataclass(frozen=True, slots=True)
class Item:
    """Something on a list; items come in the order of their ids."""

    kind: ClassVar[Kind] = "item"
    id: int
    list_id: int
    text: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A text to keep."""

    kind: ClassVar[Kind] = "note"
    id: int
    text: str
    written: datetime
    """When, in UTC."""


Entry = Timer | Alarm | Reminder | Routine | Checklist | Item | Note

SHOPPING = Checklist(1, "shopping", "shopping")
TODO = Checklist(2, "to-do", "todo")
BUILT_IN: dict[int, Entry] = {SHOPPING.id: SHOPPING, TODO.id: TODO}
"""Lists that are always there and can't be removed; ``purpose`` says how a language calls them."""

FIRST_ID = 10
"""The first id that is given."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something whose time has come."""

    entry: Timer | Alarm | Reminder | Routine
    key: str
    """Names this time of this entry."""
    when: datetime
    """When it was due: in the entry's zone, in UTC where it has none."""
    missed: bool = False
    """It was due while nobody could ring it: the device was off, or did not know the time."""
    again: bool = False
    """It began to ring and was cut off by a crash."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One entry that became another; for events."""

    before: Entry | None
    """None: it is new."""
    after: Entry | None = field(default=None)
    """None: it is gone."""
