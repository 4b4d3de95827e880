"""Who else is in the room: a television, a second person, and the assistant's own echo."""

from __future__ import annotations

import asyncio

import pytest
from fakes import FakeModel, Reply
from script import Script, Talk

from device.fed_microphone import FedMicrophone
from voice.events import Idle, Interrupted, Listening, SttText, TtsFinished, TtsSpeaking

LONG = "It is old. " + "It was made by one and then by another, as things are made. " * 8

NEWS = "and now the weather with sun and rain and wind " * 20
"""A minute and a half of it."""


def clean(talk: Talk) -> None:
    assert talk.tasks_left == talk.requests_open == 0
    assert talk.errors == []


# -- a television ---------------------------------------------------------------------------------


@pytest.mark.parametrize("sound", ["noise", "news"])
def test_without_a_wake_word_a_television_may_go_on_for_ever(sound: str):
    script = Script()
    talk = (script.noise(90) if sound == "noise" else script.say(NEWS)).pause(3).play()
    assert talk.events == []
    assert talk.recognizer
    assert talk.recognizer.calls == 0


def test_before_a_request_it_changes_nothing():
    talk = Script().noise(20).wake().pause(0.3).say("what is 3 plus 4").pause(5).play()
    assert talk.heard == ["what is 3 plus 4"]
    clean(talk)


@pytest.mark.parametrize("pause", [0.0, 0.2])
def test_behind_a_request_it_ends_at_the_cap_and_is_answered(pause: float):
    script = Script().wake().pause(0.3).say("what is 3 plus 4").pause(pause).noise(30)
    talk = script.pause(5).play()
    assert talk.heard == ["what is 3 plus 4"]
    assert talk.times(SttText)[0] - talk.times(Listening)[0] < 10.6
    assert "7" in talk.said[-1]
    assert talk.endings == ["answered"]
    clean(talk)


def test_before_and_behind_a_request_it_does_too():
    script = Script().noise(5).wake().noise(0.3).say("what is 3 plus 4").noise(30).pause(5)
    talk = script.play()
    assert talk.heard == ["what is 3 plus 4"]
    assert talk.endings == ["answered"]
    clean(talk)


@pytest.mark.parametrize("seconds", [2, 5, 20])
def test_the_cap_is_a_setting(seconds: int):
    script = Script(turn={"max_s": seconds}).wake().pause(0.3).say("what is 3 plus 4").noise(30)
    talk = script.pause(5).play()
    listened = talk.times(SttText)[0] - talk.times(Listening)[0]
    assert listened == pytest.approx(seconds, abs=1.0)


def test_nothing_but_a_television_behind_the_wake_word_is_no_request():
    talk = Script().wake().pause(0.3).noise(30).pause(5).play()
    assert talk.heard == talk.said == []
    assert talk.endings == ["nothing_said"]
    assert talk.times(Idle)[0] - talk.times(Listening)[0] < 11
    clean(talk)


def test_over_an_answer_it_lowers_it_and_ends_nothing():
    model = FakeModel(LONG)
    script = Script(model).wake().pause(0.3).say("tell me about rome").pause(3).noise(60)
    talk = script.pause(5).play()
    assert talk.spoken == [LONG.strip()]
    assert talk.endings == ["answered"]
    clean(talk)


def test_over_an_answer_that_does_not_listen_to_voices_it_does_not_even_that():
    script = Script(FakeModel(LONG), turn={"barge_in": "off"}).wake().pause(0.3)
    talk = script.say("tell me about rome").pause(3).say(NEWS).pause(5).play()
    assert talk.spoken == [LONG.strip()]
    assert talk.heard == ["tell me about rome"]


def test_stop_and_the_wake_word_work_with_a_television_on():
    script = Script(FakeModel(LONG)).wake().pause(0.3).say("tell me about rome").pause(3)
    woken = script.noise(2).wake().now
    talk = script.say("stop").noise(2).pause(5).play()
    assert talk.times(TtsFinished)[0] - woken < 0.6
    assert talk.heard[-1] == "stop"


