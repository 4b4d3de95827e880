"""Talking on after what seemed to be the end: nothing was done, or it is undone, and all of it counts."""

from __future__ import annotations

import pytest
from fakes import FakeModel, Reply
from script import Script, Talk

from device.fed_microphone import FedMicrophone
from voice.events import Idle, Interrupted, SttText, TtsSpeaking, TurnLatency, VolumeChanged
from voice.session import Session


def volume(talk: Talk) -> int:
    """The volume in the end."""
    assert talk.speaker
    return talk.speaker.volume_percent


def changes(talk: Talk) -> list[int]:
    return [event.percent for event in talk.of(VolumeChanged)]


# -- in the silence before the end ----------------------------------------------------------------


@pytest.mark.parametrize("pause", [0.22, 0.26, 0.3, 0.34])
def test_a_plan_is_made_in_a_pause_and_dropped_when_they_go_on(pause: float):
    script = Script().wake().pause(0.3).say("set the volume to 20").pause(pause)
    talk = script.say("percent and then to 50 percent").pause(5).play()
    assert len(talk.heard) == 1
    assert 20 not in changes(talk), "only what was planned, never done"
    assert talk.of(Interrupted) == []


@pytest.mark.parametrize("pause", [0.3, 0.5, 0.7, 0.9, 1.1, 1.3])
def test_an_unfinished_sentence_waits_for_its_end(pause: float):
    script = Script().wake().pause(0.3).say("set the volume to").pause(pause).say("20 percent")
    talk = script.pause(5).play()
    assert talk.heard == ["set the volume to 20 percent"]
    assert changes(talk) == [20]


def test_many_short_pauses_are_one_request():
    script = Script(FakeModel("Well.")).wake().pause(0.3)
    for part in ("tell me", "please", "about the history", "of the", "old bicycle"):
        script.say(part).pause(0.5)
    talk = script.pause(6).play()
    assert talk.heard == ["tell me please about the history of the old bicycle"]
    assert len(talk.model.requests) == 1


def test_a_model_asked_in_every_pause_is_hung_up_on_in_every_one():
    model = FakeModel(Reply("Well, that was long.", first_s=5.0), local=True)
    script = Script(model).wake().pause(0.3)
    for part in ("tell me a story", "and a poem", "and a riddle", "and a joke"):
        script.say(part).pause(0.6)
    speaking = [script.now - 0.7 - 1.6 * part for part in range(3)]
    seen: list[int] = []
    for at in speaking:
        script.do_at(at, lambda _: seen.append(model.open))
    talk = script.pause(12).play()
    assert len(model.requests) == 4
    assert seen == [0, 0, 0]
    assert talk.said == ["Well, that was long."]
    assert talk.requests_open == talk.tasks_left == 0


def test_the_early_answer_of_a_model_is_used_when_they_do_not_go_on():
    model = FakeModel(Reply("Here it is.", first_s=0.6), local=True)
    script = Script(model).wake().pause(0.3)
    end = script.say("tell me a story").now
    talk = script.pause(6).play()
    assert len(model.requests) == 1
    assert talk.times(SttText)[0] - end > 0.3
    assert talk.delay(end) < 1.1


# -- after it ------------------------------------------------------------------------------------


@pytest.mark.parametrize("pause", [0.5, 0.8, 1.0, 1.2])
def test_within_a_second_of_an_early_end_it_is_undone_and_done_anew(pause: float):
    script = Script().wake().pause(0.3).say("set the volume to 20").pause(pause)
    talk = script.say("no to 50 percent").pause(5).play()
    assert talk.heard == ["set the volume to 20", "set the volume to 20 no to 50 percent"]
    assert changes(talk)[:2] == [20, 70]
    assert [event.by for event in talk.of(Interrupted)] == ["more_speech"]
    assert len(talk.of(Idle)) == len(talk.of(TurnLatency)) == 1


def test_twice_in_a_row_it_is_undone_twice():
    script = Script().wake().pause(0.3).say("set the volume to 20").pause(0.9)
    script.say("percent").pause(0.9).say("but only tomorrow at noon").pause(6)
    talk = script.play()
    assert talk.heard[-1] == "set the volume to 20 percent but only tomorrow at noon"
    assert changes(talk) == [20, 70, 20, 70]
    assert volume(talk) == 70
    assert len(talk.of(Idle)) == 1


def test_later_than_that_it_is_something_new():
    script = Script().wake().pause(0.3).say("set the volume to 20").pause(5).wake().pause(0.3)
    talk = script.say("set the volume to 50").pause(5).play()
    assert talk.heard == ["set the volume to 20", "set the volume to 50"]
    assert changes(talk) == [20, 50]


def test_a_new_conversation_begun_by_mistake_is_the_old_one():
    model = FakeModel("Ada was a mathematician.", "Charles Babbage.")
    script = Script(model).wake().pause(0.3).say("who was ada lovelace").pause(6)
    script.wake().pause(0.3).say("new conversation").pause(0.8).say("i mean who did she work with")
    talk = script.pause(6).play()
    contents = [message["content"] for message in model.requests[-1][1:]]
    assert contents[:2] == ["who was ada lovelace", "Ada was a mathematician."]
    assert talk.heard[-1].endswith("who did she work with")


