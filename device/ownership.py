"""One process owns the state: a lock that says so, and a socket through which others act.

The socket speaks one JSON object a line: ``{"do": "ask", "text": "…"}`` is answered by one such
object, or by ``{"error": {"code", "message"}}``.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from device.paths import ensure_dir
from voice.errors import SaysoError, StateError

log = logging.getLogger(__name__)

LINE_LIMIT = 64 * 1024
"""Bytes of one request or answer."""

ANSWER_S = 60.0
"""Seconds that a command waits for the running assistant."""

Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


@contextmanager
def owning(state: Path) -> Generator[None]:
    """Hold the lock of a state folder for a block; raises StateError when another process does.

    The kernel lets go of it when the process ends, however it ends.
    """
    with (ensure_dir(state) / "lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            pid = lock.read().strip() or "unknown"
            raise StateError(
                f"sayso is running already (process {pid}); stop it first, or use another $SAYSO_STATE"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


@asynccontextmanager
async def serving(path: Path, handle: Handler) -> AsyncGenerator[None]:
    """Answer other commands' requests on a socket during a block; the lock must be held."""
    _remove(path)
    clients: set[asyncio.StreamWriter] = set()

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clients.add(writer)
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await _answer(line, handle)).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError, asyncio.LimitOverrunError):
            pass  # the other side is gone, or sent a line without an end
        finally:
            clients.discard(writer)
            writer.close()

    old_mask = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(client, path, limit=LINE_LIMIT)
    finally:
        os.umask(old_mask)
    try:
        async with server:
            try:
                yield
            finally:  # from Python 3.12 on the server waits for those who do not hang up
                for writer in tuple(clients):
                    writer.close()
    finally:
        _remove(path)


def _remove(path: Path) -> None:
    """Remove a socket, also one left behind by a process that was killed."""
    path.unlink(missing_ok=True)


async def _answer(line: bytes, handle: Handler) -> dict[str, Any]:
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            raise TypeError
    except (ValueError, TypeError, RecursionError):
        return {"error": {"code": "usage", "message": "a request is one JSON object on a line"}}
    try:
        return await handle(request)
    except SaysoError as fault:
        return {"error": {"code": fault.code, "message": str(fault)}}
    except Exception as fault:  # the other command is told, and the next one is answered
        log.exception("a request failed")
        message = f"internal error: {type(fault).__name__}; the running sayso's log has more"
        return {"error": {"code": "internal", "message": message}}


class RunningAssistant:
    """The assistant that owns the state, seen from another process."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")

    def do(self, what: str, **details: Any) -> dict[str, Any]:
        """Ask for one thing and return the answer; raises StateError with its message."""
        request = json.dumps({"do": what, **details}).encode() + b"\n"
        if len(request) > LINE_LIMIT:  # the other side would hang up
            raise StateError(
                f"too long for the running sayso: {len(request)} of {LINE_LIMIT} bytes"
            )
        try:
            self._connection.sendall(request)
            line = self._lines.readline()
        except OSError as fault:
            raise StateError(f"the running sayso does not answer ({fault})") from fault
        if not line:
            raise StateError("the running sayso closed the connection")
        answer: dict[str, Any] = json.loads(line)
        if fault := answer.get("error"):
            raise StateError(fault["message"])
        return answer

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._connection.close()


@contextmanager
def running(path: Path) -> Generator[RunningAssistant | None]:
    """Reach the assistant that listens on a socket; None when there is none."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(ANSWER_S)
    try:
        connection.connect(str(path))
    except OSError:  # no socket, or one left behind by a process that was killed
        connection.close()
        yield None
        return
    assistant = RunningAssistant(connection)
    try:
        yield assistant
    finally:
        assistant.close()
