"""Reading routines: "every weekday at 7 say good morning and tell me the time".

What comes first (a phrase, or a time) ends where a step begins, which is where one of the table's
verbs stands. Steps are told apart at words like "and" and "then", and each becomes one of

- ``say``: it begins with a word such as "say";
- ``run``: the device understands it as a command;
- ``ask``: it begins with a verb that asks for something ("tell me a joke"), and the model answers.

What is none of these belongs to the step before it: "say good morning and have a nice day".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from voice.agenda.entries import Ask, Run, Say, Step
from voice.intents.readers import Reader, Said, Tables, text_length
from voice.intents.reminding import SOME_DAY
from voice.intents.slips import EXACT
from voice.intents.vocabulary import JSON, Match
from voice.intents.when import When
from voice.intents.wording import squeeze

Understand = Callable[[str], Match | None]
"""Finds what a sentence means on the device, as ``Intents.match`` does."""

STEPS_MAX = 8
"""Steps that are looked for in one sentence; nobody says more."""

NO_STEPS = frozenset(
    (
        *("SetRoutine", "DeleteRoutine", "SetRoutineEnabled", "RunRoutine"),
        *("Greet", "Thanks", "RepeatAnswer", "WhatHeard", "Help", *EXACT),
    )
)
"""What is no step of a routine: about routines, which would run in circles, and about the
conversation: the "goodbye" of "say hello and goodbye"."""


FREE = frozenset(("Greet", "Thanks"))
"""Intents whose sentences may begin a routine instead."""


class Stepping:
    """One language's way to say what is to be done, and when."""

    def __init__(self, tables: Tables, understand: Understand) -> None:
        """``tables`` hold ``routine_words`` and ``text_ends``."""
        table = cast(Mapping[str, Any], tables["routine_words"])
        self._understand = understand
        self._when = When.of(tables)
        self._ends = [end.split() for end in cast(Iterable[str], tables["text_ends"])]
        self._joints = _split(table["joints"])
        self._says = _split(table["says"])
        self._asks = _split(table["asks"])
        self._verbs = _split(table["verbs"]) + self._says + self._asks
        self._leads = _split(table["leads"])
        self._plain_verbs = cast(Mapping[str, str], table["inflected"])

    def steps(self, text: str) -> list[Step] | None:
        """Read steps, as heard; None where one of them is none."""
        clauses = [*self._clauses(text.split())]
        if not 0 < len(clauses) <= STEPS_MAX:
            return None
        steps: list[Step] = []
        at = 0
        while at < len(clauses):
            size = next(
                (
                    size
                    for size in range(1, len(clauses) - at + 1)
                    if self._step(_joined(clauses[at : at + size]))
                ),
                0,
            )
            if not size:
                return None
            # What is no step by itself belongs to this one, if the two make sense together.
            while at + size < len(clauses) and not self._step(_joined(clauses[at + size :][:1])):
                if not self._step(_joined(clauses[at : at + size + 1])):
                    break
                size += 1
            step = self._step(_joined(clauses[at : at + size]))
            assert step
            steps.append(step)
            at += size
        return steps

    def begins(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield where steps may begin: words before them, and where the first verb stands."""
        for at in range(1, len(words)):
            verb = min(at + self._led(words[at:]), len(words) - 1)
            if _starts(words[verb:], self._verbs) or words[verb] in self._plain_verbs:
                yield at, verb

    def is_repetition(self, words: str) -> bool:
        """Whether words say when something happens again and again, at days of the week."""
        repeat = self._when.repeat(words, SOME_DAY)
        return repeat is not None and repeat.every_s is None

    def is_taken(self, phrase: str) -> bool:
        """Whether a phrase must go on meaning what it does: nobody may lose "stop", or a command.

        Greetings are free: "good night" is what people say to begin routines.
        """
        found = self._understand(phrase)
        return found is not None and found.intent not in FREE

    def reminds(self, steps: JSON) -> bool:
        """Whether steps set reminders: "every monday remind me …" is a reminder, no routine."""
        found = (self._understand(said_of(step)) for step in as_steps(steps))
        return any(match is not None and match.intent == "SetReminder" for match in found)

    def length(self, words: str) -> int:
        """Return how many words are left without politeness at the end."""
        return text_length(words, self._ends)

    def _clauses(self, tokens: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
        """Yield what stands between joints, with the joint before it."""
        joint, clause = "", list[str]()
        at = 0
        while at < len(tokens):
            size = _starts([squeeze(token) for token in tokens[at : at + 3]], self._joints)
            if size and clause and at + size < len(tokens):
                yield joint, clause
                joint, clause = " ".join(tokens[at : at + size]), []
                at += size
                continue
            clause.append(tokens[at])
            if tokens[at][-1] in ",;." and at + 1 < len(tokens):
                yield joint, clause
                joint, clause = "", []
            at += 1
        if clause:
            yield joint, clause

    def _step(self, text: str) -> Step | None:
        tokens = text.split()
        words = [squeeze(token) for token in tokens]
        led = self._led(words)
        tokens, words = tokens[led:], words[led:]
        if not words:
            return None
        if verb := self._plain_verbs.get(words[0]):  # "that says …"
            tokens[0], words[0] = verb, verb
        text = " ".join(tokens).strip(" .,;!?")
        size = _starts(words, self._says)
        if size > _starts(words, self._asks) and size < len(words):
            return Say(" ".join(tokens[size:]).strip(" .,;\"“”„'"))
        found = self._understand(text)
        if found and found.intent not in NO_STEPS:
            return Run(text)
        return Ask(text) if _starts(words, self._asks) and len(words) > 2 else None

    def _led(self, words: Sequence[str]) -> int:
        """Return how many words in front mean nothing: "then please"."""
        at = 0
        while size := _starts(words[at:], self._leads):
            at += size
        return at


def _split(phrases: Iterable[str]) -> list[tuple[str, ...]]:
    """Return phrases as words, the longest first."""
    return sorted((tuple(squeeze(phrase).split()) for phrase in phrases), key=len, reverse=True)


def _starts(words: Sequence[str], phrases: Iterable[tuple[str, ...]]) -> int:
    """Return how many words the first phrase takes that some words begin with."""
    return next((len(p) for p in phrases if tuple(words[: len(p)]) == p), 0)


def _joined(clauses: Sequence[tuple[str, list[str]]]) -> str:
    """Write clauses as they were heard, with the joints between them."""
    said = [word for joint, clause in clauses for word in (joint, *clause)]
    return " ".join(word for word in said[1:] if word)


def as_slots(steps: Iterable[Step]) -> list[JSON]:
    """Write steps as a match's slots hold them: ``{"do": "say", "text": "good night"}``."""
    return [{"do": step.do, "text": said_of(step)} for step in steps]


def said_of(step: Step) -> str:
    """Return a step's text, whatever it does with it."""
    match step:
        case Run(sentence):
            return sentence
        case Ask(question):
            return question
        case _:
            return step.text


def as_steps(slots: JSON) -> tuple[Step, ...]:
    """Read steps from a match's slots."""
    made: Mapping[str, Callable[[str], Step]] = {"say": Say, "run": Run, "ask": Ask}
    return tuple(
        made[slot["do"]](slot["text"]) for slot in cast(Sequence[Mapping[str, str]], slots)
    )


def read_routine(tables: Tables, understand: Understand) -> Reader:
    """Make the reader of routines; it makes ``steps`` with ``phrase``, ``when`` or ``name``.

    Slots: ``routine_on`` (what is said: phrase and steps), ``routine_every`` with ``routine_at``
    (time and steps), ``routine_do`` with ``routine_front``, ``routine_again`` and ``routine_end``
    or ``routine_phrase`` (steps, and what starts them), ``routine_new`` (name and steps).
    """
    stepping = Stepping(tables, understand)

    def with_start(said: Said, before: str, fits: Callable[[str], bool]) -> dict[str, JSON] | None:
        """Split what was said into a beginning that fits and the steps behind it."""
        words = said.words.split()[: stepping.length(said.words)]
        for end, begin in stepping.begins(words):
            if fits(f"{before} {' '.join(words[:end])}".strip()):
                if any(stepping.steps(said.heard(b, end)) for b, _ in stepping.begins(words[:end])):
                    return None  # of too many steps the first are no beginning
                steps = stepping.steps(said.heard(begin, len(words)))
                if steps:
                    return {"start": said.heard(0, end), "end": end, "steps": as_slots(steps)}
        return None

    def on_phrase(phrase: str, steps: JSON) -> Mapping[str, JSON]:
        taken: dict[str, JSON] = {"taken": True} if stepping.is_taken(phrase) else {}
        return {"phrase": phrase, "steps": steps, **taken}

    def read(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        if found := said.get("routine_on"):
            slots = with_start(found, "", lambda _: True)
            if slots is None:
                return None
            return on_phrase(str(slots["start"]), slots["steps"])
        if found := said.get("routine_new"):
            slots = with_start(found, "", lambda _: True)
            return slots and {"name": slots["start"], "steps": slots["steps"]}
        if found := said.get("routine_at"):
            every = str(said["routine_every"].value)
            slots = with_start(found, every, stepping.is_repetition)
            if slots is None or stepping.reminds(slots["steps"]):
                return None
            words = found.words.split()[: cast(int, slots["end"])]
            return {"when": f"{every} {' '.join(words)}", "steps": slots["steps"]}
        if "routine_front" not in said:
            return None
        return backwards(said)

    def backwards(said: Mapping[str, Said]) -> Mapping[str, JSON] | None:
        steps = stepping.steps(f"{said['routine_do'].heard()} {said['routine_front'].heard()}")
        if steps and (found := said.get("routine_phrase")):
            return on_phrase(found.heard(0, stepping.length(found.words)), as_slots(steps))
        parts = [said["routine_again"].words]
        if "routine_end" in said:
            end = said["routine_end"].words
            parts.append(" ".join(end.split()[: stepping.length(end)]))
        when = " ".join(parts)
        if not stepping.is_repetition(when):
            return None
        if not steps or stepping.reminds(as_slots(steps)):
            return None
        return {"when": when, "steps": as_slots(steps)}

    return read


NESTED = {"routine": read_routine}
"""Readers that need to know what the device understands, by the names that the sentence files use."""

FREE_TEXT = frozenset({"routine"})
"""Those that take any words."""