@pytest.mark.parametrize("follow_up", ["question", "always", "off"])
def test_it_never_talks_with_the_television_for_long(follow_up: str):
    model = FakeModel("The weather is nice. Do you want to know more?")
    script = Script(model, turn={"follow_up": follow_up}).wake().pause(0.3)
    script.say("how will it be tomorrow").pause(2)
    for _ in range(40):
        script.say("and now the weather with sun and wind").pause(1.5)
    talk = script.pause(5).play()
    assert len(talk.of(Idle)) <= 1 + 3 + 1
    assert max(talk.times(Idle)) < script.now / 2
    clean(talk)


@pytest.mark.parametrize("limit", [0, 3])
def test_it_never_lets_the_television_interrupt_it_for_long(limit: int):
    script = Script(FakeModel(LONG), turn={"follow_up_max": limit}).wake().pause(0.3)
    script.say("tell me about rome").pause(2)
    for _ in range(40):
        script.say("and now the weather with sun and wind").pause(2.5)
    talk = script.wake().pause(0.3).say("what is 3 plus 4").pause(5).play()
    assert talk.endings == ["cancelled"] * (1 + limit) + ["answered"]
    assert talk.heard[-1] == "what is 3 plus 4"
    clean(talk)


def test_a_person_may_as_long_as_they_call_it_now_and_then():
    script = Script(FakeModel(LONG))
    for _ in range(4):
        script.wake().pause(0.3).say("tell me about rome").pause(3)
        script.say("no about athens").pause(4).say("no about carthage").pause(4)
    talk = script.stop().pause(3).play()
    assert len(talk.heard) == 12
    clean(talk)


# -- two people -----------------------------------------------------------------------------------


def test_who_speaks_right_behind_another_is_part_of_the_request():
    script = Script(FakeModel("Well, both.")).wake().pause(0.3).say("tell me about rome")
    talk = script.say("no tell me about athens").pause(6).play()
    assert talk.heard == ["tell me about rome no tell me about athens"]
    assert talk.endings == ["answered"]
    clean(talk)


def test_who_takes_up_the_word_a_moment_later_too():
    script = Script().wake().pause(0.3).say("set the volume to 20").pause(0.9)
    talk = script.say("no much louder please to 90").pause(6).play()
    assert talk.heard[-1] == "set the volume to 20 no much louder please to 90"
    assert [event.by for event in talk.of(Interrupted)] == ["more_speech"]
    clean(talk)


def test_two_who_talk_without_end_are_cut_at_the_cap_and_answered():
    script = Script(FakeModel("I see.")).wake().pause(0.3)
    for _ in range(12):
        script.say("i think we should go to rome").pause(0.3)
        script.say("and i would rather see athens").pause(0.2)
    talk = script.pause(5).play()
    assert talk.times(SttText)[0] - talk.times(Listening)[0] < 11
    assert len(talk.heard) == 1
    assert talk.endings[0] == "answered"
    clean(talk)


def test_the_second_one_asks_over_the_answer_to_the_first():
    script = Script(FakeModel(LONG)).wake().pause(0.3).say("tell me about rome").pause(4)
    talk = script.say("what is 3 plus 4").pause(6).play()
    assert talk.endings == ["cancelled", "answered"]
    assert "7" in talk.said[-1]
    clean(talk)


def test_each_calls_over_the_answer_to_the_other():
    script = Script(FakeModel(LONG))
    for text in ("tell me about rome", "tell me about athens", "tell me about carthage"):
        script.wake().pause(0.2).say(text).pause(3)
    talk = script.wake().pause(0.2).say("what is 3 plus 4").pause(6).play()
    assert talk.endings == ["cancelled"] * 3 + ["answered"]
    assert len(talk.of(TtsSpeaking)) == len(talk.of(TtsFinished)) == 4
    clean(talk)


@pytest.mark.parametrize("pause", [0.0, 0.1, 0.4, 1.0])
def test_both_say_stop(pause: float):
    script = Script(FakeModel(LONG)).wake().pause(0.3).say("tell me about rome").pause(4)
    talk = script.say("stop").pause(pause).say("stop").pause(6).play()
    assert talk.endings == ["stopped"]
    assert talk.heard == ["tell me about rome"]
    clean(talk)


def test_one_says_stop_and_the_other_asks():
    script = Script(FakeModel(LONG)).wake().pause(0.3).say("tell me about rome").pause(4)
    talk = script.say("stop").pause(1).wake().pause(0.2).say("what is 3 plus 4").pause(6).play()
    assert talk.endings == ["stopped", "answered"]
    clean(talk)


