"""Cuts an answer into what is synthesized at once: a short first clause, then whole sentences.

The first clause decides when the speaker starts, so it ends at the first natural pause; what
follows is cut at the ends of sentences, so that it sounds like speech. Text comes in pieces split
anywhere; it is taken character by character, so the cuts do not depend on how it was split.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from voice.speakable import CODE, TABLE, ThoughtFilter, speakable
from voice.speakable.abbreviations import NEVER_LAST


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of an answer that is synthesized at once."""

    written: str
    """As the model wrote it, markdown and all; the pieces together are the answer."""
    spoken: str
    """What to say for it; "" when there is nothing to say (an emoji, the middle of some code)."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long pieces get. Words, except ``characters``."""

    first_least: int = 3
    """A pause ends the first clause only after so many: less is over before the next is ready."""
    first_most: int = 10
    """Without any pause the first clause ends here, at the gap that sounds best."""
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

_JOINING = frozenset(
    "and but or so because while when if although though since until unless whereas which".split()
)
_LEADING = _JOINING | frozenset(
    "to of in on at for with from by as that who than into about".split()
)
_CLINGING = _LEADING | frozenset(
    "a an the my your his her its our their this very is are was not".split()
)
_SENTENCE_END = re.compile(r"([.!?…。！？]+)[\"'”’)\]*_~»]*\s*$")
_PAUSE_END = re.compile(r"(?:[,;:][\"'”’)\]*_~»]*|(?:^|\s)[–—-]{1,2}|—)\s*$")
_MARKER = re.compile(r"^\s*(?:[-*+•]|\d{1,4}[.)]|#{1,6}|>)\s+")
_BLOCK_LINE = re.compile(r"\s*(?:[-*+•]\s|\d{1,4}[.)]\s|#{1,6}\s|>)")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_WORD = re.compile(r"\S*\w\S*")
_INITIAL = re.compile(r"(?:[A-HJ-Z]|(?:[A-Za-z]\.)+[A-Za-z])$")
_BY_ONE_SIGN = frozenset("。！？")


def cut(text: str, lengths: Lengths | None = None) -> list[Clause]:
    """Cut a complete text by the same rules as a stream."""
    stream = ClauseStream(lengths)
    return stream.feed(text) + stream.close()


