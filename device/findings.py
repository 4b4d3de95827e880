"""What a check of `sayso doctor` found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    name: str
    ok: bool | None
    """None: could not be told, or does not matter here."""
    figure: str
    """What was found, with its unit."""
    advice: str = ""
    """What to do, if anything."""
    values: dict[str, float] = field(default_factory=dict[str, float])
    """The same as numbers, with units in their names, for programs."""
