"""Reading what somebody is to be reminded of, and when: "to call anna tomorrow at 8".

``When.split`` takes the time off; what is left begins with a word that says what it is ("to call
Anna", "about the dentist", "that the shop closes"), else the sentence means something else: "remind
me who wrote Hamlet". Tables: ``reminder_words`` in the sentence files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

from voice.intents.readers import Reader, Said, Tables, text_length
from voice.intents.vocabulary import JSON
from voice.intents.when import When

SOME_DAY = datetime(2026, 1, 7, 12, 0, tzinfo=UTC)
"""Words of a time are tried on this day; what they mean is worked out by the answer."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said of a reminder."""

    text: str = ""
    form: str = ""
    """``to`` do something, ``about`` something, ``that`` something is so; "" without a text."""
    when: str = ""
    """The words of its time; "" when none was said."""

    @property
    def slots(self) -> dict[str, JSON]:
        """What is there, as slots."""
        said = {"text": self.text, "form": self.form, "when": self.when}
        return {name: value for name, value in said.items() if value}


class Reminding:
    """One language's way to ask for a reminder."""

    def __init__(self, tables: Tables) -> None:
        """``tables`` hold ``reminder_words`` and ``text_ends``."""
        table = cast(Mapping[str, Any], tables["reminder_words"])
        self._when = When.of(tables)
        self._ends = [end.split() for end in cast(Iterable[str], tables["text_ends"])]
        self._forms = sorted(
            (
                (words.split(), form)
                for form, listed in cast(Mapping[str, list[str]], table["forms"]).items()
                for words in listed
            ),
            key=lambda pair: -len(pair[0]),
        )
        self._kept = frozenset(cast(Iterable[str], table["kept"]))
        self._articles = cast(Mapping[str, str], table["articles"])
        self._timed = frozenset(cast(Iterable[str], table["only_with_time"]))
        self._links = frozenset(cast(Iterable[str], table["links"]))
        self._vague = [tuple(words.split()) for words in cast(Iterable[str], table["vague"])]
        self._not_text = frozenset(cast(Iterable[str], table["not_text"]))
        self._opens = frozenset(cast(Iterable[str], table["opens"]))
        self._shortened = [
            (re.compile(long, re.IGNORECASE), short)
            for long, short in cast(Iterable[tuple[str, str]], table["shortened"])
        ]

        # Several templates fit one sentence, and hand over the same words.
        self._time_in = lru_cache(maxsize=16)(self._time)

    def is_time(self, words: str) -> bool:
        """Whether words say when: a moment, or a repetition."""
        when = self._when
        return bool(when.moment(words, SOME_DAY) or when.repeat(words, SOME_DAY))

    def read(self, said: Said, *, must: bool = False, when: str = "") -> Heard | None:
        """Read the words after "remind me"; None if that is no reminder.

        ``must``: only with a time; ``when``: the time was said before.
        """
        words = said.words.split()
        words = words[: text_length(said.words, self._ends)]
        left = list(range(len(words)))
        vague = False
        more, rest, later = self._time_in(tuple(words))
        if not when:
            when, left, vague = more, rest, later
        elif more and self.is_time(both := f"{when} {more}"):  # "tomorrow remind me at 8 to …"
            when, left = both, rest
        elif more and 0 not in rest:
            return None  # two times
        if when and all(words[at] in self._links for at in left):
            left = []  # "set a reminder for tomorrow"
        left, form, lead = self._form(words, left, bool(when or vague), bare=not must)
        if form is None or (must and not when) or (left and words[left[0]] in self._not_text):
            return None
        if not (left or when or vague):
            return None
        if not left and form:
            return None  # "remind me to"
        text = self._shorter(lead + _heard(said, left), form)
        return Heard(text, form if left else "", when)

    def text(self, said: Said) -> Heard | None:
        """Read what a reminder is of where nothing else was said: "call Anna"."""
        words = said.words.split()[: text_length(said.words, self._ends)]
        left, form, lead = self._form(words, list(range(len(words))), timed=True, bare=True)
        if not left or form is None:
            return None
        form = form or "about"
        return Heard(self._shorter(lead + _heard(said, left), form), form)

    def _time(self, words: tuple[str, ...]) -> tuple[str, list[int], bool]:
        """Return the words of the time, the places of the others, and whether "later" was said."""
        split = self._when.split(" ".join(words), SOME_DAY)
        ranges = [*split.taken]
        if not ranges:
            ranges = self._without_bridge(words)
        taken = {place for part in ranges for place in part}
        for ordered in (ranges, ranges[::-1]):
            said = " ".join(words[place] for part in ordered for place in part)
            if said and (len(ranges) == 1 or self.is_time(said)):
                return said, [at for at in range(len(words)) if at not in taken], False
        left = list(range(len(words)))
        for vague in self._vague:
            size = len(vague)
            if words[:size] == vague:
                return "", left[size:], True
            if words[-size:] == vague:
                return "", left[:-size], True
        return "", left, False

    def _without_bridge(self, words: Sequence[str]) -> list[range]:
        """Find a time at the beginning whose "to" was lost: "in 10 minutes check the oven"."""
        if words and words[0] in self._opens:
            for end in range(min(len(words), 9), 1, -1):
                if self.is_time(" ".join(words[:end])):
                    return [range(end)]
        return []

    def _form(
        self, words: list[str], left: list[int], timed: bool, *, bare: bool
    ) -> tuple[list[int], str | None, str]:
        """Take off the words that say what the rest is; None where it is no reminder's text.

        Last comes what to put in front of the rest: "ans Brot" is about "das Brot".
        ``bare``: with a time that is certain, the words may be missing ("in 10 minutes check …").
        """
        while len(left) > 1 and words[left[0]] in self._links:
            after = [words[at] for at in left[1:3]]
            if not any(after[: len(said)] == said for said, _ in self._forms):
                break
            left = left[1:]
        if not left:
            return left, "", ""
        for said, form in self._forms:
            if [words[at] for at in left[: len(said)]] == said:
                if not timed and said[0] in self._timed:
                    return left, None, ""
                lead = self._articles.get(" ".join(said), "")
                return left if said[0] in self._kept else left[len(said) :], form, lead
        rest = " ".join(words[at] for at in left)
        infinitive = any(long.search(rest) for long, _ in self._shortened)
        return left, "to" if infinitive or (timed and bare) else None, ""

    def _shorter(self, text: str, form: str) -> str:
        """Write "Anna anzurufen" as "Anna anrufen"."""
        for long, short in self._shortened if form == "to" else ():
            text = long.sub(short, text)
        return text


