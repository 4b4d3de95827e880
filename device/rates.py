"""The last known exchange rates: shipped, fetched once a day where there is a network, kept on disk.

They are the European Central Bank's euro reference rates, published on working days at about 16:00
in Frankfurt, free to use where the source is named. An answer only ever takes ``RateKeeper.rates``
from memory; fetching is for a thread in the background. What comes from outside is taken whole or
not at all: small, well-formed without entities, with a day, and with rates that can be true.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import logging
import os
import re
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from device import rates_bundled
from device.download import put_in_place
from device.paths import Environment, cache_dir, ensure_dir
from voice.errors import SaysoError
from voice.intents.rates import Rates

URL = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"
"""The ECB's table of the day; some 2 KB."""

MAX_BYTES = 64 << 10
"""A larger answer is not the table."""

TIMEOUT_S = 10.0
"""Seconds for the whole answer, and for each part of it."""

FRESH = timedelta(hours=24)
"""So long no other table is asked for."""

RETRY_S = 3600.0
"""Seconds between looks at whether a new table is due; so also between tries that fail."""

MIN_CURRENCIES = 15
"""Fewer is not the ECB's table (30 in 2026)."""

ANCHORS = ("USD", "GBP", "JPY", "CHF")
"""Currencies that do not change beyond `ANCHOR_FACTOR` in a device's life."""

ANCHOR_FACTOR = 4
RANGE = (Decimal("0.001"), Decimal(10) ** 6)
"""Bounds of any rate."""

_RATE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", re.ASCII)
_CODE = re.compile(r"[A-Z]{3}", re.ASCII)
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"

log = logging.getLogger(__name__)


class RatesError(SaysoError):
    """The table of rates can't be had or can't be true; the last one stays."""

    code = "rates"


