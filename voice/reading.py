"""Reading speech: from sound to the words that may be acted on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice.ears import Speech
from voice.endpoint import MIN_VOICE_S
from voice.errors import TranscriptionError
from voice.own_speech import is_own, names
from voice.stt import Effort, Recognizer, believed, joined, plain, without_wake_word
from voice.verify import spellings

UNSURE = -0.3
"""Mean log probability under which a quick reading is not relied on.

A fifth of 120 people's requests lie below it. Slot recall with tiny.en: all read quickly 0.868, these
read again thoroughly 0.878, stock faster-whisper 0.887. (Chosen on the same recordings.)
"""

DOUBTFUL = -0.15
"""Mean log probability under which what is no command is read once more, expecting commands.

Of 250 commands spoken by Piper into kitchen noise 15 dB below, 15 more are understood so (227 instead of
212), and of 198 other sentences none more is taken for one.
"""

HOPELESS = -1.2
"""Mean log probability under which there is no command to be found: there, noise without a voice lay."""

LIKELY = -0.7
"""Mean log probability that such a second reading must have."""

COMMAND_S = 8.0
"""Seconds of voice above which nobody means a command."""

GUESSED_OVER_OWN = -1.0
"""Mean log probability under which a text over our own speech is what a recogniser makes of our echo.

In a simulated room what people said over it lay above -0.87, and "Okay, it's six", "It works" and the like,
which nobody had said, below -1.01 (tiny.en).
"""

NOTHING_CLEAN = -1.8
"""Mean log probability of a short text under which nobody is in the signal without our own speech: there a
recogniser wrote "Okay." or "If." at -2.04 to -2.34 (tiny.en, simulated room), where only our echo had been taken for a
voice."""

SHORT_S = 1.0
"""Seconds of voice up to which speech over ours may be a call, which is looked for first."""

STOP = "stop"
"""What it is looked for as, with a full stop: "the step", "start" and 102 pieces of our own echo reach 0.36 of
the evidence; "stop" over our speech, eight to minus four dB against it, 0.62 to 0.82 (tiny.en)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What speech says."""

    text: str
    """"" when it says nothing that may be acted on."""
    sure: bool = True
    """Whether reading it more thoroughly would most likely find the same."""
    call: bool = False
    """Whether it is a wake word and nothing else, said over our own speech."""


@dataclass(frozen=True, slots=True)
class Part:
    """A beginning of the speech that was read before, in a pause."""

    text: str
    length: int
    """Samples of it."""
    voice_s: float


class Reader:
    """Reads speech with a recogniser, and leaves out what nobody said to us."""

    def __init__(
        self,
        recognizer: Recognizer,
        wake_words: tuple[str, ...],
        *,
        is_stop: Callable[[str], bool] = lambda text: False,
        is_command: Callable[[str], bool] = lambda text: False,
        expected: str = "",
    ) -> None:
        """``is_stop`` tells whether a text asks for silence and nothing else.

        ``is_command`` tells whether the device understands a text itself; ``expected`` are sentences
        that it understands.
        """
        self._expected = expected
        self._is_command = is_command
        self._recognizer = recognizer
        self._wake_words = wake_words
        self._is_stop = is_stop

    async def read(
        self, speech: Speech, effort: Effort, earlier: Part | None = None, *, draft: bool = False
    ) -> Reading:
        """Return what was said; raises TranscriptionError. A ``draft`` is only shown, not acted on."""
        if effort == "eager" and (call := await self._call(speech)):
            return call
        begun = spellings(speech.wake_word)[0] if speech.wake_word else ""
        transcript = await self._recognizer.transcribe(speech.samples, effort, begun)
        text = without_wake_word(believed(transcript, speech.voice_s), self._wake_words)
        if speech.over_own and transcript.log_probability < GUESSED_OVER_OWN:
            text = ""
        sure = transcript.log_probability >= UNSURE
        more_s = speech.voice_s - earlier.voice_s if earlier else 0.0
        if earlier and more_s >= MIN_VOICE_S and _stopped_at(earlier, text):
            # Recognition sometimes stops at a pause: what came behind it is read by itself.
            behind = speech.samples[earlier.length :]
            rest = await self._recognizer.transcribe(behind, effort)
            text = joined(earlier.text, believed(rest, more_s))
            sure = sure and rest.log_probability >= UNSURE
        elif text and not draft and not speech.over_own and not self._is_command(text):
            pick = self._pick(transcript.others)
            if not pick and effort == "eager" and HOPELESS < transcript.log_probability < DOUBTFUL:
                pick = await self._expecting(speech, begun)
            if pick:
                return Reading(pick, sure=False)
        return Reading(_not_own(text, speech.own_words, earlier), sure)

    def _pick(self, texts: tuple[str, ...]) -> str | None:
        """Return the first text that is a command, None when there is none.

        Of 100 commands, spoken by Piper into kitchen noise 15 dB below, 72 are understood by the
        likeliest text of tiny.en and 87 so, none of them wrongly; of 180 other sentences one more is
        taken for a command (1 without).
        """
        clean = (without_wake_word(text, self._wake_words) for text in texts)
        return next((text for text in clean if self._is_command(text)), None)

    async def _expecting(self, speech: Speech, begun: str) -> str | None:
        """Return the command that speech is most like, heard by somebody who expects commands."""
        if not self._expected or not MIN_VOICE_S <= speech.voice_s <= COMMAND_S:
            return None
        try:
            heard = await self._recognizer.transcribe(
                speech.samples, "eager", begun, self._expected
            )
        except TranscriptionError:  # there is a text already
            return None
        text = believed(heard, speech.voice_s)
        likely = heard.log_probability >= LIKELY
        return self._pick((text, *heard.others)) if text and likely else None

    async def _call(self, speech: Speech) -> Reading | None:
        """Return a call for silence or a wake word over our own speech, None if it is neither.

        Where the clean signal holds nobody's words, neither was anything else said.

        They have one or two words, and our own in front of them: too little for a recogniser to make
        sense of. So they are looked for, and read where as little of our own speech as possible is
        left. The wake word's detector may have missed it there.
        """
        own = speech.own_words
        if not speech.over_own or speech.voice_s > SHORT_S:
            return None
        clean = speech.samples if speech.clean is None else speech.clean
        if not is_own(STOP, own) and await self._recognizer.says(f"{STOP}.", clean):
            return Reading(STOP)
        for word in self._wake_words:
            if not names(word, own) and await self._recognizer.says(word, speech.samples):
                return Reading(spellings(word)[0], call=True)
        if speech.clean is None:
            return None
        heard = await self._recognizer.transcribe(clean, "eager")
        if heard.log_probability < NOTHING_CLEAN:
            return Reading("")
        text = believed(heard, speech.voice_s)
        return Reading(text) if self._is_stop(text) and not is_own(text, own) else None


def _stopped_at(earlier: Part, text: str) -> bool:
    """Whether the text of the whole says no more than that of its beginning."""
    words, before = plain(text).split(), plain(earlier.text).split()
    return not words or (len(words) <= len(before) and words[-1] in before)


def _not_own(text: str, own: str, earlier: Part | None) -> str:
    """Return of a text what we did not say ourselves; its earlier part, if any, was found not to be."""
    before = earlier.text if earlier else ""
    rest = " ".join(text.split()[len(before.split()) :])
    return before if is_own(rest, own) else text
