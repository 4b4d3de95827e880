"""Reading a language: the YAML files of ``sentences/<language>/``, merged into one set of tables.

A language is nothing but this folder. Every file is a domain and may add to each part: ``intents``,
``lists``, ``expansion_rules`` (in the syntax of hassil), ``replies``, ``nouns`` (see
``voice.intents.phrases``), ``expected`` (sentences that recognition is told to expect where it is in
doubt), and tables of its own. A name within a part belongs to one file.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, cast

import yaml
from hassil.util import merge_dict

from voice.errors import ModelFileError
from voice.intents.wording import unaccented

# The C parser reads the files in a tenth of the time where it is built in.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

OWNED = ("lists", "expansion_rules", "replies", "nouns", "intents")
"""Parts whose names must differ between files: merged, they would silently change each other."""


def read(language: str) -> dict[str, Any]:
    """Return the merged tables of ``language`` ("en", also "en-US"); ModelFileError without any.

    A region is left out: the sentences of a language are shared by its regions.
    """
    folder = files("voice.intents") / "sentences" / base(language)
    tables: dict[str, Any] = {}
    owners: dict[tuple[str, str], str] = {}
    if folder.is_dir():
        for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if file.name.endswith(".yaml"):
                table: dict[str, Any] = yaml.load(file.read_text("utf-8"), Loader=_Loader) or {}
                claim(owners, table, file.name)
                merge_dict(tables, table)
    if "intents" not in tables:
        raise ModelFileError(
            f"no sentences for the language {language!r} in {folder}: use stt.language en, "
            "or install Sayso again if the folder should be there"
        )
    return tables


def languages() -> tuple[str, ...]:
    """Return the languages that have files, sorted."""
    folder = files("voice.intents") / "sentences"
    return tuple(sorted(entry.name for entry in folder.iterdir() if entry.is_dir()))


def templates(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return what hassil reads, with its words as ``Wording.plain`` leaves them: no accents, no ß."""
    intents = cast(Mapping[str, Mapping[str, Any]], tables["intents"])
    rules = cast(Mapping[str, str], tables.get("expansion_rules") or {})
    lists = cast(Mapping[str, Mapping[str, Any]], tables.get("lists") or {})
    return {
        "language": tables["language"],
        "intents": {
            name: {"data": [_block(block) for block in intent["data"]]}
            for name, intent in intents.items()
        },
        "expansion_rules": {name: _plain(rule) for name, rule in rules.items()},
        "lists": {name: _list(values) for name, values in lists.items()},
    }


def _block(block: Mapping[str, Any]) -> dict[str, Any]:
    return {**block, "sentences": [_plain(sentence) for sentence in block["sentences"]]}


def _list(table: Mapping[str, Any]) -> Mapping[str, Any]:
    if "range" in table:  # numbers are figures here; hassil would list the words of every one
        return {**table, "range": {**cast(Mapping[str, Any], table["range"]), "words": False}}
    values = cast(list[Any] | None, table.get("values"))
    if values is None:
        return table
    pairs: list[Any] = [
        {**cast(Mapping[str, Any], value), "in": _plain(str(cast(Mapping[str, Any], value)["in"]))}
        if isinstance(value, Mapping)
        else {"in": _plain(str(value)), "out": value}
        for value in values
    ]
    return {**table, "values": pairs}


def _plain(sentence: str) -> str:
    return sentence if sentence.isascii() else unaccented(sentence.replace("ß", "ss"))


def base(language: str) -> str:
    """Return the language without its region: "en" for "en-US" and "en_GB"."""
    return language.replace("_", "-").split("-")[0].lower()


def claim(owners: dict[tuple[str, str], str], table: Mapping[str, Any], file: str) -> None:
    """Note whose each name is; ModelFileError for one that another file has already."""
    for part in OWNED:
        for name in table.get(part) or ():
            owner = owners.setdefault((part, name), file)
            if owner != file:
                raise ModelFileError(
                    f"{part}: {name} stands in {owner} and in {file}: rename one of them"
                )
