"""Slips of recognition and typing are mended where nothing can go wrong by it, and nowhere else."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from labelled_requests import requests

from voice.intents import Intents, tables
from voice.intents.slips import EXACT, MAX_TRIES, Slips

DATA = Path(__file__).parent / "data"
INTENTS = {"en": Intents("en"), "de": Intents("de")}
STRICT = {
    language: Intents(language, {**tables.read(language), "slips": None}) for language in INTENTS
}


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("volume app", "volume up"),
        ("turn it town", "turn it down"),
        ("turn the volume app", "turn the volume up"),
        ("torn it up", "turn it up"),
        ("what times it", "what time is it"),
        ("what day is to day", "what day is today"),
        ("on mute", "unmute"),
        ("what is fifteen present of eighty", "what is fifteen percent of eighty"),
        ("set the volum to 40", "set the volume to 40"),
        ("pleese turn it up", "please turn it up"),
        ("what time is it in singapor", "what time is it in singapore"),
        ("reapeat that", "repeat that"),
        ("Speak slowwer.", "speak slower"),
        ("what is the volmue", "what is the volume"),
        ("good mornign", "good morning"),
        ("pause both times", "pause both timers"),
        ("for now and use the 24 hour format", "from now on use the 24 hour format"),
        ("turn up the volume and notch", "turn up the volume a notch"),
        ("2 acres and square meters", "2 acres in square meters"),
    ],
)
def test_a_slip_means_what_was_meant(slip: str, meant: str) -> None:
    assert STRICT["en"].match(slip) is None
    assert INTENTS["en"].match(slip) == STRICT["en"].match(meant) is not None


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("wie viel ur ist es", "wie viel uhr ist es"),
        ("Stelle die laut Stärke auf 40 Prozent", "stelle die lautstärke auf 40 prozent"),
        ("stell die lautstärke auf 40 prozend", "stell die lautstärke auf 40 prozent"),
        ("welche kalender woche haben wir", "welche kalenderwoche haben wir"),
        ("sprich langsammer", "sprich langsamer"),
        ("wie spät ist es in singapor", "wie spät ist es in singapur"),
    ],
)
def test_german_has_slips_of_its_own(slip: str, meant: str) -> None:
    assert STRICT["de"].match(slip) is None
    assert INTENTS["de"].match(slip) == STRICT["de"].match(meant) is not None


@pytest.mark.parametrize(
    "text",
    [
        "what is the wether",  # "weather": a slip, but of no sentence of ours
        "set teh volum to 40",  # two slips
        "volum",  # nothing is left of the sentence
        "tirn it up",  # too short
        "zurn the volume up",  # another first letter: too short besides
        "holume up",
        "stopp talking now",  # nothing ends by a slip
        "forget evrything we talked about",
        "start a new convresation",
        "what time is it in poland spring",
        "the sound of silence",
    ],
)
def test_what_may_be_something_else_is_left_to_the_model(text: str) -> None:
    assert INTENTS["en"].match(text) is None


def test_a_word_that_is_one_is_no_slip() -> None:
    slips = Slips({"slips": [], "lookalikes": "volumes tuned"}, ["volume", "turned", "speaker"])
    assert list(slips.mended("volumes tuned")) == []
    assert [mended.words for mended in slips.mended("the speeker")] == ["the speaker"]


def test_only_one_word_of_a_sentence_is_mended_and_its_place_is_told() -> None:
    slips = Slips({"slips": []}, ["volume", "speaker"])
    found = {(mended.words, mended.changed) for mended in slips.mended("volum of the speeker")}
    assert found == {
        ("volume of the speeker", frozenset({0})),
        ("volum of the speaker", frozenset({3})),
    }


def test_confused_words_are_replaced_one_by_one_and_all_at_once() -> None:
    slips = Slips({"slips": [["time or", "timer"], ["sat(?= an?)", "set"]]}, [])
    found = [(mended.words, sorted(mended.changed)) for mended in slips.mended("sat a time or now")]
    assert found == [
        ("sat a timer now", [2]),
        ("set a time or now", [0]),
        ("set a timer now", [0, 2]),
    ]


def test_within_free_text_nothing_is_mended() -> None:
    table = tables.read("en")
    notes = {
        "Note": {"data": [{"sentences": ["note {item} to the list"]}]},
        "All": {"data": [{"sentences": ["speaker to the list"]}]},
    }
    intents = Intents(
        "en",
        {
            **table,
            "intents": notes,
            "lists": {**table["lists"], "item": {"wildcard": True}},
            "readers": {"as_heard": ["item"]},
            "slips": [["app", "up"], ["nod", "note"]],
        },
    )
    assert intents.match("speeker to the list") is not None
    assert intents.match("not speeker to the list") is None
    heard = intents.match("Nod Anna's speeker app to the list")
    assert heard is not None
    assert heard.slots == {"item": "Anna's speeker app"}


@pytest.mark.parametrize("language", INTENTS)
def test_false_hits_do_not_rise(language: str) -> None:
    corpus = yaml.safe_load((DATA / f"intents_{language}.yaml").read_text("utf-8"))
    texts = [*corpus["none"], *(" ".join(text.split()[:-1]) for text in corpus["none"])]
    for file in sorted(DATA.glob(f"requests_*{language}.txt")):
        for request in requests(file.name):
            texts += [" ".join(request.words[:size]) for size in range(1, len(request.words) + 1)]
    assert len(texts) >= 50
    mended = [
        text for text in texts if INTENTS[language].match(text) != STRICT[language].match(text)
    ]
    assert mended == []


def test_a_sentence_that_means_something_is_never_mended() -> None:
    for language, intents in INTENTS.items():
        corpus = yaml.safe_load((DATA / f"intents_{language}.yaml").read_text("utf-8"))
        for entry in corpus["meant"]:
            for text in entry["wordings"]:
                assert intents.match(text) == STRICT[language].match(text) is not None


ODD = st.lists(
    st.sampled_from(
        [*sorted(INTENTS["en"].words)[::7], "app", "volum", "5", "speeker", "time or", "é"]
    ),
    max_size=10,
).map(" ".join)


@given(ODD | st.text(max_size=80))
def test_any_text_is_matched_or_not_the_same_way_each_time(text: str) -> None:
    first = INTENTS["en"].match(text)
    assert INTENTS["en"].match(text) == first
    if first != STRICT["en"].match(text):
        assert first is not None
        assert first.intent not in EXACT


@given(ODD)
def test_mending_ends_soon(text: str) -> None:
    slips = Slips(tables.read("en"), INTENTS["en"].words)
    found = list(slips.mended(text))
    assert len(found) <= MAX_TRIES
    assert all(mended.words != text for mended in found)
