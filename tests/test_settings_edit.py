"""Changing one key of a file and nothing else in it."""

import fcntl
import os
import re
import threading

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from device import settings, settings_edit, settings_fields, settings_files, settings_yaml
from device.generate_config import yaml_text
from device.settings_edit import edited, set_value
from voice.config import Config
from voice.errors import ConfigError, StateError, StorageError

CASES = {
    "a value, its comment and its quotes stay": (
        "vad:\n  engine: 'auto'   # mine\n",
        "vad.engine=webrtc",
        "vad:\n  engine: 'webrtc'   # mine\n",
    ),
    "an empty value": (
        "vad:\n  engine:  # mine\nmic: {}",
        "vad.engine=webrtc",
        "vad:\n  engine: webrtc  # mine\nmic: {}",
    ),
    "a list in lines, with the comments in it and after it": (
        "wake:\n  words:  # a\n    # b\n    - alexa  # c\n    - okay_nabu # d\n\n# e\nmic: {}\n",
        "wake.words=[alexa]",
        "wake:\n  words: [alexa]\n    # a\n    # b\n    # c\n    # d\n\n# e\nmic: {}\n",
    ),
    "a list in lines without comments": (
        "wake:\n  words:\n  - alexa\n  - name: x\n    sensitivity: 0.5\n  refractory_s: 1\n",
        "wake.words=[]",
        "wake:\n  words: []\n  refractory_s: 1\n",
    ),
    "a list in brackets over lines": (
        "wake: {words: [a, # c\n b], refractory_s: 1}\n",
        "wake.words=[q]",
        "wake: {words: [q]\n         # c\n         , refractory_s: 1}\n",
    ),
    "text in lines": (
        "place:\n  city: |\n    a\n    # text\n  # b\nmic: {}",
        "place.city=Bonn",
        "place:\n  city: Bonn\n  # b\nmic: {}",
    ),
    "folded words": (
        "place:\n  city: a\n   b # c\n",
        "place.city=Bonn",
        "place:\n  city: Bonn # c\n",
    ),
    "a new key goes below the last, before what follows": (
        "vad:\n    engine: auto  # a\n\n# b\nmic: {}\n",
        "vad.sensitivity=0.3",
        "vad:\n    engine: auto  # a\n    sensitivity: 0.3\n\n# b\nmic: {}\n",
    ),
    "a new key goes below a list": (
        "wake:\n  words:\n    - alexa # a\n# b\n",
        "wake.refractory_s=2",
        "wake:\n  words:\n    - alexa # a\n  refractory_s: 2\n# b\n",
    ),
    "a new key in braces": (
        "vad: {engine: auto}  # a\n",
        "vad.sensitivity=0.3",
        "vad: {engine: auto, sensitivity: 0.3}  # a\n",
    ),
    "a new key in empty braces": (
        "vad: {}\n",
        "vad.sensitivity=0.3",
        "vad: {sensitivity: 0.3}\n",
    ),
    "a new key where all keys are comments": (
        "vad:  # a\n  # engine: auto\nmic: {}\n",
        "vad.sensitivity=0.3",
        "vad:  # a\n  sensitivity: 0.3\n  # engine: auto\nmic: {}\n",
    ),
    "a new key in a section that is null": (
        "vad: null # a\n",
        "vad.sensitivity=0.3",
        "vad: {sensitivity: 0.3} # a\n",
    ),
    "a new section": (
        "mic:\n  rate: 16000\n# a",
        "vad.engine=webrtc",
        "mic:\n  rate: 16000\n# a\n\nvad:\n  engine: webrtc\n",
    ),
    "a new section in an indented file": (
        "  mic:\n    rate: 16000\n",
        "vad.engine=webrtc",
        "  mic:\n    rate: 16000\n\n  vad:\n    engine: webrtc\n",
    ),
    "a new section in a file in braces": (
        "{mic: {rate: 16000}} # a\n",
        "vad.engine=webrtc",
        "{mic: {rate: 16000}, vad: {engine: webrtc}} # a\n",
    ),
    "a file of comments": ("# a\n", "mic.rate=16000", "# a\nmic:\n  rate: 16000\n"),
    "an empty file": ("", "mic.rate=16000", "mic:\n  rate: 16000\n"),
    "an empty file in braces": ("{}\n", "mic.rate=16000", "{mic: {rate: 16000}}\n"),
    "Windows' line ends": (
        "mic:\r\n  rate: 8000 # a\r\n",
        "mic.gain_db=3",
        "mic:\r\n  rate: 8000 # a\r\n  gain_db: 3\r\n",
    ),
    "quoted keys": (
        '"mic" : \n  "rate" :  8000\n',
        "mic.rate=16000",
        '"mic" : \n  "rate" :  16000\n',
    ),
    "hash signs that are no comments": (
        "mic: {device: 'a # b', rate: 8000}\nsnd: {device: c#d}\n",
        "mic.device='x # y'",
        "mic: {device: 'x # y', rate: 8000}\nsnd: {device: c#d}\n",
    ),
    "text that must be quoted": (
        "turn: {}\n",
        "turn.barge_in=off",
        'turn: {barge_in: "off"}\n',
    ),
}


