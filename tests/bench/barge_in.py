# ruff: noqa: T201 - a script that prints its tables
"""How well one can speak over an answer: ``PYTHONPATH=.:tests python tests/bench/barge_in.py [TRIALS]``.

Whole conversations in the room of the tests, with real models: what is said over our own speech, loud
and soft, with and without clocks that drift apart. Readings take the time that they take here; what
microphone and speaker say of their latency is counted (30 and 100 ms).
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field, replace

import numpy as np
from room import OUTPUT_S
from room_talk import ROOM, RoomTalk, in_room

from device.mixer import RAMP_S
from voice.events import Interrupted, TtsSpeaking
from voice.stt import plain

ANSWER = (
    "The river Seine flows through Paris for thirteen kilometres, and many bridges cross it. "
    "The oldest one still standing is called the new bridge. People walk along its banks in the "
    "evening, when the lamps are lit, and boats pass by slowly under the arches."
)
STOP, WAKE, BUTTON = "stop", "okay nabu", "(button)"
OTHER_STOPS = ("stop talking", "be quiet")
REQUESTS = (
    "what time is it in New York",
    "turn the volume down",
    "tell me about the museums instead",
    "what is the capital of Japan",
)
LEVELS = (1.0, 0.5, 0.25)
LIMIT_S = 3.0


@dataclass
class Tally:
    """What became of one way to speak over an answer."""

    right: list[float] = field(default_factory=list[float])
    """Share of the words that were understood; 1 or 0 for what is no request."""
    silent: list[float] = field(default_factory=list[float])
    """Seconds from the end of the words to silence."""
    ducked: list[float] = field(default_factory=list[float])
    """Seconds from the voice's beginning to a lower answer."""
    wrong: list[str] = field(default_factory=list[str])


async def over(talk: RoomTalk, words: str, level: float, after_s: float, tally: Tally) -> None:
    """Ask for an answer, say something over it, and take note of what happens."""
    await talk.rest()
    answers = len(talk.of(TtsSpeaking))
    talk.session.press()
    await asyncio.sleep(0.3)
    await talk.say("tell me about the river in paris")
    await talk.until(TtsSpeaking, answers + 1)
    await asyncio.sleep(after_s)
    before, heard = len(talk.of(Interrupted)), len(talk.heard)
    if words == BUTTON:
        begin = end = asyncio.get_running_loop().time()
        talk.session.press()
    else:
        begin, end = await talk.say(words, level=level)
    try:
        await talk.until(Interrupted, before + 1, limit_s=LIMIT_S)
    except TimeoutError:
        tally.right.append(0.0)
        tally.wrong.append("nothing")
    else:
        by = talk.of(Interrupted)[before].by
        await asyncio.sleep(0.3)
        tally.silent.append(talk.silent_since() - end)
        lower = [at for at in talk.ducked if at >= begin]
        if lower:  # else it was silenced without
            tally.ducked.append(lower[0] + OUTPUT_S + RAMP_S - begin)
        understood(talk, words, by, heard, tally)
    talk.session.stop()
    await talk.rest()
    await asyncio.sleep(1.5)


def understood(talk: RoomTalk, words: str, by: str, heard: int, tally: Tally) -> None:
    """Judge what an interruption was taken for."""
    text = plain(" ".join(talk.heard[heard:]))
    wanted = {STOP: "stop", WAKE: "wake_word", BUTTON: "button"}.get(words)
    if words in OTHER_STOPS:
        wanted = "stop"
    asked = plain(words).split()
    share = sum(word in text.split() for word in asked) / len(asked)
    tally.right.append(float(by == wanted) if wanted else share * (by == "voice"))
    if tally.right[-1] < 1:
        tally.wrong.append(f"{by}: {text}")


def spread(times: list[float]) -> str:
    """Return median and worst of some times, in ms."""
    if not times:
        return "never"
    return f"{1000 * np.median(times):.0f} (worst {1000 * max(times):.0f})"


def main() -> None:
    """Print everything."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    for drift in (0.0, 100.0):
        for level in LEVELS:
            kinds = {"stop": Tally(), "other stops": Tally(), "requests": Tally()}
            called = {"wake word": Tally(), "button": Tally()}

            async def scene(
                talk: RoomTalk,
                level: float = level,
                kinds: dict[str, Tally] = kinds,
                called: dict[str, Tally] = called,
            ) -> None:
                for number in range(trials):
                    after_s = 1.7 + 0.61 * number
                    await over(talk, STOP, level, after_s, kinds["stop"])
                    other = OTHER_STOPS[number % len(OTHER_STOPS)]
                    await over(talk, other, level, after_s, kinds["other stops"])
                    request = REQUESTS[number % len(REQUESTS)]
                    await over(talk, request, level, after_s, kinds["requests"])
                    await over(talk, WAKE, level, after_s, called["wake word"])
                    await over(talk, BUTTON, level, after_s, called["button"])

            room = replace(ROOM, drift_ppm=drift)
            in_room(scene, ANSWER, room=room, work_takes_time=True)
            print(f"{drift:.0f} ppm, level {level}")
            for name, tally in {**kinds, **called}.items():
                print(
                    f"  {name:<12} right {np.mean(tally.right):.2f} of {len(tally.right)}, "
                    f"silent {spread(tally.silent)} ms, ducked {spread(tally.ducked)} ms "
                    f"{tally.wrong or ''}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
