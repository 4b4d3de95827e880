# pyright: basic
# (the library has no complete types)
"""Speech to text with faster-whisper, decoded in windows no longer than the speech needs.

faster-whisper pads everything to 30 s; its parts, called directly, take less (measured, tiny.en
int8, two threads, 120 people, slot recall and seconds a clip):

    30 s stock, beam 5      0.883   0.330
    20 s, beam 5            0.873   0.184
    15 s, beam 5            0.873   0.160
    10 s, beam 5            0.871   0.117
    10 s, beam 1            0.859   0.095

Of what is heard up to a pause, in another sitting, stock 0.890, 30 s without timestamps 0.885, 20 s 0.873,
10 s 0.868. So the thorough reading is stock's, which takes no longer than 30 s without timestamps.

Too short a window makes the decoder repeat itself, so a text that fills its token budget or
compresses well is decoded again in the full window.
"""

from __future__ import annotations

import math
import os
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from voice.audio import RATE, Samples, to_float
from voice.errors import ModelFileError, TranscriptionError
from voice.stt import Effort, Transcript

EAGER_WINDOW_S = 10.0
FULL_WINDOW_S = 30.0
BEAM = 5
TOKENS_A_SECOND = 7
"""People speak up to about five tokens a second."""
SPARE_TOKENS = 10
SUSPICIOUS_COMPRESSION = 2.0
MANY_WORDS = 4
"""Words that nobody says twice in a row by chance."""
HARDLY_LESS = 0.5
"""Mean log probability by which another text may be less probable than the best and still be told."""
SPARE_FRAMES = 50
"""Steps of 10 ms of silence behind a sound in which a text is looked for."""


