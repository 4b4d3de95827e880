# ruff: noqa: T201 - a script that prints its tables
"""How well the echo cancellers do: ``PYTHONPATH=.:tests python tests/bench/echo.py`` prints tables.

Our own speech (Piper) in simulated rooms: how much of it each canceller removes over time, what it costs,
and how much of a request spoken over it, not lowered, is still read. Whole conversations are in
``barge_in.py``.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np
from real_speech import read, sentence
from room import Room
from room_talk import spoken

from device.echo import EchoCanceller
from device.echo_choice import CANCELLERS
from voice.audio import FRAME_SAMPLES, RATE, Samples, level_dbfs
from voice.stt import plain

OURS = (
    "The river Seine flows through Paris for thirteen kilometres, and many bridges cross it.",
    "The oldest one still standing is called the new bridge.",
    "People walk along its banks in the evening, when the lamps are lit, and boats pass by slowly.",
)
COMMANDS = (
    "what time is it in New York",
    "turn the volume down",
    "add milk and bread to my shopping list",
    "what is the capital of Japan",
)
ROOMS = {
    "no room, 0.1 s": Room(0.1, -6, 0, 0),
    "room": Room(0.1, -6, 0.2, 0),
    "room, 100 ppm": Room(0.1, -6, 0.2, 100),
    "room, 100 ppm, 0.02 s": Room(0.02, -6, 0.2, 100),
    "room, 100 ppm, 0.4 s": Room(0.4, -6, 0.2, 100),
    "large room, as loud": Room(0.1, 0, 0.4, 100),
}
SPANS = ((0.3, 1), (1, 3), (3, 6), (6, 14))
AHEAD = RATE // 10


def heard_in(room: Room, ours: Samples, near: Samples | None = None) -> Samples:
    """Return what the microphone hears."""
    heard = room.echo(ours, RATE, len(ours))
    heard += np.random.default_rng(0).normal(0, 8, len(ours))
    if near is not None:
        heard[: len(near)] += near
    return np.clip(np.rint(heard), -32768, 32767).astype(np.int16)


def cleaned(name: str, ours: Samples, heard: Samples) -> tuple[Samples, float]:
    """Return what a canceller leaves, and the seconds of processor a second of sound takes."""
    echo = EchoCanceller(CANCELLERS[name]())
    late = np.concatenate([ours, np.zeros(AHEAD, np.int16)])
    echo.played(late[:AHEAD], RATE, 100)
    out: list[Samples] = []
    began = time.process_time()
    for begin in range(0, len(heard) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        due = begin + AHEAD
        echo.played(late[due : due + FRAME_SAMPLES], RATE, 100 + due / RATE)
        out.append(echo.hear(heard[begin : begin + FRAME_SAMPLES], 100 + begin / RATE))
    return np.concatenate(out), (time.process_time() - began) / (len(heard) / RATE)


def removal(ours: Samples) -> None:
    """How much of our own speech goes, in dB, from so many seconds after its beginning."""
    print("dB removed            " + "  ".join(f"{a:g}-{b:g} s" for a, b in SPANS) + "   core %")
    for title, room in ROOMS.items():
        heard = heard_in(room, ours)
        for name in CANCELLERS:
            out, cost = cleaned(name, ours, heard)
            spans = [slice(round(a * RATE), round(b * RATE)) for a, b in SPANS]
            gone = [level_dbfs(heard[span]) - level_dbfs(out[span]) for span in spans]
            row = "  ".join(f"{db:5.1f}" for db in gone)
            print(f"{title:<22} {name:<7} {row}   {100 * cost:.1f}")


def recall(ours: Samples) -> None:
    """How many words of a request over our own, not lowered, speech are read."""
    print("words read over our speech (person against us at the microphone)")
    for drift in (0.0, 100.0):
        for level, title in ((1.0, "+8 dB"), (0.4, "0 dB")):
            found: dict[str, list[float]] = {"off": []} | {name: [] for name in CANCELLERS}
            for number, command in enumerate(COMMANDS):
                near = np.zeros(len(ours))
                begin, voice = round((6 + number) * RATE), sentence(command) * level
                near[begin : begin + len(voice)] = voice
                heard = heard_in(Room(0.1, -6, 0.2, drift), ours, near)
                for name in found:
                    out = heard if name == "off" else cleaned(name, ours, heard)[0]
                    text = plain(read(out[begin - 3200 : begin + len(voice) + 6400], RATE))
                    words = plain(command).split()
                    found[name].append(sum(word in text.split() for word in words) / len(words))
            row = "  ".join(f"{name} {np.mean(shares):.2f}" for name, shares in found.items())
            print(f"  {drift:3.0f} ppm, {title}: {row}")


def memory(make: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds and MB that loading something takes; the first call counts."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    make()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return time.monotonic() - began, (after - before) / 1024


def main() -> None:
    """Print everything."""
    for name, make in CANCELLERS.items():
        seconds, megabytes = memory(make)
        print(f"loading {name}: {seconds:.2f} s, {megabytes:.0f} MB")
    quiet = np.zeros(RATE // 4, np.int16)
    ours = np.concatenate([part for text in OURS for part in (spoken(text), quiet)])
    removal(ours)
    recall(ours)


if __name__ == "__main__":
    main()
