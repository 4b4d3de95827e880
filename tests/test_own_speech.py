"""Our own words, come back through the microphone, are told from what somebody else says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.own_speech import RECENT_WORDS, is_own

OURS = (
    "The capital of France is Paris, which lies on the river Seine. You can stop me at any time. "
    "Would you like to hear about its museums?"
)


@pytest.mark.parametrize(
    "heard",
    [
        "The capital of France is Paris",
        "capital of france is paris which lies",
        "which lies on the river scene.",  # misheard
        "capital of France, Paris, lies on river Seine",  # words lost
        "and capital of France is",  # a word made up
        "would you like to hear about its museum",
        "to hear about.",
        "Stop me.",
        "Paris",
    ],
)
def test_our_own_words_are_ours(heard: str):
    assert is_own(heard, OURS)


@pytest.mark.parametrize(
    "heard",
    [
        "what time is it in New York",
        "no tell me about the food",
        "what is the capital of Spain",
        "set a timer for ten minutes",
        "stop it",
        "be quiet",
        "tell me about the museums of London instead",
        "Lyon",
        "yes please",
        "",
        "…",
    ],
)
def test_what_others_say_is_not(heard: str):
    assert not is_own(heard, OURS)


def test_nothing_is_ours_while_we_say_nothing():
    assert not is_own("what time is it", "")


def test_what_was_said_long_ago_is_no_echo():
    assert is_own("stop", f"say stop {'word ' * (RECENT_WORDS - 1)}")
    assert not is_own("stop", f"say stop {'word ' * RECENT_WORDS}")


WORDS = st.lists(
    st.sampled_from(["the", "river", "flows", "slowly", "under", "seven", "old", "bridges"]),
    min_size=3,
    max_size=RECENT_WORDS,
)


@given(WORDS, st.data())
def test_any_run_of_our_words_is_ours(words: list[str], data: st.DataObject):
    begin = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(begin + 1, len(words)))
    assert is_own(" ".join(words[begin:end]).upper() + "?", " ".join(words))


@given(st.text(), st.text())
def test_any_text_is_judged(heard: str, own: str):
    assert is_own(heard, own) in (True, False)
