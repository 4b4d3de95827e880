"""What can go wrong with a chat server, and how it is said.

Messages name what, which server, and what to do. They never repeat what the server wrote: it may
hold the key or what was asked.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

from voice.errors import (
    BadKeyError,
    BrainError,
    BrokenStreamError,
    ModelNameError,
    ModelTimeoutError,
    OfflineError,
    OverloadedError,
    QuotaError,
    RefusedRequestError,
)

MAX_LINE_BYTES = 256_000
"""One event is a few hundred bytes; a whole tool call in one is the largest."""
MAX_BODY_BYTES = 16_000_000
"""8,192 tokens of text and much reasoning, at some 300 bytes of JSON each."""
MUCH_LATER_S = 600.0
"""Told to come back after this long, it is not a crowd but a limit that is used up."""
NO_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})


class TooMuchError(Exception):
    """The server sends more than any answer needs."""


class Bounds:
    """Holds what a server sends within bounds, before anything collects it in memory."""

    def __init__(self, where: str) -> None:
        self._where = where

    async def hold(self, response: Any) -> None:
        """Check and wrap a response as it begins; a hook of httpx2."""
        import httpx2

        if response.headers.get("content-encoding", "identity") != "identity":
            raise TooMuchError("the answer is compressed although it was not to be")
        kind = response.headers.get("content-type", "")
        if response.status_code == 200 and kind.startswith("text/html"):
            raise BrokenStreamError(
                f"{self._where}: answered with a web page; model.base_url should end in /v1"
            )
        inner = response.stream

        class Bounded(httpx2.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                async for piece in bounded(inner):
                    yield piece

            async def aclose(self) -> None:
                await inner.aclose()

        response.stream = Bounded()


async def bounded(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Pass bytes on; raises TooMuchError for an endless line or an endless body."""
    total = line = 0
    async for piece in pieces:
        total += len(piece)
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        line = line + len(piece) if end < 0 else len(piece) - end - 1
        if line > MAX_LINE_BYTES or total > MAX_BODY_BYTES:
            raise TooMuchError("endless line" if line > MAX_LINE_BYTES else "endless answer")
        yield piece


def retry_after_s(fault: Exception) -> float | None:
    """Return after how many seconds the request may be made again; None when it had better not."""
    import httpx2
    from openai import APIConnectionError, RateLimitError

    if isinstance(fault, RateLimitError) and _slug(fault) not in NO_CREDIT:
        return _told_s(fault.response.headers)
    if isinstance(fault, APIConnectionError):
        # A connection kept from the last request may have died in the meantime.
        dead = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError)
        return 0.0 if isinstance(fault.__cause__, dead) else None
    return None


def mended(fault: Exception, where: str, model: str, *, streaming: bool = False) -> BrainError:
    """Return the error for whatever the library raised; ``streaming`` after the answer began."""
    from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError

    if isinstance(fault, BrainError):
        return fault
    if isinstance(fault, APITimeoutError):
        return ModelTimeoutError(
            f"{where}: no connection in time; check network and model.base_url"
        )
    if isinstance(fault, APIConnectionError) and not streaming:
        return OfflineError(f"{where}: can't be reached; check the network and model.base_url")
    if isinstance(fault, APIStatusError):
        told_s = _told_s(fault.response.headers)
        return _by_status(fault.status_code, _slug(fault), told_s, where, model)
    if isinstance(fault, APIError) and not isinstance(fault, APIConnectionError):
        status = int(fault.code) if fault.code and re.fullmatch(r"[45]\d\d", fault.code) else 0
        if status or _slug(fault) in NO_CREDIT:
            return _by_status(status, _slug(fault), None, where, model)
        return BrokenStreamError(f"{where}: the server gave up on the answer{_named(_slug(fault))}")
    if isinstance(fault, TooMuchError):
        return BrokenStreamError(f"{where}: {fault}; is it an OpenAI-compatible server?")
    kind = type(fault.__cause__ or fault).__name__
    return BrokenStreamError(f"{where}: the answer broke off or can't be read ({kind})")


def _by_status(status: int, slug: str, told_s: float | None, where: str, model: str) -> BrainError:
    if status in (401, 403):
        return BadKeyError(f"{where}: refuses the key (HTTP {status}); check openai_api_key")
    if status == 402 or slug in NO_CREDIT:
        return QuotaError(f"{where}: the account has no credit left; see its billing page")
    if status == 429 and told_s is not None and told_s >= MUCH_LATER_S:
        return QuotaError(f"{where}: the limit is used up for another {told_s / 60:.0f} minutes")
    if status == 429 or status >= 500:
        return OverloadedError(f"{where}: too busy or faulty (HTTP {status}{_named(slug)})")
    if status == 404:
        return ModelNameError(
            f"{where}: has no model {model or 'of that name'}; set model.name to one that it lists, "
            "and end model.base_url in /v1"
        )
    return RefusedRequestError(f"{where}: does not take the request (HTTP {status}{_named(slug)})")


def _slug(fault: Any) -> str:
    """Return the server's own code of an error, if it is one and no sentence."""
    for text in (fault.code, fault.type):
        if isinstance(text, str) and re.fullmatch(r"[a-z][a-z_]{2,40}", text):
            return text
    return ""


def _named(slug: str) -> str:
    return f", {slug}" if slug else ""


def _told_s(headers: Any) -> float | None:
    """Return the seconds that a server asks to wait; None when it does not say, or not in seconds."""
    told = str(headers.get("retry-after", ""))
    return float(told) if re.fullmatch(r"\d{1,7}(\.\d{1,3})?", told) else None
