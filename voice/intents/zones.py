"""Clocks elsewhere and times to come: hours that a place is ahead, a time here there, hours until.

Places are those of ``places.yaml``; a slot holds what ``voice.intents.places`` knows of one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any, cast
from zoneinfo import ZoneInfo

from voice.intents.phrases import Phrases
from voice.intents.places import Places
from voice.intents.readers import Reader, Said, Tables
from voice.intents.vocabulary import JSON, DeviceAnswer, Match, Situation
from voice.intents.when import When

Place = Mapping[str, JSON]
"""``{"place": "Tokyo", "zone": "Asia/Tokyo"}``, of several zones also the ``capital``."""

WAKING = range(7, 19)
"""Hours of which one is meant by "if it's 3 here": people ask about the day."""

_MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)
"""Moments from which a time of day is read, to see whether it means the same from both."""
_NOON = datetime(2000, 1, 1, 12, 1, tzinfo=UTC)

_DAYS = {-1: "zone_day_before", 0: "", 1: "zone_next_day"}


class Elsewhere:
    """The reader of places apart (``there``, ``other``) and of a time ``from`` one ``to`` another.

    ``clock_there`` is both a time of day and its place: "9 am london", "london 9 uhr";
    ``clock_until`` becomes ``until``, of two times ("05:00 17:00") where either may be meant.
    """

    def __init__(self, tables: Tables) -> None:
        """``tables`` hold what ``Places`` and ``When`` need, and ``zone_words``."""
        self._places = Places(tables)
        self._when = When(tables)
        self._in = tuple(f" {word}" for word in tables["zone_words"]["in"])

    def __call__(self, said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        """Return the places by slot, and the ``clock`` as ``"15:00"``."""
        slots: dict[str, JSON] = {}
        for slot, found in said.items():
            if slot == "clock":
                slots[slot] = self._clock(found.words)
            elif slot == "clock_until":
                clocks = sorted(self._clocks(found.words))
                slots["until"] = " ".join(f"{clock:%H:%M}" for clock in clocks) or None
            elif slot == "clock_there":
                slots["clock"], slots["from"] = self._clock_and_place(found.words)
            else:
                slots[slot.removeprefix("time_")] = self._places.find(found.words)
        places = [value for slot, value in slots.items() if slot not in ("clock", "until")]
        twice = len(places) == 2 and places[0] == places[1]
        return None if twice or None in slots.values() else slots

    def _clock_and_place(self, words: str) -> tuple[str | None, Place | None]:
        """Part words into a time and its place, whichever comes first."""
        pieces = words.split()
        for at in range(1, len(pieces)):
            first, last = " ".join(pieces[:at]), " ".join(pieces[at:])
            for place, clock in ((last, first), (first, last)):
                if found := self._places.find(place):
                    for word in self._in:
                        clock = clock.removesuffix(word)
                    return self._clock(clock), found
        return None, None

    def _clock(self, words: str) -> str | None:
        """Read a time of day; where it may be of either half of the day, one by day."""
        clocks = self._clocks(words)
        waking = [clock for clock in clocks if clock.hour in WAKING]
        return f"{waking[0] if len(waking) == 1 else min(clocks):%H:%M}" if clocks else None

    def _clocks(self, words: str) -> set[time]:
        """Return the times of day that may be meant, one or two; none if it is no time of day."""
        clocks: set[time] = set()
        for now in (_MIDNIGHT, _NOON):
            moment = self._when.moment(words, now)
            if not moment or not moment.clock or moment.day_said or moment.part or moment.after_s:
                return set()
            clocks.add(moment.clock)
        return clocks


READERS: Mapping[str, Callable[[Tables], Reader]] = {"elsewhere": Elsewhere}
"""Readers by the names that the sentence files use."""


def time_difference(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell by how much a place's clocks are ahead of those here, or of another place's."""
    there, other = (cast(Place | None, match.slots.get(name)) for name in ("there", "other"))
    ahead = _offset(situation.now, _zone(there, situation)) - _offset(
        situation.now, _zone(other, situation)
    )
    key = "zone_same" if not ahead else "zone_ahead" if ahead > timedelta(0) else "zone_behind"
    said: dict[str, Any] = {
        "place": _name(there),
        "length": phrases.duration(abs(ahead).total_seconds()),
    }
    if other:
        key += "_of_other"
        said["other"] = _name(other)
    return DeviceAnswer(phrases.say(key, situation.variety, **said))


def convert_time(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell what time it is in one place when it is a time of today in another."""
    source, target = (cast(Place | None, match.slots.get(name)) for name in ("from", "to"))
    here = _zone(source, situation)
    clock = time.fromisoformat(str(match.slots["clock"]))
    moment = datetime.combine(situation.now.astimezone(here).date(), clock, here)
    # Through UTC, so that a time that the clock change leaves out becomes one that there is.
    there = moment.astimezone(UTC).astimezone(_zone(target, situation))
    days = _DAYS[(there.date() - moment.date()).days]
    return DeviceAnswer(
        phrases.say(
            "zone_time",
            situation.variety,
            clock=phrases.time(moment, situation.clock_24h),
            where=_where(source, phrases),
            time=phrases.time(there, situation.clock_24h),
            there=_where(target, phrases),
            day=phrases.say(days) if days else "",
        )
    )


def time_until(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell how long it is until a time of day comes, to the minute."""
    now = situation.now.astimezone(situation.home_zone)
    coming: list[datetime] = []
    for clock in str(match.slots["until"]).split():
        for days in (0, 1):
            day = now.date() + timedelta(days=days)
            coming.append(datetime.combine(day, time.fromisoformat(clock), situation.home_zone))
    # In UTC, so that the hours of a clock change are counted as they pass.
    left = min(moment.timestamp() for moment in coming if moment > now) - now.timestamp()
    length = phrases.duration(60 * math.ceil(left / 60))
    return DeviceAnswer(phrases.say("time_until", situation.variety, length=length))


ANSWERS: Mapping[str, Callable[[Match, Situation, Phrases], DeviceAnswer]] = {
    "TimeDifference": time_difference,
    "ConvertTime": convert_time,
    "TimeUntil": time_until,
}


def _zone(place: Place | None, situation: Situation) -> tzinfo:
    return ZoneInfo(str(place["zone"])) if place else situation.home_zone


def _name(place: Place | None) -> str:
    """Return a place's name; its capital's where the country has several zones."""
    return str(place.get("capital") or place["place"]) if place else ""


def _where(place: Place | None, phrases: Phrases) -> str:
    return phrases.in_place(_name(place)) if place else phrases.say("zone_here")


def _offset(now: datetime, zone: tzinfo) -> timedelta:
    return now.astimezone(zone).utcoffset() or timedelta(0)
