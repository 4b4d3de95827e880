"""``sayso agenda``: what is set is listed and cancelled, beside nobody and through the socket."""

from __future__ import annotations

import asyncio
import json
from datetime import time
from pathlib import Path

import pytest

from device import cli
from device.agenda_requests import AGENDA_REQUESTS
from device.commands.agenda import do
from device.kept import kept_for_one_command, opened_agenda
from device.ownership import owning, serving
from device.paths import socket_path
from voice.agenda.changes import AddItems, SetAlarm, SetReminder, SetTimer
from voice.agenda.entries import SHOPPING


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SAYSO_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    state = tmp_path / "state"
    with owning(state), opened_agenda(state) as agenda:
        agenda.apply(SetTimer(600, "pasta"))
        agenda.apply(SetAlarm(time(7, 30), "Europe/Berlin", days=frozenset({0, 1})))
        agenda.apply(SetReminder("call Anna", 3600.0))
        agenda.apply(AddItems(SHOPPING.id, ("milk", "eggs")))
    return state


def listed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    assert cli.main(["agenda", "list", "--json"]) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_everything_that_is_set_is_listed(state: Path, capsys: pytest.CaptureFixture[str]):
    kinds = [entry["kind"] for entry in listed(capsys)]
    assert kinds == ["timer", "alarm", "reminder", "list", "list"]
    assert cli.main(["agenda", "list"]) == 0
    shown = capsys.readouterr().out
    for words in ("pasta", "600 s left", "07:30", "call Anna", "milk, eggs"):
        assert words in shown


def test_numbers_are_cancelled_and_all_of_a_kind(state: Path, capsys: pytest.CaptureFixture[str]):
    numbers = {str(entry["kind"]): str(entry["id"]) for entry in listed(capsys)}
    assert cli.main(["agenda", "cancel", numbers["timer"], numbers["reminder"]]) == 0
    assert cli.main(["agenda", "cancel", "--all", "alarm"]) == 0
    capsys.readouterr()
    assert {entry["kind"] for entry in listed(capsys)} == {"list"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["cancel"], 2),
        (["cancel", "12", "--all", "timer"], 2),
        (["cancel", "--all", "nonsense"], 2),
        (["cancel", "99999"], 1),
        (["cancel", "x"], 2),
    ],
)
def test_what_is_wrong_is_told_in_a_line(
    state: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
):
    assert cli.main(["agenda", *arguments]) == code
    told = capsys.readouterr().err.strip()
    assert told
    assert "Traceback" not in told
    assert len(listed(capsys)) == 5


def test_nothing_set_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("SAYSO_STATE", str(tmp_path))
    assert cli.main(["agenda", "list"]) == 0
    assert capsys.readouterr().out == "nothing is set\n"


async def test_the_running_assistant_is_asked_where_there_is_one(
    state: Path,
):
    with owning(state), opened_agenda(state) as agenda:

        async def handle(request: dict[str, object]) -> dict[str, object]:
            return AGENDA_REQUESTS[str(request["do"])](agenda, request)

        async with serving(socket_path(), handle):
            done = await asyncio.to_thread(do, "agenda_cancel", kind="timer")
            assert len(done["cancelled"]) == 1
        assert not agenda.view().timers


def test_a_command_that_finds_the_state_in_use_goes_without_an_agenda(state: Path):
    with owning(state), kept_for_one_command(None) as kept:
        assert kept.agenda is None
    with kept_for_one_command(None) as kept:
        assert kept.agenda
        assert kept.agenda.view().timers


def test_a_damaged_agenda_is_set_aside_and_the_rest_goes_on(
    state: Path, caplog: pytest.LogCaptureFixture
):
    (state / "agenda.db").write_bytes(b"this is no database" * 100)
    for extra in state.glob("agenda.db-*"):
        extra.unlink()
    with kept_for_one_command(None) as kept:
        assert kept.agenda
        assert not kept.agenda.view().timers
    assert "begins anew" in caplog.text
    assert len(list(state.glob("agenda*"))) >= 2
