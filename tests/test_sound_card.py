"""Microphone and speaker through PortAudio, ALSA and PulseAudio, on a card without hardware."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sound_card import RATE as CARD_RATE
from sound_card import SoundCard, card_fixture  # noqa: F401 # a fixture is used by its name

from voice.audio import RATE, Samples

pytestmark = pytest.mark.card

ROOT = Path(__file__).parent.parent
DRIVER = Path(__file__).with_name("card_driver.py")
LOUD = 16_000
BUSY_TRIES = 4
INAUDIBLE = 5 * CARD_RATE // 1000
"""Samples of silence inside a tone that nobody hears."""


class Driver:
    """The child process and what it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def next(self, key: str) -> dict[str, Any]:
        """Return the next message that has a key."""
        assert self._process.stdout
        for line in self._process.stdout:
            message = json.loads(line)
            if key in message:
                return message
        raise AssertionError(f"the driver ended without {key!r}: {self.errors()}")

    def errors(self) -> str:
        assert self._process.stderr
        return self._process.stderr.read()

    def wait(self) -> None:
        assert self._process.stdout
        self._process.stdout.read()
        assert self._process.wait(timeout=30) == 0, self.errors()


@contextmanager
def driving(card: SoundCard, **order: Any) -> Iterator[Driver]:
    environment = {**card.environment, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(DRIVER), json.dumps(order)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Driver(process)
        finally:
            if process.poll() is None:
                process.kill()


def tone(seconds: float, rate: int, hertz: float = 1000.0, level: int = LOUD) -> Samples:
    time_line = np.arange(round(seconds * rate)) / rate
    return (np.sin(2 * np.pi * hertz * time_line) * level).astype(np.int16)


def write_wav(path: Path, samples: Samples, rate: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def save(path: Path, samples: Samples) -> str:
    np.save(path, samples)
    return str(path)


def span(samples: Samples, floor: int = 200) -> Samples:
    """Return what lies between the first and the last audible sample."""
    loud = np.flatnonzero(np.abs(samples.astype(int)) > floor)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples[:0]


def longest_gap(samples: Samples, floor: int = 200) -> int:
    """Return the longest run of near-silence inside a sound, in samples."""
    loud = np.flatnonzero(np.abs(samples.astype(int)) > floor)
    return int(np.diff(loud).max()) - 1 if len(loud) > 1 else 0


def audible(samples: Samples, floor: int = 200) -> float:
    """Return how many seconds of a recording can be heard."""
    return np.count_nonzero(np.abs(samples.astype(int)) > floor) / CARD_RATE


def pitch(samples: Samples, rate: int) -> float:
    """Return the frequency of a tone in Hz, from its phase over the whole length."""
    time_line = np.arange(len(samples)) / rate
    mixed = samples * np.exp(-2j * np.pi * 1000.0 * time_line)
    size = len(mixed) // 20
    phases = np.unwrap(np.angle(mixed[: size * 20].reshape(20, size).mean(axis=1)))
    return 1000.0 + float(np.polyfit(np.arange(20) * size / rate, phases, 1)[0]) / (2 * np.pi)


@pytest.mark.parametrize("mic", [{}, {"rate": 48_000, "channels": 2}, {"rate": 44_100}])
def test_a_tone_arrives_at_its_level_and_pitch_and_without_gaps(
    card: SoundCard,
    tmp_path: Path,
    mic: dict[str, int],
):
    wav = write_wav(tmp_path / "tone.wav", tone(2.0, 48_000), 48_000)
    heard = tmp_path / "heard.npy"
    with driving(card, do="hear", mic=mic, seconds=4, file=str(heard)) as driver:
        driver.next("ready")
        card.speak(wav)
        wall = driver.next("wall_s")["wall_s"]
        driver.wait()
    frames = np.load(heard)
    assert frames.shape == (200, 320)
    assert frames.dtype == np.int16
    sound = span(frames.ravel())
    assert abs(len(sound) / RATE - 2.0) < 0.01
    assert longest_gap(sound) < 0.002 * RATE
    assert abs(pitch(sound, RATE) - 1000) < 5
    level = np.sqrt(np.mean(sound[1600:-1600].astype(float) ** 2))
    assert abs(20 * np.log10(level / (LOUD / np.sqrt(2)))) < 0.5
    assert abs(wall / 4 - 1) < 0.03


def test_gain_makes_the_microphone_louder(card: SoundCard, tmp_path: Path):
    wav = write_wav(tmp_path / "tone.wav", tone(1.0, 48_000, level=2000), 48_000)
    heard = tmp_path / "heard.npy"
    with driving(card, do="hear", gain_db=12, seconds=3, file=str(heard)) as driver:
        driver.next("ready")
        card.speak(wav)
        driver.wait()
    sound = span(np.load(heard).ravel())[1600:-1600]
    assert abs(np.abs(sound).max() / (2000 * 10 ** (12 / 20)) - 1) < 0.05


def test_what_is_played_is_heard_whole(card: SoundCard, tmp_path: Path):
    clauses = [save(tmp_path / f"{n}.npy", tone(s, 22_050)) for n, s in enumerate((0.5, 3, 0.7))]
    with (
        card.record() as recording,
        driving(card, do="speak", tasks=[{"play": clauses, "rate": 22_050}]) as driver,
    ):
        told = driver.next("finished_s")
        driver.wait()
    sound = span(recording.samples)
    assert abs(len(sound) / CARD_RATE - 4.2) < 0.02
    assert longest_gap(sound) < 0.002 * CARD_RATE
    assert abs(pitch(sound[: CARD_RATE // 2], CARD_RATE) - 1000) < 5
    assert abs(told["heard_s"] - 4.2) < 0.01
    assert 4.2 <= told["finished_s"] < 4.8


def test_an_end_is_not_cut_off_when_the_device_is_closed_at_once(
    card: SoundCard,
    tmp_path: Path,
):
    """The driver closes the device as soon as `finish` returns; every sample must be out by then."""
    clause = save(tmp_path / "click.npy", np.full(4800, LOUD, np.int16))
    tasks = [{"play": [clause], "rate": CARD_RATE}]
    with (
        card.record() as recording,
        driving(card, do="speak", tasks=tasks) as driver,
    ):
        driver.wait()
    assert abs(int((recording.samples == LOUD).sum()) - 4800) < 10


def test_the_lead_in_is_silent_and_the_answer_whole(card: SoundCard, tmp_path: Path):
    clause = save(tmp_path / "tone.npy", tone(0.5, CARD_RATE))
    tasks = [{"play": [clause], "rate": CARD_RATE, "lead_in_s": 0.3}]
    with (
        card.record() as recording,
        driving(card, do="speak", tasks=tasks) as driver,
    ):
        told = driver.next("finished_s")
        driver.wait()
    assert abs(len(span(recording.samples)) / CARD_RATE - 0.5) < 0.01
    # A device that has just been opened takes its first 0.1 s at once.
    assert told["started_s"] >= 0.18
    assert told["finished_s"] >= 0.8


def test_stop_is_silent_at_once_and_without_a_click(card: SoundCard, tmp_path: Path):
    clause = save(tmp_path / "tone.npy", tone(5.0, CARD_RATE))
    tasks = [{"play": [clause], "rate": CARD_RATE, "stop_after_s": 1.0}]
    with (
        card.record() as recording,
        driving(card, do="speak", tasks=tasks) as driver,
    ):
        told = driver.next("stopped")
        driver.wait()
    sound = span(recording.samples, floor=0)
    # `heard_s` is what had gone to the device when stop() was called, its fade excluded.
    assert len(sound) / CARD_RATE - told["heard_s"] < 0.06
    assert np.abs(np.diff(sound[-480:].astype(int))).max() < LOUD * 0.14


def test_ducking_and_volume_change_the_level_and_do_not_click(
    card: SoundCard,
    tmp_path: Path,
):
    clause = save(tmp_path / "tone.npy", tone(2.0, CARD_RATE))
    tasks = [
        {"play": [clause], "rate": CARD_RATE, "duck_after_s": 0.5, "volume_after_s": 0.5}
        | {"volume_percent": 50}
    ]
    with (
        card.record() as recording,
        driving(card, do="speak", tasks=tasks) as driver,
    ):
        driver.wait()
    sound = span(recording.samples, floor=50).astype(float)
    levels = [np.sqrt(np.mean(part**2)) for part in np.split(sound[: 90 * 1000], 90)]
    assert abs(levels[5] / (LOUD / np.sqrt(2)) - 1) < 0.05
    assert any(abs(level / levels[5] - 0.2) < 0.02 for level in levels)
    assert abs(levels[85] / levels[5] - 0.2 * 0.315) < 0.01
    assert np.abs(np.diff(sound)).max() < LOUD * 0.14


def test_a_busy_interpreter_and_busy_processors_leave_no_gap(
    card: SoundCard,
    tmp_path: Path,
):
    """Without a gap, and whole: of some tries one, for a card that ran dry loses what it held.

    A fault of ours would show each time.
    """
    clause = save(tmp_path / "tone.npy", tone(4.0, 22_050))
    whole = audible(tone(4.0, CARD_RATE))
    tasks = [{"busy_s": 4.0}, {"play": [clause], "rate": 22_050}]
    burner = "import time\nend=time.monotonic()+5\nwhile time.monotonic()<end: pass"
    heard: list[str] = []
    for _ in range(BUSY_TRIES):
        burners = [subprocess.Popen([sys.executable, "-c", burner]) for _ in range(2)]
        try:
            with (
                card.record() as recording,
                driving(card, do="speak", tasks=tasks) as driver,
            ):
                driver.wait()
        finally:
            for process in burners:
                process.kill()
                process.wait()
        sound = span(recording.samples)
        gap, lost = longest_gap(sound), whole - audible(sound)
        if gap < INAUDIBLE and abs(lost) < 0.05:
            return
        heard.append(f"a gap of {1000 * gap / CARD_RATE:.0f} ms, {lost:.3f} s lost")
    pytest.fail("; ".join(heard))


def test_the_microphone_comes_back_after_it_was_unplugged(card: SoundCard, tmp_path: Path):
    heard = tmp_path / "heard.npy"
    wav = write_wav(tmp_path / "tone.wav", tone(1.0, 48_000), 48_000)
    with driving(card, do="hear", seconds=8, file=str(heard)) as driver:
        driver.next("ready")
        card.unplug()
        assert "can't be opened" in driver.next("error")["error"]
        card.replug()
        time.sleep(3)  # a try of the back-off must have come by
        card.speak(wav)
        driver.wait()
    assert abs(len(span(np.load(heard).ravel())) / RATE - 1.0) < 0.05


def test_a_microphone_that_falls_silent_is_opened_again(card: SoundCard, tmp_path: Path):
    heard = tmp_path / "heard.npy"
    wav = write_wav(tmp_path / "tone.wav", tone(1.0, 48_000), 48_000)
    with driving(card, do="hear", seconds=8, file=str(heard)) as driver:
        driver.next("ready")
        card.freeze()
        try:
            assert "no sound for 2 s" in driver.next("error")["error"]
        finally:
            card.thaw()
        time.sleep(4)
        card.speak(wav)
        driver.wait()
    assert abs(len(span(np.load(heard).ravel())) / RATE - 1.0) < 0.05


def test_an_answer_goes_on_when_the_speaker_comes_back(card: SoundCard, tmp_path: Path):
    clause = save(tmp_path / "tone.npy", tone(6.0, CARD_RATE))
    tasks = [{"play": [clause], "rate": CARD_RATE}]
    with driving(card, do="speak", tasks=tasks) as driver:
        time.sleep(1.5)
        card.unplug()
        driver.next("error")
        card.replug()
        with card.record() as recording:
            told = driver.next("finished_s")
        driver.wait()
    assert 5.9 < told["finished_s"] < 8
    assert abs(told["heard_s"] - 6.0) < 0.01
    assert len(span(recording.samples)) > 0.5 * CARD_RATE
