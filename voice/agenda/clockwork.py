"""Carrying out changes of what rings: timers, alarms, reminders, routines, snoozes.

Each function works on a draft and returns the entries that the change was about, as they are then.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from voice.agenda.changes import (
    ChangeTimer,
    KeepAll,
    MoveReminder,
    PauseTimers,
    ResumeTimers,
    SetAlarm,
    SetEnabled,
    SetReminder,
    SetRoutine,
    SetTimer,
    SkipNext,
    Snooze,
)
from voice.agenda.draft import (
    NAME_MAX,
    STEPS_MAX,
    TEXT_MAX,
    Draft,
    checked,
    checked_schedule,
    checked_zone,
)
from voice.agenda.due import Ringable, due_of, schedule_of
from voice.agenda.entries import (
    EVERY_DAY,
    Alarm,
    Ask,
    At,
    Every,
    Reminder,
    Routine,
    Run,
    Say,
    Show,
    Step,
    Timer,
)
from voice.agenda.names import same_name
from voice.agenda.recurrence import Weekly, date_of_next, local_of, zone_of
from voice.agenda.refusals import refusal
from voice.agenda.timekeeping import Moment

SKIPPED_MAX = 60
"""Days that an alarm may leave out."""

Done = tuple[Ringable, ...]


def set_timer(draft: Draft, change: SetTimer) -> Done:
    """Start a timer."""
    name = None if change.name is None else checked(change.name, NAME_MAX)
    due = draft.countdown(change.length_s)
    return (draft.put(Timer(draft.new_id(), change.length_s, due, name=name)),)


def change_timer(draft: Draft, change: ChangeTimer) -> Done:
    """Add time to a timer, or take some off."""
    timer = draft.get(change.id, Timer)
    left = max(0.0, _left_s(draft, timer)) + change.by_s
    if not left > 0:
        raise refusal("agenda_over", f"timer {timer.id} has no {-change.by_s} s left")
    if timer.due is None:
        draft.countdown(left)  # for its bounds
        return (draft.put(replace(timer, left_s=left)),)
    return (draft.put(replace(timer, due=draft.countdown(left), ringing=None)),)


def pause_timers(draft: Draft, change: PauseTimers) -> Done:
    """Stop timers for a while; one that has run out is beyond that."""
    timers = draft.some(change.ids, Timer)
    running = [timer for timer in timers if timer.due is None or _left_s(draft, timer) > 0]
    if not running:
        raise refusal("agenda_over", "the timer has run out already")
    return tuple(
        draft.put(replace(timer, due=None, left_s=_left_s(draft, timer))) for timer in running
    )


def resume_timers(draft: Draft, change: ResumeTimers) -> Done:
    """Let paused timers go on."""
    timers = draft.some(change.ids, Timer)
    for timer in timers:
        if timer.due is None:
            due = draft.countdown(timer.left_s or timer.length_s)
            draft.put(replace(timer, due=due, left_s=None))
    return tuple(draft.get(timer.id, Timer) for timer in timers)


def set_alarm(draft: Draft, change: SetAlarm) -> Done:
    """Set an alarm."""
    name = None if change.name is None else checked(change.name, NAME_MAX)
    at, zone = _whole(change.at), checked_zone(change.zone)
    day = change.day
    if day is None and not change.days:
        day = _next_day(draft, at, zone)
    days = frozenset[int]() if day else _checked_days(change.days)
    alarm = Alarm(draft.new_id(), at, zone, draft.now.after(0, 0), day, days, name)
    _check(draft, alarm)
    return (draft.put(alarm),)


def skip_next(draft: Draft, change: SkipNext) -> Done:
    """Leave out a day of an alarm."""
    alarm = draft.get(change.id, Alarm)
    schedule = schedule_of(replace(alarm, enabled=True))
    if not isinstance(schedule, Weekly):
        return (draft.put(replace(alarm, enabled=False, snoozed=None)),)
    day = change.day or date_of_next(schedule, draft.now.wall)
    if day is None or len(alarm.skipped) >= SKIPPED_MAX:
        raise refusal("agenda_full", f"alarm {alarm.id} leaves out too many days")
    skipped = tuple(sorted({*alarm.skipped, day}))
    return (draft.put(replace(alarm, skipped=skipped)),)


def keep_all(draft: Draft, change: KeepAll) -> Done:
    """Leave out no day any more."""
    return (draft.put(replace(draft.get(change.id, Alarm), skipped=())),)


def set_enabled(draft: Draft, change: SetEnabled) -> Done:
    """Switch alarms and routines on or off; those that are so already stay as they are."""
    entries = draft.some(change.ids, Alarm, Routine)
    for entry in entries:
        if entry.enabled == change.enabled:
            continue
        since = draft.now.after(0, 0)
        entry = replace(entry, enabled=change.enabled, since=since, ringing=None)
        if isinstance(entry, Alarm):
            day = entry.day and _day_to_come(draft, entry, entry.day)
            entry = replace(entry, day=day, snoozed=None)
        draft.put(entry)
    return tuple(draft.get(entry.id, Alarm, Routine) for entry in entries)


def set_reminder(draft: Draft, change: SetReminder) -> Done:
    """Set a reminder."""
    text = checked(change.text, TEXT_MAX)
    when = _when(draft, change.when)
    reminder = Reminder(draft.new_id(), text, when, draft.now.after(0, 0))
    _check(draft, reminder)
    return (draft.put(reminder),)


def move_reminder(draft: Draft, change: MoveReminder) -> Done:
    """Set a reminder for another time."""
    old = draft.get(change.id, Reminder)
    when = _when(draft, change.when)
    moved = Reminder(old.id, old.text, when, draft.now.after(0, 0))
    _check(draft, moved)
    return (draft.put(moved),)


def set_routine(draft: Draft, change: SetRoutine) -> Done:
    """Keep a routine in the place of one of the same name."""
    name = checked(change.name, NAME_MAX)
    phrase = None if change.phrase is None else checked(change.phrase, NAME_MAX)
    steps = tuple(_checked_step(step) for step in change.steps[: STEPS_MAX + 1])
    if not steps:
        raise refusal("agenda_empty", f"the routine {name!r} has no steps")
    if len(steps) > STEPS_MAX:
        raise refusal("agenda_long", f"a routine has no more than {STEPS_MAX} steps")
    if change.at is not None and change.zone is None:
        raise refusal("agenda_zone", "a routine with a time needs a time zone")
    same = [old for old in draft.all(Routine) if same_name(old.name, name)]
    routine = Routine(
        same[0].id if same else draft.new_id(),
        name,
        steps,
        draft.now.after(0, 0),
        phrase,
        None if change.at is None else _whole(change.at),
        _checked_days(change.days),
        change.zone,
    )
    _check(draft, routine)
    return (draft.put(routine),)


def snooze(draft: Draft, change: Snooze, recent: Ringable | None) -> Done:
    """Let what rings ring again in a while; ``recent`` is the entry if it rang a short while ago."""
    moment = draft.countdown(change.seconds)
    entry = draft.find(change.id, Timer, Alarm, Reminder) or recent
    due = None if entry is None else due_of(entry, draft.now)
    snoozed = isinstance(entry, Alarm | Reminder) and entry.snoozed is not None
    if not isinstance(entry, Timer | Alarm | Reminder) or not (due or snoozed or recent):
        raise refusal("agenda_nothing", f"entry {change.id} neither rings nor rang lately")
    entry = replace(entry, ringing=None)
    if isinstance(entry, Timer):
        return (draft.put(replace(entry, due=moment, left_s=None)),)
    if isinstance(entry, Reminder) and not isinstance(entry.when, At | Every):
        return (draft.put(replace(entry, when=moment)),)
    if due and due.key.startswith("w"):  # that time is dealt with
        entry = replace(entry, since=draft.now.after(0, 0), last=float(due.key[1:]))
    return (draft.put(replace(entry, snoozed=moment)),)


def _when(draft: Draft, when: float | At | Every) -> Moment | At | Every:
    """Return when a reminder is due, as it is kept."""
    match when:
        case At(local, zone):
            return At(_naive(local), zone)
        case Every(rule, start, zone):
            return Every(rule, _naive(start), zone)
        case seconds:
            return draft.countdown(seconds)


def _left_s(draft: Draft, timer: Timer) -> float:
    if timer.due is None:
        return timer.left_s or 0.0
    left = draft.now.until(timer.due)
    return timer.due.wall - draft.now.wall if left is None else left


def _next_day(draft: Draft, at: time, zone: str) -> date:
    """Return the next day on which it is so late."""
    day = date_of_next(Weekly(at, EVERY_DAY, zone), draft.now.wall)
    return day or local_of(draft.now.wall, zone_of(zone)).date()


def _day_to_come(draft: Draft, alarm: Alarm, day: date) -> date:
    """Return an alarm's day, or the next one on which it is so late when that has passed."""
    return max(day, _next_day(draft, alarm.at, alarm.zone))


def _check(draft: Draft, entry: Ringable) -> None:
    if schedule := schedule_of(entry):
        checked_schedule(schedule, draft.now)


def _checked_days(days: frozenset[int]) -> frozenset[int]:
    if not days or not days <= EVERY_DAY:
        raise refusal("agenda_never", f"{sorted(days)} are no days of the week, 0 to 6")
    return days


def _checked_step(step: Step) -> Step:
    match step:
        case Say(text) | Show(text):
            return replace(step, text=checked(text, TEXT_MAX))
        case Run(sentence):
            return Run(checked(sentence, TEXT_MAX))
        case Ask(question):
            return Ask(checked(question, TEXT_MAX))


def _whole(at: time) -> time:
    """Return a local time in whole seconds, without a zone of its own."""
    return at.replace(microsecond=0, tzinfo=None, fold=0)


def _naive(local: datetime) -> datetime:
    return local.replace(microsecond=0, tzinfo=None, fold=0)
