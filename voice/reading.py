"""Reading speech: from sound to the words that may be acted on."""

from __future__ import annotations

from dataclasses import dataclass

from voice.ears import Speech
from voice.endpoint import MIN_VOICE_S
from voice.own_speech import is_own
from voice.stt import Effort, Recognizer, believed, joined, plain, without_wake_word
from voice.verify import spellings

UNSURE = -0.3
"""Mean log probability under which a quick reading is not relied on.

A fifth of 120 people's requests lie below it. Slot recall with tiny.en: all read quickly 0.875, these
read again thoroughly 0.885, stock faster-whisper 0.887. (Chosen on the same recordings.)
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """What speech says."""

    text: str
    """"" when it says nothing that may be acted on."""
    sure: bool = True
    """Whether reading it more thoroughly would most likely find the same."""


@dataclass(frozen=True, slots=True)
class Part:
    """A beginning of the speech that was read before, in a pause."""

    text: str
    length: int
    """Samples of it."""
    voice_s: float


class Reader:
    """Reads speech with a recogniser, and leaves out what nobody said to us."""

    def __init__(self, recognizer: Recognizer, wake_words: tuple[str, ...]) -> None:
        self._recognizer = recognizer
        self._wake_words = wake_words

    async def read(self, speech: Speech, effort: Effort, earlier: Part | None = None) -> Reading:
        """Return what was said; raises TranscriptionError."""
        begun = spellings(speech.wake_word)[0] if speech.wake_word else ""
        transcript = await self._recognizer.transcribe(speech.samples, effort, begun)
        text = without_wake_word(believed(transcript, speech.voice_s), self._wake_words)
        sure = transcript.log_probability >= UNSURE
        more_s = speech.voice_s - earlier.voice_s if earlier else 0.0
        lost = earlier and len(plain(text).split()) <= len(plain(earlier.text).split())
        if earlier and lost and more_s >= MIN_VOICE_S:
            # Recognition sometimes stops at a pause: what came behind it is read by itself.
            behind = speech.samples[earlier.length :]
            rest = await self._recognizer.transcribe(behind, effort)
            text = joined(earlier.text, believed(rest, more_s))
            sure = sure and rest.log_probability >= UNSURE
        return Reading("" if is_own(text, speech.own_words) else text, sure)
