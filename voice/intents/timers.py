"""Timers: what is said and done about each request.

Which timer is meant is found by name, length, order or state; with one timer nothing needs to be said.
Where several may be meant it is asked back, and what is answered completes the request. A timer that
rings, or has just stopped, is silenced by "cancel the timer", not another one cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from voice.agenda.changes import (
    Change,
    ChangeTimer,
    PauseTimers,
    Remove,
    Rename,
    ResumeTimers,
    SetTimer,
)
from voice.agenda.entries import Timer
from voice.agenda.view import View
from voice.intents import timer_choice
from voice.intents.phrases import Phrases
from voice.intents.timer_choice import called, left, might_mean, pick
from voice.intents.vocabulary import (
    JSON,
    AskBack,
    DeviceAnswer,
    Effect,
    Match,
    Situation,
    StopAll,
)


def set_timer(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Start a timer; without a length it is asked for."""
    if situation.agenda is None:
        return DeviceAnswer(phrases.say("agenda_none"))
    name, length = _text(match, "name"), _number(match, "length")
    if "until" in match.slots:
        moment = phrases.when.moment(str(match.slots["until"]), situation.now)
        if moment is None or moment.at is None or moment.past:
            return DeviceAnswer(phrases.say("fault_agenda_past"))
        length = float(round(moment.at.timestamp() - situation.now.timestamp()))
        key = "timer_set_until_named" if name else "timer_set_until"
        said = phrases.say(
            key,
            time=phrases.time(moment.at, situation.clock_24h),
            length=phrases.duration(max(60.0, 60 * round(length / 60)), 2),
            name=name,
        )
        return DeviceAnswer(said, (SetTimer(length, name),))
    if match.slots.get("sure") and "figure" in match.slots:
        length = 60.0 * cast(int, match.slots["figure"])
    if length is None:
        return _ask_length(match, situation, phrases)
    said = {"length": phrases.duration(length), "name": name}
    key = "timer_set_named" if name else "timer_set"
    return DeviceAnswer(phrases.say(key, situation.variety, **said), (SetTimer(length, name),))


