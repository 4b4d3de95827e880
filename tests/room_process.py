"""A room between two sound devices: raw 48 kHz sound from standard input to standard output.

`sound_card.SoundCard.room` puts it between what the speaker plays and what the microphone hears. Its
argument is a `room.Room` as JSON; the pipes' own delay comes on top of the room's.
"""

from __future__ import annotations

import fcntl
import json
import sys
import time

import numpy as np
from room import LiveRoom, Room

RATE = 48_000
BLOCK = RATE // 50

SETTLE_S = 1.5
"""Seconds in which the recorder and the player beside us get ready."""


def main() -> None:
    room = Room(**json.loads(sys.argv[1]))
    live = LiveRoom(room, RATE)
    step = 1 - room.drift_ppm * 1e-6  # both devices have one clock: as if the speaker were slower
    wet = np.zeros(round(room.delay_s * RATE) + 2)  # as much waits here all the time: the delay
    place = 0.0
    _catch_up()
    while len(data := sys.stdin.buffer.read(2 * BLOCK)) == 2 * BLOCK:
        wet = np.append(wet, live.hear(np.frombuffer(data, "<i2").astype(np.int16)))
        places = place + np.arange(BLOCK) * step
        out = np.interp(places, np.arange(len(wet)), wet)
        sys.stdout.buffer.write(np.clip(np.rint(out), -32768, 32767).astype("<i2").tobytes())
        sys.stdout.buffer.flush()
        place += BLOCK * step
        done = int(place)
        wet, place = wet[done:], place - done


def _catch_up() -> None:
    """Drop what was recorded before all were ready; it would be late for ever."""
    fcntl.fcntl(sys.stdout, fcntl.F_SETPIPE_SZ, 8192)
    time.sleep(SETTLE_S)
    while True:
        began = time.monotonic()
        sys.stdin.buffer.read(2 * BLOCK)
        if time.monotonic() - began > BLOCK / RATE / 2:
            return


if __name__ == "__main__":
    main()
