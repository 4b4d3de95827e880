"""``sayso run``: the assistant on this machine's microphone and speaker."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated

import typer

from device.commands.common import (
    ConfigOption,
    DebugOption,
    SetOption,
    load_settings,
    setup_logging,
)


def command(
    no_audio: Annotated[
        bool, typer.Option("--no-audio", help="Everything but microphone and speaker.")
    ] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    debug: DebugOption = False,
) -> None:
    """Run the assistant; this is what the service runs. It ends with Ctrl-C or SIGTERM.

    It stays up without microphone, speaker or network, says what is missing, and works when it
    comes. The log goes to standard error; it holds numbers and names, not what was said.

    Examples:
      sayso run
      sayso run --set wake.words=[alexa] --set snd.volume_percent=50

    """
    import logging
    import signal

    from device import settings
    from device.ownership import owning
    from device.paths import ensure_dir, socket_path, state_dir
    from device.service import Service

    # Until the service takes it, SIGTERM ends us as systemd expects: as a signal, not a failure.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    setup_logging(debug, level=logging.INFO)
    found = load_settings(config, overrides)
    socket = socket_path(os.environ)
    state = state_dir(os.environ)
    with owning(state):
        ensure_dir(socket.parent, private=socket.parent != state)
        service = Service(
            found,
            lambda: load_settings(config, overrides),
            state=state,
            audio=not no_audio,
            writable=lambda: settings.writable_path(config, os.environ),
        )
        asyncio.run(service.run(socket))
