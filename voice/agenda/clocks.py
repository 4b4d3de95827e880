"""The clocks that the agenda reads; they are passed in. Implementation: ``device.clocks``."""

from __future__ import annotations

from typing import Protocol


class Clocks(Protocol):
    """What the machine knows about time.

    Two clocks, because neither is enough. The wall clock says when it is seven, and may be wrong
    after a power cut, or be set while we run. The boot clock can't be set, and begins at zero with
    each boot.
    """

    def wall(self) -> float:
        """Return seconds since 1970 in UTC, as the system has it: may be wrong, may jump."""
        ...

    def boot(self) -> float:
        """Return seconds since the machine was started, the time it was suspended included."""
        ...

    def boot_id(self) -> str:
        """Return a name of the present boot; another one after each start of the machine."""
        ...

    def synced(self) -> bool:
        """Whether the wall clock is known to be right: a time server or the like has set it."""
        ...
