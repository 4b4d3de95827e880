"""Converting units, exactly: pint on fractions, so that nothing is rounded before it is told.

pint takes 0.4 s to load on a desk computer and some 2 s on a small one, so it is loaded on first
use; call ``warm_up`` in the background after start. Matching needs none of it.

Two traps are seen to here: temperatures have an offset (the difference of two is another thing, so
only single temperatures are read), and "degrees" is an angle, Celsius or Fahrenheit, whichever the
other side of the conversion makes sensible (``unit_words.first`` in the sentence files).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import import_module
from typing import Any, Literal, cast

from voice.intents.phrases import Phrases
from voice.intents.quantities import Part, Quantities, parts_of
from voice.intents.readers import Reader, Tables
from voice.intents.rounding import MAX_PLAIN, rounded, told, told_temperature
from voice.intents.vocabulary import DeviceAnswer, Match, Situation

System = Literal["us", "imperial"]
"""Whose pints and gallons are meant by those words alone."""

_SIDES = ("centimeter", "meter", "kilometer", "inch", "foot", "yard", "mile")
OWN: Mapping[str, str] = {
    "mpg": "mile / gallon",
    "imperial_mpg": "mile / imperial_gallon",
    "liter_per_100_km": "liter / (100 * kilometer)",
    "kilometer_per_liter": "kilometer / liter",
    "meter_per_second": "meter / second",
    "foot_per_second": "foot / second",
    **{f"square_{side}": f"{side} ** 2" for side in _SIDES},
    **{f"cubic_{side}": f"{side} ** 3" for side in _SIDES},
    "megabit_per_second": "megabit / second",
    "gigabit_per_second": "gigabit / second",
    "megabyte_per_second": "megabyte / second",
    "inch_of_mercury": "inch_Hg",
    "metric_pound": "kilogram / 2",
    "metric_centner": "50 * kilogram",
    "year": "365 * day",
    "month": "365 * day / 12",
    "decade": "3650 * day",
    "century": "36500 * day",
    "millennium": "365000 * day",
}
"""Our units that pint has no single name for, or that differ: its year has 365.25 days."""

IMPERIAL: Mapping[str, str] = {
    "fluid_ounce": "imperial_fluid_ounce",
    "pint": "imperial_pint",
    "quart": "imperial_quart",
    "gallon": "imperial_gallon",
    "mpg": "imperial_mpg",
    "ton": "long_ton",
}
"""What these words mean where pints are imperial. Cups and spoons are those of recipes: American."""

EXPLICIT: Mapping[str, str] = {
    "us_pint": "pint",
    "us_gallon": "gallon",
    "us_fluid_ounce": "fluid_ounce",
}
"""Units named with their country, whatever is usual here."""

OLD_COMMONWEALTH = (
    "Europe/London",
    "Europe/Dublin",
    "Europe/Belfast",
    "Australia/",
    "Pacific/Auckland",
)
"""Beginnings of the zones in which pints are imperial."""

AMERICAN = ("America/", "US/", "Pacific/Honolulu")
"""Beginnings of the zones in which "imperial units" means the American ones."""

CALENDAR = frozenset({"year", "month", "decade", "century", "millennium"})
"""Units of no fixed length in days; among each other they are exact."""

A_YEAR: Part = (Fraction(1), "year")

SPLIT: Mapping[str, str] = {"week": "day", "day": "hour", "hour": "minute", "minute": "second"}
"""Units of time whose broken part is told in the next smaller one, where that is whole."""

TEMPERATURES = frozenset({"degC", "degF", "kelvin"})

SPOONS = frozenset({"teaspoon", "tablespoon", "cup", "pint", "quart", "gallon"})
"""Units whose fractions are told as such: "½ cup"."""

VULGAR: Mapping[Fraction, str] = {
    Fraction(1, 2): "½",
    Fraction(1, 4): "¼",
    Fraction(3, 4): "¾",
    Fraction(1, 3): "⅓",
    Fraction(2, 3): "⅔",
}

STATURE = (Fraction(12, 10), Fraction(23, 10))
"""Meters between which a length in feet is told in feet and inches: somebody's height."""

_PREFIX = "sayso_"
_ECONOMY = frozenset({"mpg", "imperial_mpg", "kilometer_per_liter"})
_LOADING = threading.Lock()


def read_conversion(tables: Tables) -> Reader:
    """Make the reader of a ``quantity`` and the ``unit`` that it is wanted in."""
    quantities = Quantities(tables)
    return lambda said: quantities.conversion(said["quantity"].words, said["unit"].words)


READERS: Mapping[str, Callable[[Tables], Reader]] = {"conversion": read_conversion}
"""Readers by the names that the sentence files use."""


def warm_up() -> None:
    """Load pint, so that the first conversion is answered at once; safe in any thread."""
    convert([(Fraction(1), "mile")], "kilometer")
    convert([(Fraction(1), "degF")], "degC")


def convert(parts: Sequence[Part], to: str, system: System = "us") -> Fraction:
    """Convert a sum of amounts to one unit, exactly as far as the unit's definition is.

    ValueError where the units measure different things, ArithmeticError where there is no result
    (no distance at all on a liter).
    """
    registry = _registry()
    target = registry.Unit(_named(to, system))
    amounts: list[Any] = [
        registry.Quantity(n, registry.Unit(_named(key, system))) for n, key in parts
    ]
    total = amounts[0]
    for amount in amounts[1:]:
        total += amount
    if (parts[0][1] in _ECONOMY) != (to in _ECONOMY):
        total = 1 / total  # miles to the gallon and liters for 100 km are each other's inverse
    if not total.is_compatible_with(target):
        raise ValueError(f"{parts[0][1]} does not convert to {to}")
    return Fraction(total.to(target).magnitude)


