"""The loop on virtual time: waiting costs nothing, work takes no time, sockets take real time."""

import asyncio
import threading
import time

from device import virtual_time


def test_an_hour_of_waiting_takes_no_time():
    async def main() -> float:
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    began = time.monotonic()
    assert abs(virtual_time.run(main()) - 3600) < 1e-6
    assert time.monotonic() - began < 5


def test_sleepers_wake_in_the_order_of_their_time():
    async def main() -> list[float]:
        woken: list[float] = []

        async def sleeper(seconds: float) -> None:
            await asyncio.sleep(seconds)
            woken.append(seconds)

        async with asyncio.TaskGroup() as tasks:
            for seconds in (5, 1, 3, 0.5):
                tasks.create_task(sleeper(seconds))
        return woken

    assert virtual_time.run(main()) == [0.5, 1, 3, 5]


def test_time_stands_still_while_a_thread_computes():
    async def main() -> tuple[float, bool]:
        loop = asyncio.get_running_loop()
        ticked = False

        async def tick() -> None:
            nonlocal ticked
            await asyncio.sleep(0.001)
            ticked = True

        release = threading.Event()
        ticking = asyncio.ensure_future(tick())
        work = loop.run_in_executor(None, release.wait, 5)
        loop.call_soon(release.set)
        await work
        before = ticked
        await ticking
        return loop.time(), before

    now, ticked_while_working = virtual_time.run(main())
    assert not ticked_while_working
    assert abs(now - 0.001) < 1e-6


def test_a_timeout_fires_on_virtual_time():
    async def main() -> float:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(30):
                await asyncio.Event().wait()
        except TimeoutError:
            return loop.time()
        return -1

    assert abs(virtual_time.run(main()) - 30) < 1e-6


def test_waiting_for_a_socket_passes_at_the_pace_of_the_wall():
    async def main() -> tuple[float, float, bytes]:
        loop = asyncio.get_running_loop()
        reader_end, writer_end = __import__("socket").socketpair()
        reader, writer = await asyncio.open_connection(sock=reader_end)
        threading.Timer(0.2, writer_end.sendall, [b"x"]).start()
        began, wall = loop.time(), time.monotonic()
        got = await asyncio.wait_for(reader.read(1), 10)
        writer.close()
        writer_end.close()
        return loop.time() - began, time.monotonic() - wall, got

    virtual, wall, got = virtual_time.run(main())
    assert got == b"x"
    assert abs(virtual - wall) < 0.15
