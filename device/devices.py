"""Microphones and speakers by name: which one a configuration means, and the ways to open it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from voice.errors import DeviceError, MicrophoneError, SpeakerError

Kind = Literal["input", "output"]

NOUN: dict[Kind, str] = {"input": "microphone", "output": "speaker"}
"""What people call a device of that kind."""

ERROR: dict[Kind, type[DeviceError]] = {"input": MicrophoneError, "output": SpeakerError}
"""What is raised when there is trouble with one."""

_KEY: dict[Kind, str] = {"input": "mic.device", "output": "snd.device"}


@dataclass(frozen=True, slots=True)
class Device:
    """One entry of the sound system's list; many are both microphone and speaker."""

    index: int
    name: str
    host_api: str
    """The sound system it belongs to, such as ALSA."""
    inputs: int
    """Input channels, 0 if it has no microphone."""
    outputs: int
    """Output channels, 0 if it has no speaker."""
    rate: int
    """Its default sample rate, in Hz."""
    default_input: bool = False
    default_output: bool = False

    def channels(self, kind: Kind) -> int:
        """Return how many channels it has in one direction."""
        return self.inputs if kind == "input" else self.outputs

    def default(self, kind: Kind) -> bool:
        """Whether the system takes it when none is named."""
        return self.default_input if kind == "input" else self.default_output


def pick(devices: Sequence[Device], wanted: str | None, kind: Kind) -> Device:
    """Return the device that ``wanted`` means: a part of its name, or None for the system's default.

    A whole name goes before a part, the system's default before others; letters' case does not
    count. Raises MicrophoneError or SpeakerError.
    """
    able = [device for device in devices if device.channels(kind)]
    if not able:
        raise ERROR[kind](
            f"no {NOUN[kind]} found: plug one in, or allow this user the sound card "
            "(`sudo usermod -aG audio $USER`, then log in again)"
        )
    able.sort(key=lambda device: not device.default(kind))
    if wanted is None:
        return able[0]
    name = wanted.strip().casefold()
    for matches in (
        [device for device in able if device.name.casefold() == name],
        [device for device in able if name in f"{device.name}, {device.host_api}".casefold()],
    ):
        if matches:
            return matches[0]
    raise ERROR[kind](
        f"{_KEY[kind]}: no {NOUN[kind]} is called like {wanted!r}; `sayso devices` lists them"
    )


@dataclass(frozen=True, slots=True)
class Format:
    """A way to open a device."""

    rate: int
    channels: int


def formats(
    device: Device,
    kind: Kind,
    best: tuple[int, ...],
    rate: int | None = None,
    channels: int | None = None,
) -> list[Format]:
    """Return the ways to open a device, best first; a rate or channels that are given are not varied."""
    rates = [rate] if rate else dict.fromkeys((*best, device.rate, 48_000, 44_100, 32_000, 16_000))
    counts = [channels] if channels else dict.fromkeys((1, 2, device.channels(kind)))
    able = [count for count in counts if count <= device.channels(kind)] or list(counts)
    return [Format(one_rate, count) for one_rate in rates for count in able]
