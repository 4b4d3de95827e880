"""What is said, as data: replies, names of things, and how a language writes times and numbers.

Replies stand in the sentence files, each as one text or as variants that are taken in turn::

    replies:
      timer_set: ["Timer set for {length}.", "{length:capital}, starting now."]
    nouns:
      minute: {one: "{n} minute", other: "{n} minutes"}

``say("timer_set", variety, length=phrases.duration(300))`` is "Timer set for 5 minutes." Code names
keys and hands over values; which words stand where is the language's own business. After a colon a
placeholder may ask for another form of its value: ``{name:capital}`` begins with a capital letter,
``{length:dative}`` takes the noun's form of that name (German: "in 2 Tagen").

Names of days and months, plurals and decimal signs come from CLDR through Babel, which is loaded
when a language is (40 ms), so that no answer waits for it.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from voice.errors import ModelFileError, SaysoError
from voice.intents import tables

if TYPE_CHECKING:
    from voice.intents.when import When

UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))
"""The parts of a duration: names of nouns, and seconds."""

PARTS = 3
"""Parts of a duration that are told: nobody wants the seconds of days."""

CAPITAL = "capital"
"""The form that begins with a capital letter; all others are forms of nouns."""

FORMATS = frozenset(
    (
        *("clock_12", "clock_24", "hours", "noon", "midnight", "date", "weekday_and_day"),
        *("on_weekday", "on_day", "on_day_of_year", "near_days", "listing", "choices"),
    )
)
"""What a language's ``formats`` must hold; patterns are CLDR's. See ``sentences/en/common.yaml``."""


@dataclass(frozen=True, slots=True)
class Inflected:
    """A text, and the forms in which a reply may want it."""

    text: str
    forms: Mapping[str, str] = field(default_factory=dict[str, str])

    def __str__(self) -> str:
        return self.text


class _Filling(string.Formatter):
    """Fills placeholders; what follows a colon is a form, never Python's own format."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == CAPITAL:
            text = str(value)
            return text[:1].upper() + text[1:]
        if isinstance(value, Inflected):
            return value.forms.get(format_spec, value.text)
        return str(value)


_FILLING = _Filling()


