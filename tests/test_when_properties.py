"""Properties of what is read from words about time, over random words, times and zones."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given
from hypothesis import strategies as st
from when_corpus import language

from voice.intents import tables
from voice.intents.when import Moment, Repeat

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Tehran",
]
MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august"]
MONTHS += ["september", "october", "november", "december"]
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@st.composite
def nows(draw: st.DrawFn) -> datetime:
    """Aware times, often near the changes of clocks."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    moment = draw(st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1)))
    if draw(st.booleans()):
        sunday = draw(
            st.sampled_from([(2026, 3, 29), (2026, 10, 25), (2026, 11, 1), (2027, 3, 14)])
        )
        moment = datetime(*sunday) + timedelta(minutes=draw(st.integers(-300, 300)))
    return moment.replace(tzinfo=UTC).astimezone(zone)


def vocabulary(name: str) -> list[str]:
    """All words of a language's templates and lists, and figures."""
    words = set(re.findall(r"[a-z0-9':.]+", str(tables.read(name)["when"])))
    return sorted(words | {"1", "2", "3", "7", "12", "19", "30", "31", "45", "3rd", "7:30", "2027"})


@cache
def soup(name: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(vocabulary(name)), min_size=1, max_size=9).map(" ".join)


@cache
def phrases(name: str) -> st.SearchStrategy[str]:
    """What the corpus says, put together anew."""
    spoken = language(name)
    said = [
        spoken.wording.plain(wording)
        for part in ("durations", "moments", "repeats")
        for wording, _ in spoken.meant(part)
    ]
    return st.lists(st.sampled_from(said), min_size=1, max_size=3).map(" ".join)


def check_moment(found: Moment, now: datetime) -> None:
    assert (found.at is None) == (found.clock is None)
    if not found.past:
        assert found.day >= now.date()
    if found.at is not None and found.clock is not None:
        assert found.at.tzinfo is now.tzinfo
        assert (found.at.timestamp() > now.timestamp()) != found.past
        wall = datetime.combine(found.day, found.clock)
        ahead = found.at.replace(tzinfo=None) - wall
        # Later only where the clock leaves the time out; at most a day, as on Samoa in 2011.
        assert timedelta(0) <= ahead <= timedelta(days=1)
        there = wall.replace(tzinfo=now.tzinfo)
        exists = there.astimezone(UTC).astimezone(now.tzinfo).replace(tzinfo=None) == wall
        assert exists == (not ahead)
    if found.after_s is not None:
        assert found.at is not None
        assert found.at.timestamp() == pytest.approx(now.timestamp() + found.after_s)
        assert 0 < found.after_s <= 365 * 86400


