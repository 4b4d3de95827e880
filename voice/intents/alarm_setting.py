"""Setting and moving alarms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import cast

from voice.agenda.changes import Remove, SetAlarm, SetEnabled, SkipNext
from voice.agenda.entries import Alarm
from voice.agenda.view import View
from voice.intents.alarm_choice import (
    day_of,
    days_of,
    days_told,
    next_ring,
    pick,
    rings_on,
    time_told,
    told,
    until_told,
    zone_name,
)
from voice.intents.phrases import Phrases
from voice.intents.vocabulary import AskBack, DeviceAnswer, Match, Situation
from voice.intents.when import Moment

NEARER_H = 6
"""Hours before an alarm from which on the time it is moved to is looked for: of "7" in the morning and
in the evening the one that is nearer."""


@dataclass(frozen=True, slots=True)
class _Times:
    """When an alarm is to ring; what was not said is None or empty."""

    at: time
    day: date | None = None
    days: frozenset[int] = frozenset()


def set_alarm(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Set an alarm; without a time it is asked for. What is set already is not set twice."""
    view = situation.agenda
    if view is None:
        return DeviceAnswer(phrases.say("agenda_none"))
    found = _found(match, situation, phrases)
    if isinstance(found, DeviceAnswer):
        return found
    name = cast(str | None, match.slots.get("name"))
    change = SetAlarm(found.at, zone_name(situation), found.day, found.days, name)
    if there := _same(change, view):
        shown = told(replace(there, enabled=True), situation, phrases)
        if there.enabled:
            return DeviceAnswer(phrases.say("alarm_already", alarm=shown))
        said = phrases.say("alarm_on_again", alarm=shown)
        return DeviceAnswer(said, (SetEnabled((there.id,), True),))
    return DeviceAnswer(_said("alarm_set", change, situation, phrases), (change,))


def move_alarm(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Move an alarm to another time, or by some time; its days and name stay.

    "Change tomorrow's alarm to 8" leaves an alarm that repeats as it is but for tomorrow.
    """
    alarms = pick(match, situation, phrases, lambda alarm: alarm.enabled)
    if isinstance(alarms, DeviceAnswer):
        return alarms
    alarm = alarms[0]
    if "length" in match.slots:
        by = timedelta(seconds=cast(int, match.slots["length"]))
        times = _shifted(alarm, by if match.slots["direction"] == "later" else -by)
    else:
        times = _moved(alarm, str(match.slots["to"]), situation, phrases)
    if times is None:
        return DeviceAnswer(phrases.say("alarm_only_weekly"))
    only = day_of(match, situation, phrases) or times.day
    once = alarm.day is None and only is not None  # a day of those that it repeats on
    if once:
        times = _Times(times.at, only)
    change = SetAlarm(times.at, alarm.zone, times.day, times.days, alarm.name)
    if change.day and next_ring(change, situation.now) is None:
        return DeviceAnswer(phrases.say("fault_agenda_past"))
    key = "alarm_moved_once" if once else "alarm_moved"
    said = _said(key, replace(change, name=None), situation, phrases)
    if not once:
        return DeviceAnswer(said, (Remove((alarm.id,)), change))
    skipped = (SkipNext(alarm.id, only),) if only and rings_on(alarm, only) else ()
    return DeviceAnswer(said, (*skipped, change))


def _found(match: Match, situation: Situation, phrases: Phrases) -> _Times | DeviceAnswer:
    """Return when a new alarm rings, else what is answered instead."""
    said, more = match.slots.get("when"), match.slots.get("time")
    asked = [f"{said} {more}", str(more)] if said and more else [str(said or more or "")]
    for words in asked:
        repeat = phrases.when.repeat(words, situation.now, "morning")
        if repeat and repeat.clock and not repeat.part:
            days = days_of(repeat)
            return (
                _Times(repeat.clock, days=days)
                if days
                else DeviceAnswer(phrases.say("alarm_only_weekly"))
            )
        moment = phrases.when.moment(words, situation.now, "morning")
        if moment and moment.at and not moment.part:
            if moment.past:
                return DeviceAnswer(phrases.say("fault_agenda_past"))
            return _Times(moment.at.time(), day=moment.at.date())
    slots = {key: value for key, value in match.slots.items() if key in ("when", "name")}
    text = phrases.say("alarm_what_time", situation.variety)
    return DeviceAnswer(text, (AskBack("alarm_time", "SetAlarm", slots),), expects_reply=True)


def _same(change: SetAlarm, view: View) -> Alarm | None:
    """Return an alarm that rings then already, or would if it were on."""
    there = [
        alarm
        for alarm in view.alarms
        if alarm.at == change.at
        and alarm.zone == change.zone
        and change.name in (None, alarm.name)
        and (
            alarm.days == change.days
            if change.day is None
            else rings_on(alarm, change.day) and (alarm.enabled or alarm.day is not None)
        )
    ]
    return min(there, key=lambda alarm: not alarm.enabled, default=None)


def _moved(alarm: Alarm, words: str, situation: Situation, phrases: Phrases) -> _Times | None:
    """Return when an alarm rings that is moved to a time; None where it can't repeat so."""
    if repeat := phrases.when.repeat(words, situation.now, "morning"):
        days = days_of(repeat)
        at = repeat.clock if repeat.clock and not repeat.part else alarm.at
        return _Times(at, days=days) if days else None
    now = situation.now
    moment = phrases.when.moment(words, now, "morning")
    if moment and moment.day_said:
        return _Times(moment.clock if moment.clock and not moment.part else alarm.at, moment.day)
    if moment and moment.after_s is not None and moment.at:
        return _Times(moment.at.time(), moment.at.date())
    near = datetime.combine(alarm.day or now.date(), alarm.at, now.tzinfo)
    nearest = phrases.when.moment(words, near - timedelta(hours=NEARER_H))
    if not isinstance(nearest, Moment) or nearest.clock is None:
        return None
    if alarm.day is None:
        return _Times(nearest.clock, days=alarm.days)
    return _Times(nearest.clock, alarm.day)


def _shifted(alarm: Alarm, by: timedelta) -> _Times:
    """Return when an alarm rings so much later."""
    day = alarm.day or date(2024, 1, 1)
    moved = datetime.combine(day, alarm.at) + by  # naive: by the clock on the wall
    if alarm.day is not None:
        return _Times(moved.time(), moved.date())
    days = (moved.date() - day).days
    return _Times(moved.time(), days=frozenset((weekday + days) % 7 for weekday in alarm.days))


def _said(key: str, change: SetAlarm, situation: Situation, phrases: Phrases) -> str:
    """Tell what is set: time, days, and how long it is until then."""
    moment = next_ring(change, situation.now) or situation.now
    values: dict[str, object] = {
        "time": time_told(change.at, situation, phrases),
        "day": phrases.day(moment.date(), situation.now.date()),
        "length": until_told(moment, situation, phrases),
        "name": change.name,
    }
    if change.days:
        key, values["days"] = f"{key}_days", days_told(change.days, phrases)
    if change.name:
        key = f"{key}_named"
    return phrases.say(key, situation.variety, **values)
