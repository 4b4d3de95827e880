"""Reckoning with days: until, since and between them, what weekday they are, ages, clock changes.

The reader makes of the words for a day ("next friday", "july 4th 1976", "christmas") a spec that
needs no clock to be read; the answer works out which day that is today:

============================== ==================================================================
``1976-07-04``                 a date
``12-24``, ``12-24 last``      the next such day, today included; the last one
``easter-2``, ``easter-2 2027`` days from Easter Sunday, the next or that year's
``12-25 2027``                 a yearly day in a year
``weekday 5``, ``… next``, ``… last`` the coming Friday, the one after, the one before
``day 24``, ``day 24 last``    the next 24th of a month, the last one
``+3 week``, ``-10 day``       from today
============================== ==================================================================

Which words those are is in ``sentences/<language>/calendar.yaml``; names of months and weekdays are
CLDR's, through Babel.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from importlib import import_module
from typing import Any, cast

from voice.intents.readers import Reader, Said, Tables, each
from voice.intents.vocabulary import JSON
from voice.intents.wording import squeeze, unaccented

MAX_COUNT = 100_000
"""Days, weeks, months or years from today; more leaves the calendar."""

YEARS = range(1, 10_000)
"""Years that a date may have: those of Python's calendar, which is the Gregorian one throughout."""

CLOCK_CHANGE_DAYS = 400
"""Days ahead in which a change of the clocks is looked for."""

_WEEKDAY = re.compile(r"weekday ([1-7])(?: (next|last))?")
_OF_MONTH = re.compile(r"day ([0-9]{2})(?: (last))?")
_OFFSET = re.compile(r"([+-][0-9]+) (day|week|month|year)")
_YEARLY = re.compile(r"(?:([0-9]{2})-([0-9]{2})|easter([+-][0-9]+)?)(?: (last|[0-9]{4}))?")


class Days:
    """One language's words for days."""

    def __init__(self, tables: Tables) -> None:
        """``tables`` hold ``days``, as the calendar file does."""
        dates: Any = import_module("babel.dates")  # late: phrases load it as well
        words = cast(Mapping[str, Any], tables["days"])
        locale = str(tables["language"])
        self._months: dict[str, int] = {
            squeeze(name): month
            for width in ("wide", "abbreviated")
            for month, name in dates.get_month_names(width, locale=locale).items()
        }
        self._months |= {squeeze(name): int(month) for name, month in words["months"].items()}
        self._weekdays: dict[str, int] = {
            squeeze(name): day + 1
            for day, name in dates.get_day_names("wide", locale=locale).items()
        }
        self._weekdays |= {squeeze(name): int(day) for name, day in words["weekdays"].items()}
        self._units = {
            squeeze(name): unit for unit, names in words["units"].items() for name in names
        }
        self._named = {
            squeeze(name): str(spec) for spec, names in words["named"].items() for name in names
        }
        kinds = {
            "month": _any_of(self._months),
            "weekday": _any_of(self._weekdays),
            "unit": _any_of(self._units),
            "named": _any_of(self._named),
            "day": "[0-9]{1,2}",
            "count": "[0-9]{1,6}",
            "year": "(?:1[0-9]|20|21) ?[0-9]{2}",
            "number": "[0-9]{1,2}",
        }
        self._patterns: list[tuple[re.Pattern[str], str]] = []
        for pattern, spec in words["patterns"]:
            pattern = unaccented(pattern)
            for kind, expression in kinds.items():
                pattern = pattern.replace(f"<{kind}>", f"(?P<{kind}>{expression})")
            self._patterns.append((re.compile(pattern), spec))

    def spec(self, words: str) -> str | None:
        """Return the spec of the day that the whole of the words names; None if it is none."""
        for pattern, spec in self._patterns:
            if (found := pattern.fullmatch(words)) and (text := self._filled(spec, found)):
                return text
        return None

    def year(self, words: str) -> str | None:
        """Read a year: "1976", "19 76"."""
        joined = words.replace(" ", "")
        fits = joined.isascii() and joined.isdigit() and len(joined) <= 4 and " " not in words[:2]
        return str(int(joined)) if fits and int(joined) in YEARS else None

    def _filled(self, spec: str, found: re.Match[str]) -> str | None:
        """Fill a spec with what its pattern found; None for a day that no calendar has."""
        values: dict[str, str] = {}
        for kind, word in found.groupdict().items():
            if word is None:
                continue
            if kind == "month":
                values[kind] = f"{self._months[word]:02d}"
            elif kind == "weekday":
                values[kind] = str(self._weekdays[word])
            elif kind == "unit":
                values[kind] = self._units[word]
            elif kind == "named":
                values[kind] = self._named[word]
            elif kind in ("day", "number"):
                values["day" if kind == "day" else "month"] = f"{int(word):02d}"
            else:
                values[kind] = word.replace(" ", "")
        text = spec.format(**{"count": "1", **values})
        # A leap year stands for any: February 29 comes round.
        return text if resolve(text, date(2024, 1, 1)) else None


