"""What the device says and does about each intent.

Answers are pure functions of the match and the situation; the table at the end is the list of
everything answered here. "Hello" and "thank you" are among them, although a model would answer
them too: at once and without a network is better than elaborate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voice.intents import arithmetic, clock, figures
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


def answer(match: Match, situation: Situation) -> DeviceAnswer:
    """Plan the answer to a match; nothing is changed yet. KeyError for an unknown intent."""
    return _ANSWERS[match.intent](match, situation)


def _calculate(match: Match, situation: Situation) -> DeviceAnswer:
    try:
        value = arithmetic.evaluate(str(match.slots["expression"]))
    except arithmetic.NoResult as outcome:
        return DeviceAnswer(str(outcome))
    return DeviceAnswer(figures.written(value, str(match.slots.get("currency", ""))))


def _set_volume(match: Match, situation: Situation) -> DeviceAnswer:
    asked = match.slots["percent"]
    assert isinstance(asked, int | float)
    percent = min(100, max(0, round(asked)))
    text = f"Volume {percent} percent."
    if asked > 100:
        text = "Volume 100 percent, that's the loudest."
    # At zero nothing could be heard anyway.
    return DeviceAnswer(text if percent else "", (SetVolume(percent),))


def _change_volume(match: Match, situation: Situation) -> DeviceAnswer:
    step = match.slots.get("step")
    if not isinstance(step, int):
        amount = match.slots.get("amount")
        step = VOLUME_STEPS[amount if isinstance(amount, str) else None]
    old = situation.volume_percent
    if match.slots["direction"] == "up":
        new = min(100, old + step)
        if new == old:
            return DeviceAnswer("That's as loud as I get.", (SetVolume(new),))
    else:
        new = max(min(old, QUIETEST_STEP), old - step)
        if new == old:
            return DeviceAnswer("That's as quiet as I get. Say mute for silence.")
    return DeviceAnswer(f"Volume {new} percent.", (SetVolume(new),))


def _set_muted(match: Match, situation: Situation) -> DeviceAnswer:
    if match.slots["muted"]:
        return DeviceAnswer("", (SetMuted(True),))
    return DeviceAnswer("Sound is on.", (SetMuted(False),))


def _get_volume(match: Match, situation: Situation) -> DeviceAnswer:
    muted = ", and the speaker is muted" if situation.muted else ""
    return DeviceAnswer(f"The volume is {situation.volume_percent} percent{muted}.")


def _repeat_answer(match: Match, situation: Situation) -> DeviceAnswer:
    return DeviceAnswer(situation.last_answer or "I haven't said anything yet.")


def _what_heard(match: Match, situation: Situation) -> DeviceAnswer:
    if not situation.last_heard:
        return DeviceAnswer("I haven't heard anything before this.")
    return DeviceAnswer(f"I heard: “{situation.last_heard.strip()}”")


def _stop(match: Match, situation: Situation) -> DeviceAnswer:
    return DeviceAnswer("", (StopAll(),))


def _never_mind(match: Match, situation: Situation) -> DeviceAnswer:
    return DeviceAnswer("", (Cancel(),))


def _stop_listening(match: Match, situation: Situation) -> DeviceAnswer:
    # Said as it is: this version can't close the microphone, and must not claim to.
    waits = f"for “{situation.wake_word}”" if situation.wake_word else "for the button"
    return DeviceAnswer(
        f"I can't switch the microphone off by voice, but now I only wait {waits}.", (Cancel(),)
    )


def _help(match: Match, situation: Situation) -> DeviceAnswer:
    rest = (
        "Ask me anything else and the language model answers."
        if situation.model_name
        else "For other questions I need a language model, and none is set up."
    )
    return DeviceAnswer(
        "I tell the time and the date, here and in other places, do sums, and change how loud and "
        f"how fast I speak. Say stop, repeat that, or new conversation at any time. {rest}"
    )


def _new_conversation(match: Match, situation: Situation) -> DeviceAnswer:
    return DeviceAnswer("Okay, a fresh start.", (NewConversation(),))


def _change_speed(match: Match, situation: Situation) -> DeviceAnswer:
    direction = match.slots["direction"]
    if direction == "normal":
        return DeviceAnswer("This is my normal pace.", (SetSpeed(1.0),))
    amount = match.slots.get("amount")
    step = SPEED_STEPS[amount if isinstance(amount, str) else None]
    old = situation.speech_speed
    new = round(old + (step if direction == "faster" else -step), 2)
    new = min(SPEED_RANGE[1], max(SPEED_RANGE[0], new))
    if new == old:
        return DeviceAnswer(f"I can't speak any {direction}.")
    return DeviceAnswer(f"Okay, {direction}.", (SetSpeed(new),))


def _get_model(match: Match, situation: Situation) -> DeviceAnswer:
    if situation.model_name:
        return DeviceAnswer(f"I use {situation.model_name}.")
    return DeviceAnswer("No language model is set up. The time, sums and volume still work.")


def _get_status(match: Match, situation: Situation) -> DeviceAnswer:
    # Whether the model can be reached is known only by asking it, so that is not claimed.
    if situation.model_name:
        return DeviceAnswer(f"I'm here. For most questions I use {situation.model_name}.")
    return DeviceAnswer("I'm here, working offline: no language model is set up.")


def _thanks(match: Match, situation: Situation) -> DeviceAnswer:
    return DeviceAnswer("You're welcome.")


_GREETINGS = {
    "hello": "Hello.",
    "morning": "Good morning.",
    "afternoon": "Good afternoon.",
    "evening": "Good evening.",
    "night": "Good night.",
    "bye": "Goodbye.",
}
_PARTINGS = frozenset({"night", "bye"})


def _greet(match: Match, situation: Situation) -> DeviceAnswer:
    greeting = str(match.slots["greeting"])
    if greeting in _PARTINGS:
        return DeviceAnswer(_GREETINGS[greeting], (Cancel(),))
    return DeviceAnswer(f"{_GREETINGS[greeting]} What can I do for you?", expects_reply=True)


_ANSWERS: Mapping[str, Callable[[Match, Situation], DeviceAnswer]] = {
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
}

INTENTS = frozenset(_ANSWERS)
"""The names of all intents that are answered here."""
