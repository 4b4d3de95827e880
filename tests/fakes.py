"""Stand-ins for models, so that a conversation can be scripted on virtual time.

Sound carries its own meaning here: every scripted utterance is a number, and its samples hold that
number. So "voice" is every sample that is not zero, and a "transcript" is read off the samples; of an
utterance that was heard only in part, only the words of that part.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

import numpy as np

from voice.audio import FRAME_SAMPLES, RATE, Samples, Sound
from voice.chat import Finished, Message, ModelPart, TextDelta, ToolCall, ToolSpec
from voice.errors import SaysoError
from voice.stt import Effort, Transcript

WAKE_MARK = 30_000
"""Samples from here on are wake words: ``WAKE_MARK`` plus the word's index."""

NOISE_MARK = 20_000
"""Samples of this value are voice-like sound without words."""

OWN = 5000
"""Samples of this value, and every fifth from here on, are what the assistant says (``echo_fakes``)."""

SPEECH_RATE = 3.0
"""Words a second of scripted speech."""


@dataclass
class Lines:
    """The utterances of a script by number."""

    texts: list[str] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    soft: dict[int, tuple[float, ...]] = field(default_factory=dict)
    """What a voice detector makes of whispered ones, frame after frame, over and over."""
    own: list[tuple[str, int]] = field(default_factory=list)
    """What the assistant said that may come back, and how many samples of it there are."""

    def samples(
        self, text: str, seconds: float | None = None, soft: tuple[float, ...] = ()
    ) -> Samples:
        """Return the sound of an utterance; ``soft`` are the probabilities of a whispered one."""
        seconds = seconds or max(0.4, len(text.split()) / SPEECH_RATE)
        length = round(seconds * RATE / FRAME_SAMPLES) * FRAME_SAMPLES
        self.texts.append(text)
        self.lengths.append(length)
        if soft:
            self.soft[len(self.texts)] = soft
        return np.full(length, len(self.texts), np.int16)

    def read(self, samples: Samples) -> str:
        """Return what samples say: every utterance in them, as much of it as they hold."""
        said: list[str] = []
        for number in dict.fromkeys(samples[samples != 0].tolist()):
            text, length = self._utterance(number)
            words = text.split()
            share = int((samples == number).sum()) / length
            said += words[: round(len(words) * share)]
        return " ".join(said)

    def _utterance(self, number: int) -> tuple[str, int]:
        """Return the text and length behind a number; no text if there is none."""
        if 0 < number <= len(self.texts):
            return self.texts[number - 1], self.lengths[number - 1]
        lowered, whole = number - OWN // 5, (number - OWN) / 5
        for own in (lowered, whole):
            if own in range(len(self.own)):
                return self.own[int(own)]
        return "", 1


class FakeVoice:
    """Every sample that is not silence, and not a wake word's, is voice; whispers are less so."""

    def __init__(self, lines: Lines | None = None) -> None:
        self._soft = lines.soft if lines else {}
        self._heard = 0

    def hear(self, frame: Samples) -> float:
        voiced = frame[(frame != 0) & (frame < WAKE_MARK)]
        if not len(voiced):
            return 0.0
        if soft := self._soft.get(int(voiced[0])):
            self._heard += 1
            return soft[self._heard % len(soft)]
        return 1.0

    def reset(self) -> None:
        pass

    def twin(self) -> FakeVoice:
        return self  # nothing is remembered that matters


class FakeWakeWord:
    """Hears the samples that stand for it, and answers ``lag`` frames after their end."""

    threshold = 0.9

    def __init__(self, name: str, index: int = 0, lag: int = 4) -> None:
        self.name = name
        self._mark = WAKE_MARK + index
        self._lag = lag
        self.reset()

    def hear(self, frame: Samples) -> float:
        if bool((frame == self._mark).any()):
            self._since = 0
        elif self._since is not None:
            self._since += 1
        if self._since is not None and self._lag <= self._since < self._lag + 5:
            return 0.99
        return 0.0

    def reset(self) -> None:
        self._since: int | None = None

    def twin(self) -> FakeWakeWord:
        return FakeWakeWord(self.name, self._mark - WAKE_MARK, self._lag)


