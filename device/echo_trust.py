"""Whether our own speech is gone from the microphone, so that any voice in it may interrupt us.

The rule in one place: over the last 8 s of our own speech, half of it or more must have been made
quieter by 15 dB, or so quiet that it drowns in the room's own noise. Once trusted, it ends when less than
a quarter of it was made quieter by 10 dB: people speak over us, some over most of what we say, and their
voice stays where it is. A canceller that fails is found out 6 s of our speech later at the latest.

Nothing is known before 2 s of it. Where `sayso doctor` measured the same devices, that stands for 2 s of
speech before the first: it decides alone at first, counts less and less, and is gone after 8 s.
"""

from __future__ import annotations

import logging
from collections import deque

import numpy as np

from voice.audio import Samples, level_dbfs

log = logging.getLogger(__name__)

GOOD_DB = 15.0
"""Attenuation from which voices may interrupt: a choice, not a measurement. With an echo 6 dB below what
is played and speech at -25 dBFS this leaves -46 dBFS."""

POOR_DB = 10.0
"""Attenuation under which they may no longer."""

BEST_PERCENTILE = 75
"""Of the stretches the one that `POOR_DB` is compared with: the best quarter is better."""

STRETCH_FRAMES = 25
"""Frames of 20 ms that are judged together: half a second."""

STRETCHES = 16
"""Stretches of our own speech that are remembered."""

ENOUGH = 4
"""Stretches before which nothing is known."""

DROWNED_DB = 6.0
"""What is left lies at most so far above the noise floor: nothing of it is heard."""

DROWNED_COUNTS_DB = 30.0
"""What such a stretch counts as."""

PLAYED_DBFS = -50.0
"""A stretch in which we play less than this says nothing."""

FLOOR_FALLS, FLOOR_RISES = 0.1, 0.005
"""How fast the noise floor follows the level of the room while nothing plays, per frame."""


class Trust:
    """Judges the canceller by what it does."""

    def __init__(self, measured_db: float | None = None) -> None:
        """``measured_db`` is the attenuation that was measured before, None if it never was."""
        known = [] if measured_db is None else [measured_db] * ENOUGH
        self._stretches: deque[float] = deque(known, maxlen=STRETCHES)
        self._levels: deque[float] = deque(maxlen=STRETCHES)
        self._trusted = False
        self._floor_db: float | None = None
        self._frames = 0
        self._energy = np.zeros(3)
        self._judge()

    @property
    def trusted(self) -> bool:
        """Whether our own speech is known to be gone."""
        return self._trusted

    @property
    def attenuation_db(self) -> float | None:
        """How much quieter our own speech was made (the median), None before that is known."""
        if len(self._stretches) < ENOUGH:
            return None
        return float(np.median(self._stretches))

    @property
    def echo_db(self) -> float | None:
        """Level of the echo against what is played (the median), None before that is known."""
        return float(np.median(self._levels)) if len(self._levels) >= ENOUGH else None

    def start_over(self) -> None:
        """The canceller has to learn the room anew: trust has to be earned again."""
        self._stretches.clear()
        self._trusted = False

    def quiet(self, heard: Samples) -> None:
        """Take a frame in which nothing of ours can be heard."""
        level = level_dbfs(heard)
        if self._floor_db is None:
            self._floor_db = level
        speed = FLOOR_FALLS if level < self._floor_db else FLOOR_RISES
        self._floor_db += speed * (level - self._floor_db)

    def speaking(self, heard: Samples, cleaned: Samples, played: Samples) -> None:
        """Take a frame while we speak: before and after cancelling, and what we played."""
        for place, sound in enumerate((heard, cleaned, played)):
            self._energy[place] += float(np.mean(np.square(sound, dtype=np.float64)))
        self._frames += 1
        if self._frames == STRETCH_FRAMES:
            mean = self._energy / STRETCH_FRAMES / 32768.0**2
            before, after, ours = 10 * np.log10(mean + 1e-10)
            self._frames, self._energy = 0, np.zeros(3)
            if ours > PLAYED_DBFS:
                self._levels.append(float(before - ours))
                self.stretch(float(before), float(after))

    def stretch(self, before_db: float, after_db: float) -> None:
        """Take the levels (dBFS) of half a second before and after cancelling."""
        attenuation = before_db - after_db
        if self._floor_db is not None and after_db < self._floor_db + DROWNED_DB:
            attenuation = max(attenuation, DROWNED_COUNTS_DB)
        self._stretches.append(attenuation)
        self._judge()

    def _judge(self) -> None:
        if (attenuation := self.attenuation_db) is None:
            return
        if self._trusted:
            best = np.percentile(self._stretches, BEST_PERCENTILE, method="lower")
            trusted = bool(best >= POOR_DB)
        else:
            trusted = attenuation >= GOOD_DB
        if trusted != self._trusted:
            self._trusted = trusted
            means = "any voice may interrupt" if trusted else "only wake word and button interrupt"
            log.info("%.0f dB of our own speech are removed: %s", attenuation, means)
