"""Routines by voice: what is meant, said and done, and what is left to the model."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_talk import cases, corpus, device, empty, intents, said, situation, talk

from voice.agenda.changes import AddNote, SetRoutine
from voice.agenda.entries import Ask, Run, Say, Show
from voice.intents import AskBack, Cancel, DeviceAnswer, Match, RunSteps, SetVolume, tables
from voice.intents.routines import performed
from voice.intents.stepping import Stepping

CASES = list(cases("routines"))
STEPPING = Stepping(tables.read("en"), intents("en").match)


def test_routines_are_shown_by_many_wordings() -> None:
    shown = Counter(case.language for case in CASES)
    assert shown["en"] >= 80
    assert shown["de"] >= 25
    assert len(corpus("routines", "en")["none"]) >= 45


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("say hello", [Say("hello")]),
        ("say hello and goodbye", [Say("hello and goodbye")]),
        ("say hello and tell me the time", [Say("hello"), Run("tell me the time")]),
        ("say hello, tell me the time", [Say("hello"), Run("tell me the time")]),
        ("then say hello and then what time is it", [Say("hello"), Run("what time is it")]),
        ("tell me the news", [Ask("tell me the news")]),
        (
            "add milk and eggs to the shopping list and say done",
            [Run("add milk and eggs to the shopping list"), Say("done")],
        ),
        (
            "set a timer for 1 hour and 20 minutes and say go",
            [Run("set a timer for 1 hour and 20 minutes"), Say("go")],
        ),
        ("dance", None),
        ("say", None),
        ("", None),
        ("when i say a say b", None),
    ],
)
def test_steps_are_told_apart(text: str, steps: list[object] | None) -> None:
    assert STEPPING.steps(text) == steps


@given(
    st.lists(
        st.sampled_from(
            [
                "say",
                "tell",
                "me",
                "and",
                "then",
                "the",
                "time",
                "add",
                "milk",
                "to",
                "list",
                "hello",
                "a,",
            ]
        ),
        max_size=10,
    )
)
def test_whatever_is_said_no_step_is_empty(words: list[str]) -> None:
    for step in STEPPING.steps(" ".join(words)) or ():
        assert (
            step.sentence
            if isinstance(step, Run)
            else step.question
            if isinstance(step, Ask)
            else step.text
        ).strip()


def test_a_phrase_starts_its_routine_before_it_means_anything_else() -> None:
    there = device()
    assert talk(empty(), "good morning")[0] == "Good morning. What can I do for you?"
    match = intents("en").match("Good night, please!", situation(of=there))
    assert match is not None
    assert match.intent == "RunRoutine"
    answer = intents("en").answer(match, situation(of=there))
    assert answer == DeviceAnswer("Volume 10 percent. Sleep well.", (SetVolume(10),))


def test_a_phrase_within_a_sentence_starts_nothing() -> None:
    assert said("good night moon", situation()) is None


def test_a_routine_that_is_switched_off_is_only_started_by_its_name() -> None:
    there = device()
    talk(there, "turn off the good night routine")
    greeted = said("good night", situation(of=there))
    assert greeted is not None
    assert greeted.intent == "Greet"
    started = said("run the good night routine", situation(of=there))
    assert started is not None
    assert started.reply == "Volume 10 percent. Sleep well."


def test_what_only_the_model_can_do_is_left_over_in_order() -> None:
    there = empty()
    steps = (Say("welcome home"), Run("tell me the time"), Ask("tell me a joke"), Say("bye"))
    there.agenda.apply(SetRoutine("home", steps, "i'm home"))
    match = intents("en").match("I'm home", situation(of=there))
    assert match is not None
    answer = intents("en").answer(match, situation(of=there))
    assert answer.text == "Welcome home. It's 3:00 PM."
    assert answer.effects == (RunSteps((Ask("tell me a joke"), Say("bye"))),)


def test_steps_are_performed_up_to_the_first_that_no_answer_can_do() -> None:
    plans = {"stop": DeviceAnswer("", (Cancel(),))}
    answers, left = performed((Run("stop"), Say("bye"), Show("x"), Say("y")), plans.get)
    assert [answer.text for answer in answers] == ["", "Bye."]
    assert left == (Show("x"), Say("y"))
    assert performed((), plans.get) == ((), ())


def test_a_step_that_is_a_routines_phrase_does_not_run_in_circles() -> None:
    there = empty()
    steps = (Run("good night"), Ask("good night"), Say("done"))
    there.agenda.apply(SetRoutine("a", steps, "good night"))
    found = said("good night", situation(of=there))
    assert found is not None
    assert (found.reply, found.effects) == ("Done.", [])


def test_a_routine_made_is_run_and_told_and_deleted() -> None:
    there = empty()
    assert talk(
        there,
        "when i say coffee say coming up and add coffee to the shopping list",
        "coffee",
        "what's on the shopping list",
        "what routines do i have",
        "delete the coffee routine",
        "coffee",
    ) == [
        "Okay. When you say “coffee”, I'll say coming up and add coffee to the shopping list.",
        "Coming up. Added coffee to the shopping list.",
        "On the shopping list: coffee.",
        "You have 1 routine: coffee, when you say “coffee”.",
        "The coffee routine is gone.",
        "",
    ]


def test_two_routines_of_a_part_of_the_day_have_different_names_and_the_same_one_is_kept_once() -> (
    None
):
    there = empty()
    replies = talk(
        there,
        "every weekday at 7 say good morning",
        "every weekday at 8 say off you go",
        "every weekday at 7 say good morning",
    )
    assert [reply.split("the ")[-1] for reply in replies] == [
        "morning routine.",
        "morning 2 routine.",
        "morning routine.",
    ]
    assert len(there.agenda.view().routines) == 2


def test_without_an_agenda_that_is_said() -> None:
    without = replace(situation(), agenda=None)
    for text in ("when i say hi say ho", "remind me", "take a note", "what's on the shopping list"):
        match = intents("en").match(text, without)
        assert match is not None
        answer = intents("en").answer(match, without)
        assert answer == DeviceAnswer("I can't keep timers, alarms or lists here.")


def test_the_answer_to_a_question_comes_before_a_phrase() -> None:
    there = empty()
    there.agenda.apply(SetRoutine("sure", (Run("what time is it"),), "sure"))
    there.agenda.apply(AddNote("The key is in the shed."))
    asked = AskBack("consent", "DeleteNotes", {"all": True})
    match = intents("en").match("Sure.", situation(of=there, asked=asked))
    assert match == Match("DeleteNotes", {"all": True, "sure": True})
    alone = intents("en").match("Sure.", situation(of=there))
    assert alone is not None
    assert alone.intent == "RunRoutine"


@pytest.mark.parametrize("phrase", ["what time is it", "stop", "help"])
def test_what_means_something_already_begins_no_routine(phrase: str) -> None:
    there = empty()
    (reply,) = talk(there, f"when i say {phrase} tell me the date")
    assert phrase in reply
    assert there.agenda.view().routines == ()


def test_of_too_many_steps_the_first_are_no_phrase() -> None:
    steps = " and ".join(f"set the volume to {percent} percent" for percent in range(10, 21))
    assert said(f"when i say loud {steps}", situation(of=empty())) is None
