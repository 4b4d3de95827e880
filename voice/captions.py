"""Captions: what seems to be said, shown while it is being said."""

from __future__ import annotations

from asyncio import sleep

from voice.config import Captions as Setting
from voice.ears import Ears
from voice.errors import TranscriptionError
from voice.events import Publish, SttPartial
from voice.moments import Clock
from voice.reading import Reader

FIRST_VOICE_S = 0.6
"""Seconds of voice before the first caption."""

EVERY_S = 0.9
"""Seconds between two looks at what was said."""

QUICK_S = 0.3
"""A reading that takes longer would keep the one waiting that matters, in the pause."""


class Captions:
    """Reads along while somebody speaks, for people who watch; nothing is decided by it."""

    def __init__(
        self, setting: Setting, ears: Ears, reader: Reader, publish: Publish, clock: Clock
    ) -> None:
        """``setting`` "auto" reads along only where it is quick, "on" always."""
        self._setting = setting
        self._ears = ears
        self._reader = reader
        self._publish = publish
        self._clock = clock
        self._took_s = 0.0

    async def show(self) -> None:
        """Publish what seems to have been said so far, again and again, until cancelled.

        No reading begins while the speaker is silent; one under way at the beginning of a pause holds
        up the reading that matters by `QUICK_S` at most.
        """
        if self._setting == "off":
            return
        shown = ""
        while True:
            await sleep(EVERY_S)
            if not self._may_read():
                continue
            began = self._clock()
            try:
                text = (await self._reader.read(self._ears.speech(), "eager", draft=True)).text
            except TranscriptionError:  # the one that matters will tell
                continue
            self._took_s = self._clock() - began
            endpoint = self._ears.endpoint
            if text and text != shown and endpoint.speaking and not endpoint.paused:
                shown = text
                self._publish(SttPartial(text))

    def _may_read(self) -> bool:
        endpoint = self._ears.endpoint
        if not endpoint.speaking or endpoint.silence_s > 0 or endpoint.voice_s < FIRST_VOICE_S:
            return False
        if self._setting == "auto" and self._took_s > QUICK_S:
            self._took_s *= 0.9  # a slow machine is asked again now and then: it may only be busy
            return False
        return True
