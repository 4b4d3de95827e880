"""Interrupting at every stage of a turn, in every way: it ends at once, and what is asked next works."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from fakes import FakeModel, Reply
from script import Script, Talk

from device.fed_microphone import FedMicrophone
from voice import typed
from voice.errors import NoModelError
from voice.events import (
    Idle,
    Interrupted,
    Listening,
    SttText,
    TtsFinished,
    TtsSpeaking,
    WakeWordDetected,
)
from voice.session import Session

QUESTION = "tell me about the history of the bicycle"

LONG = "It is old. " + "It was made by one and then by another, as things are made. " * 12

PATIENT = {"silence_ms": 800}
"""When the speaker is taken to be done, after a question that may go on."""

WAKE_S = 0.7
"""Seconds from the beginning of the wake word until it is recognised."""

FIRST_CLAUSE_S = 0.7
"""Seconds that "It is old." takes."""


def asked(**keys: bool) -> tuple[Script, float]:
    """A question to a model that takes 0.5 s; returns when it ended as well."""
    script = Script(FakeModel(Reply(LONG, first_s=0.5), **keys), turn=PATIENT)
    script.wake().pause(0.4).say(QUESTION)
    return script, script.now


def in_the_request() -> Script:
    script = Script(FakeModel(LONG), turn=PATIENT).wake().pause(0.4)
    return script.say("tell me about the history")


def before_the_commit() -> Script:
    return asked()[0].pause(0.5)


def asked_too_early() -> Script:
    return asked(local=True)[0].pause(0.5)


def no_sound_yet() -> Script:
    return asked()[0].pause(1.1)


def in_the_first_clause() -> Script:
    return asked()[0].pause(1.9)


def in_a_later_clause() -> Script:
    return asked()[0].pause(6.0)


STAGES = {
    "listening": lambda: Script(FakeModel(LONG), turn=PATIENT).wake().pause(1.0),
    "in the request": in_the_request,
    "before the commit": before_the_commit,
    "asked too early": asked_too_early,
    "no sound yet": no_sound_yet,
    "first clause": in_the_first_clause,
    "later clause": in_a_later_clause,
}
"""By the stage that a turn is in when the script that is made goes on."""

stages = pytest.mark.parametrize("begin", STAGES.values(), ids=STAGES)


def clean(talk: Talk) -> None:
    assert talk.tasks_left == talk.requests_open == 0
    assert talk.errors == []
    assert talk.speaker
    assert not talk.speaker._mixer.answering


def test_the_stages_are_what_they_are_called():
    """Where each turn is when it is interrupted, by what has happened so far."""
    found: dict[str, tuple[bool, bool, int, bool]] = {}
    for name, begin in STAGES.items():
        script = begin()
        now, open_now = script.now, list[int]()
        script.do_at(now, lambda _, into=open_now, of=script: into.append(of.model.open))
        talk = script.pause(30).play()
        listening = talk.times(Listening)[0] <= now
        committed = bool(talk.heard) and talk.times(SttText)[0] <= now
        speaking = bool(talk.said) and talk.times(TtsSpeaking)[0] <= now
        found[name] = (listening, committed, open_now[0], speaking)
        if name == "first clause":
            assert now < talk.times(TtsSpeaking)[0] + FIRST_CLAUSE_S
    assert found == {
        "listening": (True, False, 0, False),
        "in the request": (True, False, 0, False),
        "before the commit": (True, False, 0, False),
        "asked too early": (True, False, 1, False),
        "no sound yet": (True, True, 1, False),
        "first clause": (True, True, 1, True),
        "later clause": (True, True, 0, True),
    }


@stages
def test_the_wake_word_ends_it_and_only_what_follows_is_answered(begin: Callable[[], Script]):
    script = begin()
    woken = script.wake().now
    talk = script.pause(0.4).say("what is 3 plus 4").pause(5).play()
    clean(talk)
    assert talk.heard[-1] == "what is 3 plus 4"
    assert "7" in talk.said[-1]
    assert talk.endings[-1] == "answered"
    assert all(t < woken + 0.6 for t in talk.times(TtsFinished)[:-1])
    assert [t for t in talk.times(TtsSpeaking) if t > woken] == talk.times(TtsSpeaking)[-1:]


@pytest.mark.parametrize("how", [Script.wake, Script.press, Script.stop, Script.mute])
def test_a_model_asked_too_early_is_hung_up_on_at_once(how: Callable[[Script], Script]):
    script = how(asked_too_early())
    seen: list[int] = []
    script.do_at(script.now + 0.2, lambda _: seen.append(script.model.open))
    clean(script.pause(8).play())
    assert seen == [0]


@stages
def test_the_button_does_the_same(begin: Callable[[], Script]):
    script = begin()
    pressed = script.press().now
    talk = script.pause(0.4).say("what is 3 plus 4").pause(5).play()
    clean(talk)
    assert talk.heard[-1] == "what is 3 plus 4"
    assert "7" in talk.said[-1]
    assert all(t < pressed + 0.3 for t in talk.times(TtsFinished)[:-1])


@stages
def test_stop_by_button_ends_it_within_300_ms_and_asks_for_nothing(begin: Callable[[], Script]):
    script = begin()
    stopped = script.stop().now
    talk = script.pause(6).play()
    clean(talk)
    assert len(talk.endings) == 1
    assert talk.times(Idle)[0] - stopped < 0.3
    assert talk.endings == ["stopped" if talk.heard else "cancelled"]
    assert all(t <= stopped for t in talk.times(TtsSpeaking))


@stages
def test_muting_ends_it_within_300_ms_and_nothing_is_heard(begin: Callable[[], Script]):
    script = begin()
    muted = script.mute().now
    talk = script.say("what is 3 plus 4").wake().pause(6).play()
    clean(talk)
    assert talk.times(Idle)[0] - muted < 0.3
    assert len(talk.endings) == 1
    assert len(talk.of(WakeWordDetected)) == 1


@stages
def test_wake_word_and_stop_end_everything(begin: Callable[[], Script]):
    talk = begin().wake().pause(0.1).say("stop").pause(5).play()
    clean(talk)
    assert talk.heard[-1] == "stop"
    assert len(talk.spoken) < 2, "only the answer that was interrupted, if there was one"
    assert max(talk.times(SttText)) == talk.times(SttText)[-1]


@pytest.mark.parametrize("begin", [in_the_first_clause, in_a_later_clause])
def test_stop_alone_is_enough_over_an_answer(begin: Callable[[], Script]):
    script = begin()
    stopped = script.say("stop").now
    talk = script.pause(5).play()
    clean(talk)
    assert talk.endings == ["stopped"]
    assert talk.times(TtsFinished)[0] - stopped < 0.6


@pytest.mark.parametrize("begin", [in_the_first_clause, in_a_later_clause])
def test_another_question_over_an_answer_is_answered_instead(begin: Callable[[], Script]):
    talk = begin().say("what is 3 plus 4").pause(6).play()
    clean(talk)
    assert talk.heard[-1] == "what is 3 plus 4"
    assert talk.endings[-1] == "answered"
    assert len(talk.times(TtsSpeaking)) == len(talk.endings)


def test_a_voice_before_the_first_sound_belongs_to_the_question():
    talk = no_sound_yet().say("and who made it").pause(8).play()
    clean(talk)
    assert talk.heard == [QUESTION, f"{QUESTION} and who made it"]
    assert [event.by for event in talk.of(Interrupted)] == ["more_speech"]


class NearlyEchoFree(FedMicrophone):
    """Hears nothing of the speaker, and can't promise that."""

    @property
    def echo_free(self) -> bool:
        return False


