"""Characters: odd ones to plain ones at the beginning, whatever can't be said out at the end."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import emoji

MARK = "\ue000"
"""Stands for "to" in a range of numbers while the rules run; texts have no such character left."""

_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_AS_IS = frozenset("\n\u200d\ufe0f\u20e3")  # the last three glue emoji together
_PLAIN = {
    "‘": "'", "’": "'", "‛": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "–", "\u2015": "—", "\u2212": "−", "。": ". ",
    "、": ", ", "，": ", ", "！": "! ", "？": "? ", "：": ": ", "；": "; ", "‰": " per mille ",
    "℃": "°C", "℉": "°F", "º": "°", "˚": "°", "μ": "µ", "№": "No. ", "\t": " ", "™": "", "®": "",
    "©": "", "ª": "", "•": ", ", "‣": ", ", "·": "·", "⁄": "/", "∕": "/", "∼": "~", "¿": "", "¡": "",
}  # fmt: skip
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n")
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]{1,20}")
_ODD = re.compile(r"[^\n -~]")
_VULGAR = re.compile(r"(\d?)\s?([¼-¾⅐-⅞↉])")
_KEYCAP = re.compile("([0-9#*])\ufe0f?\u20e3")
_EMOTICON = re.compile(
    r"(?<![\w:;=<>.])(?:[:;=8]'?-?[)(DPpOo/|\\]|<3|\^_?\^|:-?[*\]]|xD)(?![\w)(/])"
)
_ARROWS = re.compile(r"\s?(?:<?[-=]{1,2}>|[→⟶➔➜➝➞⇒⟹⟶↦])\s?")
_BACK_ARROWS = re.compile(r"\s?(?:<-{1,2}(?!\d)|[←⟵↔⇔⟷⇄])\s?")
_LONG = re.compile(r"[!-~]{81,}")
_ENDS = "?!.:;,"
"""Punctuation, strongest first."""


def plain_characters(text: str) -> str:
    """Return a text without control characters and with one way to write each sign.

    Curly quotes become straight, digits of other scripts and styled letters plain ones, superscripts
    ``^2``, vulgar fractions ``1/2`` (``1½`` is ``1 1/2``).
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    text = _SUPERSCRIPT.sub(lambda m: "^" + m[0].translate(_SUPERSCRIPTS), text)
    text = _VULGAR.sub(_vulgar, text)
    text = _ARROWS.sub(" → ", _BACK_ARROWS.sub(", ", text)) if _has_arrow(text) else text
    text = _KEYCAP.sub(r"\1, ", text)
    return _ODD.sub(lambda m: _plain(m[0]), text)


def _has_arrow(text: str) -> bool:
    return any(sign in text for sign in "→⟶➔➜➝➞⇒⟹↦←⟵↔⇔⟷⇄")


@lru_cache(maxsize=4096)
def _plain(sign: str) -> str:
    """Return what to write for one character outside printable ASCII."""
    if sign in _AS_IS:
        return sign
    if sign in _PLAIN:
        return _PLAIN[sign]
    kind = unicodedata.category(sign)
    if kind in _DROPPED:
        return "" if kind == "Cf" else " "
    if kind[0] == "Z":
        return "\n" if kind in ("Zl", "Zp") else " "
    if kind[0] == "N":
        value = unicodedata.numeric(sign, -1.0)
        if kind == "Nd":
            return str(int(value))
        return f" {int(value)} " if value >= 0 and value == int(value) else " "
    if 0xFF00 <= ord(sign) <= 0xFFEF or 0x1D400 <= ord(sign) <= 0x1D7FF:
        return unicodedata.normalize("NFKC", sign)
    return sign


def _vulgar(found: re.Match[str]) -> str:
    whole, sign = found[1], found[2]
    parts = unicodedata.normalize("NFKC", sign).replace("⁄", "/")
    return f"{whole} {parts}" if whole else f" {parts}" if found[0][0] == " " else parts


def without_emoji(text: str) -> str:
    """Return a text without emoji and emoticons."""
    if not text.isascii():
        text = emoji.replace_emoji(text, " ")
        text = re.sub("[\u200d\ufe0f\u20e3]", "", text)
    return _EMOTICON.sub(" ", text)


def without_noise(text: str) -> str:
    """Return a text in one line, without words that nobody could say: keys, hashes, long numbers."""
    text = _LONG.sub(" ", " ".join(text.split()))
    text = re.sub(r"(?<!\d)\d{25,80}(?!\d)", " a long number ", text)
    return re.sub(_CODE_WORD, " a long code ", text)


_CODE_WORD = re.compile(
    r"(?<![\w-])(?=[\w-]{20,80}(?![\w-]))(?=(?:[A-Za-z_-]{0,60}\d){4})(?=[\d_-]{0,60}[A-Za-z])[\w-]+"
)


def only_speech(text: str) -> str:
    """Return a text with nothing in it but letters and the punctuation that makes pauses."""
    text = re.sub(r"\((?:e?s)\)", "s", text)
    text = text.replace("()", " ").replace(MARK, " to ")
    text = re.sub(r"\)\s*$", "", text)
    text = re.sub(r"\.{2,}|…+", "…", text)
    text = re.sub(r"…\s*(?=[a-z])", ", ", text).replace("…", ". ")
    text = re.sub(r"\s*(?:[()|•]|[—–]+|-{2,}|\s-\s)\s*", ", ", text)
    text = "".join(sign if _sayable(sign) else " " for sign in text)
    text = re.sub(r"(?<![^\W\d_])['-]+|['-]+(?![^\W\d_])", " ", text)  # only inside words
    text = re.sub(r"[,.;:!?](?:\s*[,.;:!?])*", lambda m: _strongest(m[0]) + " ", text)
    text = " ".join(text.split())
    text = re.sub(r" (?=[,.;:!?])", "", text)
    text = re.sub(r"^[,.;:!?\s'-]+", "", text)
    return text if re.search(r"\w", text) else ""


@lru_cache(maxsize=8192)
def _sayable(sign: str) -> bool:
    return sign in " ,.;:!?'-" or unicodedata.category(sign)[0] in "LM"


def _strongest(run: str) -> str:
    return next(sign for sign in _ENDS if sign in run)
