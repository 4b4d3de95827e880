"""What the sound card's tests run beside themselves: our microphone or speaker, driven by JSON lines.

``hear`` prints "ready", collects frames for some seconds of sound, and saves them. ``speak`` does what
it is told, line by line, and prints "done" after each.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from contextlib import aclosing
from pathlib import Path
from typing import Any

import numpy as np

from device.engines.portaudio import PortAudio
from device.microphone import SoundCardMicrophone
from device.speaker import SoundCardSpeaker
from voice.audio import Samples, Sound
from voice.config import Mic, Snd


def say(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def hear(order: dict[str, Any]) -> None:
    engine = PortAudio(Mic(**order.get("mic", {})), Snd())
    microphone = SoundCardMicrophone(
        engine, lambda fault: say(error=str(fault)), gain_db=order.get("gain_db", 0.0)
    )
    frames: list[Samples] = []
    begun = None
    async with aclosing(microphone.frames()) as source:
        async for frame in source:
            if begun is None:
                begun = time.monotonic()
                say(ready=True)
            frames.append(frame)
            if len(frames) % 50 == 0:
                say(frames=len(frames))
            if len(frames) >= order["seconds"] * 50:
                break
    np.save(order["file"], np.stack(frames))
    assert begun is not None
    say(wall_s=time.monotonic() - begun)


async def speak(order: dict[str, Any]) -> None:
    loop = asyncio.get_running_loop()
    engine = PortAudio(Mic(), Snd(**order.get("snd", {})))
    speaker = SoundCardSpeaker(
        engine, lambda fault: say(error=str(fault)), volume_percent=order.get("volume", 100)
    )
    keeping = loop.create_task(speaker.run())
    for task in order["tasks"]:
        await act(speaker, task)
    keeping.cancel()
    await asyncio.wait([keeping])


async def act(speaker: SoundCardSpeaker, task: dict[str, Any]) -> None:
    if "busy_s" in task:
        for _ in range(task.get("threads", 1)):
            threading.Thread(target=burn, args=(task["busy_s"],), daemon=True).start()
        return
    if "sleep_s" in task:
        await asyncio.sleep(task["sleep_s"])
        return
    begun = time.monotonic()
    started: list[float] = []
    playback = speaker.begin(
        lambda: started.append(time.monotonic()), lead_in_s=task.get("lead_in_s", 0.0)
    )
    for file in task["play"]:
        await playback.feed(Sound(np.load(Path(file)), task["rate"]))
    if "duck_after_s" in task:
        await asyncio.sleep(task["duck_after_s"])
        speaker.duck(True)
    if "volume_after_s" in task:
        await asyncio.sleep(task["volume_after_s"])
        speaker.volume_percent = task["volume_percent"]
    if "stop_after_s" in task:
        await asyncio.sleep(task["stop_after_s"])
        playback.stop()
        heard = playback.heard_s
        await asyncio.sleep(0.3)
        say(heard_s=heard, stopped=True)
        return
    await playback.finish()
    say(
        finished_s=time.monotonic() - begun,
        started_s=started[0] - begun if started else None,
        heard_s=playback.heard_s,
    )


def burn(seconds: float) -> None:
    """Compute in Python, so that the interpreter's lock is wanted all the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(range(1000))


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    asyncio.run(hear(given) if given["do"] == "hear" else speak(given))
