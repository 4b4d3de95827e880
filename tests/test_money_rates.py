"""Exchange rates: shipped, fetched from a server on this machine, kept whole on disk."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device import rates_bundled
from device.rates import (
    MAX_BYTES,
    MIN_CURRENCIES,
    RateKeeper,
    RatesError,
    bundled,
    fetch,
    parse,
)
from voice.intents.rates import Rates

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
BUNDLED = bundled()


def table(day: str = "2026-11-20", changes: dict[str, str] | None = None) -> bytes:
    """The ECB's table, made of the rates that are shipped."""
    cells = {code: str(rate) for code, rate in BUNDLED.per_euro.items()} | (changes or {})
    rows = "".join(f"<Cube currency='{c}' rate='{r}'/>\n" for c, r in cells.items() if r)
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        "<gesmes:Envelope xmlns:gesmes='http://www.gesmes.org/xml/2002-08-01' "
        "xmlns='http://www.ecb.int/vocabulary/2002-08-01/eurofxref'>\n"
        "<gesmes:subject>Reference rates</gesmes:subject>\n"
        f"<Cube><Cube time='{day}'>\n{rows}</Cube></Cube></gesmes:Envelope>"
    ).encode()


# A server whose answer can be arranged


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip: Callable[[], bool] | None = None
    """Called before each byte; False ends the answer."""
    requests: int = 0


class Handler(BaseHTTPRequestHandler):
    server: Any

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        answer: Answer = self.server.answer
        answer.requests += 1
        self.send_response(answer.status)
        for name, value in ({"Content-Length": str(len(answer.body))} | answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        try:
            if answer.drip is None:
                self.wfile.write(answer.body)
                return
            for at in range(len(answer.body)):
                if not answer.drip():
                    return
                self.wfile.write(answer.body[at : at + 1])
                self.wfile.flush()
        except OSError:
            pass  # the client went away, as it should


@pytest.fixture
def server() -> Iterator[Any]:
    made: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.answer = Answer(table())
    made.url = f"http://127.0.0.1:{made.server_address[1]}/eurofxref-daily.xml"
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def keeper(folder: Path, server: Any, now: datetime = NOW, timeout_s: float = 5.0) -> RateKeeper:
    return RateKeeper(folder, lambda: now, url=server.url, timeout_s=timeout_s)


def test_the_shipped_table_is_the_one_of_its_day() -> None:
    assert BUNDLED.day == date(2026, 10, 30)
    assert BUNDLED.per_euro["USD"] == Decimal("1.1172")
    assert len(BUNDLED.per_euro) == 29
    assert "European Central Bank" in (rates_bundled.__doc__ or "")


def test_a_device_that_was_never_online_has_the_shipped_table(tmp_path: Path) -> None:
    new = RateKeeper(tmp_path, lambda: NOW, url="http://127.0.0.1:9/")
    assert new.rates == BUNDLED
    assert new.due()


def test_a_fetched_table_is_known_at_once_and_after_a_restart(tmp_path: Path, server: Any) -> None:
    server.answer.body = table(changes={"USD": "1.2"})
    first = keeper(tmp_path / "new", server)
    first.refresh()
    assert first.rates == Rates(date(2026, 11, 20), BUNDLED.per_euro | {"USD": Decimal("1.2")})
    again = keeper(tmp_path / "new", server)
    assert again.rates == first.rates
    assert not again.due()
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["rates.json"]


def test_a_table_is_asked_for_once_a_day_also_when_the_clock_was_ahead(
    tmp_path: Path, server: Any
) -> None:
    keeper(tmp_path, server).refresh()
    for later, due in ((1, False), (23, False), (24, True), (-1, True), (24 * 400, True)):
        assert keeper(tmp_path, server, NOW + timedelta(hours=later)).due() is due


async def test_the_background_asks_when_it_is_due_and_lives_with_being_offline(
    tmp_path: Path, server: Any
) -> None:
    clock = [NOW]
    kept = RateKeeper(tmp_path, lambda: clock[0], url=server.url)
    server.answer.status = 503
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += timedelta(seconds=seconds)
        if len(waits) == 2:
            server.answer.status = 200
        if len(waits) == 30:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await kept.keep(sleep)
    assert server.answer.requests == 4  # twice in vain, then once a day
    assert kept.rates.day == date(2026, 11, 20)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"", 404),
        Answer(b"", 500),
        Answer(b""),
        Answer(b"<html>Sign in to the Wi-Fi</html>"),
        Answer(table()[:-40]),
        Answer(table(), headers={"Content-Length": str(len(table()) + 5)}),
        Answer(b" " * (MAX_BYTES + 1)),
        Answer(table(), 302, {"Location": "/elsewhere.xml"}),
        Answer(table("2026-10-29")),
        Answer(table("2027-01-01")),
        Answer(table("yesterday")),
        Answer(table(changes={"USD": "12"})),
        Answer(table(changes={"USD": ""})),
        Answer(table(changes={"JPY": "1"})),
        Answer(table(changes={"THB": "0"})),
        Answer(table(changes={"THB": "-3"})),
        Answer(table(changes={"THB": "NaN"})),
        Answer(table(changes={"THB": "1e3"})),
        Answer(table(changes={"THB": "99999999"})),
        Answer(table(changes={"thb": "37"})),
        Answer(table(changes=dict.fromkeys(list(BUNDLED.per_euro)[-20:], ""))),
        Answer(table().replace(b"</Cube></Cube>", b"</Cube><Cube time='2026-11-19'/></Cube>")),
        Answer(table().replace(b"<Cube currency='USD'", b"<Cube currency='GBP'", 1)),
        Answer(table().replace(b"?>", b"?><!DOCTYPE x [<!ENTITY a 'b'>]>", 1)),
        Answer(table().replace(b"UTF-8", b"no-such-encoding")),
    ],
    ids=lambda answer: f"{answer.status} {answer.body[-60:]!r}",
)
def test_a_bad_answer_changes_nothing(tmp_path: Path, server: Any, answer: Answer) -> None:
    server.answer = answer
    kept = keeper(tmp_path, server)
    with pytest.raises(RatesError):
        kept.refresh()
    assert kept.rates == BUNDLED
    assert kept.due()
    assert not list(tmp_path.iterdir())


