"""A sound card where there is none: PulseAudio with two null sinks, private to one test.

What a program plays on the card lands in the sink ``spk``, whose monitor is recorded; what the test
speaks goes into the sink ``mic``, whose monitor is the program's microphone. PortAudio reads ALSA's
configuration once, when it is initialised: programs under test are child processes that are given
`SoundCard.environment`.

::

    from sound_card import SoundCard, card_fixture  # noqa: F401 # a fixture is used by its name

    def test_it_speaks(card: SoundCard):
        with card.record() as heard:
            subprocess.run([...], env=card.environment, check=True)
        assert heard.samples.any()
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from room import Room

from voice.audio import Samples

RATE = 48_000
"""Samples a second of both sinks and of every recording."""

CARD_NICE = -15
"""The card's priority, where we may set it: it stands for hardware."""

AHEAD_MS = 400
"""Sound that what the test speaks has ahead of the card: a busy machine is to leave no gap in it."""

PROGRAMS = ("pulseaudio", "pactl", "pacat", "parec", "paplay")

_PULSE = """\
load-module module-native-protocol-unix socket={socket} auth-anonymous=1
load-module module-null-sink sink_name=spk rate={rate} channels=1 channel_map=mono
load-module module-null-sink sink_name=mic rate={rate} channels=1 channel_map=mono
set-default-sink spk
set-default-source mic.monitor
"""

_ALSA = """\
</usr/share/alsa/alsa.conf>
pcm.mic {{ type pulse server "unix:{socket}" device "mic.monitor" hint {{ show on }} }}
pcm.spk {{ type pulse server "unix:{socket}" device "spk" hint {{ show on }} }}
pcm.room_in {{ type pulse server "unix:{socket}" device "spk.monitor" hint {{ show on }} }}
pcm.room_out {{ type pulse server "unix:{socket}" device "mic" hint {{ show on }} }}
pcm.!default {{ type asym playback.pcm "spk" capture.pcm "mic" hint {{ show on }} }}
"""

_INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")


@dataclass
class Recording:
    """What was heard; ``samples`` is complete once the recording has ended."""

    file: Path
    samples: Samples = field(default_factory=lambda: np.zeros(0, np.int16))


