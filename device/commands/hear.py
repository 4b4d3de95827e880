"""``sayso hear``: sound files in the part of the microphone."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter
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
    from device.kept import Kept
    from device.loading import Engines
    from voice.audio import Sound
    from voice.config import Config
    from voice.events import Event


def command(
    files: Annotated[list[Path], typer.Argument(help="Sound files of any kind.", readable=False)],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print every event as one JSON line.")
    ] = False,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Take as long as the sound does.")
    ] = False,
    no_wake: Annotated[
        bool, typer.Option("--no-wake", help="Take each file as already woken.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write the spoken replies there.")
    ] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    debug: DebugOption = False,
) -> None:
    """Use sound files as the microphone: each is a new conversation in a quiet room.

    It goes as fast as the processor allows; times are the microphone's. A file that can't be read is
    reported, the others are heard, and the exit code is 1.

    Examples:
      sayso hear question.wav
      sayso hear --no-wake --json recordings/*.flac > events.jsonl
      sayso hear --realtime --out replies --set wake.words=[alexa] question.wav

    """
    from device import virtual_time

    setup_logging(debug, level=logging.CRITICAL)  # troubles are told in one line each
    found = load_settings(config, overrides)
    factory = None if realtime else virtual_time.VirtualTimeLoop
    listener = _Listener(found.config, as_json=as_json, no_wake=no_wake, out=out, wall=realtime)
    with asyncio.Runner(loop_factory=factory) as runner:
        failed = runner.run(listener.hear_all(files))
    raise typer.Exit(1 if failed else 0)


class _Listener:
    """Hears file after file with the same engines."""

    def __init__(
        self, config: Config, *, as_json: bool, no_wake: bool, out: Path | None, wall: bool
    ) -> None:
        self._config = config
        self._as_json = as_json
        self._no_wake = no_wake
        self._out = out
        self._wall = wall
        self._written: Counter[str] = Counter()

    async def hear_all(self, files: list[Path]) -> bool:
        """Hear all files; return whether one of them could not be heard."""
        from device.kept import kept_for_one_command
        from device.loading import load_engines
        from voice.errors import SaysoError, StorageError

        failed = False
        with kept_for_one_command(self._config.place.time_zone) as kept:
            async with load_engines(self._config) as engines:
                for file in files:
                    try:
                        await self._hear(file, engines, kept)
                    except StorageError:
                        raise
                    except SaysoError as fault:
                        failed = True
                        typer.echo(f"sayso: {fault}", err=True)
        return failed

    async def _hear(self, file: Path, engines: Engines, kept: Kept) -> None:
        from device.assemble import assemble
        from device.engines.sound_files import read
        from device.fed_microphone import FedMicrophone
        from device.speaker import WavSpeaker
        from device.wav_files import write
        from voice.events import Bus, Idle

        samples = read(file)
        loop = asyncio.get_running_loop()
        replies: list[Sound] = []
        speaker = WavSpeaker(
            rate=engines.synthesizer.rate,
            volume_percent=self._config.snd.volume_percent,
            sink=replies.append,
        )
        bus = Bus()
        assistant = assemble(self._config, engines, speaker, bus, kept)
        began, wall_began = loop.time(), time.monotonic()
        idle = False

        def show(event: Event) -> None:
            nonlocal idle
            idle = isinstance(event, Idle)
            wall = time.monotonic() - wall_began if self._wall else None
            self._print(file, event, loop.time() - began, wall)

        bus.subscribe(show)
        microphone = FedMicrophone(
            spent=assistant.session.no_more_sound, finished=lambda: assistant.session.idle
        )
        microphone.feed(samples)
        try:
            await assistant.warm()
            began, wall_began = loop.time(), time.monotonic()  # what loads is not heard
            await assistant.session.run(microphone, awake=self._no_wake)
        finally:
            assistant.close()
        if not idle:
            show(Idle("end_of_file"))
        for reply in replies if self._out else ():
            write(self._free_name(file.stem), reply)

    def _free_name(self, stem: str) -> Path:
        """Return where the next reply goes: stem.wav, stem-2.wav and so on, in this run."""
        assert self._out
        self._written[stem] += 1
        count = self._written[stem]
        return self._out / (f"{stem}.wav" if count == 1 else f"{stem}-{count}.wav")

    def _print(self, file: Path, event: Event, t: float, wall: float | None) -> None:
        from voice.events import to_dict

        if not self._as_json:
            if words := _line(event):
                typer.echo(f"{file.name}  {t:6.2f} s  {words}")
            return
        found = to_dict(event)
        line: dict[str, Any] = {"event": found.pop("event"), "file": str(file), "t": round(t, 3)}
        if wall is not None:
            line["wall"] = round(wall, 3)
        text = json.dumps({**line, **found}, ensure_ascii=False)
        if not text.isprintable():  # a file name that is no UTF-8
            text = json.dumps({**line, **found})
        typer.echo(text)


def _line(event: Event) -> str | None:
    """Return an event as people read it, or None when it is not worth a line."""
    from voice.events import Error, Idle, SttText, TtsText, WakeWordDetected

    match event:
        case WakeWordDetected(word, score):
            return f"wake word {word} ({score:.2f})"
        case SttText(text):
            return f"heard: {text}"
        case TtsText(text, source):
            return f"said ({source}): {text}"
        case Error(code, message):
            return f"error {code}: {message}"
        case Idle("nothing_said" | "end_of_file"):
            return "nothing said"
        case _:
            return None
