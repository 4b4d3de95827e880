"""Clocks elsewhere, and the places that are known."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_units_corpus import intents, situation

from voice.intents import Match, tables
from voice.intents.places import Places
from voice.intents.readers import Said
from voice.intents.zones import ANSWERS, Elsewhere

TABLES = {language: tables.read(language) for language in ("en", "de")}
ZONES = [
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Australia/Sydney",
    "Pacific/Kiritimati",
    "America/Santiago",
]


def names(language: str) -> list[str]:
    table = TABLES[language]
    found = [name for listed in table["zones"].values() for name in listed]
    for capitals in table["several"].values():
        found += [name for listed in capitals.values() for name in listed]
    return found


@pytest.mark.parametrize("language", ["en", "de"])
def test_at_least_four_hundred_places_are_known_each_once(language: str) -> None:
    table = TABLES[language]
    assert set(table["zones"]) | set(table["several"]) <= available_timezones()
    places = Places(table)
    heard = {intents(language).plain(name) for name in names(language)}
    assert len(heard) >= 400
    for name in names(language):
        found = places.find(intents(language).plain(name))
        assert found is not None, name
        assert found["place"] == name


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_time_can_be_asked_for_in_places_that_cldr_names(language: str) -> None:
    asked = {"en": "What time is it in {}?", "de": "Wie spät ist es in {}?"}[language]
    for name in ("Mali", "Burundi", "Fortaleza", "Nauru"):
        match = intents(language).match(asked.format(name))
        assert match is not None, name
        assert match.slots["place"] == name


def place(zone: str) -> dict[str, str]:
    return {"place": zone, "zone": zone}


@given(
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
    st.times(timezones=st.none()).map(lambda clock: clock.replace(second=0, microsecond=0)),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
)
def test_a_time_elsewhere_is_the_same_moment(
    source: str, target: str, clock: time, now: datetime
) -> None:
    here = situation("de")
    here = replace(here, now=now.replace(tzinfo=here.home_zone), clock_24h=True)
    match = Match(
        "ConvertTime", {"clock": f"{clock:%H:%M}", "from": place(source), "to": place(target)}
    )
    text = ANSWERS["ConvertTime"](match, here, intents("en").phrases).text
    today = here.now.astimezone(ZoneInfo(source)).date()
    moment = datetime.combine(today, clock, ZoneInfo(source))
    there = moment.astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(target))
    assert f"is {there.hour}:{there.minute:02d} in" in text
    assert ("next day" in text) == (there.date() > today)
    assert ("day before" in text) == (there.date() < today)


@given(
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
)
def test_who_is_ahead_of_one_is_behind_the_other(one: str, other: str, now: datetime) -> None:
    here = replace(situation("en"), now=now.replace(tzinfo=ZoneInfo("UTC")))
    both = [
        ANSWERS["TimeDifference"](
            Match("TimeDifference", {"there": place(first), "other": place(second)}),
            here,
            intents("en").phrases,
        ).text
        for first, second in ((one, other), (other, one))
    ]
    if "same time" in both[0]:
        assert "same time" in both[1]
    else:
        assert sorted("ahead" in text for text in both) == [False, True]


@pytest.mark.parametrize(
    ("words", "clock"),
    [
        ("3 pm", "15:00"),
        ("noon", "12:00"),
        ("3", "15:00"),
        ("9", "09:00"),
        ("15:30", "15:30"),
        ("tomorrow", None),
        ("in 5 minutes", None),
        ("raining", None),
        ("", None),
        ("tomorrow at 3", None),
    ],
)
def test_a_time_of_day_is_read_and_by_day_where_it_is_open(words: str, clock: str | None) -> None:
    found = Elsewhere(TABLES["en"])({"clock": Said(words, words, lambda start, end: words)})
    assert (found and found["clock"]) == clock


ELSEWHERE = {language: Elsewhere(TABLES[language]) for language in ("en", "de")}


@given(st.text(max_size=30), st.sampled_from(["clock", "clock_there", "there", "time_to"]))
def test_reading_never_fails(words: str, slot: str) -> None:
    for read in ELSEWHERE.values():
        read({slot: Said(words, words, lambda start, end: words)})


def test_a_half_hour_counts_and_a_country_with_several_zones_is_its_capital() -> None:
    match = intents("en").match("what's the time difference to india")
    assert match is not None
    winter = situation("en")
    assert intents("en").answer(match, winter).text == "India is 10 hours and 30 minutes ahead."
    summer = replace(winter, now=winter.now - timedelta(days=120))
    assert intents("en").answer(match, summer).text == "India is 9 hours and 30 minutes ahead."
    match = intents("en").match("what's the time difference to russia")
    assert match is not None
    assert intents("en").answer(match, winter).text == "Moscow is 8 hours ahead."


@pytest.mark.parametrize(
    ("text", "now", "reply"),
    [
        ("how long until 3", "2026-11-03T10:00", "It's 5 hours from now."),
        ("how long until 3", "2026-11-03T16:00", "It's 11 hours from now."),
        ("how long until 10 am", "2026-11-03T10:00", "It's 1 day from now."),
        ("how long until 10:01 am", "2026-11-03T10:00", "It's 1 minute from now."),
        ("how long until 7 am", "2026-10-31T22:00", "It's 10 hours from now."),
        ("how long until 7 am", "2027-03-13T22:00", "It's 8 hours from now."),
    ],
)
def test_the_hours_until_a_time_are_counted_as_they_pass(text: str, now: str, reply: str) -> None:
    match = intents("en").match(text)
    assert match is not None
    here = situation("en")
    moment = datetime.fromisoformat(now).replace(tzinfo=here.home_zone)
    assert intents("en").answer(match, replace(here, now=moment)).text == reply
