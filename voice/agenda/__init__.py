"""Timers, alarms, reminders, routines, lists and notes: pure logic on clocks that are passed in.

Read ``entries`` (what there is), ``changes`` (what can be asked), ``view`` (what can be read) and
``agenda``; then ``timekeeping`` and ``due`` for how nothing is lost when the power or the clock fails.
"""

from voice.agenda.agenda import Agenda, Outcome
from voice.agenda.described import described, described_due
from voice.agenda.entries import SHOPPING, TODO, Due, Entry
from voice.agenda.view import View

__all__ = [
    "SHOPPING",
    "TODO",
    "Agenda",
    "Due",
    "Entry",
    "Outcome",
    "View",
    "described",
    "described_due",
]
