"""The chat engine over real HTTP: what comes out for whatever a server does."""

import asyncio
import gc
import json
import logging
import socket
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_server import (
    DONE,
    END,
    ROLE,
    Cut,
    Hang,
    ModelServer,
    Reply,
    Reset,
    Step,
    Wait,
    calls,
    chunk,
    event,
    fails,
    says,
    sends,
)

from voice.chat import Finished, ModelPart, TextDelta, ToolCall, ToolSpec, Working
from voice.engines.openai_chat import MAX_TEXT_CHARS, OpenAIChat
from voice.engines.openai_faults import MAX_BODY_BYTES, MAX_LINE_BYTES, TooMuchError, bounded
from voice.errors import (
    BadKeyError,
    BrainError,
    BrokenStreamError,
    ModelNameError,
    OfflineError,
    OverloadedError,
    QuotaError,
    RefusedRequestError,
)

ASK = [{"role": "user", "content": "What is the capital of France?"}]
TOOL = ToolSpec("get_time", "Tell the time.", {"type": "object", "properties": {}})
KEY = "canary-key-5d1f"


async def parts_of(model: OpenAIChat, tools: tuple[ToolSpec, ...] = ()) -> list[ModelPart]:
    async with asyncio.timeout(10), aclosing(model.stream(ASK, tools, max_tokens=50)) as stream:
        return [part async for part in stream]


def text_of(parts: list[ModelPart]) -> str:
    return "".join(part.text for part in parts if isinstance(part, TextDelta))


async def asked(server: ModelServer) -> list[ModelPart]:
    """Ask once, with a new client."""
    model = OpenAIChat("scripted", base_url=server.url, key=KEY)
    try:
        return await parts_of(model)
    finally:
        await model.close()


async def test_an_answer_comes_piece_by_piece():
    with ModelServer(says("Paris is the capital.")) as server:
        parts = await asked(server)
    deltas = [part.text for part in parts if isinstance(part, TextDelta)]
    assert deltas == ["Paris", " is", " the", " capital."]
    assert parts[-1] == Finished("stop")


async def test_the_request_is_what_the_api_wants():
    with ModelServer(says("Paris.")) as server:
        model = OpenAIChat("some-model", base_url=server.url, key=KEY)
        await parts_of(model, (TOOL,))
        await model.close()
    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body["model"] == "some-model"
    assert request.body["messages"] == ASK
    assert request.body["max_tokens"] == 50
    assert request.body["stream"] is True
    (tool,) = request.body["tools"]
    assert tool["function"]["name"] == "get_time"


async def test_without_tools_none_are_mentioned():
    with ModelServer(says("Paris.")) as server:
        await asked(server)
    assert "tools" not in server.requests[0].body


async def test_tool_calls_are_put_together_from_their_pieces():
    arguments = '{"place": "Tokyo", "seconds": true}'
    with ModelServer(calls(("get_time", arguments), ("get_volume", "{}"), text="Hm.")) as server:
        parts = await asked(server)
    assert [part for part in parts if isinstance(part, ToolCall)] == [
        ToolCall("id0", "get_time", arguments),
        ToolCall("id1", "get_volume", "{}"),
    ]
    assert text_of(parts) == "Hm."
    assert any(isinstance(part, Working) for part in parts)


async def test_calls_with_the_same_number_are_told_apart_by_their_ids():
    def whole(identity: str, name: str) -> bytes:
        function = {"name": name, "arguments": "{}"}
        return chunk({"tool_calls": [{"index": 0, "id": identity, "function": function}]})

    with ModelServer(sends(whole("a", "one"), whole("b", "two"), END)) as server:
        parts = await asked(server)
    named = [(part.id, part.name) for part in parts if isinstance(part, ToolCall)]
    assert named == [("a", "one"), ("b", "two")]


async def test_ids_and_names_can_be_sent_back_whatever_the_model_wrote():
    pieces = [
        {"index": 0, "id": "", "function": {"name": "no such tool!", "arguments": "x"}},
        {"index": 1, "id": "same", "function": {"name": "", "arguments": ""}},
        {"index": 2, "id": "same", "function": {"name": "b", "arguments": ""}},
    ]
    with ModelServer(sends(*(chunk({"tool_calls": [piece]}) for piece in pieces), END)) as server:
        parts = await asked(server)
    found = [part for part in parts if isinstance(part, ToolCall)]
    assert [call.name for call in found] == ["no_such_tool_", "unnamed", "b"]
    assert len({call.id for call in found}) == 3


