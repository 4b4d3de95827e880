"""Requests whose beginnings are labelled: which of them are whole requests by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Request:
    """One sentence as recognition writes it."""

    words: list[str]
    whole: frozenset[int]
    """Counts of words after which it could end as well."""


def requests(name: str) -> list[Request]:
    """Read a file of ``tests/data``: a sentence a line, bars behind whole beginnings."""
    found: list[Request] = []
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            words: list[str] = []
            whole: set[int] = set()
            for token in line.split():
                if token == "|":
                    whole.add(len(words))
                else:
                    words.append(token)
            found.append(Request(words, frozenset(whole)))
    return found
