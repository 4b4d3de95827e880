"""A turn's latency report as people read it: a table with a stage a column, in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping

from voice.events import TurnLatency

STAGES = {
    "listening": "the wake word was heard, or the button pressed",
    "last voice": "the last voice was noticed",
    "read": "what was said is read for the first time",
    "commit": "the speaker is taken to be done",
    "certain": "what was said is certain",
    "answer": "the answer is known; a model's first words",
    "clause": "its first clause is synthesized",
    "sound": "the first sound",
}
"""The stages of a turn, in words."""

_TITLE = 38
_CELL = 11


def stages(report: TurnLatency, last_voice_ms: float = 0.0) -> dict[str, int]:
    """Return milliseconds by stage, of those that happened.

    The report counts from the last voice that was noticed; ``last_voice_ms`` is when that was, from
    whatever the result is to count from.
    """
    seconds = (
        report.listening_s,
        0.0,
        report.eager_text_s,
        report.commit_s,
        report.text_s,
        report.answer_s,
        report.first_clause_s,
        report.first_sound_s,
    )
    return {
        stage: round(last_voice_ms + 1000 * after_s)
        for stage, after_s in zip(STAGES, seconds, strict=True)
        if after_s is not None
    }


def heads(title: str = "") -> str:
    """Return the table's first line."""
    return f"{title:{_TITLE}}" + "".join(f"{stage:>{_CELL}}" for stage in STAGES)


def row(title: str, cells: Mapping[str, int | None]) -> str:
    """Return a line of the table; what did not happen is a dash."""
    title = title if len(title) < _TITLE else f"{title[: _TITLE - 2]}…"
    figures = (cells.get(stage) for stage in STAGES)
    return f"{title:{_TITLE}}" + "".join(f"{'–' if c is None else c:>{_CELL}}" for c in figures)


def legend() -> list[str]:
    """Return a line for each stage that says what it is."""
    return [f"{stage:12}{meaning}" for stage, meaning in STAGES.items()]
