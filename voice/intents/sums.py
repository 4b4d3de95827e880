"""From spoken sums to canonical expressions, by the tables of the arithmetic file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import cast

from voice.intents import arithmetic
from voice.intents.readers import Said, Tables
from voice.intents.vocabulary import JSON


class Sums:
    """The reader of sums: ``form`` with its parts ``a`` and ``b``, or a whole ``expression``."""

    def __init__(self, tables: Tables) -> None:
        """``tables`` hold ``operators``, ``currencies`` and ``not_sums``."""
        self._operators = [
            (re.compile(rf"(?<![\w.]){words}(?![\w])" if words[0] not in " ^" else words), sign)
            for words, sign in cast(Iterable[tuple[str, str]], tables["operators"])
        ]
        self._currencies = cast(Mapping[str, str], tables["currencies"])
        self._money = re.compile(rf"(?<=[0-9]) ({'|'.join(self._currencies)})\b")
        self._names = frozenset(cast(Iterable[str], tables["not_sums"]))

    def __call__(self, said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        """Return the expression, and its currency if it has one; None if it is no sum."""
        try:
            return self._slots({name: str(found.value) for name, found in said.items()})
        except arithmetic.NotASum:
            return None

    def _slots(self, said: Mapping[str, str]) -> dict[str, JSON]:
        signs: set[str] = set()
        form = said.get("form", "{expression}")
        parts = {
            name: self._in_signs(words, signs) for name, words in said.items() if name != "form"
        }
        expression = arithmetic.canonical(form.format(**parts))
        if expression in self._names or len(signs) > 1:
            raise arithmetic.NotASum(expression)
        slots: dict[str, JSON] = {"expression": expression}
        if signs:
            slots["currency"] = signs.pop()
        return slots

    def _in_signs(self, words: str, currencies: set[str]) -> str:
        currencies.update(self._currencies[word] for word in self._money.findall(words))
        words = self._money.sub("", words)
        for pattern, sign in self._operators:
            words = pattern.sub(sign, words)
        if words.count("(") != words.count(")") or "|" in words:
            raise arithmetic.NotASum(words)
        arithmetic.tokens(words)
        return words
