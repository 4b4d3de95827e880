"""When somebody began to speak and when they are done, counted in frames of sound.

No clock here: the same sound gives the same answer at any speed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal, Protocol

from voice.audio import FRAME_S, Samples
from voice.config import Turn

ONSET_S = 0.08
"""Seconds of voice, breaks under ``ONSET_GAP_S`` included, after which somebody is speaking."""

STIR_S = 0.04
"""Seconds of voice after which somebody may be about to speak: soon enough to lower an answer in time."""

ONSET_GAP_S = 0.10
"""Seconds without voice that end an onset which did not get far enough."""

PAUSE_S = 0.08
"""Seconds of silence after which what was said is read: long before the speaker is known to be done.

On 120 people's requests, sounds of speech without voice included, that is 1.42 readings each; at
0.2 s it would be 1.12, and every answer would be prepared 0.12 s later.
"""

MIN_VOICE_S = 0.25
"""Seconds of voice under which sound is no request (a click, a cough, a chime)."""

AT_ONCE_S = 0.12
"""Seconds of silence that end a call for silence over our own speech."""

WENT_ON_S = 1.0
"""Seconds after the end of a request in which further speech belongs to it."""

STILL_VOICE = 0.7
"""Share of the onset's threshold under which the probability must fall to count as silence."""

Completeness = Literal["complete", "plain", "open"]
"""Whether a text is a finished sentence, may be one, or surely is not."""


class VoiceActivity(Protocol):
    """A voice detector. Implementations: ``voice.engines.silero``, ``voice.engines.webrtc``."""

    def hear(self, frame: Samples) -> float:
        """Take the next 20 ms; return the probability, 0 to 1, that somebody speaks."""
        ...

    def reset(self) -> None:
        """Forget everything heard."""
        ...

    def twin(self) -> VoiceActivity:
        """Return another detector of the same kind, which has heard nothing."""
        ...


class TurnDetector(Protocol):
    """Hears from the voice itself whether a turn is over. Implementation: ``voice.engines.smart_turn``."""

    def over(self, samples: Samples) -> float:
        """Return the probability, 0 to 1, that the speaker of these 16 kHz samples is done.

        They end with the pause in which it is asked. Blocks for some ten milliseconds.
        """
        ...


NOT_OVER = 0.5
"""A turn detector's probability under which a sentence that reads as complete is waited for."""

OVER = 0.97
"""The same from which one that may be complete is answered early.

Both chosen with Smart Turn on 60 people with a pause put in at a gap (``tests/bench/endpoint_curve.py``);
on 60 others, pauses of 0.5 s in which an answer begins fall from 53 to 30 %, as fast a 90th percentile.
"""


def weighed(
    completeness: Completeness, over: float, *, low: float = NOT_OVER, high: float = OVER
) -> Completeness:
    """Weigh what the words say with a turn detector's probability that the turn is over.

    Words that surely need others stay open whatever the voice sounds like.
    """
    if completeness == "complete" and over < low:
        return "plain"
    if completeness == "plain" and over >= high:
        return "complete"
    return completeness


class Change(Enum):
    """What a frame changed."""

    STIRRED = "over our own speech: somebody may begin to speak"
    SETTLED = "they did not"
    BEGAN = "somebody began to speak"
    PAUSED = "a pause long enough to begin transcribing"
    WENT_ON = "speech after a pause or, within a second, after the end"
    DONE = "the speaker is done"
    CAP = "the request reached its longest allowed length"
    NOTHING = "nobody spoke in the time given"
    OVER = "a second after the end: what is said now is something new"


def frames(seconds: float) -> int:
    """Return how many frames make up so many seconds."""
    return round(seconds / FRAME_S)


@dataclass(slots=True)
class _Counts:
    """The request under way, in frames."""

    open: int = 0
    voice: int = 0
    silence: int = 0
    onset: int = 0
    since_began: int = 0


