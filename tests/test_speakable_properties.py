"""Whatever is written, what is said holds no symbol, and saying it again changes nothing."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from voice.speakable import ThoughtFilter, speakable, without_thoughts

BANNED = set('*_#`<>|~^{}[]\\$€£%=+@&/"()0123456789—–…😀❤→²½\n\t')

FRAGMENTS = (
    "Hello", "the", "Dr.", "St.", "e.g.", "U.S.", "etc.", "No.", "p.m.", "7", "1984", "1,200", "3.14",
    "7:05", "19:30", "2026-11-21", "Nov. 21", "$5", "€1.200,50", "£", "¢", "%", "°C", "km/h", "ft", "'",
    '"', "½", "²", "⁻³", "1/2", "24/7", "#1", "#tag", "@bob", "a@b.co", "https://x.org/a_b", "www.a.de",
    "/a/b/c", "x.py", "v2.0", "3.11.7", "555-123-4567", "+1", "10–12", "3-4", "--", "—", "…", "...", "**",
    "*", "_", "~~", "`", "```", "[", "](", ")", "(", "![", "<", ">", "<b>", "</b>", "<think>", "</think>",
    "|", "\n|--|--|\n", "# ", "- ", "1. ", "> ", "\n", "\n\n", "\\(", "\\)", "\\frac{1}{2}", "$x^2$", "$$",
    "{", "}", "\\", "^", "=", "≈", "×", "→", "<=", "&", "&amp;", "😀", "👨‍👩‍👧", "1️⃣", "é", "你好", "。", "\u200d",
    "\ue000", "\ud800", "\x00", "Henry VIII", "World War I", " ", " ", ",", ".", "!", "?", ":", ";", "K",
    "m", "s", "x", "M", "in", "in.", "cup", "AM", "'90s", "1990s", "th", "st", "1st", ":)", "(s)",
)  # fmt: skip

written_text = st.one_of(
    st.text(st.characters(), max_size=80),
    st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join),
    st.lists(st.sampled_from(FRAGMENTS), max_size=15).map(" ".join),
)


@settings(max_examples=600, deadline=None)
@given(written_text)
@example("a\n- b\n- c")
@example("$5 and $10 or US$")
def test_no_symbol_is_left_and_what_is_said_is_settled(written: str) -> None:
    said = speakable(written)
    assert not BANNED & set(said)
    assert said == said.strip()
    assert "  " not in said
    assert speakable(said) == said


@pytest.mark.parametrize(
    "unit",
    ["*", "_", "[", "](", "<", "> ", "`", "(", "|", "- ", "  - ", "1. ", "#", "~", "$", "\\(", "{", "^",
     "a", "7", "7,", "7.", "7:", "7-", "7/", " ", "\n", "\n\n", "a.", "a@", "<b", "<think>", "<script", "a/",
     "😀", "½", "°", "$1", "&", "'", "https://", "x ", "M.", "1 ", "+1 ", "\\frac{", "I", "```\n", "a|b\n", "…", ". "],
)  # fmt: skip
def test_endless_repetition_is_taken_without_trouble(unit: str) -> None:
    said = speakable(unit * (30_000 // len(unit)))
    assert not BANNED & set(said)


def test_random_bytes_are_taken_without_trouble() -> None:
    chance = random.Random(7)
    for _ in range(200):
        raw = bytes(chance.randrange(256) for _ in range(60))
        assert not BANNED & set(speakable(raw.decode("utf-8", "replace")))
        assert not BANNED & set(speakable(raw.decode("latin-1")))


@given(
    st.lists(
        st.sampled_from(
            ["<think>", "</think>", "<Thinking>", "</thinking>", "<", "a", "</", "th", ">", "b "]
        )
    ),
    st.data(),
)
def test_thoughts_are_left_out_however_the_text_is_split(
    pieces: list[str], data: st.DataObject
) -> None:
    text = "".join(pieces)
    thoughts = ThoughtFilter()
    passed = ""
    at = 0
    while at < len(text):
        step = data.draw(st.integers(1, 9))
        passed += thoughts.feed(text[at : at + step])
        at += step
    assert passed + thoughts.close() == without_thoughts(text)


def test_thoughts_are_blocks_between_their_tags() -> None:
    assert without_thoughts("a<think>b</think>c") == "ac"
    assert without_thoughts("a<think>b") == "a"
    assert without_thoughts("a</think>b") == "ab"
    assert without_thoughts("2 <thin 3") == "2 <thin 3"
    assert without_thoughts("<THINK>x</Think>y<thi") == "y<thi"
