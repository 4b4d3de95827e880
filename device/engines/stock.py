"""What the bench's baseline is made of: the libraries as they come, without anything of ours."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from voice.audio import RATE, Samples, to_float
from voice.errors import ModelFileError


class StockWhisper:
    """faster-whisper as it comes: 30 s windows, beam 5."""

    def __init__(self, folder: Path, *, language: str, threads: int | None) -> None:
        """Load the model with as many threads as ours has; raises ModelFileError."""
        from faster_whisper import WhisperModel

        threads = threads or min(4, os.cpu_count() or 1)
        try:
            self._model: Any = WhisperModel(
                str(folder), compute_type="int8", cpu_threads=threads, local_files_only=True
            )
        except (RuntimeError, ValueError, OSError) as fault:
            first = (str(fault).splitlines() or [type(fault).__name__])[0]
            raise ModelFileError(f"{folder}: not a Whisper model ({first})") from fault
        self._language = language

    def transcribe(self, samples: Samples) -> str:
        """Return the text of 16 kHz samples."""
        segments, _ = self._model.transcribe(
            to_float(samples), language=self._language, beam_size=5
        )
        return " ".join(segment.text.strip() for segment in segments)


class StockVad:
    """WebRTC's detector as it comes, frame by frame, at its strictest."""

    def __init__(self) -> None:
        import webrtcvad

        self._vad: Any = webrtcvad.Vad(3)

    def is_speech(self, frame: Samples) -> bool:
        """Whether 20 ms of 16 kHz samples are speech."""
        return bool(self._vad.is_speech(frame.tobytes(), RATE))
