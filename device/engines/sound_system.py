"""The sound system as PortAudio shows it: starting it, and its devices.

The only module that imports ``sounddevice``.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from device.devices import ERROR, Device, Kind
from voice.errors import DeviceError


def devices(kind: Kind = "input") -> list[Device]:
    """List all devices; raises MicrophoneError or SpeakerError (by ``kind``) when that fails."""
    sd = library(kind)
    try:
        apis = [api["name"] for api in sd.query_hostapis()]
        default_input, default_output = sd.default.device
        return [
            Device(
                index,
                found["name"],
                apis[found["hostapi"]],
                found["max_input_channels"],
                found["max_output_channels"],
                int(found["default_samplerate"]),
                index == default_input,
                index == default_output,
            )
            for index, found in enumerate(sd.query_devices())
        ]
    except (sd.PortAudioError, UnicodeError) as fault:  # the latter: a name that is no UTF-8
        raise _no_sound_system(fault, kind) from fault


def library(kind: Kind = "input") -> Any:
    """Import sounddevice, which starts PortAudio; raises MicrophoneError or SpeakerError."""
    try:
        import sounddevice
    except OSError as fault:
        raise ERROR[kind]("the sound library is missing: sudo apt install libportaudio2") from fault
    except Exception as fault:  # its PortAudioError has no name before it is imported
        raise _no_sound_system(fault, kind) from fault
    return sounddevice


def restart() -> None:
    """Start PortAudio again; raises MicrophoneError, and the next try begins where this one failed."""
    sd = library()
    with quiet():
        with suppress(sd.PortAudioError):  # it is not running since a start that failed
            sd._terminate()
        try:
            sd._initialize()
        except sd.PortAudioError as fault:
            raise _no_sound_system(fault, "input") from fault


def never_wait_at_exit() -> None:
    """A device that hangs now would hang sounddevice's clean-up when the process ends, too."""
    atexit.unregister(library()._exit_handler)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what the C libraries print about a failed try off standard error, as sounddevice does."""
    try:
        kept = os.dup(2)
    except OSError:  # it is closed already
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _no_sound_system(fault: Exception, kind: Kind) -> DeviceError:
    return ERROR[kind](
        f"the sound system can't be used ({fault}): restart PipeWire or PulseAudio, or this machine"
    )
