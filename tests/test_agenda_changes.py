"""What can be asked of the agenda, what it answers, and that it can be taken back."""

from __future__ import annotations

import ast
import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from agenda_fakes import START, Device, FakeClocks
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import voice.agenda as agenda_package
from voice.agenda import SHOPPING, TODO, described, described_due
from voice.agenda.changes import (
    AddItems,
    AddNote,
    ChangeTimer,
    ClearList,
    CreateList,
    KeepAll,
    PauseTimers,
    Remove,
    RemoveAll,
    Rename,
    ResumeTimers,
    SetAlarm,
    SetEnabled,
    SetReminder,
    SetRoutine,
    SetTimer,
    SkipNext,
    Snooze,
    TickItems,
)
from voice.agenda.draft import COUNTS
from voice.agenda.due import put_right
from voice.agenda.entries import BUILT_IN, EVERY_DAY, Alarm, Ask, At, Every, Item, Run, Say, Timer
from voice.agenda.refusals import SENTENCES
from voice.errors import AgendaError, SaysoError


@pytest.fixture
def device() -> Device:
    return Device()


def one(device: Device, change):
    """The one entry that a change made."""
    [entry] = device.agenda.apply(change).entries
    return entry


def refused(device: Device, change) -> str:
    """The code with which a change is refused; nothing may have changed."""
    before, saves = device.agenda.view().entries, device.store.saves
    with pytest.raises(AgendaError) as caught:
        device.agenda.apply(change)
    assert device.agenda.view().entries == before
    assert device.store.saves == saves
    assert caught.value.spoken == SENTENCES[caught.value.code]
    return caught.value.code


# -- timers ------------------------------------------------------------------------------------


def test_several_timers_run_each_for_itself(device):
    pasta, tea = one(device, SetTimer(600.0, " pasta ")), one(device, SetTimer(180.0))
    device.run(60)
    view = device.agenda.view()
    assert [timer.name for timer in view.timers] == ["pasta", None]
    assert [view.left_s(timer) for timer in view.timers] == pytest.approx([540, 120])
    device.run(600)
    assert [rung.id for rung in device.rung] == [tea.id, pasta.id]
    assert device.agenda.view().timers == ()


def test_time_is_added_and_taken_off(device):
    timer = one(device, SetTimer(300.0))
    device.agenda.apply(ChangeTimer(timer.id, 60))
    device.agenda.apply(ChangeTimer(timer.id, -30))
    device.run(331)
    assert [rung.at - START for rung in device.rung] == [pytest.approx(330)]


def test_more_time_than_is_left_can_not_be_taken_off(device):
    timer = one(device, SetTimer(300.0))
    device.run(250)
    assert refused(device, ChangeTimer(timer.id, -60)) == "agenda_over"


def test_a_timer_with_time_added_is_still_the_five_minute_timer(device):
    timer = one(device, SetTimer(300.0))
    one(device, SetTimer(600.0))
    changed = one(device, ChangeTimer(timer.id, 60))
    assert device.agenda.view().timers_like(length_s=300) == (changed,)


def test_a_paused_timer_stands_still_and_goes_on(device):
    timer = one(device, SetTimer(300.0))
    device.run(100)
    device.agenda.apply(PauseTimers((timer.id,)))
    device.agenda.apply(PauseTimers((timer.id,)))
    device.run(5000)
    assert device.agenda.view().left_s(device.agenda.view().timers[0]) == pytest.approx(200)
    device.agenda.apply(ChangeTimer(timer.id, 10))
    device.agenda.apply(ResumeTimers((timer.id,)))
    device.run(209)
    assert device.rung == []
    device.run(2)
    assert len(device.rung) == 1


def test_one_some_or_all_timers_are_cancelled(device):
    ids = [one(device, SetTimer(300.0)).id for _ in range(4)]
    alarm = one(device, SetAlarm(time(7), "UTC"))
    removed = device.agenda.apply(Remove((ids[0], ids[1]))).entries
    assert [entry.id for entry in removed] == ids[:2]
    assert refused(device, Remove((ids[0],))) == "agenda_gone"
    assert len(device.agenda.apply(Remove((ids[1], ids[2]))).entries) == 1
    device.agenda.apply(RemoveAll("timer"))
    assert device.agenda.apply(RemoveAll("timer")).entries == ()
    assert [alarm] == [*device.agenda.view().alarms]
    assert device.agenda.view().timers == ()


