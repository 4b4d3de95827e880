"""The configuration's types, and the files that are generated from them."""

import json
import re
import tomllib

import jsonschema
import pytest
from pydantic import ValidationError

from device import generate_config, settings, settings_fields, settings_yaml
from voice.config import LATER, Config, Place, Turn

# The names that other documents and other people's files use.
NAMES = """
mic.device mic.rate mic.channels mic.gain_db mic.echo snd.device snd.volume_percent snd.lead_in_ms
snd.chimes wake.words wake.verify wake.refractory_s vad.engine vad.sensitivity turn.early_ms
turn.silence_ms turn.late_ms turn.max_s turn.follow_up_s turn.follow_up_max turn.barge_in stt.engine
stt.model stt.language stt.fallback tts.engine tts.voice tts.speed tts.fallback model.provider
model.base_url model.name model.timeout_s model.roles model.fallback mcp_servers.home memory.keep
memory.days agenda.ring_max_s agenda.missed phone.enabled phone.host phone.port phone.tls
manners.quiet_hours manners.daily_budget persona.name persona.brevity persona.warmth
persona.formality persona.humour privacy.debug_recordings privacy.ledger_days
hooks.wake_word_detected place.city place.latitude place.longitude place.time_zone place.units
"""


@pytest.mark.parametrize("key", NAMES.split())
def test_every_name_of_the_vocabulary_is_either_known_or_refused_as_coming_later(key):
    known = tuple(key.split(".")) in settings_fields.fields()
    later = key in LATER or key.split(".")[0] in LATER
    assert known != later


def test_no_key_is_both_known_and_refused():
    assert not {field.key for field in settings_fields.fields().values()} & set(LATER)


@pytest.mark.parametrize("field", settings_fields.fields().values(), ids=lambda field: field.key)
def test_every_key_says_what_it_is_and_what_it_takes(field):
    assert len(field.description) > 15
    assert field.description.endswith(".")
    assert field.expected


def test_generated_files_are_up_to_date():
    assert generate_config.main(["--check"]) == 0


def test_the_check_names_a_file_that_is_out_of_date_and_writing_mends_it(tmp_path, capsys):
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- config:begin -->\nSTALE\n<!-- config:end -->\nafter\n")
    assert generate_config.main(["--check"], tmp_path) == 1
    assert "sayso.yaml: out of date" in capsys.readouterr().err
    assert generate_config.main([], tmp_path) == 0
    assert generate_config.main(["--check"], tmp_path) == 0
    text = readme.read_text()
    assert text.startswith("before\n<!-- config:begin -->\n| key |")
    assert text.endswith("<!-- config:end -->\nafter\n")
    assert "STALE" not in text
    assert "| `turn.max_s` | `10.0` | a number from 2 to 60 |" in text


def test_a_readme_without_markers_is_left_alone():
    assert generate_config.with_table("# Sayso\n") == "# Sayso\n"


def test_the_shipped_yaml_holds_every_key_with_the_defaults_of_the_code():
    data = settings_yaml.parse(settings.shipped("sayso.yaml").read_text("utf-8")).data
    assert {(section, name) for section in data for name in data[section]} == {
        field.path for field in settings_fields.settable()
    }
    config, problems = settings.inspect(generate_config.ROOT / "config" / "sayso.yaml")
    assert problems == []
    assert config == Config()


def test_every_key_of_the_shipped_yaml_has_a_comment_above_it():
    lines = settings.shipped("sayso.yaml").read_text("utf-8").splitlines()
    keys = [number for number, line in enumerate(lines) if re.match(r" *[a-z_]+:", line)]
    assert len(keys) > 40
    assert [lines[number] for number in keys if "#" not in lines[number - 1]] == []


def test_what_is_read_from_config_is_packaged():
    project = tomllib.loads((generate_config.ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["device"]
    packaged = {
        found for pattern in patterns for found in (generate_config.ROOT / "device").glob(pattern)
    }
    for name in ("sayso.yaml", "sayso.schema.json"):
        assert generate_config.ROOT / "device" / "config" / name in packaged
        assert settings.shipped(name).is_file()


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(settings.shipped("sayso.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_schema_accepts_the_shipped_yaml(validator):
    data = settings_yaml.parse(settings.shipped("sayso.yaml").read_text("utf-8")).data
    validator.validate(data)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("wake: {words: [alexa, {name: hey_jarvis, sensitivity: 0.6}]}", True),
        ("wake: {words: []}", True),
        ("wake: {words: [{sensitivity: 0.6}]}", False),
        ("wake: {words: ['']}", False),
        ("wake: {words: [{name: a, sensitivity: 1}]}", False),
        ("turn: {max_s: 8}", True),
        ("turn: {max_s: 1}", False),
        ("turn: {max: 8}", False),
        ("memory: {days: 3}", False),
        ("stt: {language: eng}", False),
        ("model: {base_url: 'http://127.0.0.1:11434/v1'}", True),
        ("model: {base_url: localhost}", False),
        ("model: {provider: none}", True),
    ],
)
def test_schema_and_code_agree(validator, text, valid):
    data = settings_yaml.parse(text).data
    config, _ = settings.Merged(data).check()
    assert (config is not None) is valid
    assert validator.is_valid(data) is valid


def test_sections_are_frozen_and_refuse_unknown_names():
    with pytest.raises(ValidationError):
        Turn.model_validate({"silence": 3})
    with pytest.raises(ValidationError):
        Config().turn.max_s = 3  # type: ignore[misc]  # that it is frozen is what is shown


@pytest.mark.parametrize("zone", ["Mars/Phobos", "", "../etc/passwd", "/etc/passwd", "Europe"])
def test_a_time_zone_that_does_not_exist_is_refused(zone):
    with pytest.raises(ValidationError, match="time zone database"):
        Place(time_zone=zone)


@pytest.mark.parametrize("zone", [None, "Europe/Berlin", "UTC", "America/Indiana/Knox"])
def test_a_time_zone_that_exists_is_taken(zone):
    assert Place(time_zone=zone).time_zone == zone
