"""Days: "the day after tomorrow", "next friday", "march 3rd", "a week from monday".

Fields, and what they say::

    days: n                     that many days from today
    weekday: n                  the coming one (Monday is 0); today only for a time still ahead
        with today_counts       today as well: "this friday"
        with add_weeks: n       so many weeks after the coming one: "monday week"
        with week: n            the one in the calendar week n weeks from this one (from Monday)
    week: n                     that week's Monday
    weekend, and maybe week: n  Saturday; on a Sunday, "at the weekend" is today
    nth, month, year            a date; what is left out is the next such day. With a weekday too
        months: n, years: n     … of the month, the year so far from this one
    holiday: "12-24"            month and day
    after: Span                 so long from today, or from the day that is said beside it
    shift: Span                 so long after the day that is said beside it
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from voice.intents.when.clock import NoSuchTime
from voice.intents.when.phrasebook import Fields
from voice.intents.when.values import Span

FIELDS = frozenset(
    {"days", "weekday", "today_counts", "add_weeks", "week", "weekend", "nth", "month", "year"}
    | {"months", "years", "holiday", "after", "shift"}
)

MOST_YEARS = 50
"""A day farther away was misheard."""

_SEARCHED_MONTHS = 14
"""How far "friday the 13th" is looked for; every year has one."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days that may be meant."""

    dates: tuple[date, ...]
    """The first that works with the time of day is it."""
    said: bool
    """False when the words name no day at all."""


def days_of(fields: Fields, today: date, *, timed: bool) -> Days:
    """Return the days that fields say; ``timed``: with a time of day. NoSuchTime."""
    said = set(FIELDS & fields.keys())
    shift = fields.get("shift")
    if "after" in said:
        if shift is not None:
            raise NoSuchTime("two lengths of time")
        shift = fields["after"]
        if "weekday" in said and shift.days % 7:
            raise NoSuchTime("a weekday in so many weeks is one; in 8 days it is another")
        if said == {"after"}:
            return Days((_shifted(today, shift),), said=True)
    said -= {"shift", "after"}
    if not said:
        if shift is not None:
            raise NoSuchTime("so long after what?")
        return Days((today, today + timedelta(days=1)), said=False)
    dates = _dates(said, fields, today, timed=timed and shift is None)
    if shift is not None:
        dates = (_shifted(dates[0], shift),)
    if not 0 <= dates[0].year - today.year + 1 <= MOST_YEARS:
        raise NoSuchTime(f"{dates[0]} is far away")
    return Days(dates, said=True)


def _dates(said: set[str], fields: Fields, today: date, *, timed: bool) -> tuple[date, ...]:
    monday = today - timedelta(days=today.weekday())
    if said == {"days"}:
        return (today + timedelta(days=fields["days"]),)
    if "weekend" in said:
        if said == {"weekend", "week"}:
            return (monday + timedelta(days=5, weeks=fields["week"]),)
        return (_only(said, {"weekend"}, max(today, monday + timedelta(days=5))),)
    if "week" in said:
        _only(said, {"week", "weekday"}, today)
        return (monday + timedelta(days=fields.get("weekday", 0), weeks=fields["week"]),)
    if said <= {"weekday", "today_counts", "add_weeks"} and "weekday" in said:
        return _coming(fields, today, timed=timed)
    _only(said, {"nth", "month", "year", "months", "years", "holiday", "weekday"}, today)
    return _calendar(fields, today, timed=timed)


def _only(said: set[str], allowed: set[str], day: date) -> date:
    if not said <= allowed:
        raise NoSuchTime(f"{sorted(said)} do not go together")
    return day


def _coming(fields: Fields, today: date, *, timed: bool) -> tuple[date, ...]:
    ahead = (fields["weekday"] - today.weekday()) % 7
    weeks = fields.get("add_weeks", 0)
    if not ahead and (weeks or not (timed or fields.get("today_counts"))):
        ahead = 7
    day = today + timedelta(days=ahead, weeks=weeks)
    return (day, day + timedelta(days=7)) if timed and not weeks else (day,)


def _calendar(fields: Fields, today: date, *, timed: bool) -> tuple[date, ...]:
    """Return days by their date; the next two where the year or the month is open."""
    month, nth = fields.get("month"), fields.get("nth")
    if "holiday" in fields:
        if month or nth:
            raise NoSuchTime("a holiday has its date")
        month, nth = (int(figures) for figures in fields["holiday"].split("-"))
    if month and not 1 <= month <= 12:
        raise NoSuchTime(f"month {month}")
    year = fields.get("year")
    if year and year < 100:
        year += 2000
    if "years" in fields:
        if year:
            raise NoSuchTime("two years")
        year = today.year + fields["years"]
    weekday = fields.get("weekday")
    if "months" in fields:
        if month or year:
            raise NoSuchTime("two months")
        first = _month(today, fields["months"])
        found = [_in_month(first, nth or 1)]
    elif month:
        found = _of_years(month, nth, year, today)
    elif nth and not year:
        # Today counts with a time still ahead, as for weekdays.
        later = today if timed else today + timedelta(days=1)
        months = [_month(today, ahead) for ahead in range(_SEARCHED_MONTHS)]
        found = [day for first in months if (day := _in_month(first, nth)) and day >= later]
        if weekday is not None:
            found = [day for day in found if day.weekday() == weekday]
        found = found[:2]
    else:
        raise NoSuchTime("no date")
    dates = tuple(day for day in found if day and weekday in (None, day.weekday()))
    if not dates or dates[0] != found[0]:
        raise NoSuchTime("there is no such day")
    return dates


def _of_years(month: int, nth: int | None, year: int | None, today: date) -> Sequence[date | None]:
    if nth is None:
        raise NoSuchTime("a month is no day")
    if year:
        return [_in_month(date(year, month, 1), nth)]
    # Nine years have a February 29 among them, around 2100 as well.
    years = (_in_month(date(today.year + ahead, month, 1), nth) for ahead in range(9))
    return [day for day in years if day and day >= today][:2]


def _month(day: date, ahead: int) -> date:
    """Return the first of the month so many months on."""
    years, month = divmod(day.month - 1 + ahead, 12)
    return date(day.year + years, month + 1, 1)


def _in_month(first: date, nth: int) -> date | None:
    return first.replace(day=nth) if 1 <= nth <= monthrange(first.year, first.month)[1] else None


def _shifted(day: date, span: Span) -> date:
    """Go on by a span of days and months; the last of a shorter month stands for its 31st."""
    if span.seconds:
        raise NoSuchTime("hours after a day")
    if span.months > MOST_YEARS * 12 or span.days > MOST_YEARS * 366:
        raise NoSuchTime(f"{span} is far away")
    first = _month(day, span.months)
    last = monthrange(first.year, first.month)[1]
    return first.replace(day=min(day.day, last)) + timedelta(days=span.days)
