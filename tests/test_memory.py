"""Memory is given back between turns, not during one."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from device import virtual_time
from device.memory import QUIET_S, Trimming
from voice.events import Event, Idle, Listening, Ringing, RingingEnded, SttText, TtsSpeaking


async def given_back(*events: Event | float) -> int:
    """Return how often memory was given back after events and pauses (seconds)."""
    times: list[int] = []
    trimming = Trimming(lambda: times.append(1))
    for event in events:
        if isinstance(event, float):
            await asyncio.sleep(event)
        else:
            trimming(event)
    return len(times)


ANSWERED, HEARS = Idle("answered"), Listening(follow_up=True)


def test_it_is_given_back_once_a_while_after_each_turn():
    assert virtual_time.run(given_back(HEARS, ANSWERED, QUIET_S + 1.0)) == 1
    assert (
        virtual_time.run(given_back(ANSWERED, QUIET_S + 1.0, HEARS, ANSWERED, QUIET_S + 9.0)) == 2
    )
    assert virtual_time.run(given_back(ANSWERED, ANSWERED, QUIET_S + 1.0)) == 1


def test_it_is_not_while_somebody_speaks():
    assert virtual_time.run(given_back(HEARS, 60.0)) == 0
    assert virtual_time.run(given_back(ANSWERED, QUIET_S / 2, HEARS, 60.0)) == 0
    for under_way in (SttText("what time is it"), TtsSpeaking(), Ringing("timer", "Done.")):
        assert virtual_time.run(given_back(ANSWERED, QUIET_S / 2, under_way, 60.0)) == 0


def test_it_is_after_ringing_and_waits_for_the_end_of_a_turn_when_it_is_asked_for_in_one():
    rung = (Ringing("timer", "Done."), 9.0, RingingEnded("timer", "stop"), QUIET_S + 1.0)
    assert virtual_time.run(given_back(*rung)) == 1

    async def asked_for_in_a_turn() -> list[int]:
        times: list[int] = []
        trimming = Trimming(lambda: times.append(1))
        trimming(HEARS)
        trimming.soon()
        await asyncio.sleep(60)
        before = len(times)
        trimming(ANSWERED)
        await asyncio.sleep(60)
        return [before, len(times)]

    assert virtual_time.run(asked_for_in_a_turn()) == [0, 1]


def test_what_was_freed_goes_back_to_the_system():
    """In a process of its own: who shares one with other tests can't tell whose memory it is."""
    script = """
import ctypes, pathlib, re
from device.memory import trim
def held():
    return int(re.search(r"RssAnon:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
blocks = [libc.malloc(100_000) for _ in range(1000)]
for block in blocks:
    ctypes.memset(block, 1, 100_000)
for block in blocks[:-1]:
    libc.free(block)
before = held()
trim()
print(before - held())
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 50_000  # kB, of the 97,600 that the last block keeps from going back
