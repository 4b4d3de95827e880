"""How long a model may take."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, contextmanager

from voice.chat import Finished, ModelPart, Working
from voice.errors import ModelTimeoutError

log = logging.getLogger(__name__)


class Patience:
    """The time of one turn, on the event loop's clock.

    Only waiting for model and tools counts, not what is done with the words in between: they are
    spoken more slowly than they are written.
    """

    def __init__(self, name: str, stall_s: float, total_s: float) -> None:
        """``name`` is the model's, for messages; limits between two parts and for the whole turn."""
        self._name = name
        self._stall_s = stall_s
        self._total_s = total_s
        self._left_s = total_s

    @contextmanager
    def spending(self) -> Generator[None, None, None]:
        """Count the time in the block."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            yield
        finally:
            self._left_s -= loop.time() - began

    async def watch(
        self, parts: AsyncGenerator[ModelPart, None]
    ) -> AsyncGenerator[ModelPart, None]:
        """Pass parts on; raises ModelTimeoutError when they stop coming or take too long in all.

        Reasoning is progress, so it may take the whole turn's time; comments that keep a connection
        alive are no parts at all.
        """
        async with aclosing(parts):
            while True:
                try:
                    part = await self._next(parts)
                except StopAsyncIteration:
                    return
                if isinstance(part, Finished):
                    log.debug("the model finished: %s", part.reason)
                if not isinstance(part, Working):
                    yield part

    async def _next(self, parts: AsyncGenerator[ModelPart, None]) -> ModelPart:
        stall_s = min(self._stall_s, max(self._left_s, 0.0))
        waiting = asyncio.timeout(stall_s)
        try:
            with self.spending():
                async with waiting:
                    return await anext(parts)
        except TimeoutError:
            if not waiting.expired():
                raise
            raise ModelTimeoutError(self._too_slow(stall_s)) from None

    def _too_slow(self, waited_s: float) -> str:
        if waited_s < self._stall_s:
            return f"{self._name}: no whole answer in {self._total_s:g} s (model.timeout_s)"
        return f"{self._name}: nothing came for {waited_s:g} s (model.stall_s)"
