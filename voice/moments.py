"""When the things of a turn happened, for the latency report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice.events import TurnLatency

Clock = Callable[[], float]
"""Returns seconds; the event loop's ``time``."""


@dataclass(slots=True)
class Moments:
    """When things of a turn happened, in seconds of the clock; None for what did not."""

    listening: float
    end_of_speech: float
    speech_s: float = 0.0
    eager_text: float | None = None
    commit: float = 0.0
    text: float = 0.0
    first_clause: float | None = None
    first_sound: float | None = None

    @classmethod
    def unspoken(cls, now: float) -> Moments:
        """Return those of a request that nobody said: it was all there at once."""
        return cls(now, now, commit=now, text=now)

    def latency(self, source: str, known_at: float | None) -> TurnLatency:
        """Return the report of a turn answered by ``source``, whose answer was known at a moment."""
        return TurnLatency(
            listening_s=self._since(self.listening) or 0.0,
            speech_s=round(self.speech_s, 3),
            eager_text_s=self._since(self.eager_text),
            commit_s=self._since(self.commit) or 0.0,
            text_s=self._since(self.text) or 0.0,
            answer_s=self._since(known_at),
            first_clause_s=self._since(self.first_clause),
            first_sound_s=self._since(self.first_sound),
            source=source,
        )

    def _since(self, moment: float | None) -> float | None:
        return None if moment is None else round(moment - self.end_of_speech, 4)
