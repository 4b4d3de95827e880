"""The rules for what people leave out when they say a time or a day."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from when_corpus import language

from voice.errors import ModelFileError
from voice.intents.when import Moment, Prefer, Repeat, When

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def moment(words: str, now: datetime, prefer: Prefer = "next") -> Moment:
    found = language("en").when.moment(words, now, prefer)
    assert found is not None
    return found


def repeat(words: str, now: datetime, prefer: Prefer = "next") -> Repeat:
    found = language("en").when.repeat(words, now, prefer)
    assert found is not None
    return found


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("now", "words", "prefer", "meant"),
    [
        ("2026-10-21 22:00", "7", "next", "2026-10-22 07:00"),
        ("2026-10-21 06:30", "7", "next", "2026-10-21 07:00"),
        ("2026-10-21 07:10", "7", "next", "2026-10-21 19:00"),
        ("2026-10-21 15:00", "at 4", "next", "2026-10-21 16:00"),
        ("2026-10-21 15:00", "7", "morning", "2026-10-22 07:00"),
        ("2026-10-21 22:00", "7", "morning", "2026-10-22 07:00"),
        ("2026-10-21 06:30", "7", "morning", "2026-10-21 07:00"),
        ("2026-10-21 15:00", "at 4", "morning", "2026-10-21 16:00"),
        ("2026-10-21 23:00", "at 4", "morning", "2026-10-22 04:00"),
        ("2026-10-21 22:00", "at 12", "morning", "2026-10-22 12:00"),
        ("2026-10-21 22:00", "at 12", "next", "2026-10-22 00:00"),
        ("2026-10-21 15:00", "tomorrow at 6", "next", "2026-10-22 18:00"),
        ("2026-10-21 15:00", "tomorrow at 6", "morning", "2026-10-22 06:00"),
        ("2026-10-21 15:00", "tomorrow at 4", "morning", "2026-10-22 04:00"),
        ("2026-10-21 15:00", "tomorrow at 7", "next", "2026-10-22 07:00"),
        ("2026-10-21 15:00", "tomorrow at quarter to 7", "next", "2026-10-22 06:45"),
        ("2026-10-21 15:00", "7 pm", "morning", "2026-10-21 19:00"),
    ],
)
def test_which_half_of_the_day_is_meant(now: str, words: str, prefer: Prefer, meant: str) -> None:
    assert moment(words, at(now), prefer).at == at(meant)


def test_a_repeated_hour_is_the_mornings_from_six_and_in_alarms_from_three() -> None:
    now = at("2026-10-21 15:00")
    assert repeat("every day at 6", now).clock == time(6)
    assert repeat("every day at 5", now).clock == time(17)
    assert repeat("every day at 5", now, "morning").clock == time(5)
    assert repeat("every day at 5 pm", now, "morning").clock == time(17)


@pytest.mark.parametrize("today", range(7))
@pytest.mark.parametrize("weekday", range(7))
def test_a_weekday_is_the_coming_one_and_next_is_next_weeks(today: int, weekday: int) -> None:
    monday = date(2026, 10, 19)
    now = datetime.combine(monday + timedelta(days=today), time(15), BERLIN)
    coming = moment(DAYS[weekday], now).day
    assert 1 <= (coming - now.date()).days <= 7
    assert coming.weekday() == weekday
    assert moment(f"next {DAYS[weekday]}", now).day == monday + timedelta(days=7 + weekday)
    assert moment(f"a week from {DAYS[weekday]}", now).day == coming + timedelta(days=7)
    expected = now.date() if today == weekday else coming
    assert moment(f"this {DAYS[weekday]}", now).day == expected


def test_todays_weekday_is_today_while_the_time_is_ahead() -> None:
    now = at("2026-10-23 15:00")  # a friday
    assert moment("friday at 5 pm", now).at == at("2026-10-23 17:00")
    assert moment("friday at 2 pm", now).at == at("2026-10-30 14:00")
    assert moment("on the 23rd at 5 pm", now).at == at("2026-10-23 17:00")
    assert moment("on the 23rd at 2 pm", now).at == at("2026-11-23 14:00")


def test_the_weekend_is_now_on_a_sunday() -> None:
    assert moment("at the weekend", at("2026-10-25 09:00")).day == date(2026, 10, 25)
    assert moment("at the weekend", at("2026-10-24 09:00")).day == date(2026, 10, 24)
    assert moment("next weekend", at("2026-10-25 09:00")).day == date(2026, 10, 31)


def test_the_night_goes_on_after_midnight() -> None:
    assert moment("tonight at 2", at("2026-10-21 22:00")).at == at("2026-10-22 02:00")
    assert moment("tonight at 2", at("2026-10-22 00:30")).at == at("2026-10-22 02:00")
    assert moment("tonight at 10", at("2026-10-22 00:30")).at == at("2026-10-22 22:00")
    assert moment("5 past midnight", at("2026-10-22 00:02")).at == at("2026-10-22 00:05")
    assert moment("friday night at 1", at("2026-10-21 15:00")).at == at("2026-10-24 01:00")


def test_a_part_of_the_day_that_has_begun_means_the_next_full_hour() -> None:
    assert moment("this evening", at("2026-10-21 19:20")).at == at("2026-10-21 20:00")
    assert moment("tonight", at("2026-10-21 23:20")).at == at("2026-10-22 00:00")
    morning = moment("this morning", at("2026-10-21 09:20"))
    assert (morning.at, morning.past) == (at("2026-10-21 10:00"), False)


def test_what_is_over_is_told_apart() -> None:
    now = at("2026-10-21 15:00")
    for words in ("today at 9 am", "this morning at 8", "october 20 2026", "march 3rd this year"):
        assert moment(words, now).past, words
    rolled = moment("9 am", now)
    assert (rolled.past, rolled.day_said, rolled.at) == (False, False, at("2026-10-22 09:00"))


def test_months_are_counted_on_the_calendar() -> None:
    assert moment("in a month", at("2027-01-31 12:00")).day == date(2027, 2, 28)
    assert moment("in a year", at("2028-02-29 12:00")).day == date(2029, 2, 28)
    assert moment("on the 31st", at("2027-02-10 12:00")).day == date(2027, 3, 31)


def test_a_time_that_the_clock_leaves_out_moves_on_with_the_clock() -> None:
    found = moment("tomorrow at 2:30 am", at("2027-03-27 12:00"))
    assert found.clock == time(2, 30)
    assert found.at is not None
    assert found.at.isoformat() == "2027-03-28T03:30:00+02:00"


def test_a_time_that_comes_twice_is_the_first_unless_that_is_over() -> None:
    before = moment("2:30 am", at("2026-10-25 01:00")).at
    assert before is not None
    assert before.isoformat() == "2026-10-25T02:30:00+02:00"
    again = moment("2:30 am", at("2026-10-25 02:40")).at
    assert again is not None
    assert again.isoformat() == "2026-10-25T02:30:00+01:00"


def test_a_countdown_counts_seconds_whatever_the_clock_does() -> None:
    found = moment("in 2 hours", at("2027-03-28 01:30"))
    assert found.at is not None
    assert (found.after_s, found.at.isoformat()) == (7200, "2027-03-28T04:30:00+02:00")


@pytest.mark.parametrize(
    "zone",
    ["America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"],
)
def test_a_day_from_now_is_a_calendar_day_in_every_zone(zone: str) -> None:
    for day in range(1, 366, 5):
        now = datetime(2026, 1, 1, 15, tzinfo=ZoneInfo(zone)) + timedelta(days=day)
        found = moment("tomorrow at 15:00", now)
        assert found.at is not None
        assert found.at.replace(tzinfo=None) == now.replace(tzinfo=None) + timedelta(days=1)


def test_german_says_the_next_friday_for_the_one_that_comes_next() -> None:
    spoken = language("de")
    found = spoken.when.moment("nachsten freitag", at("2026-10-21 15:00"))
    assert found is not None
    assert found.day == date(2026, 10, 23)


def test_a_language_without_a_table_is_refused_with_what_to_add() -> None:
    with pytest.raises(ModelFileError, match=r"add a when\.yaml"):
        When({"intents": {}})
