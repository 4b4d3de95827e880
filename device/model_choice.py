"""Which language model answers: what the configuration names, or the first that is there.

``provider: auto`` takes, in this order: ``model.base_url`` (or a ``model.name`` that ends in .gguf);
an OpenAI key; a server that answers on this machine (Ollama, llama.cpp); a GGUF file that is
installed; else none. Nothing is downloaded, and only loopback addresses are looked at.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from device.local_servers import SERVERS, LocalServer, pick, probe
from device.openai_key import Key, find_key
from voice.chat import Model
from voice.config import Model as ModelSettings
from voice.engines.llama_local import LlamaLocal
from voice.engines.openai_chat import OpenAIChat
from voice.errors import ConfigError, ModelFileError

DEFAULT_NAME = "gpt-5.4-mini"
"""At OpenAI: answers at once, without reasoning first, and uses tools well."""

FindGguf = Callable[[str | None], Path | None]
"""Returns a GGUF file by name, file name or path; None for the best that is installed."""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The model that will answer, and how it came to be chosen."""

    model: Model | None
    """None: there is none to ask."""
    why: str
    """One line for a person at a terminal; without a model: how to get one."""
    announce: str | None = None
    """A sentence to say once, before the model is used for the first time."""


async def choose(
    settings: ModelSettings,
    find_gguf: FindGguf,
    *,
    env: Mapping[str, str] = os.environ,
    home: Path | None = None,
    servers: Sequence[LocalServer] = SERVERS,
) -> ModelChoice:
    """Choose the model. Raises ConfigError for a key file that others can read.

    Whatever is missing is not an error: the device works without a model.
    """
    if settings.provider == "none":
        return ModelChoice(None, "model.provider is none")
    if settings.provider == "local":
        return _local(settings.name, find_gguf) or _nothing(_no_gguf(settings.name))
    key = find_key(env, home)
    if settings.provider == "openai" or settings.base_url:
        return _openai(settings, key)
    if settings.name and settings.name.endswith(".gguf"):
        return _local(settings.name, find_gguf) or _nothing(_no_gguf(settings.name))
    if key:
        return _openai(settings, key)
    answering = await asyncio.gather(*(probe(server) for server in servers))
    notes: list[str] = []
    for server, names in zip(servers, answering, strict=True):
        if names is None:
            continue
        if chosen := pick(names, settings.name):
            model = OpenAIChat(chosen, base_url=server.url, reads_ahead=True)
            return ModelChoice(model, f"{server.name} on this machine has {chosen}")
        lacking = settings.name or "a model"
        notes.append(f"{server.name} on this machine has not got {lacking}; {server.mend}")
    return _local(settings.name, find_gguf) or _nothing("; ".join(notes))


def _openai(settings: ModelSettings, key: Key | None) -> ModelChoice:
    """Return the configured server, or the vendor's own."""
    if settings.base_url is None:
        if key is None:
            return _nothing(
                "model.provider is openai but there is no key; put it into "
                "~/.config/sayso/openai_api_key with mode 600"
            )
        model = OpenAIChat(settings.name or DEFAULT_NAME, key=key.value)
        return ModelChoice(model, f"OpenAI, key from {key.source}", _announce(key, model))
    if not settings.name:
        raise ConfigError("model.name: has to name a model of the server that model.base_url names")
    # A key from the environment may belong to something else: it goes nowhere unencrypted.
    encrypted = settings.base_url.startswith("https://")
    fitting = key if key and (encrypted or not key.ambient) else None
    model = OpenAIChat(
        settings.name, base_url=settings.base_url, key=fitting.value if fitting else None
    )
    why = f"{model.where}, as model.base_url says" + (
        f", key from {fitting.source}" if fitting else ""
    )
    return ModelChoice(model, why, _announce(fitting, model))


def _announce(key: Key | None, model: OpenAIChat) -> str | None:
    """A key that merely lies in the environment may not have been meant for this."""
    if key is None or not key.ambient or model.local:
        return None
    return (
        f"What I can't answer myself goes to {model.where}, with the key found in the environment."
    )


def _local(name: str | None, find_gguf: FindGguf) -> ModelChoice | None:
    """Return the named or best installed GGUF file; None when there is none."""
    try:
        file = find_gguf(name)
    except ModelFileError:
        return None
    return ModelChoice(LlamaLocal(file), f"{file.name} on this device") if file else None


def _no_gguf(name: str | None) -> str:
    if name:
        return f"model.name: there is no GGUF file {name}; see `sayso models list`"
    return "model.provider is local but no GGUF file is installed; see `sayso models fetch`"


def _nothing(why: str) -> ModelChoice:
    general = "no language model: no key, no server on this machine, no GGUF file; `sayso models fetch smollm2-135m` brings a small one"
    return ModelChoice(None, why or general)
