"""What works on this machine and what does not, each with a figure and what to do.

A check is a function, plain or coroutine, from the configuration to a `Finding`; `CHECKS` holds them
in the order of the report, and adding one is adding it there.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from device import models
from device.chimes import chimes
from device.doctor_echo import echo
from device.engines import portaudio
from device.findings import Finding
from device.loading import SYNTHESIZERS, TRANSCRIBERS
from device.microphone import SoundCardMicrophone
from device.paths import state_dir
from device.playback import convert
from device.speaker import SoundCardSpeaker
from voice.audio import FRAME_S, RATE, Samples, level_dbfs
from voice.config import Config
from voice.errors import DeviceError, ModelFileError, SaysoError, StateError

RECORD_S = 2.0
"""Seconds of sound that tell about the microphone."""

SETTLE_S = 0.3
"""Seconds at the start that do not count: many microphones click when they are switched on."""

LOUD_ROOM_DBFS = -35.0
"""A noise floor above this leaves speech across the room too little."""

FREE_MB = 500
"""Free space that logs, history and an update need."""

CONNECT_S = 5.0
"""Seconds in which a model's server must take a connection."""

SENTENCE = "What will the weather be like tomorrow?"
"""What is said and read again to measure the speed of speech."""

SLOW_S = 2.0
"""Seconds for that sentence above which a conversation is no pleasure."""

SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")
SOUND_NODES = Path("/dev/snd")


Check = Callable[[Config], Finding | Awaitable[Finding]]


async def examine(
    config: Config, show: Callable[[Finding], None], checks: Sequence[Check] | None = None
) -> list[Finding]:
    """Run all checks one after the other, showing each finding when it is there."""
    findings: list[Finding] = []
    for check in CHECKS if checks is None else checks:
        try:
            finding = check(config)
            if not isinstance(finding, Finding):
                finding = await finding
        except Exception as fault:  # one broken check must not hide what the others find
            name = getattr(check, "__name__", "check").replace("_", " ")
            finding = Finding(name, False, f"the check failed: {type(fault).__name__}: {fault}")
        findings.append(finding)
        show(finding)
    return findings


def sound_library(config: Config) -> Finding:
    """Whether PortAudio is installed, and what it sees."""
    try:
        found = portaudio.devices()
    except DeviceError as fault:
        return Finding("sound library", False, "missing", str(fault))
    inputs = sum(1 for device in found if device.inputs)
    outputs = sum(1 for device in found if device.outputs)
    return Finding("sound library", True, f"{inputs} microphone(s), {outputs} speaker(s)")


async def microphone(config: Config) -> Finding:
    """Record two seconds: level, noise floor, clipping."""
    faults: list[str] = []
    engine = portaudio.PortAudio(config.mic, config.snd)
    source = SoundCardMicrophone(
        engine, lambda fault: faults.append(str(fault)), gain_db=config.mic.gain_db
    )
    frames: list[Samples] = []
    async with aclosing(source.frames()) as heard:
        async for frame in heard:
            frames.append(frame)
            if faults or len(frames) * FRAME_S >= RECORD_S + SETTLE_S:
                break
    if faults:
        return Finding("microphone", False, "gives no sound", faults[0])
    return judge_recording(frames[round(SETTLE_S / FRAME_S) :])


def judge_recording(frames: Sequence[Samples]) -> Finding:
    """Say what a recording of a room without speech tells about its microphone."""
    levels = sorted(level_dbfs(frame) for frame in frames)
    floor, loudest = levels[len(levels) // 5], levels[-1]
    figure = f"noise floor {floor:.0f} dBFS, loudest {loudest:.0f} dBFS"
    name = "microphone"
    if loudest <= -99:
        advice = (
            "it gives digital silence: unmute it (`alsamixer`, F4), or choose another mic.device"
        )
        return Finding(name, False, figure, advice)
    if np.mean([np.abs(frame.astype(np.int32)).max() >= 32_700 for frame in frames]) > 0.05:
        return Finding(name, False, f"{figure}, overdriven", "lower mic.gain_db or `alsamixer`, F4")
    if floor > LOUD_ROOM_DBFS:
        advice = "very noisy: move it away from fans and speakers, or lower mic.gain_db"
        return Finding(name, False, figure, advice)
    return Finding(name, True, figure)


async def speaker(config: Config) -> Finding:
    """Play a chime."""
    faults: list[str] = []
    engine = portaudio.PortAudio(config.mic, config.snd)
    out = SoundCardSpeaker(
        engine, lambda fault: faults.append(str(fault)), volume_percent=config.snd.volume_percent
    )
    keeping = asyncio.ensure_future(out.run())
    try:
        await asyncio.sleep(0)
        playback = out.begin(lambda: None)
        await playback.feed(chimes()["wake"])
        await playback.finish()
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])
    if faults:
        return Finding("speaker", False, "plays nothing", faults[0])
    if not config.snd.volume_percent:
        return Finding("speaker", None, "the volume is 0 percent", "raise snd.volume_percent")
    return Finding("speaker", True, f"played a chime at {config.snd.volume_percent} percent")


def recogniser_files(config: Config) -> Finding:
    """Whether the Whisper model is here and whole."""
    return _found("recognition model", lambda: models.find_whisper(config.stt.model))


