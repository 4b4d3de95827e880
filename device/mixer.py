"""What goes to the speaker, sample by sample: answers one after the other, chimes on top.

No clock and no thread lives here. Whoever plays pulls the next samples: PortAudio's callback, or a
timer where a file plays the part of the sound card. A lock lets them be another thread than the one
that feeds; it is held for microseconds.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from voice.audio import FloatSamples, Samples

RAMP_S = 0.02
"""Seconds in which a gain goes from silent to full: short enough to duck at once, too long to click."""

FADE_S = 0.01
"""Seconds in which a stopped answer fades out."""

DUCKED = 0.2
"""Gain of an answer while somebody speaks over it (-14 dB)."""

ROOM_S = 1.5
"""Seconds of an answer that may wait here; whoever synthesizes further ahead waits."""

SOFT_FROM = 0.8
"""Share of full scale from which a sum of several sounds is bent instead of cut off."""

Call = Callable[[], None]


def gain_of(volume_percent: int) -> float:
    """Return the amplitude for a volume, so that half the percentage sounds half as loud.

    Loudness grows with sound pressure to the power of 0.6 (Stevens, "The measurement of loudness",
    1955): 50 % is -10 dB, 10 % is -33 dB.
    """
    return (min(100, max(0, volume_percent)) / 100) ** (1 / 0.6)


class Ramp:
    """A gain that moves to its target in small steps, so that no change is heard as a click."""

    def __init__(self, value: float, rate: int) -> None:
        self.target = value
        self._value = value
        self._step = 1 / (RAMP_S * rate)

    def take(self, count: int) -> FloatSamples | float:
        """Return the gain of the next ``count`` samples; one number while it stands still."""
        away = self.target - self._value
        if away == 0:
            return self._value
        steps = np.arange(1, count + 1, dtype=np.float32) * np.float32(self._step)
        gains = self._value + np.sign(away) * np.minimum(steps, abs(away))
        self._value = self.target if steps[-1] >= abs(away) else float(gains[-1])
        return gains.astype(np.float32)

    def settle(self) -> None:
        """Be at the target: nothing is playing, so nothing can click."""
        self._value = self.target


class Track:
    """One answer in a mixer. Made by `Mixer.begin`; all numbers are samples at the mixer's rate."""

    def __init__(self, mixer: Mixer, started: Call, changed: Call, lead_in: int) -> None:
        self._lock = mixer.lock
        self._room = round(ROOM_S * mixer.rate)
        self._fade = round(FADE_S * mixer.rate)
        self._started_call: Call | None = started
        self._changed = changed
        self._lead_in = lead_in
        self._chunks: deque[Samples] = deque()
        self._complete = False
        self.queued = 0
        """Samples that wait."""
        self.heard = 0
        """Samples of the answer that were pulled: neither lead-in nor gaps."""
        self.stopped = False
        self.ended = False
        """Whether its last sample was pulled."""

    @property
    def has_room(self) -> bool:
        """Whether more may be added; ``changed`` is called when that becomes true."""
        return self.queued <= self._room

    def add(self, samples: Samples) -> None:
        """Play these samples behind the others; ignored once it is complete or stopped."""
        with self._lock:
            if len(samples) and not self._complete:
                self._chunks.append(samples)
                self.queued += len(samples)

    def complete(self) -> None:
        """Nothing more will be added: it ends with its last sample."""
        with self._lock:
            self._complete = True

    def stop(self) -> None:
        """Fade out now and drop the rest."""
        with self._lock:
            if self.stopped or self.ended:
                return
            begun = self._started_call is None
            tail = self._next(min(self._fade, self.queued)) if begun else np.zeros(0, np.int16)
            falling = np.linspace(1, 0, len(tail) + 1, dtype=np.float32)[1:]
            self._chunks = deque([np.rint(tail * falling).astype(np.int16)])
            self.queued = len(tail)
            self._lead_in = 0
            self._complete = self.stopped = True

    def take(self, count: int, calls: list[Call]) -> Samples:
        """Return up to ``count`` samples; what has to be called afterwards is added to ``calls``."""
        waiting = min(self._lead_in, count)
        self._lead_in -= waiting
        crowded = not self.has_room
        taken = self._next(min(count - waiting, self.queued))
        self.heard += len(taken)
        if len(taken) and self._started_call:
            calls.append(self._started_call)
            self._started_call = None
        self.ended = self._complete and not self.queued and not self._lead_in
        if self.ended or (crowded and self.has_room):
            calls.append(self._changed)
        return np.concatenate([np.zeros(waiting, np.int16), taken]) if waiting else taken

    def _next(self, count: int) -> Samples:
        parts: list[Samples] = []
        missing = count
        while missing:
            chunk = self._chunks.popleft()
            if len(chunk) > missing:
                self._chunks.appendleft(chunk[missing:])
                chunk = chunk[:missing]
            parts.append(chunk)
            missing -= len(chunk)
        self.queued -= count
        return np.concatenate(parts) if parts else np.zeros(0, np.int16)


