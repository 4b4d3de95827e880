"""Wake words: several detectors side by side, and what counts as one of them having been said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from voice.audio import FRAME_S, Samples, to_float

SETTLE_S = 0.5
"""Seconds after a start or reset in which nothing counts: the detectors' windows fill with sound."""

DETECTION_LAG_S = 0.24
"""Seconds before a detection within which the wake word ended.

Measured on 117 people saying "Alexa": 5 % after 0.06 s, median 0.11 s, 95 % before 0.18 s.
"""


class WakeWord(Protocol):
    """A detector of one word. Implementations: ``voice.engines.micro_wake_word``."""

    @property
    def name(self) -> str:
        """The word's name as configured."""
        ...

    @property
    def threshold(self) -> float:
        """The score above which the detector's makers take the word to have been said."""
        ...

    def hear(self, frame: Samples) -> float:
        """Take the next 20 ms and return the score, 0 to 1, for the word having just been said."""
        ...

    def reset(self) -> None:
        """Forget everything heard."""
        ...


@dataclass(frozen=True, slots=True)
class Wake:
    """A wake word that was said."""

    word: str
    score: float


def threshold(own: float, sensitivity: float | None) -> float:
    """Return the score to reach: the word's own at sensitivity None or 0.5, less above, more below.

    Sensitivity moves the threshold along a straight line, to 1 at sensitivity 0 and to 0.1 at 1.
    """
    if sensitivity is None:
        return own
    if sensitivity < 0.5:
        return own + (1.0 - own) * (0.5 - sensitivity) / 0.5
    return own - (own - 0.1) * (sensitivity - 0.5) / 0.5


class WakeGate:
    """Listens with all detectors and lets one wake word through at a time."""

    def __init__(
        self,
        words: Sequence[tuple[WakeWord, float | None]],
        *,
        refractory_s: float = 1.0,
    ) -> None:
        """``words`` are detectors with their sensitivities; ``refractory_s`` is in seconds."""
        self._words = [(word, threshold(word.threshold, s)) for word, s in words]
        self._refractory_s = refractory_s
        self._deaf_s = SETTLE_S
        self._above: set[str] = set()
        self.scores: dict[str, float] = {}
        """The latest score of every word, for those who want to see them live."""

    def hear(self, frame: Samples) -> Wake | None:
        """Take the next frame; return the wake word which was completed in it, if any.

        A word counts when its score rises above its threshold, not while it stays there; of two in
        the same frame the one further above its threshold wins.
        """
        self._deaf_s = max(0.0, self._deaf_s - FRAME_S)
        best: tuple[float, Wake] | None = None
        for word, limit in self._words:
            score = word.hear(frame)
            self.scores[word.name] = score
            if score <= limit:
                self._above.discard(word.name)
                continue
            risen = word.name not in self._above
            self._above.add(word.name)
            margin = (score - limit) / (1.0 - limit)
            if risen and self._deaf_s == 0.0 and (best is None or margin > best[0]):
                best = (margin, Wake(word.name, score))
        if best is None:
            return None
        self._deaf_s = self._refractory_s
        return best[1]

    def reset(self) -> None:
        """Start afresh, as after a break in the sound."""
        for word, _ in self._words:
            word.reset()
        self._deaf_s = SETTLE_S
        self._above.clear()
        self.scores.clear()


def after_wake_word(pre_roll: Sequence[Samples]) -> list[Samples]:
    """Return the frames that follow the wake word, given those up to its detection.

    People often go straight on ("Alexa what time is it"), and detectors answer some time after the
    word's end. The cut is made at the quietest spot of the span in which the word ended, so that
    the request's first sound is kept and the word's last one is not.
    """
    span = round(DETECTION_LAG_S / FRAME_S)
    recent = list(pre_roll)[-span:]
    if not recent:
        return []
    energy = [float(np.mean(np.square(to_float(frame)))) for frame in recent]
    return recent[int(np.argmin(energy)) :]
