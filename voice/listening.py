"""From the first voice to a request: transcribing while the silence that ends it is waited for."""

from __future__ import annotations

from asyncio import Task
from collections.abc import Callable
from dataclasses import dataclass

from voice.audio import RATE
from voice.completeness import judge
from voice.ears import Ears, Speech
from voice.endpoint import MIN_VOICE_S, Change
from voice.errors import TranscriptionError
from voice.events import Error, Publish, SttPartial
from voice.inbox import Inbox, Press
from voice.moments import Clock, Moments
from voice.own_speech import is_own
from voice.scope import Scope, scope
from voice.stt import Recognizer, believed, joined, plain, without_wake_word
from voice.wake import Wake

OVERLAP = RATE // 10
"""Samples before a pause's end from which what follows it is read by itself."""


@dataclass(frozen=True, slots=True)
class Request:
    """Something that was asked."""

    text: str
    moments: Moments
    trouble: str | None = None
    """A sentence to say instead of an answer, when there was speech that could not be read."""


@dataclass(slots=True)
class _Draft:
    """A transcript being made during a pause; good for as long as nothing more is said."""

    length: int
    """Samples of the speech it was made of."""
    voice_s: float
    """Seconds of voice in it."""
    task: Task[None] | None = None
    text: str = ""
    trouble: str | None = None
    done_at: float | None = None


class Listener:
    """Follows the ears through one request.

    A pause of 0.2 s starts the transcription, whose text says how much more silence to wait for;
    when that has passed the text is there already. More speech discards it.
    """

    def __init__(
        self,
        ears: Ears,
        recognizer: Recognizer,
        *,
        is_command: Callable[[str], bool],
        expect: Callable[[str], None],
        wake_words: tuple[str, ...],
        publish: Publish,
        clock: Clock,
    ) -> None:
        """``is_command`` tells whether the device answers a text itself.

        ``expect`` is told what seems to have been asked before the speaker is known to be done, so
        that the answer can be prepared; it must have no effects.
        """
        self._ears = ears
        self._recognizer = recognizer
        self._is_command = is_command
        self._expect = expect
        self._wake_words = wake_words
        self._publish = publish
        self._clock = clock
        self._earlier: _Draft | None = None
        self._began = 0.0

    async def request(self, inbox: Inbox, *, once: bool = False) -> Request | Wake | Press | None:
        """Return what is asked; the ears are open already.

        None when nobody spoke, with ``once`` also when the first thing heard was only noise; a wake
        word or press when one comes meanwhile: what was heard before it is forgotten, and the ears
        are open anew.
        """
        async with scope() as tasks:
            draft: _Draft | None = None
            if not self._ears.endpoint.speaking:
                self._earlier = None
                self._began = self._clock()
            while True:
                heard = await inbox.next()
                if isinstance(heard, Wake | Press):
                    return heard
                if heard is Change.PAUSED:
                    draft = self._draft(tasks)
                elif heard is Change.WENT_ON and draft:
                    tasks.cancel()
                    self._earlier = draft if draft.text else self._earlier
                    draft = None
                elif heard is Change.NOTHING:
                    return None
                elif heard in (Change.DONE, Change.CAP):
                    request = await self._finish(tasks, draft)
                    if request or self._ears.endpoint.closed:
                        return request
                    if once and self._ears.endpoint.waiting:
                        return None
                    draft = None

    def _draft(self, tasks: Scope) -> _Draft:
        speech = self._ears.speech()
        draft = _Draft(len(speech.samples), speech.voice_s)
        draft.task = tasks.start(self._transcribe(draft, speech))
        return draft

    async def _transcribe(self, draft: _Draft, speech: Speech) -> None:
        try:
            text = await self._text(speech)
        except TranscriptionError as fault:
            self._publish(Error(fault.code, str(fault)))
            draft.trouble = fault.spoken if speech.voice_s >= MIN_VOICE_S else None
            return
        if is_own(text, speech.own_words):
            text = ""
        command = bool(text) and self._is_command(text)
        if speech.voice_s < MIN_VOICE_S and not command:
            text = ""
        draft.text, draft.done_at = text, self._clock()
        if text and self._ears.endpoint.paused:
            self._publish(SttPartial(text))
            completeness = judge(text, command)
            self._ears.endpoint.judge(completeness)
            if completeness != "open":
                self._expect(text)

    async def _text(self, speech: Speech) -> str:
        """Return what was said; raises TranscriptionError."""
        transcript = await self._recognizer.transcribe(speech.samples, "final")
        text = without_wake_word(believed(transcript, speech.voice_s), self._wake_words)
        earlier = self._earlier
        if earlier is None or speech.voice_s - earlier.voice_s < MIN_VOICE_S:
            return text
        if len(plain(text).split()) > len(plain(earlier.text).split()):
            return text
        # Recognition sometimes stops at a pause: what came behind it is read by itself.
        behind = speech.samples[max(0, earlier.length - OVERLAP) :]
        rest = await self._recognizer.transcribe(behind, "final")
        return joined(earlier.text, believed(rest, speech.voice_s - earlier.voice_s))

    async def _finish(self, tasks: Scope, draft: _Draft | None) -> Request | None:
        """The speaker is done: return the request, or None when it was no speech after all."""
        now = self._clock()
        speech = self._ears.speech()
        moments = Moments(
            self._began, now - speech.silence_s, speech.seconds - speech.silence_s, commit=now
        )
        eager = draft is not None
        draft = draft or self._draft(tasks)
        if draft.task:
            await draft.task
        if self._ears.endpoint.speaking:  # they went on while the text was being made
            self._earlier = draft if draft.text else self._earlier
            return None
        moments.eager_text = draft.done_at if eager else None
        moments.text = self._clock()
        if draft.text or draft.trouble:
            self._earlier = draft if draft.text else None
            return Request(draft.text, moments, draft.trouble)
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
