"""Last words after which something must follow: "turn on the", "what time is", "set a timer for 5"."""

from __future__ import annotations

from voice.completeness.english import (
    ADJECTIVES,
    ASKING,
    BE,
    BEFORE_AMOUNT,
    DETERMINERS,
    LINKS,
    LISTING,
    NEEDS_OBJECT,
    OPEN_ENDS,
    OPEN_WORDS,
    OPERATIONS,
    PARTICLE_VERBS,
    PARTICLES,
    POLITE,
    SUBJECTS,
    SUM_STARTS,
    TELLING,
    WANTS_UNIT,
    WH,
)
from voice.completeness.text import hangs, is_number, is_year


def is_open(words: list[str], text: str) -> bool:
    """Whether the last words need others to follow, whatever the sentence is about."""
    return (
        hangs(text)
        or _ends_with_open_word(words)
        or _ends_with_link(words)
        or _ends_with_particle(words, text)
        or _ends_with_bare_verb(words)
        or _ends_with_bare_number(words)
        or _is_unfinished_list(words, text)
        or ("between" in words and "and" not in words)
    )


def _ends_with_open_word(words: list[str]) -> bool:
    last = words[-1]
    if last == "from" and words[0] == "where" and len(words) > 3:
        return False
    if last == "be" and WH.intersection(words[:-1]) and words[-2] in SUBJECTS:
        return False
    if last == "like" and words[-2:-1] and words[-2] in SUBJECTS and WH.intersection(words[:-2]):
        return False
    if last in OPEN_WORDS or (last in WH and len(words) > 1):
        return True
    # "How much do I need" has its object in front.
    asked = WH.intersection(words[:-2]) and words[-2:-1] == ["i"]
    return not asked and any(" ".join(words[-size:]) in OPEN_ENDS for size in (2, 3))


def _ends_with_link(words: list[str]) -> bool:
    """Find "what time is", "can you", but not "tell me what the capital of France is"."""
    last = words[-1]
    if last in LINKS:
        return not (_is_told(words) or (last == "do" and len(words) >= 4))
    if last in SUBJECTS and len(words) >= 2:
        nominative = last in ("he", "she", "we", "they") and words[-2] not in BE
        return last == "i" or nominative or words[-2] in ASKING
    return last == "i"


def _is_told(words: list[str]) -> bool:
    """Whether a question stands inside the sentence, whose verb comes last."""
    for place, word in enumerate(words):
        if word in WH and TELLING.intersection(words[:place]):
            return len(words) - place >= 3
    return False


def _ends_with_particle(words: list[str], text: str) -> bool:
    """Find "turn on", "what time is it in", but not "turn the lights on", "what's going on"."""
    last = words[-1]
    if last not in PARTICLES:
        return False
    before = words[-2] if len(words) > 1 else ""
    if last == "in" and before not in ("come", "log", "sign"):
        # "Which country is Paris in?" strands its preposition; "What time is it in?" does not.
        return not (words[0] == "which" and "is" in words and text.rstrip().endswith("?"))
    if last in ("on", "in"):
        if before in ("going", "lights", "light", "come", "hold") or (
            PARTICLE_VERBS.intersection(words[:-2]) and before not in PARTICLE_VERBS
        ):
            return False
        # "Which country is Paris in?" strands its preposition; "What time is it in?" does not.
        stranded = words[0] == "which" and text.rstrip().endswith("?")
        return not stranded
    return before in PARTICLE_VERBS


def _ends_with_bare_verb(words: list[str]) -> bool:
    if len(words) > 1 and POLITE.issuperset(words):
        return True
    return words[-1] in NEEDS_OBJECT and POLITE.issuperset(words[:-1])


def _ends_with_bare_number(words: list[str]) -> bool:
    """Find "set a timer for 5", "what's twelve": a number that says too little alone."""
    last = words[-1]
    if last == "percent" or last.endswith("%"):
        return _asks_for_a_sum(words)
    if not is_number(last) or (is_year(last) and len(words) > 3):
        return False
    if last == "one" and words[-2:-1] and words[-2] in DETERMINERS | ADJECTIVES:
        return False
    rest = [word for word in words if not is_number(word)]
    if rest and (rest[-1] in BEFORE_AMOUNT or WANTS_UNIT.intersection(rest)):
        return True
    return _asks_for_a_sum(words) or not rest


def _asks_for_a_sum(words: list[str]) -> bool:
    """Whether a sum was begun and has no second half."""
    begun = " ".join(words).startswith(SUM_STARTS)
    return begun and not OPERATIONS.intersection(words[:-1])


def _is_unfinished_list(words: list[str], text: str) -> bool:
    """Find "add milk, eggs": the last thing of a list has an "and" before it."""
    brief = len(text.rsplit(",", 1)[-1].split()) < 3
    return (
        "," in text
        and brief
        and words[0] in LISTING
        and not {"and", "or", "to"}.intersection(words)
    )
