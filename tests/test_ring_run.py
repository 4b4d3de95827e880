"""``sayso run`` on a sound card: a timer is set by voice, rings, and is silenced by voice."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path

import pytest
from model_server import ModelServer, says
from real_speech import read, wav
from sound_card import RATE, SoundCard, card_fixture  # noqa: F401 # a fixture is used by its name
from test_run import loud_and_scripted, running

pytestmark = [pytest.mark.real, pytest.mark.card]


def test_a_timer_that_is_set_by_voice_rings_until_somebody_says_stop(
    card: SoundCard, tmp_path: Path
):
    with (
        ModelServer(says("I have no idea.")) as server,
        running(card.environment, tmp_path, *loud_and_scripted(server)) as run,
    ):
        request = wav(tmp_path / "set.wav", 0.5, "Okay Nabu.", 0.3, "Set a timer for five seconds.")
        card.speak(request)
        line = run.until("timer_started id=", seconds=20)
        line = run.until("timer_finished id=", after=line, seconds=20)
        with card.record() as ringing:
            line = run.until("ringing kind=timer", after=line, seconds=10)
            time.sleep(4)
        assert "timer is done" in read(ringing.samples, RATE)

        stop = wav(tmp_path / "stop.wav", "Stop.", 0.5)
        for _ in range(4):  # it is heard in the gaps at least
            card.speak(stop)
            with suppress(AssertionError):
                line = run.until("ringing_ended kind=timer by=stop", after=line, seconds=3)
                break
        else:
            raise AssertionError("\n".join(run.lines))
        line = run.until("idle reason=stopped", after=line, seconds=10)
        left = json.loads(run.sayso("agenda", "list", "--json").stdout)
        assert [entry["kind"] for entry in left] == ["list", "list"]
        assert len(server.requests) == 0
