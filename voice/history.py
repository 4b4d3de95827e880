"""What was said before in this conversation, in a form that every server accepts.

The history consists of whole exchanges only and is written when an exchange is over, with what was
*really* spoken. Whatever is interrupted and whenever, it can't become invalid: it begins with the
user, roles alternate, every tool call has its result, and no content is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voice.chat import Message, ToolCall

MAX_CHARS = 6000
"""About 1,500 tokens, so that it fits the 4,096 of a small model beside the prompt and the answer."""

UNSAID = "…"
"""Stands for an answer of which nothing was heard although something was done."""


@dataclass(frozen=True, slots=True)
class ToolRound:
    """Tools that the model had run in one go, and what they returned."""

    text: str
    """What the model said before; may be empty."""
    calls: tuple[ToolCall, ...]
    results: tuple[str, ...]
    """One for each call, in their order."""

    def __post_init__(self) -> None:
        if not self.calls or len(self.calls) != len(self.results):
            raise ValueError("every tool call needs exactly one result")

    def messages(self) -> list[Message]:
        """Return the assistant's message with the calls, and a message for each result."""
        calls = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in self.calls
        ]
        asked: Message = {"role": "assistant", "content": self.text or None, "tool_calls": calls}
        results: list[Message] = [
            {"role": "tool", "tool_call_id": call.id, "content": result or "(nothing)"}
            for call, result in zip(self.calls, self.results, strict=True)
        ]
        return [asked, *results]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer."""

    heard: str
    spoken: str
    """What was heard of the answer; shorter than what the model wrote when it was interrupted."""
    rounds: tuple[ToolRound, ...] = ()

    def messages(self, *, tools: bool) -> list[Message]:
        """Return the exchange as messages; without tool rounds for a model that gets no tools."""
        messages: list[Message] = [{"role": "user", "content": self.heard}]
        if tools:
            messages += [message for part in self.rounds for message in part.messages()]
        return [*messages, {"role": "assistant", "content": self.spoken}]

    @property
    def chars(self) -> int:
        """Length of all that it holds, in characters."""
        tools = sum(
            len(part.text)
            + sum(len(call.name) + len(call.arguments) for call in part.calls)
            + sum(map(len, part.results))
            for part in self.rounds
        )
        return len(self.heard) + len(self.spoken) + tools


class History:
    """The latest exchanges, bounded by their number and their length."""

    def __init__(self, max_turns: int, max_chars: int = MAX_CHARS) -> None:
        self._max_turns = max_turns
        self._max_chars = max_chars
        self._exchanges: list[Exchange] = []

    def add(
        self, heard: str, spoken: str, rounds: Sequence[ToolRound] = (), *, acted: bool = False
    ) -> None:
        """Add an exchange that is over.

        Nothing is stored of a turn in which nothing was spoken, as if it had not been asked; unless
        a tool ``acted``: then the model has to know, and "…" stands for the answer.
        """
        heard, spoken = heard.strip(), spoken.strip()
        if acted and not spoken:
            spoken = UNSAID
        if not heard or not spoken:
            return
        self._exchanges.append(Exchange(heard, spoken, tuple(rounds)))
        self._shorten()

    def go_on_from(self, before: History) -> None:
        """Take over the exchanges of another history."""
        self._exchanges = list(before._exchanges)
        self._shorten()

    def _shorten(self) -> None:
        while self._exchanges and (
            len(self._exchanges) > self._max_turns
            or sum(exchange.chars for exchange in self._exchanges) > self._max_chars
        ):
            del self._exchanges[0]

    def messages(self, *, tools: bool = True) -> list[Message]:
        """Return all exchanges, oldest first, to stand between the system prompt and the request."""
        return [
            message for exchange in self._exchanges for message in exchange.messages(tools=tools)
        ]

    def clear(self) -> Callable[[], None]:
        """Forget everything: a new conversation. Returns what takes that back."""
        forgotten, self._exchanges = self._exchanges, []

        def restore() -> None:
            self._exchanges = forgotten + self._exchanges

        return restore

    def __len__(self) -> int:
        return len(self._exchanges)
