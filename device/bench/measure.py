"""Everything that ``sayso bench`` measures, in order.

The keys are a contract; ``device.commands.bench`` says in words what they mean. What was not measured
is None, never guessed. ``missed`` counts, by key, the clips whose times are left out because they were
not understood as a whole, or not answered by who should; ``baseline_…`` are the baseline's.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from device import models, virtual_time
from device.bench import accuracy, clips, ours
from device.bench.baseline import Baseline
from device.bench.clips import Clip
from device.bench.figures import percent, spread, times_faster
from device.bench.model_server import NAME, ModelServer, Pace
from device.bench.ours import Answered
from device.bench.process import cold_start_s, rss_mb
from device.bench.progress import Progress
from device.bench.recordings import WAKE_WORD, Recordings
from device.bench.words import cut_off, slot_recall
from device.engines.sound_files import read
from device.engines.stock import StockWhisper
from device.loading import Engines, Shelf
from voice.answers import DEVICE
from voice.config import Config, WakeWordSettings

LATENCIES = {
    "device_answer": ("device answers", clips.DEVICE_SENTENCES, DEVICE, Pace()),
    "model_answer": ("model answers", clips.MODEL_SENTENCES, NAME, Pace(first_s=0.3)),
    "model_answer_50ms": ("fast model's answers", clips.MODEL_SENTENCES, NAME, Pace(first_s=0.05)),
}
"""By key: its title, what is asked, who is to answer, and how fast the model is."""


NEEDS_RECORDINGS = (
    "slot_recall",
    "slot_recall_stock",
    "wake_found_percent",
    "wake_found_noisy_percent",
    "wake_false",
)
"""Keys that are None without recordings of people."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    clips: int = 24
    """For each latency, and with a pause inside."""
    interruptions: int = 8
    idle_s: float = 10.0
    starts: int = 3
    recordings: int | None = None
    """Of each kind; None takes all."""


FULL = Size()
QUICK = Size(clips=1, interruptions=1, idle_s=2.0, starts=1, recordings=5)


def measure(
    config: Config, recordings: Recordings | None, size: Size, progress: Progress
) -> dict[str, Any]:
    """Return all figures by key; raises SaysoError where a model is missing or a file unreadable."""
    began, load = time.monotonic(), os.getloadavg()[0]
    with ModelServer() as server, asyncio.Runner() as runner:
        bench = _Bench(config, server, size, progress)
        try:
            found = runner.run(bench.costs())
            found |= runner.run(bench.latencies())
            found |= bench.hearing(recordings.first(size.recordings) if recordings else None)
        finally:
            runner.run(bench.close())
    return {
        **found,
        "cores": os.cpu_count(),
        "load_average": round(load, 2),
        "took_s": round(time.monotonic() - began),
    }


@dataclass(slots=True)
class _Compared:
    """The same clips, answered rightly by ours and by the baseline."""

    ours: list[Answered] = field(default_factory=list[Answered])
    baseline: list[Answered] = field(default_factory=list[Answered])


