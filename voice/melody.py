"""What the voice itself says about whether its turn is over, beside what the words say."""

from __future__ import annotations

import logging

from voice.audio import Samples
from voice.endpoint import TurnDetector
from voice.worker import Worker

log = logging.getLogger(__name__)

PAUSE_HEARD_S = 0.2
"""Seconds of silence that a turn detector needs behind the voice; they are made for that."""


class Melody:
    """A turn detector in a thread of its own."""

    def __init__(self, detector: TurnDetector) -> None:
        self._detector = detector
        self._worker = Worker("turn detector")

    async def over(self, samples: Samples) -> float | None:
        """Return the probability that the turn is over, without holding up the loop.

        None when the detector fails: then the words decide alone.
        """
        try:
            return await self._worker.call(self._detector.over, samples)
        except Exception as fault:  # its library's errors share no public base class
            log.warning("the turn detector failed: %s", type(fault).__name__)
            return None

    def close(self) -> None:
        """End the thread."""
        self._worker.close()
