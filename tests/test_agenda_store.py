"""The agenda on disk: crashes, damage, a full disk, rights, versions."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import IO, Any

import pytest
from agenda_fakes import START, FakeClocks
from hypothesis import given, settings
from hypothesis import strategies as st

from device.agenda_store import MIGRATIONS, NAME, SqliteAgendaStore
from device.clocks import STA_UNSYNC, SystemClocks, kernel_synced
from voice.agenda import SHOPPING, Agenda
from voice.agenda.changes import (
    AddItems,
    AddNote,
    CreateList,
    PauseTimers,
    RemoveAll,
    SetAlarm,
    SetReminder,
    SetRoutine,
    SetTimer,
    SkipNext,
    Snooze,
)
from voice.agenda.entries import BUILT_IN, EVERY_DAY, Ask, At, Every, Run, Say, Show
from voice.errors import AgendaError, StateError, StorageError

ROOT = Path(__file__).resolve().parent.parent


def opened(path: Path, clocks: FakeClocks | None = None, **how: Any):
    """A store on a file, and an agenda on it."""
    store = SqliteAgendaStore(path, wall=lambda: START, **how)
    return store, Agenda(store, clocks or FakeClocks())


def everything(agenda: Agenda, clocks: FakeClocks) -> None:
    """One of each kind, in most of their states."""
    for change in (
        SetTimer(600.0, "Nudeln für Zoë"),
        SetTimer(600.0),
        SetAlarm(time(7, 30), "Europe/Berlin", days=frozenset({0, 4}), name="work"),
        SetAlarm(time(12, 5), "UTC"),
        SetReminder("call mum", 1200.0),
        SetReminder("call dad", At(datetime(2026, 7, 1, 18, 30), "Pacific/Apia")),
        SetReminder("drink", Every("FREQ=HOURLY;COUNT=9", datetime(2026, 3, 2, 9), "UTC")),
        SetRoutine(
            "morning",
            (Say("hello"), Run("what time is it"), Ask("any news"), Show("hello")),
            "good morning",
            time(6),
            EVERY_DAY,
            "UTC",
        ),
        CreateList("packing"),
        AddItems(SHOPPING.id, ("milk 🥛", "eggs")),
        AddNote("the key is\nunder the mat"),
    ):
        agenda.apply(change)
    ids = {entry.kind: id_ for id_, entry in agenda.view().entries.items()}
    agenda.apply(PauseTimers((agenda.view().timers[0].id,)))
    agenda.apply(SkipNext(agenda.view().alarms[-1].id))
    clocks.pass_(301)
    [due] = agenda.due()
    agenda.started(due)
    agenda.apply(Snooze(due.entry.id, 700.0))
    assert len(ids) == 7


def test_everything_is_read_back_as_it_was(tmp_path):
    clocks = FakeClocks()
    store, agenda = opened(tmp_path / NAME, clocks)
    everything(agenda, clocks)
    before = agenda.view()
    store.close()
    store, agenda = opened(tmp_path / NAME, clocks)
    assert agenda.view().entries == before.entries
    assert agenda.view().now == before.now
    new = agenda.apply(SetTimer(5.0)).entries[0]
    assert new.id > max(before.entries)
    store.close()


def test_ids_are_not_given_again_after_a_restart(tmp_path):
    store, agenda = opened(tmp_path / NAME)
    gone = agenda.apply(AddNote("x")).entries[0]
    agenda.apply(RemoveAll("note"))
    store.close()
    store, agenda = opened(tmp_path / NAME)
    assert agenda.apply(AddNote("y")).entries[0].id > gone.id
    store.close()


def test_only_the_owner_may_read_it(tmp_path):
    old = os.umask(0)
    try:
        store, agenda = opened(tmp_path / "state" / NAME)
        agenda.apply(SetTimer(60.0))
    finally:
        os.umask(old)
    files = list((tmp_path / "state").iterdir())
    assert {path.name for path in files} == {NAME, f"{NAME}-wal", f"{NAME}-shm"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    store.close()


# -- damage ------------------------------------------------------------------------------------


def filled(path: Path, notes: int = 200) -> bytes:
    """A closed file with much in it."""
    store, agenda = opened(path)
    for number in range(notes):
        agenda.apply(AddNote(f"note {number} " + "x" * 200))
    store.close()
    return path.read_bytes()


@pytest.mark.parametrize("damage", ["zeros", "text", "cut", "header", "middle"])
def test_a_damaged_file_is_set_aside_with_its_date_and_life_goes_on(tmp_path, damage):
    path = tmp_path / NAME
    data = filled(path)
    broken = {
        "zeros": bytes(len(data)),
        "text": b"this is no database" * 100,
        "cut": data[: len(data) // 2],
        "header": os.urandom(100) + data[100:],
        "middle": data[:4096] + os.urandom(len(data) - 8192) + data[-4096:],
    }[damage]
    path.write_bytes(broken)
    store, agenda = opened(path)
    assert store.set_aside == tmp_path / f"{NAME}.damaged-2026-03-02T120000Z"
    assert store.set_aside.read_bytes() == broken
    assert agenda.view().notes == ()
    agenda.apply(SetTimer(60.0))
    store.close()
    path.write_bytes(broken)
    store, _ = opened(path)
    assert store.set_aside == tmp_path / f"{NAME}.damaged-2026-03-02T120000Z-2"
    store.close()
    store, agenda = opened(path)
    assert store.set_aside is None
    store.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("whole") / NAME
    filled(path, 40)
    return path


@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1))
@settings(max_examples=60)
def test_whatever_is_broken_in_the_file_it_starts(whole, changes):
    content = bytearray(whole.read_bytes())
    for at, byte in changes:
        content[int(at * len(content))] = byte
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        content[60:64] = whole.read_bytes()[60:64]  # the version: another one may well be true
        path.write_bytes(content)
        store, agenda = opened(path)
        agenda.apply(SetTimer(60.0))
        store.close()


def test_an_entry_that_can_not_be_read_does_not_take_the_others_with_it(tmp_path):
    store, agenda = opened(tmp_path / NAME)
    agenda.apply(AddNote("fine"))
    store.close()
    database = sqlite3.connect(tmp_path / NAME)
    database.execute("INSERT INTO entries VALUES (77, 'hologram', '{}')")
    database.execute("INSERT INTO entries VALUES (78, 'note', '{\"id\": 78}')")
    rule = {"rule": "FREQ=NEVER", "start": "2026-03-02T12:00:00", "zone": "UTC"}
    since = {"boot_id": "x", "boot": 0, "wall": 0, "serial": 0}
    reminder = {"id": 79, "text": "x", "when": rule, "since": since}
    database.execute("INSERT INTO entries VALUES (79, 'reminder', ?)", [json.dumps(reminder)])
    alarm = {"id": 80, "at": "07:00:00", "zone": "Atlantis", "since": since, "days": [0, 9]}
    database.execute("INSERT INTO entries VALUES (80, 'alarm', ?)", [json.dumps(alarm)])
    database.execute("UPDATE meta SET data = 'nonsense' WHERE name = 'clock'")
    database.commit()
    database.close()
    store, agenda = opened(tmp_path / NAME)
    assert [note.text for note in agenda.view().notes] == ["fine"]
    assert store.unreadable == 2
    assert [entry.kind for _, entry in agenda.view().upcoming()] == ["alarm"]
    agenda.due()
    assert agenda.apply(AddNote("new")).entries[0].id == 81
    store.close()


def test_a_file_of_a_newer_version_is_left_alone(tmp_path):
    store, _ = opened(tmp_path / NAME)
    store.close()
    database = sqlite3.connect(tmp_path / NAME)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StateError, match="newer"):
        opened(tmp_path / NAME)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_an_older_file_is_brought_up_to_date_step_by_step(tmp_path):
    store, agenda = opened(tmp_path / NAME)
    agenda.apply(AddNote("old"))
    store.close()

    def second(database: sqlite3.Connection) -> None:
        database.execute("ALTER TABLE entries ADD COLUMN colour TEXT")

    def broken(database: sqlite3.Connection) -> None:
        database.execute("DROP TABLE entries")
        raise sqlite3.OperationalError("the power failed here")

    with pytest.raises(StorageError):
        opened(tmp_path / NAME, migrations=(*MIGRATIONS, second, broken))
    database = sqlite3.connect(tmp_path / NAME)
    assert database.execute("PRAGMA user_version").fetchone() == (2,)
    assert database.execute("SELECT kind, colour FROM entries").fetchall() == [("note", None)]
    database.close()


def test_a_folder_that_can_not_be_written_is_said(tmp_path):
    (tmp_path / NAME).mkdir()
    with pytest.raises((StorageError, OSError)):
        opened(tmp_path / NAME)


# -- a full disk -------------------------------------------------------------------------------


def test_a_full_disk_refuses_the_change_and_keeps_everything_else(tmp_path):
    path = tmp_path / NAME
    store, agenda = opened(path)
    agenda.apply(SetTimer(600.0, "pasta"))
    [[pages]] = store._database.execute("PRAGMA page_count").fetchall()
    store._database.execute(f"PRAGMA max_page_count = {pages}")
    before = agenda.view().entries
    codes: list[str] = []
    for _ in range(2):  # a free page may be left for the first
        try:
            agenda.apply(AddNote("x" * 4000))
        except AgendaError as fault:
            codes.append(fault.code)
    assert set(codes) == {"agenda_storage"}
    left = {id_: e for id_, e in agenda.view().entries.items() if e.kind != "note"}
    assert left == {id_: e for id_, e in before.items() if e.kind != "note"}
    kept = agenda.view().entries
    store._database.execute("PRAGMA max_page_count = 100000")
    agenda.apply(AddNote("there is room again"))
    store.close()
    store, agenda = opened(path)
    assert {id_: e for id_, e in agenda.view().entries.items() if id_ in kept} == kept
    assert [note.text for note in agenda.view().notes][-1] == "there is room again"
    store.close()


# -- kill -9 -----------------------------------------------------------------------------------

KILLS = 180
AT_ONCE = 3
"""Tests that share the kills; each has a file of its own."""


class Writer:
    """The process of ``agenda_writer``, read line by line."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "agenda_writer.py"), str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def round(self, kill_after_s: float) -> Iterator[tuple[str, dict[str, Any]]]:
        """Let it write, kill it, and yield what it said."""
        stdin, stdout = self._pipes()
        stdin.write(b"go\n")
        stdin.flush()
        pid = 0
        for line in stdout:
            word, _, rest = line.decode().strip().partition(" ")
            if word == "ended":
                return
            if word == "pid":
                pid = int(rest)
                timer = threading.Timer(kill_after_s, os.kill, (pid, signal.SIGKILL))
                timer.start()
            else:
                yield word, json.loads(rest)
        raise AssertionError("the writer ended by itself")

    def close(self) -> None:
        """End it."""
        stdin, stdout = self._pipes()
        stdin.close()
        self.process.wait(10)
        stdout.close()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self.process.stdin
        assert self.process.stdout
        return self.process.stdin, self.process.stdout


