"""``sayso run`` on a sound card: a file spoken into the microphone, the answer off the speaker."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from model_server import ModelServer, says
from real_speech import read, sentence, wav
from sound_card import RATE, SoundCard, card_fixture  # noqa: F401 # a fixture is used by its name

ROOT = Path(__file__).parents[1]

pytestmark = [pytest.mark.real]


class Run:
    """A running assistant and its log."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, "-m", "device.cli", "run", *arguments],
            env=environment,
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            with self._more:
                self.lines.append(line.rstrip())
                self._more.notify_all()

    def until(self, pattern: str, *, after: int = 0, seconds: float = 60) -> int:
        """Wait for a log line; return the number of lines up to it."""
        deadline = time.monotonic() + seconds
        with self._more:
            while True:
                for number, line in enumerate(self.lines[after:], after):
                    if re.search(pattern, line):
                        return number + 1
                left = deadline - time.monotonic()
                alive = self.process.poll() is None
                if left <= 0 or not alive:
                    log = "\n".join(self.lines)
                    raise AssertionError(f"no {pattern!r} in the log (running: {alive}):\n{log}")
                self._more.wait(min(left, 0.5))

    def sayso(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command beside it."""
        return subprocess.run(
            [sys.executable, "-m", "device.cli", *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def close(self) -> int:
        """Ask it to end; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self._reader.join()


@contextmanager
def running(environment: dict[str, str], tmp_path: Path, *arguments: str) -> Iterator[Run]:
    home = {
        "HOME": str(tmp_path),
        "SAYSO_STATE": str(tmp_path / "state"),
        "PYTHONPATH": str(ROOT),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path("~/.cache").expanduser())),
    }
    run = Run({**environment, **home}, "--set=place.exchange_rates=off", *arguments)
    try:
        run.until("listening for")
        yield run
    finally:
        if run.process.poll() is None:
            run.close()
        else:
            run._reader.join()


def loud_and_scripted(server: ModelServer) -> list[str]:
    """Return settings: this server's model, at full volume."""
    return [
        "--set=model.provider=openai",
        f"--set=model.base_url={server.url}",
        "--set=model.name=scripted",
        "--set=snd.volume_percent=100",
    ]


@pytest.mark.card
def test_a_conversation_through_the_sound_card(card: SoundCard, tmp_path: Path):
    with (
        ModelServer(says("The capital of France is Paris.")) as server,
        running(
            card.environment,
            tmp_path,
            *loud_and_scripted(server),
        ) as run,
    ):
        question = wav(tmp_path / "sum.wav", 0.5, "Okay Nabu.", 0.3, "What's 12 times 13?", 0.5)
        with card.record() as answer:
            card.speak(question)
            line = run.until("idle reason=answered")
            time.sleep(0.5)
        assert "156" in read(answer.samples, RATE) or "one hundred" in read(answer.samples, RATE)

        question = wav(
            tmp_path / "paris.wav", 0.5, "Okay Nabu.", 0.3, "What is the capital of France?", 0.5
        )
        with card.record() as answer:
            card.speak(question)
            run.until("idle reason=answered", after=line)
            time.sleep(0.5)
        assert "paris" in read(answer.samples, RATE)
        assert server.requests[-1].messages[-1]["content"].startswith("What is the capital")
        words = "\n".join(run.lines).lower()
        assert "france" not in words
        assert not re.search(r"(?<![\d.])156(?!\d)", words), "milliseconds may end so"
        assert run.close() == 0


@pytest.mark.card
def test_its_own_voice_wakes_nobody(card: SoundCard, tmp_path: Path):
    """The speaker is looped into the microphone; the answers hold the wake word."""
    says_okay_nabu = says("Okay Nabu. Okay Nabu, what time is it? Stop. Okay Nabu.")
    with (
        ModelServer(says_okay_nabu) as server,
        running(
            card.environment,
            tmp_path,
            *loud_and_scripted(server),
        ) as run,
        card.echo(30),
    ):
        line = 0
        for number in range(2):
            question = wav(tmp_path / f"{number}.wav", 0.3, "Okay Nabu.", 0.3, "Who was Ada?", 0.5)
            card.speak(question)
            line = run.until("idle reason=", after=line)
        time.sleep(6)
        log = "\n".join(run.lines)
        assert log.count("wake_word_detected") == 2, log
        assert sum("stt_text" in line for line in run.lines) == 2
        asked = [request.messages[-1]["content"] for request in server.requests]
        assert len(asked) >= 2
        assert all(text.startswith("Who") for text in asked), asked


def test_without_a_microphone_it_stays_up_and_says_so(tmp_path: Path):
    with running(
        {"PATH": os.environ["PATH"]},
        tmp_path,
        "--set=model.provider=none",
        "--set=mic.device=a microphone that nobody has",
    ) as run:
        run.until("WARNING.*microphone")
        answer = run.sayso("ask", "--json", "what is 12 times 13")
        assert json.loads(answer.stdout)["reply"] == "156"
        assert run.process.poll() is None


def test_one_process_owns_the_state_and_others_act_through_it(tmp_path: Path):
    with running(
        {"PATH": os.environ["PATH"]}, tmp_path, "--no-audio", "--set=model.provider=none"
    ) as run:
        second = run.sayso("run", "--no-audio")
        assert second.returncode == 1
        assert second.stderr.count("\n") == 1
        assert "running already" in second.stderr

        run.sayso("ask", "set the volume to 30 percent")
        assert "30" in run.sayso("ask", "what's the volume").stdout

        line = len(run.lines)
        assert run.sayso("config", "set", "persona.name", "Ada").returncode == 0
        run.until("listening for", after=line, seconds=5)
        began = time.monotonic()
        assert run.close() == 0
        assert time.monotonic() - began < 5


def test_a_sentence_is_what_it_says():
    """The tests' own ears and voice work."""
    assert "capital of france" in read(sentence("What is the capital of France?"), 16_000)
