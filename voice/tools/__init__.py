"""Tools: documented, typed functions that a model may have run, and the code that guards them.

A tool is a plain function with a docstring; its signature becomes the JSON schema that the model
sees. It declares what it touches, and one that doesn't stops the start. What it returns is one
sentence: it goes to the model, and is spoken as it is when the model adds nothing.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from voice.chat import ToolCall, ToolSpec
from voice.errors import ConfigError, SaysoError

log = logging.getLogger(__name__)

ToolFunction = Callable[..., str] | Callable[..., Awaitable[str]]
Declared = TypeVar("Declared", bound=ToolFunction)

TIMEOUT_S = 5.0
MAX_CALLS = 5
"""Calls in one turn; more means that the model runs in circles."""
MAX_RESULT_CHARS = 2000
_DECLARATION = "__tool__"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a tool touches; ``Toolbox`` decides by it, whatever the model says."""

    reads_private: bool
    """Returns something about the people here."""
    untrusted_output: bool
    """Returns text that strangers may have written."""
    egress: bool
    """Sends something off the device."""
    side_effect: bool
    """Changes something."""
    timeout_s: float = TIMEOUT_S


def tool(
    *,
    reads_private: bool,
    untrusted_output: bool,
    egress: bool,
    side_effect: bool,
    timeout_s: float = TIMEOUT_S,
) -> Callable[[Declared], Declared]:
    """Declare a function to be a tool. A plain function must return at once; others are ``async``."""
    declaration = Declaration(reads_private, untrusted_output, egress, side_effect, timeout_s)

    def declare(function: Declared) -> Declared:
        setattr(function, _DECLARATION, declaration)
        return function

    return declare


class Tool(Generic[Declared]):
    """A declared function with its schema."""

    def __init__(self, function: Declared) -> None:
        """Read the function; raises ConfigError when it does not declare itself or has no docstring."""
        self.name: str = getattr(function, "__name__", repr(function))
        declaration = getattr(function, _DECLARATION, None)
        if not isinstance(declaration, Declaration):
            raise ConfigError(
                f"tool {self.name}: does not declare what it touches; put @tool(…) before it"
            )
        description = inspect.getdoc(function)
        if not description:
            raise ConfigError(f"tool {self.name}: has no docstring to tell the model what it does")
        self.declaration = declaration
        self._function = function
        self._arguments = _arguments_model(function)
        self.spec = ToolSpec(self.name, description, _schema(self._arguments))

    def parse(self, arguments: str) -> dict[str, Any]:
        """Return validated arguments; raises pydantic's ValidationError."""
        parsed = self._arguments.model_validate_json(arguments.strip() or "{}")
        return {name: getattr(parsed, name) for name in type(parsed).model_fields}

    async def run(self, arguments: dict[str, Any]) -> str:
        """Run it; raises TimeoutError and whatever the function raises."""
        async with asyncio.timeout(self.declaration.timeout_s):
            result = self._function(**arguments)
            return result if isinstance(result, str) else await result


def _arguments_model(function: ToolFunction) -> type[BaseModel]:
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {
        name: (hints[name], ... if parameter.default is parameter.empty else parameter.default)
        for name, parameter in inspect.signature(function).parameters.items()
    }
    return create_model("Arguments", __config__=ConfigDict(extra="forbid"), **fields)


def _schema(arguments: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema without the titles, which only cost tokens."""
    schema = arguments.model_json_schema()
    schema.pop("title", None)
    for field in schema.setdefault("properties", {}).values():
        field.pop("title", None)
    return schema


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of a call."""

    text: str
    """For the model; when ``ok``, also fit to be spoken."""
    ok: bool = True
    acted: bool = False
    """Something was changed by it."""
    refusal: str | None = None
    """A sentence that ends the turn: the call is refused for good, and this is said."""


class Toolbox:
    """All tools that there are."""

    def __init__(
        self, functions: Iterable[ToolFunction] = (), *, max_calls: int = MAX_CALLS
    ) -> None:
        """Take declared functions; raises ConfigError for one that is not."""
        self._tools = {tool.name: tool for tool in map(Tool, functions)}
        self.max_calls = max_calls

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """What the model is told."""
        return tuple(tool.spec for tool in self._tools.values())

    def get(self, name: str) -> Tool[Any] | None:
        """Return a tool by its name."""
        return self._tools.get(name)

    def turn(self) -> ToolTurn:
        """Begin a turn: nothing called, nothing untrusted read."""
        return ToolTurn(self)


class ToolTurn:
    """Runs the calls of one turn and keeps the rules that span them.

    A mistake (unknown tool, arguments against the schema, too slow) is told to the model once, so
    that it can mend it; the second one ends the turn with a sentence. After untrusted output,
    tools that act or send are refused: only a person may then allow them, and this version has
    no way to ask.
    """

    def __init__(self, box: Toolbox) -> None:
        self._box = box
        self._calls = 0
        self._mistakes = 0
        self._tainted = False
        self.acted = False
        """Whether a tool has changed something in this turn."""

    def acts(self, call: ToolCall) -> bool:
        """Tell whether a call would change something."""
        tool = self._box.get(call.name)
        return bool(tool and tool.declaration.side_effect)

    async def run(self, call: ToolCall) -> ToolResult:
        """Run a call, or refuse it. Never raises for what the model or the tool did wrong."""
        self._calls += 1
        if self._calls > self._box.max_calls:
            text = "refused: too many tool calls"
            return ToolResult(text, False, refusal="That took too many steps, so I stopped.")
        tool = self._box.get(call.name)
        if not tool:
            return self._mistake("there is no such tool", "I don't have a tool for that.")
        try:
            arguments = tool.parse(call.arguments)
        except ValidationError as fault:
            return self._mistake(_explain(fault), "I couldn't work out how to do that.")
        touches = tool.declaration
        if self._tainted and (touches.egress or touches.side_effect):
            text = "refused: text from outside was read in this turn"
            refusal = "I won't do that after reading text from outside."
            return ToolResult(text, False, refusal=refusal)
        return await self._run(tool, arguments)

    async def _run(self, tool: Tool[Any], arguments: dict[str, Any]) -> ToolResult:
        touches = tool.declaration
        self._tainted = self._tainted or touches.untrusted_output
        try:
            text = await tool.run(arguments)
        except TimeoutError:
            return self._mistake("it took too long", "That took too long, so I stopped.")
        except (SaysoError, ValueError) as fault:  # meant for the model: it can ask differently
            return ToolResult(f"failed: {fault}"[:MAX_RESULT_CHARS], False)
        except Exception as fault:  # a broken tool must not end the conversation
            log.warning("tool %s failed: %s", tool.name, type(fault).__name__)
            return self._mistake("it failed", "That didn't work.")
        self.acted = self.acted or touches.side_effect
        return ToolResult(text[:MAX_RESULT_CHARS], acted=touches.side_effect)

    def _mistake(self, why: str, refusal: str) -> ToolResult:
        self._mistakes += 1
        return ToolResult(f"failed: {why}", False, refusal=refusal if self._mistakes > 1 else None)


def _explain(fault: ValidationError) -> str:
    """Return what is wrong with arguments, without repeating them."""
    first = fault.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"])) or "arguments"
    return f"{where}: {first['msg']}"[:200]