def system_of(zone: str, units: str) -> System:
    """Return whose pints are meant in a time zone with a setting of ``place.units``."""
    if zone.startswith(AMERICAN):
        return "us"
    return "imperial" if units == "imperial" or zone.startswith(OLD_COMMONWEALTH) else "us"


def convert_units(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell an amount in another unit."""
    parts = parts_of(str(match.slots["quantity"]))
    targets = str(match.slots["to"]).split()
    if unlike := match.slots.get("unlike"):
        first, second = (phrases.say(f"kind_{kind}") for kind in cast(list[str], unlike))
        return DeviceAnswer(
            phrases.say("units_unlike", situation.variety, first=first, second=second)
        )
    system = system_of(getattr(situation.home_zone, "key", ""), situation.units)
    try:
        if targets[0] in TEMPERATURES and convert(parts, "kelvin") < 0:
            return DeviceAnswer(phrases.say("units_too_cold"))
        if len(targets) == 1:
            targets = _sensible(targets[0], parts, system)
        result, exact = _result(parts, targets, system, phrases)
    except ArithmeticError:  # no distance at all on a liter
        return DeviceAnswer(phrases.say("units_no_result"))
    key = "units_result" if exact else "units_about"
    if _calendar(parts, targets):
        key = "units_days_of_year" if (parts, targets) == ([A_YEAR], ["day"]) else f"{key}_of_year"
    said = " ".join(_counted(number, unit, phrases) for number, unit in parts)
    return DeviceAnswer(phrases.say(key, situation.variety, quantity=said, result=result))


ANSWERS: Mapping[str, Callable[[Match, Situation, Phrases], DeviceAnswer]] = {
    "ConvertUnits": convert_units
}


@cache
def _loaded() -> Any:
    pint: Any = import_module("pint")  # late: see the module's docstring; its types are not whole
    registry = pint.UnitRegistry(non_int_type=Fraction)
    for key, definition in OWN.items():
        registry.define(f"{_PREFIX}{key} = {definition}")
    return registry


def _registry() -> Any:
    with _LOADING:  # a request in the middle of warming up waits for it
        return _loaded()


def _named(key: str, system: System) -> str:
    """Return pint's name of a unit of our tables."""
    key = EXPLICIT.get(key) or (IMPERIAL.get(key, key) if system == "imperial" else key)
    return f"{_PREFIX}{key}" if key in OWN else key


def _sensible(target: str, parts: Sequence[Part], system: System) -> list[str]:
    """Return the units to tell a result in: feet and inches for a height, hours and minutes."""
    if target == "foot" and len(parts) == 1 and parts[0][1] in ("meter", "centimeter"):
        tall = STATURE[0] <= convert(parts, "meter", system) <= STATURE[1]
        return ["foot", "inch"] if tall else [target]
    if target in SPLIT and not _calendar(parts, [target]):
        result = convert(parts, target, system)
        small = convert(parts, SPLIT[target], system)
        if result > 1 and result.denominator != 1 and small.denominator == 1:
            return [target, SPLIT[target]]
    return [target]


def _result(
    parts: Sequence[Part], targets: Sequence[str], system: System, phrases: Phrases
) -> tuple[str, bool]:
    """Write the result in one unit, or in two of which the first is whole; and whether exactly."""
    result = convert(parts, targets[-1], system)
    if len(targets) == 1:
        amount = told_temperature(result) if targets[0] in TEMPERATURES else told(result)
        return _amount(amount.number, targets[0], phrases), amount.exact
    big, small = targets
    whole, rest = divmod(rounded(result, 0), convert([(Fraction(1), big)], small, system))
    said = [_counted(n, unit, phrases) for n, unit in ((Fraction(whole), big), (rest, small)) if n]
    return " ".join(said or [phrases.count(0, small).text]), result == rounded(result, 0)


def _calendar(parts: Sequence[Part], targets: Sequence[str]) -> bool:
    """Whether years or months meet units of fixed length."""
    keys = {key for _, key in parts} | set(targets)
    return bool(keys & CALENDAR) and not keys <= CALENDAR


def _counted(number: Fraction, key: str, phrases: Phrases) -> str:
    """Write an amount that was said, in full where it is short."""
    part = Fraction(number.numerator % number.denominator, number.denominator)
    if key in SPOONS and number > 0 and part in VULGAR:
        whole = phrases.number(int(number)) if number >= 1 else ""
        one = phrases.count(1 if number < 1 else 2, key).text
        return one.replace(phrases.number(1 if number < 1 else 2), whole + VULGAR[part], 1)
    return _amount(told(number).number, key, phrases)


def _amount(number: Decimal, key: str, phrases: Phrases) -> str:
    """Write an amount of a unit; very large and small ones by their power of ten."""
    if number and not Decimal("1e-6") <= abs(number) < MAX_PLAIN:
        power = number.adjusted()
        head = phrases.number(round(number.scaleb(-power), 2))
        said = phrases.say("units_power", head=head, power=phrases.number(power))
        return phrases.count(2, key).text.replace(phrases.number(2), said, 1)
    return phrases.count(number, key).text
