"""What the device says, and what it does, about each intent."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.intents import (
    Cancel,
    Intents,
    Match,
    NewConversation,
    SetMuted,
    SetSpeed,
    SetVolume,
    Situation,
    StopAll,
)

BERLIN = ZoneInfo("Europe/Berlin")
INTENTS = Intents()
SITUATION = Situation(
    now=datetime(2025, 3, 7, 19, 5, tzinfo=BERLIN),
    volume_percent=50,
    muted=False,
    last_answer="It's noon.",
    last_heard="What time is it?",
    model_name="tiny-model",
    home_zone=BERLIN,
    wake_word="okay nabu",
)


def said(text: str, **changes: object) -> str:
    return reply(text, **changes).text


def reply(text: str, **changes: object):
    match = INTENTS.match(text)
    assert match is not None
    return INTENTS.answer(match, replace(SITUATION, **changes))


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("What time is it?", "It's 7:05 PM."),
        ("What time is it in Tokyo?", "It's 3:05 AM on Saturday in Tokyo."),
        ("What time is it in London?", "It's 6:05 PM in London."),
        (
            "What time is it in the US?",
            "There are several time zones in the US. In Washington it's 1:05 PM.",
        ),
        (
            "What time is it in Australia?",
            "There are several time zones in Australia. In Canberra it's 5:05 AM on Saturday.",
        ),
        ("What time is it in Nepal?", "It's 11:50 PM in Nepal."),
        ("What's the date?", "It's Friday, March 7, 2025."),
        ("What's the date in Sydney?", "It's Saturday, March 8, 2025 in Sydney."),
        ("What's tomorrow's date?", "Tomorrow is Saturday, March 8, 2025."),
        ("What day is it?", "It's Friday, March 7."),
        ("What day was yesterday?", "Yesterday was Thursday, March 6."),
        ("What month is it?", "It's March."),
        ("What year is it?", "It's 2025."),
        ("What week is it?", "It's week 10."),
        ("What's 12 times 13?", "156"),
        ("What's 100 divided by 3?", "About 33.33"),
        ("What's 10 divided by 0?", "I can't divide by zero."),
        ("What's 20% off $50?", "$40"),
        ("What's the volume?", "The volume is 50 percent."),
        ("Say that again.", "It's noon."),
        ("What did you hear?", "I heard: “What time is it?”"),
        ("Which model do you use?", "I use tiny-model."),
        ("Thank you.", "You're welcome."),
        ("Good morning.", "Good morning. What can I do for you?"),
    ],
)
def test_a_question_is_answered_in_a_short_sentence(text: str, spoken: str) -> None:
    assert said(text) == spoken


@pytest.mark.parametrize(
    ("hour", "minute", "twelve", "twenty_four"),
    [
        (0, 0, "midnight", "0:00"),
        (0, 5, "12:05 AM", "0:05"),
        (9, 30, "9:30 AM", "9:30"),
        (12, 0, "noon", "12:00"),
        (12, 1, "12:01 PM", "12:01"),
        (23, 59, "11:59 PM", "23:59"),
    ],
)
def test_the_clock_is_read_in_either_way(
    hour: int, minute: int, twelve: str, twenty_four: str
) -> None:
    now = datetime(2025, 3, 7, hour, minute, tzinfo=BERLIN)
    assert said("What time is it?", now=now) == f"It's {twelve}."
    assert said("What time is it?", now=now, clock_24h=True) == f"It's {twenty_four}."


@pytest.mark.parametrize("text", ["\ud800", "what time is \udcff", "\0"])
def test_what_is_no_text_is_no_request(text: str) -> None:
    assert INTENTS.match(text) is None


def test_the_place_of_the_device_decides_not_the_zone_of_the_clock() -> None:
    assert said("What time is it?", now=datetime(2025, 3, 7, 18, 5, tzinfo=UTC)) == "It's 7:05 PM."


def test_tomorrow_is_the_next_day_also_when_the_clocks_change() -> None:
    night = datetime(2025, 10, 25, 23, 30, tzinfo=BERLIN)  # the next day has 25 hours
    assert said("What day is tomorrow?", now=night) == "Tomorrow is Sunday, October 26."
    assert (
        said("What day is it in two days?", now=night)
        == "The day after tomorrow is Monday, October 27."
    )


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("Set the volume to 40%.", SetVolume(40)),
        ("Set the volume to 150 percent.", SetVolume(100)),
        ("Louder.", SetVolume(60)),
        ("A bit louder.", SetVolume(55)),
        ("Turn it down a lot.", SetVolume(25)),
        ("Turn it down by 20.", SetVolume(30)),
        ("Set the volume to half.", SetVolume(50)),
        ("Mute.", SetMuted(True)),
        ("Unmute.", SetMuted(False)),
        ("Stop!", StopAll()),
        ("Never mind.", Cancel()),
        ("Start a new conversation.", NewConversation()),
        ("Speak slower.", SetSpeed(0.8)),
        ("A bit faster.", SetSpeed(1.1)),
        ("Normal speed.", SetSpeed(1.0)),
        ("Stop listening.", Cancel()),
        ("Goodbye.", Cancel()),
    ],
)
def test_a_command_names_its_one_effect(text: str, effect: object) -> None:
    assert reply(text).effects == (effect,)


@pytest.mark.parametrize("text", ["Stop.", "Never mind.", "Mute.", "Set the volume to zero."])
def test_some_commands_are_answered_by_silence(text: str) -> None:
    assert reply(text).text == ""


def test_volume_and_pace_end_at_their_bounds() -> None:
    assert said("Louder.", volume_percent=100) == "That's as loud as I get."
    assert reply("Quieter.", volume_percent=8).effects == (SetVolume(5),)
    assert reply("Quieter.", volume_percent=5).effects == ()
    assert reply("Quieter.", volume_percent=3).effects == ()
    assert said("Slower.", speech_speed=0.5) == "I can't speak any slower."
    assert reply("Much faster.", speech_speed=1.9).effects == (SetSpeed(2.0),)


def test_a_muted_speaker_is_told_and_louder_lets_it_sound_again() -> None:
    assert (
        said("What's the volume?", muted=True)
        == "The volume is 50 percent, and the speaker is muted."
    )
    assert reply("Louder.", muted=True, volume_percent=100).effects == (SetVolume(100),)


def test_nothing_is_repeated_that_was_not_there() -> None:
    assert said("Say that again.", last_answer=None) == "I haven't said anything yet."
    assert said("What did you hear?", last_heard=None) == "I haven't heard anything before this."


@pytest.mark.parametrize("text", ["What can you do?", "Are you online?", "Which model do you use?"])
def test_whether_there_is_a_model_is_told(text: str) -> None:
    assert "set up" in said(text, model_name=None)
    assert "set up" not in said(text)


def test_the_way_to_be_heard_again_is_told_as_it_is() -> None:
    assert "okay nabu" in said("Stop listening.")
    assert "the button" in said("Stop listening.", wake_word="")


def test_only_what_asks_expects_a_reply() -> None:
    assert reply("Hello.").expects_reply
    assert not reply("What time is it?").expects_reply


def test_an_unknown_intent_is_the_callers_mistake() -> None:
    with pytest.raises(KeyError):
        INTENTS.answer(Match("NoSuchIntent"), SITUATION)


@given(st.text(max_size=400))
def test_no_text_breaks_matching_or_answering(text: str) -> None:
    match = INTENTS.match(text)
    if match:
        INTENTS.answer(match, SITUATION)


WORDS = """
what is the time date day volume set to turn it up down stop never mind 5 12 % half of plus minus times
divided by over and a percent in tokyo please um hey repeat that ( ) - / . , ² ½ $ square root to the
power point million third tenth dozen is what
"""


@given(st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join))
def test_no_mixture_of_command_words_breaks_matching_or_answering(text: str) -> None:
    match = INTENTS.match(text)
    if match:
        planned = INTENTS.answer(match, SITUATION)
        assert planned.text or planned.effects
