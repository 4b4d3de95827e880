"""A room in which the microphone hears the speaker, for scripts: nothing is cancelled, all comes back.

What the assistant says is made of numbers as well (see ``fakes``), so that a recogniser reads its own
words in them: the n-th clause is ``OWN + 5 n``, or, lowered to a fifth, ``OWN / 5 + n``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

import numpy as np
from fakes import OWN, FakeSynthesizer, Lines

from device.fed_microphone import FedMicrophone
from device.speaker import WavSpeaker
from voice.audio import FRAME_S, FRAME_SAMPLES, Samples, Sound

DELAY_FRAMES = 4
"""Frames from the speaker through the room to the microphone (80 ms)."""


class OwnVoice(FakeSynthesizer):
    """Makes sound that can be read again; full volume only."""

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self._lines = lines

    def synthesize(self, text: str) -> Sound:
        plain = super().synthesize(text)
        self._lines.own.append((text, len(plain.samples)))
        number = OWN + 5 * (len(self._lines.own) - 1)
        return Sound(np.full(len(plain.samples), number, np.int16), plain.rate)


class EchoMicrophone(FedMicrophone):
    """Hears the speaker wherever nobody else speaks."""

    def __init__(
        self, *, spent: Callable[[], None] | None = None, finished: Callable[[], bool]
    ) -> None:
        super().__init__(spent=spent, finished=finished)
        self._coming: dict[int, Samples] = {}

    @property
    def echo_free(self) -> bool:
        """It is anything but."""
        return False

    def play(self, samples: Samples) -> None:
        """Take what has just gone to the speaker."""
        self._coming[self._frame() + DELAY_FRAMES] = np.resize(samples, FRAME_SAMPLES)

    async def frames(self) -> AsyncGenerator[Samples]:
        """Yield what is said in the room, and in its gaps what the speaker plays."""
        async for frame in super().frames():
            echo = self._coming.pop(self._frame(), np.zeros_like(frame))
            yield np.where(frame == 0, echo, frame)

    def _frame(self) -> int:
        return round(asyncio.get_running_loop().time() / FRAME_S)


class EchoSpeaker(WavSpeaker):
    """Plays into the room, at the microphone's rate."""

    room: EchoMicrophone

    def __init__(self) -> None:
        super().__init__(rate=16_000)

    def _keep(self, samples: Samples) -> None:
        super()._keep(samples)
        self.room.play(samples)