class SoundCard:
    """PulseAudio in a folder of its own; a context manager."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="card-"))
        self._socket = self._folder / "pulse"
        self._server: subprocess.Popen[bytes] | None = None
        self._helpers: list[subprocess.Popen[bytes]] = []
        self._awake: dict[str, subprocess.Popen[bytes]] = {}
        self._modules: dict[str, str] = {}
        own = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        self.environment: dict[str, str] = {
            **own,
            "HOME": str(self._folder),
            "XDG_RUNTIME_DIR": str(self._folder),
            "PULSE_RUNTIME_PATH": str(self._folder / "runtime"),
            "PULSE_STATE_PATH": str(self._folder / "state"),
            "PULSE_SERVER": f"unix:{self._socket}",
            "ALSA_CONFIG_PATH": str(self._folder / "alsa.conf"),
        }
        """For child processes: the card is their default device."""

    def __enter__(self) -> SoundCard:
        try:
            self._start()
        except BaseException:
            self._clean_up()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._clean_up()

    def speak(self, wav: Path, *, wait: bool = True) -> subprocess.Popen[bytes]:
        """Play a WAV file into the microphone, by default to its end."""
        player = self._helper(["paplay", "--device=mic", f"--latency-msec={AHEAD_MS}", str(wav)])
        if wait and player.wait(timeout=60):
            raise RuntimeError(f"paplay failed: {self._log()}")
        return player

    @contextmanager
    def record(self, source: str = "spk.monitor") -> Iterator[Recording]:
        """Record what the speaker plays during a block, mono at `RATE`; it runs when the block begins."""
        recording = Recording(self._folder / f"{source}-{time.monotonic_ns()}.raw")
        with recording.file.open("wb") as file:
            recorder = self._helper([*_raw("parec"), f"--device={source}"], stdout=file)
            _until(lambda: recording.file.stat().st_size > 0, "the recorder", self._log)
            try:
                yield recording
            finally:
                time.sleep(0.2)  # what has been played is still on its way through the monitor
                _end(recorder)
        data = recording.file.read_bytes()
        recording.samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.int16)

    @contextmanager
    def echo(self, latency_ms: int = 30) -> Iterator[None]:
        """Let the microphone hear the speaker during a block, as in a room."""
        module = self._load(
            f"module-loopback source=spk.monitor sink=mic latency_msec={latency_ms}"
        )
        try:
            yield
        finally:
            self.pactl("unload-module", module)

    @contextmanager
    def room(self, room: Room) -> Iterator[None]:
        """Let the microphone hear the speaker through a room during a block."""
        process = subprocess.Popen(
            [
                sys.executable,
                str(Path(__file__).with_name("room_process.py")),
                json.dumps(asdict(room)),
            ],
            env={**self.environment, "PYTHONPATH": str(Path(__file__).parents[1])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, process.pid, CARD_NICE)
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n", self._log()
            yield
        finally:
            out, _ = process.communicate(timeout=10)
        assert out == "lost 0\n", out

    def unplug(self) -> None:
        """Take the card away: whoever uses it loses it."""
        for name in ("mic", "spk"):
            _end(self._awake.pop(name))
            self.pactl("unload-module", self._modules.pop(name))

    def replug(self) -> None:
        """Bring back what was unplugged."""
        for name in ("spk", "mic"):
            self._modules[name] = self._load(
                f"module-null-sink sink_name={name} rate={RATE} channels=1 channel_map=mono"
            )
        self._keep_awake()

    def freeze(self) -> None:
        """Stop the card's clock: devices stay there, and no sound comes or goes."""
        assert self._server
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen card go on."""
        assert self._server
        self._server.send_signal(signal.SIGCONT)

    def pactl(self, *arguments: str) -> str:
        """Run pactl and return what it prints."""
        done = subprocess.run(
            ["pactl", *arguments], env=self.environment, capture_output=True, timeout=20, text=True
        )
        if done.returncode:
            raise RuntimeError(f"pactl {' '.join(arguments)}: {done.stderr.strip()} {self._log()}")
        return done.stdout.strip()

    def _start(self) -> None:
        for name in ("runtime", "state"):
            (self._folder / name).mkdir(mode=0o700)
        configuration = self._folder / "pulse.pa"
        configuration.write_text(_PULSE.format(socket=self._socket, rate=RATE))
        Path(self.environment["ALSA_CONFIG_PATH"]).write_text(_ALSA.format(socket=self._socket))
        command = ["pulseaudio", "-n", "-F", str(configuration), "--daemonize=no"]
        command += ["--exit-idle-time=-1", "--use-pid-file=no", "--log-target=stderr"]
        with (self._folder / "pulse.log").open("wb") as log:
            self._server = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        with suppress(PermissionError):  # hardware does not wait for its turn on the processor
            os.setpriority(os.PRIO_PROCESS, self._server.pid, CARD_NICE)
        _until(self._answers, "pulseaudio", self._log)
        for line in self.pactl("list", "short", "modules").splitlines():
            for name in ("mic", "spk"):
                if f"sink_name={name} " in line:
                    self._modules[name] = line.split("\t")[0]
        self._keep_awake()

    def _answers(self) -> bool:
        assert self._server
        if self._server.poll() is not None:
            raise RuntimeError(f"pulseaudio ended: {self._log()}")
        asked = subprocess.run(["pactl", "info"], env=self.environment, capture_output=True)
        return asked.returncode == 0

    def _keep_awake(self) -> None:
        """Play silence into both: a null sink that nobody plays to has no clock, unlike a real card."""
        for name in self._modules:
            if name not in self._awake:
                silence = [*_raw("pacat"), "--playback", f"--device={name}", "/dev/zero"]
                self._awake[name] = self._helper(silence)
        for name in self._modules:
            with self.record(f"{name}.monitor"):
                pass  # its clock may take up to two seconds to fall into step

    def _load(self, module: str) -> str:
        return self.pactl("load-module", *module.split())

    def _helper(
        self,
        command: list[str],
        *,
        stdin: IO[bytes] | None = None,
        stdout: IO[bytes] | int | None = None,
        environment: dict[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        self._helpers = [helper for helper in self._helpers if helper.poll() is None]
        helper = subprocess.Popen(
            command,
            env=environment or self.environment,
            stdin=stdin or subprocess.DEVNULL,
            stdout=stdout or subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with suppress(PermissionError, ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, helper.pid, CARD_NICE)
        self._helpers.append(helper)
        return helper

    def _log(self) -> str:
        with suppress(OSError):
            return (self._folder / "pulse.log").read_text(errors="replace")[-2000:]
        return ""

    def _clean_up(self) -> None:
        for process in [*self._helpers, *([self._server] if self._server else [])]:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)  # a frozen one could not end
            _end(process)
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture(name="card", scope="module")
def card_fixture() -> Iterator[SoundCard]:
    """One card for a test module; skipped where PulseAudio is not installed, which fails in CI instead."""
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        message = (
            f"not installed: {', '.join(missing)}; apt-get install --no-install-recommends "
            "libportaudio2 libasound2-plugins pulseaudio pulseaudio-utils"
        )
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(message)
        pytest.skip(message)
    with SoundCard() as card:
        yield card


def _raw(program: str) -> list[str]:
    return [
        program,
        "--raw",
        "--format=s16le",
        f"--rate={RATE}",
        "--channels=1",
        "--latency-msec=20",
    ]


def _until(met: Callable[[], bool], what: str, log: Callable[[], str]) -> None:
    """Wait until another process has come so far."""
    deadline = time.monotonic() + 20
    while not met():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not start: {log()}")
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that we started, whatever state it is in."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=3)
