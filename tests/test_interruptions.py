"""Random conversations on virtual time: whatever happens when, every turn ends and nothing is left.

Each conversation is made from a seed, so that one that fails can be played again.
"""

from __future__ import annotations

import random
import time

from fakes import FakeModel, Reply
from script import Script, Talk

from voice.errors import (
    BadKeyError,
    BrokenStreamError,
    OfflineError,
    OverloadedError,
    TranscriptionError,
)
from voice.events import (
    Event,
    Idle,
    Interrupted,
    Listening,
    SttText,
    TtsFinished,
    TtsSpeaking,
    TtsText,
)
from voice.session import Session

CONVERSATIONS = 150
"""Some 700 turns."""

BUDGET_S = 30.0
"""Seconds after which no further conversation is begun, on a slow machine."""

SPOKEN = [
    "what is 12 times 13",
    "what time is it",
    "who was ada lovelace",
    "tell me a long story about the sea and the ships on it",
    "set a timer for",
    "stop",
    "never mind",
    "louder",
    "say that again",
    "new conversation",
    "yes",
    "mhm",
    "okay",
]
TEXTS = [
    "",
    " ",
    "Paris.",
    "Do you want to hear more?",
    "<think>Hm.</think>",
    "<think>Never closed",
    "I turned the volume up for you.",
    "```py\nprint(1)\n```",
    "Well, " + "that is a long story, " * 15 + "and it ends here.",
]
FAULTS = [None, None, None, OfflineError, OverloadedError, BadKeyError, BrokenStreamError]


def reply(dice: random.Random) -> Reply:
    """A model's answer of any shape, at any pace, that may fail or hang at its end."""
    fault = dice.choice(FAULTS)
    return Reply(
        dice.choice(TEXTS),
        first_s=dice.choice([0.0, 0.3, 3.0, 12.0]),
        token_s=dice.choice([0.0, 0.02, 0.3]),
        fault=fault("scripted") if fault else None,
        hang=dice.random() < 0.1,
    )


def happen(script: Script, dice: random.Random) -> None:
    """One thing that happens in the room, or to the assistant."""
    kind = dice.choice(
        ["wake", "ask", "ask", "ask", "say", "noise", "press", "stop", "mute", "stt", "both"]
    )
    if kind in ("wake", "ask", "both"):
        script.wake()
        script.pause(dice.choice([0.0, 0.1, 0.4, 1.0])) if kind != "wake" else None
    if kind in ("ask", "say", "both"):
        script.say(dice.choice(SPOKEN))
    if kind == "both":
        script.pause(dice.choice([0.2, 0.3, 0.5, 0.8])).say(dice.choice(SPOKEN))
    if kind == "noise":
        script.noise(dice.choice([0.1, 0.3, 1.5, 11.0]))
    if kind == "press":
        script.do(Session.press)
    if kind == "stop":
        script.do(Session.stop)
    if kind == "mute":
        script.do(lambda session: session.mute(True))
        script.pause(dice.choice([0.02, 0.5, 3.0]))
        script.do(lambda session: session.mute(False))
    if kind == "stt":
        fault = dice.choice([None, TranscriptionError("scripted")])
        script.do(lambda _: setattr(script.recognizer, "fault", fault))
    script.pause(dice.choice([0.02, 0.02, 0.06, 0.2, 0.36, 0.6, 0.9, 1.5, 3.0, 8.0]))


def conversation(seed: int) -> tuple[Script, float, list[Session]]:
    """A conversation, when its last question begins, and where its session will be found."""
    dice = random.Random(seed)
    script = Script(
        FakeModel(*(reply(dice) for _ in range(dice.randint(1, 6)))),
        turn={
            "barge_in": dice.choice(["on", "off"]),
            "follow_up": dice.choice(["off", "question", "always"]),
        },
        snd={"lead_in_ms": dice.choice([0, 300])},
    )
    script.recognizer.seconds = dice.choice([0.05, 0.3, 1.0])
    for _ in range(dice.randint(4, 12)):
        happen(script, dice)
    sessions: list[Session] = []
    script.do(sessions.append)
    script.do(lambda _: setattr(script.recognizer, "fault", None))
    script.pause(40).do(Session.stop).pause(2)
    began = script.now
    script.wake().pause(0.3).say("what is 20 plus 22").pause(6)
    return script, began, sessions


def wrong_order(events: list[Event]) -> list[str]:
    """What is wrong with the order of a conversation's events."""
    found: list[str] = []
    turn, asked, speaking = False, False, False
    for event in events:
        match event:
            case Listening():
                turn = True
            case SttText():
                if asked:
                    found.append("two requests in one turn")
                turn = asked = True
            case Interrupted("more_speech"):
                asked = False
            case TtsSpeaking():
                if speaking:
                    found.append("speaking twice")
                speaking = True
            case TtsFinished():
                if not speaking:
                    found.append("finished without speaking")
                speaking = False
            case Idle():
                if not turn:
                    found.append("idle without a turn")
                if speaking:
                    found.append("idle while speaking")
                turn = asked = False
            case _:
                pass
    return [
        *found,
        *(["a turn without idle"] if turn else []),
        *(["still speaking"] if speaking else []),
    ]


def wrong(script: Script, talk: Talk, last: float, session: Session) -> list[str]:
    """Everything that is not as it must be after a conversation."""
    found = wrong_order([event for _, event in talk.events])
    if talk.tasks_left or talk.requests_open or script.recognizer.running:
        found.append(f"left: {talk.tasks_left} tasks, {talk.requests_open} requests")
    if "internal" in talk.errors:
        found.append("an internal error")
    if not session.idle or not session._ears.endpoint.closed:
        found.append("still listening")
    assert talk.speaker
    if talk.speaker._mixer._duck.target != 1.0:
        found.append("the speaker is still lowered")
    answers = [e.text for t, e in talk.events if t > last and isinstance(e, TtsText)]
    if answers != ["42"]:
        found.append(f"the last question was answered with {answers}")
    return found


def test_whatever_happens_every_turn_ends_and_the_next_one_works():
    began = time.monotonic()
    turns = 0
    for seed in range(CONVERSATIONS):
        script, last, sessions = conversation(seed)
        talk = script.play()
        turns += len(talk.endings)
        assert not (found := wrong(script, talk, last, sessions[0])), f"seed {seed}: {found}"
        if time.monotonic() - began > BUDGET_S:
            break
    assert turns > CONVERSATIONS
