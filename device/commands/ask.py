"""``sayso ask``: one turn by text, or a conversation from standard input."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import asdict, replace
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
    from device.settings import Settings
    from voice.config import Config

Answer = Callable[[str], Awaitable[dict[str, Any]]]
"""Takes a sentence, returns the reply as it is printed."""


def command(
    text: Annotated[str, typer.Argument(help='What to ask; "-" takes a sentence a line.')],
    as_json: Annotated[
        bool,
        typer.Option("--json", help='Print {"text","intent","slots","reply","source"}.'),
    ] = False,
    speak: Annotated[
        Path | None, typer.Option("--speak", metavar="FILE", help="Write the answer as WAV.")
    ] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    debug: DebugOption = False,
) -> None:
    r"""Ask by text what would be asked by voice.

    While `sayso run` is up it is asked there, in its conversation. "-" keeps one conversation over
    the lines of standard input and prints one JSON line for each. Exit code 1 when nobody could
    answer.

    Examples:
      sayso ask "what time is it in Tokyo"
      sayso ask --json "what is 15 percent of 80"
      sayso ask --speak answer.wav "tell me a joke"
      printf 'what is 12 times 13\nwhat time is it\n' | sayso ask -

    """
    from device.settings import writable_path
    from voice.errors import UsageError

    setup_logging(debug, level=logging.CRITICAL)  # troubles are told in one line each
    text = os.fsencode(text).decode(errors="replace").strip()
    if not text:
        raise UsageError("nothing was asked; see `sayso ask --help`")
    found = load_settings(config, overrides)
    answered = asyncio.run(
        _ask(found, lambda: writable_path(config, os.environ), text, as_json=as_json, speak=speak)
    )
    raise typer.Exit(0 if answered else 1)


async def _ask(
    found: Settings, writable: Callable[[], Path], text: str, *, as_json: bool, speak: Path | None
) -> bool:
    """Ask everything; return whether all of it was answered."""
    many = text == "-"
    if many:  # asyncio's handler would wait for the next line
        signal.signal(signal.SIGINT, signal.default_int_handler)
    answered = True
    replies: list[str] = []
    if many and isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # half a letter is no reason to stop
    async with _answering(found, writable) as answer:
        for line in sys.stdin if many else [text]:
            if not line.strip():
                continue
            reply = await _reply(answer, line.strip())
            answered &= reply["source"] != "none"
            replies.append(reply["reply"])
            typer.echo(json.dumps(reply, ensure_ascii=False) if as_json or many else reply["reply"])
    if speak:
        _speak(found.config, replies, speak)
    return answered


async def _reply(answer: Answer, text: str) -> dict[str, Any]:
    """Answer one sentence; whatever happens to it, the next is answered."""
    from voice.errors import SaysoError
    from voice.typed import Reply

    try:
        return await answer(text)
    except SaysoError as fault:
        typer.echo(f"sayso: {fault}", err=True)
        return asdict(Reply(text, None, {}, fault.spoken, "none"))


@asynccontextmanager
async def _answering(found: Settings, writable: Callable[[], Path]) -> AsyncGenerator[Answer]:
    """Give a function that answers: the running assistant's, or one of our own."""
    from device.ownership import running
    from device.paths import socket_path

    with running(socket_path(os.environ)) if not found.overrides else nullcontext() as assistant:
        if assistant:

            async def ask_running(text: str) -> dict[str, Any]:
                return assistant.do("ask", text=text)

            yield ask_running
            return
        async with _own_mind(found, writable) as answer:
            yield answer


@asynccontextmanager
async def _own_mind(found: Settings, writable: Callable[[], Path]) -> AsyncGenerator[Answer]:
    from device.assemble import connect_mind
    from device.kept import kept_for_one_command
    from device.loading import choosing_model
    from device.settings_keeper import SettingsKeeper
    from device.speaker import WavSpeaker
    from voice.events import Bus, Error, Event
    from voice.intents import load
    from voice.typed import ask

    def report(event: Event) -> None:
        if isinstance(event, Error):
            typer.echo(f"sayso: {event.message}", err=True)

    config = found.config
    bus = Bus()
    bus.subscribe(report)
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(choosing_model(config))
        kept = stack.enter_context(kept_for_one_command(config.place.time_zone))
        keeper = SettingsKeeper(
            writable,
            overrides=found.overrides,
            trouble=lambda fault: typer.echo(f"sayso: {fault}", err=True),
        )
        stack.callback(keeper.flush)
        if model.announce:
            typer.echo(f"sayso: {model.announce}", err=True)
        speaker = WavSpeaker(rate=22_050, volume_percent=config.snd.volume_percent)
        names = [Path(word.name).stem for word in config.wake.words]  # what detectors would tell
        mind = connect_mind(
            config,
            load(config.stt.language, lambda line: typer.echo(f"sayso: {line}", err=True)),
            model,
            speaker,
            config.tts,
            bus,
            wake_words=names,
            kept=replace(kept, settings=keeper),
        )

        async def ask_here(text: str) -> dict[str, Any]:
            return asdict(await ask(mind.answers, text))

        yield ask_here


def _speak(config: Config, replies: list[str], file: Path) -> None:
    """Write answers as one WAV."""
    import numpy as np

    from device.loading import SYNTHESIZERS
    from device.wav_files import write
    from voice.audio import Sound
    from voice.clauses import cut

    synthesizer = SYNTHESIZERS[config.tts.engine](config.tts)
    clauses = [clause for reply in replies for clause in cut(reply) if clause.spoken]
    parts = [synthesizer.synthesize(clause.spoken).samples for clause in clauses]
    samples = np.concatenate(parts) if parts else np.zeros(0, np.int16)
    write(file, Sound(samples, synthesizer.rate))
