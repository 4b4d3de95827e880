"""Saying and doing what was asked about reminders, and about what a day brings.

What is missing is asked for: of what, and when. The words of a time (slot ``when``) are worked out
here, at the time at which they were said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import time
from typing import cast

from voice.agenda.changes import MoveReminder, Remove, RemoveAll, SetReminder
from voice.agenda.entries import Every, Reminder
from voice.intents.finding import holding
from voice.intents.keeping import Keeping, asking, keeping, yes_or_no
from voice.intents.overview import days_of, get_agenda, reminders_on
from voice.intents.phrases import Phrases
from voice.intents.reminder_times import later, worked_out
from voice.intents.saying_when import when_of
from voice.intents.vocabulary import DeviceAnswer, Match, Situation

LONG = 7
"""Reminders up to which all are read."""

FIRST = 5
"""Those that are read of more."""

WHEN, TEXT, WHICH = "reminder_time", "reminder_text", "reminder_which"
"""Kinds of questions, as the sentences name them."""


def set_reminder(match: Match, kept: Keeping) -> DeviceAnswer:
    """Set a reminder, or ask for what it lacks."""
    slots = match.slots
    text = str(slots.get("text", ""))
    if not text:
        return asking(kept.say("reminder_of_what"), TEXT, match)
    if "when" not in slots:
        return asking(kept.say("reminder_when"), WHEN, match)
    found = worked_out(str(slots["when"]), kept)
    if isinstance(found, DeviceAnswer):
        return found if found.text else asking(kept.say("reminder_when_today"), WHEN, match)
    when, told = found
    back = kept.persons.said_back(text)
    key = f"reminder_set_{slots.get('form', 'about')}" if back else "reminder_set"
    return DeviceAnswer(kept.say(key, text=back, when=told), (SetReminder(text, when),))


def get_reminders(match: Match, kept: Keeping) -> DeviceAnswer:
    """Read the reminders: all, those of a day, or those about something."""
    reminders = [one for one in kept.view.reminders if kept.view.next(one)]
    if days := days_of(match, kept):
        return reminders_on(days, match, kept)
    if about := match.slots.get("about"):
        reminders = list(_about(str(about), kept))
        if not reminders:
            return kept.told("reminder_unknown", about=kept.said_back(str(about)))
    if not reminders:
        return kept.told("reminders_none")
    if match.slots.get("count"):
        return kept.told("reminders_count", count=kept.phrases.count(len(reminders), "reminder"))
    if match.slots.get("which") == "next" or len(reminders) == 1:
        key = "reminder_next" if match.slots.get("which") == "next" else "reminders_one"
        return kept.told(key, reminder=_told(reminders[0], kept))
    return kept.told(
        "reminders_are",
        count=kept.phrases.count(len(reminders), "reminder"),
        reminders=_several(reminders, kept),
    )


def cancel_reminder(match: Match, kept: Keeping) -> DeviceAnswer:
    """Delete a reminder, or all; where several may be meant, ask which."""
    reminders: Sequence[Reminder] = kept.view.reminders
    if not reminders:
        return kept.told("reminders_none")
    if match.slots.get("all"):
        several, text = len(reminders) > 1, kept.said_back(reminders[0].text)
        if several and not match.slots.get("sure"):
            count = kept.phrases.count(len(reminders), "reminder")
            return yes_or_no(kept.say("reminders_delete_sure", count=count), match)
        said = kept.say("reminders_deleted" if several else "reminder_deleted", text=text)
        return DeviceAnswer(said, (RemoveAll("reminder"),))
    chosen = _chosen(match, kept)
    if isinstance(chosen, DeviceAnswer):
        return chosen
    said = kept.say("reminder_deleted", text=kept.said_back(chosen.text))
    return DeviceAnswer(said, (Remove((chosen.id,)),))


def move_reminder(match: Match, kept: Keeping) -> DeviceAnswer:
    """Set a reminder for another time; a time without a day is one of its own day."""
    if not kept.view.reminders:
        return kept.told("reminders_none")
    chosen = _chosen(match, kept)
    if isinstance(chosen, DeviceAnswer):
        return chosen
    if "when" in match.slots:
        found = worked_out(str(match.slots["when"]), kept, chosen)
    elif isinstance(chosen.when, Every) or "by" not in match.slots:
        return asking(kept.say("reminder_move_when"), WHEN, match)
    else:
        found = later(str(match.slots["by"]), chosen, kept)
    if isinstance(found, DeviceAnswer):
        return found if found.text else asking(kept.say("reminder_when_today"), WHEN, match)
    when, told = found
    said = kept.say("reminder_moved", text=kept.said_back(chosen.text), when=told)
    return DeviceAnswer(said, (MoveReminder(chosen.id, when),))


def names_one(match: Match, situation: Situation | None) -> bool:
    """Whether what answers "which one?" names a reminder."""
    if not match.slots.get("which_one"):
        return True
    view = situation.agenda if situation else None
    if "at" in match.slots:
        return True
    about = str(match.slots.get("about", ""))
    return view is not None and bool(holding(view.reminders, about, lambda one: one.text))


ANSWERS: Mapping[str, Callable[[Match, Situation, Phrases], DeviceAnswer]] = {
    "SetReminder": keeping(set_reminder),
    "GetReminders": keeping(get_reminders),
    "GetAgenda": keeping(get_agenda),
    "CancelReminder": keeping(cancel_reminder),
    "MoveReminder": keeping(move_reminder),
}

CHECKS: Mapping[str, Callable[[Match, Situation | None], bool]] = {
    "CancelReminder": names_one,
    "MoveReminder": names_one,
}
"""Whether an intent is meant in a situation."""


def _told(reminder: Reminder, kept: Keeping) -> str:
    when = when_of(reminder, kept.view, kept.situation, kept.phrases)
    return kept.say("reminder_told", text=kept.said_back(reminder.text), when=when)


def _several(reminders: Sequence[Reminder], kept: Keeping) -> str:
    """Tell several reminders; of many the next ones."""
    if len(reminders) <= LONG:
        return "; ".join(_told(one, kept) for one in reminders)
    rest = kept.phrases.number(len(reminders) - FIRST)
    said = "; ".join(_told(one, kept) for one in reminders[:FIRST])
    return kept.say("reminders_and_more", reminders=said, rest=rest)


def _about(words: str, kept: Keeping) -> tuple[Reminder, ...]:
    """Return the reminders that words may mean: of that text, else holding them, the next first."""
    small = cast(list[str], kept.phrases.tables["reminder_words"]["small"])
    return kept.view.reminders_like(words) or holding(
        kept.view.reminders, words, lambda one: one.text, small
    )


def _chosen(match: Match, kept: Keeping) -> Reminder | DeviceAnswer:
    """Return the one reminder that is meant; else what there is to say, or to ask."""
    reminders: Sequence[Reminder] = kept.view.reminders
    if which := match.slots.get("which"):
        return reminders[0] if which == "next" else max(reminders, key=lambda one: one.id)
    if about := match.slots.get("about"):
        reminders = _about(str(about), kept)
        if not reminders:
            return kept.told("reminder_unknown", about=kept.said_back(str(about)))
    if words := match.slots.get("at"):
        reminders = _at(str(words), reminders, kept)
        if not reminders:
            return kept.told("reminder_unknown_at")
    if len(reminders) == 1:
        return reminders[0]
    count = kept.phrases.count(len(reminders), "reminder")
    said = kept.say("reminder_which", count=count, reminders=_several(reminders, kept))
    return asking(said, WHICH, match, of_few=True)


def _at(words: str, reminders: Iterable[Reminder], kept: Keeping) -> list[Reminder]:
    """Return those of some reminders that are of a day, a time, or both."""
    now = kept.situation.now
    moment = kept.phrases.when.moment(words, now)
    if moment is None:
        return []
    for clock in (moment.clock, moment.clock and _other_half(moment.clock)):
        found: list[Reminder] = []
        for one in reminders:
            coming = kept.view.next(one)
            here = coming.astimezone(now.tzinfo) if coming else None
            same_day = here and (here.date() == moment.day or not moment.day_said)
            if here and same_day and clock in (None, here.time().replace(second=0)):
                found.append(one)
        if found:
            return found
    return []


def _other_half(clock: time) -> time:
    """Return the same time of the other half of the day: "the 5 o'clock reminder" is of either."""
    return clock.replace(hour=(clock.hour + 12) % 24)
