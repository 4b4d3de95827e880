"""Recognising the sentences that the device answers itself, and answering them.

The templates are in ``sentences/<language>/*.yaml``, in the syntax of Home Assistant's hassil. A
match means that the *whole* sentence, courtesies aside, is one of them: "what time is it" matches
and "what time does the train leave" does not. What is not matched goes to the language model, so
a sentence that is missed costs little and a false match is a wrong answer.

**Slots that are phrases** – lengths of time, moments, sums, names, notes – are wildcards in the
templates, and a reader decides whether the words in them are what they should be. To add one:

1. In the domain's file declare the slot and who reads it (names of slots count, not of lists: in
   ``{duration:extra}`` the slot is ``extra``)::

       lists:
         duration: {wildcard: true}
       readers:
         duration: [duration, extra]

2. Add the reader's name to ``READERS`` below, with what makes it from the language's tables. Where
   words simply become a value, or None, ``each`` is enough::

       "duration": lambda tables: each(Durations(tables).seconds),

   A reader that takes several slots together, or makes several slots of one, is a function from the
   slots (``Said``: the plain words, and ``heard()``, the same words as in the transcript) to the
   slots handed on. Returning None means that the sentence is no match.

3. Free text – what is bought, noted, called – is read by ``as_heard``, which gives it with the case,
   apostrophes and accents of the transcript: "Buy Anna's cake!" → ``Buy Anna's cake``. A reader of
   your own that takes any words belongs into ``FREE_TEXT``: of two templates that fit, the one with
   fewer such slots is meant.

A reader must not look at the clock (see ``Reader``), and a wildcard without a reader is an error.

**What a sentence may depend on** besides its words is its context, which ``requires_context`` names:
``numbers``, ``label`` and ``courtesies`` (see ``Heard.context``), ``ringing`` (the kind of what rings or
has just stopped, else "no"), ``timers`` ("paused" where one is, else "running" where there are some),
and ``asked``, the kind of answer that a question of ours wants. Sentences that require ``asked`` are
answers: "5 minutes" is one after "For how long?" and means nothing otherwise. They stand under an
intent of their own, whose name does not matter: what is meant is the intent that the question was for
(``AskBack``), with the slots of both. Where that is not enough because of free words ("the pasta
one"), ``replies.CHECKS`` looks at the situation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any, cast

from hassil import Intents as Templates
from hassil import recognize_all
from hassil.models import MatchEntity
from hassil.recognize import RecognizeResult

from voice.intents import (
    alarm_words,
    calendar,
    chance,
    items,
    money,
    noting,
    reminding,
    replies,
    routines,
    setting_words,
    stepping,
    timer_words,
    units,
    zones,
)
from voice.intents import tables as language_tables
from voice.intents.heard import Heard
from voice.intents.index import Index
from voice.intents.phrases import Phrases
from voice.intents.places import place_lists, read_place
from voice.intents.readers import Reader, Readers, Said, Tables, as_heard, find_heard
from voice.intents.slips import EXACT, Slips
from voice.intents.stepping import Understand
from voice.intents.sums import Sums
from voice.intents.templates import answering, check_wildcards
from voice.intents.vocabulary import JSON, DeviceAnswer, Match, Situation
from voice.intents.wording import Wording

READERS: Mapping[str, Callable[[Tables], Reader]] = {
    "as_heard": as_heard,
    "place": lambda tables: read_place,
    "sum": Sums,
    **units.READERS,
    **money.READERS,
    **calendar.READERS,
    **chance.READERS,
    **zones.READERS,
    **items.READERS,
    **noting.READERS,
    **reminding.READERS,
    **alarm_words.READERS,
    **timer_words.READERS,
    **setting_words.READERS,
}
"""Readers by the names that the sentence files use, made from a language's tables."""

NESTED: Mapping[str, Callable[[Tables, Understand], Reader]] = stepping.NESTED
"""The same of readers that need to know what the device understands: the steps of a routine."""

