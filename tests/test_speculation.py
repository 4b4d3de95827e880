"""Asking the model while the speaker may still go on: sooner, and never with an effect."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fakes import FakeModel, FakeRecognizer, Reply
from script import Script, Talk

from voice.audio import Samples
from voice.errors import OfflineError
from voice.events import Error, SttText, Thinking, TtsSpeaking, TtsText
from voice.stt import Effort, Transcript

QUESTION = "tell me about the history of the bicycle"

PATIENT = {"early_ms": 800, "silence_ms": 800}
"""However it is judged, this is when the speaker is taken to be done."""

ANSWER = "It was invented by Karl von Drais in Mannheim. It had no pedals."


def asked(model: FakeModel, /, **keys: Any) -> tuple[float, Talk]:
    """Ask the question; return when it ended, and the talk."""
    script = Script(model, turn=PATIENT, **keys).wake().pause(0.3)
    end = script.say(QUESTION).now
    return end, script.pause(8).play()


def test_a_model_on_this_machine_is_asked_during_the_silence_and_saves_it():
    (end, late), (_, early) = (
        asked(FakeModel(Reply(ANSWER, first_s=0.3), local=local)) for local in (False, True)
    )
    assert " ".join(early.said) == " ".join(late.said) == ANSWER
    assert late.delay(end) - early.delay(end) > 0.3
    assert early.of(SttText) == late.of(SttText)
    assert len(early.model.requests) == 1


@pytest.mark.parametrize(("setting", "local"), [("on", False), ("auto", True)])
def test_the_setting_decides(setting: str, local: bool):
    end, talk = asked(FakeModel(ANSWER, local=local), model={"speculate": setting})
    assert talk.delay(end) < 0.95
    end, talk = asked(FakeModel(ANSWER, local=local), model={"speculate": "off"})
    assert talk.delay(end) > 1.1


def test_nothing_is_shown_or_said_before_the_speaker_is_done():
    _, talk = asked(FakeModel(Reply(ANSWER, first_s=0.01), local=True))
    (committed,) = talk.times(SttText)
    for kind in (Thinking, TtsText, TtsSpeaking):
        assert min(talk.times(kind)) >= committed


def test_going_on_hangs_up_and_asks_about_all_of_it():
    model = FakeModel(Reply("Only half."), Reply("All of it."), local=True)
    script = Script(model, turn=PATIENT).wake().pause(0.3).say("tell me a story")
    hung_up: list[int] = []
    script.pause(0.6)
    script.do_at(script.now + 0.1, lambda _: hung_up.append(model.open))
    talk = script.say("about a dragon and a princess").pause(6).play()
    assert talk.heard == ["tell me a story about a dragon and a princess"]
    assert [request[-1]["content"] for request in model.requests] == [
        "tell me a story",
        talk.heard[0],
    ]
    assert hung_up == [0]
    assert talk.said == ["All of it."]
    assert talk.requests_open == 0


class Unsure(FakeRecognizer):
    """Reads at once without being sure, and thoroughly in its time."""

    async def transcribe(
        self, samples: Samples, effort: Effort, after: str = "", expected: str = ""
    ) -> Transcript:
        self.seconds = 0.8 if effort == "final" else 0.0
        return replace(await super().transcribe(samples, effort, after), log_probability=-0.6)


def test_going_on_behind_the_end_while_it_is_still_read_hangs_up_too():
    model = FakeModel(Reply("Only half.", first_s=9), Reply("All of it."), local=True)
    turn = {"early_ms": 400, "silence_ms": 400}
    script = Script(model, turn=turn, stt={"captions": "off"})
    script.recognizer = Unsure(script.lines)
    script.wake().pause(0.3).say("tell me a story").pause(0.6)
    open_requests: list[int] = []
    for seconds in (-0.1, 0.6):
        script.do_at(script.now + seconds, lambda _: open_requests.append(model.open))
    talk = script.say("about a dragon and a princess").pause(6).play()
    assert open_requests == [1, 0]
    assert talk.heard == ["tell me a story about a dragon and a princess"]
    assert talk.said == ["All of it."]


def test_what_was_asked_in_vain_is_no_part_of_the_conversation():
    model = FakeModel("Half.", "Whole.", "Next.", local=True)
    script = Script(model, turn=PATIENT).wake().pause(0.3).say("tell me a story").pause(0.6)
    script.say("about a dragon and a princess").pause(6)
    talk = script.wake().pause(0.3).say("please tell me about something else").pause(6).play()
    contents = [message["content"] for message in talk.model.requests[-1][1:]]
    assert contents == [talk.heard[0], "Whole.", talk.heard[1]]


def test_trouble_is_told_only_to_those_who_asked():
    model = FakeModel(Reply(fault=OfflineError("no route"), first_s=0.01), "Yes.", local=True)
    script = Script(model, turn=PATIENT).wake().pause(0.3).say("tell me a story").pause(0.6)
    talk = script.say("about a dragon and a princess").pause(6).play()
    assert talk.errors == []
    assert talk.said == ["Yes."]
    _, talk = asked(FakeModel(Reply(fault=OfflineError("no route"), first_s=0.01), local=True))
    (committed,) = talk.times(SttText)
    assert min(talk.times(Error)) >= committed
    assert talk.said == [OfflineError.spoken]


def test_a_sentence_that_is_clearly_open_is_not_asked():
    model = FakeModel("Well.", local=True)
    script = Script(model, turn=PATIENT).wake().pause(0.3).say("tell me about the").pause(0.9)
    talk = script.say("history of the bicycle").pause(6).play()
    assert [request[-1]["content"] for request in model.requests] == talk.heard


def test_a_server_that_must_be_announced_is_announced_before_anything_is_sent():
    model = FakeModel(ANSWER, local=True)
    script = Script(model, turn=PATIENT, announce="This goes to a server.").wake().pause(0.3)
    end = script.say(QUESTION).now
    seen: list[int] = []
    script.do_at(end + 0.6, lambda _: seen.append(len(model.requests)))
    talk = script.pause(8).play()
    assert seen == [0]
    assert talk.said[0] == "This goes to a server."


def test_stopping_while_it_is_asked_early_hangs_up():
    model = FakeModel(Reply(ANSWER, first_s=3.0), local=True)
    script = Script(model, turn=PATIENT).wake().pause(0.3).say(QUESTION).pause(0.5)
    talk = script.do(lambda session: session.stop()).pause(3).play()
    assert len(model.requests) == 1
    assert model.open == 0
    assert talk.heard == []
    assert talk.tasks_left == 0


@pytest.mark.parametrize("thorough", ["", "tell me about the"], ids=["nothing", "open"])
def test_what_a_more_thorough_reading_takes_back_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch, thorough: str
):
    async def transcribe(
        self: FakeRecognizer, samples: Samples, effort: Effort, after: str = "", expected: str = ""
    ):
        if effort == "eager":
            return Transcript("tell me a story", log_probability=-0.9)
        return Transcript(thorough, log_probability=-0.1)

    monkeypatch.setattr(FakeRecognizer, "transcribe", transcribe)
    model = FakeModel(Reply(hang=True), local=True)
    script = Script(model, turn=PATIENT).wake().pause(0.3).say("tell me a tory").pause(0.7)
    seen: list[tuple[int, int]] = []
    script.do(lambda _: seen.append((len(model.requests), model.open)))
    script.say("about").pause(6).play()
    assert seen == [(1, 0)]
