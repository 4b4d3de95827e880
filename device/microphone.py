"""The sound card's microphone: frames for ever, whatever happens to the device.

A device that is missing, unplugged or silent is reported once and tried again until it is back. All
waiting is on the event loop's clock.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Protocol

import numpy as np

from device.backoff import Backoff
from device.echo import EchoCanceller
from device.resampling import Resampler
from voice.audio import FRAME_S, FRAME_SAMPLES, RATE, UNHURRIED_FRAMES, Samples
from voice.errors import MicrophoneError

log = logging.getLogger(__name__)

STALL_S = 2.0
"""Seconds without a frame after which the microphone is opened again."""

STEADY_S = 5.0
"""Seconds of sound after which an earlier outage is forgotten."""

FILL_S = 65.0
"""Seconds of an outage in which silence is heard, so that a turn under way ends (its cap is 60 s)."""

WAITING_BLOCKS = 100
"""Blocks of 20 ms that may wait for the event loop; later ones are dropped and counted."""

Report = Callable[[MicrophoneError], None]

Deliver = Callable[[Samples, float], None]
"""Takes a block of sound, and when it began on the machine's monotonic clock, in seconds."""


class InputStream(Protocol):
    """An open microphone."""

    @property
    def rate(self) -> int:
        """Samples a second."""
        ...

    async def close(self) -> None:
        """Give the device back."""
        ...


class InputEngine(Protocol):
    """What opens microphones. Implementation: ``device.engines.portaudio``."""

    async def open_input(self, deliver: Deliver, ended: Callable[[], None]) -> InputStream:
        """Deliver blocks of mono sound until closed; both calls may come from another thread."""
        ...

    async def refresh(self) -> None:
        """Look for devices that came or went."""
        ...


class SoundCardMicrophone:
    """Frames from the sound card; in an outage silence for a while, then nothing until it is over."""

    def __init__(
        self,
        engine: InputEngine,
        report: Report,
        *,
        gain_db: float = 0.0,
        echo: EchoCanceller | None = None,
    ) -> None:
        """``report`` is told of each outage once; ``echo`` takes our own speech out, until it breaks."""
        self._engine = engine
        self._report = report
        self._gain = 10 ** (gain_db / 20)
        self._echo = echo
        self.unhurried = False
        """While true several frames are handed over at a time."""
        self._reported = False
        self._backoff = Backoff()

    @property
    def echo_free(self) -> bool:
        """A sound card's microphone may hear our own speaker."""
        return False

    @property
    def echo_cancelled(self) -> bool:
        """Whether the canceller has proved that little of our own speaker is left."""
        return self._echo is not None and self._echo.trust.trusted

    @property
    def clear(self) -> Samples | None:
        """The frame yielded last, cleaned for reading; None when it is best read as it is."""
        return self._echo.clear if self._echo else None

    async def frames(self) -> AsyncGenerator[Samples, None]:
        """Yield frames of 20 ms; never ends by itself, and gives the device back when it is closed."""
        fill = round(FILL_S / FRAME_S)
        while True:
            heard = 0
            try:
                async with aclosing(self._from_device()) as frames:
                    async for frame in frames:
                        heard += 1
                        if heard == round(STEADY_S / FRAME_S):
                            self._backoff.reset()
                            self._reported = False
                            fill = round(FILL_S / FRAME_S)
                        yield frame
            except MicrophoneError as fault:
                self._tell(fault)
            await self._engine.refresh()
            async for frame in _quiet(self._backoff.wait_s()):
                if fill > 0:
                    fill -= 1
                    yield frame

    async def _from_device(self) -> AsyncGenerator[Samples, None]:
        """Yield frames until the device goes away; raises MicrophoneError."""
        intake = Intake(lambda: UNHURRIED_FRAMES if self.unhurried else 1)
        stream = await self._engine.open_input(intake.put, intake.end)
        try:
            framer = Framer(stream.rate, self._gain)
            while (block := await intake.take()) is not None:
                samples, at = block
                at -= framer.left_s
                for frame in framer.frames(samples):
                    yield self._without_echo(frame, at)
                    at += FRAME_S
            log.warning("the microphone went away")
        finally:
            if self._echo:
                self._echo.clear = None
            await stream.close()

    def _without_echo(self, frame: Samples, at: float) -> Samples:
        """Clean a frame; a canceller that breaks is done without from then on."""
        if self._echo is None:
            return frame
        try:
            return self._echo.hear(frame, at)
        except Exception:  # a library's own, whatever it is: we go on hearing
            log.exception("the echo canceller broke: only wake word and button interrupt now")
            self._echo = None
            return frame

    def _tell(self, fault: MicrophoneError) -> None:
        if not self._reported:
            self._reported = True
            self._report(fault)