@pytest.mark.parametrize("length", [0.0, -5.0, float("nan"), float("inf"), 1e9])
def test_what_can_not_be_counted_down_is_refused(device, length):
    assert refused(device, SetTimer(length)) == "agenda_span"
    assert refused(device, SetReminder("x", length)) == "agenda_span"
    assert refused(device, Snooze(1, length)) == "agenda_span"


# -- alarms ------------------------------------------------------------------------------------


def test_an_alarm_without_a_day_is_for_the_next_time_that_it_is_so_late(device):
    assert one(device, SetAlarm(time(13), "UTC")).day == date(2026, 3, 2)
    assert one(device, SetAlarm(time(11), "UTC")).day == date(2026, 3, 3)
    assert one(device, SetAlarm(time(12), "UTC")).day == date(2026, 3, 3), "it is twelve now"
    assert one(device, SetAlarm(time(7), "Asia/Tokyo")).day == date(2026, 3, 3)


def test_an_alarm_for_once_is_gone_when_it_has_rung_and_a_repeating_one_goes_on(device):
    one(device, SetAlarm(time(13), "UTC"))
    weekly = one(device, SetAlarm(time(14), "UTC", days=frozenset({0, 2})))
    device.run(8 * 86_400)
    assert [f"{when:%a %H}" for when in device.rang_at] == ["Mon 13", "Mon 14", "Wed 14", "Mon 14"]
    assert [alarm.id for alarm in device.agenda.view().alarms] == [weekly.id]


def test_the_next_day_is_skipped_and_not_the_one_after(device):
    alarm = one(device, SetAlarm(time(7), "UTC", days=EVERY_DAY))
    skipped = one(device, SkipNext(alarm.id))
    assert skipped.skipped == (date(2026, 3, 3),)
    assert device.agenda.view().next(skipped) == datetime(2026, 3, 4, 7, tzinfo=UTC)
    device.run(3 * 86_400)
    assert [when.day for when in device.rang_at] == [4, 5]
    assert device.agenda.view().alarms[0].skipped == (), "what is over is forgotten"


def test_skipping_is_taken_back(device):
    alarm = one(device, SetAlarm(time(7), "UTC", days=EVERY_DAY))
    device.agenda.apply(SkipNext(alarm.id, date(2026, 3, 5)))
    device.agenda.apply(SkipNext(alarm.id))
    assert one(device, KeepAll(alarm.id)).skipped == ()


def test_an_alarm_that_is_off_does_not_ring_and_is_not_missed(device):
    alarm = one(device, SetAlarm(time(7), "UTC", days=EVERY_DAY))
    device.agenda.apply(SetEnabled((alarm.id,), enabled=False))
    device.run(3 * 86_400)
    device.agenda.apply(SetEnabled((alarm.id,), enabled=True))
    device.look()
    assert device.rung == []
    device.run(86_400)
    assert len(device.rung) == 1


