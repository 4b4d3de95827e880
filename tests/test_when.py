"""What people say for durations, moments and repetitions: each wording in the corpora is read as meant."""

import pytest
from when_corpus import language, written

PARTS = ("durations", "moments", "repeats")
MEANT = [
    (name, part, wording, meaning)
    for name in ("en", "de")
    for part in PARTS
    for wording, meaning in language(name).meant(part)
]
NONE = [
    (name, part, str(wording))
    for name in ("en", "de")
    for part in PARTS
    for wording in language(name).corpus["none"][part]
]
SPLITS = [(name, case) for name in ("en", "de") for case in language(name).corpus["splits"]]


@pytest.mark.parametrize(("name", "part", "wording", "meaning"), MEANT)
def test_a_wording_is_read_as_meant(name: str, part: str, wording: str, meaning: str) -> None:
    assert language(name).read(part, wording) == meaning


@pytest.mark.parametrize(("name", "part", "wording"), NONE)
def test_what_says_no_time_is_not_read(name: str, part: str, wording: str) -> None:
    assert language(name).read(part, wording) is None


@pytest.mark.parametrize(("name", "case"), SPLITS)
def test_the_time_is_taken_off_free_text_and_nothing_else(name: str, case: list[str]) -> None:
    spoken = language(name)
    text, *meant = case
    words = spoken.wording.plain(text)
    split = spoken.when.split(words, spoken.now)
    assert [split.rest, written(split.when)] == (meant or [words, None])


@pytest.mark.parametrize(("name", "case"), SPLITS)
def test_what_was_taken_and_what_is_left_are_all_words(name: str, case: list[str]) -> None:
    spoken = language(name)
    words = spoken.wording.plain(case[0])
    split = spoken.when.split(words, spoken.now)
    taken = {at for part in split.taken for at in part}
    assert split.rest.split() == [w for at, w in enumerate(words.split()) if at not in taken]
    assert bool(taken) == (split.when is not None)


@pytest.mark.parametrize(("name", "meant", "none"), [("en", 250, 100), ("de", 100, 50)])
def test_the_corpora_are_large(name: str, meant: int, none: int) -> None:
    corpus = language(name)
    assert len({wording for part in PARTS for wording, _ in corpus.meant(part)}) >= meant
    assert len({str(text) for part in PARTS for text in corpus.corpus["none"][part]}) >= none


def test_a_moment_is_no_repetition_and_the_other_way_round() -> None:
    spoken = language("en")
    for wording, _ in spoken.meant("moments"):
        assert spoken.read("repeats", wording) is None, wording
    for wording, _ in spoken.meant("repeats"):
        assert spoken.read("moments", wording) is None, wording
