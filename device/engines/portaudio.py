"""Microphone and speaker through PortAudio.

PortAudio's calls block, and some hang when a device disappears (Pa_StopStream, Pa_AbortStream): each
runs in a thread of its own that nobody waits for longer than a bound. The callbacks run in PortAudio's
thread; they copy and return.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from device.bounded import bounded
from device.devices import ERROR, NOUN, Device, Format, Kind, formats, pick
from device.engines.sound_system import devices, library, never_wait_at_exit, quiet, restart
from device.resampling import pulling
from voice.audio import FRAME_S, RATE, Samples
from voice.config import Mic, Snd
from voice.errors import DeviceError, MicrophoneError

log = logging.getLogger(__name__)

OPEN_S = 6.0
"""Seconds in which a device must open; Bluetooth takes up to four."""

CLOSE_S = 2.0
"""Seconds after which a stream that does not close is given up."""

INPUT_LATENCY_S = 0.1
"""Sound that the system keeps for us while all processors are busy; on average it comes 10 ms later."""

OUTPUT_LATENCY_S = 0.1
"""Sound that the system has ahead. With two busy processes on two cores and a busy interpreter, the
lowest latency (0.04 s) had up to five gaps in 8 s of PulseAudio, 0.06 s had one, 0.1 s none."""

SAFE_LATENCY_S = 0.25
"""Output latency once the usual one has led to gaps."""

WARM_UP_S = 0.02
"""Silence after opening an output: PulseAudio was seen to lose the first 3 ms after a start."""

DELAY_MAX_S = 1.0
"""A longer output delay is a driver's mistake."""

CARDS = Path("/proc/asound/cards")
"""What the kernel knows of sound cards; it changes when one is plugged in."""

_WRONG_FORMAT = (-9994, -9997, -9998)
"""PortAudio's errors for sample format, rate and channels: another combination may do."""


class Stream:
    """An open device."""

    def __init__(self, engine: PortAudio, kind: Kind, ended: Callable[[], None]) -> None:
        self.kind: Kind = kind
        self.rate = 0
        """Samples a second."""
        self.delay_s = 0.0
        """Seconds from the latest callback to the air, as the sound system told it."""
        self.faults = 0
        """How often the system reported that sound was missing (output) or lost (input)."""
        self.closing = False
        """From now on the speaker takes no sound: what comes waits for the next stream."""
        self.ended = ended
        self._engine = engine
        self._opened: Any = None

    def take(self, opened: Any, form: Format) -> None:
        """Become the stream that was opened."""
        self._opened, self.rate = opened, form.rate

    @property
    def latency_s(self) -> float:
        """Seconds from a callback until its last sample is in the air."""
        return max(float(self._opened.latency), min(self.delay_s, DELAY_MAX_S)) + FRAME_S

    def finished(self) -> None:
        """Tell the owner that the device went away; called in PortAudio's thread."""
        if not self.closing:
            self.ended()

    async def close(self) -> None:
        """Stop at once and give the device back; returns in any case."""
        await self._engine.close(self)

    def shut(self) -> None:
        """Stop at once and give the device back; may hang."""
        _shut(self._opened)


_OPEN: set[Stream] = set()
_HANGING: set[Stream] = set()
"""Streams of this process: starting PortAudio again ends all of them, whoever opened them."""


