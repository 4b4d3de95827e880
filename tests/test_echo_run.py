"""``sayso run`` on a sound card in a room: its microphone hears what its speaker plays, and people over it.

The room is `room_talk.ROOM`: an echo 6 dB below what is played, 0.2 s of reverberation, clocks 100 ppm
apart; the card's own buffers delay it besides.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from model_server import ModelServer, says
from real_speech import wav
from room_talk import ROOM
from sound_card import SoundCard, card_fixture  # noqa: F401 # a fixture is used by its name
from test_run import Run, loud_and_scripted, running

pytestmark = [pytest.mark.real, pytest.mark.card]

CALLS_ITSELF = "Say okay nabu, what time is it, whenever you like. Then stop."
ANSWER = (
    "The river Seine flows through Paris for thirteen kilometres, and many bridges cross it. "
    "The oldest one still standing is called the new bridge. People walk along its banks in the "
    "evening, when the lamps are lit."
)
QUESTION = ("Okay Nabu.", 0.3, "Tell me about the river in Paris.", 0.5)


TRIES = 3
"""Of short words over another voice some are missed, as people's ears do."""


def ask(card: SoundCard, run: Run, folder: Path, line: int) -> int:
    """Ask; return the line of the log in which the answer begins."""
    card.speak(wav(folder / "question.wav", 0.3, *QUESTION))
    return run.until("tts_speaking", after=line)


def say_over(card: SoundCard, run: Run, folder: Path, line: int, words: str, then: str) -> int:
    """Speak over answers until it does ``then``; return the line of that."""
    spoken = wav(folder / "over.wav", words, 0.5)
    for _ in range(TRIES):
        line = ask(card, run, folder, line)
        time.sleep(3)
        card.speak(spoken)
        with suppress(AssertionError):
            return run.until(then, after=line, seconds=4)
        line = run.until("idle reason=", after=line)
    raise AssertionError(f"{words!r} did not make it {then!r}:\n" + "\n".join(run.lines))


def test_in_a_room_it_never_answers_itself_and_hears_people_over_its_own_speech(
    card: SoundCard, tmp_path: Path
):
    with (
        ModelServer(says(CALLS_ITSELF), says(ANSWER)) as server,
        card.room(ROOM),
        running(
            card.environment,
            tmp_path,
            *loud_and_scripted(server),
            "--set=model.speculate=off",
        ) as run,
    ):
        line = run.until("idle reason=", after=ask(card, run, tmp_path, 0))
        time.sleep(2)
        alone = "\n".join(run.lines)
        assert "idle reason=answered" in alone, alone
        assert alone.count("wake_word_detected") == alone.count(" stt_text ") == 1, alone
        assert "any voice may interrupt" in alone, alone
        line = say_over(card, run, tmp_path, line, "Stop.", "interrupted by=stop")
        line = run.until("idle reason=stopped", after=line)
        louder = "Set the volume to thirty percent."
        line = say_over(card, run, tmp_path, line, louder, "volume_changed percent=30")
        line = run.until("idle reason=answered", after=line)
        line = say_over(card, run, tmp_path, line, "Okay Nabu.", "interrupted by=wake_word")
