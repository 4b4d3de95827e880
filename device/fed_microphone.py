"""Recorded or synthesized sound in the part of the microphone, at the pace of the loop's clock."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable

import numpy as np

from voice.audio import FRAME_S, FRAME_SAMPLES, Samples

TAIL_S = 1.0
"""Seconds of silence that follow at least, so that what ends with the sound is still recognised."""


class FedMicrophone:
    """Hears what it is fed, and silence otherwise, until it is told that nothing more will come.

    On an ordinary loop it takes as long as the sound; on virtual time as long as the processor.
    """

    def __init__(
        self, *, spent: Callable[[], None] | None = None, finished: Callable[[], bool]
    ) -> None:
        """``spent`` is called whenever all that was fed has been heard.

        It goes on with silence until ``finished``, and at least ``TAIL_S`` after the last sound.
        """
        self._spent = spent
        self._finished = finished
        self._frames: deque[Samples] = deque()

    @property
    def echo_free(self) -> bool:
        """Fed sound holds nothing of what is answered to it."""
        return True

    def feed(self, samples: Samples) -> None:
        """Hear these 16 kHz samples next; the last frame is filled up with silence."""
        padded = np.pad(samples, (0, -len(samples) % FRAME_SAMPLES))
        self._frames.extend(padded.reshape(-1, FRAME_SAMPLES))

    async def frames(self) -> AsyncGenerator[Samples]:
        """Yield frames, each when the clock has reached its end."""
        loop = asyncio.get_running_loop()
        due, quiet_s = loop.time(), 0.0
        silent = np.zeros(FRAME_SAMPLES, np.int16)
        while self._frames or quiet_s < TAIL_S or not self._finished():
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not self._frames:
                quiet_s += FRAME_S
                yield silent
                continue
            quiet_s = 0.0
            yield self._frames.popleft()
            if not self._frames and self._spent:
                self._spent()
