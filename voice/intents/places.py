"""Places whose time can be asked for: a table in a file, no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from hassil.expression import TextChunk
from hassil.intents import TextSlotList, TextSlotValue

from voice.intents.readers import Said
from voice.intents.vocabulary import JSON
from voice.intents.wording import squeeze

Table = Mapping[str, Any]


class Places:
    """Finds a place by its name alone, as a reader needs it."""

    def __init__(self, table: Table) -> None:
        """``table`` holds ``articles``, ``zones`` and ``several``."""
        self._articles = tuple(f"{article} " for article in table["articles"])
        lists = place_lists(table)["place"]
        self._known = {
            cast(TextChunk, value.text_in).original_text: cast(Mapping[str, JSON], value.value_out)
            for value in lists.values
        }

    def find(self, words: str) -> Mapping[str, JSON] | None:
        """Return what is known of the place that the whole of the words names, or None."""
        for article in self._articles:
            words = words.removeprefix(article)
        return self._known.get(words)


def place_lists(table: Table) -> dict[str, TextSlotList]:
    """Build the lists ``place`` and ``region`` from what ``places.yaml`` holds.

    A value is ``{"place": "Tokyo", "zone": "Asia/Tokyo"}``; places with several zones also have
    the ``capital`` whose zone it is.
    """
    values: list[TextSlotValue] = []
    articles = tuple(cast(list[str], table["articles"]))
    for zone, names in table["zones"].items():
        values += [_value(name, articles, zone) for name in cast(list[str], names)]
    for zone, capitals in table["several"].items():
        for capital, names in cast(Mapping[str, list[str]], capitals).items():
            values += [_value(name, articles, zone, capital) for name in names]
    # Two names of one list: the matcher tells them apart by slot.
    return {name: TextSlotList(name=name, values=values) for name in ("place", "region")}


def read_place(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
    """Read a ``place``, with the ``region`` it must be in: Paris in Texas is another Paris."""
    place = cast(Mapping[str, JSON], said["place"].value)
    region = said.get("region")
    return place if region is None or region.value["zone"] == place["zone"] else None


def _value(name: str, articles: tuple[str, ...], zone: str, capital: str = "") -> TextSlotValue:
    known: dict[str, JSON] = {"place": name, "zone": zone}
    if capital:
        known["capital"] = capital
    heard = squeeze(name)
    for article in articles:
        heard = heard.removeprefix(f"{article} ")
    return TextSlotValue(text_in=TextChunk(heard), value_out=known)
