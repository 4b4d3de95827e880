"""What answers may change, and what they may depend on: volume, pace, the conversation itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from voice.agenda import Agenda
from voice.agenda.changes import SNOOZE_S
from voice.agenda.entries import Step
from voice.answers import Undo
from voice.audio import Speaker
from voice.events import Publish, VolumeChanged
from voice.intents import (
    AskBack,
    Cancel,
    ChangeSetting,
    Effect,
    NewConversation,
    RunSteps,
    SetMuted,
    SetSpeed,
    SetVolume,
    Situation,
    StopAll,
)
from voice.intents.rates import Rates
from voice.preferences import PACE, VOLUME, Preferences

log = logging.getLogger(__name__)

QUESTION_S = 60.0
"""Seconds after which a question of ours is no longer on anybody's mind."""


class Pace(Protocol):
    """Something that has a pace of speech: a synthesizer."""

    speed: float
    """1 is the voice's own pace."""


class Controls:
    """Carries out the effects of answers on the stages they belong to."""

    def __init__(
        self,
        speaker: Speaker,
        pace: Pace,
        forget: Callable[[], Undo],
        publish: Publish,
        *,
        now: Callable[[], datetime],
        model_name: Callable[[], str | None],
        wake_word: str,
        preferences: Preferences,
        agenda: Agenda | None = None,
        snooze_s: float = SNOOZE_S,
        rates: Callable[[], Rates | None] = lambda: None,
    ) -> None:
        """``forget`` begins a new conversation; without an ``agenda`` none is kept.

        ``now`` is the wall clock in the place's zone; ``wake_word`` as people say it.
        """
        self._speaker = speaker
        self._pace = pace
        self._forget = forget
        self._undos: list[Undo] = []
        self._publish = publish
        self._now = now
        self._model_name = model_name
        self._wake_word = wake_word
        self.preferences = preferences
        """The settings, and what keeps them."""
        self._agenda = agenda
        self._snooze_s = snooze_s
        self._asked: tuple[AskBack, datetime] | None = None
        self._rates = rates
        self._muted_at: int | None = None
        self._last_heard: str | None = None
        self._last_answer: str | None = None
        self._last_intent: str | None = None
        self._answers = 0
        self.run_steps: Callable[[tuple[Step, ...]], None] | None = None
        """Does the steps of a routine that take a turn of their own; None where nobody can."""

    def situation(self) -> Situation:
        """Return what an answer may depend on, as it is now."""
        now = self._now()
        assert now.tzinfo
        choices = self.preferences.choices()
        place = choices.config.place
        return Situation(
            now=now,
            volume_percent=self.volume(),
            muted=self._muted_at is not None,
            last_answer=self._last_answer,
            last_heard=self._last_heard,
            last_intent=self._last_intent,
            model_name=self._model_name(),
            home_zone=now.tzinfo,
            wake_word=self._wake_word,
            speech_speed=self._pace.speed,
            variety=self._answers,
            clock_24h=None if place.clock == "auto" else place.clock == "24h",
            units=place.units,
            choices=choices,
            agenda=self._agenda.view() if self._agenda else None,
            snooze_s=self._snooze_s,
            asked=self._question(now),
            rates=self._rates(),
        )

    def begin(self) -> list[Undo]:
        """Begin a turn: return the list that will hold what takes back each of its changes.

        What was asked before is over, answered or not.
        """
        self._undos = []
        self._ask(None)
        return self._undos

    def apply(self, effect: Effect) -> None:
        """Carry out an effect.

        Raises AgendaError where the agenda can't be changed so, SaysoError where a setting can't be.
        """
        match effect:
            case SetVolume(percent):
                self._set_volume(percent, None)
            case SetMuted(muted):
                loud = self.volume()
                self._set_volume(0 if muted else loud, loud if muted else None)
            case SetSpeed(factor):
                self._set_speed(factor)
            case ChangeSetting(key, value):
                self._undos.append(self.preferences.change(key, value))
            case NewConversation():
                self._undos.append(self._forget())
            case AskBack():
                self._ask(effect)
            case RunSteps(steps):
                if self.run_steps:
                    self.run_steps(steps)
                else:
                    log.warning("%d steps of a routine need a conversation to be done", len(steps))
            case StopAll() | Cancel():  # the turn itself is all there is to stop
                pass
            case _:
                if self._agenda:
                    self._undos.append(self._agenda.apply(effect).undo)

    def volume(self) -> int:
        """Return the volume in percent; while muted the one it had."""
        return self._speaker.volume_percent if self._muted_at is None else self._muted_at

    def change_volume(self, percent: int) -> int:
        """Set the volume and return it."""
        self._set_volume(percent, None)
        return percent

    def go_on_from(self, before: Controls) -> None:
        """Take over from a conversation with other settings: what was said, and whether it is muted."""
        self._last_heard, self._last_answer = before._last_heard, before._last_answer
        self._last_intent = before._last_intent
        self._answers = before._answers
        if before._speaker.volume_percent == 0:
            self._muted_at = None if before._muted_at is None else self.volume()
            self._speaker.volume_percent = 0

    def answered(self, heard: str, spoken: str, intent: str | None) -> None:
        """Take note of what was asked, what was really answered, and to which intent if any."""
        self._last_intent = intent
        self._last_heard = heard or self._last_heard
        self._last_answer = spoken or self._last_answer
        self._answers += 1

    def _question(self, now: datetime) -> AskBack | None:
        """Return what was asked back, unless that is long ago."""
        if self._asked and abs(now - self._asked[1]) <= timedelta(seconds=QUESTION_S):
            return self._asked[0]
        return None

    def _ask(self, question: AskBack | None) -> None:
        old = self._asked
        self._asked = (question, self._now()) if question else None
        if old != self._asked:
            self._undos.append(lambda: setattr(self, "_asked", old))

    def _set_volume(self, percent: int, muted_at: int | None) -> None:
        old = (self._speaker.volume_percent, self._muted_at)

        def change(percent: int, muted_at: int | None) -> None:
            self._muted_at = muted_at
            self._speaker.volume_percent = percent
            self._publish(VolumeChanged(percent))

        change(percent, muted_at)
        self._undos.append(lambda: change(*old))
        if percent:  # after a power cut a silent device would seem broken
            self._undos.append(self.preferences.keep(VOLUME, percent))

    def _set_speed(self, factor: float) -> None:
        old = self._pace.speed
        self._pace.speed = factor
        self._undos.append(lambda: setattr(self._pace, "speed", old))
        self._undos.append(self.preferences.keep(PACE, factor))
