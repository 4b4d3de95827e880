"""Looking at templates as a whole: what each intent's sentences need to be usable."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import cast

from hassil import Intents as Templates
from hassil.expression import Group, ListReference
from hassil.intents import WildcardSlotList

from voice.errors import ModelFileError


def check_wildcards(templates: Templates, slots: Collection[str]) -> None:
    """Raise ModelFileError for a slot that takes any words and is not among the ``slots`` with a reader."""
    wild = {
        name
        for name, values in templates.slot_lists.items()
        if isinstance(values, WildcardSlotList)
    }
    for intent, sentence, reference in _references(templates):
        if reference.list_name in wild and reference.slot_name not in slots:
            raise ModelFileError(
                f"{intent}: {{{reference.slot_name}}} in “{sentence}” takes any words and has no reader"
            )


def _references(templates: Templates) -> Iterator[tuple[str, str, ListReference]]:
    """Yield every slot of every sentence: the intent's name, the sentence, hassil's reference."""
    for intent in templates.intents.values():
        for block in intent.data:
            for sentence in block.sentences:
                whole = cast(Group, sentence.expression)
                for reference in whole.list_references(templates.expansion_rules):
                    yield intent.name, str(sentence.text), reference


def answering(templates: Templates) -> frozenset[str]:
    """Return the intents whose sentences only answer questions of ours; ModelFileError for a mixture."""
    asked = {
        name: {"asked" in (block.requires_context or {}) for block in intent.data}
        for name, intent in templates.intents.items()
    }
    if both := [name for name, which in asked.items() if len(which) > 1]:
        raise ModelFileError(
            f"{both[0]}: sentences that require `asked` need an intent of their own"
        )
    return frozenset(name for name, which in asked.items() if which == {True})
