"""A synthetic room: what of a loudspeaker comes back into a microphone, as pure functions.

The loudspeaker's sound arrives late, spread by walls (noise that decays exponentially stands for their
many echoes: Polack's model of diffuse reverberation), at a level, and by a clock that is not quite the
microphone's.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.resampling import Resampler
from voice.audio import RATE, Samples

Wave = npt.NDArray[np.float64]

OUTPUT_S, INPUT_S = 0.1, 0.03
"""Latencies that the card has and tells."""

DIRECT_S = 0.003
"""Seconds before the first wall answers: half a metre and back."""


@dataclass(frozen=True)
class Room:
    """How a loudspeaker sounds where the microphone stands."""

    delay_s: float = 0.1
    """From the loudspeaker's sample to the microphone's, buffers of the sound system included."""
    gain_db: float = -6.0
    """Level of the echo against what is played."""
    reverb_s: float = 0.2
    """Seconds in which the reverberation falls by 60 dB; 0 is no room at all."""
    drift_ppm: float = 100.0
    """How much faster the loudspeaker's clock runs, in millionths."""
    seed: int = 1

    def response(self, rate: int) -> Wave:
        """Return the impulse response without the delay; its energy is that of ``gain_db``."""
        length = max(1, round((self.reverb_s + DIRECT_S) * rate))
        response = np.zeros(length)
        if self.reverb_s:
            at = np.arange(length) / rate
            decay = 10 ** (-3 * at / self.reverb_s)
            response = np.random.default_rng(self.seed).normal(0, 1, length) * decay
            response[: round(DIRECT_S * rate)] = 0
            response *= 0.7 / np.sqrt(np.sum(response**2))
        response[0] = 0.7 if self.reverb_s else 1.0
        return response / np.sqrt(np.sum(response**2)) * 10 ** (self.gain_db / 20)

    def echo(self, played: Samples, rate: int, length: int | None = None) -> Wave:
        """Return what the microphone hears of what was played since its first sample."""
        length = length or len(played) + round((self.delay_s + self.reverb_s) * rate)
        wet = convolved(played.astype(np.float64), self.response(rate))
        at = (np.arange(length) - self.delay_s * rate) * (1 + self.drift_ppm * 1e-6)
        return np.interp(at, np.arange(len(wet)), wet, left=0.0, right=0.0)


def convolved(sound: Wave, response: Wave) -> Wave:
    """Return a sound as it is with an impulse response."""
    size = 1 << (len(sound) + len(response) - 1).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.fft.rfft(response, size)
    return np.fft.irfft(spectrum, size)[: len(sound) + len(response) - 1]


class LiveRoom:
    """The same, block by block; delay and drift are the card's business."""

    def __init__(self, room: Room, rate: int) -> None:
        self._response = room.response(rate)
        self._rest = np.zeros(len(self._response) - 1)

    def hear(self, played: Samples) -> Wave:
        """Return the reverberated sound of the next block."""
        wet = convolved(played.astype(np.float64), self._response)
        wet[: len(self._rest)] += self._rest[: len(wet)]
        self._rest = np.append(wet[len(played) :], self._rest[len(wet) :])
        return wet[: len(played)]


class RoomStream:
    """An open device of a `RoomCard`."""

    rate = RATE
    faults = 0
    latency_s = OUTPUT_S

    def __init__(self, task: asyncio.Future[None]) -> None:
        self._task = task

    async def close(self) -> None:
        self._task.cancel()


class RoomCard:
    """A sound card in a room, on the loop's clock: plays, and hears itself and a person.

    Takes PortAudio's place under the real microphone and speaker. What `Room.delay_s` says is the
    delay that the card does not tell.
    """

    def __init__(self, room: Room, *, noise: float = 8.0, echo: bool = True) -> None:
        """``noise`` is the rms of the room's own; without ``echo`` somebody wears headphones."""
        self.room = room
        self._echo = echo
        self._noise = noise
        self._random = np.random.default_rng(room.seed)
        self._live = LiveRoom(room, RATE)
        self._wet: deque[Wave] = deque()
        self._begun = 0.0
        self._said: list[tuple[int, Samples]] = []
        self.played: list[tuple[float, Samples]] = []
        """Every block that went out: when, and its samples at 48 kHz."""

    def say(self, samples: Samples) -> float:
        """The person says something from now on; return the second in which it ends."""
        begin = round(asyncio.get_running_loop().time() * RATE)
        self._said.append((begin, samples))
        return (begin + len(samples)) / RATE

    async def open_output(
        self,
        pull: Callable[[int], Samples],
        rate: int,
        ended: Callable[[], None],
        *,
        safe: bool = False,
        played: Callable[[Samples, int, float], None] | None = None,
    ) -> RoomStream:
        loop = asyncio.get_running_loop()
        self._begun = loop.time() + OUTPUT_S
        self._wet.clear()
        resampler = Resampler(rate, RATE)
        count = rate // 50

        async def play() -> None:
            due = loop.time()
            while True:
                samples = pull(count)
                self.played.append((due + OUTPUT_S, samples))
                if played:
                    played(samples, rate, due + OUTPUT_S)
                wet = self._live.hear(resampler.convert(samples))
                if len(wet):
                    self._wet.append(wet)
                while len(self._wet) > 200:
                    self._begun += len(self._wet.popleft()) / self._pace
                due += 0.02 / (1 + self.room.drift_ppm * 1e-6)
                await asyncio.sleep(due - loop.time())

        return RoomStream(asyncio.ensure_future(play()))

    async def open_input(
        self, deliver: Callable[[Samples, float], None], ended: Callable[[], None]
    ) -> RoomStream:
        loop = asyncio.get_running_loop()

        async def hear() -> None:
            due = loop.time()
            while True:
                due += 0.02
                await asyncio.sleep(due + INPUT_S - loop.time())
                deliver(self._heard(due - 0.02, RATE // 50), due - 0.02)

        return RoomStream(asyncio.ensure_future(hear()))

    async def refresh(self) -> None:
        pass

    @property
    def _pace(self) -> float:
        return RATE * (1 + self.room.drift_ppm * 1e-6)

    def _heard(self, since: float, count: int) -> Samples:
        sound = self._random.normal(0, self._noise, count)
        if self._echo and self._wet:
            wet = np.concatenate(self._wet)
            at = (since - self.room.delay_s - self._begun) * self._pace
            places = at + np.arange(count) * (1 + self.room.drift_ppm * 1e-6)
            sound += np.interp(places, np.arange(len(wet)), wet, left=0.0, right=0.0)
        first = round(since * RATE)
        for begin, samples in self._said:
            low, high = max(first, begin), min(first + count, begin + len(samples))
            if low < high:
                sound[low - first : high - first] += samples[low - begin : high - begin]
        return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)
