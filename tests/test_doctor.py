"""The doctor: what it finds, what it advises, and that one broken check hides nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from model_server import ModelServer
from sound_card import SoundCard, card_fixture  # noqa: F401 # a fixture is used by its name

from device import doctor
from device.cli import main
from device.doctor import Finding, examine, judge_recording
from device.echo_choice import recall
from voice.audio import FRAME_SAMPLES, Samples
from voice.config import Config

ROOT = Path(__file__).parent.parent
DOCTOR = [sys.executable, "-m", "device.cli", "doctor", "--json", "--set=model.provider=none"]


def noise(level: float, frames: int = 100) -> list[Samples]:
    made = np.random.default_rng(3).normal(0, level, (frames, FRAME_SAMPLES))
    return list(np.clip(np.rint(made), -32_768, 32_767).astype(np.int16))


def test_a_quiet_room_is_fine_and_its_floor_is_told():
    found = judge_recording(noise(30))
    assert found.ok
    assert "noise floor -61 dBFS" in found.figure


@pytest.mark.parametrize(
    ("frames", "advice"),
    [
        (noise(0), "unmute"),
        (noise(3000), "very noisy"),
        (noise(40_000), "lower mic.gain_db"),
    ],
)
def test_a_bad_recording_comes_with_advice(frames: list[Samples], advice: str):
    found = judge_recording(frames)
    assert found.ok is False
    assert advice in found.advice


def test_one_word_in_the_room_is_not_taken_for_noise():
    assert judge_recording(noise(30, 80) + noise(5000, 20)).ok


async def test_a_check_that_fails_is_a_finding_and_the_others_go_on():
    def breaks_down(config: Config) -> Finding:
        raise RuntimeError("no")

    async def fine(config: Config) -> Finding:
        return Finding("fine", True, "1 ms")

    shown: list[Finding] = []
    found = await examine(Config(), shown.append, [breaks_down, fine])
    assert found == shown
    assert [finding.ok for finding in found] == [False, True]
    assert found[0].name == "breaks down"
    assert "RuntimeError" in found[0].figure


async def test_a_server_that_answers_is_told_with_its_time_and_one_that_does_not_with_advice():
    with ModelServer() as server:
        settings = {"provider": "openai", "base_url": server.url, "name": "some"}
        found = await doctor.language_model(Config.model_validate({"model": settings}))
        assert found.ok
        assert " ms" in found.figure
        assert server.requests == []
    gone = await doctor.language_model(Config.model_validate({"model": settings}))
    assert gone.ok is False
    assert "model.base_url" in gone.advice


async def test_no_model_by_choice_is_nothing_broken():
    found = await doctor.language_model(Config.model_validate({"model": {"provider": "none"}}))
    assert found.ok is None


def test_missing_models_name_the_command_that_fetches_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    config = Config.model_validate({"stt": {"model": "base.en"}})
    found = doctor.recogniser_files(config)
    assert found.ok is False
    assert "sayso models fetch base.en" in found.advice


def test_little_space_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAYSO_STATE", str(tmp_path / "deep" / "state"))
    found = doctor.disk(Config())
    assert found.ok is (os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize >= 5e8)
    assert str(tmp_path) in found.figure
    monkeypatch.setattr(doctor, "FREE_MB", 10**12)
    assert doctor.disk(Config()).ok is False


@pytest.mark.parametrize(
    ("answer", "ok"), [("yes\n", True), ("no\n", False), ("", None), (None, None)]
)
def test_the_clock_is_judged_only_where_systemd_tells(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: str | None, ok: bool | None
):
    def run(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
        if answer is None:
            raise FileNotFoundError("timedatectl")
        return subprocess.CompletedProcess([], 0, answer, "")

    monkeypatch.setattr(doctor, "SYNCHRONIZED", tmp_path / "not there")
    monkeypatch.setattr(subprocess, "run", run)
    assert doctor.clock(Config()).ok is ok


def test_a_sound_card_that_is_closed_to_us_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(doctor, "SOUND_NODES", tmp_path)
    assert doctor.permissions(Config()).ok is None
    (tmp_path / "pcmC0D0c").touch()
    assert doctor.permissions(Config()).ok
    monkeypatch.setattr(os, "access", lambda *_: False)
    found = doctor.permissions(Config())
    assert found.ok is False
    assert "audio" in found.advice


@pytest.fixture
def healthy(monkeypatch: pytest.MonkeyPatch) -> list[doctor.Check]:
    checks: list[doctor.Check] = [lambda config: Finding("one", True, "5 ms")]
    monkeypatch.setattr(doctor, "CHECKS", checks)
    return checks


def test_all_well_is_exit_0_and_something_broken_is_exit_1(
    healthy: list[doctor.Check], capsys: pytest.CaptureFixture[str]
):
    assert main(["doctor"]) == 0
    healthy.append(lambda config: Finding("two", None, "cannot be told"))
    assert main(["doctor"]) == 0
    healthy.append(lambda config: Finding("three", False, "0 of 3", "turn it round"))
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "broken  three" in out
    assert "→ turn it round" in out


def test_json_is_one_object(healthy: list[doctor.Check], capsys: pytest.CaptureFixture[str]):
    assert main(["doctor", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is True
    assert [finding["name"] for finding in report["findings"]] == ["configuration", "one"]
    assert report["findings"][1] == {
        "name": "one",
        "ok": True,
        "figure": "5 ms",
        "advice": "",
        "values": {},
    }


def test_a_broken_configuration_is_a_finding_and_not_the_end(
    healthy: list[doctor.Check], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "sayso.yaml"
    file.write_text("mic: {volume: 3}\n")
    assert main(["doctor", "--json", "--config", str(file)]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [finding["ok"] for finding in report["findings"]] == [False, True]
    assert "mic.volume" in report["findings"][0]["figure"]


@pytest.mark.card
def test_on_a_sound_card_it_hears_the_room_and_plays_a_chime(card: SoundCard, tmp_path: Path):
    from test_sound_card import span, write_wav

    hiss = np.concatenate(noise(50, 900))
    wav = write_wav(tmp_path / "hiss.wav", hiss, 48_000)
    player = card.speak(wav, wait=False)
    with card.record() as recording:
        examined = subprocess.run(
            [*DOCTOR, "--set=mic.echo=off"],
            env={**card.environment, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        time.sleep(0.2)
    player.wait(30)
    by_name = found_by_name(examined)
    assert by_name["microphone"]["ok"] is True, by_name
    assert "noise floor -6" in by_name["microphone"]["figure"]
    assert by_name["speaker"]["ok"] is True, by_name
    assert abs(len(span(recording.samples, floor=20)) / 48_000 - 0.15) < 0.03
    assert examined.stderr == ""


@pytest.mark.card
def test_on_a_sound_card_it_measures_the_echo_and_keeps_it(card: SoundCard, tmp_path: Path):
    with card.echo():
        examined = subprocess.run(
            DOCTOR,
            env={**card.environment, "PYTHONPATH": str(ROOT), "SAYSO_STATE": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
        )
    found = found_by_name(examined)["echo"]
    assert found["ok"] is True, found
    assert "a voice may interrupt" in found["figure"]
    assert found["values"]["attenuation_db"] > 15
    assert -150 < found["values"]["delay_ms"] < 600
    kept = recall(Config(), "webrtc", {"SAYSO_STATE": str(tmp_path)})
    assert kept
    assert kept.attenuation_db == pytest.approx(found["values"]["attenuation_db"], abs=0.1)


def found_by_name(examined: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    findings = json.loads(examined.stdout)["findings"]
    return {finding["name"]: finding for finding in findings}