FREE_TEXT = frozenset({"as_heard"}).union(
    alarm_words.FREE_TEXT,
    timer_words.FREE_TEXT,
    items.FREE_TEXT,
    noting.FREE_TEXT,
    reminding.FREE_TEXT,
    stepping.FREE_TEXT,
    setting_words.FREE_TEXT,
)
"""Readers that take any words."""

_Rank = tuple[bool, int, int, int, int]


class Intents:
    """One language's sentences and replies, ready to be matched and said."""

    def __init__(self, language: str = "en", tables: Tables | None = None) -> None:
        """Read the language's files ("en", also "en-US"), or take ``tables`` in their place.

        Raises ModelFileError when there are none, or they don't fit together.
        """
        tables = language_tables.read(language) if tables is None else tables
        self.phrases = Phrases(language, tables)
        """What is said in this language."""
        self._wording = Wording(language_tables.base(language), tables)
        known = {**READERS, **{name: self._nested(make) for name, make in NESTED.items()}}
        self._readers = Readers(tables, known, FREE_TEXT)
        self._templates = Templates.from_dict(language_tables.templates(tables))
        self._templates.slot_lists.update(place_lists(tables))
        check_wildcards(self._templates, self._readers.slots)
        self._answering = answering(self._templates)
        self._index = Index(self._templates)
        self.words = self._index.words | self._wording.courtesies
        """Every word that its sentences are made of."""
        self.expected = " ".join(cast(Iterable[str], tables.get("expected") or ()))
        """Some of what is said to it, for a recogniser that is to expect it."""
        self._slips = Slips(tables, self.words)
        self.match("what time is it in 5")  # hassil parses its templates on first use

    def match(self, text: str, situation: Situation | None = None) -> Match | None:
        """Find the intent that the whole of ``text``, as speech recognition wrote it, means.

        The ``situation`` counts where sentences require it: what rings or runs, what was asked back;
        and the phrase of a routine comes before everything but the answer to a question of ours.
        """
        view = situation.agenda if situation else None
        if view and view.routines:
            if situation and situation.asked:
                found = self._match(Heard(text, situation))
                if found and found.intent == situation.asked.intent:
                    return found
            words = self.plain(text)
            plain = (words, self._wording.without_courtesies(words))
            if routine := routines.said(text, plain, view):
                return routine
        return self._match(Heard(text, situation))

    def ask(self, question: str, situation: Situation, **values: Any) -> str | None:
        """Answer a question of our own, for a tool of the language model; None without an answer.

        ``question`` is the key of the reply that puts it in the language's words: ``ask_sum``.
        """
        found = self._match(Heard(self.phrases.say(question, **values)))
        return self.answer(found, situation).text if found else None

    def _match(self, heard: Heard) -> Match | None:
        words = self.plain(heard.text)
        if not words:
            return None
        if found := self._meaning(heard, words):
            return found
        for mended in self._slips.mended(words):
            if found := self._meaning(heard, mended.words, mended.changed):
                return found if found.intent not in EXACT else None
        return None

    def _meaning(self, heard: Heard, words: str, new: frozenset[int] = frozenset()) -> Match | None:
        """Find the meaning of a transcript's words, of which some may be ``new``, not heard."""
        core = self._wording.without_courtesies(words)
        # The whole first: "no thank you" is not a "thank you" with a filler.
        for candidate in dict.fromkeys((words, core)):
            context = heard.context(candidate, whole=words)
            before = words[: words.index(candidate)].count(" ")
            here = frozenset(place - before for place in new)
            if found := self._match_words(candidate, context, heard, here):
                return found
        return None

    def plain(self, text: str) -> str:
        """Return the words of a transcript as templates see them; "" when it is no command."""
        return self._wording.plain(text)

    def answer(self, match: Match, situation: Situation) -> DeviceAnswer:
        """Plan the answer to a match; nothing is changed yet. KeyError for an unknown intent."""
        planned = replies.answer(match, situation, self.phrases)
        return routines.run(planned, partial(self._step, situation=situation))

    def _nested(self, make: Callable[[Tables, Understand], Reader]) -> Callable[[Tables], Reader]:
        return lambda tables: make(tables, self.match)

    def _step(self, sentence: str, situation: Situation) -> DeviceAnswer | None:
        """Plan the answer to a step of a routine; no phrase of a routine counts here."""
        found = self._match(Heard(sentence, replace(situation, asked=None)))
        if found is None or found.intent in stepping.NO_STEPS:
            return None
        return replies.answer(found, situation, self.phrases)

    def _match_words(
        self, words: str, context: dict[str, str], heard: Heard, new: frozenset[int]
    ) -> Match | None:
        best: tuple[_Rank, Match] | None = None
        results = chain.from_iterable(
            recognize_all(words, some, intent_context=context)
            for some in self._index.possible(words, heard.wanted)
        )
        for result in results:
            rank = self._rank(result, heard)
            if (best and best[0] <= rank) or (new and self._free_text(result, words) & new):
                continue
            slots = self._readers.read(self._said(result, words, heard.text))
            if slots is not None and (meant := self._meant(result.intent.name, slots, heard)):
                best = (rank, meant)
                if not any(rank[:3]):  # nothing but words of the template: that is what is meant
                    break
        return best[1] if best else None

    def _meant(self, intent: str, slots: dict[str, JSON], heard: Heard) -> Match | None:
        """Return what an intent means here: an answer is a match of what asked; None: nothing."""
        asked = heard.situation.asked if heard.situation else None
        if intent not in self._answering:
            found = Match(intent, slots)
        elif asked:
            found = Match(asked.intent, {**asked.slots, **slots})
        else:
            return None
        return found if replies.is_meant(found, heard.situation) else None

    def _rank(self, result: RecognizeResult, heard: Heard) -> _Rank:
        """Return how loosely a template fits: free text, wildcards, words of its own, free words.

        Before that comes whether it is the answer to a question that asks for one of a few.
        """
        apart = heard.of_few and result.intent.name not in self._answering
        wild = [entity for entity in result.entities_list if entity.is_wildcard]
        free = sum(entity.name in self._readers.free_text for entity in wild)
        return apart, free, len(wild), -result.text_chunks_matched, sum(len(e.text) for e in wild)

    def _free_text(self, result: RecognizeResult, words: str) -> set[int]:
        """Return which words are free text, counted from 0."""
        return {
            place
            for entity in result.entities_list
            if entity.is_wildcard and entity.name in self._readers.free_text
            for place in range(
                _first(entity, words), _first(entity, words) + len(entity.text.split())
            )
        }

    def _said(self, result: RecognizeResult, words: str, text: str) -> dict[str, Said]:
        def in_transcript(entity: MatchEntity) -> Callable[[int, int], str]:
            def find(start: int, end: int) -> str:
                split = words.split()
                offset = _first(entity, words)
                return find_heard(text, split, offset + start, offset + end, self.plain)

            return find

        return {
            name: Said(entity.value, entity.text, in_transcript(entity))
            for name, entity in result.entities.items()
        }


class Unheard(Intents):
    """Stands in for a language that has no sentences: the language model answers everything.

    What its tools ask is answered in English.
    """

    def __init__(self, language: str = "en") -> None:
        """Read the files of the language for what the tools ask."""
        super().__init__(language)
        self.expected = ""

    def match(self, text: str, situation: Situation | None = None) -> Match | None:
        """Leave every sentence to the model."""
        return None


def load(language: str, warn: Callable[[str], None]) -> Intents:
    """Read a language's files; where it has none, ``warn`` in one line and leave all to the model."""
    if language_tables.base(language) in language_tables.languages():
        return Intents(language)
    known = ", ".join(language_tables.languages())
    warn(
        f"no sentences for stt.language {language}, only for {known}: "
        "what needs no model in those is asked of the language model"
    )
    return Unheard("en")


def _first(entity: MatchEntity, words: str) -> int:
    """Return the number of the first word that an entity takes."""
    return words[: entity.text_span[0]].count(" ") if entity.text_span else 0
