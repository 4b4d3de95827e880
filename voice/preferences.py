"""The settings while a conversation goes on: told, changed by voice, and kept where that is possible.

Some settings need no loading: stages name them with ``at_once`` and are handed the configuration
with every change of theirs. The others are in force when whoever keeps the settings loads anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from voice.config import Config, changed
from voice.errors import SettingError
from voice.intents.vocabulary import JSON, Choices

Undo = Callable[[], None]
"""Takes back a change."""

Save = Callable[[str, JSON], Undo]
"""Keeps the value of a key ("tts.voice"); raises SaysoError when that is not possible."""

VOLUME, PACE = "snd.volume_percent", "tts.speed"
"""Keys whose values are always in force already when they come to be kept."""


class Preferences:
    """The configuration in force, as far as it can be changed by voice."""

    def __init__(
        self,
        config: Config,
        *,
        save: Save | None = None,
        fixed: Iterable[str] = (),
        voices: Callable[[], tuple[str, ...]] = lambda: (),
    ) -> None:
        """Without ``save`` nothing is kept; ``fixed`` are keys that the file does not decide.

        ``voices`` names the voices that are here.
        """
        self._config = config
        self._save = save
        self._fixed = frozenset(fixed)
        self._voices = voices
        self._takers: dict[str, Callable[[Config], None]] = {}

    @property
    def config(self) -> Config:
        """The configuration with what was changed."""
        return self._config

    @property
    def keys_at_once(self) -> frozenset[str]:
        """Keys whose change is in force at once."""
        return frozenset(self._takers)

    def at_once(self, keys: Iterable[str], take: Callable[[Config], None]) -> None:
        """Have ``take`` called with the new configuration whenever one of the keys changes."""
        self._takers.update(dict.fromkeys(keys, take))

    def choices(self) -> Choices:
        """Return the settings, and what may be made of them."""
        return Choices(
            config=self._config,
            kept=self._save is not None,
            at_once=self.keys_at_once,
            fixed=self._fixed,
            voices=self._voices,
        )

    def change(self, key: str, value: JSON) -> Undo:
        """Change a setting, keep it, and put it in force where that is possible at once.

        Raises SaysoError when it can't be kept; then nothing is changed.
        """
        taker = self._takers.get(key)
        if key in self._fixed or (taker is None and self._save is None):
            raise SettingError(f"{key}: can't be changed by voice here")
        take_back = self._save(key, value) if self._save else None
        old = self._set(key, value)
        if taker:
            taker(self._config)

        def undo() -> None:
            if take_back:
                take_back()
            self._set(key, old)
            if taker:
                taker(self._config)

        return undo

    def keep(self, key: str, value: JSON) -> Undo:
        """Keep what is in force already, if it can be kept; it is no trouble if it can't."""
        old = self._set(key, value)
        new = old != value and self._save is not None and key not in self._fixed
        take_back = self._save(key, value) if self._save and new else None

        def undo() -> None:
            if take_back:
                take_back()
            self._set(key, old)

        return undo

    def _set(self, key: str, value: JSON) -> JSON:
        """Set a key of the configuration and return what it was."""
        section, name = key.split(".")
        old: JSON = getattr(self._config, section).model_dump(mode="json")[name]
        self._config = changed(self._config, key, value)
        return old
