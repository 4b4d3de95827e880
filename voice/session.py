"""The conversation as a whole: from frame to frame, from turn to turn, for months."""

from __future__ import annotations

import asyncio
import logging
from asyncio import CancelledError, Task
from collections import deque
from collections.abc import Iterable
from contextlib import aclosing
from typing import Literal

from voice.audio import EchoCancelling, Microphone, Samples, Sound, Speaker, Unhurried
from voice.config import Turn as TurnSettings
from voice.ears import Ears
from voice.endpoint import Change
from voice.errors import SaysoError
from voice.events import Error, Idle, Listening, Muted, Publish, WakeWordDetected
from voice.inbox import Inbox, Press
from voice.listening import Request
from voice.moments import Moments
from voice.planning import Planner
from voice.ringing import Ring, Ringer
from voice.saying import Voices
from voice.scope import Scope, scope
from voice.turn import Ending, Turn, after
from voice.wake import Wake

log = logging.getLogger(__name__)

NO_MORE_SOUND_S = 1.0
"""Seconds in which the end of a file may still turn out to be speech."""

_CHIMES = {"nothing_said": "end", "failed": "error"}
"""What is played when a conversation ends so, without a word."""

BUTTON = "button"
"""What stands for the wake word when a button was pressed."""


class Session:
    """Hears everything, and leads from one turn to the next."""

    def __init__(
        self,
        ears: Ears,
        turn: Turn,
        planner: Planner,
        ringer: Ringer,
        speaker: Speaker,
        settings: TurnSettings,
        publish: Publish,
        *,
        chimes: dict[str, Sound],
    ) -> None:
        """``chimes`` are short sounds by name: ``wake``, ``end``, ``error``."""
        self._ears = ears
        self._turn = turn
        self._planner = planner
        self._ringer = ringer
        self._speaker = speaker
        self.settings = settings
        """Who speaks when; may be replaced at any moment."""
        self._publish = publish
        self.chimes = chimes
        """Short sounds by name; may be replaced."""
        self._inbox = Inbox(lambda: ears.opening)
        self._tasks: Scope | None = None
        self._conversation: Task[None] | None = None
        self._microphone: Microphone | None = None
        self._unhurried: Unhurried | None = None
        self._resting = asyncio.Event()
        self._resting.set()
        self._uncalled = 0  # requests in a row that needed no wake word
        self._rings: deque[Ring | Request] = deque()  # what comes without being asked for
        self._ringing = False
        self.muted = False
        """While true nothing is heard."""

    @property
    def idle(self) -> bool:
        """Whether no turn is under way."""
        return self._conversation is None

    async def until_idle(self) -> None:
        """Wait until no turn is under way."""
        await self._resting.wait()

    async def run(self, microphone: Microphone, *, awake: bool = False) -> None:
        """Listen until the microphone ends; ``awake`` takes the first speech without a wake word."""
        self._microphone = microphone
        self._unhurried = microphone if isinstance(microphone, Unhurried) else None
        try:
            async with scope() as tasks:
                self._tasks = tasks
                if awake:
                    self._ears.open(None)
                    self._begin()
                cancelling = microphone if isinstance(microphone, EchoCancelling) else None
                async with aclosing(microphone.frames()) as frames:
                    async for frame in frames:
                        self.hear(frame, cancelling.clear if cancelling else None)
        finally:
            self._tasks = self._conversation = None
            self._resting.set()

    def report(self, fault: SaysoError) -> None:
        """Publish a fault that the conversation goes on without."""
        self._publish(Error(fault.code, str(fault)))

    def hear(self, frame: Samples, clear: Samples | None = None) -> None:
        """Take the next frame; ``clear`` is the same as it is best read, if that is another."""
        if self.muted:
            return
        heard = self._ears.hear(frame, clear)
        if isinstance(heard, Wake):
            self._publish(WakeWordDetected(heard.word, round(heard.score, 3)))
            self._called(heard)
        elif heard and not self.idle:
            self._inbox.put(heard)
        if self._unhurried:
            self._unhurried.unhurried = self.idle and not self._ears.suspecting

    def press(self) -> None:
        """Begin a request as a wake word does: somebody pressed the button.

        Muted it only says so again: nothing that is said now would be heard.
        """
        if self.muted:
            self._publish(Muted(True))
            if self._ringing:
                self.stop()
            return
        self._publish(WakeWordDetected(BUTTON, 1.0))
        self._called(Press())

    def ring(self, ring: Ring) -> None:
        """Ring; during a turn once softly, and as set when that is over."""
        self._rings.append(ring)
        if self.idle:
            self._speaker.wake()
            self._begin()
        else:
            self._chime("ring")

    def perform(self, sentences: Iterable[str]) -> None:
        """Answer sentences one after the other, as if somebody had said them."""
        now = asyncio.get_running_loop().time()
        self._rings.extend(Request(text, Moments.unspoken(now), spoken=False) for text in sentences)
        if self.idle and self._rings:
            self._speaker.wake()
            self._begin()

    def no_more_sound(self) -> None:
        """The microphone will only give silence: do not wait without limit for a first voice."""
        self._ears.limit_wait(NO_MORE_SOUND_S)

    def stop(self) -> None:
        """End the turn under way, if any, and be silent."""
        if not self.idle:
            self._inbox.put(Press(stop_only=True))

    def mute(self, muted: bool) -> None:
        """Hear nothing until unmuted; a turn that is listening ends."""
        if muted != self.muted:
            self.muted = muted
            self._ears.reset()
            self._publish(Muted(muted))
            if muted:
                self.stop()

    def _called(self, call: Wake | Press) -> None:
        self._uncalled = 0
        self._speaker.wake()
        since = self._ears.open(self.settings.no_speech_s, after_wake=isinstance(call, Wake))
        if self.idle:
            self._chime("wake")
            self._begin(*since)
        else:
            self._inbox.put(call, *since)

    def _begin(self, *heard: Change) -> None:
        if self._tasks is None:
            return
        self._inbox = Inbox(lambda: self._ears.opening)
        self._inbox.put(*heard)
        self._resting.clear()
        self._conversation = self._tasks.start(self._converse())

    async def _converse(self) -> None:
        """Lead turn after turn, until only a wake word can start the next."""
        request: Request | None = None
        follow_up = False
        called = False
        try:
            while True:
                ring = self._rings.popleft() if self._rings and not request and not called else None
                if isinstance(ring, Request):
                    request, ring = ring, None
                if request is None and not ring:
                    self._publish(Listening(follow_up))
                ending = await self._one_turn(request, ring)
                self._publish(Idle(ending.reason))
                if self._uncalled >= self.settings.follow_up_max and ending.request:
                    ending = Ending(ending.reason)  # a television goes on for ever
                request = ending.request
                call = self._inbox.call_pending() if ending.next == "rest" else None
                called = ending.next == "listen" or (call and call != Press(stop_only=True))
                follow_up = not call and not self._rings and self._wants_follow_up(ending)
                self._uncalled += bool(follow_up or request)
                if follow_up:
                    self._ears.open(self.settings.follow_up_s)
                elif not called and not request and not self._rings:
                    break
            if chime := _CHIMES.get(ending.reason):
                self._chime(chime)
        finally:
            self._ears.close()
            self._conversation = None
            self._resting.set()

    async def _ring(self, ring: Ring) -> Ending:
        """Ring, as a turn that nobody asked for."""
        self._ringing = True
        try:
            silenced = await self._ringer.ring(ring, self._inbox, voices=self._voices_interrupt)
        finally:
            self._ringing = False
        return after(silenced) if silenced else Ending("nothing_said")

    async def _one_turn(self, request: Request | None, ring: Ring | None) -> Ending:
        """Take a turn; whatever goes wrong in it, it ends and listening goes on."""
        try:
            async with scope() as tasks:
                self._planner.begin(tasks)
                if ring:
                    return await self._ring(ring)
                return await self._turn.take(self._inbox, request, voices=self._voices_interrupt)
        except CancelledError:
            raise
        except Exception as fault:
            log.exception("a turn failed")
            if isinstance(fault, SaysoError):
                self.report(fault)
            else:
                self._publish(Error("internal", f"a turn failed: {type(fault).__name__}"))
            return Ending("failed")
        finally:
            self._planner.begin(None)

    def _voices_interrupt(self) -> Voices:
        """What a voice may do to an answer that begins now, as set and as measured."""
        when: Literal["auto", "on", "off"] = self.settings.barge_in
        microphone = self._microphone
        if when == "off" or microphone is None:
            return "ignored"
        if microphone.echo_free:
            return "heard"
        cancelled = isinstance(microphone, EchoCancelling) and microphone.echo_cancelled
        return "read" if when == "on" or cancelled else "ignored"

    def _wants_follow_up(self, ending: Ending) -> bool:
        if ending.reason != "answered" or self._uncalled >= self.settings.follow_up_max:
            return False
        when: Literal["off", "question", "always"] = self.settings.follow_up
        return when == "always" or (when == "question" and ending.expects_reply)

    def _chime(self, name: str) -> None:
        if sound := self.chimes.get(name):
            self._speaker.chime(sound)
