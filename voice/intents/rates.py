"""Exchange rates as they are known: a day, and what a euro was worth on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

EURO = "EUR"
"""The currency that all rates are for one of."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The reference rates of one day; where they come from is ``device.rates``' business."""

    day: date
    """The day whose rates these are."""
    per_euro: Mapping[str, Decimal]
    """Units of a currency for one euro, by ISO 4217 code; the euro itself is not listed."""

    def rate(self, source: str, target: str) -> Fraction | None:
        """Return how much of ``target`` one of ``source`` is; None where one is not known."""
        prices = [
            Fraction(1) if code == EURO else Fraction(self.per_euro.get(code, Decimal(0)))
            for code in (source, target)
        ]
        return prices[1] / prices[0] if all(prices) else None
