"""Saying and doing what was asked about lists: the shopping list, the to-do list, and own ones.

A list is named by the slot ``list`` (``shopping``, ``todo``, or ``any`` for "the list", which is the
shopping list) or, as heard, by ``own_list``. What is to be added to a list that is not there is kept
in a question: "Shall I make one?".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from voice.agenda.changes import (
    AddItems,
    ClearList,
    CreateList,
    Remove,
    Rename,
    TickItems,
)
from voice.agenda.entries import BUILT_IN, SHOPPING, TODO, Checklist, Item
from voice.agenda.names import same_name
from voice.agenda.view import View
from voice.intents.keeping import Keeping, keeping, yes_or_no
from voice.intents.phrases import Inflected, Phrases
from voice.intents.vocabulary import DeviceAnswer, Match, Situation

LONG = 7
"""Things on a list up to which all are read at once; nobody remembers more."""

FIRST = 5
"""Things that are read of a longer one."""

_BUILT_IN: Mapping[str, Checklist] = {"shopping": SHOPPING, "any": SHOPPING, "todo": TODO}


def add_items(match: Match, kept: Keeping) -> DeviceAnswer:
    """Add things to a list; where there is none of that name, offer to make one."""
    items = _texts(match)
    checklist = _list_meant(match, kept.view)
    if checklist is None:
        name = str(match.slots["own_list"])
        if match.slots.get("sure"):
            said = kept.say("list_created_with", name=name, items=kept.listing(items))
            return DeviceAnswer(said, (CreateList(name, tuple(items)),))
        said = kept.say("list_offer", name=name)
        return yes_or_no(said, match)
    there = [item for item in items if _open_item(kept.view, checklist, item)]
    new = [item for item in items if item not in there]
    if not new:
        return kept.told("items_there", items=kept.listing(there), list=_name(checklist, kept))
    key = "items_added_rest" if there else "items_added"
    said = kept.say(
        key, items=kept.listing(new), there=kept.listing(there), list=_name(checklist, kept)
    )
    return DeviceAnswer(said, (AddItems(checklist.id, tuple(new)),))


def get_list(match: Match, kept: Keeping) -> DeviceAnswer:
    """Read what is still to do on a list: all of it, unless it is long."""
    checklist = _list_meant(match, kept.view)
    if checklist is None:
        return _unknown(match, kept)
    name = _name(checklist, kept)
    texts = [item.text for item in kept.view.items(checklist.id, done=False)]
    if not texts:
        done = bool(kept.view.items(checklist.id))
        return kept.told("list_all_done" if done else "list_is_empty", list=name)
    if match.slots.get("sure"):  # "Shall I read the rest?"
        return kept.told("list_rest", items=kept.listing(texts[FIRST:] or texts))
    if len(texts) <= LONG or match.slots.get("whole"):
        return kept.told("list_has", items=kept.listing(texts), list=name)
    said = kept.say(
        "list_has_many",
        list=name,
        count=kept.phrases.count(len(texts), "thing"),
        items=", ".join(map(kept.said_back, texts[:FIRST])),
        rest=kept.phrases.number(len(texts) - FIRST),
    )
    return yes_or_no(said, match)


def is_on_list(match: Match, kept: Keeping) -> DeviceAnswer:
    """Tell whether something is on a list."""
    checklist = _list_meant(match, kept.view)
    if checklist is None:
        return _unknown(match, kept)
    wanted = str(match.slots["item"])
    found = _like(kept.view, checklist, wanted)
    key = "item_not_on" if not found else "item_was_done" if found[0].done else "item_is_on"
    said = kept.said_back(found[0].text if found else wanted)
    return kept.told(key, item=said, list=_name(checklist, kept))


def remove_items(match: Match, kept: Keeping) -> DeviceAnswer:
    """Take things off a list."""
    return _with_found(match, kept, lambda ids, _: Remove(ids), lambda _: "items_removed")


def tick_items(match: Match, kept: Keeping) -> DeviceAnswer:
    """Mark things on a list as done, or all of them."""
    if match.slots.get("all"):
        checklist = _list_meant(match, kept.view)
        assert checklist  # the sentences know the built-in ones only
        ids = tuple(item.id for item in kept.view.items(checklist.id, done=False))
        if not ids:
            return get_list(Match("GetList", match.slots), kept)
        return DeviceAnswer(kept.say("list_all_ticked"), (TickItems(ids),))
    return _with_found(
        match,
        kept,
        lambda ids, _: TickItems(ids),
        lambda left: "items_ticked" if left else "items_ticked_last",
    )


def clear_list(match: Match, kept: Keeping) -> DeviceAnswer:
    """Take everything off a list, or what is done."""
    checklist = _list_meant(match, kept.view)
    if checklist is None:
        return _unknown(match, kept)
    name, done_only = _name(checklist, kept), bool(match.slots.get("done_only"))
    items = kept.view.items(checklist.id, done=True if done_only else None)
    if not items:
        return kept.told("list_nothing_done" if done_only else "list_is_empty", list=name)
    count = kept.phrases.count(len(items), "thing")
    key = "list_cleared_done" if done_only else "list_cleared"
    return DeviceAnswer(
        kept.say(key, list=name, count=count), (ClearList(checklist.id, done_only=done_only),)
    )


def create_list(match: Match, kept: Keeping) -> DeviceAnswer:
    """Begin a list, unless there is one of that name."""
    name = str(match.slots.get("new_list", ""))
    same = _called(kept.view, name) if name else _list_meant(match, kept.view)
    if same:
        count = kept.phrases.count(len(kept.view.items(same.id, done=False)), "thing")
        return kept.told("list_exists", list=_name(same, kept), count=count)
    return DeviceAnswer(kept.say("list_created", name=name), (CreateList(name),))


def delete_list(match: Match, kept: Keeping) -> DeviceAnswer:
    """Delete an own list; one that has something on it only after a question."""
    checklist = _list_meant(match, kept.view)
    if checklist is None:
        return _unknown(match, kept)
    if checklist.id in BUILT_IN:
        return clear_list(match, kept)
    if (items := kept.view.items(checklist.id, done=False)) and not match.slots.get("sure"):
        count = kept.phrases.count(len(items), "thing")
        said = kept.say("list_delete_sure", list=_name(checklist, kept), count=count)
        return yes_or_no(said, match)
    said = kept.say("list_deleted", name=checklist.name)
    return DeviceAnswer(said, (Remove((checklist.id,)),))


def rename_list(match: Match, kept: Keeping) -> DeviceAnswer:
    """Give an own list another name."""
    checklist = _list_meant(match, kept.view)
    if checklist is None:
        return _unknown(match, kept)
    if checklist.id in BUILT_IN:
        return kept.told("list_stays", list=_name(checklist, kept))
    name = str(match.slots["new_list"])
    if same := _called(kept.view, name):
        count = kept.phrases.count(len(kept.view.items(same.id, done=False)), "thing")
        return kept.told("list_exists", list=_name(same, kept), count=count)
    return DeviceAnswer(kept.say("list_renamed", name=name), (Rename(checklist.id, name),))


def get_lists(match: Match, kept: Keeping) -> DeviceAnswer:
    """Tell which lists there are."""
    names = [_name(checklist, kept).text for checklist in kept.view.lists]
    return kept.told("lists_are", lists=kept.phrases.listing(names))


def count_items(match: Match, kept: Keeping) -> DeviceAnswer:
    """Tell how many things are still to do on a list."""
    checklist = _list_meant(match, kept.view)
    if checklist is None:
        return _unknown(match, kept)
    items = kept.view.items(checklist.id, done=False)
    if not items:
        return get_list(match, kept)
    count = kept.phrases.count(len(items), "thing")
    return kept.told("list_count", list=_name(checklist, kept), count=count)


def is_there(match: Match, situation: Situation | None) -> bool:
    """Whether what is to be ticked off stands on a list, where only that shows what is meant."""
    if not match.slots.get("if_there"):
        return True
    view = situation.agenda if situation else None
    return view is not None and any(
        _like(view, checklist, text) for checklist in view.lists for text in _texts(match)
    )


ANSWERS: Mapping[str, Callable[[Match, Situation, Phrases], DeviceAnswer]] = {
    "AddItems": keeping(add_items),
    "GetList": keeping(get_list),
    "IsOnList": keeping(is_on_list),
    "RemoveItems": keeping(remove_items),
    "TickItems": keeping(tick_items),
    "ClearList": keeping(clear_list),
    "CreateList": keeping(create_list),
    "DeleteList": keeping(delete_list),
    "RenameList": keeping(rename_list),
    "GetLists": keeping(get_lists),
    "CountItems": keeping(count_items),
}


CHECKS: Mapping[str, Callable[[Match, Situation | None], bool]] = {"TickItems": is_there}
"""Whether an intent is meant in a situation."""


def _with_found(
    match: Match,
    kept: Keeping,
    change: Callable[[tuple[int, ...], Checklist], Remove | TickItems],
    key: Callable[[int], str],
) -> DeviceAnswer:
    """Do something with the items that were named, on their list or whichever has them."""
    wanted = _texts(match)
    named = bool(match.slots.get("own_list") or match.slots.get("list", "any") != "any")
    checklist = _list_meant(match, kept.view)
    if named and checklist is None:
        return _unknown(match, kept)
    lists = [checklist] if named and checklist else list(kept.view.lists)
    for one in lists:
        found = {text: items for text in wanted if (items := _like(kept.view, one, text))}
        if found:
            break
    else:
        text = kept.listing(wanted)
        if checklist and named:
            return kept.told("items_not_there", items=text, list=_name(checklist, kept))
        return kept.told("items_nowhere", items=text)
    items = [similar[0] for similar in found.values()]
    ids = {item.id for item in items}
    left = sum(item.id not in ids for item in kept.view.items(one.id, done=False))
    said = kept.say(
        key(left),
        items=kept.listing([item.text for item in items]),
        list=_name(one, kept),
        left=kept.phrases.count(left, "thing"),
    )
    if missing := [text for text in wanted if text not in found]:
        lost = kept.listing(missing)
        said += " " + kept.say("items_not_there", items=lost, list=_name(one, kept))
    return DeviceAnswer(said, (change(tuple(ids), one),))


def _texts(match: Match) -> list[str]:
    return [str(text) for text in cast(Sequence[str], match.slots["items"])]


def _list_meant(match: Match, view: View) -> Checklist | None:
    """Return the list that a match names; None where there is none of its name."""
    if own := match.slots.get("own_list"):
        return _called(view, str(own))
    return _BUILT_IN[str(match.slots.get("list", "any"))]


def _called(view: View, name: str) -> Checklist | None:
    return next(iter(view.lists_like(name)), None)


def _unknown(match: Match, kept: Keeping) -> DeviceAnswer:
    return kept.told("list_unknown", name=match.slots["own_list"])


def _like(view: View, checklist: Checklist, text: str) -> tuple[Item, ...]:
    return view.items_like(checklist.id, text)


def _open_item(view: View, checklist: Checklist, text: str) -> bool:
    """Whether something stands on a list and is still to do."""
    items = view.items(checklist.id, done=False)
    return any(same_name(item.text, text, view.articles) for item in items)


def _name(checklist: Checklist, kept: Keeping) -> Inflected:
    key = f"list_{checklist.purpose}"
    return Inflected(
        kept.say(key, name=checklist.name),
        {"dative": kept.say(f"{key}_dative", name=checklist.name)},
    )