def _ask_length(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    slots = {key: value for key, value in match.slots.items() if key == "name"}
    if "figure" in match.slots and "sure" not in match.slots:  # "a timer for 10"
        figure = cast(int, match.slots["figure"])
        text = phrases.say("timer_minutes", minutes=phrases.duration(60 * figure))
        asked = AskBack("minutes", match.intent, {**slots, "figure": figure})
    else:
        key = "timer_how_long_named" if slots else "timer_how_long"
        text = phrases.say(key, situation.variety, **slots)
        asked = AskBack("length", match.intent, slots)
    return DeviceAnswer(text, (asked,), expects_reply=True)


def change_timer(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Give timers more time, or take some off."""
    timers = pick(match, situation, phrases)
    if isinstance(timers, DeviceAnswer):
        return timers
    less = match.slots["direction"] == "less"
    by = cast(int, match.slots["length"]) * (-1 if less else 1)
    view = cast(View, situation.agenda)
    for timer in timers:
        if view.left_s(timer) + by <= 0:
            return DeviceAnswer(phrases.say("timer_too_short", left=left(timer, view, phrases)))
    said = [
        _of(
            "timer_less" if less else "timer_more",
            timer,
            situation,
            phrases,
            by=phrases.duration(abs(by)),
            left=phrases.duration(view.left_s(timer) + by, 2),
        )
        for timer in timers
    ]
    return DeviceAnswer(" ".join(said), tuple(ChangeTimer(timer.id, by) for timer in timers))


def replace_timer(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Let a timer run for another length from now on; it is called by that afterwards.

    "Set the pasta timer to 10 minutes" sets it where there is none.
    """
    length = cast(int, match.slots["length"])
    view = situation.agenda
    if view and match.slots.get("or_new") and not timer_choice.meant(match, view):
        name = match.slots.get("timer")
        return set_timer(Match("SetTimer", {"length": length, "name": name}), situation, phrases)
    return _anew(match, situation, phrases, "timer_replaced", length)


def restart_timer(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Let a timer begin again, or the one that ran last."""
    view = situation.agenda
    if view and not view.timers:
        ran = next((entry for entry in view.recent if isinstance(entry, Timer)), None)
        if ran and might_mean(ran, match, view):
            said = phrases.say(
                "timer_restarted", situation.variety, length=phrases.duration(ran.length_s)
            )
            return DeviceAnswer(said, (SetTimer(ran.length_s, ran.name),))
    return _anew(match, situation, phrases, "timer_restarted", None)


def _anew(
    match: Match, situation: Situation, phrases: Phrases, key: str, length: float | None
) -> DeviceAnswer:
    """Put a new timer in the place of each one picked."""
    timers = pick(match, situation, phrases)
    if isinstance(timers, DeviceAnswer):
        return timers
    effects: list[Effect] = [Remove(tuple(timer.id for timer in timers))]
    effects += [SetTimer(length or timer.length_s, timer.name) for timer in timers]
    lengths = dict.fromkeys(phrases.duration(length or timer.length_s).text for timer in timers)
    said = phrases.say(key, situation.variety, length=phrases.listing([*lengths]))
    return DeviceAnswer(said, tuple(effects))


def pause_timer(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Stop timers for a while."""
    return _halt(match, situation, phrases, "paused")


def resume_timer(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Let paused timers go on."""
    return _halt(match, situation, phrases, "resumed")


def _halt(match: Match, situation: Situation, phrases: Phrases, done: str) -> DeviceAnswer:
    pausing = done == "paused"

    def fits(timer: Timer) -> bool:
        return (timer.due is None) != pausing

    view = situation.agenda
    found = timer_choice.meant(match, view) if view else ()
    if view and len(found) > 1 and not any(map(fits, found)):
        return DeviceAnswer(phrases.say("timer_paused_all" if pausing else "timer_none_paused"))
    timers = pick(match, situation, phrases, fits)
    if view is None or isinstance(timers, DeviceAnswer):
        return cast(DeviceAnswer, timers)
    to_change = [timer for timer in timers if fits(timer)]
    if not to_change:
        key = "timer_paused_already" if pausing else "timer_running_already"
        return DeviceAnswer(phrases.say(key, left=left(timers[0], view, phrases)))
    ids = tuple(timer.id for timer in to_change)
    effect: Change = PauseTimers(ids) if pausing else ResumeTimers(ids)
    if len(to_change) > 1:
        return DeviceAnswer(phrases.say(f"timer_{done}_all"), (effect,))
    (timer,) = to_change
    said = _of(f"timer_{done}", timer, situation, phrases, left=left(timer, view, phrases))
    return DeviceAnswer(said, (effect,))


def cancel_timer(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Cancel timers; of those that ring it is only silenced what rings."""
    view = situation.agenda
    if view and any(might_mean(ran, match, view) for ran in timer_choice.ringing(view)):
        gone = tuple(t.id for t in timer_choice.ringing(view) if might_mean(t, match, view))
        still = tuple(id_ for id_ in gone if id_ in view.entries)
        if not match.slots.get("all") or len(view.timers) == len(still):
            return DeviceAnswer("", (Remove(still),) if still else (StopAll(),))
    timers = pick(match, situation, phrases)
    if isinstance(timers, DeviceAnswer):
        return timers
    effect = Remove(tuple(timer.id for timer in timers))
    if len(timers) > 1:
        count = phrases.count(len(timers), "timer")
        key = "timer_cancelled_both" if len(timers) == 2 else "timer_cancelled_all"
        said = phrases.say(key, situation.variety, count=count)
        return DeviceAnswer(said, (effect,))
    return DeviceAnswer(_of("timer_cancelled", timers[0], situation, phrases), (effect,))


def rename_timer(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Give a timer another name."""
    timers = pick(match, situation, phrases)
    if isinstance(timers, DeviceAnswer):
        return timers
    name = str(match.slots["name"])
    effects = tuple(Rename(timer.id, name) for timer in timers)
    return DeviceAnswer(phrases.say("timer_renamed", name=name), effects)


def get_timers(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell how long timers still run; where it is not said which, of all."""
    timers = pick(match, situation, phrases, ask=False)
    if isinstance(timers, DeviceAnswer):
        return timers
    view = cast(View, situation.agenda)
    said = [
        _of(_state(timer, view), timer, situation, phrases, left=left(timer, view, phrases))
        for timer in timers
    ]
    if match.slots.get("all") and len(timers) > 1:
        count = phrases.count(len(timers), "timer")
        said.insert(0, phrases.say("timer_count", count=count))
    return DeviceAnswer(" ".join(said))


def _state(timer: Timer, view: View) -> str:
    if timer.due is None:
        return "timer_left_paused"
    return "timer_left" if view.left_s(timer) else "timer_ringing"


def _of(key: str, timer: Timer, situation: Situation, phrases: Phrases, **values: object) -> str:
    """Say something of a timer; which one only where there are several, or it has a name."""
    view = cast(View, situation.agenda)
    if len(view.timers) == 1 and not timer.name:
        return phrases.say(key, situation.variety, **values)
    name = called(timer, view.timers, view, phrases)
    return phrases.say(f"{key}_of", situation.variety, timer=name, **values)


def _number(match: Match, slot: str) -> float | None:
    found = match.slots.get(slot)
    return float(found) if isinstance(found, int | float) else None


def _text(match: Match, slot: str) -> str | None:
    found: JSON = match.slots.get(slot)
    return None if found is None else str(found)


ANSWERS: Mapping[str, Callable[[Match, Situation, Phrases], DeviceAnswer]] = {
    "SetTimer": set_timer,
    "ChangeTimer": change_timer,
    "ReplaceTimer": replace_timer,
    "PauseTimer": pause_timer,
    "ResumeTimer": resume_timer,
    "RestartTimer": restart_timer,
    "CancelTimer": cancel_timer,
    "GetTimers": get_timers,
    "RenameTimer": rename_timer,
}

CHECKS: Mapping[str, Callable[[Match, Situation | None], bool]] = dict.fromkeys(
    ANSWERS, timer_choice.is_meant
)
"""Whether what was said fits the timers that there are."""
