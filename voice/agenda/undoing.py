"""Whether an entry is still what a change made of it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from voice.agenda.entries import Entry
from voice.agenda.timekeeping import Moment


def same(one: Entry | None, other: Entry | None) -> bool:
    """Whether two entries are the same, apart from moments that were put right meanwhile."""
    return one == other or _timeless(one) == _timeless(other)


def _timeless(entry: Entry | None) -> Any:
    if entry is None:
        return None
    blank = {
        field.name: Moment("", 0, 0, moment.serial)
        for field in fields(entry)
        if isinstance(moment := getattr(entry, field.name), Moment)
    }
    return replace(entry, **blank)
