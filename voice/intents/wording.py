"""From what speech recognition wrote to the plain words that sentence templates are made of.

``" What's fifteen % of 80, please?"`` becomes ``"what is 15 percent of 80"``: lower case, no
punctuation or accents, contractions written out, numbers as digits, polite words and fillers at
both ends gone. The tables come from ``sentences/<language>/common.yaml``.

Accents go last, and from templates and names as well: what people type and recognisers write can't
be relied on for them. Numbers in words are read before, as "fünf" needs its dots.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any, cast

# A compiled module without type information: its one function is typed here.
_figures_for_words = cast(
    Callable[[str, str, float], str], import_module("text_to_num").alpha2digit
)

_VULGAR = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4"}
_SAME = {"’": "'", "‘": "'", "`": "'", "−": "-", "–": "-", "*": "×", "⁄": "/"}
_MONEY = "$£€"
_LETTER = r"[^\W\d_]"

_UNMARKED = (
    (r":(?![0-9])|(?<![0-9]):", " "),
    (r"(?<![^\W_])'+|'+(?![^\W_])", " "),
    (r"[,!?;\"“”„«»…—―_~¿¡\[\]{}|\\<>]", " "),
)
_JOINED = (
    (rf"(?<={_LETTER})-(?=[^\W_])", " "),
    (r"(?<![^\W_])-|-(?![^\W_])|(?<=[0-9])-(?=[^\W\d_])", " "),
)
_ABBREVIATED = (rf"\b({_LETTER})\.(?={_LETTER}\b)", r"\1")  # u.s. → us.
_FULL_STOP = (r"\.(?![0-9])", " ")


def _compiled(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in pairs)


_PLAIN = _compiled((_ABBREVIATED, _FULL_STOP, *_JOINED, *_UNMARKED))


def _spelled_signs(
    signs: Mapping[str, str], decimal: str
) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return what turns signs into a language's words, one after the other."""
    thousands = r"\." if decimal == "," else ","
    pairs = [
        _ABBREVIATED,
        (rf"(?<=[0-9]){thousands}(?=[0-9]{{3}}(?![0-9]))", ""),  # 1,000 → 1000
        (rf"(?<=[0-9]){re.escape(decimal)}(?=[0-9])", "."),
        (r"(?<![0-9])\.(?=[0-9])", " 0."),  # .5 → 0.5
        _FULL_STOP,
        (r"%", f" {signs['%']} "),
        (r"×", f" {signs['×']} "),
        (r"(?<=[0-9)]) ?x ?(?=[0-9(])", f" {signs['×']} "),
        (r"÷|(?<=[0-9)]) ?/ ?(?=[0-9(])", f" {signs['÷']} "),
        (r"\+", f" {signs['+']} "),
        (r"\^", f" {signs['^']} "),
        (r"√", f" {signs['√']} "),
        (r"=", f" {signs['=']} "),
        (r"(?<![0-9-])([0-9.]+)-([0-9.]+)(?![0-9-])", rf"\1 {signs['-']} \2"),
        (r"(?:(?<=\s)|^)-+ ?(?=[0-9(])", f" {signs['-']} "),
        *_JOINED,
        *_UNMARKED,
    ]
    return _compiled(pairs)


_BEFORE = re.compile(rf"([{_MONEY}])\s?([0-9][0-9,.]*[0-9]|[0-9])")
_BEHIND = re.compile(rf"(?<![0-9,.])([0-9][0-9,.]*[0-9]|[0-9])\s?([{_MONEY}])")
_TIGHT = re.compile(r"[0-9][-/–:.][0-9]+[-/–:.]|(?<![0-9])[0-9]+[-/–][0-9]")

MAX_LENGTH = 300
"""Characters; a longer text is no command, and is not looked at."""


class Wording:
    """Rewrites a transcript for matching, with one language's tables."""

    def __init__(self, language: str, tables: Mapping[str, Any]) -> None:
        """``tables`` hold ``contractions``, ``lead_in``, ``lead_out``, ``signs`` and ``numbers``.

        They may hold ``compound_ends``, words that are written together with what is before them.
        """
        self._language = language
        self._signs: Mapping[str, str] = tables["signs"]
        self._rewrites = _spelled_signs(self._signs, tables["numbers"]["decimal"])
        self._numbers = _Numbers(language, tables["numbers"])
        self._contractions = {
            squeeze(key): squeeze(value) for key, value in tables["contractions"].items()
        }
        self._contraction = _any_of(self._contractions)
        ends = "|".join(map(squeeze, tables.get("compound_ends") or ()))
        self._compound = re.compile(rf"(?<=[^\W\d_]{{3}})({ends})\b") if ends else None
        self.courtesies = frozenset(
            word
            for part in ("lead_in", "lead_out")
            for said in tables[part]
            for word in squeeze(said).split()
        )
        """Every word of politeness and filling."""
        # Each must leave at least one word, so that "thank you" alone is not stripped to nothing.
        self._lead_in = re.compile(rf"^(?:(?:{_any_of(tables['lead_in']).pattern}) )+(?=\S)")
        self._lead_out = re.compile(rf"(?<=\S)(?: (?:{_any_of(tables['lead_out']).pattern}))+$")

    def plain(self, text: str) -> str:
        """Return the words of ``text``, or "" when there are none or far too many."""
        if len(text) > MAX_LENGTH:
            return ""
        text = text.encode(errors="replace").decode()  # half a letter: its library fails
        words = self._numbers.in_figures(self._without_signs(text))
        words = self._contraction.sub(
            lambda found: self._contractions[found.group()], unaccented(words)
        )
        if self._compound:  # "nudeltimer"
            words = self._compound.sub(r" \1", words)
        return _once(words)

    def without_courtesies(self, words: str) -> str:
        """Take polite words and fillers off both ends of what ``plain`` returned."""
        return self._lead_out.sub("", self._lead_in.sub("", words))

    def _without_signs(self, text: str) -> str:
        for sign, words in _VULGAR.items():
            if sign in text:
                text = re.sub(rf"(?<=[0-9]) ?{sign}", f" {self._signs['&']} {words}", text)
                text = text.replace(sign, words)
        for sign in "²³":  # before normalizing, which would make "5²" 52
            text = text.replace(sign, f" {self._signs[sign]} ")
        text = _BEFORE.sub(lambda m: f"{m.group(2)} {self._signs[m.group(1)]}", text)
        text = _BEHIND.sub(lambda m: f"{m.group(1)} {self._signs[m.group(2)]}", text)
        return _rewritten(text, self._rewrites)


