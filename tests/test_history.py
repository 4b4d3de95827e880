"""The history stays valid for every server, whatever is added."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.chat import ToolCall
from voice.history import UNSAID, History, ToolRound


def check_valid(messages: list[dict[str, Any]]) -> None:
    """Assert what the strictest of the servers want of the messages between prompt and request."""
    last = "assistant"
    open_calls: list[str] = []
    for message in messages:
        role = message["role"]
        if role == "tool":
            assert message["tool_call_id"] == open_calls.pop(0)
            assert message["content"]
        else:
            assert not open_calls, "a call without its result"
            if role == "user":
                assert last == "assistant"
                assert message["content"].strip()
            else:
                assert role == "assistant"
                assert last in ("user", "tool")
                open_calls = [call["id"] for call in message.get("tool_calls", ())]
                assert open_calls or message["content"].strip()
        last = role
    assert not open_calls
    assert last == "assistant", "an exchange without an answer"


def a_round(result: str = "It is five.") -> ToolRound:
    return ToolRound("", (ToolCall("id0", "get_time", "{}"),), (result,))


def test_it_begins_empty():
    assert History(8).messages() == []


def test_exchanges_come_back_in_their_order():
    history = History(8)
    history.add("Hello", "Hi.")
    history.add("And in Tokyo?", "Noon.")
    assert [message["content"] for message in history.messages()] == [
        "Hello",
        "Hi.",
        "And in Tokyo?",
        "Noon.",
    ]


def test_tool_calls_come_with_their_results_unless_the_model_gets_no_tools():
    history = History(8)
    history.add("What time is it?", "Five.", [a_round()])
    assert [message["role"] for message in history.messages()] == [
        "user", "assistant", "tool", "assistant",
    ]  # fmt: skip
    assert [message["role"] for message in history.messages(tools=False)] == ["user", "assistant"]


def test_a_turn_of_which_nothing_was_heard_was_never_asked():
    history = History(8)
    history.add("What time is it?", "  ", [a_round()])
    assert len(history) == 0


def test_but_what_a_tool_did_is_kept():
    history = History(8)
    history.add("Quieter", "", [a_round("The volume is now at 20 percent.")], acted=True)
    assert history.messages()[-1]["content"] == UNSAID
    assert history.messages()[2]["content"] == "The volume is now at 20 percent."


def test_the_oldest_turns_are_dropped():
    history = History(2)
    for number in range(5):
        history.add(f"question {number}", "answer")
    assert [m["content"] for m in history.messages() if m["role"] == "user"] == [
        "question 3",
        "question 4",
    ]


def test_it_is_bounded_in_length_even_by_one_exchange():
    history = History(100, max_chars=50)
    history.add("short", "answer")
    history.add("x" * 30, "y" * 15)
    assert len(history) == 1
    history.add("x", "y" * 51)
    assert len(history) == 0


def test_no_history_is_kept_when_none_is_wanted():
    history = History(0)
    history.add("Hello", "Hi.")
    assert history.messages() == []


def test_clearing_forgets_everything():
    history = History(8)
    history.add("Hello", "Hi.")
    history.clear()
    assert history.messages() == []


def test_a_call_without_a_result_cannot_be_written_down():
    with pytest.raises(ValueError, match="exactly one result"):
        ToolRound("", (ToolCall("id0", "get_time", "{}"),), ())


words = st.text(max_size=20)
rounds = st.lists(
    st.integers(1, 3).flatmap(
        lambda count: st.builds(
            ToolRound,
            words,
            st.just(tuple(ToolCall(f"id{at}", "f", "{}") for at in range(count))),
            st.tuples(*[words] * count),
        )
    ),
    max_size=3,
)


@given(
    st.lists(st.tuples(words, words, rounds, st.booleans()), max_size=30),
    st.integers(0, 5),
    st.integers(0, 200),
)
def test_whatever_is_added_it_stays_valid_and_bounded(
    turns: list[tuple[str, str, list[ToolRound], bool]], max_turns: int, max_chars: int
):
    history = History(max_turns, max_chars)
    for heard, spoken, done, acted in turns:
        history.add(heard, spoken, done, acted=acted)
        check_valid(history.messages())
        check_valid(history.messages(tools=False))
        assert len(history) <= max_turns
