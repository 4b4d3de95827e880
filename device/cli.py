"""The command ``sayso``: finds the sub-command, imports only that one, and reports every error.

An error is one line on standard error and an exit code: 0 fine, 1 it could not be done, 2 wrong
usage, 78 bad configuration, 130 interrupted (Ctrl-C or SIGTERM). A traceback is shown with ``--debug`` only.
"""

from __future__ import annotations

import errno
import importlib
import importlib.util
import os
import re
import signal
import sys
import traceback
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from device.commands.common import (
    ConfigOption,
    DebugOption,
    Frame,
    SetOption,
    paint,
)
from device.redaction import redact
from voice.errors import SaysoError

COMMANDS = {
    "run": "The assistant, on this machine's microphone and speaker.",
    "demo": "A whole conversation without any audio hardware.",
    "hear": "Use sound files as the microphone.",
    "ask": "One turn by text.",
    "agenda": "List and cancel timers, alarms, reminders, lists and notes.",
    "devices": "List microphones and speakers.",
    "doctor": "Measure whether everything works, and say what to do.",
    "bench": "Measure latency and accuracy.",
    "config": "Show, check and change the settings.",
    "models": "List and fetch speech and language models.",
}
"""The sub-commands in the order of ``--help``; each is ``device/commands/NAME.py``."""

_EXAMPLES = """\
\b
Examples:
  sayso demo                        a conversation without any hardware
  sayso ask "what time is it"       one question by text
  sayso run --set wake.words=[alexa]
  sayso doctor                      when something does not work"""


class LazyGroup(TyperGroup):
    """A group that knows its sub-commands' names, and imports the one that is called."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, help_text in COMMANDS.items():
            if importlib.util.find_spec(_module(name)):
                self.add_command(TyperCommand(name, help=help_text))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the real command in the place of its entry."""
        name, entry, rest = super().resolve_command(ctx, args)
        return name, load_command(name) if name and entry else None, rest


def _module(name: str) -> str:
    return f"device.commands.{name}"


def load_command(name: str) -> Any:
    """Import a sub-command and return its click command, with the common options added."""
    module = importlib.import_module(_module(name))
    holder = typer.Typer(add_completion=False, rich_markup_mode=None)
    if hasattr(module, "app"):
        holder.add_typer(module.app, name=name)
    else:
        holder.command(name)(module.command)
    holder.callback()(lambda: None)
    group = typer.main.get_command(holder)
    assert isinstance(group, TyperGroup)
    command = group.commands[name]
    _complete(command)
    return command


def _complete(command: Any) -> None:
    """Give a command and its sub-commands the common options, and keep their examples' lines."""
    command.help = _keep_examples(command.help)
    known = {option for parameter in command.params for option in parameter.opts}
    for option in _common_options():
        if not known.intersection(option.opts):
            option.expose_value = False  # its callback notes the value in the frame
            command.params.append(option)
    for inner in getattr(command, "commands", {}).values():
        _complete(inner)


def _keep_examples(text: str | None) -> str | None:
    """Mark paragraphs that begin with "Example" as not to be wrapped."""
    return text and re.sub(r"(?m)(^\s*\n)(?=[ \t]*Examples?\b)", r"\1\b\n", text)


def _common_options() -> list[Any]:
    def carrier(
        config: ConfigOption = None, overrides: SetOption = None, debug: DebugOption = False
    ) -> None:
        """Exist for the sake of the parameters."""

    single = typer.Typer(add_completion=False)
    single.command()(carrier)
    return typer.main.get_command(single).params


app = typer.Typer(
    name="sayso",
    cls=LazyGroup,
    rich_markup_mode=None,  # plain help: rich would double the time it takes
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib import metadata

        try:
            typer.echo(f"sayso {metadata.version('sayso')}")
        except metadata.PackageNotFoundError:
            typer.echo("sayso (not installed)")
        raise typer.Exit


@app.callback(invoke_without_command=True, epilog=_EXAMPLES)
def sayso(
    context: typer.Context,
    config: ConfigOption = None,
    overrides: SetOption = None,
    debug: DebugOption = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Sayso, a voice-first assistant: say its wake word and talk."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; the entry point ``sayso``."""
    frame = Frame()
    _open_closed_streams()
    try:
        with _sigterm_like_ctrl_c():
            code = _run(arguments, frame)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _open_closed_streams() -> None:
    """Let streams that were closed by whoever started us be empty ones."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8"))


@contextmanager
def _sigterm_like_ctrl_c() -> Generator[None]:
    """Let SIGTERM do what Ctrl-C does at that moment; `run` takes both itself."""

    def end(_: int, where: FrameType | None) -> None:
        interrupt = signal.getsignal(signal.SIGINT)
        if not callable(interrupt):  # a script's background command ignores Ctrl-C
            raise KeyboardInterrupt
        interrupt(signal.SIGINT, where)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(arguments: Sequence[str] | None, frame: Frame) -> int:
    command = typer.main.get_command(app)
    try:
        result = command.main(arguments, prog_name="sayso", standalone_mode=False, obj=frame)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return 130
    except typer.Abort:
        return _fail("given up", 1)
    except typer.TyperException as error:
        return _fail(_usage(error), error.exit_code)
    except BrokenPipeError:
        raise
    except SaysoError as error:
        _trace(error, frame)
        return _fail(str(error), error.exit_code)
    except Exception as error:  # the last resort: one line, whatever it is
        _trace(error, frame)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return _fail(f"{error.filename or 'standard output'}: no space left there", 1)
        hint = "" if frame.debug else " (run with --debug for details)"
        return _fail(f"internal error: {type(error).__name__}: {error}{hint}", 1)
    return result if isinstance(result, int) else 0


def _usage(error: typer.TyperException) -> str:
    """Say what is wrong with the command line and where its help is."""
    text = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "sayso"
    return f"{text[:1].lower()}{text[1:]}; see `{path} --help`"


def _fail(message: str, code: int) -> int:
    line = " ".join(redact(message).split())
    safe = "".join(sign if sign.isprintable() else "?" for sign in line)
    sys.stderr.write(f"{paint('sayso:', 'red', sys.stderr)} {safe}\n")
    return code


def _trace(error: Exception, frame: Frame) -> None:
    if frame.debug:
        sys.stderr.write(redact("".join(traceback.format_exception(error))))


if __name__ == "__main__":
    sys.exit(main())
