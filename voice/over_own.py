"""A voice over our own, heard in both signals that echo cancelling gives.

The one that detectors hear has nothing of us in it, but takes much of everybody else with it: of seven
commands at a quarter of a person's usual level, spoken over our own speech in a simulated room, three are
no voice at all in it, and one in the other. There, where the clocks of speaker and microphone run alike,
nothing of us is left either after some seconds; where they drift apart (20 ppm), or the room has just
changed, much of us is. Which of the two it is shows in how often a voice is heard there alone: our own
speech makes one in every second stretch of it or more, people who talk over us do so now and then.
"""

from __future__ import annotations

from collections import deque

from voice.audio import FRAME_S, Samples
from voice.endpoint import VoiceActivity

STRETCH_S = 0.5
"""Seconds of our own speech that are judged together."""

STRETCHES = 16
"""Stretches that are remembered: 8 s."""

KNOWN = 8
"""Stretches before which the second signal is not believed: it needs some 8 s to learn a room."""

BAD_SHARE = 0.25
"""Share of the stretches that may have a voice in that signal alone."""

VOICE = 0.5
"""Probability from which on a frame is voice here."""

BAD_FRAMES_S = 0.06
"""Seconds of such voice that make a stretch count."""


class OverOwn:
    """A voice detector over both signals."""

    def __init__(self, voice: VoiceActivity, twin: VoiceActivity) -> None:
        """``twin`` is another detector of the same kind, for the second signal."""
        self._voice = voice
        self._twin = twin
        self._bad: deque[bool] = deque(maxlen=STRETCHES)
        self._alone = self._heard = 0
        self._twin_hears = False

    @property
    def believed(self) -> bool:
        """Whether a voice in the second signal alone is somebody's."""
        return len(self._bad) >= KNOWN and sum(self._bad) <= BAD_SHARE * len(self._bad)

    def hear(self, frame: Samples, clear: Samples | None = None) -> float:
        """Take the next 20 ms; return the probability of a voice, 0 to 1.

        ``clear`` is the same in the other signal while we speak, None at any other time.
        """
        first = self._voice.hear(frame)
        if clear is None:
            if self._twin_hears:
                self._twin.reset()
            self._twin_hears = False
            return first
        self._twin_hears = True
        second = self._twin.hear(clear)
        self._alone += second >= VOICE > first
        self._heard += 1
        if self._heard * FRAME_S >= STRETCH_S:
            self._bad.append(self._alone * FRAME_S >= BAD_FRAMES_S)
            self._heard = self._alone = 0
        return max(first, second) if self.believed else first

    def somebody(self) -> None:
        """What was just heard was somebody's, by what they said: it says nothing against the signal."""
        self._alone = 0
        while self._bad and self._bad[-1]:
            self._bad.pop()

    def reset(self) -> None:
        """Forget everything heard, but not what the second signal is worth."""
        self._voice.reset()
        self._twin.reset()
