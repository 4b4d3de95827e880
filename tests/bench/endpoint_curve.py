# ruff: noqa: T201 - a script that prints its tables
"""Cut-offs against delay: how long to wait in silence, measured on people and on a synthetic voice.

    PYTHONPATH=.:tests:tests/bench python tests/bench/endpoint_curve.py --notes FOLDER [--smart-turn FILE]

Every take of ``pauses.py`` is heard as it is and with pauses of 300, 500, 700 and 900 ms in one of its
gaps, by the real voice detector, endpoint, recogniser and judge, on virtual time: recognition is
taken to need ``STT_S``. A commit before the end of the speech is

- *withdrawn* when the speech that goes on is heard within a second: the answer is taken back,
- *final* when it is not,
- *deaf*: what becomes of it on a sound card where the ears close at our own first sound, ``SOUND_S``
  after the commit, and the speech had not gone on by then: final as well.

The delay is from the true last sample of speech to the commit of the take as it is. Half of the
takes (``half`` 0) are there to choose by, the other half to report on. The first run takes some
minutes, mostly for recognition; what was heard is kept in the folder.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from pauses import Notes, Take, by_people, by_the_voice, paused
from people import DATA
from real_speech import sentence, whisper, word_ends

import voice.endpoint
from device.engines.sound_files import read
from device.loading import VOICE_ACTIVITY
from voice.audio import FRAME_S, FRAME_SAMPLES, RATE, Samples
from voice.completeness import judge
from voice.config import Turn
from voice.endpoint import Change, Completeness, Endpoint
from voice.intents import Intents

PAUSES_S = (0.3, 0.5, 0.7, 0.9)
LEAD_S = 0.5
TAIL_S = 2.6
STT_S = 0.1
"""Seconds that a quick reading takes; as measured on the reference machine."""
SOUND_S = 0.25
"""Seconds from the commit to our first sound, where a model answers whose request ran ahead."""
KEPT = 20
"""Frames kept from before the first voice, as ``voice.ears`` does."""

TIMERS_MS = (300, 400, 500, 600, 700, 800, 1000, 1200, 1400)
POLICIES_MS = (
    (300, 600, 1000), (300, 600, 1400), (300, 700, 1200), (350, 600, 1000), (350, 600, 1200),
    (350, 700, 1200), (350, 700, 1400), (350, 800, 1400), (400, 600, 1000), (400, 700, 1200),
    (400, 800, 1400), (450, 700, 1200), (500, 700, 1200), (600, 700, 1200), (800, 800, 1400),
)  # fmt: skip
"""Silence in ms after what is complete, plain and open."""

Judge = Callable[[str, float], Completeness]
"""From a text and the turn detector's probability."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A take as it is, or with a pause in it: what the voice detector said of every frame."""

    take: Take
    pause_s: float | None
    sound: Samples
    voice: tuple[float, ...]
    until: int
    """The frame after which nothing matters: the speech has gone on, or all is over."""
    end_s: float
    """When the last sample of speech was heard."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it."""

    commits: tuple[float, ...]
    """Seconds at which it was taken to be over."""
    went_on: tuple[float, ...]
    """Seconds at which speech after a commit was heard to go on."""


@dataclass(slots=True)
class Reader:
    """Text and melody of a piece of sound."""

    notes: Notes
    over: Callable[[Samples], float]
    readings: int = 0
    """How many pauses were read."""

    def text(self, samples: Samples) -> str:
        """Return what the recogniser reads."""
        self.readings += 1
        return str(
            self.notes.of("quick", samples, lambda: whisper().transcribe(samples, "eager").text)
        )

    def probability(self, samples: Samples) -> float:
        """Return what the turn detector says."""
        return float(str(self.notes.of("turn", samples, lambda: self.over(samples))))


def hear(take: Take) -> list[Heard]:
    """Return a take as it is and with its pauses, through the voice detector."""
    heard: list[Heard] = []
    cut = take.cuts[0] if take.cuts else None
    for pause_s in (None, *(PAUSES_S if cut else ())):
        sound = paused(take, cut if pause_s else None, pause_s or 0.0, LEAD_S, TAIL_S)
        frames = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
        detector = VOICE_ACTIVITY["auto"]()
        voice = tuple(detector.hear(frame) for frame in frames)
        end_s = LEAD_S + len(take.sound) / RATE + (pause_s or 0.0)
        until = len(frames)
        if pause_s and cut:
            until = round((LEAD_S + cut / RATE + pause_s + 0.5) / FRAME_S)
        heard.append(Heard(take, pause_s, sound, voice, min(until, len(frames)), end_s))
    return heard


def listen(heard: Heard, turn: Turn, read: Callable[[Samples], Completeness]) -> Outcome:
    """Follow one request as ``voice.listening`` does; ``read`` judges the sound so far."""
    endpoint = Endpoint(turn)
    endpoint.open(None)
    start, ready, done = 0, None, None
    verdict: Completeness = "plain"
    commits: list[float] = []
    went_on: list[float] = []
    for number, probability in enumerate(heard.voice[: heard.until]):
        change = endpoint.hear(probability)
        now = (number + 1) * FRAME_S
        if change is Change.BEGAN:
            start = max(0, number - KEPT)
        elif change is Change.PAUSED:
            verdict = read(heard.sound[start * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES])
            ready = now + STT_S
        elif change is Change.WENT_ON:
            if commits and (not went_on or went_on[-1] < commits[-1]):
                went_on.append(now)
            ready = done = None
        elif change is Change.DONE:
            done = now
        if ready is not None and now >= ready - 1e-6 and endpoint.paused:
            endpoint.judge(verdict)
        if done is not None and ready is not None and now >= ready - 1e-6:
            commits.append(now)
            done = None
    return Outcome(tuple(commits), tuple(went_on))


