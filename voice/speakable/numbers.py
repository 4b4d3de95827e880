"""Numbers in words, and the rules for those that nothing else has claimed."""

from __future__ import annotations

import re

from unicode_rbnf import FormatPurpose, RbnfEngine

from voice.speakable.symbols import MARK

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
"""A number as it is written in English: 1,234.5."""

_ENGINE = RbnfEngine.for_language("en")
_LARGEST = 10**18
"""From here on the rules of CLDR have no names."""

_PRODUCTS = (
    r"[Vv]ersion|[Rr]elease|Python|iOS|iPadOS|macOS|Android|Ubuntu|Debian|Fedora|Linux|[Kk]ernel|Java|PHP|"
    r"Ruby|Rust|Node(?:\.js)?|Firefox|Chrome|Django|Kotlin|PostgreSQL|MySQL|Bluetooth|HDMI"
)
_PHONES = (
    re.compile(r"(?<![\w+])\+\d{1,3}(?:[ .-]?\(?\d{1,5}\)?){2,6}(?![\w])"),
    re.compile(r"(?<![\w.,-])(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-]|[.,]\d)"),
    re.compile(r"(?<![\w.,-])\d{3}-\d{4}(?![\w-]|[.,]\d)"),
    re.compile(r"(?<![\w.,-])0\d{2,4}(?:[ -]\d{2,8}){1,4}(?![\w-]|[.,]\d)"),
)
_CALLED = re.compile(r"(?i)\b((?:call|dial|text|ring)\s)(\d{3,6})(?![\w,:]|\.\d)")
_VERSION = re.compile(r"(?<![\w.])[vV]?(\d{1,5}(?:\.\d{1,5}){2,5})(?!\w*\.?\d)")
_V_VERSION = re.compile(r"(?<![\w.])[vV](\d{1,4}(?:\.\d{1,4}){0,3})(?![.]?\d)")
_PRODUCT = re.compile(rf"\b((?:{_PRODUCTS})\s)(\d{{1,3}}\.\d{{1,3}})(?![\d.]*\d)")
_HYPHEN_RANGE = re.compile(
    rf"(?<![\w.,-])((?:[$€£¥]\s?)?{NUMBER}[%°]?)-(?=(?:[$€£¥]\s?)?(?:{NUMBER})(?!\d|-\d|\s?=))"
)
_DASH_RANGE = re.compile(r"(?<=[\d%°])(?:\s?–\s?|—)(?=[$€£¥]?\s?\d)")
_YEARS = re.compile(rf"(?<![\w.,])((?:1[1-9]|20)\d\d){MARK}(\d{{4}}|\d\d)(?![\w]|[.,]\d)")
_ORDINAL = re.compile(r"(?<![\w.,])(\d{1,3}(?:,\d{3}){1,4}|\d{1,12})(?:st|nd|rd|th)(?!\w)")
_PLAIN = re.compile(rf"(?<!\d){NUMBER}")
_SUM_BEFORE = re.compile(r"(?:plus|minus|times|equals|over|point|number)\s$")
_SUM_AFTER = re.compile(r"\s(?:plus|minus|times|equals|divided|over)\b")


def cardinal(value: int) -> str:
    """Return 156 as "one hundred fifty-six"; figure by figure from a quintillion on."""
    if abs(value) >= _LARGEST:
        return digits(str(value))
    return _ENGINE.format_number(value, FormatPurpose.CARDINAL).text


def ordinal(value: int) -> str:
    """Return 21 as "twenty-first"."""
    if abs(value) >= _LARGEST:
        return digits(str(value))
    return _ENGINE.format_number(value, FormatPurpose.ORDINAL).text


def year(value: int) -> str:
    """Return 1984 as "nineteen eighty-four" and 1905 as "nineteen oh five"."""
    return _ENGINE.format_number(value, FormatPurpose.YEAR).text.replace("oh-", "oh ")


def digits(written: str) -> str:
    """Return the figures of a text one by one: "007" as "zero zero seven"."""
    return " ".join(cardinal(int(sign)) for sign in written if sign.isdigit())


