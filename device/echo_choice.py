"""Which echo canceller the configuration means, and what was measured with it on these devices."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter

from device.echo import Canceller, EchoCanceller
from device.paths import Environment, ensure_dir, state_dir
from device.settings_files import write
from voice.config import Config
from voice.errors import SaysoError

log = logging.getLogger(__name__)

FILE = "echo.json"
"""In the state folder; written by `sayso doctor` alone."""


def _webrtc() -> Canceller:
    from device.engines.echo_webrtc import WebRtcEcho

    return WebRtcEcho()


def _speex() -> Canceller:
    from device.engines.echo_speex import SpeexEcho

    return SpeexEcho()


CANCELLERS: dict[str, Callable[[], Canceller]] = {"webrtc": _webrtc, "speex": _speex}
"""What the names in the YAML mean, best first: `auto` takes the first that is installed. In a room
with 100 ppm of drift webrtc removed 45 dB and speex 7 dB of our own speech."""

FOR_READING = "speex"
"""What cleans the sound from which words over ours are read, with `auto`, where it is installed too.

Of 60 requests over our own speech, which was lowered after 0.35 s, 0.88 of the words are read behind
speex, 0.75 behind webrtc, 0.74 with the echo left in; webrtc and the echo mixed are no better.
"""

HOW_TO_GET = {
    "webrtc": "pip install livekit",
    "speex": "sudo apt install libspeexdsp1",
}


@dataclass(frozen=True, slots=True)
class Measurement:
    """What `sayso doctor` found with one canceller on one pair of devices."""

    canceller: str
    microphone: str | None
    speaker: str | None
    """Devices as the configuration names them."""
    delay_ms: float | None
    """By how much the echo comes later than its sound was told to be in the air."""
    echo_db: float
    """Level of the echo in the microphone against what was played."""
    attenuation_db: float
    """How much quieter cancelling made it."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(strict=True, allow_inf_nan=False)


def load(name: str) -> Canceller | None:
    """Load a canceller by its name in the configuration; blocks.

    None when it is off or not installed, which is logged in one line.
    """
    if name == "off":
        return None
    wanted = list(CANCELLERS) if name == "auto" else [name]
    for one in wanted:
        try:
            return CANCELLERS[one]()
        except (ImportError, OSError, AttributeError) as fault:
            log.debug("%s: %s", one, fault)
    ways = " or ".join(HOW_TO_GET[one] for one in wanted)
    log.warning("no echo cancelling (mic.echo: %s): not installed; %s", name, ways)
    return None


def load_for_reading() -> Canceller | None:
    """Load the canceller that dulls voices least; None where it is not installed; blocks."""
    try:
        return CANCELLERS[FOR_READING]()
    except (OSError, AttributeError) as fault:
        log.info("words over an answer are read less well: %s; %s", fault, HOW_TO_GET[FOR_READING])
        return None


async def make(config: Config, env: Environment = os.environ) -> EchoCanceller | None:
    """Return what takes our own speech out of the microphone, None where nothing can."""
    loop = asyncio.get_running_loop()
    canceller = await loop.run_in_executor(None, load, config.mic.echo)
    if canceller is None:
        return None
    measured = recall(config, canceller.name, env)
    reading: Canceller | None = None
    if config.mic.echo == "auto" and canceller.name != FOR_READING:
        reading = await loop.run_in_executor(None, load_for_reading)
    return EchoCanceller(
        canceller, reading=reading, measured_db=measured.attenuation_db if measured else None
    )


def recall(config: Config, canceller: str, env: Environment = os.environ) -> Measurement | None:
    """Return what was measured with a canceller on the configured devices; None if nothing was."""
    try:
        found = TypeAdapter(Measurement).validate_json(_path(env).read_bytes())
    except (OSError, SaysoError, ValueError):
        return None
    known = (found.canceller, found.microphone, found.speaker)
    return found if known == (canceller, config.mic.device, config.snd.device) else None


def remember(measurement: Measurement, env: Environment = os.environ) -> None:
    """Keep a measurement for the next start; raises StateError or StorageError."""
    path = _path(env)
    ensure_dir(path.parent)
    write(path, json.dumps(asdict(measurement), indent=1) + "\n")


def _path(env: Environment) -> Path:
    return state_dir(env) / FILE
