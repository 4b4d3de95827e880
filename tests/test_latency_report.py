"""The latency report as a table, and the bench's breakdown of turns."""

from device.bench.ours import Answered
from device.bench.turns import after_speech, medians, table
from device.latency_report import STAGES, heads, legend, row, stages
from voice.events import TurnLatency

REPORT = TurnLatency(
    listening_s=-2.0,
    speech_s=1.5,
    eager_text_s=0.25,
    commit_s=0.35,
    text_s=0.351,
    answer_s=0.26,
    first_clause_s=None,
    first_sound_s=0.42,
    source="device",
)


def test_stages_are_milliseconds_in_their_order_and_what_did_not_happen_is_absent():
    found = stages(REPORT)
    assert list(found) == [stage for stage in STAGES if stage != "clause"]
    assert (found["listening"], found["last voice"], found["sound"]) == (-2000, 0, 420)


def test_the_bench_counts_from_the_true_end_of_speech():
    found = after_speech(Answered("what time is it", "device", 480.0, 70.0, REPORT))
    assert (found["last voice"], found["commit"], found["sound"]) == (60, 410, 480)


def test_a_turn_without_an_answer_has_no_stages():
    assert after_speech(Answered("what time", "", None, None, REPORT)) == {}
    assert after_speech(Answered()) == {}


def test_rows_stand_under_their_heads_and_long_titles_are_cut():
    line = row("a sentence that is much longer than the room that there is for it", stages(REPORT))
    assert len(line) == len(heads()) == len(row("short", {}))
    assert "…" in line
    assert "–" in line, "no clause"
    assert len(legend()) == len(STAGES)


def test_the_median_leaves_out_what_did_not_happen():
    turns = [
        {"kind": "device_answer", "asked": "a", "sound": 400},
        {"kind": "device_answer", "asked": "b", "sound": 500},
        {"kind": "device_answer", "asked": "c"},
        {"kind": "model_answer", "asked": "d", "sound": 900},
    ]
    found = {kind: medians(turns, kind) for kind in ("device_answer", "model_answer")}
    assert found["device_answer"]["sound"] == 450
    assert found["device_answer"]["commit"] is None
    found["model_answer_50ms"] = medians(turns, "model_answer_50ms")
    text = table({"turns": turns, "median_ms": found})
    assert [line.split()[-1] for line in text.splitlines() if line.startswith("median")] == [
        "450",
        "900",
        "–",
    ]
