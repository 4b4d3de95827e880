"""A routine in a running assistant: its steps are done one after the other, by device and model."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from model_server import ModelServer, says
from test_run import loud_and_scripted, running

pytestmark = [pytest.mark.real]

SET = "When I say good morning tell me the time and then tell me about the river in Paris."


def test_a_phrase_begins_steps_that_the_device_and_the_model_do(tmp_path: Path):
    with (
        ModelServer(says("The Seine is long.")) as server,
        running(dict(os.environ), tmp_path, "--no-audio", *loud_and_scripted(server)) as run,
    ):
        assert "When you say" in run.sayso("ask", SET).stdout
        assert server.requests == []
        assert run.sayso("ask", "Good morning.").stdout.startswith("It's ")
        line = run.until("thinking source=scripted")
        line = run.until("tts_finished interrupted=False spoken_chars=18", after=line)
        run.until("turn_latency listening_s=0.0 speech_s=0.0", after=line)
        assert len(server.requests) == 1
        assert server.requests[0].body["messages"][-1]["content"] == (
            "tell me about the river in Paris"
        )
        assert not any(" stt_text " in seen for seen in run.lines)
