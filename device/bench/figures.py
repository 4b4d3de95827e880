"""What is reported of many measurements."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np


def spread(milliseconds: Sequence[float]) -> dict[str, Any]:
    """Return ``{p50_ms, p95_ms, n}``, whole milliseconds; null where nothing was measured."""
    if not milliseconds:
        return {"p50_ms": None, "p95_ms": None, "n": 0}
    return {
        "p50_ms": round(median(milliseconds)),
        "p95_ms": round(float(np.percentile(milliseconds, 95))),
        "n": len(milliseconds),
    }


def percent(found: int, of: int) -> float | None:
    """Return a share in percent with one decimal; None of nothing."""
    return round(100 * found / of, 1) if of else None


def times_faster(ours: dict[str, Any], theirs: dict[str, Any]) -> float | None:
    """Return how many times faster the median of ours is, with two decimals."""
    if not ours["p50_ms"] or theirs["p50_ms"] is None:
        return None
    return round(theirs["p50_ms"] / ours["p50_ms"], 2)
