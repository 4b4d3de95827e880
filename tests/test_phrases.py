"""What is said, as data: replies are filled in, and things are written as a language writes them."""

import ast
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from voice.errors import ModelFileError
from voice.intents import tables
from voice.intents.phrases import Phrases, placeholders
from voice.intents.when import When

ENGLISH = tables.read("en")
PHRASES = Phrases("en", ENGLISH)


SENTENCES = Path(__file__).parents[1] / "voice" / "intents" / "sentences"
LANGUAGES = tables.languages()


def with_replies(**replies: object) -> Phrases:
    return Phrases("en", {**ENGLISH, "replies": replies})


def test_variants_are_taken_in_turn_and_filled_in() -> None:
    phrases = with_replies(done=["{name} is done.", "That was {name}.", "Done: {name}."])
    said = [phrases.say("done", turn, name="tea") for turn in range(4)]
    assert said == ["tea is done.", "That was tea.", "Done: tea.", "tea is done."]


def test_a_value_may_be_asked_for_with_a_capital_letter() -> None:
    phrases = with_replies(done="{name:capital} is done.")
    assert phrases.say("done", name="tea") == "Tea is done."
    assert phrases.say("done", name="") == " is done."


def test_what_is_filled_in_is_never_read_as_a_template() -> None:
    phrases = with_replies(noted="Noted: {text}")
    assert phrases.say("noted", text="{0} {name} }{") == "Noted: {0} {name} }{"


@pytest.mark.parametrize(
    "reply",
    ["Noted: {text", "Noted: }", "{}", "{0}", "{text.title}", "{text:>8}", "{text[0]}", 5, [], [5]],
)
def test_a_reply_that_can_not_be_filled_in_is_refused_when_it_is_read(reply: object) -> None:
    with pytest.raises(ModelFileError, match="noted"):
        with_replies(noted=reply)


def test_an_unknown_reply_or_a_missing_value_is_the_callers_mistake() -> None:
    with pytest.raises(KeyError, match="nothing_of_the_kind"):
        PHRASES.say("nothing_of_the_kind")
    with pytest.raises(KeyError, match="name"):
        with_replies(done="{name} is done.").say("done")


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59.6, "1 minute"),
        (90, "1 minute and 30 seconds"),
        (300, "5 minutes"),
        (3600, "1 hour"),
        (5400, "1 hour and 30 minutes"),
        (3661, "1 hour, 1 minute and 1 second"),
        (86_400 + 3600, "1 day and 1 hour"),
        (2 * 86_400 + 3 * 3600 + 5 * 60 + 7, "2 days, 3 hours and 5 minutes"),
    ],
)
def test_a_length_of_time_is_written_in_its_largest_parts(seconds: float, written: str) -> None:
    assert PHRASES.duration(seconds).text == written


@given(st.integers(0, 90_000))
def test_a_written_length_of_time_adds_up(seconds: int) -> None:
    sizes = {"day": 86_400, "hour": 3600, "minute": 60, "second": 1}
    words = PHRASES.duration(seconds, parts=4).text.replace(" and", "").replace(",", "").split()
    pairs = zip(words[::2], words[1::2], strict=True)
    assert sum(int(number) * sizes[noun.rstrip("s")] for number, noun in pairs) == seconds


@pytest.mark.parametrize(
    ("items", "written"),
    [
        ([], ""),
        (["milk"], "milk"),
        (["milk", "eggs"], "milk and eggs"),
        (["milk", "bread", "eggs"], "milk, bread and eggs"),
    ],
)
def test_things_are_listed_as_one_says_them(items: list[str], written: str) -> None:
    assert PHRASES.listing(items) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("2.50"), "2.5"),
        (Decimal(100), "100"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.25"), "-0.25"),
        (1_000_000, "1000000"),
        (0.1, "0.1"),
    ],
)
def test_a_number_is_written_in_full_without_idle_zeros(value: Decimal, written: str) -> None:
    assert PHRASES.number(value) == written


def test_a_number_may_have_a_fixed_number_of_decimals() -> None:
    assert PHRASES.number(Decimal("2.5"), decimals=2) == "2.50"


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "1 minute"), (0, "0 minutes"), (2, "2 minutes"), (Decimal("1.5"), "1.5 minutes")],
)
def test_things_are_counted_in_the_right_plural(number: Decimal, written: str) -> None:
    assert PHRASES.count(number, "minute").text == written


TODAY = date(2025, 3, 7)  # a Friday


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "yesterday"),
        (0, "today"),
        (1, "tomorrow"),
        (2, "on Sunday"),
        (6, "on Thursday"),
        (7, "on March 14"),
        (-3, "on March 4"),
        (290, "on December 22"),
        (400, "on April 11, 2026"),
    ],
)
def test_a_day_is_named_by_what_is_nearest(days: int, said: str) -> None:
    assert PHRASES.day(TODAY + timedelta(days=days), TODAY) == said


def test_a_day_soon_after_new_year_needs_no_year() -> None:
    assert PHRASES.day(date(2026, 1, 20), date(2025, 12, 20)) == "on January 20"


