"""Finding what somebody means: by name, by length, by place in the row."""

from __future__ import annotations

from datetime import time

import pytest
from agenda_fakes import Device

from voice.agenda import SHOPPING
from voice.agenda.changes import AddItems, CreateList, SetAlarm, SetTimer
from voice.agenda.names import called, same_name


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("Pasta", "the pasta"),
        ("mother-in-law", "mother in law"),
        ("tooth paste", "toothpaste"),
        ("lasagne", "lasagna"),
        ("eggs", "my egg"),
        ("pizza", "piazza"),
        ("Müsli", "müsli"),
        ("kid's lunch", "kids lunch"),
    ],
)
def test_names_are_known_as_people_say_them(kept, said):
    assert called([kept, "something else"], said, str) == (kept,)


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("timer 1", "timer 2"),
        ("monday meeting", "sunday meeting"),
        ("rice", "ice"),
        ("tea", "ten"),
        ("maria", "marta"),
        ("pasta", "pastor"),
        ("bread", "break"),
        ("chicken", "kitchen"),
        ("soup", "soap"),
        ("july", "june"),
        ("pasta", "pasta sauce"),
        ("the", "a"),
        ("!", "?"),
    ],
)
def test_names_that_only_look_alike_are_not_taken(kept, said):
    assert called([kept], said, str) == ()


def test_the_exact_name_wins_and_two_alike_are_both_told():
    assert called(["eggs", "egg"], "egg", str) == ("egg",)
    assert called(["noodles", "noodle"], "noodlez", str) == ("noodles", "noodle")


def test_articles_of_other_languages_are_passed_in():
    assert same_name("die Nudeln", "nudeln", {"die", "der", "das"})
    assert not same_name("die Nudeln", "nudeln")


def test_timers_are_told_apart_by_name_length_and_place():
    agenda = Device().agenda
    ids = [
        agenda.apply(SetTimer(length, name)).entries[0].id
        for length, name in [(300.0, None), (300.0, "pasta"), (600.0, "eggs")]
    ]
    view = agenda.view()

    def found(**what):
        return [timer.id for timer in view.timers_like(**what)]

    assert found() == ids
    assert found(length_s=300) == ids[:2]
    assert found(name="the pasta") == ids[1:2]
    assert found(name="eggs", length_s=300) == []
    assert found(name="rice") == []
    first, last = view.timer_at(0), view.timer_at(-1)
    assert first
    assert last
    assert (first.id, last.id) == (ids[0], ids[2])
    assert view.timer_at(3) is None
    assert Device().agenda.view().timer_at(-1) is None


def test_alarms_lists_and_items_are_found():
    agenda = Device().agenda
    for at, name in [(time(7), "work"), (time(7, 30), None), (time(19), None)]:
        agenda.apply(SetAlarm(at, "UTC", name=name))
    agenda.apply(CreateList("Packing"))
    agenda.apply(AddItems(SHOPPING.id, ("oat milk", "eggs")))
    view = agenda.view()
    assert [alarm.at.hour for alarm in view.alarms] == [19, 7, 7], "the next to ring comes first"
    assert len(view.alarms_like(hour=7)) == 2
    assert len(view.alarms_like(hour=7, minute=30)) == 1
    assert [alarm.name for alarm in view.alarms_like(name="work")] == ["work"]
    assert [checklist.name for checklist in view.lists_like("the packing")] == ["Packing"]
    assert [item.text for item in view.items_like(SHOPPING.id, "egg")] == ["eggs"]
    assert [entry.kind for _, entry in view.upcoming(2)] == ["alarm", "alarm"]
