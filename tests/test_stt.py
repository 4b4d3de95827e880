"""Which transcripts are believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.stt import Transcript, believed, joined, without_wake_word


@pytest.mark.parametrize("text", ["Thank you.", "you", "Thanks for watching!", "Bye."])
def test_silence_phrases_need_a_voice(text: str):
    assert believed(Transcript(text, no_speech=0.05), voice_s=0.9) == text
    assert believed(Transcript(text, no_speech=0.05), voice_s=0.1) == ""
    assert believed(Transcript(text, no_speech=0.9), voice_s=0.9) == ""


@pytest.mark.parametrize(
    "text", ["", " ", ".", "...", "♪♪", "[BLANK_AUDIO]", "(wind blowing)", "♪ la la ♪"]
)
def test_what_is_no_speech_is_dropped(text: str):
    assert believed(Transcript(text), voice_s=2.0) == ""


def test_a_request_passes_as_it_was_written():
    assert believed(Transcript("  What time\n is it? "), voice_s=1.0) == "What time is it?"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Alexa, what time is it?", "What time is it?"),
        ("Lexa, what time is it?", "What time is it?"),
        ("Exa. Stop.", "Stop."),
        ("What time is it?", "What time is it?"),
        ("Alexander the Great", "Alexander the Great"),
        ("Alexa", ""),
    ],
)
def test_the_rest_of_a_wake_word_is_cut_off(text: str, rest: str):
    assert without_wake_word(text, ("alexa",)) == rest


def test_wake_words_of_two_words():
    assert without_wake_word("Hey Jarvis, stop.", ("hey_jarvis",)) == "Stop."
    assert without_wake_word("Jarvis stop", ("hey_jarvis",)) == "Stop"


@given(st.text(), st.floats(0, 10))
def test_any_text_is_taken(text: str, voice_s: float):
    kept = believed(Transcript(text), voice_s)
    assert without_wake_word(kept, ("alexa", "okay_nabu")) is not None


@pytest.mark.parametrize(
    ("first", "rest", "whole"),
    [
        ("What is 12 times?", "Thirteen plus four.", "What is 12 times thirteen plus four."),
        ("Set a timer for", "10 minutes.", "Set a timer for 10 minutes."),
        ("Who was Ada?", "", "Who was Ada?"),
        ("Tell me.", "I see.", "Tell me I see."),
    ],
)
def test_parts_of_a_sentence_become_one(first: str, rest: str, whole: str):
    assert joined(first, rest) == whole
