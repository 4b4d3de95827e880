"""The assistant as it is, in a quiet room, paced in real time: how soon it answers and falls silent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import numpy as np

from device.assemble import assemble
from device.bench.clips import Clip
from device.bench.room import Room
from device.loading import Engines
from device.speaker import WavSpeaker
from voice.audio import silence
from voice.config import Config
from voice.events import Bus, Event, SttText, TtsFinished, TtsSpeaking, TtsText, TurnLatency
from voice.scope import scope
from voice.session import Session

BEFORE_S = 0.3
"""Seconds of quiet between the press of the button and the request."""

PATIENCE_S = 20.0
"""Seconds from the press of the button after which a request counts as not answered."""

SPEAK_OVER_AFTER_S = 1.5
"""Seconds into an answer at which it is interrupted."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a clip."""

    heard: str = ""
    """What was acted on."""
    source: str = ""
    """Who answered: ``device`` or the model's name."""
    sound_ms: float | None = None
    """From the true end of speech to the first sample of the answer; None if there was none."""
    commit_ms: float | None = None
    """The part of it after the speaker was taken to be done."""
    report: TurnLatency | None = None
    """The assistant's own report about it; the baseline has none."""


class Watch:
    """Keeps every event with its time on the loop's clock, and waits for what will happen."""

    def __init__(self, bus: Bus) -> None:
        self.events: list[tuple[float, Event]] = []
        self._arrived = asyncio.Event()
        self._clock = asyncio.get_running_loop().time
        bus.subscribe(self._take)

    async def first(self, kind: type[Event], *, since: float) -> tuple[float, Event]:
        """Return the first event of a type not before ``since``, waiting for it, and its time."""
        while True:
            for at, event in self.events:
                if at >= since and isinstance(event, kind):
                    return at, event
            self._arrived.clear()
            await self._arrived.wait()

    def _take(self, event: Event) -> None:
        self.events.append((self._clock(), event))
        self._arrived.set()


@dataclass(frozen=True, slots=True)
class Conversation:
    """An assistant that listens in a room."""

    session: Session
    room: Room
    watch: Watch

    async def ask(self, clip: Clip) -> float:
        """Press the button and say something; return when it was said."""
        self.session.press()
        self.room.say(np.concatenate([silence(BEFORE_S), clip.samples]))
        return await self.room.said()

    async def hush(self) -> None:
        """End whatever is under way."""
        self.session.stop()
        await self.session.until_idle()


@asynccontextmanager
async def conversation(config: Config, engines: Engines) -> AsyncIterator[Conversation]:
    """Begin a new conversation: no history, nothing synthesized before."""
    bus = Bus()
    watch = Watch(bus)
    speaker = WavSpeaker(rate=engines.synthesizer.rate, volume_percent=config.snd.volume_percent)
    assistant = assemble(config, engines, speaker, bus)
    room = Room()
    try:
        async with scope() as tasks:
            tasks.start(assistant.session.run(room))
            await room.entered.wait()
            yield Conversation(assistant.session, room, watch)
    finally:
        assistant.close()


async def answer(config: Config, engines: Engines, clip: Clip) -> Answered:
    """Say a clip and take the time to the answer, which is then cut short.

    An answer that began before the clip's end, in a pause, is none.
    """
    async with conversation(config, engines) as talk:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                ended = await talk.ask(clip)
                sounded, _ = await talk.watch.first(TtsSpeaking, since=ended)
                await talk.hush()
                return _answered(talk.watch.events, 1000 * (sounded - ended))
        return _answered(talk.watch.events, None)


async def interrupt(config: Config, engines: Engines, question: Clip, words: Clip) -> float | None:
    """Ask for a long answer and speak over it; return the milliseconds from then to silence.

    None when it did not fall silent for it.
    """
    async with conversation(config, engines) as talk:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await talk.watch.first(TtsSpeaking, since=await talk.ask(question))
                await asyncio.sleep(SPEAK_OVER_AFTER_S)
                talk.room.say(words.samples)
                ended = await talk.room.said()
                silent, event = await talk.watch.first(TtsFinished, since=0.0)
                if isinstance(event, TtsFinished) and event.interrupted:
                    return 1000 * (silent - ended)
    return None


async def idle_cpu_percent(config: Config, engines: Engines, seconds: float) -> float:
    """Return the share of one core that waiting for the wake word takes, in percent."""
    async with conversation(config, engines):
        await asyncio.sleep(1.0)
        wall, cpu = time.monotonic(), time.process_time()
        await asyncio.sleep(seconds)
        return round(100 * (time.process_time() - cpu) / (time.monotonic() - wall), 2)


def _answered(events: list[tuple[float, Event]], sound_ms: float | None) -> Answered:
    heard = source = ""
    commit_ms: float | None = None
    report: TurnLatency | None = None
    for _, event in events:
        match event:
            case SttText(text):
                heard = text
            case TtsText():
                source = event.source
            case TurnLatency():
                report = event
                if event.first_sound_s is not None:
                    commit_ms = 1000 * (event.first_sound_s - event.commit_s)
    return Answered(heard, source, sound_ms, commit_ms, report)
