"""Alarms by voice: when they ring, which one is meant, and that none is lost by a word."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from agenda_talk import EARLY, MORNING, NOW, SEVEN, ZONE, corpus, device, rung, situation
from hypothesis import given
from hypothesis import strategies as st
from script import Script
from test_intents_timers import LANGUAGES, LEAST, check, entries, intents, situation_of, talk_of

from device.kept import Kept
from voice.agenda.changes import Change, Remove, SetAlarm, Snooze
from voice.events import RingingEnded
from voice.intents import Match, StopAll
from voice.ringing import Ring

ALARMS = {
    "set": {"SetAlarm"},
    "change": {"CancelAlarm", "SwitchAlarm", "SkipAlarm", "KeepAlarm", "MoveAlarm"},
    "ask": {"GetAlarms"},
    "ringing": {"Snooze", "StopRinging", "StopAlarm"},
}


@pytest.mark.parametrize(("language", "entry", "text"), entries(set().union(*ALARMS.values())))
def test_a_wording_means_its_intent_is_answered_and_can_be_done(
    language: str, entry: dict[str, Any], text: str
) -> None:
    check(language, entry, text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", ALARMS)
def test_every_group_is_shown_with_many_wordings(language: str, group: str) -> None:
    said = {
        text
        for entry in corpus(language)["meant"]
        if entry["intent"] in ALARMS[group]
        for text in entry["wordings"]
    }
    assert len(said) >= LEAST[language]


def answer(text: str, setup: str = "alarms", **changes: Any) -> Any:
    now = situation(setup, **changes)
    match = intents().match(text, now)
    assert match is not None, text
    return intents().answer(match, now)


@given(st.times(), st.sampled_from(["", " tomorrow", " on friday", " every day"]))
def test_an_alarm_is_set_for_the_time_that_was_said(at: time, day: str) -> None:
    at = at.replace(second=0, microsecond=0)
    said = intents().phrases.time(datetime.combine(NOW, at), clock_24h=False)
    now = situation_of("nothing", None)
    match = intents().match(f"set an alarm for {said}{day}", now)
    assert match is not None, said
    (effect,) = intents().answer(match, now).effects
    assert isinstance(effect, SetAlarm)
    assert effect.at == at or (said == "midnight" and effect.at == time(0))
    there = device()
    there.agenda.apply(effect)
    coming = there.agenda.view().next(there.agenda.view().alarms[0])
    assert coming is not None
    assert coming > NOW


def test_the_answer_tells_how_long_it_is_until_then() -> None:
    assert answer("wake me at half past six", "nothing").text == (
        "Alarm set for 6:30 AM tomorrow, in 9 hours."
    )
    assert "in 30 minutes" in answer("set an alarm for 10 pm", "nothing").text


def test_the_same_alarm_is_not_set_twice() -> None:
    for setup, text in (
        ("alarm", "set an alarm for 6 30 every weekday"),
        ("alarm", "wake me at 6 30 tomorrow"),
        ("alarm for once", "wake me at 7"),
    ):
        assert answer(text, setup).effects == ()


def test_on_a_skipped_day_another_alarm_is_set() -> None:
    (effect,) = answer("wake me at 6 30 tomorrow", "alarm skipped").effects
    assert isinstance(effect, SetAlarm)


@pytest.mark.parametrize("setup", ["alarm rings", "alarm rang"])
@pytest.mark.parametrize(
    "text",
    [
        *("stop the alarm", "turn off the alarm", "cancel the alarm", "turn the alarm off"),
        *("stop alarm", "cancel the weekday alarm", "turn off the 6 30 alarm", "i'm awake"),
    ],
)
def test_no_repeating_alarm_is_lost_when_it_is_silenced(setup: str, text: str) -> None:
    assert answer(text, setup).effects == (StopAll(),)


def test_a_while_later_the_alarm_is_meant_and_not_its_ringing() -> None:
    there = rung(device(EARLY, 60.0, until=MORNING), over=True)
    there.clocks.pass_(60)
    now = situation("nothing", agenda=there.agenda.view(), now=MORNING + timedelta(minutes=1))
    match = intents().match("cancel the alarm", now)
    assert match == Match("CancelAlarm")
    assert intents().answer(match, now).effects == (Remove((10,)),)


def test_stop_means_what_it_did() -> None:
    for setup in ("nothing", "two", "alarms", "alarm rings", "timer rang"):
        match = intents().match("stop", situation(setup))
        assert match is not None
        assert match.intent == "Stop"


def test_a_snooze_is_as_long_as_was_set() -> None:
    assert answer("snooze", "alarm rings", snooze_s=300).effects == (Snooze(10, 300),)
    assert answer("snooze for 20 minutes", "alarm rings", snooze_s=300).effects == (
        Snooze(10, 1200),
    )


def test_ten_more_minutes_are_a_snooze_only_when_something_rings() -> None:
    for setup, intent in (("alarm rang", "Snooze"), ("two", "ChangeTimer")):
        match = intents().match("10 more minutes", situation(setup))
        assert match is not None
        assert match.intent == intent
    assert intents().match("10 more minutes", situation("alarms")) is None


def test_an_alarm_moves_to_the_nearer_half_of_the_day() -> None:
    evening = device(SetAlarm(time(19), ZONE.key, days=frozenset(range(7))))
    now = situation("nothing", agenda=evening.agenda.view())
    match = intents().match("change the alarm to 7 30", now)
    assert match is not None
    (_, effect) = intents().answer(match, now).effects
    assert isinstance(effect, SetAlarm)
    assert effect.at == time(19, 30)


def test_a_moved_alarm_keeps_name_and_days() -> None:
    (removed, effect) = answer("move the gym alarm to 10").effects
    assert removed == Remove((11,))
    assert (effect.name, effect.days, effect.at) == ("gym", frozenset({5, 6}), time(10))


def test_an_alarm_that_is_moved_past_midnight_moves_its_days() -> None:
    night = device(SetAlarm(time(23, 45), ZONE.key, days=frozenset({4})))
    now = situation("nothing", agenda=night.agenda.view())
    match = intents().match("make the alarm half an hour later", now)
    assert match is not None
    (_, effect) = intents().answer(match, now).effects
    assert isinstance(effect, SetAlarm)
    assert (effect.at, effect.days) == (time(0, 15), frozenset({5}))


def test_times_are_told_as_is_usual_or_as_set() -> None:
    assert "6:30 AM" in answer("when is my next alarm").text
    assert "6:30 tomorrow" in answer("when is my next alarm", clock_24h=True).text


def test_everything_that_is_asked_of_no_agenda_is_answered_honestly() -> None:
    for entry in corpus("en")["meant"]:
        if entry["setup"] == "nothing" and not entry.get("asked"):
            said = intents().answer(Match(entry["intent"], entry["slots"]), situation("none"))
            assert not [effect for effect in said.effects if isinstance(effect, Change)]
            assert said.text in (
                *("I can't keep timers, alarms or lists here.", "No alarm is ringing.", ""),
            )


def test_an_alarm_is_set_in_two_steps() -> None:
    talk, agenda = talk_of("set an alarm for tomorrow morning", "half past six")
    (alarm,) = agenda.view().alarms
    assert alarm.at == time(6, 30)
    assert len(talk.said) == 2
    assert talk.model.requests == []


def test_which_alarm_is_asked_and_answered() -> None:
    _, agenda = talk_of("cancel the alarm", "the 7 o'clock one", there=device(EARLY, SEVEN))
    assert [alarm.at for alarm in agenda.view().alarms] == [time(6, 30)]


def talk_while_ringing(said: str) -> tuple[Any, Any]:
    """Say something in the gap after the first announcement of a ringing alarm."""
    there = rung(device(EARLY, 60.0, until=MORNING), over=False)
    (due,) = there.agenda.view().ringing
    ring = Ring("alarm", "It's 6:30 AM.", ended=lambda: there.agenda.finished(due))
    script = Script(kept=Kept(agenda=there.agenda))
    script.do(lambda session: session.ring(ring)).pause(1.8).say(said).pause(8)
    return script.play(), there.agenda


def test_stop_the_alarm_silences_it_and_it_rings_again_tomorrow() -> None:
    talk, agenda = talk_while_ringing("stop the alarm")
    assert [event.by for event in talk.of(RingingEnded)] == ["stop"]
    assert [alarm.days for alarm in agenda.view().alarms] == [EARLY.days]
    assert agenda.view().ringing == ()
    assert talk.said == ["It's 6:30 AM."]
    assert talk.model.requests == []


def test_ten_more_minutes_silence_it_and_it_rings_again_then() -> None:
    talk, agenda = talk_while_ringing("ten more minutes")
    assert [event.by for event in talk.of(RingingEnded)] == ["voice"]
    (alarm,) = agenda.view().alarms
    coming = agenda.view().next(alarm)
    assert coming is not None
    assert coming.astimezone(ZONE) == MORNING + timedelta(minutes=10)
    assert "10 minutes" in talk.said[-1]


def test_snooze_waits_as_long_as_the_configuration_says() -> None:
    there = rung(device(EARLY, 60.0, until=MORNING), over=True)
    script = Script(kept=Kept(agenda=there.agenda), agenda={"snooze_min": 4})
    script.wake().say("snooze").pause(5).play()
    (alarm,) = there.agenda.view().alarms
    coming = there.agenda.view().next(alarm)
    assert coming is not None
    assert coming.astimezone(ZONE) == MORNING + timedelta(minutes=4)


def test_a_day_of_a_repeating_alarm_is_all_that_is_lost_of_it() -> None:
    for text in (
        *("cancel tomorrow's alarm", "turn off the alarm tomorrow", "skip tomorrow"),
        *("move the alarm to 8 tomorrow", "change tomorrow's alarm to 8"),
        *("make tomorrow's alarm an hour earlier", "don't wake me tomorrow"),
    ):
        there = device(EARLY)
        for effect in answer(text, agenda=there.agenda.view()).effects:
            assert isinstance(effect, Change)
            there.agenda.apply(effect)
        kept = [alarm for alarm in there.agenda.view().alarms if alarm.id == 10]
        assert [alarm.days for alarm in kept] == [EARLY.days], text
        assert kept[0].skipped == (datetime(2026, 11, 4).date(),), text


def test_a_day_that_was_said_is_kept_when_it_is_asked_which_alarm() -> None:
    _, agenda = talk_of("cancel the alarm", "the 6 30 one", there=device(EARLY, SEVEN))
    assert [alarm.at for alarm in agenda.view().alarms] == [time(7)]
    asked = answer("cancel tomorrow's alarm").effects[0]
    assert asked.slots["day"] == "tomorrow"


@pytest.mark.parametrize("text", ["delete the last one", "cancel the first one"])
def test_a_last_one_is_an_alarm_only_where_alarms_were_spoken_of(text: str) -> None:
    for before in (None, "GetList", "AddNote"):
        assert intents().match(text, situation("alarms", last_intent=before)) is None
    match = intents().match(text, situation("alarms", last_intent="GetAlarms"))
    assert match is not None
    assert match.intent == "CancelAlarm"


def test_what_was_spoken_of_is_known_in_a_conversation() -> None:
    there = device()
    there.agenda.apply(SetAlarm(time(6, 30), str(ZONE), days=frozenset(range(5))))
    script = Script(kept=Kept(there.agenda)).wake().pause(0.4).say("what alarms do i have").pause(9)
    script = script.wake().pause(0.4).say("delete the last one").pause(9)
    script = script.wake().pause(0.4).say("what's on my shopping list").pause(9)
    talk = script.play()
    assert talk.sources == ["device"] * 3
    assert there.agenda.view().alarms == ()
