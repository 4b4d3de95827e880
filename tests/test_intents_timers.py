"""Timers by voice: what people say, which timer they mean, and what is asked back."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from agenda_fakes import Device
from agenda_talk import ASKED, FIVE, NOW, PASTA, SETUPS, corpus, device, situation
from fakes import FakeSynthesizer
from hypothesis import given
from hypothesis import strategies as st
from script import Script

from device.kept import Kept
from device.speaker import WavSpeaker
from voice.agenda.changes import Change, PauseTimers, RemoveAll, SetTimer
from voice.agenda.refusals import SENTENCES
from voice.config import Config
from voice.controls import Controls
from voice.errors import AgendaError
from voice.intents import AskBack, DeviceAnswer, Intents, Situation
from voice.preferences import Preferences

LANGUAGES = ("en", "de")
TIMERS = {
    "set": {"SetTimer"},
    "change": {
        *("ChangeTimer", "ReplaceTimer", "PauseTimer", "ResumeTimer", "RestartTimer"),
        *("CancelTimer", "RenameTimer"),
    },
    "ask": {"GetTimers"},
}
LEAST = {"en": 25, "de": 10}
"""Wordings that show a group."""


@cache
def intents(language: str = "en") -> Intents:
    return Intents(language)


@cache
def situation_of(setup: str, asked: str | None) -> Situation:
    return situation(setup, ASKED[asked] if asked else None)


def entries(names: set[str]) -> list[Any]:
    """Every wording of some intents, with the situation it is said in and what comes of it."""
    return [
        pytest.param(language, entry, text, id=f"{text} [{entry['setup']}]")
        for language in LANGUAGES
        for entry in corpus(language)["meant"]
        if entry["intent"] in names
        for text in entry["wordings"]
    ]


def as_heard(text: str) -> str:
    return text.lower().replace("?", "").replace("!", "").replace(",", "").strip(" .")


def check(language: str, entry: dict[str, Any], text: str) -> None:
    """Check what a wording means, what is answered, and that it can really be done and undone."""
    now = situation_of(entry["setup"], entry.get("asked"))
    match = intents(language).match(text, now)
    assert match is not None
    assert (match.intent, dict(match.slots)) == (entry["intent"], entry["slots"])
    answer = intents(language).answer(match, now)
    assert answer.text == entry["reply"]
    assert [repr(effect) for effect in answer.effects] == entry.get("effects", [])
    heard = intents(language).match(as_heard(text), now)
    assert heard is not None
    assert heard.intent == match.intent
    done = repr(intents(language).answer(heard, now).effects)
    assert done.lower() == repr(answer.effects).lower()  # names are as they were heard
    if entry["setup"] in SETUPS:
        carry_out(answer, SETUPS[entry["setup"]]())


def carry_out(answer: DeviceAnswer, there: Device) -> None:
    before = {
        e for e in there.agenda.view().entries.values() if getattr(e, "ringing", None) is None
    }
    outcomes = [there.agenda.apply(e) for e in answer.effects if isinstance(e, Change)]
    for outcome in reversed(outcomes):
        outcome.undo()
    assert before <= set(there.agenda.view().entries.values())


@pytest.mark.parametrize(("language", "entry", "text"), entries(set().union(*TIMERS.values())))
def test_a_wording_means_its_intent_is_answered_and_can_be_done(
    language: str, entry: dict[str, Any], text: str
) -> None:
    check(language, entry, text)


NOT_MEANT = [(language, text) for language in LANGUAGES for text in corpus(language)["none"]]


@pytest.mark.parametrize(("language", "text"), NOT_MEANT)
def test_a_sentence_for_the_model_matches_nothing(language: str, text: str) -> None:
    for setup in ("nothing", "two", "paused", "alarms"):
        assert intents(language).match(text, situation_of(setup, None)) is None
    assert intents(language).match(text) is None


def test_there_are_many_sentences_for_the_model_and_none_is_there_twice() -> None:
    assert len({text for language, text in NOT_MEANT if language == "en"}) >= 100
    assert [case for case, count in Counter(NOT_MEANT).items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", TIMERS)
def test_every_group_is_shown_with_many_wordings(language: str, group: str) -> None:
    said = {
        text
        for entry in corpus(language)["meant"]
        if entry["intent"] in TIMERS[group]
        for text in entry["wordings"]
    }
    assert len(said) >= LEAST[language]


def reply(text: str, setup: str = "two", language: str = "en", **changes: Any) -> str:
    now = situation(setup, **changes)
    match = intents(language).match(text, now)
    assert match is not None, text
    return intents(language).answer(match, now).text


def test_answers_vary() -> None:
    said = {reply("set a timer for 5 minutes", variety=turn) for turn in range(3)}
    assert len(said) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_timer_that_rings_is_not_confused_with_one_that_runs(language: str) -> None:
    text = {"en": "cancel the timer", "de": "stopp den timer"}[language]
    now = situation("timer rings")
    match = intents(language).match(text, now)
    assert match is not None
    assert match.intent == "StopRinging"
    assert not [e for e in intents(language).answer(match, now).effects if isinstance(e, Change)]


def test_the_time_of_a_ringing_timer_is_given_to_the_one_that_rang() -> None:
    there = SETUPS["timer rang"]()
    now = replace(situation("timer rang"), agenda=there.agenda.view())
    match = intents().match("five more minutes", now)
    assert match is not None
    for effect in intents().answer(match, now).effects:
        assert isinstance(effect, Change)
        there.agenda.apply(effect)
    left = {t.length_s: there.agenda.view().left_s(t) for t in there.agenda.view().timers}
    assert left == {600: 300, 300: 300}  # the pasta goes on as it did


def test_which_one_is_asked_by_what_tells_them_apart() -> None:
    assert reply("cancel the timer") == "Which one, the pasta timer or the 5 minute timer?"
    assert reply("cancel the timer", "twins") == (
        "Which one, the one with 3 minutes left or the one with 4 minutes left?"
    )


def test_an_answer_that_names_none_of_them_is_no_answer() -> None:
    asked = situation("two", ASKED["cancel"])
    for text in ("the egg timer is broken", "what time is it", "the eggs", "never mind"):
        match = intents().match(text, asked)
        assert match is None or match.intent not in TIMERS["change"], text


def test_an_answer_without_a_question_means_nothing() -> None:
    for text in ("5 minutes", "the pasta one", "both", "yes", "half past six"):
        assert intents().match(text, situation("two")) is None, text


@given(st.integers(1, 3600 * 24))
def test_every_length_that_is_said_is_the_length_that_is_set(seconds: int) -> None:
    said = intents().phrases.duration(seconds, parts=4).text
    now = situation_of("nothing", None)
    match = intents().match(f"set a timer for {said}", now)
    assert match is not None
    assert intents().answer(match, now).effects == (SetTimer(seconds),)


@given(st.text(max_size=60))
def test_no_name_breaks_anything(text: str) -> None:
    for sentence in (f"cancel the {text} timer", f"set a timer for {text}", f"add {text} to it"):
        match = intents().match(sentence, situation_of("two", None))
        if match:
            assert intents().answer(match, situation_of("two", None)) is not None


# -- questions ---------------------------------------------------------------------------------


def talk_of(*sentences: str, there: Device | None = None, pause: float = 5.0) -> Any:
    """Say sentences one after the other to a whole assistant; returns the talk and its agenda."""
    there = there or device()
    script = Script(kept=Kept(agenda=there.agenda))
    for sentence in sentences:
        script.wake().say(sentence).pause(pause)
    return script.play(), there.agenda


def test_a_length_that_is_asked_for_is_taken_from_the_next_sentence() -> None:
    talk, agenda = talk_of("set a pasta timer", "nine minutes")
    assert talk.said[0] == "For how long should the pasta timer run?"
    assert "9 minutes" in talk.said[1]
    (timer,) = agenda.view().timers
    assert (timer.length_s, timer.name) == (540, "pasta")
    assert talk.model.requests == []


def test_after_a_question_no_wake_word_is_needed() -> None:
    there = device()
    script = Script(kept=Kept(agenda=there.agenda))
    talk = script.wake().say("set a timer").pause(3).say("five minutes").pause(5).play()
    assert talk.heard == ["set a timer", "five minutes"]
    assert [timer.length_s for timer in there.agenda.view().timers] == [300]


def test_anything_else_drops_the_question() -> None:
    talk, agenda = talk_of("set a timer", "what is 3 plus 4", "five minutes")
    assert "7" in talk.said
    assert agenda.view().timers == ()
    assert len(talk.model.requests) == 1  # "five minutes" means nothing by itself


def test_a_sentence_of_its_own_is_no_answer_though_one_is_awaited() -> None:
    _, agenda = talk_of("set a timer", "set a timer for eight minutes", "five minutes")
    assert [timer.length_s for timer in agenda.view().timers] == [480]


def test_who_goes_on_takes_the_question_back() -> None:
    there = device()
    script = Script(kept=Kept(agenda=there.agenda))
    script.wake().say("set a timer").pause(0.9).say("for five minutes").pause(6)
    talk = script.play()
    assert [timer.length_s for timer in there.agenda.view().timers] == [300]
    assert talk.model.requests == []


def test_a_question_is_asked_until_something_else_begins_or_a_minute_is_over() -> None:
    clock = [NOW]
    controls = Controls(
        WavSpeaker(rate=16_000, sink=lambda _: None),
        FakeSynthesizer(),
        lambda: lambda: None,
        lambda _: None,
        now=lambda: clock[0],
        model_name=lambda: None,
        wake_word="",
        preferences=Preferences(Config()),
    )
    question = AskBack("length", "SetTimer")
    controls.begin()
    controls.apply(question)
    assert controls.situation().asked == question
    clock[0] += timedelta(seconds=59)
    assert controls.situation().asked == question
    clock[0] += timedelta(seconds=2)
    assert controls.situation().asked is None
    controls.begin()
    controls.apply(question)
    undos = controls.begin()
    assert controls.situation().asked is None
    for undo in reversed(undos):
        undo()
    assert controls.situation().asked == question


def test_which_timer_is_asked_and_answered() -> None:
    talk, agenda = talk_of("cancel the timer", "the pasta one", there=device(PASTA, FIVE))
    assert [timer.name for timer in agenda.view().timers] == [None]
    assert len(talk.said) == 2


def test_a_refusal_is_said_in_the_language() -> None:
    german = Intents("de").phrases
    for code, sentence in SENTENCES.items():
        fault = AgendaError("why", code=code, spoken=sentence)
        assert intents().phrases.fault(fault) == sentence
        assert german.fault(fault) != sentence


def test_a_refused_timer_is_told_and_nothing_is_claimed() -> None:
    there = device(*[SetTimer(3600 + number) for number in range(100)])
    talk, agenda = talk_of("set a timer for five minutes", there=there)
    assert talk.said == [SENTENCES["agenda_full"]]
    assert len(agenda.view().timers) == 100
    assert talk.errors == ["agenda_full"]


def test_effects_name_only_timers_that_are_there() -> None:
    there = device(PASTA, FIVE, PauseTimers((11,)))
    there.agenda.apply(RemoveAll("timer"))
    now = replace(situation("nothing"), agenda=there.agenda.view())
    match = intents().match("resume the timer", now)
    assert match is not None
    assert intents().answer(match, now).effects == ()


def test_an_intent_asks_back_for_itself() -> None:
    now = situation("nothing")
    match = intents().match("set a timer", now)
    assert match is not None
    answer = intents().answer(match, now)
    assert answer.effects == (AskBack("length", "SetTimer"),)
    assert answer.expects_reply
