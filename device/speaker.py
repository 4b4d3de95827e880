"""Speakers: the sound card's, and one that a clock stands in for; both play through one mixer.

Where there is no sound card the same code runs: a timer pulls what the card would have pulled, so
that an answer takes the time it takes to say, and everything else follows from that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import numpy as np

from device.backoff import Backoff
from device.mixer import FADE_S, Mixer
from device.playback import Clockwork, MixedPlayback, convert
from voice.audio import Samples, Sound
from voice.errors import SpeakerError

log = logging.getLogger(__name__)

CARD_RATE = 48_000
"""Rate of the mixer for a sound card: what practically every card takes as it is."""

IDLE_S = 30.0
"""Seconds after the last sound in which the device stays open."""

WATCH_S = 0.5
"""Seconds between two looks at an open device."""

TOLERATED_GAPS = 3
"""Reports of missing sound after which the device is opened with more latency."""


class MixedSpeaker:
    """What both speakers have in common."""

    def __init__(self, rate: int, volume_percent: int) -> None:
        self._mixer = Mixer(rate, volume_percent)

    @property
    def volume_percent(self) -> int:
        """0 to 100; applies at once, also to what is playing."""
        return self._mixer.volume_percent

    @volume_percent.setter
    def volume_percent(self, percent: int) -> None:
        self._mixer.volume_percent = percent

    def duck(self, ducked: bool) -> None:
        """Lower what plays to a fifth while somebody speaks over it, or raise it again."""
        self._mixer.duck(ducked)


class WavSpeaker(MixedSpeaker):
    """Plays by the loop's clock, for nobody or into ``sink``; answers follow one another."""

    def __init__(
        self,
        rate: int = 22_050,
        sink: Callable[[Sound], None] | None = None,
        *,
        volume_percent: int = 100,
    ) -> None:
        """``sink`` gets each answer when it is over, as it was heard: volume, gaps, chimes and all."""
        super().__init__(rate, volume_percent)
        self._sink = sink
        self._answer: list[Samples] | None = None
        self._begun = False
        self._clock = Clockwork(self._mixer, self._keep)

    def wake(self) -> None:
        """Always ready."""

    def begin(self, started: Callable[[], None], *, lead_in_s: float = 0.0) -> MixedPlayback:
        """Begin an answer; ``started`` is called when its first sample is due."""
        self._hand_over()
        self._answer = []

        def first() -> None:
            self._begun = True
            started()

        self._clock.kick()
        return MixedPlayback(
            self._mixer,
            first,
            lead_in_s=lead_in_s,
            latency=lambda: self._clock.latency_s,
            stopped=self._fade_out,
        )

    def chime(self, sound: Sound) -> None:
        """Play a short sound over whatever plays."""
        self._mixer.chime(convert(sound, self._mixer.rate))
        self._clock.kick()

    def _keep(self, samples: Samples) -> None:
        if self._answer is not None:
            self._answer.append(samples)
            if not self._mixer.answering:
                self._hand_over()

    def _fade_out(self) -> None:
        """Take the last 10 ms of a stopped answer now, so that it is whole when `stop` returns."""
        if self._mixer.answering:
            self._keep(self._mixer.pull(round(FADE_S * self._mixer.rate)))

    def _hand_over(self) -> None:
        answer, begun = self._answer, self._begun
        self._answer, self._begun = None, False
        if answer and begun and self._sink:
            self._sink(Sound(np.concatenate(answer), self._mixer.rate))


Played = Callable[[Samples, int, float], None]
"""Is told what goes to a device: samples, rate, and when the first is in the air (monotonic seconds)."""


class OutputStream(Protocol):
    """An open speaker."""

    faults: int
    """How often sound was missing."""

    @property
    def latency_s(self) -> float:
        """Seconds from a pull until its last sample is in the air."""
        ...

    async def close(self) -> None:
        """Give the device back."""
        ...


class OutputEngine(Protocol):
    """What opens speakers. Implementation: ``device.engines.portaudio``."""

    async def open_output(
        self,
        pull: Callable[[int], Samples],
        rate: int,
        ended: Callable[[], None],
        *,
        safe: bool = False,
        played: Played | None = None,
    ) -> OutputStream:
        """Pull sound until closed; all calls may come from another thread."""
        ...

    async def refresh(self) -> None:
        """Look for devices that came or went."""
        ...


