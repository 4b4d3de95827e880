"""The index of templates: it leaves few to try, and none out that would have matched."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hassil import Intents as Templates
from hassil import recognize_all
from hassil.intents import RangeSlotList
from hypothesis import given
from hypothesis import strategies as st

from voice.intents import Intents, tables
from voice.intents.index import Index
from voice.intents.places import place_lists

DATA = Path(__file__).parent / "data"
YES = {"numbers": "yes", "label": "no", "courtesies": "no"}


def templates(language: str) -> Templates:
    table = tables.read(language)
    found = Templates.from_dict(tables.templates(table))
    found.slot_lists.update(place_lists(table))
    return found


def small(*sentences: str, **lists: dict[str, Any]) -> Templates:
    return Templates.from_dict(
        {
            "language": "en",
            "intents": {"Try": {"data": [{"sentences": list(sentences)}]}},
            "lists": lists,
        }
    )


def meanings(words: str, *tried: Templates) -> set[tuple[str, str, str]]:
    """Every way in which the sentence matches: intent, template, slots."""
    return {
        (
            result.intent.name,
            str(result.intent_sentence and result.intent_sentence.text),
            str(sorted((name, str(found.value)) for name, found in result.entities.items())),
        )
        for some in tried
        for result in recognize_all(words, some, intent_context=dict(YES))
    }


WHOLE = {language: templates(language) for language in ("en", "de")}
INDEX = {language: Index(found) for language, found in WHOLE.items()}
PLAIN = {language: Intents(language).plain for language in WHOLE}
SENTENCES = [
    (language, text)
    for language in WHOLE
    for corpus in [yaml.safe_load((DATA / f"intents_{language}.yaml").read_text("utf-8"))]
    for text in [
        *(said for entry in corpus["meant"] for said in entry["wordings"]),
        *corpus["none"],
    ]
]


@pytest.mark.parametrize("language", WHOLE)
def test_no_match_of_the_corpus_is_lost(language: str) -> None:
    for of, text in SENTENCES:
        if of == language:
            words = PLAIN[language](text)
            assert meanings(words, *INDEX[language].possible(words)) == meanings(
                words, WHOLE[language]
            )


WORDS = sorted(INDEX["en"].words)


@given(
    st.lists(
        st.sampled_from(WORDS) | st.sampled_from(["5", "40", "in", "the", "it", "2-3"]), max_size=8
    )
)
def test_no_match_of_any_mixture_of_words_is_lost(mixture: list[str]) -> None:
    words = " ".join(mixture)
    assert meanings(words, *INDEX["en"].possible(words)) == meanings(words, WHOLE["en"])


@given(st.sampled_from(SENTENCES), st.integers(0, 8), st.sampled_from(WORDS))
def test_no_match_of_a_sentence_with_another_word_in_it_is_lost(
    sentence: tuple[str, str], place: int, word: str
) -> None:
    language, text = sentence
    said = PLAIN[language](text).split()
    words = " ".join([*said[:place], word, *said[place + 1 :]])
    assert meanings(words, *INDEX[language].possible(words)) == meanings(words, WHOLE[language])


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("mute[d]", "muted"),
        ("(un|re)lock", "relock"),
        ("(quick|slow)ly [now]", "slowly"),
        ("{level}percent", "5percent"),
        ("l'{thing}", "l'ampoule"),
        ("{level} percent", "40 percent"),
        ("from {level} to 2nd", "from 7 to 2nd"),
        ("living room", "living-room"),
        ("[a|the] (left;right) one", "right left one"),
    ],
)
def test_a_template_is_kept_whatever_it_is_made_of(template: str, words: str) -> None:
    tried = small(
        template,
        level={"range": {"from": 0, "to": 100, "words": False}},
        thing={"values": ["ampoule"]},
    )
    assert meanings(words, tried)
    assert meanings(words, *Index(tried).possible(words)) == meanings(words, tried)


def test_what_can_not_match_is_not_tried() -> None:
    tried = small(
        "turn (on|off) the light",
        "set the volume to {level}",
        level={"range": {"from": 0, "to": 9}},
    )
    index = Index(tried)
    assert index.possible("turn on the radio") == []
    assert len(index.possible("turn on the light")) == 1
    assert index.words >= {"turn", "on", "light", "volume"}


def test_few_templates_are_left_for_most_sentences() -> None:
    left = sorted(
        sum(
            len(intent.data)
            for some in INDEX["en"].possible(PLAIN["en"](text))
            for intent in some.intents.values()
        )
        for language, text in SENTENCES
        if language == "en"
    )
    assert left[len(left) // 2] <= 10


@pytest.mark.parametrize("language", WHOLE)
def test_no_list_of_numbers_is_spelled_out(language: str) -> None:
    ranges = [
        found for found in WHOLE[language].slot_lists.values() if isinstance(found, RangeSlotList)
    ]
    assert ranges
    assert not any(found.words for found in ranges)  # a billion of them would be, on first use