@pytest.mark.parametrize(("before", "change", "after"), CASES.values(), ids=CASES)
def test_only_the_value_changes(tmp_path, before, change, after):
    path = tmp_path / "sayso.yaml"
    path.write_bytes(before.encode())
    config = set_value(path, *change.split("=", 1))
    assert path.read_bytes().decode() == after
    assert settings.load(path, [], {}).config == config


@pytest.mark.parametrize(
    "text",
    [
        "mic: &a {device: x}\nsnd: *a\n",
        "mic:\n  device: x\n...\n# end\n",
        "? mic\n: device: x\n? snd",
    ],
)
def test_what_is_too_unusual_is_left_alone_and_said(tmp_path, text):
    path = tmp_path / "sayso.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        set_value(path, "snd.volume_percent", "30")
    assert str(error.value) == (
        f"{path}: too unusual to change snd.volume_percent in it; do it by hand"
    )
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("turn.silense_ms", "3", "F: unknown key turn.silense_ms; did you mean turn.silence_ms?"),
        ("turn.max_s", "99", "F: turn.max_s must be a number from 2 to 60, found 99"),
        ("turn", "3", "turn: a section, not a key; name one in it, such as turn.early_ms"),
        ("memory.days", "3", "F: memory is not part of this version; remove it"),
        (
            "model.api_key",
            "sk-CANARY12",
            "F: model.api_key: a secret does not belong in the configuration; put the API key in "
            "~/.config/sayso/openai_api_key (mode 0600) or in $OPENAI_API_KEY, and remove it here",
        ),
        (
            "place.city",
            "[",
            "place.city: the value is not valid YAML: "
            "a value is missing, or a bracket is not closed",
        ),
    ],
)
def test_a_bad_change_is_refused_and_makes_nothing(tmp_path, key, value, message):
    path = tmp_path / "new" / "sayso.yaml"
    with pytest.raises(ConfigError) as error:
        set_value(path, key, value)
    assert str(error.value).replace(str(path), "F") == message
    assert list(tmp_path.iterdir()) == []


def test_another_mistake_in_the_file_is_told_and_the_mistake_itself_can_be_mended(tmp_path):
    path = tmp_path / "sayso.yaml"
    path.write_text("turn:\n  max_s: 99\n")
    with pytest.raises(ConfigError, match=r"sayso\.yaml:2: turn\.max_s must be"):
        set_value(path, "mic.rate", "16000")
    assert set_value(path, "turn.max_s", "9").turn.max_s == 9


def test_a_missing_file_is_made_of_the_one_key(tmp_path):
    path = tmp_path / "a" / "b" / "sayso.yaml"
    config = set_value(path, "snd.volume_percent", "30")
    assert path.read_text() == settings_edit.HEADER + "snd:\n  volume_percent: 30\n"
    assert config.snd.volume_percent == 30
    assert list(path.parent.iterdir()) == [path]


def test_mode_and_link_stay(tmp_path):
    real = tmp_path / "dotfiles" / "sayso.yaml"
    real.parent.mkdir()
    real.write_text("mic: {}\n")
    real.chmod(0o640)
    link = tmp_path / "sayso.yaml"
    link.symlink_to(real)
    set_value(link, "mic.rate", "16000")
    assert link.is_symlink()
    assert real.read_text() == "mic: {rate: 16000}\n"
    assert real.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_owner_stays(tmp_path):
    path = tmp_path / "sayso.yaml"
    path.write_text("mic: {}\n")
    os.chown(path, 1234, 1235)
    set_value(path, "mic.rate", "16000")
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 1235)


