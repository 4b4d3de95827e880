"""The shape of sound inside Sayso, and the two things at its ends: Microphone and Speaker.

Everything the assistant hears is mono, 16 kHz, signed 16-bit, cut into frames of 20 ms. Time is
counted in samples, so that hearing is the same at any speed and testable without a clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

RATE = 16_000
"""Samples a second of everything heard."""

FRAME_SAMPLES = 320
"""Samples in one microphone frame: 20 ms, a length WebRTC's VAD and 10 ms feature windows share."""

FRAME_S = FRAME_SAMPLES / RATE
"""Seconds in one microphone frame."""

UNHURRIED_FRAMES = 4
"""Frames that an unhurried microphone hands over at a time."""

Samples = npt.NDArray[np.int16]
"""Mono signed 16-bit samples, shape (n,)."""

FloatSamples = npt.NDArray[np.float32]
"""Mono samples in [-1, 1], shape (n,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A piece of mono sound with its own rate: a spoken clause, a chime."""

    samples: Samples
    rate: int
    """Samples a second."""

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate


class Microphone(Protocol):
    """Where frames come from: a sound card, or a file that plays the part of one."""

    @property
    def echo_free(self) -> bool:
        """Whether our own speech can't come back in: nothing that is heard is ever ours."""
        ...

    def frames(self) -> AsyncGenerator[Samples]:
        """Yield frames of ``FRAME_SAMPLES`` int16 samples at 16 kHz until the microphone ends.

        Closing the generator gives the device back.
        """
        ...


@runtime_checkable
class EchoCancelling(Protocol):
    """What a microphone that hears our own speaker also tells."""

    @property
    def echo_cancelled(self) -> bool:
        """Whether so little of our own speech is left that a voice may interrupt it.

        It may change at any time, as the canceller proves itself or fails.
        """
        ...

    @property
    def clear(self) -> Samples | None:
        """The frame yielded last as it is best read, with more echo and a voice that is less dulled.

        None when it is best read as it was yielded.
        """
        ...


@runtime_checkable
class Unhurried(Protocol):
    """A microphone that hands over several frames at a time while nobody waits for them.

    Waking a processor up costs more than hearing a frame.
    """

    unhurried: bool
    """Set by whoever listens; frames may come late by ``UNHURRIED_FRAMES`` then."""


class Playback(Protocol):
    """One answer on its way out of a speaker."""

    @property
    def heard_s(self) -> float:
        """Seconds of what was fed that have left the speaker so far."""
        ...

    async def feed(self, sound: Sound) -> None:
        """Add sound behind what is queued; waits while more than a second or two is queued."""
        ...

    async def finish(self) -> None:
        """Wait until the last sample is out."""
        ...

    def stop(self) -> None:
        """Be silent now (a fade of some milliseconds, no click) and drop the rest."""
        ...


class Speaker(Protocol):
    """Where sound goes: a sound card, or a WAV file that plays the part of one."""

    @property
    def volume_percent(self) -> int:
        """0 to 100; a change applies at once, also to what is playing."""
        ...

    @volume_percent.setter
    def volume_percent(self, percent: int) -> None: ...

    def wake(self) -> None:
        """Be ready soon: open the device if it was closed to save power."""
        ...

    def begin(self, started: Callable[[], None], *, lead_in_s: float = 0.0) -> Playback:
        """Begin an answer; ``started`` is called when its first sample goes to the device."""
        ...

    def duck(self, ducked: bool) -> None:
        """Lower what plays to a fifth while somebody speaks over it, or raise it again."""
        ...

    def chime(self, sound: Sound) -> None:
        """Play a short sound over whatever plays; no event, nobody waits for it."""
        ...


class PreRoll:
    """The last moments heard: what was said while the wake word was still being recognised."""

    def __init__(self, seconds: float) -> None:
        self._frames: deque[Samples] = deque(maxlen=max(1, round(seconds / FRAME_S)))

    def add(self, frame: Samples) -> None:
        """Keep a frame, forget the oldest."""
        self._frames.append(frame)

    def last(self, seconds: float) -> list[Samples]:
        """Return the frames of the last ``seconds`` (fewer when not so many were heard)."""
        count = max(0, round(seconds / FRAME_S))
        return list(self._frames)[-count:] if count else []

    def clear(self) -> None:
        """Forget everything."""
        self._frames.clear()


def to_float(samples: Samples) -> FloatSamples:
    """Convert int16 samples to float32 in [-1, 1)."""
    return samples.astype(np.float32) / 32768.0


def to_int16(samples: npt.NDArray[np.floating]) -> Samples:
    """Convert float samples in [-1, 1] to int16, clipping what is outside."""
    return (np.clip(samples, -1.0, 1.0) * 32767.0).astype(np.int16)


def level_dbfs(samples: Samples) -> float:
    """Root mean square level in dB below full scale; -100 for digital silence or nothing."""
    if not len(samples):
        return -100.0
    rms = float(np.sqrt(np.mean(np.square(to_float(samples)))))
    return max(-100.0, 20.0 * float(np.log10(rms))) if rms > 0 else -100.0


def silence(seconds: float, rate: int = RATE) -> Samples:
    """Digital silence of a given length."""
    return np.zeros(round(seconds * rate), np.int16)
