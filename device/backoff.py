"""How long to wait before the next try of something that does not work yet."""

from __future__ import annotations

FIRST_S = 0.5
LONGEST_S = 10.0


class Backoff:
    """At once, then after 0.5 s, 1 s, 2 s, … and every 10 s for ever."""

    def __init__(self) -> None:
        self._next_s = 0.0

    def wait_s(self) -> float:
        """Return the seconds to wait before the next try."""
        now_s = self._next_s
        self._next_s = min(LONGEST_S, max(FIRST_S, 2 * now_s))
        return now_s

    def reset(self) -> None:
        """It works again."""
        self._next_s = 0.0
