"""Why a change is refused: stable codes, each with its sentence."""

from __future__ import annotations

from typing import Literal

from voice.errors import AgendaError

Code = Literal[
    "agenda_full",
    "agenda_gone",
    "agenda_empty",
    "agenda_long",
    "agenda_span",
    "agenda_over",
    "agenda_past",
    "agenda_never",
    "agenda_zone",
    "agenda_exists",
    "agenda_nothing",
    "agenda_storage",
]

SENTENCES: dict[Code, str] = {
    "agenda_full": "I can't keep any more of those. Please remove some first.",
    "agenda_gone": "That isn't there any more.",
    "agenda_empty": "There is nothing in that to keep.",
    "agenda_long": "That's too long for me to keep.",
    "agenda_span": "That's not a time I can count down.",
    "agenda_over": "That timer doesn't have so much time left.",
    "agenda_past": "That time has already passed.",
    "agenda_never": "That day never comes.",
    "agenda_zone": "I don't know that time zone.",
    "agenda_exists": "There is one with that name already.",
    "agenda_nothing": "There is nothing to snooze.",
    "agenda_storage": "I couldn't save that. There may be no space left.",
}
"""In English; another language has its own under the same codes."""


def refusal(code: Code, message: str) -> AgendaError:
    """Return the error to raise; ``message`` is one line for a person at a terminal."""
    return AgendaError(message, code=code, spoken=SENTENCES[code])
