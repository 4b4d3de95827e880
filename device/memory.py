"""Giving memory back: what a conversation took does not stay with us for the rest of the day.

Models take and free tens of megabytes in many threads, and the C library keeps what they freed: after 20
turns on a sound card ``sayso run`` held 625 MB and went on growing. Asked between turns, the library gives
it back.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable

from voice.events import (
    Event,
    Idle,
    Listening,
    Ringing,
    RingingEnded,
    SttText,
    TtsSpeaking,
    WakeWordDetected,
)

QUIET_S = 2.0
"""Seconds after a turn in which the next may begin without having to get memory again."""


def trim() -> None:
    """Give freed memory back to the system; 3 to 15 ms. Nothing where the C library has no such call."""
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if give_back:
        give_back(0)


TURN = (WakeWordDetected, Listening, SttText, Ringing, TtsSpeaking)
"""Events with which a turn, or ringing, is under way."""


class Trimming:
    """Listens to events, and gives memory back once a turn is over."""

    def __init__(self, give_back: Callable[[], None] = trim) -> None:
        """Belongs to the running loop; ``give_back`` is called in another thread."""
        self._loop = asyncio.get_running_loop()
        self._give_back = give_back
        self._due: asyncio.TimerHandle | None = None
        self._in_turn = False

    def __call__(self, event: Event) -> None:
        """Take notice of an event."""
        if isinstance(event, TURN):
            self._in_turn = True
            self._put_off()
        elif isinstance(event, Idle | RingingEnded):
            self._in_turn = False
            self.soon()

    def soon(self) -> None:
        """Give memory back in a while, unless somebody speaks before; during a turn, after it."""
        self._put_off()
        if not self._in_turn:
            self._due = self._loop.call_later(QUIET_S, self._begin)

    def _put_off(self) -> None:
        if self._due:
            self._due.cancel()
            self._due = None

    def _begin(self) -> None:
        self._loop.run_in_executor(None, self._give_back)
