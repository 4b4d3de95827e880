"""Where the tests find real models; None where there is none, and the test is skipped."""

from __future__ import annotations

from pathlib import Path

from device import models
from voice.errors import SaysoError


def smollm2_path() -> Path | None:
    """SmolLM2-135M-Instruct as a GGUF file, from wherever ``sayso models`` finds it."""
    try:
        found = models.find_gguf("smollm2-135m")
    except SaysoError:
        return None
    return found
