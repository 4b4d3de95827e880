"""What commands ask of the agenda, of the running assistant's or of one opened for them.

Plain values in and out, so that both ways are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from voice.agenda import Agenda, described
from voice.agenda.changes import Change, Remove, RemoveAll
from voice.agenda.entries import Item
from voice.errors import UsageError

KINDS = ("timer", "alarm", "reminder", "routine", "list", "note")
"""What can be listed and cancelled, by name."""


def listed(agenda: Agenda, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``{"entries": […]}``, as ``voice.agenda.described`` has them; items are in their lists."""
    view = agenda.view()
    entries = [entry for entry in view.entries.values() if not isinstance(entry, Item)]
    entries.sort(key=lambda entry: (KINDS.index(entry.kind), entry.id))
    return {"entries": [described(entry, view) for entry in entries]}


def cancelled(agenda: Agenda, request: Mapping[str, Any]) -> dict[str, Any]:
    """Cancel entries by ``ids``, or all of a ``kind``; return ``{"cancelled": [id, …]}``.

    Raises AgendaError when there are none such, UsageError for anything else.
    """
    ids, kind = request.get("ids"), request.get("kind")
    change: Change
    if kind in KINDS:
        change = RemoveAll(kind)
    elif isinstance(ids, list) and ids and all(isinstance(one, int) for one in ids):
        change = Remove(tuple(ids))
    else:
        raise UsageError(f"cancel what? ids, or a kind: {', '.join(KINDS)}")
    return {"cancelled": [entry.id for entry in agenda.apply(change).entries]}


AGENDA_REQUESTS: Mapping[str, Callable[[Agenda, Mapping[str, Any]], dict[str, Any]]] = {
    "agenda_list": listed,
    "agenda_cancel": cancelled,
}
"""By the names that they have on the socket (``device.ownership``)."""
