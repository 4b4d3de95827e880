"""Ringing: what is due says so again and again, with gaps to hear in, until somebody silences it.

Nothing of ours sounds in the gaps, so that "stop" and "snooze" are heard on any device, whether its echo
is cancelled or not; wake word and button silence it at any moment. A television may talk as it likes:
what the device does not understand as a command ends no ringing, and is asked of no model.
"""

from __future__ import annotations

from asyncio import sleep
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from voice.answers import DEVICE, Answer, Answers, Plan
from voice.attention import Attention, Interruption
from voice.audio import Sound, Speaker
from voice.clauses import Clause, cut
from voice.ears import Ears
from voice.events import Publish, Ringing, RingingEnded, RingKind
from voice.inbox import Inbox
from voice.intents import DeviceAnswer
from voice.listening import Request
from voice.moments import Clock, Moments
from voice.saying import Saying, Voices
from voice.scope import first, scope
from voice.tts import Spoken

LONGEST_GAP_S = 6.0
"""Seconds after which it rings again though somebody still talks: "snooze for a quarter of an hour" is over."""

GAP_S = 2.5
"""Seconds of silence between two rings: a word said in the first half of them is heard to its end."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Something that is due."""

    kind: RingKind
    text: str
    """What is said of it, each time."""
    times: int | None = None
    """How often at most; None: as long as is set. Once is said without a ring, and not waited for."""
    ended: Callable[[], None] = lambda: None
    """Called when it was silenced, or rang as long as was set."""


class Ringer:
    """Rings through mouth and ears of a conversation."""

    def __init__(
        self,
        ears: Ears,
        answers: Answers,
        saying: Saying,
        attention: Attention,
        speaker: Speaker,
        publish: Publish,
        clock: Clock,
        *,
        sound: Sound | None,
        ring_max_s: float,
        least_volume_percent: int,
    ) -> None:
        """``sound`` is played before each announcement; ``ring_max_s`` the longest that one rings."""
        self._speaker = speaker
        self._least_volume_percent = least_volume_percent
        self._ears = ears
        self._answers = answers
        self._saying = saying
        self._attention = attention
        self._publish = publish
        self._clock = clock
        self._sound = sound
        self._ring_max_s = ring_max_s

    async def ring(
        self, ring: Ring, inbox: Inbox, *, voices: Callable[[], Voices]
    ) -> Interruption | None:
        """Ring until somebody silences it, and return how; None when nobody did for so long."""
        self._publish(Ringing(ring.kind, ring.text))
        with self._loud_enough():
            silenced = await self._until_silenced(ring, inbox, voices)
        by = silenced.by if silenced and silenced.by != "more_speech" else "time"
        self._publish(RingingEnded(ring.kind, by))
        ring.ended()
        return silenced

    @contextmanager
    def _loud_enough(self) -> Generator[None]:
        """Turn the volume up where it is too low, and back unless somebody changed it meanwhile."""
        before, least = self._speaker.volume_percent, self._least_volume_percent
        if before >= least:
            yield
            return
        self._speaker.volume_percent = least
        try:
            yield
        finally:
            if self._speaker.volume_percent == least:
                self._speaker.volume_percent = before

    async def _until_silenced(
        self, ring: Ring, inbox: Inbox, voices: Callable[[], Voices]
    ) -> Interruption | None:
        until = self._clock() + self._ring_max_s
        silenced: Interruption | None = None
        rung = 0
        while silenced is None and self._clock() < until and rung != ring.times:
            rung += 1
            if voices() != "ignored":
                self._ears.open(None)
            answer = self._announcement(ring, shown=rung > 1)
            now = self._clock()
            silenced = await self._saying.say(
                answer,
                Moments.unspoken(now),
                Spoken(),
                inbox,
                voices,
                meant=self._is_command,
                settle_s=LONGEST_GAP_S,
            )
            if silenced and silenced.by == "more_speech":  # of nothing that was asked
                silenced = None
            if silenced is None and ring.times != 1:
                silenced = await self._gap(inbox)
        return silenced

    def _announcement(self, ring: Ring, *, shown: bool) -> Answer:
        plan = Plan("", None, DeviceAnswer(ring.text))
        return Answer(plan, DEVICE, self._clauses(ring), whole="" if shown else ring.text)

    async def _clauses(self, ring: Ring) -> AsyncGenerator[Clause, None]:
        if self._sound and ring.times != 1:
            yield Clause("", "", self._sound)
        for clause in cut(ring.text):
            yield clause

    async def _gap(self, inbox: Inbox) -> Interruption | None:
        """Listen between two rings."""
        self._ears.open(GAP_S)
        async with scope() as tasks:
            heard = tasks.start(self._attention.heard(inbox, self._is_command))
            done = await first(heard, tasks.start(sleep(LONGEST_GAP_S)))
            return heard.result() if done is heard else None

    def _is_command(self, request: Request) -> bool:
        """Whether a request silences it: only what the device itself understands."""
        return self._answers.is_command(request.text)
