"""What a model thinks between ``<think>`` and ``</think>`` is neither said nor kept."""

from __future__ import annotations

import re

_NAMES = ("think", "thinking", "thought", "thoughts")
_OPENING = frozenset(f"<{name}>" for name in _NAMES)
_CLOSING = frozenset(f"</{name}>" for name in _NAMES)
_LONGEST = max(len(tag) for tag in _CLOSING)
_BEGINNINGS = frozenset(tag[:n] for tag in _OPENING | _CLOSING for n in range(1, len(tag)))
_CLOSE = re.compile("|".join(map(re.escape, _CLOSING)), re.IGNORECASE)


class ThoughtFilter:
    """Takes a model's text in pieces and passes on what is not a thought, as soon as that is sure.

    A tag may be split anywhere between pieces. A block that never closes is a thought to its end;
    a closing tag without an opening one is left out. Holds back at most a tag's length.
    """

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False

    def feed(self, delta: str) -> str:
        """Take the next piece; return the text that is certainly not a thought."""
        text = self._held + delta
        passed: list[str] = []
        at = 0
        while at < len(text):
            if self._thinking:
                end = _CLOSE.search(text, at)
                if end is None:
                    # The beginning of a closing tag may be at the very end.
                    at = max(at, len(text) - _LONGEST + 1)
                    break
                self._thinking = False
                at = end.end()
                continue
            mark = text.find("<", at)
            if mark < 0:
                passed.append(text[at:])
                at = len(text)
                break
            passed.append(text[at:mark])
            at = mark
            close = text.find(">", mark, mark + _LONGEST)
            tag = text[mark : close + 1 if close >= 0 else mark + _LONGEST].lower()
            if tag in _OPENING:
                self._thinking = True
                at += len(tag)
            elif tag in _CLOSING:
                at += len(tag)
            elif tag in _BEGINNINGS and mark + len(tag) == len(text):
                break
            else:
                passed.append("<")
                at += 1
        self._held = text[at:]
        return "".join(passed)

    def close(self) -> str:
        """Return what was held back and is not a thought after all."""
        held = "" if self._thinking else self._held
        self._held = ""
        return held


def without_thoughts(text: str) -> str:
    """Return a whole text without its blocks of thought."""
    thoughts = ThoughtFilter()
    return thoughts.feed(text) + thoughts.close()
