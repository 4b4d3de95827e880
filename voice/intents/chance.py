"""Chance: dice, coins, random numbers, one of several things.

Planning is pure: luck is a number in the situation, drawn anew for each (``Situation.luck``). The
answer to a sentence that goes on is planned again, with other luck, and only the last one is heard.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, cast

from voice.intents.phrases import Phrases
from voice.intents.readers import Reader, Said, Tables, as_heard
from voice.intents.vocabulary import JSON, DeviceAnswer, Match, Situation
from voice.intents.wording import unaccented

MAX_DICE = 100
"""More dice at once are thrown by nobody."""

MAX_TOLD = 10
"""Dice that are told one by one; of more only the sum is told."""

MAX_SIDES = 1000


MAX_OPTIONS = 12
MAX_OPTION_WORDS = 8
"""What is longer is no option but a sentence."""

_COMMA = re.compile(r"\s*[,;]\s*")


def read_dice(tables: Tables) -> Reader:
    """Make the reader of ``dice`` ("2d6", "a 20 sided die") and ``coins`` ("3 coins")."""
    patterns = cast(Mapping[str, Any], tables["chance"])
    dice = [
        (_filled(pattern), int(usual.get("count", 1)), int(usual.get("sides", 6)))
        for pattern, usual in cast(Sequence[tuple[str, Mapping[str, int]]], patterns["dice"])
    ]

    def read(said: Mapping[str, Said]) -> dict[str, JSON] | None:
        for pattern, count, sides in dice:
            if found := pattern.fullmatch(said["dice"].words):
                groups = found.groupdict()
                count, sides = int(groups.get("count") or count), int(groups.get("sides") or sides)
                fits = 1 <= count <= MAX_DICE and 2 <= sides <= MAX_SIDES
                return {"count": count, "sides": sides} if fits else None
        return None

    return read


def read_options(tables: Tables) -> Reader:
    """Make the reader of ``options``: "tea, coffee or milk" as a list, as it was heard."""
    joints = [
        re.compile(rf"(?:\s|(?<=,))\s*{re.escape(joint)}\s+", re.IGNORECASE)
        for joint in tables["chance"]["joints"]
    ]

    heard = as_heard(tables)

    def read(said: Mapping[str, Said]) -> dict[str, JSON] | None:
        text = str((heard(said) or said)["options"])
        joint = next((joint for joint in joints if joint.search(text)), None)
        if joint is None:
            return None
        parts = [part.strip() for half in joint.split(text) for part in _COMMA.split(half)]
        options: list[JSON] = [part for part in parts if part]
        long = any(len(str(option).split()) > MAX_OPTION_WORDS for option in options)
        return {"options": options} if 2 <= len(options) <= MAX_OPTIONS and not long else None

    return read


READERS: Mapping[str, Callable[[Tables], Reader]] = {"dice": read_dice, "options": read_options}
"""Readers by the names that the sentence files use."""


def roll_dice(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Roll dice: each is told, and the sum."""
    luck = Random(situation.luck)
    count, sides = cast(int, match.slots["count"]), cast(int, match.slots["sides"])
    rolled = [luck.randint(1, sides) for _ in range(count)]
    if count == 1:
        return DeviceAnswer(phrases.say("dice_one", situation.variety, number=rolled[0]))
    key = "dice_several" if count <= MAX_TOLD else "dice_many"
    said = phrases.say(
        key, situation.variety, numbers=phrases.listing(rolled), total=sum(rolled), count=count
    )
    return DeviceAnswer(said)


def flip_coin(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Flip one coin or several."""
    luck = Random(situation.luck)
    count = cast(int, match.slots.get("count", 1))
    sides = [phrases.say(luck.choice(("coin_heads", "coin_tails"))) for _ in range(count)]
    return DeviceAnswer(phrases.say("coin_fell", situation.variety, sides=phrases.listing(sides)))


def random_number(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Draw a whole number between two, both possible; 1 to 100 where none are said."""
    first, last = (
        cast(int, match.slots.get(name, usual)) for name, usual in (("first", 1), ("last", 100))
    )
    number = Random(situation.luck).randint(min(first, last), max(first, last))
    return DeviceAnswer(phrases.say("number_drawn", situation.variety, number=number))


def choose(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Choose one of several things."""
    options = cast(Sequence[str], match.slots["options"])
    option = Random(situation.luck).choice(options)
    return DeviceAnswer(phrases.say("option_chosen", situation.variety, option=option))


def yes_or_no(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Say yes or no."""
    key = Random(situation.luck).choice(("option_yes", "option_no"))
    return DeviceAnswer(phrases.say(key))


ANSWERS: Mapping[str, Callable[[Match, Situation, Phrases], DeviceAnswer]] = {
    "RollDice": roll_dice,
    "FlipCoin": flip_coin,
    "RandomNumber": random_number,
    "Choose": choose,
    "YesOrNo": yes_or_no,
}


def _filled(pattern: str) -> re.Pattern[str]:
    for kind in ("count", "sides"):
        pattern = pattern.replace(f"<{kind}>", f"(?P<{kind}>[0-9]{{1,4}})")
    return re.compile(unaccented(pattern))
