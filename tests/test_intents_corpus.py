"""The sentences people use: each wording in the corpus means what it says, and no more."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import pytest
import yaml

from voice.errors import ModelFileError
from voice.intents import Intents, load
from voice.intents.replies import INTENTS

DATA = Path(__file__).parent / "data"


def corpus(language: str) -> dict[str, Any]:
    return yaml.safe_load((DATA / f"intents_{language}.yaml").read_text("utf-8"))


def meant(language: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (text, entry["intent"], entry["slots"])
        for entry in corpus(language)["meant"]
        for text in entry["wordings"]
    ]


MEANT = meant("en")
GERMAN = meant("de")
NOT_MEANT = corpus("en")["none"]
FOLDER = Path(__file__).parents[1] / "voice" / "intents" / "sentences" / "en"

DOMAINS = {
    "time": {"GetTime"},
    "date": {"GetDate"},
    "day, week, month, year": {"GetDay", "GetMonthOrYear", "GetWeek"},
    "arithmetic": {"Calculate"},
    "volume": {"SetVolume", "ChangeVolume", "SetMuted", "GetVolume"},
    "repeat": {"RepeatAnswer"},
    "what did you hear": {"WhatHeard"},
    "stop": {"Stop"},
    "never mind": {"NeverMind"},
    "help": {"Help"},
    "new conversation": {"NewConversation"},
    "pace of speech": {"ChangeSpeed"},
    "status": {"GetModel", "GetStatus"},
    "thanks": {"Thanks"},
}


@cache
def intents(language: str = "en") -> Intents:
    return Intents(language)


@pytest.mark.parametrize(("text", "intent", "slots"), MEANT)
def test_a_wording_means_its_intent(text: str, intent: str, slots: dict[str, object]) -> None:
    match = intents().match(text)
    assert match is not None
    assert (match.intent, dict(match.slots)) == (intent, slots)


@pytest.mark.parametrize("text", [text for text, _, _ in MEANT])
def test_speech_recognition_may_leave_out_case_and_punctuation(text: str) -> None:
    as_heard = text.lower().replace("?", "").replace("!", "").strip(" .")
    first, second = intents().match(text), intents().match(as_heard)
    assert first == second


@pytest.mark.parametrize("text", NOT_MEANT)
def test_a_sentence_for_the_model_matches_nothing(text: str) -> None:
    assert intents().match(text) is None


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_domain_is_shown_with_at_least_twenty_wordings(domain: str) -> None:
    assert sum(intent in DOMAINS[domain] for _, intent, _ in MEANT) >= 20


def test_there_are_at_least_a_hundred_sentences_for_the_model() -> None:
    assert len(set(NOT_MEANT)) >= 100


def test_every_intent_in_the_files_is_answered_and_shown() -> None:
    named = {
        file.stem: {
            name
            for name, intent in yaml.safe_load(file.read_text("utf-8")).get("intents", {}).items()
            # What answers a question of ours is a match of what asked.
            if not all("asked" in block.get("requires_context", {}) for block in intent["data"])
        }
        for file in FOLDER.glob("*.yaml")
    }
    assert set().union(*named.values()) == INTENTS
    here = set().union(
        *(named[domain] for domain in ("time", "date", "arithmetic", "volume", "talk"))
    )
    assert here == {intent for _, intent, _ in MEANT}


def test_every_place_stands_once_and_has_a_zone_that_exists() -> None:
    table = yaml.safe_load((FOLDER / "places.yaml").read_text("utf-8"))
    assert set(table["zones"]) | set(table["several"]) <= available_timezones()
    names = [name for listed in table["zones"].values() for name in listed]
    names += [n for capitals in table["several"].values() for c in capitals.values() for n in c]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    for name in names:
        match = intents().match(f"What time is it in {name}?")
        assert match is not None, name
        assert match.slots["place"] == name


@pytest.mark.parametrize(("text", "intent", "slots"), GERMAN)
def test_a_german_wording_means_its_intent(
    text: str, intent: str, slots: dict[str, object]
) -> None:
    for heard in (text, text.lower().replace("?", "").replace("!", "").strip(" .")):
        match = intents("de").match(heard)
        assert match is not None
        assert (match.intent, dict(match.slots)) == (intent, slots)


@pytest.mark.parametrize("text", corpus("de")["none"])
def test_a_german_sentence_for_the_model_matches_nothing(text: str) -> None:
    assert intents("de").match(text) is None


@pytest.mark.parametrize("domain", sorted(DOMAINS))
def test_german_shows_every_domain_with_at_least_ten_wordings(domain: str) -> None:
    wanted = 5 if domain == "status" else 10
    assert sum(intent in DOMAINS[domain] for _, intent, _ in GERMAN) >= wanted


def test_every_german_place_has_a_zone_that_exists_and_is_found() -> None:
    table = yaml.safe_load((FOLDER.parent / "de" / "places.yaml").read_text("utf-8"))
    assert set(table["zones"]) | set(table["several"]) <= available_timezones()
    names = [name for listed in table["zones"].values() for name in listed]
    names += [n for capitals in table["several"].values() for c in capitals.values() for n in c]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert set(table["in_places"]) <= set(names)
    for name in names:
        match = intents("de").match(f"Wie spät ist es in {name}?")
        assert match is not None, name
        assert match.slots["place"] == name


def test_a_region_speaks_the_language() -> None:
    assert Intents("de-AT").match("Wie spät ist es?") == intents("de").match("Wie spät ist es?")


def test_without_sentences_for_a_language_the_model_is_asked_and_that_is_told_once() -> None:
    told: list[str] = []
    unheard = load("fr", told.append)
    assert len(told) == 1
    assert "stt.language fr" in told[0]
    assert all(unheard.match(text) is None for text, _, _ in MEANT)
    assert load("de", told.append).match("Stopp!") is not None
    assert len(told) == 1


def test_a_language_without_sentences_is_refused_with_the_way_to_mend_it() -> None:
    with pytest.raises(ModelFileError, match=r"stt\.language"):
        Intents("xx")


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_recognition_is_told_to_expect_is_understood(language: str):
    files = sorted((FOLDER.parent / language).glob("*.yaml"))
    expected = [
        sentence
        for file in files
        for sentence in (yaml.safe_load(file.read_text("utf-8")) or {}).get("expected", [])
    ]
    assert len(expected) >= 12
    assert [sentence for sentence in expected if intents(language).match(sentence) is None] == []
    assert intents(language).expected == " ".join(expected)


def test_a_language_without_sentences_expects_none():
    assert load("fi", lambda _: None).expected == ""
