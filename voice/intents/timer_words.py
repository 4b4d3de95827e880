"""What is said of timers: their lengths, their names, and what tells one from the others.

The words are in the part ``timers`` of a language's files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from voice.intents.names import SOME_DAY, Names, value_of
from voice.intents.readers import Reader, Said, Tables
from voice.intents.vocabulary import JSON
from voice.intents.when import When
from voice.intents.wording import squeeze

Slots = Mapping[str, JSON]


class TimerWords:
    """Reads one language's words for timers."""

    def __init__(self, tables: Tables) -> None:
        """Take the merged tables of a language."""
        table: Mapping[str, Any] = tables["timers"]
        self._when = When.of(tables)
        self._names = Names(tables)
        self._more = frozenset(map(squeeze, cast(list[str], table["more"])))
        self._positions = value_of(table["positions"])
        self._states = value_of(table["states"])

    def length(self, said: Said) -> Slots | None:
        """Read a length of time."""
        seconds = self._when.duration(said.words)
        return None if seconds is None else {"length": seconds}

    def more(self, said: Said) -> Slots | None:
        """Read a length that says it is added: "10 more minutes"."""
        return self.length(said) if self._more & set(said.words.split()) else None

    def until(self, said: Said) -> Slots | None:
        """Read a time of day; a bare figure may mean anything."""
        if said.words.isdigit() or self._when.duration(said.words) is not None:
            return None
        moment = self._when.moment(said.words, SOME_DAY)
        return {"until": said.words} if moment and moment.clock and not moment.part else None

    def label(self, said: Said) -> Slots | None:
        """Read what a new timer is called."""
        name = self._names.read(said)
        return {"name": name} if name else None

    def kind(self, said: Said) -> Slots | None:
        """Read a length with a name: "5 minute egg"."""
        words = said.words.split()
        for behind in range(len(words) - 1, 0, -1):
            seconds = self._when.duration(" ".join(words[:behind]))
            if seconds is not None:
                name = self._names.read(said, behind)
                return {"length": seconds, "name": name} if name else None
        return None

    def which(self, said: Said) -> Slots | None:
        """Read what tells one timer from the others.

        ``timer`` is its name, ``timer_length`` its length, ``position`` 0 for the first and -1 for the
        last, ``state`` one of the table's.
        """
        words = said.words
        if words in self._positions:
            return {"position": cast(int, self._positions[words])}
        if words in self._states:
            return {"state": cast(str, self._states[words])}
        if (seconds := self._when.duration(words)) is not None:
            return {"timer_length": seconds}
        if found := self.kind(said):
            return {"timer_length": found["length"], "timer": found["name"]}
        name = self._names.read(said)
        return {"timer": name} if name else None


Parse = Callable[[TimerWords, Said], Slots | None]

_TIMES: Mapping[str, Parse] = {
    "timer_length": TimerWords.length,
    "timer_more": TimerWords.more,
    "timer_until": TimerWords.until,
}
_NAMES: Mapping[str, Parse] = {
    "timer_label": TimerWords.label,
    "timer_kind": TimerWords.kind,
    "which_timer": TimerWords.which,
}


def _reader(parses: Mapping[str, Parse]) -> Callable[[Tables], Reader]:
    def made(tables: Tables) -> Reader:
        words = TimerWords(tables)

        def read(said: Mapping[str, Said]) -> Slots | None:
            slots: dict[str, JSON] = {}
            for slot, found in said.items():
                value = parses[slot](words, found)
                if value is None:
                    return None
                slots.update(value)
            return slots

        return read

    return made


READERS: Mapping[str, Callable[[Tables], Reader]] = {
    "timer_times": _reader(_TIMES),
    "timer_names": _reader(_NAMES),
}
"""Readers by the names that the sentence files use."""

FREE_TEXT = frozenset({"timer_names"})
"""Those that take any words."""
