"""An agenda that is talked to: situations with timers and alarms, and the corpora said in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from agenda_fakes import Device, FakeClocks

from voice.agenda.changes import Change, PauseTimers, SetAlarm, SetEnabled, SetTimer, SkipNext
from voice.intents import AskBack, Situation

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 3, 21, 30, tzinfo=ZONE)
"""A Tuesday evening."""

WEEKDAYS = frozenset(range(5))
DATA = Path(__file__).parent / "data"


def device(*changes: Change | float, until: datetime = NOW) -> Device:
    """Return a device to which changes were made, seconds between them, by a moment."""
    waits = sum(change for change in changes if isinstance(change, int | float))
    made = Device(FakeClocks(until.timestamp() - waits))
    for change in changes:
        if isinstance(change, int | float):
            made.clocks.pass_(change)
        else:
            made.agenda.apply(change)
    return made


def rung(changed: Device, *, over: bool) -> Device:
    """Let what is due ring, and stop when it is ``over``."""
    for due in changed.agenda.due():
        changed.agenda.started(due)
        if over:
            changed.agenda.finished(due)
    return changed


PASTA, FIVE = SetTimer(600, "pasta"), SetTimer(300)
EARLY = SetAlarm(time(6, 30), ZONE.key, days=WEEKDAYS)
GYM = SetAlarm(time(9), ZONE.key, days=frozenset({5, 6}), name="gym")
SEVEN = SetAlarm(time(7), ZONE.key, day=datetime(2026, 11, 4).date())
MORNING = datetime(2026, 11, 4, 6, 30, tzinfo=ZONE)

SETUPS: dict[str, Callable[[], Device]] = {
    "nothing": device,
    # Five minutes, one of them over.
    "one": lambda: device(FIVE, 60),
    # Ten minutes for pasta, two of them over.
    "pasta": lambda: device(PASTA, 120),
    # Both: 11 is the pasta, with 8 minutes left, 13 the other, with 4.
    "two": lambda: device(PASTA, 60, FIVE, 60),
    "twins": lambda: device(FIVE, 60, FIVE, 60),
    "paused": lambda: device(PASTA, 60, FIVE, 60, PauseTimers((11,))),
    "only paused": lambda: device(FIVE, 60, PauseTimers((11,))),
    # A timer for 5 minutes rings, another one for pasta runs.
    "timer rings": lambda: rung(device(PASTA, FIVE, 300), over=False),
    "timer rang": lambda: rung(device(PASTA, FIVE, 300), over=True),
    "last timer rang": lambda: rung(device(FIVE, 300), over=True),
    # 10 is at 6:30 on weekdays, 11 at 9 on weekends, called gym, 12 at 7 tomorrow.
    "alarms": lambda: device(EARLY, GYM, SEVEN),
    "alarm": lambda: device(EARLY),
    "alarm for once": lambda: device(SEVEN),
    "alarm skipped": lambda: device(EARLY, SkipNext(10)),
    "alarm off": lambda: device(EARLY, SetEnabled((10,), False)),
    "alarm rings": lambda: rung(device(EARLY, GYM, 3600.0, until=MORNING), over=False),
    "alarm rings and timer": lambda: rung(
        device(EARLY, 3590.0, FIVE, 10, until=MORNING), over=False
    ),
    "alarm rang": lambda: rung(device(EARLY, GYM, 3600.0, until=MORNING), over=True),
}

ASKED: dict[str, AskBack] = {
    "length": AskBack("length", "SetTimer"),
    "length named": AskBack("length", "SetTimer", {"name": "eggs"}),
    "minutes": AskBack("minutes", "SetTimer", {"figure": 10}),
    "more": AskBack(
        "timer", "ChangeTimer", {"direction": "more", "length": 60, "among": [11, 13]}, True
    ),
    "cancel": AskBack("timer", "CancelTimer", {"among": [11, 13]}, True),
    "time": AskBack("alarm_time", "SetAlarm"),
    "time tomorrow": AskBack("alarm_time", "SetAlarm", {"when": "tomorrow"}),
    "time morgen": AskBack("alarm_time", "SetAlarm", {"when": "morgen"}),
    "time weekdays": AskBack("alarm_time", "SetAlarm", {"when": "on weekdays"}),
    "cancel alarm": AskBack("alarm", "CancelAlarm", {"among": [10, 11, 12]}, True),
    "cancel tomorrow": AskBack(
        "alarm", "CancelAlarm", {"day": "tomorrow", "among": [10, 12]}, True
    ),
    "move": AskBack("alarm", "MoveAlarm", {"to": "8", "among": [10, 11, 12]}, True),
}
"""What was asked back just before."""


def situation(setup: str, asked: AskBack | None = None, **changes: Any) -> Situation:
    """Return the situation of a setup; "none" keeps no agenda."""
    view = None if setup == "none" else SETUPS[setup]().agenda.view()
    now = NOW if view is None else datetime.fromtimestamp(view.now.wall, ZONE)
    usual: dict[str, Any] = {
        "now": now,
        "volume_percent": 50,
        "muted": False,
        "last_answer": None,
        "last_heard": None,
        "model_name": None,
        "home_zone": ZONE,
        "wake_word": "",
        "agenda": view,
        "asked": asked,
    }
    return Situation(**{**usual, **changes})


def corpus(language: str) -> dict[str, Any]:
    """Read what is said in a language."""
    return yaml.safe_load((DATA / f"agenda_timers_{language}.yaml").read_text("utf-8"))
