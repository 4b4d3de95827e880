"""Settings changed by voice while the assistant runs: in force at once, or as soon as nobody talks."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeModel, FakeRecognizer, FakeSynthesizer, FakeVoice, FakeWakeWord, Lines

from device import cli, service
from device import settings as files
from device.assemble import Assistant, assemble
from device.loading import Engines, Shelf
from device.model_choice import ModelChoice
from device.settings import Settings
from device.speaker import WavSpeaker
from voice.config import Config
from voice.events import Bus, Event, Idle, TtsFinished
from voice.intents import Intents
from voice.typed import ask

INTENTS = Intents("en")
BASE = "wake: {words: [okay_nabu]} # ours\nvad: {engine: webrtc}\nmodel: {provider: none}\n"


def engines(config: Config, model: FakeModel | None = None) -> Engines:
    return Engines(
        FakeRecognizer(Lines()),  # type: ignore[arg-type] # the same methods
        FakeSynthesizer(),
        FakeVoice(),
        [(FakeWakeWord(word.name), word.sensitivity) for word in config.wake.words],
        INTENTS,
        ModelChoice(model, "none is wanted"),
    )


class FakeShelf:
    """Loads in no time, and remembers what."""

    loaded: list[Config]

    def __init__(self, _: Any) -> None:
        FakeShelf.loaded = []

    async def load(self, config: Config) -> Engines:
        self.loaded.append(config)
        return engines(config)

    async def close(self) -> None:
        pass


@dataclass
class House:
    """A running service, and its file."""

    path: Path
    running: service.Service
    said: Callable[[str], Awaitable[str]]
    until: Callable[[str, int], Awaitable[None]]

    @property
    def config(self) -> Config:
        return files.load(self.path, (), {}).config


@asynccontextmanager
async def house(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    *overrides: str,
) -> AsyncGenerator[House]:
    monkeypatch.setattr(service, "Shelf", FakeShelf)
    caplog.set_level(logging.INFO, "device.service")
    path = tmp_path / "sayso.yaml"
    path.write_text(BASE)

    def reread() -> Settings:
        return files.load(path, overrides, {})

    running = service.Service(reread(), reread, state=tmp_path, audio=False, writable=lambda: path)

    async def said(text: str) -> str:
        return str((await running.handle({"do": "ask", "text": text}))["reply"])

    async def until(line: str, count: int) -> None:
        async with asyncio.timeout(10):
            while sum(line in one.getMessage() for one in caplog.records) < count:  # noqa: ASYNC110 # a log has no event
                await asyncio.sleep(0.01)

    serving = asyncio.create_task(running.run(tmp_path / "socket"))
    await until("listening for", 1)
    yield House(path, running, said, until)
    os.kill(os.getpid(), signal.SIGTERM)
    await serving


async def test_wake_words_are_loaded_anew_and_the_conversation_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(monkeypatch, tmp_path, caplog) as home:
        assert await home.said("Mute.") == ""
        assert await home.said("Also listen to Alexa.") == "All right, “alexa” wakes me too."
        await home.until("listening for: okay nabu or alexa", 1)
        assert home.path.read_text().splitlines()[0] == "wake: {words: [okay_nabu, alexa]} # ours"
        assert await home.said("Say that again.") == "All right, “alexa” wakes me too."
        assert await home.said("What's the volume?") == (
            "The volume is 70 percent, and the speaker is muted."
        )
    assert [len(config.wake.words) for config in FakeShelf.loaded] == [1, 2]


async def test_what_is_said_of_it_is_said_to_its_end_before_anything_is_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(monkeypatch, tmp_path, caplog) as home:
        events: list[Event] = []
        loaded: list[int] = []

        def watch(event: Event) -> None:
            events.append(event)
            loaded.append(len(FakeShelf.loaded))

        home.running._bus.subscribe(watch)
        assistant = home.running._assistant
        assert assistant
        assistant.session.perform(["Also listen to Alexa."])
        await home.until("listening for: okay nabu or alexa", 1)
        ends = [
            (event, count)
            for event, count in zip(events, loaded, strict=True)
            if isinstance(event, TtsFinished | Idle)
        ]
    assert ends == [
        (TtsFinished(False, "Okay, I listen to “alexa” as well."), 1),
        (Idle("answered"), 1),
    ]


async def test_what_is_asked_in_writing_while_something_is_loaded_is_answered_then(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    begun, loaded = asyncio.Event(), asyncio.Event()

    async def load(self: FakeShelf, config: Config) -> Engines:
        if self.loaded:
            begun.set()
            await loaded.wait()
        self.loaded.append(config)
        return engines(config)

    monkeypatch.setattr(FakeShelf, "load", load)
    async with house(monkeypatch, tmp_path, caplog) as home:
        await home.said("Listen to Alexa instead.")
        await begun.wait()
        asked = asyncio.create_task(home.said("What's your wake word?"))
        await asyncio.sleep(0)
        assert not asked.done()
        loaded.set()
        assert await asked == "I listen to alexa."


async def test_a_volume_outlives_loading_anew_and_the_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(monkeypatch, tmp_path, caplog) as home:
        await home.said("Set the volume to 35.")
        await home.said("Set your location to Tokyo.")
        await home.until("listening for", 2)
        assert home.config.place.time_zone == "Asia/Tokyo"
        assert await home.said("What's the volume?") == "The volume is 35 percent."
        await home.said("Louder.")
        await home.said("Speak slower.")
    assert (home.config.snd.volume_percent, home.config.tts.speed) == (45, 0.8)


async def test_a_volume_that_can_not_be_written_outlives_loading_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(monkeypatch, tmp_path, caplog) as home:
        await home.said("Set the volume to 35.")
        monkeypatch.setattr(home.running._keeper, "_path", lambda: tmp_path / "socket" / "no.yaml")
        await home.running.handle({"do": "reload"})
        await home.until("listening for", 2)
        assert await home.said("What's the volume?") == "The volume is 35 percent."
        assert await home.said("Call yourself Max.") == (
            "I couldn't save that, so nothing has changed."
        )


async def test_what_needs_no_loading_is_in_force_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(monkeypatch, tmp_path, caplog) as home:
        await home.said("Turn off the chimes.")
        await home.said("Use 24-hour time.")
        await home.said("Turn off follow-ups.")
        assert "PM" not in await home.said("What time is it?")
        assert "AM" not in await home.said("What time is it?")
        assert await home.said("Turn off the chimes.") in {
            "That's how it is already.",
            "It's set that way already.",
        }
    assert len(FakeShelf.loaded) == 1
    config = home.config
    assert (config.snd.chimes, config.place.clock, config.turn.follow_up) == (False, "24h", "off")


async def test_what_was_given_at_the_start_is_not_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(monkeypatch, tmp_path, caplog, "place.units=metric") as home:
        assert "started with that setting" in await home.said("Use Fahrenheit.")
    assert home.path.read_text() == BASE


def conversation(model: FakeModel | None = None, **sections: Any) -> Assistant:
    config = Config.model_validate(
        {"vad": {"engine": "webrtc"}, "model": {"provider": "none"}} | sections
    )
    return assemble(config, engines(config, model), WavSpeaker(), Bus())


async def said(assistant: Assistant, text: str) -> str:
    return (await ask(assistant.mind.answers, text)).reply


async def test_where_nothing_is_kept_it_holds_for_the_conversation_and_the_answer_says_so() -> None:
    assistant = conversation()
    assert (await said(assistant, "Only the wake word can interrupt you.")).endswith(
        "That holds until I'm restarted."
    )
    assert assistant.session.settings.barge_in == "off"
    assert await said(assistant, "Also listen to Alexa.") == "I can't change that here."
    assistant.close()


async def test_chimes_are_played_as_it_is_set_and_taken_back() -> None:
    assistant = conversation()
    chimes, cue = assistant.session.chimes, assistant.mouth.thinking
    assert chimes
    assert cue
    answers = assistant.mind.answers
    answer = answers.prepare(answers.plan("Turn off the chimes."))
    assert assistant.session.chimes == chimes, "nothing is done before it is certain"
    answers.begin(answer)
    assert (assistant.session.chimes, assistant.mouth.thinking) == ({}, None)
    answer.undo()
    assert (assistant.session.chimes, assistant.mouth.thinking) == (chimes, cue)
    assistant.close()


async def test_the_model_is_told_the_new_name_and_length_and_units() -> None:
    model = FakeModel()
    assistant = conversation(model)
    for text in ("Call yourself Max.", "Give shorter answers.", "Use imperial units."):
        await said(assistant, text)
    await said(assistant, "Tell me about Paris.")
    prompt = str(model.requests[-1][0]["content"])
    assert "You are Max" in prompt
    assert "one short sentence" in prompt
    assert "imperial units" in prompt
    assistant.close()


async def test_the_pace_needs_no_other_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    from device import loading

    monkeypatch.setitem(loading.TRANSCRIBERS, "faster_whisper", lambda _: _NoWords())
    monkeypatch.setitem(loading.SYNTHESIZERS, "piper", lambda _: FakeSynthesizer())
    shelf = Shelf()
    base = {"wake": {"words": []}, "vad": {"engine": "webrtc"}, "model": {"provider": "none"}}
    try:
        first = await shelf.load(Config.model_validate(base))
        slower = await shelf.load(Config.model_validate(base | {"tts": {"speed": 0.8}}))
        assert slower.synthesizer is first.synthesizer
        other = await shelf.load(Config.model_validate(base | {"tts": {"voice": "other"}}))
        assert other.synthesizer is not first.synthesizer
    finally:
        await shelf.close()


class _NoWords:
    def transcribe(self, samples: Any, effort: Any) -> Any:
        from voice.stt import Transcript

        return Transcript("")


def test_beside_nobody_ask_changes_the_file_that_config_set_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("SAYSO_CONFIG", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SAYSO_STATE", str(tmp_path / "state"))
    own = tmp_path / ".config" / "sayso" / "sayso.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("model: {provider: none} # nobody\n")
    assert cli.main(["ask", "--json", "Set the volume to 35."]) == 0
    assert cli.main(["ask", "--json", "Turn off the chimes."]) == 0
    replies = [json.loads(line)["reply"] for line in capsys.readouterr().out.splitlines()]
    assert replies == ["Volume 35 percent.", "Okay, no more chimes."]
    assert own.read_text() == (
        "model: {provider: none} # nobody\n\nsnd:\n  volume_percent: 35\n  chimes: false\n"
    )
    assert cli.main(["config", "show", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["snd"]["volume_percent"], shown["snd"]["chimes"]) == (35, False)
