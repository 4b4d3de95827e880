"""Reading the corpora of durations, moments and repetitions, and writing results as they do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from voice.intents import tables
from voice.intents.when import Moment, Repeat, When
from voice.intents.wording import Wording


@dataclass(frozen=True)
class Language:
    corpus: dict[str, Any]
    when: When
    wording: Wording
    now: datetime

    def meant(self, part: str) -> Iterator[tuple[str, str]]:
        """Yield (wording, meaning) of ``part``."""
        for meaning, wordings in self.corpus[part].items():
            for wording in wordings:
                yield str(wording), str(meaning)

    def read(self, part: str, wording: str) -> str | None:
        """Return what a wording is read as, in the corpus's writing."""
        words = self.wording.plain(wording)
        if part == "durations":
            seconds = self.when.duration(words)
            return None if seconds is None else str(seconds)
        read = self.when.moment if part == "moments" else self.when.repeat
        return written(read(words, self.now))


@cache
def language(name: str) -> Language:
    corpus = yaml.safe_load(
        (Path(__file__).parent / "data" / f"when_{name}.yaml").read_text("utf-8")
    )
    found = tables.read(name)
    now = datetime.fromisoformat(corpus["now"]).replace(tzinfo=ZoneInfo(corpus["zone"]))
    return Language(corpus, When(found), Wording(name, found), now)


def written(value: Moment | Repeat | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, Repeat):
        clock = f"{value.clock:%H:%M}" if value.clock else "-"
        return f"{value.rule} {clock} {value.first}"
    if value.after_s is not None:
        return f"+{value.after_s}"
    clock = f" {value.clock:%H:%M}" if value.clock else ""
    return f"{'past ' if value.past else ''}{value.day}{clock}"
