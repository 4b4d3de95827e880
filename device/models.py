"""Find a model on this machine: a path, an installed package that carries it, the cache.

Nothing here downloads or loads anything; what is missing is said together with the command that
mends it (``device.fetch`` does that). A file that is half there or of the wrong kind is noticed by
its headers, see ``device.model_check``.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from device.catalogue import CATALOGUE, TURN_DETECTOR, Kind, ModelSpec, Package, lookup
from device.model_check import check
from device.paths import Environment, cache_dir
from voice.errors import ModelFileError, StateError

Origin = Literal["path", "package", "cache"]

_SUFFIX: Mapping[Kind, str] = {"whisper": "", "piper": ".onnx", "gguf": ".gguf", "turn": ".onnx"}
_WORD: Mapping[Kind, str] = {
    "whisper": "Whisper model",
    "piper": "Piper voice",
    "gguf": "language model",
    "turn": "turn detector",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A model that is on this machine."""

    path: Path
    """Whisper: the folder; Piper and turn detector: the .onnx; GGUF: the file."""
    origin: Origin
    problem: str | None = None
    """Why it can't be used, in a few words; None if its headers are in order."""


def find_whisper(name: str, env: Environment = os.environ) -> Path:
    """Find the folder of a Whisper model, by name or path. Raises ModelFileError."""
    return _find(name, "whisper", env)


def find_voice(name: str, env: Environment = os.environ) -> Path:
    """Find the ``.onnx`` of a Piper voice (its ``.onnx.json`` is beside it), by name or path.

    Raises ModelFileError.
    """
    return _find(name, "piper", env)


def find_gguf(name: str | None = None, env: Environment = os.environ) -> Path | None:
    """Find a language model's file: by name, file name or path, or the best one that is here.

    Without a name it is the largest sound GGUF file in the cache (more weights answer better, and
    whoever fetched a large one wants it), the newest of equally large ones; if the cache has none,
    one in an installed package; None if there is none at all. With a name that can't be found it
    raises ModelFileError.
    """
    if name is not None:
        return _find(name, "gguf", env)
    here = [path for path in cached_files("gguf", env) if check(path, "gguf") is None]
    if here:
        return max(here, key=lambda path: (path.stat().st_size, path.stat().st_mtime))
    for spec in CATALOGUE.values():
        found = locate(spec, env) if spec.kind == "gguf" else None
        if found and found.problem is None:
            return found.path
    return None


def find_turn_detector(env: Environment = os.environ) -> Path:
    """Find the turn detector's file. Raises ModelFileError when it is not here, or damaged."""
    return _find(TURN_DETECTOR, "turn", env)


def voices_here(language: str, env: Environment = os.environ) -> tuple[str, ...]:
    """Name the sound Piper voices on this machine that speak a language ("en"), sorted."""
    here = {path.stem for path in cached_files("piper", env) if check(path, "piper") is None}
    for spec in CATALOGUE.values():
        found = locate(spec, env) if spec.kind == "piper" and spec.name not in here else None
        if found and found.problem is None:
            here.add(spec.name)
    return tuple(sorted(name for name in here if name.startswith(f"{language}_")))


def validate(path: Path, kind: Kind) -> None:
    """Raise ModelFileError unless `path` holds a whole model of that kind, by its headers."""
    problem = check(path, kind)
    if problem:
        raise ModelFileError(
            f"{path}: {problem}; fetch or copy the {_WORD[kind]} again (`sayso models list`)"
        )


def locate(spec: ModelSpec, env: Environment = os.environ) -> Found | None:
    """Where a model of the catalogue is, a sound copy before a damaged one; None if nowhere."""
    places: list[tuple[Path, Origin]] = []
    if spec.package and (folder := package_folder(spec.package)):
        places.append((_in_folder(spec, folder), "package"))
    with contextlib.suppress(StateError):  # no home folder, so no cache: a package is enough
        places.append((cache_path(spec, env), "cache"))
    here = [Found(p, origin, check(p, spec.kind, spec)) for p, origin in places if p.exists()]
    here.sort(key=lambda found: found.problem is not None)
    return here[0] if here else None


def models_dir(kind: Kind, env: Environment = os.environ) -> Path:
    """Folder of the cache for one kind of model; it need not exist."""
    return cache_dir(env) / "models" / kind


def cache_path(spec: ModelSpec, env: Environment = os.environ) -> Path:
    """Where `fetch` puts the model: the path that the ``find_*`` functions return."""
    if spec.kind == "whisper":
        return models_dir("whisper", env) / spec.name
    return _in_folder(spec, models_dir(spec.kind, env))


def cached_files(kind: Kind, env: Environment = os.environ) -> list[Path]:
    """Everything of one kind that lies in the cache, known to the catalogue or not, sorted."""
    try:
        entries = sorted(models_dir(kind, env).iterdir())
    except (OSError, StateError):
        return []
    if kind == "whisper":
        return [path for path in entries if path.is_dir() and not path.name.startswith(".")]
    return [path for path in entries if path.suffix == _SUFFIX[kind]]


def package_folder(package: Package) -> Path | None:
    """Find the folder in which an installed package keeps its files, without importing it."""
    module, _, below = package.folder.partition("/")
    try:
        found = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None
    for root in (found.submodule_search_locations if found else None) or ():
        folder = Path(root) / below
        if folder.is_dir():
            return folder
    return None


def _in_folder(spec: ModelSpec, folder: Path) -> Path:
    return folder if spec.kind == "whisper" else folder / spec.files[-1].name


def _find(name: str, kind: Kind, env: Environment) -> Path:
    if _is_path(name, kind):
        path = Path(name).expanduser()
        validate(path, kind)
        return path
    spec = lookup(name)
    if spec and spec.kind == kind:
        found = locate(spec, env)
        if found is None:
            raise ModelFileError(
                f"{name}: this {_WORD[kind]} is not on this machine; "
                f"run `sayso models fetch {name}`"
            )
        if found.problem:
            raise ModelFileError(
                f"{found.path}: {found.problem}; run `sayso models fetch {name}` to replace it"
            )
        return found.path
    for path in cached_files(kind, env):
        if name in (path.name, path.name.removesuffix(_SUFFIX[kind] or "/")):
            validate(path, kind)
            return path
    known = ", ".join(other.name for other in CATALOGUE.values() if other.kind == kind)
    raise ModelFileError(
        f"{name}: no {_WORD[kind]} of that name is known or here; name a path, or one of {known}"
    )


def _is_path(name: str, kind: Kind) -> bool:
    """Whether a name in the configuration means a file: it has a slash, ``~`` or the suffix.

    A bare word never does, so that a folder that happens to lie in the working directory can't
    stand in for a model.
    """
    if os.sep in name or name.startswith("~"):
        return True
    return bool(_SUFFIX[kind]) and name.endswith(_SUFFIX[kind]) and Path(name).exists()
