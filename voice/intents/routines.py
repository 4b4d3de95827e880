"""Saying and doing what was asked about routines, and working out what running one says and does.

A routine is started by its phrase, which comes before everything else that a sentence may mean
(``said``), by its name ("run the morning routine"), or by its time (``voice.bell``). Where it is
started by somebody's words, its steps become one answer (``run``): what it says and what its commands
say and do. What only the model or the screen can do is left over, as the effect ``RunSteps``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time

from voice.agenda.changes import Remove, RemoveAll, SetEnabled, SetRoutine
from voice.agenda.entries import EVERY_DAY, Ask, Routine, Run, Say, Step
from voice.agenda.names import same_name
from voice.agenda.view import View
from voice.intents.keeping import Keeping, keeping, yes_or_no
from voice.intents.phrases import Phrases
from voice.intents.saying_when import clock_of, parts_of, weekly
from voice.intents.stepping import as_steps, said_of
from voice.intents.vocabulary import DeviceAnswer, Match, RunSteps, Situation
from voice.intents.when import Repeat

Answer = Callable[[str], DeviceAnswer | None]
"""Plans the answer to a sentence; None where the device does not understand it."""


def set_routine(match: Match, kept: Keeping) -> DeviceAnswer:
    """Keep a routine."""
    steps = as_steps(match.slots["steps"])
    done = _done(steps, kept)
    if phrase := match.slots.get("phrase"):
        phrase = str(phrase)
        if match.slots.get("taken"):
            return kept.told("routine_taken", phrase=phrase)
        there = any(same_name(old.name, phrase) for old in kept.view.routines)
        key = "routine_replaced" if there else "routine_set_phrase"
        return DeviceAnswer(
            kept.say(key, phrase=phrase, steps=done), (SetRoutine(phrase, steps, phrase),)
        )
    if name := match.slots.get("name"):
        said = kept.say("routine_set_name", name=name, steps=done)
        return DeviceAnswer(said, (SetRoutine(str(name), steps),))
    repeat = kept.phrases.when.repeat(str(match.slots["when"]), kept.situation.now)
    at, days = _weekly(repeat, kept) if repeat else (None, EVERY_DAY)
    if at is None:
        return kept.told("routine_only_weekly")
    again = [
        old.name for old in kept.view.routines if (old.at, old.days, old.steps) == (at, days, steps)
    ]
    name = again[0] if again else _name_for(at, kept)
    when = _when(at, days, kept)
    zone = str(getattr(kept.situation.home_zone, "key", "UTC"))
    said = kept.say("routine_set_time", when=when, steps=done, name=name)
    return DeviceAnswer(said, (SetRoutine(name, steps, at=at, days=days, zone=zone),))


def get_routines(match: Match, kept: Keeping) -> DeviceAnswer:
    """Tell which routines there are, or what one of them does."""
    routines = kept.view.routines
    if not routines:
        return kept.told("routines_none")
    if "routine_name" in match.slots:
        routine = _named(match, kept)
        if routine is None:
            return _unknown(match, kept)
        done = _done(routine.steps, kept)
        return kept.told("routine_does", name=routine.name, when=_starts(routine, kept), steps=done)
    told = [kept.say("routine_told", name=one.name, when=_starts(one, kept)) for one in routines]
    count = kept.phrases.count(len(routines), "routine")
    return kept.told("routines_are", count=count, routines="; ".join(told))


def delete_routine(match: Match, kept: Keeping) -> DeviceAnswer:
    """Delete a routine, or all of them after a question."""
    routines = kept.view.routines
    if not routines:
        return kept.told("routines_none")
    if match.slots.get("all"):
        count = kept.phrases.count(len(routines), "routine")
        if not match.slots.get("sure"):
            return yes_or_no(kept.say("routines_delete_sure", count=count), match)
        return DeviceAnswer(kept.say("routines_deleted"), (RemoveAll("routine"),))
    routine = _named(match, kept)
    if routine is None:
        return _unknown(match, kept)
    said = kept.say("routine_deleted", name=routine.name)
    return DeviceAnswer(said, (Remove((routine.id,)),))


def set_routine_enabled(match: Match, kept: Keeping) -> DeviceAnswer:
    """Switch a routine on or off."""
    routine = _named(match, kept)
    if routine is None:
        return _unknown(match, kept)
    enabled = bool(match.slots["enabled"])
    key = "routine_on" if enabled else "routine_off"
    return DeviceAnswer(kept.say(key, name=routine.name), (SetEnabled((routine.id,), enabled),))


def run_routine(match: Match, kept: Keeping) -> DeviceAnswer:
    """Start a routine: all its steps are left over, as nobody answers commands here; see ``run``."""
    routine = _named(match, kept)
    if routine is None:
        return _unknown(match, kept)
    # What is asked must not be a routine's phrase: it could be this one's, and so on for ever.
    steps = (
        step
        for step in routine.steps
        if not (isinstance(step, Ask) and kept.view.routine_said(step.question))
    )
    return DeviceAnswer("", (RunSteps(tuple(steps)),))


ANSWERS: Mapping[str, Callable[[Match, Situation, Phrases], DeviceAnswer]] = {
    "SetRoutine": keeping(set_routine),
    "GetRoutines": keeping(get_routines),
    "DeleteRoutine": keeping(delete_routine),
    "SetRoutineEnabled": keeping(set_routine_enabled),
    "RunRoutine": keeping(run_routine),
}


def said(text: str, words: Sequence[str], view: View | None) -> Match | None:
    """Return what a sentence means if it is the phrase of a routine, as a whole.

    ``words`` are the plain words of ``text``, with and without politeness around them.
    """
    if view is None or not view.routines:
        return None
    found = next(filter(None, map(view.routine_said, (text, *words))), None)
    return Match("RunRoutine", {"routine_name": found.name}) if found else None


def run(planned: DeviceAnswer, answer: Answer) -> DeviceAnswer:
    """Do the steps of a routine that is started, as far as the device can, in one answer.

    ``planned`` is the answer of ``RunRoutine``; ``answer`` plans that of a command.
    """
    steps = next((e.steps for e in planned.effects if isinstance(e, RunSteps)), None)
    if steps is None:
        return planned
    answers, left = performed(steps, answer)
    texts = [each.text for each in answers if each.text]
    effects = [effect for each in answers for effect in each.effects]
    return DeviceAnswer(
        " ".join(texts),
        (*effects, *([RunSteps(left)] if left else [])),
        expects_reply=bool(answers) and not left and answers[-1].expects_reply,
    )


def performed(
    steps: Sequence[Step], answer: Answer
) -> tuple[tuple[DeviceAnswer, ...], tuple[Step, ...]]:
    """Return the answers of the first steps, and the steps from the first on that has none here.

    A command that is not understood (any more) is left out.
    """
    answers: list[DeviceAnswer] = []
    for at, step in enumerate(steps):
        match step:
            case Say(text):
                answers.append(DeviceAnswer(_sentence(text)))
            case Run(sentence):
                if found := answer(sentence):
                    answers.append(found)
            case _:
                return tuple(answers), tuple(steps[at:])
    return tuple(answers), ()


def _sentence(text: str) -> str:
    """Write a text as a sentence of its own."""
    text = text[:1].upper() + text[1:]
    return text if text[-1:] in ".!?…" else f"{text}."


def _named(match: Match, kept: Keeping) -> Routine | None:
    """Return the routine of a name, or the one with such a phrase."""
    name = str(match.slots["routine_name"])
    return next(iter(kept.view.routines_like(name)), None) or kept.view.routine_said(name)


def _unknown(match: Match, kept: Keeping) -> DeviceAnswer:
    return kept.told("routine_unknown", name=match.slots["routine_name"])


def _weekly(repeat: Repeat, kept: Keeping) -> tuple[time | None, frozenset[int]]:
    """Return the time of day and the days of the week; None for the time: there are no such days."""
    usual = clock_of(str(kept.phrases.tables["routine_words"]["usual_time"]))
    at, parts = repeat.clock or usual, parts_of(repeat.rule)
    if "INTERVAL" in parts or parts["FREQ"] not in ("DAILY", "WEEKLY"):
        return None, EVERY_DAY
    return at, frozenset(repeat.weekdays) or EVERY_DAY


def _name_for(at: time, kept: Keeping) -> str:
    """Return a name for a routine by its time, one that none has: "morning", "morning 2"."""
    begins = kept.phrases.tables["routine_words"]["names"]
    name = [str(name) for begin, name in begins if clock_of(begin) <= at][-1]
    names = [name, *(f"{name} {number}" for number in range(2, 200))]
    there = [routine.name for routine in kept.view.routines]
    return next(one for one in names if not any(same_name(one, other) for other in there))


def _when(at: time, days: frozenset[int], kept: Keeping) -> str:
    moment = datetime.combine(kept.situation.now.date(), at)
    told = kept.phrases.time(moment, kept.situation.clock_24h)
    return kept.say("when_day_time", day=weekly(days, kept.phrases), time=told)


def _starts(routine: Routine, kept: Keeping) -> str:
    """Say when a routine is done."""
    if routine.at is None:
        key = "routine_by_phrase" if routine.phrase else "routine_by_name"
        when = kept.say(key, phrase=routine.phrase)
    else:
        when = _when(routine.at, routine.days, kept)
    return when if routine.enabled else kept.say("routine_is_off", when=when)


def _done(steps: Sequence[Step], kept: Keeping) -> str:
    """Say what steps do: "say good night and turn the volume to 10 percent"."""
    ours = kept.phrases.tables["routine_words"]["said_back"]
    told = [
        kept.say("step_say" if isinstance(step, Say) else "step_do", text=text)
        for step in steps
        for text in [kept.said_back(said_of(step)) if ours else said_of(step)]
    ]
    return kept.phrases.listing(told)
