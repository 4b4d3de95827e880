"""What is said without the wake word after an answer: chains of it, their limits, and one word."""

from __future__ import annotations

import pytest
from fakes import FakeModel, Reply
from script import Script, Talk

from voice.events import Idle, Interrupted, Listening, SttText, TtsFinished
from voice.session import Session

ASKS = "Do you want to know more?"

LONG = "It is old. " + "It was made by one and then by another, as things are made. " * 8


def begun(*replies: Reply | str, **turn: object) -> Script:
    """A question to the model, and time for its answer to be over."""
    script = Script(FakeModel(*replies), turn=turn)
    return script.wake().pause(0.3).say("tell me about rome").pause(4)


def windows(talk: Talk) -> int:
    """How often a follow-up was waited for."""
    return sum(event.follow_up for event in talk.of(Listening))


# -- chains ---------------------------------------------------------------------------------------


def test_a_chain_of_questions_and_answers_needs_one_wake_word():
    script = begun(ASKS, "About its kings?", "About its wars?", "That is all.")
    talk = script.say("yes").pause(4).say("no").pause(4).say("yes please").pause(8).play()
    assert talk.heard == ["tell me about rome", "yes", "no", "yes please"]
    assert talk.endings == ["answered"] * 4
    assert windows(talk) == 3
    asked = [message["content"] for message in talk.model.requests[-1][1:]]
    assert asked == [
        talk.heard[0],
        ASKS,
        "yes",
        "About its kings?",
        "no",
        "About its wars?",
        "yes please",
    ]


@pytest.mark.parametrize("limit", [0, 1, 2, 3])
def test_a_chain_ends_at_its_limit_whoever_goes_on(limit: int):
    script = begun(ASKS, follow_up_max=limit)
    for _ in range(5):
        script.say("yes please").pause(4)
    talk = script.play()
    assert len(talk.heard) == 1 + limit
    assert windows(talk) == limit


def test_the_wake_word_begins_a_new_chain():
    script = begun(ASKS, follow_up_max=1).say("yes").pause(4)
    talk = script.wake().pause(0.3).say("tell me about athens").pause(4).say("no").pause(8).play()
    assert talk.heard == ["tell me about rome", "yes", "tell me about athens", "no"]


def test_an_interruption_by_the_wake_word_does_too():
    script = begun(ASKS, LONG, ASKS, follow_up_max=1).say("yes").pause(3)
    talk = script.wake().pause(0.3).say("tell me about athens").pause(4).say("no").pause(8).play()
    assert talk.heard == ["tell me about rome", "yes", "tell me about athens", "no"]


@pytest.mark.parametrize(
    ("setting", "answer", "opens"),
    [
        ("question", ASKS, 1),
        ("question", "Rome is old.", 0),
        ("question", "Is it old? It is.", 0),
        ("always", "Rome is old.", 1),
        ("off", ASKS, 0),
    ],
)
def test_a_window_opens_where_it_makes_sense(setting: str, answer: str, opens: int):
    assert windows(begun(answer, follow_up=setting).pause(8).play()) == opens


def test_the_device_answers_a_follow_up_too():
    talk = begun(ASKS).say("what is 3 plus 4").pause(8).play()
    assert talk.sources == ["fake-model", "device"]
    assert "7" in talk.said[-1]


# -- silence ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [1, 3, 6])
def test_silence_ends_it_quietly_after_the_set_time(seconds: int):
    talk = begun(ASKS, follow_up_s=seconds).pause(9).play()
    assert talk.endings == ["answered", "nothing_said"]
    opened, closed = talk.times(Listening)[-1], talk.times(Idle)[-1]
    assert closed - opened == pytest.approx(seconds, abs=0.1)
    assert len(talk.said) == 1


def test_who_begins_at_the_last_moment_is_heard_to_the_end():
    waiting = begun(ASKS).pause(8).play()
    closes = waiting.times(Idle)[-1]
    script = begun(ASKS, "Good.")
    talk = script.pause(closes - script.now - 0.2).say("yes please tell me all of it").pause(8)
    assert talk.play().heard == ["tell me about rome", "yes please tell me all of it"]


