"""How long it takes to read durations, moments and repetitions: ``python tests/bench/when.py``.

Every wording of the corpora is read alone, as the matcher does with the words of a slot; ``split``
reads the free texts. The first line of a language is what starting up costs.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from when_corpus import Language, language  # noqa: E402 - found by the path above

from voice.intents import tables  # noqa: E402 - the same
from voice.intents.when import When  # noqa: E402 - the same

ROUNDS = 5


def milliseconds(work: Callable[[], object]) -> float:
    """Return the best of some runs, which other programs disturbed least."""
    best = float("inf")
    for _ in range(ROUNDS):
        begin = perf_counter()
        work()
        best = min(best, perf_counter() - begin)
    return best * 1000


def row(name: str, times: list[float]) -> None:
    ranked = sorted(times)
    p95 = ranked[int(len(ranked) * 0.95)]
    sys.stdout.write(
        f"  {name:<22}{len(ranked):5} texts  median {median(ranked):6.3f} ms"
        f"  95 % {p95:6.3f} ms  longest {ranked[-1]:6.3f} ms\n"
    )


def measure(name: str, spoken: Language) -> None:
    when, now = spoken.when, spoken.now
    readers: dict[str, Callable[[str], object]] = {
        "durations": when.duration,
        "moments": lambda words: when.moment(words, now),
        "repeats": lambda words: when.repeat(words, now),
    }
    for part, read in readers.items():
        for label, texts in (
            (part, [wording for wording, _ in spoken.meant(part)]),
            (f"{part}, none", [str(text) for text in spoken.corpus["none"][part]]),
        ):
            plain = [spoken.wording.plain(text) for text in texts]
            row(label, [milliseconds(lambda w=words, r=read: r(w)) for words in plain])
    plain = [spoken.wording.plain(case[0]) for case in spoken.corpus["splits"]]
    row("split", [milliseconds(lambda w=words: when.split(w, now)) for words in plain])


def start_up(name: str) -> None:
    found = tables.read(name)
    begin = perf_counter()
    When(found)  # once: what hassil parsed is kept
    sys.stdout.write(f"{name}: built in {(perf_counter() - begin) * 1000:.1f} ms\n")


if __name__ == "__main__":
    for language_name in ("en", "de"):
        start_up(language_name)
        measure(language_name, language(language_name))
