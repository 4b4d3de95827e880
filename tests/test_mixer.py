"""The mixer: what is fed comes out whole, in order, at the right level, and without clicks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from device.mixer import DUCKED, ROOM_S, Mixer, Track, gain_of
from voice.audio import Samples

RATE = 16_000
BLOCK = 320


def tone(seconds: float, level: int = 10_000, hertz: float = 200.0) -> Samples:
    line = np.arange(round(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * hertz * line) * level).astype(np.int16)


def begin(mixer: Mixer, calls: list[str] | None = None, lead_in_s: float = 0.0) -> Track:
    noted = calls if calls is not None else []
    return mixer.begin(
        lambda: noted.append("started"), lambda: noted.append("changed"), lead_in_s=lead_in_s
    )


def pull_s(mixer: Mixer, seconds: float) -> Samples:
    return np.concatenate([mixer.pull(BLOCK) for _ in range(round(seconds * RATE / BLOCK))])


def steepest(samples: Samples) -> int:
    return int(np.abs(np.diff(samples.astype(int))).max())


@given(
    st.lists(st.integers(0, 900), max_size=8),
    st.lists(st.integers(1, 700), min_size=1, max_size=5),
    st.integers(0, 500),
)
def test_whatever_is_fed_comes_out_whole_and_in_order(
    lengths: list[int], blocks: list[int], lead_in: int
):
    mixer = Mixer(RATE)
    track = begin(mixer, lead_in_s=lead_in / RATE)
    fed = [np.full(length, number + 1, np.int16) for number, length in enumerate(lengths)]
    for samples in fed:
        track.add(samples)
    track.complete()
    out: list[Samples] = []
    while mixer.busy:
        out.append(mixer.pull(blocks[len(out) % len(blocks)]))
        assert len(out) < 20_000
    whole = np.concatenate(out) if out else np.zeros(0, np.int16)
    expected = np.concatenate([np.zeros(lead_in, np.int16), *fed])
    assert np.array_equal(whole[: len(expected)], expected)
    assert not whole[len(expected) :].any()
    assert track.heard == sum(lengths)


def test_started_comes_with_the_first_sample_of_the_answer_not_with_lead_in_or_chime():
    mixer, calls = Mixer(RATE), list[str]()
    track = begin(mixer, calls, lead_in_s=0.1)
    mixer.chime(tone(0.3))
    track.add(tone(0.1))
    pull_s(mixer, 0.1)
    assert calls == []
    assert track.heard == 0
    mixer.pull(BLOCK)
    assert calls == ["started"]
    pull_s(mixer, 0.3)
    assert calls.count("started") == 1


def test_volume_follows_loudness():
    assert gain_of(100) == 1
    assert gain_of(0) == 0
    assert abs(20 * np.log10(gain_of(50)) + 10) < 0.1
    assert [gain_of(v) for v in range(101)] == sorted(gain_of(v) for v in range(101))


def test_a_change_of_volume_while_playing_is_quick_and_does_not_click():
    mixer = Mixer(RATE)
    begin(mixer).add(tone(1.0))
    before = pull_s(mixer, 0.2)
    mixer.volume_percent = 0
    after = pull_s(mixer, 0.2)
    assert not after[round(0.03 * RATE) :].any()
    assert steepest(np.concatenate([before, after])) <= steepest(before) * 1.1


def test_a_volume_set_in_silence_holds_from_the_first_sample():
    mixer = Mixer(RATE, volume_percent=100)
    mixer.volume_percent = 0
    mixer.pull(BLOCK)
    begin(mixer).add(tone(0.1))
    assert not pull_s(mixer, 0.1).any()


def test_ducking_lowers_answers_to_a_fifth_within_30_ms_and_comes_back():
    mixer = Mixer(RATE)
    begin(mixer).add(np.full(RATE, 10_000, np.int16))
    mixer.pull(BLOCK)
    mixer.duck(True)
    ducked = pull_s(mixer, 0.1)
    assert set(ducked[round(0.03 * RATE) :]) == {round(10_000 * DUCKED)}
    assert steepest(ducked) < 100
    mixer.duck(False)
    assert set(pull_s(mixer, 0.1)[round(0.03 * RATE) :]) == {10_000}


def test_ducking_leaves_chimes_alone():
    mixer = Mixer(RATE)
    begin(mixer)
    mixer.duck(True)
    mixer.pull(BLOCK)
    pull_s(mixer, 0.1)
    mixer.chime(np.full(BLOCK, 5000, np.int16))
    assert set(mixer.pull(BLOCK)) == {5000}


def test_stop_fades_for_10_ms_and_drops_the_rest():
    mixer, calls = Mixer(RATE), list[str]()
    track = begin(mixer, calls)
    track.add(np.full(RATE, 10_000, np.int16))
    pull_s(mixer, 0.1)
    track.stop()
    after = pull_s(mixer, 0.1)
    assert 0 < np.flatnonzero(after)[-1] < round(0.01 * RATE)
    assert steepest(after) < 100
    assert track.ended
    assert not mixer.busy
    assert calls[-1] == "changed"
    track.add(tone(0.5))
    assert not pull_s(mixer, 0.1).any()


def test_stop_before_the_first_sample_says_nothing_at_all():
    mixer, calls = Mixer(RATE), list[str]()
    track = begin(mixer, calls, lead_in_s=0.5)
    track.add(tone(1.0))
    mixer.pull(BLOCK)
    track.stop()
    assert not pull_s(mixer, 1.0).any()
    assert "started" not in calls
    assert track.heard == 0
    assert not mixer.busy


def test_an_answer_after_a_stopped_one_begins_at_once():
    mixer = Mixer(RATE)
    first = begin(mixer)
    first.add(np.full(RATE, 10_000, np.int16))
    mixer.pull(BLOCK)
    first.stop()
    begin(mixer).add(np.full(RATE, 3, np.int16))
    block = mixer.pull(BLOCK)
    assert set(block[round(0.01 * RATE) :]) == {3}
    assert block[0] > 9000


def test_two_answers_never_speak_at_once():
    mixer = Mixer(RATE)
    first, second = begin(mixer), begin(mixer)
    second.add(np.full(BLOCK, 2, np.int16))
    first.add(np.full(BLOCK, 1, np.int16))
    assert set(mixer.pull(BLOCK)) == {1}
    assert set(mixer.pull(BLOCK)) == {0}
    first.complete()
    mixer.pull(BLOCK)
    assert set(mixer.pull(BLOCK)) == {2}


def test_a_chime_over_full_speech_is_heard_and_never_wraps_or_cuts_off():
    mixer = Mixer(RATE)
    speech, chime = tone(0.5, 32_767, 150), tone(0.2, 8000, 900)
    begin(mixer).add(speech)
    mixer.chime(chime)
    out = pull_s(mixer, 0.5)
    both = out[: len(chime)].astype(float)
    whole = speech[: len(chime)].astype(float) + chime
    assert (np.sign(both) == np.sign(whole))[np.abs(whole) > 1000].all()
    assert np.abs(both).max() < 32_767
    assert np.abs(both - speech[: len(chime)]).max() > 4000
    assert np.array_equal(out[len(chime) + BLOCK :], speech[len(chime) + BLOCK :])


def test_a_gap_inside_an_answer_is_silence_and_does_not_count_as_heard():
    mixer = Mixer(RATE)
    track = begin(mixer)
    assert not pull_s(mixer, 0.2).any()
    for _ in range(2):
        track.add(tone(0.1))
        out = pull_s(mixer, 0.3)
        assert out[: round(0.1 * RATE)].any()
        assert not out[round(0.1 * RATE) :].any()
    track.complete()
    pull_s(mixer, 0.3)
    assert not mixer.busy
    assert track.heard == round(0.2 * RATE)


def test_room_is_told_once_it_is_there_again():
    mixer, calls = Mixer(RATE), list[str]()
    track = begin(mixer, calls)
    track.add(np.ones(round((ROOM_S + 0.1) * RATE), np.int16))
    assert not track.has_room
    pull_s(mixer, 0.08)
    assert calls == ["started"]
    pull_s(mixer, 0.04)
    assert calls == ["started", "changed"]
    assert track.has_room
