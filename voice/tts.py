"""Text to speech: clause by clause into the speaker, and what of it was really heard."""

from __future__ import annotations

import re
from asyncio import sleep
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Protocol

from voice.audio import Sound, Speaker
from voice.clauses import Clause
from voice.errors import SynthesisError
from voice.events import Error, Publish
from voice.moments import Clock, Moments
from voice.scope import ReadAhead, scope
from voice.worker import Worker

CACHED_CLAUSES = 64
"""Clauses kept as sound: what is said often, and what was prepared while the speaker paused."""

CACHED_S = 6.0
"""Longer clauses are not kept: all together are 17 MB at most, at 22 kHz."""

CUE_AFTER_S = 2.0
"""Seconds without an answer after which a soft sound says that it is being worked on."""


class Synthesizer(Protocol):
    """Turns speakable text into sound. Implementation: ``voice.engines.piper``."""

    speed: float
    """1 is the voice's own pace."""

    @property
    def rate(self) -> int:
        """Samples a second of its sound."""
        ...

    def synthesize(self, text: str) -> Sound:
        """Return text as sound; blocks; raises SynthesisError."""
        ...


@dataclass(slots=True)
class Spoken:
    """What has been handed to the speaker in one answer, and how far it got."""

    marks: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])
    """Written text of each clause, and the second at which its sound ends."""
    heard_s: float = 0.0

    @property
    def text(self) -> str:
        """The written text of the clauses that were heard, the last one as far as it got."""
        heard, start = "", 0.0
        for written, end in self.marks:
            share = 1.0 if end <= start else (self.heard_s - start) / (end - start)
            if share >= 0.95:
                heard += written
            elif share > 0:
                words = re.findall(r"\s*\S+", written)
                heard += "".join(words[: int(len(words) * share)])
                break
            else:
                break
            start = end
        return heard.strip()


class Mouth:
    """Speaks clauses as they come, synthesizing each while the one before it plays."""

    def __init__(
        self,
        synthesizer: Synthesizer,
        speaker: Speaker,
        publish: Publish,
        *,
        lead_in_s: float = 0.0,
        thinking: Sound | None = None,
    ) -> None:
        """``lead_in_s`` is silence before each answer, ``thinking`` a cue while one takes long."""
        self._synthesizer = synthesizer
        self._speaker = speaker
        self._publish = publish
        self._lead_in_s = lead_in_s
        self.thinking = thinking
        """A cue while an answer takes long; may be replaced."""
        self._worker = Worker("tts")
        self._cache: OrderedDict[tuple[str, float], Sound] = OrderedDict()

    async def prepare(self, clause: Clause) -> None:
        """Synthesize a clause that will probably be said soon."""
        await self._sound(clause)

    async def speak(
        self,
        clauses: AsyncIterator[Clause],
        spoken: Spoken,
        moments: Moments,
        *,
        show: Callable[[Clause], None],
        started: Callable[[], None],
        clock: Clock,
    ) -> None:
        """Say all clauses; returns when the last sample is out, is silent at once when cancelled.

        ``spoken`` is filled on the way, also when cancelled. ``show`` is called with each clause
        before it is heard, ``started`` when the first sound goes to the device.
        """
        playback = None
        length_s = 0.0
        try:
            async with scope() as tasks:
                cue = tasks.start(self._cue())
                ahead = ReadAhead[Clause]()
                tasks.start(ahead.read(clauses))
                async for clause in ahead.items():
                    show(clause)
                    sound = await self._sound(clause)
                    if sound is None:
                        continue
                    cue.cancel()
                    if playback is None:
                        moments.first_clause = moments.first_clause or clock()
                        playback = self._speaker.begin(started, lead_in_s=self._lead_in_s)
                    length_s += sound.seconds
                    spoken.marks.append((clause.written, length_s))
                    await playback.feed(sound)
                if playback:
                    await playback.finish()
        finally:
            if playback:
                spoken.heard_s = playback.heard_s
                playback.stop()

    async def _cue(self) -> None:
        """Let people know that they were heard, when the answer takes its time."""
        await sleep(CUE_AFTER_S)
        if self.thinking:
            self._speaker.chime(self.thinking)

    def close(self) -> None:
        """End the thread."""
        self._worker.close()

    async def _sound(self, clause: Clause) -> Sound | None:
        if clause.sound or not (text := clause.spoken):
            return clause.sound
        key = (text, self._synthesizer.speed)
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        try:
            sound = await self._worker.call(self._synthesizer.synthesize, text)
        except SynthesisError as fault:  # the text is still shown; the next clause may be fine
            self._publish(Error(fault.code, str(fault)))
            return None
        if not len(sound.samples):
            return None
        if sound.seconds <= CACHED_S:
            self._cache[key] = sound
            if len(self._cache) > CACHED_CLAUSES:
                self._cache.popitem(last=False)
        return sound
