"""Sums: a small grammar of signs, worked out exactly.

An expression is canonical text such as ``15% of 80``, ``(3 + 4) × 5``, ``√144``, ``2 ^ 10``,
``20 as % of 80``. Spoken words become such text through the ``operators`` of the arithmetic
sentence file; this module knows signs only, so it is the same in every language. Numbers are
fractions, so nothing is rounded before it is written; only roots and broken powers are
approximated, to 50 digits. Grammar, loosest first::

    share   = sum ["as % of" sum]
    sum     = product {("+" | "-") product}      a percentage on the right is of the left: 50 + 10% = 55
    product = signed {("×" | "÷" | "of" | "off") signed}
    signed  = "-" signed | ("√" | "∛") signed | power
    power   = value ["^" signed]
    value   = number ["%"] | "(" share ")" | "|" sum "|"
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import partial

MAX_TOKENS = 60
"""Longer expressions are nobody's spoken sum; also bounds the recursion."""

MAX_BITS = 2048
"""Size of the largest number worked with; beyond it the answer is "too big"."""

_DIGITS = 50
_TOKEN = re.compile(r"\s*(as % of|[0-9]+(?:\.[0-9]+)?(?:⁄[0-9]+)?|off|of|[-+×÷^%√∛()|])", re.ASCII)
_CLOSING = {"(": ")", "|": "|"}


class NotASum(ValueError):  # noqa: N818 - a finding about the text, not a fault
    """The text is no expression of this grammar, or has nothing to work out."""


class NoResult(ArithmeticError):  # noqa: N818 - an outcome, not a fault
    """A proper expression without a value; ``str()`` is the key of the reply that says so."""


@dataclass(frozen=True, slots=True)
class Value:
    """A number on its way through a sum."""

    number: Fraction
    percent: bool = False
    """Whether it was said as a percentage; ``number`` is then hundredths (15 % is 0.15)."""
    exact: bool = True
    """False once a root or a broken power was approximated."""


def tokens(expression: str) -> list[str]:
    """Split canonical text into signs and numbers; NotASum if something else is in it."""
    found: list[str] = []
    at = 0
    expression = expression.rstrip()
    while at < len(expression):
        token = _TOKEN.match(expression, at)
        if token is None or len(found) >= MAX_TOKENS:
            raise NotASum(expression)
        found.append(token.group(1))
        at = token.end()
    return found


def canonical(expression: str) -> str:
    """Return the expression as it is written for people; NotASum unless there is work in it."""
    parsed = _without_idle_brackets(tokens(expression))
    reader = _Reader(parsed)
    reader.whole()
    if not reader.operations:
        raise NotASum(expression)
    text = re.sub(r"(?<!as) %(?= |$)", "%", " ".join(parsed))
    text = re.sub(r"([(√∛]) ", r"\1", text).replace(" )", ")")
    text = re.sub(r"\| (.*?) \|", r"|\1|", text)
    # A sign in front of its number: "-5 + 3", "2 × -4", but "7 - 4".
    return re.sub(r"(^|[-+×÷^] |[(√∛|])- ", r"\1-", text)


def evaluate(expression: str) -> Value:
    """Work out a canonical expression; NotASum or NoResult."""
    return _Reader(tokens(expression)).whole()()


def _without_idle_brackets(parsed: list[str]) -> list[str]:
    """Drop brackets around a single number."""
    kept: list[str] = []
    for token in parsed:
        kept.append(token)
        if token == ")" and len(kept) >= 3 and kept[-3] == "(" and kept[-2][0].isdigit():
            kept[-3:] = [kept[-2]]
    return kept


_Work = Callable[[], Value]
"""A part that was read and can be worked out; reading alone finds out whether it is a sum."""


