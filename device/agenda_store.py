"""The agenda on disk: one SQLite file, in which a change is there whole or not at all.

``synchronous=FULL`` in WAL mode: a commit returns when the kernel says that it is on the disk. A file
that is damaged is set aside with the date in its name, and a new one is begun.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from device.paths import ensure_dir
from voice.agenda.entries import FIRST_ID, Entry
from voice.agenda.paper import BY_KIND
from voice.agenda.store import Batch, Stored
from voice.agenda.timekeeping import SavedClock
from voice.errors import StateError, StorageError

log = logging.getLogger(__name__)

NAME = "agenda.db"
"""Its name in the state folder."""

WAL_MAX_BYTES = 1024 * 1024
"""Size to which the journal beside the file is cut back."""

BUSY_S = 5.0
"""Seconds to wait for another process that reads the file (a backup)."""

_CLOCK = TypeAdapter(SavedClock)

SIDES = ("", "-wal", "-shm")
"""What SQLite's three files end in."""


DAMAGE = ("malformed", "not a database", "encrypted", "unsupported", "no such")
"""What SQLite says of a file that is broken."""


def _first(database: sqlite3.Connection) -> None:
    database.execute(
        "CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, kind TEXT, data TEXT)"
    )
    database.execute("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, data TEXT)")


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_first,)
"""What leads from each version of the file to the next; ``PRAGMA user_version`` is how many were run."""


