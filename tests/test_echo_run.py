"""``sayso run`` on a sound card whose microphone hears what the speaker plays."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from model_server import ModelServer, says
from real_speech import wav
from sound_card import SoundCard, card_fixture  # noqa: F401 # a fixture is used by its name
from test_run import Run, running

pytestmark = [pytest.mark.real, pytest.mark.card, pytest.mark.timeout(180)]

ANSWER = (
    "The river Seine flows through Paris for thirteen kilometres, and many bridges cross it. "
    "Say okay nabu, what time is it, whenever you like. The oldest one still standing is called the "
    "new bridge. People walk along its banks in the evening, when the lamps are lit."
)
QUESTION = ("Okay Nabu.", 0.3, "Tell me about the river in Paris.", 0.5)
TRIES = 3
"""A machine shared with others may stop the card for a moment; a fault of ours shows each time."""


def ask(card: SoundCard, run: Run, folder: Path, line: int) -> int:
    """Ask; return the line of the log in which the answer begins."""
    card.speak(wav(folder / "question.wav", 0.3, *QUESTION))
    return run.until("tts_speaking", after=line)


def test_it_does_not_answer_itself(card: SoundCard, tmp_path: Path):
    """Cancelled well or, where the machine stumbles, badly: then it must notice, and ignore voices."""
    with (
        ModelServer(says(ANSWER)) as server,
        card.echo(60),
        running(card.environment, tmp_path, *settings(server)) as run,
    ):
        line = 0
        for count in range(1, 4):
            line = run.until("idle reason=answered", after=ask(card, run, tmp_path, line))
            time.sleep(2)
            log = "\n".join(run.lines)
            assert log.count("wake_word_detected") == log.count(" stt_text ") == count, log
            assert "interrupted by" not in log


def test_over_its_own_speech_it_hears_stop_and_a_request(card: SoundCard, tmp_path: Path):
    with (
        ModelServer(says(ANSWER)) as server,
        card.echo(60),
        running(card.environment, tmp_path, *settings(server)) as run,
    ):
        line = run.until("idle reason=answered", after=ask(card, run, tmp_path, 0))
        assert any("any voice may interrupt" in seen for seen in run.lines), "\n".join(run.lines)
        for words, by in (("Stop.", "stop"), ("Set the volume to thirty percent.", "voice")):
            spoken = wav(tmp_path / f"{by}.wav", words, 0.5)
            for tried in range(TRIES):
                time.sleep(2)
                line = ask(card, run, tmp_path, line)
                time.sleep(3)
                card.speak(spoken)
                line = run.until("idle reason=", after=line)
                log = "\n".join(run.lines)
                if f"interrupted by={by}" in log and (by == "stop" or "volume_changed" in log):
                    break
                assert tried < TRIES - 1, log


def settings(server: ModelServer) -> list[str]:
    return [
        "--set=model.provider=openai",
        f"--set=model.base_url={server.url}",
        "--set=model.name=scripted",
        "--set=snd.volume_percent=100",
    ]
