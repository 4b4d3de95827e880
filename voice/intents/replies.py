"""What the device says and does about each intent.

Answers are pure functions of the match and the situation; the table at the end is the list of
everything answered here. The words are in the sentence files, under ``replies``. "Hello" and "thank you" are among them, although a model would answer
them too: at once and without a network is better than elaborate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voice.intents import (
    alarms,
    arithmetic,
    calendar_answers,
    chance,
    clock,
    figures,
    lists,
    money,
    notes,
    reminders,
    routines,
    settings,
    timers,
    units,
    voices,
    zones,
)
from voice.intents.phrases import Phrases
from voice.intents.vocabulary import (
    Cancel,
    DeviceAnswer,
    Match,
    NewConversation,
    SetMuted,
    SetSpeed,
    SetVolume,
    Situation,
    StopAll,
)

VOLUME_STEPS = {"bit": 5, None: 10, "lot": 25}
"""Percent that "a bit louder", "louder" and "a lot louder" change."""

QUIETEST_STEP = 5
"""Percent below which "quieter" does not go: silence is "mute", or a volume of zero."""

SPEED_STEPS = {"bit": 0.1, None: 0.2, "lot": 0.4}
"""What "a bit slower", "slower" and "a lot slower" change of the voice's own pace."""

SPEED_RANGE = (0.5, 2.0)
"""Bounds of ``tts.speed``."""


Answering = Callable[[Match, Situation, Phrases], DeviceAnswer]
"""Plans the answer to a match in the words of a language."""

CHECKS: Mapping[str, Callable[[Match, Situation | None], bool]] = {
    **alarms.CHECKS,
    **timers.CHECKS,
    **lists.CHECKS,
    **notes.CHECKS,
    **reminders.CHECKS,
}
"""By intent: whether it is meant in a situation. For sentences that take any words: an answer to a
question of ours, or "how long is left on the pasta", which means a timer only where there is that one."""