class RateKeeper:
    """Keeps the newest table that is known."""

    def __init__(
        self,
        folder: Path,
        now: Callable[[], datetime],
        *,
        url: str = URL,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """``folder`` is where the table is kept, ``now`` an aware wall clock.

        Reads the disk, never the network; a file that is damaged is as good as none.
        """
        self._file = folder / "rates.json"
        self._now = now
        self._url = url
        self._timeout_s = timeout_s
        self._fetched: datetime | None = None
        self.rates: Rates = bundled()
        with contextlib.suppress(OSError, ValueError, RecursionError, RatesError):
            rates, fetched = _read(self._file, self._today())
            if rates.day >= self.rates.day:
                self.rates, self._fetched = rates, fetched

    @classmethod
    def at_home(cls, now: Callable[[], datetime], env: Environment = os.environ) -> RateKeeper:
        """Keep the table in the cache folder: it can be fetched again."""
        return cls(cache_dir(env), now)

    def due(self) -> bool:
        """Whether the table was fetched a day or more ago, or by a clock that was ahead."""
        now = self._now().astimezone(UTC)
        return self._fetched is None or not timedelta(0) <= now - self._fetched < FRESH

    def refresh(self) -> None:
        """Fetch the table and store it; blocks up to `TIMEOUT_S`, so only for the background.

        Raises RatesError; StorageError or OSError where it can't be stored – in memory it is new.
        """
        known = self.rates
        rates = parse(fetch(self._url, self._timeout_s), self._today(), known)
        if rates.day < known.day:
            raise RatesError(f"{self._url}: its rates, of {rates.day}, are older than those known")
        self.rates, self._fetched = rates, self._now().astimezone(UTC)
        _write(self._file, rates, self._fetched)

    async def keep(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Refresh whenever it is due, for ever; being offline is no fault and is not reported."""
        while True:
            if self.due():
                try:
                    await asyncio.to_thread(self.refresh)
                except (SaysoError, OSError) as fault:
                    log.info("exchange rates: %s", fault)
            await sleep(RETRY_S)

    def _today(self) -> date:
        return self._now().date()


def bundled() -> Rates:
    """Return the table that is shipped."""
    return _rates(rates_bundled.DAY, rates_bundled.PER_EURO)


def fetch(url: str, timeout_s: float = TIMEOUT_S) -> bytes:
    """Return what is at ``url``, at most `MAX_BYTES`; RatesError if it can't be had.

    HTTPS only (or this machine itself), no redirects, and no longer than ``timeout_s`` however
    slowly it drips.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise RatesError(f"{url}: rates are fetched by https only")
    deadline = time.monotonic() + timeout_s
    request = urllib.request.Request(url, headers={"User-Agent": "sayso"})
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=timeout_s) as answer:
            return b"".join(_chunks(answer, url, deadline))
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise RatesError(f"{url}: {fault}") from fault


def parse(table: bytes, today: date, known: Rates | None = None) -> Rates:
    """Read the ECB's XML; RatesError unless it is whole and can be true."""
    from defusedxml import DefusedXmlException  # late: only the background needs it
    from defusedxml.ElementTree import ParseError, fromstring

    if len(table) > MAX_BYTES:
        raise RatesError(f"the table has {len(table)} bytes: that can't be it")
    try:
        root = fromstring(table, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as fault:
        raise RatesError(f"the table is no XML that can be trusted: {fault}") from fault
    days = [cube for cube in root.iter(_CUBE) if "time" in cube.attrib]
    if len(days) != 1:
        raise RatesError(f"the table has {len(days)} days instead of one")
    cells = [(cube.get("currency", ""), cube.get("rate", "")) for cube in days[0].iter(_CUBE)][1:]
    if len(dict(cells)) != len(cells):
        raise RatesError("the table has a currency twice")
    rates = _rates(days[0].attrib["time"], dict(cells))
    if rates.day > today + timedelta(days=1):
        raise RatesError(f"the table is of {rates.day}, which is yet to come")
    for code in ANCHORS:
        before = known.per_euro.get(code) if known else None
        now = rates.per_euro.get(code)
        if now is None or (before and not 1 / ANCHOR_FACTOR < now / before < ANCHOR_FACTOR):
            raise RatesError(f"the table's rate of {code} can't be true: {now} after {before}")
    return rates


def _rates(day: str, cells: Mapping[str, str]) -> Rates:
    try:
        when = date.fromisoformat(day)
    except ValueError as fault:
        raise RatesError(f"the table's day is {day!r}") from fault
    per_euro: dict[str, Decimal] = {}
    for code, rate in cells.items():
        if not _CODE.fullmatch(code) or not _RATE.fullmatch(rate):
            raise RatesError(f"the table has {code!r} at {rate!r}")
        per_euro[code] = Decimal(rate)
        if not RANGE[0] <= per_euro[code] <= RANGE[1]:
            raise RatesError(f"the table's rate of {code} can't be true: {rate}")
    if len(per_euro) < MIN_CURRENCIES:
        raise RatesError(f"the table has only {len(per_euro)} currencies")
    return Rates(when, per_euro)


def _read(file: Path, today: date) -> tuple[Rates, datetime]:
    """Read what `_write` wrote; ValueError, OSError or RatesError where it is not that."""
    with file.open("rb") as stream:
        stored: Any = json.loads(stream.read(MAX_BYTES))
    if not isinstance(stored, dict) or not isinstance(stored.get("per_euro"), dict):
        raise ValueError("not a table")
    cells = {str(code): str(rate) for code, rate in stored["per_euro"].items()}
    rates = _rates(str(stored.get("day")), cells)
    fetched = datetime.fromisoformat(str(stored.get("fetched")))
    if fetched.tzinfo is None or rates.day > today + timedelta(days=1):
        raise ValueError("times that can't be")
    return rates, fetched


def _write(file: Path, rates: Rates, fetched: datetime) -> None:
    """Put the table in place, so that after a power failure it is the old or the new one."""
    ensure_dir(file.parent)
    stored = {
        "day": rates.day.isoformat(),
        "fetched": fetched.isoformat(),
        "per_euro": {code: str(rate) for code, rate in rates.per_euro.items()},
    }
    handle, name = tempfile.mkstemp(prefix=".rates-", dir=file.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(stored, stream)
        put_in_place(temporary, file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _chunks(answer: Any, url: str, deadline: float) -> Iterator[bytes]:
    size = 0
    while chunk := answer.read1(4096):
        size += len(chunk)
        if size > MAX_BYTES:
            raise RatesError(f"{url}: more than {MAX_BYTES} bytes")
        if time.monotonic() > deadline:
            raise RatesError(f"{url}: too slow")
        yield chunk
    length = answer.headers.get("Content-Length")
    if length is not None and length.isdigit() and int(length) != size:
        raise RatesError(f"{url}: broke off after {size} of {length} bytes")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for the fault that it is here."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Any,
        newurl: str,
    ) -> None:
        """Refuse it."""
        return
