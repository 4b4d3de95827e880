"""Voices over our own speech: the second signal is believed only where nothing of us is left in it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voice.audio import FRAME_S, FRAME_SAMPLES, Samples
from voice.over_own import KNOWN, STRETCH_S, STRETCHES, OverOwn

SECOND = round(1 / FRAME_S)
STRETCH = round(STRETCH_S / FRAME_S)


class Level:
    """Takes a frame's level for the probability in percent."""

    def hear(self, frame: Samples) -> float:
        return float(frame[0]) / 100

    def reset(self) -> None:
        pass

    def twin(self) -> Level:
        return Level()


def frame(percent: int) -> Samples:
    return np.full(FRAME_SAMPLES, percent, np.int16)


def over_own() -> OverOwn:
    return OverOwn(Level(), Level())


def speak(voices: OverOwn, seconds: float, first: int, second: int) -> list[float]:
    return [voices.hear(frame(first), frame(second)) for _ in range(round(seconds / FRAME_S))]


def test_where_nothing_of_us_is_left_a_voice_in_the_second_signal_is_somebodys():
    voices = over_own()
    speak(voices, 8, 0, 0)
    assert max(speak(voices, 0.4, 0, 90)) == 0.9


def test_it_is_not_believed_before_it_has_shown_that():
    voices = over_own()
    assert max(speak(voices, (KNOWN - 1) * STRETCH_S, 0, 0)) == 0
    assert not voices.believed
    assert max(speak(voices, STRETCH_S / 2, 0, 90)) == 0


def test_where_much_of_us_is_left_it_is_not_believed_and_the_first_still_is():
    voices = over_own()
    assert max(speak(voices, 30, 0, 90)) == 0
    assert max(speak(voices, 0.2, 70, 90)) == 0.7


def test_where_the_room_changes_it_is_given_up_within_three_seconds():
    voices = over_own()
    speak(voices, 20, 0, 0)
    wrong = speak(voices, 10, 0, 90)
    assert sum(heard > 0 for heard in wrong) * FRAME_S <= 3
    speak(voices, 10, 0, 0)
    assert voices.believed


def test_people_who_talk_over_us_now_and_then_do_not_cost_it_that():
    voices = over_own()
    speak(voices, 8, 0, 0)
    for _ in range(20):
        assert max(speak(voices, 0.5, 0, 90)) == 0.9
        speak(voices, 3, 0, 0)


def test_neither_does_who_interrupts_every_answer():
    voices = over_own()
    speak(voices, 8, 0, 0)
    for _ in range(20):
        speak(voices, 1.5, 0, 0)
        assert max(speak(voices, 1.2, 0, 90)) == 0.9
        voices.somebody()


def test_while_we_are_silent_there_is_one_signal_only():
    voices = over_own()
    speak(voices, 8, 0, 0)
    assert voices.hear(frame(30)) == 0.3
    voices.reset()
    assert voices.believed


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=STRETCH * STRETCHES))
def test_it_never_says_less_than_the_first_signal_nor_more_than_both(heard: list[tuple[int, int]]):
    voices = over_own()
    for first, second in heard:
        told = voices.hear(frame(first), frame(second)) * 100
        assert first - 1e-6 <= told <= max(first, second) + 1e-6
