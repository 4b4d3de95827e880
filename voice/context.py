"""What a model is sent: who it is, what it may use, what was said before, and the request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from voice.chat import Message, Model, ToolSpec
from voice.config import Persona, Place
from voice.history import History, ToolRound
from voice.prompt import system_prompt
from voice.tools import Toolbox

Sent = tuple[list[Message], tuple[ToolSpec, ...]]
"""Messages and tools, as ``Model.stream`` takes them."""


class Context:
    """Everything around a request to one model."""

    def __init__(
        self,
        model: Model | None,
        tools: Toolbox,
        history: History,
        persona: Persona,
        place: Place,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        """``clock`` returns the time with its zone."""
        self._model = model
        self._tools = tools
        self.history = history
        self.persona = persona
        self.place = place
        self._clock = clock
        self._bare_only = False

    def beginning(self) -> Sent:
        """Return what every request begins with."""
        specs = self._specs()
        return [self._system(tools=bool(specs)), *self.history.messages(tools=bool(specs))], specs

    def request(self, heard: str, rounds: Sequence[ToolRound]) -> Sent:
        """Return a whole request, with the tools that were run for it so far."""
        messages, specs = self.beginning()
        messages.append({"role": "user", "content": heard})
        messages += [message for part in rounds for message in part.messages()]
        return messages, specs

    def bare(self, heard: str, rounds: Sequence[ToolRound]) -> Sent:
        """Return the least that can be asked, for a server that refused the rest."""
        if done := "; ".join(result for part in rounds for result in part.results):
            heard += f"\n(Already looked up or done: {done})"
        return [self._system(tools=False), {"role": "user", "content": heard}], ()

    def only_bare_works(self) -> None:
        """Take note that history or tools are what the server does not take."""
        self.history.clear()
        self._bare_only = True

    def new_conversation(self) -> Callable[[], None]:
        """Forget what was said; returns what takes that back."""
        self._bare_only = False
        return self.history.clear()

    def _specs(self) -> tuple[ToolSpec, ...]:
        offered = self._model and self._model.offers_tools and not self._bare_only
        return self._tools.specs if offered else ()

    def _system(self, *, tools: bool) -> Message:
        prompt = system_prompt(self.persona, self.place, self._clock(), tools=tools)
        return {"role": "system", "content": prompt}
