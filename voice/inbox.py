"""What was heard or pressed, on its way to whoever leads the turn."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from voice.endpoint import Change
from voice.wake import Wake


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed the button, or asked for silence on the phone or command line."""

    stop_only: bool = False
    """True when nothing is to be asked next."""


Heard = Wake | Press | Change


class Inbox:
    """A queue of things heard; they are few, and a turn takes them at once."""

    def __init__(self) -> None:
        self._waiting: deque[Heard] = deque()
        self._arrived = asyncio.Event()

    def put(self, *heard: Heard) -> None:
        """Add things heard; never waits."""
        self._waiting.extend(heard)
        if self._waiting:
            self._arrived.set()

    async def next(self) -> Heard:
        """Return the next thing heard."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()

    async def called(self) -> None:
        """Wait until a wake word or press is there; nothing is taken."""
        while not any(isinstance(heard, Wake | Press) for heard in self._waiting):
            self._arrived.clear()
            await self._arrived.wait()

    def call_pending(self) -> Wake | Press | None:
        """Return a wake word or press that nobody has taken yet; what came before it is dropped."""
        while self._waiting:
            heard = self._waiting.popleft()
            if isinstance(heard, Wake | Press):
                return heard
        return None
