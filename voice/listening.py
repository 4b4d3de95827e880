"""From the first voice to a request: reading while the silence that ends it is waited for."""

from __future__ import annotations

from asyncio import Task, sleep
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from voice.captions import Captions
from voice.completeness import judge
from voice.ears import LEAD_S, Ears, Speech
from voice.endpoint import MIN_VOICE_S, PAUSE_S, WENT_ON_S, Change, Completeness, weighed
from voice.errors import TranscriptionError
from voice.events import Error, Publish, SttPartial
from voice.inbox import Inbox, Press
from voice.melody import PAUSE_HEARD_S, Melody
from voice.moments import Clock, Moments
from voice.reading import Part, Reader, Reading
from voice.scope import Scope, first, scope
from voice.stt import joined, plain
from voice.wake import Wake

MORE_WORDS = 3
"""Words more than a command that say something else than the command."""

THOROUGH_AFTER_S = 0.2
"""Seconds of silence after which a reading that takes long is worth it: most shorter pauses are none."""


MORE_S = 2.0
"""Seconds that are waited for somebody who seemed to go on, should nothing of it be left."""


@dataclass(frozen=True, slots=True)
class Request:
    """Something that was asked."""

    text: str
    moments: Moments
    trouble: str | None = None
    """A sentence to say instead of an answer, when there was speech that could not be read."""
    sure: bool = True
    """Whether its words were read with certainty, or are something that the device understands."""

    call: bool = False
    """Whether it is a wake word, said over our own speech, and nothing else."""
    spoken: bool = True
    """Whether somebody said it; the steps of a routine are asked without a voice."""

    def goes_on(self, before: Request) -> bool:
        """Whether it was begun so soon after the end of another that it belongs to it."""
        began = self.moments.end_of_speech - self.moments.speech_s + LEAD_S
        return began <= before.moments.commit + WENT_ON_S

    def behind(self, before: Request) -> Request:
        """Return both as one."""
        return replace(self, text=joined(before.text, self.text), sure=self.sure and before.sure)


class _More(Enum):
    """What is said instead of a request by somebody who is not done."""

    MORE = "they went on"


MORE = _More.MORE


@dataclass(slots=True)
class _Draft:
    """A text being made in a pause; good for as long as nothing more is said."""

    speech: Speech
    task: Task[None] | None = None
    listening: Task[None] | None = None
    text: str = ""
    sure: bool = True
    trouble: str | None = None
    read_at: float | None = None
    """When it was first read."""
    command: bool = False
    """Whether the device answers it itself: then its words alone decide."""
    stop: bool = False
    """Whether it asks for silence while we speak, and nothing else: then nothing is waited for."""
    call: bool = False
    """Whether it is a wake word instead: the same goes for it."""
    verdict: Completeness = "plain"
    """What its words say."""
    over: float | None = None
    """What its melody says: the probability that the turn is over."""

    def drop(self) -> None:
        """Give up what is still being made of it."""
        for task in (self.task, self.listening):
            if task:
                task.cancel()

    @property
    def part(self) -> Part | None:
        """What it says, for when more is said; None when it says nothing."""
        samples, voice_s = self.speech.samples, self.speech.voice_s
        return Part(self.text, len(samples), voice_s) if self.text else None


