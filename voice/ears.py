"""Everything that is heard, frame by frame: wake words always, speech while it is of interest.

Pure: frames in, things heard out. Who reacts to them, and when, is ``voice.session``'s business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voice.audio import FRAME_S, RATE, PreRoll, Samples
from voice.endpoint import Change, Endpoint, VoiceActivity, frames
from voice.over_own import OverOwn
from voice.own_speech import names
from voice.stt import plain
from voice.wake import Wake, WakeGate, end_of_wake_word

PRE_ROLL_S = 2.4
"""Seconds kept from before now: the wake word, and speech that began before it was recognised."""

LEAD_S = 0.4
"""Seconds kept from before the first voice, so that a soft first consonant is not lost."""

WORD_S = 1.0
"""Seconds up to the end of a wake word that are kept for reading what follows; most of it is enough."""

JOINED_S = 0.8
"""Seconds behind a wake word in which speech is read together with it: who talks right on has no pause
where it could be cut, and the recogniser, which knows the word, finds the place by itself."""

OWN_TAIL_S = 0.7
"""Seconds after our own speech in which it may still come back through the room: 0.3 s through Bluetooth,
and 0.2 s until a word is recognised. Somebody who calls us after our last word takes longer."""

UNSETTLED_S = 1.0
"""Seconds from the beginning of our own speech in which the second signal may be the first one's source:
whatever cancels the echo does not know a chime from an answer before."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What has been said in the request so far."""

    samples: Samples
    """From shortly before the first voice to now, at 16 kHz; the wake word before it if it adjoins."""
    voice_s: float
    """Seconds of voice in it."""
    silence_s: float
    """Seconds of silence at its end."""
    own_words: str = ""
    """What we have been saying ourselves meanwhile, or a moment before, where that may be in it."""
    over_own: bool = False
    """Whether we have been speaking ourselves meanwhile, or a moment before."""
    wake_word: str = ""
    """The wake word that the samples begin with, if they do."""
    wake_word_s: float = 0.0
    """Seconds of it."""
    clean: Samples | None = None
    """The same with less of our own voice in it, and other voices dulled; None: there is no other."""

    @property
    def seconds(self) -> float:
        """Length in seconds, silence included, without the wake word."""
        return len(self.samples) / RATE - self.wake_word_s


Heard = Wake | Change


