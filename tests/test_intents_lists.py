"""Lists by voice: what is meant, said and done, and what is left to the model."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_talk import cases, corpus, device, empty, intents, situation, talk

from voice.agenda.changes import AddItems
from voice.agenda.entries import SHOPPING
from voice.intents import Match, tables
from voice.intents.items import Items

ENGLISH = Items(tables.read("en"))
CASES = list(cases("lists"))


def test_every_intent_is_shown_by_many_wordings() -> None:
    shown = Counter(case.intent for case in CASES if case.language == "en")
    assert min(shown[intent] for intent in ("AddItems", "GetList", "TickItems")) >= 20
    assert sum(shown.values()) >= 200
    assert sum(case.language == "de" for case in CASES) >= 70
    assert len(corpus("lists", "en")["none"]) >= 80


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("milk", ["milk"]),
        ("some milk", ["milk"]),
        ("milk and eggs", ["milk", "eggs"]),
        ("milk, eggs and bread", ["milk", "eggs", "bread"]),
        ("milk, eggs, and bread", ["milk", "eggs", "bread"]),
        ("milk eggs and bread", ["milk", "eggs", "bread"]),
        ("milk and milk", ["milk"]),
        ("salt and pepper", ["salt and pepper"]),
        ("bread, salt and pepper and milk", ["bread", "salt and pepper", "milk"]),
        ("peanut butter and jelly", ["peanut butter and jelly"]),
        ("orange juice and rice vinegar", ["orange juice", "rice vinegar"]),
        ("red paper cups and glue", ["red paper cups", "glue"]),
        ("Anna's cake & candles", ["Anna's cake", "candles"]),
        ("and", []),
    ],
)
def test_things_are_told_apart(text: str, things: list[str]) -> None:
    assert ENGLISH.apart(text) == things


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("call the bank", ["call the bank"]),
        ("buy milk and eggs", ["buy milk and eggs"]),
        ("call the bank and water the plants", ["call the bank", "water the plants"]),
        ("call the bank, water the plants", ["call the bank", "water the plants"]),
    ],
)
def test_things_to_do_are_told_apart_where_a_verb_follows(text: str, things: list[str]) -> None:
    assert ENGLISH.apart(text, todo=True) == things


@given(st.text(max_size=60), st.booleans())
def test_whatever_is_said_nothing_empty_and_nothing_twice_is_kept(text: str, todo: bool) -> None:
    things = ENGLISH.apart(text, todo=todo)
    assert all(thing.strip() for thing in things)
    assert len(set(things)) == len(things)


@pytest.mark.parametrize("thing", ["milk", "2 liters of whole milk", "two bananas", "a dozen eggs"])
def test_what_people_buy_is_known(thing: str) -> None:
    assert ENGLISH.groceries.knows(thing)


@pytest.mark.parametrize("thing", ["", "a plan", "milk teeth", "2 liters", "some", "more time"])
def test_what_else_they_need_is_not(thing: str) -> None:
    assert not ENGLISH.groceries.knows(thing)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("add 5 and 3", "Calculate"), ("add a minute to the timer", "ChangeTimer")],
)
def test_what_is_added_elsewhere_is_no_item(text: str, intent: str) -> None:
    found = intents("en").match(text, situation())
    assert found is not None
    assert found.intent == intent


def test_a_list_that_is_not_there_is_made_when_that_is_wanted() -> None:
    assert talk(
        empty(),
        "add nails and glue to the hardware list",
        "yes please",
        "what's on the hardware list",
        "add screws to the hardware list",
        "how many things are on the hardware list",
    ) == [
        "You don't have a list called hardware. Shall I make one?",
        "I've made a hardware list, with nails and glue on it.",
        "On the hardware list: nails and glue.",
        "Added screws to the hardware list.",
        "You have 3 things on the hardware list.",
    ]


def test_it_is_not_made_when_that_is_not_wanted_or_something_else_is_said() -> None:
    there = empty()
    assert talk(there, "add nails to the hardware list", "no", "what lists do i have") == [
        "You don't have a list called hardware. Shall I make one?",
        "Okay, I'll leave it.",
        "You have the shopping list and your to-do list.",
    ]
    replies = talk(there, "add nails to the hardware list", "what lists do i have", "yes")
    assert replies[2] == ""


def test_of_a_long_list_some_is_read_and_the_rest_when_it_is_wanted() -> None:
    long = empty()
    long.agenda.apply(AddItems(SHOPPING.id, tuple("bcdefghjk")))
    assert talk(long, "what's on the shopping list", "yes", "read me everything on the list") == [
        "You have 9 things on the shopping list: b, c, d, e, f, and 4 more. Shall I read the rest?",
        "And g, h, j and k.",
        "On the shopping list: b, c, d, e, f, g, h, j and k.",
    ]


def test_what_is_ticked_off_is_no_longer_read_and_can_be_cleared() -> None:
    assert talk(
        device(),
        "tick off milk",
        "what's on the shopping list",
        "i got the bread",
        "what's on the shopping list",
        "remove the ticked items from the shopping list",
        "what's on the shopping list",
    ) == [
        "Ticked off milk. 1 thing left.",
        "On the shopping list: bread.",
        "Ticked off bread. That was the last one.",
        "Everything on the shopping list is ticked off.",
        "Took 3 things off the shopping list that you had ticked off.",
        "The shopping list is empty.",
    ]


def test_things_much_alike_are_both_kept() -> None:
    assert talk(
        empty(), "add peas to the shopping list", "add pears to the shopping list", "shopping list"
    ) == [
        "Added peas to the shopping list.",
        "Added pears to the shopping list.",
        "On the shopping list: peas and pears.",
    ]


def test_a_list_with_something_on_it_is_deleted_only_after_a_question() -> None:
    assert talk(device(), "delete the hardware list", "yes", "what lists do i have") == [
        "The hardware list has 2 things on it. Shall I delete it?",
        "The hardware list is gone.",
        "You have the shopping list, your to-do list and the party list.",
    ]


def test_answers_that_are_often_heard_vary() -> None:
    added = [
        intents("en").answer(
            Match("AddItems", {"items": ["tea"], "list": "shopping"}), situation(variety=turn)
        )
        for turn in range(4)
    ]
    assert len({answer.text for answer in added}) == 3
    assert len({answer.effects for answer in added}) == 1
