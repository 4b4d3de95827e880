"""A wake word that is a file of one's own: it is called by its name, never by its path."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeRecognizer, FakeSynthesizer, FakeVoice, FakeWakeWord, Lines

from device import assemble, cli, service
from device.commands import ask
from device.demo import Demo
from device.loading import Engines
from device.model_choice import ModelChoice
from device.settings import Settings
from device.speaker import WavSpeaker
from voice.config import Config
from voice.ears import Speech
from voice.events import Bus
from voice.intents import Intents
from voice.reading import Reader

FILE = "/home/me/hey_robot.json"

CONFIG = Config.model_validate({"wake": {"words": [FILE]}, "model": {"provider": "none"}})

LINES = Lines()

ENGINES = Engines(
    FakeRecognizer(LINES, 0.0),  # type: ignore[arg-type] # the same methods
    FakeSynthesizer(),
    FakeVoice(),
    [(FakeWakeWord("hey_robot"), None)],
    Intents("en"),
    ModelChoice(None, "none is wanted"),
)


async def test_it_waits_for_the_word_by_its_name():
    assistant = assemble.assemble(CONFIG, ENGINES, WavSpeaker(), Bus())
    assert assistant.mind.controls.situation().wake_word == "hey robot"
    assistant.close()


async def test_what_is_left_of_the_word_is_no_part_of_the_request(monkeypatch: pytest.MonkeyPatch):
    readers: list[Reader] = []

    class Kept(Reader):
        def __init__(self, *arguments: object, **settings: object) -> None:
            super().__init__(*arguments, **settings)  # type: ignore[arg-type] # as they come
            readers.append(self)

    monkeypatch.setattr(assemble, "Reader", Kept)
    assemble.assemble(CONFIG, ENGINES, WavSpeaker(), Bus()).close()
    said = Speech(LINES.samples("Robot, what time is it?"), 2.0, 0.5)
    assert (await readers[0].read(said, "final")).text == "What time is it?"


async def test_the_log_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    class Shelf:
        def __init__(self, _: object) -> None:
            pass

        async def load(self, config: Config) -> Engines:
            return ENGINES

        async def close(self) -> None:
            pass

    monkeypatch.setattr(service, "Shelf", Shelf)
    caplog.set_level(logging.INFO, "device.service")
    settings = Settings(CONFIG, None)
    running = service.Service(settings, lambda: settings, state=tmp_path, audio=False)
    serving = asyncio.create_task(running.run(tmp_path / "socket"))
    async with asyncio.timeout(10):
        while not (await running.handle({"do": "status"}))["ready"]:  # noqa: ASYNC110 # it is asked by other programs
            await asyncio.sleep(0)
    serving.cancel()
    await asyncio.wait([serving])
    assert "listening for: hey robot" in caplog.messages


async def test_the_demo_calls_it(tmp_path: Path):
    synthesizer = FakeSynthesizer()
    model = ModelChoice(None, "none is wanted")
    engines = replace(ENGINES, synthesizer=synthesizer, model=model)
    demo = Demo(CONFIG, engines, tmp_path, lambda event: None)
    playing = asyncio.create_task(demo.play(lambda scene: None))
    async with asyncio.timeout(10):
        while not synthesizer.texts:  # noqa: ASYNC110 # it works in a thread
            await asyncio.sleep(0.01)
    playing.cancel()
    await asyncio.wait([playing])
    assert synthesizer.texts[0].startswith("Hey robot. ")


def test_by_text_it_has_the_name_of_its_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SAYSO_STATE", str(tmp_path))
    monkeypatch.setattr(ask, "setup_logging", lambda *_, **__: None)  # the log is every test's
    words = f"--set=wake.words=[{FILE}]"
    assert cli.main(["ask", "--json", words, "--set=model.provider=none", "stop listening"]) == 0
    reply = json.loads(capsys.readouterr().out)["reply"]
    assert reply.endswith("I only wait for “hey robot”.")
