"""Whether what was said so far sounds finished: how much silence to wait for before answering.

Recognition writes a full stop or question mark behind every other fragment ("Turn on the.", "How old
is the president?"), so words decide: ``ends`` finds last words that need others to follow, ``gaps``
what a sentence still lacks (a verb, an object, the half that an "if" promises). What lacks nothing
is complete. A mark says little when it is there, but much when it is not: a text without one breaks
off. The words are English ones, in ``english``; another language needs its own three modules.
"""

from __future__ import annotations

from voice.completeness.ends import hangs, is_open
from voice.completeness.english import COMPLETE_ALONE, OFTEN_GOES_ON
from voice.completeness.gaps import gap
from voice.completeness.text import breaks_off, spoken_words
from voice.endpoint import Completeness


def judge(text: str, matches: bool) -> Completeness:
    """Judge a transcript made during a pause.

    ``matches`` says that an intent matches the whole sentence, and nothing has to be asked. ``complete`` may be answered early,
    ``open`` is worth waiting longer for, ``plain`` is anything else, also nothing at all.
    """
    words = spoken_words(text)
    if not words:
        return "plain"
    said = " ".join(words)
    if said in COMPLETE_ALONE:
        return "plain" if hangs(text) else "complete"
    if matches:
        if text.rstrip().endswith(",") and text.count(",") > 1:  # an enumeration
            return "open"
        return "plain" if said in OFTEN_GOES_ON or hangs(text) else "complete"
    if is_open(words, text):
        return "open"
    if said in OFTEN_GOES_ON:
        return "plain"
    found = gap(text)
    if found == "sure":
        return "open"
    return "plain" if found == "likely" or breaks_off(text) else "complete"