class FakeVerifier:
    """Looks for the samples that stand for a wake word; slow, broken or wrong when told so."""

    def __init__(self, *names: str, seconds: float = 0.04) -> None:
        self._marks = {name: WAKE_MARK + index for index, name in enumerate(names)}
        self.seconds = seconds
        self.fault: SaysoError | None = None
        self.says: float | None = None
        """The evidence it finds whatever it hears; None: the truth."""

    def enough(self, word: str) -> float:
        return 0.5

    def ask(self, word: str, samples: Samples) -> asyncio.Future[float]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[float] = loop.create_future()
        found = 1.0 if bool((samples == self._marks[word]).any()) else 0.0
        loop.call_later(self.seconds, self._tell, answer, found if self.says is None else self.says)
        return answer

    def _tell(self, answer: asyncio.Future[float], found: float) -> None:
        if answer.cancelled():
            return
        if self.fault:
            answer.set_exception(self.fault)
        else:
            answer.set_result(found)


def until_pause(samples: Samples) -> Samples:
    """Return samples up to the first half second of silence after speech."""
    voiced = np.flatnonzero(samples)
    gaps = np.flatnonzero(np.diff(voiced) > RATE // 2)
    return samples[: voiced[gaps[0]] + 1] if len(gaps) else samples


class FakeRecognizer:
    """Reads transcripts off the samples, after a given time."""

    def __init__(self, lines: Lines, seconds: float = 0.1) -> None:
        self._lines = lines
        self.seconds = seconds
        self.calls = 0
        self.fault: SaysoError | None = None
        self.running = 0
        self.stops_at_pauses = False
        self.others: dict[str, tuple[str, ...]] = {}
        """What else texts may say when they are read quickly; such a reading is not sure."""
        self.thorough: dict[str, str] = {}
        """What texts are when they are read thoroughly, where that is something else."""

    async def transcribe(
        self, samples: Samples, effort: Effort, after: str = "", expected: str = ""
    ) -> Transcript:
        self.calls += 1
        self.running += 1
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.running -= 1
        if self.fault:
            raise self.fault
        if after:  # so does Whisper: what comes before the words it is given is left out
            called = np.flatnonzero(samples >= WAKE_MARK)
            samples = samples[called[-1] + 1 :] if len(called) else samples
        if self.stops_at_pauses:
            samples = until_pause(samples)
        text = self._lines.read(samples)
        if effort == "eager" and text in self.others:
            return Transcript(text, 0.0, -0.5, self.others[text])
        return Transcript(self.thorough.get(text, text) if effort == "final" else text)

    async def says(self, phrase: str, samples: Samples) -> bool:
        return self._lines.read(samples) == phrase.rstrip(".")

    def close(self) -> None:
        pass


class FakeSynthesizer:
    """Makes sound as long as the text would take, and remembers what it was asked for."""

    rate = 16_000

    def __init__(self) -> None:
        self.speed = 1.0
        self.texts: list[str] = []

    def synthesize(self, text: str) -> Sound:
        self.texts.append(text)
        return Sound(np.full(round(len(text) / 15 * self.rate), 1000, np.int16), self.rate)


@dataclass
class Reply:
    """What a fake model does when it is asked."""

    text: str = ""
    first_s: float = 0.3
    token_s: float = 0.02
    fault: SaysoError | None = None
    """Raised after the text."""
    hang: bool = False
    """Wait for ever after the text."""
    call: str = ""
    """A tool and its arguments, called after the text by a model that offers tools."""


class FakeModel:
    """A model whose replies are given, one after the other; the last one repeats."""

    name = "fake-model"
    offers_tools = False

    def __init__(self, *replies: Reply | str, local: bool = False, tools: bool = False) -> None:
        self.local = local
        self.offers_tools = tools or self.offers_tools
        self._replies = [Reply(r) if isinstance(r, str) else r for r in replies] or [Reply("Yes.")]
        self.requests: list[list[Message]] = []
        self.open = 0
        """Requests under way."""

    async def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec], *, max_tokens: int
    ) -> AsyncGenerator[ModelPart, None]:
        reply = self._replies[min(len(self.requests), len(self._replies) - 1)]
        self.requests.append(list(messages))
        self.open += 1
        try:
            await asyncio.sleep(reply.first_s)
            for word in reply.text.split(" ") if reply.text else ():
                yield TextDelta(f"{word} ")
                await asyncio.sleep(reply.token_s)
            if reply.hang:
                await asyncio.Event().wait()
            if reply.fault:
                raise reply.fault
            if reply.call and self.offers_tools and messages[-1]["role"] != "tool":
                name, arguments = reply.call.split(" ", 1)
                yield ToolCall(f"call_{len(self.requests)}", name, arguments)
                yield Finished("tool_calls")
                return
            yield Finished("stop")
        finally:
            self.open -= 1

    async def warm(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> None:
        pass

    async def close(self) -> None:
        pass
