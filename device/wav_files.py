"""Writing sound to WAV files, whole or not at all."""

from __future__ import annotations

import os
import wave
from contextlib import suppress
from pathlib import Path

from voice.audio import Sound
from voice.errors import StorageError


def write(path: Path, sound: Sound) -> None:
    """Write a mono 16-bit WAV; raises StorageError in one line and leaves nothing half-done."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as raw:
            with wave.open(raw, "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(sound.rate)
                file.writeframes(sound.samples.astype("<i2").tobytes())
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(path)
    except OSError as fault:
        raise StorageError(f"{path}: can't be written ({fault.strerror})") from fault
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)  # it is there no more, or whoever ended us cut it off
