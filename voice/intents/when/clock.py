"""Times of day: what "half past 7" is, which half of the day is meant, and when that is here.

A time of day is minutes since the day's midnight. "Midnight" is the end of the day it is said of,
1440: "friday at midnight" is the night after friday. Fields: ``hour``, ``minutes``, ``hhmm``
("730"), ``named`` (an hour with a name, as noon: 12), ``half`` (am, pm), ``past``, ``to`` (minutes,
or a Span), ``offset`` (minutes) and ``exact`` (no other half of the day is meant).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from voice.intents.when.phrasebook import Fields
from voice.intents.when.values import Span

FIELDS = frozenset({"hour", "minutes", "hhmm", "named", "half", "past", "to", "offset", "exact"})

DAY = 1440
"""Minutes of a day."""

HALF = 720


class NoSuchTime(ValueError):  # noqa: N818 - a finding about the words, not a fault
    """The words contradict each other, or say a time or day that does not exist."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as it was said."""

    minute: int
    """Since midnight; below 720 unless ``exact``; up to 1499 ("5 past midnight")."""
    exact: bool
    """False where it may as well be 12 hours later."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day, in minutes since midnight; past 1440 it goes on into the next day."""

    begin: int
    end: int
    usual: int
    """The time that is meant when none is said."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What speakers of a language mean by what they leave out. Minutes since midnight."""

    parts: Mapping[str, Part]
    """Parts of the day by name."""
    other_day: int
    """"7" on another day than today is the morning's from here on, else the evening's."""
    repeated: int
    """The same for "every day at 7"."""
    waking: int
    """The same where the morning is preferred: "wake me at 4 tomorrow"."""
    waking_next: int
    """From here on "7" is the morning's even without a day, where the morning is preferred;
    before it, "4" may be the end of a nap."""

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Habits:
        """Read the table's ``parts_of_day`` and ``morning_from``."""
        parts = {
            name: Part(**{key: _minutes(text) for key, text in row.items()})
            for name, row in table["parts_of_day"].items()
        }
        return cls(parts, **{name: _minutes(text) for name, text in table["morning_from"].items()})


def clock_of(fields: Fields) -> Clock | None:
    """Return the time of day that fields say; None where they say none. NoSuchTime."""
    if "named" in fields:
        hour, exact = int(fields["named"]), True
    elif "hhmm" in fields:
        hour, exact = int(fields["hhmm"][:-2]), fields["hhmm"][0] == "0"
    elif "hour" in fields:
        hour, exact = int(fields["hour"]), False
    else:
        return None
    minute = int(fields["hhmm"][-2:]) if "hhmm" in fields else fields.get("minutes", 0)
    if half := fields.get("half"):
        hour = _in_half(hour, half)
    exact = exact or bool(half) or bool(fields.get("exact")) or hour == 0 or hour > 12
    if hour > 24 or (hour == 24 and minute):
        raise NoSuchTime(f"{hour}:{minute}")
    total = hour * 60 + minute + _length(fields, "past") - _length(fields, "to")
    total += fields.get("offset", 0)
    if total < 0:
        total += DAY
    return Clock(total if exact else total % HALF, exact)


def in_part(clock: Clock | None, part: Part) -> list[int]:
    """Return the minutes since a day's midnight that are meant in a part of it; none, or one."""
    if clock is None:
        return [part.usual]
    near = [clock.minute, *([] if clock.exact else [clock.minute + HALF])]
    near += [minute + DAY for minute in near]
    return [minute for minute in near if part.begin <= minute < part.end][:1]


def on_other_day(clock: Clock, morning_from: int) -> int:
    """Return the minutes that are meant on a day for which "the next 7 o'clock" says nothing."""
    later = not clock.exact and clock.minute < morning_from
    return clock.minute + HALF if later else clock.minute


def next_readings(clock: Clock, morning_from: int | None) -> list[int]:
    """Return the minutes that may be meant of today or no day, the first that is ahead being it.

    From ``morning_from`` on only the morning is meant, and at 12 only noon; None: the one that comes.
    """
    if clock.exact:
        return [clock.minute]
    if morning_from is not None and clock.minute >= morning_from:
        return [clock.minute]
    if morning_from is not None and clock.minute < 60:
        return [clock.minute + HALF]
    return [clock.minute, clock.minute + HALF]


def instant(day: date, minute: int, now: datetime) -> datetime:
    """Return when a local time is, in the zone of ``now``.

    A time that the clock change leaves out moves on by as much as the clock does, as RFC 5545 has
    it. Of a time that comes twice the first is meant, unless it is over.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    first = wall.replace(tzinfo=now.tzinfo)
    if is_after(now, first):
        first = first.replace(fold=1)
    return first.astimezone(UTC).astimezone(now.tzinfo)


def is_after(now: datetime, moment: datetime) -> bool:
    """Whether ``now`` is at or after a moment; in one zone, Python compares wall clocks only."""
    return now.timestamp() >= moment.timestamp()


def time_of(minute: int) -> time:
    """Return minutes since midnight as a time of day, whatever the day."""
    return time(minute // 60 % 24, minute % 60)


def _in_half(hour: int, half: str) -> int:
    if hour > 12 or not hour:
        if (hour > 12) == (half == "am"):
            raise NoSuchTime(f"{hour} {half}")
        return hour
    return hour % 12 + (12 if half == "pm" else 0)


def _length(fields: Fields, name: str) -> int:
    said: Any = fields.get(name, 0)
    if isinstance(said, Span):
        seconds = said.fixed_s
        if seconds is None or seconds % 60 or seconds > 12 * 3600:
            raise NoSuchTime(f"{said} from the hour")
        return seconds // 60
    return int(said)


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)
