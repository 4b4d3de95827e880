"""Which wake words there are, and what is said of others."""

from pathlib import Path

import numpy as np
import pytest

from voice.audio import FRAME_SAMPLES
from voice.engines.micro_wake_word import MicroWakeWordDetector
from voice.errors import ConfigError, ModelFileError


def test_an_unknown_name_is_a_mistake_in_the_configuration():
    with pytest.raises(ConfigError, match=r"no wake word 'computer'; there are alexa, hey_jarvis"):
        MicroWakeWordDetector("computer")


def test_a_file_that_is_missing_or_no_model_is_named(tmp_path: Path):
    with pytest.raises(ModelFileError, match="no such file"):
        MicroWakeWordDetector(str(tmp_path / "mine.json"))
    wrong = tmp_path / "wrong.json"
    wrong.write_text("[]")
    with pytest.raises(ModelFileError, match="not a microWakeWord model"):
        MicroWakeWordDetector(str(wrong))


def test_a_thousand_resets_on_silence_wake_nobody():
    detector = MicroWakeWordDetector("okay_nabu")
    quiet = np.zeros(FRAME_SAMPLES, np.int16)
    highest = 0.0
    for _ in range(1000):
        detector.reset()
        highest = max(highest, *(detector.hear(quiet) for _ in range(10)))
    assert highest < detector.threshold
