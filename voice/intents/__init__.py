"""Intents: what the device understands and answers itself, at once and without any model."""

from voice.intents.matcher import Intents
from voice.intents.replies import answer
from voice.intents.vocabulary import (
    JSON,
    Cancel,
    DeviceAnswer,
    Effect,
    Match,
    NewConversation,
    SetMuted,
    SetSpeed,
    SetVolume,
    Situation,
    StopAll,
)

__all__ = [
    "JSON",
    "Cancel",
    "DeviceAnswer",
    "Effect",
    "Intents",
    "Match",
    "NewConversation",
    "SetMuted",
    "SetSpeed",
    "SetVolume",
    "Situation",
    "StopAll",
    "answer",
]
