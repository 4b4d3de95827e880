"""``sayso run``: the assistant on its hardware, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from device.agenda_requests import AGENDA_REQUESTS
from device.assemble import Assistant, Mind, assemble
from device.echo import EchoCanceller
from device.echo_choice import make as make_echo_canceller
from device.engines.portaudio import PortAudio
from device.kept import NOTHING, Kept, opened_agenda, rate_keeper
from device.loading import Engines, Shelf
from device.local_time import zone
from device.memory import Trimming
from device.microphone import SoundCardMicrophone
from device.ownership import serving
from device.rates import RateKeeper
from device.settings import Settings
from device.settings_keeper import SettingsKeeper
from device.speaker import SoundCardSpeaker, WavSpeaker
from voice.agenda.entries import Changed
from voice.agenda.news import news
from voice.answers import STOPS
from voice.audio import Microphone, Samples, Speaker, silence
from voice.bell import Bell
from voice.config import Config, changed
from voice.errors import ConfigError, ModelFileError, SaysoError, UsageError
from voice.events import Bus, Error, Event, SttPartial, to_dict
from voice.intents.units import warm_up as warm_up_units
from voice.scope import Scope, first, scope
from voice.typed import ask

log = logging.getLogger(__name__)

WORDS = frozenset({"text", "spoken", "message"})
"""Fields of events that hold words; the log gets their length only."""


RATES_AFTER_S = 300.0
"""Seconds after the start in which no exchange rates are fetched: starting is work enough."""


SETTLED_S = 3.0
"""Seconds after loading in which somebody may speak at once; what only saves time later comes then."""

RELOAD_MAX_S = 30.0
"""Seconds for which a question in writing waits while another configuration is being loaded."""


def notify(state: str) -> None:
    """Tell systemd about ourselves, where it listens (see sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifier:
        notifier.connect(address.replace("@", "\0", 1))
        notifier.sendall(state.encode())


class Service:
    """Owns the assistant: builds it, rebuilds it when the configuration changes, takes requests."""

    def __init__(
        self,
        settings: Settings,
        reread: Callable[[], Settings],
        *,
        state: Path,
        audio: bool,
        writable: Callable[[], Path] | None = None,
    ) -> None:
        """``reread`` reads the configuration again; ``audio=False`` leaves out the sound card.

        ``state`` is the folder of what is kept, whose lock must be held while it runs. ``writable``
        names the file that settings changed by voice go into; without it they are not kept.
        """
        self._keeper = (
            SettingsKeeper(
                writable,
                overrides=settings.overrides,
                trouble=self._trouble,
                kept=self._setting_kept,
            )
            if writable
            else None
        )
        self._state = state
        self._kept = NOTHING
        self._bell: Bell | None = None
        self._settings = settings
        self._reread = reread
        self._audio = audio
        self._bus = Bus(lambda fault: log.error("a listener failed: %s", type(fault).__name__))
        self._shelf = Shelf(lambda what: log.info("loaded: %s", what))
        self._assistant: Assistant | None = None
        self._there = asyncio.Event()
        """Set while there is an assistant."""
        self._listening = False
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._ready = False

    async def run(self, socket_path: Path) -> None:
        """Run until SIGTERM or SIGINT, taking requests on a socket."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        self._bus.subscribe(_log_event)
        trimming = Trimming()
        self._bus.subscribe(trimming)
        try:
            config = self._settings.config
            engines = await self._shelf.load(config)
            async with AsyncExitStack() as stack:
                tasks = await stack.enter_async_context(scope())
                tasks.start(_settled(trimming))
                self._open_kept(config, stack, tasks)
                await stack.enter_async_context(serving(socket_path, self.handle))
                before: Mind | None = None
                while not self._stopping.is_set():
                    before = await self._converse(config, engines, before)
                    if self._changed.is_set():
                        config, engines = await self._reloaded(config, engines)
        finally:
            notify("STOPPING=1")
            if self._keeper:
                self._keeper.flush()
            await self._shelf.close()

    async def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what another command asks for."""
        what = request.get("do")
        session = self._assistant.session if self._assistant else None
        if what == "ask" and isinstance(text := request.get("text"), str):
            assistant = await self._answering()
            reply = await ask(assistant.mind.answers, text)
            if reply.intent in STOPS:  # of what sounds just now
                assistant.session.stop()
            return asdict(reply)
        if isinstance(what, str) and what in AGENDA_REQUESTS and (agenda := self._kept.agenda):
            return AGENDA_REQUESTS[what](agenda, request)
        if what == "status":
            return {"ready": self._listening, "idle": session is None or session.idle}
        if what == "reload":
            self._read_again()
            return {"reloaded": True}
        if what == "press" and not self._listening:
            raise UsageError("not listening yet: models are being loaded; press again in a moment")
        if session and what in ("press", "stop"):
            (session.press if what == "press" else session.stop)()
            return {"done": True}
        raise UsageError(f"this sayso can't do {what!r} now")

    async def _answering(self) -> Assistant:
        """Return what answers; where another configuration is being loaded, when that is done."""
        if self._ready:
            with suppress(TimeoutError):
                async with asyncio.timeout(RELOAD_MAX_S):
                    await self._there.wait()
        if not self._assistant:
            raise UsageError("models are being loaded; ask again in a moment")
        return self._assistant

    def _open_kept(self, config: Config, stack: AsyncExitStack, tasks: Scope) -> None:
        """Open what outlives conversations; without an agenda everything else works."""
        rates = rate_keeper(config.place.time_zone)
        if config.place.exchange_rates == "daily":
            tasks.start(_fetched_later(rates))
        agenda = None
        try:
            agenda = stack.enter_context(opened_agenda(self._state, self._agenda_changed))
        except SaysoError as fault:
            self._trouble(fault)
        self._kept = Kept(agenda, lambda: rates.rates, self._keeper)

    def _read_again(self) -> None:
        """Read the configuration, which is in force as soon as nobody talks; raises ConfigError."""
        if self._keeper:
            self._keeper.flush()  # what is in force is not to be changed back by that
        found = self._reread()
        for key, value in self._keeper.unwritten.items() if self._keeper else ():
            found = replace(found, config=changed(found.config, key, value))
        self._settings = found
        self._changed.set()

    def _setting_kept(self, key: str) -> None:
        """Load what a setting changed by voice means, unless it is in force already."""
        preferences = self._assistant.mind.controls.preferences if self._assistant else None
        if preferences and key not in preferences.keys_at_once:
            try:
                self._read_again()
            except ConfigError as fault:
                self._trouble(fault)

    def _agenda_changed(self, changes: tuple[Changed, ...]) -> None:
        if agenda := self._kept.agenda:
            for event in news(changes, agenda.view()):
                self._bus.publish(event)
        if self._bell:
            self._bell.look()

    async def _reloaded(self, config: Config, engines: Engines) -> tuple[Config, Engines]:
        """Return what the changed configuration means, or the old when that can't be loaded."""
        self._changed.clear()
        wanted = self._settings.config
        try:
            return wanted, await self._shelf.load(wanted)
        except SaysoError as fault:
            self._trouble(fault)
            return config, engines

    async def _converse(self, config: Config, engines: Engines, before: Mind | None) -> Mind:
        """Listen with one configuration, until it changes or the end; return what answered."""
        echo = await make_echo_canceller(config) if self._audio else None
        async with scope() as tasks:
            microphone, speaker = self._hardware(config, tasks, echo)
            assistant = assemble(config, engines, speaker, self._bus, self._kept, before)
            self._assistant = assistant
            self._there.set()
            try:
                await self._warm(assistant)
                listening = tasks.start(assistant.session.run(microphone))
                await asyncio.sleep(0)
                self._listening = True
                self._say_ready(engines)
                self._start_bell(config, engines, assistant, tasks)
                await first(
                    tasks.start(self._stopping.wait()),
                    tasks.start(self._changed_and_idle(assistant)),
                    listening,
                )
            finally:
                self._assistant, self._listening, self._bell = None, False, None
                self._there.clear()
                assistant.close()
        return assistant.mind

    def _start_bell(
        self, config: Config, engines: Engines, assistant: Assistant, tasks: Scope
    ) -> None:
        """Ring what falls due while this conversation lives."""
        if agenda := self._kept.agenda:
            where = zone(config.place.time_zone)
            bell = self._bell = Bell(
                agenda,
                engines.intents.phrases,
                self._bus.publish,
                here=lambda: where,
                missed=config.agenda.missed,
            )
            session = assistant.session
            assistant.mind.controls.run_steps = lambda steps: bell.begin(steps, session)
            tasks.start(bell.watch(session))

    async def _warm(self, assistant: Assistant) -> None:
        """Get the language model ready; once in service, one that can't be loaded is done without."""
        try:
            await assistant.warm()
        except ModelFileError as fault:
            if not self._ready:
                raise
            self._trouble(fault)

    async def _changed_and_idle(self, assistant: Assistant) -> None:
        await self._changed.wait()
        session, answers = assistant.session, assistant.mind.answers
        while not session.idle or answers.one_at_a_time.locked():  # spoken, or in writing
            await session.until_idle()
            await answers.until_free()

    def _hardware(
        self, config: Config, tasks: Scope, echo: EchoCanceller | None
    ) -> tuple[Microphone, Speaker]:
        volume = config.snd.volume_percent
        if not self._audio:
            return NoMicrophone(), WavSpeaker(volume_percent=volume)
        card = PortAudio(config.mic, config.snd)
        speaker = SoundCardSpeaker(
            card, self._trouble, volume_percent=volume, played=echo.played if echo else None
        )
        tasks.start(speaker.run())
        gain_db = config.mic.gain_db
        return SoundCardMicrophone(card, self._trouble, gain_db=gain_db, echo=echo), speaker

    def _trouble(self, fault: SaysoError) -> None:
        self._bus.publish(Error(fault.code, str(fault)))

    def _say_ready(self, engines: Engines) -> None:
        self._ready = True
        notify("READY=1")
        words = " or ".join(name.replace("_", " ") for name in engines.wake_names)
        log.info("listening for: %s", words or "the button")


async def _settled(trimming: Trimming) -> None:
    """Do what the first start need not wait for."""
    await asyncio.sleep(SETTLED_S)
    await asyncio.to_thread(warm_up_units)
    trimming.soon()


async def _fetched_later(rates: RateKeeper) -> None:
    """Keep exchange rates fresh, once everything else is up."""
    await asyncio.sleep(RATES_AFTER_S)
    await rates.keep()


class NoMicrophone:
    """Hears nothing, for ever."""

    echo_free = True

    async def frames(self) -> AsyncGenerator[Samples]:
        """Yield nothing."""
        await asyncio.Event().wait()
        yield silence(0)


def _log_event(event: Event) -> None:
    """Log an event with numbers, names and lengths, never with words."""
    if isinstance(event, Error):
        log.warning("%s: %s", event.code, event.message)
        return
    found = to_dict(event)
    fields = [
        f"{name}_chars={len(value)}" if name in WORDS else f"{name}={value}"
        for name, value in found.items()
        if name != "event"
    ]
    often = isinstance(event, SttPartial)
    log.log(logging.DEBUG if often else logging.INFO, "%s %s", found["event"], " ".join(fields))