def number(written: str) -> str:
    """Return a number as written (``1,234.50``) in words."""
    whole, _, fraction = written.replace(",", "").partition(".")
    if len(whole) > 1 and whole[0] == "0" and not fraction:
        return digits(whole)
    words = cardinal(int(whole)) if whole else "zero"
    return f"{words} point {digits(fraction)}" if fraction else words


def number_or_range(written: str) -> str:
    """Return ``3`` or ``3–4`` (with ``MARK`` between) in words."""
    return " to ".join(number(part.strip(" $€£¥%°")) for part in written.split(MARK))


def parts(written: str) -> str:
    """Return a version, ``22.04``, in words: "twenty-two point oh four"."""
    return " point ".join(_part(part) for part in written.split("."))


def _part(part: str) -> str:
    if len(part) == 2 and part[0] == "0" and part[1] != "0":
        return f"oh {cardinal(int(part))}"
    return number(part)


def say_phones_and_versions(text: str) -> str:
    """Replace phone numbers by groups of figures, and versions by their parts."""
    for pattern in _PHONES:
        text = pattern.sub(_phone, text)
    text = _CALLED.sub(lambda m: m[1] + digits(m[2]), text)
    text = re.sub(
        r"(?<![\w.,])\d{1,3}(?:\.\d{3}){2,5}(?![\w.])", lambda m: m[0].replace(".", ","), text
    )
    text = re.sub(r"(?<=\d)-(alpha|beta|rc|dev|pre)[.-]?(?=\d)", r" \1 ", text)
    text = _V_VERSION.sub(lambda m: f"version {parts(m[1])}", text)
    text = _VERSION.sub(lambda m: parts(m[1]), text)
    return _PRODUCT.sub(lambda m: m[1] + parts(m[2]), text)


def _phone(found: re.Match[str]) -> str:
    written = found[0]
    if not 7 <= sum(sign.isdigit() for sign in written) <= 15:
        return written
    groups = [digits(group) for group in re.findall(r"\d+", written)]
    return ("plus " if written.startswith("+") else "") + ", ".join(groups)


def mark_ranges(text: str) -> str:
    """Put ``MARK`` between the ends of ranges: ``3-4 days``, ``10–12``, ``$5-$10``."""
    text = re.sub(r"(?<=\d)-(?=\d{1,9}\s?=)", " minus ", text)
    text = re.sub(r"(?<=[\w)])−(?=[\w(])", " minus ", text).replace("−", "-")
    return _HYPHEN_RANGE.sub(rf"\1{MARK}", _DASH_RANGE.sub(MARK, text))


def say_numbers(text: str) -> str:
    """Replace every number that is left: ordinals, years, counts, figures in names."""
    text = _YEARS.sub(_years, text)
    text = _ORDINAL.sub(lambda m: ordinal(int(m[1].replace(",", ""))), text)
    text = text.replace(MARK, " to ")
    text = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " ", text)  # MP3, 4K
    text = re.sub(
        r"(?<=\d)-(?=[a-z]{1,12}-\d)|(?<=[^\W\d_])-(?=\d)", " ", text
    )  # 2-for-1, COVID-19
    text = re.sub(r"(?<![\w.])\.(?=\d)", "0.", text)
    return _PLAIN.sub(lambda m: _number(m, text), text)


def _years(found: re.Match[str]) -> str:
    first, last = found[1], found[2]
    end = year(int(last)) if len(last) == 4 else _part(last)
    return f"{year(int(first))} to {end}"


def _number(found: re.Match[str], text: str) -> str:
    written = found[0]
    if not written.isdigit() or (written[0] == "0" and len(written) > 1):
        return number(written)
    if len(written) == 10:
        return ", ".join(map(digits, (written[:3], written[3:6], written[6:])))
    if len(written) > 10:
        return digits(written)
    before, after = text[max(0, found.start() - 10) : found.start()], text[found.end() :][:10]
    summed = _SUM_BEFORE.search(before) or _SUM_AFTER.match(after)
    if len(written) == 4 and 1100 <= int(written) <= 2099 and not summed:
        return year(int(written))
    return number(written)
