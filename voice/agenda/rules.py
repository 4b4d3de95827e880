"""RRULEs of RFC 5545: which of them are taken, and their local times from some point on.

The rules come from a language model or a phone as well as from our own sentences. Whatever they say,
looking for the next time ends soon: what can't be searched quickly is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from dateutil.rrule import rrulestr

from voice.agenda.refusals import refusal
from voice.errors import AgendaError

RULE_MAX = 200
"""Characters of a rule."""

COUNT_MAX = 1000
"""Times after which a rule may end: all of them are gone through from the first."""

STEPS: dict[str, timedelta] = {
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(weeks=1),
    "MONTHLY": timedelta(days=31),
    "YEARLY": timedelta(days=366),
}
"""The frequencies taken, and how long one step of them is at most."""

STEP_MAX = timedelta(days=366 * 20)
"""Longest time from one period to the next."""

_BY_DAY = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYHOUR", "BYMINUTE"})
_BY_MONTH = _BY_DAY | {"BYMONTH"}
_BY_ALL = _BY_MONTH | {"BYMONTHDAY", "BYSETPOS"}
PARTS: dict[str, frozenset[str]] = {
    "MINUTELY": _BY_DAY,
    "HOURLY": _BY_DAY,
    "DAILY": _BY_MONTH,
    "WEEKLY": _BY_MONTH,
    "MONTHLY": _BY_ALL,
    "YEARLY": _BY_ALL,
}
"""What a rule of a frequency may say besides. More would make it possible to write one by the day or
minute that never comes, which a search would only find out at the end of all years."""

HORIZON = timedelta(days=366 * 12)
"""How far a next time is looked for: February 29 may be eight years away."""

CYCLE = timedelta(days=146_097)
"""400 years, after which days of the week and leap years are the same again."""

END = datetime(9900, 1, 1)
"""Searches are moved by whole cycles to end near the calendar's last year, where dateutil gives up; a
rule that never comes would otherwise be looked for through eight thousand years."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says, as far as searching needs it."""

    text: str
    """Without its end."""
    frequency: str
    step: timedelta
    """From one period to the next, the interval included."""
    counted: bool
    """Whether it ends after a number of times, so that all have to be gone through."""
    until: datetime | None
    """Its last time at the latest."""

    @property
    def usual_gap_s(self) -> float:
        """Seconds in which there usually is a time."""
        return (2 * self.step + timedelta(days=2)).total_seconds()


@lru_cache(maxsize=512)
def parsed(rule: str) -> Rule:
    """Read a rule; raises AgendaError for one that is not taken."""
    split = [part.partition("=") for part in rule.strip().upper().split(";")]
    parts = {name: value for name, _, value in split}
    frequency = parts.get("FREQ", "")
    if len(rule) > RULE_MAX or frequency not in STEPS:
        raise _refused(rule, f"FREQ is one of {', '.join(STEPS)}")
    if not set(parts) <= PARTS[frequency]:
        raise _refused(rule, f"{frequency} goes with {', '.join(sorted(PARTS[frequency]))}")
    try:
        step = STEPS[frequency] * int(parts.get("INTERVAL", "1"))
        count = int(parts.get("COUNT", "1"))
        until = _until(parts.pop("UNTIL")) if "UNTIL" in parts else None
    except (ValueError, OverflowError):
        raise _refused(rule, "INTERVAL, COUNT or UNTIL can't be read") from None
    if not (STEPS[frequency] <= step <= STEP_MAX and 1 <= count <= COUNT_MAX):
        raise _refused(rule, "INTERVAL or COUNT is out of bounds")
    # Every seventh day from a Tuesday on is never a Monday.
    if (
        frequency not in ("WEEKLY", "MONTHLY", "YEARLY")
        and "BYDAY" in parts
        and step > STEPS["DAILY"]
    ):
        raise _refused(rule, f"{frequency} with BYDAY goes by steps of at most a day")
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    return Rule(text, frequency, step, "COUNT" in parts, until)


def near(rule: str, start: datetime, begin: datetime) -> Iterator[datetime]:
    """Yield a rule's times in order, from ``begin`` on and up to the horizon; all are naive.

    Raises AgendaError for a rule that is not taken.
    """
    known = parsed(rule)
    begin = max(begin, start)
    end = begin + HORIZON + 2 * known.step
    end = min(end, known.until) if known.until else end
    if not known.counted and known.frequency not in ("MONTHLY", "YEARLY"):
        # Beginning some whole periods later gives the same times, without going through all before.
        start += (begin - start) // known.step * known.step
    moved = (END - begin - HORIZON - 2 * known.step) // CYCLE * CYCLE
    try:
        for local in rrulestr(known.text, dtstart=start + moved).xafter(begin + moved, inc=True):
            if local - moved > end:
                return
            yield local - moved
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError) as fault:
        raise _refused(rule, str(fault)) from fault


def _until(text: str) -> datetime:
    """Read an UNTIL: a day, its end then, or a local time; a "Z" would need a zone and is passed over."""
    if "T" not in text:
        return datetime.strptime(text, "%Y%m%d") + timedelta(
            days=1, seconds=-1
        )  # naive as all here
    return datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")


def _refused(rule: str, why: str) -> AgendaError:
    return refusal("agenda_never", f"the rule {rule[:RULE_MAX]!r} can't be kept: {why}")