class Ears:
    """Wake words, voice and the end of a request, over one stream of frames."""

    def __init__(self, wake: WakeGate, voice: VoiceActivity, endpoint: Endpoint) -> None:
        self._wake = wake
        self._voice = OverOwn(voice, voice.twin())
        self._endpoint = endpoint
        self._pre_roll = PreRoll(PRE_ROLL_S)
        self._clear_pre_roll = PreRoll(PRE_ROLL_S)
        self._kept: list[Samples] = []
        self._clean: list[Samples] = []
        self._wake_word: list[Samples] = []
        self._woken = Wake("", 0.0)
        self._own_words: str | None = None
        self._own_wake_words: list[str] = []
        self._own_frames = 0
        self._own_heard = 0  # frames since our own speech began
        self._comes_back = True
        self._spoken_over = ""
        self._stirred = False
        self.opening = 0
        """How often they have been opened or closed: what was heard before is another matter."""

    @property
    def endpoint(self) -> Endpoint:
        """The state of the request under way."""
        return self._endpoint

    @property
    def suspecting(self) -> bool:
        """Whether something that may be a wake word is being looked at."""
        return self._wake.suspecting

    def hear(self, frame: Samples, clear: Samples | None = None) -> Heard | None:
        """Take the next frame; return what was heard in it.

        ``clear`` is the same as it is best read, where more of our own voice may be left in it than
        detectors bear. A wake word goes before all else: who called wants to be listened to anew.
        """
        given, clear = clear, frame if clear is None else clear
        self._pre_roll.add(frame)
        self._clear_pre_roll.add(clear)
        if self._own_frames:
            self._own_frames -= 1
            if not self._own_frames:
                self._own_words = None
                self._own_wake_words = []
        self._own_heard = 0 if self._own_words is None else self._own_heard + 1
        if wake := self._wake.hear(frame, self._own_wake_words, given):
            self._woken = wake
            return wake
        return None if self._endpoint.closed else self._attend(frame, clear)

    def open(self, wait_s: float | None, *, after_wake: bool = False) -> list[Change]:
        """Take what is said from now on as a request; None waits for the first voice without limit.

        After a wake word the sound behind it, heard before it was recognised, is part of it; what
        that changed is returned.
        """
        self.opening += 1
        self._voice.reset()
        self._endpoint.open(wait_s)
        self._forget()
        self._spoken_over = ""
        if not after_wake:
            return []
        recent, clear = self._pre_roll.last(PRE_ROLL_S), self._clear_pre_roll.last(PRE_ROLL_S)
        end = end_of_wake_word(recent, self._woken)
        self._wake_word = clear[max(0, end - frames(WORD_S)) : end]
        behind = zip(recent[end:], clear[end:], strict=True)
        return [change for pair in behind if (change := self._attend(*pair))]

    def close(self) -> None:
        """Hear nothing but wake words from now on."""
        self.opening += 1
        self._endpoint.close()
        self._forget()

    def begin_own_speech(self, text: str, *, comes_back: bool) -> None:
        """Our own voice is about to say this; ``comes_back``: where the microphone may hear it.

        What is heard meanwhile is told to be heard over it, and where it comes back a wake word that
        is part of it wakes nobody, until `OWN_TAIL_S` after ``end_own_speech``.
        """
        self._own_frames = 0
        self._comes_back = comes_back
        self._own_words = f"{self._own_words or ''} {plain(text)}"
        if comes_back:
            self._own_wake_words = [w for w in self._wake.names if names(w, self._own_words)]

    def end_own_speech(self) -> None:
        """Our own voice is silent now; its last words may still be on their way."""
        if self._own_words is not None and not self._own_frames:
            self._own_frames = frames(OWN_TAIL_S)

    def somebody_spoke(self) -> None:
        """What was just heard over our own speech was somebody else, by what they said."""
        self._voice.somebody()

    def limit_wait(self, seconds: float) -> None:
        """If nobody has begun to speak yet, wait no longer than this from now on."""
        if self._endpoint.waiting:
            self._endpoint.open(seconds)

    def speech(self) -> Speech:
        """Return what has been said in the request so far."""
        samples = _joined(self._wake_word, self._kept)
        same = all(one is other for one, other in zip(self._kept, self._clean, strict=True))
        return Speech(
            samples,
            self._endpoint.voice_s,
            self._endpoint.silence_s,
            self._spoken_over if self._comes_back else "",
            bool(self._spoken_over),
            self._woken.word if self._wake_word else "",
            len(self._wake_word) * FRAME_S,
            None if same else _joined(self._wake_word, self._clean),
        )

    def reset(self) -> None:
        """Start afresh, as after a break in the sound."""
        self._wake.reset()
        self._voice.reset()
        self._pre_roll.clear()
        self._clear_pre_roll.clear()
        self.close()

    def _forget(self) -> None:
        self._kept = []
        self._clean = []
        self._wake_word = []

    def _attend(self, frame: Samples, clear: Samples) -> Change | None:
        self._kept.append(clear)
        self._clean.append(frame)
        other = clear if clear is not frame and self._own_heard > frames(UNSETTLED_S) else None
        change = self._endpoint.hear(self._voice.hear(frame, other))
        if self._endpoint.waiting:
            if len(self._kept) > frames(JOINED_S):
                self._wake_word = []
            if not self._wake_word:
                del self._kept[: -frames(LEAD_S)]
                del self._clean[: -frames(LEAD_S)]
            self._spoken_over = ""
        self._spoken_over = self._own_words or self._spoken_over
        return change or self._stir()

    def _stir(self) -> Change | None:
        """Tell of the first sign of a voice over our own, and of its end when it was none."""
        before, self._stirred = self._stirred, self._endpoint.stirring
        if before == self._stirred or not self._own_words or not self._endpoint.waiting:
            return None
        return Change.STIRRED if self._stirred else Change.SETTLED


def _joined(*parts: list[Samples]) -> Samples:
    """Return frames as one piece of sound."""
    heard = [frame for part in parts for frame in part]
    return np.concatenate(heard) if heard else np.zeros(0, np.int16)
