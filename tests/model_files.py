"""Model files as small as their formats allow, for tests: whole by every header, useless to hear."""

import json
import struct
from pathlib import Path


def whisper_bin(values: bytes = bytes(64), name: bytes = b"WhisperSpec\0") -> bytes:
    """A model.bin in CTranslate2's format with one variable."""
    return b"".join(
        (
            struct.pack("<I", 6),
            struct.pack("<H", len(name)) + name,
            struct.pack("<II", 3, 1),
            struct.pack("<H", 7) + b"weight\0",
            struct.pack("<BI", 1, len(values)),
            struct.pack("<BI", 0, len(values)) + values,
            struct.pack("<I", 0),
        )
    )


def write_whisper(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(whisper_bin())
    (folder / "config.json").write_text("{}")
    (folder / "tokenizer.json").write_text('{"model": {}}')
    (folder / "vocabulary.txt").write_text("a\nb\n")
    return folder


def onnx(graph: bytes = bytes(200)) -> bytes:
    """Protobuf: ir_version 8, producer, and a graph whose two-byte length is written out."""
    length = bytes(((len(graph) & 0x7F) | 0x80, len(graph) >> 7))
    return b"\x08\x08\x12\x01x\x3a" + length + graph


def piper_settings() -> bytes:
    return json.dumps({"audio": {"sample_rate": 22050}, "phoneme_id_map": {"_": [0]}}).encode()


def write_piper(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(onnx())
    path.with_name(path.name + ".json").write_bytes(piper_settings())
    return path


def gguf(elements: int = 64) -> bytes:
    """One F32 tensor of that many elements after two values, aligned to 32 bytes."""
    header = b"".join(
        (
            b"GGUF",
            struct.pack("<IQQ", 3, 1, 2),
            struct.pack("<Q", 4) + b"name" + struct.pack("<IQ", 8, 4) + b"tiny",
            struct.pack("<Q", 6) + b"tokens" + struct.pack("<IIQ", 9, 8, 2),
            (struct.pack("<Q", 1) + b"a") * 2,
            struct.pack("<Q", 6) + b"weight",
            struct.pack("<IQIQ", 1, elements, 0, 0),
        )
    )
    return header + bytes(-len(header) % 32) + bytes(4 * elements)


def write_gguf(path: Path, elements: int = 64) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gguf(elements))
    return path
