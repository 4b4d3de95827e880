"""Two sound cards' clocks on one line: where each sample that was played or heard belongs.

Positions are samples at 16 kHz on the machine's own clock. The sound system tells the time of every
block to a fraction of a millisecond in the best case and with jumps in the worst; a stream's samples
follow one another without holes, so its blocks are put behind one another until that and the told time
disagree for long (a drifting clock) or by much (sound was lost).
"""

from __future__ import annotations

from collections import deque

import numpy as np

from device.resampling import Resampler
from voice.audio import RATE, Samples

JUMP = RATE // 20
"""Samples of disagreement that are no jitter: sound was lost, or the device was opened again."""

TOLERATED = RATE // 100
"""Mean disagreement, in samples, that is put right while something plays; a slip costs the canceller
a moment."""

TOLERATED_QUIET = RATE // 1000
"""The same while nothing plays, when it costs nothing."""

SMOOTHING = 1 / 25
"""Share of a block's disagreement that goes into the mean: half a second of blocks."""

KEPT = 4 * RATE
"""Samples that are remembered of what was played."""

WAITING_BLOCKS = 400
"""Played blocks that may wait until they are looked at: 8 s; older ones are forgotten."""

AUDIBLE = 3
"""A sample larger than this is sound: dither and rounding are not."""


class Timeline:
    """The places of one stream's blocks."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._mean = 0.0
        self.moved = 0
        """Samples by which blocks have been put elsewhere than right behind the one before."""

    def place(self, count: int, at: float, *, quiet: bool = False) -> int:
        """Return the position of a block's first sample; ``at`` is its time as told, in seconds.

        ``quiet``: nothing plays, so that the line may follow the clock more closely.
        """
        told = at * RATE
        before = self._next
        if self._next is None or abs(told - self._next) > JUMP:
            self._next, self._mean = round(told), 0.0
        else:
            self._mean += (told - self._next - self._mean) * SMOOTHING
            if abs(self._mean) > (TOLERATED_QUIET if quiet else TOLERATED):
                self._next, self._mean = self._next + round(self._mean), 0.0
        begin = self._next
        self.moved += 0 if before is None else begin - before
        self._next += count
        return begin


class Reference:
    """What was played, by position. `played` may be called in another thread than the rest."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Samples, int, float]] = deque(maxlen=WAITING_BLOCKS)
        self._line = Timeline()
        self._kept = np.zeros(KEPT, np.int16)
        self._end = 0
        self._resampler: Resampler | None = None
        self._owed = 0.0
        self._quiet = True
        self.last_sound: int | None = None
        """Position of the last audible sample, None before the first."""

    @property
    def moved(self) -> int:
        """See ``Timeline.moved``."""
        return self._line.moved

    def played(self, samples: Samples, rate: int, at: float) -> None:
        """Take note of a block on its way out; ``at`` is when its first sample is in the air, in s."""
        self._waiting.append((samples, rate, at))

    def catch_up(self) -> None:
        """Put everything played so far in its place."""
        while self._waiting:
            self._put(*self._waiting.popleft())

    def window(self, begin: int, count: int) -> Samples:
        """Return what was played from a position on; silence where nothing was, or it is forgotten."""
        at = np.arange(begin, begin + count)
        found = self._kept[at % KEPT]
        found[(at >= self._end) | (at < self._end - KEPT)] = 0
        return found

    def _put(self, samples: Samples, rate: int, at: float) -> None:
        loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > AUDIBLE)
        begin = self._line.place(round(len(samples) * RATE / rate), at, quiet=self._quiet)
        was_quiet, self._quiet = self._quiet, not len(loud)
        if was_quiet and self._quiet:
            self._resampler, self._owed = None, 0.0
            self._write(begin, np.zeros(round(len(samples) * RATE / rate), np.int16))
            return
        if self._resampler is None or self._resampler.from_rate != rate:
            self._resampler, self._owed = Resampler(rate, RATE), 0.0
        converted = self._resampler.convert(samples)
        self._write(begin - round(self._owed), converted)
        self._owed += len(samples) * RATE / rate - len(converted)  # the resampler holds it back
        if len(loud):
            self.last_sound = begin + int(loud[-1]) * RATE // rate

    def _write(self, begin: int, samples: Samples) -> None:
        samples = samples[-KEPT:]
        if begin > self._end:
            gap = min(KEPT, begin - self._end)
            self._kept[np.arange(begin - gap, begin) % KEPT] = 0
        self._kept[np.arange(begin, begin + len(samples)) % KEPT] = samples
        self._end = begin + len(samples)
