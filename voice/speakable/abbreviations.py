"""Abbreviations, titles and Roman numerals in full."""

from __future__ import annotations

import re

from voice.speakable.numbers import cardinal, ordinal

NEVER_LAST = frozenset({
    "dr", "mr", "mrs", "ms", "prof", "st", "rev", "gen", "sgt", "capt", "lt", "col", "hon",
    "sr", "jr", "vs", "e.g", "i.e", "eg", "ie", "cf", "approx", "fig", "figs", "no", "nos",
    "vol", "pp", "ca", "mt", "ft", "dept", "est", "min", "max", "incl", "jan", "feb", "mar",
    "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "tues", "wed",
    "thu", "thur", "thurs", "fri", "u.s", "u.k", "ph.d", "al",
})  # fmt: skip
"""Abbreviations (lower case, without the last full stop) after which a sentence seldom ends."""

_MAY_END = r"(?P<end>\.(?=\s+[A-Z\"']|\s*$))?\.?"
"""A full stop that belongs to the abbreviation and, before a capital, to the sentence as well."""

_LATIN = {
    r"e\.\s?g\.,?|\beg\.,?": "for example,",
    r"i\.\s?e\.,?|\bie\.,?": "that is,",
    r"[Cc]f\.": "compare",
    r"vs\.?|v\.s\.": "versus",
    r"approx\.": "approximately",
    r"a\.k\.a\.|aka\b": "also known as",
    r"ca\.(?=\s?\d)|c\.(?=\s?\d{3})": "about",
    r"et\sal\.": "and others",
    r"[Nn]\.?[Bb]\.(?=\s)": "note:",
    r"w/o\b": "without",
    r"w/(?=\s?\w)": "with ",
    r"b/c\b": "because",
    r"[Nn]/[Aa]\b": "not available",
    r"c/o\b": "care of",
    r"and/or\b": "and or",
    r"he/she\b": "he or she",
    r"she/he\b": "she or he",
    r"s/he\b": "he or she",
    r"his/her\b": "his or her",
    r"him/her\b": "him or her",
    r"yes/no\b": "yes or no",
    r"true/false\b": "true or false",
}
_TITLES = {
    "Dr": "Doctor", "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Prof": "Professor",
    "Rev": "Reverend", "Gen": "General", "Sgt": "Sergeant", "Capt": "Captain", "Lt": "Lieutenant",
    "Col": "Colonel", "Gov": "Governor", "Sen": "Senator", "Rep": "Representative",
    "Pres": "President", "Hon": "Honorable", "Mt": "Mount", "St": "Saint", "Ft": "Fort",
}  # fmt: skip
_BEFORE_NUMBER = {
    "No": "number", "no": "number", "Nos": "numbers", "Fig": "figure", "fig": "figure",
    "Figs": "figures", "Vol": "volume", "vol": "volume", "Ch": "chapter", "ch": "chapter",
    "Sec": "section", "sec": "section", "p": "page", "pp": "pages", "pg": "page", "Eq": "equation",
    "Ext": "extension", "ext": "extension", "Apt": "apartment", "Rm": "room",
}  # fmt: skip
_WORDS = {
    "Ave": "Avenue", "Blvd": "Boulevard", "Rd": "Road", "Hwy": "Highway", "Sq": "Square",
    "Jr": "Junior", "Sr": "Senior", "Inc": "Incorporated", "Ltd": "Limited", "Corp": "Corporation",
    "Bros": "Brothers", "Dept": "Department", "dept": "department", "Govt": "Government",
    "govt": "government", "Univ": "University", "etc": "et cetera", "incl": "including",
    "excl": "excluding", "max": "maximum", "Max": "maximum", "min": "minimum", "Min": "minimum",
    "misc": "miscellaneous", "est": "estimated", "Est": "established", "temp": "temperature",
    "avg": "average", "Avg": "average", "tel": "telephone", "Tel": "telephone", "orig": "original",
    "intl": "international", "Intl": "International", "esp": "especially",
}  # fmt: skip

