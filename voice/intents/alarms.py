"""Alarms: what is said and done about each request.

An alarm is told by its time, its day or days and how long it is until then, so that a slip is noticed
before somebody oversleeps. What rings, or has just stopped, is silenced and never deleted by "stop the
alarm" or "cancel the alarm"; "cancel tomorrow's alarm" leaves out a day of one that repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import cast

from voice.agenda.changes import KeepAll, Remove, SetEnabled, SkipNext, Snooze
from voice.agenda.entries import Alarm
from voice.agenda.view import View
from voice.intents import alarm_choice, alarm_setting
from voice.intents.alarm_choice import (
    day_of,
    next_ring,
    pick,
    rings,
    rings_on,
    time_told,
    told,
    until_told,
)
from voice.intents.phrases import Phrases
from voice.intents.vocabulary import DeviceAnswer, Effect, Match, Situation, StopAll


def cancel_alarm(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Cancel alarms for good; of one that repeats only the day that was said."""
    alarms = pick(match, situation, phrases)
    if isinstance(alarms, DeviceAnswer):
        return alarms
    day = day_of(match, situation, phrases)
    if day and any(alarm.day is None for alarm in alarms):
        return _without(alarms, day, situation, phrases)
    view = cast(View, situation.agenda)
    if len(alarms) == 1 and rings(view, alarms[0]) and not match.slots.get("for_good"):
        return _silenced(alarms[0], situation, phrases)
    effect = Remove(tuple(alarm.id for alarm in alarms))
    if len(alarms) > 1:
        key = "alarm_cancelled_both" if len(alarms) == 2 else "alarm_cancelled_all"
        return DeviceAnswer(phrases.say(key, count=phrases.count(len(alarms), "alarm")), (effect,))
    name = told(replace(alarms[0], enabled=True), situation, phrases)
    return DeviceAnswer(phrases.say("alarm_cancelled", situation.variety, alarm=name), (effect,))


