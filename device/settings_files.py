"""Writing a settings file so that neither a crash nor another program can spoil it."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from voice.errors import StateError, StorageError

LOCK_SECONDS = 5.0
"""How long to wait for another program that is changing a file in the same folder."""


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; raise `StorageError` if it can't be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder}: can't be made: {error.strerror}") from error


@contextmanager
def locked(folder: Path, patience_s: float | None = None) -> Iterator[None]:
    """Hold the folder's lock; on the folder itself, so that no lock file is left behind.

    Raises `StateError` when somebody else keeps it for ``patience_s`` seconds (`LOCK_SECONDS`).
    """
    patience_s = LOCK_SECONDS if patience_s is None else patience_s
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise StorageError(f"{folder}: can't be opened: {error.strerror}") from error
    try:
        deadline = time.monotonic() + patience_s
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StateError(
                        f"{folder}: another program has been changing the settings for "
                        f"{patience_s:g} s; try again or end it"
                    ) from None
                time.sleep(0.01)
        yield
        os.fsync(descriptor)  # the rename, too, must survive a power cut
    finally:
        os.close(descriptor)


def write(path: Path, text: str) -> None:
    """Replace a file in one step, keeping its mode and owner; raise `StorageError` if it fails."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        before = path.stat() if path.exists() else None
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            if before:
                if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
                    os.chown(descriptor, before.st_uid, before.st_gid)
                os.fchmod(descriptor, before.st_mode & 0o7777)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise StorageError(
            f"{path}: can't be written: {error.strerror}; mend its rights or name another "
            "file with --config"
        ) from error


def remove(path: Path) -> None:
    """Remove a file that was made by mistake; raise `StorageError` if it can't be."""
    try:
        path.unlink()
    except OSError as error:
        raise StorageError(f"{path}: can't be removed: {error.strerror}") from error
