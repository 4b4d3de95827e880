"""Money, units, percentages and fractions."""

from __future__ import annotations

import re

from voice.speakable.numbers import NUMBER, cardinal, number, number_or_range, ordinal
from voice.speakable.symbols import MARK
from voice.speakable.units import COUNTED, DOTTED, PER_WORDS, UNITS

_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "", ""),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₩": ("won", "won", "", ""),
    "₽": ("ruble", "rubles", "kopek", "kopeks"),
    "₺": ("lira", "lira", "", ""),
    "₿": ("bitcoin", "bitcoin", "", ""),
    "₴": ("hryvnia", "hryvnias", "", ""),
    "₪": ("shekel", "shekels", "", ""),
    "฿": ("baht", "baht", "", ""),
}
_COUNTRIES = {
    "US": "US ", "A": "Australian ", "AU": "Australian ", "C": "Canadian ", "CA": "Canadian ",
    "NZ": "New Zealand ", "HK": "Hong Kong ", "S": "Singapore ", "R": "", "MX": "Mexican ",
}  # fmt: skip
_CODES = {
    "USD": ("US dollar", "US dollars"), "EUR": ("euro", "euros"), "GBP": ("pound", "pounds"),
    "CHF": ("Swiss franc", "Swiss francs"), "JPY": ("yen", "yen"), "CNY": ("yuan", "yuan"),
    "CAD": ("Canadian dollar", "Canadian dollars"), "INR": ("rupee", "rupees"),
    "AUD": ("Australian dollar", "Australian dollars"), "SEK": ("Swedish krona", "Swedish kronor"),
    "NOK": ("Norwegian krone", "Norwegian kroner"), "DKK": ("Danish krone", "Danish kroner"),
    "PLN": ("zloty", "zlotys"), "MXN": ("Mexican peso", "Mexican pesos"),
    "BRL": ("real", "reais"), "KRW": ("won", "won"), "BTC": ("bitcoin", "bitcoin"),
}  # fmt: skip
_MAGNITUDES = {
    "k": "thousand", "K": "thousand", "M": "million", "m": "million", "mn": "million",
    "B": "billion", "b": "billion", "bn": "billion", "Bn": "billion", "T": "trillion",
    "tn": "trillion",
}  # fmt: skip
_AMOUNT = r"\d{1,30}(?:[.,]\d{1,30}){0,8}|\.\d{1,4}"
_SIGN = "[" + re.escape("".join(_CURRENCIES)) + "]"
_SIZE = r"(?:\s?(?P<size>thousand|million|billion|trillion|bn|Bn|mn|tn|[kKMmBbT])(?![\w²³]))?"
_BEFORE = re.compile(
    rf"(?P<lead>\b[Aa]n?\s)?(?P<minus>(?<![\w)])-)?(?<![A-Za-z])(?P<country>[A-Z]{{1,2}})?(?P<sign>{_SIGN})\s?"
    rf"(?P<amount>{_AMOUNT})(?:{MARK}{_SIGN}?\s?(?P<last>{_AMOUNT}))?{_SIZE}"
)
_AFTER = re.compile(
    rf"(?<![\w.,])(?P<amount>{_AMOUNT})(?:{MARK}(?P<last>{_AMOUNT}))?{_SIZE}\s?(?P<sign>{_SIGN})"
)
_CODE = "|".join(_CODES)
_CODE_BEFORE = re.compile(rf"\b(?P<code>{_CODE})\s?(?P<amount>{_AMOUNT}){_SIZE}")
_CODE_AFTER = re.compile(rf"(?<![\w.,])(?P<amount>{_AMOUNT}){_SIZE}\s?(?P<code>{_CODE})\b")
_CENTS = re.compile(rf"(?<![\w.,])({NUMBER})\s?¢")

