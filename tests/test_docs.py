"""The documents say what is so: what can be checked in them is."""

from __future__ import annotations

import re
import subprocess
import tomllib
import typing
from dataclasses import fields
from pathlib import Path

import pytest
import typer

from device import generate_config
from device.catalogue import CATALOGUE
from device.cli import COMMANDS, load_command
from device.openai_key import NAME as KEY_NAME
from voice import events
from voice.config import Config

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """What stands under a heading of the second level, to the next of its level."""
    [found] = re.findall(rf"(?ms)^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text)
    return found


def blocks(text: str, language: str) -> list[str]:
    """Fenced blocks of a language."""
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", text)


def code(text: str) -> list[str]:
    """Everything that is set as code within a line."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```$", "", text))


# -- the quick start ---------------------------------------------------------------------------


def test_the_quick_start_is_two_blocks_of_one_line_each():
    quick = section(README, "Quick start")
    found = [block.splitlines() for block in blocks(quick, "sh")]
    assert found == [
        ["python3 device/bootstrap.py demo"],
        ["python3 device/bootstrap.py test"],
    ]
    assert quick.count("```") == 4, "and no other block"


def test_ci_runs_the_line_of_the_quick_start():
    line = blocks(section(README, "Quick start"), "sh")[1].strip()
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert script[-1].removeprefix("exec ") == line


# -- what is named exists ----------------------------------------------------------------------


def paths(text: str) -> set[str]:
    """What looks like a path of this repository: a known suffix, or one of its folders in front."""
    tops = "|".join(("voice", "device", "config", "systemd", "tests", r"\.ci"))
    pattern = rf"(?:(?:{tops})/[\w./*-]*|[\w.-]+\.(?:py|md|txt|toml))"
    return {found for found in code(text) if re.fullmatch(pattern, found)}


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "README.md"])
def test_every_file_that_is_named_is_there(name):
    named = paths((ROOT / name).read_text(encoding="utf-8"))
    missing = {path for path in named - {"test_*.py", "__init__.py"} if not (ROOT / path).exists()}
    assert missing - {"device/commands/NAME.py"} == set()
    assert len(named) >= (2 if name == "README.md" else 30)


def test_every_file_in_a_command_line_is_there():
    for block in (*blocks(README, "console"), *blocks(CONTRIBUTING, "console")):
        for path in re.findall(r"(?<!\S)(?:tests|systemd|device)/[\w./-]+", block):
            assert (ROOT / path).exists(), path


def test_the_map_goes_through_the_modules_of_the_conversation():
    mapped = paths(section(CONTRIBUTING, "The path of one sentence"))
    order = re.findall(r"``(\w+)``", (ROOT / "voice" / "__init__.py").read_text(encoding="utf-8"))
    known = {path.removesuffix("/").removesuffix(".py") for path in mapped}
    folders = {str(Path(path).parent) for path in known}
    for name in set(order) - {"voice", "device", "audio", "errors", "config"}:
        assert f"voice/{name}" in known | folders, name


def test_the_scripted_conversation_in_the_guide_works():
    [example] = blocks(CONTRIBUTING, "python")
    space: dict[str, typing.Any] = {}
    exec(compile(example, "CONTRIBUTING.md", "exec"), space)
    shown = [value for name, value in space.items() if name.startswith("test_")]
    assert shown
    for test in shown:
        test()


# -- commands ----------------------------------------------------------------------------------


def calls(text: str) -> list[list[str]]:
    """Every call of the command: the words behind `sayso` that may name a sub-command."""
    lines = code(text) + [line for block in blocks(text, "console") for line in block.splitlines()]
    # What is said not to exist yet is named in full: "`sayso service install` comes later".
    lines = [line for line in lines if f"`{line}` comes later" not in text]
    found = [re.findall(r"(?:^|[\s/(])sayso((?: +[a-z]\w*)+)", line) for line in lines]
    return [words.split() for group in found for words in group]


def group_of(command: typing.Any) -> dict[str, typing.Any]:
    return getattr(command, "commands", {})


def test_every_command_that_is_named_exists():
    named = calls(README) + calls(CONTRIBUTING)
    assert len(named) > 20
    for name, *rest in named:
        assert name in COMMANDS, f"sayso {name}"
        inner = group_of(load_command(name))
        assert not inner or not rest or rest[0] in inner, f"sayso {name} {rest[0]}"


def test_every_command_that_exists_is_in_the_table():
    table = section(README, "Commands")
    for name in COMMANDS:
        assert f"`sayso {name}" in table
        for inner in group_of(load_command(name)):
            assert re.search(rf"`sayso {name} {inner}\b|`sayso {name} .*`{inner}`", table), inner


def test_every_option_in_the_table_exists():
    for line in section(README, "Commands").splitlines():
        row = re.match(r"\| `sayso (\w+)", line)
        if row is None:
            continue
        command = load_command(row[1])
        every = {option for each in (command, *group_of(command).values()) for option in opts(each)}
        for option in re.findall(r"`(--[\w-]+)", line):
            assert option in every, f"sayso {row[1]} {option}"


def opts(command: typing.Any) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


def test_the_commands_are_those_of_the_command_line_itself():
    from device.cli import app

    known = typer.main.get_command(app)
    assert set(getattr(known, "commands", {})) == set(COMMANDS)


# -- settings, events, models ------------------------------------------------------------------


def test_the_settings_in_the_readme_are_up_to_date():
    assert README.count(generate_config.BEGIN) == README.count(generate_config.END) == 1
    assert generate_config.with_table(README) == README
    assert generate_config.main(["--check"]) == 0


def test_every_setting_that_is_named_exists():
    names = {
        f"{section}.{name}"
        for section, field in Config.model_fields.items()
        for name in type(field.default).model_fields
    }
    sections = "|".join(Config.model_fields)
    for text in (README, CONTRIBUTING):
        for word in " ".join(code(text) + blocks(text, "console")).split():
            for found in re.findall(rf"^(?:{sections})\.[a-z_]+", word):
                assert found in names or found.endswith(".py"), found


def test_the_events_that_are_documented_are_the_events():
    table = re.findall(r"(?m)^\| `(\w+)` \| (.*?) \|", section(CONTRIBUTING, "Events"))
    told = {event: re.findall(r"`(\w+)`", columns) for event, columns in table}
    real = {
        kind.event: [field.name for field in fields(kind)] for kind in typing.get_args(events.Event)
    }
    assert told == real
    assert list(told) == list(real), "in the same order"


def test_the_models_and_the_key_are_called_as_they_are():
    for name in ("qwen2.5-1.5b", "base.en", "tiny.en", "en_US-joe-medium"):
        assert f"`{name}`" in README or f" {name}" in README
        assert name in CATALOGUE
    assert f"~/.config/sayso/{KEY_NAME}" in README
    assert f"/etc/sayso/{KEY_NAME}" in README


# -- the rest ----------------------------------------------------------------------------------


def test_the_changelog_tells_of_this_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"\n## [{project['version']}]" in CHANGELOG
    assert CHANGELOG.index("## [Unreleased]") < CHANGELOG.index(f"## [{project['version']}]")
    assert f"({project['version']})" in README


def test_the_readme_can_be_read_at_one_go():
    before, _, rest = README.partition(generate_config.BEGIN)
    text = before + rest.partition(generate_config.END)[2]
    assert len(text.splitlines()) <= 250


def committed() -> list[Path]:
    """Files of the repository; those of the checkout's folders where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0 and listed.stdout:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        folders = ("voice", "device", "config", "systemd", "tests", ".ci")
        found = [path for folder in folders for path in (ROOT / folder).rglob("*")]
        found += [*ROOT.glob("*.md"), *ROOT.glob("*.toml"), *ROOT.glob("*.txt")]
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


def test_nothing_tells_where_it_was_made():
    places = ["/" + folder + "/" for folder in ("work", "tmp", "root")]
    for path in committed():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a sound
        assert [place for place in places if place in text] == [], path
