"""The microphone without our own voice: what is heard, cleaned by what was played.

Pure of devices and clocks: whoever plays tells what and when, whoever hears asks for each frame. While
nothing is or was just played frames pass untouched; no canceller runs, only their times and levels are
taken, for the clock and the room's noise floor.
"""

from __future__ import annotations

import logging
from typing import Protocol

import numpy as np

from device.echo_delay import STRETCH, DelayTracker
from device.echo_drift import Drift, Following
from device.echo_timeline import Reference, Timeline
from device.echo_trust import Trust
from voice.audio import FRAME_SAMPLES, RATE, Samples

log = logging.getLogger(__name__)

STEP = RATE // 100
"""Samples that cancellers take at a time: 10 ms."""

LEAD = RATE * 4 // 100
"""How much earlier than its echo the played sound is given to a canceller, in samples: room for
mistakes in the told times."""

UNKNOWN = 0
"""The delay that is assumed before one was found: that the told times are right. Less could ask for
sound that has not been handed to the device yet."""

LATEST = RATE * 6 // 10
"""The longest delay that is looked for; Bluetooth speakers take up to 0.3 s and do not tell."""

EARLIEST = -RATE * 15 // 100
"""The shortest one (negative: sound that is in the air before the time its device told)."""

REACH = RATE * 9 // 10
"""Samples after the last played sound in which its echo and reverberation may still arrive."""

SEEN_LATEST = RATE // 2
"""The longest delay with which a canceller that finds it by itself works at once."""

NEAR = RATE // 100
"""A found delay that differs by less changes nothing."""

CHIME = RATE * 7 // 10
"""Samples up to which what plays is taken for a chime: over it people are best read with its echo left
in. An answer that begins in a quiet room can't be told from one before: over its first 0.6 s (the card is
given sound 0.1 s ahead) they are read so, too."""


class Canceller(Protocol):
    """Removes an echo. Implementations: ``device.engines.echo_webrtc``, ``…echo_speex``."""

    name: str
    finds_delay: bool
    """Whether it copes with a delay of up to `SEEN_LATEST` by itself, so that ours is best left alone."""

    def clean(self, heard: Samples, played: Samples) -> Samples:
        """Return 10 ms of what was heard without the echo of what was played (at 16 kHz)."""
        ...

    def reset(self) -> None:
        """Forget the room."""
        ...


class _Aligned:
    """A canceller that is given what was played at the place where it looks for it."""

    def __init__(self, canceller: Canceller) -> None:
        self.canceller = canceller
        self.delay = UNKNOWN

    def begin(self, before: Samples) -> None:
        """Start from the frame that has just been heard, so that nothing old comes out."""
        nothing = np.zeros(STEP, np.int16)
        for step in range(0, FRAME_SAMPLES, STEP):
            self.canceller.clean(before[step : step + STEP], nothing)

    def clean(self, frame: Samples, place: int, reference: Reference) -> Samples:
        """Return a frame, which was heard at a place, without its echo."""
        cleaned = [
            self.canceller.clean(
                frame[step : step + STEP],
                reference.window(place + step - self.delay + LEAD, STEP),
            )
            for step in range(0, len(frame), STEP)
        ]
        return np.concatenate(cleaned)

    def adjust(self, found: int) -> bool:
        """Use the delay that was found, if it matters; return whether it did."""
        seen = found - self.delay + LEAD
        fine = self.canceller.finds_delay and LEAD // 2 <= seen <= SEEN_LATEST
        if fine or abs(found - self.delay) <= NEAR:
            return False
        self.delay = found
        self.canceller.reset()  # what it learned is at the wrong place: it learns quicker anew
        return True


class _Following(_Aligned):
    """The same for a canceller that is defeated by clocks which run apart.

    Once their pace is known it is given what was played at the pace at which it is heard.
    """

    def __init__(self, canceller: Canceller, drift: Drift, line: Timeline) -> None:
        super().__init__(canceller)
        self._drift = drift
        self._line = line
        self._following = Following()

    def clean(self, frame: Samples, place: int, reference: Reference) -> Samples:
        if (pace := self._drift.pace) is None:
            return super().clean(frame, place, reference)
        expected, heard = place - self.delay + LEAD, place - self._line.moved
        cleaned = [
            self.canceller.clean(
                frame[step : step + STEP],
                self._following.take(reference, expected + step, heard + step, STEP, pace),
            )
            for step in range(0, len(frame), STEP)
        ]
        return np.concatenate(cleaned)

    def adjust(self, found: int) -> bool:
        if self._drift.pace is None:
            return super().adjust(found)
        self.delay = found
        return False


