"""``sayso models``: what speech and language models are here, and fetching them."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from device.catalogue import CATALOGUE, SMALL_LANGUAGE_MODEL, Kind, ModelSpec
from device.fetch import fetch
from device.model_check import check, verify
from device.models import cached_files, locate
from voice.config import Config

app = typer.Typer(
    help="List and fetch the speech and language models.\n\nExample: sayso models fetch base.en",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Row = dict[str, Any]
"""One line of `list`: name, kind, bytes, licence, note, path, origin, problem, verified."""


def needed_by_default() -> list[str]:
    """Name the models without which the default configuration can't hear and speak."""
    config = Config()
    return [config.stt.model, config.tts.voice]


@app.command("list", epilog="Example: sayso models list --json")
def list_models(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
    verify_all: Annotated[
        bool, typer.Option("--verify", help="Read every file and compare its SHA-256.")
    ] = False,
) -> None:
    """Show every known model, and where it is if it is here.

    Exit code 1 if one that is here is damaged.
    """
    rows = [_row(spec, verify_all) for spec in CATALOGUE.values()]
    rows += _strangers({row["path"] for row in rows})
    if as_json:
        typer.echo(json.dumps(rows))
    else:
        typer.echo("\n".join(_table(rows)))
    if any(row["problem"] for row in rows):
        raise typer.Exit(1)


@app.command(
    "fetch", epilog="Examples: sayso models fetch · sayso models fetch base.en smollm2-135m"
)
def fetch_models(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="Models or Piper voices; without any, what the default configuration needs.",
        ),
    ] = None,
    all_default: Annotated[
        bool,
        typer.Option(
            "--all-default",
            help="What the default configuration needs, and the small language model with it.",
        ),
    ] = False,
) -> None:
    """Fetch models into the cache, checked; what is here already is left alone.

    A broken-off download goes on where it stopped.
    """
    wanted = list(names or ())
    if all_default:
        wanted += [*needed_by_default(), SMALL_LANGUAGE_MODEL]
    console = Console(stderr=True)
    for name in dict.fromkeys(wanted or needed_by_default()):
        _fetch_one(name, console)


def _fetch_one(name: str, console: Console) -> None:
    def say(line: str) -> None:
        console.print(line, markup=False, highlight=False, soft_wrap=True)

    if console.is_terminal:
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        ) as bar:
            task = bar.add_task(name, total=None)

            def progress(done: int, total: int | None) -> None:
                bar.update(task, completed=done, total=total)

            path = fetch(name, progress, say=say)
    else:
        path = fetch(name, say=say)
    say(f"{name}: {path}")


def _row(spec: ModelSpec, verify_all: bool) -> Row:
    found = locate(spec)
    problem = found.problem if found else None
    verified = None
    if found and verify_all and problem is None:
        problem = verify(found.path, spec)
        verified = problem is None and all(file.sha256 for file in spec.files)
    return {
        "name": spec.name,
        "kind": spec.kind,
        "bytes": spec.size,
        "licence": spec.licence,
        "note": spec.note,
        "path": str(found.path) if found else None,
        "origin": found.origin if found else None,
        "problem": problem,
        "verified": verified,
    }


def _strangers(known: set[str | None]) -> list[Row]:
    """List what lies in the cache without being in the catalogue: usable by its name all the same."""
    kinds: tuple[Kind, ...] = ("whisper", "piper", "gguf")
    return [
        {
            "name": path.stem if kind == "piper" else path.name,
            "kind": kind,
            "bytes": path.stat().st_size if path.is_file() else None,
            "licence": "unknown",
            "note": "",
            "path": str(path),
            "origin": "cache",
            "problem": check(path, kind),
            "verified": None,
        }
        for kind in kinds
        for path in cached_files(kind)
        if str(path) not in known
    ]


def _table(rows: list[Row]) -> list[str]:
    default = needed_by_default()
    lines = [f"{'':1} {'model':<22} {'kind':<8} {'size':>8}  {'licence':<27} where"]
    for row in rows:
        size = f"{row['bytes'] / 1e6:.0f} MB" if row["bytes"] else "?"
        where = row["path"] or f"not here ({row['note']})"
        if row["problem"]:
            where += f": {row['problem']}; run `sayso models fetch {row['name']}`"
        elif row["verified"]:
            where += " (checksums right)"
        mark = "*" if row["name"] in default else " "
        lines.append(
            f"{mark} {row['name']:<22} {row['kind']:<8} {size:>8}  {row['licence']:<27} {where}"
        )
    return [*lines, "* used by the default configuration"]