class Endpoint:
    """Follows one request from the first voice to its end.

    ``patience`` is how much silence ends it; what was understood so far may shorten or lengthen it.
    """

    def __init__(self, turn: Turn, *, sensitivity: float = 0.5) -> None:
        self._turn = turn
        self._onset_at = 1.0 - sensitivity
        self._state: Literal["closed", "waiting", "speaking", "done"] = "closed"
        self._wait: int | None = None
        self._patience = frames(turn.silence_ms / 1000)
        self._paused = False
        self._counts = _Counts()

    @property
    def voice_s(self) -> float:
        """Seconds of voice in the request so far."""
        return self._counts.voice * FRAME_S

    @property
    def silence_s(self) -> float:
        """Seconds since the last frame with voice in it."""
        return self._counts.silence * FRAME_S

    @property
    def waited_s(self) -> float:
        """Seconds since the endpoint was opened."""
        return self._counts.open * FRAME_S

    @property
    def speaking(self) -> bool:
        """Whether a request has begun and is not done."""
        return self._state == "speaking"

    @property
    def waiting(self) -> bool:
        """Whether nobody has begun to speak yet."""
        return self._state == "waiting"

    @property
    def stirring(self) -> bool:
        """Whether there is voice that may be the beginning of a request."""
        return self._state == "waiting" and self._counts.onset >= frames(STIR_S)

    @property
    def paused(self) -> bool:
        """Whether a request has begun and the speaker is in a pause that may end it."""
        return self._state == "speaking" and self._paused

    @property
    def wait_s(self) -> float | None:
        """Seconds given for the first voice, None without limit."""
        return None if self._wait is None else self._wait * FRAME_S

    @property
    def closed(self) -> bool:
        """Whether voice is of no interest now."""
        return self._state == "closed"

    def open(self, wait_s: float | None) -> None:
        """Wait for somebody to speak, for ``wait_s`` seconds or (None) without limit."""
        self._state = "waiting"
        self._wait = None if wait_s is None else frames(wait_s)
        self._counts = _Counts()
        self._expect_more()

    def close(self) -> None:
        """Take no further interest in voice."""
        self._state = "closed"

    def judge(self, completeness: Completeness) -> None:
        """Set the patience by what was understood so far; new speech resets it."""
        waits = {
            "complete": self._turn.early_ms,
            "plain": self._turn.silence_ms,
            "open": self._turn.late_ms,
        }
        self._patience = frames(waits[completeness] / 1000)

    def end_at_once(self) -> None:
        """Wait for hardly any more silence; new speech resets it."""
        self._patience = frames(AT_ONCE_S)

    def hear(self, probability: float) -> Change | None:
        """Take the voice detector's answer for one frame; return what it changed."""
        if self._state == "closed":
            return None
        counts = self._counts
        counts.open += 1
        inside = self._state == "speaking" and counts.silence == 0
        voiced = probability >= self._onset_at * (STILL_VOICE if inside else 1.0)
        counts.silence = 0 if voiced else counts.silence + 1
        if self._state == "speaking":
            return self._speaking(voiced)
        return self._onset(voiced)

    def _onset(self, voiced: bool) -> Change | None:
        """Wait for a first voice, or for the same voice to go on after the end."""
        counts, waiting = self._counts, self._state == "waiting"
        if voiced:
            counts.onset += 1
            if counts.onset >= frames(ONSET_S):
                self._state = "speaking"
                counts.voice += counts.onset
                counts.since_began += counts.onset
                counts.onset = 0
                self._expect_more()
                return Change.BEGAN if waiting else Change.WENT_ON
        elif counts.silence >= frames(ONSET_GAP_S):
            counts.onset = 0
        if counts.onset:
            return None
        if waiting and self._wait is not None and counts.open >= self._wait:
            self._state = "closed"
            return Change.NOTHING
        if not waiting and counts.silence >= self._patience + frames(WENT_ON_S):
            self._state = "closed"
            return Change.OVER
        return None

    def _speaking(self, voiced: bool) -> Change | None:
        counts = self._counts
        counts.since_began += 1
        if counts.since_began >= frames(self._turn.max_s):
            self._state = "closed"
            return Change.CAP
        if voiced:
            counts.voice += 1
            if self._paused:
                self._expect_more()
                return Change.WENT_ON
        elif not self._paused and counts.silence >= frames(PAUSE_S):
            self._paused = True
            return Change.PAUSED
        elif counts.silence >= self._patience:
            self._state = "done"
            return Change.DONE
        return None

    def _expect_more(self) -> None:
        self._paused = False
        self._patience = frames(self._turn.silence_ms / 1000)
