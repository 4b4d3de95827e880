"""Writing the result of a sum the way one would say it: ``156``, ``About 33.33``, ``$40``."""

from __future__ import annotations

from fractions import Fraction

from voice.intents.arithmetic import Value

MAX_PLAIN = 10**15
"""From here on a number is told by its first digits and its power of ten."""

EXACT_DECIMALS = 4
"""Decimals that are written when the number ends within them; longer ones are rounded."""

DECIMALS = 2
"""Decimals of a rounded number of 1 or more."""

SIGNIFICANT = 3
"""Digits that count in a rounded number below 1, or told by its power of ten."""


def written(value: Value, currency: str = "") -> str:
    """Return the answer to a sum; ``currency`` is a sign put before an amount of money."""
    number = value.number
    if not value.exact:
        # What was only approximated may still be a plain number: √2 × √2 is 2.
        near = Fraction(round(number * 10**20), 10**20)
        if (near * 10**EXACT_DECIMALS).denominator == 1:
            number = near
    if value.percent:
        text, rounded = figure(number * 100)
        text += " percent"
    elif currency:
        text, rounded = _money(number, currency)
    else:
        text, rounded = figure(number)
    return f"About {text}" if rounded else text


def figure(number: Fraction) -> tuple[str, bool]:
    """Return a number's digits, and whether something was rounded away."""
    if number and not Fraction(1, 10**6) <= abs(number) < MAX_PLAIN:
        return _by_power_of_ten(number)
    if (number * 10**EXACT_DECIMALS).denominator == 1:
        return _decimal(number, EXACT_DECIMALS), False
    decimals = DECIMALS
    if abs(number) < 1:
        # 1/3 is 0.333 and 1/300 is 0.00333: as many decimals as keep three digits that count.
        decimals = SIGNIFICANT - 1
        while abs(number) * 10 ** (decimals - SIGNIFICANT + 1) < 1:
            decimals += 1
    return _decimal(number, decimals), True


def _money(number: Fraction, currency: str) -> tuple[str, bool]:
    cents = round(number * 100)
    rounded = Fraction(cents, 100) != number
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    if whole >= MAX_PLAIN:
        return figure(number)
    return f"{sign}{currency}{whole}" + (f".{rest:02d}" if rest else ""), rounded


def _decimal(number: Fraction, decimals: int) -> str:
    scaled = round(number * 10**decimals)
    whole, rest = divmod(abs(scaled), 10**decimals)
    text = f"{whole}.{rest:0{decimals}d}".rstrip("0").rstrip(".")
    return f"-{text}" if scaled < 0 else text


def _by_power_of_ten(number: Fraction) -> tuple[str, bool]:
    power = len(str(abs(number.numerator))) - len(str(number.denominator))
    if abs(number) < Fraction(10) ** power:
        power -= 1
    head = number / Fraction(10) ** power
    rounded_head = Fraction(round(head * 100), 100)
    if abs(rounded_head) == 10:
        rounded_head, power = rounded_head / 10, power + 1
    text = f"{_decimal(rounded_head, SIGNIFICANT - 1)} times 10 to the power of {power}"
    return text, rounded_head * Fraction(10) ** power != number
