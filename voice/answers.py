"""Who answers: the device itself where an intent matches, else the model.

Planning and preparing have no effects, so that both can be done while the speaker may still go on;
``begin`` commits.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from voice.asked import Asked
from voice.brain import Brain
from voice.clauses import Clause, ClauseStream, cut
from voice.errors import BrainError, ModelFileError, NoModelError, SaysoError
from voice.events import Error, Publish, TtsText
from voice.intents import AskBack, DeviceAnswer, Effect, Intents, Match, Situation
from voice.moments import Clock
from voice.speakable import speakable

DEVICE = "device"
"""The source of everything answered without a model."""

NOBODY = "none"
"""The source when neither device nor model could answer."""

STOPS = frozenset({"Stop", "NeverMind", "StopListening", "StopRinging"})
"""Intents that end an answer without asking for another."""

FAST_WORDS = 12.0
"""Words a second from which on a model is so far ahead of speech (3) that its first clause may be short:
the rest of a long sentence is there, and synthesized, before five words are spoken."""

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

    def answered(self, heard: str, spoken: str, intent: str | None) -> None:
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
    """An answer on its way; until it is begun it has no effects, and can be dropped."""

    plan: Plan
    source: str
    clauses: AsyncGenerator[Clause, None]
    asked: Asked | None = None
    """The request to the model; None when the device answers."""
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it is certain that this was asked."""
    known_at: float | None = None
    """When the device knew its answer, or the model's first words came; seconds of the clock."""
    prepared_at: float | None = None
    """When the sound it begins with was ready before anybody wanted it."""
    undos: list[Undo] = field(default_factory=list["Undo"])
    """What takes its effects back; grows while the model's tools act."""
    expects_reply: bool = False
    """Whether it asks something, so that a follow-up makes sense."""
    no_model: bool = False
    """Whether it explains that there is no model."""
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
        clock: Clock,
        announce: str | None = None,
    ) -> None:
        """``controls`` is what answers may change; ``announce`` is said before the model's first."""
        self._clock = clock
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
        return self._match(text) is not None

    def lacks(self, text: str) -> bool:
        """Whether the device understands this, and would have to ask for the rest of it."""
        device = self.plan(text).device
        return device is not None and any(isinstance(e, AskBack) for e in device.effects)

    def may_prepare(self, plan: Plan) -> bool:
        """Whether an answer may be prepared that may turn out not to have been asked for."""
        return plan.device is not None or (
            self._brain.may_be_asked_early and self._announce is None
        )

    async def until_free(self) -> None:
        """Wait until no turn is under way; the next may have begun by then."""
        async with self.one_at_a_time:
            pass

    async def warm(self) -> None:
        """Get the model ready: a request is about to come."""
        with suppress(BrainError, ModelFileError):  # the request will say what is wrong
            await self._brain.warm()

    def is_stop(self, text: str) -> bool:
        """Whether this asks for silence and nothing else."""
        match = self._match(text)
        return match is not None and match.intent in STOPS

    def plan(self, text: str, *, trouble: str | None = None) -> Plan:
        """Return what would be answered; nothing is done yet. A trouble is said as it is."""
        if trouble:
            return Plan(text, None, DeviceAnswer(trouble))
        situation = self._controls.situation()
        match = self._intents.match(text, situation)
        if match is None:
            return Plan(text)
        return Plan(text, match, self._intents.answer(match, situation))

    def prepare(self, plan: Plan) -> Answer:
        """Return the answer; iterating its clauses asks the model, nothing else happens yet."""
        if plan.device:
            whole = plan.device.text
            prepared = Answer(plan, DEVICE, _listed(plan.clauses), whole=whole)
            prepared.known_at = self._clock()
            prepared.expects_reply = plan.device.expects_reply
            return prepared
        begun = asyncio.Event()
        asked = self._brain.ask(plan.text, committed=begun)
        prepared = Answer(plan, self._brain.name, _listed([]), asked, begun)
        prepared.clauses = self._from_model(prepared, asked)
        return prepared

    def begin(self, answer: Answer) -> None:
        """Do what the answer says is done: now it is certain that it was asked for."""
        answer.undos = self._controls.begin()
        answer.begun.set()
        try:
            for effect in answer.plan.device.effects if answer.plan.device else ():
                self._controls.apply(effect)
        except SaysoError as fault:
            answer.undo()  # of an answer in two steps not one of them stays
            self._publish(Error(fault.code, str(fault)))
            answer.whole = self._intents.phrases.fault(fault)
            answer.clauses = _listed(cut(answer.whole))

    def show(self, answer: Answer, clause: Clause) -> None:
        """Publish the written text of what is about to be said."""
        text = clause.written if answer.whole is None else answer.whole
        if answer.whole is not None:
            answer.whole = ""
        if text.strip():
            self._publish(TtsText(text.strip(), answer.source))

    def ended(self, answer: Answer, spoken: str, *, interrupted: bool) -> None:
        """Take the answer into the history as it was really spoken."""
        self._no_model_told = self._no_model_told or (answer.no_model and bool(spoken))
        self._controls.answered(answer.plan.text, spoken, answer.intent)
        if answer.asked:
            self._announce = None if spoken else self._announce
            answer.asked.spoke(spoken, interrupted)
        elif spoken:
            self._brain.noted(answer.plan.text, spoken)

    def _match(self, text: str) -> Match | None:
        return self._intents.match(text, self._controls.situation())

    async def _from_model(self, answer: Answer, asked: Asked) -> AsyncGenerator[Clause, None]:
        stream = ClauseStream()
        said, words = "", 0
        for clause in cut(f"{self._announce} ") if self._announce else ():
            yield clause
        try:
            async with aclosing(asked.answer()) as deltas:
                async for delta in deltas:
                    now = self._clock()
                    answer.known_at = answer.known_at or now
                    words += len(delta.split())
                    stream.fast = words > FAST_WORDS * (now - answer.known_at)
                    for clause in _believed(asked, stream.feed(delta)):
                        said = clause.written
                        yield clause
            for clause in _believed(asked, stream.close()):
                said = clause.written
                yield clause
        except BrainError as fault:
            await answer.begun.wait()  # who was asked in vain has no trouble to tell of
            self._publish(Error(fault.code, str(fault)))
            for clause in _believed(asked, stream.close()):
                said = clause.written
                yield clause
            if not said.strip():
                answer.source = NOBODY
            answer.no_model = isinstance(fault, NoModelError)
            sentence = self._sentence(fault)
            space = " " if said and not said[-1].isspace() else ""
            yield Clause(space + sentence, speakable(sentence))  # in one piece, and shown as one
        answer.expects_reply = said.rstrip().endswith("?")

    def _sentence(self, fault: BrainError) -> str:
        if not isinstance(fault, NoModelError):
            return fault.spoken
        return "I'd need a language model for that." if self._no_model_told else fault.spoken


def _believed(asked: Asked, clauses: list[Clause]) -> Iterator[Clause]:
    """Yield clauses as they may be spoken: what the model claims and did not do is not."""
    for clause in clauses:
        believed = asked.believed(clause.written)
        yield from [clause] if believed == clause.written else cut(believed)


async def _listed(clauses: list[Clause]) -> AsyncGenerator[Clause, None]:
    for clause in clauses:
        yield clause
