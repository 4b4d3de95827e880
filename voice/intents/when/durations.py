"""Durations: "an hour and a half", "1 hour 20", "2 weeks and 3 days".

A duration is one or more items, each smaller than the one before it. An item is a phrase of the
table's ``durations`` with these fields, all but ``unit`` optional::

    (whole + number / divisor) × times + plus, of unit          0.decimals counts as plus
    number:sixtieth of unit                                     "1:30 hours"
    h:m:s                                                       "1:30:00"

``number`` is 1 where it is missing. Behind whole hours or minutes a bare figure below 60 counts
the next smaller unit: "1 hour 20". "1:30" alone is no duration: some mean hours and some minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import cast

from voice.intents.when.phrasebook import Fields, Phrasebook, Text
from voice.intents.when.templates import MARK
from voice.intents.when.values import Span

MOST_SECONDS = 365 * 86400
"""A longer duration was misheard: a year."""

UNITS: dict[str, Span] = {
    "years": Span(months=12),
    "months": Span(months=1),
    "weeks": Span(days=7),
    "days": Span(days=1),
    "hours": Span(Fraction(3600)),
    "minutes": Span(Fraction(60)),
    "seconds": Span(Fraction(1)),
}
"""The units by the names that tables use, the longest first."""

_RANKS = list(UNITS)
_SMALLER = {"hours": "minutes", "minutes": "seconds"}


def span_at(
    book: Phrasebook, text: Text, at: int, *, alone: bool = False
) -> tuple[int, Span] | None:
    """Read the longest duration that begins at a token: (the token behind it, the span)."""
    return max(_spans(book, text, at, -1, alone=alone), key=lambda found: found[0], default=None)


def _spans(
    book: Phrasebook, text: Text, at: int, rank: float, *, alone: bool
) -> Iterator[tuple[int, Span]]:
    """Read all durations at a token whose items are smaller than ``rank``."""
    for end, unit, own_rank, span, whole in _items(book, text, at, rank, alone=alone):
        yield end, span
        if whole and unit in _SMALLER and (tail := _tail(book, text, end)):
            yield tail[0], span + Span(UNITS[_SMALLER[unit]].seconds * tail[1])
        begin = end + (end < len(text) and text.tokens[end] in book.joining)
        for last, rest in _spans(book, text, begin, own_rank, alone=False):
            yield last, span + rest


def with_spans(book: Phrasebook, text: Text) -> Text:
    """Put one token, `MARK` and a number, in the place of every duration in a text."""
    tokens: list[tuple[str, int, int]] = []
    spans: list[Span] = []
    at = 0
    while at < len(text):
        found = span_at(book, text, at) if text.begins_word(at) else None
        token, end = text.tokens[at], at + 1
        if found and text.begins_word(found[0]):
            end, span = found
            token = f"{MARK}{len(spans)}"
            spans.append(span)
        tokens.append((token, text.first_word[at], text.behind_word[end - 1]))
        at = end
    return Text(tokens, spans) if spans else text


def _items(
    book: Phrasebook, text: Text, at: int, rank: float, *, alone: bool
) -> Iterator[tuple[int, str, float, Span, bool]]:
    """Read items smaller than ``rank``: (end, unit, rank, span, whether it is whole)."""
    if at >= len(text):
        return
    for found in book.at(text, at, ("durations",)):
        if found.phrase.alone and not (alone and found.end == len(text)):
            continue
        fields = found.fields
        unit = cast(str, fields.get("unit", "hours"))
        # "Half an hour" may follow an hour.
        own_rank = _RANKS.index(unit) + (fields.get("times", 1) < 1) / 2
        if own_rank <= rank:
            continue
        amount = _amount(fields)
        if amount is not None and (span := _times(UNITS[unit], amount)) is not None:
            yield found.end, unit, own_rank, span, amount.denominator == 1 and "times" not in fields


def _amount(fields: Fields) -> Fraction | None:
    """Return how many units the fields say."""
    if "h" in fields:
        return fields["h"] + Fraction(fields["m"], 60) + Fraction(fields["s"], 3600)
    if not (divisor := fields.get("divisor", 1)):
        return None
    amount = Fraction(fields.get("number", 1)) / divisor + fields.get("whole", 0)
    decimals = str(fields.get("decimals", "0"))
    plus = Fraction(fields.get("plus", 0)) + Fraction(int(decimals), 10 ** len(decimals))
    return amount * fields.get("times", 1) + plus + Fraction(fields.get("sixtieth", 0), 60)


def _times(unit: Span, amount: Fraction) -> Span | None:
    """Multiply a unit; None for a broken month. A broken day is so many seconds."""
    days, months = unit.days * amount, unit.months * amount
    if months.denominator != 1:
        return None
    broken = days % 1
    return Span(unit.seconds * amount + broken * 86400, int(days - broken), int(months))


def _tail(book: Phrasebook, text: Text, end: int) -> tuple[int, int] | None:
    """Read a bare figure below 60 behind hours or minutes; not one that has a unit itself."""
    at = end + (end < len(text) and text.tokens[end] in book.joining)
    if at >= len(text) or not text.tokens[at].isdecimal() or not text.tokens[at].isascii():
        return None
    if len(text.tokens[at]) > 2 or int(text.tokens[at]) >= 60 or book.at(text, at, ("durations",)):
        return None
    return at + 1, int(text.tokens[at])
