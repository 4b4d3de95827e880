"""Nothing is written or sent that nobody asked for."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_engines_leave_nothing_behind_in_the_home_folder(tmp_path: Path):
    """ONNX Runtime keeps a database of what it reports to its makers, unless it is told not to."""
    load = """
from device import models
from voice.engines.piper import Piper
from voice.engines.silero import Silero
import numpy as np

Silero().hear(np.zeros(640, np.int16))
Piper(models.find_voice("en_US-joe-medium")).synthesize("Hello.")
"""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", load], env=environment, cwd=tmp_path, check=True)
    assert [str(path) for path in tmp_path.rglob("*")] == []
