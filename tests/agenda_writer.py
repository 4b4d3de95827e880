"""A process that changes an agenda on disk as fast as it can, and says what was acknowledged.

    python agenda_writer.py FILE

reads a line from standard input for each round, and forks a child for it (so that what takes long, the
imports, is done once). The child opens the file anew and changes it until it is killed. Lines out::

    pid 4711                            the child of this round
    do {"set": "w17"}                   what it is about to do
    did {"id": 12, "name": "w17"}       what was acknowledged; name null: removed
    ended                               the child is gone
"""

from __future__ import annotations

import json
import os
import random
import sys
from datetime import time
from pathlib import Path
from typing import Any

from device.agenda_store import SqliteAgendaStore
from device.clocks import SystemClocks
from voice.agenda import Agenda
from voice.agenda.changes import (
    AddItems,
    AddNote,
    Change,
    PauseTimers,
    Remove,
    Rename,
    SetAlarm,
    SetTimer,
)
from voice.agenda.entries import BUILT_IN, SHOPPING

MOST = 60
"""Entries from which on as many are removed as are set."""


def say(word: str, about: dict[str, Any]) -> None:
    """Write a line in one system call, so that none is cut in half."""
    os.write(1, f"{word} {json.dumps(about)}\n".encode())


def write(path: Path) -> None:
    """Change the agenda for ever."""
    clocks = SystemClocks()
    agenda = Agenda(SqliteAgendaStore(path, wall=clocks.wall), clocks)
    for number in range(10**9):
        kept = [id_ for id_ in agenda.view().entries if id_ not in BUILT_IN]
        name = f"{os.getpid()}-{number}"
        if kept and random.random() < (0.5 if len(kept) > MOST else 0.2):
            id_ = random.choice(kept)
            say("do", {"remove": id_})
            agenda.apply(Remove((id_,)))
            say("did", {"id": id_, "name": None})
        elif kept and random.random() < 0.4:
            id_ = random.choice(kept)
            say("do", {"rename": id_, "name": name})
            agenda.apply(Rename(id_, name))
            say("did", {"id": id_, "name": name})
        else:
            say("do", {"set": name})
            [entry] = agenda.apply(something(name)).entries
            if entry.kind == "timer":
                agenda.apply(PauseTimers((entry.id,)))
            say("did", {"id": entry.id, "name": name})


def something(name: str) -> Change:
    """Something new of that name."""
    return random.choice(
        [
            SetTimer(3600.0, name),
            SetAlarm(time(7), "Europe/Berlin", days=frozenset({0, 3}), name=name),
            AddNote(name),
            AddItems(SHOPPING.id, (name,)),
        ]
    )


def main() -> None:
    """Fork a child for each line."""
    path = Path(sys.argv[1])
    SqliteAgendaStore(
        path, wall=SystemClocks().wall
    ).close()  # what it caches, the children inherit
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            random.seed(os.getpid())
            write(path)
        os.write(1, f"pid {pid}\n".encode())
        os.waitpid(pid, 0)
        os.write(1, b"ended\n")


if __name__ == "__main__":
    main()