class Intake:
    """A bounded queue from the audio thread to the event loop in which it was made."""

    def __init__(self, gather: Callable[[], int]) -> None:
        """``gather``: how many blocks may come together; asked in the audio thread."""
        self._loop = asyncio.get_running_loop()
        self._gather = gather
        self._blocks: deque[tuple[Samples, float]] = deque()
        self._arrived = asyncio.Event()
        self._ended = False
        self._dropped = 0
        self._told = 0

    def put(self, block: Samples, at: float) -> None:
        """Add a block, and when it began; called in the audio thread."""
        if len(self._blocks) >= WAITING_BLOCKS:
            self._dropped += 1
            return
        self._blocks.append((block, at))
        if len(self._blocks) >= self._gather():
            self._notify()

    def end(self) -> None:
        """Nothing more will come; called in the audio thread."""
        self._ended = True
        self._notify()

    async def take(self) -> tuple[Samples, float] | None:
        """Return the next block, None at the end; raises MicrophoneError when none comes for 2 s."""
        while not self._blocks:
            if self._ended:
                return None
            self._arrived.clear()
            try:
                async with asyncio.timeout(STALL_S):
                    await self._arrived.wait()
            except TimeoutError:
                raise MicrophoneError(
                    f"the microphone gave no sound for {STALL_S:.0f} s; it is opened again"
                ) from None
        if self._dropped > self._told:
            log.warning("%d ms of sound were lost: too busy", 20 * (self._dropped - self._told))
            self._told = self._dropped
        return self._blocks.popleft()

    def _notify(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._arrived.set)
        except RuntimeError:  # the loop is closed; the stream follows
            self._ended = True


class Framer:
    """Cuts blocks of any length and rate into frames of 20 ms at 16 kHz."""

    def __init__(self, rate: int, gain: float = 1.0) -> None:
        self._resampler = Resampler(rate, RATE)
        self._gain = gain
        self._left = np.zeros(0, np.int16)

    @property
    def left_s(self) -> float:
        """Seconds that wait for the next block to become a frame."""
        return len(self._left) / RATE

    def frames(self, block: Samples) -> Iterator[Samples]:
        """Yield the frames that are complete with this block."""
        samples = self._resampler.convert(block)
        if self._gain != 1.0:
            louder = np.rint(samples.astype(np.float32) * self._gain)
            samples = np.clip(louder, -32768, 32767).astype(np.int16)
        self._left = np.concatenate([self._left, samples])
        while len(self._left) >= FRAME_SAMPLES:
            frame, self._left = self._left[:FRAME_SAMPLES], self._left[FRAME_SAMPLES:]
            yield frame


async def _quiet(seconds: float) -> AsyncIterator[Samples]:
    """Yield silent frames at the clock's pace for so long."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    silent = np.zeros(FRAME_SAMPLES, np.int16)
    for count in range(1, round(seconds / FRAME_S) + 1):
        await asyncio.sleep(max(0.0, begun + count * FRAME_S - loop.time()))
        yield silent
