"""Reminders, routines, lists and notes: every sentence of their corpora."""

from __future__ import annotations

import pytest
from kept_talk import Case, cases, nones, said, situation

DOMAINS = ("lists", "notes", "reminders", "routines")
CASES = [case for domain in DOMAINS for case in cases(domain)]
NONES = [none for domain in DOMAINS for none in nones(domain)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_wording_is_understood_answered_and_done(case: Case) -> None:
    found = said(case.text, situation(case.language, asked=case.asked), case.language)
    assert found is not None
    assert (found.intent, found.slots) == (case.intent, case.slots)
    assert (found.reply, found.effects) == (case.reply, case.effects)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_speech_recognition_may_leave_out_case_and_end_marks(case: Case) -> None:
    heard = case.text.lower().strip(" .?!")
    found = said(heard, situation(case.language, asked=case.asked), case.language)
    assert found is not None
    assert found.intent == case.intent


@pytest.mark.parametrize(("language", "text"), NONES)
def test_a_sentence_that_looks_alike_is_left_to_the_model(language: str, text: str) -> None:
    assert said(text, situation(language), language) is None