@pytest.mark.parametrize("first_s", [2.2, 2.6, 3.0, 3.4, 3.8])
def test_who_speaks_when_a_late_answer_begins_is_heard_from_the_first_word(
    monkeypatch: pytest.MonkeyPatch, first_s: float
):
    monkeypatch.setattr("script.FedMicrophone", NearlyEchoFree)
    model = FakeModel(Reply(LONG, first_s=first_s))
    script = Script(model, turn={"barge_in": "on"}).wake().pause(0.3).say(QUESTION).pause(2.4)
    began, end = script.now, script.say("no please what is 3 plus 4").now
    talk = script.pause(6).play()
    clean(talk)
    assert began < talk.times(TtsSpeaking)[0] < end
    assert talk.heard == [QUESTION, "no please what is 3 plus 4"]


@pytest.mark.parametrize("word", ["stop", "never mind", "cancel"])
def test_stop_before_the_first_sound_takes_the_question_back(word: str):
    talk = no_sound_yet().say(word).pause(8).play()
    clean(talk)
    assert talk.heard == [QUESTION, word]
    assert len(talk.model.requests) == 1
    assert [event.by for event in talk.of(Interrupted)] == ["more_speech"]
    assert not any("old" in spoken for spoken in talk.spoken)


def test_before_the_end_of_a_sentence_it_may_be_its_last_word():
    script = Script(FakeModel("Take the batteries out.")).wake().pause(0.4)
    talk = script.say("how do i make this alarm").pause(0.4).say("stop").pause(6).play()
    assert talk.heard == ["how do i make this alarm stop"]


