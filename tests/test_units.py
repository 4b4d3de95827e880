"""Units: read, converted exactly, and told as one says them."""

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_units_corpus import intents, situation

from voice.intents import Match, tables
from voice.intents.quantities import Amounts, Quantities, parts_of, plain
from voice.intents.rounding import decimal, rounded, short, told, told_temperature
from voice.intents.units import ANSWERS, convert, system_of
from voice.intents.wording import squeeze

ENGLISH = tables.read("en")
QUANTITIES = Quantities(ENGLISH)
UNITS = {
    (kind, unit) for kind, units in ENGLISH["units"].items() for unit in units if kind != "grain"
}


def said(text: str, language: str = "en", **changes: object) -> str:
    match = intents(language).match(text)
    assert match is not None, text
    return intents(language).answer(match, replace(situation(language), **changes)).text


@pytest.mark.parametrize(
    ("parts", "to", "result"),
    [
        ([(5, "mile")], "kilometer", "8.04672"),
        ([(5, "foot"), (11, "inch")], "centimeter", "180.34"),
        ([(350, "degF")], "degC", Fraction(530, 3)),
        ([(-40, "degC")], "degF", "-40"),
        ([(0, "kelvin")], "degC", "-273.15"),
        ([(1, "pint")], "milliliter", "473.176473"),
        ([(1, "imperial_pint")], "milliliter", "568.26125"),
        ([(1, "stone")], "pound", "14"),
        ([(1, "century")], "month", "1200"),
        ([(1, "gibibyte")], "mebibyte", "1024"),
        ([(1, "turn")], "degree", "360"),
        ([(100, "kilometer_per_liter")], "liter_per_100_km", "1"),
        ([(2, "liter_per_100_km")], "kilometer_per_liter", "50"),
        ([(1, "metric_horsepower")], "watt", "735.49875"),
        ([(1, "square_foot")], "square_inch", "144"),
    ],
)
def test_a_conversion_is_exact(
    parts: list[tuple[int, str]], to: str, result: str | Fraction
) -> None:
    found = convert([(Fraction(number), unit) for number, unit in parts], to)
    assert rounded(found, 12) == rounded(Fraction(result), 12)


def test_what_measures_other_things_is_refused_and_no_distance_has_no_consumption() -> None:
    with pytest.raises(ValueError, match="mile does not convert to liter"):
        convert([(Fraction(1), "mile")], "liter")
    with pytest.raises(ArithmeticError):
        convert([(Fraction(0), "mpg")], "liter_per_100_km")


@given(
    number=st.fractions(-(10**6), 10**6, max_denominator=1000),
    units=st.sampled_from(sorted(UNITS)).flatmap(
        lambda one: st.tuples(
            st.just(one[1]), st.sampled_from(sorted(u for kind, u in UNITS if kind == one[0]))
        )
    ),
)
def test_there_and_back_is_the_same(number: Fraction, units: tuple[str, str]) -> None:
    one, other = units
    try:
        there = convert([(number, one)], other)
        back = convert([(there, other)], one)
    except ArithmeticError:
        assert not number
    else:
        assert abs(back - number) <= abs(number) / 10**20


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_unit_of_a_language_is_known_to_pint_and_can_be_said(language: str) -> None:
    read = tables.read(language)
    phrases = intents(language).phrases
    for kind, units in read["units"].items():
        first = next(iter(units))
        for unit in units:
            assert convert([(Fraction(2), unit)], first)
            assert phrases.count(2, unit).text.startswith("2 ")
        assert phrases.say(f"kind_{kind}")


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_name_of_a_unit_is_read(language: str) -> None:
    read = tables.read(language)
    quantities = Quantities(read)
    for units in read["units"].values():
        for unit, names in units.items():
            for name in names:
                heard = intents(language).plain(f"3 {name}")
                if heard == "3":
                    continue  # the ' of 5'11", which is left only between figures
                read_as = [
                    slots["quantity"]
                    for other in units
                    if (slots := quantities.conversion(heard, _name(read, other)))
                ]
                assert f"3 {unit}" in read_as, (name, heard)


def _name(read: dict[str, Any], unit: str) -> str:
    return squeeze(read["nouns"][unit]["other"].replace("{n}", ""))


@pytest.mark.parametrize(
    ("zone", "units", "system"),
    [
        ("America/Chicago", "metric", "us"),
        ("America/Chicago", "imperial", "us"),
        ("Europe/London", "metric", "imperial"),
        ("Europe/Berlin", "metric", "us"),
        ("Africa/Accra", "imperial", "imperial"),
        ("", "metric", "us"),
    ],
)
def test_whose_pints_are_meant(zone: str, units: str, system: str) -> None:
    assert system_of(zone, units) == system


