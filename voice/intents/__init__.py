"""Intents: what the device understands and answers itself, at once and without any model."""

from voice.intents.matcher import Intents, load
from voice.intents.phrases import Phrases
from voice.intents.vocabulary import (
    JSON,
    AskBack,
    Cancel,
    ChangeSetting,
    Choices,
    DeviceAnswer,
    Effect,
    Match,
    NewConversation,
    RunSteps,
    SetMuted,
    SetSpeed,
    SetVolume,
    Situation,
    StopAll,
)

__all__ = [
    "JSON",
    "AskBack",
    "Cancel",
    "ChangeSetting",
    "Choices",
    "DeviceAnswer",
    "Effect",
    "Intents",
    "Match",
    "NewConversation",
    "Phrases",
    "RunSteps",
    "SetMuted",
    "SetSpeed",
    "SetVolume",
    "Situation",
    "StopAll",
    "load",
]
