"""A quiet room with a microphone in it, in real time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator

import numpy as np

from voice.audio import FRAME_S, FRAME_SAMPLES, RATE, UNHURRIED_FRAMES, Samples

NOISE_DBFS = -65.0
"""Level of the room's noise."""


def noise(count: int, seed: int = 1) -> Samples:
    """Return white noise as loud as the quiet room."""
    level = 32768 * 10 ** (NOISE_DBFS / 20)
    return np.random.default_rng(seed).normal(0.0, level, count).round().astype(np.int16)


def in_the_room(samples: Samples) -> Samples:
    """Return sound as it is heard in the room, with its noise."""
    mixed = samples.astype(np.int32) + noise(len(samples))
    return np.clip(mixed, -32768, 32767).astype(np.int16)


class Room:
    """Plays the part of the microphone: noise, and what is said over it, frames when they are due.

    Keeps time like hardware: a frame that is taken late was there at its time all the same, so that
    a listener who is busy does not make the clock wait for him.
    """

    echo_free = True
    """Answers are not heard in it."""

    def __init__(self) -> None:
        self.unhurried = False
        """Frames come several at a time while true, as from a sound card."""
        self.entered = asyncio.Event()
        """Set as soon as somebody listens."""
        self._speech: deque[Samples] = deque()
        self._padding_s = 0.0
        self._silent = asyncio.Event()
        self._ended_at = 0.0

    def say(self, samples: Samples) -> None:
        """Say something from the next frame on."""
        padding = -len(samples) % FRAME_SAMPLES
        self._padding_s = padding / RATE
        self._speech.extend(np.pad(samples, (0, padding)).reshape(-1, FRAME_SAMPLES))
        self._silent.clear()

    async def said(self) -> float:
        """Wait until all has been said; return when its last sample was due, on the loop's clock."""
        await self._silent.wait()
        return self._ended_at

    async def frames(self) -> AsyncGenerator[Samples, None]:
        """Yield frames for ever, each when the clock has reached its end."""
        loop = asyncio.get_running_loop()
        background = noise(RATE * 10).reshape(-1, FRAME_SAMPLES)
        due, number = loop.time(), 0
        self.entered.set()
        while True:
            together = UNHURRIED_FRAMES if self.unhurried else 1
            await asyncio.sleep(max(0.0, due + together * FRAME_S - loop.time()))
            for _ in range(together):
                due += FRAME_S
                frame = background[number % len(background)]
                number += 1
                if self._speech:
                    mixed = frame.astype(np.int32) + self._speech.popleft()
                    frame = np.clip(mixed, -32768, 32767).astype(np.int16)
                    if not self._speech:
                        self._ended_at = due - self._padding_s
                        self._silent.set()
                yield frame
