"""What is changed by voice is in the file afterwards, and the file is otherwise as its owner wrote it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes import FakeSynthesizer
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from device import settings, settings_files, settings_yaml
from device.generate_config import yaml_text
from device.settings_edit import set_value
from device.settings_keeper import LATER_S, SettingsKeeper
from device.speaker import WavSpeaker
from voice.config import WAKE_WORDS, Config
from voice.controls import Controls
from voice.errors import SaysoError, SettingError, StorageError
from voice.events import Event
from voice.intents import (
    JSON,
    ChangeSetting,
    Effect,
    SetMuted,
    SetSpeed,
    SetVolume,
)
from voice.preferences import Preferences

OWN = """\
# Anna's kitchen
snd:   # the speaker on the shelf
  volume_percent: 40   # not louder: the neighbours
  device: 'USB Audio'

# words we like
wake:
  words:
    - okay_nabu   # the usual one
    - name: alexa # from the old house
      sensitivity: 0.6

persona: {name: "Ada"} # after Lovelace
place:
  # city: later
"""


@dataclass
class Kitchen:
    """A device with a configuration file, whose timers ring when they are told to."""

    path: Path
    overrides: tuple[str, ...] = ()
    timers: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    troubles: list[SaysoError] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keeper = SettingsKeeper(
            lambda: self.path,
            overrides=self.overrides,
            trouble=self.troubles.append,
            kept=self.kept.append,
            timer=lambda seconds, call: self.timers.append((seconds, call)),
        )
        self.config = settings.load(
            self.path if self.path.exists() else None, self.overrides, {"HOME": "/none"}
        ).config
        self.preferences = Preferences(self.config, save=self.keeper.save, fixed=self.keeper.fixed)
        self.speaker = WavSpeaker(volume_percent=self.config.snd.volume_percent)
        self.voice = FakeSynthesizer()
        self.controls = Controls(
            self.speaker,
            self.voice,
            lambda: lambda: None,
            self.events.append,
            now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
            model_name=lambda: None,
            wake_word="okay nabu",
            preferences=self.preferences,
        )

    def do(self, *effects: Effect) -> Callable[[], None]:
        """Carry out a turn's effects; returns what takes them back."""
        undos = self.controls.begin()
        for effect in effects:
            self.controls.apply(effect)

        def undo() -> None:
            while undos:
                undos.pop()()

        return undo

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    def restarted(self) -> Config:
        """Return the configuration as after a restart."""
        self.keeper.flush()
        return settings.load(self.path, self.overrides, {}).config


@pytest.fixture
def kitchen(tmp_path: Path) -> Kitchen:
    path = tmp_path / "sayso.yaml"
    path.write_text(OWN, "utf-8")
    return Kitchen(path)


def test_what_was_said_is_still_there_after_a_restart(kitchen: Kitchen) -> None:
    kitchen.do(SetVolume(55))
    kitchen.do(SetSpeed(1.2))
    kitchen.do(ChangeSetting("wake.words", ["hey_jarvis", {"name": "alexa", "sensitivity": 0.7}]))
    kitchen.do(ChangeSetting("place.city", "Hamburg"), ChangeSetting("place.clock", "24h"))
    kitchen.do(ChangeSetting("turn.follow_up", "off"))
    config = kitchen.restarted()
    assert config == kitchen.preferences.config
    assert config.snd.volume_percent == 55
    assert config.tts.speed == 1.2
    assert [word.name for word in config.wake.words] == ["hey_jarvis", "alexa"]
    assert (config.place.city, config.place.clock) == ("Hamburg", "24h")
    assert config.turn.follow_up == "off"
    assert kitchen.troubles == []
    assert (
        kitchen.text
        == """\
# Anna's kitchen
snd:   # the speaker on the shelf
  volume_percent: 55   # not louder: the neighbours
  device: 'USB Audio'

# words we like
wake:
  words: [hey_jarvis, {name: alexa, sensitivity: 0.7}]
    # the usual one
    # from the old house

persona: {name: "Ada"} # after Lovelace
place:
  city: Hamburg
  clock: "24h"
  # city: later

turn:
  follow_up: "off"

tts:
  speed: 1.2
"""
    )


