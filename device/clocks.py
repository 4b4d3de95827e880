"""The machine's clocks, for the agenda.

Whether the wall clock is right is known from two places. The kernel keeps a flag that chrony, ntpd and
systemd-timesyncd clear, and that setting the clock by hand sets again; reading it needs ``adjtimex``,
which a hardened unit (``ProtectClock=``) and many containers forbid. systemd-timesyncd also leaves a
file, which anybody can see. Where neither says yes the clock counts as unknown: right after a boot
alarms then wait for a minute at most, and nothing else is lost by it. A container can't set the clock
of its host, so there too the flag of the host's kernel, or that minute, is all there is.
"""

from __future__ import annotations

import ctypes
import time
import uuid
from collections.abc import Callable
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")
"""Made by systemd-timesyncd when it has set the clock; its folder is new with each boot."""

STA_UNSYNC = 0x0040
"""The kernel's flag: nobody vouches for the clock (``linux/timex.h``)."""


class _Timex(ctypes.Structure):
    """The beginning of ``struct timex``; the rest is room for what the kernel writes behind it."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    )


def kernel_synced() -> bool | None:
    """Whether the kernel takes its clock for right; None where it does not say."""
    try:
        timex = _Timex()  # modes 0: read only, which needs no privilege
        if ctypes.CDLL(None).adjtimex(ctypes.byref(timex)) < 0:
            return None
    except (AttributeError, OSError):  # another system than Linux
        return None
    return not timex.status & STA_UNSYNC


class SystemClocks:
    """The clocks of this machine; implements ``voice.agenda.clocks.Clocks``."""

    def __init__(
        self,
        *,
        boot_id: Path = BOOT_ID,
        synchronized: Path = SYNCHRONIZED,
        kernel: Callable[[], bool | None] = kernel_synced,
    ) -> None:
        """The arguments say where to look; tests pass others."""
        self._synchronized = synchronized
        self._kernel = kernel
        self._boot_clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
        try:
            self._boot_id = boot_id.read_text(encoding="ascii").strip()
        except OSError:
            # Every start of the process then counts as a boot: the wall clock decides, never a boot
            # clock that may have begun anew.
            self._boot_id = str(uuid.uuid4())

    def wall(self) -> float:
        """Return seconds since 1970 in UTC, as the system has it."""
        return time.time()

    def boot(self) -> float:
        """Return seconds since the machine was started, the time it was suspended included."""
        return time.clock_gettime(self._boot_clock)

    def boot_id(self) -> str:
        """Return the kernel's name of the present boot."""
        return self._boot_id

    def synced(self) -> bool:
        """Whether the wall clock is known to be right."""
        kernel = self._kernel()
        return self._synchronized.exists() if kernel is None else kernel