class SoundCardSpeaker(MixedSpeaker):
    """The sound card's speaker, open from the first sound of a conversation until it is quiet again.

    `run` must run beside the conversation: it opens, watches and closes the device. While there is
    none, everything takes the time it would take, and SpeakerError is reported once.
    """

    def __init__(
        self,
        engine: OutputEngine,
        report: Callable[[SpeakerError], None],
        *,
        volume_percent: int = 100,
        played: Played | None = None,
    ) -> None:
        """``played`` is told, in another thread, what really goes to the device."""
        super().__init__(CARD_RATE, volume_percent)
        self._engine = engine
        self._report = report
        self._played = played
        self._loop = asyncio.get_running_loop()
        self._clock = Clockwork(self._mixer)
        self._wanted = asyncio.Event()
        self._last_use = self._loop.time()
        self._stream: OutputStream | None = None
        self._missing = True
        self._reported = False
        self._safe = False

    def wake(self) -> None:
        """Open the device if it is closed; a sound that comes meanwhile waits for it."""
        self._last_use = self._loop.time()
        self._wanted.set()
        if self._missing:
            self._clock.kick()

    def begin(self, started: Callable[[], None], *, lead_in_s: float = 0.0) -> MixedPlayback:
        """Begin an answer; ``started`` is called when its first sample goes to the device."""
        playback = MixedPlayback(
            self._mixer,
            started,
            lead_in_s=lead_in_s,
            latency=lambda: self._stream.latency_s if self._stream else self._clock.latency_s,
            call=self._in_loop,
        )
        self.wake()
        return playback

    def chime(self, sound: Sound) -> None:
        """Play a short sound over whatever plays."""
        self._mixer.chime(convert(sound, self._mixer.rate))
        self.wake()

    async def run(self) -> None:
        """Open the device whenever it is wanted, until cancelled."""
        backoff = Backoff()
        self._missing = False
        self._clock.stop()
        try:
            while True:
                await self._wanted.wait()
                if await self._play_on_device():
                    backoff.reset()
                    continue
                self._go_on_without()
                await self._engine.refresh()
                await asyncio.sleep(backoff.wait_s())
                self._rest_if_idle()
        finally:
            self._go_on_without()

    async def _play_on_device(self) -> bool:
        """Play until it is quiet or the device fails; return whether it was there and did its part."""
        ended = asyncio.Event()
        try:
            stream = await self._engine.open_output(
                self._mixer.pull,
                self._mixer.rate,
                lambda: self._in_loop(ended.set),
                safe=self._safe,
                played=self._played,
            )
        except SpeakerError as fault:
            self._tell(fault)
            return False
        self._clock.stop()
        self._stream, self._missing = stream, False
        try:
            fault = await self._watch(stream, ended)
            self._stream = None
            if fault:
                self._go_on_without()
                self._tell(fault)
        finally:
            self._stream = None
            await stream.close()
        self._reported = fault is not None
        return fault is None

    def _go_on_without(self) -> None:
        """Let the clock stand in for the device."""
        self._missing = True
        self._clock.kick()

    async def _watch(self, stream: OutputStream, ended: asyncio.Event) -> SpeakerError | None:
        """Return when the device is to be closed, with an error if it failed."""
        while True:
            pulled = self._mixer.pulled
            with suppress(TimeoutError):
                async with asyncio.timeout(WATCH_S):
                    await ended.wait()
            if ended.is_set():
                return SpeakerError("the speaker went away; plug it in again")
            if self._mixer.pulled == pulled:
                return SpeakerError("the speaker takes no sound; plug it in again")
            if self._rest_if_idle():
                return None
            if stream.faults >= TOLERATED_GAPS and not self._safe and not self._mixer.busy:
                log.info("sound was missing %d times: taking more latency", stream.faults)
                self._safe = True
                return None

    def _rest_if_idle(self) -> bool:
        """Want no device any more if nothing has played for a while."""
        now = self._loop.time()
        if self._mixer.busy:
            self._last_use = now
        if now - self._last_use < IDLE_S:
            return False
        self._wanted.clear()
        self._missing = False
        return True

    def _tell(self, fault: SpeakerError) -> None:
        if not self._reported:
            self._reported = True
            self._report(fault)

    def _in_loop(self, call: Callable[[], None]) -> None:
        """Run a call of the audio thread in the event loop."""
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(call)
