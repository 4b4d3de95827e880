"""What is kept of what is heard, for reading."""

import numpy as np
from fakes import WAKE_MARK, FakeVoice, FakeWakeWord

from voice.audio import FRAME_SAMPLES, Samples
from voice.config import Turn
from voice.ears import Ears
from voice.endpoint import Change, Endpoint
from voice.wake import Wake, WakeGate


def frame(value: int) -> Samples:
    return np.full(FRAME_SAMPLES, value, np.int16)


def ears() -> Ears:
    return Ears(WakeGate([(FakeWakeWord("alexa"), None)]), FakeVoice(), Endpoint(Turn()))


def test_what_follows_a_wake_word_over_our_own_speech_is_read_as_it_is_best_read():
    """Detectors hear the dulled frames, the recogniser gets the others, also from before the word was known."""
    hearing = ears()
    for _ in range(40):
        assert hearing.hear(frame(0), frame(7)) is None
    heard = [hearing.hear(frame(WAKE_MARK), frame(8)) for _ in range(30)]
    heard += [hearing.hear(frame(1), frame(9)) for _ in range(8)]
    assert sum(isinstance(one, Wake) for one in heard) == 1
    hearing.open(4.0, after_wake=True)
    for _ in range(50):
        hearing.hear(frame(1), frame(9))
    speech = hearing.speech()
    assert set(np.unique(speech.samples)) <= {7, 8, 9}
    assert speech.clean is not None
    assert set(np.unique(speech.clean)) <= {1, 7, 8, WAKE_MARK}


def test_nothing_from_before_the_ears_were_opened_anew_is_handed_on():
    hearing = ears()
    hearing.open(None)
    opening = hearing.opening
    changes = [hearing.hear(frame(1)) for _ in range(10)]
    assert Change.BEGAN in changes
    assert hearing.opening == opening
    hearing.open(None)
    assert hearing.opening > opening
    hearing.close()
    assert hearing.opening > opening + 1
