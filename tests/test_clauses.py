"""Where an answer is cut for synthesis, as a whole and as it streams in."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_speakable_properties import FRAGMENTS

from voice.clauses import Clause, ClauseStream, Lengths, cut
from voice.speakable import CODE, TABLE, without_thoughts


def written(text: str) -> list[str]:
    return [clause.written for clause in cut(text)]


def spoken(text: str) -> list[str]:
    return [clause.spoken for clause in cut(text)]


def streamed(pieces: list[str]) -> list[Clause]:
    stream = ClauseStream()
    return [clause for piece in pieces for clause in stream.feed(piece)] + stream.close()


@pytest.mark.parametrize(
    ("answer", "first"),
    [
        ("Sure, I can do that for you, and then more.", "Sure, I can do that for you,"),
        ("That is easy: take two eggs.", "That is easy: "),
        ("It is cold today – take a coat with you.", "It is cold today – "),
        (
            "The capital of France is Paris and it lies on the Seine.",
            "The capital of France is Paris ",
        ),
        ("I would stay at home because it is raining outside.", "I would stay at home "),
        ("Yes. It is raining.", "Yes. "),
        ("Hello! How are you?", "Hello! "),
        ("**Sure, here you go:** the answer is 42.", "**Sure, here you go:** "),
        ("Here are the steps:\n1. Milk\n2. Eggs", "Here are the steps:\n"),
        ("# Pancakes\n\nYou need flour.", "# Pancakes\n\n"),
        ("你好。今天天气很好。", "你好。"),
    ],
)
def test_the_first_clause_ends_at_the_first_natural_pause(answer: str, first: str) -> None:
    assert written(answer)[0] == first


def test_a_first_clause_without_a_pause_ends_where_it_sounds_best() -> None:
    answer = "The James Webb Space Telescope was launched on the 25th of December 2021 from Kourou."
    assert written(answer) == [
        "The James Webb Space Telescope was launched ",
        "on the 25th of December 2021 from Kourou.",
    ]


def test_a_sentence_hardly_longer_than_a_first_clause_stays_whole() -> None:
    assert len(cut("The timer for the pasta is set for ten minutes now.")) == 1


def test_whole_sentences_follow_the_first_clause() -> None:
    answer = (
        "Well, as far as I know, it rains, often. The summers, on the other hand, are dry and warm. "
        "Bring a hat!"
    )
    assert written(answer) == [
        "Well, as far as I know,",
        " it rains, often. The summers, on the other hand, are dry and warm. ",
        "Bring a hat!",
    ]


def test_very_short_sentences_are_said_with_the_next_one() -> None:
    assert written("It is late now. No. I mean it. Good night then, my friend.") == [
        "It is late now. ",
        "No. I mean it. ",
        "Good night then, my friend.",
    ]


def test_a_long_sentence_is_cut_at_pauses() -> None:
    part = "the train goes through the long valley beside the river, "
    clauses = cut("Listen to this: " + part * 12 + "and stops.")
    words = [len(clause.written.split()) for clause in clauses]
    assert max(words) <= 50
    assert all(clause.written.rstrip()[-1] in ",:." for clause in clauses)


@pytest.mark.parametrize(
    "whole",
    [
        "1,200",
        "3.5",
        "7:05 p.m.",
        "$3.50",
        "$5 million",
        "https://example.com/a,b?c;d",
        "Dr. Smith",
        "Nov. 21, 2026",
        "e.g. this",
        "[the docs, and all of them](https://example.com/a, b)",
        "`print(1, 2); x = 3`",
        "3 – 4",
        "No. 5",
        "J. R. R. Tolkien",
        "the U.S. Army",
        "6 ft 2 in",
        "\\(x, y\\)",
    ],
)
def test_never_cuts_inside(whole: str) -> None:
    for lead in ("", "Look at ", "Then we go on to "):
        for tail in (
            "",
            " and so on.",
            " one two three four five six seven eight nine ten eleven.",
        ):
            text = lead + whole + tail
            assert any(whole in piece for piece in written(text)), written(text)


def test_items_of_a_numbered_list_are_said_as_items() -> None:
    assert " ".join(spoken("You need these:\n1. Milk\n2. Brown eggs\n")) == (
        "You need these: one, Milk. two, Brown eggs."
    )


def test_code_is_one_clause_that_is_only_mentioned() -> None:
    code = "```python\nprint('a, b. C')\n\n# And. So. On.\n```\n"
    clauses = cut(f"Look at this:\n\n{code}That is all, folks.")
    assert Clause(code, CODE) in clauses
    assert clauses[-1].spoken == "That is all, folks."


def test_long_code_is_mentioned_once_and_held_back_in_bounds() -> None:
    code = "```\n" + "x = compute(1, 2, 3)\n" * 200 + "```\n"
    clauses = cut(f"Here it is:\n{code}Done with it.")
    assert [clause.spoken for clause in clauses if clause.spoken] == [
        "Here it is:",
        CODE,
        "Done with it.",
    ]
    assert all(len(clause.written) <= Lengths().characters for clause in clauses)


def test_a_small_table_is_one_clause_and_a_long_one_is_mentioned_once() -> None:
    table = "| City | Temp |\n|---|---|\n| Paris, France | 20 |\n"
    assert cut(f"Here you go:\n\n{table}\nThat is it.")[1] == Clause(
        table + "\n", "Paris, France: twenty."
    )
    rows = "".join(f"| row {n} | some value that is long |\n" for n in range(60))
    long = cut(f"| a | b |\n|---|---|\n{rows}\nThat is it.")
    assert [clause.spoken for clause in long if clause.spoken] == [TABLE, "That is it."]


def test_the_rest_of_an_endless_address_is_not_read_out() -> None:
    clauses = cut("See https://example.com/" + "a1b2/" * 300 + " for more of it.")
    assert " ".join(c.spoken for c in clauses if c.spoken) == "See example dot com for more of it."


def test_thoughts_are_neither_written_nor_spoken() -> None:
    assert cut("<think>Let me see. Well.</think>Yes.") == [Clause("Yes.", "Yes.")]
    assert cut("Yes. <think>never closed, at all.") == [Clause("Yes. ", "Yes.")]


def test_what_can_not_be_said_has_nothing_spoken() -> None:
    assert cut("😀") == [Clause("😀", "")]
    assert cut("") == []


def test_a_first_clause_comes_with_its_comma() -> None:
    stream = ClauseStream()
    assert stream.feed("Sure, I can do that") == []
    assert stream.feed(",") == [Clause("Sure, I can do that,", "Sure, I can do that,")]


def test_a_sentence_comes_with_the_first_letter_of_the_next() -> None:
    stream = ClauseStream()
    assert stream.feed("It is late. ") == []
    assert stream.feed("W") == [Clause("It is late. ", "It is late.")]


def test_lengths_can_be_set() -> None:
    pieces = cut("One two three, four five.", Lengths(first_least=4))
    assert [piece.written for piece in pieces] == ["One two three, four five."]


@pytest.mark.parametrize(
    "pieces",
    [
        ["<th", "ink>no</thi", "nk>It is 3.", "5 km, Dr", ". No says."],
        ["See [the ", "docs](htt", "p://x.org/a,", "b) now, please"],
        ["Look:\n``", "`py\nx, y.", "Z\n``", "`\nDone."],
        ["Hello 👨", "\u200d👩", "\u200d👧, my dear fri", "ends"],
    ],
)
def test_pieces_split_at_the_worst_places_change_nothing(pieces: list[str]) -> None:
    assert streamed(pieces) == cut("".join(pieces))


WORDS = ("a", "the", "dog,", "runs.", "and", "but", "3", "4", "[x", "`y`", "|", "\n")
answers = st.one_of(
    st.text(st.characters(), max_size=120),
    st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join),
    st.lists(st.sampled_from(FRAGMENTS), max_size=60).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=300).map(" ".join),
)


@settings(max_examples=400, deadline=None)
@given(answers, st.data())
@example("a" * 1000, None)
def test_clauses_are_the_whole_text_however_it_is_split(
    text: str, data: st.DataObject | None
) -> None:
    clauses = cut(text)
    assert "".join(clause.written for clause in clauses) == without_thoughts(text)
    assert all(clause.written and len(clause.written) <= Lengths().characters for clause in clauses)
    pieces = list(text)
    if data is not None and text:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
        pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert streamed(pieces) == clauses


@pytest.mark.parametrize(
    "unit",
    ["a", "[", "`", "<", "|", "\n", " ", "a ", "a,", "1. ", "```\n", "| a\n", "。", "\\(", "and "],
)
def test_endless_repetition_is_cut_in_bounds(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    clauses = cut(text)
    assert "".join(clause.written for clause in clauses) == text
    assert max(len(clause.written) for clause in clauses) <= Lengths().characters


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("You should put the egg into boiling water for eight minutes.", "You should put the egg"),
        (
            "It takes about three hundred and eighty four days to go round the sun.",
            "It takes about three hundred and eighty four days",
        ),
        ("The sky is blue because air scatters blue light most.", "The sky is blue"),
        ("Paris, of course, is the capital.", "Paris, of course,"),
        ("Yes.", "Yes."),
    ],
)
def test_a_fast_text_begins_with_a_shorter_clause(text: str, first: str):
    stream = ClauseStream()
    stream.fast = True
    clauses = stream.feed(text) + stream.close()
    assert clauses[0].spoken == first
    assert "".join(clause.written for clause in clauses) == text
