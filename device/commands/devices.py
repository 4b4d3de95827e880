"""``sayso devices``: microphones and speakers, and which of them are used."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from device.commands.common import ConfigOption, DebugOption, SetOption, load_settings
from device.devices import Device, Kind, pick
from voice.errors import DeviceError

Row = dict[str, Any]
"""One device in one direction: name, host_api, channels, rate, default, used."""


def command(
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object with inputs and outputs.")
    ] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    debug: DebugOption = False,
) -> None:
    """List microphones and speakers; ">" marks what is used, "*" the system's default.

    Use any part of a name for mic.device and snd.device. Exit code 0 also when there is none.

    Examples:
      sayso devices
      sayso devices --set mic.device=usb
      sayso config set snd.device "headphones"

    """
    from device.engines import portaudio

    settings = load_settings(config, overrides).config
    found = portaudio.devices()
    trouble: list[str] = []
    inputs = _rows(found, settings.mic.device, "input", trouble)
    outputs = _rows(found, settings.snd.device, "output", trouble)
    if as_json:
        typer.echo(json.dumps({"inputs": inputs, "outputs": outputs}, ensure_ascii=False))
    else:
        typer.echo("\n".join(["microphones", *_table(inputs), "speakers", *_table(outputs)]))
    for line in trouble:
        typer.echo(f"sayso: {line}", err=True)


def _rows(found: list[Device], wanted: str | None, kind: Kind, trouble: list[str]) -> list[Row]:
    """Describe the devices of one direction; what is wrong with the choice goes into ``trouble``."""
    try:
        used = pick(found, wanted, kind)
    except DeviceError as fault:
        used = None
        trouble.append(str(fault))
    return [
        {
            "name": device.name,
            "host_api": device.host_api,
            "channels": device.channels(kind),
            "rate": device.rate,
            "default": device.default(kind),
            "used": device is used,
        }
        for device in found
        if device.channels(kind)
    ]


def _table(rows: list[Row]) -> list[str]:
    if not rows:
        return ["   none"]
    width = max(len(row["name"]) for row in rows)
    return [
        f" {'>' if row['used'] else ' '}{'*' if row['default'] else ' '} {row['name']:<{width}}  "
        f"{row['host_api']:<8} {row['channels']:>3} channel(s) {row['rate']:>6} Hz"
        for row in rows
    ]
