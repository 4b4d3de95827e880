"""Finding, reading and judging configuration files."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from device import settings, settings_yaml
from device.redaction import redact
from voice.config import Config
from voice.errors import ConfigError

ROOT = Path(__file__).parents[1]

SECRET = "; put the API key in ~/.config/sayso/openai_api_key (mode 0600) or in $OPENAI_API_KEY, and remove it here"
NOT_HERE = "a secret does not belong in the configuration"


@pytest.fixture
def write(tmp_path):
    def write(text, name="sayso.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def problems(path, *overrides):
    config, found = settings.inspect(path, overrides)
    assert (config is None) is bool(found)
    return [line.replace(f"{path}", "F") for line in found]


BAD = {
    "an unknown key, near a known one": (
        "turn:\n  silense_ms: 900\n",
        "F:2: unknown key turn.silense_ms; did you mean turn.silence_ms?",
    ),
    "a known key in the wrong place": (
        "silence_ms: 900",
        "F:1: unknown key silence_ms; did you mean turn.silence_ms?",
    ),
    "an unknown section, near a known one": (
        "\nwakes: {}",
        "F:2: unknown key wakes; did you mean wake?",
    ),
    "a key like nothing known": (
        "frobnicate: 1",
        "F:1: unknown key frobnicate; remove it; `sayso config show` lists all keys",
    ),
    "a key with a control sign": (
        '"a\\e[31m": 1',
        'F:1: unknown key "a\\U0000001b[31m"; remove it; `sayso config show` lists all keys',
    ),
    "an unknown key of a wake word": (
        "wake:\n  words:\n    - alexa\n    - name: hey_jarvis\n      sensitivty: 0.5",
        "F:5: unknown key wake.words[1].sensitivty; did you mean wake.words[1].sensitivity?",
    ),
    "too much": ("turn:\n  max_s: 99", "F:2: turn.max_s must be a number from 2 to 60, found 99"),
    "a word for a number": (
        "turn:\n  early_ms: fast",
        'F:2: turn.early_ms must be a whole number from 200 to 3000, found "fast"',
    ),
    "a quoted number": (
        "snd: {volume_percent: '70'}",
        'F:1: snd.volume_percent must be a whole number from 0 to 100, found "70"',
    ),
    "a fraction for a whole number": (
        "snd: {volume_percent: 7.5}",
        "F:1: snd.volume_percent must be a whole number from 0 to 100, found 7.5",
    ),
    "not a number": (
        "turn: {max_s: .nan}",
        "F:1: turn.max_s must be a number from 2 to 60, found .nan",
    ),
    "yes for true": (
        "snd: {chimes: yes}",
        'F:1: snd.chimes must be true or false, found "yes"',
    ),
    "no choice": (
        "turn: {barge_in: maybe}",
        'F:1: turn.barge_in must be auto, on or off, found "maybe"',
    ),
    "the only choice": (
        "stt: {engine: vosk}",
        'F:1: stt.engine must be faster_whisper, found "vosk"',
    ),
    "an open bound": (
        "vad: {sensitivity: 1}",
        "F:1: vad.sensitivity must be a number between 0 and 1, found 1",
    ),
    "a number for text": ("mic: {device: 2}", "F:1: mic.device must be text or null, found 2"),
    "long text is cut": (
        f"turn: {{max_s: {'x' * 100}}}",
        f'F:1: turn.max_s must be a number from 2 to 60, found "{"x" * 39}…"',
    ),
    "a mapping for a number": (
        "turn: {max_s: {a: 1}}",
        "F:1: turn.max_s must be a number from 2 to 60, found a mapping",
    ),
    "a pattern": (
        "stt: {language: english}",
        'F:1: stt.language must be text such as en, found "english"',
    ),
    "an address without http": (
        "model: {base_url: localhost:11434}",
        "F:1: model.base_url must be text such as http://127.0.0.1:11434/v1 or null, "
        'found "localhost:11434"',
    ),
    "no such time zone": (
        "place: {time_zone: Mars/Phobos}",
        "F:1: place.time_zone must be text such as Europe/Berlin or null, "
        'found "Mars/Phobos" (not in the time zone database)',
    ),
    "one wake word without a list": (
        "wake: {words: alexa}",
        'F:1: wake.words must be a list such as [okay_nabu], found "alexa"',
    ),
    "a number as a wake word": (
        "wake: {words: [5]}",
        "F:1: wake.words[0] must be a name or {name, sensitivity}, found 5",
    ),
    "a wake word without a name": (
        "wake: {words: [{sensitivity: 0.5}]}",
        "F:1: wake.words[0].name is missing; add it: text",
    ),
    "a value for a section": ("turn: 5", "F:1: turn must hold keys such as turn.early_ms, found 5"),
    "a list for a file": (
        "- turn",
        "F:1: the file must hold sections such as `turn:`, found a list",
    ),
    "a word for a file": (
        "# c\nhello",
        'F:2: the file must hold sections such as `turn:`, found "hello"',
    ),
    "a part of a later version": (
        "\nmemory:\n  days: 3",
        "F:2: memory is not part of this version; remove it",
    ),
    "a key of a later version": (
        "persona:\n  humour: 50",
        "F:2: persona.humour (a persona's manner) is not part of this version; remove it",
    ),
    "a wake word's key of a later version": (
        "wake: {words: [{name: a, persona: b}]}",
        "F:1: wake.words[0].persona (a persona for each wake word) is not part of this version; "
        "remove it",
    ),
    "an API key by its name": (
        "model:\n  api_key: CANARY",
        f"F:2: model.api_key: {NOT_HERE}{SECRET}",
    ),
    "a token by its name": ("TOKEN: CANARY", f"F:1: TOKEN: {NOT_HERE}{SECRET}"),
    "an API key by its look": (
        "model:\n  name: sk-proj-CANARY",
        f"F:2: model.name: {NOT_HERE}{SECRET}",
    ),
    "an API key in a list": (
        "wake: {words: [sk-CANARY12]}",
        f"F:1: wake.words[0]: {NOT_HERE}{SECRET}",
    ),
    "an API key for a key": ("sk-CANARY1: 1", f'F:1: "[hidden]": {NOT_HERE}{SECRET}'),
    "a password in an address": (
        "model: {base_url: 'http://me:CANARY@host/v1'}",
        f"F:1: model.base_url: {NOT_HERE}{SECRET}",
    ),
    "a key twice": (
        "turn:\n  max_s: 8\nturn:\n  max_s: 9",
        "F:3:1: not valid YAML: turn is there twice (first in line 1); remove one",
    ),
    "a tab": ("turn:\n\tmax_s: 8", "F:2:1: not valid YAML: a tab; indent with spaces"),
    "an open bracket": (
        "wake:\n  words: [a",
        "F:2:12: not valid YAML: a bracket that is not closed, or a comma missing",
    ),
    "an open quote": ("place:\n  city: 'x\n", "F:3:1: not valid YAML: a quote that is not closed"),
    "bad indentation": (
        "turn:\n  max_s: 8\n early_ms: 300",
        "F:3:2: not valid YAML: the indentation does not fit the lines above",
    ),
    "two colons": (
        "place:\n  city: a: b",
        "F:2:10: not valid YAML: ': ' where none can be; put quotes around the value, or ':' after the key above",
    ),
    "a forgotten colon": (
        "turn:\n  max_s\n  early_ms: 3",
        "F:3:11: not valid YAML: ': ' where none can be; put quotes around the value, or ':' after the key above",
    ),
    "an alias by accident": (
        "place: {city: *sk-CANARY12}",
        "F:1:15: not valid YAML: '*' begins an alias in YAML; put quotes around the value",
    ),
    "a sign that can't begin a value": (
        "place: {city: @home}",
        "F:1:15: not valid YAML: a value can't begin with this sign; put quotes around it",
    ),
    "two documents": (
        "turn: {}\n---\nmic: {}",
        "F:2:1: not valid YAML: a second document begins; keep one and remove '---'",
    ),
    "a tag": ("turn: !!python/name:os.system", "F:1:7: not valid YAML: the tag is not supported; remove it"),
    "a list as a key": ("[a]: 1", "F:1:1: not valid YAML: a key must be one word"),
    "a control sign": ("turn: {}\nmic: \x01", "F:2:6: not valid YAML: a control character"),
    "half a character": (
        'place: {city: "\\ud800"}',
        "F:1:15: not valid YAML: half a character (a lone surrogate); write the sign itself",
    ),
    "an endless number": (
        "turn: {max_s: " + "9" * 9999 + "}",
        "F:1:15: not valid YAML: not a number; put quotes around it if it is text",
    ),
    "Latin-1": ("# a\n# Käse".encode("latin-1"), "F:2: not UTF-8 text; save the file as UTF-8"),
    "UTF-16": ("turn: {}".encode("utf-16"), "F:1: not UTF-8 text; save the file as UTF-8"),
    "more than a megabyte": (
        b"#" * 1_000_001,
        "F: larger than 1 MB; this is not a configuration",
    ),
    "very deep": (
        "[" * 50_000,
        "F:1:21: not valid YAML: nested too deeply, or far too many values",
    ),
    "a ring": (
        "a: &a [*a]",
        "F:1:4: not valid YAML: nested too deeply, or far too many values",
    ),
    "very many": (
        "a: [" + "1, " * 300_000 + "]",
        "F:1:14996: not valid YAML: nested too deeply, or far too many values",
    ),
    "a bomb": (
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(
            f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n"
            for old, new in zip("abcdefgh", "bcdefghi", strict=True)
        ),
        "F:1:20: not valid YAML: nested too deeply, or far too many values",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=BAD)
def test_a_mistake_is_told_with_its_place_and_how_to_mend_it(write, text, message):
    found = problems(write(text))
    assert found == [message]
    assert "CANARY" not in found[0]


def test_all_mistakes_are_told_in_the_file_s_order(write):
    path = write("turn:\n  max_s: 99\nmemory: {}\nsnd:\n  volume: 3\n  chimes: 1\n")
    assert [line.split(" ")[0] for line in problems(path)] == ["F:2:", "F:3:", "F:5:", "F:6:"]
    with pytest.raises(ConfigError) as error:
        settings.load(path, [], {})
    assert str(error.value) == (
        f"{path}:2: turn.max_s must be a number from 2 to 60, found 99 "
        "(and 3 more; `sayso config check` lists all)"
    )


@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", "---\n", "{}", "turn:\n# all of it is a comment\n", "\ufeffturn: {}"],
)
def test_an_empty_file_leaves_the_defaults(write, text):
    assert settings.load(write(text), [], {}).config == Config()


def test_off_is_the_word_off_and_a_date_is_text(write):
    config = settings.load(
        write("turn: {barge_in: off, follow_up: off}\nplace: {city: 2020-01-01}"), [], {}
    ).config
    assert (config.turn.barge_in, config.turn.follow_up) == ("off", "off")
    assert config.place.city == "2020-01-01"


def test_wake_words_may_be_names_or_mappings(write):
    config = settings.load(
        write("wake: {words: [alexa, {name: hey_jarvis, sensitivity: 0.6}]}"), [], {}
    ).config
    assert [(word.name, word.sensitivity) for word in config.wake.words] == [
        ("alexa", None),
        ("hey_jarvis", 0.6),
    ]


def test_aliases_work(write):
    config = settings.load(write("mic: {device: &card USB}\nsnd: {device: *card}"), [], {}).config
    assert (config.mic.device, config.snd.device) == ("USB", "USB")


def test_what_is_set_on_the_command_line_wins_and_leaves_the_rest(write):
    path = write("turn: {max_s: 5, early_ms: 400}\nwake: {words: [5, 6]}\nmodel: {name: x}")
    loaded = settings.load(
        path,
        ["turn.max_s=8", "wake.words=[alexa]", "model.name=null", "turn.max_s=9", "place.city=a=b"],
        {},
    )
    assert loaded.config.turn.max_s == 9
    assert loaded.config.turn.early_ms == 400
    assert [word.name for word in loaded.config.wake.words] == ["alexa"]
    assert loaded.config.model.name is None
    assert loaded.config.place.city == "a=b"
    assert loaded.path == path
    assert loaded.overrides[0] == "turn.max_s=8"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("turn.max_s", "--set turn.max_s: no value; write it as key=value, such as turn.max_s=8"),
        ("turn=3", "--set turn: a section, not a key; name one in it, such as turn.early_ms"),
        ("turn.max_s=", "--set turn.max_s: turn.max_s must be a number from 2 to 60, found null"),
        ("turn.max_s=99", "--set turn.max_s: turn.max_s must be a number from 2 to 60, found 99"),
        ("max_s=9", "--set max_s: unknown key max_s; did you mean turn.max_s?"),
        (
            "wake.words=[a",
            "--set wake.words: the value is not valid YAML: "
            "a bracket that is not closed, or a comma missing",
        ),
        (
            "wake.words.0=a",
            "--set wake.words.0: wake.words is set as a whole; it takes a list such as [okay_nabu]",
        ),
        (
            "wake.words=[5]",
            "--set wake.words: wake.words[0] must be a name or {name, sensitivity}, found 5",
        ),
        ("memory.days=3", "--set memory.days: memory is not part of this version; remove it"),
        ("model.api_key=CANARY", f"--set model.api_key: model.api_key: {NOT_HERE}{SECRET}"),
        (
            "sk-CANARY12",
            "--set [hidden]: no value; write it as key=value, such as turn.max_s=8",
        ),
        ("=3", '--set "": unknown key ""; remove it; `sayso config show` lists all keys'),
        (
            "a." * 5000 + "b=1",
            "--set a.a.a.a.a: unknown key a; remove it; `sayso config show` lists all keys",
        ),
    ],
)
def test_a_mistake_on_the_command_line_is_told_as_such(override, message):
    with pytest.raises(ConfigError) as error:
        settings.load(None, [override], {})
    assert str(error.value) == message


def test_the_file_is_the_first_of_those_that_could_be(tmp_path, monkeypatch):
    machine = tmp_path / "etc" / "sayso.yaml"
    monkeypatch.setattr(settings.paths, "SYSTEM_CONFIG", machine)
    home = {"HOME": str(tmp_path / "home")}
    user = tmp_path / "home" / ".config" / "sayso" / "sayso.yaml"
    xdg = tmp_path / "xdg" / "sayso" / "sayso.yaml"
    named = tmp_path / "named.yaml"
    given_path = tmp_path / "given.yaml"

    assert settings.load(None, [], home).path is None
    for path in (machine, user, xdg, named, given_path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("turn: {max_s: 7}")
    user.unlink()
    assert settings.find(None, home) == machine
    user.write_text("")
    assert settings.find(None, home) == user
    with_xdg = {**home, "XDG_CONFIG_HOME": str(tmp_path / "xdg")}
    assert settings.find(None, with_xdg) == xdg
    assert settings.find(None, {**with_xdg, "SAYSO_CONFIG": ""}) == xdg
    with_name = {**with_xdg, "SAYSO_CONFIG": str(named)}
    assert settings.find(None, with_name) == named
    assert settings.find(given_path, with_name) == given_path
    assert settings.find(None, {}) == machine


def test_a_file_that_was_named_must_be_there(tmp_path):
    missing = tmp_path / "none.yaml"
    with pytest.raises(ConfigError, match=r"none\.yaml: no such file; mend the path given with"):
        settings.find(missing, {})
    with pytest.raises(ConfigError, match=r"none\.yaml: no such file; mend \$SAYSO_CONFIG"):
        settings.find(None, {"SAYSO_CONFIG": str(missing)})


def test_a_change_goes_into_the_file_that_is_read_or_else_the_user_s(tmp_path, monkeypatch):
    machine = tmp_path / "etc.yaml"
    monkeypatch.setattr(settings.paths, "SYSTEM_CONFIG", machine)
    home = {"HOME": str(tmp_path)}
    user = tmp_path / ".config" / "sayso" / "sayso.yaml"
    assert settings.writable_path(None, home) == user
    assert settings.writable_path(None, {}) == machine
    machine.write_text("")
    assert settings.writable_path(None, home) == machine
    named = {**home, "SAYSO_CONFIG": str(tmp_path / "new.yaml")}
    assert settings.writable_path(None, named) == tmp_path / "new.yaml"
    assert settings.writable_path(tmp_path / "x", named) == tmp_path / "x"


def test_a_folder_is_refused(tmp_path):
    assert problems(tmp_path) == ["F: is a folder; name the file in it"]


def test_a_file_that_may_not_be_read_is_refused(write):
    path = write("")
    path.chmod(0)
    # Root may read everything, unless it gives that right away.
    humble = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] * (os.geteuid() == 0)
    check = [*humble, sys.executable, "-m", "device.cli", "config", "check", str(path)]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 78
    assert done.stdout + done.stderr == f"{path}: can't be read: Permission denied\n"


def test_a_loop_of_links_is_refused_rather_than_passed_over(tmp_path):
    link = tmp_path / ".config" / "sayso" / "sayso.yaml"
    link.parent.mkdir(parents=True)
    link.symlink_to(link)
    with pytest.raises(ConfigError, match="can't be read: Too many levels of symbolic links"):
        settings.load(None, [], {"HOME": str(tmp_path)})


def test_a_pipe_is_read_and_an_endless_device_refused(tmp_path):
    read_end, write_end = os.pipe()
    os.write(write_end, b"turn: {max_s: 7}")
    os.close(write_end)
    assert settings.read_text(settings.Path(f"/dev/fd/{read_end}")) == "turn: {max_s: 7}"
    os.close(read_end)
    assert problems(settings.Path("/dev/zero")) == [
        "F: larger than 1 MB; this is not a configuration"
    ]


YAML_PIECES = st.sampled_from([
    "turn:", "wake:", "words:", "max_s:", "memory:", "api_key:", " ", "  ", "\n", "\n  ", "- ", "[",
    "]", "{", "}", ",", ": ", "#", "&a ", "*a", "!!int ", "|", ">-", "'", '"', "\t", "---\n", "8",
    "0.5", ".nan", "null", "true", "off", "é", "\x00", "\r", "? ", "%YAML 1.1\n", "<<: ", "sk-abcdef",
])  # fmt: skip


@effort(deadline=None)
@given(st.one_of(st.binary(max_size=200), st.lists(YAML_PIECES).map(lambda p: "".join(p).encode())))
def test_no_bytes_give_anything_but_a_configuration_or_one_line_mistakes(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    path.write_bytes(content)
    config, found = settings.inspect(path)
    assert (config is None) is bool(found)
    for line in found:
        assert line.startswith(f"{path}")
        assert line.isprintable()
        assert not re.search("(?<![A-Za-z])sk-abcdef", line)


@effort(deadline=None)
@given(st.text(max_size=60), st.lists(YAML_PIECES, max_size=6).map("".join))
def test_no_override_gives_anything_but_a_configuration_or_one_line_mistakes(key, value):
    config, found = settings.inspect(None, [f"{key}={value}"])
    assert (config is None) is bool(found)
    assert all(line.isprintable() for line in found)


@effort(deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text(st.characters(exclude_categories=["Cs"]))
        | YAML_PIECES,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
        max_leaves=12,
    ),
    st.sampled_from([None, "'", '"']),
)  # fmt: skip
def test_what_is_written_is_read_back_the_same(value, quote):
    text = f"key: {settings_yaml.emit(value, quote=quote)}  # comment"
    assert "\n" not in text
    back = settings_yaml.parse(text).data["key"]
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (
            "Incorrect API key provided: sk-proj-abc_DEF-123.",
            "Incorrect API key provided: [hidden].",
        ),
        ("{'Authorization': 'Bearer abcdef'}", "{'Authorization': '[hidden]'}"),
        ("https://me:pw@host/v1", "https://[hidden]@host/v1"),
        ("the desk-top and https://host/v1", "the desk-top and https://host/v1"),
    ],
)
def test_secrets_are_blotted_out(text, clean):
    assert redact(text) == clean
