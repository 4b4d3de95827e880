"""What every sub-command shares: the common options, the settings, logging, colour.

The common options may stand before or after the sub-command's name (``sayso --config x run``,
``sayso run --config x``). A command that reads the configuration declares them::

    def command(
        config: ConfigOption = None, overrides: SetOption = None, debug: DebugOption = False
    ) -> None:
        settings = load_settings(config, overrides)

and gets what was given in either place. To a command that does not, `device.cli` adds them.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from device.redaction import redact

if TYPE_CHECKING:
    from device.settings import Settings


@dataclass(slots=True)
class Frame:
    """The common options as far as they have been read; the context's ``obj``."""

    config: Path | None = None
    overrides: list[str] = field(default_factory=list)
    debug: bool = False


def frame_of(context: typer.Context) -> Frame:
    """Return the frame of one run of the command line."""
    root = context.find_root()
    if not isinstance(root.obj, Frame):
        root.obj = Frame()
    return root.obj


def _config(context: typer.Context, value: Path | None) -> Path | None:
    frame = frame_of(context)
    frame.config = value or frame.config
    return frame.config


def _overrides(context: typer.Context, value: list[str] | None) -> list[str]:
    frame = frame_of(context)
    frame.overrides += value or []
    return frame.overrides


def _debug(context: typer.Context, value: bool) -> bool:
    frame = frame_of(context)
    frame.debug |= value
    return frame.debug


def complete_key(incomplete: str) -> list[str]:
    """Return the known keys that begin so, for the shell."""
    from device import settings_fields

    keys = [known.key for known in settings_fields.settable()]
    return [key for key in keys if key.startswith(incomplete)]


def _complete_set(incomplete: str) -> list[str]:
    return [f"{key}=" for key in complete_key(incomplete)]


ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The configuration to use.",
        readable=False,  # what is wrong with it is said by the reading itself, with the right exit code
        callback=_config,
        is_eager=True,
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change one setting for this run, such as turn.max_s=8; repeatable.",
        callback=_overrides,
        autocompletion=_complete_set,
        is_eager=True,
    ),
]
DebugOption = Annotated[
    bool,
    typer.Option(
        "--debug",
        help="Log more, and show where an error came from.",
        callback=_debug,
        is_eager=True,
    ),
]


def load_settings(config: Path | None, overrides: Sequence[str] | None) -> Settings:
    """Read the configuration for this process; raise `ConfigError` with one line."""
    from device import settings

    return settings.load(config, overrides or (), os.environ)


class _RedactingFormatter(logging.Formatter):
    """The last chance to keep a key out of the log, also out of a library's exception text."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def setup_logging(debug: bool, *, level: int = logging.WARNING) -> None:
    """Send the log to standard error: ours from ``level`` (with ``debug``: all), others' warnings.

    Libraries stay at WARNING even with ``debug``: some log whole requests, with what was said in
    them and with their headers. At INFO ours carries lengths and ids, never words.
    """
    # The journal has its own clock.
    when = "" if os.environ.get("JOURNAL_STREAM") else "%(asctime)s "
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_RedactingFormatter(f"{when}%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, _RedactingFormatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in ("voice", "device"):
        logging.getLogger(name).setLevel(logging.DEBUG if debug else level)


def use_colour(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether to colour what is written there: a terminal, and no ``NO_COLOR``."""
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    return stream.isatty()


def paint(text: str, colour: str, stream: TextIO) -> str:
    """Return the text in a colour of `typer.style` if the stream is to have colours."""
    return typer.style(text, fg=colour) if use_colour(stream) else text
