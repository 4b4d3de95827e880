"""What is read from words about time: Moment, Repeat, Split, and the span inside of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from typing import Literal

Prefer = Literal["next", "morning"]
"""Which half of the day "7" means: the one that comes next, or the morning, as for an alarm."""


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as it was said; calendar units are kept apart from clock units."""

    seconds: Fraction = Fraction(0)
    """Of hours, minutes and seconds, and of broken days."""
    days: int = 0
    """Whole days; a week is seven."""
    months: int = 0
    """A year is twelve."""

    def __add__(self, other: Span) -> Span:
        return Span(
            self.seconds + other.seconds, self.days + other.days, self.months + other.months
        )

    @property
    def fixed_s(self) -> int | None:
        """Whole seconds; None with months in it, which have no fixed length."""
        return None if self.months else round(self.seconds) + self.days * 86400


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, a time of day, or both; or a countdown."""

    day: date
    """The local day, said or worked out."""
    clock: time | None = None
    """Local time of day; None where only a day was said ("on friday")."""
    at: datetime | None = None
    """``day`` at ``clock`` in the zone of ``now``, aware; None without ``clock``. A time that the
    clock change leaves out is as much later as the clock jumps; one that comes twice is the first."""
    after_s: int | None = None
    """For a countdown ("in 20 minutes"): seconds from now. Days and longer are no countdown."""
    part: str | None = None
    """The part of the day whose usual time ``clock`` is ("tomorrow morning"); None if a time was said."""
    day_said: bool = False
    """Whether the words name the day; else it is where the time falls next."""
    past: bool = False
    """It is over: "today at 7 am" in the evening. Otherwise ``at`` is later than now."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Something that happens again and again."""

    rule: str
    """RFC 5545 without DTSTART: ``FREQ=WEEKLY;BYDAY=MO,TH``. The time of day is in ``clock``."""
    first: date
    """The first day it happens on."""
    clock: time | None = None
    """Local time of day; None where none was said, and for hours and minutes."""
    at: datetime | None = None
    """The first time it happens, aware and later than now; None where no time was said."""
    weekdays: tuple[int, ...] = ()
    """For a rule by weekdays, sorted; Monday is 0."""
    every_s: int | None = None
    """For "every 3 hours" and "every 20 minutes": seconds between two times."""
    part: str | None = None
    """The part of the day whose usual time ``clock`` is ("every morning"); None if a time was said."""


@dataclass(frozen=True, slots=True)
class Split:
    """A sentence taken apart into what is to be done and when."""

    rest: str
    """The words that are left."""
    when: Moment | Repeat | None
    """None where no end of the text is surely about time; ``rest`` is then all of it."""
    taken: tuple[range, ...] = ()
    """Which of the words (counted from 0) were read as the time."""