def test_no_means_for_long_is_needed_however_often_it_is_interrupted():
    script = Script(FakeModel(LONG))
    for _ in range(4):
        script.wake().pause(0.3).say(QUESTION).pause(2.5)
    script.stop()
    talk = script.pause(3).play()
    clean(talk)
    assert talk.heard == [QUESTION] * 4
    assert talk.endings == ["cancelled"] * 3 + ["stopped"]
    assert len(talk.of(TtsSpeaking)) == len(talk.of(TtsFinished))


@pytest.mark.parametrize("ms", range(-160, 200, 40))
@pytest.mark.parametrize("barge_in", ["off", "on"])
def test_who_calls_just_as_an_answer_begins_is_listened_to(
    monkeypatch: pytest.MonkeyPatch, barge_in: str, ms: int
):
    monkeypatch.setattr("script.FedMicrophone", NearlyEchoFree)

    def begun() -> Script:
        script = Script(FakeModel(LONG), turn={"barge_in": barge_in}).wake().pause(0.3)
        return script.say(QUESTION)

    first_sound = begun().pause(60).play().times(TtsSpeaking)[0]
    script = begun()
    called = first_sound + ms / 1000 - WAKE_S
    talk = (
        script.pause(called - script.now).wake().pause(0.3).say("what is 3 plus 4").pause(6).play()
    )
    clean(talk)
    assert talk.heard[-1] == "what is 3 plus 4"
    assert talk.endings[-1] == "answered"


def test_a_request_that_goes_on_as_the_answer_would_is_no_echo():
    """The answer says the same words meanwhile."""
    model = FakeModel(Reply("I know what a poem is.", first_s=0.3), "All sorts of things.")
    script = Script(model, turn=PATIENT).wake().pause(0.4).say("i want you to know")
    talk = script.pause(1.4).say("what a poem is").pause(8).play()
    clean(talk)
    assert talk.heard[-1] == "i want you to know what a poem is"
    assert talk.endings == ["answered"]


@pytest.mark.parametrize("reading_s", [0.3, 1.0, 4.0])
def test_a_noise_and_then_a_request_over_an_answer(reading_s: float):
    """However long the noise is read; what it was is not what the first request went on with."""
    script = Script(FakeModel(LONG)).wake().pause(0.3).say(QUESTION).pause(3)
    script.do(lambda _: setattr(script.recognizer, "seconds", reading_s))
    talk = script.noise(0.3).pause(0.9).say("what is 3 plus 4").pause(15).play()
    clean(talk)
    assert talk.heard == [QUESTION, "what is 3 plus 4"]
    assert [event.by for event in talk.of(Interrupted)] == ["voice"]
    assert talk.endings[-1] == "answered"


def test_that_there_is_no_model_is_explained_until_somebody_has_heard_it():
    script = Script(FakeModel(Reply(fault=NoModelError("none")))).wake().pause(0.3)
    script.say(QUESTION).pause(0.72).stop()
    for _ in range(2):
        script.pause(8).wake().pause(0.3).say(QUESTION)
    talk = script.pause(12).play()
    assert talk.spoken[-2:] == [NoModelError.spoken, "I'd need a language model for that."]
    assert len(talk.heard) == 3


# -- while something typed is being answered ------------------------------------------------------


def asked_behind_something_typed() -> Script:
    """A spoken question waits for a typed one, which takes the model a long time."""
    script = Script(FakeModel(Reply("It is old.", first_s=7.0), "It has two wheels."))
    asking: list[asyncio.Task[typed.Reply]] = []

    def ask(session: Session) -> None:
        asking.append(asyncio.ensure_future(typed.ask(session._turn.answers, "how old is it")))

    return script.do(ask).wake().pause(0.4).say(QUESTION).pause(2)


def test_a_question_that_waits_for_a_typed_one_is_answered_after_it():
    talk = asked_behind_something_typed().pause(20).play()
    clean(talk)
    assert talk.endings == ["answered"]
    assert talk.spoken == ["It has two wheels."]


