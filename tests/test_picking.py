"""Of several texts that speech may say, hardly less probable, the one that the device understands counts."""

from __future__ import annotations

import numpy as np
import pytest
from script import INTENTS, Script

from voice.audio import RATE, Samples
from voice.ears import Speech
from voice.reading import Reader, Reading
from voice.stt import Effort, Recognizer, Transcript


class Says:
    """A transcriber that says the same of everything."""

    def __init__(self, *texts: str, log_probability: float = -0.1) -> None:
        self._transcript = Transcript(texts[0], 0.0, log_probability, texts[1:])

    def transcribe(self, samples: Samples, effort: Effort, after: str = "") -> Transcript:
        return self._transcript


def is_command(text: str) -> bool:
    return INTENTS.match(text) is not None


async def read(*texts: str, over_own: bool = False, voice_s: float = 1.5) -> Reading:
    recognizer = Recognizer(Says(*texts))
    speech = Speech(np.zeros(2 * RATE, np.int16), voice_s, 0.3, over_own=over_own)
    try:
        return await Reader(recognizer, (), is_command=is_command).read(speech, "eager")
    finally:
        recognizer.close()


@pytest.mark.parametrize(
    ("texts", "text"),
    [
        (("What day does it tomorrow?", "What date is it tomorrow?"), "What date is it tomorrow?"),
        (("What time is it?", "What's the date?"), "What time is it?"),
        (("Who was Ada Lovelace?", "Who was Ida Lovelace?"), None),
        (("Who was Ada?", "Who was Ida?", "What time is it?"), "What time is it?"),
    ],
)
async def test_the_likeliest_command_counts_where_the_likeliest_text_is_none(
    texts: tuple[str, ...], text: str | None
):
    reading = await read(*texts)
    assert reading.text == (text or texts[0])
    assert reading.picked == (text not in (None, texts[0]))


async def test_nothing_is_picked_where_nobody_spoke():
    assert await read("[BLANK_AUDIO]", "What time is it?", voice_s=0.1) == Reading("")


async def test_over_our_own_speech_nothing_is_picked():
    reading = await read("I was at time", "What time is it?", over_own=True)
    assert reading.text == "I was at time"


def test_a_thorough_reading_that_is_no_command_does_not_undo_it():
    script = Script().wake().pause(0.4)
    script.recognizer.others = {"what i'm is it": ("what time is it",)}
    talk = script.say("what i'm is it").pause(5).play()
    assert talk.heard == ["what time is it"]
    assert talk.sources == ["device"]
