"""How often wake words are found and made up, over thresholds and noise, with and without the verifier.

    python tests/bench/wake_curves.py DATA            # DATA/wake, DATA/commands, DATA/noise
    python tests/bench/wake_curves.py DATA --half 0   # only the people that are chosen by (1: the others)
    python tests/bench/wake_curves.py DATA --word hey_jarvis

Each clip is scored once by the real detectors and looked at once by the real recogniser, wherever a gate
asks; then the real ``WakeGate`` is played over it with every pair of limits, which takes milliseconds.
Only "Alexa" is said by people here. What stands for the other three words is the Piper voice at several
speeds and pitches: good enough to see a verifier that takes "Jarvis" for "Hey Jarvis", no measure of how
people are understood.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from device import models
from device.bench.accuracy import AROUND_S, mixed
from device.bench.room import in_the_room
from device.demo import speech
from device.engines.sound_files import read
from device.playback import convert
from voice.audio import FRAME_S, FRAME_SAMPLES, RATE, Samples, Sound, silence
from voice.engines.faster_whisper import FasterWhisper
from voice.engines.micro_wake_word import MicroWakeWordDetector
from voice.engines.piper import Piper
from voice.verify import PhraseVerifier
from voice.wake import Wake, WakeGate

WORDS = ("alexa", "hey_jarvis", "hey_mycroft", "okay_nabu")
SCORES = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
EVIDENCE = (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)

SAID = {
    "alexa": "Alexa",
    "hey_jarvis": "Hey Jarvis",
    "hey_mycroft": "Hey my croft",
    "okay_nabu": "Okay nahboo",
}
"""The wake words, so that the voice pronounces them as people do."""

SIMILAR = {
    "alexa": ("Alexis", "Alexander", "election", "electric", "a letter", "relax a bit", "Texas"),
    "hey_jarvis": (
        "Jarvis",
        "Jarvis is here",
        "hey Travis",
        "hey Charlie",
        "hey service",
        "a harvest",
    ),
    "hey_mycroft": (
        "my croft",
        "hey Microsoft",
        "hey Michael",
        "my craft",
        "microphone",
        "hey my love",
    ),
    "okay_nabu": (
        "okay",
        "nahboo",
        "okay now",
        "okay not you",
        "okay maybe",
        "taboo",
        "okay Google",
    ),
}
"""What only sounds like them."""

VERSIONS = ((1.0, 1.0), (0.9, 1.1), (1.1, 0.9), (1.2, 1.0), (0.85, 0.95), (1.0, 1.15))
"""Speeds and pitches."""


@dataclass
class Clip:
    """A piece of sound with what the detectors make of it."""

    kind: str
    name: str
    sound: Samples
    spoken_s: tuple[float, float] | None = None
    """When the wake word is said in it; None where it is not."""
    words: tuple[str, ...] = WORDS
    """Detectors that it is for."""
    scores: dict[str, list[float]] = field(default_factory=dict)
    evidence: dict[tuple[str, int], float] = field(default_factory=dict)
    """What was found when a word was looked for at the end of a frame."""


class Thorough(PhraseVerifier):
    """Looks as closely as it can, whatever would be enough."""

    def enough(self, word: str) -> float:
        return 2.0


class Replayed:
    """A detector whose scores are known, with the verifier's answers to the frame it is at."""

    threshold = 0.9

    def __init__(self, clip: Clip, word: str, look: PhraseVerifier, enough: float) -> None:
        self.name = word
        self._clip = clip
        self._look = look
        self._enough = enough
        self._number = -1

    def hear(self, frame: Samples) -> float:
        self._number += 1
        return self._clip.scores[self.name][self._number]

    def reset(self) -> None: ...

    def enough(self, word: str) -> float:
        return self._enough

    def ask(self, word: str, samples: Samples) -> Future[float]:
        key = (word, self._number)
        if key not in self._clip.evidence:
            self._clip.evidence[key] = self._look.evidence(word, samples)
        answer: Future[float] = Future()
        answer.set_result(self._clip.evidence[key])
        return answer


def frames_of(sound: Samples) -> Sequence[Samples]:
    """Return sound in frames; what is left over is dropped."""
    count = len(sound) // FRAME_SAMPLES
    return list(sound[: count * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES))


def score(clips: Iterable[Clip]) -> None:
    """Have the detectors hear all clips."""
    detectors = {word: MicroWakeWordDetector(word) for word in WORDS}
    for clip in clips:
        for word in clip.words:
            detectors[word].reset()
            clip.scores[word] = [detectors[word].hear(frame) for frame in frames_of(clip.sound)]


