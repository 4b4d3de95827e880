"""A transcript in its situation: what a sentence may depend on besides its words."""

from __future__ import annotations

from typing import NamedTuple

from voice.intents.vocabulary import Situation
from voice.intents.wording import looks_like_a_label


class Heard(NamedTuple):
    """A transcript, and the situation in which it was heard."""

    text: str
    situation: Situation | None = None

    @property
    def ringing(self) -> str:
        """The kind of what rings, or has just stopped: "timer", "alarm", "reminder"; else "no"."""
        view = self.situation.agenda if self.situation else None
        if view is None:
            return "no"
        rang = [*(due.entry for due in reversed(view.ringing)), *view.just_rang]
        return rang[0].kind if rang else "no"

    @property
    def timers(self) -> str:
        """What timers do: "paused" where one is, else "running" where there are some, else ""."""
        view = self.situation.agenda if self.situation else None
        if view is None or not view.timers:
            return ""
        return "paused" if any(timer.due is None for timer in view.timers) else "running"

    @property
    def wanted(self) -> str:
        """The kind of answer that a question of ours wants; "" when there is none."""
        asked = self.situation.asked if self.situation else None
        return asked.wants if asked else ""

    @property
    def of_few(self) -> bool:
        """Whether that question asks for one of a few."""
        asked = self.situation.asked if self.situation else None
        return asked is not None and asked.of_few

    def context(self, words: str, *, whole: str) -> dict[str, str]:
        """Return what ``requires_context`` of the templates is compared with.

        ``words`` are what is tried, of the ``whole`` of what was said.
        """
        return {
            "numbers": _yes(any(letter.isdigit() for letter in words)),
            "label": _yes(looks_like_a_label(self.text)),
            "courtesies": _yes(words != whole),
            "ringing": self.ringing,
            "timers": self.timers,
            "asked": self.wanted,
        }


def _yes(condition: bool) -> str:
    return "yes" if condition else "no"
