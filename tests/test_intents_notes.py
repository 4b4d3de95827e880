"""Notes by voice: what is meant, said and done, and what is left to the model."""

from collections import Counter

import pytest
from kept_talk import cases, corpus, device, empty, talk

from voice.intents.finding import holding

CASES = list(cases("notes"))


def test_every_intent_is_shown_by_many_wordings() -> None:
    shown = Counter(case.intent for case in CASES if case.language == "en")
    assert min(shown.values()) >= 20
    assert sum(case.language == "de" for case in CASES) >= 30
    assert len(corpus("notes", "en")["none"]) >= 60


def test_a_note_is_asked_for_and_any_sentence_is_one() -> None:
    there = empty()
    assert talk(there, "take a note", "the plumber comes on monday", "read my notes") == [
        "What shall I note?",
        "Noted: the plumber comes on monday.",
        "You noted today: the plumber comes on monday.",
    ]


def test_a_command_is_no_note_even_when_one_was_asked_for() -> None:
    there = empty()
    assert talk(there, "take a note", "what lists do i have")[1].startswith("You have the shopping")
    assert there.agenda.view().notes == ()


def test_where_something_is_only_a_note_can_tell() -> None:
    there = empty()
    assert talk(there, "where did i put my hat") == [""]
    assert talk(there, "note that my hat is in the car", "where did i put my hat") == [
        "Noted: your hat is in the car.",
        "You noted today: your hat is in the car.",
    ]


def test_several_notes_about_a_thing_are_all_read_and_deleted_after_a_question() -> None:
    there = device()
    talk(there, "note that the key of the shed is blue")
    assert talk(there, "what did i note about the key", "delete the note about the key", "yes") == [
        "I found 2 notes: the key of the shed is blue; the key is under the mat.",
        "I found 2 notes: the key of the shed is blue; the key is under the mat. Shall I delete all of them?",
        "I've deleted 2 notes.",
    ]
    assert [note.text for note in there.agenda.view().notes] == [
        "my car is on level 3",
        "anna likes tulips",
    ]


def test_deleting_all_notes_asks_first() -> None:
    there = device()
    talk(there, "delete all notes")
    assert len(there.agenda.view().notes) == 3
    talk(there, "delete all notes", "no")
    assert len(there.agenda.view().notes) == 3
    assert talk(there, "delete all notes", "yes", "read my notes")[1:] == [
        "I've deleted 3 notes.",
        "You have no notes.",
    ]


def test_of_many_notes_the_last_are_read_and_the_rest_when_they_are_wanted() -> None:
    there = empty()
    for number in range(1, 8):
        talk(there, f"take a note: thing number {number}")
    replies = talk(there, "read my notes", "yes")
    assert replies[0].startswith("You have 7 notes. The last ones: thing number 7; thing number 6;")
    assert replies[1] == "Thing number 4; thing number 3; thing number 2; thing number 1."


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("key", True),
        ("keys", True),
        ("the mat key", True),
        ("park", True),
        ("kay", False),
        ("hat", False),
        ("", False),
        ("the", False),
    ],
)
def test_a_note_is_found_by_some_of_its_words(words: str, found: bool) -> None:
    texts = ["Key: under the mat. I parked at home!"]
    assert bool(holding(texts, words, str, {"the"})) == (found or words == "the")
