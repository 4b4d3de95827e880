"""Saying and doing what was asked about notes: keeping, reading, finding and deleting them.

A question that a note may answer ("where did I put the key") is one of ours only where there is such
a note; otherwise it is left to the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from voice.agenda.changes import AddNote, Remove, RemoveAll
from voice.agenda.entries import Note
from voice.agenda.view import View
from voice.intents.finding import holding
from voice.intents.keeping import Keeping, asking, keeping, yes_or_no
from voice.intents.phrases import Phrases
from voice.intents.vocabulary import DeviceAnswer, Match, Situation

LONG = 5
"""Notes up to which all are read at once; they are longer than the things on a list."""

FIRST = 3
"""Notes that are read of more, the last ones."""

TEXT = "note_text"
"""The kind of question that any sentence answers."""


def take_note(match: Match, kept: Keeping) -> DeviceAnswer:
    """Keep a note, or ask what it is to say."""
    text = str(match.slots.get("note", ""))
    if not text:
        return asking(kept.say("note_of_what"), TEXT, match)
    back = kept.persons.said_back(text)
    if match.slots.get("remember"):
        key = "note_for_memory"
    else:
        key = "note_taken" if back else "note_taken_unsaid"
    return DeviceAnswer(kept.say(key, text=back or text), (AddNote(text),))


def get_notes(match: Match, kept: Keeping) -> DeviceAnswer:
    """Read the notes, the last ones first; of many only some, unless all are wanted."""
    notes = kept.view.notes[::-1]
    if not notes:
        return kept.told("notes_none")
    count = kept.phrases.count(len(notes), "note")
    if match.slots.get("count"):
        return kept.told("notes_count", count=count)
    if match.slots.get("which") == "last" or len(notes) == 1:
        return kept.told("note_last", day=_day(notes[0], kept), text=kept.said_back(notes[0].text))
    if match.slots.get("sure"):  # "Shall I read the rest?"
        return kept.told("notes_rest", notes=_read(notes[FIRST:] or notes, kept))
    if len(notes) <= LONG or match.slots.get("whole"):
        return kept.told("notes_are", count=count, notes=_read(notes, kept))
    said = kept.say("notes_many", count=count, notes=_read(notes[:FIRST], kept))
    return yes_or_no(said, match)


def search_notes(match: Match, kept: Keeping) -> DeviceAnswer:
    """Read the notes about something."""
    about = str(match.slots["about"])
    found = about_that(match, kept.view)
    if not found:
        return kept.told("note_unknown", about=kept.said_back(about))
    if len(found) == 1:
        text = kept.said_back(found[0].text)
        return kept.told("note_found", day=_day(found[0], kept), text=text)
    return kept.told(
        "notes_found",
        count=kept.phrases.count(len(found), "note"),
        notes=_read(found[:LONG], kept),
    )


def delete_notes(match: Match, kept: Keeping) -> DeviceAnswer:
    """Delete the last note, those about something, or all; more than one only after a question."""
    notes: Sequence[Note] = kept.view.notes
    if not notes:
        return kept.told("notes_none")
    if about := match.slots.get("about"):
        notes = about_that(match, kept.view)
        if not notes:
            return kept.told("note_unknown", about=kept.said_back(str(about)))
    elif match.slots.get("which") == "last":
        notes = notes[-1:]
    elif not match.slots.get("all") and len(notes) > 1:
        return kept.told("note_which")
    if len(notes) == 1 and not (match.slots.get("all") and not match.slots.get("sure")):
        text = kept.said_back(notes[0].text)
        return DeviceAnswer(kept.say("note_deleted", text=text), (Remove((notes[0].id,)),))
    count = kept.phrases.count(len(notes), "note")
    if not match.slots.get("sure"):
        key = "notes_delete_sure" if match.slots.get("all") else "notes_delete_these"
        return yes_or_no(kept.say(key, count=count, notes=_read(notes[:LONG], kept)), match)
    everything = bool(match.slots.get("all"))
    effect = RemoveAll("note") if everything else Remove(tuple(note.id for note in notes))
    return DeviceAnswer(kept.say("notes_deleted", count=count), (effect,))


def about_that(match: Match, view: View) -> tuple[Note, ...]:
    """Return the notes that hold the words a match looks for, the last one first."""
    return holding(view.notes[::-1], str(match.slots["words"]), lambda note: note.text)


def is_known(match: Match, situation: Situation | None) -> bool:
    """Whether what only a note can answer is answered by one."""
    if not match.slots.get("if_known"):
        return True
    view = situation.agenda if situation else None
    return view is not None and bool(about_that(match, view))


ANSWERS: Mapping[str, Callable[[Match, Situation, Phrases], DeviceAnswer]] = {
    "TakeNote": keeping(take_note),
    "GetNotes": keeping(get_notes),
    "SearchNotes": keeping(search_notes),
    "DeleteNotes": keeping(delete_notes),
}

CHECKS: Mapping[str, Callable[[Match, Situation | None], bool]] = {"SearchNotes": is_known}
"""Whether an intent is meant in a situation."""


def _read(notes: Sequence[Note], kept: Keeping) -> str:
    return "; ".join(kept.said_back(note.text) for note in notes)


def _day(note: Note, kept: Keeping) -> str:
    now = kept.situation.now
    return kept.phrases.day(note.written.astimezone(now.tzinfo).date(), now.date())