def read_days(tables: Tables) -> Reader:
    """Make the reader of days: each slot becomes the spec of a day."""
    return each(Days(tables).spec)


def read_birth(tables: Tables) -> Reader:
    """Make the reader of a day or a year of birth, and of years."""
    days = Days(tables)

    def read(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        slots = {slot: days.year(found.words) for slot, found in said.items()}
        for slot, found in said.items():
            if slot == "born" and slots[slot] is None:
                spec = days.spec(found.words)
                slots[slot] = spec if spec and re.fullmatch(r"[0-9]{4}-[0-9-]+", spec) else None
        return None if None in slots.values() else cast(Mapping[str, JSON], slots)

    return read


READERS: Mapping[str, Callable[[Tables], Reader]] = {"day": read_days, "birth": read_birth}
"""Readers by the names that the sentence files use."""


def resolve(spec: str, today: date, *, past: bool = False) -> date | None:
    """Return the day that a spec means today; None where the calendar has no such day.

    ``past`` takes a yearly day for the last one instead of the next.
    """
    try:
        if found := _OFFSET.fullmatch(spec):
            return moved(today, int(found.group(1)), found.group(2))
        if found := _WEEKDAY.fullmatch(spec):
            return _weekday(int(found.group(1)), found.group(2) or ("last" if past else ""), today)
        if found := _OF_MONTH.fullmatch(spec):
            step = -1 if past or found.group(2) else 1
            near = (today + timedelta(days=step * away) for away in range(62))
            return next((day for day in near if day.day == int(found.group(1))), None)
        if found := _YEARLY.fullmatch(spec):
            return _yearly(found, today, past=past)
        return date.fromisoformat(spec)
    except (ValueError, OverflowError):
        return None


def moved(day: date, count: int, unit: str) -> date:
    """Return the day so many days, weeks, months or years away; the 31st becomes a month's last.

    ValueError or OverflowError beyond the calendar.
    """
    if abs(count) > MAX_COUNT:
        raise OverflowError(count)
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    if year not in YEARS:
        raise OverflowError(year)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def easter(year: int) -> date:
    """Return Easter Sunday of the western churches (Meeus, Jones and Butcher's rule)."""
    century, in_century = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (8 * century + 13) // 25 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - moon - in_century % 4) % 7
    shift = moon + weekday - 7 * ((year % 19 + 11 * moon + 22 * weekday) // 451) + 114
    return date(year, shift // 31, shift % 31 + 1)


def clock_change(
    now: datetime, zone: tzinfo, direction: str = ""
) -> tuple[datetime, timedelta] | None:
    """Return when the clocks of a zone change next, as they show before it, and by how much.

    ``direction`` "forward" or "back" takes only such a change; None where there is none within
    `CLOCK_CHANGE_DAYS`. The time is local and naive.
    """

    def offset(seconds: int) -> timedelta:
        moment = datetime.fromtimestamp(seconds, UTC).astimezone(zone)
        return moment.utcoffset() or timedelta(0)

    late = int(now.timestamp())
    for _ in range(CLOCK_CHANGE_DAYS):
        early, late = late, late + 86_400
        step = offset(late) - offset(early)
        if not step or direction == ("back" if step > timedelta(0) else "forward"):
            continue
        before, after = early, late
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if offset(middle) == offset(early) else (before, middle)
        return datetime.fromtimestamp(after, UTC).replace(tzinfo=None) + offset(early), step
    return None


def _weekday(weekday: int, which: str, today: date) -> date:
    ahead = (weekday - today.isoweekday()) % 7
    if which == "last":
        return today - timedelta(days=(today.isoweekday() - weekday) % 7 or 7)
    # "Next Friday" is the Friday of the week to come, which is what most people mean by it.
    if which == "next":
        monday = today + timedelta(days=8 - today.isoweekday())
        return monday + timedelta(days=weekday - 1)
    return today + timedelta(days=ahead or 7)


def _yearly(found: re.Match[str], today: date, *, past: bool) -> date | None:
    month, day, from_easter, which = found.groups()

    def of(year: int) -> date | None:
        try:
            if month:
                return date(year, int(month), int(day))
            return easter(year) + timedelta(days=int(from_easter or 0))
        except ValueError:
            return None  # no February 29 in that year

    if which and which != "last":
        return of(int(which))
    past = past or which == "last"
    years = range(today.year, today.year + (-9 if past else 9), -1 if past else 1)
    days = [day for day in map(of, years) if day and (day <= today if past else day >= today)]
    return days[0] if days else None


def _any_of(names: Mapping[str, object]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
