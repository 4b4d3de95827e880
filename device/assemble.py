"""Where everything is put together, by hand and in plain sight.

``load_engines`` loads what is heavy, once; ``assemble`` connects the stages of one conversation.
``run``, ``demo``, ``hear``, ``ask`` and ``bench`` all come through here and differ only in the
microphone and speaker they bring.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from device import models
from device.chimes import chimes
from device.local_time import now, zone
from device.model_choice import ModelChoice, choose
from voice.answers import Answers
from voice.attention import Attention
from voice.audio import Speaker, silence
from voice.brain import Brain
from voice.config import Config, Stt, Tts
from voice.controls import Controls, Pace
from voice.ears import Ears
from voice.endpoint import Endpoint, VoiceActivity
from voice.errors import ModelFileError
from voice.events import Bus
from voice.history import History
from voice.intents import Intents, answer
from voice.listening import Listener
from voice.planning import Planner
from voice.session import Session
from voice.stt import Recognizer, Transcriber
from voice.tools import Toolbox
from voice.tools.clock import clock_tools
from voice.tools.sums import sum_tools
from voice.tools.volume import volume_tools
from voice.tts import Mouth, Synthesizer
from voice.turn import Turn
from voice.vad import Gated
from voice.wake import WakeGate, WakeWord

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


@dataclass(frozen=True, slots=True)
class Mind:
    """The stages between what was said and what is answered."""

    answers: Answers
    brain: Brain
    controls: Controls


@dataclass(frozen=True, slots=True)
class Assistant:
    """One conversation's stages, connected."""

    session: Session
    mind: Mind
    mouth: Mouth
    model_named: bool
    """Whether the configuration names the language model on this device, so that it must be there."""

    async def warm(self) -> None:
        """Get the language model ready.

        Raises ModelFileError when it can't be loaded and was named; one that was merely found is
        reported and done without.
        """
        try:
            await self.mind.brain.warm()
        except ModelFileError as fault:
            if self.model_named:
                raise
            self.session.report(fault)

    def close(self) -> None:
        """End the threads that belong to it; the engines stay."""
        self.mouth.close()


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


def connect_mind(
    config: Config,
    intents: Intents,
    model: ModelChoice,
    speaker: Speaker,
    pace: Pace,
    bus: Bus,
    *,
    announce: str | None = None,
) -> Mind:
    """Connect what answers: intents, tools, model and history.

    ``announce`` is said once, before the model is asked for the first time.
    """
    where = zone(config.place.time_zone)
    history = History(config.model.history_turns)
    controls = Controls(
        speaker,
        pace,
        lambda: brain.new_conversation(),
        bus.publish,
        now=lambda: now(where),
        model_name=lambda: model.model.name if model.model else None,
        wake_word=config.wake.words[0].name.replace("_", " ") if config.wake.words else "",
    )

    def own(sentence: str) -> str:
        """Return the device's own answer; a tool raises ValueError where there is none."""
        if match := intents.match(sentence):
            return answer(match, controls.situation()).text
        raise ValueError("that can't be worked out")

    tools = Toolbox(
        (
            *clock_tools(lambda place: own("what time is it" + (f" in {place}" if place else ""))),
            *sum_tools(lambda expression: own(f"what is {expression}")),
            *volume_tools(controls.volume, controls.change_volume),
        )
    )
    brain = Brain(
        model.model,
        tools,
        history,
        config.model,
        config.persona,
        config.place,
        clock=lambda: now(where),
        missing=model.why,
    )
    answers = Answers(intents, brain, controls, bus.publish, announce=announce)
    return Mind(answers, brain, controls)


def assemble(config: Config, engines: Engines, speaker: Speaker, bus: Bus) -> Assistant:
    """Connect the stages of one conversation, from microphone to speaker; needs a running loop."""
    clock = asyncio.get_running_loop().time
    sounds = chimes() if config.snd.chimes else {}
    mind = connect_mind(
        config,
        engines.intents,
        engines.model,
        speaker,
        engines.synthesizer,
        bus,
        announce=engines.model.announce,
    )
    for word, _ in engines.wake_words:
        word.reset()
    ears = Ears(
        WakeGate(engines.wake_words, refractory_s=config.wake.refractory_s),
        engines.voice,
        Endpoint(config.turn, sensitivity=config.vad.sensitivity),
    )
    mouth = Mouth(
        engines.synthesizer,
        speaker,
        bus.publish,
        lead_in_s=config.snd.lead_in_ms / 1000,
        thinking=sounds.get("thinking"),
    )
    planner = Planner(mind.answers, mouth)
    listener = Listener(
        ears,
        engines.recognizer,
        is_command=mind.answers.is_command,
        expect=planner.expect,
        wake_words=tuple(word.name for word in config.wake.words),
        publish=bus.publish,
        clock=clock,
    )
    attention = Attention(ears, listener, speaker, is_stop=mind.answers.is_stop)
    turn = Turn(
        ears, listener, planner, mind.answers, mouth, speaker, attention, bus.publish, clock
    )
    session = Session(ears, turn, planner, speaker, config.turn, bus.publish, chimes=sounds)
    return Assistant(session, mind, mouth, config.model.provider == "local")
