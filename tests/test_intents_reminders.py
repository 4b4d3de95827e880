"""Reminders by voice: what is meant, said and done, and what is left to the model."""

from collections import Counter
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_talk import (
    ZONES,
    Case,
    cases,
    corpus,
    device,
    empty,
    intents,
    situation,
    talk,
)

from voice.agenda.changes import SetReminder
from voice.agenda.entries import At, Every
from voice.intents import Phrases, tables
from voice.intents.persons import Persons
from voice.intents.saying_when import repetition

CASES = list(cases("reminders"))
ENGLISH = Persons(tables.read("en"))
GERMAN = Persons(tables.read("de"))


def test_every_intent_is_shown_by_many_wordings() -> None:
    shown = Counter(case.intent for case in CASES if case.language == "en")
    named = ("SetReminder", "GetReminders", "GetAgenda", "CancelReminder")
    assert min(shown[intent] for intent in named) >= 20
    assert sum(shown.values()) >= 200
    assert sum(case.language == "de" for case in CASES) >= 50
    assert len(corpus("reminders", "en")["none"]) >= 60


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_set_is_taken_by_the_agenda(case: Case) -> None:
    at = situation(case.language, asked=case.asked)
    match = intents(case.language).match(case.text, at)
    assert match is not None
    for effect in intents(case.language).answer(match, at).effects:
        if isinstance(effect, SetReminder):
            (entry,) = device(case.language).agenda.apply(effect).entries
            assert device(case.language).agenda.view().next(entry) is not None


def test_what_is_missing_is_asked_for_one_after_the_other() -> None:
    assert talk(
        empty(),
        "remind me",
        "to call anna",
        "at 5",
        "my reminders",
    ) == [
        "What shall I remind you of?",
        "When shall I remind you?",
        "Okay, I'll remind you today at 5:00 PM to call anna.",
        "You have one reminder: call anna, today at 5:00 PM.",
    ]


def test_what_does_not_answer_the_question_is_taken_for_itself() -> None:
    assert talk(device(), "remind me to call anna", "how many reminders do i have", "at 5") == [
        "When shall I remind you?",
        "You have 4 reminders.",
        "",
    ]


def test_a_day_without_a_time_is_at_nine_and_today_a_time_is_asked_for() -> None:
    assert talk(
        device(), "remind me on friday to call mum", "remind me today to rest", "at 6 pm"
    ) == [
        "Okay, I'll remind you on Friday at 9:00 AM to call mum.",
        "At what time?",
        "Okay, I'll remind you today at 6:00 PM to rest.",
    ]


def test_where_several_reminders_may_be_meant_it_is_asked_which() -> None:
    there = device()
    assert talk(
        there,
        "remind me to call anna on friday at 3",
        "cancel the reminder about anna",
        "the one on friday",
    ) == [
        "Okay, I'll remind you on Friday at 3:00 PM to call anna.",
        "You have 2 reminders: call anna, tomorrow at 8:00 AM; call anna, on Friday at 3:00 PM. Which one?",
        "Okay, I won't remind you: call anna.",
    ]
    assert talk(there, "when is my reminder about anna") == [
        "You have one reminder: call anna, tomorrow at 8:00 AM."
    ]


def test_what_names_one_of_the_reminders_means_nothing_else_then() -> None:
    there = empty()
    said_before = ("remind me to buy milk at 5", "remind me to buy eggs at 6")
    assert talk(there, *said_before, "cancel my reminder", "buy milk")[2:] == [
        "You have 2 reminders: buy milk, today at 5:00 PM; buy eggs, today at 6:00 PM. Which one?",
        "Okay, I won't remind you: buy milk.",
    ]


def test_all_reminders_are_deleted_only_after_a_question() -> None:
    there = device()
    talk(there, "delete all reminders", "no")
    assert len(there.agenda.view().reminders) == 4
    talk(there, "delete all reminders", "yes")
    assert there.agenda.view().reminders == ()


def test_a_reminder_moved_to_another_day_keeps_its_time_and_the_other_way_round() -> None:
    assert talk(
        device(),
        "move the anna reminder to friday",
        "move the anna reminder to 5 pm",
        "move the pills reminder to 10 pm",
        "move the anna reminder to 7 this morning",
    ) == [
        "Okay, I'll remind you on Friday at 8:00 AM instead: call anna.",
        "Okay, I'll remind you on Friday at 5:00 PM instead: call anna.",
        "Okay, I'll remind you every day at 10:00 PM instead: take your pills.",
        "That time has already passed.",
    ]


