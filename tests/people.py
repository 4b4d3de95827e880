"""Recordings of people, which lie beside the checkout and are not part of it."""

from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "shared" / "data"

needs_recordings = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the recordings of people are not here ({DATA})"
)
