"""The sentences people use: each wording in the corpus means what it says, and no more."""

from collections import Counter
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

import pytest
import yaml

from voice.errors import ModelFileError
from voice.intents import Intents
from voice.intents.replies import INTENTS

CORPUS = yaml.safe_load((Path(__file__).parent / "data" / "intents_en.yaml").read_text("utf-8"))
MEANT = [
    (text, entry["intent"], entry["slots"])
    for entry in CORPUS["meant"]
    for text in entry["wordings"]
]
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
def intents() -> Intents:
    return Intents()


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


@pytest.mark.parametrize("text", CORPUS["none"])
def test_a_sentence_for_the_model_matches_nothing(text: str) -> None:
    assert intents().match(text) is None


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_domain_is_shown_with_at_least_twenty_wordings(domain: str) -> None:
    assert sum(intent in DOMAINS[domain] for _, intent, _ in MEANT) >= 20


def test_there_are_at_least_a_hundred_sentences_for_the_model() -> None:
    assert len(set(CORPUS["none"])) >= 100


def test_every_intent_in_the_files_is_answered_and_shown() -> None:
    named: set[str] = set()
    for file in FOLDER.glob("*.yaml"):
        named |= set(yaml.safe_load(file.read_text("utf-8")).get("intents", {}))
    assert named == INTENTS == {intent for _, intent, _ in MEANT}


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


def test_a_language_without_sentences_is_refused_with_the_way_to_mend_it() -> None:
    with pytest.raises(ModelFileError, match=r"stt\.language"):
        Intents("xx")
