"""Rounding as people do when they tell an amount: exact where that is short, else 3 or 4 digits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

MAX_PLAIN = 10**15
"""From here on a number is told by its first digits and its power of ten."""

MAX_EXACT = 10**9
"""From here on even whole numbers are rounded, if they have more digits that count."""

MAX_EXACT_BROKEN = 10**4
"""From here on what has decimals is rounded."""

EXACT_DECIMALS = 2
"""Decimals within which a number is told exactly; "180.34 centimeters" is no trouble to hear."""


@dataclass(frozen=True, slots=True)
class Told:
    """A number as it is told."""

    number: Decimal
    exact: bool
    """Whether nothing was rounded away."""


def told(number: Fraction) -> Told:
    """Return a number as one tells it: exact where that is short, else 3 or 4 digits that count."""
    size = abs(number)
    whole = number.denominator == 1 and size < MAX_EXACT
    broken = (number * 10**EXACT_DECIMALS).denominator == 1 and size < MAX_EXACT_BROKEN
    if whole or broken or short(number):
        return Told(decimal(number), exact=True)
    if 1 <= size < 1000:
        return Told(decimal(rounded(number, 2 if size < 100 else 1)), exact=False)
    return Told(decimal(rounded(number, (2 if size < 1 else 3) - _power(size))), exact=False)


def told_temperature(number: Fraction) -> Told:
    """Return a temperature as one tells it: whole degrees from 100 on, else tenths."""
    exact = told(number)
    if exact.exact:
        return exact
    return Told(decimal(rounded(number, 0 if abs(number) >= 100 else 1)), exact=False)


def short(number: Fraction) -> bool:
    """Whether a number ends within 3 digits that count, as 0.0254 and 12.5 do."""
    if not number:
        return True
    size = abs(number)
    power = _power(size)
    return power > -12 and (size * Fraction(10) ** (2 - power)).denominator == 1


def rounded(number: Fraction, decimals: int) -> Fraction:
    """Round half away from zero, as people do; ``decimals`` may be negative."""
    scale = Fraction(10) ** decimals
    size = int(abs(number) * scale + Fraction(1, 2)) / scale
    return size if number >= 0 else -size


def decimal(number: Fraction) -> Decimal:
    """Return a fraction as a decimal, to 60 digits where it does not end."""
    with localcontext() as context:
        context.prec = 60
        return Decimal(number.numerator) / Decimal(number.denominator)


def _power(size: Fraction) -> int:
    """Return the power of ten of the first digit: 2 for 100, -3 for 0.001."""
    if not size:
        return 0
    power = len(str(size.numerator)) - len(str(size.denominator))
    return power - (size < Fraction(10) ** power)
