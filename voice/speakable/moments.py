"""Dates, times of day, years and decades the way people say them."""

from __future__ import annotations

import re

from voice.speakable.numbers import cardinal, ordinal, year

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_MONTH = "|".join(m for month in MONTHS for m in (month, rf"{month[:3]}\b\.?")) + r"|Sept\b\.?"
_DAY = "|".join(rf"{day}|{day[:3]}s?\b\.?" for day in DAYS) + r"|Tues\b\.?|Thurs?\b\.?|Weds\b\.?"
_YEAR = r"(?:,?\s(?P<year>[12]\d{3})(?![\d:]|[.,]\d))?"

_ISO = re.compile(
    r"(?<![\w-])(\d{4})-(\d\d)-(\d\d)(?:(?:T|\s)(\d\d:\d\d)(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?(?![\w:-])"
)
_MONTH_DAY = re.compile(
    rf"\b(?P<month>{_MONTH})\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"(?:\s?[-–]\s?(?P<last>\d{{1,2}})(?:st|nd|rd|th)?)?(?![\w:%°-]|[.,]\d){_YEAR}"
)
_DAY_MONTH = re.compile(
    rf"(?<![\w.,:/$€£-])(?P<the>[Tt]he\s)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{_MONTH})(?!\w){_YEAR}"
)
_NUMERIC = re.compile(r"(?<![\w./-])(\d{1,2})([/.])(\d{1,2})\2(\d{4})(?![\w/]|[.-]\d)")
_SHORT = re.compile(
    r"(?<![\w./,-])(?P<lead>(?:[Oo]n|[Bb]y|[Ss]ince|[Uu]ntil|[Dd]ue|[Ff]rom|[Bb]efore|[Aa]fter)\s)?"
    r"(\d{1,2})/(\d{1,2})(?![\w/%]|[.,]\d)"
)
_WEEKDAYS = re.compile(rf"\b({_DAY})\s?[-–]\s?({_DAY})(?!\w)")
_WEEKDAY = re.compile(
    r"\b(Mon|Tues?|Weds?|Thu(?:rs?)?|Fri|Sat|Sun)(?:\.(?=,|\s[A-Z\d])|(?=,\s(?:\d|[A-Z][a-z]{2,8}\.?\s\d)))"
)
_MONTH_NAME = re.compile(
    r"\b(Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\b(?:\.(?=\s[a-z\d]|,)|(?=\s\d{4}\b))"
)

_HALF = r"(?:\s?(?P<half>[AaPp])\.?[Mm]\b\.?)?"
_TIME = re.compile(
    rf"(?<![\w:.])(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?![\d:]|\.\d){_HALF}"
)
_HOUR = re.compile(r"(?<=\d)\s?([AaPp])\.?\s?[Mm]\b(?:\.(?!\s+[A-Z]|\s*$))?")
_HOUR_RANGE = re.compile(
    r"(?<![\w:.,])(\d{1,2}(?::\d\d)?(?:\s?[AaPp]\.?[Mm]\b\.?)?)\s?[-–—]\s?(?=\d{1,2}(?::\d\d|\s?[AaPp]\.?[Mm]\b))"
)
_RATIO = re.compile(r"(?<![\w:.])(\d{1,4}):(\d{1,2})(?![\d:]|\.\d)")

_DECADE = re.compile(r"(?<!\w)'(\d0)'?s\b")
_LONG_DECADE = re.compile(r"(?<![\w.,])((?:1\d|20)\d0)'?s\b")
_AGE = re.compile(
    r"(?i)\b((?:his|her|their|my|your|our|the|early|mid|late|low|high|upper|lower)[\s-])([2-9]0)s\b"
)


