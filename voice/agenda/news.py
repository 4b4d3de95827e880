"""What of the agenda is worth an event: pure, from what an entry was and what it is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import cast

from voice.agenda.entries import Alarm, Changed, Reminder, Routine, Timer
from voice.agenda.view import View
from voice.events import AgendaChanged, Event, TimerCancelled, TimerStarted, TimerUpdated


def news(changes: Iterable[Changed], view: View) -> Iterator[Event]:
    """Yield the events of changes; that something rings, or rings no more, is told by the bell."""
    for change in changes:
        before, after = change.before, change.after
        if isinstance(after, Timer):
            if after.ringing:
                continue
            left_s = round(view.left_s(after), 1)
            if before is None:
                yield TimerStarted(after.id, after.name, left_s)
            else:
                yield TimerUpdated(after.id, after.name, left_s, after.due is None)
        elif isinstance(before, Timer):
            if not before.ringing:
                yield TimerCancelled(before.id)
        elif (entry := after or before) and not _only_rings(change):
            what = "added" if before is None else "removed" if after is None else "changed"
            yield cast(Event, AgendaChanged(entry.kind, entry.id, what))  # type: ignore[arg-type] # no timer


def _only_rings(change: Changed) -> bool:
    """Whether nothing is different but that it rings."""
    before, after = change.before, change.after
    for kind in (Alarm, Reminder, Routine):
        if isinstance(before, kind) and isinstance(after, kind):
            return replace(before, ringing=None) == replace(after, ringing=None)
    return False
