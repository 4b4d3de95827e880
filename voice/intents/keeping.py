"""What the answers about reminders, routines, lists and notes have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from voice.agenda.view import View
from voice.intents.persons import Persons
from voice.intents.phrases import Phrases
from voice.intents.vocabulary import AskBack, DeviceAnswer, Match, Situation

CONSENT = "consent"
"""The kind of question that is answered by yes or no."""


@dataclass(frozen=True)
class Keeping:
    """The agenda as it is, and the words to say so."""

    view: View
    situation: Situation
    phrases: Phrases

    def say(self, key: str, **values: object) -> str:
        """Return a reply in the words whose turn it is."""
        return self.phrases.say(key, self.situation.variety, **values)

    def told(self, key: str, **values: object) -> DeviceAnswer:
        """Return an answer that only says something."""
        return DeviceAnswer(self.say(key, **values))

    def said_back(self, text: str) -> str:
        """Return what somebody said as we say it to them, or as it was where that can't be told."""
        return self.persons.said_back(text) or text

    def listing(self, texts: Iterable[str]) -> str:
        """Join what somebody said, as we say it to them: "milk, eggs and your pills"."""
        return self.phrases.listing([self.said_back(text) for text in texts])

    @cached_property
    def persons(self) -> Persons:
        """What makes "your" of "my"."""
        return Persons(self.phrases.tables)


def keeping(
    answer: Callable[[Match, Keeping], DeviceAnswer],
) -> Callable[[Match, Situation, Phrases], DeviceAnswer]:
    """Make an answer of one that needs the agenda: where there is none, that is said."""

    def answering(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
        if situation.agenda is None:
            return DeviceAnswer(phrases.say("agenda_none", situation.variety))
        if match.slots.get("sure") is False:
            return DeviceAnswer(phrases.say("consent_no", situation.variety))
        return answer(match, Keeping(situation.agenda, situation, phrases))

    return answering


def yes_or_no(said: str, match: Match) -> DeviceAnswer:
    """Ask before a match is acted upon: after a yes it comes again, with the slot ``sure``."""
    return asking(said, CONSENT, match)


def asking(said: str, wants: str, match: Match, *, of_few: bool = False) -> DeviceAnswer:
    """Ask for what a match lacks; ``wants`` is the kind of answer, as the sentences name it.

    ``of_few``: for one of a few things, whose names come before all else that they might mean.
    """
    question = AskBack(wants, match.intent, match.slots, of_few=of_few)
    return DeviceAnswer(said, (question,), expects_reply=True)
