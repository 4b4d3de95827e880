"""Saying back what somebody said of themselves: "call my mum" is, from us, "call your mum".

What is kept is kept as it was heard; only what is said changes its person. The table ``persons``::

    persons:
      words: {my: your, i am: you are, i: you}   # longer ones win; all lower case
      left: [i]                                  # still there: the sentence can't be said back
      final: {ich: {muss: musst}}                # with the word, the last one must be one of these
      not_after: [the]                           # "the mine" is a place

In languages whose verbs show the person, what is not in the table is better not said than wrong:
``said_back`` returns None then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast


class Persons:
    """One language's way to change the first person into the second."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        """``tables`` may hold ``persons``; without it everything is said as it was heard."""
        table = cast(Mapping[str, Any], tables.get("persons") or {})
        self._words = {str(word): str(other) for word, other in table.get("words", {}).items()}
        self._final = cast(Mapping[str, Mapping[str, str]], table.get("final", {}))
        self._not_after = frozenset(cast(list[str], table.get("not_after", [])))
        longest_first = sorted(self._words, key=len, reverse=True)
        self._pattern = re.compile(
            rf"(?<![\w'])(?:{'|'.join(map(re.escape, longest_first))})(?![\w'])", re.IGNORECASE
        )

    def said_back(self, text: str) -> str | None:
        """Return a text as we say it to the one who said it; None where that can't be told."""
        if not self._words:
            return text
        text = text.replace("’", "'")
        for person, verbs in self._final.items():
            if re.search(rf"\b{person}\b", text, re.IGNORECASE):
                head, _, last = text.rpartition(" ")
                if last.casefold() not in verbs:
                    return None
                text = f"{head} {verbs[last.casefold()]}"
        return self._pattern.sub(lambda found: self._other(found, text), text)

    def _other(self, found: re.Match[str], text: str) -> str:
        word = found.group()
        before = text[: found.start()].split()
        if (len(word) > 1 and word.isupper()) or (before and before[-1].lower() in self._not_after):
            return found.group()  # "call the US", "visit the mine"
        return self._words[word.casefold()]
