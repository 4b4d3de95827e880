# pyright: basic
# (the library has no complete types)
"""Text to speech with Piper.

piper-tts is GPL-3.0-or-later and imported nowhere else: see the README for what that means when
the whole is redistributed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from voice.audio import Sound, to_int16
from voice.errors import ModelFileError, SynthesisError


class Piper:
    """A Piper voice."""

    def __init__(self, voice: Path, *, speed: float = 1.0, threads: int | None = None) -> None:
        """Load an .onnx voice with its .onnx.json beside it; raises ModelFileError.

        Half of the processors is enough: threads that wait for each other are slow where something
        else runs. Five words beside one busy process on two cores (median of 32): two threads 180 to
        280 ms, one 125 to 160.
        """
        import onnxruntime
        from piper import PiperVoice
        from piper.config import PiperConfig

        self.speed = speed
        try:
            description = json.loads(Path(f"{voice}.json").read_text(encoding="utf-8"))
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads or max(1, (os.cpu_count() or 1) // 2)
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            options.inter_op_num_threads = 1
            # No two sentences have the same shape: patterns fit none, and an arena grows with each.
            options.enable_mem_pattern = options.enable_cpu_mem_arena = False
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