def test_an_answer_that_drips_is_given_up(tmp_path: Path, server: Any) -> None:
    stop = threading.Event()
    server.answer.drip = lambda: not stop.wait(0.05)
    try:
        with pytest.raises(RatesError, match=r"slow|timed out"):
            keeper(tmp_path, server, timeout_s=0.3).refresh()
    finally:
        stop.set()


def test_rates_are_fetched_by_https_from_others_and_nobody_there_is_told_as_such() -> None:
    with pytest.raises(RatesError, match="https"):
        fetch("http://192.0.2.1/eurofxref-daily.xml")
    with pytest.raises(RatesError, match="https"):
        fetch("file:///etc/hostname")
    with pytest.raises(RatesError, match="refused"):
        fetch("http://127.0.0.1:9/")


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"day": "2026-11-20"}',
        json.dumps({"day": "2026-11-20", "fetched": "x", "per_euro": {}}).encode(),
        json.dumps({"day": "2026-11-20", "fetched": "2026-11-20", "per_euro": {"USD": 1}}).encode(),
        b"\xff\xfe\x00",
        b"[" * 50_000,
    ],
)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, server: Any, stored: bytes) -> None:
    (tmp_path / "rates.json").write_bytes(stored)
    kept = keeper(tmp_path, server)
    assert kept.rates == BUNDLED
    kept.refresh()
    assert keeper(tmp_path, server).rates == kept.rates != BUNDLED


def test_a_stored_table_older_than_the_shipped_one_gives_way(tmp_path: Path, server: Any) -> None:
    keeper(tmp_path, server).refresh()
    stored = json.loads((tmp_path / "rates.json").read_text())
    (tmp_path / "rates.json").write_text(json.dumps(stored | {"day": "2025-01-02"}))
    assert keeper(tmp_path, server).rates == BUNDLED


def test_where_nothing_can_be_stored_the_rates_are_new_all_the_same(
    tmp_path: Path, server: Any
) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = keeper(tmp_path / "file", server)
    with pytest.raises(Exception, match="file"):
        kept.refresh()
    assert kept.rates.day == date(2026, 11, 20)


@given(st.binary(max_size=300) | st.integers(0, 600).map(lambda at: table()[:at]))
def test_whatever_comes_is_a_table_or_an_error(body: bytes) -> None:
    try:
        found = parse(body, NOW.date(), BUNDLED)
    except RatesError:
        return
    assert len(found.per_euro) >= MIN_CURRENCIES


@given(st.text(max_size=20), st.text(max_size=20))
def test_whatever_a_cell_holds_the_rates_can_be_used(code: str, rate: str) -> None:
    cells = "".join(c for c in code if c.isalnum()), "".join(r for r in rate if r.isalnum())
    try:
        found = parse(table(changes={cells[0]: cells[1]}), NOW.date(), BUNDLED)
    except RatesError:
        return
    assert all(value > 0 for value in found.per_euro.values())