def test_a_failed_write_leaves_the_old_file_and_no_rubbish(tmp_path, monkeypatch):
    path = tmp_path / "sayso.yaml"
    path.write_text("mic: {}\n")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(settings_files.os, "fsync", full)
    with pytest.raises(StorageError, match="can't be written: No space left on device"):
        set_value(path, "mic.rate", "16000")
    assert path.read_text() == "mic: {}\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_can_not_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="can't be made"):
        set_value(tmp_path / "file" / "sayso.yaml", "mic.rate", "16000")


def test_changes_at_the_same_time_all_arrive(tmp_path):
    path = tmp_path / "sayso.yaml"
    keys = ["mic.rate=16000", "snd.volume_percent=1", "turn.max_s=3", "turn.early_ms=300"]
    keys += ["stt.threads=2", "persona.brevity=3", "tts.speed=1.5", "model.name=x"]
    threads = [
        threading.Thread(target=set_value, args=(path, *change.split("="))) for change in keys
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    config = settings.load(path, [], {}).config
    assert config == settings.load(None, keys, {}).config
    assert config != Config()


def test_a_lock_that_is_never_released_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(settings_files, "LOCK_SECONDS", 0.0)
    other = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    try:
        with pytest.raises(StateError, match="another program has been changing"):
            set_value(tmp_path / "sayso.yaml", "mic.rate", "16000")
    finally:
        os.close(other)


def values_of(schema):
    """A strategy for the values that a key takes."""
    if "anyOf" in schema:
        own = {name: part for name, part in schema.items() if name != "anyOf"}
        return st.one_of([values_of({**own, **kind}) for kind in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    kind = schema.get("type")
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    exclusive = "exclusiveMinimum" in schema
    if kind == "integer":
        return st.integers(low, high)
    if kind == "number":
        return st.floats(low, high, exclude_min=exclusive, exclude_max=exclusive)
    if kind == "null":
        return st.none()
    if kind == "array":
        name = st.text("abc_/.#' é", min_size=1, max_size=8)
        sensitivity = st.floats(0.01, 0.99)
        return st.lists(name | st.fixed_dictionaries({"name": name, "sensitivity": sensitivity}), max_size=3)  # fmt: skip
    if "examples" in schema:
        return st.sampled_from(schema["examples"])
    return {
        "boolean": st.booleans(),
        "string": st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(
            lambda text: "://" not in text and "sk-" not in text
        ),
    }[kind]


CHANGES = st.lists(
    st.sampled_from(settings_fields.settable()).flatmap(
        lambda field: st.tuples(st.just(field), values_of(field.schema))
    ),
    min_size=1,
    max_size=8,
)

UNTIDY = """\
# top
turn: # t

  # in
wake:
    words:  # w
      # w0
      - alexa  # w1
      - {name: x, sensitivity: 0.5} # w2
# w3
model: {name: 'x # no', # m
  timeout_s: 3,
  } # m1
place:
  city: >-
    folded # no
    text
  # p
  time_zone:
# end"""
UNTIDY_COMMENTS = "top t in w w0 w1 w2 w3 m m1 p end".split()  # noqa: SIM905  # easier to read


def check_values(text, changes):
    document = settings_yaml.parse(text)
    expected = {field.path: value for field, value in changes}
    for (section, name), value in expected.items():
        assert document.data[section][name] == value
    assert settings.Merged(document.data).check()[1] == []


def apply(text, changes):
    for field, value in changes:
        text = edited(text, field.path, value, "F")
    return text


@effort(max_examples=40, deadline=None)
@given(CHANGES)
def test_any_changes_of_the_shipped_file_touch_nothing_but_their_lines(changes):
    start = yaml_text()
    text = apply(start, changes)
    check_values(text, changes)
    changed = {field.path[1] for field, _ in changes}
    pairs = list(zip(start.splitlines(), text.split("\n"), strict=False))
    assert len(text.split("\n")) == len(start.splitlines()) + 1
    for old, new in pairs:
        assert old == new or old.partition(":")[0].strip() in changed


@effort(max_examples=40, deadline=None)
@given(CHANGES)
def test_any_changes_of_an_untidy_file_keep_all_comments(changes):
    text = apply(UNTIDY, changes)
    check_values(text, changes)
    for comment in UNTIDY_COMMENTS:
        assert len(re.findall(rf"(?m)(?:^|\s)# {comment}\s*$", text + "\n")) == 1


@effort(max_examples=40, deadline=None)
@given(st.sampled_from(["", "# top\n", "{}", "---\n"]), CHANGES)
def test_any_changes_of_an_empty_file_give_what_was_set(start, changes):
    text = apply(start, changes)
    check_values(text, changes)
    assert text.startswith("# top") or start != "# top\n"