def _heard(said: Said, places: list[int]) -> str:
    """Return the words at some places as they were heard, in pieces that hang together."""
    pieces: list[str] = []
    begin = 0
    for at in range(1, len(places) + 1):
        if at == len(places) or places[at] != places[at - 1] + 1:
            pieces.append(said.heard(places[begin], places[at - 1] + 1))
            begin = at
    return " ".join(pieces)


def read_reminder(tables: Tables) -> Reader:
    """Make the reader of ``reminder`` (maybe with ``reminder_when``) and ``timed_reminder``."""
    reminding = Reminding(tables)

    def read(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        when = said["reminder_when"].words if "reminder_when" in said else ""
        if when and not reminding.is_time(when):
            return None
        if only_text := said.get("reminder_text"):
            heard = reminding.text(only_text)
            return {**heard.slots, **({"when": when} if when else {})} if heard else None
        if not (found := said.get("reminder") or said.get("timed_reminder")):
            return {"when": when}
        heard = reminding.read(found, must="timed_reminder" in said, when=when)
        return heard.slots if heard else None

    return read


_TIMES = {"reminder_at": "at", "reminder_to": "when", "reminder_by": "by"}
"""What times alone are handed on as."""


def read_time(tables: Tables) -> Reader:
    """Make the reader of times alone.

    ``reminder_at`` is the one that a reminder has, as ``at``; ``reminder_to`` the one that it is to
    have, as ``when``; ``reminder_by`` how much later that is, as ``by``.
    """
    when = When.of(tables)

    def read(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        slots: dict[str, JSON] = {}
        for slot, found in said.items():
            moment = when.moment(found.words, SOME_DAY)
            repeat = None if moment else when.repeat(found.words, SOME_DAY)
            length = when.duration(found.words) if slot != "reminder_at" else None
            if not (length if slot == "reminder_by" else moment or repeat or length):
                return None
            slots[_TIMES[slot]] = found.words
        return slots

    return read


def read_day(tables: Tables) -> Reader:
    """Make the reader of ``agenda_day``: words of a day without a time of day, as ``day``.

    Several days in a row ("this week") come with their number, as ``days``, and as heard, as ``span``.
    """
    when = When.of(tables)
    words_of = cast(Mapping[str, Any], tables["reminder_words"])
    spans = cast(Mapping[str, int], words_of["spans"])
    this_week = frozenset(cast(Iterable[str], words_of["this_week"]))

    def read(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        words = said["agenda_day"].words
        for begin in (0, 1):  # "for this week"
            if " ".join(words.split()[begin:]) in this_week:
                return {"days": 7, "span": said["agenda_day"].heard(begin)}
        moment = when.moment(words, SOME_DAY)
        if moment is None or moment.after_s is not None or not moment.day_said:
            return None
        begin = 0
        while " " in words and when.moment(shorter := words.split(" ", 1)[1], SOME_DAY) == moment:
            words, begin = shorter, begin + 1  # "for tomorrow", "on sunday"
        if days := spans.get(words.split()[-1]):
            return {"day": words, "days": days, "span": said["agenda_day"].heard(begin)}
        return {"day": words} if moment.clock is None or moment.part else None

    return read


READERS = {"reminder": read_reminder, "reminder_time": read_time, "agenda_day": read_day}
"""Readers by the names that the sentence files use."""

FREE_TEXT = frozenset({"reminder"})
"""Those that take any words."""
