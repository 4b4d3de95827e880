"""Loading: what is loaded side by side must not get in each other's way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

RACE = """
import sys, threading, time

import onnxruntime
from importlib.abc import MetaPathFinder
from voice.engines.silero import Silero

begun = threading.Event()

class Slow(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "faster_whisper":
            begun.set()
            time.sleep(0.5)  # its lock is held, and nothing of it is there yet

sys.meta_path.insert(0, Slow())
whisper = threading.Thread(target=lambda: __import__("faster_whisper"))
whisper.start()
begun.wait()
Silero()
whisper.join()
"""


@pytest.mark.real
def test_speech_recognition_and_voice_activity_are_imported_at_the_same_time():
    ran = subprocess.run(
        [sys.executable, "-c", RACE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