class Mixer:
    """Adds up what plays now; silence when nothing does."""

    def __init__(self, rate: int, volume_percent: int = 100) -> None:
        """``rate`` is that of everything that goes in and comes out, in Hz."""
        self.rate = rate
        self.lock = threading.Lock()
        self.pulled = 0
        """Samples pulled since the beginning."""
        self._volume_percent = volume_percent
        self._volume = Ramp(gain_of(volume_percent), rate)
        self._duck = Ramp(1.0, rate)
        self._tracks: deque[Track] = deque()
        self._chimes: list[Samples] = []

    @property
    def volume_percent(self) -> int:
        """0 to 100; applies at once, also to what is playing."""
        return self._volume_percent

    @volume_percent.setter
    def volume_percent(self, percent: int) -> None:
        with self.lock:
            self._volume_percent = percent
            self._volume.target = gain_of(percent)

    @property
    def busy(self) -> bool:
        """Whether something plays, or an answer waits for its next sound."""
        return bool(self._tracks or self._chimes)

    @property
    def answering(self) -> bool:
        """Whether an answer is under way."""
        return bool(self._tracks)

    def begin(self, started: Call, changed: Call, *, lead_in_s: float = 0.0) -> Track:
        """Begin an answer; one begun while another plays waits for the other's end.

        ``started`` is called by the `pull` that takes its first sample (never for the lead-in),
        ``changed`` by one that makes room for more or takes its last.
        """
        track = Track(self, started, changed, round(lead_in_s * self.rate))
        with self.lock:
            self._tracks.append(track)
        return track

    def duck(self, ducked: bool) -> None:
        """Lower answers to a fifth, or raise them again."""
        with self.lock:
            self._duck.target = DUCKED if ducked else 1.0

    def chime(self, samples: Samples) -> None:
        """Play a short sound over whatever plays."""
        if len(samples):
            with self.lock:
                self._chimes.append(samples)

    def pull(self, count: int) -> Samples:
        """Return the next ``count`` samples."""
        calls: list[Call] = []
        with self.lock:
            if not self.busy:
                self._volume.settle()
                self._duck.settle()
            answers, voices = self._answers(count, calls)
            chimes, sounds = self._next_chimes(count)
            mixed = (answers * self._duck.take(count) + chimes) * self._volume.take(count)
            self.pulled += count
        for call in calls:
            call()
        if voices + sounds > 1:
            mixed = soften(mixed)
        return np.clip(np.rint(mixed), -32768, 32767).astype(np.int16)

    def _answers(self, count: int, calls: list[Call]) -> tuple[FloatSamples, int]:
        """Take the playing answer, and the last moments of stopped ones before it."""
        total, voices = np.zeros(count, np.float32), 0
        for track in tuple(self._tracks):
            taken = track.take(count, calls)
            total[: len(taken)] += taken
            voices += len(taken) > 0
            if track.ended:
                self._tracks.remove(track)
            if not track.stopped:
                break
        return total, voices

    def _next_chimes(self, count: int) -> tuple[FloatSamples, int]:
        total, sounds = np.zeros(count, np.float32), len(self._chimes)
        for chime in self._chimes:
            total[: len(chime)] += chime[:count]
        self._chimes = [chime[count:] for chime in self._chimes if len(chime) > count]
        return total, sounds


def soften(mixed: FloatSamples) -> FloatSamples:
    """Bend what several sounds add up to so that it stays below full scale (32768)."""
    size = np.abs(mixed) / 32768
    over = (size - SOFT_FROM) / (1 - SOFT_FROM)
    bent = SOFT_FROM + (1 - SOFT_FROM) * np.tanh(over)
    return np.where(over > 0, np.sign(mixed) * bent * 32768, mixed).astype(np.float32)