class Phrases:
    """One language's replies and ways of writing."""

    def __init__(self, language: str, table: Mapping[str, Any]) -> None:
        """``table`` holds ``replies``, ``nouns`` and ``formats``, as ``tables.read`` returns them.

        Raises ModelFileError for a reply that can't be filled in, or a missing format.
        """
        from babel import Locale, dates  # late: 40 ms that a look at the command line can spare

        self._table = table
        self._dates = dates
        self._locale = Locale.parse(tables.base(language))
        self._replies = {key: _variants(key, said) for key, said in _part(table, "replies").items()}
        self._nouns: Mapping[str, Mapping[str, Any]] = _part(table, "nouns")
        self._formats: Mapping[str, Any] = _part(table, "formats")
        self._places: Mapping[str, str] = _part(table, "in_places")
        if missing := FORMATS - self._formats.keys():
            raise ModelFileError(f"formats of {language!r} lack {', '.join(sorted(missing))}")
        self._point: str = self._locale.number_symbols["latn"]["decimal"]
        dates.format_datetime(datetime(2000, 1, 1), "EEEE MMMM a", locale=self._locale)  # warm

    @classmethod
    def of(cls, language: str) -> Phrases:
        """Read the language's files for its phrases alone; ModelFileError when there are none."""
        return cls(language, tables.read(language))

    @property
    def tables(self) -> Mapping[str, Any]:
        """The language's merged files, for answers that need words of their own."""
        return self._table

    @property
    def replies(self) -> Mapping[str, Sequence[str]]:
        """Every reply's variants, by key."""
        return self._replies

    @cached_property
    def when(self) -> When:
        """What reads durations, moments and repetitions in this language; ModelFileError without."""
        from voice.intents.when import When  # late: phrases alone need no templates

        return When.of(self._table)

    def say(self, key: str, variety: int = 0, **values: object) -> str:
        """Return variant ``variety`` (counted round and round) of a reply, filled in.

        KeyError for a key or placeholder that is not there: a mistake in code, which
        ``tests/test_phrases.py`` finds beforehand.
        """
        if key not in self._replies:
            raise KeyError(f"no reply {key!r} among the replies of the sentence files")
        variants = self._replies[key]
        return _FILLING.vformat(variants[variety % len(variants)], (), values)

    def fault(self, fault: SaysoError) -> str:
        """Return what is said of a fault: the reply ``fault_<code>``, else its own English sentence."""
        key = f"fault_{fault.code}"
        return self.say(key) if key in self._replies else fault.spoken

    def number(self, value: Decimal | int | float, decimals: int | None = None) -> str:
        """Write a number with the language's decimal sign: "2.5", "1000000", "-3".

        Without grouping, as numbers are spoken as a whole; ``decimals`` fixes how many are written,
        else zeros at the end are left out.
        """
        exact = Decimal(str(value))
        text = f"{exact:f}" if decimals is None else f"{exact:.{decimals}f}"
        if decimals is None and "." in text:
            text = text.rstrip("0").rstrip(".")
        return self.with_decimal_sign(text)

    def with_decimal_sign(self, text: str) -> str:
        """Write every decimal point of a sum in figures as the language does."""
        return text.replace(".", self._point)

    def count(self, number: Decimal | int | float, noun: str) -> Inflected:
        """Write a number of things: "1 timer", "3 timers"; KeyError for an unknown noun."""
        forms = self._nouns[noun]
        plural = self._locale.plural_form(Decimal(str(number)))
        written = self.number(number)
        cases = {
            case: _counted({**forms, **cast(Mapping[str, Any], form)}, plural, written)
            for case, form in forms.items()
            if isinstance(form, Mapping)
        }
        return Inflected(_counted(forms, plural, written), cases)

    def duration(self, seconds: float, parts: int = PARTS) -> Inflected:
        """Write a length of time, rounded to seconds: "1 hour and 30 minutes".

        At most ``parts`` of days, hours, minutes and seconds, the longest; the rest is dropped.
        """
        left = max(0, round(seconds))
        amounts: list[Inflected] = []
        for noun, size in UNITS:
            amount, left = divmod(left, size)
            if amount:
                amounts.append(self.count(amount, noun))
        amounts = amounts[:parts] or [self.count(0, "second")]
        cases = {case for amount in amounts for case in amount.forms}
        return Inflected(
            self.listing([amount.text for amount in amounts]),
            {
                case: self.listing([amount.forms.get(case, amount.text) for amount in amounts])
                for case in cases
            },
        )

    def listing(self, items: Sequence[object]) -> str:
        """Join things as one says them: "milk, bread and eggs"."""
        return self._joined(items, "listing")

    def choices(self, items: Sequence[object]) -> str:
        """Join things of which one is to be chosen: "milk, bread or eggs"."""
        return self._joined(items, "choices")

    def _joined(self, items: Sequence[object], name: str) -> str:
        comma, last = cast(tuple[str, str], self._formats[name])
        said = [str(item) for item in items]
        return last.join([comma.join(said[:-1]), said[-1]] if len(said) > 1 else said)

    def time(self, moment: datetime, clock_24h: bool | None = None) -> str:
        """Write a time of day: "7:05 PM", "noon", "19:05"; None takes the language's usual clock."""
        if clock_24h is None:
            clock_24h = self._formats["hours"] == 24
        if not clock_24h and moment.minute == 0 and moment.hour in (0, 12):
            name = self._formats["midnight" if moment.hour == 0 else "noon"]
            if name:
                return name
        return self._written(moment, "clock_24" if clock_24h else "clock_12")

    def date(self, day: date) -> str:
        """Write a date in full: "Friday, March 7, 2025"."""
        return self._written(day, "date")

    def weekday_and_day(self, day: date) -> str:
        """Write a date without its year: "Friday, March 7"."""
        return self._written(day, "weekday_and_day")

    def weekday(self, day: date) -> str:
        """Name a day of the week: "Friday"."""
        return self._in_pattern(day, "EEEE")

    def month(self, day: date) -> str:
        """Name the month: "March"."""
        return self._in_pattern(day, "LLLL")

    def day(self, day: date, today: date) -> str:
        """Say when something is, in days: "tomorrow", "on Friday", "on March 3"."""
        away = (day - today).days
        near = cast(Mapping[int, str], self._formats["near_days"])
        if away in near:
            return near[away]
        if 0 < away < 7:
            return self._written(day, "on_weekday")
        # Half a year on, people wonder which year is meant.
        far = abs(day - today) > timedelta(days=182) and day.year != today.year
        return self._written(day, "on_day_of_year" if far else "on_day")

    def in_place(self, place: str) -> str:
        """Say where something is: "in Tokyo", "in der Schweiz"."""
        return self._places.get(place) or self.say("in_place", place=place)

    def _written(self, day: date, name: str) -> str:
        return self._in_pattern(day, self._formats[name])

    def _in_pattern(self, day: date, pattern: str) -> str:
        if not isinstance(day, datetime):
            day = datetime(day.year, day.month, day.day)  # Babel writes a date at midnight
        return self._dates.format_datetime(day, pattern, locale=self._locale)


def _part(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return table.get(name) or {}


def _variants(key: str, said: object) -> tuple[str, ...]:
    """Return the variants of a reply; ModelFileError where one could not be filled in."""
    variants = tuple(cast(Sequence[object], said)) if isinstance(said, list) else (said,)
    for variant in variants:
        if not isinstance(variant, str):
            raise ModelFileError(f"replies: {key}: {variant!r} is no text: put it in quotes")
        placeholders(key, variant)
    if not variants:
        raise ModelFileError(f"replies: {key} has no variants")
    return cast(tuple[str, ...], variants)


def placeholders(key: str, variant: str) -> frozenset[str]:
    """Return the names that a variant wants filled in; ModelFileError if it is no template."""
    try:
        names = [(name, form) for _, name, form, _ in string.Formatter().parse(variant)]
    except ValueError as fault:
        raise ModelFileError(f"replies: {key}: {fault} in {variant!r}") from None
    for name, form in names:
        if name is not None and not (name.isidentifier() and (form or "a").isidentifier()):
            raise ModelFileError(f"replies: {key}: {{{name}}} in {variant!r} is no placeholder")
    return frozenset(name for name, _ in names if name is not None)


def _counted(forms: Mapping[str, Any], plural: str, number: str) -> str:
    form = forms.get(plural) or forms["other"]
    return str(form).format(n=number)
