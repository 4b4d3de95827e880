"""Tasks that never outlive the block they were started in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

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


class ReadAhead(Generic[Result]):
    """Hands on what is read, without holding the reader up for the one who takes it."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[tuple[Result] | BaseException | None] = asyncio.Queue()

    async def read(self, items: AsyncIterator[Result]) -> None:
        """Read everything; an error is raised where the items are taken."""
        try:
            async for item in items:
                self._queue.put_nowait((item,))
        except Exception as fault:
            self._queue.put_nowait(fault)
        else:
            self._queue.put_nowait(None)

    async def items(self) -> AsyncGenerator[Result, None]:
        """Yield what was read, waiting for the rest."""
        while entry := await self._queue.get():
            if isinstance(entry, BaseException):
                raise entry
            yield entry[0]
