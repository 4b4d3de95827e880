"""What a day brings, lists that begin with something on them, and reminders that are moved."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from agenda_fakes import Device

from voice.agenda.changes import (
    CreateList,
    MoveReminder,
    SetAlarm,
    SetReminder,
    SetRoutine,
    SetTimer,
    Snooze,
)
from voice.agenda.days import TIMES_MAX, on_day
from voice.agenda.entries import At, Every, Say
from voice.errors import AgendaError

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)


def brought(device: Device, day: date) -> list[tuple[str, str]]:
    return [
        (f"{when:%H:%M}", entry.kind) for when, entry in on_day(device.agenda.view(), day, BERLIN)
    ]


def test_a_day_brings_alarms_reminders_and_routines_in_order() -> None:
    device = Device()  # Monday, 13:00 in Berlin
    apply = device.agenda.apply
    apply(SetRoutine("evening", (Say("hello"),), at=time(22), zone="Europe/Berlin"))
    apply(SetAlarm(time(7), "Europe/Berlin", days=frozenset(range(5))))
    apply(SetReminder("call mum", At(datetime(2026, 3, 3, 18), "Europe/Berlin")))
    apply(SetReminder("the bread", 1200.0))
    apply(SetTimer(600))
    assert brought(device, MONDAY) == [("13:20", "reminder"), ("22:00", "routine")]
    assert brought(device, TUESDAY) == [
        ("07:00", "alarm"),
        ("18:00", "reminder"),
        ("22:00", "routine"),
    ]
    assert brought(device, date(2026, 3, 7)) == [("22:00", "routine")]


def test_what_comes_again_on_a_day_is_there_a_few_times_only() -> None:
    device = Device()
    every = Every("FREQ=MINUTELY;INTERVAL=20", datetime(2026, 3, 2, 13, 20), "Europe/Berlin")
    device.agenda.apply(SetReminder("stretch", every))
    assert [time_ for time_, _ in brought(device, TUESDAY)] == ["00:00", "00:20", "00:40"]
    assert len(brought(device, MONDAY)) == TIMES_MAX


def test_a_day_is_one_of_the_place() -> None:
    device = Device()
    device.agenda.apply(SetReminder("x", At(datetime(2026, 3, 3, 0, 30), "Europe/Berlin")))
    assert brought(device, TUESDAY) == [("00:30", "reminder")]
    assert on_day(device.agenda.view(), TUESDAY, UTC) == ()
    assert len(on_day(device.agenda.view(), MONDAY, UTC)) == 1


def test_a_list_begins_with_what_is_to_stand_on_it_and_goes_with_it() -> None:
    device = Device()
    outcome = device.agenda.apply(CreateList("hardware", ("nails", "glue", "Nails")))
    view = device.agenda.view()
    (checklist,) = view.lists_like("hardware")
    assert [item.text for item in view.items(checklist.id)] == ["nails", "glue"]
    outcome.undo()
    assert device.agenda.view().lists_like("hardware") == ()
    assert len(device.agenda.view().entries) == len(Device().agenda.view().entries)


def test_a_list_that_can_not_hold_what_is_to_stand_on_it_is_not_begun() -> None:
    device = Device()
    with pytest.raises(AgendaError):
        device.agenda.apply(CreateList("hardware", ("nails", " ")))
    assert device.agenda.view().lists_like("hardware") == ()


def test_a_reminder_is_moved_and_moved_back() -> None:
    device = Device()
    old = At(datetime(2026, 3, 3, 18), "Europe/Berlin")
    (reminder,) = device.agenda.apply(SetReminder("call mum", old)).entries
    new = At(datetime(2026, 3, 4, 9), "Europe/Berlin")
    outcome = device.agenda.apply(MoveReminder(reminder.id, new))
    assert brought(device, TUESDAY) == []
    assert brought(device, date(2026, 3, 4)) == [("09:00", "reminder")]
    outcome.undo()
    assert brought(device, TUESDAY) == [("18:00", "reminder")]


def test_a_moved_reminder_is_no_longer_snoozed() -> None:
    device = Device()
    (reminder,) = device.agenda.apply(SetReminder("call mum", 60.0)).entries
    device.clocks.pass_(61)
    (due,) = device.agenda.due()
    device.agenda.started(due)
    device.agenda.apply(Snooze(reminder.id, 300.0))
    device.agenda.apply(MoveReminder(reminder.id, 3600.0))
    device.run(4000)
    assert [round(rung.at - device.clocks.true + 4000) for rung in device.rung] == [3600]


def test_a_reminder_is_not_moved_into_the_past_or_out_of_nowhere() -> None:
    device = Device()
    (reminder,) = device.agenda.apply(SetReminder("call mum", 60.0)).entries
    with pytest.raises(AgendaError) as refused:
        device.agenda.apply(MoveReminder(reminder.id, At(datetime(2026, 3, 1), "Europe/Berlin")))
    assert refused.value.code == "agenda_past"
    with pytest.raises(AgendaError) as refused:
        device.agenda.apply(MoveReminder(999, 60.0))
    assert refused.value.code == "agenda_gone"
