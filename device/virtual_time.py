"""An event loop whose clock stands still while work is done and jumps while everybody waits.

``sayso hear`` runs the assistant as fast as the processor allows, and the tests run conversations
without sleeping, on the same code as ``sayso run``: sleeps, timeouts and the pace of microphone and
speaker all follow ``loop.time()``, and here that time passes only

- by jumping to the next timer when nothing is being computed and no socket is waited for, and
- at the wall's pace while a socket is waited for (a model's server knows nothing of our clock).

So an answer comes at the same ``t`` on a fast and on a slow machine. To measure how fast this machine
is, time also passes while threads work, if that is wished.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from functools import partial
from typing import Any, TypeVar

Result = TypeVar("Result")


class _JumpingSelector(selectors.DefaultSelector):  # type: ignore[valid-type, misc] # an alias chosen per platform
    """Waits for sockets and threads like any selector, and for timers by moving the clock."""

    loop: VirtualTimeLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        if ready := super().select(0):
            return ready
        if self.loop.working and not self.loop.work_takes_time:
            return super().select(None)  # a worker thread ends its work through the self-pipe
        if self.loop.working or len(self.get_map()) > 1:  # more than the self-pipe: a socket
            began = time.monotonic()
            ready = super().select(timeout)
            self.loop.advance(min(timeout, time.monotonic() - began) if ready else timeout)
            return ready
        self.loop.advance(timeout)
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An asyncio loop on virtual time, beginning at 0 seconds."""

    def __init__(self, *, work_takes_time: bool = False) -> None:
        """``work_takes_time``: time passes at the wall's pace while a thread works."""
        self._now = 0.0
        self.work_takes_time = work_takes_time
        self.working = 0
        """Calls now running in executors; time stands still while there are any."""
        selector = _JumpingSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Return virtual seconds."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock on."""
        self._now += seconds

    def run_in_executor(  # type: ignore[override] # the base class declares *args without types
        self, executor: Executor | None, func: Callable[..., Result], *args: Any
    ) -> asyncio.Future[Result]:
        """Run a call in a thread; the clock waits for it."""
        self.working += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._work_ended)
        return future

    def _work_ended(self, _: asyncio.Future[Any]) -> None:
        self.working -= 1


def run(main: Coroutine[Any, Any, Result], *, work_takes_time: bool = False) -> Result:
    """Run a coroutine to its end on a fresh loop on virtual time."""
    make = partial(VirtualTimeLoop, work_takes_time=work_takes_time)
    with asyncio.Runner(loop_factory=make) as runner:
        return runner.run(main)
