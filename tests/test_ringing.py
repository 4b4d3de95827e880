"""Ringing: what is due rings until somebody silences it, and is heard to the end of a turn."""

from __future__ import annotations

from itertools import pairwise

import pytest
from fakes import FakeModel
from script import Script, Talk

from voice.audio import FRAME_S
from voice.events import (
    Interrupted,
    Listening,
    Ringing,
    RingingEnded,
    SttText,
    TtsSpeaking,
    TurnLatency,
)
from voice.ringing import GAP_S, LONGEST_GAP_S, Ring
from voice.session import Session

PASTA = "Your pasta timer is done."
RING_MAX_S = 30


def ringing(**config: object) -> Script:
    """Return a script in which a timer rings after a second."""
    config = {"agenda": {"ring_max_s": RING_MAX_S}, **config}
    return Script(FakeModel("Paris."), **config).do(ring)


def ring(session: Session) -> None:
    session.ring(Ring("timer", PASTA))


def silenced_by(talk: Talk) -> list[str]:
    return [event.by for event in talk.of(RingingEnded)]


def last_sound(talk: Talk) -> float:
    """Return the second in which something was last heard of the speaker."""
    return talk.times(RingingEnded)[-1]


def test_it_rings_with_gaps_until_its_time_is_over():
    talk = ringing().pause(60).play()
    assert talk.said == [PASTA]
    rings = talk.times(TtsSpeaking)
    assert len(rings) > 5
    gaps = [later - before for before, later in pairwise(rings)]
    assert all(gap > GAP_S for gap in gaps)
    assert silenced_by(talk) == ["time"]
    assert RING_MAX_S <= talk.times(RingingEnded)[0] - talk.times(Ringing)[0] < RING_MAX_S + 10
    assert not talk.model.requests


@pytest.mark.parametrize("at", [0.3, 0.9, 1.8, 2.6, 3.4, 4.2, 5.0])
@pytest.mark.parametrize("echo", [False, True])
def test_a_wake_word_silences_it_at_any_moment(at: float, echo: bool):
    script = ringing(echo=echo).pause(at).wake()
    said = script.now
    talk = script.pause(10).play()
    assert silenced_by(talk) == ["wake_word"]
    assert talk.times(RingingEnded)[0] < said + 1
    assert talk.of(Listening)
    assert talk.endings[-1] == "nothing_said"


@pytest.mark.parametrize("at", [0.3, 1.2, 2.4, 3.6, 4.8])
def test_a_button_silences_it_at_once(at: float):
    script = ringing().pause(at).press()
    said = script.now
    talk = script.pause(10).play()
    assert silenced_by(talk) == ["button"]
    assert talk.times(RingingEnded)[0] <= said + 0.3
    stopped = ringing().pause(at).stop().pause(10).play()
    assert silenced_by(stopped) == ["stop"]
    assert stopped.endings == ["stopped"]


@pytest.mark.parametrize("at", [0.4, 1.0, 1.6, 2.2, 2.8, 3.4, 4.0, 4.6, 5.2])
def test_stop_silences_it_where_nothing_of_ours_comes_back(at: float):
    script = ringing().pause(at).say("stop", 0.5)
    said = script.now
    talk = script.pause(10).play()
    assert silenced_by(talk) == ["stop"]
    assert talk.times(RingingEnded)[0] < said + 1


def test_in_its_gaps_stop_is_heard_without_any_echo_cancelling():
    deaf = ringing(echo=True).pause(40).play()
    rung = deaf.times(TtsSpeaking)[1] - deaf.times(Ringing)[0]
    script = ringing(echo=True).pause(rung - GAP_S + 4 * FRAME_S).say("stop", 0.5)
    said = script.now
    talk = script.pause(10).play()
    assert silenced_by(talk) == ["stop"]
    assert talk.times(RingingEnded)[0] < said + 1


def test_what_the_device_understands_is_done_and_silences_it():
    talk = ringing().pause(3).say("what is 2 plus 2").pause(12).play()
    assert silenced_by(talk) == ["voice"]
    assert talk.heard == ["what is 2 plus 2"]
    assert talk.said == [PASTA, "4"]


def test_a_television_neither_ends_it_nor_is_asked_of_the_model():
    script = ringing().pause(2)
    for _ in range(10):
        script.say("and now the weather for tomorrow in the north").pause(0.4)
    talk = script.pause(20).play()
    assert silenced_by(talk) == ["time"]
    assert talk.heard == []
    assert not talk.model.requests
    rings = talk.times(TtsSpeaking)
    gaps = [later - before for before, later in pairwise(rings)]
    assert max(gaps) < 2 * LONGEST_GAP_S + 5


def test_what_falls_due_in_a_turn_waits_for_its_end():
    script = Script(FakeModel("Paris."), agenda={"ring_max_s": 10}).wake()
    script.say("what is the capital of france").do(ring).pause(30)
    talk = script.play()
    assert talk.heard == ["what is the capital of france"]
    assert talk.said == ["Paris.", PASTA]
    assert silenced_by(talk) == ["time"]


@pytest.mark.parametrize(("volume", "loud", "after"), [(0, 30, 0), (10, 30, 10), (70, 70, 70)])
def test_it_rings_however_far_the_speaker_is_turned_down(volume: int, loud: int, after: int):
    heard: list[int] = []
    script = Script(snd={"volume_percent": volume}, agenda={"ring_max_s": 10}).do(ring)

    def look(session: Session) -> None:
        heard.append(session._speaker.volume_percent)

    script.do_at(3.0, look).do_at(39.0, look).pause(40).play()
    assert heard == [loud, after]


def test_two_at_once_ring_one_after_the_other():
    script = Script(agenda={"ring_max_s": 10})
    script.do(ring).pause(0.1).do(lambda session: session.ring(Ring("alarm", "It's seven.")))
    talk = script.pause(40).play()
    assert talk.said == [PASTA, "It's seven."]
    assert silenced_by(talk) == ["time", "time"]


def test_with_the_microphone_muted_the_button_still_silences_it():
    script = Script(agenda={"ring_max_s": 60}).mute().do(ring).pause(4).press()
    said = script.now
    talk = script.pause(10).play()
    assert silenced_by(talk) == ["stop"]
    assert talk.times(RingingEnded)[0] <= said + 0.3


def test_it_leaves_nothing_behind_and_listens_again():
    script = ringing().pause(3).say("stop", 0.5).pause(3).wake().say("what time is it").pause(8)
    talk = script.play()
    assert talk.heard == ["what time is it"]
    assert not talk.of(Interrupted)
    assert talk.tasks_left == talk.requests_open == 0


def test_who_rings_is_told_when_it_is_over():
    over: list[str] = []
    script = Script(agenda={"ring_max_s": 10})
    script.do(lambda session: session.ring(Ring("timer", PASTA, ended=lambda: over.append("over"))))
    script.pause(30).play()
    assert over == ["over"]


def test_a_step_of_a_routine_was_said_by_nobody_and_took_no_time_from_a_voice():
    talk = Script(FakeModel("Paris.")).do(lambda s: s.perform(["tell me of Paris"])).pause(8).play()
    assert talk.said == ["Paris."]
    assert talk.of(SttText) == []
    latency = talk.of(TurnLatency)[0]
    assert (latency.speech_s, latency.commit_s, latency.text_s) == (0, 0, 0)
    assert latency.first_sound_s is not None
    assert 0 < latency.first_sound_s < 5
