"""Whole conversations on virtual time: real ears, endpoint, turn, session, intents and brain."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import numpy as np
import pytest
from fakes import FakeModel, Reply
from script import Script

from voice.chat import Finished, Message, ModelPart, ToolCall, ToolSpec
from voice.errors import BrokenStreamError, OfflineError, TranscriptionError
from voice.events import (
    Idle,
    Interrupted,
    Listening,
    Muted,
    SttText,
    TtsFinished,
    TtsSpeaking,
    TurnLatency,
    VolumeChanged,
    WakeWordDetected,
)
from voice.session import Session

# -- from wake word to answer ------------------------------------------------------------------


def test_a_question_to_the_device():
    script = Script().wake().pause(0.4)
    end = script.say("what is 12 times 13").now
    talk = script.pause(4).play()
    assert talk.heard == ["what is 12 times 13"]
    assert talk.said == ["156"] or "156" in talk.said[0]
    assert talk.sources == ["device"]
    assert talk.endings == ["answered"]
    assert talk.delay(end) < 0.6
    assert talk.model.requests == []


def test_a_question_to_the_model():
    model = FakeModel("The capital of France is Paris. It lies on the Seine.")
    talk = Script(model).wake().say("what is the capital of france").pause(8).play()
    assert talk.heard == ["what is the capital of france"]
    assert " ".join(talk.said) == "The capital of France is Paris. It lies on the Seine."
    assert talk.spoken == ["The capital of France is Paris. It lies on the Seine."]
    assert set(talk.sources) == {"fake-model"}
    assert talk.model.requests[0][-1] == {"role": "user", "content": talk.heard[0]}


def test_the_answer_begins_before_the_model_has_finished():
    model = FakeModel(Reply("Well, " + "that is a long story, " * 20, token_s=0.2))
    script = Script(model).wake()
    end = script.say("tell me a long story").now
    talk = script.pause(30).play()
    assert talk.delay(end) < 2.3, "the whole takes 20 s"


def test_what_is_said_right_after_the_wake_word_is_heard():
    talk = Script().wake().say("what is 3 plus 4").pause(4).play()
    assert talk.heard == ["what is 3 plus 4"]


def test_without_the_wake_word_nothing_happens():
    talk = Script().say("what is 3 plus 4").pause(4).play()
    assert talk.events == []


def test_each_of_several_wake_words_wakes():
    script = Script(wake={"words": ["alexa", "hey_jarvis"]})
    talk = script.wake(0).say("what is 3 plus 4").pause(5).wake(1).say("stop").pause(3).play()
    assert [event.word for event in talk.of(WakeWordDetected)] == ["alexa", "hey_jarvis"]
    assert len(talk.heard) == 2


# -- endings -----------------------------------------------------------------------------------


def test_the_wake_word_and_then_nothing_ends_quietly():
    talk = Script().wake().pause(8).play()
    assert talk.endings == ["nothing_said"]
    assert talk.said == []
    ended = talk.times(Idle)[0] - talk.times(Listening)[0]
    assert 3.9 < ended < 4.2


def test_television_ends_at_the_cap_and_is_answered():
    script = Script().wake().pause(0.3).say("what is 3 plus 4 " + "and so on " * 60)
    talk = script.pause(5).play()
    assert len(talk.heard) == 1
    assert talk.times(SttText)[0] - talk.times(Listening)[0] < 11
    assert talk.endings[-1] == "answered"


@pytest.mark.parametrize("seconds", [0.1, 0.2, 0.24])
def test_a_cough_is_no_request(seconds: float):
    talk = Script().wake().pause(0.6).noise(seconds).pause(7).play()
    assert talk.heard == []
    assert talk.model.requests == []
    assert talk.endings == ["nothing_said"]


def test_noise_without_words_is_no_request():
    talk = Script().wake().pause(0.6).noise(1.5).pause(7).play()
    assert talk.heard == []
    assert talk.said == []
    assert talk.endings == ["nothing_said"]


def test_a_failed_transcription_is_said_and_listening_goes_on():
    script = Script().wake().say("what is 3 plus 4").pause(6)
    script.recognizer.fault = TranscriptionError("broken")
    script.do(lambda _: setattr(script.recognizer, "fault", None))
    talk = script.wake().say("what is 5 plus 4").pause(5).play()
    assert talk.errors == ["stt"]
    assert talk.said[0] == TranscriptionError.spoken
    assert "9" in talk.said[1]


def test_model_trouble_is_said_in_one_sentence_and_the_device_goes_on():
    model = FakeModel(Reply(fault=OfflineError("no network")))
    script = Script(model).wake().say("who was ada lovelace").pause(8)
    talk = script.wake().say("what is 5 plus 4").pause(4).play()
    assert talk.said[0] == OfflineError.spoken
    assert talk.sources[0] == "none"
    assert talk.sources[-1] == "device"
    assert talk.errors == ["model_offline"]


@pytest.mark.parametrize("text", [" ", "<think>Hm.</think>", "<think>Hm, hm"])
def test_an_answer_of_nothing_but_thoughts_is_a_trouble_that_is_said(text: str):
    talk = Script(FakeModel(text)).wake().say("who was ada lovelace").pause(8).play()
    assert talk.said == talk.spoken == [BrokenStreamError.spoken]
    assert talk.sources == ["none"]


def test_an_answer_that_breaks_off_is_shown_and_then_the_trouble():
    model = FakeModel(Reply("Rome is old. It was founded long", fault=BrokenStreamError("cut")))
    talk = Script(model).wake().say("tell me about rome").pause(9).play()
    assert talk.said == ["Rome is old.", "It was founded long", BrokenStreamError.spoken]
    assert talk.sources == ["fake-model"] * 3


def test_a_model_that_hangs_is_given_up():
    model = FakeModel(Reply(hang=True, first_s=0))
    script = Script(model)
    end = script.wake().say("who was ada lovelace").now
    talk = script.pause(20).play()
    assert talk.errors == ["model_timeout"]
    assert 9.5 < talk.delay(end) < 11
    assert talk.requests_open == 0


# -- pauses --------------------------------------------------------------------------------------


def test_a_pause_of_700_ms_inside_a_sentence_stays_one_request():
    script = Script().wake().say("tell me a story about").pause(0.7).say("a brave little mouse")
    talk = script.pause(8).play()
    assert talk.heard[-1] == "tell me a story about a brave little mouse"
    assert len(talk.of(Idle)) == 1


def test_what_comes_behind_a_pause_is_heard_although_recognition_stops_at_it():
    script = Script().wake().say("what is 12 times").pause(0.7).say("13 plus 4").pause(5)
    script.recognizer.stops_at_pauses = True
    talk = script.play()
    assert talk.heard == ["what is 12 times 13 plus 4"]


def test_also_when_the_first_part_was_taken_for_the_whole():
    script = Script().wake().say("what is 12 times 13").pause(0.9).say("plus 4").pause(5)
    script.recognizer.stops_at_pauses = True
    talk = script.play()
    assert talk.heard[-1] == "what is 12 times 13 plus 4"
    assert "160" in talk.said[-1]


def test_speech_that_goes_on_after_an_early_end_takes_the_answer_back():
    script = Script().wake().say("set the volume to 20").pause(0.9).say("no make it 50 percent")
    talk = script.pause(6).play()
    assert talk.heard[-1] == "set the volume to 20 no make it 50 percent"
    assert [event.by for event in talk.of(Interrupted)] == ["more_speech"]
    volumes = [event.percent for event in talk.of(VolumeChanged)]
    assert volumes[:2] == [20, 70], "the effect of the first part was undone"


def test_transcription_is_done_during_the_silence():
    script = Script()
    script.recognizer.seconds = 0.4
    end = script.wake().say("tell me about the history of rome please").now
    talk = script.pause(8).play()
    latency = talk.times(SttText)[0] - end
    assert latency < 0.4 + 0.4 + 0.25


class QuieterModel(FakeModel):
    """Turns the volume down, and says so."""

    offers_tools = True

    async def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec], *, max_tokens: int
    ) -> AsyncGenerator[ModelPart, None]:
        if messages[-1]["role"] == "user":
            self.requests.append(list(messages))
            yield ToolCall("1", "set_volume", '{"percent": 10}')
            yield Finished("tool_calls")
            return
        async for part in super().stream(messages, tools, max_tokens=max_tokens):
            yield part


def test_what_a_tool_did_is_taken_back_too_and_leaves_no_trace():
    model = QuieterModel(Reply("Now it is quiet.", first_s=0.2))
    script = Script(model).wake().say("make everything calmer for me").pause(1.2)
    talk = script.say("but only tomorrow").pause(6).play()
    assert [event.by for event in talk.of(Interrupted)] == ["more_speech"]
    assert [event.percent for event in talk.of(VolumeChanged)][:2] == [10, 70]
    asked = [request for request in model.requests if request[-1]["role"] == "user"]
    assert [message["role"] for message in asked[-1]] == ["system", "user"]


def test_the_time_of_a_turn_is_told_once():
    script = Script().wake().say("set the volume to 20").pause(0.9).say("no make it 50 percent")
    talk = script.pause(6).play()
    assert len(talk.of(SttText)) == 2
    assert len(talk.of(TurnLatency)) == len(talk.endings) == 1


# -- interruptions --------------------------------------------------------------------------------

LONG = "This is a very long answer, " + "and it goes on and on about many things, " * 30


def test_stop_silences_a_long_answer():
    script = Script(FakeModel(LONG)).wake().say("tell me a long story").pause(4)
    stop_ends = script.say("stop").now
    talk = script.pause(5).play()
    assert [event.by for event in talk.of(Interrupted)] == ["stop"]
    assert talk.times(TtsFinished)[0] - stop_ends < 0.6
    assert talk.endings == ["stopped"]
    assert talk.requests_open == 0
    assert 0 < len(talk.spoken[0]) < len(LONG) / 2


def test_the_wake_word_interrupts_and_a_new_question_is_answered():
    script = Script(FakeModel(LONG)).wake().say("tell me a long story").pause(4)
    woken = script.wake().now
    talk = script.say("what is 3 plus 4").pause(5).play()
    assert [event.by for event in talk.of(Interrupted)] == ["wake_word"]
    assert talk.times(TtsFinished)[0] - woken < 0.6
    assert talk.heard[-1] == "what is 3 plus 4"
    assert talk.endings == ["cancelled", "answered"]


def test_a_question_over_the_answer_is_taken_as_the_next_one():
    script = Script(FakeModel(LONG)).wake().say("tell me a long story").pause(4)
    talk = script.say("what is 3 plus 4").pause(6).play()
    assert [event.by for event in talk.of(Interrupted)] == ["voice"]
    assert talk.heard[-1] == "what is 3 plus 4"
    assert talk.sources[-1] == "device"


@pytest.mark.parametrize("word", ["mhm", "yeah okay", "right"])
def test_showing_that_one_listens_is_no_interruption(word: str):
    short = "This is a rather long answer, and it goes on for quite a while, but then it ends."
    script = Script(FakeModel(short)).wake().say("tell me a long story").pause(3)
    talk = script.say(word).pause(8).play()
    assert talk.of(Interrupted) == []
    assert talk.spoken == [short]


def test_a_cough_lowers_the_answer_only_for_a_moment():
    script = Script(FakeModel(LONG)).wake().say("tell me a long story").pause(4).noise(0.5)
    coughed = script.now
    talk = script.pause(8).play()
    assert talk.of(Interrupted) == []
    reply = talk.recorded[0]
    since = coughed - talk.times(TtsSpeaking)[0]
    levels = [
        int(np.abs(reply.samples[round(at * reply.rate) :][: reply.rate // 2]).max())
        for at in (1.0, since, since + 2)
    ]
    assert levels[1] < levels[0] / 2
    assert levels[2] == levels[0]


def test_the_button_interrupts_at_once():
    script = Script(FakeModel(LONG)).wake().say("tell me a long story").pause(4)
    pressed = script.now
    script.do(lambda session: session.press())
    talk = script.pause(0.5).say("what is 3 plus 4").pause(5).play()
    assert talk.times(TtsFinished)[0] - pressed < 0.3
    assert talk.heard[-1] == "what is 3 plus 4"


def test_stop_by_button_ends_everything():
    script = Script(FakeModel(LONG)).wake().say("tell me a long story").pause(4)
    pressed = script.now
    script.do(lambda session: session.stop())
    talk = script.pause(5).play()
    assert talk.times(TtsFinished)[0] - pressed < 0.3
    assert talk.endings == ["stopped"]


def test_the_wake_word_while_the_model_thinks_ends_the_request():
    script = Script(FakeModel(Reply(hang=True))).wake().say("tell me a long story").pause(3)
    talk = script.wake().say("what is 3 plus 4").pause(5).play()
    assert talk.heard == ["tell me a long story", "what is 3 plus 4"]
    assert talk.requests_open == 0
    assert talk.endings == ["cancelled", "answered"]


def test_the_history_holds_what_was_really_heard():
    model = FakeModel(LONG, "Yes.")
    script = Script(model).wake().say("tell me a long story").pause(4).say("stop").pause(3)
    talk = script.wake().say("is that story true").pause(6).play()
    earlier = talk.model.requests[-1]
    assert [message["role"] for message in earlier] == ["system", "user", "assistant", "user"]
    assert earlier[2]["content"] == talk.spoken[0]
    assert len(earlier[2]["content"]) < len(LONG) / 2


def test_a_voice_does_not_interrupt_where_our_own_would_come_back():
    short = "This is a rather long answer, and it goes on for quite a while, but then it ends."
    script = Script(FakeModel(short), turn={"barge_in": "off"})
    talk = script.wake().say("tell me a long story").pause(3).say("no stop it").pause(9).play()
    assert talk.of(Interrupted) == []
    assert talk.spoken == [short]


def test_a_wake_word_in_our_own_answer_wakes_nobody():
    answer = "You wake me by saying okay nabu, as you just did, and then you ask for something."
    script = Script(FakeModel(answer), turn={"barge_in": "off"})
    talk = script.wake().say("explain how you are woken").pause(4).wake().pause(6).play()
    assert talk.spoken == [answer]
    assert len(talk.of(WakeWordDetected)) == 1


def test_but_it_does_over_any_other_answer():
    script = Script(FakeModel(LONG), turn={"barge_in": "off"})
    talk = script.wake().say("tell me a story").pause(4).wake().say("stop").pause(6).play()
    assert [event.by for event in talk.of(Interrupted)] == ["wake_word"]


# -- follow-ups -----------------------------------------------------------------------------------


def test_after_a_question_the_answer_needs_no_wake_word():
    model = FakeModel("Do you want to know more?", "Good.")
    script = Script(model).wake().say("tell me about rome").pause(5).say("yes please do")
    talk = script.pause(12).play()
    assert talk.heard == ["tell me about rome", "yes please do"]
    assert [event.follow_up for event in talk.of(Listening)] == [False, True]


def test_after_a_statement_it_does():
    script = Script(FakeModel("Rome is old.")).wake().say("tell me about rome").pause(5)
    talk = script.say("and paris").pause(5).play()
    assert talk.heard == ["tell me about rome"]


def test_follow_ups_are_limited_and_silence_ends_them():
    model = FakeModel("And you?")
    script = Script(model, turn={"follow_up_max": 2}).wake().say("tell me about rome").pause(3)
    for _ in range(4):
        script.say("i do not know").pause(3)
    talk = script.play()
    assert len(talk.heard) == 3
    talk = Script(model).wake().say("tell me about rome").pause(9).play()
    assert talk.endings == ["answered", "nothing_said"]


def test_the_wake_word_in_the_very_moment_in_which_listening_ends_is_heard():
    for frame in range(-2, 3):
        script = Script().wake().pause(3.32 + frame * 0.02).wake().pause(0.6)
        talk = script.say("what is 3 plus 4").pause(5).play()
        assert talk.heard == ["what is 3 plus 4"], frame


def test_stop_in_the_very_moment_in_which_an_answer_ends_asks_for_nothing_more():
    answered = Script(FakeModel("And you?")).wake().say("tell me about rome").pause(4)
    over = answered.play().times(TtsFinished)[0]
    for offset in (-0.02, -1e-9, 0.0, 1e-9, 0.02):
        script = Script(FakeModel("And you?")).wake().say("tell me about rome").pause(4)
        talk = script.do_at(over + offset, Session.stop).pause(4).play()
        assert talk.times(Idle)[-1] - over < 0.1, offset


def test_follow_ups_can_be_off():
    script = Script(FakeModel("And you?"), turn={"follow_up": "off"})
    talk = script.wake().say("tell me about rome").pause(3).say("me too").pause(3).play()
    assert talk.heard == ["tell me about rome"]


# -- nothing is left behind -----------------------------------------------------------------------


def test_one_idle_ends_each_turn_and_nothing_is_left():
    script = Script(FakeModel(LONG))
    for _ in range(3):
        script.wake().say("tell me a long story").pause(3).say("stop").pause(2)
    talk = script.play()
    assert talk.endings == ["stopped"] * 3
    assert talk.tasks_left == 0
    assert talk.requests_open == 0


def test_as_if_woken_a_file_that_begins_late_is_heard():
    talk = Script().pause(20).say("what is 3 plus 4").pause(1).play(awake=True)
    assert talk.heard == ["what is 3 plus 4"]


def test_as_if_woken_silence_ends_with_the_file():
    talk = Script().pause(20).play(awake=True)
    assert talk.endings == ["nothing_said"]


def test_muted_nothing_is_heard():
    script = Script()
    script.do(lambda session: session.mute(True)).wake().say("what is 3 plus 4").pause(3)
    script.do(lambda session: session.mute(False)).pause(1)
    talk = script.wake().say("what is 3 plus 5").pause(5).play()
    assert talk.heard == ["what is 3 plus 5"]


def test_muted_the_button_opens_nothing():
    script = Script()
    script.do(lambda session: session.mute(True)).pause(1).do(Session.press).pause(2)
    talk = script.play()
    assert talk.of(Listening) == []
    assert talk.of(Muted) == [Muted(True), Muted(True)]


def test_muting_ends_what_is_under_way():
    script = Script(FakeModel(LONG)).wake().say("tell me a long story").pause(4)
    talk = script.do(lambda session: session.mute(True)).pause(2).play()
    assert talk.endings == ["stopped"]
    talk = Script().wake().pause(0.5).do(lambda session: session.mute(True)).pause(2).play()
    assert talk.endings == ["cancelled"]


def test_speaking_begins_once_an_answer():
    talk = Script().wake().say("what is 3 plus 4").pause(4).play()
    assert len(talk.of(TtsSpeaking)) == 1


def test_a_key_that_merely_lay_about_is_announced_before_its_first_use():
    script = Script(FakeModel("Paris."), announce="This goes to example.org.")
    talk = script.wake().say("what is the capital of france").pause(8)
    talk = talk.wake().say("what is the capital of spain").pause(8).play()
    assert talk.said[0] == "This goes to example.org."
    assert talk.said.count("This goes to example.org.") == 1


def test_and_before_the_next_one_when_it_was_not_heard():
    script = Script(FakeModel("Paris."), announce="This goes to example.org.")
    script.wake().say("what is the capital of france").pause(0.82).do(Session.stop).pause(3)
    talk = script.wake().say("what is the capital of spain").pause(8).play()
    assert talk.endings == ["stopped", "answered"]
    assert talk.spoken[-1].startswith("This goes to example.org.")
