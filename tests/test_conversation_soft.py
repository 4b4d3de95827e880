"""Soft and short: whispers, breaths and muting in the middle of it all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes import FakeModel, Reply
from script import Script, Talk

from voice.events import Idle, Interrupted, Listening, Muted, TtsFinished, TtsSpeaking

LONG = "It is old. " + "It was made by one and then by another, as things are made. " * 8

SOFT = (0.35,)
"""What a voice detector makes of a whisper: not enough for its usual threshold, 0.5."""

BREATHY = (0.6, 0.6, 0.6, 0.6, 0.2)
"""A whisper whose vowels are heard and whose consonants are not."""

CHOPPED = (0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1)
"""Sound that never lasts for the 80 ms that begin a request, with 80 ms in between."""


def asked(script: Script) -> Script:
    return script.wake().pause(0.4)


# -- whispering ------------------------------------------------------------------------------------


def test_a_breathy_whisper_is_heard_as_it_is():
    talk = asked(Script()).whisper("what is 12 times 13", *BREATHY).pause(5).play()
    assert talk.heard == ["what is 12 times 13"]
    assert talk.endings == ["answered"]


@pytest.mark.parametrize(("sensitivity", "heard"), [(0.5, 0), (0.7, 1), (0.9, 1)])
def test_a_soft_one_is_where_the_detector_is_set_to_be_sensitive(sensitivity: float, heard: int):
    script = asked(Script(vad={"sensitivity": sensitivity}))
    talk = script.whisper("what is 12 times 13", *SOFT).pause(6).play()
    assert talk.heard == ["what is 12 times 13"] * heard
    assert talk.endings == ["answered" if heard else "nothing_said"]


@pytest.mark.parametrize("sensitivity", [0.05, 0.5, 0.86, 0.9, 0.95, 0.99])
def test_silence_ends_a_request_however_sensitive_the_detector_is_set(sensitivity: float):
    script = asked(Script(vad={"sensitivity": sensitivity})).say("what is 12 times 13")
    end = script.now
    assert script.pause(12).play().delay(end) < 1.0


def test_a_whisper_that_grows_softer_stays_one_request():
    falling = (*[0.9] * 20, *[0.4] * 40)  # a falling voice needs less to go on than to begin
    talk = asked(Script()).whisper("what is 12 times 13", *falling).pause(6).play()
    assert talk.heard == ["what is 12 times 13"]


def test_short_onsets_with_short_gaps_add_up():
    talk = asked(Script()).whisper("what is 12 times 13", *CHOPPED).pause(6).play()
    assert talk.heard == ["what is 12 times 13"]


def test_a_whispered_stop_silences_an_answer():
    script = asked(Script(FakeModel(LONG))).say("tell me about rome").pause(4)
    end = script.whisper("stop", *BREATHY).now
    talk = script.pause(6).play()
    assert talk.endings == ["stopped"]
    assert talk.times(TtsFinished)[0] - end < 0.7


def test_a_whisper_to_somebody_else_changes_nothing_over_an_answer():
    script = asked(Script(FakeModel(LONG))).say("tell me about rome").pause(4)
    talk = script.whisper("shall we go", *SOFT).pause(40).play()
    assert talk.of(Interrupted) == []
    assert talk.spoken == [LONG.strip()]


@pytest.mark.parametrize("voice", [SOFT, BREATHY, CHOPPED])
def test_a_whisper_right_behind_the_word_loses_no_beginning(voice: tuple[float, ...]):
    script = Script(vad={"sensitivity": 0.7}).wake().pause(0.1)
    talk = script.whisper("what is 12 times 13", *voice).pause(6).play()
    assert talk.heard == ["what is 12 times 13"]


def test_breathing_is_no_request():
    script = asked(Script())
    for _ in range(8):
        script.noise(0.06).pause(0.5)
    talk = script.pause(5).play()
    assert talk.heard == talk.said == []
    assert talk.endings == ["nothing_said"]


@pytest.mark.parametrize("breath", [0.06, 0.2, 0.3, 0.6])
def test_a_breath_before_the_request_is_no_part_of_it(breath: float):
    talk = asked(Script()).noise(breath).pause(0.5).say("what is 12 times 13").pause(6).play()
    assert talk.heard == ["what is 12 times 13"]
    assert talk.endings == ["answered"]


# -- muting in the middle --------------------------------------------------------------------------


def listening(script: Script) -> Script:
    return asked(script)


def in_a_request(script: Script) -> Script:
    return asked(script).say("tell me all about the city")


def in_its_pause(script: Script) -> Script:
    return asked(script).say("tell me about rome").pause(0.4)


def thinking(script: Script) -> Script:
    return asked(script).say("tell me about rome").pause(1.0)


def speaking(script: Script) -> Script:
    return asked(script).say("tell me about rome").pause(4)


MOMENTS = [listening, in_a_request, in_its_pause, thinking, speaking]


def silent_since(talk: Talk, muted: float) -> bool:
    return all(t <= muted for t in talk.times(TtsSpeaking)) and talk.endings[-1] != "answered"


@pytest.mark.parametrize("begin", MOMENTS)
@pytest.mark.parametrize("seconds", [0.02, 0.5, 5.0])
def test_muted_in_the_middle_and_opened_again_only_a_new_call_counts(
    begin: Callable[[Script], Script], seconds: float
):
    script = begin(Script(FakeModel(Reply(LONG, first_s=1.0))))
    muted = script.mute().now
    script.pause(seconds).unmute().pause(0.1).say("and about athens").pause(2)
    quiet = script.now
    talk = script.wake().pause(0.3).say("what is 3 plus 4").pause(5).play()
    before = Talk([(t, event) for t, event in talk.events if t < quiet])
    assert silent_since(before, muted)
    assert "athens" not in " ".join(talk.heard)
    assert talk.heard[-1] == "what is 3 plus 4"
    assert talk.of(Muted) == [Muted(True), Muted(False)]
    assert talk.tasks_left == talk.requests_open == 0


def test_a_wake_word_across_the_muting_is_none():
    script = Script()
    script.do_at(1.3, lambda session: session.mute(True))
    script.do_at(1.4, lambda session: session.mute(False))
    talk = script.wake().pause(0.3).say("what is 3 plus 4").pause(5).play()
    assert talk.of(Listening) == []


def test_muted_twice_and_opened_once_it_hears():
    script = Script().mute().mute().pause(1).unmute().pause(1)
    talk = script.wake().pause(0.3).say("what is 3 plus 4").pause(5).play()
    assert talk.of(Muted) == [Muted(True), Muted(False)]
    assert talk.heard == ["what is 3 plus 4"]


def test_muted_for_good_everything_comes_to_rest():
    script = speaking(Script(FakeModel(LONG)))
    muted = script.mute().now
    talk = script.say("stop").wake().say("what is 3 plus 4").pause(9).play()
    assert talk.times(Idle) == pytest.approx([muted], abs=0.05)
    assert talk.tasks_left == talk.requests_open == 0
