"""Which timers a request means, and how they are called in answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from voice.agenda.entries import Timer
from voice.agenda.view import LENGTH_S, View
from voice.intents.phrases import Inflected, Phrases
from voice.intents.vocabulary import AskBack, DeviceAnswer, Match, Situation

WHICH = frozenset({"timer", "timer_length", "position", "state"})
"""Slots that tell one timer from the others; besides there are ``all`` and, in an answer to our own
question, ``among``: the ids of those that it was about."""

ABOUT_S = 45.0
"""Seconds by which "the one with 2 minutes left" may be off: it was asked a few seconds ago."""


def pick(
    match: Match,
    situation: Situation,
    phrases: Phrases,
    fits: Callable[[Timer], bool] = lambda _: True,
    *,
    ask: bool = True,
) -> Sequence[Timer] | DeviceAnswer:
    """Return the timers that are meant, one at least; else what is answered instead.

    Those that ``fits`` are meant rather than others. Of several one is asked for, unless all are
    meant, or ``ask`` is false.
    """
    view = situation.agenda
    if view is None:
        return DeviceAnswer(phrases.say("agenda_none"))
    if not view.timers:
        return DeviceAnswer(phrases.say("timer_none", situation.variety))
    found = meant(match, view)
    if not found:
        return DeviceAnswer(_none_such(match, view, phrases))
    if match.slots.get("all"):
        return found
    found = tuple(timer for timer in found if fits(timer)) or found
    if len(found) > 1 and ask:
        return _which(found, match, view, situation, phrases)
    return found


def meant(match: Match, view: View) -> tuple[Timer, ...]:
    """Return the timers that a match may mean, in the order in which they were set."""
    slots = match.slots
    among = slots.get("among")
    timers = tuple(
        timer for timer in view.timers if not isinstance(among, list) or timer.id in among
    )
    if slots.get("all"):
        return timers
    name, length = slots.get("timer"), cast(float | None, slots.get("timer_length"))
    if name is not None:
        named = view.timers_like(name=str(name))
        timers = tuple(timer for timer in timers if timer in named)
    if length is not None:
        timers = _of_length(timers, length, view)
    if isinstance(position := slots.get("position"), int):
        here = -len(timers) <= position < len(timers)
        timers = (timers[position],) if here else ()
    state = slots.get("state")
    if state == "next":
        running = [timer for timer in timers if timer.due]
        return (min(running, key=view.left_s),) if running else ()
    if state is not None:
        timers = tuple(timer for timer in timers if (timer.due is None) == (state == "paused"))
    return timers


def might_mean(ran: Timer, match: Match, view: View) -> bool:
    """Whether a match may mean a timer that rings or rang: it names that one, or none."""
    alone = View(view.now, {ran.id: ran}, articles=view.articles)
    return bool(meant(match, alone))


def ringing(view: View) -> tuple[Timer, ...]:
    """Return the timers that ring, or have just stopped."""
    entries = [*(due.entry for due in view.ringing), *view.just_rang]
    return tuple(entry for entry in entries if isinstance(entry, Timer))


def is_meant(match: Match, situation: Situation | None) -> bool:
    """Whether a match fits the timers that there are.

    An answer to our question must name some of those it was about; "the pasta", without the word
    timer, one that there is.
    """
    view = situation.agenda if situation else None
    if match.slots.get("loose"):
        return view is not None and bool(meant(match, view))
    if "among" not in match.slots:
        return True
    if view is None or not (match.slots.get("all") or WHICH & match.slots.keys()):
        return False
    return bool(meant(match, view))


def called(timer: Timer, among: Sequence[Timer], view: View, phrases: Phrases) -> str:
    """Return what a timer is called: by its name, else by its length, else by what is left of it."""
    if timer.name:
        same = [other for other in among if other.name == timer.name]
        if len(same) < 2:
            return phrases.say("timer_named", name=timer.name)
    elif sum(not o.name and abs(o.length_s - timer.length_s) < LENGTH_S for o in among) < 2:
        return phrases.say("timer_of_length", length=phrases.duration(timer.length_s))
    return phrases.say("timer_with_left", left=left(timer, view, phrases))


def left(timer: Timer, view: View, phrases: Phrases) -> Inflected:
    """Write the time left of a timer."""
    return phrases.duration(view.left_s(timer), 2)


def _of_length(timers: Sequence[Timer], length: float, view: View) -> tuple[Timer, ...]:
    set_for = tuple(timer for timer in timers if abs(timer.length_s - length) < LENGTH_S)
    return set_for or tuple(
        timer for timer in timers if abs(view.left_s(timer) - length) <= ABOUT_S
    )


def _none_such(match: Match, view: View, phrases: Phrases) -> str:
    slots = match.slots
    if "timer" in slots and len(view.timers) == 1:
        only = called(view.timers[0], view.timers, view, phrases)
        return phrases.say("timer_no_such_only", timer=slots["timer"], only=only)
    if "timer" in slots:
        return phrases.say("timer_no_such", timer=slots["timer"])
    if "timer_length" in slots:
        length = phrases.duration(cast(float, slots["timer_length"]))
        return phrases.say("timer_no_such_length", length=length)
    return phrases.say("timer_no_such_other")


def _which(
    found: Sequence[Timer], match: Match, view: View, situation: Situation, phrases: Phrases
) -> DeviceAnswer:
    choices = phrases.choices([called(timer, found, view, phrases) for timer in found])
    said = {key: value for key, value in match.slots.items() if key not in WHICH}
    asked = AskBack("timer", match.intent, {**said, "among": [timer.id for timer in found]}, True)
    text = phrases.say("timer_which", situation.variety, choices=choices)
    return DeviceAnswer(text, (asked,), expects_reply=True)
