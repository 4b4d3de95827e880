# pyright: basic
# (the library has no complete types)
"""Wake words with microWakeWord's models (0.2 % of a core each)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from voice.audio import Samples
from voice.errors import ConfigError, ModelFileError


class MicroWakeWordDetector:
    """One microWakeWord model, bundled or a file."""

    def __init__(self, name: str) -> None:
        """Load by name (okay_nabu, hey_jarvis, hey_mycroft, alexa) or path of a .json description.

        Raises ConfigError for an unknown name, naming those there are; ModelFileError for a file that
        is missing or of the wrong kind.
        """
        import pymicro_wakeword

        self._features: Any = pymicro_wakeword.MicroWakeWordFeatures()
        bundled = {model.value: model for model in pymicro_wakeword.Model}
        if name in bundled:
            self._detector: Any = pymicro_wakeword.MicroWakeWord.from_builtin(bundled[name])
            self._name = name
        else:
            self._detector = _from_file(name, sorted(bundled))
            self._name = Path(name).stem
        self._score = 0.0
        self._loaded_from = name

    @property
    def name(self) -> str:
        """The word's name; for a file the file's stem."""
        return self._name

    @property
    def threshold(self) -> float:
        """The model's own, as its makers chose it."""
        return float(self._detector.probability_cutoff)

    def hear(self, frame: Samples) -> float:
        """Take the next frame; return the highest score, 0 to 1, that came up in it."""
        best = -1.0
        for features in self._features.process_streaming(frame.tobytes()):
            self._score = self._detector.process_streaming_prob(features) or 0.0
            best = max(best, self._score)
        return best if best >= 0 else self._score

    def reset(self) -> None:
        """Forget everything heard (the model is loaded anew: its state lives in the interpreter)."""
        import pymicro_wakeword

        self._detector.reset()
        self._features = pymicro_wakeword.MicroWakeWordFeatures()
        self._score = 0.0

    def twin(self) -> MicroWakeWordDetector:
        """Return another one of the same model, which has heard nothing."""
        return MicroWakeWordDetector(self._loaded_from)


def _from_file(name: str, bundled: list[str]) -> Any:
    import pymicro_wakeword

    path = Path(name).expanduser()
    if path.suffix != ".json":
        raise ConfigError(
            f"wake.words: no wake word {name!r}; there are {', '.join(bundled)}, "
            "or give the path of a microWakeWord .json file"
        )
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        float(described["micro"]["probability_cutoff"])
        model = path.parent / described["model"]
        if not _is_model(model):
            raise ModelFileError(f"wake.words: {model}: not a wake word's model, or damaged")
        return pymicro_wakeword.MicroWakeWord.from_config(path)
    except FileNotFoundError as fault:
        raise ModelFileError(f"wake.words: {fault.filename}: no such file") from fault
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as fault:
        raise ModelFileError(f"wake.words: {path}: not a microWakeWord model ({fault})") from fault


def _is_model(path: Path) -> bool:
    """Tell whether TensorFlow Lite takes a file; the wake word library would crash if it does not."""
    import pymicro_wakeword

    path.open("rb").close()  # raises OSError with the reason
    bundled = pymicro_wakeword.MicroWakeWord.from_builtin(pymicro_wakeword.Model.OKAY_NABU)
    model = bundled.lib.TfLiteModelCreateFromFile(os.fsencode(path.resolve()))
    interpreter = bundled.lib.TfLiteInterpreterCreate(model, None) if model else None
    if interpreter:
        bundled.lib.TfLiteInterpreterDelete(interpreter)
    if model:
        bundled.lib.TfLiteModelDelete(model)
    bundled.close()
    return bool(interpreter)
