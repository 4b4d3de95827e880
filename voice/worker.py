"""A thread of its own for each heavy model, so that the event loop never computes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Worker:
    """One thread; calls run one after the other, and one that was cancelled while queued never runs.

    A call that already runs can't be stopped: cancelling it only drops its result.
    """

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def call(
        self,
        function: Callable[Parameters, Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Run a blocking function in the thread and return its result."""
        return await self.start(lambda: function(*args, **kwargs))

    def start(self, function: Callable[[], Result]) -> asyncio.Future[Result]:
        """Have a blocking function run in the thread; its result comes in the future."""
        return asyncio.get_running_loop().run_in_executor(self._executor, function)

    def close(self) -> None:
        """Let a running call end and drop those that wait."""
        self._executor.shutdown(wait=True, cancel_futures=True)
