"""Choosing a device by name, the ways to open one, and `sayso devices`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sound_card import SoundCard, card_fixture  # noqa: F401 # a fixture is used by its name

from device.cli import main
from device.devices import Device, Format, formats, pick
from device.engines import portaudio, sound_system
from voice.audio import Samples, silence
from voice.errors import MicrophoneError, SpeakerError

ROOT = Path(__file__).parent.parent

HDMI = Device(0, "vc4-hdmi-0: MAI PCM (hw:0,0)", "ALSA", 0, 2, 44_100)
USB = Device(1, "USB PnP Sound Device: Audio (hw:1,0)", "ALSA", 1, 2, 44_100)
ARRAY = Device(2, "ReSpeaker 4 Mic Array: USB (hw:2,0)", "ALSA", 6, 2, 16_000)
DEFAULT = Device(3, "default", "ALSA", 32, 32, 44_100, default_input=True, default_output=True)
ALL = [HDMI, USB, ARRAY, DEFAULT]


def test_without_a_name_the_systems_default_is_taken():
    assert pick(ALL, None, "input") is DEFAULT
    assert pick([HDMI, USB], None, "input") is USB


@pytest.mark.parametrize(
    ("wanted", "device"),
    [("respeaker", ARRAY), ("USB PNP", USB), ("hw:2,0", ARRAY), (" default ", DEFAULT)],
)
def test_any_part_of_a_name_in_any_case_will_do(wanted: str, device: Device):
    assert pick(ALL, wanted, "input") is device


def test_a_device_without_that_direction_is_not_taken():
    assert pick(ALL, "hdmi", "output") is HDMI
    with pytest.raises(MicrophoneError, match=r"mic\.device.*sayso devices"):
        pick(ALL, "hdmi", "input")


def test_a_whole_name_goes_before_a_part():
    short = Device(7, "USB", "ALSA", 1, 0, 48_000)
    assert pick([USB, short], "usb", "input") is short


def test_no_device_at_all_is_said_with_what_to_do():
    with pytest.raises(SpeakerError, match="no speaker found: plug one in"):
        pick([], None, "output")
    with pytest.raises(SpeakerError, match="no speaker found"):
        pick([], "usb", "output")


@given(st.text(max_size=40))
def test_any_text_as_a_name_finds_a_fitting_device_or_says_that_there_is_none(wanted: str):
    fitting = [device for device in ALL if device.inputs and _in(wanted, device)]
    if fitting:
        assert pick(ALL, wanted, "input") in fitting
    else:
        with pytest.raises(MicrophoneError) as found:
            pick(ALL, wanted, "input")
        assert "\n" not in str(found.value)


def _in(wanted: str, device: Device) -> bool:
    return wanted.strip().casefold() in f"{device.name}, {device.host_api}".casefold()


def test_16_khz_mono_is_tried_first_and_then_what_the_device_has():
    ways = formats(USB, "input", (16_000,))
    assert ways[0] == Format(16_000, 1)
    assert Format(44_100, 1) in ways
    assert Format(48_000, 1) in ways
    assert all(way.channels == 1 for way in ways)
    assert len(ways) == len(set(ways))


def test_a_stereo_only_device_is_opened_in_stereo_before_other_rates_are_tried():
    ways = formats(ARRAY, "input", (16_000,))
    assert ways[:3] == [Format(16_000, 1), Format(16_000, 2), Format(16_000, 6)]


def test_what_is_configured_is_not_varied():
    assert formats(ARRAY, "input", (16_000,), rate=48_000, channels=2) == [Format(48_000, 2)]


class FakeStreamOfSoundDevice:
    """Takes 48 kHz stereo and nothing else, like many a card."""

    tried: list[tuple[int, int]] = []  # noqa: RUF012 # the library makes the objects, the test reads this

    def __init__(self, *, samplerate: int, channels: int, blocksize: int, **_: object) -> None:
        self.tried.append((samplerate, channels))
        if samplerate != 48_000:
            raise FakeError("Error opening InputStream: Invalid sample rate", -9997)
        if channels != 2:
            raise FakeError("Error opening InputStream: Invalid number of channels", -9998)
        assert blocksize == 960
        self.latency = 0.02

    def start(self) -> None:
        pass

    def abort(self) -> None:
        pass

    close = abort


class FakeError(Exception):
    def __str__(self) -> str:
        return str(self.args[0])


class FakeSoundDevice:
    PortAudioError = FakeError
    InputStream = OutputStream = FakeStreamOfSoundDevice


class BusySoundDevice(FakeSoundDevice):
    class InputStream:
        def __init__(self, **_: object) -> None:
            FakeStreamOfSoundDevice.tried.append((0, 0))
            raise FakeError("Error opening InputStream: Device unavailable", -9985)


async def open_with(library: type, monkeypatch: pytest.MonkeyPatch) -> portaudio.Stream:
    from voice.config import Mic, Snd

    FakeStreamOfSoundDevice.tried.clear()
    monkeypatch.setattr(portaudio, "library", lambda kind="input": library)
    monkeypatch.setattr(portaudio, "devices", lambda kind="input": [ARRAY])
    engine = portaudio.PortAudio(Mic(), Snd())
    return await engine.open_input(lambda block, at: None, lambda: None)


async def test_a_card_with_48_khz_stereo_only_is_opened_as_it_is(monkeypatch: pytest.MonkeyPatch):
    stream = await open_with(FakeSoundDevice, monkeypatch)
    assert stream.rate == 48_000
    assert FakeStreamOfSoundDevice.tried[0] == (16_000, 1)
    await stream.close()


async def test_a_busy_card_is_said_at_once_in_one_line(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(MicrophoneError, match=r"Device unavailable.*another program") as found:
        await open_with(BusySoundDevice, monkeypatch)
    assert "\n" not in str(found.value)
    assert len(FakeStreamOfSoundDevice.tried) == 1


async def test_a_device_that_hangs_when_it_is_closed_is_left_behind(
    monkeypatch: pytest.MonkeyPatch,
):
    import threading

    release = threading.Event()

    class Hanging(FakeStreamOfSoundDevice):
        def abort(self) -> None:
            release.wait(20)

    class Library(FakeSoundDevice):
        InputStream = OutputStream = Hanging
        _exit_handler = staticmethod(lambda: None)

    monkeypatch.setattr(portaudio, "CLOSE_S", 0.05)
    stream = await open_with(Library, monkeypatch)
    await stream.close()
    await stream.close()
    release.set()


async def test_a_speaker_that_is_being_closed_takes_no_sound_any_more(
    monkeypatch: pytest.MonkeyPatch,
):
    """A stream takes a while to stop; a chime that begins meanwhile waits whole for the next one."""
    from voice.config import Mic, Snd

    pulled: list[int] = []
    out: list[Samples] = []

    class Playing:
        latency = 0.02

        def __init__(self, *, callback: Callable[..., None], **_: object) -> None:
            self._callback = callback

        def start(self) -> None:
            for _ in range(3):
                self.go_on()

        def go_on(self) -> None:
            block = np.full((960, 1), 7, np.int16)
            self._callback(block, 960, SimpleNamespace(currentTime=1, outputBufferDacTime=1), 0)
            out.append(block)

        def abort(self) -> None:
            self.go_on()

        def close(self) -> None:
            pass

    class Library(FakeSoundDevice):
        OutputStream = Playing

    def pull(count: int) -> Samples:
        pulled.append(count)
        return np.full(count, 1000, np.int16)

    monkeypatch.setattr(portaudio, "library", lambda kind="input": Library)
    monkeypatch.setattr(portaudio, "devices", lambda kind="input": [HDMI])
    stream = await portaudio.PortAudio(Mic(), Snd()).open_output(pull, 48_000, lambda: None)
    assert pulled == [960, 960]
    assert out[-1].all()
    await stream.close()
    assert pulled == [960, 960]
    assert len(out) == 4
    assert not out[-1].any()


class BrokenSoundDevice:
    """PortAudio that does not start some times, as sounddevice tells it."""

    PortAudioError = FakeError
    default = SimpleNamespace(device=(0, 0))

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.started = True

    def _terminate(self) -> None:
        self._check()
        self.started = False

    def _initialize(self) -> None:
        if self.failures:
            self.failures -= 1
            raise FakeError("Error initializing PortAudio: Internal error", -9986)
        self.started = True

    def query_hostapis(self) -> list[dict[str, Any]]:
        self._check()
        return [{"name": "ALSA"}]

    def query_devices(self) -> list[dict[str, Any]]:
        return [
            {
                "name": "card",
                "hostapi": 0,
                "max_input_channels": 1,
                "max_output_channels": 1,
                "default_samplerate": 48_000.0,
            }
        ]

    def _check(self) -> None:
        if not self.started:
            raise FakeError("PortAudio not initialized", -10_000)


async def test_a_device_with_a_name_that_is_no_text_is_a_fault_of_the_device(
    monkeypatch: pytest.MonkeyPatch,
):
    class Library(BrokenSoundDevice):
        def query_devices(self) -> list[dict[str, Any]]:
            return [{"name": b"Gro\xdf".decode()}]

    monkeypatch.setattr(sound_system, "library", lambda kind="input": Library(0))
    with pytest.raises(SpeakerError, match="can't be used"):
        portaudio.devices("output")


async def test_a_sound_system_that_does_not_start_again_is_told_and_tried_until_it_does(
    monkeypatch: pytest.MonkeyPatch,
):
    from voice.config import Mic, Snd

    library = BrokenSoundDevice(failures=2)
    monkeypatch.setattr(sound_system, "library", lambda kind="input": library)
    engine = portaudio.PortAudio(Mic(), Snd())
    for _ in range(2):
        await engine.refresh()
        with pytest.raises(MicrophoneError, match="not initialized") as found:
            await engine.open_input(lambda block, at: None, lambda: None)
        assert "\n" not in str(found.value)
        with pytest.raises(SpeakerError, match="not initialized"):
            await engine.open_output(lambda count: silence(count), 48_000, lambda: None)
    await engine.refresh()
    assert [device.name for device in portaudio.devices()] == ["card"]


def test_a_sound_system_that_does_not_start_at_all_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """The library starts PortAudio when it is imported."""
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    fault = FakeError("Error initializing PortAudio: Internal error", -9986)
    monkeypatch.setattr(sys, "meta_path", [_Failing(fault), *sys.meta_path])
    assert main(["devices"]) == 1
    _, err = capsys.readouterr()
    assert err.startswith("sayso: the sound system can't be used (Error initializing PortAudio")
    assert err.count("\n") == 1


def test_the_missing_c_library_is_said_with_the_command_that_mends_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [_Failing(_NO_LIBRARY), *sys.meta_path])
    assert main(["devices"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "sayso: the sound library is missing: sudo apt install libportaudio2\n"


_NO_LIBRARY = OSError("PortAudio library not found")
"""What the import of sounddevice raises without its C library."""


class _Failing:
    """Lets the import of sounddevice fail."""

    def __init__(self, fault: Exception) -> None:
        self._fault = fault

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "sounddevice":
            raise self._fault


def test_no_devices_are_listed_as_none_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(portaudio, "devices", list)
    assert main(["devices", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {"inputs": [], "outputs": []}
    assert "no microphone found: plug one in" in err
    assert "no speaker found: plug one in" in err


def test_the_list_marks_what_is_used_and_what_is_default(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(portaudio, "devices", lambda: ALL)
    assert main(["devices", "--json", "--set", "mic.device=respeaker"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in found["inputs"] if row["used"]] == [ARRAY.name]
    assert [row["name"] for row in found["inputs"] if row["default"]] == ["default"]
    assert [row["name"] for row in found["outputs"] if row["used"]] == ["default"]
    assert {row["channels"] for row in found["outputs"]} == {2, 32}

    assert main(["devices", "--set", "mic.device=respeaker"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert next(line for line in lines if line.startswith(" >")).startswith(" >  ReSpeaker")


@pytest.mark.card
def test_the_card_is_listed(card: SoundCard):
    listed = subprocess.run(
        [sys.executable, "-m", "device.cli", "devices", "--json", "--set", "mic.device=mic"],
        env={**card.environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert listed.returncode == 0, listed.stderr
    found = json.loads(listed.stdout)
    assert {"mic", "spk", "default"} <= {row["name"] for row in found["inputs"]}
    assert [row["name"] for row in found["inputs"] if row["used"]] == ["mic"]
    assert [row["name"] for row in found["outputs"] if row["used"]] == ["default"]
