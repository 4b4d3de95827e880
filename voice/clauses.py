"""Cuts an answer into what is synthesized at once: a short first clause, then whole sentences.

The first clause decides when the speaker starts, so it ends at the first natural pause; what
follows is cut at the ends of sentences, so that it sounds like speech. Text comes in pieces split
anywhere; it is taken character by character, so the cuts do not depend on how it was split.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from voice.audio import Sound
from voice.speakable import CODE, TABLE, ThoughtFilter, speakable
from voice.speakable.pauses import (
    JOINING,
    best_gap,
    count_words,
    ends_with_stop,
    is_block_line,
    pause_before_joining,
    pause_ends,
    sentence_ends,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of an answer that is synthesized at once."""

    written: str
    """As the model wrote it, markdown and all; the pieces together are the answer."""
    spoken: str
    """What to say for it; "" when there is nothing to say (an emoji, the middle of some code)."""
    sound: Sound | None = None
    """What is played instead of anything said: the ring of a timer."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long pieces get. Words, except ``characters``."""

    first_least: int = 3
    """A pause ends the first clause only after so many: less is over before the next is ready."""
    first_most: int = 10
    """Without any pause the first clause ends here, at the gap that sounds best."""
    first_fast: int = 5
    """The same for a text that comes fast enough for the second piece to be ready in time."""
    second_most: int = 20
    """Above this the second piece ends at a pause too: the first one's sound is short."""
    most: int = 40
    """Above this a sentence is cut at a pause."""
    joined: int = 4
    """A sentence of fewer words (but not the first) is said together with the next one."""
    characters: int = 400
    """Nothing is held back for longer than this, whatever the text looks like."""


_MORE = 2
"""Words that must follow a cut in the middle of a sentence, so that no last word stands alone."""
_HELD = 200
"""Characters after which an opening bracket or backtick is not taken seriously any more."""
_WRAPPED_LINE = 60
"""Characters from which on a line may have ended only because it was full."""

_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_FULL_WIDTH_STOPS = frozenset("。！？")
_BLOCK_SIGNS = frozenset("#|>-*+`•")


def cut(text: str, lengths: Lengths | None = None) -> list[Clause]:
    """Cut a complete text by the same rules as a stream."""
    stream = ClauseStream(lengths)
    return stream.feed(text) + stream.close()


