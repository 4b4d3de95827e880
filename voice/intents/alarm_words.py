"""What is said of alarms: when they ring, their names, and what tells one from the others.

The words are in the part ``alarms`` of a language's files. Times are handed on in words and worked out
by the answers, which know what time it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from voice.intents.names import SOME_DAY, Names, value_of
from voice.intents.readers import Reader, Said, Tables
from voice.intents.vocabulary import JSON
from voice.intents.when import When

Slots = Mapping[str, JSON]


class AlarmWords:
    """Reads one language's words for alarms."""

    def __init__(self, tables: Tables) -> None:
        """Take the merged tables of a language."""
        table: Mapping[str, Any] = tables["alarms"]
        self._when = When.of(tables)
        self._names = Names(tables)
        self._positions = value_of(table["positions"])
        self._alone = value_of(table["whens"])

    def times(self, said: Mapping[str, Said]) -> Slots | None:
        """Read times: ``when`` a new alarm rings, ``time`` and ``to`` in words, ``day``, ``length``."""
        slots: dict[str, JSON] = {}
        for slot, found in said.items():
            words = self._alone.get(found.words, found.words)
            match slot:
                case "alarm_length":
                    value = self._when.duration(words)
                case "alarm_day":
                    value = words if self._is_day(words) else None
                case "alarm_time" | "alarm_more":
                    value = " ".join(filter(None, (cast(str, slots.get("when")), words)))
                case _:
                    value = words if self._is_time(words) else None
            if value is None:
                return None
            slots[_GIVEN[slot]] = value
        if "when" in slots and not self._is_time(str(slots["when"])):
            return None
        return slots

    def which(self, said: Mapping[str, Said]) -> Slots | None:
        """Read a name, and what tells one alarm from the others.

        That is ``position`` (0 for the first, -1 for the last), ``alarm_when`` in words, or its name,
        ``alarm``. A new name is ``name``.
        """
        slots: dict[str, JSON] = {}
        for slot, found in said.items():
            words = self._alone.get(found.words, found.words)
            if slot == "which_alarm" and words in self._positions:
                slots["position"] = cast(int, self._positions[words])
            elif slot == "which_alarm" and self._is_time(words):
                slots["alarm_when"] = words
            elif name := self._names.read(found):
                slots["alarm" if slot == "which_alarm" else "name"] = name
            else:
                return None
        return slots

    def _is_time(self, words: str) -> bool:
        return bool(self._when.moment(words, SOME_DAY) or self._when.repeat(words, SOME_DAY))

    def _is_day(self, words: str) -> bool:
        moment = self._when.moment(words, SOME_DAY)
        return moment is not None and moment.day_said and (not moment.clock or bool(moment.part))


_GIVEN = {
    "alarm_time": "when",
    "alarm_more": "when",
    "alarm_reply": "time",
    "alarm_to": "to",
    "alarm_day": "day",
    "alarm_length": "length",
}
"""What is handed on, by slot; a time that is said in two parts is put together."""


def read_times(tables: Tables) -> Reader:
    """Make the reader of times and lengths."""
    return AlarmWords(tables).times


def read_which(tables: Tables) -> Reader:
    """Make the reader of names, and of which alarm is meant."""
    return AlarmWords(tables).which


READERS = {"alarm_times": read_times, "alarm_names": read_which}
"""Readers by the names that the sentence files use."""

FREE_TEXT = frozenset({"alarm_names"})
"""Those that take any words."""
