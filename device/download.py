"""Download one file: streamed, resumed where it broke off, checked, put in place whole or not.

The bytes gather in ``NAME.part`` beside the target, which survives Ctrl-C, a cut connection and a
power failure; the server's ETag is kept next to it, so that a later run only goes on if the file
is still the same one.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import http.client
import os
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NoReturn
from urllib.parse import urlsplit

from voice.errors import ModelFileError, StorageError

Progress = Callable[[int, int | None], None]
"""Called with bytes done and bytes in all (None if unknown)."""

PAUSES_S = (1.0, 2.0, 4.0)
"""Seconds before each further try; one that gained `GAIN` bytes starts the row anew."""
GAIN = 1 << 20
STALL_S = 30.0
"""Seconds without a byte after which a connection is given up."""
SPARE_BYTES = 32 << 20
"""What must stay free on the disk."""
CHUNK = 1 << 18
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""HTTP statuses that another try may mend."""
_SHA256 = re.compile(r'"?([0-9a-f]{64})"?')
_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]*"')


class _AgainError(Exception):
    """One try failed in a way that the next one may not."""


def download(
    url: str,
    target: Path,
    *,
    size: int | None = None,
    sha256: str | None = None,
    progress: Progress = lambda done, total: None,
    sleep: Callable[[float], None] = time.sleep,
    stall_s: float = STALL_S,
) -> None:
    """Fetch `url` into `target`, whose folder exists.

    With `size` and `sha256` the file must match them. Without a hash the one in Hugging Face's
    ``X-Linked-Etag`` counts, if it is sent. Raises ModelFileError (not to be had, or wrong) or
    StorageError (no space, not writable); the part that arrived stays for the next run unless it
    was wrong or filled the disk.
    """
    with _storage(target), _Part(target) as part:
        from_scratch = part.size == 0
        while True:
            _fill(part, url, size, sha256, progress, sleep, stall_s)
            expected = sha256 or part.linked_sha256
            if expected is None or part.digest.hexdigest() == expected:
                break
            part.clear()
            if from_scratch:
                raise ModelFileError(f"{url}: the file is not the expected one (wrong SHA-256)")
            from_scratch = True  # the beginning may have been another file's: once more
        part.finish()


def put_in_place(temporary: Path, target: Path) -> None:
    """Give a finished file its name, so that it is there whole after a power failure."""
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    temporary.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def need_space(folder: Path, size: int) -> None:
    """Raise StorageError unless `size` bytes fit into `folder`'s disk and some stay free."""
    free = shutil.disk_usage(folder).free
    if size + SPARE_BYTES > free:
        raise StorageError(
            f"{folder}: {size / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free and "
            f"{SPARE_BYTES / 1e6:.0f} MB must stay so; make space, or name another disk with "
            "$XDG_CACHE_HOME"
        )


def _fill(
    part: _Part,
    url: str,
    size: int | None,
    sha256: str | None,
    progress: Progress,
    sleep: Callable[[float], None],
    stall_s: float,
) -> None:
    """Try until the part is whole, or the row of pauses is used up."""
    pauses = iter(PAUSES_S)
    while True:
        before = part.size
        try:
            _try_once(part, url, size, sha256, progress, stall_s)
        except _AgainError as reason:
            if part.size - before >= GAIN:
                pauses = iter(PAUSES_S)
            pause = next(pauses, None)
            if pause is None:
                raise ModelFileError(
                    f"{url}: {reason}; the {part.size / 1e6:.0f} MB that came are kept, run the "
                    "same command again to go on"
                ) from None
            sleep(pause)
        else:
            return


def _try_once(
    part: _Part, url: str, size: int | None, sha256: str | None, progress: Progress, stall_s: float
) -> None:
    if size is not None and part.size == size:
        return  # broke off between the last byte and the check
    if part.size and part.etag is None and sha256 is None:
        part.clear()  # nothing could tell whether the rest belongs to it
    headers = {"Accept-Encoding": "identity", "User-Agent": "sayso"}
    if part.size:
        headers["Range"] = f"bytes={part.size}-"
        if part.etag:
            headers["If-Range"] = part.etag
    redirects = _Redirects()
    opener = urllib.request.build_opener(redirects)
    try:
        response = opener.open(urllib.request.Request(url, headers=headers), timeout=stall_s)
    except urllib.error.HTTPError as error:
        error.close()
        _refused(part, url, error)
    except (OSError, http.client.HTTPException) as error:
        raise _AgainError(f"no connection ({_reason(error)})") from error
    with response:
        part.linked_sha256 = _linked(response.headers) or redirects.linked_sha256
        total = _begin(part, url, response, size)
        need_space(part.path.parent, max(0, (total or 0) - part.size))
        _copy(part, response, total, progress)