def wakes(
    clip: Clip, word: str, look: PhraseVerifier, candidate: float, enough: float | None
) -> list[tuple[float, Wake]]:
    """Return when a word wakes in a clip, in seconds; without the verifier where ``enough`` is None."""
    replayed = Replayed(clip, word, look, 0.0 if enough is None else enough)
    if enough is None:
        replayed.threshold = candidate
        gate = WakeGate([(replayed, None)])
    else:
        gate = WakeGate([(replayed, None)], verifier=replayed, candidate=candidate)
    found: list[tuple[float, Wake]] = []
    for number, frame in enumerate(frames_of(clip.sound)):
        if wake := gate.hear(frame):
            found.append(((number + 1) * FRAME_S, wake))
    return found


def right(clip: Clip, found: list[tuple[float, Wake]]) -> bool:
    """Whether the word was found where it was said, and not by the noise beside it."""
    assert clip.spoken_s
    first, last = clip.spoken_s
    return any(first <= at <= last for at, _ in found)


def people(data: Path, half: int | None) -> list[Clip]:
    """Return the recordings of people, "Alexa" also with a kitchen 10 and 5 dB below it."""
    kitchen = read(data / "noise" / "kitchen.flac")
    clips = [Clip("kitchen alone", "kitchen", kitchen)]
    quiet = silence(AROUND_S)
    for number, file in enumerate(sorted((data / "wake" / "alexa").glob("*.flac"))):
        if half is not None and number % 2 != half:
            continue
        recording = read(file)
        sound = np.concatenate([quiet, recording, quiet])
        spoken = (AROUND_S, AROUND_S + len(recording) / RATE + 0.5)
        clips.append(Clip("said, clean", file.name, sound, spoken))
        for below in (10.0, 5.0):
            noisy = mixed(sound, np.roll(kitchen, -number * RATE), below)
            clips.append(Clip(f"said, {below:.0f} dB", file.name, noisy, spoken))
    for kind in ("wake/other", "commands"):
        for number, file in enumerate(sorted((data / kind).glob("*.flac"))):
            if half is not None and number % 2 != half:
                continue
            sound = np.concatenate([quiet, read(file), quiet])
            clips.append(Clip("other speech, clean", file.name, sound))
            noisy = mixed(sound, np.roll(kitchen, -number * RATE), 10.0)
            clips.append(Clip("other speech, 10 dB", file.name, noisy))
    return clips


def synthetic(voice: Piper) -> list[Clip]:
    """Return the wake words and what sounds like them, by the Piper voice."""
    clips: list[Clip] = []
    for word in WORDS:
        for text in (SAID[word], *SIMILAR[word]):
            for speed, pitch in VERSIONS:
                said = _say(voice, text, speed, pitch)
                sound = in_the_room(np.concatenate([silence(1.0), said, silence(1.0)]))
                name = f"{text} {speed} {pitch}"
                if text == SAID[word]:
                    spoken = (1.0, 1.5 + len(said) / RATE)
                    clips.append(Clip("said, voice", name, sound, spoken, (word,)))
                else:
                    clips.append(Clip("similar, voice", name, sound, None, (word,)))
    return clips


def _say(voice: Piper, text: str, speed: float, pitch: float) -> Samples:
    voice.speed = speed
    said = speech(voice, text)
    return convert(Sound(said, round(RATE * pitch)), RATE)


def table(
    clips: Sequence[Clip],
    word: str,
    look: PhraseVerifier,
    show: Callable[[str], None] = print,
) -> None:
    """Print what is found of a word, and made up, at each pair of limits."""
    mine = [clip for clip in clips if word in clip.words]
    if word != "alexa":  # who says "Alexa" says something else
        for clip in mine:
            if clip.kind.startswith("said, ") and clip.kind != "said, voice":
                clip.spoken_s = None
    kinds = list(dict.fromkeys(clip.kind for clip in mine))
    show(
        f"\n{word}: of {', '.join(f'{kind} {sum(c.kind == kind for c in mine)}' for kind in kinds)}"
    )
    show(f"{'score':>6} {'evidence':>8}  " + "  ".join(f"{kind:>19}" for kind in kinds))
    rows: list[tuple[float, float | None]] = [(s, None) for s in SCORES]
    rows += [(s, e) for s in SCORES[:4] for e in EVIDENCE]
    for candidate, enough in rows:
        counts: list[str] = []
        for kind in kinds:
            of_kind = [clip for clip in mine if clip.kind == kind]
            found = [wakes(clip, word, look, candidate, enough) for clip in of_kind]
            said = sum(
                right(clip, f) if clip.spoken_s else bool(f)
                for clip, f in zip(of_kind, found, strict=True)
            )
            counts.append(f"{said:>19}")
        show(f"{candidate:6} {enough or '-':>8}  " + "  ".join(counts))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--word", choices=WORDS, action="append")
    options = parser.parse_args()
    clips = people(options.data, options.half)
    clips += synthetic(Piper(models.find_voice("en_US-joe-medium")))
    for clip in clips:
        clip.words = tuple(word for word in clip.words if word in (options.word or WORDS))
    score(clips)
    look = Thorough(FasterWhisper(models.find_whisper("tiny.en")), lambda call: Future())
    for word in options.word or WORDS:
        table(clips, word, look)


if __name__ == "__main__":
    main()
