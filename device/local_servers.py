"""Model servers that may run on this machine already: Ollama, llama.cpp."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PROBE_S = 0.5
MAX_LIST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server on 127.0.0.1 that speaks OpenAI's protocol."""

    name: str
    port: int
    mend: str
    """What to do when it lacks a model."""

    @property
    def url(self) -> str:
        """Its base_url."""
        return f"http://127.0.0.1:{self.port}/v1"


SERVERS = (
    LocalServer("Ollama", 11434, "`ollama pull` one, or set model.name to one of `ollama list`"),
    LocalServer("llama.cpp", 8080, "start it with one, or leave model.name empty"),
)
"""In the order in which they are taken, at their usual ports."""


async def probe(server: LocalServer) -> list[str] | None:
    """Return the names of a server's models, or None when no such server answers within 0.5 s."""
    try:
        async with asyncio.timeout(PROBE_S):
            return _names(await _get(server.port, "/v1/models"))
    except (OSError, TimeoutError, ValueError, RecursionError):
        return None


def pick(names: Sequence[str], wanted: str | None) -> str | None:
    """Return the wanted model's full name, or the first that can talk; None when there is none.

    Ollama calls a model ``name:tag``, and ``name`` alone means ``name:latest``.
    """
    if wanted:
        return next((name for name in names if name in (wanted, f"{wanted}:latest")), None)
    return next((name for name in names if "embed" not in name.lower()), None)


async def _get(port: int, path: str) -> bytes:
    """Return the body of a page on this machine; raises OSError or ValueError.

    By hand: it takes no proxy from the environment and follows no redirect.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(
            f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
        )
        answer = bytearray()
        while piece := await reader.read(65536):
            answer += piece
            if len(answer) > MAX_LIST_BYTES:
                raise ValueError("too long")
    finally:
        writer.close()
    head, _, body = bytes(answer).partition(b"\r\n\r\n")
    status, *headers = head.split(b"\r\n")
    if b" 200" not in status[:13]:
        raise ValueError("not found")
    if any(line.lower().replace(b" ", b"") == b"transfer-encoding:chunked" for line in headers):
        return _unchunked(body)
    return body


def _unchunked(body: bytes) -> bytes:
    """Return a body without its chunk marks; some servers chunk although HTTP/1.0 has none."""
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        if length <= 0:
            break
        whole, body = whole + rest[:length], rest[length + 2 :]
    return whole


def _names(body: bytes) -> list[str]:
    """Return the names in ``{"data": [{"id": …}, …]}``; raises ValueError for anything else."""
    listed: Any = json.loads(body)
    models = listed.get("data") if isinstance(listed, dict) else None
    if models is None and isinstance(listed, dict) and "data" in listed:
        models = []  # Ollama without any model
    if not isinstance(models, list):
        raise ValueError("no list of models")
    names = [model.get("id") for model in models if isinstance(model, dict)]
    return [name for name in names if isinstance(name, str) and name and name.isprintable()]