def test_the_clock_is_read_as_asked_or_as_usual_and_in_its_own_zone() -> None:
    evening = datetime(2025, 3, 7, 19, 5, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert PHRASES.time(evening) == "7:05 PM"
    assert PHRASES.time(evening, clock_24h=True) == "19:05"
    assert PHRASES.time(evening.replace(hour=0, minute=0)) == "midnight"


def test_dates_are_written_in_full_or_in_part() -> None:
    assert PHRASES.date(TODAY) == "Friday, March 7, 2025"
    assert PHRASES.weekday_and_day(TODAY) == "Friday, March 7"
    assert (PHRASES.weekday(TODAY), PHRASES.month(TODAY)) == ("Friday", "March")


def test_a_region_has_the_words_of_its_language() -> None:
    assert Phrases.of("en-GB").replies == PHRASES.replies


def keys_in_code() -> Iterator[str]:
    """Patterns of all reply keys that code names: ``say("date_is", …)``, ``say(f"greet_{which}")``."""
    for file in (Path(__file__).parents[1] / "voice").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.escape(node.value)
            elif isinstance(node, ast.JoinedStr):
                yield "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w*"
                    for part in node.values
                )


def keys_said_in_code() -> Iterator[str]:
    """Patterns of the keys that stand right in a call of ``say``."""
    for file in (Path(__file__).parents[1] / "voice").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".say") and node.args:
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    yield re.escape(str(key.value))
                elif isinstance(key, ast.JoinedStr):
                    yield "".join(
                        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w*"
                        for part in key.values
                    )


def test_every_reply_that_code_says_is_there() -> None:
    said = set(keys_said_in_code())
    replies = PHRASES.replies
    assert [key for key in said if not any(re.fullmatch(key, reply) for reply in replies)] == []


def test_no_reply_is_left_that_code_never_names() -> None:
    named = re.compile("|".join(f"(?:{key})" for key in set(keys_in_code()) if key != r"\w*"))
    assert [key for key in PHRASES.replies if not named.fullmatch(key)] == []


def part(language: str, domain: str, name: str) -> dict[str, Any]:
    """One part of one file of a language."""
    file = SENTENCES / language / f"{domain}.yaml"
    return (yaml.safe_load(file.read_text("utf-8")) or {}).get(name) or {}


DOMAINS = [
    (language, file.stem)
    for language in LANGUAGES
    for file in sorted((SENTENCES / language).glob("*.yaml"))
]
"""What is there: a language may leave domains to the model, but one that it has, it has whole."""


@pytest.mark.parametrize(("language", "domain"), DOMAINS)
def test_languages_have_the_same_replies_with_the_same_values(language: str, domain: str) -> None:
    there = Phrases(
        language, {**tables.read(language), "replies": part(language, domain, "replies")}
    )
    here = Phrases("en", {**ENGLISH, "replies": part("en", domain, "replies")})
    assert there.replies.keys() == here.replies.keys()
    for key, variants in there.replies.items():
        allowed = {name for variant in here.replies[key] for name in placeholders(key, variant)}
        for variant in variants:
            assert placeholders(key, variant) <= allowed, f"{key}: {variant}"


@pytest.mark.parametrize(("language", "domain"), DOMAINS)
def test_languages_count_the_same_things_in_every_plural(language: str, domain: str) -> None:
    nouns = part(language, domain, "nouns")
    assert nouns.keys() == part("en", domain, "nouns").keys()
    phrases = Phrases.of(language)
    for noun in nouns:
        for number in (0, 1, 2, 5, Decimal("1.5")):
            assert phrases.count(number, noun).text


@pytest.mark.parametrize(("language", "domain"), DOMAINS)
def test_languages_mean_the_same_intents(language: str, domain: str) -> None:
    assert part(language, domain, "intents").keys() == part("en", domain, "intents").keys()


def test_a_name_of_the_files_belongs_to_one_of_them() -> None:
    owners: dict[tuple[str, str], str] = {}
    tables.claim(owners, {"replies": {"done": "Done."}}, "one.yaml")
    tables.claim(owners, {"replies": {"other": "Done."}}, "two.yaml")
    with pytest.raises(ModelFileError, match=r"one\.yaml and in two\.yaml"):
        tables.claim(owners, {"replies": {"done": "Finished."}}, "two.yaml")


GERMAN = Phrases.of("de")


def test_german_is_written_as_germans_write() -> None:
    evening = datetime(2025, 3, 7, 19, 5, tzinfo=ZoneInfo("Europe/Berlin"))
    assert GERMAN.time(evening) == "19:05 Uhr"
    assert GERMAN.time(evening, clock_24h=False) == "7:05 Uhr abends"
    assert GERMAN.date(TODAY) == "Freitag, der 7. März 2025"
    assert GERMAN.day(TODAY + timedelta(days=2), TODAY) == "übermorgen"
    assert GERMAN.day(TODAY + timedelta(days=3), TODAY) == "am Montag"
    assert GERMAN.number(Decimal("2.50")) == "2,5"
    assert GERMAN.listing(["Milch", "Brot", "Eier"]) == "Milch, Brot und Eier"
    assert GERMAN.choices(["Milch", "Brot", "Eier"]) == "Milch, Brot oder Eier"
    assert PHRASES.choices(["milk", "bread"]) == "milk or bread"
    assert GERMAN.in_place("Schweiz") == "in der Schweiz"
    assert GERMAN.in_place("Tokio") == "in Tokio"


def test_a_noun_takes_the_form_that_its_reply_asks_for() -> None:
    table = {**tables.read("de"), "replies": {"in": "Er klingelt in {length:dative}."}}
    phrases = Phrases("de", table)
    two_days = phrases.duration(2 * 86_400 + 3600)
    assert phrases.say("in", length=two_days) == "Er klingelt in 2 Tagen und 1 Stunde."
    assert two_days.text == "2 Tage und 1 Stunde"


def test_who_reads_and_who_answers_share_one_grammar_of_times() -> None:
    tables = dict(ENGLISH)
    phrases = Phrases("en", tables)
    assert phrases.when.duration("an hour and a half") == 5400
    assert phrases.when is When.of(tables)
    assert Phrases("en", dict(ENGLISH)).when is not phrases.when
