"""Speaking an answer while listening for whoever interrupts it."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Callable
from math import inf
from typing import Literal

from voice.answers import Answer, Answers
from voice.attention import Attention, Interruption, is_meant
from voice.clauses import Clause
from voice.ears import Ears
from voice.events import Publish, TtsFinished, TtsSpeaking
from voice.inbox import Inbox
from voice.listening import Request
from voice.moments import Clock, Moments
from voice.scope import first, scope
from voice.tts import Mouth, Spoken

Voices = Literal["heard", "read", "ignored"]
"""What a voice over an answer does: it is heard as in silence, where nothing of ours comes back; it
interrupts once its words turn out not to be ours; or nothing."""


class _OwnVoice:
    """One answer while it is spoken: what its sound does to the ears, and who may interrupt it."""

    def __init__(
        self,
        answer: Answer,
        moments: Moments,
        inbox: Inbox,
        voices: Callable[[], Voices],
        ears: Ears,
        answers: Answers,
    ) -> None:
        self._answer = answer
        self._moments = moments
        self._inbox = inbox
        self._voices = voices
        self._ears = ears
        self._answers = answers
        self._at_first = voices()
        self._silent: list[str] = []  # clauses that nothing was heard of yet

    def may_interrupt(self) -> bool:
        """Whether a voice without the wake word may, now."""
        unheard = self._moments.first_sound is None
        return self._at_first != "ignored" and (unheard or self._voices() != "ignored")

    def show(self, clause: Clause) -> None:
        """A clause is about to be said."""
        self._answers.show(self._answer, clause)
        if self._moments.first_sound is None:
            self._silent.append(clause.spoken)
        else:
            self._hear_own(clause.spoken)

    def started(self, *, interrupted: bool) -> None:
        """The first sound goes to the device."""
        self._hear_own(" ".join(self._silent))
        if self._ears.endpoint.speaking or self._inbox.call_waits or interrupted:
            return  # somebody speaks or calls already, and is heard to the end
        if not self.may_interrupt():  # from here on the microphone hears ourselves
            self._ears.close()
        elif self._at_first == "read":  # what seems to go on now may be ourselves
            self._ears.open(None)

    def _hear_own(self, words: str) -> None:
        self._ears.begin_own_speech(words, comes_back=self._at_first != "heard")


class Saying:
    """Mouth and ears at the same time."""

    def __init__(
        self,
        ears: Ears,
        answers: Answers,
        mouth: Mouth,
        attention: Attention,
        publish: Publish,
        clock: Clock,
    ) -> None:
        self._ears = ears
        self._answers = answers
        self._mouth = mouth
        self._attention = attention
        self._publish = publish
        self._clock = clock

    async def say(
        self,
        answer: Answer,
        moments: Moments,
        spoken: Spoken,
        inbox: Inbox,
        voices: Callable[[], Voices],
        *,
        meant: Callable[[Request], bool] = is_meant,
        settle_s: float = inf,
    ) -> Interruption | None:
        """Speak the answer until its end or an interruption, which is returned.

        Only what is ``meant`` interrupts. Whoever still speaks at the end is heard for ``settle_s``.
        """
        moments.first_clause = answer.prepared_at
        own = _OwnVoice(answer, moments, inbox, voices, self._ears, self._answers)

        def started() -> None:
            moments.first_sound = self._clock()
            self._publish(TtsSpeaking())
            own.started(interrupted=attending.done())

        try:
            async with scope() as tasks:
                attending = tasks.start(
                    self._attention.interruption(inbox, voices=own.may_interrupt, meant=meant)
                )
                speaking = tasks.start(
                    self._mouth.speak(
                        answer.clauses,
                        spoken,
                        moments,
                        show=own.show,
                        started=started,
                        clock=self._clock,
                    )
                )
                done = await first(attending, speaking)
                said = done is speaking
                if said:  # whoever speaks at that moment is heard to the end
                    self._ears.end_own_speech()
                    unheard = moments.first_sound is None and bool(answer.undos)
                    settled = tasks.start(self._attention.settled(unheard=unheard))
                    done = await first(attending, settled, tasks.start(sleep(settle_s)))
        finally:
            self._ears.end_own_speech()
        if moments.first_sound is not None:
            self._publish(TtsFinished(not said, spoken.text))
        if done is not attending:
            return None
        interruption = attending.result()
        if interruption.by in ("stop", "voice", "wake_word"):
            self._ears.somebody_spoke()
        return interruption
