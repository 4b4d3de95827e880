"""When entries are due, and what becomes of them then: pure functions of an entry and a look at clocks.

Timers, snoozes and reminders "in 20 minutes" are countdowns: a moment on the boot clock. Alarms,
reminders at a time and routines follow the wall clock, once that is believed: they are due when a
scheduled time has passed since the mark ``since`` (set, switched on, or rung last), so that what came
while the device was off is noticed, and what came before is not.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from voice.agenda.entries import (
    Alarm,
    At,
    Due,
    Entry,
    Every,
    Reminder,
    Ringing,
    Routine,
    Timer,
)
from voice.agenda.recurrence import Schedule, Weekly, last_until, local_of, next_after, zone_of
from voice.agenda.timekeeping import BACK_S, Moment, Now, settled

LATE_S = 60.0
"""What is noticed by more than this too late was missed; less is the time a restart takes."""

AGAIN_S = 900.0
"""The same for what had begun to ring when the device went down: it rings again, it was not answered."""

TIMES_MAX = 2
"""How often one time may begin to ring: once, and once more after a crash."""

Ringable = Timer | Alarm | Reminder | Routine


def schedule_of(entry: Entry) -> Schedule | None:
    """Return what an entry follows the wall clock by; None: nothing, or it is switched off."""
    match entry:
        case Alarm(enabled=True, day=None):
            return Weekly(entry.at, entry.days, entry.zone, entry.skipped)
        case Alarm(enabled=True, day=day) if day is not None:
            return At(datetime.combine(day, entry.at), entry.zone)
        case Reminder(when=At() | Every() as when):
            return when
        case Routine(enabled=True, at=at, zone=zone) if at is not None and zone is not None:
            return Weekly(at, entry.days, zone)
        case _:
            return None


def countdowns_of(entry: Entry) -> tuple[Moment, ...]:
    """Return the moments that an entry rings at whatever the wall clock says."""
    match entry:
        case Timer(due=Moment() as due):
            return (due,)
        case Alarm(snoozed=Moment() as snoozed, enabled=True):
            return (snoozed,)
        case Reminder(when=when, snoozed=snoozed):
            return tuple(moment for moment in (when, snoozed) if isinstance(moment, Moment))
        case _:
            return ()


def is_once(entry: Entry) -> bool:
    """Whether an entry is over when it has rung."""
    return isinstance(entry, Timer) or isinstance(schedule_of(entry), At | None)


def due_of(entry: Ringable, now: Now) -> Due | None:
    """Return what of an entry is due, the earliest first; None while nothing is."""
    found: list[tuple[float, str]] = []
    for moment in countdowns_of(entry):
        left = now.until(moment)
        if left is not None and left <= 0:
            found.append((now.wall + left, f"c{moment.serial}"))
    schedule = schedule_of(entry)
    coming = _coming(entry, now)
    if schedule and coming is not None and coming <= now.wall:
        when = last_until(schedule, now.wall, _handled(entry, schedule))
        if when is not None:
            found.append((when, f"w{when:.0f}"))
    if not found:
        return None
    when, key = min(found)
    again = entry.ringing is not None and entry.ringing.key == key
    zone = UTC if schedule is None else zone_of(schedule.zone)
    return Due(
        entry,
        key,
        datetime.fromtimestamp(when, zone),
        missed=now.wall - when > (AGAIN_S if again else LATE_S),
        again=again,
    )


def wait_of(entry: Ringable, now: Now) -> float | None:
    """Return seconds until an entry is due; None: never, or that can't be said yet."""
    waits = [now.until(moment) for moment in countdowns_of(entry)]
    coming = _coming(entry, now)
    waits.append(None if coming is None else coming - now.wall)
    return min((wait for wait in waits if wait is not None), default=None)


def is_pending(entry: Ringable) -> bool:
    """Whether an entry waits for anything."""
    return bool(countdowns_of(entry)) or schedule_of(entry) is not None


