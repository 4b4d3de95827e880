"""``sayso ask -`` beside a running assistant: every line is answered, whatever happens to one."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from device import cli, ownership
from voice.errors import StateError


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