def voice_files(config: Config) -> Finding:
    """Whether the Piper voice is here and whole."""
    return _found("voice", lambda: models.find_voice(config.tts.voice))


def _found(name: str, find: Callable[[], Path]) -> Finding:
    try:
        return Finding(name, True, str(find()))
    except ModelFileError as fault:
        return Finding(name, False, "not usable", str(fault))


async def language_model(config: Config) -> Finding:
    """Which model answers, and whether its server takes a connection; nothing is asked of it."""
    from device.model_choice import choose
    from voice.engines.openai_chat import OpenAIChat

    name = "language model"
    if config.model.provider == "none":
        return Finding(name, None, "none, as configured")
    try:
        choice = await choose(config.model, models.find_gguf)
    except SaysoError as fault:
        return Finding(name, False, "not usable", str(fault))
    if choice.model is None:
        return Finding(name, None, choice.why, "time, sums and volume work without one")
    await choice.model.close()
    if not isinstance(choice.model, OpenAIChat):
        return Finding(name, True, choice.why)
    plain = (config.model.base_url or "").startswith("http://")
    took_ms = await _connect_ms(choice.model.where, 80 if plain else 443)
    if took_ms is None:
        advice = "check the network and model.base_url, or start the server"
        return Finding(name, False, f"{choice.model.where} takes no connection", advice)
    return Finding(name, True, f"{choice.why}; connected in {took_ms:.0f} ms")


async def _connect_ms(where: str, default_port: int) -> float | None:
    """Return how long a server took to take a connection, None if it did not."""
    address = urlsplit(f"//{where}")
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(CONNECT_S):
            port = address.port or default_port
            _, writer = await asyncio.open_connection(address.hostname, port)
    except (OSError, TimeoutError):
        return None
    writer.close()
    return 1000 * (loop.time() - began)


def disk(config: Config) -> Finding:
    """Free space where the state lies."""
    try:
        folder = state_dir(os.environ)
    except StateError as fault:
        return Finding("disk", False, "no state folder", str(fault))
    while not folder.exists():
        folder = folder.parent
    free_mb = shutil.disk_usage(folder).free / 1e6
    figure = f"{free_mb:.0f} MB free at {folder}"
    if not os.access(folder, os.W_OK):
        return Finding("disk", False, f"{folder} is not writable", "mend its rights")
    if free_mb < FREE_MB:
        return Finding("disk", False, figure, f"make room: {FREE_MB} MB are needed")
    return Finding("disk", True, figure)


def clock(config: Config) -> Finding:
    """Whether the clock is set by the network."""
    if SYNCHRONIZED.exists():
        return Finding("clock", True, "synchronized")
    try:
        shown = subprocess.run(
            ["timedatectl", "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            timeout=5,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        shown = ""
    if shown == "yes":
        return Finding("clock", True, "synchronized")
    if shown == "no":
        advice = "`sudo timedatectl set-ntp true`; without it alarms may ring at the wrong time"
        return Finding("clock", False, "not synchronized", advice)
    return Finding("clock", None, "systemd does not tell")


def permissions(config: Config) -> Finding:
    """Whether this user may use the sound card."""
    nodes = sorted(SOUND_NODES.glob("pcm*"))
    if not nodes:
        return Finding("permissions", None, f"no sound card of this machine's own in {SOUND_NODES}")
    closed = [node.name for node in nodes if not os.access(node, os.R_OK | os.W_OK)]
    if closed:
        advice = "`sudo usermod -aG audio $USER`, then log in again"
        return Finding("permissions", False, f"may not use {', '.join(closed)}", advice)
    return Finding("permissions", True, f"may use {len(nodes)} sound device(s)")


async def speech_speed(config: Config) -> Finding:
    """Say a sentence and read it again: how long each takes on this machine."""
    return await asyncio.get_running_loop().run_in_executor(None, _speech_speed, config)


def _speech_speed(config: Config) -> Finding:
    name = "speech speed"
    try:
        synthesizer = SYNTHESIZERS[config.tts.engine](config.tts)
        transcriber = TRANSCRIBERS[config.stt.engine](config.stt)
    except ModelFileError as fault:
        return Finding(name, None, "needs the models", str(fault))
    synthesizer.synthesize("Ready.")
    began = time.monotonic()
    sound = synthesizer.synthesize(SENTENCE)
    spoken_s = time.monotonic() - began
    samples = convert(sound, RATE)
    transcriber.transcribe(samples, "final")
    began = time.monotonic()
    text = transcriber.transcribe(samples, "final").text
    read_s = time.monotonic() - began
    figure = (
        f"said in {spoken_s:.2f} s and read in {read_s:.2f} s: “{text}” ({sound.seconds:.1f} s)"
    )
    if read_s > SLOW_S or spoken_s > SLOW_S:
        advice = (
            "choose a smaller model: `sayso config set stt.model tiny.en`, or stop what else runs"
        )
        return Finding(name, False, figure, advice)
    return Finding(name, True, figure)


CHECKS: list[Check] = [
    sound_library,
    microphone,
    speaker,
    echo,
    permissions,
    recogniser_files,
    voice_files,
    speech_speed,
    language_model,
    disk,
    clock,
]
"""All checks, in the order of the report."""
