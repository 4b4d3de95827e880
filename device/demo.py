"""A conversation with itself: spoken requests through the real pipeline, no audio hardware."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from device.assemble import assemble
from device.fed_microphone import FedMicrophone
from device.loading import Engines
from device.playback import convert
from device.speaker import WavSpeaker
from device.wav_files import write
from voice.audio import RATE, Samples, Sound, silence
from voice.config import Config
from voice.events import Bus, Event, Idle, Listening, SttText, TtsSpeaking, TtsText, TurnLatency
from voice.tts import Synthesizer

STOP_AFTER_S = 1.5
"""Seconds into an answer at which the demo's speaker interrupts it."""

PATIENCE_S = 60.0
"""Seconds after which a scene counts as failed."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One request."""

    title: str
    says: str
    wake: bool = True
    interrupts: str | None = None
    """What is said over the answer."""


SCENES = (
    Scene("answered on the device", "What's 12 times 13?"),
    Scene("answered by the language model", "What is the capital of Italy?"),
    Scene("a follow-up, without the wake word", "And what time is it in Tokyo?", wake=False),
    Scene("a long answer, interrupted", "What can you do?", interrupts="Stop."),
)


@dataclass(slots=True)
class Outcome:
    """What came of a scene."""

    scene: Scene
    heard: str = ""
    said: list[str] = field(default_factory=list)
    source: str = ""
    latency: TurnLatency | None = None
    stopped_s: float | None = None
    """Seconds from the end of "stop" to silence."""
    wav: Path | None = None

    @property
    def worked(self) -> bool:
        """Whether it was heard and answered, and stopped when told to."""
        return bool(self.heard and self.said) and (
            self.scene.interrupts is None or self.stopped_s is not None
        )


class Demo:
    """Plays the scenes and watches what happens."""

    def __init__(
        self, config: Config, engines: Engines, folder: Path, show: Callable[[Event], None]
    ) -> None:
        """``folder`` is where requests and replies are written, ``show`` sees every event."""
        self._config = config
        self._engines = engines
        self._folder = folder
        self._show = show
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._over = False
        self._replies: list[Sound] = []
        self._outcome = Outcome(SCENES[0])
        self._spent = asyncio.Event()

    async def play(self, began: Callable[[Scene], None]) -> list[Outcome]:
        """Play all scenes in real time; ``began`` is told of each."""
        speaker = WavSpeaker(
            rate=self._engines.synthesizer.rate,
            volume_percent=self._config.snd.volume_percent,
            sink=self._replies.append,
        )
        bus = Bus()
        bus.subscribe(self._watch)
        bus.subscribe(self._show)
        assistant = assemble(self._config, self._engines, speaker, bus)
        await assistant.warm()
        microphone = FedMicrophone(spent=self._spent.set, finished=lambda: self._over)
        outcomes: list[Outcome] = []

        async def direct() -> None:
            try:
                for number, scene in enumerate(SCENES, 1):
                    began(scene)
                    outcomes.append(await self._play(number, scene, microphone))
            finally:
                self._over = True

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(assistant.session.run(microphone))
            tasks.create_task(direct())
        assistant.close()
        return outcomes

    async def _play(self, number: int, scene: Scene, microphone: FedMicrophone) -> Outcome:
        self._outcome = outcome = Outcome(scene)
        self._replies.clear()
        if scene.wake:
            request = await self._speech(f"{self._wake_phrase()}. {scene.says}")
        else:
            request = await self._speech(scene.says)
        try:
            async with asyncio.timeout(PATIENCE_S):
                if not scene.wake:
                    await self._until(
                        lambda event: isinstance(event, Listening) and event.follow_up
                    )
                self._clear()
                microphone.feed(np.concatenate([silence(0.5), request]))
                if scene.interrupts:
                    await self._interrupt(scene.interrupts, microphone, outcome)
                await self._until(lambda event: isinstance(event, Idle))
        except TimeoutError:
            return outcome
        stem = f"{number}-{'-'.join(scene.title.replace(',', '').split())}"
        write(self._folder / f"{stem}-request.wav", Sound(request, RATE))
        if self._replies:
            outcome.wav = self._folder / f"{stem}-reply.wav"
            whole = np.concatenate([reply.samples for reply in self._replies])
            write(outcome.wav, Sound(whole, self._replies[0].rate))
        return outcome

    async def _interrupt(self, words: str, microphone: FedMicrophone, outcome: Outcome) -> None:
        speech = await self._speech(words)
        await self._until(lambda event: isinstance(event, TtsSpeaking))
        await asyncio.sleep(STOP_AFTER_S)
        self._spent.clear()
        microphone.feed(speech)
        await self._spent.wait()
        loop = asyncio.get_running_loop()
        spoken_at = loop.time()
        await self._until(lambda event: event.event == "interrupted")
        outcome.stopped_s = loop.time() - spoken_at

    async def _speech(self, text: str) -> Samples:
        return await asyncio.get_running_loop().run_in_executor(
            None, speech, self._engines.synthesizer, text
        )

    def _wake_phrase(self) -> str:
        return self._engines.wake_names[0].replace("_", " ").capitalize()

    def _watch(self, event: Event) -> None:
        outcome = self._outcome
        match event:
            case SttText(text):
                outcome.heard = text
            case TtsText(text, source):
                outcome.said.append(text)
                outcome.source = source
            case TurnLatency():
                outcome.latency = event
        self._events.put_nowait(event)

    async def _until(self, wanted: Callable[[Event], bool]) -> None:
        while not wanted(await self._events.get()):
            pass

    def _clear(self) -> None:
        while not self._events.empty():
            self._events.get_nowait()


def speech(synthesizer: Synthesizer, text: str) -> Samples:
    """Return a sentence as a microphone would hear it: 16 kHz, without silence around it."""
    return trimmed(convert(synthesizer.synthesize(text), RATE))


def trimmed(samples: Samples, threshold: int = 300) -> Samples:
    """Return samples without the quiet at both ends."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > threshold)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples
