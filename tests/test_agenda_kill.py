"""The whole of ``sayso run`` is killed while timers are being set: nothing that was confirmed is lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from device.kept import opened_agenda
from device.ownership import owning, running
from device.paths import socket_path
from voice.errors import StateError

ROOT = Path(__file__).parents[1]
KILLS = 20
MOST = 80
"""Timers set between two kills; the agenda takes a hundred."""

pytestmark = [pytest.mark.real, pytest.mark.timeout(1800)]


def start(env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Run it without a sound card; return when it takes requests."""
    settings = ["model.provider=none", "place.exchange_rates=off", "wake.verify=off"]
    sets = [f"--set={setting}" for setting in settings]
    process = subprocess.Popen(
        [sys.executable, "-m", "device.cli", "run", "--no-audio", *sets],
        env=env,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(StateError), running(socket_path(env)) as assistant:
            if assistant and assistant.do("status").get("ready"):
                return process
        time.sleep(0.02)
    process.kill()
    raise AssertionError("sayso run does not get ready")


def set_timers(env: dict[str, str], confirmed: list[str], number: int) -> None:
    """Set one timer after the other until nobody answers; take note of what was confirmed."""
    with suppress(StateError, OSError, ValueError), running(socket_path(env)) as assistant:
        while assistant and len(confirmed) < MOST:
            number += 1
            name = f"tea{number}"
            reply = assistant.do("ask", text=f"set a timer for 3 hours called {name}")
            assert reply["source"] == "device", reply
            confirmed.append(name)


def test_a_confirmed_timer_outlives_a_kill(tmp_path: Path):
    state = tmp_path / "state"
    env = {
        **os.environ,
        "HOME": str(tmp_path),
        "SAYSO_STATE": str(state),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path("~/.cache").expanduser())),
        "XDG_RUNTIME_DIR": str(tmp_path),
    }
    dice = random.Random(4)
    confirmed: list[str] = []
    for kill in range(KILLS):
        process = start(env)
        if kill:
            assert set(names(env)) >= set(confirmed)
            clear(env)
        mine: list[str] = []
        setting = threading.Thread(target=set_timers, args=(env, mine, kill * 1000))
        setting.start()
        time.sleep(dice.uniform(0.02, 0.35))
        process.kill()
        process.wait()
        setting.join(30)
        assert not setting.is_alive()
        confirmed = mine
    with owning(state), opened_agenda(state) as agenda:
        left = {timer.name for timer in agenda.view().timers}
    assert left >= set(confirmed)
    assert not list(state.glob("*damaged*"))


def names(env: dict[str, str]) -> list[str]:
    with running(socket_path(env)) as assistant:
        assert assistant
        listed = assistant.do("agenda_list")
    return [str(entry["name"]) for entry in listed["entries"] if entry["kind"] == "timer"]


def clear(env: dict[str, str]) -> None:
    with running(socket_path(env)) as assistant:
        assert assistant
        if any(entry["kind"] == "timer" for entry in assistant.do("agenda_list")["entries"]):
            assistant.do("agenda_cancel", kind="timer")
