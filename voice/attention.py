"""Listening while an answer is on its way: what interrupts it, and what does not."""

from __future__ import annotations

from asyncio import Event
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from voice.audio import Speaker
from voice.ears import Ears
from voice.endpoint import Change
from voice.inbox import Inbox, Press
from voice.listening import Listener, Request
from voice.stt import plain
from voice.wake import Wake

BACKCHANNELS = frozenset(
    [
        "ah",
        "aha",
        "hm",
        "hmm",
        "huh",
        "mhm",
        "mm",
        "mmm",
        "oh",
        "ok",
        "okay",
        "really",
        "right",
        "sure",
        "uh",
        "uhu",
        "wow",
        "yeah",
        "yep",
        "yes",
    ]
)
"""What listeners say to show that they listen; it is no interruption."""

FEW_WORDS = 2
"""Words over an answer that must be read with certainty to be a request: of so few, spoken over our own
speech and misread, nothing is left of what was meant."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """Why an answer ends before its end, and what was said instead."""

    by: Literal["wake_word", "stop", "voice", "button", "more_speech"]
    request: Request | None = None


class Attention:
    """Watches the inbox while an answer is prepared and spoken."""

    def __init__(
        self,
        ears: Ears,
        listener: Listener,
        speaker: Speaker,
        *,
        is_stop: Callable[[str], bool],
        no_speech_s: float,
    ) -> None:
        """``is_stop`` tells whether a text asks for silence and nothing else.

        ``no_speech_s`` are the seconds in which whoever called has to begin to speak.
        """
        self._no_speech_s = no_speech_s
        self._ears = ears
        self._listener = listener
        self._speaker = speaker
        self._is_stop = is_stop
        self._judged = Event()
        self._judged.set()
        self._over = Event()

    def called(self) -> Interruption:
        """Listen to whoever has said the wake word, and return what it does to an answer."""
        self._ears.open(self._no_speech_s)
        return Interruption("wake_word")

    async def settled(self, *, unheard: bool) -> None:
        """Wait until it is known what whoever speaks over the answer just now means by it.

        Whoever goes on does not know of an ``unheard`` answer: then it is also waited until what is
        said is no longer part of its request.
        """
        await self._judged.wait()
        if unheard and not self._ears.endpoint.waiting and not self._ears.endpoint.closed:
            await self._over.wait()

    async def interruption(
        self,
        inbox: Inbox,
        *,
        voices: Callable[[], bool],
        meant: Callable[[Request], bool] | None = None,
    ) -> Interruption:
        """Return what interrupts the answer; never returns when nothing does.

        ``voices`` tells whether a voice without the wake word may, which can change at any time;
        ``meant`` which requests do, all that may be meant for us unless told.
        """
        self._over.clear()
        try:
            while True:
                heard = await inbox.next()
                if heard is Change.OVER:
                    self._over.set()
                if isinstance(heard, Wake | Press):
                    return interruption_by(heard)
                if heard is Change.WENT_ON:
                    return Interruption("more_speech")
                if heard in (Change.STIRRED, Change.SETTLED):
                    self._speaker.duck(heard is Change.STIRRED)
                if heard is Change.OVER and voices() and not inbox.call_waits:
                    self._ears.open(None)
                if heard is Change.BEGAN and not voices():
                    self._ears.close()  # it may be ourselves
                elif heard is Change.BEGAN:
                    self._judged.clear()
                    if found := await self._spoken_over(inbox, meant or is_meant):
                        return found
                    self._judged.set()
        finally:
            self._judged.set()
            self._speaker.duck(False)

    async def heard(self, inbox: Inbox, meant: Callable[[Request], bool]) -> Interruption | None:
        """Return what somebody wants who speaks now; None when nobody does, or it is not meant."""
        heard = await self._listener.request(inbox, once=True)
        if isinstance(heard, Wake | Press):
            return interruption_by(heard)
        if heard and heard.call:
            return self.called()
        if heard and self._is_stop(heard.text):
            return Interruption("stop")
        if heard and meant(heard):
            return Interruption("voice", heard)
        return None

    async def _spoken_over(
        self, inbox: Inbox, meant: Callable[[Request], bool]
    ) -> Interruption | None:
        """Somebody speaks over the answer: lower it, and see whether it is meant for us."""
        self._speaker.duck(True)
        if found := await self.heard(inbox, meant):
            return found
        self._speaker.duck(False)
        if not inbox.call_waits:  # whoever calls is listened to already
            self._ears.open(None)
        return None


def is_meant(request: Request) -> bool:
    """Whether what was said over an answer is meant to end it."""
    words = plain(request.text).split()
    if len(words) <= FEW_WORDS and not request.sure:
        return False
    return not set(words) <= BACKCHANNELS


def interruption_by(heard: Wake | Press) -> Interruption:
    """Return what a wake word or a press does to an answer."""
    if isinstance(heard, Wake):
        return Interruption("wake_word")
    return Interruption("stop" if heard.stop_only else "button")
