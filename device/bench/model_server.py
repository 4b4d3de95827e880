"""A language model that says the same things at a known pace: OpenAI's chat completions on loopback.

It has a thread and a loop of its own, so that it keeps time whatever the assistant's loop does.
"""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import dataclass
from itertools import cycle
from types import TracebackType
from typing import Any, Self

NAME = "bench"
"""What the model is called."""

REPLIES = (
    "That is a good question with a short answer. It depends on what you have at hand and on how much time there is.",
    "There are two good ways to think about this. Most people take the first one because it is simple and nearly always right.",
    "The short answer is easier than many people think. You begin with what you know and then take one small step more.",
    "People have asked this for several hundred years now. The best answer so far came from somebody who had looked very closely.",
)
"""Nine words in each first sentence; about 25 in all. Replies take turns."""

MAX_BODY = 1_000_000
"""Bytes of the largest request that is read."""


@dataclass
class Pace:
    """How fast the model is; may be changed between requests."""

    first_s: float = 0.05
    """Seconds to the first token."""
    token_s: float = 0.02
    """Seconds from each token to the next; a token is a word here."""


class ModelServer:
    """The server; a context manager."""

    def __init__(self) -> None:
        self.pace = Pace()
        self.url = ""
        """What to set as ``model.base_url``; known inside the block."""
        self._replies = cycle(REPLIES)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="bench-model", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if not self.url:
            raise OSError("no port on 127.0.0.1 could be opened")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop and self._stop:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        """Serve until told to stop; ending the loop cancels the connections that are open."""
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        self._ready.set()
        await self._stop.wait()
        server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            pass  # the client hung up, which is how requests are cancelled, or is no client of ours
        except asyncio.CancelledError:
            pass  # the server stops; asyncio would report it as an error of this connection
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the connection goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request, *lines = head.split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines)
        }
        length = int(headers.get("content-length", "0"))
        if not 0 <= length <= MAX_BODY:
            return False
        body = json.loads(await reader.readexactly(length) or b"{}")
        if not request.startswith("POST /v1/chat/completions ") or not isinstance(body, dict):
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return True
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        await self._say(writer, body)
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _say(self, writer: asyncio.StreamWriter, body: dict[str, Any]) -> None:
        """Send a reply token by token, each when it is due."""
        loop = asyncio.get_running_loop()
        limit = body.get("max_tokens")
        words = next(self._replies).split(" ")
        if isinstance(limit, int):
            words = words[:limit]
        due = loop.time() + self.pace.first_s
        await _send(writer, {"role": "assistant", "content": ""})
        for number, word in enumerate(words):
            await asyncio.sleep(due - loop.time())
            due += self.pace.token_s
            await _send(writer, {"content": f" {word}" if number else word})
        await _send(writer, {}, "stop")
        _write(writer, b"data: [DONE]\n\n")


async def _send(
    writer: asyncio.StreamWriter, delta: dict[str, Any], reason: str | None = None
) -> None:
    """Send one piece of an answer."""
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    piece = {"id": "bench", "object": "chat.completion.chunk", "model": NAME, "choices": [choice]}
    _write(writer, b"data: " + json.dumps(piece).encode() + b"\n\n")
    await writer.drain()


def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(b"%x\r\n%b\r\n" % (len(data), data))
