"""The chimes: short, soft, the same as their recipe, and nothing that could be taken for speech."""

import numpy as np
import pytest

from device.chimes import SCORES, chimes, make
from device.playback import convert
from voice.audio import FRAME_SAMPLES, RATE, Samples, silence
from voice.endpoint import VoiceActivity


def heard(name: str, level: float) -> list[Samples]:
    """Return a chime as a microphone would hear it: at 16 kHz, in a room with a little noise."""
    noise = np.random.default_rng(7).normal(0, 8, RATE * 2)
    sound = convert(chimes()[name], RATE) * level
    samples = np.concatenate([silence(1), sound, silence(1)])[: len(noise)] + noise[: RATE * 2]
    samples = np.rint(samples).astype(np.int16)
    return list(samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES))


@pytest.mark.parametrize("name", SCORES)
def test_a_chime_is_short_soft_and_fades_in_and_out(name: str):
    sound = chimes()[name]
    assert 0.08 <= sound.seconds <= (1.2 if name == "ring" else 0.2)
    assert 0 < np.abs(sound.samples).max() <= 32767 * 10 ** (-12 / 20)
    assert abs(int(sound.samples[0])) < 50
    assert abs(int(sound.samples[-1])) < 50
    assert np.abs(np.diff(sound.samples.astype(int))).max() < 2000


@pytest.mark.parametrize("name", SCORES)
def test_the_committed_file_is_what_the_recipe_makes(name: str):
    made, kept = make(name), chimes()[name]
    assert made.rate == kept.rate
    assert np.abs(made.samples.astype(int) - kept.samples).max() <= 1


@pytest.mark.parametrize("level", [1.0, 0.1])
@pytest.mark.parametrize("name", SCORES)
def test_webrtc_hears_no_speech_in_a_chime(name: str, level: float):
    from voice.engines.webrtc import WebRtc

    assert loudest(WebRtc(mode=3), heard(name, level)) < 0.5


@pytest.mark.parametrize("level", [1.0, 0.1])
@pytest.mark.parametrize("name", SCORES)
def test_silero_hears_no_speech_in_a_chime(name: str, level: float):
    from voice.engines.silero import Silero

    assert loudest(Silero(), heard(name, level)) < 0.3


def loudest(detector: VoiceActivity, frames: list[Samples]) -> float:
    return max(detector.hear(frame) for frame in frames)
