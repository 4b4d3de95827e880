# pyright: basic
# (the library has no complete types)
"""Voice activity with the Silero model that faster-whisper ships, run statefully.

0.1 ms for 32 ms of sound on one thread; on two it is slower.
"""

from __future__ import annotations

from copy import copy

import numpy as np

from voice.audio import FloatSamples, Samples, to_float
from voice.errors import ModelFileError

CHUNK = 512
CONTEXT = 64


class Silero:
    """Silero VAD v6 over 20 ms frames; the answer is that of the latest whole 32 ms."""

    def __init__(self) -> None:
        """Load the model; raises ModelFileError when faster-whisper does not carry it."""
        from pathlib import Path

        import onnxruntime

        # Not `faster_whisper.utils`: while another thread imports the package, that is a deadlock.
        from faster_whisper import utils

        found = sorted(Path(utils.get_assets_path()).glob("silero_vad*.onnx"))
        if not found:
            raise ModelFileError("faster-whisper carries no Silero model; reinstall faster-whisper")
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(
            str(found[-1]), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self.reset()

    def hear(self, frame: Samples) -> float:
        """Take the next frame of 16 kHz samples; return the probability of speech, 0 to 1."""
        self._pending = np.concatenate([self._pending, to_float(frame)])
        while len(self._pending) >= CHUNK:
            chunk, self._pending = self._pending[:CHUNK], self._pending[CHUNK:]
            self._probability = self._judge(chunk)
        return self._probability

    def reset(self) -> None:
        """Forget everything heard."""
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._context: FloatSamples = np.zeros(CONTEXT, np.float32)
        self._pending: FloatSamples = np.zeros(0, np.float32)
        self._probability = 0.0

    def twin(self) -> Silero:
        """Return another with the same model, which has heard nothing."""
        other = copy(self)
        other.reset()
        return other

    def _judge(self, chunk: FloatSamples) -> float:
        window = np.concatenate([self._context, chunk])[np.newaxis]
        output, self._h, self._c = self._session.run(
            None, {"input": window, "h": self._h, "c": self._c}
        )
        self._context = chunk[-CONTEXT:]
        return float(np.asarray(output).ravel()[-1])
