"""``sayso agenda``: what is set, and cancelling it."""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import Annotated, Any

import typer

from device.commands.common import ConfigOption, DebugOption, SetOption, load_settings

app = typer.Typer(
    help="List and cancel timers, alarms, reminders, routines, lists and notes.\n\n"
    "Example: sayso agenda list",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Row = dict[str, Any]


@app.command("list", epilog="Example: sayso agenda list --json")
def list_entries(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    debug: DebugOption = False,
) -> None:
    """Show everything that is set, each with the number it is cancelled by."""
    load_settings(config, overrides)
    entries: list[Row] = do("agenda_list")["entries"]
    if as_json:
        typer.echo(json.dumps(entries, ensure_ascii=False))
        return
    lines = [_line(entry) for entry in entries]
    # What a terminal would obey is left out; --json escapes it.
    shown = ("".join(sign for sign in line if sign.isprintable()) for line in lines if line)
    typer.echo("\n".join(shown) or "nothing is set")


@app.command("cancel", epilog="Examples: sayso agenda cancel 12    sayso agenda cancel --all timer")
def cancel(
    ids: Annotated[list[int] | None, typer.Argument(help="Numbers that `list` shows.")] = None,
    everything: Annotated[
        str | None,
        typer.Option("--all", metavar="KIND", help="All: timer, alarm, reminder, routine, note."),
    ] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    debug: DebugOption = False,
) -> None:
    """Cancel timers, alarms and reminders; delete routines, lists and notes."""
    load_settings(config, overrides)
    if bool(ids) == bool(everything):
        raise typer.BadParameter("give numbers, or --all KIND")
    done = do("agenda_cancel", **({"ids": ids} if ids else {"kind": everything}))["cancelled"]
    typer.echo(f"cancelled: {', '.join(map(str, done))}")


def do(what: str, **details: Any) -> dict[str, Any]:
    """Do one of ``AGENDA_REQUESTS``: ask the running assistant, or do it here where none runs."""
    from device.agenda_requests import AGENDA_REQUESTS
    from device.kept import opened_agenda
    from device.ownership import owning, running
    from device.paths import socket_path, state_dir

    with running(socket_path(os.environ)) as assistant:
        if assistant:
            return assistant.do(what, **details)
    state = state_dir(os.environ)
    with owning(state), opened_agenda(state) as agenda:
        return AGENDA_REQUESTS[what](agenda, details)


def _line(entry: Row) -> str | None:
    """Return an entry as people read it; None for an empty list that is always there."""
    words = [f"{entry['id']:>4}", entry["kind"]]
    if entry["kind"] == "list":
        items = [f"{'✓ ' if item['done'] else ''}{item['text']}" for item in entry["items"]]
        if not items and entry["purpose"] != "own":
            return None
        words += [f"{entry['name']}:", ", ".join(items) or "(empty)"]
        return "  ".join(words)
    words += [str(entry[name]) for name in ("name", "text") if entry.get(name)]
    if entry.get("left_s") is not None:
        words.append(f"{entry['left_s']:.0f} s left{' (paused)' if entry['paused'] else ''}")
    elif entry.get("next"):
        words.append(f"{datetime.fromisoformat(entry['next']):%a %Y-%m-%d %H:%M}")
    if entry.get("enabled") is False:
        words.append("(off)")
    return "  ".join(words)
