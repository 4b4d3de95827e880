"""Where the time of each turn goes, from the true end of speech to the first sound.

The assistant's own report (``TurnLatency``) counts from the last voice that it noticed; here the room
knows when speech really ended, so how late that was noticed is part of it.
"""

from __future__ import annotations

from statistics import median
from typing import Any

from device.bench import clips, ours
from device.bench.measure import LATENCIES
from device.bench.model_server import NAME, ModelServer
from device.bench.ours import Answered
from device.bench.progress import Progress
from device.loading import Engines, load_engines
from voice.config import Config

STAGES = {
    "listening": "the wake word was heard",
    "last_voice": "the last voice noticed",
    "eager_text": "what was said is read",
    "commit": "the speaker is taken to be done",
    "text": "what was said is certain",
    "answer": "the answer is known; a model's first words",
    "first_clause": "its first clause is synthesized",
    "first_sound": "the first sound",
}
"""The stages of a turn, in words."""


async def measure(config: Config, count: int, progress: Progress) -> dict[str, Any]:
    """Return ``turns``, one mapping a turn, and ``median_ms`` by kind and stage.

    ``count`` clips of each kind. Stages are milliseconds after the true end of speech, None for what
    did not happen; a turn that was not answered has only its sentence.
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
    return {"turns": turns, "median_ms": {kind: _medians(turns, kind) for kind in LATENCIES}}


async def _turn(config: Config, engines: Engines, kind: str, clip: clips.Clip) -> dict[str, Any]:
    answered = await ours.answer(config, engines, clip)
    return {"kind": kind, "asked": clip.text, "heard": answered.heard, **stages(answered)}


def stages(answered: Answered) -> dict[str, float]:
    """Return the milliseconds after the true end of speech by stage; those that happened."""
    report, sound_ms = answered.report, answered.sound_ms
    if report is None or report.first_sound_s is None or sound_ms is None:
        return {}
    noticed_ms = sound_ms - 1000 * report.first_sound_s
    after_that_s = {
        "listening": report.listening_s,
        "last_voice": 0.0,
        "eager_text": report.eager_text_s,
        "commit": report.commit_s,
        "text": report.text_s,
        "answer": report.answer_s,
        "first_clause": report.first_clause_s,
        "first_sound": report.first_sound_s,
    }
    return {
        stage: round(noticed_ms + 1000 * seconds)
        for stage, seconds in after_that_s.items()
        if seconds is not None
    }


def _medians(turns: list[dict[str, Any]], kind: str) -> dict[str, int | None]:
    medians: dict[str, int | None] = {}
    for stage in STAGES:
        found = [turn[stage] for turn in turns if turn["kind"] == kind and stage in turn]
        medians[stage] = round(median(found)) if found else None
    return medians


def table(found: dict[str, Any]) -> str:
    """Return the breakdown as people read it: every turn, then the medians of each kind."""
    lines = ["", "Milliseconds after the end of speech:"]
    heads = "".join(f"{stage.replace('_', ' '):>13}" for stage in STAGES)
    for kind, (title, *_) in LATENCIES.items():
        lines += ["", f"{title:40}{heads}"]
        for turn in found["turns"]:
            if turn["kind"] == kind:
                lines.append(_row(turn["asked"], turn))
        lines.append(_row("median", found["median_ms"][kind]))
    lines += ["", *(f"{stage.replace('_', ' '):13} {means}" for stage, means in STAGES.items())]
    return "\n".join(lines)


def _row(title: str, cells: dict[str, Any]) -> str:
    title = title if len(title) < 40 else f"{title[:38]}…"
    figures = (cells.get(stage) for stage in STAGES)
    return f"{title:40}" + "".join(f"{'–' if c is None else c:>13}" for c in figures)
