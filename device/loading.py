"""Loading what is heavy: speech models, wake words, the language model; side by side, and warm.

The tables say what the names in the YAML mean; they are all there is to plug in.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from device import models
from device.catalogue import CATALOGUE, TURN_DETECTOR
from device.model_choice import ModelChoice, choose
from voice.audio import silence
from voice.config import Config, Stt, Tts
from voice.endpoint import TurnDetector, VoiceActivity
from voice.errors import TranscriptionError
from voice.intents import Intents, load
from voice.melody import Melody
from voice.stt import Recognizer, Transcriber
from voice.tts import Synthesizer
from voice.vad import Gated
from voice.verify import LOOK_S, Verifier
from voice.wake import WakeWord

log = logging.getLogger(__name__)

Progress = Callable[[str], None]
"""Is told, in a few words, what has just been loaded."""


def _silent(_: str) -> None:
    """Tell nobody."""


def _transcriber(settings: Stt) -> Transcriber:
    from voice.engines.faster_whisper import FasterWhisper

    return FasterWhisper(
        models.find_whisper(settings.model), language=settings.language, threads=settings.threads
    )


def _synthesizer(settings: Tts) -> Synthesizer:
    from voice.engines.piper import Piper

    return Piper(models.find_voice(settings.voice), speed=settings.speed)


GATE_MODE = 2
"""How readily WebRTC's detector takes sound for noise when Silero judges the rest. On 30 people the
judge is asked about half of the frames, and hears the first word at most 40 ms later than alone."""


def _silero() -> VoiceActivity:
    from voice.engines.silero import Silero

    return Silero()


def _webrtc() -> VoiceActivity:
    from voice.engines.webrtc import WebRtc

    return WebRtc()


def _gated() -> VoiceActivity:
    from voice.engines.webrtc import WebRtc

    return Gated(WebRtc(GATE_MODE), _silero())


def _wake_word(name: str) -> WakeWord:
    from voice.engines.micro_wake_word import MicroWakeWordDetector

    return MicroWakeWordDetector(name)


def _smart_turn() -> TurnDetector:
    from voice.engines.smart_turn import SmartTurn

    return SmartTurn(models.find_turn_detector())


def _smart_turn_if_here() -> TurnDetector | None:
    here = models.locate(CATALOGUE[TURN_DETECTOR])
    return _smart_turn() if here and here.problem is None else None


TRANSCRIBERS: dict[str, Callable[[Stt], Transcriber]] = {"faster_whisper": _transcriber}
SYNTHESIZERS: dict[str, Callable[[Tts], Synthesizer]] = {"piper": _synthesizer}
VOICE_ACTIVITY: dict[str, Callable[[], VoiceActivity]] = {
    "auto": _gated,
    "silero": _silero,
    "webrtc": _webrtc,
}
TURN_DETECTORS: dict[str, Callable[[], TurnDetector | None]] = {
    "auto": _smart_turn_if_here,
    "none": lambda: None,
    "smart_turn": _smart_turn,
}
"""What the names in the YAML mean: these four tables are all there is to plug in."""


MODEL = "language model"
"""The part that is loaded by ``device.model_choice``."""


@dataclass(frozen=True, slots=True)
class Engines:
    """What is heavy, loaded and warm."""

    recognizer: Recognizer
    synthesizer: Synthesizer
    voice: VoiceActivity
    wake_words: list[tuple[WakeWord, float | None]]
    intents: Intents
    model: ModelChoice
    melody: Melody | None = None
    verifier: Verifier | None = None
    """Looks again at what the wake words' detectors found; None where nothing can or shall."""

    @property
    def wake_names(self) -> tuple[str, ...]:
        """The wake words' own names ("okay_nabu"): what is configured may be a file's path."""
        return tuple(word.name for word, _ in self.wake_words)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Something loaded, and the settings it was loaded for."""

    name: str
    key: object
    made: Any

    async def close(self) -> None:
        """Give it back."""
        if isinstance(self.made, Recognizer | Melody):
            self.made.close()
        elif isinstance(self.made, ModelChoice) and self.made.model:
            await self.made.model.close()


class Shelf:
    """Holds what is loaded; loads again only what a changed configuration means otherwise."""

    def __init__(self, progress: Progress = _silent) -> None:
        """``progress`` is told what has been loaded."""
        self._progress = progress
        self._parts: dict[str, _Part] = {}

    async def load(self, config: Config) -> Engines:
        """Load everything side by side and warm it with a real pass.

        Raises ModelFileError or ConfigError, in one line, for what is missing or broken; what was
        loaded before stays.
        """
        stt, tts, vad = config.stt, config.tts, config.vad.engine
        voice = tts.model_copy(update={"speed": 1.0})  # each conversation sets the pace
        wanted = {
            "recognizer": self._part("speech recognition", stt, lambda: _warm_recognizer(stt)),
            "synthesizer": self._part("voice", voice, lambda: _warm_synthesizer(tts)),
            "voice": self._part("voice activity", vad, VOICE_ACTIVITY[vad]),
            "wake_words": self._part("wake words", config.wake.words, lambda: _wake_words(config)),
            "intents": self._part("intents", stt.language, lambda: load(stt.language, log.warning)),
            "model": self._model(config),
            "melody": self._part("turn detector", config.turn.detector, lambda: _melody(config)),
        }
        found = await asyncio.gather(*wanted.values(), return_exceptions=True)
        fault = next((part for part in found if isinstance(part, BaseException)), None)
        parts = [part for part in found if isinstance(part, _Part)]
        held = tuple(self._parts.values())
        if fault:
            unused = [part for part in parts if part not in held]
        else:
            unused = [part for part in held if part not in parts]
            self._parts = {part.name: part for part in parts}
        for part in unused:
            await part.close()
        if fault:
            raise fault
        made = {field: part.made for field, part in zip(wanted, parts, strict=True)}
        engines = Engines(**made)
        return replace(engines, verifier=await _verifier(config, engines))

    async def close(self) -> None:
        """Give everything back."""
        while self._parts:
            _, part = self._parts.popitem()
            await part.close()

    async def _part(self, name: str, key: object, make: Callable[[], Any]) -> _Part:
        held = self._parts.get(name)
        if held and held.key == key:
            return held
        made = await asyncio.get_running_loop().run_in_executor(None, make)
        if made is not None:
            self._progress(name)
        return _Part(name, key, made)

    async def _model(self, config: Config) -> _Part:
        held = self._parts.get(MODEL)
        if held and held.key == config.model:
            return held
        choice = await choose(config.model, models.find_gguf)
        self._progress(f"{MODEL}: {choice.why}")
        return _Part(MODEL, config.model, choice)


@asynccontextmanager
async def load_engines(config: Config, progress: Progress = _silent) -> AsyncGenerator[Engines]:
    """Load everything for a block; see ``Shelf``."""
    shelf = Shelf(progress)
    try:
        yield await shelf.load(config)
    finally:
        await shelf.close()


@asynccontextmanager
async def choosing_model(config: Config) -> AsyncGenerator[ModelChoice]:
    """Find the language model that the configuration means; it is closed at the end."""
    choice = await choose(config.model, models.find_gguf)
    try:
        yield choice
    finally:
        if choice.model:
            await choice.model.close()


def _warm_recognizer(settings: Stt) -> Recognizer:
    transcriber = TRANSCRIBERS[settings.engine](settings)
    transcriber.transcribe(silence(1.0), "eager")
    return Recognizer(transcriber)


def _melody(config: Config) -> Melody | None:
    detector = TURN_DETECTORS[config.turn.detector]()
    return Melody(detector) if detector else None


def _warm_synthesizer(settings: Tts) -> Synthesizer:
    synthesizer = SYNTHESIZERS[settings.engine](settings)
    synthesizer.synthesize("Ready when you are.")
    return synthesizer


async def _verifier(config: Config, engines: Engines) -> Verifier | None:
    """Return what looks again at wake words, with each of them known to it."""
    verifier = engines.recognizer.verifier if config.wake.verify != "off" else None
    if verifier is None:
        return None
    loop = asyncio.get_running_loop()
    with suppress(TranscriptionError):  # then the first use tells
        for word, _ in engines.wake_words:
            await loop.run_in_executor(None, verifier.evidence, word.name, silence(LOOK_S))
    return verifier


def _wake_words(config: Config) -> list[tuple[WakeWord, float | None]]:
    return [(_wake_word(word.name), word.sensitivity) for word in config.wake.words]
