"""The build of a whole sentence: a question, an order or a statement, and what each cannot do without."""

from __future__ import annotations

from voice.completeness.english import (
    ADJECTIVES,
    ASKING_FIRST,
    BE,
    CLOSERS,
    DETERMINERS,
    FREE_OBJECTS,
    INTRANSITIVE,
    MAY_STAND_ALONE,
    PARTICLES,
    PAST,
    SUBJECTS,
    TRANSITIVE,
    WANTS_PLACE,
    WH,
)
from voice.completeness.verbs import (
    PREPOSITIONS,
    VERBS,
    Gap,
    base,
    behind_subject,
    told_question,
    verb_place,
)

_FINITE = BE | ASKING_FIRST | frozenset(PAST)


def build_gap(words: list[str]) -> Gap | None:
    """Return what the build lacks, by how the sentence begins."""
    first = words[0]
    if told := told_question(words):
        return _embedded_gap(told)
    if first in WH:
        return _asking_gap(words)
    if first in PREPOSITIONS and len(words) > 2 and words[1] in WH:
        return _asking_gap(words[1:], bound=True)
    if first in BE and first != "be":
        return _being_gap(words[1:])
    if first in ASKING_FIRST and words[:2] != ["do", "not"]:
        if words[-1] in ("possible", "able"):
            return "likely"
        if verb_place(words) is None:
            return "sure" if len(words) < 7 else "likely"
        return _claim_gap(words)
    if first in VERBS or first == "let":
        return _claim_gap(words) if len(words) > 1 else "likely"
    return _stating_gap(words)


def place_gap(words: list[str]) -> Gap | None:
    """Find "turn the music", "can you set the lamp": to what, on or down."""
    start = verb_place(words) if words[0] in ASKING_FIRST else 0
    if start is None or words[start] not in WANTS_PLACE:
        return None
    said = (PARTICLES | PREPOSITIONS | {"into"}).intersection(words[start + 1 :])
    return None if said or words[-1] in CLOSERS or words[-1] in SUBJECTS else "likely"


def _embedded_gap(words: list[str]) -> Gap | None:
    """The verb of a question inside a sentence comes behind its subject."""
    if len(words) < 2:
        return "sure"
    if words[1] == "to":
        return None if len(words) > 2 else "sure"
    who = words[0] in ("who", "what", "which")
    for place in range(1 if who else 2, len(words)):
        if words[place] in _FINITE or base(words[place]):
            last = place == len(words) - 1
            hungry = words[0] in ("how", "why", "when", "if", "whether") and words[place] in BE
            adjective = words[1] in ADJECTIVES
            verb = base(words[place])
            if last and words[0] != "what" and verb in TRANSITIVE and verb not in MAY_STAND_ALONE:
                return None if who or words[1] in FREE_OBJECTS else "likely"
            return "sure" if last and hungry and not adjective else None
    return "sure"


def _asking_gap(words: list[str], *, bound: bool = False) -> Gap | None:
    """What, who, when, where, why, how, which, whose at the beginning.

    ``bound`` is "in which year", behind which a predicate follows.
    """
    first = words[0]
    if len(words) == 1:
        return "likely"
    if words[1] == "come":
        return _embedded_gap([first, *words[2:]])
    if words[1] in ("about", "if"):
        return None if len(words) > 2 else "sure"
    if words[1] in ("else", "not", "so") and len(words) == 2:
        return None
    place = next((n for n, word in enumerate(words) if word in BE | ASKING_FIRST), None)
    if place is None or place > 6:
        verb = next((n for n, word in enumerate(words[1:], 1) if base(word)), None)
        if verb is None:
            return "likely" if len(words) > 3 else "sure"
        alone = verb == len(words) - 1
        return "likely" if alone else None
    rest = words[place + 1 :]
    if not rest:
        return "sure"
    if words[place] in BE:
        if first == "why" or bound:
            return None if rest == ["that"] else _being_gap(rest)
        if (first == "how" and place == 1) or (first == "when" and words[place] == "was"):
            return None if _is_often_asked_after(rest) else _being_gap(rest)
        if first == "where" and words[place] in ("was", "were") and len(rest) == 1:
            return "likely"
        if first == "what" and len(rest) == 1 and rest[0] in ("you", "we", "they"):
            return "sure"
        return "likely" if rest[-1] in ("going", "being") else None
    if first in ("which", "who") and words[place] in ("has", "have", "had", "can", "does"):
        return None
    return _claim_gap(words) if verb_place(words) is not None else "sure"


def _is_often_asked_after(rest: list[str]) -> bool:
    """Find "how is the weather", "when was the first one": whole without a predicate."""
    usual = ("weather", "traffic", "day", "life", "you", "things", "it", "everything", "trip")
    return rest[-1] in usual or rest[:2] in (["the", "first"], ["the", "last"])


def _being_gap(rest: list[str]) -> Gap | None:
    """Whether a predicate follows the subject, behind a form of "be"."""
    if not rest:
        return "sure"
    if rest[0] == "not":
        rest = rest[1:] or ["the"]
    place = behind_subject(rest)
    if place is None or place >= len(rest):
        return "likely" if rest[0] in ("this", "that") else "sure"
    return "likely" if rest[-1] in ("going", "being", "true", "possible", "safe") else None


def _claim_gap(words: list[str]) -> Gap | None:
    """Find "do you think aliens": what is thought has a verb."""
    for place, word in enumerate(words[1:-1], 1):
        if word == "that" and words[place - 1] in ("true", "know", "saying", "sure", "so"):
            told = any(other in _FINITE or base(other) for other in words[place + 2 :])
            return None if told else "likely"
    for verb in ("think", "hope", "believe", "wish"):
        if verb in words[:-1]:
            rest = words[words.index(verb) + 1 :]
            if rest[0] in PREPOSITIONS or rest[0] in ("so", "up", "out"):
                return None
            told = any(word in _FINITE or base(word) for word in rest[1:])
            return None if told else "likely"
    return None


def _stating_gap(words: list[str]) -> Gap | None:
    """A statement wants a verb; without one it is a remark like "another one"."""
    if len(words) > 1 and words[-1] in ("one", "ones", "please"):
        return None
    for place, word in enumerate(words[1:], 1):
        if word in BE | ASKING_FIRST:
            return None if place < len(words) - 1 else "sure"
        if base(word):
            return None if place < len(words) - 1 or base(word) in INTRANSITIVE else "likely"
    if words[0] in SUBJECTS or (words[0] in DETERMINERS and len(words) < 3):
        return "sure"
    return "likely"
