# ruff: noqa: T201 - a script that prints its figures
"""Commands as they are heard: ``PYTHONPATH=.:tests python tests/bench/spoken_intents.py [COUNT] [SEED] [NOISE]``.

Sentences of the intent corpora, taken by chance, are spoken by Piper into noise
15 dB below (a recording, or pink noise), heard by `sayso hear --no-wake`, and compared in what they
mean: the intent and all its slots. In words that a slot holds as they were heard, case, spaces,
commas and "%" for "percent" make no difference, in times nor do other signs ("6:30", "6 30"). What is printed besides: how often
the recogniser wrote the very words. SEED takes other sentences.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from people import DATA as PEOPLE
from real_speech import sentence

from device.engines.sound_files import read
from device.wav_files import write
from voice.audio import RATE, Samples, Sound, silence, to_float
from voice.intents import Intents, Match
from voice.stt import plain

ROOT = Path(__file__).parents[2]
CORPORA = sorted((ROOT / "tests" / "data").glob("*_en.yaml"))
SNR_DB = 15.0


def sentences(count: int, intents: Intents, seed: int) -> list[tuple[str, str, dict[str, Any]]]:
    """Return wordings by chance, with intent and slots; those that mean it in any situation."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    for file in CORPORA:
        for meant in (yaml.safe_load(file.read_text("utf-8")) or {}).get("meant", []):
            if isinstance(meant, dict) and "wordings" in meant and "intent" in meant:
                slots = meant.get("slots") or {}
                wanted = Match(meant["intent"], slots)
                found += [
                    (str(text), meant["intent"], slots)
                    for text in meant["wordings"]
                    if intents.match(str(text)) == wanted
                ]
    return random.Random(seed).sample(found, min(count, len(found)))


def same(value: Any) -> Any:
    """Return slots without what makes no difference in what they mean."""
    if isinstance(value, Mapping):
        return {
            name: re.sub(r"\W+", "", each.lower())
            if name.endswith("when") and isinstance(each, str)
            else same(each)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [same(each) for each in value]
    if isinstance(value, str):
        return re.sub(r"[\s,\"]+|[.?!]+$", "", value.lower().replace("%", "percent"))
    return value


def noise(path: Path | None, length: int) -> np.ndarray:
    """Return noise with an rms of 1."""
    if path and path.exists():
        heard = np.resize(to_float(read(path)), length)
    else:
        spectrum = np.fft.rfft(np.random.default_rng(1).normal(0, 1, length))
        heard = np.fft.irfft(spectrum / np.sqrt(np.maximum(1, np.arange(len(spectrum)))), length)
    return heard / np.sqrt(np.mean(heard**2))


def into_noise(words: Samples, around: np.ndarray) -> Samples:
    """Return a sentence with noise below it, a second of it before and behind."""
    sound = np.concatenate([silence(1.0), words, silence(1.0)]).astype(float)
    loud = words[np.abs(words.astype(int)) > 300].astype(float)
    level = np.sqrt(np.mean(loud**2)) * 10 ** (-SNR_DB / 20)
    return np.clip(sound + around[: len(sound)] * level, -32768, 32767).astype(np.int16)


def main() -> None:
    """Print the figures, and what was understood otherwise."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    path = Path(sys.argv[3]) if len(sys.argv) > 3 else PEOPLE / "noise" / "kitchen.flac"
    intents = Intents("en")
    wanted = sentences(count, intents, seed)
    around = noise(path, 30 * RATE)
    folder = Path(tempfile.mkdtemp())
    files: list[Path] = []
    for number, (text, _, _) in enumerate(wanted):
        words = sentence(text.strip())
        files.append(folder / f"{number:03d}.wav")
        write(files[-1], Sound(into_noise(words, np.roll(around, number * 7919)), RATE))
    env = {**os.environ, "SAYSO_STATE": str(folder / "state")}
    hear = ["hear", "--no-wake", "--json", "--set=model.provider=none", *map(str, files)]
    done = subprocess.run(
        [sys.executable, "-m", "device.cli", *hear],
        env=env, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    heard: dict[str, str] = {}
    for line in done.stdout.splitlines():
        event = json.loads(line)
        if event["event"] == "stt_text":
            heard[event["file"]] = event["text"]
    right = words_right = 0
    for (text, intent, slots), file in zip(wanted, files, strict=True):
        got = heard.get(str(file), "")
        match = intents.match(got)
        fits = match is not None and match.intent == intent and same(match.slots) == same(slots)
        right += fits
        words_right += plain(got) == plain(text)
        if not fits:
            print(f"{text!r} heard {got!r}: {match}")
    print(f"{right} of {len(wanted)} understood as meant, {words_right} word for word")


if __name__ == "__main__":
    main()