class _Reader:
    """Reads tokens by recursive descent."""

    def __init__(self, parsed: list[str]) -> None:
        self._tokens = parsed
        self._at = 0
        self.operations = 0

    def whole(self) -> _Work:
        """Read everything."""
        work = self._share()
        if self._at != len(self._tokens):
            raise NotASum(" ".join(self._tokens))
        return work

    def _take(self, *wanted: str) -> str:
        token = self._tokens[self._at] if self._at < len(self._tokens) else ""
        if token and token in wanted:
            self._at += 1
            return token
        return ""

    def _share(self) -> _Work:
        work = self._sum()
        if self._take("as % of"):
            self.operations += 1
            work = partial(_both, _share_of, work, self._sum())
        return work

    def _sum(self) -> _Work:
        work = self._product()
        while sign := self._take("+", "-"):
            self.operations += 1
            work = partial(_both, _add if sign == "+" else _subtract, work, self._product())
        return work

    def _product(self) -> _Work:
        work = self._signed()
        while sign := self._take("×", "÷", "of", "off"):
            self.operations += 1
            if sign == "off" and self._tokens[self._at - 2] != "%":
                raise NotASum("off needs a percentage")
            work = partial(_both, _PRODUCTS[sign], work, self._signed())
        return work

    def _signed(self) -> _Work:
        if self._take("-"):
            return partial(_both, _subtract, _nothing, self._signed())
        if root := self._take("√", "∛"):
            self.operations += 1
            power = Value(Fraction(1, 2 if root == "√" else 3))
            return partial(_both, _power, self._signed(), lambda: power)
        return self._power()

    def _power(self) -> _Work:
        work = self._value()
        if self._take("^"):
            self.operations += 1
            work = partial(_both, _power, work, self._signed())
        return work

    def _value(self) -> _Work:
        if opening := self._take("(", "|"):
            work = self._share() if opening == "(" else partial(_size_of, self._sum())
            if not self._take(_CLOSING[opening]):
                raise NotASum("a bracket is open")
            return work
        token = self._tokens[self._at] if self._at < len(self._tokens) else ""
        if not token or not token[0].isdigit():
            raise NotASum(" ".join(self._tokens))
        self._at += 1
        numerator, _, denominator = token.partition("⁄")
        if denominator and not int(denominator):
            raise NotASum(token)
        number = Fraction(numerator) / int(denominator or 1)
        value = Value(number / 100, percent=True) if self._take("%") else Value(number)
        return lambda: _sized(value)


def _both(operation: Callable[[Value, Value], Value], left: _Work, right: _Work) -> Value:
    return _sized(operation(left(), right()))


def _nothing() -> Value:
    return Value(Fraction(0), percent=True)


def _size_of(work: _Work) -> Value:
    value = work()
    return Value(abs(value.number), value.percent, value.exact)


def _add(left: Value, right: Value) -> Value:
    exact = left.exact and right.exact
    if right.percent and not left.percent:
        return Value(left.number * (1 + right.number), exact=exact)
    return Value(left.number + right.number, left.percent and right.percent, exact)


def _subtract(left: Value, right: Value) -> Value:
    return _add(left, Value(-right.number, right.percent, right.exact))


def _multiply(left: Value, right: Value) -> Value:
    return Value(left.number * right.number, exact=left.exact and right.exact)


def _take_off(left: Value, right: Value) -> Value:
    exact = left.exact and right.exact
    return Value(right.number * (1 - left.number), right.percent, exact)


def _divide(left: Value, right: Value) -> Value:
    if not right.number:
        raise NoResult("sum_divides_by_zero")
    return Value(left.number / right.number, exact=left.exact and right.exact)


def _share_of(left: Value, right: Value) -> Value:
    value = _divide(left, right)
    return Value(value.number, percent=True, exact=value.exact)


_PRODUCTS = {"×": _multiply, "of": _multiply, "÷": _divide, "off": _take_off}


def _sized(value: Value) -> Value:
    bits = max(value.number.numerator.bit_length(), value.number.denominator.bit_length())
    if bits > MAX_BITS:
        raise NoResult("sum_too_big")
    return value


def _power(base: Value, exponent: Value) -> Value:
    number, power = base.number, exponent.number
    if not number and power < 0:
        raise NoResult("sum_divides_by_zero")
    size = max(number.numerator.bit_length(), number.denominator.bit_length())
    if abs(power) * size > MAX_BITS and abs(number) not in (0, 1):
        raise NoResult("sum_too_big")
    if power.denominator == 1:
        # 0 and ±1 stay small whatever the power; its parity is all that matters.
        small = int(power) if abs(number) not in (0, 1) else int(power) % 2 or 2 * bool(power)
        return Value(number**small, exact=base.exact and exponent.exact)
    if number < 0 and power.denominator % 2 == 0:
        raise NoResult("sum_not_real")
    return _root(base, power, exact=base.exact and exponent.exact)


def _root(base: Value, power: Fraction, *, exact: bool) -> Value:
    """Raise to a broken power: exactly where the root is a fraction, else to 50 digits."""
    sign = -1 if base.number < 0 and power.numerator % 2 else 1
    number = abs(base.number)
    if not number:
        return Value(Fraction(0), exact=exact)
    with localcontext() as context:
        context.prec = _DIGITS
        precise = Decimal(number.numerator) / Decimal(number.denominator)
        approximate = Fraction(precise ** (Decimal(power.numerator) / Decimal(power.denominator)))
    guess = approximate.limit_denominator(10**9)
    if power.denominator <= 3 and guess**power.denominator == number**power.numerator:
        return Value(sign * guess, exact=exact)
    return Value(sign * approximate, exact=False)
