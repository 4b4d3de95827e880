"""Saying when something of the agenda is: "tomorrow at 8:00 AM", "in 20 minutes", "every Monday"."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from voice.agenda.entries import EVERY_DAY, At, Every, Reminder
from voice.agenda.view import View
from voice.intents.phrases import Phrases
from voice.intents.vocabulary import Situation

WEEKDAYS = frozenset(range(5))
WEEKEND = frozenset({5, 6})

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SOME_MONDAY = date(2024, 1, 1)
_UNITS: Mapping[str, str] = {
    "MINUTELY": "minute",
    "HOURLY": "hour",
    "DAILY": "day",
    "WEEKLY": "week",
    "MONTHLY": "month",
    "YEARLY": "year",
}


def at_moment(moment: datetime, situation: Situation, phrases: Phrases) -> str:
    """Say the day and the time of day: "today at 5:00 PM"."""
    return phrases.say(
        "when_day_time",
        day=phrases.day(moment.date(), situation.now.date()),
        time=phrases.time(moment, situation.clock_24h),
    )


def in_while(seconds: float, phrases: Phrases) -> str:
    """Say how long it is until then: "in 20 minutes"."""
    return phrases.say("when_in", length=phrases.duration(seconds, parts=2))


def again_and_again(every: Every, situation: Situation, phrases: Phrases) -> str:
    """Say when something repeats: "every Monday at 7:00 AM"."""
    days = repetition(every.rule, every.start, phrases)
    if parts_of(every.rule)["FREQ"] in ("MINUTELY", "HOURLY"):
        return days
    return phrases.say(
        "when_day_time", day=days, time=phrases.time(every.start, situation.clock_24h)
    )


def when_of(reminder: Reminder, view: View, situation: Situation, phrases: Phrases) -> str:
    """Say when a reminder is due."""
    match reminder.when:
        case Every() as every:
            return again_and_again(every, situation, phrases)
        case At(local):
            return at_moment(local, situation, phrases)
        case moment:
            left = view.now.until(moment)
            return in_while(max(60.0, round((left or 0.0) / 60) * 60), phrases)


def repetition(rule: str, start: datetime, phrases: Phrases) -> str:
    """Say the days of a rule: "every weekday", "every 2 weeks on Friday", "on the 3rd of every month"."""
    parts = parts_of(rule)
    unit, interval = _UNITS[parts["FREQ"]], int(parts.get("INTERVAL", 1))
    every = phrases.count(interval, unit)
    if unit == "week":
        listed = parts.get("BYDAY")
        days = frozenset(map(_DAYS.index, listed.split(","))) if listed else {start.weekday()}
        if interval == 1:
            return weekly(days, phrases)
        return phrases.say("repeat_weeks", length=every, days=_named(days, phrases))
    if unit in ("month", "year"):
        return _dated(parts, start, phrases, every.text if interval > 1 else "")
    if interval == 1:
        return phrases.say(f"repeat_{unit}")
    return phrases.say(f"repeat_{unit}s", length=every)


def weekly(days: Collection[int], phrases: Phrases) -> str:
    """Say days of the week, 0 is Monday: "every weekday", "every Monday and Thursday"."""
    if days == EVERY_DAY:
        return phrases.say("repeat_day")
    if days in (WEEKDAYS, WEEKEND):
        return phrases.say("repeat_weekdays" if days == WEEKDAYS else "repeat_weekend")
    return phrases.say("repeat_week", days=_named(days, phrases))


def parts_of(rule: str) -> dict[str, str]:
    """Return the parts of a rule of RFC 5545."""
    return dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)


def _dated(parts: Mapping[str, str], start: datetime, phrases: Phrases, every: str) -> str:
    """Say a day of the month, of every month or of one of them."""
    if parts["FREQ"] == "YEARLY":
        month, day = int(parts.get("BYMONTH", start.month)), int(parts.get("BYMONTHDAY", start.day))
        yearly = date(2024, month, max(1, day))
        named = phrases.day(yearly, yearly - timedelta(days=30))  # far from "tomorrow"
        return phrases.say("repeat_years" if every else "repeat_year", date=named, length=every)
    if listed := parts.get("BYDAY"):
        name = phrases.weekday(_SOME_MONDAY + timedelta(days=_DAYS.index(listed[-2:])))
        which = phrases.say(f"which_{listed[:-2].replace('-1', 'last')}")
        day = phrases.say("repeat_nth_weekday", which=which, day=name)
    else:
        nth = int(parts.get("BYMONTHDAY", start.day))
        day = phrases.say("repeat_last_day" if nth < 0 else "repeat_nth", nth=_nth(nth, phrases))
    return phrases.say("repeat_months" if every else "repeat_month", day=day, length=every)


def _nth(day: int, phrases: Phrases) -> str:
    """Write the day of a month: "3rd"."""
    ends = {1: "1", 2: "2", 3: "3", 21: "1", 22: "2", 23: "3", 31: "1"}
    return phrases.say(f"nth_{ends.get(day, 'other')}", n=day)


def _named(days: Collection[int], phrases: Phrases) -> str:
    return phrases.listing(
        [phrases.weekday(_SOME_MONDAY + timedelta(days=day)) for day in sorted(days)]
    )


def clock_of(text: str) -> time:
    """Read a time of the tables: "9:00"."""
    hours, _, minutes = text.partition(":")
    return time(int(hours), int(minutes))
