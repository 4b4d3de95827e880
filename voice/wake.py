"""Wake words: several detectors side by side, and what counts as one of them having been said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from voice.audio import FRAME_S, PreRoll, Samples, to_float
from voice.endpoint import frames
from voice.verify import LOOK_S, Candidate, Verifier

SETTLE_S = 0.5
"""Seconds after a start or reset in which nothing counts: the detectors' windows fill with sound."""

CANDIDATE = 0.1
"""The score from which on a word is worth a second look.

Of people saying "Alexa" in kitchen noise 10 dB below, 60 to choose by and 60 others, the verifier finds
at 0.1 59 and 60, at 0.2 58 and 60, at 0.5 57 and 58. The lower score costs little: in 46 minutes of other
people's speech there were 7 looks a minute for "Okay Nabu", 12 for "Hey Mycroft", at most 1 for the others.
"""

DETECTION_LAG_S = 0.24
"""Seconds before a detection within which the wake word ended.

Measured on 117 people saying "Alexa": 5 % after 0.06 s, median 0.11 s, 95 % before 0.18 s.
"""

BEFORE_CANDIDATE_S = 0.1
"""Seconds before a candidate after which the wake word ended, most probably."""

AFTER_CANDIDATE_S = 0.16
"""Seconds after a candidate before which it ended, most probably."""


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

    def twin(self) -> WakeWord:
        """Return another detector of the same word, which has heard nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Wake:
    """A wake word that was said."""

    word: str
    score: float
    since: int | None = None
    """Frames heard since a detector named it as a candidate; None where that was enough."""


def threshold(own: float, sensitivity: float | None) -> float:
    """Return the score to reach: the word's own at sensitivity None or 0.5, less above, more below.

    Sensitivity moves the threshold along a straight line, to 1 at sensitivity 0 and to 0.1 at 1.
    """
    if sensitivity is None:
        return own
    if sensitivity < 0.5:
        return own + (1.0 - own) * (0.5 - sensitivity) / 0.5
    return own - (own - 0.1) * (sensitivity - 0.5) / 0.5


class _Word:
    """A detector, and what its scores mean."""

    def __init__(
        self,
        detector: WakeWord,
        sensitivity: float | None,
        verifier: Verifier | None,
        candidate: float,
    ) -> None:
        self.detector = detector
        self.certain = threshold(detector.threshold, sensitivity)
        self.limit = self.certain
        self.enough = 1.0
        self.above = False
        self.candidate: Candidate | None = None
        self._twin: WakeWord | None = None
        self._twin_hears = False
        if verifier:
            self.limit = threshold(min(candidate, detector.threshold), sensitivity)
            self.enough = threshold(verifier.enough(detector.name), sensitivity)

    def hear(self, frame: Samples, clear: Samples | None, before: Sequence[Samples]) -> float:
        """Return the score of a frame; with a ``clear`` one, whose sound before is given, of either."""
        score = self.detector.hear(frame)
        if clear is None:
            self._twin_hears = False
            return score
        if self._twin is None:
            self._twin = self.detector.twin()
        if not self._twin_hears:
            self._twin_hears = True
            self._twin.reset()
            for earlier in before:
                self._twin.hear(earlier)
        return max(score, self._twin.hear(clear))

    def reset(self) -> None:
        """Forget everything heard."""
        self.detector.reset()
        self.above = self._twin_hears = False

    def rises(self, score: float) -> bool:
        """Take the next score; return whether it went above the limit with it."""
        risen = score > self.limit and not self.above
        self.above = score > self.limit
        return risen


class WakeGate:
    """Listens with all detectors and lets one wake word through at a time.

    With a verifier the detectors only name candidates, and each is looked at again before it counts.
    """

    def __init__(
        self,
        words: Sequence[tuple[WakeWord, float | None]],
        *,
        refractory_s: float = 1.0,
        verifier: Verifier | None = None,
        trusting: bool = True,
        candidate: float = CANDIDATE,
    ) -> None:
        """``words`` are detectors with their sensitivities; ``refractory_s`` is in seconds.

        ``candidate`` is the score from which on the verifier is asked. ``trusting``: believe a
        detector that is certain when the verifier fails or is late.
        """
        self._verifier = verifier
        self._trusting = trusting
        self._words = [_Word(word, s, verifier, candidate) for word, s in words]
        self._refractory_s = refractory_s
        self._deaf_s = SETTLE_S
        self._recent = PreRoll(LOOK_S)

    @property
    def names(self) -> list[str]:
        """The words listened for, by their configured names."""
        return [word.detector.name for word in self._words]

    @property
    def suspecting(self) -> bool:
        """Whether a word is a candidate."""
        return any(word.candidate for word in self._words)

    def hear(
        self, frame: Samples, ours: Collection[str] = (), clear: Samples | None = None
    ) -> Wake | None:
        """Take the next frame; return the wake word of which it is now known that it was said.

        A word counts when its score rises above its threshold, not while it stays there; of two in
        the same frame the one further above its threshold wins. Words that are ``ours``, by their
        names, are being said by ourselves: they do not count, nor keep another from being heard.

        ``clear`` is the same frame with more of our own voice and more of everybody else's in it, while
        we speak: twins of the detectors hear it too, and the verifier looks there. Of 24 people who
        said "Alexa" over it in a simulated room, candidates in ``frame`` and evidence here make 7, at
        half their level 3, at a quarter 4; with the twins 21, 18 and 14 (clocks 100 ppm apart).
        """
        self._deaf_s = max(0.0, self._deaf_s - FRAME_S)
        before = self._recent.last(LOOK_S) if clear is not None else []
        self._recent.add(frame if clear is None else clear)
        best: tuple[float, Wake] | None = None
        for word in self._words:
            score = word.hear(frame, clear, before)
            risen = word.rises(score) and not self._deaf_s and word.detector.name not in ours
            found = self._verified(word, score, risen) if self._verifier else None
            if risen and not self._verifier:
                margin = (score - word.limit) / (1.0 - word.limit)
                found = (margin, Wake(word.detector.name, score))
            if found and (best is None or found[0] > best[0]):
                best = found
        if best is None:
            return None
        self._deaf_s = self._refractory_s
        self._forget_candidates()
        self._recent.clear()  # a later candidate is not verified by this word
        return best[1]

    def reset(self) -> None:
        """Start afresh, as after a break in the sound."""
        for word in self._words:
            word.reset()
        self._forget_candidates()
        self._recent.clear()
        self._deaf_s = SETTLE_S

    def _verified(self, word: _Word, score: float, risen: bool) -> tuple[float, Wake] | None:
        """Look at the word's candidate; return how clear it is, once it is found to be one."""
        verifier, name = self._verifier, word.detector.name
        if risen and word.candidate:
            word.candidate.rise_again()
        elif risen:
            word.candidate = Candidate(
                enough=word.enough, certain=word.certain, trusting=self._trusting
            )
        candidate = word.candidate
        if candidate is None or verifier is None:
            return None
        said = candidate.hear(score, lambda: verifier.ask(name, self._sound()))
        if said is not None:
            word.candidate = None
        if not said:
            return None
        return candidate.evidence or 0.0, Wake(name, candidate.score, candidate.frames)

    def _sound(self) -> Samples:
        return np.concatenate(self._recent.last(LOOK_S))

    def _forget_candidates(self) -> None:
        for word in self._words:
            if word.candidate:
                word.candidate.forget()
            word.candidate = None


def end_of_wake_word(recent: Sequence[Samples], wake: Wake) -> int:
    """Return the index of the first frame behind a wake word, in frames up to now.

    People often go straight on ("Alexa what time is it"). The cut is made at the quietest spot of the
    span in which the word may have ended.
    """
    first, last = frames(DETECTION_LAG_S), 0
    if wake.since is not None:
        first = wake.since + frames(BEFORE_CANDIDATE_S)
        last = wake.since - frames(AFTER_CANDIDATE_S)
    begin = max(0, len(recent) - first)
    span = recent[begin : len(recent) - max(0, last)]
    if not span:
        return len(recent)
    energy = [float(np.mean(np.square(to_float(frame)))) for frame in span]
    return begin + int(np.argmin(energy))