def _refused(part: _Part, url: str, error: urllib.error.HTTPError) -> NoReturn:
    if error.code == 416:
        part.clear()
        raise _AgainError("what was fetched before does not fit")
    if error.code in _PASSING:
        raise _AgainError(f"the server says {error.code} {error.reason}")
    raise ModelFileError(f"{url}: the server says {error.code} {error.reason}")


def _begin(part: _Part, url: str, response: Any, size: int | None) -> int | None:
    """Read the answer's head, rewind the part if it starts anew; the file's whole length."""
    if response.status == 206:
        start, whole = _content_range(response.headers.get("Content-Range", ""))
        if start != part.size:
            part.clear()
            raise _AgainError("the server went on at another place")
        total = whole
    else:
        part.clear()
        length = response.headers.get("Content-Length", "")
        total = int(length) if length.isdecimal() else None
    if size is not None and total is not None and total != size:
        part.clear()
        raise ModelFileError(f"{url}: has {total} bytes instead of {size}, so it is another file")
    part.remember_etag(response.headers.get("ETag", ""))
    return total if total is not None else size


def _copy(part: _Part, response: Any, total: int | None, progress: Progress) -> None:
    progress(part.size, total)
    while True:
        try:
            chunk = response.read1(CHUNK)
        except (OSError, http.client.HTTPException) as error:
            raise _AgainError(f"the download broke off ({_reason(error)})") from error
        if not chunk:
            break
        part.append(chunk)
        if total is not None and part.size > total:
            part.clear()
            raise _AgainError("the server sent more than it announced")
        progress(part.size, total)
    if total is not None and part.size < total:
        raise _AgainError(f"the download broke off at {part.size} of {total} bytes")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follow redirects, but never from https to http; keep the hash that the first answer names.

    Hugging Face sends ``X-Linked-Etag`` with the redirect, not with the file that it leads to.
    """

    linked_sha256: str | None = None

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Build the next request; None refuses the redirect."""
        if req.type == "https" and urlsplit(newurl).scheme != "https":
            return None
        self.linked_sha256 = self.linked_sha256 or _linked(headers)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Part:
    """``NAME.part``: what has arrived so far, its running hash, and the ETag it belongs to."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path = target.with_name(target.name + ".part")
        self.linked_sha256: str | None = None
        self.digest = hashlib.sha256()
        self.size = 0
        self._etag_path = target.with_name(target.name + ".part.etag")

    def __enter__(self) -> _Part:
        self._stream = self.path.open("a+b")
        self._stream.seek(0)
        while chunk := self._stream.read(CHUNK):
            self.digest.update(chunk)
            self.size += len(chunk)
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        if self.size == 0:
            self.path.unlink(missing_ok=True)
            self._etag_path.unlink(missing_ok=True)

    @property
    def etag(self) -> str | None:
        try:
            text = self._etag_path.read_text("latin-1")
        except OSError:
            return None
        return text if _STRONG_ETAG.fullmatch(text) else None

    def remember_etag(self, etag: str) -> None:
        if _STRONG_ETAG.fullmatch(etag):
            self._etag_path.write_text(etag, "latin-1")
        else:
            self._etag_path.unlink(missing_ok=True)

    def append(self, chunk: bytes) -> None:
        self._stream.write(chunk)
        self._stream.flush()
        self.digest.update(chunk)
        self.size += len(chunk)

    def clear(self) -> None:
        self._stream.truncate(0)
        self.digest = hashlib.sha256()
        self.size = 0

    def finish(self) -> None:
        put_in_place(self.path, self.target)
        self._etag_path.unlink(missing_ok=True)


@contextlib.contextmanager
def _storage(target: Path) -> Iterator[None]:
    """Turn errors of the disk into StorageError; a part that filled the disk is removed."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            with contextlib.suppress(OSError):
                target.with_name(target.name + ".part").unlink(missing_ok=True)
            raise StorageError(
                f"{target.parent}: the disk is full; what was downloaded was removed; make space "
                "and run the same command again"
            ) from error
        raise StorageError(f"{target.parent}: can't be written ({error.strerror})") from error


def _linked(headers: http.client.HTTPMessage) -> str | None:
    match = _SHA256.fullmatch(headers.get("X-Linked-Etag", ""))
    return match.group(1) if match else None


def _content_range(value: str) -> tuple[int | None, int | None]:
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", value.strip())
    if match is None:
        return None, None
    return int(match[1]), None if match[2] == "*" else int(match[2])


def _reason(error: BaseException) -> str:
    """Say in a word or two why a connection failed."""
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(inner, TimeoutError):
        return "no answer in time"
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror
    return str(inner) or type(inner).__name__
