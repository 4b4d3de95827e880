"""The sound card's microphone on a fake card and virtual time: frames for ever, whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device import virtual_time
from device.backoff import Backoff
from device.echo import EchoCanceller
from device.microphone import FILL_S, Framer, SoundCardMicrophone
from voice.audio import FRAME_S, FRAME_SAMPLES, RATE, Samples
from voice.errors import MicrophoneError


class FakeInput:
    """An open microphone that hears the number of its opening."""

    def __init__(self, deliver: Callable[[Samples, float], None], value: int) -> None:
        self.rate = RATE
        self.silent = False
        self.closed = False
        self._value = value
        self._deliver = deliver
        self._task = asyncio.ensure_future(self._hear())

    async def _hear(self) -> None:
        while True:
            await asyncio.sleep(0.02)
            if not self.silent:
                now = asyncio.get_running_loop().time()
                self._deliver(np.full(FRAME_SAMPLES, self._value, np.int16), now - 0.02)

    async def close(self) -> None:
        self.closed = True
        self._task.cancel()


class FakeInputs:
    def __init__(self, plugged: bool = True) -> None:
        self.plugged = plugged
        self.streams: list[FakeInput] = []
        self.tries: list[float] = []
        self.ended: Callable[[], None] = lambda: None
        self.refreshed = 0

    async def open_input(
        self, deliver: Callable[[Samples, float], None], ended: Callable[[], None]
    ) -> FakeInput:
        self.tries.append(asyncio.get_running_loop().time())
        if not self.plugged:
            raise MicrophoneError("no microphone found")
        self.ended = ended
        self.streams.append(FakeInput(deliver, len(self.streams) + 1))
        return self.streams[-1]

    async def refresh(self) -> None:
        self.refreshed += 1

    def unplug(self) -> None:
        self.plugged = False
        self.streams[-1].silent = True
        self.ended()


def hear(
    seconds: float, *events: tuple[float, Callable[[FakeInputs], object]], plugged: bool = True
) -> tuple[list[Samples], list[str], FakeInputs]:
    """Listen for some seconds while things happen; return frames, reports and the card."""

    async def main() -> tuple[list[Samples], list[str], FakeInputs]:
        loop = asyncio.get_running_loop()
        inputs, reported, frames = FakeInputs(plugged), list[str](), list[Samples]()
        microphone = SoundCardMicrophone(inputs, lambda fault: reported.append(str(fault)))
        for at, event in events:
            loop.call_at(at, event, inputs)

        async def listen() -> None:
            async with aclosing(microphone.frames()) as source:
                async for frame in source:
                    frames.append(frame)

        listening = asyncio.ensure_future(listen())
        await asyncio.sleep(seconds)
        listening.cancel()
        await asyncio.wait([listening])
        assert all(stream.closed for stream in inputs.streams)
        return frames, reported, inputs

    return virtual_time.run(main())


def plug_in(inputs: FakeInputs) -> None:
    inputs.plugged = True


def test_frames_come_as_they_are_heard():
    frames, reported, _ = hear(10)
    assert 498 <= len(frames) <= 500
    assert all(frame.shape == (FRAME_SAMPLES,) and frame[0] == 1 for frame in frames)
    assert reported == []


def test_frames_come_several_at_a_time_while_nobody_waits_for_them():
    """Every sample all the same, and one by one again from the moment that somebody does."""
    came: list[tuple[float, int]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        microphone = SoundCardMicrophone(FakeInputs(), lambda fault: None)
        microphone.unhurried = True
        loop.call_at(0.99, setattr, microphone, "unhurried", False)
        async with aclosing(microphone.frames()) as frames:
            async for _ in frames:
                came.append((round(loop.time(), 2), len(came)))
                if loop.time() >= 2.0:
                    return

    virtual_time.run(main())
    waits = np.diff([at for at, _ in came])
    assert len(came) == pytest.approx(2.0 / FRAME_S, abs=1)
    assert sum(waits[: len(waits) // 2 - 4] > 0) == pytest.approx(12, abs=1)  # 80 ms each
    assert max(waits[len(waits) // 2 + 4 :]) <= 0.031


def test_no_frames_for_2_s_opens_the_microphone_again():
    frames, reported, inputs = hear(
        10, (3.0, lambda inputs: setattr(inputs.streams[0], "silent", True))
    )
    assert inputs.streams[0].closed
    assert [round(at, 1) for at in inputs.tries] == [0, 5.0]
    assert {int(frame[0]) for frame in frames} == {1, 2}
    assert len(reported) == 1
    assert "2 s" in reported[0]


def test_an_unplugged_microphone_is_reported_once_and_heard_again_when_it_is_back():
    frames, reported, inputs = hear(60, (5.0, FakeInputs.unplug), (30.0, plug_in))
    assert reported == ["no microphone found"]
    assert inputs.tries[1] < 5.1
    assert np.diff(inputs.tries[1:]).max() <= 10.1
    assert sum(int(frame[0]) == 2 for frame in frames) > 20 * 50
    assert inputs.refreshed == len(inputs.tries) - 1


def test_every_outage_is_reported_anew():
    _, reported, _ = hear(
        100,
        (10, FakeInputs.unplug),
        (15, plug_in),
        (50, FakeInputs.unplug),
        (55, plug_in),
    )
    assert len(reported) == 2


def test_a_microphone_missing_at_the_start_is_waited_for():
    frames, reported, _ = hear(40, (25.0, plug_in), plugged=False)
    assert reported == ["no microphone found"]
    assert sum(int(frame[0]) == 1 for frame in frames) > 5 * 50


def test_an_outage_is_silence_long_enough_for_a_turn_to_end_and_then_nothing():
    frames, _, _ = hear(400, (10.0, FakeInputs.unplug))
    quiet = [frame for frame in frames if not frame.any()]
    assert abs(len(quiet) * 0.02 - FILL_S) < 1
    assert FILL_S > 60


def test_a_device_that_ends_at_once_again_and_again_is_not_tried_all_the_time():
    async def main() -> int:
        inputs = FakeInputs()
        opened = inputs.open_input

        async def open_and_end(
            deliver: Callable[[Samples, float], None], ended: Callable[[], None]
        ) -> FakeInput:
            stream = await opened(deliver, ended)
            ended()
            return stream

        inputs.open_input = open_and_end  # type: ignore[method-assign] # a device with a loose contact
        microphone = SoundCardMicrophone(inputs, lambda fault: None)
        async with aclosing(microphone.frames()) as source:
            async for _ in source:
                if asyncio.get_running_loop().time() > 60:
                    break
        return len(inputs.tries)

    assert virtual_time.run(main()) < 15


class Breaking:
    """A canceller that changes what it hears, and breaks after a second."""

    name = "breaking"
    finds_delay = True

    def __init__(self) -> None:
        self.cleaned = 0

    def clean(self, heard: Samples, played: Samples) -> Samples:
        self.cleaned += 1
        if self.cleaned > 100:
            raise ValueError("a frame of 480 samples")
        return heard + 100

    def reset(self) -> None:
        pass


def test_a_canceller_that_breaks_is_told_once_and_frames_go_on_untouched(
    caplog: pytest.LogCaptureFixture,
):
    canceller = Breaking()
    echo = EchoCanceller(canceller, measured_db=30.0)
    reported: list[str] = []
    inputs = FakeInputs()
    microphone = SoundCardMicrophone(inputs, lambda fault: reported.append(str(fault)), echo=echo)

    async def main() -> list[int]:
        heard: list[int] = []
        async with aclosing(microphone.frames()) as frames:
            async for frame in frames:
                now = asyncio.get_running_loop().time()
                echo.played(np.full(FRAME_SAMPLES, 50, np.int16), RATE, now)
                heard.append(int(frame[0]))
                if len(heard) == 1:
                    assert microphone.echo_cancelled
                if len(heard) == 300:
                    break
        return heard

    heard = virtual_time.run(main())
    assert heard.index(101) < heard.index(101, 40) < 60
    assert set(heard[60:]) == {1}
    assert len(inputs.tries) == 1
    assert canceller.cleaned == 101
    assert not microphone.echo_cancelled
    assert microphone.clear is None
    assert reported == []
    assert [line.levelname for line in caplog.records] == ["ERROR"]
    assert "a frame of 480 samples" in caplog.text


def test_waiting_grows_from_half_a_second_to_ten_and_begins_anew():
    backoff = Backoff()
    assert [backoff.wait_s() for _ in range(8)] == [0, 0.5, 1, 2, 4, 8, 10, 10]
    backoff.reset()
    assert backoff.wait_s() == 0


@given(st.lists(st.integers(0, 2000), max_size=12))
def test_blocks_of_any_length_become_frames_without_a_sample_lost(lengths: list[int]):
    whole = np.arange(sum(lengths), dtype=np.int16)
    framer = Framer(RATE)
    out: list[Samples] = []
    for block in np.split(whole, np.cumsum(lengths)[:-1]) if lengths else []:
        out += list(framer.frames(block))
    assert all(len(frame) == FRAME_SAMPLES for frame in out)
    heard = np.concatenate(out) if out else np.zeros(0, np.int16)
    assert np.array_equal(heard, whole[: len(heard)])
    assert len(whole) - len(heard) < FRAME_SAMPLES


@pytest.mark.parametrize("rate", [8000, 22_050, 32_000, 44_100, 48_000, 96_000])
def test_any_rate_becomes_16_khz_at_the_same_pitch_and_level(rate: int):
    line = np.arange(2 * rate) / rate
    tone = (np.sin(2 * np.pi * 440 * line) * 10_000).astype(np.int16)
    framer = Framer(rate)
    blocks = [tone[at : at + rate // 50] for at in range(0, len(tone), rate // 50)]
    heard = np.concatenate([frame for block in blocks for frame in framer.frames(block)])
    assert 2 - len(heard) / RATE < 0.14
    spectrum = np.abs(np.fft.rfft(heard[4000:20000].astype(float)))
    assert int(spectrum.argmax()) == 440
    assert abs(np.abs(heard[4000:20000]).max() / 10_000 - 1) < 0.02


def test_gain_amplifies_and_never_wraps():
    framer = Framer(RATE, gain=10.0)
    (soft,) = framer.frames(np.full(FRAME_SAMPLES, -100, np.int16))
    (loud,) = framer.frames(np.full(FRAME_SAMPLES, 20_000, np.int16))
    assert set(soft) == {-1000}
    assert set(loud) == {32_767}
