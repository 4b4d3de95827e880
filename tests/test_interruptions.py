"""A thousand random turns on virtual time: whatever happens when, each ends and nothing is left.

More of them, when in doubt: ``SCRIPTED_TURNS=20000 pytest tests/test_interruptions.py``.
"""

from __future__ import annotations

import os
from collections import Counter
from itertools import count
from typing import Any

import pytest
from random_talk import Conversation, conversation
from script import Talk

from voice.events import (
    Event,
    Idle,
    Interrupted,
    Listening,
    SttText,
    TtsFinished,
    TtsSpeaking,
    TtsText,
)

TURNS = int(os.environ.get("SCRIPTED_TURNS", "1000"))
"""Played in all, at least: 22 s of processor time, twice that beside other work."""

BLOCKS = 8
"""Tests that they are played in, half of the conversations with a local model."""

SEEDS = 1_000_000
"""A block's first seed is its number times this."""


def wrong_order(events: list[Event]) -> list[str]:
    """What is wrong with the order of a conversation's events."""
    found: list[str] = []
    turn, asked, speaking = False, False, False
    for event in events:
        match event:
            case Listening():
                turn = True
            case SttText():
                if asked:
                    found.append("two requests in one turn")
                turn = asked = True
            case Interrupted("more_speech"):
                asked = False
            case TtsSpeaking():
                if speaking:
                    found.append("speaking twice")
                speaking = True
            case TtsFinished():
                if not speaking:
                    found.append("finished without speaking")
                speaking = False
            case Idle():
                if not turn:
                    found.append("idle without a turn")
                if speaking:
                    found.append("idle while speaking")
                turn = asked = False
            case _:
                pass
    return [
        *found,
        *(["a turn without idle"] if turn else []),
        *(["still speaking"] if speaking else []),
    ]


def invalid(messages: list[Any]) -> list[str]:
    """What a server would refuse a history for."""
    found: list[str] = []
    before, waiting = "assistant", list[str]()
    for message in messages:
        role = message["role"]
        if role == "tool":
            waiting.remove(message["tool_call_id"])
        elif waiting:
            found.append("a tool call without its result")
        if role == "user" and before != "assistant":
            found.append(f"a user's message behind one of the {before}")
        if role == "assistant" and before not in ("user", "tool"):
            found.append(f"an answer behind one of the {before}")
        waiting += [call["id"] for call in message.get("tool_calls", [])]
        if not message["content"] and not message.get("tool_calls"):
            found.append("a message without content")
        before = role
    return [*found, *(["it does not end with an answer"] if before != "assistant" else [])]


def left(case: Conversation, talk: Talk) -> list[str]:
    """What is still there although the conversation is over."""
    assert talk.speaker
    assert talk.assistant
    session, mixer = talk.assistant.session, talk.speaker._mixer
    planner = session._planner
    return [
        what
        for what, is_left in {
            f"{talk.tasks_left} tasks": talk.tasks_left,
            f"{talk.requests_open} requests to the model": talk.requests_open,
            "a reading": case.script.recognizer.running,
            "an answer in the speaker": mixer.answering,
            "a speaker that is lowered": mixer._duck.target != 1.0,
            "open ears": not session._ears.endpoint.closed,
            "a turn": not session.idle,
            "an answer in preparation": planner._preparing or planner._expected,
            "a lock": talk.assistant.mind.answers.one_at_a_time.locked(),
        }.items()
        if is_left
    ]


def wrong(case: Conversation, talk: Talk) -> list[str]:
    """Everything that is not as it must be after a conversation."""
    assert talk.assistant
    found = wrong_order([event for _, event in talk.events])
    found += [f"left: {what}" for what in left(case, talk)] + case.unrest
    found += invalid(talk.assistant.mind.brain._context.history.messages())
    for request in talk.model.requests:
        rounds = [message for message in request[1:] if message["role"] != "system"]
        before = max(i for i, message in enumerate(rounds) if message["role"] == "user")
        found += invalid(rounds[:before])
    if "internal" in talk.errors:
        found.append("an internal error")
    answers = [e.text for t, e in talk.events if t > case.last and isinstance(e, TtsText)]
    if answers != ["42"]:
        found.append(f"the last question was answered with {answers}")
    return found


@pytest.mark.parametrize("block", range(BLOCKS))
def test_whatever_happens_every_turn_ends_and_nothing_is_left(block: int):
    turns = 0
    seen: Counter[str] = Counter()
    for seed in count(block * SEEDS):
        case = conversation(seed)
        talk = case.play()
        assert not (found := wrong(case, talk)), f"seed {seed}: {found}"
        turns += len(talk.endings)
        seen.update(talk.endings)
        seen.update(event.by for event in talk.of(Interrupted))
        seen["local" if case.local else "remote"] += len(talk.model.requests)
        if turns * BLOCKS >= TURNS:
            break
    expected = {"answered", "nothing_said", "stopped", "cancelled", "wake_word", "local", "remote"}
    assert expected <= seen.keys(), "the dice are loaded"
