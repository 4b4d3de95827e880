"""A configuration that changes while the assistant runs, also to one that can't be used."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeModel, FakeRecognizer, FakeSynthesizer, FakeVoice, Lines

from device import loading, service
from device.assemble import assemble
from device.loading import Engines, Shelf
from device.model_choice import ModelChoice
from device.settings import Settings
from device.speaker import WavSpeaker
from voice.audio import Samples, silence
from voice.chat import Message, ToolSpec
from voice.config import Config
from voice.errors import ModelFileError, UsageError
from voice.events import Bus
from voice.intents import Intents
from voice.stt import Effort, Transcript

INTENTS = Intents("en")


def config_of(**sections: Any) -> Config:
    return Config.model_validate(
        {"wake": {"words": []}, "vad": {"engine": "webrtc"}, "model": {"provider": "none"}}
        | sections
    )


class Named:
    """A recogniser that hears its own name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def transcribe(self, samples: Samples, effort: Effort) -> Transcript:
        return Transcript(self.name)


def synthesizer_of(settings: Any) -> FakeSynthesizer:
    if settings.voice == "missing":
        raise ModelFileError("missing: no such voice")
    return FakeSynthesizer()


async def test_what_was_loaded_stays_when_a_part_of_the_new_can_not_be(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setitem(loading.TRANSCRIBERS, "faster_whisper", lambda stt: Named(stt.model))
    monkeypatch.setitem(loading.SYNTHESIZERS, "piper", synthesizer_of)
    shelf = Shelf()
    try:
        first = await shelf.load(config_of())
        with pytest.raises(ModelFileError):
            await shelf.load(config_of(stt={"model": "base.en"}, tts={"voice": "missing"}))
        heard = await first.recognizer.transcribe(silence(1.0), "final")
        assert heard.text == "tiny.en"
        again = await shelf.load(config_of())
        assert again.recognizer is first.recognizer
        other = await shelf.load(config_of(stt={"model": "base.en"}))
        assert (await other.recognizer.transcribe(silence(1.0), "final")).text == "base.en"
        assert other.synthesizer is first.synthesizer
    finally:
        await shelf.close()


def engines() -> Engines:
    return Engines(
        FakeRecognizer(Lines()),  # type: ignore[arg-type] # the same methods
        FakeSynthesizer(),
        FakeVoice(),
        [],
        INTENTS,
        ModelChoice(None, "none is wanted"),
    )


class FakeShelf:
    """Can't load one voice."""

    def __init__(self, _: Any) -> None:
        self.loads = 0

    async def load(self, config: Config) -> Engines:
        synthesizer_of(config.tts)
        return engines()

    async def close(self) -> None:
        pass


async def test_the_service_goes_on_with_what_it_had(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(service, "Shelf", FakeShelf)
    caplog.set_level(logging.INFO, "device.service")
    wanted = config_of(tts={"voice": "missing"}, snd={"volume_percent": 10})
    running = service.Service(
        Settings(config_of(), None), lambda: Settings(wanted, None), state=tmp_path, audio=False
    )

    async def until(line: str, count: int) -> None:
        async with asyncio.timeout(10):
            while sum(line in one.getMessage() for one in caplog.records) < count:  # noqa: ASYNC110 # a log has no event
                await asyncio.sleep(0.01)

    async def volume() -> str:
        return str((await running.handle({"do": "ask", "text": "what is the volume"}))["reply"])

    serving = asyncio.create_task(running.run(tmp_path / "socket"))
    await until("listening for", 1)
    assert await volume() == "The volume is 70 percent."
    await running.handle({"do": "reload"})
    await until("no such voice", 1)
    await until("listening for", 2)
    assert await volume() == "The volume is 70 percent."
    wanted = config_of(snd={"volume_percent": 10})
    await running.handle({"do": "reload"})
    await until("listening for", 3)
    assert await volume() == "The volume is 10 percent."
    os.kill(os.getpid(), signal.SIGTERM)
    await serving


class Slow(FakeModel):
    """A model that is long in getting ready."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.ready = asyncio.Event(), asyncio.Event()

    async def warm(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> None:
        self.begun.set()
        await self.ready.wait()


async def test_the_button_is_refused_until_somebody_listens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    model = Slow()

    class OneShelf(FakeShelf):
        async def load(self, config: Config) -> Engines:
            return replace(engines(), model=ModelChoice(model, "slow"))

    monkeypatch.setattr(service, "Shelf", OneShelf)
    caplog.set_level(logging.INFO, "device.service")
    settings = Settings(config_of(), None)
    running = service.Service(settings, lambda: settings, state=tmp_path, audio=False)
    serving = asyncio.create_task(running.run(tmp_path / "socket"))
    async with asyncio.timeout(10):
        await model.begun.wait()
        with pytest.raises(UsageError, match="not listening yet") as refused:
            await running.handle({"do": "press"})
        assert "\n" not in str(refused.value)
        assert not (await running.handle({"do": "status"}))["ready"]
        assert "wake_word_detected" not in caplog.text
        model.ready.set()
        while not (await running.handle({"do": "status"}))["ready"]:  # noqa: ASYNC110 # it is asked by other programs
            await asyncio.sleep(0)
        assert await running.handle({"do": "press"}) == {"done": True}
        assert "wake_word_detected" in caplog.text
        assert not (await running.handle({"do": "status"}))["idle"]
        os.kill(os.getpid(), signal.SIGTERM)
        await serving
    assert not (await running.handle({"do": "status"}))["ready"]


async def test_each_conversation_begins_at_the_pace_that_is_set():
    held = engines()
    held.synthesizer.speed = 1.4
    assemble(config_of(), held, WavSpeaker(), Bus()).close()
    assert held.synthesizer.speed == 1.0
