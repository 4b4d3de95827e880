"""``sayso demo``: a whole conversation without any audio hardware."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from device.commands.common import (
    ConfigOption,
    DebugOption,
    SetOption,
    load_settings,
    setup_logging,
)

if TYPE_CHECKING:
    from device.demo import Outcome, Scene
    from voice.config import Config
    from voice.events import Event


def command(
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where the WAV files go; default: the cache."),
    ] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    debug: DebugOption = False,
) -> None:
    """Speak requests into the real assistant and show what it hears, says and how long it takes.

    Wake word, voice activity, transcription, intents, language model and synthesis are all real;
    only microphone and speaker are files.

    Examples:
      sayso demo
      sayso demo --out demo-sounds --set tts.speed=1.2

    """
    from device.paths import cache_dir
    from voice.errors import UsageError

    setup_logging(debug)
    found = load_settings(config, overrides)
    if not found.config.wake.words:
        raise UsageError("wake.words is empty; the demo calls it by a wake word")
    folder = out or cache_dir(os.environ) / "demo"
    outcomes = asyncio.run(_play(found.config, folder))
    _table(outcomes, folder)
    failed = [outcome.scene.title for outcome in outcomes if not outcome.worked]
    if failed:
        typer.echo(f"sayso: did not work: {', '.join(failed)}", err=True)
    raise typer.Exit(1 if failed else 0)


async def _play(config: Config, folder: Path) -> list[Outcome]:
    from device.demo import Demo
    from device.loading import load_engines

    began = time.monotonic()
    typer.echo("Loading …")

    def progress(what: str) -> None:
        typer.echo(f"  {time.monotonic() - began:4.1f} s  {what}")

    config = config.model_copy(
        update={"turn": config.turn.model_copy(update={"follow_up": "always"})}
    )
    async with load_engines(config, progress) as engines:
        if engines.model.model is None:
            typer.echo("  no language model: sayso models fetch smollm2-135m brings a small one")
        elif engines.model.announce:
            typer.echo(f"  {engines.model.announce}")
        return await Demo(config, engines, folder, _show).play(_begin)


def _begin(scene: Scene) -> None:
    typer.secho(f"\n{scene.title[0].upper()}{scene.title[1:]}", bold=True)
    typer.echo(f"  you say   {scene.says}")
    if scene.interrupts:
        typer.echo(f"  and then  {scene.interrupts}")


def _show(event: Event) -> None:
    from voice.events import (
        Error,
        Interrupted,
        SttText,
        TtsFinished,
        TtsText,
        TurnLatency,
        WakeWordDetected,
    )

    match event:
        case WakeWordDetected(word, score):
            line = f"wake word {word} ({score:.2f})"
        case SttText(text):
            line = f"heard     {text}"
        case TtsText(text, source):
            line = f"says      {text}  [{source}]"
        case Interrupted(by):
            line = f"interrupted by {by.replace('_', ' ')}"
        case TtsFinished(True, spoken):
            line = f"heard of it: {spoken}"
        case TurnLatency() if event.first_sound_s is not None:
            line = (
                f"latency   {1000 * event.first_sound_s:.0f} ms from the end of speech to the first "
                f"sound, {1000 * (event.first_sound_s - event.commit_s):.0f} ms of them after the commit"
            )
        case Error(code, message):
            line = f"error     {code}: {message}"
        case _:
            return
    typer.echo(f"  {line}")


def _table(outcomes: list[Outcome], folder: Path) -> None:
    """Print the latencies, in milliseconds after the end of speech."""
    from device.latency_report import heads, row, stages

    typer.echo("\nMilliseconds after the end of speech:")
    typer.echo(f"  {heads()}")
    for outcome in outcomes:
        cells = stages(outcome.latency) if outcome.latency else {}
        typer.echo(f"  {row(outcome.scene.title, cells)}")
        if outcome.stopped_s is not None:
            typer.echo(
                f"  {'  silent after the end of “stop”':38}{round(1000 * outcome.stopped_s):>11}"
            )
    typer.echo(f"\nRequests and replies as WAV: {folder}")
