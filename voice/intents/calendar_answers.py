"""Saying what was reckoned with days: how long until, what weekday, how old, when clocks change."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from voice.intents.calendar import YEARS, clock_change, moved, resolve
from voice.intents.phrases import Inflected, Phrases
from voice.intents.vocabulary import DeviceAnswer, Match, Situation

YEARS_FROM = 730
"""Days from which a length of time is told in years and months."""


def days_until(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell how long it is until a day."""
    return _away(match, situation, phrases, past=False)


def days_since(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell how long ago a day was."""
    return _away(match, situation, phrases, past=True)


def get_day_of(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell the weekday and date of a day."""
    today = situation.now.date()
    day = resolve(str(match.slots["date"]), today, past=bool(match.slots.get("past")))
    if day is None:
        return DeviceAnswer(phrases.say("calendar_no_such_day"))
    key = "day_is_today" if day == today else "day_was" if day < today else "day_is"
    return DeviceAnswer(phrases.say(key, situation.variety, date=phrases.date(day)))


def days_between(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell how long it is from one day to another."""
    today = situation.now.date()
    first = resolve(str(match.slots["first_date"]), today)
    last = resolve(str(match.slots["last_date"]), first) if first else None
    if first is None or last is None:
        return DeviceAnswer(phrases.say("calendar_no_such_day"))
    first, last = sorted((first, last))
    return DeviceAnswer(phrases.say("days_between", length=_length(first, last, match, phrases)))


def get_age(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell how old somebody is who was born on a day or in a year."""
    today, born = situation.now.date(), str(match.slots["born"])
    if "-" not in born:
        years = today.year - int(born)
        if years < 1:
            return DeviceAnswer(phrases.say("age_this_year" if not years else "age_not_born"))
        return DeviceAnswer(
            phrases.say("age_either", low=years - 1, years=phrases.count(years, "year"))
        )
    day = date.fromisoformat(born)
    if day > today:
        return DeviceAnswer(phrases.say("age_not_born"))
    years = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    if not years:
        return DeviceAnswer(phrases.say("age_is", years=_months(day, today, phrases)))
    birthday = "_birthday" if (today.month, today.day) == (day.month, day.day) else ""
    return DeviceAnswer(phrases.say(f"age_is{birthday}", years=phrases.count(years, "year")))


def get_days_left(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell how much of the year, month or week is left."""
    today = situation.now.date()
    period = str(match.slots["period"])
    if period == "week":
        end = today + timedelta(days=8 - today.isoweekday())
    else:
        end = moved(today.replace(day=1, month=1 if period == "year" else today.month), 1, period)
    length = _length(today, end - timedelta(days=1), match, phrases)
    return DeviceAnswer(phrases.say(f"days_left_{period}", situation.variety, length=length))


def is_leap_year(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell whether a year is a leap year, or which is the next."""
    this = situation.now.year
    year = int(str(match.slots.get("year", this)))
    coming = next((y for y in range(max(this, year) + 1, YEARS.stop) if isleap(y)), None)
    if match.slots.get("next"):
        return DeviceAnswer(phrases.say("leap_next", year=coming))
    key = f"leap_{'yes' if isleap(year) else 'no'}{'_past' if year < this else ''}"
    return DeviceAnswer(phrases.say(key, year=year, coming=coming))


def get_clock_change(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell when the clocks change next, here."""
    direction = str(match.slots.get("direction", ""))
    found = clock_change(situation.now, situation.home_zone, direction)
    if found is None:
        return DeviceAnswer(phrases.say("clock_change_none"))
    moment, step = found
    return DeviceAnswer(
        phrases.say(
            "clock_change_forward" if step > timedelta(0) else "clock_change_back",
            situation.variety,
            date=_day(moment.date(), situation.now.date(), phrases),
            time=phrases.time(moment, situation.clock_24h),
            length=phrases.duration(abs(step).total_seconds()),
        )
    )


ANSWERS: Mapping[str, Callable[[Match, Situation, Phrases], DeviceAnswer]] = {
    "DaysUntil": days_until,
    "DaysSince": days_since,
    "GetDayOf": get_day_of,
    "DaysBetween": days_between,
    "GetAge": get_age,
    "GetDaysLeft": get_days_left,
    "IsLeapYear": is_leap_year,
    "GetClockChange": get_clock_change,
}


def _away(match: Match, situation: Situation, phrases: Phrases, *, past: bool) -> DeviceAnswer:
    today = situation.now.date()
    day = resolve(str(match.slots["date"]), today, past=past)
    if day is None:
        return DeviceAnswer(phrases.say("calendar_no_such_day"))
    near = {-1: "days_yesterday", 0: "days_today", 1: "days_tomorrow"}.get((day - today).days)
    if near:
        return DeviceAnswer(phrases.say(near, situation.variety))
    first, last = sorted((today, day))
    said = {
        "length": _length(first, last, match, phrases),
        "date": _day(day, today, phrases),
    }
    return DeviceAnswer(
        phrases.say("days_until" if day > today else "days_since", situation.variety, **said)
    )


def _length(first: date, last: date, match: Match, phrases: Phrases) -> Inflected | str:
    """Write the time between two days as was asked: in days, weeks or months.

    Where nothing was asked, what is longer than `YEARS_FROM` is told in years and months.
    """
    days, unit = (last - first).days, match.slots.get("counted_in")
    if unit == "month" or (unit is None and days >= YEARS_FROM):
        return _months(first, last, phrases, years=unit is None)
    if unit == "week" and days >= 7:
        return _listed([(days // 7, "week"), (days % 7, "day")], phrases)
    return phrases.count(days, "day")


def _months(first: date, last: date, phrases: Phrases, *, years: bool = False) -> Inflected | str:
    months = (last.year - first.year) * 12 + last.month - first.month
    if moved(first, months, "month") > last:
        months -= 1
    if years:
        return _listed([(months // 12, "year"), (months % 12, "month")], phrases)
    days = (last - moved(first, months, "month")).days
    return _listed([(months, "month"), (days, "day")], phrases)


def _listed(amounts: list[tuple[int, str]], phrases: Phrases) -> Inflected | str:
    said = [phrases.count(amount, noun) for amount, noun in amounts if amount]
    if len(said) < 2:
        return said[0] if said else phrases.count(0, amounts[-1][1])
    cases = {case for part in said for case in part.forms}
    return Inflected(
        phrases.listing(said),
        {
            case: phrases.listing([part.forms.get(case, part.text) for part in said])
            for case in cases
        },
    )


def _day(day: date, today: date, phrases: Phrases) -> str:
    return phrases.weekday_and_day(day) if day.year == today.year else phrases.date(day)
