"""Names in sentences about settings: of voices, wake words, towns, and the assistant's own.

They are free text, so that much is refused that only looks like one: "I will call you later" gives no
name. Which of them there are is known when it is answered; see ``closest``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import PurePath
from typing import Any, cast

from voice.intents.readers import Reader, Said, Tables
from voice.intents.vocabulary import JSON

NAME_WORDS = 3
"""Words of a name; what is longer is a sentence about something else."""

ALIKE = 0.7
"""How much of a name must be heard right, as ``difflib`` counts it: "Elba" is 0.75 of "alba"."""


def read_name(tables: Tables) -> Reader:
    """Make the reader of names; what never stands in one is in ``setting_words``."""
    words = cast(Mapping[str, Any], tables["setting_words"])
    never = frozenset(str(words["never"]).split())

    def read(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        names: dict[str, JSON] = {}
        for slot, found in said.items():
            spoken = found.words.split()
            if len(spoken) > NAME_WORDS or never.intersection(spoken):
                return None
            names[slot] = found.heard().removesuffix("'s").removesuffix("’s")
        return names

    return read


READERS = {"setting_name": read_name}
"""Readers by the names that the sentence files use."""

FREE_TEXT = frozenset({"setting_name"})
"""Those that take any words."""


def spoken_voices(voices: Sequence[str]) -> Mapping[str, str]:
    """Return what to call each voice: its speaker, "Joe", and its quality where there are several.

    The keys are the names, such as ``en_US-joe-medium``, or paths of .onnx files.
    """
    parts = {voice: _stem(voice).split("-") for voice in voices}
    speakers = {voice: part[1] if len(part) > 1 else part[0] for voice, part in parts.items()}
    return {
        voice: _spoken(
            speaker
            if list(speakers.values()).count(speaker) == 1
            else " ".join((speaker, *parts[voice][2:]))
        ).title()
        for voice, speaker in speakers.items()
    }


def spoken_wake_word(name: str) -> str:
    """Return how a wake word is said: "okay nabu"; of a file, its name without the ending."""
    return _spoken(_stem(name))


def marks(voice: str) -> frozenset[str]:
    """Return what a voice's name tells of it: language, country, speaker, quality; lower case."""
    return frozenset(re.split(r"[_\W]+", _stem(voice).casefold()))


def closest(heard: str, spoken: Mapping[str, str]) -> str | None:
    """Return the key whose spoken name was most probably meant, or None."""
    letters = {key: _letters(said) for key, said in spoken.items()}
    wanted = _letters(heard)
    near = get_close_matches(wanted, letters.values(), n=1, cutoff=ALIKE)
    return next((key for key, said in letters.items() if near and said == near[0]), None)


def _stem(name: str) -> str:
    return PurePath(name).name.removesuffix(".onnx").removesuffix(".json")


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold()).removeprefix("okay").removeprefix("hey")
