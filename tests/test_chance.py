"""Chance: what is thrown and chosen is what luck says, and every outcome comes up."""

from collections import Counter
from dataclasses import replace
from datetime import UTC
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_units_corpus import intents, situation

from voice.intents import Match, Situation, tables
from voice.intents.chance import ANSWERS, MAX_DICE, read_dice, read_options
from voice.intents.readers import Said

OPTIONS = {language: read_options(tables.read(language)) for language in ("en", "de")}
DICE = {language: read_dice(tables.read(language)) for language in ("en", "de")}


def said(text: str, language: str = "en", **changes: object) -> str:
    match = intents(language).match(text)
    assert match is not None, text
    return intents(language).answer(match, replace(situation(language), **changes)).text


def test_the_same_luck_gives_the_same_answer_and_other_luck_others() -> None:
    assert said("roll 2d6", luck=1) == said("roll 2d6", luck=1)
    assert len({said("roll 2d6", luck=luck) for luck in range(50)}) > 10


def test_every_situation_has_luck_of_its_own() -> None:
    now = situation("en").now
    lucks = {
        Situation(now, 50, False, None, None, None, home_zone=UTC, wake_word="").luck
        for _ in range(9)
    }
    assert len(lucks) == 9


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        ("roll a die", {f"It's {side}." for side in range(1, 7)}),
        ("flip a coin", {"Heads.", "Tails."}),
        ("pick a number between 3 and 5", {"3.", "4.", "5."}),
        ("pick a number between 5 and 3", {"3.", "4.", "5."}),
        ("choose between tea, coffee or milk", {"Tea.", "Coffee.", "Milk."}),
        ("yes or no", {"Yes.", "No."}),
    ],
)
def test_all_outcomes_come_up_about_as_often(text: str, outcomes: set[str]) -> None:
    throws = 300 * len(outcomes)
    counted = Counter(said(text, luck=luck) for luck in range(throws))
    assert set(counted) == outcomes
    assert min(counted.values()) > 200


@given(st.integers(1, MAX_DICE), st.integers(2, 1000), st.integers(0, 2**64 - 1))
def test_dice_show_their_sides_and_the_sum_is_right(count: int, sides: int, luck: int) -> None:
    english = intents("en")
    match = Match("RollDice", {"count": count, "sides": sides})
    text = ANSWERS["RollDice"](match, replace(situation("en"), luck=luck), english.phrases).text
    figures = [
        int("".join(filter(str.isdigit, word))) for word in text.split() if word[:1].isdigit()
    ]
    if count == 1:
        assert 1 <= int(text.removeprefix("It's ").rstrip(".")) <= sides
    elif count <= 10:
        *rolled, total = figures
        assert len(rolled) == count
        assert all(1 <= one <= sides for one in rolled)
        assert sum(rolled) == total
    else:
        assert figures[0] == count
        assert count <= figures[1] <= count * sides


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("roll a pair of dice", {"count": 2, "sides": 6}),
        ("roll three d 8", {"count": 3, "sides": 8}),
        ("throw a die with 12 sides", {"count": 1, "sides": 12}),
        ("roll 4 ten sided dice", {"count": 4, "sides": 10}),
        ("roll the dice 3 times", {"count": 3, "sides": 6}),
    ],
)
def test_dice_are_read(text: str, slots: dict[str, int]) -> None:
    match = intents("en").match(text)
    assert match is not None
    assert dict(match.slots) == slots


@pytest.mark.parametrize(
    "text", ["roll 0 dice", "roll 101 dice", "roll a d1", "roll a 1 sided die"]
)
def test_dice_that_there_are_not_are_left_to_the_model(text: str) -> None:
    assert intents("en").match(text) is None


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("Choose between fish and chips or pizza.", ["fish and chips", "pizza"]),
        (
            "Pick between Anna's cake, Tom's pie, and nothing.",
            ["Anna's cake", "Tom's pie", "nothing"],
        ),
        ("choose between red and blue please", ["red", "blue"]),
    ],
)
def test_options_are_kept_as_they_were_heard(text: str, options: list[str]) -> None:
    match = intents("en").match(text)
    assert match is not None
    assert match.slots["options"] == options


@given(st.text(max_size=60), st.sampled_from(["en", "de"]))
def test_reading_never_fails(words: str, language: str) -> None:
    def said_as(slot: str) -> dict[str, Said]:
        return {slot: Said(words, words, lambda start, end: words)}

    slots = OPTIONS[language](said_as("options"))
    assert slots is None or len(cast(list[str], slots["options"])) >= 2
    DICE[language](said_as("dice"))
