"""The bell: looks at the agenda in time, and brings what is due to the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Literal, Protocol, cast

from voice.agenda import Agenda, Due
from voice.agenda.entries import Alarm, Ask, Reminder, Routine, Run, Say, Show, Step, Timer
from voice.events import Card, Publish, RingKind, TimerFinished
from voice.intents.persons import Persons
from voice.intents.phrases import Phrases
from voice.ringing import Ring

LONGEST_S = 30.0
"""Seconds after which it looks again in any case: clocks are set meanwhile."""

SHORTEST_S = 0.02
"""Seconds between two looks at least: what is due by a hair must not make it run in circles."""

TIMES: Mapping[str, int | None] = {"timer": None, "alarm": None, "reminder": 3}
"""How often each is said when nobody answers, None: as long as is set. A reminder wakes nobody."""

Missed = Literal["ring", "tell", "drop"]


class Conversation(Protocol):
    """Where things are said. Implementation: ``voice.session``."""

    def ring(self, ring: Ring) -> None:
        """Ring, now or at the end of the turn under way."""
        ...

    def perform(self, sentences: Iterable[str]) -> None:
        """Answer sentences as if somebody had said them."""
        ...


class Bell:
    """Watches the agenda for as long as a conversation lives."""

    def __init__(
        self,
        agenda: Agenda,
        phrases: Phrases,
        publish: Publish,
        *,
        here: Callable[[], tzinfo],
        missed: Missed,
    ) -> None:
        """``here`` is the zone in which times are told; ``missed`` as in ``agenda.missed``."""
        self._agenda = agenda
        self._phrases = phrases
        self._publish = publish
        self._here = here
        self._missed: Missed = missed
        self._look = asyncio.Event()

    def look(self) -> None:
        """Look at the agenda soon: it has changed."""
        self._look.set()

    async def watch(self, conversation: Conversation) -> None:
        """Hand over what falls due, until cancelled."""
        while True:
            self._look.clear()
            for due in self._agenda.due():
                self._hand_over(due, conversation)
            if (assumed := self._agenda.take_assumed()) and assumed.stored:
                told = datetime.fromtimestamp(assumed.wall, UTC).astimezone(self._here())
                text = self._phrases.say("clock_assumed", time=self._phrases.time(told))
                conversation.ring(Ring("alarm", text, times=1))
            wait_s = self._agenda.next_s()
            if wait_s is None or wait_s > LONGEST_S:
                wait_s = LONGEST_S
            try:
                async with asyncio.timeout(max(SHORTEST_S, wait_s)):
                    await self._look.wait()
            except TimeoutError:
                pass

    def _hand_over(self, due: Due, conversation: Conversation) -> None:
        if not self._agenda.started(due):
            return
        entry = due.entry
        if isinstance(entry, Timer):
            self._publish(TimerFinished(entry.id, entry.name))
        if due.missed and (self._missed == "drop" or isinstance(entry, Routine)):
            self._agenda.finished(due)
        elif isinstance(entry, Routine):
            self._agenda.finished(due)
            self.begin(entry.steps, conversation)
        else:
            times = 1 if due.missed and self._missed == "tell" else TIMES[entry.kind]
            kind = cast(RingKind, entry.kind)
            conversation.ring(
                Ring(kind, self._said(due), times, lambda: self._agenda.finished(due))
            )

    def begin(self, steps: tuple[Step, ...], conversation: Conversation) -> None:
        """Do the steps of a routine, in order."""
        for step in steps:
            match step:
                case Say(text):
                    conversation.ring(Ring("routine", text, times=1))
                case Run(sentence) | Ask(sentence):
                    conversation.perform([sentence])
                case Show(text):
                    self._publish(Card(text))

    def _said_back(self, text: str) -> str:
        """Return what somebody wants to be reminded of, as we say it: "call your mum"."""
        return Persons(self._phrases.tables).said_back(text) or text

    def _said(self, due: Due) -> str:
        """Return what is said of something that is due, or was."""
        entry = due.entry
        assert not isinstance(entry, Routine)
        when = due.when.astimezone(due.when.tzinfo if isinstance(entry, Alarm) else self._here())
        values: dict[str, object] = {"time": self._phrases.time(when)}
        if isinstance(entry, Timer):
            values["length"] = self._phrases.duration(entry.length_s)
        name = self._said_back(entry.text) if isinstance(entry, Reminder) else entry.name
        key = f"{'missed' if due.missed else 'ring'}_{entry.kind}"
        if name is None:
            return self._phrases.say(key, 0, **values)
        return self._phrases.say(f"{key}_named", 0, **values, name=name)
