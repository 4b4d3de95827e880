"""A sound file in the part of the microphone, at the pace of the loop's clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import numpy as np

from voice.audio import FRAME_S, FRAME_SAMPLES, Samples

TAIL_S = 1.0
"""Seconds of silence that always follow, so that what ends with the file is still recognised."""


class FileMicrophone:
    """Plays samples into the assistant, then silence until it has nothing left to do."""

    def __init__(
        self, samples: Samples, *, ended: Callable[[], None], finished: Callable[[], bool]
    ) -> None:
        """``ended`` is called at the end of the samples; silence goes on until ``finished``."""
        self._samples = samples
        self._ended = ended
        self._finished = finished

    @property
    def echo_free(self) -> bool:
        """A file hears nothing of what is answered to it."""
        return True

    async def frames(self) -> AsyncIterator[Samples]:
        """Yield the file's frames, each when the clock has reached its end."""
        loop = asyncio.get_running_loop()
        began, count = loop.time(), 0
        tail = round(TAIL_S / FRAME_S)
        length = -(-len(self._samples) // FRAME_SAMPLES)
        while count < length + tail or not self._finished():
            count += 1
            await asyncio.sleep(max(0.0, began + count * FRAME_S - loop.time()))
            frame = self._samples[(count - 1) * FRAME_SAMPLES : count * FRAME_SAMPLES]
            yield np.pad(frame, (0, FRAME_SAMPLES - len(frame)))
            if count == length:
                self._ended()
