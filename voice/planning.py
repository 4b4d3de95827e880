"""Getting an answer ready while the silence that ends a sentence is still being waited for."""

from __future__ import annotations

from asyncio import Task

from voice.answers import Answers, Plan
from voice.listening import Request
from voice.scope import Scope
from voice.tts import Mouth


class Planner:
    """Plans without effects what seems to be asked, and synthesizes the beginning of the answer."""

    def __init__(self, answers: Answers, mouth: Mouth) -> None:
        self._answers = answers
        self._mouth = mouth
        self._tasks: Scope | None = None
        self._plan: Plan | None = None
        self._preparing: Task[None] | None = None

    def begin(self, tasks: Scope | None) -> None:
        """Start preparing in these tasks from now on; None stops it."""
        self._tasks = tasks
        self._forget()
        if tasks:
            tasks.start(self._answers.warm())

    def expect(self, text: str) -> None:
        """Take note of what seems to have been asked; what was expected before is dropped."""
        self._forget()
        if self._tasks is None:
            return
        self._plan = self._answers.plan(text)
        if clauses := self._plan.clauses:
            self._preparing = self._tasks.start(self._mouth.prepare(clauses[0]))

    async def plan(self, request: Request) -> Plan:
        """Return the plan for what was really asked: the expected one if it is still right."""
        plan, preparing = self._plan, self._preparing
        self._plan = self._preparing = None
        if plan is None or plan.text != request.text:
            if preparing:
                preparing.cancel()
            return self._answers.plan(request.text, trouble=request.trouble)
        if preparing:
            await preparing
        return plan

    def _forget(self) -> None:
        if self._preparing:
            self._preparing.cancel()
        self._plan = self._preparing = None
