"""The model on the device: what happens to bad files, and a real conversation with SmolLM2."""

import asyncio
import http.client
import sys
import time
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from real_models import smollm2_path

from voice import config
from voice.brain import Brain
from voice.chat import TextDelta
from voice.engines.llama_local import LlamaLocal
from voice.errors import ModelFileError, NoModelError
from voice.history import History
from voice.tools import Toolbox

ASK = [{"role": "user", "content": "Hello"}]


async def test_a_missing_file_is_named_with_what_mends_it(tmp_path: Path):
    model = LlamaLocal(tmp_path / "gone.gguf")
    with pytest.raises(ModelFileError, match=r"gone\.gguf: No such file .*model\.name"):
        await model.start()
    await model.close()


async def test_a_file_of_another_kind_is_refused(tmp_path: Path):
    file = tmp_path / "text.gguf"
    file.write_text("hello")
    model = LlamaLocal(file)
    with pytest.raises(ModelFileError, match="is not a GGUF file"):
        await model.start()
    await model.close()


async def test_half_a_file_is_refused(tmp_path: Path):
    pytest.importorskip("xllamacpp")
    file = tmp_path / "half.gguf"
    file.write_bytes(b"GGUF" + b"\x03\0\0\0" + b"\0" * 1000)
    model = LlamaLocal(file)
    with pytest.raises(ModelFileError, match="incomplete"):
        await model.start()
    await model.close()


async def test_a_bad_file_in_the_middle_of_a_turn_is_an_error_of_the_brain(tmp_path: Path):
    model = LlamaLocal(tmp_path / "gone.gguf")
    with pytest.raises(NoModelError):
        async with aclosing(model.stream(ASK, (), max_tokens=9)) as stream:
            await anext(stream)
    await model.close()


async def test_a_missing_library_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    model = LlamaLocal(tmp_path / "any.gguf")
    with pytest.raises(ModelFileError, match=r"pip install 'sayso\[local\]'"):
        await model.start()
    await model.close()


def real_file() -> Path:
    pytest.importorskip("xllamacpp")
    return smollm2_path() or pytest.skip("SmolLM2 is not here: sayso models fetch smollm2-135m")


@pytest.mark.real
async def test_a_real_model_answers_remembers_stops_and_goes(capfd: pytest.CaptureFixture[str]):
    model = LlamaLocal(real_file())
    brain = Brain(
        model, Toolbox(), History(8), config.Model(stall_s=60, timeout_s=120), config.Persona(),
        config.Place(), clock=lambda: datetime(2026, 6, 4, 14, 3, tzinfo=ZoneInfo("UTC")),
    )  # fmt: skip
    await brain.warm()
    assert not model.offers_tools

    began = time.monotonic()
    asked = brain.ask("What is the capital of France?")
    answer = "".join([delta async for delta in asked.answer()])
    asked.spoke(answer, False)
    assert "Paris" in answer

    asked = brain.ask("Tell me a long story about a fox.")
    async with aclosing(asked.answer()) as story:
        beginning = await anext(story)
    asked.spoke(beginning, True)
    stopped = time.monotonic()
    asked = brain.ask("What is the capital of Italy?")
    again = "".join([delta async for delta in asked.answer()])
    assert again
    assert time.monotonic() - began < 100
    assert time.monotonic() - stopped < 60, "the story goes on in the background"

    await brain.close()
    assert capfd.readouterr().err == "", "it writes to the terminal"


@pytest.mark.real
async def test_nobody_else_on_this_machine_can_use_it():
    model = LlamaLocal(real_file())
    await model.start()
    address = model._server.listening_address  # what an intruder would find by looking

    def intrude() -> int:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
        connection.request("GET", "/v1/models")
        return connection.getresponse().status

    assert urlsplit(address).hostname == "127.0.0.1"
    assert await asyncio.to_thread(intrude) == 401
    async with aclosing(model.stream(ASK, (), max_tokens=3)) as stream:
        assert [part async for part in stream if isinstance(part, TextDelta)]
    await model.close()
    with pytest.raises(OSError):  # noqa: PT011 # refused or reset, as the system likes
        await asyncio.to_thread(intrude)


async def test_a_missing_library_of_the_system_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """A minimal Debian has no libgomp1, which xllamacpp's wheel does not bring."""

    def fail(name: str) -> None:
        raise ImportError("libgomp.so.1: cannot open shared object file")

    monkeypatch.setattr("voice.engines.llama_local.importlib.import_module", fail)
    with pytest.raises(ModelFileError, match=r"libgomp\.so\.1.*apt-get install libgomp1"):
        await LlamaLocal(tmp_path / "model.gguf").start()
