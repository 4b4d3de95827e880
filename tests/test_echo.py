"""Echo cancelling without a sound card: alignment, delay, trust, and the two real cancellers in a room."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from room import Room

from device import echo_choice
from device.doctor_echo import judge, stimulus
from device.echo import EARLIEST, LATEST, REACH, Canceller, EchoCanceller
from device.echo_delay import CLEAR, DelayTracker, find
from device.echo_timeline import KEPT, Reference, Timeline
from device.echo_trust import ENOUGH, STRETCHES, Trust
from voice.audio import FRAME_SAMPLES, RATE, Samples, level_dbfs
from voice.config import Config

AHEAD = RATE // 10
"""Samples that a device takes before they are in the air."""

ROOM = Room(delay_s=0.08, gain_db=-6.0, reverb_s=0.2, drift_ppm=0.0)


def babble(seconds: float, seed: int = 1, level: float = 2000.0) -> Samples:
    """Sound with the spectrum and the rhythm of speech."""
    random = np.random.default_rng(seed)
    count = round(seconds * RATE)
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    shape = (hertz > 100) / (1 + (hertz / 600) ** 2)
    sound = np.fft.irfft(np.fft.rfft(random.normal(0, 1, count)) * shape, count)
    at = np.arange(count) / RATE
    sound *= np.clip(np.sin(2 * np.pi * 2.3 * at) + 0.8 * np.sin(2 * np.pi * 0.7 * at), 0, 2)
    return (sound / np.sqrt(np.mean(sound**2)) * level).clip(-32768, 32767).astype(np.int16)


class Recorded:
    """A canceller that removes nothing and keeps what it is given."""

    name = "recorded"

    def __init__(self, *, finds_delay: bool = True) -> None:
        self.finds_delay = finds_delay
        self.resets = 0
        self.heard: list[Samples] = []
        self.played: list[Samples] = []

    def clean(self, heard: Samples, played: Samples) -> Samples:
        self.heard.append(heard)
        self.played.append(played)
        return heard

    def reset(self) -> None:
        self.resets += 1


def hear_room(
    canceller: Canceller,
    played: Samples,
    room: Room,
    near: Samples | None = None,
    measured_db: float | None = None,
) -> tuple[EchoCanceller, Samples, Samples]:
    """Play something and hear it in a room; return the canceller, and what it was given and gave."""
    echo = EchoCanceller(canceller, measured_db=measured_db)
    count = len(played) // FRAME_SAMPLES * FRAME_SAMPLES
    heard = room.echo(played, RATE, count) + np.random.default_rng(2).normal(0, 8, count)
    if near is not None:
        heard += near[:count]
    microphone = np.clip(np.rint(heard), -32768, 32767).astype(np.int16)
    cleaned: list[Samples] = []
    ahead = np.concatenate([played, np.zeros(AHEAD, np.int16)])
    echo.played(ahead[:AHEAD], RATE, 100)
    for begin in range(0, count, FRAME_SAMPLES):
        due = begin + AHEAD
        echo.played(ahead[due : due + FRAME_SAMPLES], RATE, 100 + due / RATE)
        frame = microphone[begin : begin + FRAME_SAMPLES]
        cleaned.append(echo.hear(frame, 100 + begin / RATE))
    return echo, microphone, np.concatenate(cleaned)


def removed_db(heard: Samples, cleaned: Samples, since_s: float, until_s: float) -> float:
    part = slice(round(since_s * RATE), round(until_s * RATE))
    return level_dbfs(heard[part]) - level_dbfs(cleaned[part])


# --- where each block belongs


def test_blocks_follow_one_another_however_their_times_shake():
    line, random = Timeline(), np.random.default_rng(1)
    places = [line.place(320, 5 + n * 0.02 + random.uniform(-2e-3, 2e-3)) for n in range(500)]
    assert set(np.diff(places)) == {320}


def test_a_clock_that_drifts_is_followed_in_small_steps():
    line = Timeline()
    count = 50 * 600
    places = [line.place(320, n * 0.02 * (1 + 100e-6)) for n in range(count)]
    told = np.arange(count) * 0.02 * (1 + 100e-6) * RATE
    assert np.abs(places - told).max() < RATE * 0.012
    assert np.abs(np.diff(places) - 320).max() < RATE * 0.011


def test_lost_sound_moves_the_line_at_once():
    line = Timeline()
    line.place(320, 1.0)
    assert line.place(320, 1.02 + 0.3) == round(1.32 * RATE)


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_what_was_played_is_found_at_its_place_at_16_khz(rate: int):
    reference = Reference()
    at = np.arange(2 * rate) / rate
    tone = (np.sin(2 * np.pi * 440 * at) * 10_000).astype(np.int16)
    for begin in range(0, len(tone), rate // 50):
        reference.played(tone[begin : begin + rate // 50], rate, 7 + begin / rate)
    reference.catch_up()
    found = reference.window(round(7.5 * RATE), RATE)
    wanted = np.sin(2 * np.pi * 440 * (0.5 + np.arange(RATE) / RATE)) * 10_000
    assert np.abs(found - wanted).max() < 600  # a quarter of a sample at most


def test_before_behind_and_between_what_was_played_is_silence():
    reference = Reference()
    loud = np.full(320, 1000, np.int16)
    reference.played(loud, RATE, 10.0)
    reference.played(loud, RATE, 11.0)
    reference.catch_up()
    found = reference.window(round(9.9 * RATE), round(1.3 * RATE))
    assert (found != 0).sum() == 640
    assert found[1600] == found[1600 + RATE] == 1000
    for n in range(2 * KEPT // 320):
        reference.played(np.zeros(320, np.int16), RATE, 11.02 + n * 0.02)
        reference.catch_up()
    assert not reference.window(round(11.0 * RATE), 320).any()
    assert reference.last_sound is not None
    assert abs(reference.last_sound - 11.02 * RATE) < 5


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2000), st.floats(0, 30)), max_size=30))
def test_whatever_times_a_device_tells_nothing_breaks(blocks: list[tuple[int, float]]):
    echo = EchoCanceller(Recorded(finds_delay=False))
    for count, at in blocks:
        echo.played(np.full(count, 500, np.int16), 48_000, at)
        out = echo.hear(np.full(FRAME_SAMPLES, 3, np.int16), at)
        assert out.shape == (FRAME_SAMPLES,)
        assert out.dtype == np.int16


# --- how late the echo is


@pytest.mark.parametrize("delay_s", [0.0, 0.02, 0.15, 0.4])
@pytest.mark.parametrize("reverb_s", [0.0, 0.2, 0.4])
def test_the_delay_is_found(delay_s: float, reverb_s: float):
    played = babble(3)
    room = Room(delay_s, -12, reverb_s, 100)
    heard = room.echo(played, RATE, len(played)) + np.random.default_rng(1).normal(0, 20, 3 * RATE)
    begin = RATE
    place, clear = find(
        heard[begin : 2 * begin].astype(np.int16), played[begin - LATEST : 2 * begin - EARLIEST]
    )
    assert abs((LATEST - place) / RATE - delay_s) < 0.003
    assert clear > CLEAR


def test_no_delay_is_found_where_there_is_no_echo():
    for seed in range(20):
        heard, played = babble(1, 100 + seed), babble(1 + (LATEST - EARLIEST) / RATE, seed)
        assert find(heard, played)[1] < CLEAR
    silent = np.zeros(RATE, np.int16)
    assert find(silent, babble(2))[1] < CLEAR
    assert find(silent, np.zeros(2 * RATE, np.int16))[1] == 0


def test_a_delay_is_believed_when_two_looks_agree():
    played, tracker = babble(3), DelayTracker()
    heard = played[RATE - 800 : 2 * RATE - 800]  # as if it came back 800 samples later
    assert not tracker.look(heard, played[: 2 * RATE], -RATE)
    assert tracker.delay is None
    assert not tracker.look(babble(1, 7), played[: 2 * RATE], 0)
    assert tracker.look(heard, played[: 2 * RATE], -RATE)
    assert tracker.delay == 800 - RATE


# --- when voices may interrupt


def test_trust_is_earned_by_what_is_removed():
    trust = Trust()
    assert not trust.trusted
    for _ in range(ENOUGH):
        assert not trust.trusted
        trust.stretch(-30, -60)
    assert trust.trusted
    assert trust.attenuation_db == 30


def test_what_the_doctor_measured_counts_until_something_else_is_measured():
    assert Trust(25.0).trusted
    assert not Trust(12.0).trusted
    trust = Trust(25.0)
    for _ in range(STRETCHES):
        trust.stretch(-30, -32)
    assert not trust.trusted


def test_somebody_who_speaks_over_us_now_and_then_costs_no_trust():
    trust = Trust()
    for n in range(40):
        trust.stretch(-20, -21) if n % 3 == 2 else trust.stretch(-30, -55)
        if n > ENOUGH:
            assert trust.trusted


def test_neither_does_who_speaks_over_most_of_what_we_say():
    """Each answer is interrupted in its second second, by a request as long as what was said of it."""
    trust = Trust()
    for _ in range(ENOUGH):
        trust.stretch(-30, -55)
    for n in range(60):
        trust.stretch(-30, -55) if n % 3 == 0 else trust.stretch(-20, -21)
        assert trust.trusted


def test_a_canceller_that_fails_is_found_out_within_six_seconds_of_speech():
    trust = Trust()
    for _ in range(STRETCHES):
        trust.stretch(-30, -55)
    for _ in range(12):
        trust.stretch(-30, -35)
    assert not trust.trusted


def test_trust_has_hysteresis():
    trust = Trust()
    levels = [16.0] * STRETCHES + [12.0] * STRETCHES + [8.0] * STRETCHES + [12.0] * STRETCHES
    seen: list[bool] = []
    for level in levels:
        trust.stretch(-30, -30 - level)
        seen.append(trust.trusted)
    at = [seen[n * STRETCHES - 1] for n in range(1, 5)]
    assert at == [True, True, False, False]


def test_where_nothing_comes_back_there_is_nothing_to_remove():
    """Headphones: what is heard while we speak is no louder than the room."""
    trust, random = Trust(), np.random.default_rng(1)
    ours = babble(0.02, level=3000)

    def room() -> Samples:
        return random.normal(0, 30, FRAME_SAMPLES).astype(np.int16)

    for _ in range(200):
        trust.quiet(room())
    for _ in range(200):
        frame = room()
        trust.speaking(frame, frame, ours)
    assert trust.trusted


def test_stretches_in_which_we_say_nothing_do_not_count():
    trust, silent = Trust(), np.zeros(FRAME_SAMPLES, np.int16)
    for _ in range(500):
        trust.speaking(babble(0.02), silent, silent)
    assert trust.attenuation_db is None


# --- all together


def test_while_nothing_is_played_frames_pass_untouched_and_no_canceller_runs():
    canceller = Recorded()
    echo = EchoCanceller(canceller)
    for n in range(100):
        frame = np.full(FRAME_SAMPLES, n, np.int16)
        echo.played(np.zeros(960, np.int16), 48_000, n * 0.02)
        assert echo.hear(frame, n * 0.02) is frame
    assert canceller.heard == []


def test_it_works_from_the_first_sound_until_the_room_is_quiet_again():
    canceller = Recorded()
    echo = EchoCanceller(canceller)
    touched: list[float] = []
    for n in range(300):
        at = n * 0.02
        level = 1000 if 2.0 <= at < 3.0 else 0
        echo.played(np.full(FRAME_SAMPLES, level, np.int16), RATE, at)
        before = len(canceller.heard)
        echo.hear(np.full(FRAME_SAMPLES, 5, np.int16), at)
        if len(canceller.heard) > before:
            touched.append(at)
    assert touched[0] == pytest.approx(2.0)
    assert touched[-1] == pytest.approx(3.0 + REACH / RATE, abs=0.03)
    assert len(touched) == pytest.approx((1.0 + REACH / RATE) * 50, abs=2)


@pytest.mark.parametrize("delay_s", [-0.05, 0.0, 0.1, 0.4])
def test_a_canceller_gets_what_was_played_shortly_before_its_echo(delay_s: float):
    canceller = Recorded(finds_delay=False)
    hear_room(canceller, babble(6), Room(delay_s, -6, 0, 0))
    heard = np.concatenate(canceller.heard)[-2 * RATE :]
    played = np.concatenate(canceller.played)[-2 * RATE - LATEST :]
    place, clear = find(heard, played)
    assert clear > CLEAR
    assert 0.01 < (LATEST - place) / RATE < 0.08


@pytest.mark.parametrize(("delay_s", "drift_ppm"), [(0.02, 100.0), (0.1, 0.0), (0.4, 100.0)])
def test_webrtc_removes_an_echo_in_a_room(delay_s: float, drift_ppm: float):
    room = Room(delay_s, -6, 0.2, drift_ppm)
    echo, heard, cleaned = hear_room(echo_choice.CANCELLERS["webrtc"](), babble(8), room)
    assert removed_db(heard, cleaned, 2, 8) > 20
    assert echo.trust.trusted
    assert echo.delay_s == pytest.approx(delay_s, abs=0.005)


def test_a_delay_that_changed_is_followed_and_trust_is_earned_anew():
    """A speaker that is opened again may be later than before."""
    canceller = Recorded(finds_delay=False)
    echo = EchoCanceller(canceller, measured_db=30.0)
    played = babble(12)
    near, late = (Room(delay, -6, 0, 0).echo(played, RATE, len(played)) for delay in (0.0, 0.3))
    heard = np.concatenate([near[: 4 * RATE], late[4 * RATE :]]).astype(np.int16)
    echo.played(played[:AHEAD], RATE, 100)
    for begin in range(0, len(heard) - AHEAD - FRAME_SAMPLES, FRAME_SAMPLES):
        due = begin + AHEAD
        echo.played(played[due : due + FRAME_SAMPLES], RATE, 100 + due / RATE)
        echo.hear(heard[begin : begin + FRAME_SAMPLES], 100 + begin / RATE)
        if canceller.resets == 1:
            break
    assert echo.delay_s == pytest.approx(0.3, abs=0.005)
    assert not echo.trust.trusted


def test_speex_learns_a_room_and_is_not_trusted_before_it_has():
    canceller = speex()
    echo, heard, cleaned = hear_room(canceller, babble(16), ROOM)
    assert removed_db(heard, cleaned, 12, 16) > 12
    drifting, *_ = hear_room(speex(), babble(8), Room(0.1, -6, 0.2, 100))
    assert not drifting.trust.trusted
    assert echo.delay_s == pytest.approx(ROOM.delay_s, abs=0.005)


def speex() -> Canceller:
    try:
        return echo_choice.CANCELLERS["speex"]()
    except OSError:
        pytest.skip("libspeexdsp is not installed")


def test_a_voice_that_speaks_over_ours_stays():
    near = np.zeros(8 * RATE)
    near[5 * RATE : 7 * RATE] = babble(2, seed=9, level=1500)
    _, _, cleaned = hear_room(echo_choice.CANCELLERS["webrtc"](), babble(8), ROOM, near)
    alone = level_dbfs(near[5 * RATE : 7 * RATE].astype(np.int16))
    assert level_dbfs(cleaned[5 * RATE : 7 * RATE]) > alone - 8
    assert level_dbfs(cleaned[3 * RATE : 5 * RATE]) < alone - 20


# --- which canceller


def test_auto_takes_the_best_that_is_installed(monkeypatch: pytest.MonkeyPatch):
    def missing() -> Canceller:
        raise ImportError("no module named livekit")

    made = Recorded()
    monkeypatch.setitem(echo_choice.CANCELLERS, "webrtc", missing)
    monkeypatch.setitem(echo_choice.CANCELLERS, "speex", lambda: made)
    assert echo_choice.load("auto") is made
    assert echo_choice.load("off") is None


@pytest.mark.parametrize("name", ["auto", "webrtc", "speex"])
def test_without_any_it_goes_on_and_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
):
    def missing() -> Canceller:
        raise OSError("libspeexdsp.so.1: cannot open shared object file")

    for one in ("webrtc", "speex"):
        monkeypatch.setitem(echo_choice.CANCELLERS, one, missing)
    with caplog.at_level(logging.WARNING):
        assert echo_choice.load(name) is None
    assert len(caplog.messages) == 1
    assert "install" in caplog.messages[0]
    assert "\n" not in caplog.messages[0]


MEASURED = echo_choice.Measurement("webrtc", None, None, 80.0, -6.0, 35.0)


def test_a_measurement_is_remembered_for_the_same_canceller_and_devices(tmp_path: Path):
    env = {"SAYSO_STATE": str(tmp_path / "state")}
    assert echo_choice.recall(Config(), "webrtc", env) is None
    echo_choice.remember(MEASURED, env)
    assert echo_choice.recall(Config(), "webrtc", env) == MEASURED
    assert echo_choice.recall(Config(), "speex", env) is None
    other = Config.model_validate({"snd": {"device": "headset"}})
    assert echo_choice.recall(other, "webrtc", env) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "\x00",
        '{"canceller": "webrtc"}',
        '{"canceller": 5, "x": 1}',
        *(
            json.dumps(asdict(MEASURED) | {"attenuation_db": wrong})
            for wrong in ("loud", "35", True, float("inf"), float("nan"))
        ),
        "[" * 20_000,
        json.dumps(asdict(MEASURED)).replace("35.0", "1e999"),
    ],
)
def test_a_spoilt_measurement_is_none(tmp_path: Path, text: str):
    (tmp_path / echo_choice.FILE).write_text(text)
    assert echo_choice.recall(Config(), "webrtc", {"SAYSO_STATE": str(tmp_path)}) is None


# --- the doctor's part


def test_the_doctor_tells_delay_and_attenuation_and_keeps_them(tmp_path: Path):
    env = {"SAYSO_STATE": str(tmp_path)}
    sound = np.concatenate([np.zeros(RATE, np.int16), stimulus().samples, np.zeros(RATE, np.int16)])
    echo, *_ = hear_room(echo_choice.CANCELLERS["webrtc"](), sound, ROOM)
    found = judge(Config(), echo, env)
    assert found.ok
    assert found.values["delay_ms"] == pytest.approx(80, abs=5)
    assert found.values["echo_db"] == pytest.approx(-6, abs=2)
    assert found.values["attenuation_db"] > 20
    assert "a voice may interrupt" in found.figure
    kept = echo_choice.recall(Config(), "webrtc", env)
    assert kept
    assert Trust(kept.attenuation_db).trusted


def test_the_doctor_says_what_to_do_where_the_echo_stays(tmp_path: Path):
    env = {"SAYSO_STATE": str(tmp_path)}
    sound = np.concatenate([np.zeros(RATE, np.int16), stimulus().samples, np.zeros(RATE, np.int16)])
    echo, *_ = hear_room(Recorded(), sound, ROOM)
    found = judge(Config(), echo, env)
    assert found.ok is None
    assert "wake word and button" in found.advice
    assert found.values["attenuation_db"] < 1
    assert "\n" not in found.figure + found.advice


def test_the_doctor_does_not_judge_what_was_not_played(tmp_path: Path):
    echo, *_ = hear_room(Recorded(), np.zeros(3 * RATE, np.int16), ROOM)
    assert judge(Config(), echo, {"SAYSO_STATE": str(tmp_path)}).ok is None
    assert not (tmp_path / echo_choice.FILE).exists()
