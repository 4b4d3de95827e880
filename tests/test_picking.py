"""Of several texts that speech may say, hardly less probable, the one that the device understands counts."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import FakeModel
from script import INTENTS, Script

from voice.audio import RATE, Samples
from voice.ears import Speech
from voice.engines.faster_whisper import _once
from voice.errors import TranscriptionError
from voice.reading import Reader, Reading
from voice.stt import Effort, Recognizer, Transcript

EXPECTED = "Set a timer. What time is it in Tokyo?"


class Says:
    """A transcriber that says the same of everything; and something else when it expects commands."""

    def __init__(
        self,
        *texts: str,
        log_probability: float = -0.1,
        expecting: tuple[str, ...] = ("Nothing.",),
        likely: float = -0.3,
        fault: TranscriptionError | None = None,
    ) -> None:
        self._transcript = Transcript(texts[0], 0.0, log_probability, texts[1:])
        self._expecting = Transcript(expecting[0], 0.0, likely, expecting[1:])
        self._fault = fault
        self.expected: list[str] = []

    def transcribe(
        self, samples: Samples, effort: Effort, after: str = "", expected: str = ""
    ) -> Transcript:
        if expected:
            self.expected.append(expected)
            if self._fault:
                raise self._fault
            return self._expecting
        return self._transcript


def is_command(text: str) -> bool:
    return INTENTS.match(text) is not None


async def read(*texts: str, over_own: bool = False, voice_s: float = 1.5) -> Reading:
    return await hear(Says(*texts), over_own=over_own, voice_s=voice_s)


async def hear(
    says: Says, effort: Effort = "eager", *, over_own: bool = False, voice_s: float = 1.5
) -> Reading:
    recognizer = Recognizer(says)
    speech = Speech(np.zeros(2 * RATE, np.int16), voice_s, 0.3, over_own=over_own)
    reader = Reader(recognizer, ("okay_nabu",), is_command=is_command, expected=EXPECTED)
    try:
        return await reader.read(speech, effort)
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


@pytest.mark.parametrize(
    ("expecting", "text"),
    [
        (("What time is it?",), "What time is it?"),
        (("Okay Nabu, what time is it?",), "What time is it?"),
        (("What dime is in?", "What time is it?"), "What time is it?"),
        (("[BLANK_AUDIO]", "What time is it?"), None),
        (("Who was Ada?",), None),
    ],
)
async def test_a_doubtful_text_is_read_once_more_by_somebody_who_expects_commands(
    expecting: tuple[str, ...], text: str | None
):
    says = Says("Watt I'm is it?", log_probability=-0.4, expecting=expecting)
    reading = await hear(says)
    assert reading == Reading(text or "Watt I'm is it?", sure=False)
    assert says.expected == [EXPECTED]


async def test_a_text_that_is_a_little_doubtful_is_too():
    says = Says("Watt I'm is it?", log_probability=-0.2, expecting=("What time is it?",))
    assert (await hear(says)).text == "What time is it?"


@pytest.mark.parametrize(
    ("log_probability", "likely", "voice_s"),
    [(-1.5, -0.3, 1.5), (-0.4, -0.9, 1.5), (-0.4, -0.3, 0.2), (-0.4, -0.3, 20.0)],
)
async def test_noise_is_no_command_whatever_is_expected(
    log_probability: float, likely: float, voice_s: float
):
    says = Says(
        "Mm, the sing.",
        log_probability=log_probability,
        expecting=("What time is it?",),
        likely=likely,
    )
    assert (await hear(says, voice_s=voice_s)).text == "Mm, the sing."


async def test_a_reading_that_fails_leaves_the_text_there_is():
    says = Says("Watt I'm is it?", log_probability=-0.4, fault=TranscriptionError("no"))
    assert (await hear(says)).text == "Watt I'm is it?"


@pytest.mark.parametrize("effort", ["eager", "final"])
async def test_what_a_recogniser_makes_of_our_own_echo_was_said_by_nobody(effort: Effort):
    nobody = Says("It's six.", log_probability=-1.1, expecting=("It's six.",))
    somebody = Says("No, the other one.")
    assert (await hear(nobody, effort, over_own=True)).text == ""
    assert (await hear(nobody, effort)).text == "It's six."
    assert (await hear(somebody, effort, over_own=True)).text == "No, the other one."


async def test_what_is_only_shown_is_read_once():
    says = Says("Watt I'm is it?", log_probability=-0.4, expecting=("What time is it?",))
    recognizer = Recognizer(says)
    reader = Reader(recognizer, (), is_command=is_command, expected=EXPECTED)
    speech = Speech(np.zeros(2 * RATE, np.int16), 1.5, 0.3)
    assert (await reader.read(speech, "eager", draft=True)).text == "Watt I'm is it?"
    assert says.expected == []
    recognizer.close()


@pytest.mark.parametrize(
    ("text", "log_probability", "effort", "over_own"),
    [
        ("Who was Ada Lovelace?", -0.1, "eager", False),
        ("Who was Ada Lovelace?", -0.4, "final", False),
        ("Who was Ada Lovelace?", -0.4, "eager", True),
        ("What time is it?", -0.4, "eager", False),
    ],
)
async def test_what_is_likely_or_a_command_or_was_read_so_before_is_not(
    text: str, log_probability: float, effort: Effort, over_own: bool
):
    says = Says(text, log_probability=log_probability, expecting=("What's the date?",))
    assert (await hear(says, effort, over_own=over_own)).text == text
    assert says.expected == []


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


def test_nor_a_command_that_was_read_quickly():
    script = Script().wake().pause(0.4)
    script.recognizer.others = {"what time is it": ()}
    script.recognizer.thorough = {"what time is it": "what i'm is it"}
    talk = script.say("what time is it").pause(5).play()
    assert talk.heard == ["what time is it"]
    assert talk.sources == ["device"]


def test_a_thorough_reading_counts_where_both_are_commands_or_neither():
    for quick, thorough in (
        ("what time is it", "what date is it"),
        ("tell me more", "tell me moor"),
    ):
        script = Script().wake().pause(0.4)
        script.recognizer.others = {quick: ()}
        script.recognizer.thorough = {quick: thorough}
        assert script.say(quick).pause(5).play().heard == [thorough]


def test_a_thorough_reading_that_says_much_more_than_a_command_counts():
    script = Script(FakeModel("Later.")).wake().pause(0.4)
    script.recognizer.others = {"what time is it": ()}
    more = "what time is it when the train from paris arrives"
    script.recognizer.thorough = {"what time is it": more}
    assert script.say("what time is it").pause(5).play().heard == [more]


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("Sound on. Sound on. Sound on.", "Sound on."),
        ("What's the day? What's the day", "What's the day?"),
        ("Stop. Start.", "Stop. Start."),
        ("Set a timer.", "Set a timer."),
        ("", ""),
    ],
)
def test_a_sentence_that_a_decoder_says_again_and_again_counts_once(text: str, once: str):
    assert _once(text) == once


def test_a_thorough_reading_that_finds_nothing_said_counts():
    script = Script().wake().pause(0.4)
    script.recognizer.others = {"what time is it": ()}
    script.recognizer.thorough = {"what time is it": ""}
    assert script.say("what time is it").pause(5).play().heard == []


@pytest.mark.parametrize(("log_probability", "text"), [(-2.2, ""), (-0.6, "Louder.")])
async def test_where_the_clean_signal_holds_nobody_nothing_was_said(
    log_probability: float, text: str
):
    class Both(Says):
        def transcribe(
            self, samples: Samples, effort: Effort, after: str = "", expected: str = ""
        ) -> Transcript:
            if samples[0]:
                return Transcript("Okay.", 0.0, log_probability)
            return Transcript("Louder.", 0.0, -0.5)

    recognizer = Recognizer(Both(""))
    heard, clean = np.zeros(RATE, np.int16), np.ones(RATE, np.int16)
    speech = Speech(heard, 0.5, 0.3, over_own=True, clean=clean)
    reading = await Reader(recognizer, (), is_command=is_command).read(speech, "eager")
    assert reading.text == text
    recognizer.close()
