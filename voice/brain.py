"""The language model with its tools and its memory of the conversation.

One turn with it is an ``Asked`` (``voice.asked``): ``ask``, its ``answer``, then ``spoke``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from voice.asked import Asked
from voice.chat import Model
from voice.config import Model as ModelSettings
from voice.config import Persona, Place
from voice.context import Context
from voice.history import History
from voice.patience import Patience
from voice.tools import Toolbox

NO_MODEL = "none"
"""The name when there is no model."""


class Brain:
    """Who is asked what the device does not know."""

    def __init__(
        self,
        model: Model | None,
        tools: Toolbox,
        history: History,
        settings: ModelSettings,
        persona: Persona,
        place: Place,
        *,
        clock: Callable[[], datetime],
        missing: str = "no language model is configured, and none was found",
    ) -> None:
        """``clock`` returns the time with its zone; ``missing`` says why there is no model."""
        self._model = model
        self._tools = tools
        self._context = Context(model, tools, history, persona, place, clock=clock)
        self._settings = settings
        self._missing = missing

    @property
    def name(self) -> str:
        """The model's name, or "none"."""
        return self._model.name if self._model else NO_MODEL

    @property
    def may_be_asked_early(self) -> bool:
        """Whether it is asked what may not have been said to its end: ``model.speculate``."""
        if self._model is None or self._settings.speculate == "off":
            return False
        return self._model.local or self._settings.speculate == "on"

    async def warm(self) -> None:
        """Get the model ready for the next request; at start, and again when one is about to come.

        A model on this machine reads all that comes before the request meanwhile; from others
        nothing is asked, only the connection is opened.
        """
        if self._model:
            await self._model.warm(*self._context.beginning())

    async def close(self) -> None:
        """Give back what the model holds."""
        if self._model:
            await self._model.close()

    def ask(self, text: str, *, committed: asyncio.Event | None = None) -> Asked:
        """Return a request; it is sent when its answer is iterated.

        One made before the speaker is known to be done passes ``committed``: tools that change
        something wait for it.
        """
        return Asked(
            text.encode("utf-8", "replace").decode(),  # half a character must not break the JSON
            self._model,
            self._context,
            self._tools.turn(),
            Patience(self.name, self._settings.stall_s, self._settings.timeout_s),
            max_tokens=self._settings.max_tokens,
            committed=committed,
            missing=self._missing,
        )

    def become(self, persona: Persona, place: Place) -> None:
        """Be somebody else, or elsewhere, from the next request on."""
        self._context.persona, self._context.place = persona, place

    def noted(self, heard: str, spoken: str) -> None:
        """Take what the device answered itself into the history, so that the model knows of it."""
        self._context.history.add(heard, spoken)

    def new_conversation(self) -> Callable[[], None]:
        """Forget what was said; returns what takes that back."""
        return self._context.new_conversation()
