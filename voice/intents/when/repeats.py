"""From the fields of phrases to a Repeat and its rule in the words of RFC 5545.

Fields, besides those of times and dates::

    every: days | weeks | months | years | hours | minutes, or a Span; interval: n
    byday: [n, …]       weekdays, Monday is 0
    from_day: n, to_day: n   every weekday from one to the other
    except: n           every weekday but that one
    which: n            with ``byday`` and months: the first, second, …; -1 is the last

Of a time of 12 hours the table's ``morning_from`` decides: "every day at 7" is the morning's.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from voice.intents.when import clock as clocks
from voice.intents.when import days
from voice.intents.when.clock import DAY, Clock, Habits, NoSuchTime, instant, is_after, time_of
from voice.intents.when.durations import MOST_SECONDS
from voice.intents.when.phrasebook import Fields
from voice.intents.when.values import Prefer, Repeat, Span

FIELDS = frozenset({"every", "interval", "byday", "which", "from_day", "to_day", "except"})

LEAST_SECONDS = 60
"""Nothing is repeated more often than that."""

MOST = 366
"""The longest interval, in whatever unit."""

_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = {"days": "DAILY", "weeks": "WEEKLY", "months": "MONTHLY", "years": "YEARLY"}
_SEARCHED_DAYS = 366 * 9


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Which days a repetition falls on, its interval aside; None and () are any."""

    unit: str
    weekdays: tuple[int, ...] = ()
    which: int | None = None
    nth: int | None = None
    month: int | None = None

    def on(self, day: date) -> bool:
        """Whether the pattern falls on a day."""
        last = monthrange(day.year, day.month)[1]
        return (
            (not self.weekdays or day.weekday() in self.weekdays)
            and (self.month is None or day.month == self.month)
            and (self.nth is None or day.day == (self.nth if self.nth > 0 else last))
            and self.which in (None, (day.day + 6) // 7, -1 if day.day + 7 > last else None)
        )

    def rule(self, interval: int) -> str:
        """Return the pattern as a recurrence rule."""
        rule = f"FREQ={_FREQUENCIES[self.unit]}"
        if interval > 1:
            rule += f";INTERVAL={interval}"
        if self.weekdays:
            which = "" if self.which is None else str(self.which)
            rule += ";BYDAY=" + ",".join(which + _NAMES[day] for day in self.weekdays)
        if self.month is not None:
            rule += f";BYMONTH={self.month}"
        if self.nth is not None:
            rule += f";BYMONTHDAY={self.nth}"
        return rule


def repeat_of(fields: Fields, now: datetime, prefer: Prefer, habits: Habits) -> Repeat:
    """Work out a repetition; NoSuchTime."""
    unit, interval = _every(fields)
    if unit in ("hours", "minutes"):
        return _in_hours(fields, unit, interval, now)
    pattern = _pattern(fields, unit, interval, now.date())
    name = cast(str | None, fields.get("part"))
    clock = clocks.clock_of(fields)
    minute = _minute(clock, name, prefer, habits)
    if minute is not None and minute >= DAY:
        minute, pattern = minute - DAY, _next_day(pattern)
    first = _first(pattern, minute, now)
    return Repeat(
        pattern.rule(interval),
        first,
        None if minute is None else time_of(minute),
        None if minute is None else instant(first, minute, now),
        pattern.weekdays if unit == "weeks" else (),
        part=None if clock else name,
    )


def _minute(clock: Clock | None, part: str | None, prefer: Prefer, habits: Habits) -> int | None:
    """Return the minutes since midnight; None where neither a time nor a part of the day was said."""
    if part:
        minutes = clocks.in_part(clock, habits.parts[part])
        if not minutes:
            raise NoSuchTime("not at that part of the day")
        return minutes[0]
    if clock is None:
        return None
    alarm = prefer == "morning"
    return clocks.on_other_day(clock, habits.waking if alarm else habits.repeated)


def _every(fields: Fields) -> tuple[str, int]:
    """Return the unit and how many of it lie between two times."""
    every: Any = fields.get("every", "weeks")
    interval = int(fields.get("interval", 1))
    if isinstance(every, Span):
        kinds = [(every.months, "months"), (every.days, "days"), (every.seconds, "seconds")]
        said = [(amount, unit) for amount, unit in kinds if amount]
        if every.seconds and not every.months:
            said = [(every.fixed_s or 0, "seconds")]
        if len(said) != 1 or said[0][0] % 1:
            raise NoSuchTime(f"every {every}")
        interval, every = int(said[0][0]), said[0][1]
        for larger, smaller, size in (
            ("minutes", "seconds", 60),
            ("hours", "minutes", 60),
            ("weeks", "days", 7),
            ("years", "months", 12),
        ):
            if every == smaller and interval % size == 0:
                interval, every = interval // size, larger
    if every not in (*_FREQUENCIES, "hours", "minutes") or not 1 <= interval <= MOST * 24:
        raise NoSuchTime(f"every {interval} {every}")
    return cast(str, every), interval


def _in_hours(fields: Fields, unit: str, interval: int, now: datetime) -> Repeat:
    seconds = interval * (3600 if unit == "hours" else 60)
    if fields.keys() - {"every", "interval"} or not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise NoSuchTime("hours are counted from now")
    at = (now.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(now.tzinfo)
    rule = f"FREQ={'HOURLY' if unit == 'hours' else 'MINUTELY'}"
    rule += f";INTERVAL={interval}" if interval > 1 else ""
    return Repeat(rule, at.date(), at=at, every_s=seconds)


def _pattern(fields: Fields, unit: str, interval: int, today: date) -> _Pattern:
    """Return which days are meant; what was not said is as today: "every month"."""
    if interval > MOST:
        raise NoSuchTime(f"every {interval} {unit}")
    dated = fields.keys() & days.FIELDS
    weekdays = _weekdays(fields)
    if "holiday" in fields:
        month, nth = (int(figures) for figures in fields["holiday"].split("-"))
    else:
        month, nth = fields.get("month"), fields.get("nth")
    allowed: set[str] = set()
    if unit == "days" and not weekdays:
        pattern = _Pattern(unit)
    elif unit == "weeks" and "which" not in fields:
        allowed = {"weekday"}
        pattern = _Pattern(unit, weekdays or (today.weekday(),))
    elif unit == "months" and len(weekdays) == 1 and "which" in fields:
        pattern = _Pattern(unit, weekdays, which=fields["which"])
    elif unit == "months" and not weekdays and "which" not in fields:
        allowed = {"nth"}
        pattern = _Pattern(unit, nth=nth or today.day)
    elif unit == "years" and not weekdays and (month is None) == (nth is None):
        allowed = {"month", "nth", "holiday"}
        pattern = _Pattern(unit, nth=nth or today.day, month=month or today.month)
    else:
        raise NoSuchTime(f"every {unit} on that day")
    if dated - allowed:
        raise NoSuchTime(f"{sorted(dated - allowed)} and every {unit}")
    if nth and month and nth > monthrange(2028, month)[1]:  # a leap year
        raise NoSuchTime("a date that does not exist")
    return pattern


def _weekdays(fields: Fields) -> tuple[int, ...]:
    """Return all weekdays that were said, sorted."""
    said = {*fields.get("byday", ())}
    if "weekday" in fields:
        said.add(fields["weekday"])
    if "from_day" in fields:
        first = fields["from_day"]
        said |= {(first + ahead) % 7 for ahead in range((fields["to_day"] - first) % 7 + 1)}
    if "except" in fields:
        said |= set(range(7)) - {fields["except"]}
    return tuple(sorted(said))


def _next_day(pattern: _Pattern) -> _Pattern:
    """Return the days after those of a pattern: "every friday at midnight" is on saturdays."""
    if pattern.unit == "days":
        return pattern
    if pattern.unit != "weeks":
        raise NoSuchTime("no rule says the day after a date")
    return _Pattern(pattern.unit, tuple(sorted((day + 1) % 7 for day in pattern.weekdays)))


def _first(pattern: _Pattern, minute: int | None, now: datetime) -> date:
    day = now.date()
    for _ in range(_SEARCHED_DAYS):
        if pattern.on(day) and (minute is None or not is_after(now, instant(day, minute, now))):
            return day
        day += timedelta(days=1)
    raise NoSuchTime("a date that does not exist")