def say_moments(text: str) -> str:
    """Replace dates, times, decades and ratios such as ``3:1`` by words."""
    text = _WEEKDAYS.sub(lambda m: f"{_day(m[1])} to {_day(m[2])}", text)
    text = _WEEKDAY.sub(lambda m: _day(m[1]), text)
    text = _ISO.sub(_iso, text)
    text = _NUMERIC.sub(_numeric, text)
    text = _MONTH_DAY.sub(_month_day, text)
    text = _DAY_MONTH.sub(_day_month, text)
    text = _SHORT.sub(_short, text)
    text = _MONTH_NAME.sub(lambda m: _month(m[1]), text)
    text = _HOUR_RANGE.sub(r"\1 to ", text)
    text = _TIME.sub(_time, text)
    text = _HOUR.sub(lambda m: f" {m[1].upper()}M", text)
    text = _RATIO.sub(r"\1 to \2", text)
    text = _DECADE.sub(lambda m: _plural(cardinal(int(m[1]))), text)
    text = _LONG_DECADE.sub(lambda m: _plural(year(int(m[1]))), text)
    return _AGE.sub(lambda m: m[1] + _plural(cardinal(int(m[2]))), text)


def _month(written: str) -> str:
    return next(month for month in MONTHS if month.startswith(written[:3]))


def _day(written: str) -> str:
    return next(day for day in DAYS if day.startswith(written[:3]))


def _plural(words: str) -> str:
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def _date(month: int, day: int, years: int | None) -> str:
    said = f"{MONTHS[month - 1]} {ordinal(day)}"
    return f"{said}, {year(years)}" if years is not None else said


def _iso(found: re.Match[str]) -> str:
    years, month, day = int(found[1]), int(found[2]), int(found[3])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return found[0]
    zone = " UTC" if found[5] == "Z" else ""
    return _date(month, day, years) + (f" at {found[4]}{zone}" if found[4] else "")


def _numeric(found: re.Match[str]) -> str:
    first, second, years = int(found[1]), int(found[3]), int(found[4])
    if 1 <= first <= 12 < second <= 31:
        return _date(first, second, years)
    if 1 <= second <= 12 and (12 < first <= 31 or found[2] == "."):
        return _date(second, first, years)
    # Day or month first? Nobody knows, so it is said as it is written.
    return f"{cardinal(first)} {cardinal(second)} {year(years)}"


def _month_day(found: re.Match[str]) -> str:
    day = int(found["day"])
    if not 1 <= day <= 31:
        return found[0]
    said = f"{_month(found['month'])} {ordinal(day)}"
    if found["last"]:
        said += f" to {ordinal(int(found['last']))}"
    return f"{said}, {year(int(found['year']))}" if found["year"] else said


def _day_month(found: re.Match[str]) -> str:
    day = int(found["day"])
    if not 1 <= day <= 31:
        return found[0]
    said = f"{found['the'] or 'the '}{ordinal(day)} of {_month(found['month'])}"
    return f"{said}, {year(int(found['year']))}" if found["year"] else said


def _short(found: re.Match[str]) -> str:
    """``21/11`` can only be a day and a month; ``11/21`` is one after "on" or "by"."""
    first, second = int(found[2]), int(found[3])
    lead = found["lead"] or ""
    if 13 <= first <= 31 and 1 <= second <= 12 and (lead or first > 24):
        return f"{lead}the {ordinal(first)} of {MONTHS[second - 1]}"
    if lead and 1 <= first <= 12 < second <= 31:
        return f"{lead}{_date(first, second, None)}"
    return found[0]


def _time(found: re.Match[str]) -> str:
    hour, minute, half = int(found["h"]), int(found["m"]), found["half"]
    end = "." if half and found[0].endswith(".") and _ends(found) else ""
    if half or (hour == 0 and minute):
        name = f" {half.upper()}M" if half else " AM"
        hour = hour or 12
        said = f"{cardinal(hour)}{_minutes(minute)}{name}{end}"
    elif hour in (0, 24) and not minute:
        said = "midnight"
    elif minute:
        said = cardinal(hour) + _minutes(minute)
    else:
        said = f"{cardinal(hour)} o'clock" if hour <= 12 else f"{cardinal(hour)} hundred"
    if found["s"] and found["s"] != "00":
        said += f" and {cardinal(int(found['s']))} seconds"
    return said


def _ends(found: re.Match[str]) -> bool:
    """Whether the full stop of "p.m." also ends the sentence."""
    rest = found.string[found.end() :].lstrip()
    return not rest or rest[0].isupper()


def _minutes(minute: int) -> str:
    if not minute:
        return ""
    return f" oh {cardinal(minute)}" if minute < 10 else f" {cardinal(minute)}"