@dataclass(slots=True)
class Row:
    """The figures of one setting over some takes."""

    delays_ms: list[float]
    paused: dict[float, list[tuple[bool, bool, bool]]]
    """By length of the pause: withdrawn, final, deaf."""
    natural: list[bool]
    """Whether a take as it is was committed before its end."""

    def line(self) -> str:
        """Return the row as text: percentages by pause, then the delays."""
        cells = [
            "/".join(f"{100 * np.mean(column):.0f}" for column in zip(*cases, strict=True))
            for cases in self.paused.values()
        ]
        p50, p90, p95 = (np.percentile(self.delays_ms, q) for q in (50, 90, 95))
        natural = f"{100 * np.mean(self.natural):5.1f}"
        return f"{'  '.join(f'{c:>9}' for c in cells)}  {natural}  {p50:5.0f} {p90:5.0f} {p95:5.0f}"


def measure(takes: Iterable[Heard], turn: Turn, read: Callable[[Samples], Completeness]) -> Row:
    """Listen to every take with one setting."""
    row = Row([], {pause: [] for pause in PAUSES_S}, [])
    for heard in takes:
        outcome = listen(heard, turn, read)
        early = [commit for commit in outcome.commits if commit < heard.end_s - 0.05]
        if heard.pause_s is None:
            row.natural.append(bool(early))
            last = outcome.commits[-1] if outcome.commits else heard.end_s + TAIL_S
            row.delays_ms.append(1000 * (last - heard.end_s))
            continue
        back = [(c, next((w for w in outcome.went_on if w > c), None)) for c in early]
        withdrawn = any(w is not None for _, w in back)
        final = any(w is None for _, w in back)
        deaf = any(w is None or w > c + SOUND_S for c, w in back)
        row.paused[heard.pause_s].append((withdrawn, final, deaf))
    return row


def by_text(intents: Intents, reader: Reader, samples: Samples) -> Completeness:
    """Judge by the words alone."""
    text = reader.text(samples)
    return judge(text, intents.match(text) is not None)


def by_text_and_voice(
    low: float, high: float, intents: Intents, reader: Reader, samples: Samples
) -> Completeness:
    """Judge by the words, and by the melody what they leave open."""
    return voice.endpoint.weighed(
        by_text(intents, reader, samples), reader.probability(samples), low=low, high=high
    )


def by_voice(threshold: float, reader: Reader, samples: Samples) -> Completeness:
    """Judge by the melody alone."""
    return "complete" if reader.probability(samples) >= threshold else "open"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--notes", type=Path, required=True)
    parser.add_argument("--smart-turn", type=Path)
    parser.add_argument("--half", type=int, default=0)
    parser.add_argument("--of", choices=("people", "voice"), default="people")
    parser.add_argument("--pause-s", type=float, default=voice.endpoint.PAUSE_S)
    options = parser.parse_args()
    voice.endpoint.PAUSE_S = options.pause_s  # a constant in the product
    kept = options.notes / f"{options.of}.pickle"
    if not kept.exists():
        takes = (
            by_people(list((DATA / "commands").glob("*.flac")), read, word_ends, 1)
            if options.of == "people"
            else by_the_voice(sentence, 57, 2)
        )
        kept.write_bytes(pickle.dumps([heard for take in takes for heard in hear(take)]))
    takes = [h for h in pickle.loads(kept.read_bytes()) if h.take.half == options.half]
    notes = Notes.load(options.notes / "texts.json")
    detector = None
    if options.smart_turn:
        from voice.engines.smart_turn import SmartTurn

        detector = SmartTurn(options.smart_turn)
    reader = Reader(notes, detector.over if detector else lambda samples: 0.5)
    intents = Intents()
    text = partial(by_text, intents, reader)
    print(f"{options.of}, half {options.half}, {len(takes)} takes, pause {options.pause_s} s")
    measure([h for h in takes if h.pause_s is None], Turn(max_s=30), text)
    print(f"{reader.readings} pauses read in takes as they are")
    print("silence ms          " + "  ".join(f"{p * 1000:>6.0f} ms" for p in PAUSES_S), end="")
    print("  early  delay p50   p90   p95   (withdrawn/final/deaf %)")

    def show(
        name: str, turn: tuple[int, int, int], read: Callable[[Samples], Completeness]
    ) -> None:
        settings = Turn(early_ms=turn[0], silence_ms=turn[1], late_ms=turn[2], max_s=30)
        print(f"{name:<20}{measure(takes, settings, read).line()}")

    for timer in TIMERS_MS:
        show(f"timer {timer}", (timer,) * 3, lambda samples: "plain")
    for policy in POLICIES_MS:
        show("{}/{}/{}".format(*policy), policy, text)
    if detector:
        for threshold in (0.5, 0.8):
            alone = partial(by_voice, threshold, reader)
            show(f"turn {threshold} 350//1400", (350, 700, 1400), alone)
        for low, high in ((0.1, 2.0), (0.3, 2.0), (0.5, 2.0), (0.3, 0.9), (0.5, 0.9), (0.5, 0.97)):
            both = partial(by_text_and_voice, low, high, intents, reader)
            show(f"both {low} {high}", (350, 700, 1200), both)
    notes.save()


if __name__ == "__main__":
    main()
