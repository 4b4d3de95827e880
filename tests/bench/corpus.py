# ruff: noqa: T201 - a script that prints its figures
"""The corpora of sentences, counted: ``PYTHONPATH=.:tests python tests/bench/corpus.py [LANGUAGE]``.

For every domain: sentences, meanings, how many are understood with intent and slots, how many of them
are in the form that speech recognition writes (no capitals, no punctuation), and how many sentences for
the model match something.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import agenda_talk
import kept_talk
import numpy as np
import yaml

from voice.intents import AskBack, Intents, Situation

DATA = Path(__file__).parents[1] / "data"


def as_recognised(text: str) -> bool:
    """Whether a sentence is written as recognition without case and punctuation writes it."""
    return text == text.lower() and not any(mark in text for mark in ".,!?;:")


def situation(corpus: str, meant: dict[str, Any], language: str) -> Situation | None:
    """Return the situation in which a sentence of a corpus is said; None where it does not matter."""
    if corpus.startswith("agenda_timers"):
        asked = agenda_talk.ASKED.get(meant.get("asked", ""))
        return agenda_talk.situation(meant.get("setup", "nothing"), asked)
    if corpus.startswith("agenda"):
        asked = AskBack(**meant["asked"]) if "asked" in meant else None
        return kept_talk.situation(language, asked=asked)
    return None


def main() -> None:
    """Print the table."""
    language = sys.argv[1] if len(sys.argv) > 1 else "en"
    intents = Intents(language)
    took: list[float] = []

    def match(text: str, in_situation: Situation | None) -> Any:
        begun = time.perf_counter()
        found = intents.match(text, in_situation)
        took.append(1000 * (time.perf_counter() - begun))
        return found

    total = np.zeros(5, int)
    print(f"{'':<20} sentences  right  as recognised  for the model  false")
    for file in sorted(DATA.glob(f"*_{language}.yaml")):
        found = yaml.safe_load(file.read_text("utf-8"))
        if not isinstance(found, dict) or "meant" not in found:
            continue
        row = np.zeros(5, int)
        for meant in found["meant"]:
            if not isinstance(meant, dict) or "intent" not in meant:
                continue
            slots = meant.get("slots") or {}
            where = situation(file.stem, meant, language)
            for text in meant["wordings"]:
                got = match(str(text), where)
                right = got is not None and got.intent == meant["intent"] and got.slots == slots
                row[:3] += [1, right, as_recognised(str(text))]
                if not right:
                    print(f"  {text!r}: {got} instead of {meant['intent']} {slots}")
        for text in found.get("none") or ():
            got = match(str(text), situation(file.stem, {}, language))
            row[3:] += [1, got is not None]
            if got:
                print(f"  {text!r} is taken for {got}")
        print(f"{file.stem:<20} {row[0]:>9} {row[1]:>6} {row[2]:>14} {row[3]:>14} {row[4]:>6}")
        total += row
    print(f"{'all':<20} {total[0]:>9} {total[1]:>6} {total[2]:>14} {total[3]:>14} {total[4]:>6}")
    print(f"match: median {np.median(took):.2f} ms, 95th {np.percentile(took, 95):.2f} ms")


if __name__ == "__main__":
    main()