_LATIN_RULES = tuple(
    (re.compile(rf"(?<![\w.&/@-])(?:{pattern})"), words) for pattern, words in _LATIN.items()
)
_TITLE = re.compile(rf"\b(?:({'|'.join(_TITLES)})\.\s?(?=[A-Z])|(Mrs?|Ms)\.)")
_STREET = re.compile(
    rf"(?<=[a-z]\s)St\.?(?=[,;:!?]|\s[a-z]|\s*$|\.){_MAY_END}|(?<=[a-z]\s)Dr\.(?=,)"
)
_NUMBERED = re.compile(rf"\b({'|'.join(_BEFORE_NUMBER)})\.\s?(?=\d)")
_WORD = re.compile(
    rf"(?<!\d)(?<!\d\s)\b({'|'.join(_WORDS)})\.(?P<end>(?!\s[NS]?[EW]?\b)(?=\s+[A-Z\"']|\s*$))?"
)
_LETTERS = re.compile(
    r"(?<![\w.])(?![ap]\.m\.)((?:[A-Za-z]\.){2,8}[A-Za-z]?)(?!\w)"
    r"(?P<end>(?=\s*$|\s+(?:The|It|He|She|They|We|I|You|This|That|In|And|But|A)\b))?"
)
_INITIALS = re.compile(
    r"(?<![\w.'°])(?:[A-HJ-Z]\.\s){1,4}(?=[A-Z])(?!(?:The|It|He|She|They|We|I|You)\b)"
)
_AND = re.compile(r"\s?&\s?")

_ROMAN = r"(?=[IVX])(X{0,3}(?:IX|IV|V?I{0,3}))"
_REIGNED = re.compile(
    r"\b((?:King|Queen|Pope|Emperor|Tsar|Henry|Louis|Edward|George|Charles|Elizabeth|James|William|Richard|"
    r"Philip|Frederick|Friedrich|Wilhelm|Napoleon|Nicholas|Catherine|Alexander|Benedict|Paul|Pius|Leo|"
    rf"Innocent|Gregory|Ramses|Ramesses|Ptolemy|Otto|Gustav)\s){_ROMAN}(?![\w'.-]*\w)"
)
_COUNTED = re.compile(
    r"\b((?:World\sWar|War|Part|Chapter|Act|Scene|Volume|Book|Type|Phase|Section|Article|Appendix|Title|Grade|"
    rf"Super\sBowl|Final\sFantasy|Rocky|Apollo|Level|Stage|Class|Figure|Table)\s){_ROMAN}(?![\w'-])"
)
_VALUES = {"I": 1, "V": 5, "X": 10}


def expand(text: str) -> str:
    """Write out the abbreviations of a text."""
    for pattern, words in _LATIN_RULES:
        text = pattern.sub(words, text)
    text = _STREET.sub(_street, text)
    text = _TITLE.sub(lambda m: f"{_TITLES[m[1] or m[2]]} ", text)
    text = re.sub(r"\bPh\.\s?D\.?", "PhD", text)
    text = _NUMBERED.sub(lambda m: f"{_BEFORE_NUMBER[m[1]]} ", text)
    text = _WORD.sub(lambda m: _WORDS[m[1]] + _stop(m), text)
    text = re.sub(r"\betc\b", "et cetera", text)
    text = _LETTERS.sub(lambda m: m[1].replace(".", "") + _stop(m), text)
    text = _INITIALS.sub(_initials, text)
    text = re.sub(r"\bAT(?=&T\b)", "A-T", text)  # espeak takes AT for the word "at"
    text = _AND.sub(" and ", text)
    text = _REIGNED.sub(lambda m: m[1] + _reigned(m), text)
    return _COUNTED.sub(lambda m: m[1] + cardinal(_roman(m[2])) if m[2] else m[0], text)


def _stop(found: re.Match[str]) -> str:
    return "." if found["end"] is not None else ""


def _initials(found: re.Match[str]) -> str:
    """One initial is only known by the name before it: not every single letter is one."""
    before = found.string[max(0, found.start() - 20) : found.start()]
    name = len(found[0]) > 3 or not before or re.search(r"[A-Z][a-z]{2,}\s$", before)
    return found[0].replace(".", "") if name else found[0]


def _street(found: re.Match[str]) -> str:
    if found[0].startswith("Dr"):
        return "Drive"
    return "Street" + ("." if found["end"] or (found[0].endswith(".") and _at_end(found)) else "")


def _at_end(found: re.Match[str]) -> bool:
    return not found.string[found.end() :].strip()


def _roman(numeral: str) -> int:
    values = [_VALUES[sign] for sign in numeral]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def _reigned(found: re.Match[str]) -> str:
    """Henry VIII is the eighth; "Charles I" may go on with "think", so a lone I needs more."""
    numeral = found[2]
    rest = found.string[found.end() :]
    if not numeral or (numeral == "I" and re.match(r"\s(?!of|was|is|and|had|in)\w|'", rest)):
        return numeral
    return f"the {ordinal(_roman(numeral)).capitalize()}"
