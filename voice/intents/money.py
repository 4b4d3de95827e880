"""Money: tips, bills that are split, percentages of change, currencies by the last known rates.

Amounts are exact; what is told is rounded to the currency's smallest coin. The words for money are
in ``sentences/<language>/money.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, cast

from voice.intents.phrases import Phrases
from voice.intents.quantities import Amounts, plain
from voice.intents.readers import Reader, Said, Tables
from voice.intents.rounding import decimal, rounded, told
from voice.intents.vocabulary import JSON, DeviceAnswer, Match, Situation
from voice.intents.wording import squeeze

MAX_PEOPLE = 1000
"""More than so many do not share a bill."""

MAX_PERCENT = 1000
"""A larger tip is no tip."""

WITHOUT_COINS = frozenset({"JPY", "KRW", "IDR", "HUF", "ISK"})
"""Currencies whose amounts are told without a broken part."""

OLD_DAYS = 7
"""Days after which rates are told to be the last that are known."""

_SIGN_FIRST = re.compile(r"(?<!\S)([^\w\s.'-]) ?([0-9]+(?:\.[0-9]+)?)(?!\S)", re.ASCII)
_TIGHT = re.compile(r"(?<!\S)([0-9]+(?:\.[0-9]+)?)([^\d\s.,]\S*)(?!\S)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount of money that was said."""

    amount: Fraction
    currency: str
    """ISO 4217 code; "" where none was said."""


class Purse:
    """One language's words for money."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        """``tables`` hold ``money_words`` and ``unit_words``, as the sentence files do."""
        words = cast(Mapping[str, Any], tables["money_words"])
        self._amounts = Amounts(cast(Iterable[tuple[str, str]], tables["unit_words"]["amounts"]))
        self._and = str(tables["unit_words"]["and"])
        self._articles = tuple(f"{article} " for article in words["articles"])
        self._names = {
            squeeze(name): code
            for code, names in cast(Mapping[str, list[str]], words["currencies"]).items()
            for name in names
        }
        self._coins = {
            squeeze(name): code
            for code, names in cast(Mapping[str, list[str]], words["coins"]).items()
            for name in names
        }

    def currency(self, words: str) -> str | None:
        """Return the code of a currency's name, with or without an article."""
        for article in self._articles:
            words = words.removeprefix(article)
        return self._names.get(words)

    def number(self, words: str, limit: int) -> Fraction | None:
        """Read a number between 0 and a limit, both apart."""
        number = self._amounts.number(words)
        return number if number is not None and 0 < number <= limit else None

    def sum_of_money(self, words: str) -> Sum | None:
        """Read "54.30", "54 dollars 30", "5 euros and 20 cents", "50 pence"."""
        for article in self._articles:
            words = words.removeprefix(article)
        words = _TIGHT.sub(r"\1 \2", _SIGN_FIRST.sub(r"\2 \1", words))
        pieces = self._amounts.figures(words).split()
        amount = self._amounts.number(pieces[0]) if pieces else None
        if amount is None or amount < 0:
            return None
        rest = [piece for piece in pieces[1:] if piece != self._and]
        if not rest:
            return Sum(amount, "")
        for length in range(len(rest), 0, -1):
            name = " ".join(rest[:length])
            if (code := self._names.get(name)) and (
                total := self._with_coins(amount, rest[length:], code)
            ):
                return Sum(total, code)
            if length == len(rest) and name in self._coins:
                return Sum(amount / 100, self._coins[name])
        return None

    def _with_coins(self, amount: Fraction, rest: Sequence[str], code: str) -> Fraction | None:
        """Add what follows a currency: nothing, "50", "50 cents"; None if it is something else."""
        if not rest:
            return amount
        coins = self._amounts.number(rest[0])
        named = " ".join(rest[1:])
        fits = not named or self._coins.get(named) in ("", code)
        if coins is None or not fits or not 0 < coins < 100 or coins.denominator != 1:
            return None
        return amount + coins / 100 if amount.denominator == 1 else None


def read_exchange(tables: Tables) -> Reader:
    """Make the reader of ``money`` and the ``currency`` that it is wanted in."""
    purse = Purse(tables)

    def read(said: Mapping[str, Said]) -> dict[str, JSON] | None:
        words, to = said["money"].words, purse.currency(said["currency"].words)
        money = purse.sum_of_money(words)
        if money is None and (one := purse.currency(words)):
            money = Sum(Fraction(1), one)  # "the exchange rate of the dollar to the euro"
        if money is None or to is None or money.currency in ("", to):
            return None
        return {"amount": plain(money.amount), "currency": money.currency, "to": to}

    return read


