"""Recordings of people to measure with: a folder with ``commands/`` and, if there is one, ``wake/``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from voice.errors import UsageError

SOUNDS = ("*.flac", "*.wav", "*.ogg", "*.mp3")

WAKE_WORD = "alexa"
"""What people say in ``wake/alexa``."""


@dataclass(frozen=True, slots=True)
class Recordings:
    """Where the recordings are, and what is said in them."""

    commands: list[Path]
    """Spoken requests."""
    slots: dict[str, list[str]]
    """Slot values by file name, as people say them."""
    wake: list[Path]
    """The wake word, said by many people; may be empty."""
    others: list[Path]
    """Other words, none of which may wake; may be empty."""
    kitchen: Path | None
    """Noise, if there is some."""

    def first(self, count: int | None) -> Recordings:
        """Return only the first few of each, or (None) all."""
        commands = self.commands[:count]
        slots = {file.name: self.slots[file.name] for file in commands}
        return Recordings(commands, slots, self.wake[:count], self.others[:count], self.kitchen)


def find(folder: Path) -> Recordings:
    """Look for the recordings; raises UsageError when there are none as they have to be."""
    labels = folder / "commands" / "labels.json"
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; --data takes one with commands/labels.json")
    try:
        slots = _slots(json.loads(labels.read_text(encoding="utf-8")))
    except FileNotFoundError as fault:
        raise UsageError(
            f"{labels}: no such file; it says what is said in commands/*.flac"
        ) from fault
    except (OSError, ValueError, AttributeError, TypeError) as fault:
        raise UsageError(
            f'{labels}: can\'t be read as {{"FILE": {{"slots": {{"NAME": "VALUE"}}}}}}'
        ) from fault
    commands = [file for file in _sounds(folder / "commands") if file.name in slots]
    if not commands:
        raise UsageError(f"{labels.parent}: holds none of the recordings that labels.json names")
    kitchen = folder / "noise" / "kitchen.flac"
    return Recordings(
        commands,
        {file.name: slots[file.name] for file in commands},
        _sounds(folder / "wake" / WAKE_WORD),
        _sounds(folder / "wake" / "other"),
        kitchen if kitchen.is_file() else None,
    )


def _slots(labels: dict[str, dict[str, dict[str, str]]]) -> dict[str, list[str]]:
    return {
        name: [str(value).strip() for value in entry.get("slots", {}).values()]
        for name, entry in labels.items()
    }


def _sounds(folder: Path) -> list[Path]:
    return sorted(file for pattern in SOUNDS for file in folder.rglob(pattern))
