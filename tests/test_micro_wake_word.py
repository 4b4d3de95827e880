"""Which wake words there are, and what is said of others."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pymicro_wakeword
import pytest

from voice.audio import FRAME_SAMPLES
from voice.engines.micro_wake_word import MicroWakeWordDetector
from voice.errors import ConfigError, ModelFileError

ROOT = Path(__file__).parent.parent


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


@pytest.mark.parametrize(
    "content", [b"", b"no model at all" * 100, None], ids=["empty", "text", "cut"]
)
def test_a_model_that_is_damaged_is_named_and_takes_nothing_down(
    tmp_path: Path, content: bytes | None
):
    bundled = Path(pymicro_wakeword.__file__).parent / "models"
    description = tmp_path / "alexa.json"
    description.write_bytes((bundled / "alexa.json").read_bytes())
    model = tmp_path / "alexa.tflite"
    whole = (bundled / "alexa.tflite").read_bytes()
    model.write_bytes(whole[: len(whole) // 2] if content is None else content)
    # In a process of its own: the library follows a null pointer where it can't read a model.
    load = (
        "import sys; from voice.engines.micro_wake_word import MicroWakeWordDetector as Detector; "
    )
    load += "from voice.errors import ModelFileError\n"
    load += "try: Detector(sys.argv[1])\nexcept ModelFileError as fault: print(fault)"
    ran = subprocess.run(
        [sys.executable, "-c", load, str(description)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0
    assert ran.stdout == f"wake.words: {model}: not a wake word's model, or damaged\n"
    model.write_bytes(whole)
    assert MicroWakeWordDetector(str(description)).name == "alexa"


def test_a_description_with_a_threshold_that_is_no_number_is_named(tmp_path: Path):
    bundled = Path(pymicro_wakeword.__file__).parent / "models"
    text = (bundled / "alexa.json").read_text()
    (tmp_path / "alexa.tflite").write_bytes((bundled / "alexa.tflite").read_bytes())
    description = tmp_path / "alexa.json"
    described = json.loads(text)
    described["micro"]["probability_cutoff"] = "high"
    description.write_text(json.dumps(described))
    with pytest.raises(ModelFileError, match="not a microWakeWord model"):
        MicroWakeWordDetector(str(description))


def test_a_thousand_resets_on_silence_wake_nobody():
    detector = MicroWakeWordDetector("okay_nabu")
    quiet = np.zeros(FRAME_SAMPLES, np.int16)
    highest = 0.0
    for _ in range(1000):
        detector.reset()
        highest = max(highest, *(detector.hear(quiet) for _ in range(10)))
    assert highest < detector.threshold
