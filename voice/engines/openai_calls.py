"""Tool calls as chat servers stream them: in pieces, numbered or not, with whatever in them."""

from __future__ import annotations

import re
from typing import cast

from voice.chat import ToolCall

MAX_ARGUMENT_CHARS = 64_000
MAX_CALLS = 16


class Calls:
    """Puts tool calls together from their pieces."""

    def __init__(self) -> None:
        self._pieces: list[dict[str, str]] = []
        self._index: list[object] = []
        self.full = False
        """Whether there is more than any sane answer holds."""

    def feed(self, pieces: object) -> bool:
        """Take the pieces of one chunk; return whether there were any."""
        if not isinstance(pieces, list) or not pieces:
            return False
        for piece in cast("list[object]", pieces):
            self._take(piece)
        return True

    def _take(self, piece: object) -> None:
        index = getattr(piece, "index", None)
        identity = _text(getattr(piece, "id", None))
        function = getattr(piece, "function", None)
        call = self._current(index, identity)
        call["id"] = call["id"] or identity
        call["name"] += _text(getattr(function, "name", None)) if not call["name"] else ""
        call["arguments"] += _text(getattr(function, "arguments", None))
        held = sum(len(each["arguments"]) for each in self._pieces)
        self.full = held > MAX_ARGUMENT_CHARS or len(self._pieces) > MAX_CALLS

    def _current(self, index: object, identity: str) -> dict[str, str]:
        """Return the call that a piece belongs to.

        Some servers number every call 0 and tell them apart by id, others send no numbers.
        """
        for at in range(len(self._pieces) - 1, -1, -1):
            call = self._pieces[at]
            same_id = not identity or not call["id"] or call["id"] == identity
            if same_id and (index is None or self._index[at] == index):
                return call
        call = {"id": "", "name": "", "arguments": ""}
        self._pieces.append(call)
        self._index.append(index)
        return call

    def complete(self) -> list[ToolCall]:
        """Return the calls, with names and ids that may be sent back to any server."""
        calls = list[ToolCall]()
        for at, call in enumerate(self._pieces):
            identity = call["id"][:64]
            if not identity or identity in {other.id for other in calls}:
                identity = f"call_{at + 1}"
            name = re.sub(r"[^a-zA-Z0-9_-]", "_", call["name"])[:64] or "unnamed"
            calls.append(ToolCall(identity, name, call["arguments"]))
        return calls


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
