"""The turn detector: its model where it is here, its weight beside the words everywhere."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from script import Script

from device import models
from device.loading import TURN_DETECTORS, Engines
from voice.audio import RATE, Samples, silence
from voice.endpoint import NOT_OVER, OVER, weighed
from voice.engines.smart_turn import SmartTurn
from voice.errors import ModelFileError
from voice.events import SttText
from voice.melody import Melody


@pytest.fixture(scope="module")
def detector() -> SmartTurn:
    try:
        return SmartTurn(models.find_turn_detector())
    except ModelFileError as fault:
        pytest.skip(str(fault))


@pytest.mark.real
def test_a_whole_sentence_sounds_more_over_than_its_first_half(detector: SmartTurn) -> None:
    from real_speech import sentence

    speech = sentence("What is the weather like in the south of Spain?")
    whole = np.concatenate([speech, silence(0.2)])
    assert detector.over(whole) > 0.5 > detector.over(speech[: len(speech) // 2])


@pytest.mark.real
def test_any_length_of_sound_gets_a_probability(detector: SmartTurn) -> None:
    noise = np.random.default_rng(1).normal(0, 300, 20 * RATE).astype(np.int16)
    for seconds in (0.0, 0.02, 1.0, 7.99, 8.0, 20.0):
        assert 0 <= detector.over(noise[: round(seconds * RATE)]) <= 1


def test_a_file_that_is_no_model_is_said_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "smart-turn.onnx"
    path.write_bytes(b"<!doctype html>")
    with pytest.raises(ModelFileError, match="not a Smart Turn model") as fault:
        SmartTurn(path)
    assert "\n" not in str(fault.value)


def test_without_its_file_auto_goes_without_it_and_its_name_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("device.models.package_folder", lambda package: None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("CACHE_DIRECTORY", raising=False)
    assert TURN_DETECTORS["auto"]() is None
    assert TURN_DETECTORS["none"]() is None
    with pytest.raises(ModelFileError, match="sayso models fetch smart-turn"):
        TURN_DETECTORS["smart_turn"]()


def test_a_voice_that_stays_up_slows_a_sentence_that_reads_complete() -> None:
    assert weighed("complete", NOT_OVER - 0.01) == "plain"
    assert weighed("complete", NOT_OVER) == "complete"


def test_a_voice_that_surely_ends_hurries_what_may_be_complete() -> None:
    assert weighed("plain", OVER) == "complete"
    assert weighed("plain", OVER - 0.01) == "plain"


@given(st.floats(0, 1))
def test_words_that_need_others_stay_open_whatever_the_voice_says(over: float) -> None:
    assert weighed("open", over) == "open"


async def test_it_is_asked_in_a_thread_of_its_own() -> None:
    class Sure:
        def over(self, samples: Samples) -> float:
            return len(samples) / RATE

    melody = Melody(Sure())
    assert await melody.over(silence(0.5)) == 0.5
    melody.close()


async def test_one_that_fails_leaves_the_words_to_decide() -> None:
    class Broken:
        def over(self, samples: Samples) -> float:
            raise RuntimeError("out of memory")

    melody = Melody(Broken())
    assert await melody.over(silence(0.5)) is None
    melody.close()


class Sounding:
    """A turn detector that always says the same, at once."""

    def __init__(self, over: float) -> None:
        self._over = over

    async def over(self, samples: Samples) -> float:
        return self._over


def delay(monkeypatch: pytest.MonkeyPatch, text: str, over: float | None) -> float:
    """Return the seconds from the end of the text to the commit, with a voice that sounds so."""
    melody = None if over is None else Sounding(over)
    monkeypatch.setattr("script.Engines", partial(Engines, melody=melody))
    script = Script().wake()
    end = script.say(text).now
    return round(script.pause(8).play().times(SttText)[0] - end, 3)


def test_a_voice_that_goes_on_is_waited_for_and_one_that_ends_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    complete, plain = "How do I boil an egg?", "Tell me a story."
    assert delay(monkeypatch, complete, None) < delay(monkeypatch, plain, None) - 0.2
    assert delay(monkeypatch, complete, 0.1) == delay(monkeypatch, plain, None)
    assert delay(monkeypatch, plain, 0.99) == delay(monkeypatch, complete, None)
    assert delay(monkeypatch, plain, 0.5) == delay(monkeypatch, plain, None)


def test_what_the_device_answers_itself_is_judged_by_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert delay(monkeypatch, "What time is it?", 0.0) == delay(
        monkeypatch, "What time is it?", None
    )