class FasterWhisper:
    """A Whisper model in CTranslate2's format."""

    def __init__(self, folder: Path, *, language: str = "en", threads: int | None = None) -> None:
        """Load the model; raises ModelFileError when the folder does not hold one."""
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        threads = threads or min(4, os.cpu_count() or 1)
        try:
            self._model: Any = WhisperModel(
                str(folder), compute_type="int8", cpu_threads=threads, local_files_only=True
            )
        except (RuntimeError, ValueError, OSError) as fault:
            raise ModelFileError(
                f"{folder}: not a Whisper model in CTranslate2's format ({_first_line(fault)})"
            ) from fault
        multilingual = bool(self._model.model.is_multilingual)
        self._language = language
        self._tokenizer: Any = Tokenizer(
            self._model.hf_tokenizer, multilingual, task="transcribe", language=language
        )
        self._heard: tuple[Samples, int, Any] | None = None
        self._suppressed = list(get_suppressed_tokens(self._tokenizer, (-1,)) or ())

    def transcribe(
        self, samples: Samples, effort: Effort, after: str = "", expected: str = ""
    ) -> Transcript:
        """Return the text of 16 kHz samples, without ``after``, with which they are known to begin.

        ``expected`` are sentences that the decoder is told came before. Raises TranscriptionError.
        """
        seconds = len(samples) / RATE
        if seconds < 0.1:
            return Transcript("", no_speech=1.0)
        try:
            window_s = max(EAGER_WINDOW_S, seconds + 5.0)
            if effort == "final" or window_s > FULL_WINDOW_S:
                return self._stock(samples, after)
            result, suspicious = self._decode(samples, window_s, after, expected)
            if suspicious and not expected:
                result = self._stock(samples, after)
        except RuntimeError as fault:
            raise TranscriptionError(f"transcription failed: {_first_line(fault)}") from fault
        return result

    def log_probabilities(self, samples: Samples, texts: Sequence[str]) -> list[float]:
        """Return of each text how probable it is that 16 kHz samples begin with it (natural log).

        The decoder is led along each text instead of finding its own: some 10 ms for the sound and
        5 for a text of two words (tiny.en, two threads). Raises TranscriptionError.
        """
        try:
            width = round(len(samples) / RATE * 100) + SPARE_FRAMES
            heard = self._encode(samples, width)
            found: list[float] = []
            for text in texts:
                tokens = self._tokenizer.encode(f" {text}")
                led = self._model.model.align(
                    heard, self._tokenizer.sot_sequence, [tokens], [width]
                )[0]
                found.append(sum(math.log(max(p, 1e-9)) for p in led.text_token_probs))
        except RuntimeError as fault:
            raise TranscriptionError(f"transcription failed: {_first_line(fault)}") from fault
        return found

    def _encode(self, samples: Samples, width: int) -> Any:
        """Return what the encoder makes of samples in a window of ``width`` steps of 10 ms.

        The last is kept: the same sound is read again where commands are expected.
        """
        if self._heard and self._heard[0] is samples and self._heard[1] == width:
            return self._heard[2]
        length = round(len(samples) / RATE * 100)
        features = self._model.feature_extractor(to_float(samples))[:, :length]
        features = np.pad(features, ((0, 0), (0, width - features.shape[1])))
        self._heard = (samples, width, self._model.encode(features))
        return self._heard[2]

    def _decode(
        self, samples: Samples, window_s: float, after: str, expected: str
    ) -> tuple[Transcript, bool]:
        """Decode once; also return whether the text looks like the decoder running in circles."""
        seconds = len(samples) / RATE
        before: list[int] = self._tokenizer.encode(f" {expected}") if expected else []
        prompt = self._model.get_prompt(self._tokenizer, before, without_timestamps=True)
        begun: list[int] = self._tokenizer.encode(f" {after},") if after else []
        budget = round(TOKENS_A_SECOND * seconds) + SPARE_TOKENS
        generated = self._model.model.generate(
            self._encode(samples, round(window_s * 100)),
            [prompt + begun],
            beam_size=BEAM,
            num_hypotheses=BEAM,  # they are there anyway
            max_length=max(2 * budget, len(prompt + begun) + budget),
            suppress_blank=True,
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        texts = [
            _behind(
                self._tokenizer.decode([t for t in ids if t < self._tokenizer.eot]).strip(), after
            )
            for ids in generated.sequences_ids
        ]
        text, best = texts[0], generated.scores[0]
        near = zip(texts[1:], generated.scores[1:], strict=True)
        others = tuple(_once(other) for other, score in near if score >= best - HARDLY_LESS)
        suspicious = len(generated.sequences_ids[0]) >= budget
        suspicious = suspicious or _compression(text) > SUSPICIOUS_COMPRESSION or _said_twice(text)
        return Transcript(_once(text), generated.no_speech_prob, best, others), suspicious

    def _stock(self, samples: Samples, after: str) -> Transcript:
        """Decode as faster-whisper does by itself, with its fallbacks."""
        segments, _ = self._model.transcribe(
            to_float(samples),
            language=self._language,
            beam_size=BEAM,
            condition_on_previous_text=False,
            prefix=f"{after}," if after else None,
        )
        parts = list(segments)
        return Transcript(
            _behind("".join(part.text for part in parts).strip(), after),
            max((part.no_speech_prob for part in parts), default=1.0),
            min((part.avg_logprob for part in parts), default=0.0),
        )


def _behind(text: str, after: str) -> str:
    """Return what a text says behind words it begins with, as a sentence of its own.

    Where nothing comes behind them, Whisper says them again, and again.
    """
    if not after:
        return text
    word = re.escape(after).replace(r"\ ", r"\W+")
    rest = re.sub(rf"(\W*{word}\b)*\W*", "", text, count=1, flags=re.IGNORECASE)
    return rest[:1].upper() + rest[1:]


def _once(text: str) -> str:
    """Return a sentence that fills a text again and again, once; other texts as they are."""
    first, *rest = re.split(r"(?<=[.?!]) ", text)
    return first if rest and all(first.startswith(again) for again in rest) else text


def _said_twice(text: str) -> bool:
    """Whether a text of some length is the same words twice, which nobody says."""
    words = re.findall(r"[\w']+", text.lower())
    half = len(words) // 2
    return half >= MANY_WORDS and words[:half] == words[half:]


def _compression(text: str) -> float:
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]
