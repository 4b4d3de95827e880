"""Sound files of any kind, read with PyAV (which faster-whisper brings along)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from voice.audio import RATE, Samples, to_int16
from voice.errors import UsageError


def read(path: Path) -> Samples:
    """Return a sound file as mono 16 kHz samples; raises UsageError in one line."""
    if not path.exists():
        raise UsageError(f"{path}: no such file")
    if path.is_dir():
        raise UsageError(f"{path}: is a folder, not a sound file")
    import av.error
    from faster_whisper import decode_audio

    try:
        samples = decode_audio(str(path), sampling_rate=RATE)
    except PermissionError as fault:
        raise UsageError(f"{path}: may not be read") from fault
    except (av.error.FFmpegError, IndexError, ValueError, OSError) as fault:
        raise UsageError(f"{path}: not a sound file that can be read") from fault
    if not len(samples):
        raise UsageError(f"{path}: holds no sound")
    return to_int16(np.asarray(samples))
