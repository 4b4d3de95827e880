"""Slots that are phrases: read by what the files name, and free text as it was heard."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.errors import ModelFileError
from voice.intents import Intents, tables
from voice.intents.readers import Said, each, find_heard

ENGLISH = tables.read("en")
PLAIN = Intents().plain


def language(readers: dict[str, list[str]] | None = None, **sentences: list[str]) -> Intents:
    """English with these intents and no others."""
    wild = {name: {"wildcard": True} for name in ("item", "name", "amount", "expression")}
    return Intents(
        "en",
        {
            **ENGLISH,
            "intents": {name: {"data": [{"sentences": said}]} for name, said in sentences.items()},
            "lists": {**ENGLISH["lists"], **wild},
            "readers": readers or {"as_heard": ["item", "name"], "sum": ["expression"]},
        },
    )


LIST = language(Note=["(add|put) {item} (to|on) [the] {name} list", "note {item}"])


def meant(intents: Intents, text: str) -> tuple[str, dict[str, Any]] | None:
    match = intents.match(text)
    return (match.intent, dict(match.slots)) if match else None


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("Note: Buy Anna's cake!", "Buy Anna's cake"),
        ("note buy annas cake", "buy annas cake"),
        ("Note twenty five Eggs, please.", "twenty five Eggs"),
        ("Note 25 eggs.", "25 eggs"),
        ("Please note Crème brûlée for Zoë", "Crème brûlée for Zoë"),
        ("Um, note that's O'Neill’s", "that's O'Neill’s"),
        ("Note what's on tonight?", "what's on tonight"),
        ("Note one and a half pounds of Flour", "one and a half pounds of Flour"),
        ("note $5 for Tim", "$5 for Tim"),
        ("Note please", "please"),
        ("Note thank you cards, thank you.", "thank you cards"),
    ],
)
def test_free_text_is_given_as_it_was_heard(text: str, item: str) -> None:
    assert meant(LIST, text) == ("Note", {"item": item})


def test_two_free_texts_of_a_sentence_are_told_apart() -> None:
    said = meant(LIST, "Put Anna's cake and 2 Eggs on the Birthday list.")
    assert said == ("Note", {"item": "Anna's cake and 2 Eggs", "name": "Birthday"})


ITEMS = [
    "Milk",
    "two",
    "25",
    "Anna's",
    "um",
    "eggs,",
    "the",
    "o'clock",
    "$5",
    "½",
    "é",
    "-",
    "note",
]


@given(st.lists(st.sampled_from(ITEMS), min_size=1, max_size=6).map(" ".join))
def test_what_is_found_in_a_transcript_is_what_templates_saw(item: str) -> None:
    text = f"Note {item}"
    words = PLAIN(text).split()
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            found, wanted = find_heard(text, words, start, end, PLAIN), " ".join(words[start:end])
            assert PLAIN(found) == wanted or found == wanted


@given(st.text(max_size=60), st.integers(0, 5), st.integers(0, 5))
def test_any_transcript_can_be_looked_through(text: str, start: int, length: int) -> None:
    words = PLAIN(text).split()
    assert isinstance(find_heard(text, words, start, start + length, PLAIN), str)


def test_a_reader_that_finds_nothing_leaves_the_sentence_to_others() -> None:
    intents = language(Sum=["work out {expression}"], Note=["work {item}"])
    assert meant(intents, "Work out 5 plus 3.") == ("Sum", {"expression": "5 + 3"})
    assert meant(intents, "Work out with Tom.") == ("Note", {"item": "out with Tom"})
    assert meant(language(Sum=["work out {expression}"]), "Work out with Tom.") is None


LOOSE_AND_TIGHT = {"Loose": ["add {item}"], "Tight": ["add {item} to the list", "add everything"]}


@pytest.mark.parametrize("names", [("Loose", "Tight"), ("Tight", "Loose")])
def test_the_template_with_less_free_text_is_meant_whatever_their_order(
    names: tuple[str, ...],
) -> None:
    intents = language(**{name: LOOSE_AND_TIGHT[name] for name in names})
    assert meant(intents, "Add bread to the list") == ("Tight", {"item": "bread"})
    assert meant(intents, "Add everything") == ("Tight", {})
    assert meant(intents, "Add bread") == ("Loose", {"item": "bread"})


def test_each_slot_is_read_by_itself_and_all_must_be_readable() -> None:
    read = each(lambda words: int(words) if words.isdigit() else None)

    def said(words: str) -> Said:
        return Said(words, words, lambda start, end: "")

    assert read({"a": said("5"), "b": said("7")}) == {"a": 5, "b": 7}
    assert read({"a": said("5"), "b": said("seven")}) is None


def test_a_wildcard_without_a_reader_is_a_mistake_in_the_files() -> None:
    with pytest.raises(ModelFileError, match=r"Note.*amount.*reader"):
        language(Note=["take {amount}"])


def test_a_slot_has_one_reader_and_every_reader_is_known() -> None:
    with pytest.raises(ModelFileError, match="item"):
        language({"as_heard": ["item"], "sum": ["item"]}, Note=["note {item}"])
    with pytest.raises(ModelFileError, match="nobody"):
        language({"nobody": ["item"]}, Note=["note {item}"])
