"""Which model is chosen, from what is there; and where the key may come from."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from model_server import Hang, ModelServer, Reply, says

from device.local_servers import LocalServer, pick, probe
from device.model_choice import DEFAULT_NAME, ModelChoice, choose
from device.openai_key import find_key
from voice.config import Model as Settings
from voice.engines.llama_local import LlamaLocal
from voice.errors import ConfigError, ModelFileError

KEY = "canary-key-77"
GGUF = Path("/models/some.gguf")


def no_gguf(name: str | None) -> Path | None:
    if name:
        raise ModelFileError(f"no {name}")
    return None


def a_gguf(name: str | None) -> Path | None:
    return GGUF


async def chosen(
    find: Callable[[str | None], Path | None] = no_gguf,
    *,
    env: dict[str, str] | None = None,
    servers: tuple[LocalServer, ...] = (),
    **keys: object,
) -> ModelChoice:
    return await choose(Settings.model_validate(keys), find, env=env or {}, servers=servers)


def nobody() -> LocalServer:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return LocalServer("Ollama", taken.getsockname()[1], "start it")


def beside(server: ModelServer) -> LocalServer:
    return LocalServer("Ollama", server.port, "`ollama pull` one")


# -- the order --------------------------------------------------------------------------------


async def test_with_nothing_there_is_none_and_how_to_mend_it_is_said_once():
    choice = await chosen(servers=(nobody(),))
    assert choice.model is None
    assert choice.announce is None
    assert "sayso models fetch" in choice.why


async def test_none_means_none_whatever_is_there():
    choice = await chosen(a_gguf, provider="none", env={"OPENAI_API_KEY": KEY})
    assert choice.model is None
    assert choice.announce is None


async def test_an_address_in_the_yaml_comes_first():
    with ModelServer(says("Yes.")) as server:
        choice = await chosen(
            a_gguf, base_url="http://192.0.2.7:9/v1", name="mine", env={"OPENAI_API_KEY": KEY},
            servers=(beside(server),),
        )  # fmt: skip
    assert choice.model
    assert choice.model.name == "mine"
    assert "192.0.2.7:9" in choice.why


async def test_a_gguf_named_in_the_yaml_comes_before_a_key():
    choice = await chosen(a_gguf, name="/models/some.gguf", env={"OPENAI_API_KEY": KEY})
    assert isinstance(choice.model, LlamaLocal)


async def test_then_a_key():
    with ModelServer(says("Yes.")) as server:
        choice = await chosen(a_gguf, env={"OPENAI_API_KEY": KEY}, servers=(beside(server),))
    assert choice.model
    assert choice.model.name == DEFAULT_NAME
    assert not choice.model.local


async def test_then_a_server_on_this_machine():
    with ModelServer(says("Yes.")) as server:
        choice = await chosen(a_gguf, servers=(nobody(), beside(server)))
    assert choice.model
    assert (choice.model.name, choice.model.local) == ("scripted", True)


async def test_then_a_gguf():
    choice = await chosen(a_gguf, servers=(nobody(),))
    assert isinstance(choice.model, LlamaLocal)
    assert choice.model
    assert choice.model.name == "some"


async def test_of_two_servers_the_first_in_the_order_is_taken():
    with ModelServer(says("a")) as one, ModelServer(says("b")) as two:
        one.models, two.models = ["one"], ["two"]
        choice = await chosen(servers=(beside(one), beside(two)))
    assert choice.model
    assert choice.model.name == "one"


async def test_a_server_without_the_wanted_model_is_passed_over():
    with ModelServer(says("Yes.")) as server:
        choice = await chosen(name="llama9", servers=(beside(server),))
    assert choice.model is None
    assert "has not got llama9" in choice.why


async def test_a_server_without_any_model_says_how_to_get_one():
    with ModelServer(says("Yes.")) as server:
        server.models = []
        choice = await chosen(servers=(beside(server),))
    assert "ollama pull" in choice.why


async def test_local_takes_only_a_gguf():
    choice = await chosen(a_gguf, provider="local", env={"OPENAI_API_KEY": KEY})
    assert isinstance(choice.model, LlamaLocal)
    missing = await chosen(provider="local", name="big")
    assert missing.model is None
    assert "no GGUF file big" in missing.why


async def test_openai_without_a_key_says_where_to_put_it():
    choice = await chosen(provider="openai")
    assert choice.model is None
    assert "~/.config/sayso/openai_api_key" in choice.why


async def test_an_address_needs_a_name():
    with pytest.raises(ConfigError, match=r"model\.name"):
        await chosen(base_url="http://127.0.0.1:1/v1")


# -- the key ----------------------------------------------------------------------------------


async def test_a_key_found_in_the_environment_is_announced():
    choice = await chosen(env={"OPENAI_API_KEY": KEY})
    assert choice.announce
    assert "api.openai.com" in choice.announce
    assert KEY not in repr(choice)


async def test_a_key_that_was_put_there_for_us_is_not(tmp_path: Path):
    (tmp_path / "openai_api_key").write_text(KEY + "\n")
    choice = await chosen(env={"CREDENTIALS_DIRECTORY": str(tmp_path), "OPENAI_API_KEY": "other"})
    assert choice.announce is None
    assert "credentials" in choice.why


@pytest.mark.parametrize(
    ("address", "sent"),
    [("https://192.0.2.7/v1", True), ("http://192.0.2.7/v1", False), ("http://127.0.0.1:1/v1", False)],
)  # fmt: skip
async def test_a_key_from_the_environment_goes_nowhere_unencrypted(address: str, sent: bool):
    choice = await chosen(base_url=address, name="m", env={"OPENAI_API_KEY": KEY})
    assert ("the environment" in choice.why) == sent
    assert (choice.announce is not None) == sent


def test_the_order_of_keys(tmp_path: Path):
    own = tmp_path / ".config" / "sayso" / "openai_api_key"
    own.parent.mkdir(parents=True)
    own.write_text("from-file")
    own.chmod(0o600)
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    env = {"CREDENTIALS_DIRECTORY": str(credentials), "OPENAI_API_KEY": "from-environment"}
    (credentials / "openai_api_key").write_text("from-credentials\n")

    def found() -> str | None:
        key = find_key(env, tmp_path)
        return key.value if key else None

    assert found() == "from-credentials"
    (credentials / "openai_api_key").unlink()
    assert found() == "from-file"
    own.unlink()
    assert found() == "from-environment"
    del env["OPENAI_API_KEY"]
    assert found() is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_file_that_others_can_read_is_refused_with_what_mends_it(tmp_path: Path, mode: int):
    own = tmp_path / ".config" / "sayso" / "openai_api_key"
    own.parent.mkdir(parents=True)
    own.write_text(KEY)
    own.chmod(mode)
    with pytest.raises(ConfigError, match="chmod 600") as raised:
        find_key({}, tmp_path)
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("value", ["two words", "line\nbreak", "kéy"])
def test_what_cannot_be_a_key_is_refused_without_repeating_it(value: str):
    with pytest.raises(ConfigError) as raised:
        find_key({"OPENAI_API_KEY": value})
    assert value not in str(raised.value)


def test_an_empty_key_is_no_key():
    assert find_key({"OPENAI_API_KEY": "  "}) is None


# -- servers on this machine ------------------------------------------------------------------


async def test_a_server_lists_its_models():
    with ModelServer(says("Yes.")) as server:
        server.models = ["b:latest", "a"]
        assert await probe(beside(server)) == ["b:latest", "a"]


LISTS = [
    b"", b"hello", b"[]", b"{}", b'{"data": 1}', b'{"data": [1, {"id": 2}]}', b"[" * 100_000, b"\xff",
]  # fmt: skip


@pytest.mark.parametrize("body", LISTS)
async def test_something_else_at_that_port_is_passed_over(body: bytes):
    with ModelServer(says("Yes.")) as server:
        server.pages["/v1/models"] = Reply([body])
        assert not await probe(beside(server))


async def test_a_server_that_hangs_is_not_waited_for():
    with ModelServer(says("Yes.")) as server:
        server.pages["/v1/models"] = Reply(before=[Hang()])
        began = time.monotonic()
        assert await probe(beside(server)) is None
        assert time.monotonic() - began < 2


def test_the_wanted_model_is_found_with_and_without_its_tag():
    assert pick(["llama3:latest", "qwen:7b"], "llama3") == "llama3:latest"
    assert pick(["llama3:latest", "qwen:7b"], "qwen:7b") == "qwen:7b"
    assert pick(["llama3:latest", "qwen:7b"], "qwen") is None


def test_models_that_cannot_talk_are_not_taken():
    assert pick(["nomic-embed-text:latest", "qwen:7b"], None) == "qwen:7b"
    assert pick(["nomic-embed-text:latest"], None) is None
