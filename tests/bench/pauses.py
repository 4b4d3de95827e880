"""Speech with pauses where people make them, for measuring when a request is taken to be over.

Two kinds of takes. *People*: the recordings of ``tests/people.py``, cut at the quietest spot between
two words that Whisper's own word times name. *Voice*: sentences of ``tests/data/completeness_en.txt``
by the Piper voice, spoken with a comma at the gap, so that the part before it is pronounced to its
end and the melody stays up. A pause is the room's noise. What was read is kept in a JSON file, so
that a second run needs no recogniser.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from labelled_requests import requests

from device.bench.room import noise
from voice.audio import RATE, Samples, silence
from voice.stt import Transcript

HOP = RATE // 100
SEARCH_S = 0.08
"""How far from where Whisper puts the end of a word its quietest spot may be."""
FADE = RATE // 200
CORPUS = "completeness_en.txt"


@dataclass(frozen=True, slots=True)
class Take:
    """Somebody says something, and could have stopped at some places."""

    name: str
    half: int
    """0: to choose by; 1: to report on."""
    sound: Samples
    """Ends with the last sample of speech."""
    cuts: tuple[int, ...]
    """Samples at which a pause may be put in."""
    whole: tuple[bool, ...] = ()
    """Of each cut whether what was said before is a request by itself; unknown of people."""


@dataclass(slots=True)
class Notes:
    """What was made of pieces of sound before, kept in a file."""

    path: Path
    known: dict[str, object] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Notes:
        """Read the file, if it is there."""
        return cls(path, json.loads(path.read_text()) if path.exists() else {})

    def save(self) -> None:
        """Write the file."""
        self.path.write_text(json.dumps(self.known))

    def of(self, kind: str, samples: Samples, make: Callable[[], object]) -> object:
        """Return what is known of a piece of sound, making it first if need be."""
        key = f"{kind} {hashlib.sha1(samples.tobytes()).hexdigest()}"
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]


def by_the_voice(
    say: Callable[[str], Samples], sentences: int, gaps: int, seed: int = 3
) -> list[Take]:
    """Return sentences of the corpus, one take for every gap; ``say`` speaks without silence around."""
    chance = random.Random(seed)
    every = [entry for entry in enumerate(requests(CORPUS)) if len(entry[1].words) > 3]
    takes: list[Take] = []
    for number, request in sorted(chance.sample(every, sentences), key=lambda entry: entry[0]):
        words = request.words
        for size in sorted(chance.sample(range(1, len(words)), min(gaps, len(words) - 1))):
            head = " ".join(words[:size]).rstrip(",")
            sound = say(f"{head}, {' '.join(words[size:])}")
            if cut := _longest_silence(sound, size / len(words)):
                name = f"{' '.join(words)} [{size}]"
                takes.append(Take(name, number % 2, sound, (cut,), (size in request.whole,)))
    return takes


def by_people(
    files: list[Path],
    read: Callable[[Path], Samples],
    word_ends: Callable[[Samples], list[float]],
    gaps: int,
    seed: int = 3,
) -> list[Take]:
    """Return recordings, each with some gaps; ``word_ends`` gives the seconds at which words end."""
    chance = random.Random(seed)
    takes: list[Take] = []
    for place, file in enumerate(sorted(files)):
        sound = _speech_only(read(file))
        ends = [end for end in word_ends(sound)[:-1] if end > 0.3]
        ends = [end for end in ends if end < len(sound) / RATE - 0.3]
        chosen = sorted(chance.sample(ends, min(gaps, len(ends))))
        cuts = tuple(_quietest(sound, round(end * RATE)) for end in chosen)
        takes.append(Take(file.name, place % 2, sound, cuts))
    return takes


def paused(take: Take, cut: int | None, pause_s: float, lead_s: float, tail_s: float) -> Samples:
    """Return a take in a quiet room, with a pause at one of its cuts or (None) as it is."""
    parts = [silence(lead_s), take.sound, silence(tail_s)]
    if cut is not None:
        head, rest = take.sound[:cut].copy(), take.sound[cut:].copy()
        head[-FADE:] = head[-FADE:] * np.linspace(1, 0, FADE)
        rest[:FADE] = rest[:FADE] * np.linspace(0, 1, FADE)
        parts[1:2] = [head, silence(pause_s), rest]
    whole = np.concatenate(parts).astype(np.int32)
    return np.clip(whole + noise(len(whole)), -32768, 32767).astype(np.int16)


def read_by(transcribe: Callable[[Samples], Transcript], notes: Notes, samples: Samples) -> str:
    """Return what is read in a piece of sound."""
    return str(notes.of("text", samples, lambda: transcribe(samples).text))


def _levels(sound: Samples) -> np.ndarray:
    """Return the level of every 10 ms, in dB of full scale."""
    blocks = sound[: len(sound) // HOP * HOP].reshape(-1, HOP).astype(np.float64)
    return 10 * np.log10(np.mean(blocks**2, axis=1) / 32768**2 + 1e-12)


def _speech_only(sound: Samples) -> Samples:
    """Cut the quiet around speech off: what is 35 dB below its loudest, or near the recording's own."""
    levels = _levels(sound)
    floor = max(np.max(levels) - 35.0, np.percentile(levels, 5) + 8.0)
    loud = np.flatnonzero(levels > floor)
    return sound[loud[0] * HOP : (loud[-1] + 1) * HOP]


def _quietest(sound: Samples, near: int) -> int:
    first = max(HOP, near - round(SEARCH_S * RATE))
    levels = _levels(sound[first : near + round(SEARCH_S * RATE)])
    return first + int(np.argmin(levels)) * HOP + HOP // 2


def _longest_silence(sound: Samples, about: float) -> int | None:
    """Return the middle of the longest silence around a share of the sound, if it is a pause."""
    levels = _levels(sound)
    quiet = levels < np.max(levels) - 38
    best, start = (0, 0), None
    for place, is_quiet in enumerate([*quiet, False]):
        if is_quiet and start is None:
            start = place
        elif not is_quiet and start is not None:
            middle = (start + place) / 2 / len(quiet)
            if abs(middle - about) < 0.3:
                best = max(best, (place - start, start))
            start = None
    length, start = best
    return (start + length // 2) * HOP if length >= 8 else None
