"""When something recurs: pure functions of a schedule and a moment.

Schedules are local times in a zone; moments are seconds since 1970 in UTC. As RFC 5545 has it (3.3.5,
and PEP 495 with ``fold=0``), a local time that a clock change leaves out is shifted by what is left
out, and one that comes twice means the first. Two times may thus fall on one moment; it counts once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from voice.agenda.entries import At, Every
from voice.agenda.rules import near, parsed

log = logging.getLogger(__name__)

AROUND = timedelta(hours=26)
"""No clock change moves a local time by more: Samoa left out a whole day once."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Weekly:
    """A local time on days of the week, some dates left out."""

    at: time
    days: frozenset[int]
    """0 is Monday."""
    zone: str
    skipped: tuple[date, ...] = ()


Schedule = At | Weekly | Every


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """Return a zone; UTC where the machine does not know it (any more), which rings rather than fails."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        log.warning("time zone %r is unknown here; taken for UTC: install tzdata", name)
        return ZoneInfo("UTC")


def moment_of(local: datetime, zone: ZoneInfo) -> float:
    """Return the moment of a naive local time."""
    return local.replace(tzinfo=zone, fold=0).timestamp()


def local_of(moment: float, zone: ZoneInfo) -> datetime:
    """Return the naive local time of a moment."""
    return datetime.fromtimestamp(moment, UTC).astimezone(zone).replace(tzinfo=None)


@lru_cache(maxsize=2048)
def next_after(schedule: Schedule, after: float) -> float | None:
    """Return the first moment after another one; None when there is none."""
    match schedule:
        case At(local, zone):
            moment = moment_of(local, zone_of(zone))
            return moment if moment > after else None
        case Weekly():
            return next((found for found in _weekly(schedule, after) if found > after), None)
        case Every():
            return _next_of_rule(schedule, after)


def last_until(schedule: Schedule, until: float, after: float) -> float | None:
    """Return the last moment that is not after ``until`` but after ``after``; None: there is none."""
    match schedule:
        case At(local, zone):
            found = moment_of(local, zone_of(zone))
        case Weekly():
            found = next((found for found in _weekly(schedule, until, -1) if found <= until), None)
        case Every():
            found = _last_of_rule(schedule, until, after)
    return found if found is not None and after < found <= until else None


def date_of_next(schedule: Weekly, after: float) -> date | None:
    """Return the nominal day of what comes next: the one to skip."""
    zone = zone_of(schedule.zone)
    for day in _dates(schedule, after):
        if moment_of(datetime.combine(day, schedule.at), zone) > after:
            return day
    return None


def _dates(schedule: Weekly, around: float, step: int = 1) -> Iterator[date]:
    """Yield the days in order, beginning safely before (with step -1: after) a moment."""
    day = local_of(around, zone_of(schedule.zone)).date() - 2 * step * DAY
    for _ in range(7 * (len(schedule.skipped) + 2)):
        if day.weekday() in schedule.days and day not in schedule.skipped:
            yield day
        day += step * DAY


def _weekly(schedule: Weekly, around: float, step: int = 1) -> Iterator[float]:
    zone = zone_of(schedule.zone)
    for day in _dates(schedule, around, step):
        yield moment_of(datetime.combine(day, schedule.at), zone)


def _next_of_rule(schedule: Every, after: float) -> float | None:
    zone = zone_of(schedule.zone)
    found: float | None = None
    last = datetime.max
    for local in _locals(schedule, after):
        if local > last:
            break
        moment = moment_of(local, zone)
        if moment <= after or (found is not None and moment >= found):
            continue
        found = moment
        # What is shifted out of a gap may come after what lies behind the gap: look at that too.
        last = local if local_of(moment, zone) == local else local + AROUND
    return found


def _last_of_rule(schedule: Every, until: float, after: float) -> float | None:
    """Look through the last days first: there may be very many moments in between."""
    zone = zone_of(schedule.zone)
    rule = parsed(schedule.rule)
    end = local_of(until, zone) + AROUND
    for begin in (max(after, until - rule.usual_gap_s), after):
        found: float | None = None
        for local in _locals(schedule, begin):
            if local > end:
                break
            moment = moment_of(local, zone)
            if begin < moment <= until and (found is None or moment > found):
                found = moment
        if found is not None:
            return found
    return None


def _locals(schedule: Every, after: float) -> Iterator[datetime]:
    """Yield a rule's local times in order, beginning safely before a moment."""
    zone = zone_of(schedule.zone)
    local = local_of(after, zone)
    steady = all(
        local_of(after + sign * AROUND.total_seconds(), zone) == local + sign * AROUND
        for sign in (-1, 1)
    )
    yield from near(schedule.rule, schedule.start, local if steady else local - AROUND)
