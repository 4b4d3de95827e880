"""Conversations in a room where the microphone hears the speaker: real speech, virtual time.

The same assistant as on a sound card, with an echo 6 dB below what is played, 0.2 s of reverberation and
clocks 100 ppm apart (`room_talk.ROOM`). What must hold on any machine is here; how well and how fast it
works, on a machine of one's own, is told by ``tests/bench/barge_in.py``.
"""

from __future__ import annotations

import asyncio

import pytest
from room import Room
from room_talk import ROOM, RoomTalk, in_room

from voice.events import Idle, Interrupted, Listening, TtsFinished, TtsSpeaking, WakeWordDetected

pytestmark = pytest.mark.real

RIVER = (
    "The river Seine flows through Paris for thirteen kilometres, and many bridges cross it. "
    "The oldest one still standing is called the new bridge. People walk along its banks."
)
CALLS_ITSELF = "Say okay nabu, what time is it. Then stop."
ASKED = "tell me about paris"


async def ask(talk: RoomTalk) -> None:
    """Press the button and ask; returns when the answer is heard."""
    answers = len(talk.of(TtsSpeaking))
    talk.session.press()
    await asyncio.sleep(0.3)
    await talk.say(ASKED)
    await talk.until(TtsSpeaking, answers + 1)


async def say_over(talk: RoomTalk, *says: str, by: str) -> None:
    """Speak over an answer, until it is taken for what it is meant to be.

    More than one try: of short words over another voice some are missed, as people's ears do.
    """
    for words in says:
        await ask(talk)
        await asyncio.sleep(2)
        seen = len(talk.of(Interrupted))
        await talk.say(words)
        try:
            await talk.until(Interrupted, seen + 1, limit_s=3)
        except TimeoutError:
            continue
        finally:
            await talk.rest()
        if talk.of(Interrupted)[-1].by == by:
            return
    raise AssertionError(f"not taken for {by!r}: {says}; {talk.of(Interrupted)}, {talk.heard}")


def test_in_twenty_turns_it_never_answers_itself_and_cancelling_proves_itself():
    """Some of its answers hold the wake word, a request and "stop"; nothing was measured before."""
    answers = [*[CALLS_ITSELF] * 2, *["One of its bridges is called the new bridge."] * 18]

    async def scene(talk: RoomTalk) -> None:
        assert talk.echo
        assert not talk.echo.trust.trusted
        for _ in range(20):
            await ask(talk)
            await talk.rest()
            await asyncio.sleep(1)
        assert talk.echo.trust.trusted
        assert talk.echo.delay_s == pytest.approx(ROOM.delay_s, abs=0.005)

    talk = in_room(scene, *answers, measured_db=None)
    assert len(talk.heard) == len(talk.model.requests) == 20, talk.heard
    assert {event.word for event in talk.of(WakeWordDetected)} == {"button"}
    assert talk.of(Interrupted) == []
    assert [event.spoken for event in talk.of(TtsFinished)] == answers


def test_stop_a_request_and_the_wake_word_over_its_own_speech_are_understood():
    async def scene(talk: RoomTalk) -> None:
        await say_over(talk, "stop", "stop", "please be quiet", by="stop")
        asked = len(talk.heard)
        await say_over(talk, *["set the volume to fifty percent"] * 2, by="voice")
        assert "50" in talk.heard[-1] or "fifty" in talk.heard[-1], talk.heard[asked:]
        assert not talk.of(TtsFinished)[-1].interrupted
        await say_over(talk, *["okay nabu"] * 3, by="wake_word")

    in_room(scene, RIVER)


def test_while_somebody_speaks_over_it_the_answer_is_lower():
    async def scene(talk: RoomTalk) -> None:
        await ask(talk)
        await asyncio.sleep(2)
        begin, end = await talk.say("tell me something about the museums instead please")
        before, while_spoken = talk.level(begin - 1.5, begin), talk.level(begin + 0.8, end)
        assert 0 < while_spoken < before / 3
        talk.session.stop()

    in_room(scene, RIVER)


def test_where_the_echo_stays_only_wake_word_and_button_interrupt():
    async def scene(talk: RoomTalk) -> None:
        await ask(talk)
        await asyncio.sleep(1)
        await talk.say("what time is it in new york")
        await asyncio.sleep(1)
        assert talk.of(Interrupted) == []
        talk.session.press()
        await talk.until(Interrupted, 1, limit_s=1)

    talk = in_room(scene, RIVER, canceller=None)
    assert [event.by for event in talk.of(Interrupted)] == ["button"]
    assert len(talk.heard) == 1


def test_where_the_echo_stays_and_any_voice_may_interrupt_the_words_tell():
    async def scene(talk: RoomTalk) -> None:
        await ask(talk)
        await talk.rest()
        await asyncio.sleep(1)

    talk = in_room(scene, RIVER, canceller=None, turn={"barge_in": "on"})
    assert len(talk.heard) == 1, talk.heard
    assert talk.of(Interrupted) == []
    assert [event.spoken for event in talk.of(TtsFinished)] == [RIVER]


def test_with_a_speaker_that_is_late_it_does_not_answer_itself_and_can_be_interrupted():
    async def scene(talk: RoomTalk) -> None:
        await ask(talk)
        await talk.rest()
        assert talk.of(Interrupted) == []
        await say_over(talk, *["what is the time in new york"] * 2, by="voice")

    in_room(scene, RIVER, measured_db=None, room=Room(0.4, -6, 0.2, 100))


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

    assert heard(chimes=True) == heard(chimes=False)