@pytest.mark.parametrize("part", range(AT_ONCE))
def test_nothing_acknowledged_is_lost_however_often_the_writer_is_killed(tmp_path, part):
    path = tmp_path / NAME
    writer = Writer(path)
    chance = random.Random(part)
    kept: dict[int, str] = {}
    acknowledged = 0
    for _ in range(KILLS // AT_ONCE):
        pending: dict[str, Any] = {}
        for word, about in writer.round(chance.uniform(0.0, 0.15)):
            if word == "do":
                pending = about
                continue
            pending = {}
            acknowledged += 1
            if about["name"] is None:
                del kept[about["id"]]
            else:
                kept[about["id"]] = about["name"]
        store, agenda = opened(path)
        assert store.set_aside is None
        assert store.unreadable == 0
        found = {
            id_: str(getattr(entry, "name", None) or getattr(entry, "text", None))
            for id_, entry in agenda.view().entries.items()
            if id_ not in BUILT_IN
        }
        store.close()
        # What it was about to do when it died may have been done or not, and nothing else.
        if found != kept:
            assert pending, found.items() ^ kept.items()
            new = {id_: name for id_, name in found.items() if kept.get(id_) != name}
            lost = set(kept) - set(found)
            assert new == {} or list(new.values()) == [pending.get("set", pending.get("name"))]
            assert lost == set() or lost == {pending.get("remove")}
            assert len(new) + len(lost) == 1
        kept = found
    writer.close()
    assert acknowledged > 2 * KILLS // AT_ONCE, "it was killed at work, not before"


# -- the machine's clocks ----------------------------------------------------------------------


def test_the_clocks_of_this_machine_run():
    clocks = SystemClocks()
    first = clocks.boot()
    assert clocks.boot() >= first > 0
    assert clocks.boot_id() == SystemClocks().boot_id()
    assert isinstance(clocks.synced(), bool)


def test_the_kernel_is_believed_before_a_file_is(tmp_path):
    mark = tmp_path / "synchronized"
    for kernel, there, expected in [
        (True, False, True),
        (False, True, False),
        (None, True, True),
        (None, False, False),
    ]:
        mark.touch() if there else mark.unlink(missing_ok=True)
        clocks = SystemClocks(synchronized=mark, kernel=lambda known=kernel: known)
        assert clocks.synced() is expected


def test_the_kernel_says_so_or_says_nothing():
    assert kernel_synced() in (True, False, None)
    assert STA_UNSYNC == 64


def test_without_a_name_of_the_boot_each_start_counts_as_one(tmp_path):
    missing = tmp_path / "boot_id"
    assert SystemClocks(boot_id=missing).boot_id() != SystemClocks(boot_id=missing).boot_id()
    missing.write_text("abc\n")
    assert SystemClocks(boot_id=missing).boot_id() == "abc"