class PortAudio:
    """Opens what the configuration names."""

    def __init__(self, mic: Mic, snd: Snd) -> None:
        self._mic = mic
        self._snd = snd
        self._turn = asyncio.Lock()
        self._cards = _cards()

    async def open_input(
        self, deliver: Callable[[Samples, float], None], ended: Callable[[], None]
    ) -> Stream:
        """Open the microphone; raises MicrophoneError.

        ``deliver`` gets blocks of 20 ms of mono samples at the stream's rate, each with the time when it
        began; ``ended`` is called when the device goes away: both in PortAudio's thread.
        """
        stream = Stream(self, "input", ended)

        def heard(block: Any, _frames: int, times: Any, status: Any) -> None:
            stream.faults += bool(status)
            ago = plausible(times.currentTime - times.inputBufferAdcTime)
            deliver(block[:, 0].copy(), time.monotonic() - ago)

        def open_it() -> tuple[Any, Format]:
            device = pick(devices("input"), self._mic.device, "input")
            ways = formats(device, "input", (RATE,), self._mic.rate, self._mic.channels)
            return first_that_opens(stream, device, ways, lambda _: heard, INPUT_LATENCY_S)

        return await self._opening(stream, open_it)

    async def open_output(
        self,
        pull: Callable[[int], Samples],
        rate: int,
        ended: Callable[[], None],
        *,
        safe: bool = False,
        played: Callable[[Samples, int, float], None] | None = None,
    ) -> Stream:
        """Open the speaker for sound of a rate; raises SpeakerError.

        ``pull`` is asked for the next samples in PortAudio's thread. ``safe`` takes more latency.
        ``played`` is told there what goes out, at which rate, and when the first sample is in the air.
        """
        stream = Stream(self, "output", ended)

        def player(form: Format) -> Callable[..., None]:
            source = pulling(pull, rate, form.rate)
            warming = round(WARM_UP_S * form.rate)

            def play(out: Any, frames: int, times: Any, status: Any) -> None:
                nonlocal warming
                stream.faults += bool(status)
                stream.delay_s = times.outputBufferDacTime - times.currentTime
                due = time.monotonic() + plausible(stream.delay_s)
                if warming > 0 or stream.closing:
                    warming -= frames
                    out.fill(0)
                else:
                    out[:] = source(frames)[:, np.newaxis]
                if played:
                    played(out[:, 0].copy(), form.rate, due)

            return play

        def open_it() -> tuple[Any, Format]:
            device = pick(devices("output"), self._snd.device, "output")
            ways = formats(device, "output", (rate,))
            latency = SAFE_LATENCY_S if safe else OUTPUT_LATENCY_S
            return first_that_opens(stream, device, ways, player, latency)

        return await self._opening(stream, open_it)

    async def refresh(self) -> None:
        """Read the list of devices anew, as far as that is possible.

        PortAudio freezes it at its start, and starting again ends every stream: with streams open it
        is done only when a card came or went, and their owners are told that they ended.
        """
        async with self._turn:
            cards = _cards()
            if _HANGING or (_OPEN and cards == self._cards):
                return
            for stream in tuple(_OPEN):
                await stream.close()
                stream.ended()
            if not _HANGING:
                self._cards = cards
                with suppress(DeviceError):
                    await bounded(restart, OPEN_S, MicrophoneError("no answer"))

    async def close(self, stream: Stream) -> None:
        """Close one stream; after a bound it is left to its fate."""
        if stream not in _OPEN:
            return
        _OPEN.remove(stream)
        stream.closing = True
        _HANGING.add(stream)

        def shut() -> None:
            stream.shut()
            _HANGING.discard(stream)

        try:
            await bounded(shut, CLOSE_S, DeviceError("hangs"))
        except DeviceError:
            log.warning("the %s does not close; going on without it", NOUN[stream.kind])
            never_wait_at_exit()

    async def _opening(self, stream: Stream, open_it: Callable[[], tuple[Any, Format]]) -> Stream:
        what = NOUN[stream.kind]
        slow = ERROR[stream.kind](f"the {what} did not open in {OPEN_S:.0f} s; plug it in again")
        async with self._turn:
            opened, form = await bounded(open_it, OPEN_S, slow, late=lambda found: _shut(found[0]))
            stream.take(opened, form)
            _OPEN.add(stream)
        log.info("%s open: %d Hz, %d channel(s)", what, form.rate, form.channels)
        return stream


def first_that_opens(
    stream: Stream,
    device: Device,
    ways: Iterable[Format],
    callback: Callable[[Format], Callable[..., None]],
    latency: float,
) -> tuple[Any, Format]:
    """Open and start a device in the first way it takes; raises MicrophoneError or SpeakerError."""
    sd = library(stream.kind)
    make = sd.InputStream if stream.kind == "input" else sd.OutputStream
    reason = "it takes no usable rate and channel count"
    for form in ways:
        opened = None
        try:
            with quiet():
                opened = make(
                    samplerate=form.rate,
                    blocksize=round(FRAME_S * form.rate),
                    device=device.index,
                    channels=form.channels,
                    dtype="int16",
                    latency=latency,
                    callback=callback(form),
                    finished_callback=stream.finished,
                )
                opened.start()
            return opened, form
        except sd.PortAudioError as fault:
            if opened is not None:
                opened.close()
            if len(fault.args) < 2 or fault.args[1] not in _WRONG_FORMAT:
                reason = str(fault.args[0]).rsplit(": ", 1)[-1] if fault.args else "unknown"
                break
    raise ERROR[stream.kind](
        f"the {NOUN[stream.kind]} {device.name!r} can't be opened ({reason}): "
        "another program may use it; `sayso devices` lists others"
    )


def plausible(seconds: float) -> float:
    """Return a time between callback and air as the sound system told it, 0 where that can't be.

    Through ALSA and PulseAudio it is right to 0.3 ms, while the callbacks come 20 ms early or late.
    """
    return seconds if 0 <= seconds <= DELAY_MAX_S else 0.0


def _shut(opened: Any) -> None:
    opened.abort()
    opened.close()


def _cards() -> str:
    try:
        return CARDS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