class Listener:
    """Follows the ears through one request.

    A short pause starts the reading, quickly first, whose text says how much more silence to wait
    for; when that has passed the text is there already. More speech discards it.
    """

    def __init__(
        self,
        ears: Ears,
        reader: Reader,
        captions: Captions,
        *,
        melody: Melody | None = None,
        is_command: Callable[[str], bool],
        is_stop: Callable[[str], bool],
        lacks: Callable[[str], bool],
        expect: Callable[[str | None], None],
        publish: Publish,
        clock: Clock,
    ) -> None:
        """``melody`` is asked in every pause, beside the words.

        ``is_command`` tells whether the device answers a text itself, ``is_stop`` whether it asks for
        silence and nothing else, ``lacks`` whether the device would have to ask for the rest of it.

        ``expect`` is told what seems to have been asked before the speaker is known to be done, so
        that the answer can be prepared, and None when they go on; it must have no effects.
        """
        self._ears = ears
        self._reader = reader
        self._captions = captions
        self._melody = melody
        self._is_command = is_command
        self._is_stop = is_stop
        self._lacks = lacks
        self._expect = expect
        self._publish = publish
        self._clock = clock
        self._earlier: Part | None = None
        self._acted_on = ""
        self._began = 0.0

    async def request(
        self, inbox: Inbox, *, once: bool = False, more: bool = False
    ) -> Request | Wake | Press | None:
        """Return what is asked; the ears are open already.

        ``more``: it goes on with what was returned before, and is read together with it.

        None when nobody spoke, with ``once`` also when the first thing heard was only noise; a wake
        word or press when one comes meanwhile: what was heard before it is forgotten, and the ears
        are open anew.
        """
        async with scope() as tasks:
            draft: _Draft | None = None
            if more:
                self._ears.limit_wait(MORE_S)
            else:
                self._earlier = None
                self._began = self._clock()
            self._acted_on = self._earlier.text if self._earlier else ""
            tasks.start(self._captions.show())
            while True:
                heard = await inbox.next()
                if isinstance(heard, Wake | Press):
                    self._expect(None)
                    return heard
                if heard is Change.PAUSED:
                    draft = self._draft(tasks)
                elif heard is Change.WENT_ON and draft:
                    self._expect(None)
                    draft.drop()
                    self._earlier = draft.part or self._earlier
                    draft = None
                elif heard is Change.NOTHING:
                    return None
                elif heard in (Change.DONE, Change.CAP):
                    finishing = tasks.start(self._finish(tasks, inbox, draft))
                    called = tasks.start(inbox.called())  # reading may take its time
                    if await first(finishing, called) is called:
                        self._expect(None)
                        return inbox.call_pending()
                    called.cancel()
                    request = finishing.result()
                    draft = None
                    if request is MORE:
                        continue
                    if request or self._ears.endpoint.closed:
                        return request
                    if once and self._ears.endpoint.waiting:
                        return None

    def _draft(self, tasks: Scope) -> _Draft:
        draft = _Draft(self._ears.speech())
        draft.task = tasks.start(self._read(draft))
        if self._melody and self._ears.endpoint.paused:
            draft.listening = tasks.start(self._follow(draft, self._melody))
        return draft

    async def _follow(self, draft: _Draft, melody: Melody) -> None:
        await sleep(PAUSE_HEARD_S - PAUSE_S)
        draft.over = await melody.over(self._ears.speech().samples)
        self._judge(draft)

    def _judge(self, draft: _Draft) -> None:
        """Wait as long as words and melody ask for, unless speech has gone on since."""
        endpoint = self._ears.endpoint
        if not draft.text or not endpoint.paused or draft.speech.voice_s != endpoint.voice_s:
            return
        if draft.stop or draft.call:
            endpoint.end_at_once()
            return
        verdict = draft.verdict
        if draft.over is not None and not draft.command:
            verdict = weighed(verdict, draft.over)
        endpoint.judge(verdict)

    async def _read(self, draft: _Draft) -> None:
        """Read quickly, and thoroughly where that is not to be relied on."""
        speech = draft.speech
        try:
            reading = await self._reader.read(speech, "eager", self._earlier)
            draft.read_at = self._clock()
            self._take(draft, reading)
            if not reading.sure and not draft.stop:  # calls are sure
                await sleep(max(0.0, THOROUGH_AFTER_S - self._ears.endpoint.silence_s))
                thorough = await self._reader.read(speech, "final", self._earlier)
                if not self._is_command(draft.text) or self._counts(thorough.text, draft.text):
                    self._take(draft, thorough)
        except TranscriptionError as fault:
            self._publish(Error(fault.code, str(fault)))
            if not draft.text and speech.voice_s >= MIN_VOICE_S:
                draft.trouble = fault.spoken

    def _counts(self, thorough: str, command: str) -> bool:
        """Whether a thorough reading counts more than a command that was read quickly.

        What is no command but sounds like one is less likely than the command, unless it says much
        more, or nothing at all.
        """
        more = len(thorough.split()) - len(command.split())
        return not thorough or more >= MORE_WORDS or self._is_command(thorough)

    def _take(self, draft: _Draft, reading: Reading) -> None:
        """Judge by what was read how long to wait, and have the answer prepared."""
        text = self._taken_back(reading.text) or reading.text
        command = bool(text) and self._is_command(text)
        if draft.speech.voice_s < MIN_VOICE_S and not command:
            text = ""
        same, draft.text, draft.sure = text == draft.text, text, reading.sure or command
        draft.stop = bool(text and draft.speech.over_own) and self._is_stop(text)
        draft.call = reading.call
        if not text and not same:  # what was asked for it is not wanted any more
            self._expect(None)
        if not text or same or not self._ears.endpoint.paused:
            return
        self._publish(SttPartial(text))
        whole = command and not self._lacks(text)
        draft.command, draft.verdict = command, judge(text, whole)
        self._judge(draft)
        self._expect(None if draft.verdict == "open" or draft.call else text)

    def _taken_back(self, text: str) -> str | None:
        """Return what was said behind the request that was acted on, if it only takes that back."""
        words = plain(text).split()
        rest = " ".join(words[len(plain(self._acted_on).split()) :])
        return rest if self._acted_on and self._is_stop(rest) else None

    async def _finish(
        self, tasks: Scope, inbox: Inbox, draft: _Draft | None
    ) -> Request | _More | None:
        """The speaker is done: return the request, or None when it was no speech after all."""
        now = self._clock()
        speech = self._ears.speech()
        moments = Moments(
            self._began, now - speech.silence_s, speech.seconds - speech.silence_s, commit=now
        )
        draft = draft or self._draft(tasks)
        if draft.task:
            await draft.task
        if self._ears.endpoint.voice_s != speech.voice_s:  # they went on while it was being read
            self._expect(None)
            self._earlier = draft.part or self._earlier
            return MORE
        moments.eager_text = draft.read_at
        moments.text = self._clock()
        if draft.text or draft.trouble:
            self._earlier = draft.part
            return Request(draft.text, moments, draft.trouble, draft.sure, draft.call)
        if not inbox.call_waits:  # whoever calls is listened to already
            self._wait_on()
        return None

    def _wait_on(self) -> None:
        """What was heard was noise: give the speaker the rest of the time to begin."""
        endpoint = self._ears.endpoint
        left = None if endpoint.wait_s is None else endpoint.wait_s - endpoint.waited_s
        if left is None or left > 0:
            self._ears.open(left)
        else:
            self._ears.close()