def test_one_presses_the_button_while_the_other_calls():
    for apart in (-0.1, 0.0, 0.04, 0.08, 0.1, 0.3):
        script = Script().wake()
        script.do_at(script.now + apart, lambda session: session.press())
        talk = script.pause(0.6).say("what is 3 plus 4").pause(6).play()
        assert talk.heard == ["what is 3 plus 4"], apart
        assert talk.endings == ["answered"], apart


# -- its own echo, all of it ----------------------------------------------------------------------


@pytest.mark.parametrize("barge_in", ["auto", "on", "off"])
@pytest.mark.parametrize("follow_up", ["question", "always"])
def test_twenty_turns_in_which_it_hears_itself_and_never_answers(barge_in: str, follow_up: str):
    model = FakeModel("It is old, and it lies on seven hills. Do you want to know more?")
    turn = {"barge_in": barge_in, "follow_up": follow_up}
    script = Script(model, echo=True, turn=turn)
    for _ in range(20):
        script.wake().pause(0.3).say("tell me about rome").pause(13)
    talk = script.play()
    assert talk.heard == ["tell me about rome"] * 20
    assert len(model.requests) == 20
    assert talk.of(Interrupted) == []
    assert set(talk.spoken) == {"It is old, and it lies on seven hills. Do you want to know more?"}
    clean(talk)


def test_a_follow_up_is_heard_although_the_room_still_rings():
    model = FakeModel("Do you want to know more?", "It is old.")
    script = Script(model, echo=True).wake().pause(0.3).say("tell me about rome")
    asked = script.pause(9).play().times(TtsFinished)[0]
    for behind in (0.1, 0.5, 1.5):
        model = FakeModel("Do you want to know more?", "It is old.")
        script = Script(model, echo=True).wake().pause(0.3).say("tell me about rome")
        script.pause(asked + behind - script.now).say("yes please tell me")
        assert script.pause(8).play().heard == ["tell me about rome", "yes please tell me"], behind


@pytest.mark.parametrize("barge_in", ["auto", "on", "off"])
def test_wake_word_and_button_interrupt_through_the_echo(barge_in: str):
    for how in (Script.wake, Script.press):
        script = Script(FakeModel(LONG), echo=True, turn={"barge_in": barge_in})
        called = how(script.wake().pause(0.3).say("tell me about rome").pause(4)).now
        talk = script.pause(0.4).say("what is 3 plus 4").pause(6).play()
        assert talk.heard[-1] == "what is 3 plus 4"
        assert talk.endings[-1] == "answered"
        assert talk.times(TtsFinished)[0] - called < 0.6
        clean(talk)


def test_an_answer_taken_back_leaves_no_words_of_its_own_in_the_request():
    model = FakeModel(Reply("Rome is old and large.", first_s=0.05), "Well.")
    script = Script(model, echo=True, turn={"barge_in": "on"}).wake().pause(0.3)
    script.say("tell me about rome").pause(0.85).say("and about athens").pause(6)
    talk = script.play()
    assert all("old" not in heard for heard in talk.heard)
    clean(talk)


class Failing(FedMicrophone):
    """Takes our own speech out, until that fails; then what is heard may be ourselves."""

    fails_at = 0.0

    @property
    def echo_free(self) -> bool:
        return False

    @property
    def echo_cancelled(self) -> bool:
        return asyncio.get_running_loop().time() < self.fails_at

    clear = None


@pytest.mark.parametrize(("later", "heard"), [(99.0, 2), (-0.1, 1)])
def test_where_cancelling_fails_in_the_middle_of_an_answer_voices_interrupt_no_more(
    monkeypatch: pytest.MonkeyPatch, later: float, heard: int
):
    monkeypatch.setattr("script.FedMicrophone", Failing)
    script = Script(FakeModel(LONG)).wake().pause(0.3).say("tell me about rome").pause(4)
    monkeypatch.setattr(Failing, "fails_at", script.now + later)
    talk = script.say("what is 3 plus 4").pause(30).play()
    assert len(talk.heard) == heard
    assert talk.endings[-1] == "answered"
    assert talk.tasks_left == 0
