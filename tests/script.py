"""A small language for scripted conversations on virtual time.

::

    script = Script()
    script.wake()                                  # somebody says the wake word,
    script.say("what time is it")                  # goes straight on, and
    script.pause(3)                                # waits for the answer
    talk = script.play()
    assert talk.heard == ["what time is it"]

What is said stands on a time line without regard to the assistant, as in a room: ``play`` runs the
real session, turn, ears, endpoint, intents and brain over it; only models are fakes.

Who speaks: ``say``, ``whisper``, ``noise``, ``wake`` (with two numbers: two people at once); who acts:
``press``, ``stop``, ``mute``, ``unmute``, ``do``. ``Script(echo=True)`` is a room in which the
microphone hears all that the speaker says, ``Script(verifier=…)`` an assistant that looks twice at
wake words.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from echo_fakes import EchoMicrophone, EchoSpeaker, OwnVoice
from fakes import (
    NOISE_MARK,
    WAKE_MARK,
    FakeModel,
    FakeRecognizer,
    FakeSynthesizer,
    FakeVerifier,
    FakeVoice,
    FakeWakeWord,
    Lines,
)

from device import virtual_time
from device.assemble import Assistant, assemble
from device.fed_microphone import FedMicrophone
from device.kept import NOTHING, Kept
from device.loading import Engines
from device.model_choice import ModelChoice
from device.speaker import WavSpeaker
from voice.audio import RATE, Samples, silence
from voice.config import Config
from voice.events import (
    Bus,
    Error,
    Event,
    Idle,
    SttText,
    TtsFinished,
    TtsSpeaking,
    TtsText,
)
from voice.intents import Intents
from voice.session import Session

INTENTS = Intents("en")
"""Loaded once for all scripts."""

NOW = datetime(2026, 11, 21, 19, 5, tzinfo=ZoneInfo("Europe/Berlin"))


@dataclass
class Talk:
    """What came of a script."""

    events: list[tuple[float, Event]] = field(default_factory=list)
    tasks_left: int = 0
    requests_open: int = 0
    model: FakeModel = field(default_factory=FakeModel)
    recognizer: FakeRecognizer | None = None
    speaker: WavSpeaker | None = None
    recorded: list[Any] = field(default_factory=list)
    assistant: Assistant | None = None

    def of(self, kind: type[Any]) -> list[Any]:
        """Return all events of a type."""
        return [event for _, event in self.events if isinstance(event, kind)]

    def times(self, kind: type[Any]) -> list[float]:
        """Return when events of a type happened, in seconds."""
        return [t for t, event in self.events if isinstance(event, kind)]

    @property
    def heard(self) -> list[str]:
        """What was acted on."""
        return [event.text for event in self.of(SttText)]

    @property
    def said(self) -> list[str]:
        """What was answered, clause by clause as it was shown."""
        return [event.text for event in self.of(TtsText)]

    @property
    def spoken(self) -> list[str]:
        """What was really heard of each answer."""
        return [event.spoken for event in self.of(TtsFinished)]

    @property
    def sources(self) -> list[str]:
        """Who answered."""
        return [event.source for event in self.of(TtsText)]

    @property
    def endings(self) -> list[str]:
        """How each turn ended."""
        return [event.reason for event in self.of(Idle)]

    @property
    def errors(self) -> list[str]:
        """Codes of what went wrong."""
        return [event.code for event in self.of(Error)]

    def delay(self, end_of_speech: float) -> float:
        """Return the seconds from an end of speech to the first sound after it."""
        return min(t for t in self.times(TtsSpeaking) if t > end_of_speech) - end_of_speech


class Script:
    """What happens in the room, in order."""

    def __init__(
        self,
        model: FakeModel | None = None,
        /,
        *,
        announce: str | None = None,
        echo: bool = False,
        verifier: FakeVerifier | None = None,
        kept: Kept = NOTHING,
        **config: Any,
    ) -> None:
        """``config`` are sections of the configuration, as mappings; ``kept`` holds an agenda."""
        self.announce = announce
        self.echo = echo
        self.verifier = verifier
        self.kept = kept
        if echo:
            config["snd"] = {"volume_percent": 100, "chimes": False, **config.get("snd", {})}
        config.setdefault("place", {"time_zone": "Europe/Berlin"})
        self.config = Config.model_validate(config)
        self.model = model or FakeModel()
        self.lines = Lines()
        self.recognizer = FakeRecognizer(self.lines)
        self._sound: list[Samples] = [silence(1.0)]
        self._actions: list[tuple[float, Callable[[Session], None]]] = []

    @property
    def now(self) -> float:
        """Seconds on the time line so far."""
        return sum(map(len, self._sound)) / RATE

    def wake(self, *words: int) -> Script:
        """Somebody says the wake word (0.6 s), the n-th of the configured ones; or several do."""
        marks = [WAKE_MARK + word for word in words or (0,)]
        return self._add(np.resize(np.array(marks, np.int16), round(0.6 * RATE)))

    def say(self, text: str, seconds: float | None = None) -> Script:
        """Somebody says something, three words a second unless told."""
        return self._add(self.lines.samples(text, seconds))

    def whisper(self, text: str, *probabilities: float, seconds: float | None = None) -> Script:
        """Somebody says something of which the voice detector makes so much, frame after frame."""
        return self._add(self.lines.samples(text, seconds, probabilities))

    def noise(self, seconds: float) -> Script:
        """A voice without words: a television, a cough."""
        return self._add(np.full(round(seconds * RATE), NOISE_MARK, np.int16))

    def pause(self, seconds: float) -> Script:
        """Nobody says anything."""
        return self._add(silence(seconds))

    def press(self) -> Script:
        """Somebody presses the button."""
        return self.do(Session.press)

    def stop(self) -> Script:
        """Somebody stops everything, by button or phone."""
        return self.do(Session.stop)

    def mute(self) -> Script:
        """Somebody mutes the microphone."""
        return self.do(lambda session: session.mute(True))

    def unmute(self) -> Script:
        """Somebody opens the microphone again."""
        return self.do(lambda session: session.mute(False))

    def do(self, action: Callable[[Session], None]) -> Script:
        """Something else happens at this point of the time line: a button."""
        return self.do_at(self.now, action)

    def do_at(self, seconds: float, action: Callable[[Session], None]) -> Script:
        """The same at any point of the time line."""
        self._actions.append((seconds, action))
        return self

    def play(self, *, awake: bool = False) -> Talk:
        """Run the conversation; returns when the sound is over and the assistant idle."""
        return virtual_time.run(self._play(awake))

    def _add(self, samples: Samples) -> Script:
        self._sound.append(samples)
        return self

    async def _play(self, awake: bool) -> Talk:
        logging.getLogger("voice.session").disabled = False
        loop = asyncio.get_running_loop()
        talk = Talk(model=self.model, recognizer=self.recognizer)
        own = OwnVoice(self.lines) if self.echo else None
        speaker = EchoSpeaker() if own else WavSpeaker(rate=16_000, sink=talk.recorded.append)
        speaker.volume_percent = self.config.snd.volume_percent
        talk.speaker = speaker
        engines = Engines(
            self.recognizer,  # type: ignore[arg-type] # the same methods, on virtual time
            own or FakeSynthesizer(),
            FakeVoice(self.lines),
            [
                (FakeWakeWord(word.name, index), word.sensitivity)
                for index, word in enumerate(self.config.wake.words)
            ],
            INTENTS,
            ModelChoice(self.model, "scripted", self.announce),
            verifier=self.verifier,
        )
        bus = Bus()
        bus.subscribe(lambda event: talk.events.append((loop.time(), event)))
        assistant = talk.assistant = assemble(self.config, engines, speaker, bus, self.kept)
        session = assistant.session
        kind = EchoMicrophone if own else FedMicrophone
        microphone = kind(spent=session.no_more_sound, finished=lambda: session.idle)
        if isinstance(speaker, EchoSpeaker) and isinstance(microphone, EchoMicrophone):
            speaker.room = microphone
        microphone.feed(np.concatenate(self._sound))
        for at, action in self._actions:
            loop.call_at(at, action, assistant.session)
        await assistant.session.run(microphone, awake=awake)
        assistant.close()
        talk.requests_open = self.model.open
        talk.tasks_left = len(asyncio.all_tasks()) - 1
        return talk
