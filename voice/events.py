"""What happens, as a closed set of frozen types, published once and read by everybody.

The log, the phone screen, ``sayso hear --json``, the latency report and the tests all read the
same stream. Names are the field's (Home Assistant's and Wyoming's, where they have one).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal


@dataclass(frozen=True, slots=True)
class WakeWordDetected:
    """A wake word was heard (or a button was pressed: ``word`` is then ``button``)."""

    event: ClassVar[str] = "wake_word_detected"
    word: str
    score: float
    """The detector's score, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Speech that comes now is taken as a request."""

    event: ClassVar[str] = "listening"
    follow_up: bool = False
    """True when opened without a wake word, after an answer."""


@dataclass(frozen=True, slots=True)
class SttPartial:
    """What seems to have been said so far; may still change."""

    event: ClassVar[str] = "stt_partial"
    text: str


@dataclass(frozen=True, slots=True)
class SttText:
    """What was said and is acted on; once a turn, and again as a whole if the speaker went on."""

    event: ClassVar[str] = "stt_text"
    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """The request is with the model named ``source``."""

    event: ClassVar[str] = "thinking"
    source: str


@dataclass(frozen=True, slots=True)
class TtsText:
    """Written text of (a sentence of) the answer, before it is made speakable."""

    event: ClassVar[str] = "tts_text"
    text: str
    source: str
    """``device``, a model's name, or ``none`` when neither could answer."""


@dataclass(frozen=True, slots=True)
class TtsSpeaking:
    """The first sample of the answer goes to the speaker."""

    event: ClassVar[str] = "tts_speaking"


@dataclass(frozen=True, slots=True)
class TtsFinished:
    """The answer is over: spoken to its end, or stopped."""

    event: ClassVar[str] = "tts_finished"
    interrupted: bool
    spoken: str
    """The written text of what was really heard."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Somebody spoke over the answer or took back the turn."""

    event: ClassVar[str] = "interrupted"
    by: Literal["wake_word", "stop", "voice", "button", "more_speech"]


@dataclass(frozen=True, slots=True)
class TurnLatency:
    """Where the time of a turn went: seconds after the end of speech, None for what did not happen.

    Once a turn, about the answer that was not taken back.

    The end of speech is the VAD's: the last frame with voice in it. Numbers only, so that it may
    be logged.
    """

    event: ClassVar[str] = "turn_latency"
    listening_s: float
    """Listening began: the wake word was heard, the button pressed, a follow-up waited for. Negative."""
    speech_s: float
    """Length of the request."""
    eager_text_s: float | None
    """The quick transcript was there."""
    commit_s: float
    """The speaker was taken to be done."""
    text_s: float
    """What was said was known for good."""
    answer_s: float | None
    """The answer was known (device), or its first words came (model); often before the commit."""
    first_clause_s: float | None
    """The first clause was synthesized."""
    first_sound_s: float | None
    """The first sample of the answer went to the speaker."""
    source: str


@dataclass(frozen=True, slots=True)
class TimerStarted:
    """A timer runs."""

    event: ClassVar[str] = "timer_started"
    id: int
    name: str | None
    left_s: float


@dataclass(frozen=True, slots=True)
class TimerUpdated:
    """A timer was paused, or goes on, or has another time left or another name."""

    event: ClassVar[str] = "timer_updated"
    id: int
    name: str | None
    left_s: float
    paused: bool


@dataclass(frozen=True, slots=True)
class TimerCancelled:
    """A timer is gone before its time."""

    event: ClassVar[str] = "timer_cancelled"
    id: int


@dataclass(frozen=True, slots=True)
class TimerFinished:
    """A timer's time is over; ``ringing`` follows."""

    event: ClassVar[str] = "timer_finished"
    id: int
    name: str | None


@dataclass(frozen=True, slots=True)
class AgendaChanged:
    """An alarm, a reminder, a routine, a list or a note is new, different or gone."""

    event: ClassVar[str] = "agenda_changed"
    kind: Literal["alarm", "reminder", "routine", "list", "item", "note"]
    id: int
    what: Literal["added", "changed", "removed"]


RingKind = Literal["timer", "alarm", "reminder", "routine"]


@dataclass(frozen=True, slots=True)
class Ringing:
    """Something of the agenda is due, and rings until somebody silences it."""

    event: ClassVar[str] = "ringing"
    kind: RingKind
    text: str
    """What is said of it."""


@dataclass(frozen=True, slots=True)
class RingingEnded:
    """It rings no more."""

    event: ClassVar[str] = "ringing_ended"
    kind: RingKind
    by: Literal["wake_word", "stop", "voice", "button", "time"]
    """Who silenced it; ``time``: nobody did, it rang as long as was set."""


@dataclass(frozen=True, slots=True)
class Card:
    """Something to look at, for the phone's screen."""

    event: ClassVar[str] = "card"
    text: str


@dataclass(frozen=True, slots=True)
class Muted:
    """The microphone was muted or opened again."""

    event: ClassVar[str] = "muted"
    muted: bool


@dataclass(frozen=True, slots=True)
class VolumeChanged:
    """The speaker's volume changed."""

    event: ClassVar[str] = "volume_changed"
    percent: int


@dataclass(frozen=True, slots=True)
class Error:
    """Something went wrong; the assistant goes on."""

    event: ClassVar[str] = "error"
    code: str
    """Stable name, see ``voice.errors``."""
    message: str
    """One line for a person who can mend it."""


@dataclass(frozen=True, slots=True)
class Idle:
    """The turn is over.

    ``listening`` follows where it goes on without a wake word, or ``stt_text`` where the next request has
    been said already, over the answer; else only a wake word or a button starts the next.
    """

    event: ClassVar[str] = "idle"
    reason: Literal["answered", "nothing_said", "stopped", "failed", "cancelled", "end_of_file"]


Event = (
    WakeWordDetected
    | Listening
    | SttPartial
    | SttText
    | Thinking
    | TtsText
    | TtsSpeaking
    | TtsFinished
    | Interrupted
    | TurnLatency
    | TimerStarted
    | TimerUpdated
    | TimerCancelled
    | TimerFinished
    | AgendaChanged
    | Ringing
    | RingingEnded
    | Card
    | Muted
    | VolumeChanged
    | Error
    | Idle
)

Publish = Callable[[Event], None]
"""Takes an event; must return at once and never raise."""


def to_dict(event: Event) -> dict[str, Any]:
    """Return an event as a JSON-ready mapping that begins with its name."""
    return {"event": event.event, **asdict(event)}


class Bus:
    """Hands every event to every subscriber, in order. One that raises is dropped from the list."""

    def __init__(self, on_fault: Callable[[Exception], None] | None = None) -> None:
        self._subscribers: list[Publish] = []
        self._on_fault = on_fault

    def subscribe(self, subscriber: Publish) -> Callable[[], None]:
        """Add a subscriber; the returned function removes it."""
        self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Deliver an event to all subscribers."""
        for subscriber in tuple(self._subscribers):
            try:
                subscriber(event)
            except Exception as fault:  # a broken listener must not stop the conversation
                self._subscribers.remove(subscriber)
                if self._on_fault:
                    self._on_fault(fault)