def test_of_many_reminders_the_next_ones_are_read() -> None:
    many = empty()
    for number in range(1, 10):
        when = At(datetime(2026, 11, 3 + number, 9), ZONES["en"])
        many.agenda.apply(SetReminder(f"thing {number}", when))
    (reply,) = talk(many, "what are my reminders")
    assert reply.startswith("You have 9 reminders: thing 1, tomorrow at 9:00 AM; thing 2, ")
    assert reply.endswith("thing 5, on Sunday at 9:00 AM; and 4 more.")


def test_a_day_with_nothing_on_it_is_said_to_be_free() -> None:
    assert talk(empty(), "what do i have to do tomorrow") == ["Nothing is planned tomorrow."]


@pytest.mark.parametrize(
    ("rule", "language", "told"),
    [
        ("FREQ=DAILY", "en", "every day"),
        ("FREQ=DAILY;INTERVAL=3", "en", "every 3 days"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "en", "every Monday and Thursday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "en", "every weekday"),
        ("FREQ=WEEKLY;BYDAY=SA,SU", "en", "every Saturday and Sunday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "en", "every day"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "en", "every 2 weeks on Friday"),
        ("FREQ=WEEKLY", "en", "every Tuesday"),
        ("FREQ=MONTHLY;BYMONTHDAY=22", "en", "on the 22nd of every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=11", "en", "on the 11th of every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "en", "on the last day of every month"),
        ("FREQ=MONTHLY;BYDAY=2WE", "en", "on the second Wednesday of every month"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "en", "on the last Friday of every month"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1", "en", "every 3 months on the 1st"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3", "en", "every year on March 3"),
        ("FREQ=YEARLY", "en", "every year on November 3"),
        ("FREQ=HOURLY", "en", "every hour"),
        ("FREQ=MINUTELY;INTERVAL=20", "en", "every 20 minutes"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "de", "jeden Montag und Donnerstag"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "de", "jeden Monat am letzten Freitag"),
        ("FREQ=DAILY;INTERVAL=2", "de", "alle 2 Tage"),
    ],
)
def test_a_repetition_is_said_as_people_say_it(rule: str, language: str, told: str) -> None:
    assert repetition(rule, datetime(2026, 11, 3, 9), Phrases.of(language)) == told


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("call my mum", "call your mum"),
        ("My car is on level 3", "your car is on level 3"),
        ("i am late", "you are late"),
        ("I'm late and I was tired", "you're late and you were tired"),
        ("tell anna that i’ve got mine", "tell anna that you've got yours"),
        ("feed our cat for us", "feed your cat for you"),
        ("call the US office", "call the US office"),
        ("visit the mine", "visit the mine"),
        ("mystery museum", "mystery museum"),
    ],
)
def test_english_is_said_back_in_the_second_person(text: str, back: str) -> None:
    assert ENGLISH.said_back(text) == back


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("meine Mutter anrufen", "deine Mutter anrufen"),
        ("mir meinen Schlüssel holen", "dir deinen Schlüssel holen"),
        ("dass ich die Wäsche aufhängen muss", "dass du die Wäsche aufhängen musst"),
        ("dass ich früher aufstehe", None),
        ("den Müll rausbringen", "den Müll rausbringen"),
    ],
)
def test_german_is_said_back_only_where_the_verb_is_known(text: str, back: str | None) -> None:
    assert GERMAN.said_back(text) == back


def test_what_can_not_be_said_back_is_set_without_a_word_about_it() -> None:
    there = device("de")
    assert talk(there, "erinnere mich um 18 Uhr, dass ich früher aufstehe", language="de") == [
        "Gut, ich erinnere dich heute um 18:00 Uhr daran."
    ]
    assert "dass ich früher aufstehe" in [one.text for one in there.agenda.view().reminders]


@given(st.text(max_size=80))
def test_whatever_is_said_back_the_language_does_not_matter(text: str) -> None:
    assert ENGLISH.said_back(text) is not None
    assert Persons({}).said_back(text) == text


@given(
    st.lists(
        st.sampled_from(
            [
                "remind",
                "me",
                "to",
                "at",
                "8",
                "tomorrow",
                "every",
                "call",
                "on",
                "friday",
                "that",
                "i",
                "later",
                "for",
            ]
        ),
        max_size=9,
    )
)
def test_whatever_is_said_a_reminder_has_a_text_or_asks_for_it(words: list[str]) -> None:
    match = intents("en").match("remind me " + " ".join(words))
    if match is not None and match.intent == "SetReminder":
        answer = intents("en").answer(match, situation(of=device()))
        assert answer.text
        for effect in answer.effects:
            if isinstance(effect, SetReminder):
                assert effect.text.strip()
                assert not isinstance(effect.when, Every | At) or effect.when.zone == ZONES["en"]
