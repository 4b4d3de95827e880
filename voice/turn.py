"""One turn, top to bottom: somebody asks, somebody answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from voice.answers import Answer, Answers
from voice.attention import Attention, Interruption, interruption_by
from voice.events import (
    Interrupted,
    Listening,
    Publish,
    SttText,
    Thinking,
)
from voice.inbox import Inbox, Press
from voice.listening import Listener, Request
from voice.moments import Clock
from voice.planning import Planner
from voice.saying import Saying, Voices
from voice.scope import first, scope
from voice.tts import Spoken
from voice.wake import Wake

Reason = Literal["answered", "nothing_said", "stopped", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a turn ended and what comes next."""

    reason: Reason
    next: Literal["rest", "listen", "answer"] = "rest"
    """rest: wait for a wake word; listen: for speech, without one; answer: ``request`` was said."""
    request: Request | None = None
    expects_reply: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """Leads one request through its stages; what they are is decided in ``device.assemble``."""

    listener: Listener
    planner: Planner
    answers: Answers
    saying: Saying
    attention: Attention
    publish: Publish
    clock: Clock

    async def take(
        self,
        inbox: Inbox,
        request: Request | None,
        *,
        voices: Callable[[], Voices],
        more: bool = False,
    ) -> Ending:
        """Hear a request, unless one is given, and answer it.

        ``voices`` is asked when the answer begins: what a voice may do to it; ``more``: the speaker
        goes on with the request before.
        """
        while request is None:
            heard = await self.listener.request(inbox, more=more)
            more = False
            if heard is None:
                return Ending("nothing_said")
            if isinstance(heard, Press) and heard.stop_only:
                return Ending("cancelled")
            if isinstance(heard, Wake | Press) or heard.call:
                if isinstance(heard, Request):
                    self.attention.called()
                self.publish(Listening())
                continue
            request = heard

        if request.spoken:
            self.publish(SttText(request.text))
        expects_reply = False
        interruption = await self._until_free(inbox)
        if interruption is None:
            async with self.answers.one_at_a_time:
                answer = self.planner.answer(request)
                interruption = await self._answer(answer, request, inbox, voices)
                expects_reply = answer.expects_reply

        if interruption is None:
            return Ending("answered", expects_reply=expects_reply)
        self.publish(Interrupted(interruption.by))
        if interruption.by == "more_speech":  # they were not done: all of it is one sentence
            return await self.take(inbox, interruption.request, voices=voices, more=True)
        return after(interruption)

    async def _until_free(self, inbox: Inbox) -> Interruption | None:
        """Wait until nobody else is being answered; who calls meanwhile is returned instead.

        Something typed may take a model's time.
        """
        while self.answers.one_at_a_time.locked():
            self.planner.drop()  # what was planned may not be true any more
            async with scope() as tasks:
                free = tasks.start(self.answers.until_free())
                await first(free, tasks.start(inbox.called()))
            if call := inbox.call_pending() if inbox.call_waits else None:
                return interruption_by(call)
        return None

    async def _answer(
        self, answer: Answer, request: Request, inbox: Inbox, voices: Callable[[], Voices]
    ) -> Interruption | None:
        """Begin an answer and speak it, until its end or an interruption, which is returned."""
        self.answers.begin(answer)
        if answer.plan.device is None:
            self.publish(Thinking(answer.source))
        spoken = Spoken()
        try:
            interruption = await self.saying.say(answer, request.moments, spoken, inbox, voices)
        finally:
            self.planner.drop()
        if interruption and interruption.request and interruption.request.goes_on(request):
            interruption = Interruption("more_speech", interruption.request.behind(request))
        if interruption and interruption.by == "more_speech":
            answer.undo()
        else:
            self.answers.ended(answer, spoken.text, interrupted=bool(interruption))
            self.publish(request.moments.latency(answer.source, answer.known_at))
        return interruption


def after(interruption: Interruption) -> Ending:
    """Return what comes after an answer that ended so."""
    if interruption.by == "stop":
        return Ending("stopped")
    if interruption.request:
        return Ending("cancelled", "answer", interruption.request)
    return Ending("cancelled", "listen")