def answer(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Plan the answer to a match; nothing is changed yet. KeyError for an unknown intent."""
    return _ANSWERS[match.intent](match, situation, phrases)


def is_meant(match: Match, situation: Situation | None) -> bool:
    """Whether a match can be meant in a situation; None where it is not known."""
    check = CHECKS.get(match.intent)
    return check is None or check(match, situation)


def _calculate(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    try:
        value = arithmetic.evaluate(str(match.slots["expression"]))
    except arithmetic.NoResult as outcome:
        return DeviceAnswer(phrases.say(str(outcome)))
    return DeviceAnswer(figures.written(value, phrases, str(match.slots.get("currency", ""))))


def _set_volume(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    asked = match.slots["percent"]
    assert isinstance(asked, int | float)
    percent = min(100, max(0, round(asked)))
    if not percent:  # nothing could be heard anyway
        return DeviceAnswer("", (SetVolume(0),))
    key = "volume_is_loudest" if asked > 100 else "volume_set"
    return DeviceAnswer(phrases.say(key, situation.variety, percent=percent), (SetVolume(percent),))


def _change_volume(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    step = match.slots.get("step")
    if not isinstance(step, int):
        amount = match.slots.get("amount")
        step = VOLUME_STEPS[amount if isinstance(amount, str) else None]
    old = situation.volume_percent
    if match.slots["direction"] == "up":
        new = min(100, old + step)
        if new == old:
            return DeviceAnswer(phrases.say("volume_no_louder"), (SetVolume(new),))
    else:
        new = max(min(old, QUIETEST_STEP), old - step)
        if new == old:
            return DeviceAnswer(phrases.say("volume_no_quieter"))
    said = phrases.say("volume_set", situation.variety, percent=new)
    return DeviceAnswer(said, (SetVolume(new),))


def _set_muted(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    if match.slots["muted"]:
        return DeviceAnswer("", (SetMuted(True),))
    return DeviceAnswer(phrases.say("volume_sound_on", situation.variety), (SetMuted(False),))


def _get_volume(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    key = "volume_is_muted" if situation.muted else "volume_is"
    return DeviceAnswer(phrases.say(key, percent=situation.volume_percent))


def _repeat_answer(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    return DeviceAnswer(situation.last_answer or phrases.say("talk_nothing_said"))


def _what_heard(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    if not situation.last_heard:
        return DeviceAnswer(phrases.say("talk_nothing_heard"))
    return DeviceAnswer(phrases.say("talk_heard", text=situation.last_heard.strip()))


def _stop(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    return DeviceAnswer("", (StopAll(),))


def _never_mind(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    return DeviceAnswer("", (Cancel(),))


def _stop_listening(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    # Said as it is: this version can't close the microphone, and must not claim to.
    key = "talk_waits_for_word" if situation.wake_word else "talk_waits_for_button"
    return DeviceAnswer(phrases.say(key, wake_word=situation.wake_word), (Cancel(),))


def _help(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    return DeviceAnswer(
        phrases.say("talk_help" if situation.model_name else "talk_help_without_model")
    )


def _new_conversation(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    said = phrases.say("talk_new_conversation", situation.variety)
    return DeviceAnswer(said, (NewConversation(),))


def _change_speed(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    direction = match.slots["direction"]
    if direction == "normal":
        return DeviceAnswer(phrases.say("speed_normal", situation.variety), (SetSpeed(1.0),))
    amount = match.slots.get("amount")
    step = SPEED_STEPS[amount if isinstance(amount, str) else None]
    old = situation.speech_speed
    new = round(old + (step if direction == "faster" else -step), 2)
    new = min(SPEED_RANGE[1], max(SPEED_RANGE[0], new))
    if new == old:
        return DeviceAnswer(phrases.say(f"speed_no_{direction}"))
    return DeviceAnswer(phrases.say(f"speed_{direction}", situation.variety), (SetSpeed(new),))


def _get_model(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    key = "model_is" if situation.model_name else "model_is_none"
    return DeviceAnswer(phrases.say(key, model=situation.model_name))


def _get_status(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    # Whether the model can be reached is known only by asking it, so that is not claimed.
    key = "status_with_model" if situation.model_name else "status_without_model"
    return DeviceAnswer(phrases.say(key, model=situation.model_name))


def _thanks(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    return DeviceAnswer(phrases.say("talk_welcome", situation.variety))


_PARTINGS = frozenset({"night", "bye"})


def _greet(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    greeting = str(match.slots["greeting"])
    said = phrases.say(f"greet_{greeting}", situation.variety)
    if greeting in _PARTINGS:
        return DeviceAnswer(said, (Cancel(),))
    return DeviceAnswer(said, expects_reply=True)


_ANSWERS: Mapping[str, Answering] = {
    "GetTime": clock.get_time,
    "GetDate": clock.get_date,
    "GetDay": clock.get_day,
    "GetMonthOrYear": clock.get_month_or_year,
    "GetWeek": clock.get_week,
    "Calculate": _calculate,
    "SetVolume": _set_volume,
    "ChangeVolume": _change_volume,
    "SetMuted": _set_muted,
    "GetVolume": _get_volume,
    "RepeatAnswer": _repeat_answer,
    "WhatHeard": _what_heard,
    "Stop": _stop,
    "NeverMind": _never_mind,
    "StopListening": _stop_listening,
    "Help": _help,
    "NewConversation": _new_conversation,
    "ChangeSpeed": _change_speed,
    "GetModel": _get_model,
    "GetStatus": _get_status,
    "Thanks": _thanks,
    "Greet": _greet,
    **units.ANSWERS,
    **money.ANSWERS,
    **calendar_answers.ANSWERS,
    **chance.ANSWERS,
    **zones.ANSWERS,
    **lists.ANSWERS,
    **notes.ANSWERS,
    **reminders.ANSWERS,
    **routines.ANSWERS,
    **alarms.ANSWERS,
    **timers.ANSWERS,
    **settings.ANSWERS,
    **voices.ANSWERS,
}

INTENTS = frozenset(_ANSWERS)
"""The names of all intents that are answered here."""
