"""Measures the echo: plays a sweep and some noise, and sees what comes back before and after cancelling."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import aclosing, suppress

import numpy as np

from device.echo import EchoCanceller
from device.echo_choice import HOW_TO_GET, Measurement, make, remember
from device.echo_trust import GOOD_DB
from device.engines import portaudio
from device.findings import Finding
from device.microphone import InputEngine, SoundCardMicrophone
from device.paths import Environment
from device.speaker import OutputEngine, SoundCardSpeaker
from voice.audio import RATE, FloatSamples, Sound, to_int16
from voice.config import Config
from voice.errors import SaysoError
from voice.scope import scope

log = logging.getLogger(__name__)

NAME = "echo"

SWEEP_S, SWEEP_HZ, SWEEP_LEVEL = 0.5, (200.0, 5000.0), 0.1
"""The sweep finds the delay. Repeated, it would be found at the wrong repetition."""

NOISE_S, NOISE_LEVEL = 3.0, 0.05
"""Noise with the spectrum and rhythm of speech, -26 dBFS, shows what cancelling does; a canceller
does not learn from a sweep, in which no frequency comes twice."""

ROOM_S = 1.0
"""Seconds of silence before (the noise floor) and after (the last echo)."""

NO_ECHO_DB = -45.0
"""An echo this far below what is played is none: headphones, or a speaker in another room."""


def stimulus() -> Sound:
    """Return what is played: a sweep, then noise that comes and goes four times a second."""
    at = np.arange(round(SWEEP_S * RATE)) / RATE
    low, high = SWEEP_HZ
    ratio = np.log(high / low)
    phase = 2 * np.pi * low * SWEEP_S / ratio * (np.exp(at / SWEEP_S * ratio) - 1)
    edges = np.minimum(1, np.minimum(at, SWEEP_S - at) / 0.02)
    sweep = np.sin(phase) * edges * SWEEP_LEVEL
    return Sound(to_int16(np.concatenate([sweep, _noise()])), RATE)


def _noise() -> FloatSamples:
    count = round(NOISE_S * RATE)
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    shape = (hertz > 150) / np.sqrt(1 + (hertz / 500) ** 2)
    white = np.random.default_rng(5).normal(0, 1, count)
    noise = np.fft.irfft(np.fft.rfft(white) * shape, count)
    noise *= 0.15 + 0.85 * np.sin(np.pi * 4 * np.arange(count) / RATE) ** 2
    return (noise / np.sqrt(np.mean(noise**2)) * NOISE_LEVEL).astype(np.float32)


async def echo(config: Config, env: Environment = os.environ) -> Finding:
    """Play a sweep and noise for 3.5 s; measure delay and attenuation, and keep them for `run`."""
    if config.mic.echo == "off":
        return Finding(NAME, None, "cancelling is off", "only wake word and button interrupt")
    if not config.snd.volume_percent:
        return Finding(NAME, None, "not measured: the volume is 0 percent")
    canceller = await make(config, env)
    if canceller is None:
        ways = " or ".join(HOW_TO_GET.values())
        return Finding(
            NAME, False, f"no canceller is installed (mic.echo: {config.mic.echo})", ways
        )
    engine = portaudio.PortAudio(config.mic, config.snd)
    fresh = EchoCanceller(canceller.canceller)  # what was measured before does not count
    if fault := await listen(config, engine, engine, fresh):
        return Finding(NAME, None, "not measured: no microphone or no speaker", fault)
    return judge(config, fresh, env)


async def listen(
    config: Config, inputs: InputEngine, outputs: OutputEngine, canceller: EchoCanceller
) -> str | None:
    """Play the stimulus and listen to it; return what went wrong, if anything."""
    faults: list[str] = []

    def trouble(fault: SaysoError) -> None:
        faults.append(str(fault))

    microphone = SoundCardMicrophone(inputs, trouble, gain_db=config.mic.gain_db, echo=canceller)
    speaker = SoundCardSpeaker(
        outputs, trouble, volume_percent=config.snd.volume_percent, played=canceller.played
    )

    async def hear() -> None:
        async with aclosing(microphone.frames()) as frames:
            async for _ in frames:
                pass

    async with scope() as tasks:
        tasks.start(hear())
        tasks.start(speaker.run())
        await asyncio.sleep(ROOM_S)
        if not faults:
            playback = speaker.begin(lambda: None)
            await playback.feed(stimulus())
            await playback.finish()
            await asyncio.sleep(ROOM_S)
    return faults[0] if faults else None


def judge(config: Config, canceller: EchoCanceller, env: Environment) -> Finding:
    """Say what was measured, what it means and what to do; keep it for the next start."""
    attenuation, level = canceller.trust.attenuation_db, canceller.trust.echo_db
    if attenuation is None or level is None:
        return Finding(NAME, None, "not measured: too little was played", "check the speaker")
    delay = canceller.delay_s
    if delay is None and level > NO_ECHO_DB and attenuation < GOOD_DB:
        advice = "something else is louder; be silent for a moment and try again"
        return Finding(NAME, None, f"no echo found ({level:.0f} dB of what is played)", advice)
    delay_ms = None if delay is None else 1000 * delay
    kept = Measurement(
        canceller.name,
        config.mic.device,
        config.snd.device,
        delay_ms,
        level,
        attenuation,
    )
    with suppress(SaysoError):  # the disk has its own finding
        remember(kept, env)
    values = {"echo_db": level, "attenuation_db": attenuation}
    values |= {} if delay_ms is None else {"delay_ms": delay_ms}
    values = {name: round(value, 1) for name, value in values.items()}
    after = "its delay was not found" if delay_ms is None else f"after {delay_ms:.0f} ms"
    figure = (
        f"comes back at {level:.0f} dB, {after}; {canceller.name} removes {attenuation:.0f} dB"
        if delay_ms is not None or level > NO_ECHO_DB
        else "none comes back"
    )
    if attenuation >= GOOD_DB:
        return Finding(NAME, True, f"{figure}: a voice may interrupt", values=values)
    advice = (
        "wake word and button interrupt, a plain voice does not; lower the volume, move the "
        "microphone away from the speaker, or use the speaker's own microphone (one clock)"
    )
    return Finding(NAME, None, figure, advice, values)
