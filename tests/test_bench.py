"""`sayso bench`: figures, comparing words, the room, the model's server, and one small real run."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device import virtual_time
from device.bench import clips, recordings
from device.bench.accuracy import NOISE_BELOW_DB, mixed, share_woken
from device.bench.figures import percent, spread, times_faster
from device.bench.measure import NEEDS_RECORDINGS
from device.bench.model_server import NAME, REPLIES, ModelServer, Pace
from device.bench.process import cold_start_s, rss_mb
from device.bench.progress import MOST_LINES, Progress
from device.bench.room import NOISE_DBFS, Room, noise
from device.bench.words import cut_off, halves, normalised, slot_recall, slots_found
from device.cli import main
from device.commands.bench import LINES, table
from voice.audio import FRAME_S, FRAME_SAMPLES, RATE, Sound, level_dbfs, silence
from voice.chat import Finished, TextDelta
from voice.config import Config
from voice.engines.openai_chat import OpenAIChat
from voice.errors import UsageError
from voice.intents import Intents

LATENCY_KEYS = {"device_answer", "model_answer", "model_answer_50ms", "commit_to_sound"}
ASK = [{"role": "user", "content": "Why?"}]


# Figures


def test_a_spread_is_median_and_95th_percentile_in_whole_milliseconds():
    assert spread([100.0, 300.4, 200.0]) == {"p50_ms": 200, "p95_ms": 290, "n": 3}
    assert spread([7.6]) == {"p50_ms": 8, "p95_ms": 8, "n": 1}


def test_a_spread_of_nothing_invents_nothing():
    assert spread([]) == {"p50_ms": None, "p95_ms": None, "n": 0}
    assert percent(0, 0) is None
    assert times_faster(spread([]), spread([100])) is None
    assert times_faster(spread([100]), spread([])) is None


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=50))
def test_figures_lie_among_the_measurements(times: list[float]):
    found = spread(times)
    assert round(min(times)) <= found["p50_ms"] <= found["p95_ms"] <= round(max(times))


def test_the_ratio_says_how_many_times_faster_we_are():
    assert times_faster(spread([500]), spread([1300])) == 2.6


def test_share_woken_counts_recordings_not_wakes():
    assert share_woken([1, 0, 2, 1]) == 75.0
    assert share_woken([]) is None


# Words


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("A 12-ounce latte, please!", "a twelve ounce latte please"),
        ("8oz and 16 ounces.", "eight oz and sixteen ounce"),
        ("Twenty-four", "twenty four"),
        ("24", "twenty four"),
        ("What’s up? What's up?", "whats up whats up"),
        ("", ""),
    ],
)
def test_transcripts_are_compared_without_case_punctuation_and_figures(text: str, plain: str):
    assert normalised(text) == plain


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing_more(text: str):
    assert normalised(normalised(text)) == normalised(text)


def test_slot_values_are_found_as_whole_words():
    assert slots_found("I want a small coffee.", ["small", "coffee", "cof", "all"]) == 2
    assert slots_found("a 12 ounces ice mocha", ["twelve ounce", "iced mocha"]) == 1


def test_slot_recall_is_the_share_of_all_values_and_counts_what_was_not_heard_at_all():
    slots = {"a": ["small", "latte"], "b": ["large"], "c": []}
    assert slot_recall({"a": "a small latte", "b": "a barge"}, slots) == pytest.approx(2 / 3, 1e-3)
    assert slot_recall({}, slots) == 0.0
    assert slot_recall({"c": "hello"}, {"c": []}) is None


@pytest.mark.parametrize(
    ("heard", "lost"),
    [
        ("What time is it in New York?", False),
        ("what time is it in Newark", True),
        ("What time is it?", True),
        ("In New York.", True),
        ("", True),
    ],
)
def test_cut_off_means_that_a_part_of_what_was_said_was_not_acted_on(heard: str, lost: bool):
    assert cut_off(("What time is it", "in New York?"), heard) is lost


def test_misheard_words_are_no_cut_off_and_figures_are_words():
    assert not cut_off(("Who wrote", "Romeo and Juliet?"), "who wrote Romito and Juliet")
    assert not cut_off(("What's twelve", "times thirteen?"), "What's 12 times 13?")


@given(st.lists(st.sampled_from(["red", "green", "blue"]), max_size=9))
def test_halves_together_are_the_sentence(words: list[str]):
    assert " ".join(halves(" ".join(words))).split() == words


# Clips


def test_every_sentence_is_answered_by_who_is_measured():
    intents = Intents("en")
    assert all(intents.match(sentence) for sentence in clips.DEVICE_SENTENCES)
    assert not any(intents.match(sentence) for sentence in clips.MODEL_SENTENCES)
    assert intents.match(clips.LONG_ANSWER)
    assert intents.match(clips.STOP)


def test_there_are_twelve_sentences_of_a_kind_and_nine_words_begin_each_reply():
    for sentences in (clips.DEVICE_SENTENCES, clips.MODEL_SENTENCES, clips.PAUSED_SENTENCES):
        assert len(set(sentences)) == 12
    assert {len(reply.split(". ")[0].split()) for reply in REPLIES} == {9}


class _Tone:
    """A synthesizer whose sound tells its speed."""

    rate = RATE
    speed = 2.0

    def synthesize(self, text: str) -> Sound:
        loud = np.full(round(len(text) * 1000 / self.speed), 9000, np.int16)
        return Sound(np.concatenate([silence(0.1), loud, silence(0.2)]), RATE)


def test_clips_begin_and_end_with_speech_and_come_at_two_speeds():
    voice = _Tone()
    made = clips.spoken(voice, ["Yes or no?", "Maybe"], 5)
    assert [clip.text for clip in made] == ["Yes or no?", "Maybe"] * 2 + ["Yes or no?"]
    assert [len(clip.samples) for clip in made] == [5000, 2500, 4545, 2273, 5000]
    assert voice.speed == 2.0


def test_a_paused_clip_has_its_pause_between_its_parts():
    (clip,) = clips.paused(_Tone(), [("One two", "three")], 1)
    assert clip.parts == ("One two", "three")
    quiet = np.flatnonzero(clip.samples == 0)
    assert len(quiet) == round(clips.PAUSE_S * RATE)
    assert quiet[0] == 3500


# The room


def test_the_room_is_as_quiet_as_it_says():
    assert abs(level_dbfs(noise(RATE)) - NOISE_DBFS) < 1.0


def test_the_room_says_when_the_last_sample_was_heard():
    loud = np.full(FRAME_SAMPLES + 100, 8000, np.int16)

    async def listen() -> tuple[float, np.ndarray]:
        room = Room()
        room.say(loud)
        frames = room.frames()
        heard = [await anext(frames) for _ in range(4)]
        assert asyncio.get_running_loop().time() == pytest.approx(4 * FRAME_S)
        return await room.said(), np.concatenate(heard)

    ended, sound = virtual_time.run(listen())
    assert ended == pytest.approx(len(loud) / RATE)
    assert (sound[: len(loud)] > 7000).all()
    assert np.abs(sound[len(loud) :]).max() < 300


def test_a_listener_who_is_late_does_not_make_the_clock_wait():
    async def listen() -> tuple[float, float]:
        room = Room()
        room.say(np.full(5 * FRAME_SAMPLES, 8000, np.int16))
        frames = room.frames()
        await anext(frames)
        await asyncio.sleep(0.1)
        for _ in range(4):
            await anext(frames)
        return await room.said(), asyncio.get_running_loop().time()

    ended, now = virtual_time.run(listen())
    assert ended == pytest.approx(5 * FRAME_S)
    assert now == pytest.approx(0.1 + FRAME_S)


# Recordings


def _recordings(folder: Path, labels: object, *files: str) -> Path:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"fLaC")
    (folder / "commands").mkdir(exist_ok=True)
    text = labels if isinstance(labels, str) else json.dumps(labels)
    (folder / "commands" / "labels.json").write_text(text)
    return folder


def test_recordings_are_found_with_their_slots(tmp_path: Path):
    labels = {
        "a.flac": {"intent": "order", "slots": {"size": " small", "drink": "tea"}},
        "gone.flac": {"intent": "order", "slots": {"size": "large"}},
    }
    found = recordings.find(
        _recordings(tmp_path, labels, "commands/a.flac", "commands/b.flac", "wake/alexa/x.flac")
    )
    assert [file.name for file in found.commands] == ["a.flac"]
    assert found.slots == {"a.flac": ["small", "tea"]}
    assert [file.name for file in found.wake] == ["x.flac"]
    assert found.others == []
    assert found.kitchen is None
    assert found.first(0).commands == []


@pytest.mark.parametrize(
    ("labels", "what"),
    [
        ("{", "can't be read as"),
        ("[]", "can't be read as"),
        ('{"a.flac": "small"}', "can't be read as"),
        ('{"a.flac": {"slots": ["small"]}}', "can't be read as"),
        ("{}", "none of the recordings"),
        ({"b.flac": {"slots": {}}}, "none of the recordings"),
    ],
)
def test_labels_that_do_not_fit_are_refused_in_one_line(tmp_path: Path, labels: object, what: str):
    with pytest.raises(UsageError, match=what) as refused:
        recordings.find(_recordings(tmp_path, labels, "commands/a.flac"))
    assert "\n" not in str(refused.value)


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(JSON)
def test_whatever_the_labels_hold_there_is_one_clear_line(tmp_path_factory, labels: object):
    folder = _recordings(tmp_path_factory.mktemp("data"), json.dumps(labels))
    with pytest.raises(UsageError):
        recordings.find(folder)


@pytest.mark.parametrize("inside", ["", "commands"])
def test_a_missing_folder_or_file_ends_the_command_before_anything_slow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], inside: str
):
    folder = tmp_path / "data"
    if inside:
        (folder / inside).mkdir(parents=True)
    assert main(["bench", "--json", "--data", str(folder)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert str(folder) in told.err


def test_a_missing_model_is_said_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    gone = tmp_path / "no-such-model"
    assert main(["bench", "--json", "--set", f"stt.model={gone}"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    (complaint,) = [line for line in told.err.splitlines() if line.startswith("sayso:")]
    assert str(gone) in complaint
    assert "Traceback" not in told.err


def test_noise_is_mixed_in_below_the_speech_not_below_the_silence_around_it():
    speech = np.concatenate([silence(1), np.full(RATE, 5000, np.int16), silence(1)])
    kitchen = np.tile(np.array([700, -700], np.int16), 100)
    noisy = mixed(speech, kitchen)
    ratio = level_dbfs(speech[RATE : 2 * RATE]) - level_dbfs(noisy[:RATE])
    assert ratio == pytest.approx(NOISE_BELOW_DB, abs=0.1)
    assert len(noisy) == len(speech)


# The model's server


async def _asked(model: OpenAIChat, limit: int = 100) -> tuple[str, float, float]:
    """Return the answer, the seconds to its first token, and to its end."""
    loop = asyncio.get_running_loop()
    began, first, text = loop.time(), 0.0, ""
    async for part in model.stream(ASK, (), max_tokens=limit):
        if isinstance(part, TextDelta):
            first = first or loop.time() - began
            text += part.text
        assert isinstance(part, TextDelta | Finished)
    return text, first, loop.time() - began


async def test_the_model_keeps_its_pace_over_real_http():
    with ModelServer() as server:
        model = OpenAIChat(NAME, base_url=server.url)
        server.pace = Pace(first_s=0.0, token_s=0.0)
        assert (await _asked(model))[0] == REPLIES[0]
        server.pace = Pace(first_s=0.2, token_s=0.01)
        text, first_s, whole_s = await _asked(model)
        await model.close()
    assert text == REPLIES[1]
    assert first_s >= 0.2
    assert whole_s >= 0.2 + 0.01 * (len(text.split()) - 1)


async def test_replies_take_turns_and_end_where_the_request_says():
    with ModelServer() as server:
        server.pace = Pace(0.0, 0.0)
        model = OpenAIChat(NAME, base_url=server.url)
        assert (await _asked(model, limit=3))[0] == " ".join(REPLIES[0].split()[:3])
        rest = [(await _asked(model))[0] for _ in REPLIES]
        await model.close()
    assert rest == [*REPLIES[1:], REPLIES[0]]


async def test_a_request_that_is_given_up_does_not_hold_up_the_next_or_the_end():
    with ModelServer() as server:
        model = OpenAIChat(NAME, base_url=server.url)
        server.pace = Pace(0.0, 0.0)
        await _asked(model)
        server.pace = Pace(first_s=60.0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await _asked(model)
        server.pace = Pace(0.0, 0.0)
        assert (await _asked(model))[0] in REPLIES
        await model.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /v1/models HTTP/1.1\r\n\r\n",
        b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 4\r\n\r\nnull",
        b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 1\r\n\r\n{",
        b"\x00\xff\r\n\r\n",
    ],
)
async def test_what_is_no_request_gets_an_end_and_no_answer(sent: bytes):
    with ModelServer() as server:
        host, port = server.url.removeprefix("http://").removesuffix("/v1").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(sent)
        writer.write_eof()
        reply = await asyncio.wait_for(reader.read(), 5)
        writer.close()
    assert reply == b"" or reply.startswith(b"HTTP/1.1 404")


# Processes


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_resident_memory_is_that_of_this_process():
    found = rss_mb()
    assert found
    assert 10 < found < 10_000


def test_where_the_system_does_not_say_memory_is_unknown(tmp_path: Path):
    assert rss_mb(tmp_path / "status") is None
    (tmp_path / "status").write_text("Name:\tsayso\n")
    assert rss_mb(tmp_path / "status") is None


async def test_a_start_that_fails_is_told_and_has_no_time(tmp_path: Path):
    config = Config.model_validate({"stt": {"model": str(tmp_path / "gone")}})
    notes: list[str] = []
    assert await cold_start_s(config, notes.append) is None
    assert len(notes) == 1
    assert "gone" in notes[0]


def test_progress_numbers_few_and_thins_out_many():
    told: list[str] = []
    progress = Progress(told.append)
    assert list(progress.over("clips", "abc")) == ["a", "b", "c"]
    assert told == ["clips 1/3", "clips 2/3", "clips 3/3"]
    told.clear()
    assert len(list(progress.over("clips", range(700)))) == 700
    assert len(told) <= MOST_LINES + 1
    assert told[-1] == "clips 700/700"


# The command


def _figures() -> dict[str, object]:
    found: dict[str, object] = dict.fromkeys(LINES, 1)
    found |= dict.fromkeys((*LATENCY_KEYS, "interrupt_ms"), spread([600, 700]))
    found |= dict.fromkeys(NEEDS_RECORDINGS)
    return {**found, "baseline": dict.fromkeys(LATENCY_KEYS, spread([2000])), "missed": {"x": 2}}


def test_the_table_shows_every_figure_the_baseline_and_what_was_missed():
    lines = table(_figures()).splitlines()
    row = next(line for line in lines if line.startswith(LINES["device_answer"]))
    assert row.split()[-3:] == ["650", "695", "2000"]
    assert next(line for line in lines if line.startswith(LINES["slot_recall"])).endswith("–")
    assert all(any(line.startswith(meaning) for line in lines) for meaning in LINES.values())
    assert lines[-1].endswith("x: 2")


@pytest.mark.real
def test_a_small_run_prints_one_json_line_with_the_agreed_keys(free_of_settings: dict[str, str]):
    ended = subprocess.run(
        [sys.executable, "-m", "device.cli", "bench", "--quick", "--json"],
        capture_output=True,
        text=True,
        timeout=110,
        env=free_of_settings,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    (line,) = ended.stdout.splitlines()
    found = json.loads(line)
    assert set(found) == {*LINES, "baseline", "missed"}
    assert set(found["baseline"]) == LATENCY_KEYS
    for figures in (found, found["baseline"]):
        for key in LATENCY_KEYS:
            assert set(figures[key]) == {"p50_ms", "p95_ms", "n"}
            assert figures[key]["n"] == 1, ended.stderr
            assert figures[key]["p50_ms"] > 0
    assert found["device_answer"]["p50_ms"] > found["commit_to_sound"]["p50_ms"]
    assert found["model_answer"]["p50_ms"] > 300
    assert found["cold_start_s"] > 0
    assert 0 <= found["idle_cpu_percent"] < 100
    assert all(found[key] is None for key in NEEDS_RECORDINGS)
    assert "device answers 1/1" in ended.stderr.splitlines()


@pytest.fixture
def free_of_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment without anybody's own configuration."""
    monkeypatch.delenv("SAYSO_CONFIG", raising=False)
    return {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}
