"""Where everything is put together, by hand and in plain sight.

``device.loading`` loads what is heavy, once; ``assemble`` connects the stages of one conversation.
``run``, ``demo``, ``hear``, ``ask`` and ``bench`` all come through here and differ only in the
microphone and speaker they bring.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from device.chimes import chimes
from device.kept import NOTHING, Kept
from device.loading import Engines
from device.local_time import now, zone
from device.model_choice import ModelChoice
from device.models import voices_here
from voice.answers import Answers
from voice.attention import Attention
from voice.audio import Speaker
from voice.brain import Brain
from voice.captions import Captions
from voice.config import Config
from voice.controls import Controls, Pace
from voice.ears import Ears
from voice.endpoint import Endpoint
from voice.errors import ModelFileError
from voice.events import Bus
from voice.history import History
from voice.intents import Intents
from voice.listening import Listener
from voice.planning import Planner
from voice.preferences import Preferences
from voice.reading import Reader
from voice.ringing import Ringer
from voice.saying import Saying
from voice.session import Session
from voice.tools import Toolbox
from voice.tools.clock import clock_tools
from voice.tools.sums import sum_tools
from voice.tools.volume import volume_tools
from voice.tts import Mouth
from voice.turn import Turn
from voice.wake import WakeGate


@dataclass(frozen=True, slots=True)
class Mind:
    """The stages between what was said and what is answered."""

    answers: Answers
    brain: Brain
    controls: Controls
    history: History


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


def connect_mind(
    config: Config,
    intents: Intents,
    model: ModelChoice,
    speaker: Speaker,
    pace: Pace,
    bus: Bus,
    *,
    wake_words: Sequence[str],
    announce: str | None = None,
    kept: Kept = NOTHING,
    before: Mind | None = None,
) -> Mind:
    """Connect what answers: intents, tools, model and history; needs a running loop.

    ``wake_words`` are their names; ``announce`` is said once, before the model is asked for the
    first time; ``kept`` is what outlives conversations. ``before`` had another configuration: its
    conversation goes on.
    """
    where = zone(config.place.time_zone)
    agenda = kept.agenda

    def told() -> datetime:
        """Return the time that is believed: the agenda knows when the system's clock is wrong."""
        return agenda.now().astimezone(where) if agenda else now(where)

    history = History(config.model.history_turns)
    preferences = Preferences(
        config,
        save=kept.settings.save if kept.settings else None,
        fixed=kept.settings.fixed if kept.settings else (),
        voices=lambda: voices_here(config.stt.language),
    )
    controls = Controls(
        speaker,
        pace,
        lambda: brain.new_conversation(),
        bus.publish,
        now=told,
        model_name=lambda: model.model.name if model.model else None,
        wake_word=wake_words[0].replace("_", " ") if wake_words else "",
        preferences=preferences,
        agenda=kept.agenda,
        snooze_s=config.agenda.snooze_min * 60.0,
        rates=kept.rates,
    )

    brain = Brain(
        model.model,
        connect_tools(intents, controls),
        history,
        config.model,
        config.persona,
        config.place,
        clock=told,
        missing=model.why,
    )
    preferences.at_once(
        ("persona.name", "persona.brevity", "place.city", "place.units", "place.clock"),
        lambda new: brain.become(new.persona, new.place),
    )
    if before:
        history.go_on_from(before.history)
        controls.go_on_from(before.controls)
    clock = asyncio.get_running_loop().time
    answers = Answers(intents, brain, controls, bus.publish, clock=clock, announce=announce)
    return Mind(answers, brain, controls, history)


def connect_tools(intents: Intents, controls: Controls) -> Toolbox:
    """Give the model what the device itself can answer and change."""

    def own(question: str, **values: str) -> str:
        """Return the device's own answer; a tool raises ValueError where there is none."""
        if (said := intents.ask(question, controls.situation(), **values)) is None:
            raise ValueError("that can't be worked out")
        return said

    return Toolbox(
        (
            *clock_tools(
                lambda place: own("ask_time_in", place=place) if place else own("ask_time")
            ),
            *sum_tools(
                lambda expression: own(
                    "ask_sum", expression=intents.phrases.with_decimal_sign(expression)
                )
            ),
            *volume_tools(controls.volume, controls.change_volume),
        )
    )


