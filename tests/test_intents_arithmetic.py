"""Sums: worked out exactly, from words and from digits, and written as one says them."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from unicode_rbnf import RbnfEngine

from voice.intents import Intents, arithmetic
from voice.intents.arithmetic import NoResult, NotASum, Value
from voice.intents.figures import figure, written
from voice.intents.wording import MAX_LENGTH

INTENTS = Intents()
ENGLISH = INTENTS.phrases
SPELL = RbnfEngine.for_language("en")


def result(expression: str) -> str:
    return written(arithmetic.evaluate(expression), ENGLISH)


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("12 × 13", "156"),
        ("12 × 13 + 7", "163"),
        ("2 + 3 × 4", "14"),
        ("(2 + 3) × 4", "20"),
        ("10 - 3 - 2", "5"),
        ("100 ÷ 5 ÷ 2", "10"),
        ("2 ^ 3 ^ 2", "512"),
        ("-2 ^ 2", "-4"),
        ("80 - -5", "85"),
        ("15% of 80", "12"),
        ("20% off 50", "40"),
        ("50 + 10%", "55"),
        ("100 - 15%", "85"),
        ("5% + 3%", "8 percent"),
        ("20 as % of 80", "25 percent"),
        ("1⁄2 of 50", "25"),
        ("√144", "12"),
        ("∛27", "3"),
        ("√2", "About 1.41"),
        ("√2 × √2", "2"),
        ("(8) ^ (2 ÷ 3)", "4"),
        ("-8 ^ 2", "-64"),
        ("0.1 + 0.2", "0.3"),
        ("1 ÷ 8", "0.125"),
        ("100 ÷ 3", "About 33.33"),
        ("2 ÷ 3", "About 0.667"),
        ("1 ÷ 300", "About 0.00333"),
        ("999999 × 999999", "999998000001"),
        ("2 ^ 100", "About 1.27 times 10 to the power of 30"),
        ("10 ^ 20 × 5", "5 times 10 to the power of 20"),
        ("|3 - 10|", "7"),
        ("0 ^ 0", "1"),
        ("1 ^ 99999999", "1"),
        ("7 × 0", "0"),
    ],
)
def test_a_sum_is_worked_out_and_written(expression: str, answer: str) -> None:
    assert result(expression) == answer


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("10 ÷ 0", "I can't divide by zero."),
        ("0 ^ -1", "I can't divide by zero."),
        ("5 ÷ (3 - 3)", "I can't divide by zero."),
        ("2 ^ 99999", "That's too big for me to work out."),
        ("9 ^ 9 ^ 9 ^ 9", "That's too big for me to work out."),
        ("√-4", "That has no real answer."),
    ],
)
def test_what_has_no_result_is_said_kindly(expression: str, said: str) -> None:
    with pytest.raises(NoResult) as outcome:
        arithmetic.evaluate(arithmetic.canonical(expression))
    assert ENGLISH.say(str(outcome.value)) == said


@pytest.mark.parametrize(
    "text", ["", "5", "15%", "(5)", "5 +", "+ 5", "3 4", "5 off 3", "(3 + 4", "a + b", "5 + x", "√"]
)
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(NotASum):
        arithmetic.canonical(text)


def test_money_keeps_its_sign_and_its_cents() -> None:
    assert written(Value(Fraction(40)), ENGLISH, "$") == "$40"
    assert written(Value(Fraction(25, 2)), ENGLISH, "€") == "€12.50"
    assert written(Value(Fraction(10, 3)), ENGLISH, "£") == "About £3.33"


def test_a_hundred_nested_brackets_are_nobodys_sum() -> None:
    with pytest.raises(NotASum):
        arithmetic.canonical("(" * 5000 + "1 + 1" + ")" * 5000)


SIGNS = {"+": "plus", "-": "minus", "×": "times", "÷": "divided by"}
NUMBERS = st.integers(0, 999_999)
CHAINS = st.tuples(
    NUMBERS, st.lists(st.tuples(st.sampled_from(sorted(SIGNS)), NUMBERS), min_size=1, max_size=4)
)


def python_value(first: int, rest: list[tuple[str, int]]) -> Fraction | None:
    """The same sum by Python's own precedence; None for a division by zero."""
    source = f"Fraction({first})" + "".join(
        f" {sign.replace('×', '*').replace('÷', '/')} Fraction({number})" for sign, number in rest
    )
    try:
        return eval(source, {"Fraction": Fraction})  # the source is made of four signs and numbers
    except ZeroDivisionError:
        return None


@given(CHAINS, st.booleans())
def test_sums_in_words_and_in_digits_agree_with_fractions(
    chain: tuple[int, list[tuple[str, int]]], in_words: bool
) -> None:
    first, rest = chain

    def said(number: int) -> str:
        return SPELL.format_number(number).text if in_words else str(number)

    sentence = "What is " + said(first) + "".join(f" {SIGNS[s]} {said(n)}" for s, n in rest) + "?"
    assume(len(sentence) <= MAX_LENGTH)
    match = INTENTS.match(sentence)
    assert match is not None
    assert match.intent == "Calculate"
    expected = python_value(first, rest)
    expression = str(match.slots["expression"])
    if expected is None:
        with pytest.raises(NoResult):
            arithmetic.evaluate(expression)
    else:
        assert arithmetic.evaluate(expression) == Value(expected)


@given(st.text(alphabet="0123456789.+-×÷^%√∛()|⁄ofas ", max_size=60))
def test_any_signs_are_a_sum_or_refused(text: str) -> None:
    try:
        canonical = arithmetic.canonical(text)
        value = arithmetic.evaluate(text)
    except (NotASum, NoResult):
        return
    assert arithmetic.evaluate(canonical) == value
    assert written(value, ENGLISH)


@given(st.fractions(min_value=-(10**18), max_value=10**18))
def test_a_written_figure_is_near_the_number(number: Fraction) -> None:
    text, rounded = figure(number, ENGLISH)
    head, _, power = text.partition(" times 10 to the power of ")
    shown = Fraction(head) * Fraction(10) ** int(power or 0)
    assert (shown != number) == rounded
    assert abs(shown - number) <= max(abs(number) / 100, Fraction(1, 10**12))
