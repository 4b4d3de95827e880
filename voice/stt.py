"""Speech to text: what a transcriber promises, and what of its text is to be believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Protocol

from voice.audio import Samples
from voice.endpoint import MIN_VOICE_S
from voice.verify import PhraseLikelihood, PhraseVerifier
from voice.worker import Worker

Effort = Literal["eager", "final"]
"""eager: quick, and mostly as good; final: as exact as it gets."""

WEAK_VOICE_S = 0.6
"""Seconds of voice under which a phrase that Whisper makes up in silence is not believed."""

NO_SPEECH = 0.6
"""Whisper's own probability of no speech above which such a phrase is not believed."""

SILENCE_PHRASES = frozenset(
    {
        "bye",
        "bye bye",
        "i'm sorry",
        "okay",
        "so",
        "thank you",
        "thank you for watching",
        "thank you so much",
        "thank you very much",
        "thanks",
        "thanks for watching",
        "the",
        "you",
        "please subscribe",
        "subtitles by the amara org community",
    }
)
"""What Whisper writes when there is nothing to hear; each is also something people really say."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a piece of sound says."""

    text: str
    no_speech: float = 0.0
    """The recogniser's own probability, 0 to 1, that nobody spoke."""
    log_probability: float = 0.0
    """Mean log probability of the tokens, 0 at best."""
    others: tuple[str, ...] = ()
    """What else it may say, hardly less probable; the likeliest first."""


class Transcriber(Protocol):
    """Turns speech into text. Implementation: ``voice.engines.faster_whisper``."""

    def transcribe(
        self, samples: Samples, effort: Effort, after: str = "", expected: str = ""
    ) -> Transcript:
        """Return the text of 16 kHz samples. Blocks; raises TranscriptionError.

        ``after``: words they are known to begin with (a wake word), which the text leaves out.
        ``expected``: sentences like those that may be said, to be read as if they had come before.
        """
        ...


class Recognizer:
    """A transcriber in a thread of its own."""

    def __init__(self, transcriber: Transcriber) -> None:
        self._transcriber = transcriber
        self._worker = Worker("stt")
        scorer = transcriber if isinstance(transcriber, PhraseLikelihood) else None
        self.verifier = PhraseVerifier(scorer, self._worker.start) if scorer else None
        """Looks at wake words with the same model; None where it can't."""

    async def transcribe(
        self, samples: Samples, effort: Effort, after: str = "", expected: str = ""
    ) -> Transcript:
        """Transcribe without holding up the loop; raises TranscriptionError."""
        more = (after, expected) if expected else (after,) if after else ()
        return await self._worker.call(self._transcriber.transcribe, samples, effort, *more)

    async def says(self, phrase: str, samples: Samples) -> bool:
        """Return whether samples are this phrase; False where the model can't tell.

        Raises TranscriptionError. A fraction of the work of a transcription.
        """
        if self.verifier is None:
            return False
        evidence = await self._worker.call(self.verifier.evidence, phrase, samples)
        return evidence >= self.verifier.enough(phrase)

    def close(self) -> None:
        """End the thread."""
        self._worker.close()


def plain(text: str) -> str:
    """Return text in lower case, without punctuation, with single spaces."""
    return " ".join(re.sub(r"[^\w']+", " ", text.lower()).split())


def believed(transcript: Transcript, voice_s: float) -> str:
    """Return the text that may be acted on, or "" when it is most likely made up from no speech.

    ``voice_s`` is the seconds of voice that the voice detector found. Whisper's silence phrases are
    dropped only when that evidence is weak: a real "thank you" passes.
    """
    text = " ".join(transcript.text.split())
    words = plain(text)
    if not re.search(r"\w", words):
        return ""
    if words in SILENCE_PHRASES:
        weak = voice_s < MIN_VOICE_S or transcript.no_speech > NO_SPEECH
        weak = weak or (voice_s < WEAK_VOICE_S and transcript.no_speech > NO_SPEECH / 2)
        return "" if weak else text
    if re.fullmatch(r"[\[(*♪].*[\])*♪]", text):  # "[BLANK_AUDIO]", "(wind blowing)", "♪ … ♪"
        return ""
    return text


def joined(first: str, rest: str) -> str:
    """Return two parts of a sentence, transcribed apart, as one."""
    if not rest:
        return first
    if len(rest) > 1 and rest[1].islower():
        rest = rest[0].lower() + rest[1:]
    return f"{first.rstrip(' .,;:!?…')} {rest}"


def without_wake_word(text: str, names: tuple[str, ...]) -> str:
    """Return a text without what is left of a wake word at its beginning.

    ``names`` are wake words as configured ("okay_nabu"). The end of a word may be left of the sound
    before the cut, and is written as it sounds: "Alexa", "Lexa", "Nabu", "a, what time is it".
    """
    for name in names:
        parts = name.lower().split("_")
        ends = {" ".join(parts), parts[-1], parts[-1][1:], parts[-1][2:]}
        for end in sorted(ends, key=len, reverse=True):
            if len(end) >= 3 and (found := re.match(rf"\W*{re.escape(end)}\b\W*", text, re.I)):
                rest = text[found.end() :]
                return rest[:1].upper() + rest[1:]
    return text
