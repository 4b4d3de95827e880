"""The second look at a wake word: whether what a detector took for it really was.

A detector cheap enough to listen all day takes other words for its own, and misses its own in noise.
So it is asked to be generous, and what it finds is looked at again, by the recogniser that is loaded
anyway: not for what it would write (of "Alexa" at 5 dB it often writes "I like so"), but for how
probable it holds it that the sound begins with this word. That takes a fraction of a transcription.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar, runtime_checkable

from voice.audio import RATE, Samples, silence
from voice.endpoint import frames

log = logging.getLogger(__name__)

LOOK_S = 1.5
"""Seconds of sound, up to now, in which the word is looked for."""

CLOSE_LOOK_S = 0.5
"""Seconds of it, and ``WORD_S`` more for each word of a phrase, in which it is looked for alone.

Somebody may have spoken right before. With a sentence before "Alexa", said by 40 people, 26 are found
in 1.5 s and all of them in 0.8 s; slow speakers and noise need the 1.5 s.
"""

WORD_S = 0.3

AGAIN_S = 0.1
"""Seconds after a look that found nothing until the next: the word may not have been over yet."""

LOOKS = 4
"""Looks at one candidate, unless its score falls and rises again meanwhile."""

LATE_S = 0.4
"""Seconds after which a candidate is decided with what is known."""

PLAIN_EVIDENCE = 0.5
"""Evidence that is enough. In 300 clips of other people's speech, with and without a kitchen 10 dB below,
no look for any of the four words found more than 0.31."""

EVIDENCE = {"hey_jarvis": 0.65}
"""What is enough instead: "Jarvis" alone, by 19 synthetic voices, reached 0.54 in trials."""

SPELLINGS = {
    "hey_mycroft": ("Hey Mycroft", "Hey my croft"),
    "okay_nabu": ("Okay Nabu", "Okay Naboo"),
}
"""How a recogniser would write a wake word, where its name alone is not enough; each costs time."""

Result_co = TypeVar("Result_co", covariant=True)


class Answer(Protocol[Result_co]):
    """What was asked for, as soon as it is there; futures are such."""

    def done(self) -> bool:
        """Whether it is there, or will never be."""
        ...

    def cancelled(self) -> bool:
        """Whether it will never be."""
        ...

    def result(self) -> Result_co:
        """Return it, or raise what went wrong."""
        ...

    def cancel(self) -> bool:
        """Say that nobody waits for it any more."""
        ...


class Verifier(Protocol):
    """Says how much evidence of a wake word there is in a piece of sound."""

    def enough(self, word: str) -> float:
        """Return the evidence from which on a word counts as said, where nothing else is wished."""
        ...

    def ask(self, word: str, samples: Samples) -> Answer[float]:
        """Begin to look for a word, by its configured name, at the end of 16 kHz samples.

        The answer is 0 where the sound says nothing about the word and 1 where it leaves no doubt.
        Does not block.
        """
        ...


@runtime_checkable
class PhraseLikelihood(Protocol):
    """A recogniser that can say how probable a text is. Implementation: ``voice.engines.faster_whisper``."""

    def log_probabilities(self, samples: Samples, texts: Sequence[str]) -> list[float]:
        """Return of each text how probable it is that 16 kHz samples begin with it.

        Natural logarithms, 0 at best. Blocks; raises TranscriptionError.
        """
        ...


Run = Callable[[Callable[[], float]], Answer[float]]
"""Runs a call in the thread that the model belongs to."""


class PhraseVerifier:
    """Looks for wake words with a recogniser.

    A rare word is improbable whatever was said, so each is measured by itself: evidence is the share
    of its improbability in silence that the sound takes away.
    """

    def __init__(self, recognizer: PhraseLikelihood, run: Run) -> None:
        self._recognizer = recognizer
        self._run = run
        self._in_silence: dict[str, float] = {}

    def enough(self, word: str) -> float:
        """Return the evidence from which on a word counts as said."""
        return EVIDENCE.get(word, PLAIN_EVIDENCE)

    def ask(self, word: str, samples: Samples) -> Answer[float]:
        """Begin to look for a word."""
        return self._run(lambda: self.evidence(word, samples))

    def evidence(self, word: str, samples: Samples) -> float:
        """Return the evidence for a word, 1 at most. Blocks; raises TranscriptionError."""
        if word not in self._in_silence:
            self._in_silence[word] = self._log_probability(word, silence(LOOK_S))
        evidence = -math.inf
        for seconds in (LOOK_S, CLOSE_LOOK_S + WORD_S * len(word.split("_"))):
            last = samples[-round(seconds * RATE) :]
            share = self._log_probability(word, last) / self._in_silence[word]
            evidence = max(evidence, 1.0 - share)
            if evidence >= self.enough(word):
                break
        return evidence

    def _log_probability(self, word: str, samples: Samples) -> float:
        return min(max(self._recognizer.log_probabilities(samples, spellings(word))), -1e-6)


def spellings(word: str) -> tuple[str, ...]:
    """Return how a wake word, by its configured name, may be written."""
    return SPELLINGS.get(word) or (word.replace("_", " ").strip().title(),)


class Candidate:
    """A wake word that may have been said, until that is known; counts frames."""

    def __init__(self, *, enough: float, certain: float, trusting: bool) -> None:
        """``enough`` is the evidence needed.

        ``certain`` is the score that is believed where nothing can be found out in time, and only if
        ``trusting``.
        """
        self.score = 0.0
        """The highest score since it began."""
        self.frames = 0
        """Frames since it began."""
        self.evidence: float | None = None
        """What the last look found."""
        self._enough = enough
        self._certain = certain
        self._trusting = trusting
        self._answer: Answer[float] | None = None
        self._looks = 0
        self._next_look = 0
        self._failed = False
        self._late = frames(LATE_S)

    def rise_again(self) -> None:
        """The score fell and rose anew: there is something new to look at."""
        self._looks = 0
        self._late = self.frames + frames(LATE_S)

    def hear(self, score: float, ask: Callable[[], Answer[float]]) -> bool | None:
        """Take the word's score in the next frame; return whether it was said, None while unknown.

        ``ask`` begins a look at the sound up to now.
        """
        self.score = max(self.score, score)
        if not self._failed:
            try:
                self._look(ask)
            except Exception as fault:  # whatever fails here, listening goes on
                log.warning("a wake word could not be verified: %s", type(fault).__name__)
                self._failed = True
        if self.evidence is not None and self.evidence >= self._enough:
            return True
        late = self.frames >= self._late
        if late or self._failed:
            # What was looked at in vain is not believed, however certain the detector.
            believed = self._trusting and self.evidence is None and self.score > self._certain
            if believed or late:
                self.forget()
                return believed
        elif self._looks >= LOOKS and self._answer is None:
            return False
        self.frames += 1
        return None

    def _look(self, ask: Callable[[], Answer[float]]) -> None:
        """Take an answer that is there, and ask for the next when it is time."""
        if self._answer and self._answer.done():
            answer, self._answer = self._answer, None
            self._failed = answer.cancelled()
            if not self._failed:
                self.evidence = answer.result()
                if self.evidence >= self._enough:
                    return
        if self._answer is None and self.frames >= self._next_look and self._looks < LOOKS:
            self._answer = ask()
            self._looks += 1
            self._next_look = self.frames + frames(AGAIN_S)

    def forget(self) -> None:
        """Nobody waits for the verdict any more."""
        if self._answer:
            self._answer.cancel()
