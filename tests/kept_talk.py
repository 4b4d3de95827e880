"""An agenda with something of everything, and sentences said to a device that has it.

The corpora ``agenda_<domain>_<language>.yaml`` hold ``meant``: what sentences mean, the reply, and the
effects as they are written in Python; ``asked`` is a question of ours that comes before; and ``none``:
sentences that look alike and must go to the model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from agenda_fakes import Device, FakeClocks

from voice.agenda.changes import (
    AddItems,
    AddNote,
    CreateList,
    SetAlarm,
    SetReminder,
    SetRoutine,
    TickItems,
)
from voice.agenda.entries import SHOPPING, TODO, At, Every, Run, Say
from voice.intents import AskBack, Intents, Situation

DATA = Path(__file__).parent / "data"

ZONES = {"en": "America/New_York", "de": "Europe/Berlin"}

TEXTS: dict[str, dict[str, Any]] = {
    "en": {
        "reminders": ["call anna", "the dentist", "put the bins out", "take my pills"],
        "routine": ("good night", ("turn the volume to 10 percent", "sleep well")),
        "daily": ("morning", ("good morning", "tell me the time")),
        "shopping": ("milk", "eggs", "bread"),
        "todo": ("call the bank",),
        "own": ("hardware", ("nails", "glue")),
        "empty": "party",
        "notes": ["the key is under the mat", "my car is on level 3", "anna likes tulips"],
    },
    "de": {
        "reminders": ["Anna anrufen", "den Zahnarzt", "den Müll rausbringen", "meine Tabletten"],
        "routine": ("gute Nacht", ("stell die Lautstärke auf 10 Prozent", "schlaf gut")),
        "daily": ("Morgen", ("guten Morgen", "wie spät ist es")),
        "shopping": ("Milch", "Eier", "Brot"),
        "todo": ("die Bank anrufen",),
        "own": ("Baumarkt", ("Nägel", "Leim")),
        "empty": "Party",
        "notes": [
            "der Schlüssel liegt unter der Matte",
            "mein Auto steht auf Ebene 3",
            "Anna mag Tulpen",
        ],
    },
}
"""What is there, by language."""


def device(language: str = "en") -> Device:
    """A device on Tuesday, November 3, 2026, at 15:00, with something of everything."""
    zone, texts = ZONES[language], TEXTS[language]
    made = Device(FakeClocks(now(language).timestamp()))
    apply = made.agenda.apply
    whens = (
        At(datetime(2026, 11, 4, 8), zone),
        At(datetime(2026, 11, 6, 9), zone),
        Every("FREQ=WEEKLY;BYDAY=MO", datetime(2026, 11, 9, 7), zone),
        Every("FREQ=DAILY", datetime(2026, 11, 3, 21), zone),
    )
    for text, when in zip(texts["reminders"], whens, strict=True):
        apply(SetReminder(text, when))
    phrase, (command, said) = texts["routine"]
    apply(SetRoutine(phrase, (Run(command), Say(said)), phrase))
    name, (said, command) = texts["daily"]
    weekdays = frozenset(range(5))
    apply(SetRoutine(name, (Say(said), Run(command)), at=time(7), days=weekdays, zone=zone))
    apply(SetAlarm(time(6, 30), zone, days=weekdays))
    items = apply(AddItems(SHOPPING.id, texts["shopping"])).entries
    apply(TickItems((items[1].id,)))
    apply(AddItems(TODO.id, texts["todo"]))
    apply(CreateList(*texts["own"]))
    apply(CreateList(texts["empty"]))
    for note in texts["notes"]:
        apply(AddNote(note))
    return made


def empty(language: str = "en") -> Device:
    """A device at the same time, with nothing but the lists that are always there."""
    return Device(FakeClocks(now(language).timestamp()))


@cache
def intents(language: str) -> Intents:
    """One language's sentences, read once."""
    return Intents(language)


def now(language: str) -> datetime:
    """When everything is said."""
    return datetime(2026, 11, 3, 15, 0, tzinfo=ZoneInfo(ZONES[language]))


def situation(
    language: str = "en",
    *,
    of: Device | None = None,
    asked: AskBack | None = None,
    variety: int = 0,
) -> Situation:
    """What an answer may depend on, with the agenda of a device."""
    of = _shared(language) if of is None else of
    return Situation(
        now=now(language),
        volume_percent=50,
        muted=False,
        last_answer=None,
        last_heard=None,
        model_name=None,
        home_zone=ZoneInfo(ZONES[language]),
        wake_word="",
        variety=variety,
        agenda=of.agenda.view(),
        asked=asked,
    )


@cache
def _shared(language: str) -> Device:
    return device(language)


@dataclass(frozen=True)
class Case:
    """A sentence, and what it means, says and does."""

    language: str
    text: str
    intent: str
    slots: dict[str, Any]
    reply: str
    effects: list[str]
    asked: AskBack | None

    def __str__(self) -> str:
        return self.text


def corpus(domain: str, language: str) -> dict[str, Any]:
    """A corpus as it is written."""
    return yaml.safe_load((DATA / f"agenda_{domain}_{language}.yaml").read_text("utf-8"))


def cases(domain: str) -> Iterator[Case]:
    """All sentences of a domain that mean something."""
    for language in ZONES:
        for entry in corpus(domain, language)["meant"]:
            asked = AskBack(**entry["asked"]) if "asked" in entry else None
            for text in entry["wordings"]:
                yield Case(
                    language,
                    text,
                    entry["intent"],
                    entry.get("slots", {}),
                    entry["reply"],
                    entry.get("effects", []),
                    asked,
                )


def nones(domain: str) -> list[tuple[str, str]]:
    """All sentences of a domain that must go to the model, with their language."""
    return [(language, text) for language in ZONES for text in corpus(domain, language)["none"]]


@dataclass(frozen=True)
class Said:
    """What the device made of a sentence."""

    intent: str
    slots: dict[str, Any]
    reply: str
    effects: list[str]


def said(text: str, at: Situation, language: str = "en") -> Said | None:
    """Say a sentence to the device; None where it is left to the model."""
    match = intents(language).match(text, at)
    if match is None:
        return None
    answer = intents(language).answer(match, at)
    return Said(match.intent, dict(match.slots), answer.text, list(map(str, answer.effects)))


def talk(of: Device, *texts: str, language: str = "en") -> list[str]:
    """Say sentences one after the other, and return the replies; effects are carried out."""
    replies: list[str] = []
    asked: AskBack | None = None
    for text in texts:
        at = situation(language, of=of, asked=asked)
        match = intents(language).match(text, at)
        if match is None:
            asked = None
            replies.append("")
            continue
        answer = intents(language).answer(match, at)
        asked = None
        for effect in answer.effects:
            if isinstance(effect, AskBack):
                asked = effect
            else:
                of.agenda.apply(effect)  # type: ignore[arg-type] # these talks only change the agenda
        replies.append(answer.text)
    return replies