def test_what_was_planned_before_a_typed_question_was_answered_is_planned_anew():
    script = Script(FakeModel(Reply("It is old.", first_s=5.0)))
    asking: list[asyncio.Task[typed.Reply]] = []

    def ask(session: Session) -> None:
        asking.append(asyncio.ensure_future(typed.ask(session._turn.answers, "how old is it")))

    def lower(session: Session) -> None:
        session._speaker.volume_percent = 20

    talk = script.do(ask).wake().pause(0.4).say("louder").pause(2).do(lower).pause(8).play()
    assert talk.speaker
    assert 20 < talk.speaker.volume_percent < 50


@pytest.mark.parametrize("how", [Script.stop, Script.mute])
def test_stop_or_mute_ends_a_question_that_waits_for_a_typed_one(how: Callable[[Script], Script]):
    script = asked_behind_something_typed()
    stopped = how(script).now
    talk = script.pause(25).play()
    clean(talk)
    assert talk.endings == ["stopped"]
    assert talk.times(Idle)[0] - stopped < 0.3
    assert talk.spoken == []


def test_the_wake_word_begins_anew_while_a_question_waits_for_a_typed_one():
    script = asked_behind_something_typed().wake().pause(0.4).say("tell me more")
    talk = script.pause(25).play()
    clean(talk)
    assert talk.heard == [QUESTION, "tell me more"]
    assert talk.endings == ["cancelled", "answered"]
    assert len(talk.model.requests) == 2


# -- while a follow-up is waited for --------------------------------------------------------------


def in_the_follow_up_window() -> Script:
    script = Script(FakeModel("It is old. Do you want to know more?", "It has two wheels."))
    script.wake().pause(0.4).say(QUESTION).pause(5)
    return script


def test_the_window_is_open_then():
    script = in_the_follow_up_window()
    now = script.now
    talk = script.pause(8).play()
    (opened,) = (t for t, e in talk.events if isinstance(e, Listening) and e.follow_up)
    assert opened < now < max(talk.times(Idle))


def test_the_wake_word_in_the_window_begins_anew():
    talk = in_the_follow_up_window().wake().pause(0.4).say("what is 3 plus 4").pause(6).play()
    clean(talk)
    assert talk.heard == [QUESTION, "what is 3 plus 4"]


def test_the_button_in_the_window_begins_anew():
    talk = in_the_follow_up_window().press().pause(0.4).say("what is 3 plus 4").pause(6).play()
    clean(talk)
    assert talk.heard == [QUESTION, "what is 3 plus 4"]


@pytest.mark.parametrize("how", [Script.stop, Script.mute])
def test_stop_or_mute_in_the_window_closes_it(how: Callable[[Script], Script]):
    script = in_the_follow_up_window()
    closed = how(script).now
    talk = script.pause(1).say("yes please").pause(5).play()
    clean(talk)
    assert talk.heard == [QUESTION]
    assert talk.times(Idle)[-1] - closed < 0.1


@pytest.mark.parametrize("word", ["stop", "never mind", "no stop"])
def test_saying_stop_in_the_window_closes_it_without_asking_the_model(word: str):
    talk = in_the_follow_up_window().say(word).pause(8).play()
    clean(talk)
    assert talk.heard == [QUESTION, word]
    assert len(talk.model.requests) == 1
    assert [event.follow_up for event in talk.of(Listening)] == [False, True]


@pytest.mark.parametrize("before_s", [1.5, 0.8, 0.4, 0.2])
def test_who_begins_just_before_the_answer_ends_is_answered_too(before_s: float):
    answer = "It was invented by Karl von Drais in Mannheim long ago."
    script = Script(FakeModel(answer)).wake().pause(0.3).say("who invented the bicycle").pause(20)
    ended = script.play().times(TtsFinished)[0]
    script = Script(FakeModel(answer)).wake().pause(0.3).say("who invented the bicycle")
    script.pause(ended - before_s - script.now).say("what is 3 plus 4").pause(6)
    talk = script.play()
    assert talk.heard == ["who invented the bicycle", "what is 3 plus 4"]
    assert "7" in talk.said[-1]
    assert talk.tasks_left == 0


def test_a_backchannel_just_before_the_end_is_no_request():
    answer = "It was invented by Karl von Drais in Mannheim long ago."
    script = Script(FakeModel(answer)).wake().pause(0.3).say("who invented the bicycle").pause(20)
    ended = script.play().times(TtsFinished)[0]
    script = Script(FakeModel(answer)).wake().pause(0.3).say("who invented the bicycle")
    talk = script.pause(ended - 0.3 - script.now).say("mhm").pause(6).play()
    assert talk.heard == ["who invented the bicycle"]
    assert talk.endings == ["answered"]