def read_bill(tables: Tables) -> Reader:
    """Make the reader of a ``bill``, its ``tip`` in percent and the ``people`` who pay it."""
    purse = Purse(tables)

    def read(said: Mapping[str, Said]) -> dict[str, JSON] | None:
        money = purse.sum_of_money(said["bill"].words)
        slots: dict[str, JSON] = {}
        for name, limit in (("tip", MAX_PERCENT), ("people", MAX_PEOPLE)):
            if name in said:
                number = purse.number(said[name].words, limit)
                if number is None or (name == "people" and number.denominator != 1):
                    return None
                slots[name] = plain(number)
        if money is None or not money.amount or slots.get("people") == "1":
            return None
        if money.currency:
            slots["currency"] = money.currency
        return {"amount": plain(money.amount), **slots}

    return read


def read_change(tables: Tables) -> Reader:
    """Make the reader of what was ``before`` and ``after`` a change in percent."""
    purse = Purse(tables)

    def read(said: Mapping[str, Said]) -> dict[str, JSON] | None:
        before, after = (purse.sum_of_money(said[name].words) for name in ("before", "after"))
        if before is None or after is None:
            return None
        if "" not in {before.currency, after.currency} and before.currency != after.currency:
            return None
        return {"before": plain(before.amount), "after": plain(after.amount)}

    return read


READERS: Mapping[str, Callable[[Tables], Reader]] = {
    "exchange": read_exchange,
    "bill": read_bill,
    "change": read_change,
}
"""Readers by the names that the sentence files use."""


def split_bill(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell a tip and the total, what each of several pays, or both."""
    slots = match.slots
    code = str(slots.get("currency", ""))
    amount = Fraction(str(slots["amount"]))
    said = {"amount": money(amount, code, phrases)}
    key, total = "bill_each", amount
    if "tip" in slots:
        percent = Fraction(str(slots["tip"]))
        tip = _in_coins(amount * percent / 100, code)
        total = amount + tip
        key = "bill_tip"
        said["percent"] = phrases.number(decimal(percent))
        said["tip"], said["total"] = money(tip, code, phrases), money(total, code, phrases)
    if "people" in slots:
        share = total / Fraction(str(slots["people"]))
        exact = _in_coins(share, code) == share
        said["share"] = money(share, code, phrases)
        key = ("bill_tip_each" if "tip" in slots else "bill_each") + ("" if exact else "_about")
    return DeviceAnswer(phrases.say(key, situation.variety, **said))


def percent_change(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell by how many percent something went up or down."""
    before, after = (Fraction(str(match.slots[name])) for name in ("before", "after"))
    if not before:
        return DeviceAnswer(phrases.say("change_from_zero"))
    if before == after:
        return DeviceAnswer(phrases.say("change_none"))
    change = told(abs(after - before) / before * 100)
    key = f"change_{'up' if after > before else 'down'}{'' if change.exact else '_about'}"
    return DeviceAnswer(phrases.say(key, percent=phrases.number(change.number)))


def convert_money(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell an amount in another currency, with the day of the rates."""
    if situation.rates is None:
        return DeviceAnswer(phrases.say("rates_none", situation.variety))
    source, to = str(match.slots["currency"]), str(match.slots["to"])
    rate = situation.rates.rate(source, to)
    if rate is None:
        return DeviceAnswer(phrases.say("rates_unknown"))
    amount = Fraction(str(match.slots["amount"]))
    result = amount * rate
    if amount == 1 and to not in WITHOUT_COINS:
        # A rate itself is told to four digits, an amount to the coin.
        digits = 1 if result >= 100 else 3 if result >= 1 else 4
        converted = phrases.count(decimal(rounded(result, digits)), to).text
    elif _in_coins(result, to):
        converted = money(result, to, phrases)
    else:
        converted = phrases.count(told(result).number, to).text
    if amount != 1 and _in_coins(amount, source) == amount:
        said = money(amount, source, phrases)
    else:
        said = phrases.count(decimal(amount), source).text
    today, day = situation.now.date(), situation.rates.day
    key = "rates_result" if (today - day).days <= OLD_DAYS else "rates_result_old"
    return DeviceAnswer(
        phrases.say(
            key,
            situation.variety,
            amount=said,
            result=converted,
            day=_day(day, today, phrases),
            when=phrases.day(day, today),
        )
    )


ANSWERS: Mapping[str, Callable[[Match, Situation, Phrases], DeviceAnswer]] = {
    "SplitBill": split_bill,
    "PercentChange": percent_change,
    "ConvertMoney": convert_money,
}


def money(amount: Fraction, currency: str, phrases: Phrases) -> str:
    """Write an amount of money: "$54.30", "84 Swiss francs", "10.86" where none is named."""
    coins = _in_coins(amount, currency)
    number = decimal(coins)
    written = phrases.number(number, 0 if coins.denominator == 1 else 2)
    if not currency:
        return written
    sign = f"money_{currency}"
    if sign in phrases.replies:
        return phrases.say(sign, amount=written)
    return phrases.count(number, currency).text.replace(phrases.number(number), written, 1)


def _in_coins(amount: Fraction, currency: str) -> Fraction:
    return rounded(amount, 0 if currency in WITHOUT_COINS else 2)


def _day(day: date, today: date, phrases: Phrases) -> str:
    return phrases.weekday_and_day(day) if day.year == today.year else phrases.date(day)