def switch_alarm(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Switch alarms on or off."""
    on = bool(match.slots["on"])
    alarms = pick(match, situation, phrases, lambda alarm: alarm.enabled != on)
    if isinstance(alarms, DeviceAnswer):
        return alarms
    day = day_of(match, situation, phrases)
    if day and not on and any(alarm.day is None for alarm in alarms):
        return _without(alarms, day, situation, phrases)
    view = cast(View, situation.agenda)
    if not on and len(alarms) == 1 and rings(view, alarms[0]):
        return _silenced(alarms[0], situation, phrases)
    key = "alarm_on" if on else "alarm_off"
    effect = SetEnabled(tuple(alarm.id for alarm in alarms), on)
    if len(alarms) > 1:
        return DeviceAnswer(phrases.say(f"{key}_all"), (effect,))
    name = told(replace(alarms[0], enabled=True), situation, phrases)
    if alarms[0].enabled == on:
        return DeviceAnswer(phrases.say(f"{key}_already", alarm=name))
    return DeviceAnswer(phrases.say(key, situation.variety, alarm=name), (effect,))


def skip_alarm(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Leave out a day, or the next time that an alarm rings."""
    view, day = situation.agenda, day_of(match, situation, phrases)
    if view and day and "day" in match.slots and "among" not in match.slots:
        found = alarm_choice.meant(match, view, situation, phrases)  # whichever it is
        return _without([alarm for alarm in found if alarm.enabled], day, situation, phrases)
    if not (match.slots.keys() & {*alarm_choice.WHICH, "among"}):
        match = Match(match.intent, {**match.slots, "position": 0})
    alarms = pick(match, situation, phrases, _is_on)
    if isinstance(alarms, DeviceAnswer):
        return alarms
    coming = next_ring(alarms[0], situation.now)
    return _without(alarms, day or (coming.date() if coming else None), situation, phrases)


def keep_alarm(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Leave out no day any more."""
    if situation.agenda is None:
        return DeviceAnswer(phrases.say("agenda_none"))
    day = day_of(match, situation, phrases)
    skipping = [
        alarm
        for alarm in situation.agenda.alarms
        if alarm.skipped and (day is None or day in alarm.skipped)
    ]
    if not skipping:
        return DeviceAnswer(phrases.say("alarm_skips_none"))
    names = phrases.listing([told(alarm, situation, phrases) for alarm in skipping])
    effects = tuple(KeepAll(alarm.id) for alarm in skipping)
    return DeviceAnswer(phrases.say("alarm_kept", alarm=names), effects)


def get_alarms(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell the alarms there are, the next one, or those of a day."""
    view = situation.agenda
    if view is None:
        return DeviceAnswer(phrases.say("agenda_none"))
    alarms = alarm_choice.meant(match, view, situation, phrases)
    day = day_of(match, situation, phrases)
    if day:
        alarms = tuple(alarm for alarm in alarms if alarm.enabled and rings_on(alarm, day))
        if not alarms:
            told_day = phrases.day(day, situation.now.date())
            return DeviceAnswer(phrases.say("alarm_none_on", day=told_day))
    if not alarms:
        return DeviceAnswer(phrases.say("alarm_none", situation.variety))
    if match.slots.get("next"):
        return _next(alarms, view, situation, phrases)
    names = [told(alarm, situation, phrases) for alarm in alarms]
    if len(names) == 1:
        return DeviceAnswer(phrases.say("alarm_one", alarm=names[0]))
    count = phrases.count(len(names), "alarm")
    return DeviceAnswer(phrases.say("alarm_some", count=count, alarms=phrases.listing(names)))


def snooze(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Let what rings, or rang lately, ring again in a while."""
    if situation.agenda is None:
        return DeviceAnswer(phrases.say("agenda_none"))
    entry = situation.agenda.to_snooze()
    if entry is None:
        return DeviceAnswer(phrases.say("fault_agenda_nothing"))
    seconds = float(cast(int, match.slots.get("length", situation.snooze_s)))
    said = phrases.say("alarm_snoozed", situation.variety, length=phrases.duration(seconds))
    return DeviceAnswer(said, (Snooze(entry.id, seconds),))


def stop_ringing(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Be silent; what rang is kept as it is."""
    return DeviceAnswer("", (StopAll(),))


def stop_alarm(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Say that nothing rings; nothing is deleted by a word that may mean silence."""
    return DeviceAnswer(phrases.say("alarm_none_rings"))


def _silenced(alarm: Alarm, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Be silent about an alarm that rings, or rang just now; it stays, and that is said."""
    moment = next_ring(alarm, situation.now)
    if moment is None:
        return DeviceAnswer("", (StopAll(),))
    coming = _moment_told(moment, situation, phrases)
    return DeviceAnswer(phrases.say("alarm_stopped", next=coming), (StopAll(),))


def _moment_told(moment: datetime, situation: Situation, phrases: Phrases) -> str:
    return phrases.say(
        "alarm_told",
        time=time_told(moment.time(), situation, phrases),
        day=phrases.day(moment.date(), situation.now.date()),
    )


def _without(
    alarms: Sequence[Alarm], day: date | None, situation: Situation, phrases: Phrases
) -> DeviceAnswer:
    """Leave out a day of alarms; those for once are switched off."""
    today = situation.now.date()
    if not alarms or day is None:
        said = phrases.day(day or today, today)
        return DeviceAnswer(phrases.say("alarm_none_on", day=said))
    effects: tuple[Effect, ...] = tuple(SkipNext(alarm.id, day) for alarm in alarms)
    left = [
        moment
        for alarm in alarms
        if alarm.day is None
        and (moment := next_ring(replace(alarm, skipped=(*alarm.skipped, day)), situation.now))
    ]
    gone = phrases.day(day, today)
    if not left:
        return DeviceAnswer(phrases.say("alarm_skipped", situation.variety, day=gone), effects)
    following = _moment_told(min(left), situation, phrases)
    return DeviceAnswer(phrases.say("alarm_skipped_next", day=gone, next=following), effects)


def _next(
    alarms: tuple[Alarm, ...], view: View, situation: Situation, phrases: Phrases
) -> DeviceAnswer:
    coming = [(moment, alarm) for alarm in alarms if (moment := view.next(alarm))]
    if not coming:
        return DeviceAnswer(phrases.say("alarm_all_off"))
    moment, alarm = min(coming, key=lambda pair: pair[0])
    local = moment.astimezone(situation.home_zone)
    key = "alarm_next_named" if alarm.name else "alarm_next"
    said = phrases.say(
        key,
        situation.variety,
        name=alarm.name,
        time=phrases.time(local, situation.clock_24h),
        day=phrases.day(local.date(), situation.now.date()),
        length=until_told(moment, situation, phrases),
    )
    return DeviceAnswer(said)


def _is_on(alarm: Alarm) -> bool:
    return alarm.enabled


ANSWERS: Mapping[str, Callable[[Match, Situation, Phrases], DeviceAnswer]] = {
    "SetAlarm": alarm_setting.set_alarm,
    "MoveAlarm": alarm_setting.move_alarm,
    "CancelAlarm": cancel_alarm,
    "SwitchAlarm": switch_alarm,
    "SkipAlarm": skip_alarm,
    "KeepAlarm": keep_alarm,
    "GetAlarms": get_alarms,
    "Snooze": snooze,
    "StopRinging": stop_ringing,
    "StopAlarm": stop_alarm,
}

CHECKS: Mapping[str, Callable[[Match, Situation | None], bool]] = dict.fromkeys(
    ANSWERS, alarm_choice.is_meant
)
"""Whether what was said fits the question that was asked."""
