"""Changing the sample rate of whole sounds."""

from __future__ import annotations

from typing import cast

from voice.audio import Samples


def resample(samples: Samples, rate: int, wanted: int) -> Samples:
    """Return mono int16 samples at another rate."""
    if rate == wanted or not len(samples):
        return samples
    import soxr

    return cast(Samples, soxr.resample(samples, rate, wanted, quality="HQ"))
