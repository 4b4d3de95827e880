"""Blocking calls that may hang, each in a thread of its own that nobody has to wait for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

Result = TypeVar("Result")


async def bounded(
    function: Callable[[], Result],
    seconds: float,
    too_slow: Exception,
    *,
    late: Callable[[Result], None] | None = None,
) -> Result:
    """Run a blocking call in a daemon thread, and wait for it so long.

    Raises ``too_slow`` when it takes longer; ``late`` gets, in a thread, a result that came when
    nobody waited any more.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def succeed(result: Result) -> None:
        if not future.done():
            future.set_result(result)
        elif late:
            threading.Thread(target=late, args=(result,), daemon=True).start()

    def fail(fault: Exception) -> None:
        if not future.done():
            future.set_exception(fault)

    def work() -> None:
        try:
            result = function()
        except Exception as fault:
            _call(loop, fail, fault)
        else:
            _call(loop, succeed, result)

    threading.Thread(target=work, name="bounded", daemon=True).start()
    try:
        async with asyncio.timeout(seconds):
            return await future
    except TimeoutError:
        raise too_slow from None


def _call(loop: asyncio.AbstractEventLoop, function: Callable[[Any], None], value: Any) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(function, value)
