"""Saying the time, the date, the day, the week: pure functions of the situation."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from voice.intents.vocabulary import DeviceAnswer, Match, Situation

# strftime's names follow the system's locale; the answers are English whatever that is.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAY_SAID = {
    -2: "The day before yesterday was",
    -1: "Yesterday was",
    1: "Tomorrow is",
    2: "The day after tomorrow is",
}


def get_time(match: Match, situation: Situation) -> DeviceAnswer:
    """Tell the time, here or in the place that was named."""
    now = _now(match, situation)
    said = _clock(now, situation)
    if now.date() != situation.now.date():
        said += f" on {_WEEKDAYS[now.weekday()]}"
    return DeviceAnswer(_placed(match, said))


def get_date(match: Match, situation: Situation) -> DeviceAnswer:
    """Tell the full date of today or a day near it."""
    return _near_day(match, situation, with_year=True)


def get_day(match: Match, situation: Situation) -> DeviceAnswer:
    """Tell the day of the week, with the day of the month."""
    return _near_day(match, situation, with_year=False)


def get_month_or_year(match: Match, situation: Situation) -> DeviceAnswer:
    """Tell the month, or the year."""
    now = situation.now
    return DeviceAnswer(
        f"It's {now.year}." if match.slots["part"] == "year" else f"It's {_MONTHS[now.month - 1]}."
    )


def get_week(match: Match, situation: Situation) -> DeviceAnswer:
    """Tell the number of the week as ISO 8601 counts it: from Monday, week 1 has January 4."""
    return DeviceAnswer(f"It's week {situation.now.isocalendar().week}.")


def _near_day(match: Match, situation: Situation, *, with_year: bool) -> DeviceAnswer:
    offset = match.slots.get("days", 0)
    assert isinstance(offset, int)
    # Calendar days, not 24 hours: the clock change must not make tomorrow today.
    day = _now(match, situation).date() + timedelta(days=offset)
    said = f"{_WEEKDAYS[day.weekday()]}, {_MONTHS[day.month - 1]} {day.day}"
    if with_year:
        said += f", {day.year}"
    if offset:
        return DeviceAnswer(f"{_DAY_SAID[offset]} {said}.")
    return DeviceAnswer(_placed(match, said))


def _now(match: Match, situation: Situation) -> datetime:
    zone = match.slots.get("zone")
    return situation.now.astimezone(ZoneInfo(str(zone)) if zone else situation.home_zone)


def _placed(match: Match, said: str) -> str:
    place, capital = match.slots.get("place"), match.slots.get("capital")
    if place is None:
        return f"It's {said}."
    if capital is None:
        return f"It's {said} in {place}."
    # "The United States", but "Mexico".
    subject = f"{str(place)[0].upper()}{str(place)[1:]}"
    have = "have" if str(place).startswith("the ") and str(place).endswith("s") else "has"
    return f"{subject} {have} several time zones. In {capital} it's {said}."


def _clock(now: datetime, situation: Situation) -> str:
    if situation.clock_24h:
        return f"{now.hour}:{now.minute:02d}"
    if now.minute == 0 and now.hour in (0, 12):
        return "midnight" if now.hour == 0 else "noon"
    return f"{now.hour % 12 or 12}:{now.minute:02d} {'AM' if now.hour < 12 else 'PM'}"
