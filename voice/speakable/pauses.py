"""Where written text has pauses: ends of sentences, commas and dashes, gaps between phrases."""

from __future__ import annotations

import re
from collections.abc import Sequence

from voice.speakable.abbreviations import NEVER_LAST

JOINING = frozenset({
    "and", "but", "or", "so", "because", "while", "when", "if", "although", "though", "since",
    "until", "unless", "whereas", "which",
})  # fmt: skip
"""Words with a natural pause before them."""

_LEADING = JOINING | frozenset({
    "to", "of", "in", "on", "at", "for", "with", "from", "by", "as", "that", "who", "than",
    "into", "about",
})  # fmt: skip
"""Words that begin a phrase: a cut before one is hardly heard."""

LEAST_WORDS = 3
"""A piece of fewer is over too soon."""
_NUMBER_WORDS = frozenset({
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "fifteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty",
    "ninety", "hundred", "thousand", "million", "half",
})  # fmt: skip
_CLINGING = _LEADING | frozenset({
    "a", "an", "the", "my", "your", "his", "her", "its", "our", "their", "this", "very", "is",
    "are", "was", "not", "most", "more", "than", "so", "mr", "mrs", "dr", "i", "we", "you",
    "they", "he", "she", "it's", "there's", "i'm",
}) | _NUMBER_WORDS  # fmt: skip
"""Words that belong to what follows: no cut behind one."""

_CLOSERS = r"[\"'”’)\]*_~»]*"
_SENTENCE_END = re.compile(rf"([.!?…。！？]+){_CLOSERS}\s*$")
_PAUSE_END = re.compile(rf"(?:[,;:]{_CLOSERS}|(?:^|\s)[–—-]{{1,2}}|—)\s*$")
_BLOCK_LINE = re.compile(r"\s*(?:[-*+•]\s|\d{1,4}[.)]\s|#{1,6}\s|>)")
_BLOCK_MARK = re.compile(r"^\s*(?:[-*+•]|\d{1,4}[.)]|#{1,6}|>)\s+")
_INITIAL = re.compile(r"(?:[A-HJ-Z]|(?:[A-Za-z]\.)+[A-Za-z])$")
_WORD = re.compile(r"\S*\w\S*")


def is_block_line(line: str) -> bool:
    """Return whether a line is a list item, a heading or a quotation."""
    return bool(_BLOCK_LINE.match(line))


def count_words(text: str) -> int:
    """Count the words of a text; the mark of a list item or heading is none."""
    return len(_WORD.findall(_BLOCK_MARK.sub("", text)))


def sentence_ends(before: str, following: str, *, line_begins: int) -> bool:
    """Return whether a sentence ends at the end of ``before``, with ``following`` as the next sign.

    ``line_begins`` is where the current line begins in ``before`` (below 0: earlier): "3." there is
    the mark of a list item.
    """
    end = _SENTENCE_END.search(before)
    if end is None or following.islower():
        return False
    if end[1] != ".":
        return True
    words = before[: end.start()].split()
    word = words[-1].lstrip("(\"'“‘*_[") if words else ""
    if word.lower() in ("a.m", "p.m", "etc"):
        return True
    if word.lower() in NEVER_LAST:
        return word.lower() == "no" and not following.isdigit()
    alone = line_begins >= 0 and before[line_begins : end.start()].strip() == word
    return not (_INITIAL.match(word) or (alone and word.isdigit()))


def ends_with_stop(text: str) -> bool:
    """Return whether a text ends with the punctuation of a sentence, whatever the word before it."""
    return bool(_SENTENCE_END.search(text))


def pause_ends(before: str, following: str) -> bool:
    """Return whether ``before`` ends with a comma, colon or dash that is a pause."""
    if not _PAUSE_END.search(before):
        return False
    last = re.sub(r"[\s,;:–—-]+$", "", before)[-1:]
    return not (last.isdigit() and following.isdigit())  # "Nov. 21, 2026", "3 - 4"


def pause_before_joining(before: str, least_words: int) -> bool:
    """Return whether there is a pause between ``before`` and an "and", "but", … behind it."""
    words = before.split()
    last = words[-1].lower() if words else ""
    number = last in _NUMBER_WORDS or re.search(r"\d", last)  # "between 3 and 4"
    return len(words) > least_words and not number


def best_gap(text: str, gaps: Sequence[int], most_words: int) -> int | None:
    """Return the gap after at most so many words that is heard least: before "in", not after "the".

    ``gaps`` are the places where words begin and a cut is allowed. None if none of them will do.
    """
    best: int | None = None
    best_leads = False
    for gap in gaps:
        before, after = text[:gap].split(), text[gap:].split(None, 1)
        words = count_words(text[:gap])
        if words > most_words:
            break
        if words < max(LEAST_WORDS, most_words // 2) or not before or not after:
            continue
        last, following = before[-1], after[0]
        whole = last.isalpha() and following.isalpha()  # no numbers, units, marks, abbreviations
        if not whole or last.lower() in _CLINGING:
            continue
        leads = following.lower() in _LEADING
        if leads or not best_leads:
            best, best_leads = gap, leads
    return best
