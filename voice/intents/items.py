"""Reading what is to go on a list: "milk, eggs and bread", "salt and pepper", "call the bank".

Things are kept as they were heard, and told apart at commas and at words like "and". A few pairs
stay together, and on the to-do list "and" only begins a new thing where a verb follows ("call Anna
and water the plants"). What recognition wrote without commas ("milk eggs and bread") is told apart
where every word is a thing that people buy. Tables: ``list_words`` in the sentence files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from voice.intents.readers import Reader, Said, Tables, as_heard
from voice.intents.vocabulary import JSON
from voice.intents.wording import squeeze

TODO = "todo"
"""The value of the slot ``list`` for the list of things to do."""

_NUMBER = re.compile(r"[0-9][0-9.,]*")


class Groceries:
    """What people buy, and how much of it they say they need."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        """``words`` hold ``groceries`` (things, in their usual form) and ``amounts``."""
        plurals = cast(Sequence[str], words["plurals"])
        names = [squeeze(name) for name in str(words["groceries"]).split(",")]
        self._names = {
            tuple((name + ending).split()) for name in names if name for ending in ("", *plurals)
        }
        self._names |= {tuple(squeeze(pair).split()) for pair in cast(list[str], words["pairs"])}
        self._longest = max(map(len, self._names))
        self._amounts = frozenset(str(words["amounts"]).split())

    def knows(self, thing: str) -> bool:
        """Whether this is something to buy, and nothing besides: "2 liters of fresh milk"."""
        words = squeeze(thing).split()
        while words and (words[0] in self._amounts or _NUMBER.fullmatch(words[0])):
            if tuple(words) in self._names:
                return True
            words.pop(0)
        return tuple(words) in self._names

    def apart(self, words: Sequence[str]) -> list[list[str]] | None:
        """Tell things apart that were said in a row; None where a word is none of them."""
        found: list[list[str]] = []
        at = 0
        while at < len(words):
            for size in range(self._longest, 0, -1):
                some = words[at : at + size]
                if len(some) == size and tuple(squeeze(" ".join(some)).split()) in self._names:
                    found.append(list(some))
                    at += size
                    break
            else:
                return None
        return found


class Items:
    """Tells the things in an enumeration apart; one language's."""

    def __init__(self, tables: Tables) -> None:
        """``tables`` hold ``list_words``."""
        words = cast(Mapping[str, Any], tables["list_words"])
        self.groceries = Groceries(words)
        self._joints = frozenset(cast(Iterable[str], words["joints"]))
        self._pairs = frozenset(squeeze(pair) for pair in cast(Iterable[str], words["pairs"]))
        self._leads = frozenset(cast(Iterable[str], words["leads"]))
        self._verbs = frozenset(str(words["verbs"]).split())

    def apart(self, text: str, *, todo: bool = False) -> list[str]:
        """Return the things in a text as heard; ``todo``: they are things to do."""
        pieces: list[list[str]] = [[]]
        tokens = text.split()
        joined = False
        for at, token in enumerate(tokens):
            word = squeeze(token)
            if word in self._joints and self._separates(tokens, at, todo=todo):
                pieces.append([])
                joined = True
                continue
            pieces[-1].append(token)
            if token[-1] in ",;":
                pieces.append([])
        if joined and not todo and "," not in text:
            pieces = [part for piece in pieces for part in self._in_a_row(piece)]
        named = (self._named(piece) for piece in pieces)
        return list(dict.fromkeys(name for name in named if name))

    def goes_on(self, text: str) -> bool:
        """Whether somebody has not finished: "milk, eggs and"."""
        return bool(text) and squeeze(text.split()[-1]) in self._joints

    def _in_a_row(self, piece: list[str]) -> list[list[str]]:
        return self.groceries.apart(piece) or [piece]

    def _separates(self, tokens: Sequence[str], at: int, *, todo: bool) -> bool:
        """Whether a word like "and" stands between two things."""
        if not 0 < at < len(tokens) - 1:
            return True  # "milk and"
        if todo:
            return squeeze(tokens[at + 1]) in self._verbs
        for before in (1, 2):
            for after in (1, 2):
                around = tokens[max(0, at - before) : at + after + 1]
                if squeeze(" ".join(around)) in self._pairs:
                    return False
        return True

    def _named(self, piece: Sequence[str]) -> str:
        """Return a thing without the words in front that say nothing: "some", "also"."""
        words = list(piece)
        while len(words) > 1 and squeeze(words[0]) in self._leads:
            words.pop(0)
        return " ".join(words).strip(" ,;.!?")


def read_items(tables: Tables) -> Reader:
    """Make the reader of ``items``, as a list; it also takes ``list``, to know things to do."""
    items, heard = Items(tables), as_heard(tables)
    never = frozenset(cast(Iterable[str], tables["list_words"]["not_items"]))

    def read(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        slots: dict[str, JSON] = {slot: found.value for slot, found in said.items()}
        if found := said.get("items"):
            text = str((heard({"items": found}) or {})["items"])
            if items.goes_on(text):
                return None
            things = items.apart(text, todo=slots.get("list") == TODO)
            if not things or found.words.split()[0] in never:
                return None
            slots["items"] = cast(JSON, things)
        return slots

    return read


def read_groceries(tables: Tables) -> Reader:
    """Make the reader of ``groceries``: things that people buy, and nothing else, as ``items``."""
    items, heard = Items(tables), as_heard(tables)

    def read(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        text = str((heard(said) or {})["groceries"])
        things = [] if items.goes_on(text) else items.apart(text)
        if not things or not all(map(items.groceries.knows, things)):
            return None
        return {"items": cast(JSON, things)}

    return read


def read_compound(tables: Tables) -> Reader:
    """Make the reader of a list's name with the word for a list at its end: "Baumarktliste"."""
    ends = tuple(squeeze(end) for end in tables["list_words"]["compound_ends"])
    heard = as_heard(tables)

    def read(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        slots: dict[str, JSON] = {}
        for slot, name in (heard(said) or {}).items():
            end = next((end for end in ends if squeeze(str(name)).endswith(end)), None)
            bare = str(name)[: -len(end)].rstrip("- ") if end else ""
            if not bare:
                return None
            slots[_COMPOUNDS[slot]] = bare
        return slots

    return read


_COMPOUNDS = {"own_compound": "own_list", "new_compound": "new_list"}
"""What a compound is the name of."""

READERS = {"items": read_items, "groceries": read_groceries, "list_compound": read_compound}
"""Readers by the names that the sentence files use."""

FREE_TEXT = frozenset({"items", "list_compound"})
"""Those that take any words."""
