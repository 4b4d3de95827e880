# ruff: noqa: T201 - a script that prints its figures
"""Whether it answers itself on a sound card: ``PYTHONPATH=.:tests python …card.py [TURNS]``.

`sayso run` on the tests' card, whose microphone hears the speaker through the tests' room. Each turn is
asked once; its answer names the wake word, requests, "yes", "stop" and numbers. Whatever is woken, read,
asked of the model or interrupted beyond what was asked came out of its own speech.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from model_server import ModelServer, says
from real_speech import wav
from room_talk import ROOM
from sound_card import SoundCard
from test_run import loud_and_scripted, running

ANSWERS = (
    "You can call me any time. Say okay nabu, what time is it, and I will tell you.",
    "Yes. Stop is what you say when it is enough, and never mind when you thought of something else.",
    "The Seine is seven hundred and seventy seven kilometres long. Many bridges cross it in Paris.",
    "What is fifteen percent of eighty? It is twelve. Set the volume to ten percent if I am too loud.",
    "Okay nabu. Okay nabu. Okay nabu. That is how people wake me, and nobody else should.",
)


def main() -> None:
    """Print what was counted."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    folder = Path(tempfile.mkdtemp())
    question = wav(folder / "question.wav", 0.3, "Okay Nabu.", 0.3, "Tell me about Paris.", 0.5)
    asked = 0
    with (
        SoundCard() as card,
        ModelServer(*(says(ANSWERS[n % len(ANSWERS)]) for n in range(turns))) as server,
        card.room(ROOM),
        running(
            card.environment, folder, *loud_and_scripted(server), "--set=model.speculate=off"
        ) as run,
    ):
        line = 0
        while asked < turns:
            card.speak(question)
            with suppress(AssertionError):
                line = run.until("wake_word_detected", after=line, seconds=5)
                asked += 1
                line = run.until("idle reason=", after=line, seconds=60)
            time.sleep(2)
            print(f"\r{asked} of {turns}", end="", file=sys.stderr, flush=True)
        log = "\n".join(run.lines)
        for what in ("wake_word_detected", " stt_text ", "interrupted by=", "idle reason="):
            print(f"{what.strip():<22} {len(re.findall(what, log))}")
        print(f"{'asked of the model':<22} {len(server.requests)}")
        print(f"{'turns':<22} {asked}")
        print(*(seen for seen in run.lines if "echo" in seen or "interrupted by" in seen), sep="\n")


if __name__ == "__main__":
    main()
