"""When something recurs: local times across clock changes, and rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.agenda.entries import EVERY_DAY, At, Every
from voice.agenda.recurrence import (
    Weekly,
    date_of_next,
    last_until,
    local_of,
    moment_of,
    next_after,
    zone_of,
)
from voice.errors import AgendaError

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "Africa/Casablanca",  # back during Ramadan
    "America/Santiago",  # at midnight
    "Asia/Tehran",  # at midnight, no longer since 2022
    "Pacific/Apia",  # left out December 30, 2011
]
FROM, TO = datetime(2009, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)

zones = st.sampled_from(ZONES)
times = st.times(timezones=st.none()).map(lambda at: at.replace(microsecond=0))
moments = st.floats(FROM.timestamp(), TO.timestamp()).map(round)


def changes(name: str) -> list[float]:
    """Moments at which a zone's clocks change, to the second."""
    zone, found = ZoneInfo(name), []
    hour = timedelta(hours=1)
    at = FROM
    while at < TO:
        if at.astimezone(zone).utcoffset() != (at + hour).astimezone(zone).utcoffset():
            low, high = at, at + hour
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(round(high.timestamp()))
        at += hour
    return found


CHANGES = {name: changes(name) for name in ZONES}
near_changes = zones.flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.sampled_from(CHANGES[name]),
        st.integers(-2 * 86_400, 2 * 86_400),
    )
).map(lambda drawn: (drawn[0], drawn[1] + drawn[2]))
"""A zone, and a moment within two days of a change of its clocks."""


def every_moment(name: str, at: time, around: float) -> set[float]:
    """The moments near another one at which a clock on the wall shows a time, the first of a day.

    Where a day has no such moment: the one that comes as much later as was left out.
    """
    zone = ZoneInfo(name)
    found = set()
    middle = datetime.fromtimestamp(around, UTC).astimezone(zone).date()
    for day in (middle + timedelta(days=n) for n in range(-4, 5)):
        wanted = datetime.combine(day, at)
        begin = wanted.replace(tzinfo=UTC).timestamp() - 15 * 3600
        shown = [
            moment
            for offset in offsets(zone, begin)
            if local_of(moment := wanted.replace(tzinfo=UTC).timestamp() - offset, zone) == wanted
        ]
        if shown:
            found.add(min(shown))
        else:  # RFC 5545: as if the clocks had not been changed yet
            found.add(wanted.replace(tzinfo=UTC).timestamp() - offsets(zone, begin)[0])
    return found


def offsets(zone: ZoneInfo, begin: float) -> list[float]:
    """What a zone is ahead of UTC within thirty hours, in order."""
    found: list[float] = []
    for hours in range(-12, 31):
        aware = datetime.fromtimestamp(begin + 3600 * hours, UTC).astimezone(zone)
        offset = aware.utcoffset()
        assert offset is not None
        if offset.total_seconds() not in found:
            found.append(offset.total_seconds())
    return found


def test_the_zones_change_their_clocks():
    assert all(len(found) > 2 for found in CHANGES.values())


@given(near_changes, times)
@settings(max_examples=400)
def test_a_daily_time_is_the_one_that_the_clock_on_the_wall_shows(place, at):
    name, after = place
    expected = min(moment for moment in every_moment(name, at, after) if moment > after)
    assert next_after(Weekly(at, EVERY_DAY, name), after) == expected


@given(near_changes, times)
@settings(max_examples=200)
def test_the_last_time_is_the_one_the_clock_showed(place, at):
    name, until = place
    expected = max(moment for moment in every_moment(name, at, until) if moment <= until)
    assert last_until(Weekly(at, EVERY_DAY, name), until, 0.0) == expected


@given(near_changes, times, st.sets(st.integers(0, 6), min_size=1))
@settings(max_examples=200)
def test_every_wanted_day_has_one_time_and_no_other_day_has(place, at, days):
    name, after = place
    schedule = Weekly(at, frozenset(days), name)
    end = after + 21 * 86_400
    found = []
    moment = next_after(schedule, after)
    while moment is not None and moment < end:
        found.append(moment)
        moment = next_after(schedule, moment)
    assert found == sorted(set(found))
    zone = ZoneInfo(name)
    begin = local_of(after, zone).date()
    wanted = {
        moment_of(datetime.combine(begin + timedelta(days=n), at), zone)
        for n in range(-2, 25)
        if (begin + timedelta(days=n)).weekday() in days
    }
    assert found == sorted(moment for moment in wanted if after < moment < end)


