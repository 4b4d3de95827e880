"""Getting an answer ready while the silence that ends a sentence is still being waited for."""

from __future__ import annotations

from asyncio import Task
from collections.abc import AsyncGenerator
from contextlib import aclosing

from voice.answers import Answer, Answers
from voice.clauses import Clause
from voice.listening import Request
from voice.moments import Clock
from voice.scope import ReadAhead, Scope
from voice.tts import Mouth


class Planner:
    """Prepares, without effects, the answer to what seems to be asked, and synthesizes its beginning.

    A model is asked before the speaker is known to be done where ``model.speculate`` says so; it is
    hung up on when they go on.
    """

    def __init__(self, answers: Answers, mouth: Mouth, clock: Clock) -> None:
        self._answers = answers
        self._mouth = mouth
        self._clock = clock
        self._tasks: Scope | None = None
        self._expected: Answer | None = None
        self._preparing: Task[None] | None = None
        self._answering = False

    def begin(self, tasks: Scope | None) -> None:
        """Start preparing in these tasks from now on; None stops it."""
        self.drop()
        self._tasks = tasks
        if tasks:
            tasks.start(self._answers.warm())

    def expect(self, text: str | None) -> None:
        """Take note of what seems to have been asked, if anything; what was before is dropped.

        While an answer is spoken it is that one which is still read, and nothing else is prepared.
        """
        if self._answering:
            return
        self.drop()
        if text is None:
            return
        plan = self._answers.plan(text)
        if self._tasks and self._answers.may_prepare(plan):
            self._expected = self._answers.prepare(plan)
            self._preparing = self._tasks.start(self._prepare(self._expected))

    def answer(self, request: Request) -> Answer:
        """Return the answer to what was really asked: the expected one if it is still right.

        It is over with ``drop``.
        """
        expected, self._expected = self._expected, None
        if expected and expected.plan.text == request.text and not request.trouble:
            self._answering = True
            return expected
        self.drop()
        self._answering = True
        return self._answers.prepare(self._answers.plan(request.text, trouble=request.trouble))

    def drop(self) -> None:
        """Give up what is being prepared or spoken; a request to the model ends with its connection."""
        if self._preparing:
            self._preparing.cancel()
        self._expected = self._preparing = None
        self._answering = False

    async def _prepare(self, answer: Answer) -> None:
        """Read the answer as it comes, and synthesize what the speaker will begin with."""
        words = answer.clauses
        ahead = ReadAhead[Clause]()
        answer.clauses = ahead.items()

        async def ready() -> AsyncGenerator[Clause, None]:
            async with aclosing(words):
                async for clause in words:
                    if answer.prepared_at is None and clause.spoken:
                        await self._mouth.prepare(clause)
                        answer.prepared_at = self._clock()
                    yield clause

        await ahead.read(ready())