def connect_ears(config: Config, engines: Engines) -> Ears:
    """Connect what hears: wake words, voice detector, endpoint."""
    for word, _ in engines.wake_words:
        word.reset()
    gate = WakeGate(
        engines.wake_words,
        refractory_s=config.wake.refractory_s,
        verifier=engines.verifier,
        trusting=config.wake.verify == "auto",
    )
    endpoint = Endpoint(config.turn, sensitivity=config.vad.sensitivity)
    return Ears(gate, engines.voice, endpoint)


def connect_listener(
    config: Config, engines: Engines, ears: Ears, answers: Answers, planner: Planner, bus: Bus
) -> Listener:
    """Connect what reads, and knows when somebody is done; needs a running loop."""
    clock = asyncio.get_running_loop().time
    reader = Reader(
        engines.recognizer,
        engines.wake_names,
        is_stop=answers.is_stop,
        is_command=answers.is_command,
        expected=engines.intents.expected,
    )
    return Listener(
        ears,
        reader,
        Captions(config.stt.captions, ears, reader, bus.publish, clock),
        melody=engines.melody,
        is_command=answers.is_command,
        is_stop=answers.is_stop,
        lacks=answers.lacks,
        expect=planner.expect,
        publish=bus.publish,
        clock=clock,
    )


def assemble(
    config: Config,
    engines: Engines,
    speaker: Speaker,
    bus: Bus,
    kept: Kept = NOTHING,
    before: Mind | None = None,
) -> Assistant:
    """Connect the stages of one conversation, from microphone to speaker; needs a running loop.

    ``before`` is what answered until the configuration changed; see ``connect_mind``.
    """
    clock = asyncio.get_running_loop().time
    sounds = chimes()
    wanted = sounds if config.snd.chimes else {}
    mind = connect_mind(
        config,
        engines.intents,
        engines.model,
        speaker,
        engines.synthesizer,
        bus,
        wake_words=engines.wake_names,
        announce=engines.model.announce,
        kept=kept,
        before=before,
    )
    engines.synthesizer.speed = config.tts.speed  # an earlier conversation may have changed it
    ears = connect_ears(config, engines)
    mouth = Mouth(
        engines.synthesizer,
        speaker,
        bus.publish,
        lead_in_s=config.snd.lead_in_ms / 1000,
        thinking=wanted.get("thinking"),
    )
    planner = Planner(mind.answers, mouth, clock)
    listener = connect_listener(config, engines, ears, mind.answers, planner, bus)
    attention = Attention(
        ears,
        listener,
        speaker,
        is_stop=mind.answers.is_stop,
        no_speech_s=config.turn.no_speech_s,
    )
    saying = Saying(ears, mind.answers, mouth, attention, bus.publish, clock)
    turn = Turn(listener, planner, mind.answers, saying, attention, bus.publish, clock)
    ringer = Ringer(
        ears,
        mind.answers,
        saying,
        attention,
        speaker,
        bus.publish,
        clock,
        sound=sounds.get("ring"),
        ring_max_s=config.agenda.ring_max_s,
        least_volume_percent=config.agenda.ring_volume_percent,
    )
    session = Session(ears, turn, planner, ringer, speaker, config.turn, bus.publish, chimes=wanted)

    def play_chimes(new: Config) -> None:
        session.chimes = sounds if new.snd.chimes else {}
        mouth.thinking = session.chimes.get("thinking")

    preferences = mind.controls.preferences
    preferences.at_once(("snd.chimes",), play_chimes)
    preferences.at_once(
        ("turn.follow_up", "turn.barge_in"), lambda new: setattr(session, "settings", new.turn)
    )
    return Assistant(session, mind, mouth, config.model.provider == "local")
