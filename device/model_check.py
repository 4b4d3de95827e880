"""Is this a whole model file of the right kind? Answered from its headers, without reading it all.

All three formats say how long they must be: CTranslate2 writes each variable's length before it,
ONNX is protobuf whose outer fields carry theirs, GGUF lists every tensor's offset and shape. So a
half-loaded file is noticed at start at the price of a few hundred small reads.

:func:`check` returns the problem in words, or None; the files come from outside, so nothing in
them may raise, loop or make us reserve memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from device.catalogue import Kind, ModelSpec

_CTRANSLATE2_VERSION_MAX = 6
_GGUF_MAGIC = b"GGUF"
_GGUF_FIXED = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of GGUF's fixed-size value types; 8 is a string, 9 an array."""
_GGUF_STRING, _GGUF_ARRAY = 8, 9
_GGUF_ALIGNMENT = 32
_GGUF_ITEMS_MAX = 10_000_000
"""More entries than any vocabulary has: a larger count is damage."""
_JSON_MAX = 4 << 20
"""More bytes than any model's settings have."""
_GGML_BLOCKS = {
    **dict.fromkeys((24,), (1, 1)),
    **dict.fromkeys((1, 25, 30), (1, 2)),
    **dict.fromkeys((0, 26), (1, 4)),
    **dict.fromkeys((27, 28), (1, 8)),
    **dict.fromkeys((2, 20), (32, 18)),
    3: (32, 20),
    6: (32, 22),
    7: (32, 24),
    8: (32, 34),
    9: (32, 36),
    10: (256, 84),
    11: (256, 110),
    12: (256, 144),
    13: (256, 176),
    14: (256, 210),
}
"""ggml tensor type → (elements, bytes) of a block; a type not listed counts as empty."""


class _DamageError(Exception):
    """The file ends too early or says something impossible."""


def check(path: Path, kind: Kind, spec: ModelSpec | None = None) -> str | None:
    """Say what is wrong with the model at `path`, in a few words; None if nothing is seen.

    `path` is what `device.models` returns for the kind: a folder for whisper, the ``.onnx`` for
    piper, the file for gguf. With `spec` the sizes must be the catalogue's.
    """
    if not path.exists():
        return "is missing"
    try:
        return _wrong_size(path, spec) or _CHECKS[kind](path)
    except _DamageError as damage:
        return str(damage)
    except OSError as error:
        return f"can't be read ({error.strerror})"


def verify(path: Path, spec: ModelSpec) -> str | None:
    """Read every file and compare its SHA-256; the problem in a few words, or None.

    Files whose hash the catalogue does not know are passed over.
    """
    for file in spec.files:
        if file.sha256 is None:
            continue
        try:
            with (_folder(path) / file.name).open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            return f"{file.name} can't be read ({error.strerror})"
        if digest != file.sha256:
            return f"{file.name} is not the file it should be (wrong SHA-256)"
    return None


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _wrong_size(path: Path, spec: ModelSpec | None) -> str | None:
    for file in spec.files if spec else ():
        part = _folder(path) / file.name
        if not part.is_file():
            return f"{file.name} is missing"
        size = part.stat().st_size
        if file.size is not None and size != file.size:
            return f"{file.name} has {size} bytes instead of {file.size}"
    return None


# Whisper in CTranslate2's format


def _check_whisper(path: Path) -> str | None:
    if not path.is_dir():
        return "is not a folder with a Whisper model in CTranslate2's format"
    for name in ("model.bin", "config.json", "tokenizer.json"):
        if not (path / name).is_file():
            return f"{name} is missing"
    if not any((path / name).is_file() for name in ("vocabulary.txt", "vocabulary.json")):
        return "vocabulary.txt is missing"
    _json_object(path / "config.json")
    with (path / "tokenizer.json").open("rb") as stream:
        # Two megabytes that need not be parsed to see that both ends are there.
        start = stream.read(1)
        stream.seek(-min(16, os.fstat(stream.fileno()).st_size), os.SEEK_END)
        if start != b"{" or not stream.read().rstrip().endswith(b"}"):
            return "tokenizer.json is damaged"
    with (path / "model.bin").open("rb") as stream:
        _walk_ctranslate2(_Reader(stream, "model.bin"))
    return None


def _walk_ctranslate2(read: _Reader) -> None:
    version = read.number("<I")
    if not 4 <= version <= _CTRANSLATE2_VERSION_MAX:
        raise _DamageError("model.bin is not a model in CTranslate2's format")
    spec_name = read.take(read.number("<H"))
    if not spec_name.startswith(b"WhisperSpec"):
        raise _DamageError("model.bin is not a Whisper model")
    read.number("<I")  # revision of the specification
    for _ in range(read.count("<I")):
        read.skip(read.number("<H"))  # name
        read.skip(4 * read.number("<B"))  # shape
        read.number("<B")  # type
        read.skip(read.number("<I"))  # the values
    for _ in range(read.count("<I")):
        read.skip(read.number("<H"))  # another name …
        read.skip(read.number("<H"))  # … of a variable


# Piper voice


