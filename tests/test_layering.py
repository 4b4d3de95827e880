"""What may import what, and what the folders promise: read off the source."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

HEAVY = frozenset(
    {
        "av",
        "ctranslate2",
        "faster_whisper",
        "httpx2",
        "huggingface_hub",
        "livekit",
        "onnxruntime",
        "openai",
        "piper",
        "pymicro_features",
        "pymicro_wakeword",
        "sounddevice",
        "tokenizers",
        "webrtcvad",
        "xllamacpp",
    }
)
"""Libraries that are slow to load or might be replaced: one file of an ``engines`` folder each."""

LONGEST = 350
"""Lines of a module that can still be read at one go."""

LONGER = {
    "device/bootstrap.py": 400,  # one file on purpose: it runs before anything is installed
}


def modules(*folders: str) -> list[str]:
    """Paths of all modules in the folders, from the root."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(str(path.relative_to(ROOT)) for path in found)


def imports(path: str) -> Iterator[str]:
    """Full names of everything that a module imports, anywhere in it."""
    package = path.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            yield ".".join([*base, *([node.module] if node.module else [])])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (str(found.value) for found in node.args if isinstance(found, ast.Constant))


def tops(path: str) -> set[str]:
    """First parts of the names that a module imports."""
    return {name.split(".", 1)[0] for name in imports(path)}


def length(path: str) -> int:
    """Lines of a module."""
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def test_there_is_something_to_check():
    assert "voice/turn.py" in modules("voice")
    assert "device/cli.py" in modules("device")
    assert {"voice", "asyncio", "typer", "device"} <= tops("device/assemble.py") | tops(
        "device/cli.py"
    )


def test_voice_does_not_know_device():
    assert [path for path in modules("voice") if "device" in tops(path)] == []


def test_the_program_does_not_know_its_tests():
    for path in modules("voice", "device"):
        assert not tops(path) & {"tests", "pytest", "hypothesis", "fakes", "script"}, path


def test_heavy_libraries_are_known_to_engines_alone():
    for path in modules("voice", "device"):
        if not path.startswith(("voice/engines/", "device/engines/")):
            assert not tops(path) & HEAVY, path


@pytest.mark.parametrize("name", ["wake", "endpoint", "ears", "turn"])
def test_hearing_and_turns_know_no_clock_but_the_one_they_are_given(name):
    assert not tops(f"voice/{name}.py") & {"asyncio", "datetime", "threading", "time"}


def test_modules_can_be_read_at_one_go():
    lengths = {path: length(path) for path in modules("voice", "device")}
    too_long = {path: n for path, n in lengths.items() if n > LONGER.get(path, LONGEST)}
    assert too_long == {}


def test_the_exceptions_are_still_needed():
    for path in LONGER:
        assert length(path) > LONGEST, f"{path} fits now"


def test_no_folder_of_tests_hides_a_package():
    packages = {"voice", "device", "config", "systemd"} | HEAVY
    for path in (ROOT / "tests").iterdir():
        assert path.stem not in packages | set(sys.stdlib_module_names), path
    assert not (ROOT / "tests" / "__init__.py").exists()


def test_every_package_is_one():
    for top in ("voice", "device"):
        for path in modules(top):
            assert (ROOT / path).parent.joinpath("__init__.py").exists(), f"beside {path}"


def test_the_command_line_starts_without_anything_heavy():
    code = (
        "import json, sys, device.cli, device.assemble, device.service, device.commands.run;"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not set(json.loads(done.stdout)) & HEAVY
