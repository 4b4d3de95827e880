"""Who answers: the device itself where an intent matches, else the model.

Planning has no effects, so that it can be done while the speaker may still go on; ``begin`` commits.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Protocol

from voice.brain import Brain
from voice.clauses import Clause, ClauseStream, cut
from voice.errors import BrainError, ModelFileError, NoModelError, SaysoError
from voice.events import Error, Publish, TtsText
from voice.intents import DeviceAnswer, Effect, Intents, Match, Situation, answer
from voice.speakable import speakable

DEVICE = "device"
"""The source of everything answered without a model."""

NOBODY = "none"
"""The source when neither device nor model could answer."""

STOPS = frozenset({"Stop", "NeverMind", "StopListening"})
"""Intents that end an answer without asking for another."""

Undo = Callable[[], None]
"""Takes back an effect."""


class Controls(Protocol):
    """What answers may change. Implementation: ``voice.controls``."""

    def situation(self) -> Situation:
        """Return what an answer may depend on, as it is now."""
        ...

    def begin(self) -> list[Undo]:
        """Begin a turn: return the list that will hold what takes back each of its changes."""
        ...

    def apply(self, effect: Effect) -> None:
        """Carry out an effect. Raises SaysoError when it can't be done."""
        ...

    def answered(self, heard: str, spoken: str) -> None:
        """Take note of what was asked and what was really answered, for "say that again"."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be answered, without any effect yet."""

    text: str
    """What was asked."""
    match: Match | None = None
    device: DeviceAnswer | None = None

    @property
    def clauses(self) -> list[Clause]:
        """A device answer cut into what is synthesized piece by piece; empty for the model's."""
        return cut(self.device.text) if self.device and self.device.text else []


@dataclass(slots=True)
class Answer:
    """An answer under way: effects done, words still coming."""

    plan: Plan
    source: str
    clauses: AsyncIterator[Clause]
    undos: list[Undo]
    """What takes its effects back; grows while the model's tools act."""
    expects_reply: bool = False
    """Whether it asks something, so that a follow-up makes sense."""
    whole: str | None = None
    """Written text to show at once, with the next clause; "" when it was; None: clause by clause."""

    @property
    def intent(self) -> str | None:
        """The intent's name, or None."""
        return self.plan.match.intent if self.plan.match else None

    @property
    def slots(self) -> dict[str, Any]:
        """The intent's slots."""
        return dict(self.plan.match.slots) if self.plan.match else {}

    def undo(self) -> None:
        """Take back what was done, last first."""
        while self.undos:
            self.undos.pop()()


class Answers:
    """Plans and begins answers, and keeps the conversation's history."""

    def __init__(
        self,
        intents: Intents,
        brain: Brain,
        controls: Controls,
        publish: Publish,
        *,
        announce: str | None = None,
    ) -> None:
        """``controls`` is what answers may change; ``announce`` is said before the model's first."""
        self._announce = announce
        self._intents = intents
        self._brain = brain
        self._controls = controls
        self._publish = publish
        self._no_model_told = False
        self.one_at_a_time = asyncio.Lock()
        """Held from ``begin`` to ``ended``: history and model know one turn at a time."""

    def is_command(self, text: str) -> bool:
        """Whether the device answers this itself."""
        return self._intents.match(text) is not None

    async def warm(self) -> None:
        """Get the model ready: a request is about to come."""
        with suppress(BrainError, ModelFileError):  # the request will say what is wrong
            await self._brain.warm()

    def is_stop(self, text: str) -> bool:
        """Whether this asks for silence and nothing else."""
        match = self._intents.match(text)
        return match is not None and match.intent in STOPS

    def plan(self, text: str, *, trouble: str | None = None) -> Plan:
        """Return what would be answered; nothing is done yet. A trouble is said as it is."""
        if trouble:
            return Plan(text, None, DeviceAnswer(trouble))
        match = self._intents.match(text)
        if match is None:
            return Plan(text)
        return Plan(text, match, answer(match, self._controls.situation()))

    def begin(self, plan: Plan) -> Answer:
        """Do what the plan says and return the answer on its way."""
        undos = self._controls.begin()
        if plan.device is None:
            begun = Answer(plan, self._brain.name, _nothing(), undos)
            begun.clauses = self._from_model(begun)
            return begun
        begun = Answer(plan, DEVICE, _listed(plan.clauses), undos, whole=plan.device.text)
        begun.expects_reply = plan.device.expects_reply
        try:
            for effect in plan.device.effects:
                self._controls.apply(effect)
        except SaysoError as fault:
            self._publish(Error(fault.code, str(fault)))
            begun.whole, begun.clauses = fault.spoken, _listed(cut(fault.spoken))
        return begun

    def show(self, begun: Answer, clause: Clause) -> None:
        """Publish the written text of what is about to be said."""
        text = clause.written if begun.whole is None else begun.whole
        if begun.whole is not None:
            begun.whole = ""
        if text.strip():
            self._publish(TtsText(text.strip(), begun.source))

    def withdraw(self, begun: Answer) -> None:
        """Take back all that was done, as if it had never been asked."""
        begun.undo()
        self._brain.forget()

    def ended(self, begun: Answer, spoken: str, *, interrupted: bool) -> None:
        """Take the answer into the history as it was really spoken."""
        self._controls.answered(begun.plan.text, spoken)
        if begun.plan.device is None:
            self._announce = None if spoken else self._announce
            self._brain.spoke(spoken, interrupted)
        elif spoken:
            self._brain.noted(begun.plan.text, spoken)

    async def _from_model(self, begun: Answer) -> AsyncIterator[Clause]:
        stream = ClauseStream()
        said = ""
        for clause in cut(f"{self._announce} ") if self._announce else ():
            yield clause
        try:
            async with aclosing(self._brain.answer(begun.plan.text)) as deltas:
                async for delta in deltas:
                    for clause in self._believed(stream.feed(delta)):
                        said = clause.written
                        yield clause
            for clause in self._believed(stream.close()):
                said = clause.written
                yield clause
        except BrainError as fault:
            self._publish(Error(fault.code, str(fault)))
            for clause in self._believed(stream.close()):
                said = clause.written
                yield clause
            if not said.strip():
                begun.source = NOBODY
            sentence = self._sentence(fault)
            space = " " if said and not said[-1].isspace() else ""
            yield Clause(space + sentence, speakable(sentence))  # in one piece, and shown as one
        begun.expects_reply = said.rstrip().endswith("?")

    def _believed(self, clauses: list[Clause]) -> Iterator[Clause]:
        """Yield clauses as they may be spoken: what the model claims and did not do is not."""
        for clause in clauses:
            believed = self._brain.believed(clause.written)
            yield from [clause] if believed == clause.written else cut(believed)

    def _sentence(self, fault: BrainError) -> str:
        if not isinstance(fault, NoModelError):
            return fault.spoken
        told, self._no_model_told = self._no_model_told, True
        return "I'd need a language model for that." if told else fault.spoken


async def _nothing() -> AsyncIterator[Clause]:
    for clause in list[Clause]():
        yield clause


async def _listed(clauses: list[Clause]) -> AsyncIterator[Clause]:
    for clause in clauses:
        yield clause
