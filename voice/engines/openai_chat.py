"""Any server that speaks OpenAI's chat completions: the vendor's own, Ollama, llama.cpp, vLLM.

The library is imported when the first request is made, in a thread: it takes 0.8 s. Its retries are
off and nothing is waited for longer than connecting takes; ``voice.brain`` keeps the time of the
rest. What a server sends is bounded in every way before it is read.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from voice.chat import Finished, Message, ModelPart, TextDelta, ToolSpec, Working
from voice.engines.openai_calls import Calls
from voice.engines.openai_faults import Bounds, mended, retry_after_s
from voice.errors import BrainError, BrokenStreamError

if TYPE_CHECKING:
    from httpx2 import AsyncClient
    from openai import AsyncOpenAI, AsyncStream

log = logging.getLogger(__name__)

VENDOR = "https://api.openai.com/v1"
CONNECT_S = 5.0
WARM_S = 60.0
"""A server on this machine may load the model first."""
KEEP_CONNECTION_S = 60.0
"""Between two requests; a new TLS connection costs 100 to 200 ms."""
MAX_TEXT_CHARS = 20_000
"""Some 25 minutes of speech; what comes after is cut off."""
SHORT_WAIT_S = 2.0
"""Told to come back within this time, we do, once."""
NO_KEY = "none"
"""Sent where no key is needed: the library insists on one."""


class OpenAIChat:
    """One model at one server."""

    def __init__(
        self,
        name: str,
        *,
        base_url: str | None = None,
        key: str | None = None,
        offers_tools: bool = True,
        shown_as: str | None = None,
        reads_ahead: bool = False,
    ) -> None:
        """``base_url`` ends in /v1, None is the vendor's own; ``shown_as`` is a name for people.

        ``reads_ahead``: the server is ours alone and keeps the prompt it read last, so it is worth
        showing it the prompt before there is a request.
        """
        self._name = name
        self._shown_as = shown_as or name
        self._base_url = (base_url or VENDOR).rstrip("/")
        self._vendor = base_url is None
        self._key = key
        self._offers_tools = offers_tools
        self._reads_ahead = reads_ahead
        self._http: AsyncClient | None = None
        self._client: AsyncOpenAI | None = None
        self._loading = threading.Lock()
        address = urlsplit(self._base_url)
        self.where = address.netloc.rpartition("@")[2]
        """Host and port, for messages."""
        self._local = address.hostname in ("127.0.0.1", "localhost", "::1")

    @property
    def name(self) -> str:
        """The model's name."""
        return self._shown_as

    @property
    def local(self) -> bool:
        """Whether the server is on this machine."""
        return self._local

    @property
    def offers_tools(self) -> bool:
        """Whether tools are offered to it."""
        return self._offers_tools

    async def warm(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> None:
        """Open the connection; a server that reads ahead also loads the model and reads the prompt.

        To one far away nothing is sent but a request for nothing, without key and words; to another
        on this machine, where connecting takes no time, nothing at all.
        """
        with suppress(Exception):  # the request that matters will say what is wrong
            await self._connect()
            if self._local and not self._reads_ahead:
                return
            async with asyncio.timeout(WARM_S if self._local else CONNECT_S):
                if self._http and not self._local:
                    async with self._http.stream("HEAD", self._base_url):
                        return
                hello = [*messages, {"role": "user", "content": "Hello"}]
                async for _ in self.stream(hello, tools, max_tokens=1):
                    pass

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client:
            await client.close()

    async def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec], *, max_tokens: int
    ) -> AsyncGenerator[ModelPart, None]:
        """Ask, and yield the answer as it comes; see ``voice.chat.Model``."""
        stream = await self._open(_body(messages, tools, max_tokens, self._vendor))
        calls = Calls()
        chars = 0
        reason = ""
        try:
            async for chunk in _guarded(stream, self.where):
                choice = _first(getattr(chunk, "choices", None))
                delta = getattr(choice, "delta", None)
                text = getattr(delta, "content", None)
                if isinstance(text, str) and text:
                    text = text[: MAX_TEXT_CHARS - chars]
                    chars += len(text)
                    yield TextDelta(text)
                if calls.feed(getattr(delta, "tool_calls", None)) or _reasons(delta):
                    yield Working()
                reason = getattr(choice, "finish_reason", None) or ""
                if chars >= MAX_TEXT_CHARS or calls.full:
                    reason = "length"
                if reason:
                    break
            if not reason:
                raise BrokenStreamError(
                    f"{self.where}: the answer broke off; is it an OpenAI-compatible server?"
                )
            for call in calls.complete() if reason != "length" else ():
                yield call
            yield Finished(str(reason)[:40])
            await _drain(stream)
        finally:
            await stream.close()

    async def _connect(self) -> AsyncOpenAI:
        return self._client or await asyncio.to_thread(self._load)

    def _load(self) -> AsyncOpenAI:
        """Import the library and make a client; seconds on a small device. Runs in a thread.

        Who waits for it may be cancelled; what was loaded is kept for the next.
        """
        with self._loading:
            self._client = self._client or self._made()
            return self._client

    def _made(self) -> AsyncOpenAI:
        import httpx2
        from openai import AsyncOpenAI

        bounds = Bounds(self.where)
        self._http = httpx2.AsyncClient(
            event_hooks={"response": [bounds.hold]},
            limits=httpx2.Limits(keepalive_expiry=KEEP_CONNECTION_S),
            trust_env=not self._local,  # a proxy must not get between us and ourselves
        )
        return AsyncOpenAI(
            api_key=self._key or NO_KEY,
            base_url=self._base_url,
            max_retries=0,
            timeout=httpx2.Timeout(None, connect=CONNECT_S),
            http_client=self._http,
            # Bounds are checked before decoding: a compressed answer could grow a thousandfold.
            default_headers={"Accept-Encoding": "identity"},
        )

    async def _open(self, body: dict[str, Any]) -> AsyncStream[Any]:
        """Send the request and return the answer's stream; raises BrainError.

        Tries once more at once when a kept connection turns out to be dead, and after a moment when
        the server asks for a moment.
        """
        for attempt in (1, 2):
            try:
                client = await self._connect()
                stream = await client.chat.completions.create(**body, model=self._name, stream=True)
                return cast("AsyncStream[Any]", stream)
            except Exception as fault:  # whatever a server sends, only BrainError comes out
                wait_s = retry_after_s(fault)
                if attempt == 1 and wait_s is not None and wait_s <= SHORT_WAIT_S:
                    await asyncio.sleep(wait_s)
                    continue
                raise mended(fault, self.where, self._name) from None
        raise AssertionError("unreachable")