def check_repeat(found: Repeat, now: datetime) -> None:
    rule = dict(part.split("=") for part in found.rule.split(";"))
    assert rule["FREQ"] in ("MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
    assert int(rule.get("INTERVAL", "2")) >= 2
    assert found.first >= now.date()
    assert (found.every_s is not None) == (rule["FREQ"] in ("MINUTELY", "HOURLY"))
    assert (found.at is None) == (found.clock is None and found.every_s is None)
    if found.at is not None:
        assert found.at.timestamp() > now.timestamp()
    name = NAMES[found.first.weekday()]
    days = [day.lstrip("-1234") for day in rule.get("BYDAY", name).split(",")]
    assert name in days
    if rule["FREQ"] == "WEEKLY":
        assert tuple(NAMES[day] for day in found.weekdays) == tuple(days)
    assert int(rule.get("BYMONTH", found.first.month)) == found.first.month
    last = (found.first + timedelta(days=1)).day == 1
    assert int(rule.get("BYMONTHDAY", found.first.day)) in (found.first.day, -1 if last else 0)


@pytest.mark.parametrize("name", ["en", "de"])
@given(data=st.data(), now=nows(), prefer=st.sampled_from(["next", "morning"]))
def test_whatever_is_read_holds_together(name, data, now, prefer) -> None:
    when = language(name).when
    words = data.draw(soup(name) | phrases(name))
    seconds = when.duration(words)
    assert seconds is None or 0 < seconds <= 365 * 86400
    moment, repeat = when.moment(words, now, prefer), when.repeat(words, now, prefer)
    assert moment is None or repeat is None
    split = when.split(words, now, prefer)
    for found in (moment, repeat, split.when):
        if isinstance(found, Moment):
            check_moment(found, now)
        elif found is not None:
            check_repeat(found, now)
    left = len(split.rest.split()) + sum(len(part) for part in split.taken)
    assert left == len(words.split())


@pytest.mark.parametrize("name", ["en", "de"])
@given(text=st.text(max_size=120), now=nows())
def test_no_text_breaks_it(name: str, text: str, now: datetime) -> None:
    when = language(name).when
    for words in (text, language(name).wording.plain(text)):
        when.duration(words)
        when.moment(words, now)
        when.repeat(words, now)
        assert when.split(words, now).rest.split() == words.split() or when.split(words, now).when


@given(hours=st.integers(0, 23), minutes=st.integers(0, 59), seconds=st.integers(0, 59))
def test_a_duration_that_is_written_out_is_read_back(
    hours: int, minutes: int, seconds: int
) -> None:
    total = hours * 3600 + minutes * 60 + seconds
    assume(total)
    parts = [(hours, "hour"), (minutes, "minute"), (seconds, "second")]
    said = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    spoken = language("en")
    for joined in (" ".join(said), ", ".join(said), " and ".join(said)):
        assert spoken.when.duration(spoken.wording.plain(joined)) == total
    german = [(hours, "stunden"), (minutes, "minuten"), (seconds, "sekunden")]
    spoken_german = " und ".join(f"{count} {unit}" for count, unit in german if count)
    assert language("de").when.duration(spoken_german) == total


@given(now=nows(), hour=st.integers(1, 12), minute=st.integers(1, 59), half=st.sampled_from("ap"))
def test_a_time_of_day_is_the_next_one_in_every_wording(
    now: datetime, hour: int, minute: int, half: str
) -> None:
    when = language("en").when
    before = hour % 12 + 1
    wordings = [f"at {hour}:{minute:02} {half}m", f"{hour} {minute:02} {half}m"]
    wordings += [f"{minute} minutes past {hour} {half}m"]
    if before != 12:
        wordings.append(f"{60 - minute} to {before} {half}m")
    found = [when.moment(words, now) for words in wordings]
    assert all(one == found[0] for one in found)
    assert found[0] is not None
    assert found[0].clock is not None
    expected = (hour % 12 + 12 * (half == "p"), minute)
    assert (found[0].clock.hour, found[0].clock.minute) == expected
    assert 0 <= (found[0].day - now.date()).days <= 1
    check_moment(found[0], now)


@given(now=nows(), ahead=st.integers(1, 3000), hour=st.integers(13, 23), first=st.booleans())
def test_a_date_with_a_time_is_read_back_in_either_order(
    now: datetime, ahead: int, hour: int, first: bool
) -> None:
    day = now.date() + timedelta(days=ahead)
    said = f"on {MONTHS[day.month - 1]} {day.day} {day.year}"
    words = f"at {hour}:30 {said}" if first else f"{said} at {hour}:30"
    found = language("en").when.moment(words, now)
    assert found is not None
    assert (found.day, found.past) == (day, False)
    assert found.clock is not None
    assert (found.clock.hour, found.clock.minute) == (hour, 30)
    check_moment(found, now)


@given(day=st.dates(date(2025, 1, 1), date(2040, 1, 1)), wrong=st.integers(1, 6))
def test_a_date_with_a_wrong_weekday_is_refused(day: date, wrong: int) -> None:
    now = datetime(2024, 12, 1, 12, tzinfo=UTC)
    said = f"{MONTHS[day.month - 1]} {day.day} {day.year}"
    right = language("en").when.moment(f"{DAYS[day.weekday()]} {said}", now)
    assert right is not None
    assert right.day == day
    assert language("en").when.moment(f"{DAYS[(day.weekday() + wrong) % 7]} {said}", now) is None


@pytest.mark.parametrize("name", ["en", "de"])
@given(data=st.data(), now=nows())
def test_a_repetition_begins_on_the_first_day_of_its_rule(name, data, now) -> None:
    spoken = language(name)
    wording = data.draw(st.sampled_from([wording for wording, _ in spoken.meant("repeats")]))
    found = spoken.when.repeat(spoken.wording.plain(wording), now)
    assert found is not None
    check_repeat(found, now)
    if found.every_s is None:
        begin = datetime.combine(found.first, found.clock or time())
        assert rrulestr(found.rule, dtstart=begin)[0] == begin
        each_time = re.sub(";INTERVAL=[0-9]+", "", found.rule)
        midnight = datetime.combine(now.date(), time())
        for day in rrulestr(each_time, dtstart=midnight)[:3]:
            assert day.date() >= found.first or day.date() == now.date()


TASKS = ["to call anna", "to take the bread out", "to feed the cat and the dog", "to pay dad back"]
TIMES = ["tomorrow at 8", "in 20 minutes", "on friday", "at 7 pm", "every monday at 9"]
TIMES += ["the day after tomorrow", "every 2 weeks on friday", "next friday at noon", "tonight"]


@given(now=nows(), task=st.sampled_from(TASKS), time=st.sampled_from(TIMES), first=st.booleans())
def test_a_time_before_or_after_a_task_is_the_time_alone(
    now: datetime, task: str, time: str, first: bool
) -> None:
    when = language("en").when
    split = when.split(f"{time} {task}" if first else f"{task} {time}", now)
    assert split.rest == task
    assert split.when == (when.moment(time, now) or when.repeat(time, now))
    begin = 0 if first else len(task.split())
    assert split.taken == (range(begin, begin + len(time.split())),)
