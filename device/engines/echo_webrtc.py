"""WebRTC's echo canceller (AEC3): the only module that imports ``livekit``."""

from __future__ import annotations

from typing import Any

import numpy as np

from voice.audio import RATE, Samples


class WebRtcEcho:
    """AEC3 in the audio processing module of LiveKit's real-time library.

    Removes at once, whatever the delay (to 0.5 s) and the drift of the clocks, and dulls a voice that
    speaks at the same time. Loading it takes 0.1 s and 16 MB; 0.9 % of a core while something plays.
    """

    name = "webrtc"
    finds_delay = True

    def __init__(self) -> None:
        """Load the library; raises ImportError or OSError where there is none."""
        from livekit.rtc.apm import AudioProcessingModule
        from livekit.rtc.audio_frame import AudioFrame

        self._frame: Any = AudioFrame
        self._make: Any = AudioProcessingModule
        self.reset()

    def reset(self) -> None:
        """Forget the room."""
        self._module = self._make(echo_cancellation=True)

    def clean(self, heard: Samples, played: Samples) -> Samples:
        """Return 10 ms without the echo."""
        self._module.process_reverse_stream(self._frame(played.tobytes(), RATE, 1, len(played)))
        frame = self._frame(heard.tobytes(), RATE, 1, len(heard))
        self._module.process_stream(frame)
        return np.frombuffer(bytes(frame.data), np.int16)
