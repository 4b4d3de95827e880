"""Money: tips and shared bills, changes in percent, currencies by the last known rates."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_units_corpus import intents, situation

from voice.intents import Match, tables
from voice.intents.money import ANSWERS, Purse, Sum, money
from voice.intents.rates import Rates

PURSES = {language: Purse(tables.read(language)) for language in ("en", "de")}
RATES = Rates(date(2026, 10, 30), {"USD": Decimal("1.25"), "JPY": Decimal("160")})


def said(text: str, language: str = "en", **changes: object) -> str:
    match = intents(language).match(text)
    assert match is not None, text
    return intents(language).answer(match, replace(situation(language), **changes)).text


@pytest.mark.parametrize(
    ("language", "words", "amount", "currency"),
    [
        ("en", "54.30", "54.3", ""),
        ("en", "54 dollars 30", "54.3", "USD"),
        ("en", "54 dollars and 30 cents", "54.3", "USD"),
        ("en", "5 pounds 20 pence", "5.2", "GBP"),
        ("en", "50 pence", "0.5", "GBP"),
        ("en", "84€", "84", "EUR"),
        ("en", "84 €", "84", "EUR"),
        ("en", "¥ 1000", "1000", "JPY"),
        ("en", "a dollar", None, None),  # a price without a figure is an article's
        ("en", "1 euro and a half", None, None),
        ("en", "5 pounds 20 kilos", None, None),
        ("en", "5 dollars 30 pence", None, None),
        ("en", "5.5 dollars 30", None, None),
        ("en", "5 dollars 120", None, None),
        ("en", "minus 5 dollars", None, None),
        ("en", "5 bananas", None, None),
        ("en", "", None, None),
        ("de", "5 euro 20", "5.2", "EUR"),
        ("de", "3 franken und 50 rappen", "3.5", "CHF"),
        ("de", "100 danische kronen", "100", "DKK"),
    ],
)
def test_amounts_are_read(
    language: str, words: str, amount: str | None, currency: str | None
) -> None:
    expected = None if amount is None else Sum(Fraction(amount), str(currency))
    assert PURSES[language].sum_of_money(words) == expected


@given(st.text(max_size=30))
def test_reading_never_fails(words: str) -> None:
    for purse in PURSES.values():
        purse.sum_of_money(words)
        purse.currency(words)
        purse.number(words, 100)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("18% tip on $54.30", "A tip of 18 percent on $54.30 is $9.77, so $64.07 in all."),
        ("12.5% tip on 80", "A tip of 12.5 percent on 80 is 10, so 90 in all."),
        ("split 1000 yen 3 ways", "That's about 333 yen each."),
        ("split 20 swiss francs 2 ways", "That's 10 Swiss francs each."),
        (
            "split $100 between 3 people with a 20% tip",
            "With a tip of 20 percent it's $120, so $40 each.",
        ),
        (
            "split $10 between 3 people with a 20% tip",
            "With a tip of 20 percent it's $12, so $4 each.",
        ),
        (
            "split $50 between 7 people with a 20% tip",
            "With a tip of 20 percent it's $60, so about $8.57 each.",
        ),
        ("percent change from 5 to 5", "There's no change."),
        ("percent change from 0 to 5", "From zero there's no percentage."),
        ("percent change from 3 to 1", "Down about 66.67 percent."),
        ("percent change from 80 to 240", "Up 200 percent."),
    ],
)
def test_bills_and_changes(text: str, reply: str) -> None:
    assert said(text) == reply


@pytest.mark.parametrize(
    "text",
    [
        "split 86 dollars 1 way",
        "split 0 dollars 4 ways",
        "split 86 dollars 2.5 ways",
        "5000 percent tip on 10 dollars",
        "percent change from 5 dollars to 6 euros",
        "100 dollars in dollars",
        "100 in euros",
    ],
)
def test_what_makes_no_sense_is_left_to_the_model(text: str) -> None:
    assert intents("en").match(text) is None


@given(
    st.integers(1, 10**6).map(lambda cents: Fraction(cents, 100)),
    st.integers(1, 100),
    st.integers(2, 50),
)
def test_the_parts_of_a_bill_make_the_whole(amount: Fraction, tip: int, people: int) -> None:
    slots = {"amount": str(amount), "tip": str(tip), "people": str(people)}
    match = Match("SplitBill", slots)
    text = ANSWERS["SplitBill"](match, situation("en"), intents("en").phrases).text
    _, total, share = _figures(text)
    assert abs(total - amount * (100 + tip) / 100) <= Fraction(1, 200)
    assert abs(share * people - total) <= Fraction(people, 200)


def _figures(text: str) -> list[Fraction]:
    return [Fraction(word.strip(".,")) for word in text.split() if word.strip(".,")[:1].isdigit()]


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("100 dollars in euros", "By the rates of Friday, October 30, $100 is about €80."),
        (
            "how much is a euro in yen",
            "By the rates of Friday, October 30, 1 euro is about 160 yen.",
        ),
        (
            "how much is a yen in euros",
            "By the rates of Friday, October 30, 1 yen is about 0.0063 euros.",
        ),
        ("2 yen in dollars", "By the rates of Friday, October 30, 2 yen is about $0.02."),
        (
            "0.1 yen in dollars",
            "By the rates of Friday, October 30, 0.1 yen is about 0.000781 US dollars.",
        ),
        ("5 pounds in dollars", "I have no rate for that."),
    ],
)
def test_a_currency_is_converted_with_the_day_of_the_rates(text: str, reply: str) -> None:
    assert said(text, rates=RATES) == reply


def test_the_year_of_the_rates_is_told_where_it_is_another_and_that_they_are_old() -> None:
    old = replace(RATES, day=date(2024, 5, 2))
    assert said("100 dollars in euros", rates=old) == (
        "By the last rates I have, of Thursday, May 2, 2024, $100 is about €80."
    )


def test_without_rates_that_is_said() -> None:
    assert said("100 dollars in euros", rates=None) == (
        "I have no exchange rates yet. They come once I'm online."
    )
    assert said("100 Dollar in Euro", "de", rates=None).startswith("Ich habe noch keine")


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_currency_has_a_name_that_is_read_and_one_that_is_said(language: str) -> None:
    words = tables.read(language)["money_words"]["currencies"]
    for code, names in words.items():
        assert money(Fraction(5), code, intents(language).phrases)
        for name in names:
            heard = intents(language).plain(f"5 {name}")
            assert PURSES[language].sum_of_money(heard) == Sum(Fraction(5), code), name


@given(st.decimals(1, 10**6, places=2), st.sampled_from(["EUR", "USD", "JPY"]))
def test_rates_are_consistent_both_ways(amount: Decimal, code: str) -> None:
    there, back = RATES.rate("USD", code), RATES.rate(code, "USD")
    assert there is not None
    assert back is not None
    assert Fraction(amount) * there * back == Fraction(amount)
    assert RATES.rate("USD", "XXX") is None
