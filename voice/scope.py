"""Tasks that never outlive the block they were started in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

Result = TypeVar("Result")


class Scope:
    """Starts tasks; all are cancelled and awaited when the block ends."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Run a coroutine beside the block; if it raises, the block ends with its error."""
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def cancel(self) -> None:
        """Cancel everything that still runs."""
        for task in tuple(self._tasks):
            task.cancel()


@asynccontextmanager
async def scope() -> AsyncGenerator[Scope]:
    """Open a block for tasks; an error of one is raised as itself, not as a group of one."""
    try:
        async with asyncio.TaskGroup() as group:
            inner = Scope(group)
            try:
                yield inner
            finally:
                inner.cancel()
    except BaseExceptionGroup as faults:
        if len(faults.exceptions) == 1:
            raise faults.exceptions[0] from None
        raise


async def first(*tasks: asyncio.Task[Any]) -> asyncio.Task[Any]:
    """Wait until one of the tasks is done and return it; of several the one named first."""
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    return next(task for task in tasks if task.done())


async def read_ahead(items: AsyncIterator[Result], tasks: Scope) -> AsyncIterator[Result]:
    """Yield what ``items`` yields, reading on while the one who takes them is busy.

    An error of ``items`` ends the scope whose tasks these are.
    """
    queue: asyncio.Queue[tuple[Result] | None] = asyncio.Queue()

    async def read() -> None:
        async for item in items:
            queue.put_nowait((item,))
        queue.put_nowait(None)

    tasks.start(read())
    while entry := await queue.get():
        yield entry[0]
