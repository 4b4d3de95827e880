"""From what speech recognition wrote to the plain words that sentence templates are made of.

``" What's fifteen % of 80, please?"`` becomes ``"what is 15 percent of 80"``: lower case, no
punctuation or accents, contractions written out, numbers as digits, polite words and fillers at
both ends gone. The tables come from ``sentences/<language>/common.yaml``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import cast

# A compiled module without type information: its one function is typed here.
_figures_for_words = cast(
    Callable[[str, str, float], str], import_module("text_to_num").alpha2digit
)

_VULGAR = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4"}
# Before NFKC, which would make "5²" 52 and "2½" 21⁄2.
_SIGNS_FIRST = {"²": " squared ", "³": " cubed ", "’": "'", "‘": "'", "`": "'", "−": "-", "–": "-"}
_CURRENCY = re.compile(r"([$£€])\s?([0-9][0-9,.]*[0-9]|[0-9])")
_CURRENCY_WORD = {"$": "dollars", "£": "pounds", "€": "euros"}

_REWRITES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\b([a-z])\.(?=[a-z]\b)", r"\1"),  # u.s. → us.
        (r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", ""),  # 1,000 → 1000
        (r"(?<![0-9])\.(?=[0-9])", " 0."),  # .5 → 0.5
        (r"\.(?![0-9])", " "),
        (r"%", " percent "),
        (r"[×*]", " times "),
        (r"(?<=[0-9)]) ?x ?(?=[0-9(])", " times "),
        (r"÷", " divided by "),
        (r"(?<=[0-9)]) ?[/⁄] ?(?=[0-9(])", " divided by "),
        (r"\+", " plus "),
        (r"\^", " to the power of "),
        (r"√", " square root of "),
        (r"=", " equals "),
        (r"(?<![0-9-])([0-9.]+)-([0-9.]+)(?![0-9-])", r"\1 minus \2"),
        (r"(?:(?<=\s)|^)-+ ?(?=[0-9(])", " minus "),
        (r"(?<=[a-z])-(?=[a-z0-9])", " "),
        (r"(?<![0-9a-z])-|-(?![0-9a-z])|(?<=[0-9])-(?=[a-z])", " "),
        (r":(?![0-9])|(?<![0-9]):", " "),
        (r"(?<![a-z0-9])'+|'+(?![a-z0-9])", " "),
        (r"[,!?;\"“”„«»…—―_~¿¡\[\]{}|\\<>]", " "),
    )
)
_SCALES = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_A_SCALE = re.compile(rf"\ba ({'|'.join(_SCALES)})\b")
_DIGITS_SCALE = re.compile(rf"\b([0-9]+(?:\.[0-9]+)?) ({'|'.join(_SCALES)})\b")
_HALF_SCALE = re.compile(rf"\b([0-9]+) and a half ({'|'.join(map(str, _SCALES.values()))})\b")
_POINT = re.compile(r"\b(?:([0-9]+) )?point ([0-9]+)\b")
_TIGHT = re.compile(r"[0-9][-/–:.][0-9]+[-/–:.]|(?<![0-9])[0-9]+[-/–][0-9]")

MAX_LENGTH = 300
"""Characters; a longer text is no command, and is not looked at."""


class Wording:
    """Rewrites a transcript for matching, with one language's tables."""

    def __init__(
        self,
        language: str,
        contractions: Mapping[str, str],
        lead_in: Iterable[str],
        lead_out: Iterable[str],
    ) -> None:
        self._language = language
        self._contractions = {squeeze(key): value for key, value in contractions.items()}
        self._contraction = _any_of(self._contractions)
        # Each must leave at least one word, so that "thank you" alone is not stripped to nothing.
        self._lead_in = re.compile(rf"^(?:(?:{_any_of(lead_in).pattern}) )+(?=\S)")
        self._lead_out = re.compile(rf"(?<=\S)(?: (?:{_any_of(lead_out).pattern}))+$")

    def plain(self, text: str) -> str:
        """Return the words of ``text``, or "" when there are none or far too many."""
        if len(text) > MAX_LENGTH:
            return ""
        words = squeeze(text.encode(errors="replace").decode())  # half a letter: its library fails
        words = self._contraction.sub(lambda found: self._contractions[found.group()], words)
        return _once(self._digits(words))

    def without_courtesies(self, words: str) -> str:
        """Take polite words and fillers off both ends of what ``plain`` returned."""
        return self._lead_out.sub("", self._lead_in.sub("", words))

    def _digits(self, words: str) -> str:
        words = _A_SCALE.sub(r"one \1", words)
        words = _DIGITS_SCALE.sub(_scaled, words)
        if not words:
            return words
        words = _figures_for_words(words, self._language, 0)  # from 0 on: "one" as well
        words = _DIGITS_SCALE.sub(_scaled, words)  # "two dozen"
        words = _HALF_SCALE.sub(_half_scaled, words)  # "one and a half million"
        return _POINT.sub(lambda found: f"{found.group(1) or 0}.{found.group(2)}", words)


def looks_like_a_label(text: str) -> bool:
    """Whether figures hang together as in a date, a fraction or a phone number ("24/7", "555-1234")."""
    return _TIGHT.search(text) is not None


def squeeze(text: str) -> str:
    """Lower case without accents and punctuation, signs as words, one space between words."""
    for sign, words in _VULGAR.items():
        if sign in text:
            text = re.sub(rf"(?<=[0-9]) ?{sign}", f" and {words}", text).replace(sign, words)
    for sign, words in _SIGNS_FIRST.items():
        text = text.replace(sign, words)
    text = _CURRENCY.sub(lambda m: f"{m.group(2)} {_CURRENCY_WORD[m.group(1)]}", text)
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    if not any(letter.isdigit() for letter in text):
        text = text.replace("(", " ").replace(")", " ")
    return " ".join(text.replace("(", " ( ").replace(")", " ) ").split())


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"(?<![\w'])(?:{'|'.join(map(re.escape, longest_first))})(?![\w'])")


def _scaled(found: re.Match[str]) -> str:
    whole, _, fraction = found.group(1).partition(".")
    scale = _SCALES[found.group(2)]
    value = int(whole + fraction) * scale
    shift = 10 ** len(fraction)
    # "2.5 million" is a whole number; "1.2345 hundred" is left alone.
    return str(value // shift) if value % shift == 0 else found.group()


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
