"""What counts as a wake word."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import WAKE_MARK, FakeWakeWord

from voice.audio import FRAME_S, FRAME_SAMPLES, Samples
from voice.wake import Wake, WakeGate, end_of_wake_word, threshold

QUIET = np.zeros(FRAME_SAMPLES, np.int16)


class Scripted:
    """A detector whose scores are given."""

    def __init__(self, name: str, scores: list[float], own: float = 0.9) -> None:
        self.name, self.threshold = name, own
        self._scores = iter(scores)

    def hear(self, frame: Samples) -> float:
        return next(self._scores, 0.0)

    def reset(self) -> None:
        pass

    def twin(self) -> Scripted:
        return Scripted(self.name, [], self.threshold)


def heard(gate: WakeGate, count: int) -> list[Wake]:
    return [wake for _ in range(count) if (wake := gate.hear(QUIET))]


SETTLED = [0.0] * 30


def test_a_score_that_stays_up_counts_once():
    gate = WakeGate([(Scripted("alexa", [*SETTLED, *[0.95] * 200]), None)])
    assert heard(gate, 230) == [Wake("alexa", 0.95)]


def test_nothing_counts_right_after_the_start():
    gate = WakeGate([(Scripted("alexa", [0.99] * 5), None)])
    assert heard(gate, 100) == []


def test_two_words_at_once_are_one_and_the_clearer_one_wins():
    gate = WakeGate(
        [
            (Scripted("alexa", [*SETTLED, 0.92]), None),
            (Scripted("hey_jarvis", [*SETTLED, 0.99]), None),
        ]
    )
    assert [wake.word for wake in heard(gate, 60)] == ["hey_jarvis"]


def test_a_word_again_counts_after_the_refractory_time():
    scores = [*SETTLED, 0.95, *[0.0] * 20, 0.95, *[0.0] * 40, 0.95]
    gate = WakeGate([(Scripted("alexa", scores), None)], refractory_s=1.0)
    assert len(heard(gate, len(scores))) == 2


def test_a_word_we_say_ourselves_neither_counts_nor_deafens():
    scores = [*SETTLED, *[0.95] * 10, *[0.0] * 5, 0.95, *[0.0] * 10]
    gate = WakeGate([(Scripted("alexa", scores), None)], refractory_s=1.0)
    own = [gate.hear(QUIET, ["alexa"]) for _ in range(38)]
    assert own == [None] * 38
    assert heard(gate, 20) == [Wake("alexa", 0.95)]


def test_a_word_we_say_ourselves_does_not_keep_another_from_being_heard():
    detectors = [Scripted(name, [*SETTLED, 0.95]) for name in ("alexa", "hey_jarvis")]
    gate = WakeGate([(detector, None) for detector in detectors])
    found = [wake for _ in range(40) if (wake := gate.hear(QUIET, ["alexa"]))]
    assert [wake.word for wake in found] == ["hey_jarvis"]


def over_our_speech(gate: WakeGate, frames: list[tuple[Samples, Samples | None]]) -> list[Wake]:
    return [wake for frame, clear in frames if (wake := gate.hear(frame, (), clear))]


@pytest.mark.parametrize("cancelled", [False, True])
def test_over_our_own_speech_a_word_is_found_in_whichever_signal_it_is_left(cancelled: bool):
    gate = WakeGate([(FakeWakeWord("alexa"), None)])
    word = np.full(FRAME_SAMPLES, WAKE_MARK, np.int16)
    ours = np.full(FRAME_SAMPLES, 700, np.int16)
    said = (QUIET, word) if cancelled else (word, ours)
    frames = [*[(QUIET, None)] * 60, *[(QUIET, ours)] * 50, *[said] * 30, *[(QUIET, ours)] * 40]
    assert len(over_our_speech(gate, frames)) == 1


def test_a_word_that_goes_on_as_we_begin_to_speak_is_heard_as_one():
    gate = WakeGate([(FakeWakeWord("alexa", lag=0), None)])
    word = np.full(FRAME_SAMPLES, WAKE_MARK, np.int16)
    frames = [*[(QUIET, None)] * 60, *[(word, None)] * 15, *[(QUIET, word)] * 15]
    assert len(over_our_speech(gate, [*frames, *[(QUIET, QUIET)] * 100])) == 1


def test_reset_forgets_and_settles_anew():
    gate = WakeGate([(Scripted("alexa", [*SETTLED, *[0.0] * 5, *[0.95] * 20]), None)])
    heard(gate, 32)
    gate.reset()
    assert heard(gate, 20) == []


@pytest.mark.parametrize(
    ("sensitivity", "expected"), [(None, 0.9), (0.5, 0.9), (0.75, 0.5), (0.25, 0.95)]
)
def test_sensitivity_moves_the_threshold(sensitivity: float | None, expected: float):
    assert threshold(0.9, sensitivity) == pytest.approx(expected)


SOFT = np.full(FRAME_SAMPLES, 50, np.int16)
LOUD = np.full(FRAME_SAMPLES, 8000, np.int16)
SECOND = round(1 / FRAME_S)


def test_the_cut_behind_the_wake_word_is_at_the_quietest_spot():
    before = [LOUD] * SECOND
    assert end_of_wake_word([*before, SOFT, LOUD, LOUD, LOUD], Wake("alexa", 0.9)) == SECOND


def test_the_cut_never_reaches_back_beyond_where_the_word_may_have_ended():
    recent = [SOFT] * 30 + [LOUD] * 12
    assert end_of_wake_word(recent, Wake("alexa", 0.9)) >= 30
    assert end_of_wake_word([], Wake("alexa", 0.9)) == 0


@pytest.mark.parametrize("late", [1, 5, 20])
def test_a_late_verdict_does_not_move_the_cut_into_what_was_said_since(late: int):
    recent = [LOUD] * SECOND + [SOFT] + [LOUD] * 3 + [SOFT // 2] * late
    cut = end_of_wake_word(recent, Wake("alexa", 0.9, since=late + 3))
    assert cut <= SECOND + 3 + 8
    assert cut >= SECOND - 5
