"""``sayso doctor``: measures whether everything works, and says what to do."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from device.commands.common import ConfigOption, DebugOption, SetOption, load_settings, paint

if TYPE_CHECKING:
    from device.findings import Finding

_MARKS = {True: ("ok", "green"), False: ("broken", "red"), None: ("-", "yellow")}


def command(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    debug: DebugOption = False,
) -> None:
    """Check devices, levels, echo, models, network, disk and clock; plays a chime and some noise.

    Each line says what to do. Exit code 1 if something is broken; "-" marks what can't be told or
    does not matter here. Be silent for the eight seconds in which microphone, speaker and
    echo are measured; what is found about the echo is kept, and decides whether voices may interrupt.

    Examples:
      sayso doctor
      sayso doctor --json | jq '.findings[] | select(.ok == false)'

    """
    from device.doctor import examine
    from device.findings import Finding
    from voice.config import Config
    from voice.errors import ConfigError

    show = _silent if as_json else _show
    findings: list[Finding] = []
    try:
        found = load_settings(config, overrides)
        settings, where = found.config, str(found.path or "no file found: the defaults")
        findings.append(Finding("configuration", True, where))
    except ConfigError as fault:
        settings = Config()
        advice = "mend it; the other checks go on with the defaults"
        findings.append(Finding("configuration", False, str(fault), advice))
    show(findings[0])
    findings += asyncio.run(examine(settings, show))
    broken = any(finding.ok is False for finding in findings)
    if as_json:
        report = {"ok": not broken, "findings": [asdict(finding) for finding in findings]}
        typer.echo(json.dumps(report, ensure_ascii=False))
    raise typer.Exit(1 if broken else 0)


def _show(finding: Finding) -> None:
    mark, colour = _MARKS[finding.ok]
    typer.echo(f"{paint(f'{mark:<6}', colour, sys.stdout)}  {finding.name:<17}  {finding.figure}")
    if finding.advice:
        typer.echo(f"{'':<27}{paint('→', colour, sys.stdout)} {finding.advice}")


def _silent(_: Finding) -> None:
    """Show nothing until all is known."""