CHANGES = st.one_of(
    st.integers(1, 100).map(SetVolume),
    st.sampled_from([0.5, 0.8, 1.0, 1.2, 2.0]).map(SetSpeed),
    st.booleans().map(SetMuted),
    st.booleans().map(lambda on: ChangeSetting("snd.chimes", on)),
    st.sampled_from(["metric", "imperial"]).map(lambda to: ChangeSetting("place.units", to)),
    st.sampled_from(["auto", "12h", "24h"]).map(lambda to: ChangeSetting("place.clock", to)),
    st.sampled_from(["Hamburg", "São Paulo", "the Hague: # 1", "'s-Gravenhage", "No"]).map(
        lambda city: ChangeSetting("place.city", city)
    ),
    st.sampled_from([None, "Asia/Tokyo", "Europe/Berlin"]).map(
        lambda zone: ChangeSetting("place.time_zone", zone)
    ),
    st.sampled_from(["Max", "yes", "1", "Ada Lovelace", 'Q"']).map(
        lambda name: ChangeSetting("persona.name", name)
    ),
    st.integers(0, 100).map(lambda brevity: ChangeSetting("persona.brevity", brevity)),
    st.sampled_from(["off", "question", "always"]).map(
        lambda to: ChangeSetting("turn.follow_up", to)
    ),
    st.sampled_from(["on", "off", "auto"]).map(lambda to: ChangeSetting("turn.barge_in", to)),
    st.sampled_from(["en_US-joe-medium", "en_GB-alba-medium"]).map(
        lambda voice: ChangeSetting("tts.voice", voice)
    ),
    st.lists(st.sampled_from(WAKE_WORDS), min_size=1, unique=True).flatmap(
        lambda words: st.lists(
            st.none() | st.floats(0.1, 0.9), min_size=len(words), max_size=len(words)
        ).map(lambda levels: ChangeSetting("wake.words", entries(words, levels)))
    ),
)


def entries(words: Sequence[str], levels: Sequence[float | None]) -> JSON:
    return [
        word if level is None else {"name": word, "sensitivity": level}
        for word, level in zip(words, levels, strict=True)
    ]


def comments(text: str) -> list[str]:
    return re.findall(r"(?:^|(?<=\s))#.*", text, re.M)


def order(text: str) -> list[tuple[str, ...]]:
    """Keys of a text in the order of their lines; list items are left out."""
    lines = settings_yaml.parse(text).lines
    keys = [path for path in lines if path and all(isinstance(part, str) for part in path)]
    return [tuple(map(str, path)) for path in keys if len(path) <= 2]


@effort(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    turns=st.lists(st.tuples(st.lists(CHANGES, min_size=1, max_size=3), st.booleans()), max_size=8),
    shipped=st.booleans(),
)
def test_any_order_of_changes_leaves_comments_and_order_as_they_were(
    tmp_path: Path, turns: list[tuple[list[Effect], bool]], shipped: bool
) -> None:
    """Some turns are taken back."""
    path = tmp_path / "sayso.yaml"
    before = yaml_text() if shipped else OWN
    path.write_text(before, "utf-8")
    kitchen = Kitchen(path)
    for effects, undone in turns:
        expected = kitchen.preferences.config
        undo = kitchen.do(*effects)
        if undone:
            undo()
            assert kitchen.preferences.config == expected
    config = kitchen.restarted()
    assert config == kitchen.preferences.config
    assert kitchen.troubles == []
    after = kitchen.text
    assert sorted(comments(after)) == sorted(comments(before))
    kept = order(before)
    assert [key for key in order(after) if key in kept] == kept
    if not any(not undone for _, undone in turns):
        assert after == before


