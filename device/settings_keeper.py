"""Keeping what is changed by voice, in the file and by the rules of ``sayso config set``.

Volume and pace change often and in steps, and each write wears an SD card: they are written a few
seconds after the first change, once, in a thread. Everything else is written before it is confirmed.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from device import settings_edit
from device.settings_edit import Edit, Key
from voice.errors import SaysoError, SettingError
from voice.intents import JSON
from voice.preferences import PACE, VOLUME, Undo

LATER = frozenset({VOLUME, PACE})
"""Keys that are written some time after they were changed."""

LATER_S = 5.0
"""Seconds from the first of such changes to the write."""

PATIENCE_S = 0.5
"""Seconds to wait for another program that changes the file: somebody waits for the answer."""

SetTimer = Callable[[float, Callable[[], None]], object]
"""Calls a function after some seconds."""


def _timer(seconds: float, call: Callable[[], None]) -> object:
    return asyncio.get_running_loop().call_later(seconds, call)


@dataclass(slots=True, eq=False)
class _Coming:
    """A write to come, of one key."""

    key: str
    value: JSON
    edit: Edit | None = None
    """Set once it is done."""

    def done(self, edit: Edit) -> None:
        """Take note of the write; of several only the one that changed something counts."""
        if self.edit is None or self.edit.before == self.edit.after:
            self.edit = edit


_Ready = list[tuple[_Coming, JSON]]
"""Writes that are due, with the values they have now."""


class SettingsKeeper:
    """Writes changed settings into the configuration file."""

    def __init__(
        self,
        path: Callable[[], Path],
        *,
        overrides: Sequence[str] = (),
        trouble: Callable[[SaysoError], None] = lambda _: None,
        kept: Callable[[str], None] = lambda _: None,
        timer: SetTimer = _timer,
    ) -> None:
        """``path`` names the file that a change goes into; ``overrides`` are the ``--set`` arguments.

        ``trouble`` is told of a late write that fails, ``kept`` which key was written, or taken
        back, at once. ``timer`` belongs to the loop.
        """
        self._path = path
        self._trouble = trouble
        self._kept = kept
        self._timer = timer
        self._coming: dict[str, _Coming] = {}
        self._timed = False
        self._failed = False
        self._writing = threading.Lock()
        self.fixed = frozenset(override.partition("=")[0].strip() for override in overrides)
        """Keys that the command line decides."""

    @property
    def unwritten(self) -> dict[str, JSON]:
        """Values that are in force and not in the file."""
        return {key: coming.value for key, coming in self._coming.items()}

    def save(self, key: str, value: JSON) -> Undo:
        """Keep a value; raises SettingError when it can't be. Returns what takes it back."""
        if key in LATER:
            return self._later(key, value)
        try:
            with self._writing:
                edit = settings_edit.set_key(
                    self._path(), _names(key), value, patience_s=PATIENCE_S
                )
        except SaysoError as fault:
            raise SettingError(str(fault)) from fault
        self._kept(key)

        def undo() -> None:
            self._take_back(edit)
            self._kept(key)

        return undo

    def flush(self) -> None:
        """Write what is to come now; what fails is told as ``trouble``."""
        ready = self._ready()
        self._written(ready, self._write(ready))

    def _later(self, key: str, value: JSON) -> Undo:
        self._wait()
        coming = self._coming.get(key)
        if coming is None:
            new = self._coming[key] = _Coming(key, value)
            return lambda: self._drop(new)
        before, coming.value = coming.value, value

        def back() -> None:
            if coming.edit:  # written meanwhile
                self._later(key, before)
            else:
                coming.value = before

        return back

    def _drop(self, coming: _Coming) -> None:
        """Undo the first change that a write stands for: what came after it is undone already."""
        self._coming.pop(coming.key, None)
        if coming.edit:
            self._take_back(coming.edit)

    def _wait(self) -> None:
        if not self._timed:
            self._timed = True
            self._timer(LATER_S, self._due)

    def _due(self) -> None:
        self._timed = False
        if ready := self._ready():
            writing = asyncio.get_running_loop().run_in_executor(None, self._write, ready)
            writing.add_done_callback(lambda done: self._written(ready, done.result()))

    def _ready(self) -> _Ready:
        return [(coming, coming.value) for coming in self._coming.values()]

    def _write(self, ready: _Ready) -> list[Edit | SaysoError]:
        """Write values, in whatever thread; return what came of each."""
        results: list[Edit | SaysoError] = []
        for coming, value in ready:
            try:
                with self._writing:
                    results.append(settings_edit.set_key(self._path(), _names(coming.key), value))
            except SaysoError as fault:
                results.append(fault)
        return results

    def _written(self, ready: _Ready, results: list[Edit | SaysoError]) -> None:
        for (coming, value), result in zip(ready, results, strict=True):
            if isinstance(result, SaysoError):  # it stays to be written, with the next change
                if not self._failed:
                    self._trouble(result)
                self._failed = True
                continue
            self._failed = False
            coming.done(result)
            if self._coming.get(coming.key) is coming:
                del self._coming[coming.key]
                if coming.value != value:  # changed while it was being written
                    self._later(coming.key, coming.value)

    def _take_back(self, edit: Edit) -> None:
        try:
            with self._writing:
                settings_edit.take_back(edit, patience_s=PATIENCE_S)
        except SaysoError as fault:
            self._trouble(fault)


def _names(key: str) -> Key:
    return tuple(key.split("."))
