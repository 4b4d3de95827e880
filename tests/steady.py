"""Whether the machine stood still while a test listened to it.

A machine shared with others is stopped now and then, all of it, for tens of milliseconds. A sound card is
not, so that a gap heard meanwhile says nothing about the program. A thread that sleeps very little, at a
priority that the program does not have, notices it.
"""

from __future__ import annotations

import os
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

SLEEP_S = 0.002

STOOD_STILL_S = 0.015
"""A sleep longer than asked for by so much. Six busy processes on two processors made it 0.004 s at most,
in 15 s; a machine at rest 0.009 s."""

WITNESS_NICE = -15

TRIES = 5
"""A machine that stood still for 165 ms in one run and for 120 in another needs more than two."""


def listen(test: Callable[[], object]) -> None:
    """Run a test that listens, and again if it fails while the machine stood still."""
    for left in reversed(range(TRIES)):
        with Witness() as witness:
            try:
                test()
                return
            except Exception:
                if not left or not witness.stood_still:
                    raise
        stood_ms = 1000 * witness.longest_s
        warnings.warn(f"once more: the machine stood still for {stood_ms:.0f} ms", stacklevel=1)


class Witness:
    """Watches the machine while its block runs; a context manager."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        """The longest that the machine stood still, in seconds."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="witness")

    def __enter__(self) -> Witness:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    @property
    def stood_still(self) -> bool:
        """Whether what was heard can't be relied on."""
        return self.longest_s > STOOD_STILL_S

    def _watch(self) -> None:
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), WITNESS_NICE)
        while not self._over.is_set():
            began = time.monotonic()
            time.sleep(SLEEP_S)
            self.longest_s = max(self.longest_s, time.monotonic() - began - SLEEP_S)
