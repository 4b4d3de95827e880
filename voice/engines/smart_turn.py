# pyright: basic
# (the libraries have no complete types)
"""Smart Turn v3: hears from the melody of a voice whether its turn is over.

The model is Pipecat's (BSD-2-Clause): the last 8 s of 16 kHz sound, zeros in front of less, brought
to mean 0 and variance 1, as Whisper's log-mel features of 80 bands; out comes a probability. On one
thread a call takes about 40 ms; on two it is slower.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from voice.audio import RATE, FloatSamples, Samples, silence, to_float
from voice.errors import ModelFileError

WINDOW_S = 8
FRAMES = 800
"""Feature frames, of 10 ms."""


class SmartTurn:
    """The model, loaded and warm; fulfils ``voice.endpoint.TurnDetector``."""

    def __init__(self, path: Path) -> None:
        """Load the ONNX file; raises ModelFileError when it does not hold the model."""
        import onnxruntime
        from faster_whisper.feature_extractor import FeatureExtractor

        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.log_severity_level = 4
        self._features = FeatureExtractor(chunk_length=WINDOW_S)
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), sess_options=options, providers=["CPUExecutionProvider"]
            )
            self.over(silence(1.0))
        except Exception as fault:  # onnxruntime has no common class for its own errors
            reason = (str(fault).splitlines() or [type(fault).__name__])[0]
            raise ModelFileError(f"{path}: not a Smart Turn model ({reason})") from fault

    def over(self, samples: Samples) -> float:
        """Return the probability, 0 to 1, that who spoke has finished; silence at the end included."""
        sound = _level(to_float(samples[-WINDOW_S * RATE :]))
        features = self._features(sound, padding=0)[:, :FRAMES]
        output = self._session.run(None, {"input_features": features[np.newaxis]})[0]
        return float(np.asarray(output).ravel()[0])


def _level(sound: FloatSamples) -> FloatSamples:
    """Fill up to the window, then bring to mean 0 and variance 1, in this order."""
    padded = np.pad(sound, (WINDOW_S * RATE - len(sound), 0))
    return ((padded - padded.mean()) / np.sqrt(padded.var() + 1e-7)).astype(np.float32)