async def test_reasoning_is_progress_and_not_text():
    thought = chunk({"reasoning_content": "hmm"}) + chunk({"reasoning": "well"})
    with ModelServer(sends(ROLE, thought, chunk({"content": "Yes."}), END)) as server:
        parts = await asked(server)
    assert parts == [Working(), Working(), TextDelta("Yes."), Finished("stop")]


async def test_comments_and_empty_deltas_are_nothing():
    noise = b": keep-alive\n\n" + ROLE + chunk({"content": None}) + event({"choices": []})
    with ModelServer(sends(noise, chunk({"content": "Yes."}), END)) as server:
        assert await asked(server) == [TextDelta("Yes."), Finished("stop")]


TROUBLES: list[tuple[str, Reply, type[BrainError]]] = [
    ("bad key", fails(401), BadKeyError),
    ("forbidden", fails(403), BadKeyError),
    ("payment required", fails(402), QuotaError),
    ("out of credit", fails(429, code="insufficient_quota"), QuotaError),
    ("come back in an hour", fails(429, headers={"Retry-After": "3600"}), QuotaError),
    ("too many", fails(429), OverloadedError),
    ("too many, wait a minute", fails(429, headers={"Retry-After": "60"}), OverloadedError),
    ("server error", fails(500), OverloadedError),
    ("overloaded", fails(503), OverloadedError),
    ("error without JSON", Reply([b"<h1>Bad gateway</h1>"], 502), OverloadedError),
    ("no such model", fails(404, code="model_not_found"), ModelNameError),
    ("bad request", fails(400), RefusedRequestError),
    ("unprocessable", fails(422), RefusedRequestError),
    ("redirect", Reply([], 307, {"Location": "/elsewhere"}), BrainError),
    ("reset before the answer", Reply(before=[Reset()]), OfflineError),
    ("closed before the answer", Reply(before=[Cut()]), OfflineError),
    ("no HTTP", Reply(before=[b"hello\r\n\r\n", Cut()]), OfflineError),
    ("reset in the middle", sends(ROLE, chunk({"content": "Par"}), Wait(0.05), Reset()), BrokenStreamError),
    ("cut in the middle", sends(ROLE, chunk({"content": "Par"}), Cut()), BrokenStreamError),
    ("ends without finishing", sends(ROLE, chunk({"content": "Par"})), BrokenStreamError),
    ("nothing at all", sends(), BrokenStreamError),
    ("bad JSON", sends(b"data: {not json\n\n"), BrokenStreamError),
    ("JSON of another kind", sends(b"data: [1, 2]\n\ndata: 7\n\ndata: null\n\n"), BrokenStreamError),
    ("bytes that are no text", sends(b"data: \xff\xfe\n\n"), BrokenStreamError),
    ("deep JSON", sends(b"data: " + b"[" * 100_000 + b"\n\n"), BrokenStreamError),
    ("a web page", sends(b"<html>Hello</html>", kind="text/html"), BrokenStreamError),
    ("no stream but one answer", sends(b'{"choices": []}', kind="application/json"), BrokenStreamError),
    ("a giant line", sends(*[b"x" * 50_000] * 20), BrokenStreamError),
    ("a giant line in an error", Reply([b"x" * 50_000] * 20, 500), BrokenStreamError),
    ("compressed", Reply([b"\x1f\x8b"], headers={"Content-Encoding": "gzip"}), BrokenStreamError),
    ("an error as event", sends(ROLE, event({"error": {"message": "no", "code": None}})), BrokenStreamError),
    ("a crowd as event", sends(ROLE, event({"error": {"message": "no", "code": 503}})), OverloadedError),
    (
        "no credit as event",
        sends(event({"error": {"message": "no", "code": "insufficient_quota"}})),
        QuotaError,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "expected"), [case[1:] for case in TROUBLES], ids=[case[0] for case in TROUBLES]
)
async def test_each_trouble_has_its_own_error_and_the_next_request_works(
    reply: Reply, expected: type[BrainError]
):
    troubled = True

    with ModelServer(answering=lambda _: reply if troubled else says("Paris.")) as server:
        model = OpenAIChat("scripted", base_url=server.url, key=KEY)
        with pytest.raises(expected) as raised:
            await parts_of(model)
        troubled = False
        assert text_of(await parts_of(model)) == "Paris."
        await model.close()
    message = str(raised.value)
    assert "\n" not in message
    assert f"127.0.0.1:{server.port}" in message
    assert KEY not in message