_RANGE = rf"{NUMBER}(?:[%°]?{MARK}{NUMBER})?"
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_FRACTION = r"(?:(?P<whole>\d{1,4})[ -])?(?P<over>\d{1,3})/(?P<under>\d{1,3})"
_QUANTITY = re.compile(
    rf"(?P<lead>\b[Aa]n?\s)?(?<![\w.,/])(?P<n>{_RANGE})(?P<gap>[\s-]?)(?P<unit>{_UNIT})(?:/(?P<per>{_UNIT}|{PER_WORDS}))?"
    rf"(?![\w²³^°]|/[A-Za-z%°]|'\w)(?P<dot>\.(?=\s[a-z]))?"
)
_FRACTION_OF = re.compile(
    rf"(?<![\w.,/]){_FRACTION}\s?(?P<unit>{_UNIT}|{'|'.join(COUNTED)})(?![\w²³^/°])"
)
_ANY_FRACTION = re.compile(rf"(?<![\w.,/]){_FRACTION}(?![\w/]|[.,]\d)")
_FEET = re.compile(
    r"(?<![\w.,])(\d{1,3})\s?(?:ft\.?|feet|foot|'|′)\s?(\d{1,2}(?:\.\d+)?)(?:\s?(?:in\b\.?|inch(?:es)?\b|''|\"|″)|(?!\s?[\w.]))"
)
_INCHES = re.compile(
    rf"(?<![\w.,])({_RANGE})\s?(?:″|\"(?=\s[a-z])|in\.(?=\s[a-z])|in(?=\s(?:tall|wide|long|deep|thick|high|across|of\s(?:rain|snow))\b))"
)
_CLOCKED = re.compile(
    r"(?<![\w.,])(?:(\d{1,3})\s?h(?:rs?)?\s?)?(\d{1,3})\s?m(?:in)?(?:\s?(\d{1,2})\s?s(?:ec)?)?(?!\w)"
)
_SIZES = re.compile(
    rf"(?<![\w.,])({NUMBER})\s?[x×]\s?({NUMBER})(?:\s?[x×]\s?({NUMBER}))?(?=[\s-]?(?:{_UNIT})(?!\w))"
)
_COUNT = re.compile(rf"(?<![\w.,])({NUMBER})(k|M|bn|mn)(?!\w)")
_SCORE = re.compile(
    r"(?<![\w.,/])(\d{1,3}\.\d{1,2}(?=/)|\d{1,3}(?=/\d{1,3} (?:stars|points)\b))/(\d{1,3})(?![\w/]|[.,]\d)"
)
_OUT_OF = frozenset({5, 10, 20, 100})


def say_quantities(text: str) -> str:
    """Replace amounts of money and of anything with a unit by words."""
    text = re.sub(r"\b(UTC|GMT)\s?([+-])(?=\d)", _zone, text)
    text = re.sub(r"(?<=°[CF])\s?/\s?(?=\d)", " or ", text)  # the same in the other scale
    text = re.sub(r"~\s?(?=[$€£¥]?\d)", " about ", text)
    text = re.sub(r"([<>])\s?(?=[$€£¥]\d)", _bound, text)
    text = re.sub(r"(?<![\w)\]%°.])-(?=[$€£¥]?\.?\d)", "minus ", text)
    text = _BEFORE.sub(_money, text)
    text = _AFTER.sub(_money, text)
    text = _CENTS.sub(lambda m: f"{number(m[1])} {'cent' if m[1] == '1' else 'cents'}", text)
    text = _CODE_BEFORE.sub(_code, _CODE_AFTER.sub(_code, text))
    text = _FEET.sub(_feet, text)
    text = _INCHES.sub(
        lambda m: f"{number_or_range(m[1])} {'inch' if m[1] == '1' else 'inches'}", text
    )
    text = _CLOCKED.sub(_clocked, text)
    text = _SIZES.sub(lambda m: " by ".join(size for size in m.groups() if size), text)
    text = re.sub(r"\bkm/h\b(?<!\d km/h)(?<!\dkm/h)", "kilometers per hour", text)
    text = _SCORE.sub(lambda m: f"{number(m[1])} out of {number(m[2])}", text)
    text = _FRACTION_OF.sub(_fraction_of, text)
    text = _QUANTITY.sub(_quantity, text)
    text = _ANY_FRACTION.sub(_fraction, text)
    text = _COUNT.sub(lambda m: f"{number(m[1])} {_MAGNITUDES[m[2]]}", text)
    return re.sub(rf"/\s?(?={PER_WORDS}\b)", " per ", text)


def _zone(found: re.Match[str]) -> str:
    return f"{found[1]} {'plus' if found[2] == '+' else 'minus'} "


def _bound(found: re.Match[str]) -> str:
    return " less than " if found[1] == "<" else " more than "


