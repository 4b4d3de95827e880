"""Settings by voice: what is meant, what is answered and changed, and what is left to the model."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from voice.config import WAKE_WORDS, Config
from voice.intents import AskBack, ChangeSetting, Choices, Intents, SetSpeed, Situation
from voice.intents.setting_words import closest, spoken_voices
from voice.intents.settings import BREVITY
from voice.prompt import length_rule

BERLIN = ZoneInfo("Europe/Berlin")
VOICES = {
    "en": ("en_GB-alba-medium", "en_US-joe-medium"),
    "de": ("de_DE-kerstin-low", "de_DE-thorsten-medium"),
}
LEAST = {"en": 10, "de": 4}
"""Wordings that show what can be set."""

SHOWN = {
    *("SetVoice", "GetVoice", "SetWakeWord", "GetWakeWords", "SetSensitivity", "SetChimes"),
    *("SetUnits", "SetClock", "SetFollowUp", "SetBargeIn", "SetPlace", "SetName", "SetBrevity"),
    *("GetSettings", "ChangeSpeed"),
}

AT_ONCE = frozenset({"snd.chimes", "place.units"})


def corpus(language: str) -> dict[str, Any]:
    file = Path(__file__).parent / "data" / f"settings_{language}.yaml"
    return yaml.safe_load(file.read_text("utf-8"))


ENTRIES = [(language, entry) for language in LEAST for entry in corpus(language)["meant"]]
CASES = [
    pytest.param(language, text, entry["intent"], entry["slots"], id=text)
    for language, entry in ENTRIES
    for text in entry["wordings"]
]
NOT_MEANT = [(language, text) for language in LEAST for text in corpus(language)["none"]]


@cache
def intents(language: str = "en") -> Intents:
    return Intents(language)


def situation(language: str = "en", **config: Any) -> Situation:
    voices = VOICES[language]
    choices = Choices(
        config=Config.model_validate({"tts": {"voice": voices[1], "speed": 1.2}} | config),
        kept=True,
        voices=lambda: voices,
    )
    return Situation(
        now=datetime(2025, 3, 7, 19, 5, tzinfo=BERLIN),
        volume_percent=50,
        muted=False,
        last_answer=None,
        last_heard=None,
        model_name=None,
        home_zone=BERLIN,
        wake_word="okay nabu",
        speech_speed=1.2,
        choices=choices,
    )


def reply(text: str, here: Situation | None = None):
    here = here or situation()
    match = intents().match(text, here)
    assert match is not None
    return intents().answer(match, here)


@pytest.mark.parametrize(("language", "text", "intent", "slots"), CASES)
def test_a_wording_means_its_setting(
    language: str, text: str, intent: str, slots: dict[str, object]
) -> None:
    match = intents(language).match(text)
    assert match is not None
    assert (match.intent, dict(match.slots)) == (intent, slots)


@pytest.mark.parametrize(("language", "text", "intent", "slots"), CASES)
def test_speech_recognition_may_leave_out_case_and_end_marks(
    language: str, text: str, intent: str, slots: dict[str, object]
) -> None:
    match = intents(language).match(f" {text.lower().strip(' .?!')} ")
    assert match is not None
    assert match.intent == intent
    assert set(match.slots) == set(slots)


@pytest.mark.parametrize(("language", "text"), NOT_MEANT)
def test_a_sentence_for_the_model_matches_nothing(language: str, text: str) -> None:
    assert intents(language).match(text) is None


@pytest.mark.parametrize(("language", "entry"), ENTRIES)
def test_what_is_answered_is_what_is_changed(language: str, entry: dict[str, Any]) -> None:
    here = situation(language)
    match = intents(language).match(entry["wordings"][0], here)
    assert match is not None
    answer = intents(language).answer(match, here)
    assert answer.text == entry["reply"]
    changes: dict[str, object] = {}
    for effect in answer.effects:
        match effect:
            case ChangeSetting(key, value):
                changes[key] = value
            case SetSpeed(factor):
                changes["SetSpeed"] = factor
            case _:
                changes[type(effect).__name__] = None
    assert changes == entry["changes"]


@pytest.mark.parametrize("language", LEAST)
def test_everything_that_can_be_set_is_shown(language: str) -> None:
    shown = Counter(
        entry["intent"] for known, entry in ENTRIES if known == language for _ in entry["wordings"]
    )
    assert {intent for intent in SHOWN if shown[intent] < LEAST[language]} == set()
    assert len(set(corpus("en")["none"])) >= 40


def test_of_what_is_not_kept_the_answer_says_so_and_what_must_be_loaded_is_refused() -> None:
    kept = situation()
    here = replace(kept, choices=replace(kept.choices, kept=False, at_once=AT_ONCE))
    chimes = reply("Turn off the chimes.", here)
    assert chimes.text == "Okay, no more chimes. That holds until I'm restarted."
    assert chimes.effects == (ChangeSetting("snd.chimes", False),)
    voice = reply("Change your voice.", here)
    assert (voice.text, voice.effects) == ("I can't change that here.", ())


def test_what_the_command_line_decides_is_not_changed() -> None:
    kept = situation()
    here = replace(kept, choices=replace(kept.choices, fixed=frozenset({"wake.words"})))
    answer = reply("Listen to Alexa instead.", here)
    assert answer.effects == ()
    assert answer.text.startswith("I was started with that setting")
    assert reply("Turn off the chimes.", here).effects


def words_after(text: str, *words: object) -> object:
    effects = reply(text, situation(wake={"words": list(words)})).effects
    changes = [effect for effect in effects if isinstance(effect, ChangeSetting)]
    return changes[0].value if changes else None


def test_wake_words_keep_their_sensitivities_and_are_never_none() -> None:
    alexa = {"name": "alexa", "sensitivity": 0.7}
    assert words_after("Also listen to hey Jarvis.", alexa) == [alexa, "hey_jarvis"]
    assert words_after("Listen to Alexa instead.", "okay_nabu", alexa) == [alexa]
    assert words_after("Stop listening to okay nabu.", "okay_nabu", alexa) == [alexa]
    assert words_after("Stop listening to Alexa.", alexa) is None
    assert words_after("Also listen to Alexa.") == ["alexa"]
    assert words_after("Switch to the other wake word.", *WAKE_WORDS[:3]) == ["alexa"]


def test_own_wake_words_go_by_the_name_of_their_file() -> None:
    own = "/opt/words/hey_computer.json"
    assert words_after("Change your wake word to hey computer.", "alexa", own) == [own]
    assert reply("What's your wake word?", situation(wake={"words": [own]})).text == (
        "I listen to hey computer."
    )


def test_which_wake_word_is_answered_by_its_name_alone() -> None:
    asked = reply("Switch to the other wake word.")
    assert asked.expects_reply
    (question,) = asked.effects
    assert isinstance(question, AskBack)
    answer = reply("Hey Jarvis.", replace(situation(), asked=question))
    assert answer.effects == (ChangeSetting("wake.words", ["hey_jarvis"]),)
    assert intents().match("Hey Jarvis.") is None


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("Make the wake word more sensitive.", None, 0.6),
        ("Make the wake word a lot more sensitive.", 0.8, 0.9),
        ("Make the wake word more sensitive.", 0.9, None),
        ("Make the wake word more sensitive.", 0.97, None),
        ("Make the wake word less sensitive.", 0.97, 0.87),
        ("Make the wake word a bit less sensitive.", 0.5, 0.45),
        ("Make the wake word less sensitive.", 0.1, None),
        ("Make Alexa more sensitive.", None, None),
    ],
)
def test_a_wake_word_is_made_more_or_less_sensitive_within_bounds(
    text: str, before: float | None, after: float | None
) -> None:
    changed = words_after(text, {"name": "okay_nabu", "sensitivity": before})
    assert changed == (None if after is None else [{"name": "okay_nabu", "sensitivity": after}])


def test_the_only_voice_stays() -> None:
    kept = situation()
    here = replace(kept, choices=replace(kept.choices, voices=lambda: ("en_US-joe-medium",)))
    for text in ("Change your voice.", "Use the voice Alba.", "Use a female voice."):
        answer = reply(text, here)
        assert (answer.text, answer.effects) == ("I have only one voice here, Joe.", ())


def test_another_voice_is_the_next_one_round_and_round() -> None:
    joe = situation()
    alba = situation(tts={"voice": "en_GB-alba-medium"})
    assert reply("Change your voice.", joe).effects == (
        ChangeSetting("tts.voice", "en_GB-alba-medium"),
    )
    assert reply("Change your voice.", alba).effects == (
        ChangeSetting("tts.voice", "en_US-joe-medium"),
    )


def test_voices_are_told_apart_by_quality_where_their_speakers_are_the_same() -> None:
    spoken = spoken_voices(("en_US-joe-low", "en_US-joe-medium", "/v/en_US-hfc_female-high.onnx"))
    assert list(spoken.values()) == ["Joe Low", "Joe Medium", "Hfc Female"]
    assert closest("joe medium", spoken) == "en_US-joe-medium"


@pytest.mark.parametrize(
    ("heard", "meant"),
    [("elba", "alba"), ("Joe", "joe"), ("jo", "joe"), ("Morgan", None), ("", None)],
)
def test_a_name_may_be_heard_a_little_wrong(heard: str, meant: str | None) -> None:
    assert closest(heard, {"alba": "Alba", "joe": "Joe"}) == meant


def test_answers_get_shorter_and_longer_by_a_rule_at_a_time_and_no_further() -> None:
    assert len({length_rule(step) for step in BREVITY}) == len(BREVITY)
    brevity, said = 80, ""
    steps: list[int] = []
    for text in ["Give shorter answers."] * 2 + ["Give longer answers."] * 4:
        answer = reply(text, situation(persona={"brevity": brevity}))
        for effect in answer.effects:
            assert isinstance(effect, ChangeSetting)
            assert isinstance(effect.value, int)
            brevity = effect.value
        steps.append(brevity)
        said = answer.text
    assert steps == [95, 95, 80, 45, 10, 10]
    assert said == "My answers are as long as they get."


def test_the_names_of_the_wake_words_are_those_of_the_detector() -> None:
    pymicro_wakeword = pytest.importorskip("pymicro_wakeword")
    assert {model.value for model in pymicro_wakeword.Model} == set(WAKE_WORDS)
