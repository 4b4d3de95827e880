"""Real speech for tests: sentences by the Piper voice, and what Whisper reads in a recording."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from device import models
from device.demo import speech, trimmed
from device.playback import convert
from device.wav_files import write
from voice.audio import RATE, Samples, Sound, silence, to_float
from voice.engines.faster_whisper import FasterWhisper
from voice.engines.piper import Piper


@cache
def _voice() -> Piper:
    """Return a voice without its dice: a sentence sounds the same each time it is said."""
    voice = Piper(models.find_voice("en_US-joe-medium"))
    voice._voice.config.noise_scale = voice._voice.config.noise_w_scale = 0
    return voice


@cache
def _whisper() -> FasterWhisper:
    return FasterWhisper(models.find_whisper("tiny.en"))


def whisper() -> FasterWhisper:
    """Return the recogniser, loaded once."""
    return _whisper()


def word_ends(samples: Samples) -> list[float]:
    """Return the seconds at which words end, as Whisper's attention has it; a tenth off at times."""
    heard = np.concatenate([to_float(samples), np.zeros(RATE // 2, np.float32)])
    segments, _ = _whisper()._model.transcribe(heard, language="en", word_timestamps=True)
    words = [word for segment in segments for word in segment.words]
    between = [(word.end + after.start) / 2 for word, after in pairwise(words)]
    return [*between, words[-1].end] if words else []


@cache
def sentence(text: str) -> Samples:
    """Return a sentence at 16 kHz, without silence around it."""
    return speech(_voice(), text)


def said(*parts: str | float) -> Samples:
    """Return sentences and pauses (seconds) one after the other, in a quiet room."""
    sounds = [silence(p) if isinstance(p, int | float) else sentence(p) for p in parts]
    whole = np.concatenate(sounds).astype(np.float64)
    noise = np.random.default_rng(1).normal(0, 6, len(whole))
    return np.clip(whole + noise, -32768, 32767).astype(np.int16)


def wav(path: Path, *parts: str | float) -> Path:
    """Write what ``said`` returns as a WAV file."""
    write(path, Sound(said(*parts), RATE))
    return path


def read(samples: Samples, rate: int) -> str:
    """Return what Whisper reads in a recording, in lower case."""
    heard = trimmed(convert(Sound(samples, rate), RATE))
    heard = np.concatenate([heard, silence(0.5)])
    return _whisper().transcribe(heard, "final").text.lower()
