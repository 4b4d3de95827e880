"""Clocks that run apart: the pace is learned from the echo, and what was played is read at it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from room import Room
from test_echo import AHEAD, babble, removed_db, speex

from device.echo import EchoCanceller
from device.echo_drift import Drift, Following, between
from device.echo_timeline import Reference
from voice.audio import FRAME_SAMPLES, RATE, Samples

PPM = 1e-6


def seen(ppm: float, looks: int, random: np.random.Generator, noise: float = 0.1) -> Drift:
    """Return what was learned from looks once a second at an echo that comes earlier and earlier."""
    drift = Drift()
    for n in range(looks):
        drift.look(n * RATE, 1000 - ppm * PPM * n * RATE + random.normal(0, noise))
    return drift


@given(st.floats(-300, 300), st.integers(8, 60), st.integers(0, 1000))
def test_the_pace_is_learned_from_a_few_looks(ppm: float, looks: int, seed: int):
    drift = seen(ppm, looks, np.random.default_rng(seed))
    assert drift.pace is not None
    assert (drift.pace - 1) / PPM == pytest.approx(ppm, abs=6)


def test_nothing_is_known_from_less():
    assert seen(50, 4, np.random.default_rng(1)).pace is None


def test_looks_that_see_something_else_teach_nothing():
    drift, random = Drift(), np.random.default_rng(1)
    for n in range(100):
        drift.look(n * RATE, random.uniform(-2000, 2000))
    assert drift.pace is None


def test_one_look_in_ten_that_sees_something_else_does_not_matter():
    drift, random = Drift(), np.random.default_rng(1)
    for n in range(30):
        delay = 1000 - 80 * PPM * n * RATE
        drift.look(n * RATE, delay + (20 if n % 10 == 5 else random.normal(0, 0.1)))
    assert drift.pace is not None
    assert (drift.pace - 1) / PPM == pytest.approx(80, abs=6)


def test_a_device_that_is_opened_again_keeps_its_pace():
    drift = seen(80, 20, np.random.default_rng(1))
    for n in range(20, 40):
        drift.look(n * RATE, 3000 - 80 * PPM * n * RATE)
        assert drift.pace is not None
        assert (drift.pace - 1) / PPM == pytest.approx(80, abs=6)


def test_between_two_samples_sound_is_read_as_it_would_be_there():
    reference = Reference()
    at = np.arange(RATE)

    def tone(places: np.ndarray) -> np.ndarray:
        return 8000 * np.sin(2 * np.pi * 1700 * places / RATE) + 4000 * np.sin(places / 2)

    reference.played(tone(at).astype(np.int16), RATE, 5.0)
    reference.catch_up()
    for share in (0.0, 0.1, 0.5, 0.9):
        read = between(reference, 5 * RATE + 4000 + share, 400)
        wanted = tone(4000 + share + np.arange(400))
        assert np.abs(read - wanted).max() < 60


def test_it_moves_on_at_its_pace_and_starts_anew_where_sound_was_lost():
    reference, following = Reference(), Following()
    ramp = np.arange(3 * RATE) % 20_000
    reference.played(ramp.astype(np.int16), RATE, 0.0)
    reference.catch_up()
    pace = 1 + 200 * PPM
    for n in range(100):
        read = following.take(reference, 1000 + 160 * n, 160 * n, 160, pace)
        assert read[0] == pytest.approx(1000 + 160 * n * pace, abs=1)
    read = following.take(reference, 40_000 + 500, 40_000, 160, pace)
    assert read[0] == (40_000 + 500) % 20_000


@pytest.mark.parametrize("ppm", [100.0, -40.0])
def test_speex_removes_an_echo_whose_clock_runs_away(ppm: float):
    """The devices tell the same clock: another program's resampler is between, or Bluetooth."""
    room = Room(delay_s=0.08, gain_db=-6.0, reverb_s=0.2, drift_ppm=ppm)
    _, heard, cleaned = hear(babble(18), room)
    assert removed_db(heard, cleaned, 12, 18) > 18


def test_and_one_whose_device_tells_so():
    """Blocks come faster than they last: the line that they are put on moves now and then."""
    room = Room(delay_s=0.08, gain_db=-6.0, reverb_s=0.2, drift_ppm=100.0)
    _, heard, cleaned = hear(babble(18), room, told_ppm=100.0)
    assert removed_db(heard, cleaned, 12, 18) > 18


def hear(
    played: Samples, room: Room, *, told_ppm: float = 0.0
) -> tuple[EchoCanceller, Samples, Samples]:
    """Play something and hear it; ``told_ppm`` is how much faster the player says it is."""
    echo = EchoCanceller(speex())
    count = len(played) // FRAME_SAMPLES * FRAME_SAMPLES
    heard = room.echo(played, RATE, count) + np.random.default_rng(2).normal(0, 8, count)
    microphone = np.clip(np.rint(heard), -32768, 32767).astype(np.int16)
    cleaned: list[Samples] = []
    given_until = 0
    for begin in range(0, count, FRAME_SAMPLES):
        while given_until * (1 - told_ppm * PPM) <= begin + AHEAD:
            block = played[given_until : given_until + FRAME_SAMPLES]
            echo.played(block, RATE, 100 + given_until * (1 - told_ppm * PPM) / RATE)
            given_until += FRAME_SAMPLES
        frame = microphone[begin : begin + FRAME_SAMPLES]
        cleaned.append(echo.hear(frame, 100 + begin / RATE))
    return echo, microphone, np.concatenate(cleaned)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-(10**6), 10**6), st.floats(-1e5, 1e5)), max_size=50))
def test_whatever_is_looked_at_the_pace_stays_plausible(looks: list[tuple[int, float]]):
    drift = Drift()
    for at, delay in looks:
        drift.look(at, delay)
        assert drift.pace is None or abs(drift.pace - 1) <= 500 * PPM