def test_a_cough_does_not_end_the_window():
    script = begun(ASKS, "Good.").noise(0.2).pause(1.0).say("yes please").pause(8)
    assert script.play().heard == ["tell me about rome", "yes please"]


@pytest.mark.parametrize("ended", [Session.stop, lambda session: session.mute(True)])
def test_an_answer_that_was_stopped_waits_for_no_follow_up(ended: object):
    script = Script(FakeModel(LONG + ASKS)).wake().pause(0.3).say("tell me about rome").pause(4)
    assert callable(ended)
    talk = script.do(ended).pause(1).say("yes").pause(6).play()
    assert windows(talk) == 0
    assert talk.heard == ["tell me about rome"]


# -- one word ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["yes", "no", "yeah", "okay", "sure", "paris"])
def test_one_word_is_an_answer_to_a_question(word: str):
    script = begun(ASKS, "Good.")
    end = script.say(word).now
    talk = script.pause(8).play()
    assert talk.heard[-1] == word
    assert talk.spoken[-1] == "Good."
    assert talk.times(SttText)[-1] - end < 0.8


@pytest.mark.parametrize("word", ["yes", "no", "stop"])
def test_yes_no_and_stop_are_decided_at_once(word: str):
    script = begun(ASKS, "Good.")
    end = script.say(word).now
    assert script.pause(8).play().times(SttText)[-1] - end < 0.45


@pytest.mark.parametrize("word", ["what", "huh", "pardon"])
def test_what_has_the_question_said_again(word: str):
    talk = begun(ASKS).say(word).pause(8).play()
    assert talk.spoken[:2] == [ASKS, ASKS]
    assert len(talk.model.requests) == 1


def test_stop_as_the_whole_request_is_silence():
    talk = Script(FakeModel(ASKS)).wake().pause(0.3).say("stop").pause(6).play()
    assert talk.model.requests == []
    assert windows(talk) == 0


@pytest.mark.parametrize("words", [("mhm",), ("mhm", "okay"), ("yeah", "right", "oh wow")])
def test_listening_noises_over_an_answer_never_stop_it(words: tuple[str, ...]):
    script = Script(FakeModel(LONG)).wake().pause(0.3).say("tell me about rome").pause(4)
    for word in words:
        script.say(word).pause(1.5)
    talk = script.pause(40).play()
    assert talk.of(Interrupted) == []
    assert talk.spoken == [LONG.strip()]


@pytest.mark.parametrize("word", ["no", "wait", "what", "stop"])
def test_a_word_that_objects_does(word: str):
    script = Script(FakeModel(LONG, "I see.")).wake().pause(0.3).say("tell me about rome").pause(4)
    end = script.say(word).now
    talk = script.pause(8).play()
    assert talk.times(TtsFinished)[0] - end < 1.2
    assert talk.of(TtsFinished)[0].interrupted


def test_a_listening_noise_right_behind_the_question_changes_nothing():
    script = Script(FakeModel(Reply(LONG, first_s=1.0))).wake().pause(0.3)
    talk = script.say("tell me about rome").pause(9).say("okay").pause(40).play()
    assert talk.spoken == [LONG.strip()]
    assert talk.heard == ["tell me about rome"]


@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize("sound", ["mhm", None])
def test_an_answer_that_still_comes_is_heard_to_its_end_whatever_was_made_of_a_noise(
    sound: str | None, local: bool
):
    model = FakeModel(Reply(LONG, token_s=0.2), local=local)
    script = Script(model).wake().pause(0.3).say("tell me about rome").pause(4)
    script = script.say(sound) if sound else script.noise(0.5).pause(0.3).noise(0.5)
    talk = script.pause(45).play()
    assert talk.spoken == [LONG.strip()]
    assert talk.endings == ["answered"]
