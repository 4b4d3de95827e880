"""Which alarms a request means, when they ring, and how they are told in answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from voice.agenda.changes import SetAlarm
from voice.agenda.due import Ringable
from voice.agenda.entries import EVERY_DAY, Alarm, At
from voice.agenda.recurrence import Weekly, next_after, zone_of
from voice.agenda.view import View
from voice.intents.phrases import Inflected, Phrases
from voice.intents.vocabulary import AskBack, DeviceAnswer, Match, Situation
from voice.intents.when import Moment, Repeat

WHICH = frozenset({"alarm", "alarm_when", "position"})
"""Slots that tell one alarm from the others; besides there are ``all``, ``day`` and, in an answer to
our own question, ``among``: the ids of those that it was about."""

WORKING, FREE = frozenset(range(5)), frozenset({5, 6})
A_MONDAY = date(2024, 1, 1)


def pick(
    match: Match,
    situation: Situation,
    phrases: Phrases,
    fits: Callable[[Alarm], bool] = lambda _: True,
) -> Sequence[Alarm] | DeviceAnswer:
    """Return the alarms that are meant, one at least; else what is answered instead.

    Those that ``fits`` are meant rather than others. Of several one is asked for, unless all are.
    """
    view = situation.agenda
    if view is None:
        return DeviceAnswer(phrases.say("agenda_none"))
    if not view.alarms:
        return DeviceAnswer(phrases.say("alarm_none", situation.variety))
    found = meant(match, view, situation, phrases)
    if not found:
        return DeviceAnswer(_none_such(match, situation, phrases))
    if match.slots.get("all"):
        return found
    found = tuple(alarm for alarm in found if fits(alarm)) or found
    if len(found) == 1:
        return found
    choices = phrases.choices([told(alarm, situation, phrases) for alarm in found])
    said = {key: value for key, value in match.slots.items() if key not in WHICH}
    if day_of(match, situation, phrases) and "alarm_when" in match.slots:
        said["day"] = match.slots["alarm_when"]  # "tomorrow's alarm" stays tomorrow's
    asked = AskBack("alarm", match.intent, {**said, "among": [alarm.id for alarm in found]}, True)
    text = phrases.say("alarm_which", situation.variety, choices=choices)
    return DeviceAnswer(text, (asked,), expects_reply=True)


def meant(match: Match, view: View, situation: Situation, phrases: Phrases) -> tuple[Alarm, ...]:
    """Return the alarms that a match may mean, the next one to ring first."""
    slots = match.slots
    among = slots.get("among")
    alarms = tuple(a for a in view.alarms if not isinstance(among, list) or a.id in among)
    if slots.get("all"):
        return alarms
    if "alarm" in slots:
        named = view.alarms_like(name=str(slots["alarm"]))
        alarms = tuple(alarm for alarm in alarms if alarm in named)
    if "alarm_when" in slots:
        alarms = _at(alarms, str(slots["alarm_when"]), situation, phrases)
    if "day" in slots:
        alarms = _at(alarms, str(slots["day"]), situation, phrases)
    if isinstance(position := slots.get("position"), int):
        here = -len(alarms) <= position < len(alarms)
        alarms = (alarms[position],) if here else ()
    return alarms


ABOUT_ALARMS = frozenset(
    (
        *("SetAlarm", "MoveAlarm", "CancelAlarm", "SwitchAlarm", "SkipAlarm", "KeepAlarm"),
        *("GetAlarms", "StopAlarm", "StopRinging", "Snooze"),
    )
)
"""Intents behind which "the first one" is an alarm."""


def is_meant(match: Match, situation: Situation | None) -> bool:
    """Whether a match can be about alarms: "cancel the first one", without the word, needs one.

    An answer to our question names an alarm at all; whether there is that one, is seen by its words.
    """
    slots, view = match.slots, situation.agenda if situation else None
    if slots.get("new_only"):  # "the gym alarm": where there is one, that one is to be moved
        return view is None or not view.alarms_like(name=str(slots.get("name")))
    if slots.get("loose"):
        if view is None or not view.alarms or ("position" in slots and view.timers):
            return False
        if "position" in slots and situation and situation.last_intent not in ABOUT_ALARMS:
            return False  # "delete the last one" may be said of a list, or of what a model told
        return "alarm" not in slots or bool(view.alarms_like(name=str(slots["alarm"])))
    return "among" not in slots or bool(slots.get("all") or WHICH & slots.keys())


def rings(view: View, alarm: Alarm) -> bool:
    """Whether an alarm rings, or has just stopped."""
    entries: list[Ringable] = [*(due.entry for due in view.ringing), *view.just_rang]
    return any(entry.id == alarm.id for entry in entries)


def day_of(match: Match, situation: Situation, phrases: Phrases) -> date | None:
    """Return the day that a match is about: "tomorrow", "tomorrow's alarm"; None without one."""
    words = match.slots.get("day", match.slots.get("alarm_when"))
    moment = phrases.when.moment(str(words), situation.now) if words else None
    return moment.day if moment and moment.day_said else None


def rings_on(alarm: Alarm, day: date) -> bool:
    """Whether an alarm rings on a day, if it is on."""
    if alarm.day is not None:
        return alarm.day == day
    return day.weekday() in alarm.days and day not in alarm.skipped


def days_of(repeat: Repeat) -> frozenset[int] | None:
    """Return the days of the week that a repetition is on; None: it is no such repetition."""
    if repeat.rule == "FREQ=DAILY":
        return EVERY_DAY
    weekly = repeat.rule.startswith("FREQ=WEEKLY;BYDAY=")
    return frozenset(repeat.weekdays) if weekly and repeat.weekdays else None


def next_ring(alarm: Alarm | SetAlarm, now: datetime) -> datetime | None:
    """Return when an alarm rings after now, in its zone."""
    if alarm.day is not None:
        schedule = At(datetime.combine(alarm.day, alarm.at), alarm.zone)
    else:
        skipped = alarm.skipped if isinstance(alarm, Alarm) else ()
        schedule = Weekly(alarm.at, alarm.days or EVERY_DAY, alarm.zone, skipped)
    moment = next_after(schedule, now.timestamp())
    return None if moment is None else datetime.fromtimestamp(moment, zone_of(alarm.zone))


# -- how they are told ---------------------------------------------------------------------------


def told(alarm: Alarm, situation: Situation, phrases: Phrases) -> str:
    """Tell an alarm: its name, time and day or days, and whether it is off."""
    if alarm.day is not None:
        day = phrases.day(alarm.day, situation.now.date())
    else:
        day = days_told(alarm.days, phrases)
    key = "alarm_told_named" if alarm.name else "alarm_told"
    said = phrases.say(key, time=time_told(alarm.at, situation, phrases), day=day, name=alarm.name)
    return said if alarm.enabled else phrases.say("alarm_told_off", alarm=said)


def days_told(days: frozenset[int], phrases: Phrases) -> str:
    """Tell the days that an alarm repeats on."""
    for some, name in ((EVERY_DAY, "every"), (WORKING, "weekdays"), (FREE, "weekends")):
        if days == some:
            return phrases.say(f"alarm_days_{name}")
    names = [phrases.weekday(A_MONDAY + timedelta(days=day)) for day in sorted(days)]
    return phrases.say("alarm_days_some", days=phrases.listing(names))


def time_told(at: time, situation: Situation, phrases: Phrases) -> str:
    """Tell a time of day."""
    return phrases.time(datetime.combine(A_MONDAY, at), situation.clock_24h)


def until_told(moment: datetime, situation: Situation, phrases: Phrases) -> Inflected:
    """Tell how long it is until a moment, to the minute."""
    seconds = moment.timestamp() - situation.now.timestamp()
    return phrases.duration(max(1, round(seconds / 60)) * 60, 2)


def zone_name(situation: Situation) -> str:
    """Return the IANA name of the zone in which alarms are set here."""
    zone = situation.home_zone
    return zone.key if isinstance(zone, ZoneInfo) else "UTC"


# -- which are meant -----------------------------------------------------------------------------


def _at(
    alarms: Sequence[Alarm], words: str, situation: Situation, phrases: Phrases
) -> tuple[Alarm, ...]:
    """Return the alarms of a time, a day, days, or both."""
    when = phrases.when
    if repeat := when.repeat(words, situation.now):
        days = days_of(repeat)
        on_days = [alarm for alarm in alarms if alarm.days == days]
        return tuple(a for a in on_days if repeat.clock in (None, a.at) or repeat.part)
    found = [
        moment
        for hours in (0, 6, 12, 18)
        if (moment := when.moment(words, situation.now.replace(hour=hours, minute=1)))
    ]
    timed = {moment.clock for moment in found if moment.clock and not moment.part}
    day = next((moment.day for moment in found if moment.day_said), None)
    there = [alarm for alarm in alarms if day is None or rings_on(alarm, day)]
    if not timed:
        return tuple(there) if day else ()
    exact = tuple(a for a in there if a.at.replace(second=0, microsecond=0) in timed)
    hours = {clock.hour for clock in timed if not clock.minute}  # "the 7 alarm" may be 7:30's
    return exact or tuple(alarm for alarm in there if alarm.at.hour in hours)


def _none_such(match: Match, situation: Situation, phrases: Phrases) -> str:
    if "alarm" in match.slots:
        return phrases.say("alarm_no_such_named", alarm=match.slots["alarm"])
    if words := match.slots.get("alarm_when", match.slots.get("day")):
        found = phrases.when.moment(str(words), situation.now, "morning")
        if isinstance(found, Moment) and found.clock and not found.part:
            time = time_told(found.clock, situation, phrases)
            return phrases.say("alarm_no_such_time", time=time)
        if found and found.day_said:
            return phrases.say("alarm_none_on", day=phrases.day(found.day, situation.now.date()))
    return phrases.say("alarm_no_such")