async def test_nobody_listening_is_offline():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        model = OpenAIChat("m", base_url=f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
        with pytest.raises(OfflineError):
            await parts_of(model)
        await model.close()


async def test_no_such_host_is_offline():
    model = OpenAIChat("m", base_url="http://nowhere.invalid/v1")
    with pytest.raises(OfflineError, match=r"nowhere\.invalid"):
        await parts_of(model)
    await model.close()


async def test_asked_to_come_back_in_a_moment_it_does_once():
    moment = fails(429, headers={"Retry-After": "0.05"})
    with ModelServer(moment, says("Paris.")) as server:
        assert text_of(await asked(server)) == "Paris."
    assert len(server.requests) == 2
    with ModelServer(moment) as server, pytest.raises(OverloadedError):
        await asked(server)
    assert len(server.requests) == 2


async def test_a_kept_connection_that_died_is_replaced_without_a_word():
    with ModelServer(says("One."), Reply(before=[Reset()]), says("Two.")) as server:
        model = OpenAIChat("m", base_url=server.url)
        assert text_of(await parts_of(model)) == "One."
        assert text_of(await parts_of(model)) == "Two."
        await model.close()


async def test_a_connection_is_used_again():
    with ModelServer(says("One.")) as server:
        model = OpenAIChat("m", base_url=server.url)
        await parts_of(model)
        await parts_of(model)
        await model.close()
    assert [request.connection for request in server.requests] == [1, 1]


async def test_a_server_that_never_ends_after_the_end_does_not_hold_up_the_answer():
    with ModelServer(sends(chunk({"content": "Yes."}), chunk({}, "stop"), Hang())) as server:
        model = OpenAIChat("m", base_url=server.url)
        async with asyncio.timeout(1):
            assert text_of(await parts_of(model)) == "Yes."
        await model.close()


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(before=[Hang()]), id="before the headers"),
        pytest.param(sends(Hang()), id="after the headers"),
        pytest.param(sends(ROLE, chunk({"content": "Par"}), Hang()), id="in the answer"),
        pytest.param(Reply([Hang()], 500), id="in an error"),
    ],
)
async def test_the_server_sees_at_once_that_an_answer_is_no_longer_wanted(reply: Reply):
    with ModelServer(reply, says("Paris.")) as server:
        model = OpenAIChat("m", base_url=server.url)
        asking = asyncio.create_task(parts_of(model))
        await server.asked()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert await server.hung_up(within_s=1.0)
        assert text_of(await parts_of(model)) == "Paris."
        await model.close()


async def test_stopped_while_the_library_loads_it_is_loaded_for_the_next_request():
    with ModelServer(says("Paris.")) as server:
        model = OpenAIChat("m", base_url=server.url)
        asking = asyncio.create_task(parts_of(model))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert text_of(await parts_of(model)) == "Paris."
        await model.close()
    assert len(server.requests) == 1


async def test_leaving_the_loop_early_closes_the_connection():
    many = [chunk({"content": "word "}), Wait(0.01)] * 500
    with ModelServer(sends(*many, END)) as server:
        model = OpenAIChat("m", base_url=server.url)
        async with aclosing(model.stream(ASK, (), max_tokens=9)) as stream:
            async for _ in stream:
                break
        assert await server.hung_up(within_s=1.0)
        await model.close()


async def test_an_endless_answer_is_cut_off():
    with ModelServer(sends(*[chunk({"content": "word " * 100})] * 200, Hang())) as server:
        parts = await asked(server)
    assert len(text_of(parts)) == MAX_TEXT_CHARS
    assert parts[-1] == Finished("length")