@given(near_changes, times)
def test_going_back_leads_where_going_on_came_from(place, at):
    name, after = place
    schedule = Weekly(at, EVERY_DAY, name)
    first = next_after(schedule, after)
    assert first is not None
    second = next_after(schedule, first)
    assert second is not None
    assert last_until(schedule, second - 1, 0.0) == first
    assert last_until(schedule, second, first) == second
    assert last_until(schedule, second - 1, first) is None


@pytest.mark.parametrize(
    ("zone", "local", "rings"),
    [
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 03:30:00+02:00"),
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 02:30:00+02:00"),
        ("America/New_York", "2026-03-08 02:00", "2026-03-08 03:00:00-04:00"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 01:30:00-04:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-04 02:45:00+11:00"),
        ("America/Santiago", "2026-09-06 00:00", "2026-09-06 01:00:00-03:00"),
        ("Africa/Casablanca", "2026-03-22 02:30", "2026-03-22 03:30:00+01:00"),
        ("Asia/Tehran", "2021-03-22 00:30", "2021-03-22 01:30:00+04:30"),
        ("Pacific/Apia", "2011-12-30 07:00", "2011-12-31 07:00:00+14:00"),
    ],
)
def test_a_time_that_is_left_out_is_shifted_and_one_that_comes_twice_is_the_first(
    zone, local, rings
):
    moment = next_after(At(datetime.fromisoformat(local), zone), 0.0)
    assert moment is not None
    assert str(datetime.fromtimestamp(moment, ZoneInfo(zone))) == rings


def test_a_day_that_was_left_out_rings_when_it_would_have_come():
    """Friday, December 30, 2011, was left out in Samoa; its seven o'clock is Saturday's."""
    fridays = Weekly(time(7), frozenset({4}), "Pacific/Apia")
    seven = moment_of(datetime(2011, 12, 31, 7), ZoneInfo("Pacific/Apia"))
    assert next_after(fridays, seven - 3600) == seven
    assert last_until(fridays, seven + 3600, 0.0) == seven


def test_a_day_is_skipped_and_the_next_one_is_not():
    schedule = Weekly(time(7), frozenset({0, 2}), "Europe/Berlin")
    sunday = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
    assert date_of_next(schedule, sunday) == date(2026, 3, 2)
    skipping = Weekly(time(7), frozenset({0, 2}), "Europe/Berlin", (date(2026, 3, 2),))
    assert date_of_next(skipping, sunday) == date(2026, 3, 4)


def test_an_unknown_zone_is_taken_for_utc_and_still_rings():
    assert zone_of("Atlantis/Downtown").key == "UTC"
    assert next_after(Weekly(time(7), EVERY_DAY, "Atlantis/Downtown"), 0.0) == 7 * 3600


# -- rules -------------------------------------------------------------------------------------


def upcoming(rule: str, start: str, after: str, n: int = 3, zone: str = "Europe/Berlin"):
    """The next local times of a rule."""
    schedule = Every(rule, datetime.fromisoformat(start), zone)
    moment: float | None = moment_of(datetime.fromisoformat(after), ZoneInfo(zone))
    found = []
    for _ in range(n):
        assert moment is not None
        moment = next_after(schedule, moment)
        if moment is None:
            break
        found.append(f"{local_of(moment, ZoneInfo(zone)):%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY", ["03-05 09:30", "03-06 09:30", "03-07 09:30"]),
        ("FREQ=DAILY;INTERVAL=2", ["03-06 09:30", "03-08 09:30", "03-10 09:30"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH", ["03-05 09:30", "03-09 09:30", "03-12 09:30"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", ["03-16 09:30", "03-30 09:30", "04-13 09:30"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["03-31 09:30", "04-30 09:30", "05-31 09:30"]),
        ("FREQ=MONTHLY;BYDAY=1FR", ["03-06 09:30", "04-03 09:30", "05-01 09:30"]),
        ("FREQ=YEARLY", ["03-02 09:30", "03-02 09:30", "03-02 09:30"]),
        ("FREQ=HOURLY;INTERVAL=5", ["03-04 21:30", "03-05 02:30", "03-05 07:30"]),
        ("FREQ=MINUTELY;INTERVAL=20", ["03-04 18:10", "03-04 18:30", "03-04 18:50"]),
        ("FREQ=DAILY;COUNT=4", ["03-05 09:30"]),
        ("FREQ=DAILY;UNTIL=20260306", ["03-05 09:30", "03-06 09:30"]),
        ("FREQ=DAILY;UNTIL=20260306T080000Z", ["03-05 09:30"]),
        ("freq=daily", ["03-05 09:30", "03-06 09:30", "03-07 09:30"]),
    ],
)
def test_rules_say_when(rule, expected):
    assert upcoming(rule, "2026-03-02 09:30", "2026-03-04 18:00") == expected


def test_a_rule_begun_long_ago_keeps_its_beat():
    schedule = Every("FREQ=DAILY;INTERVAL=3", datetime(1990, 1, 1, 8), "Europe/Berlin")
    zone = ZoneInfo("Europe/Berlin")
    after = moment_of(datetime(2026, 3, 4, 18), zone)
    following = next_after(schedule, after)
    assert following is not None
    assert 0 < following - after <= 3 * 86_400
    assert (local_of(following, zone) - datetime(1990, 1, 1, 8)).days % 3 == 0


def test_hours_that_are_left_out_and_lived_twice_ring_once_each():
    assert upcoming("FREQ=HOURLY", "2026-01-01 00:30", "2026-03-29 00:40", 3) == [
        "03-29 01:30",
        "03-29 03:30",
        "03-29 04:30",
    ]
    assert upcoming("FREQ=HOURLY", "2026-01-01 00:30", "2026-10-25 00:40", 3) == [
        "10-25 01:30",
        "10-25 02:30",
        "10-25 03:30",
    ]


@given(near_changes, st.sampled_from(["FREQ=MINUTELY;INTERVAL=30", "FREQ=HOURLY", "FREQ=DAILY"]))
@settings(max_examples=100)
def test_the_last_time_of_a_rule_is_the_one_before_the_next(place, rule):
    name, until = place
    schedule = Every(rule, datetime(2008, 1, 1, 0, 10), name)
    last = last_until(schedule, until, until - 10 * 86_400)
    assert last is not None
    assert last <= until
    following = next_after(schedule, last)
    assert following is not None
    assert following > until


@given(near_changes, st.sampled_from([35, 50, 110]))
@settings(max_examples=100)
def test_times_come_in_order_where_some_are_shifted_behind_later_ones(place, minutes):
    name, after = place
    zone = ZoneInfo(name)
    start = local_of(after, zone).replace(minute=5, second=0) - timedelta(days=3)
    schedule = Every(f"FREQ=MINUTELY;INTERVAL={minutes}", start, name)
    every = [start + n * timedelta(minutes=minutes) for n in range(10 * 24 * 60 // minutes)]
    moments = sorted({moment_of(local, zone) for local in every})
    expected = [moment for moment in moments if moment > after][:40]
    found = [float(after)]
    while len(found) <= len(expected):
        following = next_after(schedule, found[-1])
        assert following is not None
        found.append(following)
    assert found[1:] == expected
    for moment in expected[1:]:
        before = max(earlier for earlier in moments if earlier < moment)
        assert last_until(schedule, moment - 1, after - 86_400) == before


@given(near_changes)
@settings(max_examples=50)
def test_a_daily_rule_rings_when_a_daily_alarm_does(place):
    name, after = place
    rule = Every("FREQ=DAILY", datetime(2008, 1, 1, 2, 30), name)
    assert next_after(rule, after) == next_after(Weekly(time(2, 30), EVERY_DAY, name), after)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYEASTER=1",
        "FREQ=DAILY;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=many",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=5000",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;BYHOUR=25",
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=3",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=MONTHLY;BYDAY=MO" + ",MO" * 200,
    ],
)
def test_what_is_no_rule_or_can_not_be_searched_is_refused(rule):
    with pytest.raises(AgendaError) as refused:
        next_after(Every(rule, datetime(2026, 1, 1, 9), "Europe/Berlin"), 0.0)
    assert refused.value.code == "agenda_never"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2",
        "FREQ=DAILY;BYMONTH=13",
    ],
)
def test_a_rule_that_never_comes_is_found_out(rule):
    assert next_after(Every(rule, datetime(2026, 1, 1, 9), "Europe/Berlin"), 0.0) is None


PARTS = [
    *("INTERVAL=2", "COUNT=3", "BYDAY=MO,TU", "BYDAY=-1SU", "BYMONTH=2", "BYMONTHDAY=29,31", "="),
    *("BYHOUR=7,19", "BYMINUTE=0,30", "BYSETPOS=-1", "UNTIL=20270101", "WKST=SU", "BYDAY=", "X"),
]


@given(
    st.sampled_from(["MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY", "", "EVER"]),
    st.lists(st.sampled_from(PARTS), max_size=4),
    moments,
)
@settings(max_examples=300)
def test_whatever_a_rule_says_it_is_refused_or_goes_on_from_where_it_was(frequency, more, after):
    schedule = Every(";".join([f"FREQ={frequency}", *more]), datetime(2026, 1, 1, 9), "Asia/Tehran")
    try:
        following = next_after(schedule, after)
    except AgendaError:
        return
    assert following is None or following > after
    if following is not None:
        assert last_until(schedule, following, after) == following
