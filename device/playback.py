"""One answer on its way through a mixer, and the clock that stands in for a sound card."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import numpy as np

from device.mixer import Call, Mixer
from device.resampling import Resampler
from voice.audio import Samples, Sound

BLOCK_S = 0.02
"""Seconds of sound that the clock pulls at a time."""

PIECE_S = 0.25
"""Seconds of sound converted at a time, so that the event loop breathes between them."""


QUIET_S, QUIET = 0.005, 330
"""Seconds at the end of a sound, and the level (-40 dBFS) below which it is taken for a clause's end."""


def at_once(call: Call) -> None:
    """Make a call here and now: the mixer is pulled in the event loop."""
    call()


def nothing() -> None:
    """Do nothing."""


def convert(sound: Sound, rate: int) -> Samples:
    """Return a whole sound at another rate."""
    resampler = Resampler(sound.rate, rate)
    return np.concatenate([resampler.convert(sound.samples), resampler.rest()])


class MixedPlayback:
    """Feeds one answer into a mixer; all calls are made in the event loop."""

    def __init__(
        self,
        mixer: Mixer,
        started: Call,
        *,
        lead_in_s: float,
        latency: Callable[[], float],
        call: Callable[[Call], None] = at_once,
        stopped: Call = nothing,
    ) -> None:
        """``call`` brings calls from the thread that pulls into the event loop.

        ``latency`` returns the seconds from a pull to the air; ``stopped`` is called by `stop`.
        """
        self._mixer = mixer
        self._latency = latency
        self._stopped = stopped
        self._changed = asyncio.Event()
        self._resampler: Resampler | None = None

        def begun() -> None:
            if not self._track.stopped:  # it may have been since the pull, in another thread
                started()

        self._track = mixer.begin(
            lambda: call(begun), lambda: call(self._changed.set), lead_in_s=lead_in_s
        )

    @property
    def heard_s(self) -> float:
        """Seconds of what was fed that have gone to the device so far."""
        return self._track.heard / self._mixer.rate

    async def feed(self, sound: Sound) -> None:
        """Add sound behind what is queued; waits while more than 1.5 s are."""
        if self._resampler is None or self._resampler.from_rate != sound.rate:
            self._flush()
            self._resampler = Resampler(sound.rate, self._mixer.rate)
        for piece in _pieces(sound):
            await self._until(lambda: self._track.has_room)
            if self._over:
                return
            self._track.add(self._resampler.convert(piece))
            await asyncio.sleep(0)
        if _ends_quietly(sound):
            self._flush()

    async def finish(self) -> None:
        """Wait until the last sample is out of the speaker."""
        self._flush()
        self._track.complete()
        await self._until(lambda: False)
        if not self._track.stopped:
            await asyncio.sleep(self._latency())

    def stop(self) -> None:
        """Be silent now and drop the rest; after the end it does nothing."""
        if not self._over:
            self._track.stop()
            self._stopped()
            self._changed.set()

    @property
    def _over(self) -> bool:
        return self._track.ended or self._track.stopped

    def _flush(self) -> None:
        if self._resampler:
            self._track.add(self._resampler.rest())
            self._resampler = None

    async def _until(self, met: Callable[[], bool]) -> None:
        """Wait until something is so, or the answer is over."""
        while not self._over and not met():
            self._changed.clear()
            # The pull may have come between the question and the clearing; ask once more.
            if not self._over and not met():
                await self._changed.wait()


class Clockwork:
    """Pulls a mixer at the pace of the event loop's clock, as long as there is something to pull.

    Timers with absolute deadlines instead of a task: nothing drifts, and nothing has to be ended.
    """

    latency_s = BLOCK_S
    """Seconds from a pull until its last sample would be heard."""

    def __init__(self, mixer: Mixer, taken: Callable[[Samples], None] = lambda _: None) -> None:
        """``taken`` gets what was pulled."""
        self._mixer = mixer
        self._taken = taken
        self._count = round(BLOCK_S * mixer.rate)
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

    def kick(self) -> None:
        """Begin to pull, if it does not yet; the first time after this call returns."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._due = max(loop.time(), self._due)
            self._timer = loop.call_at(self._due, self._tick)

    def stop(self) -> None:
        """Pull no more: a device does."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        self._timer = None
        if self._mixer.busy:
            self._due += BLOCK_S
            self._timer = asyncio.get_running_loop().call_at(self._due, self._tick)
            self._taken(self._mixer.pull(self._count))


def _ends_quietly(sound: Sound) -> bool:
    """Whether nothing is cut apart here, so that what the resampler holds back may come at once.

    It holds 40 ms: the end of a clause would wait for the next one.
    """
    end = sound.samples[-max(1, round(QUIET_S * sound.rate)) :]
    return not len(end) or int(np.abs(end.astype(np.int32)).max()) <= QUIET


def _pieces(sound: Sound) -> Iterator[Samples]:
    size = max(1, round(PIECE_S * sound.rate))
    for begin in range(0, len(sound.samples), size):
        yield sound.samples[begin : begin + size]
