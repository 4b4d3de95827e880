"""The witness of a machine that stands still, and what is made of it."""

import time

import pytest
from steady import TRIES, Witness, listen


def test_a_witness_notices_how_long_nothing_ran(monkeypatch: pytest.MonkeyPatch):
    asleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: asleep(seconds + 0.03))
    with Witness() as witness:
        asleep(0.05)
    assert witness.stood_still


@pytest.mark.filterwarnings("ignore:once more")
@pytest.mark.parametrize(("stood_still", "tries"), [(True, TRIES), (False, 1)])
def test_only_a_machine_that_stood_still_is_a_reason_to_listen_again(
    stood_still: bool, tries: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Witness, "stood_still", stood_still)
    tried: list[int] = []

    def test() -> None:
        tried.append(1)
        raise AssertionError("a gap")

    with pytest.raises(AssertionError, match="a gap"):
        listen(test)
    assert len(tried) == tries


def test_a_test_that_passes_runs_once():
    tried: list[int] = []
    listen(lambda: tried.append(1))
    assert len(tried) == 1
