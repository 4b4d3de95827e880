"""What is known of a model before it is here: its kind, licence, files, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["whisper", "piper", "gguf", "turn"]
"""whisper: a folder in CTranslate2's format; piper: .onnx with .onnx.json; gguf: one file; turn: a
turn detector, one .onnx."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model."""

    name: str
    size: int | None = None
    """Bytes, if known."""
    sha256: str | None = None
    """Lower-case hex, if known."""


@dataclass(frozen=True, slots=True)
class Package:
    """A Python package whose wheel holds a model's files."""

    name: str
    version: str
    folder: str
    """Folder of the files inside the wheel, `/`-separated; its first part is the module."""

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model and where it comes from."""

    name: str
    kind: Kind
    licence: str
    files: tuple[ModelFile, ...]
    """The largest last: a model whose last file is in place is whole."""
    url: str | None = None
    """Folder of the official files: ``owner/name/resolve/revision[/folder]``, or a whole URL."""
    package: Package | None = None
    note: str = ""
    """One line for `sayso models list`."""

    @property
    def size(self) -> int | None:
        """Bytes of all files together, or None if one is unknown."""
        sizes = [file.size for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size)
