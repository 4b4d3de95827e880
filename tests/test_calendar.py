"""Reckoning with days: read without a clock, worked out on any day of the calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_units_corpus import intents, situation

from voice.intents import Match, tables
from voice.intents.calendar import Days, clock_change, easter, moved, resolve
from voice.intents.calendar_answers import ANSWERS

DAYS = {language: Days(tables.read(language)) for language in ("en", "de")}
TODAY = date(2026, 11, 3)  # a Tuesday
ANY_DAY = st.dates(date(1000, 1, 1), date(4000, 1, 1))


def said(text: str, language: str = "en", **changes: object) -> str:
    match = intents(language).match(text)
    assert match is not None, text
    return intents(language).answer(match, replace(situation(language), **changes)).text


@pytest.mark.parametrize(
    ("language", "words", "spec", "day"),
    [
        ("en", "december 24th", "12-24", "2026-12-24"),
        ("en", "the 24th of december", "12-24", "2026-12-24"),
        ("en", "july 4th 19 76", "1976-07-04", "1976-07-04"),
        ("en", "4 july 1976", "1976-07-04", "1976-07-04"),
        ("en", "1980-05-03", "1980-05-03", "1980-05-03"),
        ("en", "24.12.2026", "2026-12-24", "2026-12-24"),
        ("en", "the 1st", "day 01", "2026-12-01"),
        ("en", "the 3rd", "day 03", "2026-11-03"),
        ("en", "sept 5", "09-05", "2027-09-05"),
        ("en", "christmas 2027", "12-25 2027", "2027-12-25"),
        ("en", "last christmas", "12-25 last", "2025-12-25"),
        ("en", "good friday", "easter-2", "2027-03-26"),
        ("en", "tuesday", "weekday 2", "2026-11-10"),
        ("en", "friday", "weekday 5", "2026-11-06"),
        ("en", "next friday", "weekday 5 next", "2026-11-13"),
        ("en", "last friday", "weekday 5 last", "2026-10-30"),
        ("en", "last tuesday", "weekday 2 last", "2026-10-27"),
        ("en", "in 2 weeks", "+2 week", "2026-11-17"),
        ("en", "a month from now", "+1 month", "2026-12-03"),
        ("en", "100 years ago", "-100 year", "1926-11-03"),
        ("en", "february 29", "02-29", "2028-02-29"),
        ("en", "february 29 2027", None, None),
        ("en", "april 31", None, None),
        ("en", "the 32nd", None, None),
        ("en", "december", None, None),
        ("en", "0 july 1976", None, None),
        ("en", "in 999999 years", None, None),
        ("en", "my birthday", None, None),
        ("de", "3 marz", "03-03", "2027-03-03"),
        ("de", "dem 4 juli 1976", "1976-07-04", "1976-07-04"),
        ("de", "nachsten freitag", "weekday 5 next", "2026-11-13"),
        ("de", "24.12", "12-24", "2026-12-24"),
        ("de", "vor 3 tagen", "-3 day", "2026-10-31"),
        ("de", "ubermorgen", "+2 day", "2026-11-05"),
        ("de", "pfingstmontag", "easter+50", "2027-05-17"),
        ("de", "sonnabend", "weekday 6", "2026-11-07"),
        ("de", "31 april", None, None),
    ],
)
def test_a_day_is_read_and_found(
    language: str, words: str, spec: str | None, day: str | None
) -> None:
    assert DAYS[language].spec(words) == spec
    if spec and day:
        assert resolve(spec, TODAY) == date.fromisoformat(day)


def test_a_yearly_day_was_last_when_the_past_is_asked_for() -> None:
    assert resolve("12-25", TODAY, past=True) == date(2025, 12, 25)
    assert resolve("11-03", TODAY) == resolve("11-03", TODAY, past=True) == TODAY
    assert resolve("weekday 2", TODAY, past=True) == date(2026, 10, 27)
    assert resolve("day 31", TODAY, past=True) == date(2026, 10, 31)


@pytest.mark.parametrize("spec", ["", "13-01", "easter-3 9", "weekday 9", "+1 eon", "2026-13-01"])
def test_what_is_no_spec_or_no_day_is_none(spec: str) -> None:
    assert resolve(spec, TODAY) is None


# 1818 and 1943 were the earliest and the latest that there can be.
@pytest.mark.parametrize(
    "day",
    [
        "1818-03-22",
        "1943-04-25",
        "1961-04-02",
        "2000-04-23",
        "2008-03-23",
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2038-04-25",
        "2049-04-18",
    ],
)
def test_easter_is_when_the_tables_say(day: str) -> None:
    assert easter(int(day[:4])).isoformat() == day


@given(st.integers(1583, 9000))
def test_easter_is_a_sunday_in_spring(year: int) -> None:
    day = easter(year)
    assert day.isoweekday() == 7
    assert date(year, 3, 22) <= day <= date(year, 4, 25)


@given(ANY_DAY, st.integers(-500, 500), st.sampled_from(["day", "week", "month", "year"]))
def test_there_and_back_is_the_same_day_or_the_end_of_its_month(
    day: date, count: int, unit: str
) -> None:
    back = moved(moved(day, count, unit), -count, unit)
    assert back == day or (day.day > 28 and 0 < (day - back).days < 4 and back.day >= 28)


@given(ANY_DAY, st.integers(1, 7))
def test_the_coming_weekday_is_within_a_week(today: date, weekday: int) -> None:
    coming = resolve(f"weekday {weekday}", today)
    after = resolve(f"weekday {weekday} next", today)
    before = resolve(f"weekday {weekday} last", today)
    assert coming
    assert after
    assert before
    assert {day.isoweekday() for day in (coming, after, before)} == {weekday}
    assert 1 <= (coming - today).days <= 7
    assert 1 <= (today - before).days <= 7
    assert after.isocalendar().week != today.isocalendar().week
    assert 1 <= (after - today).days <= 13


@given(st.text(max_size=40))
def test_reading_never_fails(words: str) -> None:
    for days in DAYS.values():
        days.spec(words)
        days.year(words)


WORDS = ["the", "24th", "of", "december", "in", "3", "weeks", "ago", "last", "friday", "1976"]
SPECS = st.lists(st.sampled_from([*WORDS, "next", "2nd", "31", "february", "a", "19", "76"]))


@given(SPECS.map(" ".join), ANY_DAY, st.sampled_from(["DaysUntil", "DaysSince", "GetDayOf"]))
def test_whatever_is_read_can_be_answered_on_any_day(words: str, today: date, intent: str) -> None:
    spec = DAYS["en"].spec(words)
    if spec:
        now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
        english = intents("en")
        for unit in ("day", "week", "month"):
            match = Match(intent, {"date": spec, "counted_in": unit})
            answer = ANSWERS[intent](match, replace(situation("en"), now=now), english.phrases)
            assert answer.text.endswith(".")


@given(ANY_DAY, st.integers(0, 2000), st.sampled_from(["week", "month"]))
def test_weeks_and_months_with_days_are_the_whole_time(first: date, days: int, unit: str) -> None:
    last = first + timedelta(days=days)
    slots = {"first_date": str(first), "last_date": str(last), "counted_in": unit}
    text = ANSWERS["DaysBetween"](
        Match("DaysBetween", slots), situation("en"), intents("en").phrases
    ).text
    words = text.replace("That's ", "").strip(".").replace(" and ", " ").split()
    reached = first
    for count, noun in zip(words[::2], words[1::2], strict=True):
        reached = moved(reached, int(count), noun.removesuffix("s"))
    assert reached == last


@pytest.mark.parametrize(
    ("zone", "now", "direction", "when", "step_minutes"),
    [
        ("Europe/Berlin", "2026-11-03T10:00", "", "2027-03-28T02:00", 60),
        ("Europe/Berlin", "2026-11-03T10:00", "back", "2027-10-31T03:00", -60),
        ("America/New_York", "2026-10-31T23:30", "", "2026-11-01T02:00", -60),
        ("Australia/Lord_Howe", "2026-11-03T10:00", "", "2027-04-04T02:00", -30),
        ("Europe/Dublin", "2026-11-03T10:00", "forward", "2027-03-28T01:00", 60),
    ],
)
def test_the_clocks_change_when_the_zone_says(
    zone: str, now: str, direction: str, when: str, step_minutes: int
) -> None:
    here = ZoneInfo(zone)
    found = clock_change(datetime.fromisoformat(now).replace(tzinfo=here), here, direction)
    assert found == (datetime.fromisoformat(when), timedelta(minutes=step_minutes))


def test_where_the_clocks_do_not_change_that_is_said() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    now = datetime(2026, 11, 3, 10, tzinfo=tokyo)
    assert said("when do the clocks change", home_zone=tokyo, now=now) == (
        "The clocks here don't change."
    )


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("how many days until november 3", "That's today."),
        ("how many days until tomorrow", "That's tomorrow."),
        ("how many days since yesterday", "That was yesterday."),
        (
            "how long ago was july 4th 1776",
            "It's been 250 years and 3 months since Thursday, July 4, 1776.",
        ),
        ("how many days since july 4th 1776", "It's been 91432 days since Thursday, July 4, 1776."),
        ("how many months until march 3", "It's 4 months until Wednesday, March 3, 2027."),
        ("how many weeks until november 10", "It's 1 week until Tuesday, November 10."),
        ("how many days between april 10 and march 3", "That's 328 days."),
        ("what day is november 3", "That's today, Tuesday, November 3, 2026."),
        ("how old is someone born in 2026", "Not even a year old."),
        ("how old is someone born in 2030", "That's still to come."),
        ("how old is someone born on november 3rd 2000", "26 years old, today."),
        ("how old is someone born on november 4th 2000", "25 years old."),
        ("how old is someone born on may 3rd 2026", "6 months old."),
        ("how old is someone born on may 3rd 2027", "That's still to come."),
        ("was 1900 a leap year", "No, 1900 wasn't a leap year."),
        ("was 2000 a leap year", "Yes, 2000 was a leap year."),
        ("how many days are left this week", "There are 5 days left this week."),
    ],
)
def test_answers_that_take_thought(text: str, reply: str) -> None:
    assert said(text) == reply


def test_the_last_day_of_the_year_has_nothing_left() -> None:
    now = datetime(2026, 12, 31, 10, tzinfo=ZoneInfo("Europe/Berlin"))
    assert said("how many days are left this year", now=now) == ("There are 0 days left this year.")