def test_an_alarm_for_once_is_switched_on_again_for_its_next_time(device):
    alarm = one(device, SetAlarm(time(13), "UTC"))
    device.agenda.apply(SkipNext(alarm.id))
    device.run(2 * 86_400)
    assert device.rung == []
    assert one(device, SetEnabled((alarm.id,), enabled=True)).day == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (SetAlarm(time(7), "UTC", day=date(2026, 3, 1)), "agenda_past"),
        (SetAlarm(time(7), "Atlantis/Downtown"), "agenda_zone"),
        (SetAlarm(time(7), "UTC", days=frozenset({7})), "agenda_never"),
        (SetAlarm(time(7), "UTC", name=""), "agenda_empty"),
        (SetAlarm(time(7), "UTC", name="x" * 101), "agenda_long"),
        (SetReminder("x", At(datetime(2026, 3, 1), "UTC")), "agenda_past"),
        (SetReminder("x", Every("FREQ=NEVER", datetime(2026, 3, 1), "UTC")), "agenda_never"),
        (
            SetReminder("x", Every("FREQ=DAILY;COUNT=1", datetime(2026, 3, 1), "UTC")),
            "agenda_never",
        ),
        (SetReminder("x", Every("FREQ=DAILY", datetime(2026, 3, 1), "Nowhere")), "agenda_zone"),
        (SetReminder(" ", 60.0), "agenda_empty"),
        (SetRoutine("x", ()), "agenda_empty"),
        (SetRoutine("x", (Say("hello"),) * 21), "agenda_long"),
        (SetRoutine("x", (Say("hello"),), at=time(7)), "agenda_zone"),
        (SetRoutine("x", (Ask(" "),)), "agenda_empty"),
        (CreateList("Shopping"), "agenda_exists"),
        (Rename(SHOPPING.id, "food"), "agenda_exists"),
        (AddItems(99, ("milk",)), "agenda_gone"),
        (AddItems(SHOPPING.id, ()), "agenda_empty"),
        (AddNote("x" * 5000), "agenda_long"),
        (ChangeTimer(99, 60), "agenda_gone"),
        (Snooze(99), "agenda_nothing"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(device, change, code):
    assert refused(device, change) == code


# -- ringing, snoozing, crashing ---------------------------------------------------------------


def test_what_is_due_is_told_until_it_has_started_and_again_after_a_crash_and_never_more(device):
    timer = one(device, SetTimer(60.0))
    device.clocks.pass_(60)
    [due] = device.agenda.due()
    assert device.agenda.due() == (due,)
    device.agenda.started(due)
    assert device.agenda.due() == ()
    assert [ringing.entry.id for ringing in device.agenda.view().ringing] == [timer.id]
    assert device.agenda.next_s() is None
    device.restart()
    device.clocks.pass_(200)
    [again] = device.agenda.due()
    assert again.again
    assert not again.missed, "it rings again, as nobody has answered it"
    device.agenda.started(again)
    device.restart()
    assert device.agenda.due() == ()
    device.restart()
    assert device.agenda.due() == ()
    assert device.agenda.view().timers == ()


def test_what_was_finished_never_rings_again(device):
    one(device, SetTimer(60.0))
    one(device, SetAlarm(time(12, 1), "UTC", days=EVERY_DAY))
    device.clocks.pass_(60)
    due = device.agenda.due()
    assert len(due) == 2
    for each in due:
        device.agenda.started(each)
        device.agenda.finished(each)
        device.agenda.finished(each)
    device.restart()
    assert device.agenda.due() == ()
    assert len(device.agenda.view().alarms) == 1


def test_an_alarm_that_a_crash_cut_off_rings_again_for_that_day_only(device):
    one(device, SetAlarm(time(13), "UTC", days=EVERY_DAY))
    device.clocks.pass_(3600)
    [due] = device.agenda.due()
    device.agenda.started(due)
    device.reboot(120, synced=True)
    [again] = device.agenda.due()
    assert again.again
    assert again.key == due.key
    device.agenda.started(again)
    device.agenda.finished(again)
    device.run(86_400)
    assert [rung.due.again for rung in device.rung] == [False]


@pytest.mark.parametrize("order", ["snooze first", "finished first"])
@pytest.mark.parametrize("what", ["timer", "alarm", "daily", "reminder", "in a while"])
def test_what_rings_is_snoozed_and_rings_once_more(device, what, order):
    one(
        device,
        {
            "timer": SetTimer(3600.0),
            "alarm": SetAlarm(time(13), "UTC"),
            "daily": SetAlarm(time(13), "UTC", days=EVERY_DAY),
            "reminder": SetReminder("tea", At(datetime(2026, 3, 2, 13), "UTC")),
            "in a while": SetReminder("tea", 3600.0),
        }[what],
    )
    device.clocks.pass_(3600)
    [due] = device.agenda.due()
    device.agenda.started(due)
    snooze = device.agenda.view().to_snooze()
    assert snooze is not None
    if order == "finished first":
        device.agenda.finished(due)
        snooze = device.agenda.view().to_snooze()
        assert snooze is not None
    device.agenda.apply(Snooze(snooze.id, 300.0))
    device.agenda.finished(due)
    assert device.agenda.view().ringing == ()
    device.restart()
    device.run(299)
    assert device.rung == []
    device.run(2)
    assert len(device.rung) == 1
    device.run(3 * 86_400)
    assert len(device.rung) == (4 if what == "daily" else 1)
    assert len(device.agenda.view().entries) - len(BUILT_IN) == (1 if what == "daily" else 0)


def test_a_snooze_can_be_made_longer_and_taken_back(device):
    one(device, SetTimer(60.0))
    device.clocks.pass_(60)
    [due] = device.agenda.due()
    device.agenda.started(due)
    outcome = device.agenda.apply(Snooze(due.entry.id, 300.0))
    outcome.undo()
    assert [each.key for each in device.agenda.due()] == [due.key], "it is as if it still rang"
    device.agenda.apply(Snooze(due.entry.id, 600.0))
    device.run(599)
    assert device.rung == []
    device.run(2)
    assert len(device.rung) == 1


def test_what_rang_long_ago_is_not_snoozed(device):
    timer = one(device, SetTimer(60.0))
    device.run(61)
    device.run(901)
    assert device.agenda.view().to_snooze() is None
    assert refused(device, Snooze(timer.id)) == "agenda_nothing"


def test_a_timer_that_rings_and_gets_more_time_stops_ringing(device):
    timer = one(device, SetTimer(60.0))
    device.clocks.pass_(70)
    [due] = device.agenda.due()
    device.agenda.started(due)
    device.agenda.apply(ChangeTimer(timer.id, 120))
    assert device.agenda.view().ringing == ()
    device.agenda.finished(due)
    device.run(119)
    assert device.rung == []
    device.run(2)
    assert len(device.rung) == 1


def test_what_is_cancelled_while_it_rings_is_over(device):
    timer = one(device, SetTimer(60.0))
    device.clocks.pass_(70)
    [due] = device.agenda.due()
    device.agenda.started(due)
    device.agenda.apply(Remove((timer.id,)))
    device.agenda.finished(due)
    assert not device.agenda.started(due)
    assert device.agenda.view().ringing == ()
    assert device.agenda.due() == ()


# -- reminders and routines --------------------------------------------------------------------


def test_a_reminder_repeats_until_its_rule_ends(device):
    every = Every("FREQ=DAILY;COUNT=3", datetime(2026, 3, 2, 18), "UTC")
    one(device, SetReminder("water the plants", every))
    device.run(10 * 86_400)
    assert [when.day for when in device.rang_at] == [2, 3, 4]
    assert device.agenda.view().reminders == ()


def test_a_routine_comes_at_its_time_and_by_its_phrase(device):
    steps = (Say("good morning"), Run("what time is it"), Ask("any news?"))
    change = SetRoutine(
        "morning", steps, "good morning", time(7), frozenset({0, 1, 2, 3, 4}), "Europe/Berlin"
    )
    routine = one(device, change)
    device.run(7 * 86_400)
    assert [when.weekday() for when in device.rang_at] == [1, 2, 3, 4, 0]
    view = device.agenda.view()
    assert view.routine_said("Good morning!") == view.routines[0]
    assert view.routine_said("good evening") is None
    assert one(device, SetRoutine("Morning", steps[:1])).id == routine.id
    assert device.agenda.view().next(routine) is not None
    assert device.agenda.next_s() is None


# -- lists and notes ---------------------------------------------------------------------------


def test_items_keep_their_order_and_are_not_doubled(device):
    device.agenda.apply(AddItems(SHOPPING.id, ("milk", "eggs", "Bread")))
    [milk, tea] = device.agenda.apply(AddItems(SHOPPING.id, ("Milk", "tea"))).entries
    assert [item.text for item in device.agenda.view().items(SHOPPING.id)] == [
        *("milk", "eggs", "Bread", "tea")
    ]
    device.agenda.apply(TickItems((milk.id, tea.id)))
    assert [item.text for item in device.agenda.view().items(SHOPPING.id, done=True)] == [
        *("milk", "tea")
    ]
    assert one(device, AddItems(SHOPPING.id, ("milk",))).id == milk.id
    device.agenda.apply(ClearList(SHOPPING.id, done_only=True))
    assert [item.text for item in device.agenda.view().items(SHOPPING.id)] == [
        *("milk", "eggs", "Bread")
    ]
    assert device.agenda.view().items(TODO.id) == ()


def test_a_list_goes_with_its_items_and_a_built_in_one_stays(device):
    own = one(device, CreateList("Packing"))
    device.agenda.apply(AddItems(own.id, ("socks",)))
    device.agenda.apply(AddItems(SHOPPING.id, ("milk",)))
    outcome = device.agenda.apply(Remove((own.id, SHOPPING.id)))
    assert [checklist.purpose for checklist in device.agenda.view().lists] == ["shopping", "todo"]
    assert not any(isinstance(e, Item) for e in device.agenda.view().entries.values())
    outcome.undo()
    assert [item.text for item in device.agenda.view().items(own.id)] == ["socks"]


def test_names_and_texts_are_changed(device):
    for change in (SetTimer(60.0), CreateList("food"), SetAlarm(time(7), "UTC", name="job")):
        assert one(device, Rename(one(device, change).id, "work")).name == "work"
    for change in (SetReminder("x", 60.0), AddNote("x"), AddItems(SHOPPING.id, ("x",))):
        assert one(device, Rename(one(device, change).id, "work")).text == "work"


def test_notes_are_found_by_their_words(device):
    device.agenda.apply(AddNote("The key is under the mat"))
    device.agenda.apply(AddNote("the other key is at the office"))
    view = device.agenda.view()
    assert [note.text for note in view.notes_with("KEY")] == [
        "the other key is at the office",
        "The key is under the mat",
    ]
    assert [note.text for note in view.notes_with("key mat")] == ["The key is under the mat"]
    assert view.notes[0].written == datetime(2026, 3, 2, 12, tzinfo=UTC)


# -- for programs ------------------------------------------------------------------------------


def test_entries_are_described_in_values_that_json_holds(device):
    timer = one(device, SetTimer(600.0, "pasta"))
    alarm = one(device, SetAlarm(time(7), "Europe/Berlin", days=frozenset({0, 4})))
    reminder = one(device, SetReminder("tea", Every("FREQ=DAILY", datetime(2026, 3, 2, 9), "UTC")))
    routine = one(device, SetRoutine("morning", (Say("hello"), Run("what time is it"))))
    device.agenda.apply(AddItems(SHOPPING.id, ("milk",)))
    device.clocks.pass_(60)
    view = device.agenda.view()
    assert described(timer, view) == {
        "id": timer.id,
        "kind": "timer",
        "name": "pasta",
        "length_s": 600.0,
        "paused": False,
        "left_s": 540.0,
        "next": "2026-03-02T12:10:00+00:00",
    }
    told = {entry.kind: described(entry, view) for entry in view.entries.values()}
    assert json.loads(json.dumps(told)) == told
    assert told["alarm"]["next"] == "2026-03-06T07:00:00+01:00"
    assert told["alarm"]["days"] == [0, 4]
    assert told["reminder"]["next"] == "2026-03-03T09:00:00+00:00"
    assert told["routine"]["steps"] == [
        {"do": "say", "text": "hello"},
        {"do": "run", "text": "what time is it"},
    ]
    shopping = described(SHOPPING, view)
    assert [item["text"] for item in shopping["items"]] == ["milk"]
    assert {alarm.id, reminder.id, routine.id} <= set(view.entries)
    device.clocks.pass_(600)
    [due] = device.agenda.due()
    assert described_due(due, view)["due"] == "2026-03-02T12:10:00+00:00"


def test_the_agenda_knows_no_clock_no_disk_and_no_loop_but_those_it_is_given():
    folder = Path(agenda_package.__file__).parent
    assert len(list(folder.glob("*.py"))) > 10
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            tops = {name.split(".")[0] for name in names}
            assert not tops & {"asyncio", "os", "pathlib", "sqlite3", "threading", "time"}, path
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            assert not called.endswith((".now", ".today", ".utcnow")), path


# -- bounds, disk ------------------------------------------------------------------------------


def test_no_more_of_a_kind_is_kept_than_there_is_room_for(device):
    for _ in range(COUNTS["timer"]):
        device.agenda.apply(SetTimer(60.0))
    assert refused(device, SetTimer(60.0)) == "agenda_full"
    texts = tuple(f"item {n}" for n in range(COUNTS["item"]))
    device.agenda.apply(AddItems(SHOPPING.id, texts))
    assert refused(device, AddItems(TODO.id, ("one", "two"))) == "agenda_full"


def test_a_full_disk_refuses_changes_and_rings_all_the_same(device):
    one(device, SetTimer(60.0))
    one(device, SetAlarm(time(12, 2), "UTC", days=EVERY_DAY))
    device.store.full = True
    with pytest.raises(AgendaError) as caught:
        device.agenda.apply(AddNote("x"))
    assert caught.value.code == "agenda_storage"
    assert device.agenda.view().notes == ()
    device.run(600)
    assert len(device.rung) == 2
    assert device.agenda.view().timers == ()
    device.store.full = False
    device.agenda.apply(AddNote("now there is room"))
    device.restart()
    device.run(600)
    assert len(device.rung) == 2, "what rang while the disk was full was written later"


def test_undoing_on_a_full_disk_is_refused_and_works_later(device):
    outcome = device.agenda.apply(SetTimer(60.0))
    device.store.full = True
    with pytest.raises(SaysoError):
        outcome.undo()
    assert len(device.agenda.view().timers) == 1
    device.store.full = False
    outcome.undo()
    assert device.agenda.view().timers == ()


def test_everybody_is_told_of_every_change():
    told = []
    device = Device()
    device.agenda._changed = told.extend
    timer = one(device, SetTimer(60.0))
    device.agenda.apply(ChangeTimer(timer.id, 5))
    device.run(66)
    steps = [(each.before is not None, each.after is not None) for each in told]
    assert steps == [(False, True), (True, True), (True, True), (True, False)]


# -- undo --------------------------------------------------------------------------------------


def test_what_happened_since_is_not_undone(device):
    outcome = device.agenda.apply(SetTimer(60.0))
    device.run(61)
    outcome.undo()
    cleared = device.agenda.apply(AddItems(SHOPPING.id, ("milk",)))
    device.agenda.apply(TickItems((cleared.entries[0].id,)))
    cleared.undo()
    assert len(device.agenda.view().items(SHOPPING.id)) == 1
    created = device.agenda.apply(CreateList("packing"))
    device.agenda.apply(AddItems(created.entries[0].id, ("socks",)))
    created.undo()
    assert len(device.agenda.view().lists) == 3


def test_a_change_is_undone_over_a_jump_of_the_clock(device):
    timer = one(device, SetTimer(600.0))
    paused = device.agenda.apply(PauseTimers((timer.id,)))
    device.clocks.jump(86_400, synced=True)
    device.look()
    paused.undo()
    device.clocks.pass_(599)
    assert device.agenda.due() == ()
    device.clocks.pass_(2)
    assert len(device.agenda.due()) == 1


texts = st.text("abc ÄBC", min_size=1, max_size=4)


class Changes(RuleBasedStateMachine):
    """Random changes, undone or not, against lists of what should be there."""

    @initialize()
    def begin(self) -> None:
        self.device = Device(FakeClocks())
        self.timers: dict[int, float] = {}  # seconds left
        self.paused: set[int] = set()
        self.notes: dict[int, str] = {}
        self.items: dict[int, tuple[str, bool]] = {}
        self.alarms: dict[int, bool] = {}

    def apply(self, change, undo: bool):
        """Carry out a change; returns its entries, or nothing when it was refused or undone."""
        before = self.device.agenda.view().entries
        try:
            outcome = self.device.agenda.apply(change)
        except AgendaError:
            assert self.device.agenda.view().entries == before
            return ()
        if not undo:
            return outcome.entries
        outcome.undo()
        after = self.device.agenda.view()
        assert self.right(after.entries, after) == self.right(before, after)
        return ()

    @staticmethod
    def right(entries, view):
        """Return entries with moments as the clocks are now: undoing puts those right."""
        return {id_: put_right(entry, view.now) for id_, entry in entries.items()}

    @rule(length=st.integers(1, 4000).map(float), undo=st.booleans())
    def set_timer(self, length: float, undo: bool) -> None:
        for entry in self.apply(SetTimer(length), undo):
            self.timers[entry.id] = length

    @precondition(lambda self: self.timers)
    @rule(data=st.data(), by=st.floats(-2000, 2000), undo=st.booleans())
    def change_timer(self, data, by: float, undo: bool) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.timers)))
        for entry in self.apply(ChangeTimer(id_, by), undo):
            self.timers[entry.id] += by

    @precondition(lambda self: self.timers)
    @rule(data=st.data(), pause=st.booleans(), undo=st.booleans())
    def pause_or_resume(self, data, pause: bool, undo: bool) -> None:
        ids = tuple(data.draw(st.sets(st.sampled_from(sorted(self.timers)), min_size=1)))
        for entry in self.apply(PauseTimers(ids) if pause else ResumeTimers(ids), undo):
            (self.paused.add if pause else self.paused.discard)(entry.id)

    @rule(text=texts, undo=st.booleans())
    def add_note(self, text: str, undo: bool) -> None:
        for entry in self.apply(AddNote(text), undo):
            self.notes[entry.id] = text.strip()

    @rule(found=st.lists(texts, max_size=3), undo=st.booleans())
    def add_items(self, found: list[str], undo: bool) -> None:
        for entry in self.apply(AddItems(SHOPPING.id, tuple(found)), undo):
            assert isinstance(entry, Item)
            self.items[entry.id] = (entry.text, False)

    @precondition(lambda self: self.items)
    @rule(data=st.data(), done=st.booleans(), undo=st.booleans())
    def tick(self, data, done: bool, undo: bool) -> None:
        ids = tuple(data.draw(st.sets(st.sampled_from(sorted(self.items)), min_size=1)))
        for entry in self.apply(TickItems(ids, done), undo):
            self.items[entry.id] = (self.items[entry.id][0], done)

    @rule(done_only=st.booleans(), undo=st.booleans())
    def clear(self, done_only: bool, undo: bool) -> None:
        for entry in self.apply(ClearList(SHOPPING.id, done_only), undo):
            del self.items[entry.id]

    @rule(hour=st.integers(0, 23), undo=st.booleans())
    def set_alarm(self, hour: int, undo: bool) -> None:
        for entry in self.apply(SetAlarm(time(hour), "Europe/Berlin", days=EVERY_DAY), undo):
            self.alarms[entry.id] = True

    @precondition(lambda self: self.alarms)
    @rule(data=st.data(), enabled=st.booleans(), undo=st.booleans())
    def enable(self, data, enabled: bool, undo: bool) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.alarms)))
        for entry in self.apply(SetEnabled((id_,), enabled), undo):
            self.alarms[entry.id] = enabled

    @rule(data=st.data(), undo=st.booleans())
    def remove(self, data, undo: bool) -> None:
        everything = sorted({*self.timers, *self.notes, *self.items, *self.alarms, 9999})
        ids = tuple(data.draw(st.sets(st.sampled_from(everything), min_size=1)))
        for entry in self.apply(Remove(ids), undo):
            for kept in (self.timers, self.notes, self.items, self.alarms):
                kept.pop(entry.id, None)

    @rule(seconds=st.floats(0, 3000))
    def time_passes(self, seconds: float) -> None:
        self.device.run(seconds)
        for id_ in [id_ for id_ in self.timers if id_ not in self.paused]:
            self.timers[id_] -= seconds
            if self.timers[id_] <= 0:
                del self.timers[id_]

    @rule()
    def the_process_is_started_again(self) -> None:
        self.device.restart()

    @rule(by=st.floats(-3e5, 3e5), synced=st.booleans())
    def the_clock_jumps(self, by: float, synced: bool) -> None:
        self.device.clocks.jump(by, synced=synced)

    @invariant()
    def it_holds_what_it_should(self) -> None:
        view = self.device.agenda.view()
        self.paused &= set(self.timers)
        left = {timer.id: view.left_s(timer) for timer in view.timers}
        assert left == {id_: pytest.approx(s, abs=0.01) for id_, s in self.timers.items()}
        assert {t.id for t in view.timers if t.due is None} == self.paused
        assert {note.id: note.text for note in view.notes} == self.notes
        assert {i.id: (i.text, i.done) for i in view.items(SHOPPING.id)} == self.items
        assert {alarm.id: alarm.enabled for alarm in view.alarms} == self.alarms
        kept = {id_: e for id_, e in view.entries.items() if id_ not in BUILT_IN}
        assert kept == self.device.store.entries, "what is shown is what is on disk"
        assert all(isinstance(e, Timer | Alarm) for e in kept.values() if hasattr(e, "ringing"))


TestChanges = Changes.TestCase
TestChanges.settings = settings(max_examples=60, stateful_step_count=30)
