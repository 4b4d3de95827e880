"""Which function carries out which change."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from voice.agenda import clockwork, paper
from voice.agenda.changes import (
    AddItems,
    AddNote,
    Change,
    ChangeTimer,
    ClearList,
    CreateList,
    KeepAll,
    MoveReminder,
    PauseTimers,
    Remove,
    RemoveAll,
    Rename,
    ResumeTimers,
    SetAlarm,
    SetEnabled,
    SetReminder,
    SetRoutine,
    SetTimer,
    SkipNext,
    Snooze,
    TickItems,
)
from voice.agenda.draft import Draft
from voice.agenda.due import Ringable
from voice.agenda.entries import Entry
from voice.agenda.timekeeping import Now

RangLately = Callable[[int, Now], Ringable | None]
"""Returns the entry of an id as it was when it stopped ringing a short while ago, else None."""


def make(draft: Draft, change: Change, rang_lately: RangLately) -> tuple[Entry, ...]:
    """Carry out a change on a draft; returns what it was about. Raises AgendaError."""
    match change:
        case SetTimer():
            return clockwork.set_timer(draft, change)
        case ChangeTimer():
            return clockwork.change_timer(draft, change)
        case PauseTimers():
            return clockwork.pause_timers(draft, change)
        case ResumeTimers():
            return clockwork.resume_timers(draft, change)
        case SetAlarm():
            return clockwork.set_alarm(draft, change)
        case SkipNext():
            return clockwork.skip_next(draft, change)
        case KeepAll():
            return clockwork.keep_all(draft, change)
        case SetEnabled():
            return clockwork.set_enabled(draft, change)
        case Snooze():
            return clockwork.snooze(draft, change, rang_lately(change.id, draft.now))
        case SetReminder():
            return clockwork.set_reminder(draft, change)
        case MoveReminder():
            return clockwork.move_reminder(draft, change)
        case SetRoutine():
            return clockwork.set_routine(draft, change)
        case CreateList():
            return paper.create_list(draft, change)
        case AddItems():
            return paper.add_items(draft, change)
        case TickItems():
            return paper.tick_items(draft, change)
        case ClearList():
            return paper.clear_list(draft, change)
        case AddNote():
            return paper.add_note(draft, change)
        case Rename():
            return paper.rename(draft, change)
        case Remove():
            return paper.remove(draft, change)
        case RemoveAll():
            return paper.remove_all(draft, change)
        case _:
            assert_never(change)
