"""Reading quantities: "5 foot 11", "2 and a half cups", "350°f" as exact numbers with units.

The words come from ``sentences/<language>/units.yaml``: names of units, how parts of one are said,
which smaller unit goes unnamed after a bigger one. What is read becomes canonical text such as
``"5 foot 11 inch"`` or ``"2/3 cup"``, the same in every language, with units by pint's names.
Reading needs no pint; ``voice.intents.units`` converts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from voice.intents.vocabulary import JSON
from voice.intents.wording import squeeze, unaccented

MAX_PARTS = 4
"""Parts of a quantity ("2 hours 3 minutes 4 seconds"); nobody says more."""

MAX_NAME_WORDS = 6
"""Words of the longest name of a unit: "liters per 100 kilometers" is four."""

_NUMBER = re.compile(
    r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?(?:\+[0-9]{1,6}⁄[0-9]{1,6}|⁄[0-9]{1,6})?", re.ASCII
)
_TIGHT = re.compile(r"(?<![^\s-])(-?[0-9]+(?:\.[0-9]+)?)([^\s\d.,:/⁄+'-]\S*)", re.ASCII)
_FEET_AND_INCHES = re.compile(r"(?<!\S)([0-9]{1,3})'([0-9]{1,2}(?:\.[0-9]{1,3})?)(?!\S)", re.ASCII)
_ORDINAL = re.compile(r"(?:st|nd|rd|th)s?\b|e[rns]?\b")

Part = tuple[Fraction, str]
"""An amount of one unit: ``(Fraction(5), "foot")``."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the tables."""

    key: str
    """pint's name, or one of ``voice.intents.units.OWN``."""
    kind: str
    """What it measures: ``length``."""


class Amounts:
    """Rewrites what is said of a number ("2 and a half", "a third of a") in figures."""

    def __init__(self, rewrites: Iterable[tuple[str, str]]) -> None:
        """``rewrites`` are pairs of a regular expression between word boundaries and its figures."""
        self._rewrites = [
            (re.compile(rf"(?<![\w.⁄]){unaccented(words)}(?![\w])", re.ASCII), figures)
            for words, figures in rewrites
        ]

    def figures(self, words: str) -> str:
        """Return the words with their numbers as ``2.5``, ``2⁄3``, ``2+1⁄3``, ``-4``."""
        for pattern, figures in self._rewrites:
            words = pattern.sub(figures, words)
        return " ".join(words.split())

    def number(self, words: str) -> Fraction | None:
        """Read words that are one number and nothing else."""
        text = self.figures(words)
        found = _NUMBER.fullmatch(text)
        return exact(text) if found else None


class Quantities:
    """One language's units, ready to be read."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        """``tables`` hold ``units``, ``unit_words`` and ``nouns``, as the sentence files do."""
        words = cast(Mapping[str, Any], tables["unit_words"])
        self.amounts = Amounts(cast(Iterable[tuple[str, str]], words["amounts"]))
        self._and = str(words["and"])
        self._unnamed = cast(Mapping[str, str], words["unnamed"])
        self._left_to_the_model = [frozenset(pair) for pair in words["not_exact"]]
        self._names = _names(tables)

    def conversion(self, quantity: str, unit: str) -> dict[str, JSON] | None:
        """Return the slots of a conversion, or None where the words are no quantity and unit.

        ``quantity`` and ``to`` are canonical text. Where the two measure different things, the
        slot ``unlike`` tells which; volume and mass, which a recipe's density joins, are None.
        """
        parts, targets = self._parts(quantity), self._targets(unit)
        if not parts or not targets:
            return None
        for target in targets:
            chosen = [
                next((u for u in units if u.kind == target[0].kind and u != target[0]), None)
                or next((u for u in units if u.kind == target[0].kind), None)
                for _, units in parts
            ]
            same = [unit for unit in chosen if unit]
            if len(same) == len(parts) and [unit.key for unit in same] != [u.key for u in target]:
                numbers = [number for number, _ in parts]
                return _slots(list(zip(numbers, same, strict=True)), target)
        first = [(number, units[0]) for number, units in parts]
        kinds = (first[0][1].kind, targets[0][0].kind)
        if kinds[0] == kinds[1] or frozenset(kinds) in self._left_to_the_model:
            return None  # "how many feet in a foot" is a riddle, cups in grams need a density
        if any(unit.kind != kinds[0] for _, unit in first):
            return None
        return {**_slots(first, targets[0]), "unlike": list(kinds)}

    def _targets(self, words: str) -> list[list[Unit]]:
        """Return each meaning of a unit's name; "feet and inches" is a list of two."""
        words = self._tidied(words)
        if words in self._names:
            return [[unit] for unit in self._names[words]]
        named = [self._names.get(name) for name in words.split(f" {self._and} ")]
        if len(named) != 2 or not all(named):
            return []
        found = [[a, b] for a in named[0] or () for b in named[1] or () if a.kind == b.kind]
        return found[:1]

    def _parts(self, words: str) -> list[tuple[Fraction, Sequence[Unit]]]:
        """Read "5 foot 11" as amounts with the meanings of their units; empty if it is none."""
        words = _FEET_AND_INCHES.sub(r"\1 ' \2", words)
        words = self.amounts.figures(self._tidied(words))
        pieces = _TIGHT.sub(_apart, words).split()
        parts: list[tuple[Fraction, Sequence[Unit]]] = []
        at = 0
        while at < len(pieces) and len(parts) < MAX_PARTS:
            if parts and pieces[at] == self._and:
                at += 1
            if at >= len(pieces) or not _NUMBER.fullmatch(pieces[at]):
                return []
            number = exact(pieces[at])
            units, length = self._named(pieces[at + 1 :])
            if not units and parts and at + 1 == len(pieces):
                units = self._smaller(parts[-1][1])
            if not units or number is None:
                return []
            parts.append((number, units))
            at += 1 + length
        return parts if at == len(pieces) else []

    def _named(self, pieces: Sequence[str]) -> tuple[Sequence[Unit], int]:
        """Return the units of the longest name that the pieces begin with, and its words."""
        for length in range(min(len(pieces), MAX_NAME_WORDS), 0, -1):
            if found := self._names.get(" ".join(pieces[:length])):
                return found, length
        return (), 0

    def _smaller(self, units: Sequence[Unit]) -> Sequence[Unit]:
        key = next((self._unnamed[unit.key] for unit in units if unit.key in self._unnamed), "")
        return [unit for named in self._names.values() for unit in named if unit.key == key][:1]

    def _tidied(self, words: str) -> str:
        return words.strip(" .,'°") if words.endswith((".", ",")) else words.strip()


