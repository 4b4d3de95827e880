"""A room between two sound devices: hears what the speaker plays, and plays its echo into the microphone.

`sound_card.SoundCard.room` runs it. Its argument is a `room.Room` as JSON; the devices' own latency
comes on top of the room's delay. Prints "ready", and at its end how often sound was lost.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import sounddevice as sd
from room import LiveRoom, Room

RATE = 48_000
BLOCK = RATE // 50

LATENCY_S = 0.08
"""Sound that waits in each direction, for a machine that is busy elsewhere; the echo comes later by it."""


class Between:
    """What waits between the devices."""

    def __init__(self, room: Room) -> None:
        self.lost = 0
        self._live = LiveRoom(room, RATE)
        self._step = 1 - room.drift_ppm * 1e-6  # as if the speaker's clock were slower
        self._wet = np.zeros(round(room.delay_s * RATE) + 2)
        self._place = 0.0

    def pass_on(
        self,
        heard: np.ndarray,
        out: np.ndarray,
        count: int,
        _time: object,
        status: sd.CallbackFlags,
    ) -> None:
        """PortAudio's callback."""
        self.lost += bool(status)
        self._wet = np.append(self._wet, self._live.hear(heard[:, 0]))
        places = self._place + np.arange(count) * self._step
        echo = np.interp(places, np.arange(len(self._wet)), self._wet)
        out[:, 0] = np.clip(np.rint(echo), -32768, 32767)
        self._place += count * self._step
        done = int(self._place)
        self._wet, self._place = self._wet[done:], self._place - done


def main() -> None:
    between = Between(Room(**json.loads(sys.argv[1])))
    with sd.Stream(
        samplerate=RATE,
        blocksize=BLOCK,
        device=("room_in", "room_out"),
        channels=1,
        dtype="int16",
        latency=LATENCY_S,
        callback=between.pass_on,
    ):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()  # until whoever started us closes it
    sys.stdout.write(f"lost {between.lost}\n")


if __name__ == "__main__":
    main()
