"""The sentences of the bench, spoken by the assistant's own voice: 12 of a kind, each at two speeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import TypeVar

import numpy as np

from device.bench.words import halves
from device.demo import speech
from voice.audio import Samples, silence
from voice.tts import Synthesizer

Sentence = TypeVar("Sentence")

SPEEDS = (1.0, 1.1)
"""Every sentence is spoken at both."""

PAUSE_S = 0.7
"""Seconds of the pause inside a sentence that must not cut a speaker off."""

DEVICE_SENTENCES = (
    "What time is it?",
    "What's twelve times thirteen?",
    "What's the date today?",
    "Set the volume to forty percent.",
    "What time is it in New York?",
    "What is fifteen percent of eighty?",
    "What day is it today?",
    "What's the time in Tokyo?",
    "How much is forty two plus nineteen?",
    "What's the volume?",
    "What is one hundred divided by eight?",
    "Turn the volume up.",
)
"""Answered without a model."""

MODEL_SENTENCES = (
    "What is the capital of France?",
    "Who wrote Romeo and Juliet?",
    "Add milk, eggs and bread to the recipe and tell me what is missing.",
    "Why is the sky blue?",
    "How do I boil an egg?",
    "If it rains tomorrow, what should I wear?",
    "Tell me a fun fact about penguins.",
    "How far away is the moon?",
    "Can you recommend a book about the sea?",
    "When I make soup, how much salt do I need?",
    "What is a good name for a cat?",
    "Explain how a rainbow is made.",
)
"""Answered by a model; some have a comma, where the voice pauses for a moment."""

PAUSED_SENTENCES = (
    ("What time is it", "in New York?"),
    ("Tell me a story", "about a dragon and a princess."),
    ("What is twelve times", "thirteen plus four?"),
    ("What is the weather like", "in the south of Spain?"),
    ("Set the volume", "to forty percent."),
    ("I would like to know", "who invented the telephone."),
    ("Can you explain to me", "how a rainbow is made?"),
    ("Write a short poem", "for my grandmother's birthday."),
    ("How long does it take", "to boil a large potato?"),
    ("What's the best way", "to clean a wooden table?"),
    ("Who was the president", "of France in nineteen ninety?"),
    ("Please translate good morning", "into Spanish and French."),
)
"""Sentences with a pause where people stop to think; some of the first halves are whole themselves."""

LONG_ANSWER = "What can you do?"
STOP = "Stop."


@dataclass(frozen=True, slots=True)
class Clip:
    """One spoken request."""

    parts: tuple[str, ...]
    """What is said, in parts each of which has to be understood."""
    samples: Samples
    """At 16 kHz; speech from the first to the last sample."""

    @property
    def text(self) -> str:
        """The whole sentence."""
        return " ".join(filter(None, self.parts))


def spoken(synthesizer: Synthesizer, sentences: Sequence[str], count: int) -> list[Clip]:
    """Return ``count`` clips of whole sentences."""
    return [
        Clip(halves(sentence), _say(synthesizer, sentence, speed))
        for sentence, speed in _versions(sentences, count)
    ]


def paused(
    synthesizer: Synthesizer, sentences: Sequence[tuple[str, str]], count: int
) -> list[Clip]:
    """Return ``count`` clips of sentences with a pause in the middle."""
    return [
        Clip(
            pair,
            np.concatenate(
                [
                    _say(synthesizer, pair[0], speed),
                    silence(PAUSE_S),
                    _say(synthesizer, pair[1], speed),
                ]
            ),
        )
        for pair, speed in _versions(sentences, count)
    ]


def _versions(sentences: Sequence[Sentence], count: int) -> list[tuple[Sentence, float]]:
    """Return as many as wanted, each sentence at each speed before any comes again."""
    every = cycle((sentence, speed) for speed in SPEEDS for sentence in sentences)
    return list(islice(every, count))


def _say(synthesizer: Synthesizer, text: str, speed: float) -> Samples:
    own = synthesizer.speed
    synthesizer.speed = own * speed
    try:
        return speech(synthesizer, text)
    finally:
        synthesizer.speed = own
