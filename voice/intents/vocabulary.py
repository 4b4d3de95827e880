"""The words between recognising an intent and acting on it: Match, Situation, DeviceAnswer, Effect.

An answer is planned from a match and a situation alone, so it can be made while the speaker may
still go on. What it changes is only named in ``effects``; the turn carries that out on commit.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Literal

from voice.agenda.changes import SNOOZE_S, Change
from voice.agenda.entries import Step
from voice.agenda.view import View
from voice.config import Config
from voice.intents.rates import Rates

JSON = str | int | float | bool | None | list["JSON"] | Mapping[str, "JSON"]
"""What a slot may hold."""


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence that means one of the intents answered on the device."""

    intent: str
    """The intent's name, as in the sentence files: ``GetTime``."""
    slots: Mapping[str, JSON] = field(default_factory=dict[str, JSON])
    """What the sentence said besides: ``{"expression": "15% of 80"}``."""


def _no_voices() -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Choices:
    """The settings as they are, what there is to choose from, and what can be changed."""

    config: Config = field(default_factory=Config)
    """With what was changed by voice, whether it is in force already or soon."""
    kept: bool = False
    """Whether changes are written into the configuration file."""
    at_once: frozenset[str] = frozenset()
    """Keys whose change needs no loading; where nothing is kept only these can be changed."""
    fixed: frozenset[str] = frozenset()
    """Keys given on the command line: a change in the file would mean nothing."""
    voices: Callable[[], tuple[str, ...]] = _no_voices
    """Names of the voices that are on this machine; looked up when a voice is asked for."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything an answer may depend on, at the moment it is planned."""

    now: datetime
    """The wall clock, aware, in the place's zone."""
    volume_percent: int
    """0 to 100."""
    muted: bool
    """Whether the speaker is muted (not the microphone)."""
    last_answer: str | None
    """Written text of the previous answer; None when there was none."""
    last_heard: str | None
    """What was heard before the present sentence; None when there was nothing."""
    model_name: str | None
    """The language model in use; None when there is none."""
    home_zone: tzinfo
    """The zone of the place where the device stands."""
    wake_word: str
    """As it is spoken ("okay nabu"); empty when only a button wakes."""
    speech_speed: float = 1.0
    """1 is the voice's own pace, as in ``tts.speed``."""
    clock_24h: bool | None = None
    """Say "19:05" instead of "7:05 PM"; None: as is usual in the language."""
    variety: int = 0
    """Counts answers, so that one said again and again takes its variants in turn."""
    units: Literal["metric", "imperial"] = "metric"
    """As in ``place.units``: whose pints and gallons those words mean, where the zone leaves it open."""
    rates: Rates | None = None
    """The last known exchange rates; None when there are none yet."""
    agenda: View | None = None
    """Timers, alarms, reminders, routines, lists and notes as they are; None where none are kept."""
    snooze_s: float = SNOOZE_S
    """Seconds that "snooze" means when none are said, as in ``agenda.snooze_min``."""
    last_intent: str | None = None
    """What the answer before was to; None when the language model gave it, or there was none."""
    asked: AskBack | None = None
    """What was asked just now, if the present sentence may answer it."""
    choices: Choices = field(default_factory=Choices)
    """The settings, and what may be made of them."""
    luck: int = field(default_factory=lambda: secrets.randbits(64))
    """What dice, coins and choices fall by; drawn anew for every situation."""


@dataclass(frozen=True, slots=True)
class AskBack:
    """Ask something: the next sentence may answer it, and whatever it is, the question is over then."""

    wants: str
    """The kind of answer, as sentences name it in ``requires_context: {asked: length}``."""
    intent: str
    """What the answer is for: it becomes a match of this intent."""
    slots: Mapping[str, JSON] = field(default_factory=dict[str, JSON])
    """What was said already; the slots of the answer are added to these."""
    of_few: bool = field(default=False, repr=False)
    """One of a few was asked for, and what names one comes before all else that it might mean: "the 5
    minute timer" is no request for a new one."""


@dataclass(frozen=True, slots=True)
class SetVolume:
    """Set the speaker's volume; sound is on afterwards."""

    percent: int
    """0 to 100."""


@dataclass(frozen=True, slots=True)
class SetMuted:
    """Mute the speaker, or let it sound again at the volume it had."""

    muted: bool


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Set the pace of speech from the next sentence on."""

    factor: float
    """0.5 to 2; 1 is the voice's own pace."""


@dataclass(frozen=True, slots=True)
class ChangeSetting:
    """Change one key of the configuration, in the file where it is kept."""

    key: str
    """Section and name: ``tts.voice``."""
    value: JSON
    """As in the file."""


@dataclass(frozen=True, slots=True)
class StopAll:
    """Stop everything that sounds or runs for the speaker, the model's request included."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Drop a pending question and end the turn; no follow-up."""


@dataclass(frozen=True, slots=True)
class NewConversation:
    """Forget the conversation's history."""


@dataclass(frozen=True, slots=True)
class RunSteps:
    """Do the steps of a routine that no answer can do: ask the model, show something."""

    steps: tuple[Step, ...]
    """In the order in which they are done."""


Effect = (
    SetVolume
    | SetMuted
    | SetSpeed
    | ChangeSetting
    | StopAll
    | Cancel
    | NewConversation
    | AskBack
    | RunSteps
    | Change
)
"""What an answer changes; a closed set, carried out elsewhere and only on commit."""


@dataclass(frozen=True, slots=True)
class DeviceAnswer:
    """What to say and to do about a match."""

    text: str
    """Written text, digits allowed ("156", "It's 7:05 PM."); empty where silence is the answer."""
    effects: tuple[Effect, ...] = ()
    """In the order in which they are carried out."""
    expects_reply: bool = False
    """The answer asks something, so a follow-up makes sense."""
