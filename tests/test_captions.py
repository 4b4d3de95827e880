"""Reading along while somebody speaks, and reading again what was read badly."""

from __future__ import annotations

from fakes import FakeModel
from script import Script

from voice.audio import Samples
from voice.errors import TranscriptionError
from voice.events import SttPartial, SttText
from voice.stt import Effort, Transcript

LONG = "please tell me all about the history of the bicycle and of the people who made it"


def test_what_is_said_is_shown_while_it_is_said_and_only_grows():
    script = Script(FakeModel("Well.")).wake().pause(0.3)
    began = script.now
    end = script.say(LONG).now
    talk = script.pause(4).play()
    shown = [(t, e.text) for t, e in talk.events if isinstance(e, SttPartial) and t < end]
    assert len(shown) >= 4
    assert shown[0][0] - began < 2.0
    for _, text in shown:
        assert LONG.startswith(text)
    lengths = [len(text) for _, text in shown]
    assert lengths == sorted(lengths)
    assert talk.heard == [LONG]


def test_they_can_be_switched_off():
    script = Script(FakeModel("Well."), stt={"captions": "off"}).wake().pause(0.3)
    end = script.say(LONG).now
    talk = script.pause(4).play()
    assert [t for t in talk.times(SttPartial) if t < end] == []


def test_a_slow_recogniser_is_left_alone_unless_told_otherwise():
    calls: dict[str, int] = {}
    for setting in ("auto", "on"):
        script = Script(FakeModel("Well."), stt={"captions": setting}).wake().pause(0.3)
        script.recognizer.seconds = 0.5
        assert script.say(LONG).pause(5).play().heard == [LONG]
        calls[setting] = script.recognizer.calls
    assert calls["auto"] <= 3
    assert calls["on"] >= 5


def test_a_caption_that_fails_harms_nobody():
    script = Script(FakeModel("Well.")).wake().pause(0.3).say(LONG)
    recognizer = script.recognizer
    recognizer.fault = TranscriptionError("broken")
    script.do_at(script.now, lambda _: setattr(recognizer, "fault", None))
    talk = script.pause(4).play()
    assert talk.errors == []
    assert talk.heard == [LONG]


def test_no_caption_comes_after_what_was_acted_on():
    talk = Script(FakeModel("Well.")).wake().pause(0.3).say(LONG).pause(4).play()
    assert max(talk.times(SttPartial)) <= min(talk.times(SttText))


class Hesitant:
    """Reads quickly what is wrong, and says that it is not sure."""

    def __init__(self, quick: str, thorough: str, log_probability: float) -> None:
        self._says = {"eager": quick, "final": thorough}
        self._log_probability = log_probability
        self.efforts: list[Effort] = []

    async def transcribe(
        self, samples: Samples, effort: Effort, after: str = "", expected: str = ""
    ) -> Transcript:
        self.efforts.append(effort)
        return Transcript(self._says[effort], 0.0, self._log_probability)

    def close(self) -> None: ...


def test_what_was_read_badly_is_read_again_before_it_is_acted_on():
    script = Script(FakeModel("Well."), stt={"captions": "off"}).wake().pause(0.3)
    script.recognizer = Hesitant("what's in volume", "set the volume to 40 percent", -0.6)  # type: ignore[assignment] # the same methods
    talk = script.say("set the volume to 40 percent").pause(4).play()
    assert talk.heard == ["set the volume to 40 percent"]
    assert talk.sources == ["device"]
    assert [event.text for event in talk.of(SttPartial)] == ["what's in volume", *talk.heard]
    assert talk.speaker
    assert talk.speaker.volume_percent == 40
    assert talk.model.requests == []


def test_what_was_read_well_is_read_once():
    script = Script(FakeModel("Well."), stt={"captions": "off"}).wake().pause(0.3)
    script.recognizer = hesitant = Hesitant("what time is it", "", -0.1)  # type: ignore[assignment] # the same methods
    talk = script.say("what time is it").pause(4).play()
    assert talk.heard == ["what time is it"]
    assert hesitant.efforts == ["eager"]