def test_volume_and_pace_are_written_once_some_time_after_the_first_change(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[str] = []
    write = settings_files.write
    monkeypatch.setattr(
        settings_files, "write", lambda path, text: (writes.append(text), write(path, text))
    )
    for percent in range(41, 61):
        kitchen.do(SetVolume(percent))
    assert [seconds for seconds, _ in kitchen.timers] == [LATER_S]
    assert kitchen.text == OWN
    assert kitchen.keeper.unwritten == {"snd.volume_percent": 60}
    kitchen.keeper.flush()
    assert len(writes) == 1
    assert "volume_percent: 60   # not louder" in kitchen.text
    kitchen.do(SetVolume(50))
    kitchen.do(SetVolume(60))
    kitchen.keeper.flush()
    assert len(writes) == 1, "what is in the file already is not written again"


async def test_the_timer_writes_in_a_thread(kitchen: Kitchen) -> None:
    kitchen.do(SetVolume(60), SetSpeed(1.4))
    ((_, due),) = kitchen.timers
    due()
    kitchen.do(SetVolume(70))  # while it is being written
    while "tts.speed" in kitchen.keeper.unwritten:  # noqa: ASYNC110 # it is asked by nobody else
        await asyncio.sleep(0)
    assert "speed: 1.4" in kitchen.text
    assert kitchen.restarted().snd.volume_percent == 70


def test_silence_is_not_kept(kitchen: Kitchen) -> None:
    kitchen.do(SetMuted(True))
    kitchen.do(SetMuted(False))
    kitchen.do(SetVolume(0))
    assert kitchen.keeper.unwritten == {}
    assert kitchen.speaker.volume_percent == 0
    assert kitchen.restarted().snd.volume_percent == 40


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("effect", [SetVolume(90), ChangeSetting("persona.name", "Max")])
def test_taken_back_the_files_former_text_is_there_again(
    kitchen: Kitchen, effect: Effect, written: bool
) -> None:
    undo = kitchen.do(effect)
    if written:
        kitchen.keeper.flush()
        assert kitchen.text != OWN
    undo()
    kitchen.keeper.flush()
    assert kitchen.text == OWN
    assert kitchen.speaker.volume_percent == 40
    assert kitchen.preferences.config == kitchen.config


def test_of_several_changes_before_a_write_only_those_of_the_turn_are_taken_back(
    kitchen: Kitchen,
) -> None:
    kitchen.do(SetVolume(50))
    undo = kitchen.do(SetVolume(60), SetVolume(70))
    kitchen.keeper.flush()
    undo()
    assert kitchen.restarted().snd.volume_percent == 50
    assert kitchen.speaker.volume_percent == 50


def test_a_file_that_was_not_there_is_gone_again(tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "new" / "sayso.yaml")
    undo = kitchen.do(ChangeSetting("place.units", "imperial"))
    assert kitchen.restarted().place.units == "imperial"
    undo()
    assert not kitchen.path.exists()


def test_what_somebody_else_wrote_meanwhile_stays(kitchen: Kitchen) -> None:
    undo = kitchen.do(
        ChangeSetting("persona.name", "Max"),
        ChangeSetting("place.units", "imperial"),
        ChangeSetting("snd.chimes", False),
    )
    set_value(kitchen.path, "turn.max_s", "8")
    set_value(kitchen.path, "place.units", "metric")
    undo()
    config = settings.load(kitchen.path, (), {}).config
    assert config.turn.max_s == 8
    assert config.place.units == "metric"
    assert config.persona.name == "Ada"
    assert config.snd.chimes is True


def test_what_can_not_be_kept_is_not_changed_and_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "no_folder").write_text("")
    kitchen = Kitchen(tmp_path / "no_folder" / "sayso.yaml")
    with pytest.raises(SettingError) as failed:
        kitchen.do(ChangeSetting("persona.name", "Max"))
    assert failed.value.spoken == "I couldn't save that, so nothing has changed."
    assert "\n" not in str(failed.value)
    assert kitchen.preferences.config == kitchen.config
    assert kitchen.kept == []


def test_a_file_that_somebody_broke_is_left_alone(kitchen: Kitchen) -> None:
    broken = "snd: [\n"
    kitchen.path.write_text(broken)
    with pytest.raises(SettingError):
        kitchen.do(ChangeSetting("persona.name", "Max"))
    kitchen.do(SetVolume(10))
    kitchen.keeper.flush()
    assert kitchen.text == broken
    assert kitchen.speaker.volume_percent == 10


def test_a_volume_that_can_not_be_written_stays_and_is_written_later(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, text: str) -> None:
        raise StorageError(f"{path}: can't be written: no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(settings_files, "write", full)
        for percent in (50, 60):
            kitchen.do(SetVolume(percent))
            kitchen.keeper.flush()
        assert len(kitchen.troubles) == 1, "once is enough"
        assert kitchen.speaker.volume_percent == 60
        assert kitchen.keeper.unwritten == {"snd.volume_percent": 60}
    assert kitchen.restarted().snd.volume_percent == 60
    assert kitchen.keeper.unwritten == {}


def test_what_the_command_line_decides_is_changed_but_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "sayso.yaml"
    path.write_text(OWN)
    kitchen = Kitchen(path, overrides=("snd.volume_percent=20", "persona.name=Eve"))
    kitchen.do(SetVolume(30))
    with pytest.raises(SettingError):
        kitchen.do(ChangeSetting("persona.name", "Max"))
    kitchen.keeper.flush()
    assert kitchen.text == OWN
    assert kitchen.speaker.volume_percent == 30


def test_of_an_answer_in_two_steps_none_stays_when_the_second_fails(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    undos = kitchen.controls.begin()
    kitchen.controls.apply(ChangeSetting("place.city", "Tokyo"))
    with pytest.raises(SettingError):
        kitchen.controls.apply(ChangeSetting("place.time_zone", "Nowhere/At_All"))
    while undos:  # as answers do
        undos.pop()()
    assert kitchen.text == OWN
    assert kitchen.preferences.config == kitchen.config