class _Numbers:
    """Writes numbers said in words as figures."""

    def __init__(self, language: str, tables: Mapping[str, Any]) -> None:
        """``tables`` is ``numbers`` of a language; see ``sentences/en/common.yaml``."""
        self._language = language
        self._decimal: str = tables["decimal"]
        self._scales: Mapping[str, int] = tables["scales"]
        self._ones: Mapping[str, str] = tables["ones"]
        names = "|".join(self._scales)
        self._one = re.compile(rf"\b({'|'.join(self._ones)}) ({names})\b")
        self._scale = re.compile(rf"\b([0-9]+(?:\.[0-9]+)?) ({names})\b")
        values = "|".join(map(str, self._scales.values()))
        self._half = re.compile(rf"\b([0-9]+) {tables['and_a_half']} ({values})\b")
        self._point = re.compile(rf"\b(?:([0-9]+) )?{tables['point']} ([0-9]+)\b")
        words = tables["words"]
        self._words = re.compile(rf"(\b(?:{'|'.join(words)})\b)") if words else None

    def in_figures(self, words: str) -> str:
        """Return the words with every number as digits, decimals after a point."""
        if not words:
            return words
        words = self._one.sub(lambda m: f"{self._ones[m.group(1)]} {m.group(2)}", words)
        words = self._scale.sub(self._scaled, words)
        if self._words:
            parts = self._words.split(words)
            parts[::2] = [self._figures(part) for part in parts[::2]]
            words = "".join(parts)
        else:
            words = self._figures(words)
        words = self._scale.sub(self._scaled, words)  # "two dozen"
        words = self._half.sub(_half_scaled, words)  # "one and a half million"
        return self._point.sub(lambda found: f"{found.group(1) or 0}.{found.group(2)}", words)

    def _figures(self, words: str) -> str:
        if not words.strip():
            return words
        words = _figures_for_words(words, self._language, 0)  # from 0 on: "one" as well
        if self._decimal != ".":
            words = re.sub(rf"(?<=[0-9]){self._decimal}(?=[0-9])", ".", words)
        return re.sub(r"(?<=[0-9])\.(?![0-9])", "", words)  # the German 3. is our 3

    def _scaled(self, found: re.Match[str]) -> str:
        whole, _, fraction = found.group(1).partition(".")
        value = int(whole + fraction) * self._scales[found.group(2)]
        shift = 10 ** len(fraction)
        # "2.5 million" is a whole number; "1.2345 hundred" is left alone.
        return str(value // shift) if value % shift == 0 else found.group()


def looks_like_a_label(text: str) -> bool:
    """Whether figures hang together as in a date, a fraction or a phone number ("24/7", "555-1234")."""
    return _TIGHT.search(text) is not None


def squeeze(text: str) -> str:
    """Write a name as ``Wording.plain`` leaves its words: lower case, no accents or punctuation."""
    return unaccented(_rewritten(text, _PLAIN))


def unaccented(text: str) -> str:
    """Take the accents off: "café" is "cafe", "für" is "fur"."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def _rewritten(text: str, rewrites: Iterable[tuple[re.Pattern[str], str]]) -> str:
    for sign, same in _SAME.items():
        text = text.replace(sign, same)
    text = unicodedata.normalize("NFKC", text.casefold())  # ß is ss from here on
    for pattern, replacement in rewrites:
        text = pattern.sub(replacement, text)
    if not any(letter.isdigit() for letter in text):
        text = text.replace("(", " ").replace(")", " ")
    return " ".join(text.replace("(", " ( ").replace(")", " ) ").split())


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(map(squeeze, phrases), key=len, reverse=True)
    return re.compile(rf"(?<![\w'])(?:{'|'.join(map(re.escape, longest_first))})(?![\w'])")


def _half_scaled(found: re.Match[str]) -> str:
    scale = int(found.group(2))
    return str(int(found.group(1)) * scale + scale // 2)


def _once(words: str) -> str:
    """Take out stutters ("what what time") and a sentence said twice; figures may repeat."""
    kept: list[str] = []
    for word in words.split():
        if not kept or word != kept[-1] or word[0].isdigit() or word in "()":
            kept.append(word)
    for size in range(1, len(kept) // 2 + 1):
        if len(kept) % size == 0 and kept == kept[:size] * (len(kept) // size):
            if not all(word[0].isdigit() for word in kept[:size]):
                kept = kept[:size]
            break
    return " ".join(kept)