def _check_piper(path: Path) -> str | None:
    settings_path = path.with_name(path.name + ".json")
    if not settings_path.is_file():
        return f"{settings_path.name} is missing beside it"
    settings = _json_object(settings_path)
    audio = settings.get("audio")
    if not isinstance(audio, dict) or not isinstance(audio.get("sample_rate"), int):
        return f"{settings_path.name} is not a Piper voice's: audio.sample_rate is missing"
    if not isinstance(settings.get("phoneme_id_map"), dict):
        return f"{settings_path.name} is not a Piper voice's: phoneme_id_map is missing"
    with path.open("rb") as stream:
        _walk_onnx(_Reader(stream, path.name))
    return None


def _walk_onnx(read: _Reader) -> None:
    graph = False
    while not read.at_end:
        field, wire_type = divmod(read.varint(), 8)
        if wire_type == 0:
            read.varint()
        elif wire_type == 2:
            read.skip(read.varint())
            graph = graph or field == 7
        elif wire_type in (1, 5):
            read.skip(8 if wire_type == 1 else 4)
        else:
            raise _DamageError(f"{read.name} is not an ONNX model")
    if not graph:
        raise _DamageError(f"{read.name} is not an ONNX model")


# Turn detector


def _check_turn(path: Path) -> str | None:
    with path.open("rb") as stream:
        _walk_onnx(_Reader(stream, path.name))
    return None


# GGUF


def _check_gguf(path: Path) -> str | None:
    with path.open("rb") as stream:
        read = _Reader(stream, path.name)
        if read.size < 4 or read.take(4) != _GGUF_MAGIC:
            return f"{path.name} is not a GGUF file"
        if read.number("<I") not in (2, 3):
            return f"{path.name} is of an unknown GGUF version"
        tensors, values = read.count("<Q"), read.count("<Q")
        alignment = _GGUF_ALIGNMENT
        for _ in range(values):
            key = read.take(read.number("<Q"), at_most=65_535)
            kind = read.number("<I")
            if key == b"general.alignment" and kind == 4:
                alignment = max(1, read.number("<I"))
            else:
                _skip_gguf_value(read, kind)
        end = 0
        for _ in range(tensors):
            end = max(end, _gguf_tensor_end(read))
        start = -(-read.position // alignment) * alignment
        if start + end > read.size:
            raise _DamageError(
                f"{path.name} is cut short: {read.size} bytes instead of {start + end}"
            )
    return None


def _skip_gguf_value(read: _Reader, kind: int) -> None:
    if kind in _GGUF_FIXED:
        read.skip(_GGUF_FIXED[kind])
    elif kind == _GGUF_STRING:
        read.skip(read.number("<Q"))
    elif kind == _GGUF_ARRAY:
        item = read.number("<I")
        count = read.count("<Q")
        if item in _GGUF_FIXED:
            read.skip(count * _GGUF_FIXED[item])
        elif item == _GGUF_STRING:
            for _ in range(count):
                read.skip(read.number("<Q"))
        else:
            raise _DamageError(f"{read.name} has a damaged header")
    else:
        raise _DamageError(f"{read.name} has a damaged header")


def _gguf_tensor_end(read: _Reader) -> int:
    read.skip(read.number("<Q"))  # name
    elements = 1
    for _ in range(min(read.number("<I"), 8)):
        elements *= read.number("<Q")
    block, size = _GGML_BLOCKS.get(read.number("<I"), (1, 0))
    return read.number("<Q") + elements // block * size


_CHECKS: dict[Kind, Callable[[Path], str | None]] = {
    "whisper": _check_whisper,
    "piper": _check_piper,
    "gguf": _check_gguf,
    "turn": _check_turn,
}


# Reading


def _json_object(path: Path) -> dict[str, object]:
    if path.stat().st_size > _JSON_MAX:
        raise _DamageError(f"{path.name} is far too long")
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise _DamageError(f"{path.name} is damaged: it is not JSON") from None
    if not isinstance(value, dict):
        raise _DamageError(f"{path.name} is damaged: it holds no JSON object")
    return value


class _Reader:
    """A file read forwards, in which running past the end is damage."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.name = name
        self.size = os.fstat(stream.fileno()).st_size
        self.position = 0
        self._stream = stream

    @property
    def at_end(self) -> bool:
        return self.position >= self.size

    def take(self, count: int, at_most: int = 1 << 20) -> bytes:
        if count > at_most:
            raise _DamageError(f"{self.name} has a damaged header")
        self._advance(count)
        return self._stream.read(count)

    def skip(self, count: int) -> None:
        self._advance(count)
        self._stream.seek(self.position)

    def number(self, layout: str) -> int:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def count(self, layout: str) -> int:
        """Read the number of things that follow, each of at least one byte."""
        count = self.number(layout)
        if count > min(_GGUF_ITEMS_MAX, self.size - self.position):
            raise _DamageError(f"{self.name} has a damaged header")
        return count

    def varint(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise _DamageError(f"{self.name} has a damaged header")

    def _advance(self, count: int) -> None:
        self.position += count
        if self.position > self.size:
            raise _DamageError(
                f"{self.name} is cut short: {self.size} bytes, at least {self.position} needed"
            )