def _plain(amount: str) -> str:
    """Return an amount of money with a decimal point: ``1.200,50`` is 1200.50, ``5,50`` is 5.50."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d{1,2}|\d+,\d{1,2}", amount):
        return amount.replace(".", "").replace(",", ".")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", amount):
        return amount.replace(".", "")
    amount = amount.replace(",", "")
    return amount if amount.count(".") <= 1 else amount.replace(".", "")


def _money(found: re.Match[str]) -> str:
    groups = found.groupdict()
    one, many, cent, cents = _CURRENCIES[found["sign"]]
    country = groups.get("country") or ""
    if country not in _COUNTRIES:
        one, many = (f"{country} {one}", f"{country} {many}") if country else (one, many)
        country = ""
    one, many = _COUNTRIES.get(country, "") + one, _COUNTRIES.get(country, "") + many
    lead = (groups.get("lead") or "") + ("minus " if groups.get("minus") else "")
    amount, last, size = _plain(found["amount"]), found["last"], found["size"]
    single = one if groups.get("lead") else many
    if last or size:
        said = number(amount) + (f" to {number(_plain(last))}" if last else "")
        if size:
            said += f" {_MAGNITUDES.get(size, size)}"
        return f"{lead}{said} {single}"
    whole, _, fraction = amount.partition(".")
    if not cent or len(fraction) > 2 or (len(fraction) == 1 and not cents):
        return f"{lead}{number(amount)} {one if amount == '1' else single}"
    minor = int(fraction.ljust(2, "0") or "0")
    major = int(whole or "0")
    said_cents = f"{cardinal(minor)} {cent if minor == 1 else cents}"
    if minor and not major:
        return lead + said_cents
    said = f"{number(str(major))} {one if major == 1 else single}"
    return f"{lead}{said} and {said_cents}" if minor else lead + said


def _code(found: re.Match[str]) -> str:
    one, many = _CODES[found["code"]]
    amount, size = _plain(found["amount"]), found["size"]
    said = number(amount) + (f" {_MAGNITUDES.get(size, size)}" if size else "")
    return f"{said} {one if said == 'one' else many}"


def _feet(found: re.Match[str]) -> str:
    feet = f"{found[1]} {'foot' if found[1] == '1' else 'feet'}"
    return f"{feet} {found[2]} {'inch' if found[2] == '1' else 'inches'}"


def _clocked(found: re.Match[str]) -> str:
    """``1h 5m``, ``2m30s``; a lone ``5m`` is a length and left alone."""
    hours, minutes, seconds = found.groups()
    if not hours and not seconds:
        return found[0]
    named = ((hours, "hour"), (minutes, "minute"), (seconds, "second"))
    return " ".join(f"{n} {unit}{'' if n == '1' else 's'}" for n, unit in named if n)


def _unit_name(unit: str, *, single: bool) -> str:
    return UNITS[unit][0 if single else 1] if unit in UNITS else unit


def _quantity(found: re.Match[str]) -> str:
    written, unit, per = found["n"], found["unit"], found["per"]
    if unit in ("C", "F") and found["gap"]:  # "5 C" may be anything, "5C" hardly
        return found[0]
    single = written == "1" or bool(found["lead"]) or found["gap"] == "-"
    said = f"{found['lead'] or ''}{number_or_range(written)} {_unit_name(unit, single=single)}"
    if per:
        said += f" per {_unit_name(per, single=True)}"
    return said + "." if found["dot"] and (per or unit) not in DOTTED else said


def _parts(over: int, under: int) -> str | None:
    """Return a fraction in words, or None where it isn't said as one."""
    if under in (0, 1) or over == 0 or over >= under or under > 32:
        return None
    name = {2: "half", 4: "quarter"}.get(under) or ordinal(under)
    return f"{cardinal(over)} {name if over == 1 else name + 's'}"


def _fraction_of(found: re.Match[str]) -> str:
    parts = _parts(int(found["over"]), int(found["under"]))
    if parts is None:
        return found[0]
    unit = found["unit"]
    name = _unit_name(unit, single=True) if unit in UNITS else unit.removesuffix("s")
    if found["whole"]:
        many = UNITS[unit][1] if unit in UNITS else unit if unit.endswith("s") else f"{unit}s"
        return f"{cardinal(int(found['whole']))} and {_with_article(parts)} {many}"
    if unit not in UNITS and unit.endswith("s"):
        return f"{parts} {unit}"
    article = "an" if re.match(r"[aeio]|hour", name) else "a"
    return f"half {article} {name}" if parts == "one half" else f"{parts} of {article} {name}"


def _with_article(parts: str) -> str:
    return re.sub(r"^one ", "a ", parts)


def _fraction(found: re.Match[str]) -> str:
    over, under = int(found["over"]), int(found["under"])
    parts = _parts(over, under)
    if found["whole"] and parts:
        return f"{cardinal(int(found['whole']))} and {_with_article(parts)}"
    whole = f"{found['whole']} " if found["whole"] else ""
    if (over, under) == (24, 7):
        return f"{whole}twenty-four seven"
    if (over, under) == (50, 50):
        return f"{whole}fifty fifty"
    if (over, under) == (9, 11):
        return f"{whole}nine eleven"
    if under in _OUT_OF and (under > 5 or over >= under):
        return f"{whole}{cardinal(over)} out of {cardinal(under)}"
    return whole + (parts or f"{cardinal(over)} over {cardinal(under)}")
