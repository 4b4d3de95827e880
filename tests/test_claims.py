"""What a model says it did is believed only when a tool did it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.claims import VOLUME, ClaimGuard, announced, claimed

FALSE_CLAIMS = {
    "timers": [
        "I've set a timer for five minutes.",
        "I have set the timer.",
        "Sure! I've just set a 10-minute timer for you.",
        "Okay, I’ve started a timer for your pasta.",
        "Timer set for five minutes.",
        "Your timer is set.",
        "Your ten minute pasta timer is now running.",
        "Setting a timer for 5 minutes.",
        "I'll set a timer for three minutes.",
        "Sure, I'm setting a timer for three minutes now.",
        "I set a timer for you.",
        "Done! The timer has been set.",
        "I've cancelled your timer.",
        "Let me set a timer for that.",
        "I've set your pasta timer for 7.5 minutes.",
    ],
    "alarms": [
        "I've set an alarm for 7 a.m.",
        "Your alarm is set for seven tomorrow.",
        "Alarm set for 6:30.",
    ],
    "reminders": [
        "I've created a reminder to call the dentist.",
        "I'll remind you to call the dentist.",
        "Okay, I will remind you at five.",
        "Reminder set.",
        "I'll wake you up at seven.",
    ],
    "lists": [
        "I've added milk to your shopping list.",
        "Okay, adding eggs to the list.",
        "I've removed bread from your grocery list.",
    ],
    "calendar": ["I've added the meeting to your calendar.", "I've scheduled an appointment."],
    "lights": [
        "I've turned off the lights.",
        "Okay, turning on the living room lights.",
        "The lights are now off.",
        "I've locked the front door.",
        "I'll turn up the heating.",
    ],
    "messages": [
        "I've sent a message to Anna.",
        "I've sent Anna a text.",
        "Your message has been sent.",
        "I'll send her an email.",
        "I've texted your wife.",
    ],
    "calls": ["Calling Mom now.", "I'm calling Anna.", "I've called the police."],
    "buy": ["I've ordered a pizza.", "I've booked a table for two.", "I've placed an order for milk."],
}  # fmt: skip

HONEST = [
    "To set a timer, open the Clock app.",
    "You can set a timer by tapping the clock.",
    "If I set a timer for you, it would ring.",
    "Would you like me to set a timer?",
    "Have I set a timer?",
    "I haven't set or changed a timer. Say, for example, set a timer for five minutes.",
    "I haven't set a timer.",
    'You could say "I\'ve set a timer for five minutes" to her.',
    "Egg timers were invented long ago.",
    "An alarm is set by turning the knob.",
    "The alarm is set when the door closes.",
    "Setting a timer is easy.",
    "Setting an alarm helps you get up.",
    "I've set out the facts about volume one of the book.",
    "The volume of a sphere is four thirds pi r cubed.",
    "I've increased the volume of the cube by two.",
    "The volume is at 40 percent.",
    "I've created a list of ideas for you.",
    "I've ordered the planets by size.",
    "I've ordered the books from oldest to newest.",
    "I'd call it a draw.",
    "I'll call you Sam.",
    "I'm calling it a day.",
    "Sure, the capital of France is Paris.",
    "A message in a bottle was sent in 1914 by a sailor.",
    "The lights of Paris are famous.",
    "Light is a wave.",
    "I've added the numbers and get twelve.",
    "Sending a letter costs one euro.",
    "Thomas Edison turned on the first lights in 1879.",
    "In 1876 Bell called Watson.",
    "When I set the volume, you'll hear it.",
    "Remind yourself to drink water.",
    "It is noon in Tokyo.",
    "Reminders help people remember.",
    "I'll explain how timers work.",
    "I've put the answer simply: it is gravity.",
    "I think the light is on the left.",
]


@pytest.mark.parametrize("sentence", [text for texts in FALSE_CLAIMS.values() for text in texts])
def test_a_claim_of_what_cannot_be_done_becomes_one_honest_sentence(sentence: str):
    guard = ClaimGuard(acted=lambda: True)  # a volume change does not make a timer true
    spoken = guard.feed(sentence)
    assert spoken.startswith(("I can't ", "I haven't "))
    assert guard.caught


@pytest.mark.parametrize("sentence", HONEST)
def test_what_claims_nothing_passes(sentence: str):
    guard = ClaimGuard()
    assert guard.feed(sentence) == sentence
    assert not guard.caught


@pytest.mark.parametrize(
    "sentence",
    [
        "I've set the volume to 30 percent.",
        "I've turned the volume down.",
        "Okay, I turned down the volume a bit.",
        "Done! The volume is now at 30%.",
        "Volume set to 30 percent.",
        "I have muted the speaker.",
    ],
)
def test_a_volume_claim_is_believed_only_when_a_tool_acted(sentence: str):
    assert ClaimGuard(acted=lambda: False).feed(sentence) == VOLUME.honest
    assert ClaimGuard(acted=lambda: True).feed(sentence) == sentence


def test_an_announcement_of_what_a_tool_can_do_is_no_claim_yet():
    text = "I'll turn the volume down."
    assert ClaimGuard().feed(text) == text
    assert announced(text) is VOLUME
    assert claimed(text) is None


def test_a_claim_cut_into_clauses_is_found():
    guard = ClaimGuard()
    assert guard.feed("Okay, I've set the") == "Okay, I've set the"
    assert (
        guard.feed(" timer for five minutes.")
        == "I haven't set or changed a timer. Say, for example, set a timer for five minutes."
    )


def test_after_a_false_claim_the_rest_is_dropped():
    guard = ClaimGuard()
    assert guard.feed("Sure!") == "Sure!"
    assert (
        guard.feed(" I've set a timer.")
        == "I haven't set or changed a timer. Say, for example, set a timer for five minutes."
    )
    assert guard.feed(" It rings at noon.") == ""


def test_sentences_are_judged_apart():
    guard = ClaimGuard()
    for sentence in ("I set great store by honesty.", " Timers are useful.", " So is the volume."):
        assert guard.feed(sentence) == sentence


@given(st.text(alphabet="I'vesetaimr ,.!?\"“”\n0123456789", max_size=300))
def test_any_text_is_read_quickly_and_without_error(text: str):
    guard = ClaimGuard()
    assert isinstance(guard.feed(text), str)


def test_long_text_is_read_in_linear_time():
    claimed("I've just now already " * 5000 + "set a timer")
    claimed("the a an my " * 5000)
