"""A language model on the device itself: llama.cpp's server inside this process, and its client.

xllamacpp carries the server. It listens on a free port of 127.0.0.1 and wants a key that is made
anew at each start, so that no other user of the machine can use it. It keeps what it read last, and
reads only from the first change on; that is why ``warm`` shows it a prompt in advance.
"""

from __future__ import annotations

import http.client
import importlib
import json
import os
import secrets
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from voice.chat import Message, ModelPart, ToolSpec
from voice.engines.openai_chat import OpenAIChat
from voice.errors import ModelFileError, NoModelError
from voice.worker import Worker

CONTEXT_TOKENS = 4096
"""Room for prompt (300), history (1,500), tools and answer (400); more costs memory."""
TOOLS_FROM_PARAMETERS = 1_000_000_000
"""Smaller models write junk as soon as tools are mentioned to them."""
TEMPERATURE = 0.2
"""Small models wander off at the usual 0.8."""
REPEAT_PENALTY = 1.1
"""At 1.0 SmolLM2 says the same sentence until it is stopped, at 1.2 it loses the thread."""
REPEAT_TOKENS = 128
"""How far back a word counts as said before."""
SMALL_MODEL_TOKENS = 80
"""Models too small for tools do not know when to stop: this is some 20 seconds of speech."""
QUIET = -1
"""No log on standard error."""


class LlamaLocal:
    """A GGUF file, served and asked in this process."""

    def __init__(
        self, file: Path, *, threads: int | None = None, context_tokens: int = CONTEXT_TOKENS
    ) -> None:
        """Take a file; it is loaded by ``start``, ``warm`` or the first request.

        One processor is left to hearing and speaking: llama.cpp's threads wait for each other, and
        when one has to share, all are slow (SmolLM2 on two busy processors: 31 to 47 tokens a
        second with one thread, 1 to 13 with two).
        """
        self._file = file
        self._threads = threads or max(1, min(4, (os.cpu_count() or 1) - 1))
        self._context_tokens = context_tokens
        self._server: Any = None
        self._chat: OpenAIChat | None = None
        self._worker: Worker | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self._file.stem

    @property
    def local(self) -> bool:
        """True."""
        return True

    @property
    def offers_tools(self) -> bool:
        """Whether the model is large enough for tools and was trained with them; known once started."""
        return bool(self._chat and self._chat.offers_tools)

    async def start(self) -> None:
        """Load the model; raises ModelFileError. Does nothing when it is loaded."""
        await self._started()

    async def warm(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> None:
        """Load the model and have it read what requests begin with; raises ModelFileError."""
        chat = await self._started()
        await chat.warm(messages, tools if self.offers_tools else ())

    async def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec], *, max_tokens: int
    ) -> AsyncGenerator[ModelPart, None]:
        """Ask, and yield the answer as it comes; see ``voice.chat.Model``."""
        try:
            chat = await self._started()
        except ModelFileError as fault:
            raise NoModelError(str(fault)) from fault
        if not self.offers_tools:
            max_tokens = min(max_tokens, SMALL_MODEL_TOKENS)
        stream = chat.stream(messages, tools, max_tokens=max_tokens)
        try:
            async for part in stream:
                yield part
        finally:
            await stream.aclose()

    async def close(self) -> None:
        """Stop the server and give back its memory."""
        worker, self._worker = self._worker, None
        if worker:
            chat = await worker.call(self._stop)  # after a load that is still going on
            if chat:
                await chat.close()
            worker.close()

    async def _started(self) -> OpenAIChat:
        if self._chat:
            return self._chat
        self._worker = self._worker or Worker("llama")
        return await self._worker.call(self._load)

    def _load(self) -> OpenAIChat:
        """Start the server and ask it about its model. Runs in the thread.

        Who waits for it may be cancelled; what was loaded is kept for the next.
        """
        if self._chat:
            return self._chat
        key = secrets.token_urlsafe(32)
        self._server = _serve(self._file, key, self._threads, self._context_tokens)
        address: str = self._server.listening_address
        try:
            about = _ask(address, "/v1/models", key)["data"][0]["meta"]
            caps = _ask(address, "/props", key).get("chat_template_caps", {})
        except (OSError, ValueError, KeyError, IndexError, TypeError) as fault:
            raise ModelFileError(
                f"{self._file}: llama.cpp does not answer about it ({type(fault).__name__})"
            ) from fault
        large = about.get("n_params", 0) >= TOOLS_FROM_PARAMETERS
        self._chat = OpenAIChat(
            self._file.stem,
            base_url=f"{address}/v1",
            key=key,
            offers_tools=bool(large and caps.get("supports_tools")),
            reads_ahead=True,
        )
        return self._chat

    def _stop(self) -> OpenAIChat | None:
        """Stop the server; return the client that is left to be closed. Runs in the thread."""
        chat, self._chat = self._chat, None
        self._server = None  # its destructor stops it and waits
        return chat


def _serve(file: Path, key: str, threads: int, context_tokens: int) -> Any:
    """Return a running server; raises ModelFileError."""
    try:
        xllamacpp: Any = importlib.import_module("xllamacpp")  # compiled, without types
    except ModuleNotFoundError:
        raise ModelFileError(
            f"{file}: xllamacpp, which runs GGUF files, is not installed; pip install 'sayso[local]'"
        ) from None
    except ImportError as fault:  # it is there, but a library of the system is not
        raise ModelFileError(
            f"{file}: llama.cpp can't be loaded ({fault}); on Debian: sudo apt-get install libgomp1"
        ) from None
    check_gguf(file)
    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(file)
    wanted.hostnames = ["127.0.0.1"]
    wanted.port = 0  # any that is free
    wanted.api_keys = [key]
    wanted.n_ctx = context_tokens
    wanted.n_parallel = 1
    wanted.cache_ram_mib = 0  # one conversation at a time; the cache of the slot is enough
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = threads
    wanted.n_threads_http = 2
    wanted.sampling.temp = TEMPERATURE
    wanted.sampling.penalty_repeat = REPEAT_PENALTY
    wanted.sampling.penalty_last_n = REPEAT_TOKENS
    wanted.ui = wanted.endpoint_slots = False
    wanted.verbosity = QUIET
    try:
        return xllamacpp.Server(wanted)
    except RuntimeError:
        raise ModelFileError(
            f"{file}: llama.cpp can't load it; it is incomplete, or made for another version"
        ) from None


def check_gguf(file: Path) -> None:
    """Raise ModelFileError for a file that is missing or no GGUF at all."""
    try:
        with file.open("rb") as opened:
            magic = opened.read(4)
    except OSError as fault:
        raise ModelFileError(f"{file}: {fault.strerror}; see model.name") from None
    if magic != b"GGUF":
        raise ModelFileError(f"{file}: is not a GGUF file; see model.name")


def _ask(address: str, path: str, key: str) -> dict[str, Any]:
    """Return the JSON of one of our own server's pages."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()
