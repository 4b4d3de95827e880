"""``sayso hear`` and ``sayso demo`` with the real models, as other programs use them."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from people import DATA, needs_recordings
from real_speech import read, said, wav

from device.cli import main
from device.engines.sound_files import read as read_file
from device.wav_files import write
from voice.audio import RATE, Sound, silence
from voice.errors import StorageError

ROOT = Path(__file__).parents[1]
NO_MODEL = "--set=model.provider=none"

pytestmark = [pytest.mark.real]


def hear(
    capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, list[dict[str, Any]], str]:
    """Run ``sayso hear --json``; return exit code, events, and what was said on standard error."""
    capsys.readouterr()
    code = main(["hear", "--json", NO_MODEL, *arguments])
    out, err = capsys.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err


def of(events: list[dict[str, Any]], name: str, file: Path | None = None) -> list[dict[str, Any]]:
    return [e for e in events if e["event"] == name and (file is None or e["file"] == str(file))]


def test_files_are_heard_and_bad_ones_are_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    asked = wav(tmp_path / "asked.wav", 1.0, "Okay Nabu.", 0.4, "What's 12 times 13?", 0.2)
    going_on = wav(tmp_path / "on.wav", 1.0, "Okay Nabu.", 0.1, "What's 15 percent of 80?", 0.2)
    unwoken = wav(tmp_path / "unwoken.wav", 0.5, "What's 12 times 13?", 0.5)
    quiet = wav(tmp_path / "quiet.wav", 3.0)
    text = tmp_path / "text.wav"
    text.write_text("this is no sound")
    missing = tmp_path / "missing.wav"
    out = tmp_path / "replies"

    code, events, err = hear(
        capsys, *map(str, (asked, missing, going_on, text, unwoken, quiet)), "--out", str(out)
    )

    assert code == 1
    assert err.splitlines() == [
        f"sayso: {missing}: no such file",
        f"sayso: {text}: not a sound file that can be read",
    ]
    for file in (asked, going_on, unwoken, quiet):
        mine = [event for event in events if event["file"] == str(file)]
        assert mine[-1]["event"] == "idle"
        times = [event["t"] for event in mine]
        assert times == sorted(times)
    assert [e["text"] for e in of(events, "stt_text", asked)] == ["What's 12 times 13?"]
    answers = of(events, "tts_text", asked)
    assert [(e["text"], e["source"]) for e in answers] == [("156", "device")]
    assert [e["text"] for e in of(events, "tts_text", going_on)] == ["12"]
    assert of(events, "wake_word_detected", asked)[0]["word"] == "okay_nabu"
    order = [e["event"] for e in events if e["file"] == str(asked)]
    assert order.index("stt_text") < order.index("tts_text") < order.index("tts_speaking")
    for file in (unwoken, quiet):
        assert [e["event"] for e in events if e["file"] == str(file)] == ["idle"]

    reply = read_file(out / "asked.wav")
    assert "156" in read(reply, RATE) or "hundred" in read(reply, RATE)
    assert sorted(path.name for path in out.iterdir()) == ["asked.wav", "on.wav"]


def test_as_if_woken(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    late = wav(tmp_path / "late.wav", 9.0, "What's 12 times 13?")
    silent = wav(tmp_path / "silent.wav", 2.0)
    noise = tmp_path / "noise.wav"
    write(noise, Sound(silence(2.0), RATE))
    code, events, _ = hear(capsys, "--no-wake", str(late), str(silent), str(noise))
    assert code == 0
    assert [e["text"] for e in of(events, "tts_text")] == ["156"]
    assert [e["reason"] for e in of(events, "idle")] == ["answered", "nothing_said", "nothing_said"]


def test_realtime_takes_as_long_as_the_sound_and_tells_the_wall_clock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = wav(tmp_path / "asked.wav", 0.5, "What's 12 times 13?")
    code, events, _ = hear(capsys, "--realtime", "--no-wake", str(file))
    assert code == 0
    speaking = of(events, "tts_speaking")[0]
    assert abs(speaking["wall"] - speaking["t"]) < 0.1
    assert speaking["t"] > len(said(0.5, "What's 12 times 13?")) / RATE


def test_sigterm_ends_it_as_ctrl_c_does(tmp_path: Path):
    """Nothing half-written: whole lines, and no part of a reply."""
    quiet = wav(tmp_path / "quiet.wav", 60.0)
    out = tmp_path / "replies"
    arguments = ["--realtime", "--no-wake", "--out", str(out), str(quiet)]
    with subprocess.Popen(
        [sys.executable, "-m", "device.cli", "hear", "--json", NO_MODEL, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        first = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        rest, err = process.communicate(timeout=60)
    assert json.loads(first)["event"] == "listening"
    assert [json.loads(line)["event"] for line in rest.splitlines()] == []
    assert (process.returncode, err) == (130, "")
    assert not out.exists()


def test_no_room_for_the_replies_is_one_line_and_nothing_is_half_done(tmp_path: Path):
    file = wav(tmp_path / "asked.wav", 0.5, "What's 12 times 13?")
    out = tmp_path / "replies"
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "device.cli",
            "hear",
            "--no-wake",
            NO_MODEL,
            str(file),
            "--out",
            str(out),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)),
    )
    assert ran.returncode == 1
    assert ran.stderr == f"sayso: {out / 'asked.wav'}: can't be written (File too large)\n"
    assert list(out.iterdir()) == []


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path):
    taken = tmp_path / "taken"
    taken.write_text("")
    with pytest.raises(StorageError, match=r"can't be written"):
        write(taken / "a.wav", Sound(silence(0.1), RATE))


@needs_recordings
def test_people_are_understood(capsys: pytest.CaptureFixture[str]):
    files = sorted((DATA / "commands").glob("*.flac"))[::10]
    code, events, _ = hear(capsys, "--no-wake", *map(str, files))
    assert code == 0
    assert len(of(events, "idle")) == len(files)
    labels = json.loads((DATA / "commands" / "labels.json").read_text())
    drinks = [
        (labels[file.name]["slots"].get("coffeeDrink", "").split() or [""])[-1] for file in files
    ]
    heard = [of(events, "stt_text", file)[-1]["text"].lower() for file in files]
    found = sum(drink in text for drink, text in zip(drinks, heard, strict=True))
    assert found >= 0.75 * len(files), heard


@needs_recordings
def test_people_saying_the_wake_word_wake_it_and_others_do_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    people = sorted((DATA / "wake" / "alexa").glob("*.flac"))[::3]
    files: list[str] = []
    for person in people:
        sound = [silence(2.0), read_file(person), silence(2.0)]
        files.append(str(tmp_path / f"{person.stem}.wav"))
        write(Path(files[-1]), Sound(np.concatenate(sound), RATE))
    _, events, _ = hear(capsys, "--set=wake.words=[alexa]", *files)
    assert len({e["file"] for e in of(events, "wake_word_detected")}) >= 0.97 * len(people)
    others = [*sorted((DATA / "wake" / "other").glob("*.flac"))[::4]]
    others += sorted((DATA / "commands").glob("*.flac"))[::10]
    _, events, _ = hear(capsys, "--set=wake.words=[alexa]", *map(str, others))
    assert of(events, "wake_word_detected") == []


def test_the_demo_shows_a_whole_conversation(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    code = main(["demo", "--out", str(tmp_path / "demo")])
    out, err = capsys.readouterr()
    assert (code, err) == (0, ""), out
    assert "heard     What's 12 times 13?" in out
    assert "says      156" in out
    assert "in Tokyo" in out
    assert "interrupted by stop" in out
    assert len(list((tmp_path / "demo").glob("*-reply.wav"))) == 4