async def test_endless_arguments_are_not_run():
    piece = chunk({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": "x" * 9000}}]})  # fmt: skip
    with ModelServer(sends(*[piece] * 30, Hang())) as server:
        parts = await asked(server)
    assert not [part for part in parts if isinstance(part, ToolCall)]
    assert parts[-1] == Finished("length")


async def test_lines_and_bodies_are_bounded_before_they_are_collected():
    async def pieces(piece: bytes, times: int) -> Any:
        for _ in range(times):
            yield piece

    with pytest.raises(TooMuchError, match="line"):
        async for _ in bounded(pieces(b"x" * 1000, MAX_LINE_BYTES)):
            pass
    with pytest.raises(TooMuchError, match="answer"):
        async for _ in bounded(pieces(b": keep-alive\n" * 1000, MAX_BODY_BYTES)):
            pass


async def test_keys_and_words_stay_out_of_logs_and_errors(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    told = f"Incorrect API key provided: {KEY}"
    for reply in (fails(401, message=told), fails(400, message=told), fails(500, code=KEY)):
        with ModelServer(reply) as server, pytest.raises(BrainError) as raised:
            await asked(server)
        assert KEY not in str(raised.value)
        assert raised.value.__suppress_context__  # a traceback would print what the server wrote
    assert KEY not in caplog.text
    spoken_of = [record for record in caplog.records if record.levelno >= logging.INFO]
    assert all("France" not in record.getMessage() for record in spoken_of)


async def test_warming_up_sends_nothing_to_a_server_on_this_machine_that_is_not_ours():
    with ModelServer(says("Hi.")) as server:
        model = OpenAIChat("m", base_url=server.url)
        await model.warm([{"role": "system", "content": "You are Sayso."}], (TOOL,))
        await model.close()
    assert server.requests == []


async def test_warming_up_a_server_that_reads_ahead_sends_the_prompt():
    with ModelServer(says("Hi.")) as server:
        model = OpenAIChat("m", base_url=server.url, reads_ahead=True)
        await model.warm([{"role": "system", "content": "You are Sayso."}], (TOOL,))
        await model.close()
    (request,) = server.requests
    assert request.messages[0]["content"] == "You are Sayso."
    assert request.body["max_tokens"] == 1


async def test_warming_up_survives_any_trouble():
    for reply in (fails(401), Reply(before=[Reset()]), sends(b"data: {")):
        with ModelServer(reply) as server:
            model = OpenAIChat("m", base_url=server.url, reads_ahead=True)
            await model.warm([], ())
            await model.close()


def test_only_this_machine_is_local():
    assert OpenAIChat("m", base_url="http://127.0.0.1:11434/v1").local
    assert OpenAIChat("m", base_url="http://localhost:8080/v1").local
    assert not OpenAIChat("m").local
    assert not OpenAIChat("m", base_url="http://127.0.0.1.example.org/v1").local


def test_a_password_in_the_address_is_not_shown():
    assert OpenAIChat("m", base_url="https://user:secret@example.org/v1").where == "example.org"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def put_in(name: str) -> st.SearchStrategy[dict[str, Any]]:
    return json_values.map(lambda value: {name: value})


deltas = st.one_of(
    put_in("content"), put_in("tool_calls"), put_in("reasoning"),
    json_values.map(lambda v: {"tool_calls": [{"index": v, "id": v, "function": v}]}),
    json_values.map(lambda v: {"tool_calls": [{"index": 0, "function": {"name": v, "arguments": v}}]}),
)  # fmt: skip
pieces_of_stream = st.one_of(
    st.binary(max_size=30),
    st.sampled_from([b"\n", b"\r", b"data:", b": comment\n\n", b"event: error\n", DONE, END, ROLE]),
    json_values.map(lambda value: b"data: " + json.dumps(value).encode() + b"\n\n"),
    put_in("choices").map(event), put_in("error").map(event),
    json_values.map(lambda value: event({"choices": [value]})),
    json_values.map(lambda value: event({"choices": [{"delta": value, "finish_reason": value}]})),
    deltas.map(chunk),
)  # fmt: skip


def test_whatever_a_server_streams_only_parts_and_brain_errors_come_out():
    script: list[Step] = []

    with ModelServer(answering=lambda _: sends(*script)) as server, asyncio.Runner() as runner:
        model = OpenAIChat("m", base_url=server.url)

        @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(st.lists(pieces_of_stream, max_size=12))
        def fuzz(pieces: list[bytes]):
            script[:] = [piece for piece in pieces if piece]
            try:
                parts = runner.run(parts_of(model))
            except BrainError:
                return
            assert isinstance(parts[-1], Finished)
            assert all(part.text for part in parts if isinstance(part, TextDelta))
            found = [part for part in parts if isinstance(part, ToolCall)]
            assert len({call.id for call in found}) == len(found)

        fuzz()
        runner.run(model.close())
        # What the library left half read must be finalized while its loop lives, not by a collection
        # in the server's thread while the loop is being closed.
        gc.collect()
        runner.run(asyncio.sleep(0))
