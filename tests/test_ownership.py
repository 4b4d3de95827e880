"""One owner of the state, and others acting through it."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from device.ownership import LINE_LIMIT, owning, running, serving
from voice.errors import StateError


async def echo(request: dict[str, Any]) -> dict[str, Any]:
    if request.get("do") == "fail":
        raise StateError("that can't be done")
    if request.get("do") == "break":
        raise ZeroDivisionError
    return {"got": request}


def in_thread(function: Any, *args: Any) -> Any:
    return asyncio.get_running_loop().run_in_executor(None, function, *args)


def test_a_second_owner_is_refused_and_told_who_owns_it(tmp_path: Path):
    with (
        owning(tmp_path),
        pytest.raises(StateError, match=f"process {os.getpid()}"),
        owning(tmp_path),
    ):
        pass
    with owning(tmp_path):
        pass


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path):
    code = f"""
from pathlib import Path
from device.ownership import owning
with owning(Path({str(tmp_path)!r})):
    print("owned", flush=True)
    input()
"""
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    assert child.stdout.readline() == "owned\n"
    with pytest.raises(StateError), owning(tmp_path):
        pass
    child.send_signal(signal.SIGKILL)
    child.communicate()
    with owning(tmp_path):
        pass


async def test_another_process_acts_through_the_owner(tmp_path: Path):
    def act() -> tuple[dict[str, Any], str]:
        with running(tmp_path / "s") as assistant:
            assert assistant
            first = assistant.do("ask", text="what time is it")
            with pytest.raises(StateError) as failed:
                assistant.do("fail")
            return first, str(failed.value)

    async with serving(tmp_path / "s", echo):
        answer, failed = await in_thread(act)
    assert answer == {"got": {"do": "ask", "text": "what time is it"}}
    assert failed == "that can't be done"


async def test_a_fault_in_the_owner_is_told_and_the_next_request_answered(tmp_path: Path):
    def ask() -> tuple[str, dict[str, Any]]:
        with running(tmp_path / "sock") as owner:
            assert owner
            with pytest.raises(StateError) as caught:
                owner.do("break")
            return str(caught.value), owner.do("ask")

    async with serving(tmp_path / "sock", echo):
        told, answer = await in_thread(ask)
    assert told.startswith("internal error: ZeroDivisionError")
    assert answer == {"got": {"do": "ask"}}


def test_without_an_owner_there_is_nobody_to_act_through(tmp_path: Path):
    with running(tmp_path / "s") as assistant:
        assert assistant is None


def test_a_socket_left_behind_is_no_owner(tmp_path: Path):
    import socket

    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "s"))
    left.close()
    with running(tmp_path / "s") as assistant:
        assert assistant is None


async def test_only_the_owner_of_the_account_may_connect(tmp_path: Path):
    async with serving(tmp_path / "s", echo):
        assert (tmp_path / "s").stat().st_mode & 0o077 == 0
    assert not (tmp_path / "s").exists()


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.binary(max_size=200), max_size=5))
def test_whatever_is_sent_the_next_one_is_answered(tmp_path: Path, junk: list[bytes]):
    async def main() -> None:
        async with serving(tmp_path / "s", echo):
            for sent in junk:
                reader, writer = await asyncio.open_unix_connection(tmp_path / "s")
                writer.write(sent + b"\n")
                await asyncio.wait_for(reader.readline(), 5)
                writer.close()

            def act() -> dict[str, Any]:
                with running(tmp_path / "s") as assistant:
                    assert assistant
                    return assistant.do("status")

            assert await in_thread(act) == {"got": {"do": "status"}}

    asyncio.run(main())
    assert threading.active_count() < 20


async def test_a_line_without_end_is_hung_up_on(tmp_path: Path):
    async with serving(tmp_path / "s", echo):
        reader, writer = await asyncio.open_unix_connection(tmp_path / "s")
        writer.write(b"x" * 200_000)
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()


async def test_a_request_too_long_is_refused_before_it_is_sent(tmp_path: Path):
    path = tmp_path / "socket"

    def ask_twice() -> dict[str, Any]:
        with running(path) as assistant:
            assert assistant
            with pytest.raises(StateError, match="too long"):
                assistant.do("ask", text="x" * LINE_LIMIT)
            return assistant.do("status")

    async with serving(path, echo):
        assert await in_thread(ask_twice) == {"got": {"do": "status"}}


async def test_who_does_not_hang_up_is_hung_up_on_at_the_end(tmp_path: Path):
    async with serving(tmp_path / "s", echo):
        reader, writer = await asyncio.open_unix_connection(tmp_path / "s")
        writer.write(b'{"do": "status"}\n')
        await reader.readline()
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()
