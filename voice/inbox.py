"""What was heard or pressed, on its way to whoever leads the turn."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from voice.endpoint import Change
from voice.wake import Wake


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed the button, or asked for silence on the phone or command line."""

    stop_only: bool = False
    """True when nothing is to be asked next."""


Message = Wake | Press | Change


class Inbox:
    """A queue of things heard; they are few, and a turn takes them at once.

    What changed in a request is of interest for as long as that request is listened to: changes from
    before the ears were opened anew are never handed out.
    """

    def __init__(self, opening: Callable[[], int] = lambda: 0) -> None:
        """``opening`` tells how often the ears have been opened or closed."""
        self._opening = opening
        self._waiting: deque[tuple[int, Message]] = deque()
        self._arrived = asyncio.Event()

    def put(self, *messages: Message) -> None:
        """Add things heard; never waits."""
        self._waiting.extend((self._opening(), message) for message in messages)
        if self._waiting:
            self._arrived.set()

    async def next(self) -> Message:
        """Return the next thing heard."""
        while True:
            while not self._waiting:
                self._arrived.clear()
                await self._arrived.wait()
            opening, message = self._waiting.popleft()
            if _is_call(message) or opening == self._opening():
                return message

    @property
    def call_waits(self) -> bool:
        """Whether a wake word or press is there that nobody has taken yet."""
        return any(_is_call(message) for _, message in self._waiting)

    async def called(self) -> None:
        """Wait until a wake word or press is there; nothing is taken."""
        while not self.call_waits:
            self._arrived.clear()
            await self._arrived.wait()

    def call_pending(self) -> Wake | Press | None:
        """Return a wake word or press that nobody has taken yet; what came before it is dropped."""
        while self._waiting:
            _, message = self._waiting.popleft()
            if isinstance(message, Wake | Press):
                return message
        return None


def _is_call(message: Message) -> bool:
    return isinstance(message, Wake | Press)
