"""The bell: what falls due comes to the conversation in time, and is told as it was set."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from agenda_fakes import START, FakeClocks, MemoryStore
from script import INTENTS

from device import virtual_time
from voice.agenda import Agenda
from voice.agenda.changes import (
    Change,
    ChangeTimer,
    PauseTimers,
    Remove,
    SetAlarm,
    SetReminder,
    SetRoutine,
    SetTimer,
)
from voice.agenda.entries import Ask, At, Changed, Run, Say, Show
from voice.agenda.news import news
from voice.bell import Bell, Missed
from voice.events import (
    AgendaChanged,
    Card,
    Event,
    TimerCancelled,
    TimerFinished,
    TimerStarted,
    TimerUpdated,
)
from voice.ringing import Ring

BERLIN = ZoneInfo("Europe/Berlin")


class Heard:
    """A conversation that takes note."""

    def __init__(self, clocks: FakeClocks) -> None:
        self._clocks = clocks
        self.rung: list[tuple[float, str, int | None]] = []
        self.rings: list[Ring] = []
        self.performed: list[str] = []

    def ring(self, ring: Ring) -> None:
        self.rings.append(ring)
        self.rung.append((round(self._clocks.true - START), ring.text, ring.times))

    def perform(self, sentences: Iterable[str]) -> None:
        self.performed += sentences


class Scene:
    """An agenda, a bell and a conversation on virtual time."""

    def __init__(self, clocks: FakeClocks, store: MemoryStore, missed: Missed = "ring") -> None:
        self.clocks = clocks
        self.events: list[Event] = []
        self.agenda = Agenda(store, clocks, changed=self._changed)
        self.heard = Heard(clocks)
        self._missed: Missed = missed
        self._bell: Bell | None = None

    def _changed(self, changes: tuple[Changed, ...]) -> None:
        self.events += news(changes, self.agenda.view())
        if self._bell:
            self._bell.look()

    def pass_(self, seconds: float, *changes: tuple[float, Change]) -> None:
        """Let time pass; changes are made after so many seconds of it."""
        virtual_time.run(self._pass(seconds, changes))

    async def _pass(self, seconds: float, changes: tuple[tuple[float, Change], ...]) -> None:
        loop = asyncio.get_running_loop()
        begun, true, boot = loop.time(), self.clocks.true, self.clocks.since_boot

        def follow() -> None:
            self.clocks.true = true + loop.time() - begun
            self.clocks.since_boot = boot + loop.time() - begun

        async def tick() -> None:
            while True:
                await asyncio.sleep(0.1)
                follow()

        def make(change: Change) -> None:
            follow()
            self.agenda.apply(change)

        for after, change in changes:
            loop.call_later(after, make, change)
        self._bell = Bell(  # belongs to one loop
            self.agenda,
            INTENTS.phrases,
            self.events.append,
            here=lambda: BERLIN,
            missed=self._missed,
        )
        ticking = asyncio.ensure_future(tick())
        watching = asyncio.ensure_future(self._bell.watch(self.heard))
        await asyncio.sleep(seconds)
        for task in (ticking, watching):
            task.cancel()
        await asyncio.wait([ticking, watching])
        assert watching.cancelled()


@pytest.fixture
def scene() -> Scene:
    return Scene(FakeClocks(), MemoryStore())


def test_a_timer_rings_when_its_time_is_over(scene: Scene):
    scene.pass_(200, (10, SetTimer(90)), (20, SetTimer(30, "egg")))
    assert scene.heard.rung == [
        (50, "Your egg timer is done.", None),
        (100, "Your timer is done: 1 minute and 30 seconds.", None),
    ]


def test_what_is_changed_meanwhile_counts(scene: Scene):
    scene.pass_(5, (1, SetTimer(60)))
    timer = scene.agenda.view().timers[0].id
    scene.pass_(300, (5, ChangeTimer(timer, 120)))
    assert [at for at, _, _ in scene.heard.rung] == [181]


def test_it_rings_once_and_is_over_when_that_is_told(scene: Scene):
    scene.pass_(100, (1, SetTimer(10)))
    assert len(scene.heard.rings) == 1
    assert scene.agenda.view().ringing
    scene.heard.rings[0].ended()
    scene.pass_(100)
    assert len(scene.heard.rings) == 1
    assert not scene.agenda.view().timers


def test_an_alarm_tells_the_time_of_its_own_zone(scene: Scene):
    scene.agenda.apply(SetAlarm(time(12, 5), "UTC", name="soup"))
    scene.pass_(400)
    assert scene.heard.rung == [(300, "It's 12:05 PM: soup.", None)]


def test_a_reminder_is_said_a_few_times(scene: Scene):
    at = datetime(2026, 3, 2, 13, 2)
    scene.agenda.apply(SetReminder("call my sister", At(at, "Europe/Berlin")))
    scene.pass_(300)
    assert scene.heard.rung == [(120, "Here's your reminder: call your sister.", 3)]


def test_a_routine_is_done_step_by_step(scene: Scene):
    steps = (Say("Good morning."), Run("what time is it"), Ask("any news?"), Show("Coffee!"))
    scene.agenda.apply(SetRoutine("morning", steps, at=time(12, 1), zone="UTC"))
    scene.pass_(100)
    assert scene.heard.rung == [(60, "Good morning.", 1)]
    assert scene.heard.performed == ["what time is it", "any news?"]
    assert Card("Coffee!") in scene.events


@pytest.mark.parametrize(
    ("missed", "rung"),
    [
        ("ring", [("While I was off your egg timer ended, at 1:10 PM.", None)]),
        ("tell", [("While I was off your egg timer ended, at 1:10 PM.", 1)]),
        ("drop", []),
    ],
)
def test_what_fell_due_while_it_was_off(missed: Missed, rung: list[tuple[str, int | None]]):
    clocks, store = FakeClocks(), MemoryStore()
    before = Scene(clocks, store)
    before.agenda.apply(SetTimer(600, "egg"))
    clocks.reboot(3600, synced=True)
    scene = Scene(clocks, store, missed)
    scene.pass_(100)
    assert [(text, times) for _, text, times in scene.heard.rung] == rung
    for ring in scene.heard.rings:
        ring.ended()
    scene.pass_(100)
    assert len(scene.heard.rings) == len(rung)


def test_without_a_set_clock_it_says_which_one_it_takes():
    clocks, store = FakeClocks(), MemoryStore()
    before = Scene(clocks, store)
    before.agenda.apply(SetAlarm(time(18, 0), "UTC"))
    before.agenda.close()
    clocks.reboot(600, error_s=-86_400, synced=False)
    scene = Scene(clocks, store)
    scene.pass_(120)
    assert [text for _, text, _ in scene.heard.rung] == [
        "Nobody has set my clock since I started. I take it to be 1:01 PM."
    ]


def test_events_tell_what_happens_to_timers(scene: Scene):
    scene.pass_(5, (1, SetTimer(60, "egg")))
    timer = scene.agenda.view().timers[0].id
    scene.pass_(5, (1, ChangeTimer(timer, 30)), (2, PauseTimers((timer,))), (3, Remove((timer,))))
    scene.pass_(30, (1, SetTimer(10)))
    scene.heard.rings[0].ended()
    kinds = [type(event) for event in scene.events]
    assert kinds == [
        TimerStarted,
        TimerUpdated,
        TimerUpdated,
        TimerCancelled,
        TimerStarted,
        TimerFinished,
    ]
    assert scene.events[2] == TimerUpdated(timer, "egg", pytest.approx(84, abs=1), True)


def test_events_tell_what_happens_to_the_rest(scene: Scene):
    scene.agenda.apply(SetAlarm(time(12, 1), "UTC", days=frozenset(range(7))))
    alarm = scene.agenda.view().alarms[0].id
    scene.pass_(100)
    scene.heard.rings[0].ended()
    scene.agenda.apply(Remove((alarm,)))
    told = [event for event in scene.events if isinstance(event, AgendaChanged)]
    assert told[0] == AgendaChanged("alarm", alarm, "added")
    assert told[-1] == AgendaChanged("alarm", alarm, "removed")
    assert len(told) <= 3
