"""Saying the time, the date, the day, the week: pure functions of the situation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from voice.intents.phrases import Phrases
from voice.intents.vocabulary import DeviceAnswer, Match, Situation

_NEAR_DAYS = {
    -2: "date_day_before_yesterday",
    -1: "date_yesterday",
    1: "date_tomorrow",
    2: "date_day_after_tomorrow",
}
"""Replies about days near today."""


def get_time(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell the time, here or in the place that was named."""
    now = _now(match, situation)
    time = phrases.time(now, situation.clock_24h)
    if now.date() != situation.now.date():
        time = phrases.say("time_of_day", time=time, weekday=phrases.weekday(now))
    where = _where(match, phrases)
    return DeviceAnswer(phrases.say(f"time_is{_place(match)}", time=time, **where))


def get_date(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell the full date of today or a day near it."""
    return _near_day(match, situation, phrases, with_year=True)


def get_day(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell the day of the week, with the day of the month."""
    return _near_day(match, situation, phrases, with_year=False)


def get_month_or_year(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell the month, or the year."""
    now = situation.now
    if match.slots["part"] == "year":
        return DeviceAnswer(phrases.say("date_year", year=now.year))
    return DeviceAnswer(phrases.say("date_month", month=phrases.month(now)))


def get_week(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell the number of the week as ISO 8601 counts it: from Monday, week 1 has January 4."""
    return DeviceAnswer(phrases.say("date_week", week=situation.now.isocalendar().week))


def _near_day(
    match: Match, situation: Situation, phrases: Phrases, *, with_year: bool
) -> DeviceAnswer:
    offset = match.slots.get("days", 0)
    assert isinstance(offset, int)
    # Calendar days, not 24 hours: the clock change must not make tomorrow today.
    day = _now(match, situation).date() + timedelta(days=offset)
    date = phrases.date(day) if with_year else phrases.weekday_and_day(day)
    if offset:
        return DeviceAnswer(phrases.say(_NEAR_DAYS[offset], date=date))
    return DeviceAnswer(phrases.say(f"date_is{_place(match)}", date=date, **_where(match, phrases)))


def _now(match: Match, situation: Situation) -> datetime:
    zone = match.slots.get("zone")
    return situation.now.astimezone(ZoneInfo(str(zone)) if zone else situation.home_zone)


def _place(match: Match) -> str:
    """Return the end of the reply's key: where several zones are, the capital's time is told."""
    if "capital" in match.slots:
        return "_in_capital"
    return "_there" if "place" in match.slots else ""


def _where(match: Match, phrases: Phrases) -> dict[str, Any]:
    place = match.slots.get("place")
    if place is None:
        return {}
    return {"where": phrases.in_place(str(place)), "capital": match.slots.get("capital")}
