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

import pytest

SLEEP_S = 0.002

STOOD_STILL_S = 0.015
"""A sleep longer than asked for by so much. Six busy processes on two processors made it 0.004 s at most,
in 15 s; a machine at rest 0.009 s."""

WITNESS_NICE = -15

TRIES = 5
"""A machine that stood still for 165 ms in one run and for 120 in another needs more than two."""

CARD_HOLDS_S = 0.1
"""Sound that waits between a card and us (``device.engines.portaudio``). Who stands still for longer loses
some, however good the program is."""

ABSENT = 0.05
"""Share of the time that a machine stood still, from which on it is too slow for what listens at the pace of
people: one with a third of its processors had it, and heard nobody through."""

CALM_S = 5.0
"""A machine that did not stand still for so long is calm again."""

PATIENCE_S = 900.0
"""How long one run of the tests waits for that, in all."""


class _Patience:
    left_s = PATIENCE_S


def listen(test: Callable[[], object]) -> None:
    """Run a test that listens, and again if it fails while the machine stood still.

    It is skipped where the machine was no machine for it in any try.
    """
    tries: list[Witness] = []
    while True:
        with Witness() as witness:
            try:
                test()
                return
            except Exception:
                if not witness.stood_still:
                    raise
                tries.append(witness)
                if len(tries) == TRIES and not all(each.unfit for each in tries):
                    raise
        stood = ", ".join(f"{1000 * each.longest_s:.0f}" for each in tries)
        if len(tries) == TRIES:
            pytest.skip(f"no machine for a sound card: in each try it stood still ({stood} ms)")
        warnings.warn(f"once more: the machine stood still for {stood} ms", stacklevel=1)
        wait_for_calm()


def wait_for_calm() -> None:
    """Wait until the machine keeps going, as long as there is patience."""
    while _Patience.left_s > 0:
        with Witness() as witness:
            time.sleep(CALM_S)
        _Patience.left_s -= CALM_S
        if not witness.stood_still:
            return


class Witness:
    """Watches the machine while its block runs; a context manager."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        """The longest that the machine stood still, in seconds."""
        self.share = 0.0
        """The part of the time in which it did, 0 to 1."""
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

    @property
    def unfit(self) -> bool:
        """Whether no program could have been heard here, however good it is."""
        return self.longest_s > CARD_HOLDS_S or self.share > ABSENT

    def _watch(self) -> None:
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), WITNESS_NICE)
        first, still_s = time.monotonic(), 0.0
        while not self._over.is_set():
            began = time.monotonic()
            time.sleep(SLEEP_S)
            now = time.monotonic()
            late_s = now - began - SLEEP_S
            self.longest_s = max(self.longest_s, late_s)
            still_s += late_s if late_s > STOOD_STILL_S else 0.0
            self.share = still_s / (now - first)
