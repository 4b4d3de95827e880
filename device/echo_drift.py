"""How far two sound cards' clocks run apart, told by the echo itself.

A loudspeaker whose clock is 100 millionths faster than the microphone's brings its sound 1.6 samples
earlier every second. Cancellers with one filter of fixed taps (Speex's) chase that and keep most of the
echo: 8 dB are removed at 100 ppm, 16 at 20, 40 without. So what was played is read at the pace at which
it is heard. The times that devices tell would do for two cards of one machine; what Bluetooth, HDMI or
another program's resampler does to them only the echo knows.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from device.echo_timeline import Reference
from voice.audio import RATE, Samples

LOOKS = 40
"""Looks that are remembered."""

KNOWN_LOOKS = 5
"""Looks before which nothing is known: in a simulated room the pace is then right by 1.4 ppm at worst."""

SHORTEST = 2 * RATE
"""Samples between two looks from which on they say something about the pace."""

LIMIT = 500e-6
"""The most that is believed; quartz is within 100 ppm."""

FITS = 3.0
"""Samples by which looks may lie off the line through them (the median): more, and they saw something
else."""

STRAY = 3 * RATE // 1000
"""Samples off that line from which on a look begins a new one: the device was opened again."""

FAR = RATE * 12 // 1000
"""Samples from where the clocks say it is from which on they are believed: sound was lost."""

TAPS = 16
"""Taps of the filter that reads between samples; what it misses lies above 7 kHz."""

_OFFSETS = np.arange(TAPS) - TAPS // 2 + 1
_WINDOW = np.hanning(TAPS + 2)[1:-1]


class Drift:
    """Learns the pace of what comes back, from where it is seen now and then."""

    def __init__(self) -> None:
        self._looks: deque[tuple[int, float]] = deque(maxlen=LOOKS)
        self.pace: float | None = None
        """Samples played for each sample heard; None: not known yet."""

    def look(self, at: int, delay: float) -> None:
        """Take note that at a sample of the microphone's an echo came so many samples late.

        Both count samples, without regard to anybody's clock.
        """
        if self._looks and abs(delay - self._expected(at)) > STRAY:
            self._looks.clear()
        self._looks.append((at, delay))
        if len(self._looks) < KNOWN_LOOKS:
            return
        places, delays = np.array(self._looks).T
        first, second = np.triu_indices(len(places), 1)
        apart = places[second] - places[first]
        far = apart >= SHORTEST
        if not far.any():
            return
        slope = float(np.median((delays[second] - delays[first])[far] / apart[far]))
        off = delays - slope * places
        if abs(slope) <= LIMIT and np.median(np.abs(off - np.median(off))) <= FITS:
            self.pace = 1.0 - slope

    def _expected(self, at: int) -> float:
        last_at, last = self._looks[-1]
        return last + (1.0 - (self.pace or 1.0)) * (at - last_at)


class Following:
    """A place in what was played, which moves on at the pace at which it is heard."""

    def __init__(self) -> None:
        self._at: float | None = None
        self._heard = 0
        self._moved = 0

    def take(
        self, reference: Reference, expected: int, heard: int, count: int, pace: float
    ) -> Samples:
        """Return what was played for ``count`` samples heard, of which the first is number ``heard``.

        ``expected`` is where it lies by the clocks.
        """
        at = None
        if self._at is not None:
            at = self._at + (heard - self._heard) * pace + reference.moved - self._moved
        if at is None or abs(at - expected) > FAR:
            at = float(expected)
        self._at, self._heard, self._moved = at, heard, reference.moved
        return between(reference, at, count)


def between(reference: Reference, begin: float, count: int) -> Samples:
    """Return samples of what was played from a place that may lie between two of them."""
    whole = int(np.floor(begin))
    share = begin - whole
    if share == 0:
        return reference.window(whole, count)
    taps: npt.NDArray[np.float64] = np.sinc(_OFFSETS - share) * _WINDOW
    around = reference.window(whole + int(_OFFSETS[0]), count + TAPS - 1).astype(np.float64)
    read = np.convolve(around, (taps / taps.sum())[::-1], mode="valid")
    return np.clip(np.rint(read), -32768, 32767).astype(np.int16)