def _names(tables: Mapping[str, Any]) -> dict[str, Sequence[Unit]]:
    """Collect what every unit is called: by its noun's forms, and by the other names in its table."""
    names: dict[str, list[Unit]] = {}
    nouns = cast(Mapping[str, Mapping[str, Any]], tables["nouns"])
    for kind, units in cast(Mapping[str, Mapping[str, list[str]]], tables["units"]).items():
        for key, others in units.items():
            for name in {*_forms(nouns[key]), *(_plain(other) for other in others)}:
                names.setdefault(name, []).append(Unit(key, kind))
    # What a name means first: the unit in whose table it stands first ("m" is meters, then miles).
    first = cast(Mapping[str, list[str]], tables["unit_words"]["first"])
    for name, keys in first.items():
        names[_plain(name)].sort(key=lambda unit: keys.index(unit.key) if unit.key in keys else 9)
    return cast(dict[str, Sequence[Unit]], names)


def _forms(noun: Mapping[str, Any]) -> Iterable[str]:
    for form in noun.values():
        if isinstance(form, Mapping):
            yield from _forms(cast(Mapping[str, Any], form))
        else:
            yield _plain(str(form).replace("{n}", " "))


def _plain(name: str) -> str:
    """Return a name as ``Wording.plain`` leaves it."""
    return name if name.isalpha() and name.isascii() and name.islower() else squeeze(name) or name


def _apart(found: re.Match[str]) -> str:
    """Part "10km" into number and unit, but leave "2nd"."""
    if _ORDINAL.fullmatch(found.group(2)):
        return found.group()
    return f"{found.group(1)} {found.group(2)}"


def _slots(parts: Sequence[tuple[Fraction, Unit]], target: Sequence[Unit]) -> dict[str, JSON]:
    return {
        "quantity": canonical((number, unit.key) for number, unit in parts),
        "to": " ".join(unit.key for unit in target),
    }


def canonical(parts: Iterable[Part]) -> str:
    """Write amounts as canonical text: ``"5 foot 11 inch"``."""
    return " ".join(f"{plain(number)} {key}" for number, key in parts)


def parts_of(quantity: str) -> list[Part]:
    """Read canonical text again."""
    pieces = quantity.split()
    return [(Fraction(n), key) for n, key in zip(pieces[::2], pieces[1::2], strict=True)]


def plain(number: Fraction) -> str:
    """Write a number in full, as a decimal if it ends, else as a fraction: ``2.5``, ``2/3``."""
    twos_and_fives = number.denominator
    for prime in (2, 5):
        while twos_and_fives % prime == 0:
            twos_and_fives //= prime
    if twos_and_fives != 1 or number.denominator == 1:
        return str(number)
    places = next(p for p in range(1, 60) if 10**p % number.denominator == 0)
    digits = f"{abs(number.numerator) * 10**places // number.denominator:0{places + 1}d}"
    return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def exact(figures: str) -> Fraction | None:
    """Return the value of ``2.5``, ``2⁄3`` or ``2+1⁄3``; None for a division by zero."""
    whole, _, part = figures.rpartition("+")
    numerator, _, denominator = part.partition("⁄")
    if denominator and not int(denominator):
        return None
    value = Fraction(numerator) / int(denominator or 1)
    return value + int(whole) if whole else value
