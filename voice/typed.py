"""A turn without sound: something typed, answered in writing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from voice.answers import Answers


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered, as ``sayso ask --json`` prints it."""

    text: str
    intent: str | None
    slots: dict[str, Any]
    reply: str
    source: str


async def ask(answers: Answers, text: str) -> Reply:
    """Answer one sentence; a model that fails is answered for, it raises nothing."""
    async with answers.one_at_a_time:
        answer = answers.prepare(answers.plan(text))
        answers.begin(answer)
        written: list[str] = []
        async for clause in answer.clauses:
            answers.show(answer, clause)
            written.append(clause.written)
        reply = "".join(written).strip()
        answers.ended(answer, reply, interrupted=False)
    return Reply(text, answer.intent, answer.slots, reply, answer.source)
