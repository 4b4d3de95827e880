"""What a day brings: everything of the agenda that rings on it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from voice.agenda.due import Ringable, countdowns_of, schedule_of
from voice.agenda.entries import Timer
from voice.agenda.recurrence import next_after
from voice.agenda.view import View

TIMES_MAX = 3
"""Times of one entry that are told of one day: "every 20 minutes" is not a list of 72."""


def on_day(view: View, day: date, zone: tzinfo) -> tuple[tuple[datetime, Ringable], ...]:
    """Return what rings on a day in a zone, the first first; of today what is still to come.

    Timers are left out: they are counted down, and nobody plans a day by them.
    """
    begin = datetime.combine(day, time(), zone).timestamp()
    end = datetime.combine(day + timedelta(days=1), time(), zone).timestamp()
    found = [
        (datetime.fromtimestamp(when, zone), entry)
        for entry in view.entries.values()
        if isinstance(entry, Ringable) and not isinstance(entry, Timer)
        for when in _times(view, entry, max(begin, view.now.wall), end)
    ]
    return tuple(sorted(found, key=lambda pair: (pair[0].timestamp(), pair[1].id)))


def _times(view: View, entry: Ringable, begin: float, end: float) -> list[float]:
    """Return when an entry rings from a moment on until before another one; not all of very many."""
    times = [
        view.now.wall + left
        for moment in countdowns_of(entry)
        if (left := view.now.until(moment)) is not None
    ]
    schedule = schedule_of(entry)
    after = begin - 0.001  # what is at midnight belongs to the day
    while schedule and len(times) < TIMES_MAX:
        found = next_after(schedule, after)
        if found is None or found >= end:
            break
        times.append(found)
        after = found
    return [when for when in times if begin <= when < end]
