"""Two voice detectors as one: a light one that opens the gate, a good one that judges."""

from __future__ import annotations

from collections import deque

from voice.audio import FRAME_S, Samples
from voice.endpoint import VoiceActivity

OPEN_S = 1.0
"""Seconds for which the judge goes on listening after the gate last heard something."""

REPLAY_S = 0.4
"""Seconds from before the gate opened that the judge hears first: the gate answers late, and the
judge remembers what came before."""


class Gated:
    """Asks ``judge`` only while ``gate`` hears something that could be a voice, or just did.

    In a quiet room that saves the judge's work; what it answers is the judge's alone.
    """

    def __init__(self, gate: VoiceActivity, judge: VoiceActivity) -> None:
        self._gate = gate
        self._judge = judge
        self._missed: deque[Samples] = deque(maxlen=round(REPLAY_S / FRAME_S))
        self._open = 0

    def hear(self, frame: Samples) -> float:
        """Take the next 20 ms; return the judge's probability, 0 while the gate is closed."""
        if self._gate.hear(frame) > 0:
            self._open = round(OPEN_S / FRAME_S)
        elif self._open:
            self._open -= 1
        if not self._open:
            self._missed.append(frame)
            return 0.0
        for missed in self._missed:
            self._judge.hear(missed)
        self._missed.clear()
        return self._judge.hear(frame)

    def reset(self) -> None:
        """Forget everything heard."""
        self._gate.reset()
        self._judge.reset()
        self._missed.clear()
        self._open = 0

    def twin(self) -> Gated:
        """Return another of the same kind, which has heard nothing."""
        return Gated(self._gate.twin(), self._judge.twin())
