"""``sayso bench``: latency and accuracy, against a plain baseline in the same run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from device.commands.common import (
    ConfigOption,
    DebugOption,
    SetOption,
    load_settings,
    setup_logging,
)

if TYPE_CHECKING:
    from device.bench.progress import Progress
    from voice.config import Config

LINES = {
    "device_answer": "true end of speech → first sound, answered on the device",
    "commit_to_sound": "of that, after the speaker was taken to be done",
    "model_answer_50ms": "the same, model with its first token after 50 ms",
    "model_answer": "the same, model with its first token after 300 ms",
    "interrupt_ms": "end of “stop”, said over an answer → silence",
    "ratio": "times faster than the baseline on the device",
    "cut_off_percent": "speakers cut off in a pause of 700 ms, percent",
    "slot_recall": "slot values understood in the recordings (0 to 1)",
    "slot_recall_stock": "the same, stock faster-whisper with beam 5",
    "wake_found_percent": "wake words found, percent",
    "wake_found_noisy_percent": "the same with a kitchen 10 dB below, percent",
    "wake_false": "false wakes in the other recordings",
    "rss_mb": "resident memory, everything loaded, in MB",
    "cold_start_s": "seconds from a cold start to listening, files cached",
    "idle_cpu_percent": "percent of one core while waiting for the wake word",
    "cores": "processor cores",
    "load_average": "load of this machine before the run (1 minute)",
    "took_s": "seconds all this took",
}
"""The keys in the order of the table, in words."""


def command(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print all figures as one JSON line.")
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DIR",
            help="Recordings of people: commands/*.flac with commands/labels.json; wake/, noise/.",
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only a few clips of each kind: does it work at all?")
    ] = False,
    turns: Annotated[
        bool,
        typer.Option("--turns", help="Only where the time of each turn goes, stage by stage."),
    ] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    debug: DebugOption = False,
) -> None:
    """Measure latency and accuracy, beside a plain assistant with the same models in the same run.

    Times are from the last sample of speech to the first sample of the answer, paced in real time;
    the baseline is a silence timer of 800 ms, stock faster-whisper with beam 5, the whole answer and
    its whole synthesis. What needs recordings is null without --data. It takes about ten minutes, and
    never finds a time too long: on another machine, or a busy one, all of them are others.

    Examples:
      sayso bench
      sayso bench --json --data recordings > bench.json
      sayso bench --turns
      sayso bench --quick --set stt.model=base.en

    """
    setup_logging(debug)
    settings = load_settings(config, overrides)

    from device.bench import recordings
    from device.bench.measure import FULL, QUICK, measure
    from device.bench.progress import Progress

    progress = Progress(lambda line: typer.echo(line, err=True))
    if turns:
        _turns(settings.config, quick, as_json, progress)
        return
    found = recordings.find(data) if data else None
    figures = measure(settings.config, found, QUICK if quick else FULL, progress)
    typer.echo(json.dumps(figures) if as_json else table(figures))


def _turns(config: Config, quick: bool, as_json: bool, progress: Progress) -> None:
    import asyncio

    from device.bench import turns
    from device.bench.clips import DEVICE_SENTENCES

    count = 1 if quick else len(DEVICE_SENTENCES)
    found = asyncio.run(turns.measure(config, count, progress))
    typer.echo(json.dumps(found) if as_json else turns.table(found))


def table(figures: dict[str, Any]) -> str:
    """Return the figures as people read them."""
    width = max(map(len, LINES.values()))
    lines = [f"{'':{width}}  {'median':>8}  {'95th':>8}  {'baseline':>8}"]
    for key, meaning in LINES.items():
        lines.append(f"{meaning:{width}}  {_cells(key, figures)}")
    missed = {key: count for key, count in figures["missed"].items() if count}
    for key, count in missed.items():
        lines.append(f"not understood or not answered, {key}: {count}")
    return "\n".join(line.rstrip() for line in lines)


def _cells(key: str, figures: dict[str, Any]) -> str:
    value = figures[key]
    if not isinstance(value, dict):
        return f"{_cell(value)}"
    plain = figures["baseline"].get(key, {}).get("p50_ms")
    cells = f"{_cell(value['p50_ms'])}  {_cell(value['p95_ms'])}"
    return f"{cells}  {_cell(plain)}" if plain is not None else cells


def _cell(value: float | None) -> str:
    return f"{'–' if value is None else value:>8}"
