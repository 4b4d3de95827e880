"""Speakers without hardware: the clock that stands in for one, and the sound card's life on a fake."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from device import virtual_time
from device.speaker import CARD_RATE, IDLE_S, Played, SoundCardSpeaker, WavSpeaker
from voice.audio import Samples, Sound, Speaker
from voice.errors import SpeakerError

RATE = 22_050


def sound(seconds: float, value: int = 1000, rate: int = RATE) -> Sound:
    return Sound(np.full(round(seconds * rate), value, np.int16), rate)


def loop_time() -> float:
    return asyncio.get_running_loop().time()


async def say(speaker: Speaker, *sounds: Sound, lead_in_s: float = 0.0) -> tuple[float, float]:
    """Speak and return when it started and when it was over, in seconds from now."""
    begun, started = loop_time(), list[float]()
    playback = speaker.begin(lambda: started.append(loop_time() - begun), lead_in_s=lead_in_s)
    for one in sounds:
        await playback.feed(one)
    await playback.finish()
    assert len(started) == 1
    assert abs(playback.heard_s - sum(one.seconds for one in sounds)) < 0.001
    return started[0], loop_time() - begun


def test_an_answer_takes_as_long_as_it_is_and_is_kept_whole():
    async def main() -> None:
        kept: list[Sound] = []
        speaker = WavSpeaker(RATE, kept.append)
        started, over = await say(speaker, sound(1.0), sound(2.5, 2000))
        assert started == 0
        assert 3.5 <= over < 3.55
        assert len(kept) == 1
        assert np.array_equal(
            kept[0].samples[: round(3.5 * RATE)],
            np.concatenate([sound(1.0).samples, sound(2.5, 2000).samples]),
        )

    virtual_time.run(main())


def test_started_waits_for_the_lead_in():
    async def main() -> None:
        started, over = await say(WavSpeaker(RATE), sound(0.5), lead_in_s=0.4)
        assert abs(started - 0.38) < 0.021
        assert over >= 0.9

    virtual_time.run(main())


def test_feeding_waits_while_enough_is_queued():
    async def main() -> None:
        speaker = WavSpeaker(RATE)
        playback = speaker.begin(lambda: None)
        await playback.feed(sound(10))
        assert 7.9 < loop_time() < 8.6
        assert loop_time() - playback.heard_s < 0.1
        await playback.finish()
        assert 9.999 <= loop_time() < 10.1

    virtual_time.run(main())


def test_an_hour_of_speech_does_not_drift():
    async def main() -> None:
        speaker = WavSpeaker(8000)
        playback = speaker.begin(lambda: None)
        for _ in range(60):
            await playback.feed(sound(60, rate=8000))
        await playback.finish()
        assert abs(loop_time() - 3600) < 0.05

    virtual_time.run(main())


def test_another_rate_is_converted_without_a_seam_and_nothing_is_lost():
    async def main() -> None:
        kept: list[Sound] = []
        speaker = WavSpeaker(CARD_RATE, kept.append)
        line = np.arange(2 * RATE) / RATE
        tone = (np.sin(2 * np.pi * 440 * line) * 10_000).astype(np.int16)
        await say(speaker, Sound(tone[:7777], RATE), Sound(tone[7777:], RATE))
        out = kept[0].samples.astype(float)
        wanted = np.sin(2 * np.pi * 440 * np.arange(2 * CARD_RATE) / CARD_RATE) * 10_000
        assert len(out) >= 2 * CARD_RATE
        assert np.abs(out[: 2 * CARD_RATE] - wanted)[200:-200].max() < 150
        assert not out[2 * CARD_RATE + 5 :].any()

    virtual_time.run(main())


def test_stop_keeps_what_was_heard_and_drops_the_rest():
    async def main() -> None:
        kept: list[Sound] = []
        speaker = WavSpeaker(RATE, kept.append)
        playback = speaker.begin(lambda: None)
        await playback.feed(sound(1.4))
        await asyncio.sleep(0.5)
        playback.stop()
        assert len(kept) == 1
        assert abs(kept[0].seconds - 0.53) < 0.025
        assert kept[0].samples[-1] < 20
        assert abs(playback.heard_s - 0.53) < 0.025
        await playback.feed(sound(1))
        await playback.finish()
        assert loop_time() < 0.6
        assert len(kept) == 1

    virtual_time.run(main())


def test_stop_wakes_whoever_waits_to_feed():
    async def main() -> None:
        playback = WavSpeaker(RATE).begin(lambda: None)
        feeding = asyncio.ensure_future(playback.feed(sound(60)))
        await asyncio.sleep(1)
        playback.stop()
        await feeding
        assert loop_time() < 1.1

    virtual_time.run(main())


def test_answers_are_kept_one_by_one_and_a_chime_is_no_answer():
    async def main() -> None:
        kept: list[Sound] = []
        speaker = WavSpeaker(RATE, kept.append)
        speaker.chime(sound(0.2))
        await asyncio.sleep(1)
        await say(speaker, sound(0.5))
        await say(speaker, sound(0.7))
        speaker.chime(sound(0.2))
        await asyncio.sleep(1)
        assert [round(one.seconds, 1) for one in kept] == [0.5, 0.7]

    virtual_time.run(main())


def test_the_end_of_a_clause_does_not_wait_for_the_next_one():
    """A resampler holds some 40 ms back; between clauses nothing of them may be missing."""

    async def main() -> None:
        speaker = WavSpeaker(CARD_RATE)
        playback = speaker.begin(lambda: None)
        clause = Sound(np.append(sound(1).samples, np.zeros(200, np.int16)), RATE)
        await playback.feed(clause)
        await asyncio.sleep(2)
        assert abs(playback.heard_s - clause.seconds) < 0.001

    virtual_time.run(main())


class FakeStream:
    def __init__(self, pull: Callable[[int], Samples], ended: Callable[[], None]) -> None:
        self.latency_s = 0.1
        self.faults = 0
        self.ended = ended
        self.closed_at: float | None = None
        self.played: list[Samples] = []
        self.stuck = False
        self._task = asyncio.ensure_future(self._play(pull))

    async def _play(self, pull: Callable[[int], Samples]) -> None:
        due = loop_time()
        while True:
            if not self.stuck:
                self.played.append(pull(round(0.02 * CARD_RATE)))
            due += 0.02
            await asyncio.sleep(due - loop_time())

    async def close(self) -> None:
        self._task.cancel()
        self.closed_at = loop_time()


class FakeOutputs:
    """Speakers that can be unplugged."""

    def __init__(self, plugged: bool = True) -> None:
        self.plugged = plugged
        self.streams: list[FakeStream] = []
        self.tries: list[float] = []
        self.safe: list[bool] = []
        self.refreshed = 0

    async def open_output(
        self,
        pull: Callable[[int], Samples],
        rate: int,
        ended: Callable[[], None],
        *,
        safe: bool = False,
        played: Played | None = None,
    ) -> FakeStream:
        self.tries.append(loop_time())
        await asyncio.sleep(0.1)
        if not self.plugged:
            raise SpeakerError("no speaker found")
        self.safe.append(safe)
        self.streams.append(FakeStream(pull, ended))
        return self.streams[-1]

    async def refresh(self) -> None:
        self.refreshed += 1


def on_card(main: Callable[[SoundCardSpeaker, FakeOutputs, list[str]], object]) -> None:
    """Run a test with a speaker on a fake card, on virtual time."""

    async def outer() -> None:
        outputs, reported = FakeOutputs(), list[str]()
        speaker = SoundCardSpeaker(outputs, lambda fault: reported.append(str(fault)))
        keeping = asyncio.ensure_future(speaker.run())
        await asyncio.sleep(0)
        await main(speaker, outputs, reported)  # type: ignore[misc] # all are coroutine functions
        keeping.cancel()
        await asyncio.wait([keeping])
        assert all(stream.closed_at is not None for stream in outputs.streams)

    virtual_time.run(outer())


def test_the_device_is_closed_until_it_is_wanted_and_again_when_it_is_quiet():
    async def main(speaker: SoundCardSpeaker, outputs: FakeOutputs, reported: list[str]) -> None:
        await asyncio.sleep(100)
        assert outputs.tries == []
        await say(speaker, sound(2))
        await asyncio.sleep(IDLE_S - 5)
        await say(speaker, sound(2))
        assert len(outputs.streams) == 1
        await asyncio.sleep(IDLE_S + 2)
        assert outputs.streams[0].closed_at is not None
        assert reported == []
        began = loop_time()
        started, _ = await say(speaker, sound(1))
        assert len(outputs.streams) == 2
        assert 0.099 <= started < 0.15
        assert loop_time() - began < 1.3

    on_card(main)


def test_nothing_is_lost_while_the_device_opens():
    async def main(speaker: SoundCardSpeaker, outputs: FakeOutputs, reported: list[str]) -> None:
        await say(speaker, sound(1, rate=CARD_RATE))
        assert int((np.concatenate(outputs.streams[0].played) == 1000).sum()) == CARD_RATE

    on_card(main)


def test_the_end_of_an_answer_waits_for_the_device():
    async def main(speaker: SoundCardSpeaker, outputs: FakeOutputs, reported: list[str]) -> None:
        speaker.wake()
        await asyncio.sleep(1)
        _, over = await say(speaker, sound(1))
        assert 1.07 <= over < 1.1

    on_card(main)


def test_without_a_speaker_an_answer_takes_its_time_and_is_reported_once():
    async def main(speaker: SoundCardSpeaker, outputs: FakeOutputs, reported: list[str]) -> None:
        outputs.plugged = False
        started, over = await say(speaker, sound(3))
        assert started < 0.2
        assert 3 <= over < 3.3
        await say(speaker, sound(20))
        assert reported == ["no speaker found"]
        assert outputs.refreshed == len(outputs.tries)
        gaps = np.diff(outputs.tries)
        assert gaps.max() <= 10.2
        assert len(outputs.tries) < 9

    on_card(main)


def test_without_a_speaker_nothing_is_tried_while_nobody_speaks():
    async def main(speaker: SoundCardSpeaker, outputs: FakeOutputs, reported: list[str]) -> None:
        outputs.plugged = False
        await say(speaker, sound(1))
        await asyncio.sleep(IDLE_S + 15)
        tries = len(outputs.tries)
        await asyncio.sleep(600)
        assert len(outputs.tries) == tries
        outputs.plugged = True
        await say(speaker, sound(1))
        assert len(outputs.streams) == 1

    on_card(main)


def test_a_speaker_that_is_unplugged_and_comes_back_goes_on_with_the_answer():
    async def main(speaker: SoundCardSpeaker, outputs: FakeOutputs, reported: list[str]) -> None:
        speaking = asyncio.ensure_future(say(speaker, sound(10)))
        await asyncio.sleep(2)
        outputs.plugged = False
        outputs.streams[0].ended()
        await outputs.streams[0].close()
        await asyncio.sleep(2)
        outputs.plugged = True
        _, over = await speaking
        assert 10 <= over < 10.6
        assert len(reported) == 1
        assert "went away" in reported[0]
        assert len(outputs.streams) == 2
        assert np.concatenate(outputs.streams[1].played).any()

    on_card(main)


def test_a_speaker_that_takes_no_sound_is_given_up():
    async def main(speaker: SoundCardSpeaker, outputs: FakeOutputs, reported: list[str]) -> None:
        speaking = asyncio.ensure_future(say(speaker, sound(5)))
        await asyncio.sleep(2)
        outputs.streams[0].stuck = True
        _, over = await speaking
        assert 5 <= over < 6.5
        assert "takes no sound" in reported[0]
        assert len(outputs.streams) == 2

    on_card(main)


def test_missing_sound_leads_to_more_latency_once_it_is_quiet():
    async def main(speaker: SoundCardSpeaker, outputs: FakeOutputs, reported: list[str]) -> None:
        await say(speaker, sound(1))
        outputs.streams[0].faults = 3
        await asyncio.sleep(1)
        await say(speaker, sound(1))
        assert outputs.safe == [False, True]
        assert reported == []

    on_card(main)


@pytest.mark.parametrize("percent", [0, 50, 100])
def test_volume_can_be_read_back(percent: int):
    speaker = WavSpeaker(RATE)
    speaker.volume_percent = percent
    assert speaker.volume_percent == percent
