"""The end of a request, counted in frames; no clock, no models."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.audio import FRAME_S
from voice.config import Turn
from voice.endpoint import PAUSE_S, Change, Endpoint


def run(endpoint: Endpoint, *parts: tuple[float, float]) -> list[tuple[float, Change]]:
    """Feed (seconds, probability) parts; return what changed and at which second."""
    changes: list[tuple[float, Change]] = []
    count = 0
    for seconds, probability in parts:
        for _ in range(round(seconds / FRAME_S)):
            count += 1
            if change := endpoint.hear(probability):
                changes.append((round(count * FRAME_S, 3), change))
    return changes


def opened(wait_s: float | None = 4.0, **turn: float) -> Endpoint:
    endpoint = Endpoint(Turn.model_validate(turn))
    endpoint.open(wait_s)
    return endpoint


def test_speech_and_then_silence_is_a_request():
    changes = run(opened(silence_ms=700), (1, 0), (2, 1), (1, 0))
    assert [change for _, change in changes] == [Change.BEGAN, Change.PAUSED, Change.DONE]
    assert changes[1][0] == pytest.approx(3.0 + PAUSE_S)
    assert changes[2][0] == 3.7


def test_a_pause_inside_a_sentence_does_not_end_it():
    changes = run(opened(silence_ms=800), (1, 1), (0.7, 0), (1, 1), (1, 0))
    kinds = [change for _, change in changes]
    assert kinds == [Change.BEGAN, Change.PAUSED, Change.WENT_ON, Change.PAUSED, Change.DONE]


def test_nobody_speaking_ends_the_wait():
    assert run(opened(4.0), (5, 0)) == [(4.0, Change.NOTHING)]


def test_without_a_limit_the_wait_goes_on():
    assert run(opened(None), (3600, 0)) == []


def test_television_ends_at_the_cap():
    changes = run(opened(max_s=10), (12, 1))
    assert changes[0][1] is Change.BEGAN
    assert changes[-1] == (10.0, Change.CAP)


def test_a_click_is_not_speech():
    assert run(opened(4.0), (1, 0), (0.04, 1), (4, 0)) == [(4.0, Change.NOTHING)]


def test_a_complete_sentence_ends_early_and_an_open_one_late():
    for completeness, expected in (("complete", 0.36), ("plain", 0.8), ("open", 1.4)):
        endpoint = opened(early_ms=360, silence_ms=800, late_ms=1400)
        run(endpoint, (1, 1), (0.2, 0))
        endpoint.judge(completeness)
        ((after, change),) = run(endpoint, (2, 0))[:1]
        assert change is Change.DONE
        assert round(after + 0.2, 3) == expected


def test_more_speech_takes_the_judgement_back():
    endpoint = opened(early_ms=300, silence_ms=800)
    run(endpoint, (1, 1), (0.2, 0))
    endpoint.judge("complete")
    changes = run(endpoint, (0.06, 0), (1, 1), (0.7, 0))
    assert [change for _, change in changes] == [Change.WENT_ON, Change.PAUSED]


def test_speech_within_a_second_of_the_end_belongs_to_the_request():
    endpoint = opened(silence_ms=400)
    run(endpoint, (1, 1), (0.4, 0))
    changes = run(endpoint, (0.9, 0), (0.5, 1), (1, 0))
    assert [change for _, change in changes][:2] == [Change.WENT_ON, Change.PAUSED]
    assert Change.DONE in [change for _, change in changes]


def test_speech_after_that_is_no_longer_of_interest():
    endpoint = opened(silence_ms=400)
    run(endpoint, (1, 1), (0.4, 0))
    assert run(endpoint, (1.5, 0), (2, 1)) == [(1.0, Change.OVER)]
    assert endpoint.closed


def test_a_voice_fading_out_is_still_voice():
    endpoint = opened(silence_ms=400)
    run(endpoint, (1, 0.9))
    assert run(endpoint, (0.3, 0.4)) == []
    assert endpoint.voice_s == 1.3


probabilities = st.lists(
    st.tuples(st.integers(1, 40), st.sampled_from([0.0, 0.3, 0.45, 0.6, 1.0])), max_size=60
)


@given(probabilities)
def test_it_always_ends(parts: list[tuple[int, float]]):
    endpoint = opened(4.0, max_s=10)
    heard = [endpoint.hear(p) for count, p in parts for _ in range(count)]
    heard += [endpoint.hear(0.0) for _ in range(round(16 / FRAME_S))]
    assert endpoint.closed
    ends = [h for h in heard if h in (Change.DONE, Change.CAP, Change.NOTHING)]
    assert ends
    assert sum(h is Change.BEGAN for h in heard) <= 1


@given(probabilities)
def test_pauses_and_continuations_alternate(parts: list[tuple[int, float]]):
    endpoint = opened(None, max_s=60)
    paused = False
    for change in (endpoint.hear(p) for count, p in parts for _ in range(count)):
        if change is Change.PAUSED:
            assert not paused
            paused = True
        elif change is Change.WENT_ON:
            paused = False
