"""Verbs: their forms, where a sentence has one, and whether it has the object it wants."""

from __future__ import annotations

from typing import Literal

from voice.completeness.english import (
    ADJECTIVES,
    ADVERBS,
    ASKING_FIRST,
    BE,
    CHANGES_BY_ITSELF,
    DETERMINERS,
    FREE_OBJECTS,
    INTRANSITIVE,
    LONE_SUBJECTS,
    MAY_END_A_YES_OR_NO_QUESTION,
    MAY_STAND_ALONE,
    PARTICIPLES,
    PAST,
    STAYS_OPEN,
    SUBJECTS,
    SUBORDINATING,
    TELLING,
    TRANSITIVE,
    WANTS_MORE,
    WH,
)
from voice.completeness.text import is_number

Gap = Literal["sure", "likely"]
"""Whether something is missing for sure, or whether one would rather wait and see."""

PREPOSITIONS = frozenset(["of", "in", "on", "with", "from", "for", "to", "about", "at", "by"])
VERBS = TRANSITIVE | INTRANSITIVE | WANTS_MORE | {"do", "be"}
_ENDINGS = (("ies", "y"), ("ied", "y"), ("ing", "e"), ("ed", "e"), ("es", "e"), ("s", ""))


def base(word: str) -> str | None:
    """Return the verb that a word may be a form of; None if it is no form of a known one."""
    if word in VERBS:
        return word
    if word in PAST:
        return PAST[word]
    for ending, puts in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            stem = word[: -len(ending)]
            for verb in (stem + puts, stem):
                if verb in VERBS:
                    return verb
            if len(stem) > 2 and stem[-1] == stem[-2] and stem[:-1] in VERBS:
                return stem[:-1]
    return None


def told_question(words: list[str]) -> list[str]:
    """Return the question inside the sentence: "how bees make honey" in "I wonder how …"."""
    for place, word in enumerate(words):
        if place and word in WH | {"if", "whether"} and TELLING.intersection(words[:place]):
            return words[place:]
    return []


def behind_subject(words: list[str]) -> int | None:
    """Return where the words behind a subject begin; None if it is not over."""
    place = 0
    pointing = words[0] in ("this", "that", "these", "those", "one")
    if words[0] in LONE_SUBJECTS and (not pointing or len(words) < 2 or _is_described(words[1])):
        return 1
    while place < len(words) and (
        words[place] in DETERMINERS or words[place] in ADJECTIVES or is_number(words[place])
    ):
        place += 1
    place += 1
    if place > len(words):
        return None
    while place < len(words) and words[place] in ("of", "with", "from"):
        behind = behind_subject(words[place + 1 :]) if place + 1 < len(words) else None
        if behind is None:
            return None
        place += 1 + behind
    return place


def _is_described(word: str) -> bool:
    """Whether "this" stands alone before it: "is this normal", not "is this book"."""
    return word in ADJECTIVES | ADVERBS | DETERMINERS | BE or base(word) is not None


def verb_place(words: list[str]) -> int | None:
    """Return where the main verb stands that a helping one promised; None if it is not there."""
    start = next((n for n, word in enumerate(words) if word in ASKING_FIRST), None)
    if start is None or start + 1 >= len(words):
        return None
    rest = words[start + 1 :]
    if rest[0] == "not":
        rest = rest[1:]
        start += 1
    behind = behind_subject(rest) if rest else None
    if behind is None:
        return None
    for place in range(behind, len(rest)):
        if base(rest[place]) or rest[place] in BE:
            return start + 1 + place
    return None


def object_gap(words: list[str]) -> Gap | None:
    """Find a verb at the end that wants an object: "how do I boil", not "what should I wear"."""
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if len(words) > 1 and not _stands_as_verb(words):
        return None
    verb = base(last)
    if verb is None:
        return None
    if verb in STAYS_OPEN or (verb == "come" and "from" not in words and words[0] == "where"):
        return "likely"
    asks = words[0] in WH or words[0] in ASKING_FIRST or bool(told_question(words))
    if verb not in TRANSITIVE:
        waits = not asks or before in ("to", "that", "who") or _follows_condition(words)
        if words[0] in ASKING_FIRST and verb not in MAY_END_A_YES_OR_NO_QUESTION:
            waits = True
        return "likely" if verb in WANTS_MORE and waits else None
    nearest = _nearest_part(words)
    if BE.intersection(nearest) and (last in PARTICIPLES or last.endswith("ed")):
        return None
    if FREE_OBJECTS.intersection(nearest[1 if nearest[1:2] and nearest[1] in BE else 0 : -2]):
        return None
    if verb in CHANGES_BY_ITSELF and asks and before not in ("i", "you", "we"):
        return None
    if verb in WANTS_MORE and words[0] == "how":
        return "likely"
    if before == "not" and verb in MAY_STAND_ALONE:
        return None
    if before in ("me", "us") and verb == "know":
        return None
    return "likely" if verb in MAY_STAND_ALONE or before in ("keep", "stop", "start") else "sure"


def _nearest_part(words: list[str]) -> list[str]:
    """Return the words from the last "if", "when", "that", "who" on."""
    for place in range(len(words) - 2, 0, -1):
        if words[place] in SUBORDINATING or words[place] in ("that", "who", "why", "how"):
            return words[place:]
    return words


def _follows_condition(words: list[str]) -> bool:
    """Find "… if you talk", "… when she stares"."""
    return words[-3:-2] != [] and words[-3] in SUBORDINATING and words[-2] in SUBJECTS


def _stands_as_verb(words: list[str]) -> bool:
    """Whether the last word is a verb where it stands; many words are nouns as well."""
    last, before = words[-1], words[-2]
    if (
        before in SUBJECTS
        or before in ASKING_FIRST
        or before in ("to", "not", "us", "and", "or", "who", "that")
    ):
        return True
    if before == "me" and {"help", "let", "make"}.intersection(words):
        return True
    if before in ("just", "ever", "never", "always", "really", "still"):
        return True
    if last in PAST:
        return before not in DETERMINERS
    if last.endswith("ing"):
        return before in BE | PREPOSITIONS or before in (
            "mind",
            "start",
            "stop",
            "keep",
            "like",
            "by",
            "trouble",
        )
    start = verb_place(words)
    return start == len(words) - 1


def worse(one: Gap | None, other: Gap | None) -> Gap | None:
    """Return the surer of two findings."""
    return "sure" if "sure" in (one, other) else one or other
