"""``sayso config``: show, check and change the settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from device import settings, settings_edit, settings_fields
from device.commands.common import (
    ConfigOption,
    DebugOption,
    SetOption,
    complete_key,
    load_settings,
)
from device.ownership import running
from device.paths import socket_path
from device.settings_yaml import emit
from voice.errors import ConfigError, StateError

app = typer.Typer(
    help="""Show, check and change the settings.

    Examples:
      sayso config show
      sayso config set turn.silence_ms 900
    """,
)


@app.command()
def show(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    debug: DebugOption = False,
) -> None:
    """Print the settings in force, and the file they came from.

    Examples:
      sayso config show
      sayso config show --json --set turn.max_s=8

    """
    found = load_settings(config, overrides)
    if as_json:
        typer.echo(found.config.model_dump_json(indent=2))
        return
    typer.echo(f"# {found.path or 'no file found: the defaults'}")
    for override in found.overrides:
        typer.echo(f"# --set {override}")
    typer.echo(settings_fields.to_yaml(found.config), nl=False)


@app.command()
def check(
    file: Annotated[
        Path | None,
        typer.Argument(help="The file; without it, the one that would be read.", readable=False),
    ] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    debug: DebugOption = False,
) -> None:
    """List everything that is wrong with a configuration; exit code 78 if there is something.

    Examples:
      sayso config check
      sayso config check ./sayso.yaml

    """
    path = settings.find(file or config, os.environ)
    _, problems = settings.inspect(path, overrides or ())
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(ConfigError.exit_code)
    typer.echo(f"ok: {path or 'no file found; the defaults hold'}")


@app.command()
def schema() -> None:
    """Print the JSON schema of the file, for editors.

    Example:
      sayso config schema > sayso.schema.json

    """
    typer.echo(settings.shipped("sayso.schema.json").read_text(encoding="utf-8"), nl=False)


@app.command("set", context_settings={"ignore_unknown_options": True})
def set_(
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="Such as turn.max_s.", autocompletion=complete_key)
    ],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="As YAML.")],
    config: ConfigOption = None,
) -> None:
    """Change one setting in the file that is read, or else in ~/.config/sayso/sayso.yaml.

    Everything else in the file stays as it is, comments too.

    Examples:
      sayso config set snd.volume_percent 50
      sayso config set wake.words '[okay_nabu, {name: alexa, sensitivity: 0.6}]'
      sayso config set model.name null

    """
    path = settings.writable_path(config, os.environ)
    settings_edit.set_value(path, key, value)
    _reload()
    typer.echo(f"{path}: {key.strip()} = {emit(settings.parse_value(value, key))}")


def _reload() -> None:
    """Let a running assistant take the settings on."""
    try:
        socket = socket_path(os.environ)
    except StateError:  # without a folder for the state nothing can be running
        return
    with running(socket) as assistant:
        if assistant:
            assistant.do("reload")


@app.command()
def path(config: ConfigOption = None) -> None:
    """Print the file that `sayso config set` changes: the one that is read, if there is one.

    Example:
      nano "$(sayso config path)"

    """
    file = settings.writable_path(config, os.environ)
    typer.echo(file)
    if not settings.exists(file):
        typer.echo("not there yet: the defaults hold", err=True)
