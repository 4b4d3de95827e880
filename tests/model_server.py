"""A scripted model server: OpenAI's chat completions over real HTTP on loopback.

    with ModelServer(says("Paris."), fails(429)) as server:
        OpenAIChat("m", base_url=server.url)

Each request takes the next reply of the script, the last one for ever; or a function makes the reply
from the request. The server runs in a thread with a loop of its own, so that it keeps real time
whatever the test's loop does. It records what was asked, and when the client hung up.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Wait:
    """Send nothing for some seconds."""

    seconds: float


class Reset:
    """Reset the connection."""


class Cut:
    """Close the connection in the middle of the answer."""


class Hang:
    """Send nothing more until the client hangs up."""


Step = bytes | Wait | Reset | Cut | Hang


@dataclass(frozen=True)
class Reply:
    """An answer: status and headers, then steps; ``before`` comes ahead of the headers."""

    steps: Sequence[Step] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})
    before: Sequence[Step] = ()


def event(data: object) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def chunk(delta: dict[str, Any], reason: str | None = None) -> bytes:
    """One piece of an answer."""
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return event({"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [choice]})


DONE = b"data: [DONE]\n\n"
ROLE = chunk({"role": "assistant", "content": ""})
END = chunk({}, "stop") + DONE


def says(text: str, *, first_s: float = 0.0, between_s: float = 0.0) -> Reply:
    """An answer, word by word: the first after ``first_s``, ``between_s`` between any two."""
    steps: list[Step] = [ROLE, Wait(first_s)]
    for at, word in enumerate(text.split(" ")):
        steps += [Wait(between_s)] if at else []
        steps.append(chunk({"content": f" {word}" if at else word}))
    return Reply([*steps, END])


def calls(*wanted: tuple[str, str], text: str = "", pieces: int = 3) -> Reply:
    """Tool calls (name, arguments), the arguments split over several chunks."""
    steps: list[Step] = [ROLE]
    if text:
        steps.append(chunk({"content": text}))
    for at, (name, arguments) in enumerate(wanted):
        head = {"index": at, "id": f"id{at}", "type": "function"}
        steps.append(chunk({"tool_calls": [{**head, "function": {"name": name, "arguments": ""}}]}))
        size = max(1, -(-len(arguments) // pieces))
        for begin in range(0, len(arguments), size):
            function = {"arguments": arguments[begin : begin + size]}
            steps.append(chunk({"tool_calls": [{"index": at, "function": function}]}))
    return Reply([*steps, chunk({}, "tool_calls") + DONE])


def fails(
    status: int,
    *,
    code: str | None = None,
    message: str = "no",
    headers: dict[str, str] | None = None,
) -> Reply:
    """An error as such servers send it."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": code}}).encode()
    return Reply([body], status, {"Content-Type": "application/json", **(headers or {})})


def sends(*steps: Step, kind: str = "text/event-stream") -> Reply:
    """Any bytes, waits and mishaps after good headers."""
    return Reply(steps, headers={"Content-Type": kind})


@dataclass
class Request:
    """What a client sent, and what became of it."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    began: float
    hung_up: threading.Event = field(default_factory=threading.Event)
    """Set when the client closed the connection before the answer was complete."""
    hung_up_at: float | None = None
    """On ``time.monotonic``, as ``began``."""
    connection: int = 0
    """Requests on the same connection have the same number."""

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages that were sent."""
        return self.body["messages"]


class ModelServer:
    """The server; a context manager."""

    def __init__(self, *script: Reply, answering: Callable[[Request], Reply] | None = None) -> None:
        """Replies in their order, or a function that makes one."""
        self._script = list(script)
        self._answering = answering
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="model-server", daemon=True)
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self._connections = 0
        self.port = 0
        self.models: list[str] = ["scripted"]
        """What ``/v1/models`` lists."""
        self.pages: dict[str, Reply] = {}
        """Replies for other paths than completions."""
        self.requests: list[Request] = []
        """Requests for completions, in their order."""
        self._asked = threading.Event()

    @property
    def url(self) -> str:
        """What to set as ``base_url``."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> ModelServer:
        self._thread.start()
        self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def asked(self, within_s: float = 5.0) -> bool:
        """Wait until there has been a request."""
        return await asyncio.to_thread(self._asked.wait, within_s)

    async def hung_up(self, number: int = 0, within_s: float = 1.0) -> bool:
        """Wait until the client of a request has closed its connection."""
        return await asyncio.to_thread(self.requests[number].hung_up.wait, within_s)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        number = self._connections
        try:
            while request := await self._read(reader):
                request.connection = number
                good = await self._reply(request, reader, writer)
                if not good or request.headers.get("connection") == "close":
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Request | None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return Request(method, path, headers, json.loads(body or b"{}"), time.monotonic())

    async def _reply(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer; return whether the connection goes on."""
        if request.method == "POST" and request.path == "/v1/chat/completions":
            self.requests.append(request)
            self._asked.set()
            reply = self._next(request)
        elif request.path in self.pages:
            reply = self.pages[request.path]
        elif request.path == "/v1/models":
            listed = {"object": "list", "data": [{"id": name} for name in self.models]}
            reply = Reply(
                [json.dumps(listed).encode()], headers={"Content-Type": "application/json"}
            )
        else:
            reply = Reply([b"{}"], 404)
        sending = asyncio.ensure_future(self._send(reply, writer))
        listening = asyncio.ensure_future(reader.read(1))  # returns when the client hangs up
        listening.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait({sending, listening}, return_when=asyncio.FIRST_COMPLETED)
        if not sending.done() or isinstance(sending.exception(), ConnectionError):
            request.hung_up_at = time.monotonic()
            request.hung_up.set()
            sending.cancel()
            return False
        listening.cancel()
        await asyncio.wait({listening})
        return sending.result()

    def _next(self, request: Request) -> Reply:
        if self._answering:
            return self._answering(request)
        return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    async def _send(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        if not await self._steps(reply.before, writer, chunked=False):
            return False
        lines = [f"HTTP/1.1 {reply.status} Scripted", "Transfer-Encoding: chunked"]
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        if not await self._steps(reply.steps, writer, chunked=True):
            return False
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _steps(
        self, steps: Sequence[Step], writer: asyncio.StreamWriter, *, chunked: bool
    ) -> bool:
        """Carry out the steps; return whether the connection is still good."""
        for step in steps:
            if isinstance(step, bytes):
                writer.write(b"%x\r\n%b\r\n" % (len(step), step) if chunked and step else step)
                await writer.drain()
            elif isinstance(step, Wait):
                if step.seconds:
                    await asyncio.sleep(step.seconds)
            elif isinstance(step, Hang):
                await asyncio.Event().wait()
            else:
                if isinstance(step, Reset):
                    linger = struct.pack("ii", 1, 0)  # makes close() send RST
                    writer.get_extra_info("socket").setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, linger
                    )
                writer.transport.abort() if isinstance(step, Reset) else writer.close()
                return False
        return True
