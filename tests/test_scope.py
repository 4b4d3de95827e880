"""Tasks in a scope: none outlives it, and errors come out as themselves."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from voice.scope import ReadAhead, Scope, first, scope


async def test_what_still_runs_at_the_end_is_cancelled():
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async with scope() as tasks:
        tasks.start(forever())
        await asyncio.sleep(0)
    assert ended == ["cancelled"]
    assert len(asyncio.all_tasks()) == 1


async def test_an_error_in_a_task_ends_the_block_with_that_error():
    async def broken() -> None:
        raise ValueError("broken")

    async def block() -> None:
        async with scope() as tasks:
            tasks.start(broken())
            await asyncio.Event().wait()

    with pytest.raises(ValueError, match="broken"):
        await block()


async def test_of_two_that_are_done_the_one_named_first_wins():
    async def at_once(value: str) -> str:
        return value

    async with scope() as tasks:
        a, b = tasks.start(at_once("a")), tasks.start(at_once("b"))
        await asyncio.sleep(0)
        assert await first(b, a) is b


def read_ahead(items: AsyncIterator[int], tasks: Scope) -> AsyncIterator[int]:
    ahead = ReadAhead[int]()
    tasks.start(ahead.read(items))
    return ahead.items()


async def test_reading_ahead_keeps_the_order_and_closes_what_it_reads():
    closed = False

    async def numbers() -> AsyncIterator[int]:
        nonlocal closed
        try:
            for number in range(5):
                yield number
        finally:
            closed = True

    async with scope() as tasks:
        assert [n async for n in read_ahead(numbers(), tasks)] == [0, 1, 2, 3, 4]
    assert closed


async def test_reading_ahead_does_not_wait_for_the_taker():
    read: list[int] = []

    async def numbers() -> AsyncIterator[int]:
        for number in range(3):
            read.append(number)
            yield number

    async with scope() as tasks:
        async for _ in read_ahead(numbers(), tasks):
            await asyncio.sleep(0.01)
            assert read == [0, 1, 2]


async def test_leaving_early_cancels_the_reading():
    stopped = False

    async def endless() -> AsyncIterator[int]:
        nonlocal stopped
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            stopped = True

    async with scope() as tasks:
        async for _ in read_ahead(endless(), tasks):
            break
    assert stopped


async def test_an_error_of_what_is_read_ahead_is_raised_where_it_is_taken():
    async def broken() -> AsyncIterator[int]:
        yield 1
        raise ValueError("broken")

    async with scope() as tasks:
        items = read_ahead(broken(), tasks)
        assert await anext(items) == 1
        with pytest.raises(ValueError, match="broken"):
            await anext(items)
