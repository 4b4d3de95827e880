# ruff: noqa: T201 - a script that prints its figures
"""How long the device takes to find out what a sentence means, and to get ready for that.

Run: python tests/bench/intents.py [--language de] [--rounds 5] [--slow 5]

Prints medians and 95th percentiles in milliseconds, of sentences that mean something on the device
and of those for the language model, and the cost of a start, part by part. Reads every corpus in
``tests/data`` whose name ends in the language: ``intents_en.yaml`` and those of single domains.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def sentences(language: str) -> dict[str, list[str]]:
    """What is said: "meant" here, "none" of it, and mixed; of all corpora of the language."""
    found: dict[str, list[str]] = {"meant": [], "none": [], "mixed": []}
    for file in sorted((ROOT / "tests" / "data").glob(f"*_{language}.yaml")):
        corpus: Any = yaml.safe_load(file.read_text("utf-8"))
        if isinstance(corpus, dict):
            found["meant"] += list(wordings(corpus.get("meant")))
            found["none"] += [text for text in corpus.get("none") or () if isinstance(text, str)]
    requests = ROOT / "tests" / "data" / f"requests_{language}.txt"
    if requests.exists():
        lines = requests.read_text("utf-8").splitlines()
        found["mixed"] += [line.replace("|", "") for line in lines if line and line[0] != "#"]
    return found


def wordings(meant: Any) -> Iterator[str]:
    """The sentences of a corpus of ``intent``, ``slots``, ``wordings``."""
    for entry in meant if isinstance(meant, list) else ():
        if isinstance(entry, dict):
            yield from (text for text in entry.get("wordings") or () if isinstance(text, str))


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that something takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def start_up(language: str) -> None:
    """Print what a start costs, in the order in which it happens."""

    def load() -> None:
        import voice.intents  # noqa: F401 - its import is what is measured

    print(f"import            {timed(load):7.1f} ms")
    from voice.intents import Intents, Phrases, tables

    print(f"read the files    {timed(lambda: tables.read(language)):7.1f} ms")
    print(f"phrases           {timed(lambda: Phrases.of(language)):7.1f} ms, reading included")
    print(f"all, first time   {timed(lambda: Intents(language)):7.1f} ms")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--language", default="en")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--slow", type=int, default=5, help="print that many of the slowest")
    chosen = options.parse_args()
    start_up(chosen.language)
    from voice.intents import Intents

    intents = Intents(chosen.language)
    for kind, texts in sentences(chosen.language).items():
        if not texts:
            continue
        for text in texts:
            intents.match(text)
        rounds = [
            [timed(partial(intents.match, text)) for text in texts] for _ in range(chosen.rounds)
        ]
        taken = [min(times) for times in zip(*rounds, strict=True)]
        cuts = statistics.quantiles(taken, n=20)
        matched = sum(intents.match(text) is not None for text in texts)
        print(
            f"{kind:6} {len(texts):5} sentences, {matched:5} matched: median {statistics.median(taken):.2f} ms, "
            f"95 % {cuts[-1]:.2f} ms, longest {max(taken):.2f} ms"
        )
        for time_taken, text in sorted(zip(taken, texts, strict=True), reverse=True)[: chosen.slow]:
            print(f"    {time_taken:5.2f} ms  {text.strip()}")


if __name__ == "__main__":
    main()
