"""What a process costs: memory, and the time until it listens."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from device.bench.cold import READY
from voice.config import Config

PATIENCE_S = 120.0
"""Seconds after which a start counts as failed."""


def rss_mb(status: Path = Path("/proc/self/status")) -> float | None:
    """Return this process's resident memory in MB (of 10^6 bytes); None where Linux does not say."""
    try:
        lines = status.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) * 1024 / 1e6, 1)
    return None


async def cold_start_s(config: Config, note: Callable[[str], None]) -> float | None:
    """Start a fresh process; return the seconds until it listens.

    None when it does not; ``note`` is told why.
    """
    here = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
    began = time.monotonic()
    # -P: a folder called "voice" where the command is run must not be taken for ours.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "device.bench.cold"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            line = await _first_line(process, config.model_dump_json())
            took = time.monotonic() - began
            trouble = await _rest(process)
    except TimeoutError:
        line, took, trouble = "", PATIENCE_S, f"not listening after {PATIENCE_S:.0f} s"
    finally:
        # Only what still runs: asking for the state of one that just ended confuses asyncio.
        if process.returncode is None:
            process.kill()
            await process.wait()
    if line == READY:
        return round(took, 2)
    note(f"cold start: {trouble}")
    return None


async def _first_line(process: Process, config: str) -> str:
    """Hand over the configuration and return the first line of what the process writes."""
    assert process.stdin
    assert process.stdout
    with suppress(ConnectionError):
        process.stdin.write(config.encode())
        process.stdin.close()
    return (await process.stdout.readline()).decode().strip()


async def _rest(process: Process) -> str:
    """Wait for the end; return the last line of what went wrong."""
    assert process.stderr
    complaint = (await process.stderr.read()).decode(errors="replace")
    await process.wait()
    return (complaint.strip().splitlines() or ["it ended without a word"])[-1]
