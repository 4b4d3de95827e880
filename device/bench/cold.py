"""A cold start: ``python -m device.bench.cold`` loads everything, listens, and says so.

It reads the configuration as JSON from standard input and ends after one line. Who started it takes
the time.
"""

from __future__ import annotations

import asyncio
import sys

READY = "ready"
"""The line that is written when it listens."""


async def _start(text: str) -> None:
    from device.assemble import assemble
    from device.loading import load_engines
    from device.speaker import WavSpeaker
    from voice.config import Config
    from voice.events import Bus

    config = Config.model_validate_json(text)
    async with load_engines(config) as engines:
        speaker = WavSpeaker(rate=engines.synthesizer.rate)
        assistant = assemble(config, engines, speaker, Bus())
        sys.stdout.write(f"{READY}\n")
        sys.stdout.flush()
        assistant.close()


if __name__ == "__main__":
    asyncio.run(_start(sys.stdin.read()))
