"""Recognising the sentences that the device answers itself.

The templates are in ``sentences/<language>/*.yaml``, in the syntax of Home Assistant's hassil. A
match means that the *whole* sentence, courtesies aside, is one of them: "what time is it" matches
and "what time does the train leave" does not. What is not matched goes to the language model, so
a sentence that is missed costs little and a false match is a wrong answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from hassil import Intents as Templates
from hassil import recognize_all
from hassil.recognize import RecognizeResult

from voice.intents import arithmetic, replies
from voice.intents import tables as language_tables
from voice.intents.phrases import Phrases
from voice.intents.places import place_lists
from voice.intents.vocabulary import JSON, DeviceAnswer, Match, Situation
from voice.intents.wording import Wording, looks_like_a_label

_FILLERS = frozenset({"place", "region", "form", "a", "b", "expression"})
"""Slots that become others before they are handed on."""


class Intents:
    """One language's sentences and replies, ready to be matched and said."""

    def __init__(self, language: str = "en") -> None:
        """Read the language's files ("en", also "en-US"); ModelFileError when there are none."""
        tables = language_tables.read(language)
        self.phrases = Phrases(language, tables)
        """What is said in this language."""
        self._wording = Wording(
            language_tables.base(language),
            tables["contractions"],
            tables["lead_in"],
            tables["lead_out"],
        )
        self._sums = _Sums(tables)
        self._templates = Templates.from_dict(tables)
        self._templates.slot_lists.update(place_lists(tables))
        self.match("what time is it in 5")  # hassil parses its templates on first use

    def match(self, text: str) -> Match | None:
        """Find the intent that the whole of ``text``, as speech recognition wrote it, means."""
        words = self._wording.plain(text)
        if not words:
            return None
        label = looks_like_a_label(text)
        core = self._wording.without_courtesies(words)
        # The whole first: "no thank you" is not a "thank you" with a filler.
        for candidate in dict.fromkeys((words, core)):
            context = {
                "numbers": _yes(any(letter.isdigit() for letter in candidate)),
                "label": _yes(label),
                "courtesies": _yes(candidate != words),
            }
            if found := self._match_words(candidate, context):
                return found
        return None

    def answer(self, match: Match, situation: Situation) -> DeviceAnswer:
        """Plan the answer to a match; nothing is changed yet. KeyError for an unknown intent."""
        return replies.answer(match, situation, self.phrases)

    def _match_words(self, words: str, context: dict[str, str]) -> Match | None:
        for result in recognize_all(words, self._templates, intent_context=context):
            slots = self._slots(result)
            if slots is not None:
                return Match(result.intent.name, slots)
        return None

    def _slots(self, result: RecognizeResult) -> dict[str, JSON] | None:
        """Return the slots to hand on; None when what fills one shows that it is no match."""
        found: dict[str, Any] = {name: entity.value for name, entity in result.entities.items()}
        slots = {name: _whole(value) for name, value in found.items() if name not in _FILLERS}
        if place := found.get("place"):
            region = found.get("region")
            if region and region["zone"] != place["zone"]:
                return None  # Paris in Texas is another Paris
            slots.update(place)
        if result.intent.name == "Calculate":
            try:
                slots.update(self._sums.slots(found))
            except arithmetic.NotASum:
                return None
        return slots


class _Sums:
    """From spoken sums to canonical expressions, by the tables of the arithmetic file."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self._operators = [
            (re.compile(rf"(?<![\w.]){words}(?![\w])" if words[0] not in " ^" else words), sign)
            for words, sign in cast(Iterable[tuple[str, str]], tables["operators"])
        ]
        self._currencies = cast(Mapping[str, str], tables["currencies"])
        self._money = re.compile(rf"(?<=[0-9]) ({'|'.join(self._currencies)})\b")
        self._names = frozenset(tables["not_sums"])

    def slots(self, found: Mapping[str, Any]) -> dict[str, JSON]:
        """Return the expression, and its currency if it has one; NotASum if it is none."""
        signs: set[str] = set()
        parts = {
            name: self._in_signs(str(found[name]), signs)
            for name in ("a", "b", "expression")
            if name in found
        }
        form = str(found.get("form", "{expression}"))
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


def _yes(condition: bool) -> str:
    """Return what the templates' ``requires_context`` compares with."""
    return "yes" if condition else "no"


def _whole(value: Any) -> Any:
    """Make 40.0, as hassil reads percentages, 40."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
