"""The system prompt: who answers, how, where and when.

It is short, because a small model on the device reads a few hundred tokens a second at best and
forgets long instructions. What changes comes last: servers keep the part that stays the same.
"""

from __future__ import annotations

from datetime import datetime

from voice.config import Persona, Place


def length_rule(brevity: int) -> str:
    """Return the sentence that says how long answers are; ``brevity`` is 0 (long) to 100 (short)."""
    if brevity >= 90:
        return "Answer in one short sentence."
    if brevity >= 60:
        return "Answer in one to three short sentences, unless asked for more."
    if brevity >= 30:
        return "Answer in a few sentences, more when the question needs it."
    return "Answer as fully as the question deserves."


def system_prompt(persona: Persona, place: Place, now: datetime, *, tools: bool) -> str:
    """Return the prompt for this moment. ``now`` carries its zone."""
    acting = (
        "Use the tools for what they do, and never claim to have done something without one."
        if tools
        else "You can only talk: never claim to have done something."
    )
    where = f"You are in {place.city}. " if place.city else ""
    zone = place.time_zone or getattr(now.tzinfo, "key", None) or now.tzname() or "local time"
    return (
        f"You are {persona.name}, a voice assistant. Your words are spoken aloud: plain sentences, "
        f"no lists, no markdown, no emoji, no links. {length_rule(persona.brevity)} "
        f"If you don't know, say so. {acting} "
        f"Timers, alarms, reminders, lists and notes are kept by the device, not by you; if asked for "
        f"one, say how to ask the device: for example, set a timer for five minutes. You can't control "
        f"devices, send messages, call or buy. Use {place.units} units.\n"
        f"{where}It is {now:%A}, {now.day} {now:%B %Y}, {now:%H:%M}, time zone {zone}."
    )
