"""How late our own sound comes back: by correlating what was heard with what was played."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voice.audio import RATE, Samples

STRETCH = RATE
"""Samples heard that one look takes."""

BAND_HZ = (200, 4000)
"""Where speech has its energy; what lies outside is mostly the room's own noise."""

CLEAR = 9.0
"""How far the peak stands out of the correlation's usual size (rms) when it is an echo.

Chosen on the data it was measured on: speech in rooms of 0 to 0.4 s of reverberation, 0 to -30 dB,
where looks that found the right place had 9 to 50. Without an echo the most that was seen is 8.4.
"""

AGREE = 3 * RATE // 1000
"""Two looks in a row this close together, in samples, are believed."""


def find(heard: Samples, played: Samples) -> tuple[float, float]:
    """Return at which sample of ``played`` its sound begins to look like ``heard``, and how clearly.

    The place may lie between two samples: a parabola through the peak is right by a tenth of one.

    ``played`` is longer by the range of delays that is searched. Generalised cross-correlation with
    phase transform (Knapp and Carter, 1976): every frequency counts the same, so that reverberation
    blurs the peak little. The second number is the peak over the correlation's rms.
    """
    size = 1 << (len(played) - 1).bit_length()
    cross = np.fft.rfft(played.astype(np.float32), size) * np.conj(
        np.fft.rfft(heard.astype(np.float32), size)
    )
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    cross[(hertz < BAND_HZ[0]) | (hertz > BAND_HZ[1])] = 0
    strength = np.abs(cross)
    correlation = np.fft.irfft(cross / (strength + 1e-3 * strength.max() + 1e-9), size)
    lags = correlation[: len(played) - len(heard) + 1]
    best = int(np.argmax(np.abs(lags)))
    rms = float(np.sqrt(np.mean(lags**2)))
    return _vertex(np.abs(lags), best), float(abs(lags[best])) / rms if rms > 0 else 0.0


def _vertex(peak: npt.NDArray[np.floating], best: int) -> float:
    """Return where the parabola through a peak and its neighbours is highest."""
    if not 0 < best < len(peak) - 1:
        return float(best)
    before, top, behind = (float(value) for value in peak[best - 1 : best + 2])
    bend = before - 2 * top + behind
    return best + (0.5 * (before - behind) / bend if bend < 0 else 0.0)


class DelayTracker:
    """Believes what two looks in a row agree about, and follows it when it changes."""

    def __init__(self) -> None:
        self.delay: int | None = None
        """Samples from played to heard, on the clock that the looks use; None: not known yet."""
        self.seen = 0.0
        """The same as it was last seen, to a tenth of a sample."""
        self._last: float | None = None

    def look(self, heard: Samples, played: Samples, earliest: int) -> bool:
        """Look once; return whether the delay is known now and has just been confirmed.

        ``played`` begins so early that its first sample would mean the longest delay; ``earliest``
        is the delay, in samples, that its last place would mean (negative: before it was played).
        """
        place, clear = find(heard, played)
        if clear < CLEAR:
            return False
        delay = len(played) - len(heard) - place + earliest
        agreed = self._last is not None and abs(delay - self._last) <= AGREE
        self._last = self.seen = delay
        if agreed:
            self.delay = round(delay)
        return agreed
