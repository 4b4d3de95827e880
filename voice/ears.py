"""Everything that is heard, frame by frame: wake words always, speech while it is of interest.

Pure: frames in, things heard out. Who reacts to them, and when, is ``voice.session``'s business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voice.audio import RATE, PreRoll, Samples
from voice.endpoint import Change, Endpoint, VoiceActivity, frames
from voice.stt import plain
from voice.wake import Wake, WakeGate, after_wake_word

PRE_ROLL_S = 1.5
"""Seconds kept from before now: the wake word, and speech that began before it was recognised."""

LEAD_S = 0.4
"""Seconds kept from before the first voice, so that a soft first consonant is not lost."""

OWN_TAIL_S = 1.0
"""Seconds after our own speech in which it may still come back through the room."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What has been said in the request so far."""

    samples: Samples
    """From shortly before the first voice to now, at 16 kHz."""
    voice_s: float
    """Seconds of voice in it."""
    silence_s: float
    """Seconds of silence at its end."""
    own_words: str = ""
    """What we have been saying ourselves meanwhile, or a moment before."""

    @property
    def seconds(self) -> float:
        """Length in seconds, silence included."""
        return len(self.samples) / RATE


Heard = Wake | Change


class Ears:
    """Wake words, voice and the end of a request, over one stream of frames."""

    def __init__(self, wake: WakeGate, voice: VoiceActivity, endpoint: Endpoint) -> None:
        self._wake = wake
        self._voice = voice
        self._endpoint = endpoint
        self._pre_roll = PreRoll(PRE_ROLL_S)
        self._kept: list[Samples] = []
        self._own_words: str | None = None
        self._own_frames = 0
        self._spoken_over = ""

    @property
    def endpoint(self) -> Endpoint:
        """The state of the request under way."""
        return self._endpoint

    def hear(self, frame: Samples) -> Heard | None:
        """Take the next frame; return what was heard in it.

        A wake word goes before all else: who called wants to be listened to anew.
        """
        self._pre_roll.add(frame)
        if self._own_frames:
            self._own_frames -= 1
            if not self._own_frames:
                self._own_words = None
        if (wake := self._wake.hear(frame)) and not self._is_own(wake):
            return wake
        return None if self._endpoint.closed else self._attend(frame)

    def open(self, wait_s: float | None, *, after_wake: bool = False) -> list[Change]:
        """Take what is said from now on as a request; None waits for the first voice without limit.

        After a wake word the sound behind it, heard before it was recognised, is part of it; what
        that changed is returned.
        """
        self._voice.reset()
        self._endpoint.open(wait_s)
        self._kept = []
        self._spoken_over = ""
        if not after_wake:
            return []
        early = after_wake_word(self._pre_roll.last(PRE_ROLL_S))
        return [change for frame in early if (change := self._attend(frame))]

    def close(self) -> None:
        """Hear nothing but wake words from now on."""
        self._endpoint.close()
        self._kept = []

    def begin_own_speech(self, text: str) -> None:
        """Our own voice is about to say this where the microphone may hear it.

        A wake word that is part of it wakes nobody, until a second after ``end_own_speech``, and what
        is heard meanwhile is told to be heard over it.
        """
        self._own_frames = 0
        self._own_words = f"{self._own_words or ''} {plain(text)}"

    def end_own_speech(self) -> None:
        """Our own voice is silent now; its last words may still be on their way."""
        if self._own_words is not None:
            self._own_frames = frames(OWN_TAIL_S)

    def limit_wait(self, seconds: float) -> None:
        """If nobody has begun to speak yet, wait no longer than this from now on."""
        if self._endpoint.waiting:
            self._endpoint.open(seconds)

    def speech(self) -> Speech:
        """Return what has been said in the request so far."""
        samples = np.concatenate(self._kept) if self._kept else np.zeros(0, np.int16)
        return Speech(
            samples, self._endpoint.voice_s, self._endpoint.silence_s, self._spoken_over
        )

    def reset(self) -> None:
        """Start afresh, as after a break in the sound."""
        self._wake.reset()
        self._voice.reset()
        self._pre_roll.clear()
        self.close()

    def _is_own(self, wake: Wake) -> bool:
        if self._own_words is None:
            return False
        phrase = wake.word.replace("_", " ")
        return phrase in self._own_words

    def _attend(self, frame: Samples) -> Change | None:
        self._kept.append(frame)
        change = self._endpoint.hear(self._voice.hear(frame))
        if self._endpoint.waiting:
            del self._kept[: -frames(LEAD_S)]
            self._spoken_over = ""
        self._spoken_over = self._own_words or self._spoken_over
        return change
