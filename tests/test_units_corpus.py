"""Calculation and units as people ask for them: what is meant, and what is answered."""

from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from device.rates import bundled
from voice.intents import Intents, Situation
from voice.intents.rates import Rates

ZONES = {"en": "America/New_York", "de": "Europe/Berlin"}

DOMAINS = {
    "units": {"ConvertUnits"},
    "tips and percentages": {"SplitBill", "PercentChange"},
    "currencies": {"ConvertMoney"},
    "days": {
        *("DaysUntil", "DaysSince", "GetDayOf", "DaysBetween", "GetAge", "GetDaysLeft"),
        *("IsLeapYear", "GetClockChange"),
    },
    "other places and times": {"TimeDifference", "ConvertTime", "TimeUntil"},
    "chance": {"RollDice", "FlipCoin", "RandomNumber", "Choose", "YesOrNo"},
}

LEAST = {"en": 20, "de": 8}
"""Wordings that show a domain."""


def corpus(language: str) -> dict[str, Any]:
    file = Path(__file__).parent / "data" / f"units_{language}.yaml"
    return yaml.safe_load(file.read_text("utf-8"))


CASES = [
    pytest.param(language, text, entry["intent"], entry["slots"], entry["reply"], id=text)
    for language in ZONES
    for entry in corpus(language)["meant"]
    for text in entry["wordings"]
]
NOT_MEANT = [(language, text) for language in ZONES for text in corpus(language)["none"]]


@cache
def intents(language: str) -> Intents:
    return Intents(language)


@cache
def rates() -> Rates | None:
    return bundled()


def situation(language: str) -> Situation:
    zone = ZoneInfo(ZONES[language])
    return Situation(
        now=datetime(2026, 11, 3, 10, 0, tzinfo=zone),
        volume_percent=50,
        muted=False,
        last_answer=None,
        last_heard=None,
        model_name=None,
        home_zone=zone,
        wake_word="",
        rates=rates(),
        luck=7,
    )


@pytest.mark.parametrize(("language", "text", "intent", "slots", "reply"), CASES)
def test_a_wording_means_its_intent_and_is_answered(
    language: str, text: str, intent: str, slots: dict[str, object], reply: str
) -> None:
    match = intents(language).match(text)
    assert match is not None
    assert (match.intent, dict(match.slots)) == (intent, slots)
    assert intents(language).answer(match, situation(language)).text == reply


@pytest.mark.parametrize(("language", "text", "intent", "slots", "reply"), CASES)
def test_speech_recognition_may_leave_out_case_and_end_marks(
    language: str, text: str, intent: str, slots: dict[str, object], reply: str
) -> None:
    match = intents(language).match(f" {text.lower().strip(' .?!')} ")
    assert match is not None
    assert match.intent == intent


@pytest.mark.parametrize(("language", "text"), NOT_MEANT)
def test_a_sentence_for_the_model_matches_nothing(language: str, text: str) -> None:
    assert intents(language).match(text) is None


@pytest.mark.parametrize("language", ZONES)
def test_every_domain_is_shown(language: str) -> None:
    shown = Counter(
        domain
        for entry in corpus(language)["meant"]
        for domain, names in DOMAINS.items()
        if entry["intent"] in names
        for _ in entry["wordings"]
    )
    assert {domain: shown[domain] >= LEAST[language] for domain in DOMAINS} == dict.fromkeys(
        DOMAINS, True
    )
    assert len(set(corpus("en")["none"])) >= 60