class SqliteAgendaStore:
    """Keeps the agenda in a file; implements ``voice.agenda.store.Store``."""

    def __init__(
        self,
        path: Path,
        *,
        wall: Callable[[], float],
        migrations: tuple[Callable[[sqlite3.Connection], None], ...] = MIGRATIONS,
    ) -> None:
        """Open or make the file; ``wall`` returns seconds since 1970, for the name of a damaged one.

        Raises StorageError if it can't be made, StateError if a newer version has written it.
        """
        self._path = path
        self._wall = wall
        self._migrations = migrations
        self.set_aside: Path | None = None
        """Where a damaged file was put; None: there was none."""
        self.unreadable = 0
        """Entries that could not be read by ``load``; they stay in the file."""
        for kind in BY_KIND:  # made now, so that the first change does not wait for it
            _adapter(kind)
        ensure_dir(path.parent)
        try:
            self._database = self._open()
        except sqlite3.DatabaseError as fault:
            if not _is_damage(fault):
                raise StorageError(f"{path}: can't be opened ({fault}); mend its rights") from fault
            self._database = self._begin_anew(fault)

    def load(self) -> Stored:
        """Return what is kept; an entry that can't be read is left where it is, and logged.

        Raises StateError if another process holds the file, or the disk does not answer.
        """
        try:
            rows, meta = self._rows()
        except sqlite3.DatabaseError as fault:
            if not _is_damage(fault):
                raise StateError(f"{self._path}: can't be read ({fault})") from fault
            self._database.close()
            self._database = self._begin_anew(fault)
            rows, meta = self._rows()
        entries: dict[int, Entry] = {}
        for id_, kind, data in rows:
            try:
                entry = _adapter(kind).validate_json(data)
                if entry.id != id_:
                    raise ValueError(f"it says that it is entry {entry.id}")
                entries[id_] = entry
            except (KeyError, ValueError) as fault:  # pydantic's errors are ValueErrors
                self.unreadable += 1
                log.warning("%s: entry %s (%s) can't be read: %s", self._path, id_, kind, fault)
        clock: SavedClock | None = None
        next_id = FIRST_ID
        with contextlib.suppress(KeyError, ValueError):
            next_id = int(meta["next_id"])
            clock = _CLOCK.validate_json(meta["clock"])
        # An id is never given twice, and certainly not one that is there.
        return Stored(entries, max(next_id, *(id_ + 1 for id_, _, _ in rows), FIRST_ID), clock)

    def save(self, batch: Batch) -> None:
        """Write a batch in one transaction; raises StorageError, and then nothing is written."""
        removed = [(id_,) for id_, entry in batch.entries.items() if entry is None]
        put = [
            (id_, entry.kind, _adapter(entry.kind).dump_json(entry).decode())
            for id_, entry in batch.entries.items()
            if entry is not None
        ]
        clock = _CLOCK.dump_json(batch.clock).decode()
        meta = [("next_id", str(batch.next_id)), ("clock", clock)]
        try:
            with _transaction(self._database):
                self._database.executemany("DELETE FROM entries WHERE id = ?", removed)
                self._database.executemany("REPLACE INTO entries VALUES (?, ?, ?)", put)
                self._database.executemany("REPLACE INTO meta VALUES (?, ?)", meta)
        except (sqlite3.Error, OverflowError) as fault:
            raise StorageError(f"{self._path}: not written ({fault}); is the disk full?") from fault

    def close(self) -> None:
        """Close the file; everything is on disk already."""
        self._database.close()

    def _rows(self) -> tuple[list[tuple[int, str, str]], dict[str, str]]:
        entries = self._database.execute("SELECT id, kind, data FROM entries ORDER BY id")
        return entries.fetchall(), dict(self._database.execute("SELECT name, data FROM meta"))

    def _begin_anew(self, fault: Exception) -> sqlite3.Connection:
        """Put a damaged file aside and begin another one."""
        self.set_aside = self._put_aside(fault)
        return self._open()

    def _open(self) -> sqlite3.Connection:
        """Open the file, look it through and bring it to the present version."""
        # SQLite gives its journal the rights of the file, so that is made first.
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        database = sqlite3.connect(
            self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        # One broken letter is no reason to lose a note, or all of them.
        database.text_factory = lambda data: data.decode("utf-8", "replace")
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            database.execute(f"PRAGMA journal_size_limit = {WAL_MAX_BYTES}")
            [[verdict], *_] = database.execute("PRAGMA quick_check(1)").fetchall()
            if verdict != "ok":
                raise sqlite3.DatabaseError(f"malformed: {verdict}")
            self._migrate(database)
        except BaseException:
            database.close()
            raise
        return database

    def _migrate(self, database: sqlite3.Connection) -> None:
        [[version]] = database.execute("PRAGMA user_version").fetchall()
        if version > len(self._migrations):
            raise StateError(
                f"{self._path}: written by a newer sayso (version {version} of the file); update this one"
            )
        for number, migrate in enumerate(self._migrations[version:], version + 1):
            with _transaction(database):  # a crash leaves the version before, whole
                migrate(database)
                database.execute(f"PRAGMA user_version = {number}")

    def _put_aside(self, fault: Exception) -> Path:
        """Rename a damaged file, its journal with it, and return its new name."""
        date = datetime.fromtimestamp(self._wall(), UTC).strftime("%Y-%m-%dT%H%M%SZ")
        aside = self._path.with_name(f"{self._path.name}.damaged-{date}")
        number = 1
        while aside.exists():
            number += 1
            aside = self._path.with_name(f"{self._path.name}.damaged-{date}-{number}")
        for side in SIDES:
            with contextlib.suppress(FileNotFoundError):
                Path(f"{self._path}{side}").replace(f"{aside}{side}")
        log.error("%s is damaged (%s); it was set aside as %s", self._path, fault, aside.name)
        return aside


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Run a block as one transaction."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(
            sqlite3.Error
        ):  # SQLite rolls back by itself when the disk is full
            database.execute("ROLLBACK")
        raise


def _is_damage(fault: sqlite3.DatabaseError) -> bool:
    """Whether the file itself is broken, and not its rights, its disk, or somebody's lock on it."""
    text = str(fault)
    return any(word in text for word in DAMAGE)


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    """Return what turns entries of a kind into JSON and back; KeyError for one we do not know."""
    return TypeAdapter({str(known): type_ for known, type_ in BY_KIND.items()}[kind])
