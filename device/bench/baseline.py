"""The plain baseline: one step after the other, as voice assistants are first written.

A silence timer ends the request, stock faster-whisper writes it down, the same intents or the same
model answer it, the whole reply is synthesized, and then it is spoken. Models, threads and voice are
ours, so that what differs is the order of things.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

import numpy as np

from device.assemble import Mind, connect_mind
from device.bench.clips import Clip
from device.bench.ours import BEFORE_S, PATIENCE_S, Answered
from device.bench.room import Room
from device.engines.stock import StockVad, StockWhisper
from device.loading import Engines
from device.speaker import WavSpeaker
from voice.audio import FRAME_S, Samples, silence
from voice.config import Config
from voice.events import Bus
from voice.scope import scope

SILENCE_S = 0.8
"""Seconds without voice that end a request."""

VOICE_S = 0.1
"""Seconds of voice that begin one: a single frame may be noise."""


@dataclass(frozen=True, slots=True)
class _Turn:
    heard: str
    source: str
    committed: float
    sounded: float


class Baseline:
    """Answers clips plainly; listens from the start, as ours does after the wake word."""

    def __init__(self, config: Config, engines: Engines, stock: StockWhisper) -> None:
        self._config = config
        self._engines = engines
        self._stock = stock

    async def answer(self, clip: Clip) -> Answered:
        """Say a clip and take the time to the answer, which is then cut short."""
        room = Room()
        try:
            async with asyncio.timeout(PATIENCE_S), scope() as tasks:
                taking = tasks.start(self._take(room))
                await room.entered.wait()
                room.say(np.concatenate([silence(BEFORE_S), clip.samples]))
                turn = await taking
                ended = await room.said()
        except TimeoutError:
            return Answered()
        return Answered(
            turn.heard,
            turn.source,
            1000 * (turn.sounded - ended),
            1000 * (turn.sounded - turn.committed),
        )

    async def _take(self, room: Room) -> _Turn:
        """Hear a request and answer it, step by step."""
        loop = asyncio.get_running_loop()
        speaker = WavSpeaker(
            rate=self._engines.synthesizer.rate, volume_percent=self._config.snd.volume_percent
        )
        recorded = await _record(room)
        committed = loop.time()
        heard = await asyncio.to_thread(self._stock.transcribe, recorded)
        mind = connect_mind(
            self._config,
            self._engines.intents,
            self._engines.model,
            speaker,
            self._engines.synthesizer,
            Bus(),
            wake_words=self._engines.wake_names,
        )
        reply, source = await _whole_reply(mind, heard)
        sound = await asyncio.to_thread(self._engines.synthesizer.synthesize, reply)
        started: asyncio.Future[float] = loop.create_future()
        playback = speaker.begin(lambda: started.set_result(loop.time()))
        async with scope() as tasks:
            tasks.start(playback.feed(sound))  # returns only when most of it was heard
            sounded = await started
        playback.stop()
        return _Turn(heard, source, committed, sounded)


async def _record(room: Room) -> Samples:
    """Return everything from the start to the end of the silence after speech."""
    vad = StockVad()
    kept: list[Samples] = []
    voiced = silent = 0
    async with aclosing(room.frames()) as frames:
        async for frame in frames:
            kept.append(frame)
            if vad.is_speech(frame):
                voiced, silent = voiced + 1, 0
            else:
                silent += 1
            if voiced * FRAME_S >= VOICE_S and silent * FRAME_S >= SILENCE_S:
                break
    return np.concatenate(kept)


async def _whole_reply(mind: Mind, heard: str) -> tuple[str, str]:
    """Return the reply as it is to be spoken, when all of it is known, and who gave it."""
    answer = mind.answers.prepare(mind.answers.plan(heard))
    mind.answers.begin(answer)
    reply = " ".join([clause.spoken async for clause in answer.clauses])
    mind.answers.ended(answer, reply, interrupted=False)
    return reply, answer.source
