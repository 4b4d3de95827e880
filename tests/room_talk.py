"""Real speech in a simulated room: the whole assistant with its real models, on virtual time.

Only the sound card is replaced, by `room.RoomCard`, and the language model, by one whose replies are
given. Microphone, speaker, canceller, wake word, voice detector, recognition and synthesis are the
real ones, so what an answer's echo does to them is seen here, at the same time on any machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
from fakes import FakeModel
from real_speech import sentence
from room import Room, RoomCard

from device import virtual_time
from device.assemble import Assistant, assemble
from device.echo import EchoCanceller
from device.echo_choice import CANCELLERS, load_for_reading
from device.loading import Engines, Shelf
from device.microphone import SoundCardMicrophone
from device.model_choice import ModelChoice
from device.speaker import CARD_RATE, SoundCardSpeaker
from voice.audio import Samples, Sound
from voice.config import Config
from voice.events import Bus, Event, SttText
from voice.session import Session
from voice.tts import Synthesizer

ROOM = Room(delay_s=0.08, gain_db=-6.0, reverb_s=0.2, drift_ppm=100.0)
"""The room in which everything must work."""


class Remembered:
    """A voice that synthesizes the same text once: answers here are the same again and again."""

    speed = 1.0

    def __init__(self, voice: Synthesizer) -> None:
        self._voice = voice
        self.rate = voice.rate

    def synthesize(self, text: str) -> Sound:
        """Return the sound of a text."""
        return _synthesized(self._voice, text)


@cache
def _synthesized(voice: Synthesizer, text: str) -> Sound:
    return voice.synthesize(text)


_SHELF = Shelf()
"""The engines, loaded once for all conversations of a process."""


@dataclass
class RoomTalk:
    """A conversation under way in a room, and what happened in it."""

    card: RoomCard
    echo: EchoCanceller | None
    model: FakeModel
    assistant: Assistant
    ducked: list[float]
    """When the answer was told to be lower."""
    events: list[tuple[float, Event]] = field(default_factory=list[tuple[float, Event]])
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def session(self) -> Session:
        return self.assistant.session

    def take(self, event: Event) -> None:
        """Take note of an event."""
        self.events.append((asyncio.get_running_loop().time(), event))
        self._arrived.set()

    @property
    def heard(self) -> list[str]:
        """What was acted on."""
        return [event.text for event in self.of(SttText)]

    def of(self, kind: type[Any]) -> list[Any]:
        """Return the events of a type."""
        return [event for _, event in self.events if isinstance(event, kind)]

    def at(self, kind: type[Any]) -> list[float]:
        """Return when events of a type happened."""
        return [at for at, event in self.events if isinstance(event, kind)]

    async def say(self, text: str, *, level: float = 1.0) -> tuple[float, float]:
        """The person says something, to its end; return when it began and ended."""
        samples = spoken(text, level)
        end = self.card.say(samples)
        begin = end - len(samples) / 16_000
        await asyncio.sleep(max(0.0, end - asyncio.get_running_loop().time()))
        return begin, end

    async def until(self, kind: type[Any], count: int | None = None, limit_s: float = 40.0) -> None:
        """Wait for the next event of a type, or the n-th of all."""
        count = len(self.of(kind)) + 1 if count is None else count
        async with asyncio.timeout(limit_s):
            while len(self.of(kind)) < count:
                self._arrived.clear()
                await self._arrived.wait()

    async def rest(self) -> None:
        """Wait until no turn is under way."""
        async with asyncio.timeout(60):
            await self.session.until_idle()

    def level(self, since: float, until: float) -> float:
        """Return the rms of what was in the air from one time to another."""
        parts = [
            samples for at, samples in self.card.played if since <= at < until and len(samples)
        ]
        sound = np.concatenate(parts) if parts else np.zeros(1)
        return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))

    def silent_since(self) -> float:
        """Return when the last audible sample was in the air."""
        last = 0.0
        for at, samples in self.card.played:
            loud = np.flatnonzero(np.abs(samples.astype(int)) > 30)
            last = at + int(loud[-1]) / CARD_RATE if len(loud) else last
        return last


@cache
def _spoken(text: str) -> Samples:
    return sentence(text)


def spoken(text: str, level: float = 1.0) -> Samples:
    """Return the person's voice at 16 kHz."""
    return (_spoken(text) * level).astype(np.int16)


def in_room(
    scene: Callable[[RoomTalk], Awaitable[None]],
    *replies: str,
    canceller: str | None = "webrtc",
    room: Room = ROOM,
    measured_db: float | None = 30.0,
    reading: bool = True,
    echo: bool = True,
    work_takes_time: bool = False,
    **config: Any,
) -> RoomTalk:
    """Play a scene and return what happened; ``canceller`` None is mic.echo: off.

    ``work_takes_time``: readings and syntheses take the time that they take on this machine.
    """

    async def main() -> RoomTalk:
        async with _talking(
            replies, canceller, RoomCard(room, echo=echo), measured_db, reading, config
        ) as talk:
            await scene(talk)
        return talk

    return virtual_time.run(main(), work_takes_time=work_takes_time)


@asynccontextmanager
async def _talking(
    replies: tuple[str, ...],
    canceller: str | None,
    card: RoomCard,
    measured_db: float | None,
    reading: bool,
    settings: dict[str, Any],
) -> AsyncIterator[RoomTalk]:
    settings.setdefault("snd", {"volume_percent": 100})
    settings.setdefault("stt", {"captions": "off"})
    settings["model"] = {"provider": "none"}
    config = Config.model_validate(settings)
    faults: list[str] = []
    model = FakeModel(*replies)
    loaded = await _SHELF.load(config)
    engines: Engines = replace(
        loaded,
        model=ModelChoice(model, "scripted", None),
        synthesizer=Remembered(loaded.synthesizer),
    )
    echo = (
        EchoCanceller(
            CANCELLERS[canceller](),
            reading=load_for_reading() if reading else None,
            measured_db=measured_db,
        )
        if canceller
        else None
    )
    times: list[float] = []

    class Speaker(SoundCardSpeaker):
        def duck(self, ducked: bool) -> None:
            """Lower answers, and note when."""
            if ducked:
                times.append(asyncio.get_running_loop().time())
            super().duck(ducked)

    speaker = Speaker(
        card,
        lambda fault: faults.append(str(fault)),
        volume_percent=config.snd.volume_percent,
        played=echo.played if echo else None,
    )
    microphone = SoundCardMicrophone(card, lambda fault: faults.append(str(fault)), echo=echo)
    bus = Bus()
    assistant = assemble(config, engines, speaker, bus)
    talk = RoomTalk(card, echo, model, assistant, times)
    bus.subscribe(talk.take)
    tasks = [
        asyncio.ensure_future(speaker.run()),
        asyncio.ensure_future(assistant.session.run(microphone)),
    ]
    try:
        await asyncio.sleep(1.0)
        yield talk
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assistant.close()
    assert faults == []
