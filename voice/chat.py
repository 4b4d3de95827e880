"""Talking with a language model: what is sent, what comes back, and what a model promises."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Message = dict[str, Any]
"""One message in the shape of the chat completions API: ``{"role": …, "content": …}``."""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """What a model is told about a tool."""

    name: str
    description: str
    parameters: dict[str, Any]
    """JSON schema of the arguments, an object."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer's text, never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model wants a tool to be run."""

    id: str
    name: str
    arguments: str
    """JSON as the model wrote it; may be wrong in every way."""


@dataclass(frozen=True, slots=True)
class Working:
    """The model is busy with something that is not to be said: reasoning, or writing a tool call."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is complete."""

    reason: str
    """``stop``, ``tool_calls``, ``length``, … as the server calls it."""


ModelPart = TextDelta | ToolCall | Working | Finished
"""Everything that a model's stream consists of."""


class Model(Protocol):
    """A language model. Implementations: ``voice.engines.openai_chat``, ``voice.engines.llama_local``."""

    @property
    def name(self) -> str:
        """The model's name, shown as the ``source`` of its answers."""
        ...

    @property
    def local(self) -> bool:
        """Whether it runs on this machine, so that asking early and in vain costs nothing."""
        ...

    @property
    def offers_tools(self) -> bool:
        """Whether tools are offered to it; small models only produce junk with them."""
        ...

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec], *, max_tokens: int
    ) -> AsyncGenerator[ModelPart, None]:
        """Ask, and yield the answer as it comes, ``Finished`` last.

        Waits without a bound of its own after connecting; ``voice.patience`` keeps the time. Cancelling
        or ``aclose()`` closes the connection, so that the server stops. Raises BrainError.
        """
        ...

    async def warm(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> None:
        """Get ready for a request that begins like this one; never raises BrainError.

        A model of our own may raise ModelFileError.
        """
        ...

    async def close(self) -> None:
        """Give back connections, memory and threads."""
        ...