def _body(
    messages: Sequence[Message], tools: Sequence[ToolSpec], max_tokens: int, vendor: bool
) -> dict[str, Any]:
    """Return the request as the API wants it."""
    # The vendor's newer models refuse the old name, and older servers do not know the new one.
    bound = "max_completion_tokens" if vendor else "max_tokens"
    body: dict[str, Any] = {"messages": list(messages), bound: max_tokens}
    if tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.parameters,
                },
            }
            for tool in tools
        ]
    return body


async def _guarded(stream: AsyncStream[Any], where: str) -> AsyncIterator[Any]:
    """Yield the chunks of an answer; whatever goes wrong becomes a BrainError."""
    try:
        async for chunk in stream:
            yield chunk
    except Exception as fault:  # whatever a server sends, only BrainError comes out
        if isinstance(fault, BrainError):
            raise
        raise mended(fault, where, "", streaming=True) from None


async def _drain(stream: AsyncStream[Any]) -> None:
    """Read what follows the end, so that the connection can be used again; but not for long."""
    with suppress(Exception):  # the answer is complete, nothing after it matters
        async with asyncio.timeout(0.2):
            async for _ in stream:
                pass


def _first(items: object) -> object:
    return cast("list[object]", items)[0] if isinstance(items, list) and items else None


def _reasons(delta: object) -> bool:
    """Whether a delta carries reasoning; servers have two names for it."""
    return any(
        isinstance(text := getattr(delta, name, None), str) and text
        for name in ("reasoning_content", "reasoning")
    )
