# pyright: basic
# (the library has no complete types)
"""Text to speech with Piper.

piper-tts is GPL-3.0-or-later and imported nowhere else: see the README for what that means when
the whole is redistributed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from voice.audio import Sound, to_int16
from voice.errors import ModelFileError, SynthesisError


class Piper:
    """A Piper voice."""

    def __init__(self, voice: Path, *, speed: float = 1.0, threads: int = 2) -> None:
        """Load an .onnx voice with its .onnx.json beside it; raises ModelFileError."""
        import onnxruntime
        from piper import PiperVoice
        from piper.config import PiperConfig

        self.speed = speed
        try:
            description = json.loads(Path(f"{voice}.json").read_text(encoding="utf-8"))
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            options.inter_op_num_threads = 1
            session: Any = onnxruntime.InferenceSession(
                str(voice), sess_options=options, providers=["CPUExecutionProvider"]
            )
            self._voice = PiperVoice(session=session, config=PiperConfig.from_dict(description))
        except (OSError, ValueError, KeyError, RuntimeError) as fault:
            first = (str(fault).splitlines() or [type(fault).__name__])[0]
            raise ModelFileError(f"{voice}: not a Piper voice ({first})") from fault
        except Exception as fault:  # onnxruntime's own errors share no public base class
            first = (str(fault).splitlines() or [type(fault).__name__])[0]
            raise ModelFileError(f"{voice}: not a Piper voice ({first})") from fault

    @property
    def rate(self) -> int:
        """Samples a second of what is synthesized."""
        return self._voice.config.sample_rate

    def synthesize(self, text: str) -> Sound:
        """Return speakable text as sound; empty for text without anything to say."""
        from piper.config import SynthesisConfig

        config = SynthesisConfig(length_scale=self._voice.config.length_scale / self.speed)
        try:
            chunks = [chunk.audio_float_array for chunk in self._voice.synthesize(text, config)]
        except (RuntimeError, ValueError, IndexError) as fault:
            raise SynthesisError(f"synthesis failed: {type(fault).__name__}") from fault
        samples = np.concatenate(chunks) if chunks else np.zeros(0, np.float32)
        return Sound(to_int16(samples), self.rate)
