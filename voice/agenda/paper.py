"""Carrying out changes of what is only kept: lists, items, notes; and what holds for all kinds.

Each function works on a draft and returns the entries that the change was about: as they are then, or
as they were before they were removed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from voice.agenda.changes import (
    AddItems,
    AddNote,
    ClearList,
    CreateList,
    Remove,
    RemoveAll,
    Rename,
    TickItems,
)
from voice.agenda.draft import NAME_MAX, NOTE_MAX, TEXT_MAX, Draft, checked
from voice.agenda.entries import (
    BUILT_IN,
    Alarm,
    Checklist,
    Entry,
    Item,
    Kind,
    Note,
    Reminder,
    Routine,
    Timer,
)
from voice.agenda.names import same_name, squeezed
from voice.agenda.refusals import refusal

KINDS: tuple[type[Entry], ...] = (Timer, Alarm, Reminder, Routine, Checklist, Item, Note)
BY_KIND: dict[Kind, type[Entry]] = {kind.kind: kind for kind in KINDS}

Done = tuple[Entry, ...]


def create_list(draft: Draft, change: CreateList) -> Done:
    """Begin a list, with what is to stand on it."""
    name = checked(change.name, NAME_MAX)
    _check_free(draft, name, 0)
    checklist = draft.put(Checklist(draft.new_id(), name))
    if not change.texts:
        return (checklist,)
    return (checklist, *add_items(draft, AddItems(checklist.id, change.texts)))


def add_items(draft: Draft, change: AddItems) -> Done:
    """Add to a list what does not stand on it."""
    checklist = draft.get(change.list_id, Checklist)
    there: dict[str, Item] = {}
    for item in draft.all(Item):
        key = squeezed(item.text)
        if item.list_id == checklist.id and (key not in there or there[key].done):
            there[key] = item
    added: list[Entry] = []
    for text in change.texts:
        text = checked(text, TEXT_MAX)
        item = there.get(squeezed(text)) or Item(draft.new_id(), checklist.id, text, done=True)
        if item.done:
            item = draft.put(replace(item, done=False))
        there[squeezed(text)] = item
        added.append(item)
    if not added:
        raise refusal("agenda_empty", "there is nothing to add")
    return tuple(added)


def tick_items(draft: Draft, change: TickItems) -> Done:
    """Mark items."""
    items = draft.some(change.ids, Item)
    return tuple(draft.put(replace(item, done=change.done)) for item in items)


def clear_list(draft: Draft, change: ClearList) -> Done:
    """Take items off a list; nothing to take off is fine."""
    checklist = draft.get(change.id, Checklist)
    items = [item for item in draft.all(Item) if item.list_id == checklist.id]
    gone = [item for item in items if item.done or not change.done_only]
    for item in gone:
        draft.remove(item)
    return tuple(gone)


def add_note(draft: Draft, change: AddNote) -> Done:
    """Keep a note."""
    written = datetime.fromtimestamp(round(draft.now.wall), UTC)
    return (draft.put(Note(draft.new_id(), checked(change.text, NOTE_MAX), written)),)


def rename(draft: Draft, change: Rename) -> Done:
    """Give an entry another name or text."""
    entry = draft.get(change.id, *KINDS)
    match entry:
        case Checklist():
            if entry.id in BUILT_IN:
                raise refusal("agenda_exists", f"the {entry.name} list keeps its name")
            name = checked(change.name, NAME_MAX)
            _check_free(draft, name, entry.id)
            return (draft.put(replace(entry, name=name)),)
        case Timer() | Alarm() | Routine():
            return (draft.put(replace(entry, name=checked(change.name, NAME_MAX))),)
        case Reminder() | Item():
            return (draft.put(replace(entry, text=checked(change.name, TEXT_MAX))),)
        case Note():
            return (draft.put(replace(entry, text=checked(change.name, NOTE_MAX))),)


def remove(draft: Draft, change: Remove) -> Done:
    """Remove entries."""
    entries = draft.some(change.ids, *KINDS)
    for entry in entries:
        draft.remove(entry)
    return tuple(entries)


def remove_all(draft: Draft, change: RemoveAll) -> Done:
    """Remove all of a kind; none to remove is fine."""
    entries = draft.all(BY_KIND[change.kind])
    for entry in entries:
        draft.remove(entry)
    return tuple(entries)


def _check_free(draft: Draft, name: str, own_id: int) -> None:
    for other in draft.all(Checklist):
        if other.id != own_id and same_name(other.name, name):
            raise refusal("agenda_exists", f"there is a list {other.name!r} already")
