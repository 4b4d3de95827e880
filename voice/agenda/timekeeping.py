"""What time it is, and how sure that is.

Within a boot the boot clock measures how much time has passed, whatever the wall clock does. Across
boots only the wall clock can tell, so it has to be believed first:

- ``waiting``: after a boot, until somebody has set the clock. Nothing that needs the wall clock rings.
- ``assumed``: nobody has for 60 s. The later of the system's clock and the last one that was stored
  is taken on: time never runs backwards, so the true time is that or later.
- ``synced``: the system's clock is right.

A clock that jumps while nobody vouches for it is doubted for as long, and then followed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from voice.agenda.clocks import Clocks

PATIENCE_S = 60.0
"""Seconds after a boot, or after a jump, in which a time server may still set the clock right."""

JUMP_S = 2.0
"""Seconds by which wall and boot clock may part before that counts as a jump. A time server that
slews moves both alike, and two looks at clocks are never that far apart."""

BACK_S = 3600.0
"""A clock put back by more than this was wrong before. By less, the hour is lived through again, and
what has rung in it does not ring again."""

Trust = Literal["waiting", "assumed", "synced"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment on both clocks, so that either can tell when it has come."""

    boot_id: str
    """The boot whose clock ``boot`` is on."""
    boot: float
    """Seconds of that boot's clock; negative for a moment before it."""
    wall: float
    """Seconds since 1970, UTC, as it was believed when this was last put right."""
    serial: int
    """A number that no other moment has, and that stays when the clocks are put right."""
    sure: bool = True
    """False when it came from an earlier boot over a clock that was only assumed: once that is set
    right, the wall clock decides again."""


@dataclass(frozen=True, slots=True)
class Now:
    """One look at the clocks."""

    boot_id: str
    boot: float
    """Seconds since the boot."""
    wall: float
    """Seconds since 1970, UTC, as they are believed; a guess while ``trust`` is ``waiting``."""
    trust: Trust

    @property
    def believed(self) -> bool:
        """Whether the wall clock may decide anything."""
        return self.trust != "waiting"

    def until(self, moment: Moment) -> float | None:
        """Return seconds until a moment, negative once it has passed; None: that can't be said yet."""
        if moment.boot_id == self.boot_id:
            return moment.boot - self.boot
        return moment.wall - self.wall if self.believed else None

    def after(self, seconds: float, serial: int) -> Moment:
        """Return the moment that comes after a time."""
        return Moment(self.boot_id, self.boot + seconds, self.wall + seconds, serial)


@dataclass(frozen=True, slots=True)
class SavedClock:
    """The clocks as they were last stored."""

    boot_id: str
    boot: float
    wall: float
    """As it was believed."""
    behind: float
    """Seconds by which the system's clock was behind that."""
    trust: Trust


@dataclass(frozen=True, slots=True)
class ClockAssumed:
    """Nobody set the clock, so one was taken on; worth saying once."""

    wall: float
    """Seconds since 1970, UTC."""
    stored: bool
    """True: the system's clock is behind the last one stored, so it is certainly wrong, and the
    stored one is taken. False: the system's clock may be right, nobody vouches for it."""


def settled(moment: Moment, now: Now) -> Moment:
    """Return a moment put right: after a boot, when the clock is first believed, after a jump.

    Needs a clock that is believed. In this boot the boot clock decides, and the wall clock's side
    follows; what comes from an earlier boot is taken over the other way round.
    """
    if moment.boot_id == now.boot_id and moment.sure:
        return replace(moment, wall=now.wall + moment.boot - now.boot)
    if moment.boot_id == now.boot_id and now.trust != "synced":
        return moment
    boot = now.boot + moment.wall - now.wall
    return replace(moment, boot_id=now.boot_id, boot=boot, sure=now.trust == "synced")


class Timekeeper:
    """Looks at the clocks, and decides what to believe."""

    def __init__(self, clocks: Clocks, saved: SavedClock | None) -> None:
        """``saved`` is what was stored last, in this boot or an earlier one; None: nothing yet."""
        self._clocks = clocks
        self._boot_id = clocks.boot_id()
        self._trust: Trust = "waiting"
        self._began = 0.0  # believed wall clock minus boot clock
        self._settled = 0.0  # the same when what is believed last changed
        self._behind = 0.0
        self._doubted_at: float | None = None
        self._earliest = 0.0  # lower bound of the wall clock at this boot's zero
        self.unsettled = False
        """Whether what is believed has changed, so that moments have to be put right."""
        self.assumed: ClockAssumed | None = None
        """That a clock was taken on; the one who says it sets it back to None."""
        if saved and saved.boot_id == self._boot_id and saved.boot <= clocks.boot():
            self._trust, self._behind = saved.trust, saved.behind
            self._began = self._settled = self._earliest = saved.wall - saved.boot
        elif saved:
            self._earliest = saved.wall

    @property
    def undecided(self) -> bool:
        """Whether the clock may be believed, or followed, at any moment."""
        return self._trust == "waiting" or self._doubted_at is not None

    def look(self) -> Now:
        """Look at the clocks."""
        boot, system = self._read()
        if self._clocks.synced():
            self._doubted_at = None
            if self._trust != "synced" or abs(system - boot - self._settled) > JUMP_S:
                self._believe("synced", system, boot)
            self._began = system - boot
        elif self._trust == "waiting":
            self._wait(system, boot)
        else:
            self._watch(system, boot)
        if self._trust == "waiting":
            return Now(self._boot_id, boot, max(system, self._earliest + boot), "waiting")
        return Now(self._boot_id, boot, self._began + boot, self._trust)

    def saved(self, now: Now) -> SavedClock:
        """Return what to store."""
        return SavedClock(self._boot_id, now.boot, now.wall, self._behind, now.trust)

    def _read(self) -> tuple[float, float]:
        """Return boot and wall clock of the same moment."""
        boot, system = self._clocks.boot(), self._clocks.wall()
        if self._clocks.boot() - boot > JUMP_S / 4:  # the machine was suspended between the two
            return self._clocks.boot(), self._clocks.wall()
        return boot, system

    def _believe(self, trust: Trust, wall: float, boot: float, behind: float = 0.0) -> None:
        self._trust, self._behind = trust, behind
        self._began = self._settled = wall - boot
        self._doubted_at = None
        self.unsettled = True

    def _wait(self, system: float, boot: float) -> None:
        if boot < PATIENCE_S:
            return
        wall = max(system, self._earliest + boot)
        self._believe("assumed", wall, boot, behind=wall - system)
        self.assumed = ClockAssumed(wall, stored=wall - system > JUMP_S)

    def _watch(self, system: float, boot: float) -> None:
        """Look for a jump that nobody vouches for."""
        believed = self._began + boot
        if abs(system + self._behind - believed) <= JUMP_S:
            self._doubted_at = None
        elif self._behind > JUMP_S and system > believed:
            # It was certainly wrong, and now it is plausible: somebody has set it right.
            self._believe("synced", system, boot)
        elif self._doubted_at is None:
            self._doubted_at = boot
        elif boot - self._doubted_at >= PATIENCE_S:
            self._believe(self._trust, system, boot)