class EchoCanceller:
    """Follows what is played and heard, and gives each frame without the echo."""

    def __init__(
        self,
        canceller: Canceller,
        *,
        reading: Canceller | None = None,
        measured_db: float | None = None,
    ) -> None:
        """Clean with a canceller, and for reading with another that dulls voices less.

        ``measured_db`` is the attenuation that `sayso doctor` found on these devices.
        """
        self.trust = Trust(measured_db)
        self.canceller = canceller
        self.clear: Samples | None = None
        """The frame last heard as it is best read; None when it is best read as it was returned."""
        self._reference = Reference()
        self._line = Timeline()
        self._delays = DelayTracker()
        self._drift = Drift()
        self._hearing = self._aligned(canceller)
        self._reading = self._aligned(reading) if reading else None
        self._active = False
        self._began = 0
        self._before = np.zeros(FRAME_SAMPLES, np.int16)
        self._recent: list[Samples] = []

    @property
    def name(self) -> str:
        """The canceller's name in the configuration."""
        return self.canceller.name

    @property
    def delay_s(self) -> float | None:
        """Seconds by which the echo comes later than its sound was told to be in the air, if known."""
        return None if self._delays.delay is None else self._delays.delay / RATE

    def played(self, samples: Samples, rate: int, at: float) -> None:
        """Take note of what goes to the speaker; may be called in another thread.

        ``at`` is the time at which its first sample is in the air, in seconds.
        """
        self._reference.played(samples, rate, at)

    def hear(self, frame: Samples, at: float) -> Samples:
        """Return a frame of 20 ms without the echo; ``at`` is when it began, on the same clock."""
        self._reference.catch_up()
        place = self._line.place(len(frame), at, quiet=not self._active)
        last = self._reference.last_sound
        if last is None or last < place - REACH:
            self._rest(frame)
            return frame
        if not self._active:
            self._begin()
            self._began = place
        self._before = frame
        out = self._hearing.clean(frame, place, self._reference)
        self.clear = self._reading.clean(frame, place, self._reference) if self._reading else None
        if last - self._began <= CHIME:
            self.clear = frame
        played = self._reference.window(place - self._hearing.delay, len(frame))
        self.trust.speaking(frame, out, played)
        self._look(frame, place)
        return out

    def _aligned(self, canceller: Canceller) -> _Aligned:
        if canceller.finds_delay:  # those also follow it when it changes
            return _Aligned(canceller)
        return _Following(canceller, self._drift, self._line)

    def _rest(self, frame: Samples) -> None:
        self._before, self._active, self.clear = frame, False, None
        self._recent.clear()
        self.trust.quiet(frame)

    def _begin(self) -> None:
        """Something plays: be ready for its echo."""
        self._active = True
        self._adjust()
        self._hearing.begin(self._before)
        if self._reading:
            self._reading.begin(self._before)

    def _look(self, frame: Samples, place: int) -> None:
        """Once a second, before it is known twice, see how late the echo is."""
        self._recent.append(frame)
        if len(self._recent) * FRAME_SAMPLES < STRETCH:
            return
        heard = np.concatenate(self._recent)
        del self._recent[: len(self._recent) // (1 if self._delays.delay is not None else 2)]
        begin = place + FRAME_SAMPLES - len(heard)
        played = self._reference.window(begin - LATEST, len(heard) + LATEST - EARLIEST)
        if self._delays.look(heard, played, EARLIEST):
            moved = self._reference.moved - self._line.moved
            self._drift.look(begin - self._line.moved, self._delays.seen + moved)
            self._adjust(speaking=True)

    def _adjust(self, *, speaking: bool = False) -> None:
        """Use the delay that was found; a canceller that finds it by itself is not disturbed."""
        found = self._delays.delay
        if found is None:
            return
        undisturbed = speaking and self.canceller.finds_delay
        if not undisturbed and self._hearing.adjust(found):
            log.info("the echo comes after %.0f ms", 1000 * found / RATE)
            self.trust.start_over()
        if self._reading:
            self._reading.adjust(found)
