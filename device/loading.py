"""Loading what is heavy: speech models, wake words, the language model; side by side, and warm.

The tables say what the names in the YAML mean; they are all there is to plug in.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from device import models
from device.model_choice import ModelChoice, choose
from voice.audio import silence
from voice.config import Config, Stt, Tts
from voice.endpoint import VoiceActivity
from voice.intents import Intents
from voice.stt import Recognizer, Transcriber
from voice.tts import Synthesizer
from voice.vad import Gated
from voice.wake import WakeWord

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


TRANSCRIBERS: dict[str, Callable[[Stt], Transcriber]] = {"faster_whisper": _transcriber}
SYNTHESIZERS: dict[str, Callable[[Tts], Synthesizer]] = {"piper": _synthesizer}
VOICE_ACTIVITY: dict[str, Callable[[], VoiceActivity]] = {
    "auto": _gated,
    "silero": _silero,
    "webrtc": _webrtc,
}
"""What the names in the YAML mean: these three tables are all there is to plug in."""


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


class Shelf:
    """Holds what is loaded; loads again only what a changed configuration means otherwise."""

    def __init__(self, progress: Progress = _silent) -> None:
        """``progress`` is told what has been loaded."""
        self._progress = progress
        self._parts: dict[str, tuple[object, Any]] = {}

    async def load(self, config: Config) -> Engines:
        """Load everything side by side and warm it with a real pass.

        Raises ModelFileError or ConfigError, in one line, for what is missing or broken; what was
        loaded before stays.
        """
        loaded = await asyncio.gather(
            self._part("speech recognition", config.stt, lambda: _warm_recognizer(config.stt)),
            self._part("voice", config.tts, lambda: _warm_synthesizer(config.tts)),
            self._part("voice activity", config.vad.engine, VOICE_ACTIVITY[config.vad.engine]),
            self._part("wake words", config.wake.words, lambda: _wake_words(config)),
            self._part("intents", config.stt.language, lambda: Intents(config.stt.language)),
            self._model(config),
            return_exceptions=True,
        )
        for result in loaded:
            if isinstance(result, BaseException):
                raise result
        return Engines(*cast(Sequence[Any], loaded))

    async def close(self) -> None:
        """Give everything back."""
        for name in tuple(self._parts):
            await self._drop(name)

    async def _part(self, name: str, key: object, make: Callable[[], Any]) -> Any:
        held = self._parts.get(name)
        if held and held[0] == key:
            return held[1]
        made = await asyncio.get_running_loop().run_in_executor(None, make)
        await self._drop(name)
        self._parts[name] = (key, made)
        self._progress(name)
        return made

    async def _model(self, config: Config) -> ModelChoice:
        held = self._parts.get(MODEL)
        if held and held[0] == config.model:
            return held[1]
        choice = await choose(config.model, models.find_gguf)
        await self._drop(MODEL)
        self._parts[MODEL] = (config.model, choice)
        self._progress(f"{MODEL}: {choice.why}")
        return choice

    async def _drop(self, name: str) -> None:
        _, part = self._parts.pop(name, (None, None))
        if isinstance(part, Recognizer):
            part.close()
        elif isinstance(part, ModelChoice) and part.model:
            await part.model.close()


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
    transcriber.transcribe(silence(1.0), "final")
    return Recognizer(transcriber)


def _warm_synthesizer(settings: Tts) -> Synthesizer:
    synthesizer = SYNTHESIZERS[settings.engine](settings)
    synthesizer.synthesize("Ready when you are.")
    return synthesizer


def _wake_words(config: Config) -> list[tuple[WakeWord, float | None]]:
    return [(_wake_word(word.name), word.sensitivity) for word in config.wake.words]
