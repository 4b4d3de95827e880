"""Conversations made by dice: anything may be said, pressed, broken or answered, at any moment.

Each is made from a seed, so that one that fails can be played again:
``PYTHONPATH=.:tests python -c "from random_talk import told; print(told(4711))"``.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

from fakes import FakeModel, FakeVerifier, Reply
from script import Script, Talk

from voice.errors import (
    BadKeyError,
    BrokenStreamError,
    OfflineError,
    OverloadedError,
    SaysoError,
    TranscriptionError,
)
from voice.session import Session

WORDS = ["okay_nabu", "alexa"]

SPOKEN = [
    "what is 12 times 13",
    "what time is it",
    "who was ada lovelace",
    "tell me a long story about the sea and the ships on it",
    "set a timer for",
    "make it quieter please would you",
    "set the volume to 30",
    "stop",
    "never mind",
    "louder",
    "say that again",
    "new conversation",
    "yes",
    "no",
    "what",
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
    "Well, " + "that is a long story, " * 9 + "and it ends here.",
]
CALLS = [
    'set_volume {"percent": 30}',
    'set_volume {"percent": "loud"}',
    "get_volume {}",
    'no_such_tool {"a": 1}',
]
FAULTS = [None, None, None, OfflineError, OverloadedError, BadKeyError, BrokenStreamError]

LOOK_S = 0.4
"""Seconds between two looks at whether something is left while nothing is going on."""

REST_S = 50.0
"""Seconds in which everything comes to rest by itself: the longest answer of the slowest model, read
out, and a follow-up that nobody makes use of."""

PAUSES = [0.02, 0.02, 0.06, 0.1, 0.2, 0.3, 0.36, 0.5, 0.6, 0.7, 0.9, 1.5, 3.0, 8.0]

KINDS = ["wake", "ask", "ask", "ask", "both", "say", "whisper", "noise"]
KINDS += ["press", "stop", "mute", "recognizer", "verifier"]


@dataclass(frozen=True)
class Conversation:
    """A random conversation, with a plain question at its end."""

    script: Script
    local: bool
    """Whether the model is asked before the end of a request is certain."""
    last: float
    """When the last question begins, which nothing disturbs; its answer is 42."""
    unrest: list[str] = field(default_factory=list[str])
    """What was still there at some moment in which no turn was under way."""

    def play(self) -> Talk:
        for moment in range(round(self.script.now / LOOK_S)):
            self.script.do_at(moment * LOOK_S + 0.007, self._look)
        self.script.do_at(self.last, self._rests)
        return self.script.play()

    def _look(self, session: Session) -> None:
        if not session.idle:
            return
        script, now = self.script, asyncio.get_running_loop().time()
        for what, is_left in {
            "open ears": not session._ears.endpoint.closed,
            "a task": len(asyncio.all_tasks()) > 1,
            "a request to the model": script.model.open,
            "a reading": script.recognizer.running,
            "an answer in the speaker": session._speaker._mixer.answering,  # type: ignore[attr-defined] # it is one with a mixer
        }.items():
            if is_left:
                self.unrest.append(f"{what} at rest, at {now:.1f} s")

    def _rests(self, session: Session) -> None:
        if not session.idle:
            self.unrest.append("it never came to rest")


def conversation(seed: int) -> Conversation:
    """Make a conversation; with an even seed the model is a local one."""
    dice = random.Random(seed)
    local = seed % 2 == 0
    replies = [_reply(dice) for _ in range(dice.randint(1, 6))]
    script = Script(
        FakeModel(*replies, local=local, tools=dice.random() < 0.5),
        echo=dice.random() < 0.2,
        verifier=FakeVerifier(*WORDS) if dice.random() < 0.5 else None,
        turn={
            "barge_in": dice.choice(["auto", "on", "off"]),
            "follow_up": dice.choice(["off", "question", "always"]),
            "follow_up_max": dice.choice([0, 1, 3]),
        },
        snd={"lead_in_ms": dice.choice([0, 300])},
        wake={"words": WORDS, "verify": dice.choice(["auto", "on"])},
    )
    script.recognizer.seconds = dice.choice([0.05, 0.3, 1.0])
    for _ in range(dice.randint(4, 12)):
        _happen(script, dice)
    script.do(lambda _: _mend(script)).pause(REST_S)
    last = script.now
    script.wake().pause(0.3).say("what is 20 plus 22").pause(6)
    return Conversation(script, local, last)


def told(seed: int) -> str:
    """Return what happens in a conversation, an event a line."""
    return "\n".join(f"{at:7.2f} {event}" for at, event in conversation(seed).play().events)


def _reply(dice: random.Random) -> Reply:
    """A model's answer of any shape, at any pace, that may call a tool, fail or hang at its end."""
    fault = dice.choice(FAULTS)
    return Reply(
        dice.choice(TEXTS),
        first_s=dice.choice([0.0, 0.3, 3.0, 12.0]),
        token_s=dice.choice([0.0, 0.02, 0.3]),
        fault=fault("scripted") if fault else None,
        hang=dice.random() < 0.1,
        call=dice.choice(CALLS) if dice.random() < 0.3 else "",
    )


def _happen(script: Script, dice: random.Random) -> None:
    """One thing that happens in the room, or to the assistant."""
    kind = dice.choice(KINDS)
    if kind in ("wake", "ask", "both"):
        script.wake(*dice.choice([(0,), (0,), (1,), (0, 1)]))
        script.pause(dice.choice([0.0, 0.06, 0.14, 0.4, 1.0])) if kind != "wake" else None
    if kind in ("ask", "say", "both"):
        script.say(dice.choice(SPOKEN))
    if kind == "both":
        script.pause(dice.choice([0.0, 0.2, 0.3, 0.5, 0.8, 1.2])).say(dice.choice(SPOKEN))
    if kind == "whisper":
        script.whisper(dice.choice(SPOKEN), *(dice.random() for _ in range(20)))
    if kind == "noise":
        script.noise(dice.choice([0.1, 0.3, 1.5, 11.0]))
    if kind == "press":
        script.press()
    if kind == "stop":
        script.stop()
    if kind == "mute":
        script.mute().pause(dice.choice([0.02, 0.5, 3.0])).unmute()
    if kind == "recognizer":
        fault = dice.choice([None, TranscriptionError("scripted")])
        script.do(lambda _: setattr(script.recognizer, "fault", fault))
    if kind == "verifier":
        seconds, says = dice.choice([0.02, 0.2, 0.9]), dice.choice([None, None, 0.1])
        broken = TranscriptionError("scripted") if dice.random() < 0.3 else None
        script.do(lambda _: _trouble(script, seconds, says, broken))
    script.pause(dice.choice(PAUSES))


def _trouble(script: Script, seconds: float, says: float | None, fault: SaysoError | None) -> None:
    """Make the second look at wake words slow, wrong or broken."""
    if verifier := script.verifier:
        verifier.seconds, verifier.says, verifier.fault = seconds, says, fault


def _mend(script: Script) -> None:
    _trouble(script, 0.04, None, None)
    script.recognizer.fault = None
