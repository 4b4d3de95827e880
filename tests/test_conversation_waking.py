"""Calling it: right before the request, several words, twice, in the middle, and a second look at them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fakes import FakeModel, FakeVerifier, Reply
from script import Script, Talk

from device.fed_microphone import FedMicrophone
from voice.errors import TranscriptionError
from voice.events import Idle, Interrupted, Listening, TtsFinished, WakeWordDetected
from voice.verify import LATE_S


class Cancelled(FedMicrophone):
    """Hears nothing of the speaker, because that is taken out."""

    @property
    def echo_free(self) -> bool:
        return False


LONG = "It is old. " + "It was made by one and then by another, as things are made. " * 8

TWO = {"words": ["alexa", "hey_jarvis"]}


def woken_by(talk: Talk) -> list[str]:
    return [event.word for event in talk.of(WakeWordDetected)]


# -- speech right after it ------------------------------------------------------------------------


@pytest.mark.parametrize("ms", [0, 20, 50, 100, 150, 300])
@pytest.mark.parametrize("text", ["what is 3 plus 4", "stop", "louder", "what time is it in rome"])
def test_what_is_said_right_behind_the_word_is_heard_whole(text: str, ms: int):
    talk = Script().wake().pause(ms / 1000).say(text).pause(5).play()
    assert talk.heard == [text]
    assert talk.model.requests == []


@pytest.mark.parametrize("ms", [0, 50, 150])
@pytest.mark.parametrize("seconds", [0.04, 0.3])
def test_also_when_the_word_is_looked_at_twice(ms: int, seconds: float):
    script = Script(verifier=FakeVerifier("okay_nabu", seconds=seconds))
    talk = script.wake().pause(ms / 1000).say("what is 3 plus 4").pause(5).play()
    assert talk.heard == ["what is 3 plus 4"]


@pytest.mark.parametrize("ms", [0, 50, 150])
def test_also_over_an_answer(ms: int):
    script = Script(FakeModel(LONG)).wake().pause(0.3).say("tell me about rome").pause(4)
    talk = script.wake().pause(ms / 1000).say("what is 3 plus 4").pause(5).play()
    assert talk.heard == ["tell me about rome", "what is 3 plus 4"]


def test_what_was_said_before_the_word_is_nobodys_business():
    script = Script().say("and then i told her that").wake().say("what is 3 plus 4").pause(5)
    assert script.play().heard == ["what is 3 plus 4"]


@pytest.mark.parametrize("after", [0.1, 0.3, 0.6, 1.0])
def test_who_calls_right_after_an_answer_that_names_the_word_is_heard(
    monkeypatch: pytest.MonkeyPatch, after: float
):
    """What we say ourselves wakes nobody, and soon after it has to be somebody else."""

    monkeypatch.setattr("script.FedMicrophone", Cancelled)

    def question() -> Script:
        script = Script(FakeModel("It is called okay nabu. Okay nabu."))
        return script.wake().pause(0.3).say("tell me about yourself")

    alone = question().pause(12).play()
    end = alone.times(TtsFinished)[0]
    said = question()
    said.pause(end + after - said.now).wake().pause(0.3).say("what is 3 plus 4").pause(6)
    talk = said.play()
    assert woken_by(alone) == ["okay_nabu"]
    assert talk.heard == ["tell me about yourself", "what is 3 plus 4"]


@pytest.mark.parametrize("reading_s", [0.3, 1.0, 4.0])
def test_a_noise_and_then_a_request_however_long_the_noise_is_read(reading_s: float):
    script = Script()
    script.recognizer.seconds = reading_s
    talk = script.wake().pause(0.3).noise(0.3).pause(0.9).say("what is 3 plus 4").pause(15).play()
    assert talk.heard == ["what is 3 plus 4"]
    assert talk.endings == ["answered"]


def test_a_wake_word_over_an_answer_that_its_detector_misses_is_read(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("script.FedMicrophone", Cancelled)
    script = Script(FakeModel(LONG), turn={"barge_in": "on"}).wake().pause(0.3)
    script.say("tell me about rome").pause(4).say("okay_nabu").pause(0.6).say("what is 3 plus 4")
    talk = script.pause(6).play()
    assert talk.heard == ["tell me about rome", "what is 3 plus 4"]
    assert [event.by for event in talk.of(Interrupted)] == ["wake_word"]
    assert talk.endings == ["cancelled", "answered"]


# -- several, and again -----------------------------------------------------------------------------


def test_two_words_at_once_are_one_call():
    talk = Script(wake=TWO).wake(0, 1).pause(0.3).say("what is 3 plus 4").pause(5).play()
    assert len(woken_by(talk)) == 1
    assert talk.heard == ["what is 3 plus 4"]
    assert talk.endings == ["answered"]


@pytest.mark.parametrize("pause", [0.0, 0.2, 0.5])
def test_one_word_right_behind_the_other_is_one_call(pause: float):
    script = Script(wake=TWO).wake(0).pause(pause).wake(1).pause(0.3).say("what is 3 plus 4")
    talk = script.pause(5).play()
    assert talk.heard == ["what is 3 plus 4"]
    assert talk.endings == ["answered"]


@pytest.mark.parametrize("pause", [0.1, 0.3, 0.6, 1.0, 1.5, 2.5])
def test_the_same_word_twice_begins_once_and_listens_to_what_follows(pause: float):
    script = Script().wake().pause(pause).wake().pause(0.3).say("what is 3 plus 4").pause(5)
    talk = script.play()
    assert talk.heard == ["what is 3 plus 4"]
    assert talk.endings == ["answered"]
    assert len(talk.of(Idle)) == 1


def test_impatience_gives_time_anew():
    script = Script()
    for _ in range(4):
        script.wake().pause(2.5)
    talk = script.pause(0.5).say("what is 3 plus 4").pause(5).play()
    assert talk.heard == ["what is 3 plus 4"]


def test_only_the_word_over_and_over_ends_quietly():
    script = Script()
    for _ in range(4):
        script.wake().pause(1.5)
    talk = script.pause(6).play()
    assert talk.endings == ["nothing_said"]
    assert talk.said == []


@pytest.mark.parametrize("before", ["what is", "set a timer for", "tell me about rome and"])
def test_the_word_inside_a_request_begins_it_anew(before: str):
    script = Script().wake().pause(0.3).say(before).wake().pause(0.1).say("what is 3 plus 4")
    talk = script.pause(5).play()
    assert talk.heard == ["what is 3 plus 4"]
    assert talk.model.requests == []


def test_the_word_as_the_last_of_a_request_leaves_nothing_to_answer():
    script = Script(FakeModel("Well.")).wake().pause(0.3).say("tell me about rome").wake()
    talk = script.pause(8).play()
    assert talk.heard == []
    assert talk.endings == ["nothing_said"]


def test_another_word_over_an_answer_interrupts_it():
    script = Script(FakeModel(LONG), wake=TWO).wake(0).pause(0.3).say("tell me about rome")
    talk = script.pause(4).wake(1).pause(0.3).say("what is 3 plus 4").pause(5).play()
    assert woken_by(talk) == ["alexa", "hey_jarvis"]
    assert talk.heard[-1] == "what is 3 plus 4"
    assert talk.of(TtsFinished)[0].interrupted


# -- a second look at it ------------------------------------------------------------------------------


def looked_at(seconds: float = 0.04, **keys: Any) -> tuple[Script, FakeVerifier]:
    """A script whose wake words are looked at twice."""
    verifier = FakeVerifier("okay_nabu", seconds=seconds)
    return Script(FakeModel("Rome is old."), verifier=verifier, **keys), verifier


def test_what_the_second_look_rejects_wakes_nobody():
    script, verifier = looked_at()
    verifier.says = 0.1
    talk = script.wake().pause(0.3).say("tell me about rome").pause(6).play()
    assert talk.events == []
    assert talk.tasks_left == 0


def test_what_it_rejects_over_an_answer_stops_nothing():
    script, verifier = looked_at()
    script.wake().pause(0.3).say("tell me about rome").pause(1.2)
    script.do(lambda _: setattr(verifier, "says", 0.1))
    talk = script.wake().pause(6).play()
    assert talk.spoken == ["Rome is old."]
    assert len(woken_by(talk)) == 1


def test_after_a_rejection_the_next_call_is_heard():
    script, verifier = looked_at()
    verifier.says = 0.1
    script.wake().pause(1.0).do(lambda _: setattr(verifier, "says", None))
    talk = script.wake().pause(0.3).say("tell me about rome").pause(6).play()
    assert talk.heard == ["tell me about rome"]
    assert len(woken_by(talk)) == 1


@pytest.mark.parametrize(("verify", "wakes"), [("auto", 1), ("on", 0)])
@pytest.mark.parametrize("trouble", ["late", "broken"])
def test_a_look_that_is_late_or_fails_is_done_without_where_that_is_wished(
    trouble: str, verify: str, wakes: int
):
    seconds = LATE_S + 1.0 if trouble == "late" else 0.04
    script, verifier = looked_at(seconds, wake={"verify": verify})
    verifier.fault = TranscriptionError("broken") if trouble == "broken" else None
    talk = script.wake().pause(0.8).say("tell me about rome").pause(6).play()
    assert len(woken_by(talk)) == wakes
    assert talk.heard == ["tell me about rome"] * wakes
    assert talk.tasks_left == 0


@pytest.mark.parametrize("pause", [0.0, 0.1])
def test_what_is_said_while_a_late_look_is_waited_for_is_heard(pause: float):
    script, _ = looked_at(seconds=LATE_S + 1.0)
    talk = script.wake().pause(pause).say("tell me about the city of rome").pause(6).play()
    assert talk.heard == ["tell me about the city of rome"]


def test_the_word_again_while_it_is_looked_at_is_one_call():
    script, _ = looked_at(seconds=0.3)
    talk = script.wake().pause(0.1).wake().pause(0.3).say("tell me about rome").pause(6).play()
    assert talk.heard == ["tell me about rome"]
    assert talk.endings == ["answered"]


def test_the_button_pressed_while_it_is_looked_at_is_one_call():
    script, _ = looked_at(seconds=0.3)
    talk = script.wake().pause(0.14).press().pause(0.8).say("tell me about rome").pause(6).play()
    assert talk.heard == ["tell me about rome"]
    assert talk.endings == ["answered"]


def test_muted_while_it_is_looked_at_wakes_nobody():
    script, _ = looked_at(seconds=0.3)
    talk = script.wake().pause(0.14).mute().pause(2).unmute().pause(3).play()
    assert talk.of(Listening) == []
    script, _ = looked_at()
    script.wake().pause(0.14).mute().pause(2).unmute().pause(1)
    assert script.wake().pause(0.3).say("tell me about rome").pause(6).play().heard


def test_the_word_is_looked_at_while_the_model_is_slow_and_ends_the_request():
    verifier = FakeVerifier("okay_nabu", seconds=0.2)
    script = Script(FakeModel(Reply(hang=True)), verifier=verifier)
    script.wake().pause(0.3).say("tell me about rome").pause(2)
    talk = script.wake().pause(0.3).say("what is 3 plus 4").pause(5).play()
    assert talk.endings == ["cancelled", "answered"]
    assert talk.requests_open == 0


# -- how the microphone is listened to ---------------------------------------------------------------


class Unhurried(FedMicrophone):
    """Takes note of when it is told that nobody waits."""

    said: list[tuple[float, bool]]

    def __init__(self, **keys: Any) -> None:
        super().__init__(**keys)
        self.said = []
        self._unhurried = False
        Unhurried.latest = self

    latest: Unhurried

    @property
    def unhurried(self) -> bool:
        return self._unhurried

    @unhurried.setter
    def unhurried(self, unhurried: bool) -> None:
        if unhurried != self._unhurried:
            self.said.append((asyncio.get_running_loop().time(), unhurried))
        self._unhurried = unhurried


def test_frames_are_waited_for_one_by_one_only_while_it_matters(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("script.FedMicrophone", Unhurried)
    script = Script().pause(1.0)
    said = script.now
    talk = script.wake().pause(0.3).say("what is 3 plus 4").pause(6).play()
    (rest, first), (woken, hurried), (over, again) = Unhurried.latest.said
    assert [first, hurried, again] == [True, False, True]
    assert rest < said < woken <= talk.times(WakeWordDetected)[0]
    assert over == pytest.approx(talk.times(Idle)[-1], abs=0.04)


def test_a_second_look_at_a_wake_word_is_not_waited_for_longer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("script.FedMicrophone", Unhurried)
    script = Script(verifier=FakeVerifier("okay_nabu", seconds=0.3))
    talk = script.wake().pause(4).play()
    _, (suspected, hurried), *_ = Unhurried.latest.said
    assert not hurried
    assert suspected < talk.times(WakeWordDetected)[0] - 0.25
