"""From the fields of phrases to a Moment: rules for what people leave out.

- A time without a day is the next one: "7" at 22:00 is tomorrow morning, at 15:00 this evening.
- On another day the table's ``morning_from`` decides: in English "7" to "11" are the morning's,
  "12" to "6" the afternoon's; ``prefer="morning"`` moves that to "3", and takes "5" to "11" for
  the morning's where no day is said.
- "In the evening", "am" and figures of 24 hours decide; "tonight at 2" is after midnight.
- A weekday is the coming one, a date without its year the next one. What was said of today or of
  a year and is over is returned with ``past``.
- A part of the day has its usual time; "this evening", said in the evening, is the next full hour.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import cast

from voice.intents.when.clock import (
    DAY,
    Clock,
    Habits,
    NoSuchTime,
    Part,
    clock_of,
    in_part,
    instant,
    is_after,
    next_readings,
    on_other_day,
    time_of,
)
from voice.intents.when.days import Days, days_of
from voice.intents.when.durations import MOST_SECONDS
from voice.intents.when.phrasebook import Fields
from voice.intents.when.values import Moment, Prefer, Span


def moment_of(fields: Fields, now: datetime, prefer: Prefer, habits: Habits) -> Moment:
    """Work out a moment; NoSuchTime."""
    span = cast(Span | None, fields.get("after"))
    if span and span.seconds:
        if len(fields) > 1:
            raise NoSuchTime("a countdown and more")
        return _countdown(span, now)
    name = cast(str | None, fields.get("part"))
    clock, part = clock_of(fields), habits.parts[name] if name else None
    days = days_of(fields, now.date(), timed=bool(clock or part))
    if clock is None and part is None:
        if not days.said:
            raise NoSuchTime("neither a day nor a time")
        return Moment(days.dates[0], day_said=True, past=days.dates[0] < now.date())
    day, minute, past = _chosen(_candidates(days, clock, part, now.date(), prefer, habits), now)
    if past and part and clock is None and day == now.date():
        hour = (now.hour + 1) * 60
        minute, past = (hour, False) if hour < part.end else (minute, past)
    return Moment(
        day + timedelta(days=minute // DAY),
        time_of(minute),
        instant(day, minute, now),
        part=None if clock else name,
        day_said=days.said,
        past=past,
    )


def _countdown(span: Span, now: datetime) -> Moment:
    seconds = span.fixed_s
    if not seconds or seconds > MOST_SECONDS:
        raise NoSuchTime(f"in {span}")
    at = (now.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(now.tzinfo)
    return Moment(at.date(), at.time(), at, seconds)


def _candidates(
    days: Days, clock: Clock | None, part: Part | None, today: date, prefer: Prefer, habits: Habits
) -> list[tuple[date, int]]:
    """Return days with the minutes since their midnight, in the order in which they are tried."""
    found: list[tuple[date, int]] = []
    morning = prefer == "morning"
    for day in days.dates:
        if part:
            minutes = in_part(clock, part)
        elif clock and days.said and day != today:
            minutes = [on_other_day(clock, habits.waking if morning else habits.other_day)]
        else:
            assert clock  # without a time there are no candidates
            alarm = morning and not days.said
            minutes = next_readings(clock, habits.waking_next if alarm else None)
        found += [(day, minute) for minute in minutes]
    # The night after yesterday is still going on: "tonight at 2", "5 past midnight".
    night = [(day - timedelta(days=1), minute) for day, minute in found if minute >= DAY and clock]
    return [(day, minute) for day, minute in night if day < today] + found


def _chosen(candidates: list[tuple[date, int]], now: datetime) -> tuple[date, int, bool]:
    """Return the first candidate that is ahead; else the last of the first day, which is past."""
    for day, minute in candidates:
        if not is_after(now, instant(day, minute, now)):
            return day, minute, False
    said = [(day, minute) for day, minute in candidates if day >= now.date()] or candidates
    if not said:
        raise NoSuchTime("not at that part of the day")
    day, minute = [candidate for candidate in said if candidate[0] == said[0][0]][-1]
    return day, minute, True
