"""Conversations in a room where the microphone hears the speaker: real speech, virtual time.

The same assistant as on a sound card, with an echo 6 dB below what is played, 0.2 s of reverberation and
clocks 100 ppm apart (`room_talk.ROOM`). What must hold on any machine is here; how fast it is, on a
machine of one's own, is told by ``tests/bench/echo.py``.
"""

from __future__ import annotations

import asyncio

import pytest
from real_speech import sentence
from room import Room
from room_talk import ROOM, RoomTalk, in_room

from voice.events import Idle, Interrupted, Listening, TtsFinished, TtsSpeaking, WakeWordDetected

pytestmark = pytest.mark.real

RIVER = (
    "The river Seine flows through Paris for thirteen kilometres, and many bridges cross it. "
    "The oldest one still standing is called the new bridge. People walk along its banks in the "
    "evening, when the lamps are lit, and boats pass by slowly under the arches."
)
CALLS_ITSELF = "Say okay nabu, what time is it, and I tell you. Okay nabu, stop, and I am quiet."
ASKED = "tell me about the river in paris"


async def ask(talk: RoomTalk, text: str = ASKED) -> None:
    """Press the button and ask; returns when the answer is heard."""
    answers = len(talk.of(TtsSpeaking))
    talk.session.press()
    await asyncio.sleep(0.3)
    await talk.say(text)
    await talk.until(TtsSpeaking, answers + 1)


@pytest.mark.parametrize(
    ("canceller", "barge_in", "reply", "turns"),
    [
        ("webrtc", "auto", CALLS_ITSELF, 20),
        (None, "auto", CALLS_ITSELF, 3),
        (None, "on", RIVER, 2),
    ],
)
def test_it_never_answers_itself(canceller: str | None, barge_in: str, reply: str, turns: int):
    """Nor does it where nothing cancels, even if any voice may interrupt: then the words tell."""

    async def scene(talk: RoomTalk) -> None:
        for _ in range(turns):
            await ask(talk)
            await talk.rest()
            await asyncio.sleep(1.5)

    talk = in_room(scene, reply, canceller=canceller, measured_db=None, turn={"barge_in": barge_in})
    assert len(talk.heard) == turns, talk.heard
    assert len(talk.model.requests) == turns
    assert {event.word for event in talk.of(WakeWordDetected)} == {"button"}
    assert talk.of(Interrupted) == []
    assert [event.spoken for event in talk.of(TtsFinished)] == [reply] * turns


@pytest.mark.parametrize(
    ("says", "by"),
    [
        # A short word over our speech is dulled: it may be misread, and then interrupts as a request.
        (("stop", "stop talking", "please be quiet"), {"stop", "voice"}),
        (("okay nabu",) * 3, {"wake_word", "voice"}),  # missed as a wake word, it is still a voice
        (("what time is it", "tell me the time") * 2, {"voice"}),
    ],
)
def test_who_speaks_over_the_answer_interrupts_it(says: tuple[str, ...], by: set[str]):
    async def scene(talk: RoomTalk) -> None:
        for words in says:  # a single word of a second may be misread
            await ask(talk)
            await asyncio.sleep(3)
            await talk.say(words)
            interrupted = len(talk.of(Interrupted))
            if not interrupted:
                try:
                    await talk.until(Interrupted, 1, limit_s=3)
                except TimeoutError:
                    await talk.rest()  # recognition took it for something else: once more
                    continue
            return

    talk = in_room(scene, RIVER)
    assert {event.by for event in talk.of(Interrupted)} <= by
    assert talk.of(Interrupted)
    assert talk.echo
    assert talk.echo.trust.trusted


def test_a_request_over_its_own_speech_is_understood_and_answered():
    async def scene(talk: RoomTalk) -> None:
        await ask(talk)
        await asyncio.sleep(3)
        await talk.say("set the volume to fifty percent")
        await talk.until(Interrupted, 1)
        await talk.rest()

    talk = in_room(scene, RIVER)
    assert "50" in talk.heard[-1] or "fifty" in talk.heard[-1]
    assert talk.of(TtsFinished)[-1].spoken
    assert not talk.of(TtsFinished)[-1].interrupted


def test_while_somebody_speaks_over_it_the_answer_is_lower():
    async def scene(talk: RoomTalk) -> None:
        await ask(talk)
        await asyncio.sleep(3)
        begin, end = await talk.say("tell me something about the museums instead please")
        before, while_spoken = talk.level(begin - 1.5, begin), talk.level(begin + 0.8, end)
        assert 0 < while_spoken < before / 3

    in_room(scene, RIVER)


def test_where_the_echo_stays_only_wake_word_and_button_interrupt():
    async def scene(talk: RoomTalk) -> None:
        await ask(talk)
        await asyncio.sleep(2)
        await talk.say("what time is it in new york")
        await asyncio.sleep(1)
        assert talk.of(Interrupted) == []
        talk.session.press()
        await talk.until(Interrupted, 1, limit_s=1)

    talk = in_room(scene, RIVER, canceller=None)
    assert [event.by for event in talk.of(Interrupted)] == ["button"]
    assert len(talk.heard) == 1


def test_a_voice_may_interrupt_once_cancelling_has_proved_itself():
    """Nothing was measured before: the first answer earns the trust that the second uses."""

    async def scene(talk: RoomTalk) -> None:
        assert talk.echo
        assert not talk.echo.trust.trusted
        await ask(talk)
        await talk.rest()
        assert talk.echo.trust.trusted
        assert talk.echo.delay_s == pytest.approx(ROOM.delay_s, abs=0.005)
        await ask(talk)
        await asyncio.sleep(3)
        await talk.say("what is the time in new york")
        await talk.until(Interrupted, 1)

    talk = in_room(scene, RIVER, measured_db=None)
    assert [event.by for event in talk.of(Interrupted)] == ["voice"]


def test_with_a_speaker_that_is_late_it_does_not_answer_itself_and_can_be_interrupted():
    async def scene(talk: RoomTalk) -> None:
        await ask(talk)
        await talk.rest()
        await asyncio.sleep(1)
        await ask(talk)
        await asyncio.sleep(3)
        await talk.say("what is the time in new york")
        await talk.until(Interrupted, 1)

    talk = in_room(scene, RIVER, measured_db=None, room=Room(0.4, -6, 0.2, 100))
    assert [event.by for event in talk.of(Interrupted)] == ["voice"]
    assert talk.heard[:2] == [talk.heard[0]] * 2


@pytest.mark.parametrize("text", ["what time is it in new york", "set the volume to fifty percent"])
def test_the_chime_does_not_change_what_is_heard(text: str):
    """The chime that answers the wake word plays while somebody already goes on speaking."""

    def heard(*, chimes: bool) -> list[str]:
        async def scene(talk: RoomTalk) -> None:
            await talk.say("okay nabu")
            await talk.until(Listening, 1, limit_s=1)
            await talk.say(text)
            await talk.until(Idle, 1)

        return in_room(scene, snd={"volume_percent": 100, "chimes": chimes}).heard

    sentence(text)  # the same sound both times
    assert heard(chimes=True) == heard(chimes=False)
