"""The witness of a machine that stands still, and what is made of it."""

import time

import pytest
import steady
from steady import TRIES, Witness, listen


def test_a_witness_notices_how_long_nothing_ran(monkeypatch: pytest.MonkeyPatch):
    asleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: asleep(seconds + 0.03))
    with Witness() as witness:
        asleep(0.05)
    assert witness.stood_still
    assert witness.share > 0.5


@pytest.mark.filterwarnings("ignore:once more")
@pytest.mark.parametrize(("stood_still", "tries"), [(True, TRIES), (False, 1)])
def test_only_a_machine_that_stood_still_is_a_reason_to_listen_again(
    stood_still: bool, tries: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Witness, "stood_still", stood_still)
    monkeypatch.setattr(steady, "wait_for_calm", lambda: None)
    tried: list[int] = []

    def test() -> None:
        tried.append(1)
        raise AssertionError("a gap")

    with pytest.raises(AssertionError, match="a gap"):
        listen(test)
    assert len(tried) == tries


@pytest.mark.filterwarnings("ignore:once more")
@pytest.mark.parametrize(
    ("stood", "judged"),
    [
        ([(0.2, 0.0)] * 5, False),
        ([(0.08, 0.1)] * 5, False),
        ([(0.2, 0.0)] * 4 + [(0.09, 0.01)], True),
    ],
)
def test_a_machine_that_is_none_for_a_card_in_every_try_judges_nobody(
    stood: list[tuple[float, float]], judged: bool, monkeypatch: pytest.MonkeyPatch
):
    calm: list[int] = []
    each = iter(stood)

    def watch(witness: Witness) -> None:
        witness.longest_s, witness.share = next(each)

    monkeypatch.setattr(steady, "wait_for_calm", lambda: calm.append(1))
    monkeypatch.setattr(Witness, "_watch", watch)

    def test() -> None:
        raise AssertionError("a gap")

    with pytest.raises(AssertionError if judged else pytest.skip.Exception):
        listen(test)
    assert len(calm) == TRIES - 1


def test_it_is_waited_for_a_calm_machine_and_not_for_ever(monkeypatch: pytest.MonkeyPatch):
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    monkeypatch.setattr(Witness, "_watch", lambda witness: None)
    monkeypatch.setattr(Witness, "stood_still", property(lambda _: len(waited) < 3))
    monkeypatch.setattr(steady._Patience, "left_s", 60.0)
    steady.wait_for_calm()
    assert len(waited) == 3
    monkeypatch.setattr(Witness, "stood_still", True)
    steady.wait_for_calm()
    assert sum(waited) == 60
    steady.wait_for_calm()
    assert sum(waited) == 60


def test_a_test_that_passes_runs_once():
    tried: list[int] = []
    listen(lambda: tried.append(1))
    assert len(tried) == 1
