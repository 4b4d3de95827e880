"""Changing rates on the way to a device, and calls that must not hold anybody up."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

from device.bounded import bounded
from device.resampling import pulling
from voice.audio import Samples
from voice.errors import DeviceError


@pytest.mark.parametrize("to_rate", [8000, 16_000, 44_100, 48_000, 96_000])
def test_a_device_with_another_rate_gets_the_same_sound(to_rate: int):
    position = 0

    def pull(count: int) -> Samples:
        nonlocal position
        line = (np.arange(count) + position) / 48_000
        position += count
        return (np.sin(2 * np.pi * 500 * line) * 10_000).astype(np.int16)

    source = pulling(pull, 48_000, to_rate)
    blocks = [source(to_rate // 50) for _ in range(100)]
    assert {len(block) for block in blocks} == {to_rate // 50}
    out = np.concatenate(blocks).astype(float)
    wanted = np.sin(2 * np.pi * 500 * np.arange(len(out)) / to_rate) * 10_000
    assert np.abs(out - wanted)[500:].max() < 150
    assert position / 48_000 - 2 < 0.15


async def test_a_call_that_hangs_is_given_up_and_its_late_result_put_away():
    release, away = threading.Event(), threading.Event()
    put_away: list[str] = []

    def hang() -> str:
        release.wait(20)
        return "a stream"

    def late(result: str) -> None:
        put_away.append(result)
        away.set()

    with pytest.raises(DeviceError, match="too slow"):
        await bounded(hang, 0.05, DeviceError("too slow"), late=late)
    release.set()
    assert await asyncio.get_running_loop().run_in_executor(None, away.wait, 20)
    assert put_away == ["a stream"]


async def test_an_error_of_the_call_is_raised_as_it_is():
    def fail() -> None:
        raise DeviceError("no such card")

    with pytest.raises(DeviceError, match="no such card"):
        await bounded(fail, 5, DeviceError("too slow"))


async def test_whoever_is_cancelled_while_waiting_leaves_nothing_open():
    release, put_away = threading.Event(), threading.Event()

    def open_slowly() -> str:
        release.wait(20)
        return "a stream"

    waiting = asyncio.ensure_future(
        bounded(open_slowly, 20, DeviceError("too slow"), late=lambda _: put_away.set())
    )
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    release.set()
    assert await asyncio.get_running_loop().run_in_executor(None, put_away.wait, 20)