class ClauseStream:
    """Takes an answer as it is written and returns its clauses as soon as they are complete."""

    def __init__(self, lengths: Lengths | None = None) -> None:
        self._lengths = lengths or Lengths()
        self.fast = False
        """Whether the text comes in faster than it is spoken, by far."""
        self._thoughts = ThoughtFilter()
        self._text = ""  # what is not yet in a clause
        self._spoken = 0  # clauses with something to say so far
        self._pauses: list[int] = []  # where the text could be cut if it gets long
        self._gaps: list[int] = []  # where words begin and no link, code or formula is cut
        self._gap = 0  # where the last word began
        self._line = 0  # where the current line begins; below 0 if in an earlier clause
        self._line_is_block = False  # the line before the current one is a list item, a heading
        self._line_length = 0  # its length
        self._in = "prose"  # or "code" or "table"
        self._fence = ""
        self._said = False  # the code or table we are in has been announced
        self._inside = ""  # the bracket or backtick we are in: no cut until it closes
        self._inside_since = 0
        self._unsayable = False  # in the rest of a word too long to be said
        self._done: list[Clause] = []

    def feed(self, delta: str) -> list[Clause]:
        """Take the next piece of text; return the clauses that are complete now."""
        return self._take(self._thoughts.feed(delta))

    def close(self) -> list[Clause]:
        """Return what is left at the end of the answer."""
        done = self._take(self._thoughts.close())
        if self._text:
            self._flush(len(self._text))
        return done + self._taken()

    def _take(self, text: str) -> list[Clause]:
        for sign in text:
            self._step(sign)
        return self._taken()

    def _taken(self) -> list[Clause]:
        done, self._done = self._done, []
        return done

    def _step(self, sign: str) -> None:
        """Take one character: cut before it or behind it, where there is reason to."""
        before = self._text[-1:]
        if not sign.isspace() and (before.isspace() or not self._text):
            self._word_begins(sign)
        self._text += sign
        self._follow(sign, before)
        if sign == "\n":
            self._line_ends()
        elif self._in == "prose" and not self._held():
            self._look_behind(sign, before)
        if self._unsayable and sign.isspace():
            self._flush(len(self._text))
            self._unsayable = False
        if len(self._text) >= self._lengths.characters:
            self._force()

    # Lines: code, tables, lists

    def _line_ends(self) -> None:
        """Take the end of a line: code and tables are known by their lines."""
        begun = self._line >= 0  # else the line began in an earlier clause
        line = self._text[self._line :] if begun else ""
        fence = _FENCE.match(line)
        if self._in == "code":
            if fence and fence[1].startswith(self._fence) and not line.strip().strip(fence[1][0]):
                self._leave()
        elif fence:
            self._flush(self._line)
            self._in, self._fence, self._said = "code", fence[1], False
        elif self._in == "table" and begun and not line.strip():
            self._leave()
        self._line_is_block = is_block_line(line) or (not begun and self._line_is_block)
        self._line_length = len(self._text) - self._line
        self._line = len(self._text)
        self._inside = ""

    def _word_begins(self, sign: str) -> None:
        """Decide at the first character of a word whether to cut before it."""
        new_line = self._line >= 0 and not self._text[self._line :].strip()
        if self._in == "table" and new_line and sign != "|":
            self._leave()
        elif self._in == "prose" and new_line and sign == "|" and not self._unsayable:
            self._flush(len(self._text))
            self._in, self._said = "table", False
        elif self._in == "prose" and self._text and not self._held():
            self._consider(len(self._text), sign)
        self._gap = len(self._text)

    def _leave(self) -> None:
        """End the code or table we are in."""
        self._flush(len(self._text))
        self._in = "prose"

    def _held(self) -> bool:
        """Whether we are inside a link, code or a formula, or in the first line of code."""
        if self._inside and len(self._text) - self._inside_since < _HELD:
            return True
        return self._line >= 0 and bool(_FENCE.match(self._text, self._line))

    def _follow(self, sign: str, before: str) -> None:
        """Keep track of brackets and backticks."""
        inside = self._inside
        if inside == "]":  # a bracket has just closed; an address may follow
            self._inside = "(" if sign == "(" else ""
        if inside in ("`", "(") and sign == {"`": "`", "(": ")"}[inside]:
            self._inside = ""
        elif inside == "[" and sign == "]":
            self._inside = "]"
        elif inside == "\\" and before == "\\" and sign in ")]":
            self._inside = ""
        elif not self._inside and (sign in "[`" or (before == "\\" and sign == "(")):
            self._inside = "\\" if before == "\\" and sign in "([" else sign
            self._inside_since = len(self._text)

    # Where to cut prose

    def _look_behind(self, sign: str, before: str) -> None:
        """Cut right behind a character where what follows can't matter: saves a word of waiting."""
        if sign in _FULL_WIDTH_STOPS:
            self._flush(len(self._text))
        elif sign in ",;" and before.isalpha() and not self._spoken:
            word = self._text[self._gap :]
            address = "://" in word or "@" in word or "www." in word
            if not address and count_words(self._text) >= self._lengths.first_least:
                self._flush(len(self._text), soft=True)

    def _consider(self, at: int, sign: str) -> None:
        """Take a gap between words: the text before ``at`` ends there, ``sign`` comes next."""
        before = self._text
        words = count_words(before)
        if self._block_ends(sign) or sentence_ends(before, sign, line_begins=self._line):
            if words >= (self._lengths.joined if self._spoken else 1):
                self._flush(at)
            return
        if pause_ends(before, sign):
            self._pauses.append(at)
        elif before[self._gap :].strip().lower() in JOINING and pause_before_joining(
            before[: self._gap], self._lengths.first_least
        ):
            self._pauses.append(self._gap)
        self._gaps.append(at)
        self._cut_long(words)

    def _block_ends(self, sign: str) -> bool:
        """Whether a line break at the end of the text ends what is before it."""
        gap = self._text[len(self._text.rstrip()) :]
        if "\n" not in gap:
            return False
        full = self._line_length >= _WRAPPED_LINE and not self._line_is_block
        opens = sign in _BLOCK_SIGNS or sign.isdigit()
        return not full or opens or gap.count("\n") > 1 or ends_with_stop(self._text)

    def _cut_long(self, words: int) -> None:
        """Cut at a pause: the first clause at once, a later piece when it has become long."""
        lengths = self._lengths
        pause: int | None = None
        if not self._spoken:
            pause = next(self._pauses_after(self._pauses), None)
            for most in (lengths.first_fast, lengths.first_most):
                wanted = self.fast or most == lengths.first_most
                if wanted and pause is None and words >= most + _MORE:
                    pause = best_gap(self._text, self._gaps, most)
        elif words >= (lengths.second_most if self._spoken == 1 else lengths.most):
            pause = next(self._pauses_after(reversed(self._pauses)), None)
        if pause:
            self._flush(pause, soft=True)

    def _pauses_after(self, pauses: Iterable[int]) -> Iterator[int]:
        """Yield the pauses with enough words before them."""
        return (p for p in pauses if count_words(self._text[:p]) >= self._lengths.first_least)

    # Making clauses

    def _force(self) -> None:
        """Cut what has become too long to be held back."""
        end = len(self._text)
        if self._in == "prose" and not self._unsayable:
            gap = next(self._pauses_after(reversed(self._pauses)), 0)
            gap = gap or max(self._text.rfind(" "), self._text.rfind("\n")) + 1
            if gap:
                self._flush(gap, soft=True)
                return
            self._flush(end, soft=True)
            self._unsayable = self._done[-1].written.isascii()
            return
        self._flush(end)

    def _flush(self, end: int, *, soft: bool = False) -> None:
        """Make a clause of the text before ``end``; ``soft`` if the sentence goes on behind it."""
        if end <= 0:
            return
        written, self._text = self._text[:end], self._text[end:]
        spoken = self._say(written)
        if soft and not written.rstrip().endswith("."):
            spoken = spoken.removesuffix(".")
        self._spoken += bool(spoken)
        self._done.append(Clause(written, spoken))
        self._pauses = [pause - end for pause in self._pauses if pause > end]
        self._gaps = [gap - end for gap in self._gaps if gap > end]
        self._line -= end
        self._gap = max(0, self._gap - end)
        self._inside_since -= end

    def _say(self, written: str) -> str:
        if self._unsayable:
            return ""
        if self._in == "prose":
            return speakable(written)
        whole = self._in == "table" and not self._said and len(written) < self._lengths.characters
        phrase = speakable(written) if whole else CODE if self._in == "code" else TABLE
        said, self._said = self._said, True
        return "" if said else phrase
