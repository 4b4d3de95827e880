"""Entries as plain values: for the command line, events and the phone."""

from __future__ import annotations

from collections.abc import Mapping

from voice.agenda.entries import (
    Alarm,
    At,
    Checklist,
    Due,
    Entry,
    Every,
    Item,
    Note,
    Reminder,
    Routine,
    Step,
    Timer,
)
from voice.agenda.view import View

Plain = str | int | float | bool | None | list["Plain"] | Mapping[str, "Plain"]
"""What JSON can hold."""


def described(entry: Entry, view: View) -> dict[str, Plain]:
    """Return what there is to know of an entry at the moment of a view.

    Always ``id`` and ``kind``; times are ISO 8601 with their offset, days of the week 0 to 6 from
    Monday, ``next`` is when it rings next, or null.
    """
    plain: dict[str, Plain] = {"id": entry.id, "kind": entry.kind}
    match entry:
        case Timer(length_s=length_s, name=name, due=due):
            plain |= {"name": name, "length_s": length_s, "paused": due is None}
            plain["left_s"] = round(view.left_s(entry), 1)
        case Alarm():
            plain |= {"name": entry.name, "at": f"{entry.at:%H:%M:%S}", "zone": entry.zone}
            plain["day"] = entry.day.isoformat() if entry.day else None
            plain["days"] = [*sorted(entry.days)]
            plain |= {"enabled": entry.enabled, "snoozed": entry.snoozed is not None}
            plain["skipped"] = [day.isoformat() for day in entry.skipped]
        case Reminder(text=text, when=when):
            plain["text"] = text
            plain["rule"] = when.rule if isinstance(when, Every) else None
            plain["zone"] = when.zone if isinstance(when, At | Every) else None
        case Routine():
            plain |= {"name": entry.name, "phrase": entry.phrase, "enabled": entry.enabled}
            plain["at"] = f"{entry.at:%H:%M:%S}" if entry.at else None
            plain |= {"zone": entry.zone, "days": [*sorted(entry.days)]}
            plain["steps"] = [_step(step) for step in entry.steps]
        case Checklist(name=name, purpose=purpose):
            plain |= {"name": name, "purpose": purpose}
            plain["items"] = [described(item, view) for item in view.items(entry.id)]
        case Item(text=text, done=done, list_id=list_id):
            plain |= {"text": text, "done": done, "list_id": list_id}
        case Note(text=text, written=written):
            plain |= {"text": text, "written": written.isoformat()}
    if isinstance(entry, Timer | Alarm | Reminder | Routine):
        coming = view.next(entry)
        plain["next"] = coming.isoformat(timespec="seconds") if coming else None
    return plain


def described_due(due: Due, view: View) -> dict[str, Plain]:
    """Return what there is to know of something that is due."""
    when = due.when.isoformat(timespec="seconds")
    return {**described(due.entry, view), "due": when, "missed": due.missed, "again": due.again}


def _step(step: Step) -> Mapping[str, Plain]:
    names = ("text", "sentence", "question")
    said = next(getattr(step, name) for name in names if hasattr(step, name))
    return {"do": step.do, "text": said}