def test_while_the_answer_is_already_heard_it_stops_and_takes_all_of_it():
    model = FakeModel(Reply("Rome is old. It lies on the Tiber.", first_s=0.05), "Well, yes.")
    script = Script(model).wake().pause(0.3)
    end = script.say("tell me about rome").now
    talk = script.pause(1.3).say("and about athens").pause(6).play()
    began = talk.times(TtsSpeaking)[0]
    assert began < end + 1.3
    assert talk.heard == ["tell me about rome", "tell me about rome and about athens"]
    assert talk.spoken[-1] == "Well, yes."
    contents = [message["content"] for message in model.requests[-1][1:]]
    assert contents == ["tell me about rome and about athens"]


def test_a_cough_after_the_end_does_not_take_the_answer_away():
    model = FakeModel(Reply("Rome is old.", first_s=1.0))
    script = Script(model).wake().pause(0.3).say("tell me about rome").pause(0.9).noise(0.2)
    talk = script.pause(6).play()
    assert set(talk.heard) == {"tell me about rome"}
    assert talk.spoken == ["Rome is old."]
    assert talk.endings == ["answered"]


def test_a_button_pressed_in_an_early_answer_forgets_what_was_going_on():
    script = Script().wake().pause(0.3).say("set the volume to 20").pause(0.9).press().pause(0.3)
    talk = script.say("what is 3 plus 4").pause(5).play()
    assert talk.heard == ["set the volume to 20", "what is 3 plus 4"]
    assert volume(talk) == 20


# -- with a slow recogniser ----------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0.6, 1.0, 2.0])
def test_a_recogniser_slower_than_the_silence_is_waited_for(seconds: float):
    script = Script()
    script.recognizer.seconds = seconds
    end = script.wake().pause(0.3).say("what is 12 times 13").now
    talk = script.pause(8).play()
    assert talk.heard == ["what is 12 times 13"]
    assert talk.delay(end) < 0.4 + seconds + 0.2


@pytest.mark.parametrize("pause", [0.3, 0.9, 1.4])
def test_who_goes_on_while_it_still_reads_is_heard_to_the_end(pause: float):
    script = Script()
    script.recognizer.seconds = 1.0
    script.wake().pause(0.3).say("what is 12 times 13").pause(pause).say("plus 4")
    talk = script.pause(9).play()
    assert talk.heard[-1] == "what is 12 times 13 plus 4"
    assert "160" in talk.said[-1]
    assert len(talk.of(Idle)) == 1


@pytest.mark.parametrize("how", [Script.stop, Script.wake, Script.press, Script.mute])
def test_nothing_is_waited_for_that_nobody_wants_any_more(how: object):
    script = Script()
    script.recognizer.seconds = 3.0
    script.wake().pause(0.3).say("what is 12 times 13").pause(0.6)
    assert callable(how)
    how(script)
    seen: list[int] = []
    script.do_at(script.now + 0.2, lambda _: seen.append(script.recognizer.running))
    talk = script.pause(9).play()
    assert seen == [0]
    assert talk.heard == []
    assert talk.tasks_left == 0


def test_two_buttons_at_once_are_one():
    script = Script().wake().pause(0.3).say("tell me a long story").pause(0.3)
    script.do(Session.press).do(Session.press).do(Session.press).pause(0.4)
    talk = script.say("what is 3 plus 4").pause(6).play()
    assert talk.heard == ["what is 3 plus 4"]
    assert talk.endings == ["answered"]


# -- where the microphone hears the answer too ------------------------------------------------------


class Cancelled(FedMicrophone):
    """Hears nothing of the speaker, because that is taken out; a voice interrupts."""

    @property
    def echo_free(self) -> bool:
        return False


@pytest.fixture
def cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("script.FedMicrophone", Cancelled)


@pytest.mark.usefixtures("cancelled")
@pytest.mark.parametrize("pause", [0.5, 0.7, 0.9, 1.1])
def test_an_answer_that_was_too_early_is_withdrawn_though_it_is_heard_itself(pause: float):
    script = Script(snd={"volume_percent": 100}, turn={"barge_in": "on"}).wake().pause(0.3)
    talk = (
        script.say("set the volume to 50 percent")
        .pause(pause)
        .say("in the kitchen")
        .pause(6)
        .play()
    )
    assert talk.heard[-1] == "set the volume to 50 percent in the kitchen"
    assert volume(talk) == 100, "what was done is undone"
    assert [event.by for event in talk.of(Interrupted)] == ["more_speech"]


@pytest.mark.usefixtures("cancelled")
def test_what_is_said_later_than_that_is_something_new():
    model = FakeModel("It is old. " + "It was made by one and then by another. " * 8)
    script = Script(model, turn={"barge_in": "on"}).wake().pause(0.3)
    talk = script.say("tell me about rome").pause(3.5).say("what is 3 plus 4").pause(8).play()
    assert talk.heard == ["tell me about rome", "what is 3 plus 4"]
    assert [event.by for event in talk.of(Interrupted)] == ["voice"]


@pytest.mark.parametrize("echo", [False, True])
def test_an_answer_without_a_word_is_withdrawn_as_well(echo: bool):
    script = Script(echo=echo).wake().pause(0.3).say("set the volume to 0 percent").pause(0.8)
    talk = script.say("in the kitchen").pause(6).play()
    assert talk.heard[-1] == "set the volume to 0 percent in the kitchen"
    assert volume(talk) > 0
