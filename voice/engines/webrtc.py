# pyright: basic
# (the library has no complete types)
"""Voice activity with WebRTC's detector: very light, and easily fooled by noise."""

from __future__ import annotations

from collections import deque
from typing import Any

from voice.audio import RATE, Samples


class WebRtc:
    """WebRTC VAD over 20 ms frames; the answer is the share of voice in the last five."""

    def __init__(self, mode: int = 3) -> None:
        """``mode`` 0 to 3: how readily it takes sound for noise."""
        import webrtcvad

        self._vad: Any = webrtcvad.Vad(mode)
        self._mode = mode
        self._recent: deque[bool] = deque(maxlen=5)

    def hear(self, frame: Samples) -> float:
        """Take the next frame of 16 kHz samples; return 0 to 1."""
        self._recent.append(bool(self._vad.is_speech(frame.tobytes(), RATE)))
        return sum(self._recent) / len(self._recent)

    def reset(self) -> None:
        """Forget everything heard."""
        import webrtcvad

        self._vad = webrtcvad.Vad(self._mode)
        self._recent.clear()

    def twin(self) -> WebRtc:
        """Return another of the same mode, which has heard nothing."""
        return WebRtc(self._mode)
