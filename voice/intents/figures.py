"""Writing the result of a sum the way one would say it: ``156``, ``About 33.33``, ``$40``."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from voice.intents.arithmetic import Value
from voice.intents.phrases import Phrases

MAX_PLAIN = 10**15
"""From here on a number is told by its first digits and its power of ten."""

EXACT_DECIMALS = 4
"""Decimals that are written when the number ends within them; longer ones are rounded."""

DECIMALS = 2
"""Decimals of a rounded number of 1 or more."""

SIGNIFICANT = 3
"""Digits that count in a rounded number below 1, or told by its power of ten."""


def written(value: Value, phrases: Phrases, currency: str = "") -> str:
    """Return the answer to a sum; ``currency`` is the sign of an amount of money."""
    number = value.number
    if not value.exact:
        # What was only approximated may still be a plain number: √2 × √2 is 2.
        near = Fraction(round(number * 10**20), 10**20)
        if (near * 10**EXACT_DECIMALS).denominator == 1:
            number = near
    if value.percent:
        text, rounded = figure(number * 100, phrases)
        text = phrases.say("sum_percent", number=text)
    elif currency:
        text, rounded = _money(number, phrases, currency)
    else:
        text, rounded = figure(number, phrases)
    return phrases.say("sum_about", number=text) if rounded else text


def figure(number: Fraction, phrases: Phrases) -> tuple[str, bool]:
    """Return a number's digits, and whether something was rounded away."""
    if number and not Fraction(1, 10**6) <= abs(number) < MAX_PLAIN:
        return _by_power_of_ten(number, phrases)
    if (number * 10**EXACT_DECIMALS).denominator == 1:
        return phrases.number(_decimal(number, EXACT_DECIMALS)), False
    decimals = DECIMALS
    if abs(number) < 1:
        # 1/3 is 0.333 and 1/300 is 0.00333: as many decimals as keep three digits that count.
        decimals = SIGNIFICANT - 1
        while abs(number) * 10 ** (decimals - SIGNIFICANT + 1) < 1:
            decimals += 1
    shown = _decimal(number, decimals)
    return phrases.number(shown), Fraction(shown) != number


def _money(number: Fraction, phrases: Phrases, currency: str) -> tuple[str, bool]:
    cents = round(number * 100)
    rounded = Fraction(cents, 100) != number
    minus = "-" if cents < 0 else ""
    if abs(cents) >= MAX_PLAIN * 100:
        return figure(number, phrases)
    decimals = 2 if cents % 100 else 0
    amount = phrases.number(_decimal(abs(number), 2), decimals)
    return minus + phrases.say("sum_money", sign=currency, amount=amount), rounded


def _decimal(number: Fraction, decimals: int) -> Decimal:
    return Decimal(f"{round(number * 10**decimals)}e-{decimals}")


def _by_power_of_ten(number: Fraction, phrases: Phrases) -> tuple[str, bool]:
    power = len(str(abs(number.numerator))) - len(str(number.denominator))
    if abs(number) < Fraction(10) ** power:
        power -= 1
    head = number / Fraction(10) ** power
    rounded_head = Fraction(round(head * 100), 100)
    if abs(rounded_head) == 10:
        rounded_head, power = rounded_head / 10, power + 1
    shown = phrases.number(_decimal(rounded_head, SIGNIFICANT - 1))
    text = phrases.say("sum_power_of_ten", number=shown, power=power)
    return text, rounded_head * Fraction(10) ** power != number