def next_of(entry: Ringable, now: Now) -> float | None:
    """Return when an entry rings next, seconds since 1970; None: it does not."""
    times = [_wall(moment, now) for moment in countdowns_of(entry)]
    if schedule := schedule_of(entry):
        coming = next_after(schedule, max(_handled(entry, schedule), now.wall))
        if coming is None and isinstance(schedule, At):  # due, and not rung yet
            coming = next_after(schedule, _handled(entry, schedule))
        times += [] if coming is None else [coming]
    return min(times, default=None)


def is_open(entry: Entry, key: str) -> bool:
    """Whether a time that was due is still to be dealt with; a change may have settled it."""
    schedule = schedule_of(entry)
    if key.startswith("w"):
        return schedule is not None and float(key[1:]) > _handled(entry, schedule)
    return any(f"c{moment.serial}" == key for moment in countdowns_of(entry))


def begun(due: Due, entry: Ringable) -> Ringable:
    """Return an entry that has begun to ring."""
    times = entry.ringing.times if entry.ringing and entry.ringing.key == due.key else 0
    return replace(entry, ringing=Ringing(due.key, times + 1))


def is_exhausted(due: Due) -> bool:
    """Whether a time has begun to ring so often that it is not to ring again."""
    ringing = due.entry.ringing
    return due.again and ringing is not None and ringing.times >= TIMES_MAX


def completed(entry: Ringable, key: str, now: Now) -> Ringable | None:
    """Return an entry after a time of it was dealt with; None: it is over and goes."""
    if isinstance(entry, Timer):
        return None
    entry = replace(entry, ringing=None)
    if key.startswith("w"):
        entry = replace(entry, since=now.after(0, 0), last=float(key[1:]))
    elif isinstance(entry, Alarm):
        entry = replace(entry, snoozed=None)
    elif isinstance(entry, Reminder) and isinstance(entry.when, Moment):
        return None
    elif isinstance(entry, Reminder):
        entry = replace(entry, snoozed=None)
    if isinstance(entry, Alarm) and entry.skipped:
        today = local_of(now.wall, zone_of(entry.zone)).date()
        entry = replace(entry, skipped=tuple(day for day in entry.skipped if day >= today))
    schedule = schedule_of(entry)
    comes_again = schedule and next_after(schedule, _handled(entry, schedule)) is not None
    stays = isinstance(entry, Routine) or comes_again or countdowns_of(entry)
    return entry if stays else None


def put_right(entry: Entry, now: Now) -> Entry:
    """Return an entry whose moments fit what is believed now; see ``timekeeping.settled``."""
    if isinstance(entry, Timer) and entry.due:
        return replace(entry, due=settled(entry.due, now))
    if not isinstance(entry, Alarm | Reminder | Routine):
        return entry
    since, last = settled(entry.since, now), entry.last
    if since.wall > now.wall + BACK_S:
        since = now.after(0, 0)
    if last is not None and last > now.wall + BACK_S and not is_once(entry):
        last = None
    entry = replace(entry, since=since, last=last)
    if not isinstance(entry, Routine) and entry.snoozed:
        entry = replace(entry, snoozed=settled(entry.snoozed, now))
    if isinstance(entry, Reminder) and isinstance(entry.when, Moment):
        entry = replace(entry, when=settled(entry.when, now))
    return entry


def _coming(entry: Ringable, now: Now) -> float | None:
    """Return the first scheduled time that is not dealt with; None without one, or without a clock."""
    schedule = schedule_of(entry)
    if schedule is None or not now.believed:
        return None
    return next_after(schedule, _handled(entry, schedule))


def _handled(entry: Entry, schedule: Schedule) -> float:
    """Return up to when scheduled times are dealt with, seconds since 1970."""
    if not isinstance(entry, Alarm | Reminder | Routine):
        return 0.0
    # What comes once is due however the clock was moved over it; it goes when it has rung.
    since = 0.0 if isinstance(schedule, At) else entry.since.wall
    return since if entry.last is None else max(since, entry.last)


def _wall(moment: Moment, now: Now) -> float:
    left = now.until(moment)
    return moment.wall if left is None else now.wall + left
