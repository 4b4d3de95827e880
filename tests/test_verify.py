"""What is looked at again before it counts as a wake word."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.audio import FRAME_S, FRAME_SAMPLES, RATE, Samples, silence
from voice.errors import TranscriptionError
from voice.verify import LATE_S, LOOKS, PhraseVerifier, spellings
from voice.wake import Wake, WakeGate

QUIET = np.zeros(FRAME_SAMPLES, np.int16)
SETTLED = [0.0] * 30


class Scripted:
    """A detector whose scores are given."""

    threshold = 0.9

    def __init__(self, name: str, scores: Sequence[float]) -> None:
        self.name = name
        self._scores = iter(scores)

    def hear(self, frame: Samples) -> float:
        return next(self._scores, 0.0)

    def reset(self) -> None:
        pass

    def twin(self) -> Scripted:
        return Scripted(self.name, [])


class ScriptedVerifier:
    """Gives one answer after the other, each some frames after it was asked."""

    def __init__(self, *answers: float | Exception | None, after: int = 1) -> None:
        """None never comes."""
        self._answers = iter(answers)
        self._after = after
        self._due: list[tuple[int, Future[float], float | Exception]] = []
        self.asked: list[str] = []
        self.sounds: list[Samples] = []
        self.futures: list[Future[float]] = []
        self.now = 0

    def enough(self, word: str) -> float:
        return 0.5

    def ask(self, word: str, samples: Samples) -> Future[float]:
        self.asked.append(word)
        self.sounds.append(samples)
        future: Future[float] = Future()
        self.futures.append(future)
        if (answer := next(self._answers, 0.0)) is not None:
            self._due.append((self.now + self._after, future, answer))
        return future

    def frame(self) -> None:
        """Let 20 ms pass."""
        self.now += 1
        for _, future, answer in [due for due in self._due if due[0] <= self.now]:
            if not future.set_running_or_notify_cancel():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        self._due = [due for due in self._due if due[0] > self.now]


def play(gate: WakeGate, verifier: ScriptedVerifier, count: int) -> list[tuple[int, Wake]]:
    """Hear frames; return which wake words came in which."""
    found: list[tuple[int, Wake]] = []
    for number in range(count):
        verifier.frame()
        if wake := gate.hear(QUIET):
            found.append((number, wake))
    return found


def gate_of(verifier: ScriptedVerifier, *words: Scripted, trusting: bool = True) -> WakeGate:
    return WakeGate([(word, None) for word in words], verifier=verifier, trusting=trusting)


def said(name: str = "alexa", peak: float = 0.6, at: int = 0) -> Scripted:
    """A detector that hears its word once, not clearly."""
    return Scripted(name, [*SETTLED, *[0.0] * at, 0.3, peak, peak, 0.3, *[0.0] * 200])


def test_a_candidate_counts_once_it_is_verified():
    verifier = ScriptedVerifier(0.8)
    found = play(gate_of(verifier, said()), verifier, 150)
    assert found == [(31, Wake("alexa", 0.6, since=1))]
    assert verifier.asked == ["alexa"]


def test_what_is_best_read_is_what_is_looked_at():
    heard: list[Samples] = []

    class Listening(ScriptedVerifier):
        def ask(self, word: str, samples: Samples) -> Future[float]:
            heard.append(samples)
            return super().ask(word, samples)

    verifier = Listening(0.8)
    gate = gate_of(verifier, said())
    for _ in range(40):
        verifier.frame()
        gate.hear(QUIET, clear=QUIET + 5)
    assert set(np.unique(heard[0])) == {5}


def test_a_candidate_that_is_rejected_leaves_no_trace():
    verifier = ScriptedVerifier(*[0.1] * 10)
    assert play(gate_of(verifier, said(peak=0.99)), verifier, 150) == []
    assert len(verifier.asked) == LOOKS


def test_a_rejected_candidate_does_not_deafen_for_the_next():
    scores = [*SETTLED, 0.6, *[0.0] * 30, 0.6, *[0.0] * 30]
    verifier = ScriptedVerifier(*[0.0] * LOOKS, 0.9)
    found = play(gate_of(verifier, Scripted("alexa", scores)), verifier, 120)
    assert [number for number, _ in found] == [62]


def test_a_word_that_was_not_over_at_the_first_look_is_found_at_a_later_one():
    verifier = ScriptedVerifier(0.2, 0.3, 0.7)
    ((number, wake),) = play(gate_of(verifier, said()), verifier, 150)
    assert wake == Wake("alexa", 0.6, since=11)
    assert number == 30 + 11


def test_the_sound_looked_at_is_the_last_second_and_a_half():
    verifier = ScriptedVerifier(0.9)
    play(gate_of(verifier, said(at=100)), verifier, 150)
    assert len(verifier.sounds[0]) == 1.5 * RATE


@pytest.mark.parametrize(
    ("peak", "trusting", "wakes"), [(0.95, True, 1), (0.85, True, 0), (0.99, False, 0)]
)
def test_when_the_verdict_is_late_only_a_certain_detector_is_believed(
    peak: float, trusting: bool, wakes: int
):
    verifier = ScriptedVerifier(None)
    found = play(gate_of(verifier, said(peak=peak), trusting=trusting), verifier, 150)
    assert len(found) == wakes
    assert all(number == 30 + round(LATE_S / FRAME_S) for number, _ in found)
    assert verifier.futures[0].cancelled()


@pytest.mark.parametrize(("peak", "wakes"), [(0.95, 1), (0.85, 0)])
def test_when_the_verifier_fails_only_a_certain_detector_is_believed(peak: float, wakes: int):
    verifier = ScriptedVerifier(TranscriptionError("broken"), after=3)
    assert len(play(gate_of(verifier, said(peak=peak)), verifier, 150)) == wakes


def test_a_verifier_that_can_not_even_be_asked_stops_nobody_from_listening():
    class Closed(ScriptedVerifier):
        def ask(self, word: str, samples: Samples) -> Future[float]:
            raise RuntimeError("cannot schedule new futures after shutdown")

    verifier = Closed()
    detector = Scripted("alexa", [*SETTLED, 0.3, 0.6, 0.99, *[0.0] * 60, 0.4, *[0.0] * 60])
    assert [number for number, _ in play(gate_of(verifier, detector), verifier, 180)] == [32]


def test_a_verdict_that_never_comes_is_not_taken_for_one():
    verifier = ScriptedVerifier(None)
    gate = gate_of(verifier, said(peak=0.95))
    play(gate, verifier, 31)
    verifier.futures[0].cancel()
    assert len(play(gate, verifier, 100)) == 1


def test_a_rejection_is_not_overruled_when_the_next_look_is_late():
    verifier = ScriptedVerifier(0.1, None)
    assert play(gate_of(verifier, said(peak=0.99)), verifier, 150) == []


def test_another_word_is_heard_while_one_is_being_verified():
    first, second = said("hey_mycroft"), said("alexa", at=6)

    class ByWord(ScriptedVerifier):
        def ask(self, word: str, samples: Samples) -> Future[float]:
            self._answers = iter([0.9 if word == "alexa" else 0.0])
            return super().ask(word, samples)

    verifier = ByWord(after=2)
    found = play(gate_of(verifier, first, second), verifier, 150)
    assert [wake.word for _, wake in found] == ["alexa"]
    count = len(verifier.asked)
    play(gate_of(verifier, Scripted("alexa", [])), verifier, 100)
    assert len(verifier.asked) == count  # the other candidate is forgotten


def test_of_two_words_verified_in_the_same_frame_the_clearer_one_wins():
    verifier = ScriptedVerifier(0.6, 0.9)
    found = play(gate_of(verifier, said("hey_mycroft"), said("hey_jarvis")), verifier, 150)
    assert [wake.word for _, wake in found] == ["hey_jarvis"]


def test_the_same_word_rising_again_is_looked_at_again():
    scores = [*SETTLED, 0.4, *[0.0] * 14, 0.6, *[0.0] * 30]  # something like it, then the word
    verifier = ScriptedVerifier(*[0.0] * LOOKS, 0.9)
    ((number, _),) = play(gate_of(verifier, Scripted("alexa", scores)), verifier, 120)
    assert number >= 45


def test_reset_forgets_what_is_being_verified():
    verifier = ScriptedVerifier(0.9, after=5)
    gate = gate_of(verifier, said(peak=0.99))
    play(gate, verifier, 33)
    gate.reset()
    assert play(gate, verifier, 100) == []
    assert verifier.futures[0].cancelled()


def test_sensitivity_moves_both_the_candidate_and_the_evidence():
    for sensitivity, evidence, wakes in (
        (0.9, 0.3, 1),
        (None, 0.3, 0),
        (0.1, 0.7, 0),
        (None, 0.7, 1),
    ):
        verifier = ScriptedVerifier(*[evidence] * LOOKS)
        gate = WakeGate([(said(peak=0.99), sensitivity)], verifier=verifier)
        assert len(play(gate, verifier, 150)) == wakes


@given(
    st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.6, 0.95]), max_size=300),
    st.lists(st.sampled_from([0.0, 0.4, 0.6, 1.0, None, TranscriptionError("x")]), max_size=20),
    st.integers(1, 40),
)
def test_whatever_comes_it_wakes_at_most_once_a_refractory_time_and_only_after_a_look(
    scores: list[float], answers: list[float | Exception | None], after: int
):
    verifier = ScriptedVerifier(*answers, after=after)
    found = play(gate_of(verifier, Scripted("alexa", scores)), verifier, len(scores) + 60)
    numbers = [number for number, _ in found]
    assert all(b - a >= 49 for a, b in pairwise(numbers))
    assert len(found) <= len(verifier.asked)
    assert all(number >= 24 for number in numbers)
    assert all(wake.score > 0.2 for _, wake in found)


class Improbable:
    """A recogniser for which silence makes every text very improbable, and a tone makes one likely."""

    def log_probabilities(self, samples: Samples, texts: Sequence[str]) -> list[float]:
        loud = bool(samples.any())
        return [-2.0 if loud and text == "Okay Naboo" else -30.0 for text in texts]


def in_place(function):  # type: ignore[no-untyped-def] # a thread that is done at once
    future: Future[float] = Future()
    future.set_result(function())
    return future


def test_evidence_is_what_the_sound_takes_away_of_the_words_improbability():
    verifier = PhraseVerifier(Improbable(), in_place)
    tone = np.full(RATE, 1000, np.int16)
    assert verifier.ask("okay_nabu", tone).result() == pytest.approx(1 - 2 / 30)
    assert verifier.ask("okay_nabu", silence(1.0)).result() == 0.0
    assert verifier.ask("alexa", tone).result() == 0.0


def test_a_word_of_ones_own_is_written_as_its_name_says():
    assert spellings("hey_computer") == ("Hey Computer",)
    assert spellings("alexa") == ("Alexa",)


def test_a_wake_word_that_counted_is_no_evidence_for_the_next():
    """Else anything a little like it, within a second and a half, would wake again."""
    scores = [*SETTLED, 0.6, *[0.0] * 55, 0.6, *[0.0] * 60]
    verifier = ScriptedVerifier(0.9)
    gate = gate_of(verifier, Scripted("alexa", scores))
    assert len(play(gate, verifier, 140)) == 1
    first, second = verifier.sounds[0], verifier.sounds[1]
    assert len(first) == 31 * FRAME_SAMPLES
    assert len(second) <= 56 * FRAME_SAMPLES, "what was heard since the word counted"
