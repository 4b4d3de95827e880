"""Two voice detectors as one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voice.audio import FRAME_SAMPLES, Samples
from voice.engines.silero import Silero
from voice.engines.webrtc import WebRtc
from voice.vad import Gated


class Listed:
    """Answers with what the frame holds, and remembers what it heard."""

    def __init__(self, floor: int = 0) -> None:
        self.heard: list[int] = []
        self._floor = floor

    def hear(self, frame: Samples) -> float:
        self.heard.append(int(frame[0]))
        return 1.0 if frame[0] > self._floor else 0.0

    def reset(self) -> None:
        self.heard.clear()

    def twin(self) -> Listed:
        return Listed(self._floor)


def frame(value: int) -> Samples:
    return np.full(FRAME_SAMPLES, value, np.int16)


def test_the_judge_rests_while_the_gate_hears_nothing():
    gate, judge = Listed(), Listed(5)
    both = Gated(gate, judge)
    assert [both.hear(frame(0)) for _ in range(100)] == [0.0] * 100
    assert judge.heard == []


def test_what_came_before_the_gate_opened_is_not_lost():
    both = Gated(Listed(10), judge := Listed(5))
    for value in (1, 2, 3):
        both.hear(frame(value))
    assert both.hear(frame(20)) == 1.0
    assert judge.heard == [1, 2, 3, 20]


def test_the_gate_stays_open_through_a_pause():
    both = Gated(Listed(10), judge := Listed(5))
    both.hear(frame(20))
    for _ in range(40):
        both.hear(frame(7))
    assert len(judge.heard) == 41


@given(st.lists(st.integers(0, 30), max_size=200))
def test_what_the_gate_lets_through_is_answered_by_the_judge(values: list[int]):
    both, judge = Gated(Listed(10), Listed(5)), Listed(5)
    for value in values:
        answer = both.hear(frame(value))
        assert answer in (0.0, judge.hear(frame(value)))
        if value > 10:
            assert answer == 1.0


def test_real_detectors_hear_no_voice_in_noise_and_forget_on_reset():
    both = Gated(WebRtc(2), Silero())
    noise = np.random.default_rng(1).normal(0, 30, (200, FRAME_SAMPLES)).astype(np.int16)
    assert max(both.hear(part) for part in noise) < 0.5
    both.reset()
    assert both.hear(noise[0]) < 0.5
