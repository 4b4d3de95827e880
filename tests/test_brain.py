"""The brain: one turn with a model, its tools, its time, its troubles, and what is remembered."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_history import check_valid

from device import virtual_time
from voice import config
from voice.brain import Brain
from voice.chat import Finished, Message, ModelPart, TextDelta, ToolCall, ToolSpec, Working
from voice.errors import (
    BrainError,
    BrokenStreamError,
    ModelNameError,
    ModelTimeoutError,
    NoModelError,
    OfflineError,
    RefusedRequestError,
)
from voice.history import History
from voice.tools import Toolbox, tool
from voice.tools.clock import clock_tools
from voice.tools.volume import volume_tools

NOW = datetime(2026, 6, 4, 14, 3, tzinfo=ZoneInfo("Europe/Berlin"))
DONE = Finished("stop")

Step = ModelPart | float | Exception
"""A part, seconds of silence, or an error."""


class ScriptedModel:
    """A model that answers by a script, one list of steps for each request, the last for ever."""

    name = "scripted"
    local = True
    offers_tools = True

    def __init__(self, *script: Sequence[Any]) -> None:
        self._script: list[Sequence[Step]] = list(script)
        self.requests: list[list[Message]] = []
        self.tools: list[Sequence[ToolSpec]] = []
        self.open = 0
        self.warmed: list[Message] = []

    async def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec], *, max_tokens: int
    ) -> AsyncGenerator[ModelPart, None]:
        self.requests.append(list(messages))
        self.tools.append(tools)
        steps = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        self.open += 1
        try:
            for step in steps:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, float | int):
                    await asyncio.sleep(step)
                else:
                    yield step
        finally:
            self.open -= 1

    async def warm(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> None:
        self.warmed = list(messages)

    async def close(self) -> None: ...


def brain_of(
    *script: Sequence[Any], volume: list[int] | None = None, **keys: Any
) -> tuple[Brain, ScriptedModel]:
    model = ScriptedModel(*script)
    levels = volume if volume is not None else [40]

    def change(percent: int) -> int:
        levels.append(percent)
        return percent

    tools = Toolbox(
        [*clock_tools(lambda _: "It is noon."), *volume_tools(lambda: levels[-1], change)]
    )
    return Brain(
        model,
        tools,
        History(8),
        config.Model(**keys),
        config.Persona(name="Vera"),
        config.Place(city="Köln"),
        clock=lambda: NOW,
    ), model


async def spoken(brain: Brain, text: str, heard: str | None = None) -> str:
    """Ask and speak the whole answer; ``heard`` is what was heard of it if that is less, or it fails."""
    asked = brain.ask(text)
    try:
        answer = "".join([delta async for delta in asked.answer()])
    except (BrainError, asyncio.CancelledError):
        asked.spoke(heard or "", True)
        raise
    asked.spoke(answer if heard is None else heard, heard is not None)
    return answer


async def believed(brain: Brain, text: str) -> list[str]:
    """Ask, and return what may be spoken of each piece of the answer."""
    asked = brain.ask(text)
    return [asked.believed(delta) async for delta in asked.answer()]


def says(*texts: str) -> list[Step]:
    return [*map(TextDelta, texts), DONE]


def wants(*wanted: tuple[str, str]) -> list[Step]:
    return [*(ToolCall(f"id{n}", *call) for n, call in enumerate(wanted)), Finished("tool_calls")]


QUIETER = wants(("set_volume", '{"percent": 30}'))


# -- talking ----------------------------------------------------------------------------------


async def test_text_comes_through_as_it_is_written():
    brain, _ = brain_of(says("Par", "is."))
    asked = brain.ask("What is the capital of France?")
    assert [delta async for delta in asked.answer()] == ["Par", "is."]


async def test_name_date_time_zone_town_and_units_are_known_to_the_model():
    brain, model = brain_of(says("Yes."))
    await spoken(brain, "Hello")
    (system, user) = model.requests[0]
    assert system["role"] == "system"
    for fact in ("Vera", "Thursday", "4 June 2026", "14:03", "Europe/Berlin", "Köln", "metric"):
        assert fact in system["content"]
    assert user == {"role": "user", "content": "Hello"}


async def test_what_was_spoken_is_the_history_not_what_was_written():
    brain, model = brain_of(says("One two three four."), says("Yes."))
    asked = brain.ask("Count")
    async with aclosing(asked.answer()) as answer:
        async for _ in answer:
            break
    asked.spoke("One two", True)
    await spoken(brain, "Go on")
    assert [message["content"] for message in model.requests[1][1:]] == [
        "Count",
        "One two",
        "Go on",
    ]


async def test_what_the_device_answered_is_known_to_the_model():
    brain, model = brain_of(says("Noon."))
    brain.noted("What time is it?", "It is five.")
    await spoken(brain, "And in Tokyo?")
    assert [message["content"] for message in model.requests[0][1:]] == [
        "What time is it?", "It is five.", "And in Tokyo?",
    ]  # fmt: skip


async def test_a_new_conversation_begins_with_nothing():
    brain, model = brain_of(says("Yes."))
    await spoken(brain, "My name is Bob")
    brain.new_conversation()
    await spoken(brain, "What is my name?")
    assert len(model.requests[1]) == 2


async def test_without_a_model_it_says_so_and_why():
    brain = Brain(
        None, Toolbox(), History(8), config.Model(), config.Persona(), config.Place(),
        clock=lambda: NOW, missing="nothing installed",
    )  # fmt: skip
    assert brain.name == "none"
    assert not brain.may_be_asked_early
    with pytest.raises(NoModelError, match="nothing installed"):
        await spoken(brain, "Hello")
    await brain.warm()
    await brain.close()


async def test_warming_up_shows_the_model_the_prompt_it_will_get():
    brain, model = brain_of(says("Yes."))
    await spoken(brain, "Hello")
    await brain.warm()
    await spoken(brain, "How are you?")
    assert model.warmed == model.requests[1][:-1]


async def test_half_a_character_does_no_harm():
    brain, model = brain_of(says("Yes."))
    await spoken(brain, "caf\udce9")
    assert model.requests[0][-1]["content"] == "caf?"


@pytest.mark.parametrize("text", [" ", "\0", "\ud800", "<think>Hm.</think> ", "<think>Hm, hm"])
async def test_an_empty_answer_is_a_trouble(text: str):
    brain, _ = brain_of(says(text))
    with pytest.raises(BrokenStreamError, match="empty"):
        await spoken(brain, "Hello")


async def test_an_answer_holds_nothing_that_commands_a_terminal_or_cannot_be_written():
    brain, _ = brain_of(says("A\0b", "\x1b[31m", "\ud83d", " c\n\td"))
    assert await spoken(brain, "Hello") == "Ab[31m c\n\td"


# -- tools ------------------------------------------------------------------------------------


async def test_a_tool_is_run_and_its_result_goes_to_the_model():
    brain, model = brain_of(wants(("get_time", "{}")), says("Noon."))
    assert await spoken(brain, "What time is it?") == "Noon."
    assert [message["role"] for message in model.requests[1]] == [
        "system", "user", "assistant", "tool",
    ]  # fmt: skip
    assert model.requests[1][-1]["content"] == "It is noon."


async def test_text_before_a_call_and_after_it_are_two_sentences():
    brain, _ = brain_of(
        [TextDelta("Let me look."), *wants(("get_time", "{}"))], says("It is noon.")
    )
    assert await spoken(brain, "What time is it?") == "Let me look. It is noon."


@pytest.mark.parametrize("text", ["", "<think>Done, it seems.</think>"])
async def test_a_model_that_says_nothing_after_a_tool_lets_the_tool_speak(text: str):
    volume = [40]
    brain, _ = brain_of(QUIETER, says(*[text] * bool(text)), volume=volume)
    assert await spoken(brain, "Quieter") == text + "The volume is now at 30 percent."
    assert volume == [40, 30]


async def test_what_was_done_is_said_even_when_the_model_breaks_down_after_it():
    brain, _ = brain_of(QUIETER, [OfflineError("gone")])
    assert await spoken(brain, "Quieter") == "The volume is now at 30 percent."


async def test_sentences_about_trouble_are_no_part_of_the_conversation():
    brain, model = brain_of([TextDelta("Par"), BrokenStreamError("cut")], says("Paris."))
    with pytest.raises(BrokenStreamError):
        await spoken(brain, "What is the capital of France?", f"Par {BrokenStreamError.spoken}")
    await spoken(brain, "Again, please")
    assert model.requests[1][2]["content"] == "Par"
    brain, model = brain_of([OfflineError("gone")], says("Paris."))
    with pytest.raises(OfflineError):
        await spoken(brain, "What is the capital of France?", OfflineError.spoken)
    await spoken(brain, "Again, please")
    assert len(model.requests[1]) == 2


async def test_tools_are_not_offered_to_a_model_that_cannot_use_them():
    brain, model = brain_of(says("Yes."))
    model.offers_tools = False
    await spoken(brain, "Hello")
    assert model.tools == [()]
    assert "only talk" in model.requests[0][0]["content"]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(wants(("order_pizza", "{}")), id="unknown tool"),
        pytest.param(wants(("set_volume", '{"percent": 900}')), id="against the schema"),
        pytest.param(wants(("get_time", "{}")), id="in circles"),
        pytest.param(wants(*[("get_time", "{}")] * 9), id="too many at once"),
    ],
)
async def test_calls_that_lead_nowhere_end_with_a_sentence(script: list[Step]):
    brain, model = brain_of(script)
    answer = await spoken(brain, "Do it")
    assert answer.endswith(".")
    assert len(model.requests) <= 6
    first_of_next = len(model.requests)
    await spoken(brain, "Again")
    check_valid(model.requests[first_of_next][1:-1])


async def test_an_unknown_tool_may_be_mended_once():
    brain, model = brain_of(wants(("gettime", "{}")), wants(("get_time", "{}")), says("Noon."))
    assert await spoken(brain, "What time is it?") == "Noon."
    assert "no such tool" in model.requests[1][-1]["content"]


async def test_arguments_that_are_no_json_are_not_sent_back():
    brain, model = brain_of(wants(("get_time", "{oh")), says("Sorry."))
    await spoken(brain, "What time is it?")
    (call,) = model.requests[1][2]["tool_calls"]
    assert call["function"]["arguments"] == "{}"


async def test_effects_wait_until_the_speaker_is_known_to_be_done():
    volume = [40]
    brain, _ = brain_of(QUIETER, says("Quieter now."), volume=volume)
    committed = asyncio.Event()

    async def ask() -> str:
        asked = brain.ask("Quieter", committed=committed)
        return "".join([delta async for delta in asked.answer()])

    asking = asyncio.create_task(ask())
    for _ in range(20):
        await asyncio.sleep(0)
    assert volume == [40]
    committed.set()
    assert await asking == "Quieter now."
    assert volume == [40, 30]


async def test_a_request_taken_back_before_that_has_no_effect():
    volume = [40]
    brain, model = brain_of(QUIETER, volume=volume)

    async def ask() -> None:
        async for _ in brain.ask("Quieter", committed=asyncio.Event()).answer():
            pass

    asking = asyncio.create_task(ask())
    for _ in range(20):
        await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert volume == [40]
    assert model.open == 0


# -- claims -----------------------------------------------------------------------------------


async def test_a_claim_without_a_call_is_not_believed_and_ends_the_answer():
    volume = [40]
    brain, model = brain_of(
        [TextDelta("I've set the volume to 30 percent."), TextDelta(" Enjoy!"), *QUIETER],
        volume=volume,
    )
    assert await believed(brain, "Quieter") == ["I didn't change the volume just now."]
    assert volume == [40], "or the sentence would be false"
    assert model.open == 0


async def test_the_same_claim_after_the_call_is_believed():
    brain, _ = brain_of(QUIETER, says("I've set the volume to 30 percent."))
    assert await believed(brain, "Quieter") == ["I've set the volume to 30 percent."]


async def test_a_promise_that_no_call_kept_is_taken_back():
    brain, _ = brain_of(says("I'll turn the volume down."))
    assert await spoken(brain, "Quieter") == (
        "I'll turn the volume down. I didn't change the volume just now."
    )
    brain, _ = brain_of([TextDelta("I'll turn the volume down."), *QUIETER], says("There."))
    assert await spoken(brain, "Quieter") == "I'll turn the volume down. There."


# -- time (virtual) ---------------------------------------------------------------------------


def timed(main: Callable[[], Awaitable[None]]) -> float:
    """Run on virtual time and return how long it took."""

    async def run() -> float:
        await main()
        return asyncio.get_running_loop().time()

    return virtual_time.run(run())


@pytest.mark.parametrize(
    ("script", "after_s"),
    [
        pytest.param([3600.0], 9.5, id="silence"),
        pytest.param([TextDelta("Well"), 3600.0], 9.5, id="silence in the middle"),
        pytest.param([step for _ in range(99) for step in (9.0, TextDelta("la "))], 30, id="drip"),
        pytest.param([step for _ in range(99) for step in (9.0, Working())], 30, id="reasoning"),
    ],
)
def test_a_model_that_takes_too_long_is_given_up(script: list[Step], after_s: float):
    async def main() -> None:
        brain, model = brain_of(script)
        with pytest.raises(ModelTimeoutError):
            await spoken(brain, "Hello")
        assert model.open == 0

    assert timed(main) == pytest.approx(after_s, abs=0.1)


def test_reasoning_for_a_while_is_not_silence():
    async def main() -> None:
        brain, _ = brain_of([9.0, Working(), 9.0, TextDelta("Yes."), DONE])
        assert await spoken(brain, "Hello") == "Yes."

    assert timed(main) == pytest.approx(18, abs=0.1)


def test_the_limits_are_settings():
    async def main() -> None:
        brain, _ = brain_of([3600.0], stall_s=2)
        with pytest.raises(ModelTimeoutError):
            await spoken(brain, "Hello")

    assert timed(main) == pytest.approx(2, abs=0.1)


def test_a_listener_who_takes_long_does_not_use_up_the_models_time():
    async def main() -> None:
        brain, _ = brain_of([*[TextDelta("word ")] * 10, DONE])
        async for _ in brain.ask("Tell me a story").answer():
            await asyncio.sleep(20)  # spoken aloud

    assert timed(main) == pytest.approx(200, abs=1)


def test_rounds_with_tools_share_one_time():
    async def main() -> None:
        brain, _ = brain_of([9.0, *wants(("get_time", "{}"))])
        with pytest.raises(ModelTimeoutError):
            await spoken(brain, "Hello")

    assert timed(main) == pytest.approx(30, abs=0.1)


async def test_stopping_closes_the_request_at_once():
    brain, model = brain_of([TextDelta("Once"), 3600.0])
    started = asyncio.Event()

    async def ask() -> None:
        async for _ in brain.ask("Tell me a story").answer():
            started.set()

    asking = asyncio.create_task(ask())
    await started.wait()
    assert model.open == 1
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert model.open == 0


# -- trouble ----------------------------------------------------------------------------------


async def test_a_refused_request_is_made_once_more_with_the_bare_minimum():
    brain, model = brain_of(says("Hi."), [RefusedRequestError("400")], says("Paris."))
    await spoken(brain, "Hello")
    assert await spoken(brain, "What is the capital of France?") == "Paris."
    assert [message["role"] for message in model.requests[2]] == ["system", "user"]
    assert model.tools[2] == ()


async def test_after_healing_the_next_request_is_one_that_will_be_taken():
    brain, model = brain_of([RefusedRequestError("400")], says("Paris."))
    await spoken(brain, "What is the capital of France?")
    await spoken(brain, "And of Spain?")
    assert model.tools[-1] == ()
    assert [m["content"] for m in model.requests[-1][1:]] == [
        "What is the capital of France?", "Paris.", "And of Spain?",
    ]  # fmt: skip
    brain.new_conversation()
    await spoken(brain, "Hello")
    assert model.tools[-1]


async def test_a_request_that_was_dropped_leaves_history_and_tools_though_it_healed():
    refused = [RefusedRequestError("400")]
    brain, model = brain_of(says("Paris."), refused, says("Madrid."), says("Oslo."))
    await spoken(brain, "What is the capital of France?")
    assert [delta async for delta in brain.ask("And of").answer()] == ["Madrid."]
    await spoken(brain, "And of Norway?")
    assert len(model.requests[-1]) == 4
    assert model.tools[-1]


async def test_what_a_tool_found_survives_healing():
    brain, model = brain_of(wants(("get_time", "{}")), [RefusedRequestError("400")], says("Noon."))
    assert await spoken(brain, "What time is it?") == "Noon."
    assert "It is noon." in model.requests[2][-1]["content"]


@pytest.mark.parametrize(
    ("fault", "requests"), [(RefusedRequestError("400"), 2), (ModelNameError("404"), 1)]
)
async def test_it_heals_once_and_only_what_can_be_healed(fault: BrainError, requests: int):
    brain, model = brain_of([fault])
    with pytest.raises(type(fault)):
        await spoken(brain, "Hello")
    assert len(model.requests) == requests


async def test_after_any_trouble_the_next_turn_is_fine():
    brain, model = brain_of([TextDelta("Par"), BrokenStreamError("cut")], says("Paris."))
    with pytest.raises(BrokenStreamError):
        await spoken(brain, "What is the capital of France?", "Par")
    assert await spoken(brain, "Again, please") == "Paris."
    check_valid(model.requests[1][1:-1])


# -- whatever happens, the request stays valid -------------------------------------------------

CALLS = [
    ("get_time", "{}"),
    ("set_volume", '{"percent": 30}'),
    ("set_volume", "loud"),
    ("pizza", ""),
]
steps = st.one_of(
    st.sampled_from(["One.", " I've set a timer.", " ", "Two"]).map(TextDelta),
    st.sampled_from([Working(), DONE]),
    st.sampled_from([RefusedRequestError("400"), OfflineError("gone"), BrokenStreamError("cut")]),
    st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(CALLS)).map(
        lambda drawn: ToolCall(drawn[0], *drawn[1])
    ),
    st.just(1.0),
)
turns = st.tuples(
    st.sampled_from(["ask", "ask", "ask", "noted", "new"]),
    st.sampled_from(["Hello", "", "And?"]),
    st.sampled_from(["all", "some", "nothing", "forgotten"]),
    st.integers(0, 5),
)


def unique_ids(script: list[Step]) -> list[Step]:
    """An engine never yields two calls with one id in one answer."""
    seen: set[str] = set()
    kept: list[Step] = []
    for step in script:
        if isinstance(step, ToolCall):
            if step.id in seen:
                continue
            seen.add(step.id)
        kept.append(step)
    return kept


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(steps, max_size=5).map(unique_ids), min_size=1, max_size=12),
    st.lists(turns, max_size=10),
)
def test_interrupted_anywhere_every_request_is_valid(script: list[list[Step]], course: list[Any]):  # fmt: skip
    async def main() -> None:
        brain, model = brain_of(*script)
        for what, text, kept, cut_after in course:
            if what == "new":
                brain.new_conversation()
            elif what == "noted":
                brain.noted(text, "It is five.")
            else:
                await ask(brain, text, kept, cut_after)
        for request in model.requests:
            assert request[0]["role"] == "system"
            rounds = max(n for n, message in enumerate(request) if message["role"] == "user")
            check_valid(request[1:rounds])
            check_valid([*request[rounds:], {"role": "assistant", "content": "?"}]
                        if request[rounds]["content"] else [])  # fmt: skip
        assert model.open == 0

    virtual_time.run(main())


async def ask(brain: Brain, text: str, kept: str, cut_after: int) -> None:
    """Ask; be interrupted after some deltas, or in the middle of waiting for one."""
    heard = ""
    asked = brain.ask(text)
    try:
        async with asyncio.timeout(cut_after + 0.5), aclosing(asked.answer()) as answer:
            async for delta in answer:
                heard += asked.believed(delta)
                if len(heard) > 4 * cut_after:
                    break
    except (BrainError, TimeoutError):
        pass
    if kept != "forgotten":
        asked.spoke({"all": heard, "some": heard[:3], "nothing": ""}[kept], kept != "all")


def test_an_interruption_while_a_tool_runs_leaves_its_call_with_a_result():
    @tool(reads_private=False, untrusted_output=False, egress=False, side_effect=True, timeout_s=60)
    async def slow() -> str:
        """Take long."""
        await asyncio.sleep(30)
        return "Done."

    async def main() -> None:
        model = ScriptedModel(wants(("slow", "{}"), ("slow", "{}")), says("Yes."))
        brain = Brain(
            model, Toolbox([slow]), History(8), config.Model(), config.Persona(), config.Place(),
            clock=lambda: NOW,
        )  # fmt: skip
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(20):
                await spoken(brain, "Do it", "Well")
        await spoken(brain, "Hello")
        check_valid(model.requests[-1][1:-1])

    virtual_time.run(main())
