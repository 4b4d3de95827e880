"""Changing sample rates piece by piece, without a seam between the pieces."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import soxr

from voice.audio import Samples

QUALITY = "MQ"
"""soxr's medium quality: alias-free, and delays by a few ms only (HQ gives its sound in bursts of 30)."""


class Resampler:
    """Converts a stream of mono sound from one rate to another; equal rates pass through."""

    def __init__(self, from_rate: int, to_rate: int) -> None:
        self.from_rate = from_rate
        self._stream = None
        if from_rate != to_rate:
            self._stream = soxr.ResampleStream(from_rate, to_rate, 1, "int16", QUALITY)

    def convert(self, samples: Samples) -> Samples:
        """Take the next samples; return those that are ready (a few ms are held back)."""
        return self._stream.resample_chunk(samples) if self._stream else samples

    def rest(self) -> Samples:
        """Return what is still held back; the stream is over."""
        empty = np.zeros(0, np.int16)
        return self._stream.resample_chunk(empty, last=True) if self._stream else empty


def pulling(
    pull: Callable[[int], Samples], from_rate: int, to_rate: int
) -> Callable[[int], Samples]:
    """Return a function like ``pull`` that gives the same sound at another rate."""
    if from_rate == to_rate:
        return pull
    resampler = Resampler(from_rate, to_rate)
    ready = np.zeros(0, np.int16)

    def pull_converted(count: int) -> Samples:
        nonlocal ready
        while len(ready) < count:
            wanted = -(-(count - len(ready)) * from_rate // to_rate)
            ready = np.concatenate([ready, resampler.convert(pull(wanted))])
        given, ready = ready[:count], ready[count:]
        return given

    return pull_converted
