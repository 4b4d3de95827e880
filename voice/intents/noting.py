"""Reading what is to be noted, and what a note is looked for by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from voice.intents.readers import Reader, Said, Tables, as_heard
from voice.intents.vocabulary import JSON


def read_fact(tables: Tables) -> Reader:
    """Make the reader of ``note``, any text, and of ``fact``, which says that something is so.

    "Remember that song?" and "remember that time we went to Paris" are no facts; what shows one, and
    what shows none, is in ``note_words``.
    """
    words = cast(Mapping[str, Any], tables["note_words"])
    signs = frozenset(str(words["signs"]).split())
    none = frozenset(cast(Iterable[str], words["no_fact"]))
    no_note = frozenset(cast(Iterable[str], words["no_note"]))
    polite = frozenset(cast(Iterable[str], tables["text_ends"]))
    heard = as_heard(tables)

    def read(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        slot, found = next(iter(said.items()))
        spoken = found.words.split()
        if (
            found.words in polite or spoken[0] in no_note
        ):  # "take a note please", "a note to my boss"
            return None
        if slot == "fact" and (
            len(spoken) < 3 or spoken[0] in none or not signs.intersection(spoken)
        ):
            return None
        return {"note": (heard(said) or {})[slot]}

    return read


def read_about(tables: Tables) -> Reader:
    """Make the reader of ``about_note``: as ``about`` what was said, as ``words`` what tells notes apart."""
    small = frozenset(str(cast(Mapping[str, Any], tables["note_words"])["small"]).split())
    heard = as_heard(tables)

    def read(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        about = (heard(said) or {})["about_note"]
        words = [word for word in said["about_note"].words.split() if word not in small]
        return {"about": about, "words": " ".join(words)} if words else None

    return read


READERS = {"fact": read_fact, "note_about": read_about}
"""Readers by the names that the sentence files use."""

FREE_TEXT = frozenset({"fact", "note_about"})
"""Those that take any words."""
