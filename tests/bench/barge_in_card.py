# ruff: noqa: T201 - a script that prints its tables
"""How well one can speak over an answer on a sound card: ``PYTHONPATH=.:tests python …card.py [TRIALS]``.

`sayso run` on the tests' card, whose microphone hears the speaker through the tests' room. Prints how
often each way to interrupt was understood, and how long after its last sample the speaker was silent;
both ends of that are recordings whose beginnings are known to some 20 ms.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import numpy as np
from model_server import ModelServer, says
from real_speech import sentence, wav
from room_talk import ROOM
from sound_card import RATE, Recording, SoundCard
from test_run import Run, loud_and_scripted, running

from device.playback import convert
from voice.audio import RATE as HEARD_RATE
from voice.audio import Samples, Sound

ANSWER = (
    "The river Seine flows through Paris for thirteen kilometres, and many bridges cross it. "
    "The oldest one still standing is called the new bridge. People walk along its banks in the "
    "evening, when the lamps are lit, and boats pass by slowly under the arches."
)
WAYS = {
    "Stop.": "interrupted by=stop",
    "Be quiet.": "interrupted by=stop",
    "Okay Nabu.": "interrupted by=wake_word",
    "Set the volume to ninety percent.": "volume_changed percent=90",
}
LOUD = 60


@contextmanager
def recording(card: SoundCard, source: str) -> Iterator[tuple[Recording, list[float]]]:
    """Record a source; also give the second of the clock at which the recording began."""
    began: list[float] = []
    with card.record(source) as recorded:
        now, size = time.monotonic(), recorded.file.stat().st_size
        while recorded.file.stat().st_size == size:
            time.sleep(0.002)
            now = time.monotonic()
        began.append(now - recorded.file.stat().st_size / 2 / RATE)
        yield recorded, began


def end_of(words: Samples, heard: Samples) -> float:
    """Return the second of a recording at which words in it end."""
    spoken = convert(Sound(words, HEARD_RATE), RATE).astype(np.float64)
    size = 1 << (len(heard) + len(spoken)).bit_length()
    both = np.fft.rfft(heard.astype(np.float64), size) * np.conj(np.fft.rfft(spoken, size))
    return (int(np.argmax(np.fft.irfft(both, size)[: len(heard)])) + len(spoken)) / RATE


def ask(card: SoundCard, run: Run, folder: Path) -> int:
    """Ask until it answers; return the line of the log in which it begins to."""
    question = wav(folder / "question.wav", 0.3, "Okay Nabu.", 0.3, "Tell me about Paris.", 0.5)
    while True:
        line = len(run.lines)
        card.speak(question)
        with suppress(AssertionError):
            return run.until("tts_speaking", after=line, seconds=10)


def over(card: SoundCard, run: Run, folder: Path, words: str, then: str) -> tuple[bool, float]:
    """Ask, speak over the answer; return whether it was understood, and the seconds to silence."""
    line = ask(card, run, folder)
    time.sleep(2.0)
    with ExitStack() as recorders:
        out, out_began = recorders.enter_context(recording(card, "spk.monitor"))
        heard, heard_began = recorders.enter_context(recording(card, "mic.monitor"))
        card.speak(wav(folder / "over.wav", words, 0.1))
        found = False
        with suppress(AssertionError):
            run.until("tts_finished", after=line, seconds=3)
            found = True
    understood = False
    if found:
        with suppress(AssertionError):
            run.until(then, after=line, seconds=3)
            understood = True
    said = heard_began[0] + end_of(sentence(words), heard.samples)
    until = said + 3.0 - out_began[0]
    sound = out.samples[: round(until * RATE)]
    silent = out_began[0] + int(np.flatnonzero(np.abs(sound.astype(int)) > LOUD)[-1]) / RATE
    run.sayso("ask", "set the volume to 100 percent")
    run.until("idle reason=", after=line)
    time.sleep(1.5)
    return understood, silent - said if found else float("nan")


def spread(times: list[float]) -> str:
    """Return all of some times, from the shortest."""
    return ", ".join(f"{each:.0f}" for each in sorted(times))


def main() -> None:
    """Print everything."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    folder = Path(tempfile.mkdtemp())
    with (
        SoundCard() as card,
        ModelServer(says(ANSWER)) as server,
        card.room(ROOM),
        running(
            card.environment,
            folder,
            *loud_and_scripted(server),
            "--set=turn.follow_up=off",
        ) as run,
    ):
        for words, then in WAYS.items():
            tried = [over(card, run, folder, words, then) for _ in range(trials)]
            print(f"{words:<34} understood {sum(right for right, _ in tried)} of {trials}", end="")
            ms = [1000 * seconds for right, seconds in tried if right]
            if ms and then.startswith("interrupted"):  # what is asked is answered, not silenced
                print(f", silent {np.median(ms):.0f} ms after its end ({spread(ms)})", end="")
            print(flush=True)
        print([seen for seen in run.lines if "echo" in seen])


if __name__ == "__main__":
    main()
