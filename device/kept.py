"""What outlives conversations: agenda, settings changed by voice, the last exchange rates."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from device.agenda_store import NAME, SqliteAgendaStore
from device.clocks import SystemClocks
from device.local_time import now, zone
from device.ownership import owning
from device.paths import state_dir
from device.rates import RateKeeper
from device.settings_keeper import SettingsKeeper
from voice.agenda import Agenda
from voice.agenda.entries import Changed
from voice.errors import SaysoError
from voice.intents.rates import Rates

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is of it."""

    agenda: Agenda | None = None
    """None where none is kept, or another process has it."""
    rates: Callable[[], Rates | None] = lambda: None
    """The last known exchange rates."""
    settings: SettingsKeeper | None = None
    """Writes changed settings into their file; None where they are not to be kept."""


NOTHING = Kept()


@contextmanager
def opened_agenda(
    state: Path, changed: Callable[[tuple[Changed, ...]], None] = lambda _: None
) -> Generator[Agenda]:
    """Open the agenda of a state folder, whose lock must be held; raises StateError.

    A damaged file is set aside, and a new one begun: that is logged.
    """
    clocks = SystemClocks()
    store = SqliteAgendaStore(state / NAME, wall=clocks.wall)
    try:
        if store.set_aside:
            log.warning(
                "the agenda was damaged and begins anew; the old one is %s", store.set_aside
            )
        agenda = Agenda(store, clocks, changed=changed)
        try:
            yield agenda
        finally:
            agenda.close()
    finally:
        store.close()


@contextmanager
def kept_for_one_command(
    time_zone: str | None, env: Mapping[str, str] = os.environ
) -> Generator[Kept]:
    """Give a command that runs beside nobody what is kept; the agenda only if nobody else has it."""
    rates = rate_keeper(time_zone, env)
    with ExitStack() as stack:
        agenda = None
        try:
            state = state_dir(env)
            stack.enter_context(owning(state))
            agenda = stack.enter_context(opened_agenda(state))
        except (SaysoError, OSError) as fault:  # what needs no agenda is answered all the same
            log.info("without the agenda: %s", fault)
        yield Kept(agenda, lambda: rates.rates)


def rate_keeper(time_zone: str | None, env: Mapping[str, str] = os.environ) -> RateKeeper:
    """Return the keeper of exchange rates; nothing is fetched by that."""
    where = zone(time_zone)
    return RateKeeper.at_home(lambda: now(where), env)
