"""Generates what must agree with `voice.config`: the shipped YAML, the schema, the README's table.

``python -m device.generate_config`` writes them, ``--check`` only says whether they are up to date
(exit 1 if not). For the source tree: an installed Sayso has no README to write.
"""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from device import settings_fields
from device.settings_fields import Field
from device.settings_yaml import emit

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- config:begin -->", "<!-- config:end -->"
WIDTH = 96

_HEAD = """\
# yaml-language-server: $schema=sayso.schema.json
#
# The configuration of Sayso: every key, what it is for, what it takes, and its default.
# Nothing here needs to be set. To change something, put the section and the key in
# ~/.config/sayso/sayso.yaml, or run `sayso config set KEY VALUE`.
#
# Generated from voice/config.py by `python -m device.generate_config`; edit it there.
"""


def yaml_text() -> str:
    """Return ``config/sayso.yaml``."""
    lines = [_HEAD]
    current = None
    for field in settings_fields.settable():
        section, name = field.path
        if section != current:
            lines += [*_comment(settings_fields.sections()[section], ""), f"{section}:"]
            current = section
        lines += _comment(f"{field.description} Takes {field.expected}.", "  ")
        lines += [f"  {name}: {emit(field.default)}", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _comment(text: str, margin: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=f"{margin}# ",
        subsequent_indent=f"{margin}# ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def schema_text() -> str:
    """Return ``config/sayso.schema.json``."""
    return json.dumps(settings_fields.schema(), indent=2, ensure_ascii=False) + "\n"


def table_text() -> str:
    """Return the README's table, in Markdown."""
    rows = ["| key | default | takes | |", "| --- | --- | --- | --- |"]
    rows += [_row(field) for field in settings_fields.settable()]
    return "\n".join(rows) + "\n"


def _row(field: Field) -> str:
    cells = (f"`{field.key}`", f"`{emit(field.default)}`", field.expected, field.description)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def with_table(readme: str) -> str:
    """Return the README's text with the table between its markers replaced."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{begin}\n{table_text()}{end}{after}" if begin and end else readme


def generated(root: Path) -> dict[Path, str]:
    """Return every generated file's path and what it must hold."""
    files = {
        root / "config" / "sayso.yaml": yaml_text(),
        root / "config" / "sayso.schema.json": schema_text(),
    }
    readme = root / "README.md"
    if readme.exists():
        files[readme] = with_table(readme.read_text(encoding="utf-8"))
    return files


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Write the files, or with ``--check`` name those that are out of date; return the exit code."""
    stale = [
        (path, text)
        for path, text in generated(root).items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        if "--check" in arguments:
            sys.stderr.write(f"{path}: out of date; run `python -m device.generate_config`\n")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
