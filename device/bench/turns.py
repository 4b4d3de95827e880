"""Where the time of each turn goes, from the true end of speech to the first sound.

The assistant's own report counts from the last voice that it noticed; here the room knows when speech
really ended, so how late that was noticed is part of it.
"""

from __future__ import annotations

from statistics import median
from typing import Any

from device.bench import clips, ours
from device.bench.measure import LATENCIES
from device.bench.model_server import NAME, ModelServer
from device.bench.ours import Answered
from device.bench.progress import Progress
from device.latency_report import STAGES, heads, legend, row, stages
from device.loading import Engines, load_engines
from voice.config import Config


async def measure(config: Config, count: int, progress: Progress) -> dict[str, Any]:
    """Return ``turns``, one mapping a turn, and ``median_ms`` by kind and stage.

    ``count`` clips of each kind. Stages are milliseconds after the true end of speech, absent where
    they did not happen; a turn that was not answered has none.
    """
    turns: list[dict[str, Any]] = []
    with ModelServer() as server:
        model = config.model.model_copy(
            update={"provider": "openai", "base_url": server.url, "name": NAME}
        )
        config = config.model_copy(update={"model": model})
        async with load_engines(config, lambda what: progress.note(f"loaded {what}")) as engines:
            for kind, (title, sentences, _, pace) in LATENCIES.items():
                server.pace = pace
                spoken = clips.spoken(engines.synthesizer, sentences, count)
                await ours.answer(config, engines, spoken[0])
                turns += [
                    await _turn(config, engines, kind, clip)
                    for clip in progress.over(title, spoken)
                ]
    return {"turns": turns, "median_ms": {kind: medians(turns, kind) for kind in LATENCIES}}


async def _turn(config: Config, engines: Engines, kind: str, clip: clips.Clip) -> dict[str, Any]:
    answered = await ours.answer(config, engines, clip)
    return {"kind": kind, "asked": clip.text, "heard": answered.heard, **after_speech(answered)}


def after_speech(answered: Answered) -> dict[str, int]:
    """Return the milliseconds after the true end of speech by stage."""
    report, sound_ms = answered.report, answered.sound_ms
    if report is None or report.first_sound_s is None or sound_ms is None:
        return {}
    return stages(report, sound_ms - 1000 * report.first_sound_s)


def medians(turns: list[dict[str, Any]], kind: str) -> dict[str, int | None]:
    """Return the median of each stage over the turns of a kind; None where it never happened."""
    found: dict[str, int | None] = {}
    for stage in STAGES:
        times = [turn[stage] for turn in turns if turn["kind"] == kind and stage in turn]
        found[stage] = round(median(times)) if times else None
    return found


def table(found: dict[str, Any]) -> str:
    """Return the breakdown as people read it: every turn, then the medians of each kind."""
    lines = ["Milliseconds after the end of speech:"]
    for kind, (title, *_) in LATENCIES.items():
        lines += ["", heads(title)]
        lines += [row(turn["asked"], turn) for turn in found["turns"] if turn["kind"] == kind]
        lines.append(row("median", found["median_ms"][kind]))
    return "\n".join([*lines, "", *legend()])
