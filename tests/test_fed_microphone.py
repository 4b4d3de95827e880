"""Sound in the part of the microphone."""

import asyncio

import numpy as np

from device import virtual_time
from device.fed_microphone import TAIL_S, FedMicrophone
from voice.audio import FRAME_S, FRAME_SAMPLES


def test_everything_fed_comes_out_in_order_and_on_time():
    sound = np.arange(1000, dtype=np.int16)

    async def main() -> None:
        spent_at: list[float] = []
        loop = asyncio.get_running_loop()
        microphone = FedMicrophone(
            spent=lambda: spent_at.append(loop.time()), finished=lambda: True
        )
        microphone.feed(sound)
        frames = [frame async for frame in microphone.frames()]
        assert all(len(frame) == FRAME_SAMPLES for frame in frames)
        heard = np.concatenate(frames)
        assert np.array_equal(heard[:1000], sound)
        assert not heard[1000:].any()
        assert abs(spent_at[0] - 4 * FRAME_S) < 1e-6
        assert abs(loop.time() - (4 * FRAME_S + TAIL_S)) < 0.03

    virtual_time.run(main())


def test_silence_goes_on_until_it_is_finished():
    async def main() -> float:
        loop = asyncio.get_running_loop()
        microphone = FedMicrophone(finished=lambda: loop.time() > 7)
        async for _ in microphone.frames():
            pass
        return loop.time()

    assert 7 <= virtual_time.run(main()) < 7.1
