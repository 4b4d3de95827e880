"""What a sentence still lacks, found by a rough look at its build.

Not a parser: it asks a few questions that fragments of requests fail (is there a verb where a question
needs one, an object where a verb wants one, a noun behind the adjective, a main part behind the "if")
and calls everything else whole.
"""

from __future__ import annotations

import re

from voice.completeness.build import build_gap, place_gap
from voice.completeness.english import (
    ASKING_FIRST,
    BE,
    CLOSERS,
    LEADS,
    SUBORDINATING,
    WH,
)
from voice.completeness.last_words import end_gap
from voice.completeness.text import full_words, spoken_words
from voice.completeness.verbs import Gap, worse


def gap(text: str) -> Gap | None:
    """Return whether a sentence lacks something; None for a whole one."""
    parts = [full_words(spoken_words(part)) for part in re.split(r"[,;:.!?…]+(?:\s|$)", text)]
    parts = [part for part in parts if part]
    while len(parts) > 1 and LEADS.issuperset(parts[0]):
        del parts[0]
    if not parts:
        return "likely"
    words = _without_leads([word for part in parts for word in part])
    if not words:
        return "likely"
    if words[0] in SUBORDINATING and _subordinates(words):
        return _main_part_gap(words, parts)
    if len(parts) > 1 and _goes_on_listing(parts[-1]):
        return "likely"
    return worse(end_gap(words), build_gap(words)) or place_gap(words)


def _goes_on_listing(part: list[str]) -> bool:
    """Find "potatoes, onions": the last thing of a list has an "and" or "or" before it."""
    return len(part) < 3 and not {"and", "or", *CLOSERS}.intersection(part)


def _without_leads(words: list[str]) -> list[str]:
    start = 0
    while start < len(words) - 1 and words[start] in LEADS:
        start += 1
    return words[start:]


def _subordinates(words: list[str]) -> bool:
    """Whether it is "when I cook", not "when is it"; "because of" and the like count too."""
    return words[0] != "when" or len(words) < 2 or words[1] not in ASKING_FIRST | BE


def _main_part_gap(words: list[str], parts: list[list[str]]) -> Gap | None:
    if len(parts) > 1:
        main = _without_leads(parts[-1])
        return worse(end_gap(main), build_gap(main)) if len(main) > 1 else "sure"
    for start in range(3, len(words) - 1):  # no comma written: a question may begin inside
        if words[start] in WH and words[start + 1] in ASKING_FIRST | BE:
            return worse(end_gap(words[start:]), build_gap(words[start:]))
    return "sure" if len(words) < 6 else "likely"
