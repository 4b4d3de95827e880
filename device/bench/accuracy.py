"""How exactly it hears: recordings and clips through the real pipeline, as fast as it goes.

Everything here runs on virtual time, the way ``sayso hear`` does, and without a language model: what
is measured is over when somebody would be asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from device.assemble import assemble
from device.bench.clips import Clip
from device.bench.figures import percent
from device.bench.progress import Progress
from device.bench.room import in_the_room
from device.bench.words import cut_off
from device.engines.sound_files import read
from device.engines.stock import StockWhisper
from device.fed_microphone import FedMicrophone
from device.loading import Engines
from device.model_choice import ModelChoice
from device.speaker import WavSpeaker
from voice.audio import RATE, Samples, silence, to_float
from voice.config import Config
from voice.events import Bus, Event, SttText, WakeWordDetected

AROUND_S = 2.0
"""Seconds of silence before and after a recording that is to wake, or not to."""

NOISE_BELOW_DB = 10.0
"""How far the kitchen is below the wake word, where one is mixed in."""

Kind = TypeVar("Kind", SttText, WakeWordDetected)


class Hearing:
    """Hears clip after clip, each a new conversation."""

    def __init__(self, config: Config, engines: Engines, progress: Progress) -> None:
        self._config = config
        self._engines = replace(engines, model=ModelChoice(None, "not needed here"))
        self._progress = progress

    async def cut_off(self, clips: Sequence[Clip]) -> int:
        """Return how many speakers were cut off: in the end, less was acted on than was said."""
        count = 0
        for clip in self._progress.over("pauses inside a sentence", clips):
            before = silence(0.5)
            requests = await self._hear(
                SttText, in_the_room(np.concatenate([before, clip.samples])), awake=True
            )
            heard = requests[-1].text if requests else ""
            if cut_off(clip.parts, heard):
                self._progress.note(f"cut off: “{clip.text}”, acted on “{heard}”")
                count += 1
        return count

    async def texts(self, files: Sequence[Path]) -> dict[str, str]:
        """Return what was acted on in each recording, by file name."""
        found: dict[str, str] = {}
        for file in self._progress.over("recordings", files):
            requests = await self._hear(SttText, read(file), awake=True)
            found[file.name] = requests[-1].text if requests else ""
        return found

    async def woken(self, files: Sequence[Path], kitchen: Samples | None = None) -> list[int]:
        """Return how often each recording woke it; with noise ``NOISE_BELOW_DB`` below, if given."""
        counts: list[int] = []
        title = "wake words" if kitchen is None else "wake words in a kitchen"
        for number, file in enumerate(self._progress.over(title, files)):
            quiet = silence(AROUND_S)
            sound = np.concatenate([quiet, read(file), quiet])
            if kitchen is not None:  # another stretch of it for each
                sound = mixed(sound, np.roll(kitchen, -number * RATE))
            counts.append(len(await self._hear(WakeWordDetected, sound, awake=False)))
        return counts

    async def _hear(self, kind: type[Kind], samples: Samples, *, awake: bool) -> list[Kind]:
        """Hear a clip and what comes of it, exactly as ``sayso hear`` does; return some events."""
        events: list[Event] = []
        bus = Bus()
        bus.subscribe(events.append)
        speaker = WavSpeaker(
            rate=self._engines.synthesizer.rate, volume_percent=self._config.snd.volume_percent
        )
        assistant = assemble(self._config, self._engines, speaker, bus)
        microphone = FedMicrophone(
            spent=assistant.session.no_more_sound, finished=lambda: assistant.session.idle
        )
        microphone.feed(samples)
        await assistant.session.run(microphone, awake=awake)
        assistant.close()
        return [event for event in events if isinstance(event, kind)]


def stock_texts(stock: StockWhisper, files: Sequence[Path], progress: Progress) -> dict[str, str]:
    """Return what stock faster-whisper writes of each recording, by file name."""
    over = progress.over("recordings, stock faster-whisper", files)
    return {file.name: stock.transcribe(read(file)) for file in over}


def share_woken(counts: Sequence[int]) -> float | None:
    """Return the percentage of recordings that woke it at all."""
    return percent(sum(map(bool, counts)), len(counts))


def mixed(speech: Samples, background: Samples, below_db: float = NOISE_BELOW_DB) -> Samples:
    """Return speech over noise that is ``below_db`` below it (silence around does not count)."""
    voice = to_float(speech)
    noise = np.resize(to_float(background), len(voice))
    loud = voice[np.abs(voice) > 0.01 * np.abs(voice).max(initial=1e-9)]
    wanted = float(np.sqrt(np.mean(loud**2))) * 10 ** (-below_db / 20)
    level = float(np.sqrt(np.mean(noise**2))) or 1.0
    return np.clip((voice + noise * (wanted / level)) * 32768, -32768, 32767).astype(np.int16)