class ClauseStream:
    """Takes an answer as it is written and returns its clauses as soon as they are complete."""

    def __init__(self, lengths: Lengths | None = None) -> None:
        self._lengths = lengths or Lengths()
        self._thoughts = ThoughtFilter()
        self._text = ""  # what is not yet in a clause
        self._spoken = 0  # clauses with something to say so far
        self._pauses: list[int] = []  # where the text could be cut if it gets long
        self._gap = 0  # where the last word began
        self._line = 0  # where the current line begins; below 0 if in an earlier clause
        self._line_is_block = False
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
        line = self._text[max(self._line, 0) :] if self._line >= 0 else ""
        fence = _FENCE.match(line)
        if self._in == "code":
            if fence and fence[1].startswith(self._fence) and not line.strip().strip(fence[1][0]):
                self._flush(len(self._text))
                self._in = "prose"
        elif fence:
            self._flush(self._line)
            self._in, self._fence, self._said = "code", fence[1], False
        elif self._in == "table" and not line.strip():
            self._flush(len(self._text))
            self._in = "prose"
        self._line_is_block = bool(_BLOCK_LINE.match(line)) or (
            self._line < 0 and self._line_is_block
        )
        self._last_line = len(self._text) - self._line
        self._line = len(self._text)
        self._inside = ""

    def _word_begins(self, sign: str) -> None:
        """Decide at the first character of a word whether to cut before it."""
        at = len(self._text)
        new_line = (
            self._line == at or not self._text[self._line :].strip() if self._line >= 0 else False
        )
        if self._in == "table" and new_line and sign != "|":
            self._flush(at)
            self._in = "prose"
        elif self._in == "prose" and new_line and sign == "|" and not self._unsayable:
            self._flush(at)
            self._in, self._said = "table", False
        elif self._in == "prose" and self._text and not self._held():
            self._consider(at, sign)
        self._gap = len(self._text)

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
        if sign in _BY_ONE_SIGN:
            self._flush(len(self._text))
        elif sign in ",;" and before.isalpha() and not self._spoken:
            word = self._text[self._gap :]
            if (
                not re.search(r"://|@|www\.", word)
                and self._words(len(self._text)) >= self._lengths.first_least
            ):
                self._flush(len(self._text), soft=True)

    def _consider(self, at: int, sign: str) -> None:
        """Take a gap between words: the text before ``at`` ends there, ``sign`` comes next."""
        lengths = self._lengths
        before = self._text[:at]
        words = self._words(at)
        least = 1 if not self._spoken else lengths.joined
        if self._sentence_ends(before, sign):
            if words >= least:
                self._flush(at)
            return
        last = before[self._gap :].strip()
        if self._pause_ends(before, sign):
            self._pauses.append(at)
        elif last.lower() in _JOINING and self._pausable(before[: self._gap]):
            self._pauses.append(self._gap)
        self._cut_long(words)

    def _cut_long(self, words: int) -> None:
        """Cut at a pause: the first clause at once, a later piece when it has become long."""
        lengths = self._lengths
        if not self._spoken:
            pause = next((p for p in self._pauses if self._words(p) >= lengths.first_least), None)
            if pause is None and words >= lengths.first_most + _MORE:
                pause = self._best_gap()
        elif words >= (lengths.second_most if self._spoken == 1 else lengths.most):
            least = lengths.first_least
            pause = next((p for p in reversed(self._pauses) if self._words(p) >= least), None)
        else:
            pause = None
        if pause:
            self._flush(pause, soft=True)

    def _sentence_ends(self, before: str, sign: str) -> bool:
        """Whether the text before a gap is complete, seen with the first character behind it."""
        gap = before[len(before.rstrip()) :]
        if "\n" in gap:
            return self._line_break_ends(before, gap, sign)
        end = _SENTENCE_END.search(before)
        if end is None or sign.islower():
            return False
        if end[1] != ".":
            return True
        word = before[: end.start()].rsplit(None, 1)[-1:] or [""]
        bare = word[0].lstrip("(\"'“‘*_[")
        if bare.lower() in ("a.m", "p.m", "etc"):
            return True
        if bare.lower() in NEVER_LAST:
            return bare.lower() == "no" and not sign.isdigit()
        begins_line = before[max(self._line, 0) : end.start()].strip() == bare and self._line >= 0
        return not (_INITIAL.match(bare) or (begins_line and bare.isdigit()))

    def _line_break_ends(self, before: str, gap: str, sign: str) -> bool:
        line_is_full = self._last_line >= _WRAPPED_LINE and not self._line_is_block
        return (
            gap.count("\n") > 1
            or not line_is_full
            or sign in "#|>-*+`•"
            or sign.isdigit()
            or bool(_SENTENCE_END.search(before))
        )

    def _pause_ends(self, before: str, sign: str) -> bool:
        if not _PAUSE_END.search(before):
            return False
        around = re.sub(r"[\s,;:–—-]+$", "", before)[-1:]
        return not (around.isdigit() and sign.isdigit())  # "Nov. 21, 2026", "3 - 4"

    def _pausable(self, before: str) -> bool:
        """Whether there can be a pause between the last word of a text and "and", "but", …"""
        words = before.split()
        return len(words) > self._lengths.first_least and not re.search(r"\d", words[-1])

    def _best_gap(self) -> int | None:
        """Return the gap for a first clause without any pause: before "in", not after "the"."""
        found: int | None = None
        spans = [span.span() for span in re.finditer(r"\S+", self._text)]
        words = [self._text[a:b] for a, b in spans]
        count = 0
        for index in range(1, len(words)):
            count += bool(_WORD.fullmatch(words[index - 1]))
            last, following = words[index - 1], words[index]
            if count > self._lengths.first_most:
                break
            whole = last.isalpha() and following.isalpha()
            if count < self._lengths.first_most // 2 or not whole or last.lower() in _CLINGING:
                continue
            start = spans[index][0]
            if following.lower() in _LEADING or found is None or not self._leads(found):
                found = start
        return found

    def _leads(self, at: int) -> bool:
        return self._text[at:].split(None, 1)[0].lower() in _LEADING

    def _words(self, end: int) -> int:
        """Count the words before ``end``, a list's or heading's mark not among them."""
        return len(_WORD.findall(_MARKER.sub("", self._text[:end])))

    # Making clauses

    def _force(self) -> None:
        """Cut what has become too long to be held back."""
        end = len(self._text)
        if self._in == "prose" and not self._unsayable:
            gap = next((p for p in reversed(self._pauses) if self._words(p) >= 3), 0)
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