class _Bench:
    """One run: the assistant's own settings, but for the model, which is the bench's server."""

    def __init__(self, config: Config, server: ModelServer, size: Size, progress: Progress) -> None:
        model = config.model.model_copy(
            update={"provider": "openai", "base_url": server.url, "name": NAME}
        )
        self._own = config
        self._config = config.model_copy(update={"model": model})
        self._server = server
        self._size = size
        self._progress = progress
        self._shelf = Shelf(lambda what: progress.note(f"loaded {what}"))
        self._stock: StockWhisper | None = None

    async def close(self) -> None:
        """Give everything back."""
        await self._shelf.close()

    async def costs(self) -> dict[str, Any]:
        """Load, and measure what running costs, before anything that is the bench's alone is loaded."""
        engines = await self._shelf.load(self._config)
        self._progress.note("warming up")
        for key in ("device_answer", "model_answer"):
            await ours.answer(self._config, engines, self._clips(engines, key, 1)[0])
        rss = rss_mb()
        self._progress.note(f"waiting for the wake word, {self._size.idle_s:.0f} s")
        idle = await ours.idle_cpu_percent(self._config, engines, self._size.idle_s)
        starts = [
            await cold_start_s(self._own, self._progress.note)
            for _ in self._progress.over("cold start", range(self._size.starts))
        ]
        listened = sorted(seconds for seconds in starts if seconds is not None)
        return {
            "rss_mb": rss,
            "cold_start_s": listened[len(listened) // 2] if listened else None,
            "idle_cpu_percent": idle,
        }

    async def latencies(self) -> dict[str, Any]:
        """Take the time of answers, ours and the baseline's clip by clip, and of interruptions."""
        engines = await self._shelf.load(self._config)
        baseline = Baseline(self._config, engines, self._load_stock())
        await baseline.answer(self._clips(engines, "device_answer", 1)[0])
        found: dict[str, Any] = {}
        theirs: dict[str, Any] = {}
        missed: dict[str, int] = {}
        for key in LATENCIES:
            times = await self._compare(key, engines, baseline)
            found[key] = _sounds(times.ours)
            theirs[key] = _sounds(times.baseline)
            missed[key] = self._size.clips - len(times.ours)
            missed[f"baseline_{key}"] = self._size.clips - len(times.baseline)
            if key == "device_answer":
                found["commit_to_sound"] = _commits(times.ours)
                theirs["commit_to_sound"] = _commits(times.baseline)
        found["interrupt_ms"], missed["interrupt_ms"] = await self._interruptions(engines)
        found["baseline"] = theirs
        found["ratio"] = times_faster(found["device_answer"], theirs["device_answer"])
        found["missed"] = missed
        return found

    async def _compare(self, key: str, engines: Engines, baseline: Baseline) -> _Compared:
        title, _, source, self._server.pace = LATENCIES[key]
        compared = _Compared()
        for clip in self._progress.over(title, self._clips(engines, key, self._size.clips)):
            mine = await ours.answer(self._config, engines, clip)
            if self._right(mine, clip, source, "missed"):
                compared.ours.append(mine)
            plain = await baseline.answer(clip)
            if self._right(plain, clip, source, "missed by the baseline"):
                compared.baseline.append(plain)
        return compared

    def _right(self, answered: Answered, clip: Clip, source: str, title: str) -> bool:
        """Whether a clip was understood as a whole and answered by who should; tell if not."""
        right = (
            answered.sound_ms is not None
            and answered.source == source
            and not cut_off(clip.parts, answered.heard)
        )
        if not right:
            by = answered.source or "nobody"
            self._progress.note(
                f"{title}: “{clip.text}”, heard “{answered.heard}”, answered by {by}"
            )
        return right

    async def _interruptions(self, engines: Engines) -> tuple[dict[str, Any], int]:
        count = self._size.interruptions
        questions = clips.spoken(engines.synthesizer, [clips.LONG_ANSWER], count)
        stops = clips.spoken(engines.synthesizer, [clips.STOP], count)
        pairs = list(zip(questions, stops, strict=True))
        taken = [
            await ours.interrupt(self._config, engines, *pair)
            for pair in self._progress.over("interruptions", pairs)
        ]
        times = [milliseconds for milliseconds in taken if milliseconds is not None]
        return spread(times), count - len(times)

    def hearing(self, recordings: Recordings | None) -> dict[str, Any]:
        """Measure how exactly it hears; the parts that need recordings only where there are some."""
        return virtual_time.run(self._hearing(recordings))

    async def _hearing(self, recordings: Recordings | None) -> dict[str, Any]:
        engines = await self._shelf.load(self._config)
        hearing = accuracy.Hearing(self._config, engines, self._progress)
        paused = clips.paused(engines.synthesizer, clips.PAUSED_SENTENCES, self._size.clips)
        cut = percent(await hearing.cut_off(paused), len(paused))
        found: dict[str, Any] = {"cut_off_percent": cut, **dict.fromkeys(NEEDS_RECORDINGS)}
        if recordings is None:
            return found
        texts = await hearing.texts(recordings.commands)
        found["slot_recall"] = slot_recall(texts, recordings.slots)
        stock = accuracy.stock_texts(self._load_stock(), recordings.commands, self._progress)
        found["slot_recall_stock"] = slot_recall(stock, recordings.slots)
        if recordings.wake:
            found |= await self._waking(recordings)
        return found

    async def _waking(self, recordings: Recordings) -> dict[str, Any]:
        word = WakeWordSettings(name=WAKE_WORD)
        wake = self._config.wake.model_copy(update={"words": (word,)})
        config = self._config.model_copy(update={"wake": wake})
        hearing = accuracy.Hearing(config, await self._shelf.load(config), self._progress)
        found: dict[str, Any] = {
            "wake_found_percent": accuracy.share_woken(await hearing.woken(recordings.wake))
        }
        if recordings.kitchen:
            noisy = await hearing.woken(recordings.wake, read(recordings.kitchen))
            found["wake_found_noisy_percent"] = accuracy.share_woken(noisy)
        if recordings.others:
            silent = [*recordings.others, *recordings.commands]
            found["wake_false"] = sum(await hearing.woken(silent))
        return found

    def _clips(self, engines: Engines, key: str, count: int) -> list[Clip]:
        return clips.spoken(engines.synthesizer, LATENCIES[key][1], count)

    def _load_stock(self) -> StockWhisper:
        if self._stock is None:
            stt = self._config.stt
            folder = models.find_whisper(stt.model)
            self._stock = StockWhisper(folder, language=stt.language, threads=stt.threads)
        return self._stock


def _sounds(answered: Sequence[Answered]) -> dict[str, Any]:
    return spread([each.sound_ms for each in answered if each.sound_ms is not None])


def _commits(answered: Sequence[Answered]) -> dict[str, Any]:
    return spread([each.commit_ms for each in answered if each.commit_ms is not None])
