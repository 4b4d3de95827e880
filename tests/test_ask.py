"""``sayso ask`` and what may happen to its lines; beside a running assistant, too."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from device import cli, ownership
from voice.errors import StateError

ASK = [sys.executable, "-m", "device.cli", "ask", "--set", "model.provider=none"]
ROOT = Path(__file__).parents[1]


class Running:
    """A running assistant that is being rebuilt when it is asked for the second time."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def do(self, what: str, *, text: str) -> dict[str, Any]:
        self.asked.append(text)
        if len(self.asked) == 2:
            raise StateError("this sayso can't do 'ask' now")
        return {"text": text, "intent": None, "slots": {}, "reply": "Yes.", "source": "device"}


def test_one_line_that_fails_does_not_end_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assistant = Running()

    @contextmanager
    def running(_: Path) -> Generator[Running]:
        yield assistant

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(ownership, "running", running)
    lines = io.TextIOWrapper(io.BytesIO(b"one\ntwo\nth\xffree\n"), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", lines)
    assert cli.main(["ask", "-"]) == 1
    replies = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [reply["source"] for reply in replies] == ["device", "none", "device"]
    assert [reply["text"] for reply in replies] == ["one", "two", "th\ufffdree"]


def test_interrupted_while_it_waits_for_a_line_it_ends_at_once(tmp_path: Path):
    with subprocess.Popen(
        [*ASK, "-"], cwd=ROOT, env={**os.environ, "SAYSO_STATE": str(tmp_path)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as asking:  # fmt: skip
        assert asking.stdin
        assert asking.stdout
        assert asking.stderr
        asking.stdin.write("what is 2 plus 2\n")
        asking.stdin.flush()
        assert json.loads(asking.stdout.readline())["reply"] == "4"
        asking.send_signal(signal.SIGINT)
        try:
            assert asking.wait(5) == 130
        finally:
            asking.kill()
        assert asking.stderr.read() == ""


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_asked_is_wrong_usage(text: str, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["ask", text]) == 2
    assert capsys.readouterr().err.startswith("sayso: nothing was asked")


def test_an_argument_that_is_no_utf8_is_answered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
):
    monkeypatch.setenv("SAYSO_STATE", str(tmp_path))
    text = os.fsdecode(b"th\xffree")
    assert cli.main(["ask", "--json", "--set", "model.provider=none", text]) == 1
    assert json.loads(capfdbinary.readouterr().out)["text"] == "th\ufffdree"


@pytest.mark.parametrize(
    ("closing", "code", "err"),
    [
        (">&-", 0, ""),
        ("<&-", 0, ""),
        (">/dev/full", 1, "sayso: standard output: no space left there\n"),
    ],
)
def test_streams_that_are_closed_or_full(tmp_path: Path, closing: str, code: int, err: str):
    question = '"-"' if "<" in closing else '"what is 2 plus 2"'
    ran = subprocess.run(
        ["sh", "-c", f'"$@" {question} {closing}', "sh", *ASK],
        cwd=ROOT, env={**os.environ, "SAYSO_STATE": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (code, err)
