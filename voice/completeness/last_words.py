"""Last words that wait: an adjective for its noun, "the capital" for its "of", a person for the matter."""

from __future__ import annotations

from voice.completeness.english import (
    ADJECTIVES,
    ADVERBS,
    AFTER_THE,
    BE,
    CLOSERS,
    COMPOUND_BEGINNINGS,
    DETERMINERS,
    ENDINGS_OF_ADJECTIVES,
    FREE_OBJECTS,
    NAME_BEGINNINGS,
    NO_ADJECTIVES,
    OFTEN_TOLD_MORE_ABOUT,
    PARTICLES,
    PERSONS,
    RECEIVERS,
    SUBJECTS,
    SUBORDINATING,
    TRANSITIVE,
    WANTS_OF,
)
from voice.completeness.text import is_number, is_year
from voice.completeness.verbs import PREPOSITIONS, Gap, base, object_gap

_JOINING = SUBORDINATING | frozenset(["and", "that", "but", "or", "than"])
_LINKING = frozenset(
    ["feel", "look", "sound", "taste", "smell", "get", "become", "keep", "stay", "go", "seem", "be"]
)


def end_gap(words: list[str]) -> Gap | None:
    """Look at the last word and what stands before it."""
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in CLOSERS and before not in _JOINING and len(words) > 2:
        return None
    if last in ("little", "bit", "lot") and before == "a":
        return None if len(words) > 3 and words[-3] in PARTICLES else "likely"
    if last.endswith(("'s", "s'")) or last in ("over", "around", "through"):
        return "likely"
    if last in SUBJECTS and before in _JOINING:
        return "sure"
    if _waits_after_all(words):
        return "likely"
    if last in ADVERBS and not (last in ("more", "less", "most", "pretty") and before != "is"):
        return "likely"
    if _awaits_noun(words):
        return "sure" if before in DETERMINERS else "likely"
    if last in WANTS_OF and _is_behind_article(words):
        return "sure"
    if last in OFTEN_TOLD_MORE_ABOUT and _is_asked_for(words):
        return "likely"
    if last in NAME_BEGINNINGS or _begins_compound(words):
        return "likely"
    if before == "to" and words[-1] == "me" and words[-3:-2] in (["explain"], ["describe"]):
        return "sure"
    if _says_only_a_number(words):
        return "likely"
    if _addresses_only(words):
        return "sure"
    return object_gap(words)


def _waits_after_all(words: list[str]) -> bool:
    """Find small words that end some sentences, where they do not: "… next", "a five year old"."""
    last, before, verb = words[-1], words[-2] if len(words) > 1 else "", base(words[-2:][0])
    if last == "that":
        return not (verb or before in PREPOSITIONS | BE)
    if last == "this":
        return not (verb in TRANSITIVE or verb == "do" or before in PREPOSITIONS | BE)
    if last == "it":
        # "I'd like it", "can I get it": what recognition makes of "… a" and a breath.
        return before == "me" or verb in ("have", "get", "like", "want", "keep", "make")
    if last == "more":
        return verb in ("need", "want", "add", "buy", "get", "like")
    if last in ("me", "you"):
        return verb in ("want", "imagine", "pretend", "make") or before in FREE_OBJECTS
    if last in ("called", "named", "quarter", "afraid"):
        return True
    if last in ("before", "after"):
        return before not in ("ever", "never")
    short = {("of", "all"), ("year", "old")}
    return (
        (last in ("next", "last") and before != "the")
        or (last == "right" and before in PARTICLES)
        or (last == "year" and is_number(before))
        or (before, last) in short
    )


def _awaits_noun(words: list[str]) -> bool:
    """Find "a good", "with a quick vegetarian"; not "I am bored", "which is bigger"."""
    last = words[-1]
    if last not in ADJECTIVES and not last.endswith(ENDINGS_OF_ADJECTIVES):
        return False
    if last in NO_ADJECTIVES or (
        last in AFTER_THE and words[-3:-2] and words[-2] == "the" and words[-3] in PREPOSITIONS
    ):
        return False
    for word in reversed(words[:-1]):
        if word in DETERMINERS:
            return word not in ("this", "that", "what", "which", "all")
        if word in ("about", "with", "for", "of", "from", "at", "to"):
            return word != "for" or not {"synonym", "word"}.intersection(words)
        if base(word) in ("speak", "learn", "study", "know", "understand"):
            return False
        if word == "in" and last.endswith("er"):
            return True
        verb = base(word)
        if verb in TRANSITIVE and verb not in _LINKING and word not in ADJECTIVES:
            return True
        if word not in ADJECTIVES and not is_number(word):
            return False
    return False


def _begins_compound(words: list[str]) -> bool:
    return words[-1] in COMPOUND_BEGINNINGS and (
        words[-2:-1] in (["a"], ["an"], ["the"], ["for"]) or words[-2:-1][0] in ADJECTIVES
        if len(words) > 1
        else False
    )


def _is_behind_article(words: list[str]) -> bool:
    for word in reversed(words[-4:-1]):
        if word in ("the", "a", "an", "any", "another", "some"):
            return True
        if word not in ADJECTIVES and not is_number(word):
            return False
    return False


def _is_asked_for(words: list[str]) -> bool:
    """Whether the last noun is a new thing: "a story", "three ideas", not "the story"."""
    for word in reversed(words[:-1]):
        if word in ("a", "an", "some", "any") or is_number(word):
            return True
        if word not in ADJECTIVES and word not in COMPOUND_BEGINNINGS:
            return False
    return False


def _says_only_a_number(words: list[str]) -> bool:
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if not is_number(last) or is_year(last) or before in ("to", "at", "past", "number", "and"):
        return False
    named = last == "one" and (before in DETERMINERS or before in ADJECTIVES)
    return not named and last not in ("hundred", "thousand", "million")


def _addresses_only(words: list[str]) -> bool:
    """Find "tell my kids", "send Peter", "can you tell me": who, but not yet what."""
    if len(words) < 2 or words[-1] not in PERSONS:
        return False
    return words[-3 if len(words) > 2 and words[-2] in DETERMINERS else -2] in RECEIVERS