def test_a_pint_is_another_one_in_britain_unless_it_is_named() -> None:
    london = ZoneInfo("Europe/London")
    assert said("a pint in ml", home_zone=london) == "1 pint is about 568.3 milliliters."
    assert said("a pint in ml") == "1 pint is about 473.2 milliliters."
    assert said("a US pint in ml", home_zone=london) == "1 US pint is about 473.2 milliliters."
    assert said("30 mpg in l/100km", home_zone=london).startswith(
        "30 miles per gallon is about 9.4"
    )


@pytest.mark.parametrize(
    ("number", "written", "exact"),
    [
        ("8.04672", "8.05", False),
        ("160.9344", "160.9", False),
        ("180.34", "180.34", True),
        ("604800", "604800", True),
        ("0.0254", "0.0254", True),
        ("0.00012345", "0.000123", False),
        ("9460730472580.8", "9461000000000", False),
        ("5000000000000000000", "5E+18", True),
        ("12345.6", "12350", False),
        ("-2.345678", "-2.35", False),
        ("0", "0", True),
    ],
)
def test_a_number_is_told_with_few_digits(number: str, written: str, exact: bool) -> None:
    found = told(Fraction(number))
    assert (found.number, found.exact) == (Decimal(written), exact)


def test_temperatures_are_told_in_whole_degrees_or_tenths() -> None:
    assert told_temperature(Fraction(530, 3)).number == 177
    assert told_temperature(Fraction(200, 9)).number == Decimal("22.2")


@given(st.fractions(-(10**18), 10**18))
def test_what_is_told_is_near_and_about_is_said_only_where_it_is_so(number: Fraction) -> None:
    found = told(number)
    assert found.exact == (Fraction(found.number) == number)
    assert abs(Fraction(found.number) - number) <= abs(number) / 150
    assert short(number) <= found.exact


@given(st.fractions(-(10**9), 10**9, max_denominator=10**6))
def test_canonical_numbers_are_read_as_they_were_written(number: Fraction) -> None:
    assert Fraction(plain(number)) == number
    assert parts_of(f"{plain(number)} mile") == [(number, "mile")]


@given(st.decimals(-(10**6), 10**6, places=4))
def test_decimals_are_kept_whole(number: Decimal) -> None:
    assert decimal(Fraction(number)) == number


@given(st.text(), st.text())
def test_reading_never_fails(quantity: str, unit: str) -> None:
    QUANTITIES.conversion(quantity, unit)
    Amounts([("a", "1")]).number(quantity)


WORDS = st.lists(
    st.sampled_from(
        [
            "5",
            "11",
            "2",
            "half",
            "a",
            "and",
            "foot",
            "feet",
            "inches",
            "'",
            "pound",
            "1.5",
            "1⁄2",
            "minus",
            "degrees",
            "c",
            "oz",
            "3rds",
            "of",
            "in",
            "°",
        ]
    ),
    max_size=8,
).map(" ".join)


@given(WORDS, WORDS)
def test_whatever_is_read_can_be_answered(quantity: str, unit: str) -> None:
    slots = QUANTITIES.conversion(quantity, unit)
    if slots is not None:
        english = intents("en")
        text = ANSWERS["ConvertUnits"](
            Match("ConvertUnits", slots), situation("en"), english.phrases
        ).text
        assert text.endswith(".")


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("how many hours is 90 minutes", "90 minutes is 1 hour 30 minutes."),
        ("how many days are 3 weeks", "3 weeks is 21 days."),
        ("1 light year in km", "1 light year is about 9461000000000 kilometers."),
        (
            "1000000000 km in nanometers",
            "1000000000 kilometers is 1 times 10 to the power of 21 nanometers.",
        ),
        ("30 cm in feet", "30 centimeters is about 0.984 feet."),
        ("how many months in 2 years", "2 years is 24 months."),
        ("0 mpg in liters per 100 km", "That has no answer."),
        ("121.9 cm in feet and inches", "121.9 centimeters is about 4 feet."),
    ],
)
def test_answers_that_take_thought(text: str, reply: str) -> None:
    assert said(text) == reply


def test_pint_is_loaded_by_the_first_conversion_not_before() -> None:
    script = (
        "import sys\n"
        "from voice.intents import Intents\n"
        "from voice.intents.units import warm_up\n"
        "assert Intents().match('5 miles in km')\n"
        "assert 'pint' not in sys.modules\n"
        "warm_up()\n"
        "assert 'pint' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
