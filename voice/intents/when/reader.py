"""When: reads a whole phrase as a sequence of small ones, in any order.

"Quarter to 7 tomorrow morning" is a time, a day and a part of the day. Their fields are put
together (none may be said twice) and handed to `moments` or `repeats`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from voice.errors import ModelFileError
from voice.intents.when import repeats
from voice.intents.when.clock import Habits, NoSuchTime
from voice.intents.when.durations import MOST_SECONDS, span_at, with_spans
from voice.intents.when.moments import moment_of
from voice.intents.when.phrasebook import Fields, Found, Phrasebook, Text
from voice.intents.when.repeats import repeat_of
from voice.intents.when.splitting import Marks
from voice.intents.when.values import Moment, Prefer, Repeat, Split

_KINDS = ("clocks", "days", "parts", "repeats", "more")

_MOST_STEPS = 200
"""Phrases looked at in one text; people's sentences need about ten."""


class _Way(NamedTuple):
    """One way to read tokens: from, to (the token behind), what they say."""

    begin: int
    end: int
    fields: Fields
    figure_last: bool
    """It ends with a figure that nothing marks as a time: "tomorrow 8"."""


class When:
    """One language's grammar of durations, moments and repetitions."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        """Take the merged tables of a language; ModelFileError without the part ``when``."""
        if "when" not in tables:
            raise ModelFileError(
                "the language has no table of times: add a when.yaml to its folder in "
                "voice/intents/sentences, as en/when.yaml is"
            )
        self._tables = tables  # as long as it lives, nothing else has their id; see `of`
        table: Mapping[str, Any] = tables["when"]
        self._book = Phrasebook(table)
        self._habits = Habits.from_table(table)
        self._marks = Marks.from_table(table["split"])

    @classmethod
    def of(cls, tables: Mapping[str, Any]) -> When:
        """Return the grammar of a language's tables; those who read and those who answer share it."""
        found = _SHARED.get(id(tables))
        if found is None:
            found = _SHARED[id(tables)] = cls(tables)
        return found

    def duration(self, words: str) -> int | None:
        """Return the seconds of a length of time, 1 to a year; None if it is none.

        Months and years have no fixed number of seconds: None. Broken seconds are rounded.
        """
        text = self._book.read(words)
        if not len(text):
            return None
        found = span_at(self._book, text, 0, alone=True)
        if found is None or found[0] != len(text):
            return None
        seconds = found[1].fixed_s
        return seconds if seconds and seconds <= MOST_SECONDS else None

    def moment(self, words: str, now: datetime, prefer: Prefer = "next") -> Moment | None:
        """Return the day, the time or both that the words say; None if it is none.

        ``now`` is aware; its zone is the zone of what is returned. ``prefer`` is for "7": the
        "next" one (a reminder), or rather the "morning" one (an alarm). Rules: `moments`.
        """
        found = self._whole(words, now, prefer)
        return found if isinstance(found, Moment) else None

    def repeat(self, words: str, now: datetime, prefer: Prefer = "next") -> Repeat | None:
        """Return the repetition that the words say; None if it is none."""
        found = self._whole(words, now, prefer)
        return found if isinstance(found, Repeat) else None

    def split(self, words: str, now: datetime, prefer: Prefer = "next") -> Split:
        """Take the moment or repetition off the beginning or the end of free text, or off both.

        Nothing is taken where it may belong to the text; see `splitting`.
        """
        listed = words.split()
        found = [
            split
            for text in self._texts(words)
            if (split := self._split(text, listed, now, prefer))
        ]
        nothing = Split(" ".join(listed), None)
        return max(found, key=lambda split: sum(map(len, split.taken)), default=nothing)

    def _texts(self, words: str) -> Iterator[Text]:
        """Return words as they are, and with durations put together: phrases know either."""
        text = self._book.read(words)
        yield text
        together = with_spans(self._book, text)
        if together is not text:
            yield together

    def _whole(self, words: str, now: datetime, prefer: Prefer) -> Moment | Repeat | None:
        for text in self._texts(words):
            for way in self._ways(text, 0):
                if way.end == len(text) and (found := self._value(way.fields, now, prefer)):
                    return found
        return None

    def _value(self, fields: Fields, now: datetime, prefer: Prefer) -> Moment | Repeat | None:
        try:
            if fields.keys() & repeats.FIELDS:
                return repeat_of(fields, now, prefer, self._habits)
            return moment_of(fields, now, prefer, self._habits)
        except (NoSuchTime, OverflowError):  # a day beyond the calendar
            return None

    def _ways(self, text: Text, begin: int) -> Iterator[_Way]:
        """Find all ways to read phrases from a token on, long phrases first."""
        steps = _MOST_STEPS
        known: dict[int, list[Found]] = {}

        def go(at: int, last: Found | None, size: int, fields: Fields) -> Iterator[_Way]:
            nonlocal steps
            if at < len(text) and steps > 0:
                if at not in known:
                    known[at] = self._book.at(text, at, _KINDS)
                leads = self._book.at(text, at, ("leads",)) if last is None else []
                for found in (*known[at], *leads):
                    steps -= 1
                    merged = _merged(fields, found.fields)
                    if merged is not None and _fits(found, last, fields):
                        yield from go(found.end, found, found.end - at, merged)
            if last and last.phrase.kind != "leads" and text.begins_word(at):
                yield _Way(begin, at, fields, size == 1 and text.tokens[at - 1][0].isdigit())

        return go(begin, None, 0, {})

    def _split(self, text: Text, words: list[str], now: datetime, prefer: Prefer) -> Split | None:
        opening = self._opening(text, words, now, prefer)
        ending = self._ending(text, words, now, prefer)
        if opening and ending and ending.begin >= opening.end:
            both = _merged(opening.fields, ending.fields)
            if both is not None and (when := self._value(both, now, prefer)):
                return _taken(text, words, when, opening, ending)
        way = opening or ending or self._inside(text, words, now, prefer)
        when = self._value(way.fields, now, prefer) if way else None
        return _taken(text, words, when, way) if way and when else None

    def _opening(self, text: Text, words: list[str], now: datetime, prefer: Prefer) -> _Way | None:
        for word in self._marks.openings(words):
            if not self._marks.may_begin(words, word):
                continue
            ways = self._ways(text, text.first_word.index(word))
            for way in sorted(ways, key=lambda way: -way.end):
                behind = text.behind_word[way.end - 1]
                # "Um 8 Eier kaufen": without a bridge, a bare figure may be the text's.
                figure = way.figure_last and behind < len(words) and not self._marks.bridges
                if figure or not self._marks.may_follow(words, behind):
                    continue
                if self._value(way.fields, now, prefer):
                    return way
        return None

    def _ending(self, text: Text, words: list[str], now: datetime, prefer: Prefer) -> _Way | None:
        for begin in filter(text.begins_word, range(len(text))):
            for way in self._ways(text, begin):
                if way.end == len(text) and self._value(way.fields, now, prefer):
                    word = text.first_word[begin]
                    if self._marks.belongs_to_text(words, word):
                        return None
                    if self._marks.may_begin(words, word):
                        return way
                    if not words[word][0].isdigit():
                        return None  # a bare figure may be the text's: "to buy 2 tomorrow"
        return None

    def _inside(self, text: Text, words: list[str], now: datetime, prefer: Prefer) -> _Way | None:
        for begin in filter(text.begins_word, range(len(text))):
            if self._marks.may_stand_inside(words, text.first_word[begin]):
                for way in sorted(self._ways(text, begin), key=lambda way: -way.end):
                    if not way.figure_last and self._value(way.fields, now, prefer):
                        return way
        return None


_SHARED: WeakValueDictionary[int, When] = WeakValueDictionary()
"""By the id of its tables, as long as somebody uses it."""


def _fits(found: Found, last: Found | None, fields: Fields) -> bool:
    """Whether a phrase may stand behind what was read so far."""
    if found.phrase.behind:
        return last is not None and last.phrase.kind in found.phrase.behind
    if found.phrase.kind == "more":
        return "byday" in fields or ("weekday" in fields and "every" in fields)
    return True


def _merged(fields: Fields, more: Fields) -> Fields | None:
    """Put fields together; None if something is said twice. Weekdays add up."""
    twice = fields.keys() & more.keys()
    if twice - {"byday"}:
        return None
    merged = {**fields, **more}
    if twice:
        merged["byday"] = (*fields["byday"], *more["byday"])
    return merged


def _taken(text: Text, words: list[str], when: Moment | Repeat, *ways: _Way) -> Split:
    taken = tuple(range(text.first_word[way.begin], text.behind_word[way.end - 1]) for way in ways)
    rest = (word for at, word in enumerate(words) if not any(at in part for part in taken))
    return Split(" ".join(rest), when, taken)
