"""Telling what days bring: alarms, reminders, routines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import cast

from voice.agenda.days import on_day
from voice.agenda.due import Ringable
from voice.agenda.entries import TODO, Alarm, Reminder, Routine
from voice.intents.keeping import Keeping
from voice.intents.vocabulary import DeviceAnswer, Match

LONG = 8
"""What a day brings up to which all of it is told."""


def get_agenda(match: Match, kept: Keeping) -> DeviceAnswer:
    """Tell what days bring: alarms, reminders, routines; of today also how much there is to do."""
    today = kept.situation.now.date()
    days = days_of(match, kept) or [today]
    span = str(match.slots.get("span", "")) or kept.phrases.day(days[0], today)
    key = "agenda_at" if len(days) == 1 else "agenda_on"
    parts = [
        kept.say(
            key,
            what=_of(entry, kept),
            time=_time(when, kept),
            day=kept.phrases.day(day, today),
        )
        for day in days
        for when, entry in _on(day, kept)
    ]
    tasks = kept.view.items(TODO.id, done=False) if days == [today] else ()
    todo = kept.phrases.count(len(tasks), "thing")
    if not parts:
        return kept.told("agenda_only_todo" if tasks else "agenda_empty", day=span, count=todo)
    if len(parts) > LONG:
        rest = kept.phrases.number(len(parts) - LONG)
        told = kept.say("reminders_and_more", reminders="; ".join(parts[:LONG]), rest=rest)
    else:
        told = "; ".join(parts)
    return kept.told("agenda_and_todo" if tasks else "agenda_has", day=span, parts=told, count=todo)


def reminders_on(days: Sequence[date], match: Match, kept: Keeping) -> DeviceAnswer:
    """Read the reminders of some days."""
    today = kept.situation.now.date()
    span = str(match.slots.get("span", "")) or kept.phrases.day(days[0], today)
    key = "agenda_at" if len(days) == 1 else "agenda_on"
    told = [
        kept.say(key, what=_of(one, kept), time=_time(when, kept), day=kept.phrases.day(day, today))
        for day in days
        for when, one in _on(day, kept)
        if isinstance(one, Reminder)
    ]
    if not told:
        return kept.told("reminders_none_on", day=span)
    return kept.told("reminders_on", day=span, reminders="; ".join(told))


def days_of(match: Match, kept: Keeping) -> list[date]:
    """Return the days that were asked about, as far as they are still to come; none: no day."""
    today = kept.situation.now.date()
    if words := match.slots.get("day"):
        moment = kept.phrases.when.moment(str(words), kept.situation.now)
        assert moment  # the reader has seen to that
        first = moment.day
    elif "days" in match.slots:
        first = today - timedelta(days=today.weekday())  # this week
    else:
        return []
    number = cast(int, match.slots.get("days", 1))
    days = [first + timedelta(days=ahead) for ahead in range(number)]
    return [day for day in days if day >= today] or days[-1:]


def _on(day: date, kept: Keeping) -> tuple[tuple[datetime, Ringable], ...]:
    tz = kept.situation.now.tzinfo
    assert tz
    return on_day(kept.view, day, tz)


def _time(when: datetime, kept: Keeping) -> str:
    return kept.phrases.time(when, kept.situation.clock_24h)


def _of(entry: Ringable, kept: Keeping) -> str:
    """Name what a day brings."""
    match entry:
        case Reminder(text=text):
            return kept.said_back(text)
        case Routine(name=name):
            return kept.say("agenda_routine", name=name)
        case Alarm(name=str(name)):
            return kept.say("agenda_alarm_named", name=name)
        case _:
            return kept.say("agenda_alarm")
