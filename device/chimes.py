"""Short sounds that say what is going on, and how they were made.

``python -m device.chimes`` writes them to ``device/sounds``; they are committed, so that nobody has to.
Pure tones with soft edges, so soft and of such pitches that no voice activity detector takes them for
speech (tests/test_chimes.py).
"""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from voice.audio import FloatSamples, Samples, Sound

FOLDER = Path(__file__).parent / "sounds"

RATE = 48_000
"""Samples a second of the files: what sound cards take as it is."""

PEAK = 10 ** (-22 / 20)
"""As loud as calm speech. Louder, or outside 1000 to 1700 Hz, WebRTC's detector (mode 3) takes even a
pure tone for voice; Silero does so below 500 Hz only."""

Note = tuple[float, float, float]
"""A tone: when it begins and how long it lasts in seconds, and its pitch in Hz."""

SCORES: dict[str, tuple[Note, ...]] = {
    "wake": ((0.0, 0.09, 1174.7), (0.05, 0.10, 1568.0)),
    "end": ((0.0, 0.09, 1568.0), (0.05, 0.10, 1174.7)),
    "error": ((0.0, 0.07, 1174.7), (0.11, 0.07, 1174.7)),
    "thinking": ((0.0, 0.12, 1318.5),),
    "ring": tuple(
        (0.55 * time + 0.11 * step, 0.16, pitch)
        for time in range(2)
        for step, pitch in enumerate((1174.7, 1318.5, 1568.0))
    ),
}
"""wake: go ahead (up a fourth); end: listening is over (down again); error; thinking: still at it;
ring: a timer is over (three notes up, twice)."""

SOFT = {"thinking": 0.5}
"""Sounds that are quieter than the others, as a share."""


def chimes() -> dict[str, Sound]:
    """Return all chimes by name: ``wake``, ``end``, ``error``, ``thinking``, ``ring``."""
    return {name: _read(FOLDER / f"{name}.wav") for name in SCORES}


def make(name: str) -> Sound:
    """Synthesize a chime."""
    notes = SCORES[name]
    total = np.zeros(round(max(begin + length for begin, length, _ in notes) * RATE), np.float32)
    for begin, length, pitch in notes:
        tone = _tone(length, pitch)
        at = round(begin * RATE)
        total[at : at + len(tone)] += tone[: len(total) - at]
    total *= PEAK * SOFT.get(name, 1.0) / np.abs(total).max()
    return Sound(np.rint(total * 32767).astype(np.int16), RATE)


def write_all() -> None:
    """Write every chime to its file."""
    for name in SCORES:
        sound = make(name)
        with wave.open(str(FOLDER / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(sound.rate)
            file.writeframes(sound.samples.astype("<i2").tobytes())


def _tone(length: float, pitch: float) -> FloatSamples:
    """Return a sine that swells in 10 ms and dies away over its length."""
    time_line = np.arange(round(length * RATE)) / RATE
    swell = np.sin(np.pi / 2 * np.minimum(1, time_line / 0.01)) ** 2
    decay = np.cos(np.pi / 2 * time_line / length) ** 2
    return (np.sin(2 * np.pi * pitch * time_line) * swell * decay).astype(np.float32)


def _read(path: Path) -> Sound:
    with wave.open(str(path), "rb") as file:
        samples: Samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
        return Sound(samples, file.getframerate())


if __name__ == "__main__":
    write_all()
