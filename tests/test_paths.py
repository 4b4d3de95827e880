"""Where state, cache, configuration and socket lie, for every environment they may meet."""

import os
from pathlib import Path

import pytest

from device.paths import (
    SOCKET_PATH_MAX,
    cache_dir,
    config_candidates,
    ensure_dir,
    runtime_dir,
    socket_path,
    state_dir,
)
from voice.errors import StateError, StorageError

HOME = {"HOME": "/home/ada"}


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({}, "/home/ada/.local/state/sayso"),
        ({"XDG_STATE_HOME": "/x"}, "/x/sayso"),
        ({"XDG_STATE_HOME": "relative"}, "/home/ada/.local/state/sayso"),
        ({"XDG_STATE_HOME": "/x", "STATE_DIRECTORY": "/var/lib/sayso"}, "/var/lib/sayso"),
        ({"STATE_DIRECTORY": "/var/lib/sayso:/var/lib/other"}, "/var/lib/sayso"),
        ({"STATE_DIRECTORY": "/var/lib/sayso", "SAYSO_STATE": "/own"}, "/own"),
        ({"SAYSO_STATE": "~/mine"}, "/home/ada/mine"),
    ],
)
def test_state(extra: dict[str, str], expected: str) -> None:
    assert state_dir({**HOME, **extra}) == Path(expected)


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({}, "/home/ada/.cache/sayso"),
        ({"XDG_CACHE_HOME": "/x"}, "/x/sayso"),
        ({"XDG_CACHE_HOME": "/x", "CACHE_DIRECTORY": "/var/cache/sayso"}, "/var/cache/sayso"),
    ],
)
def test_cache(extra: dict[str, str], expected: str) -> None:
    assert cache_dir({**HOME, **extra}) == Path(expected)


def test_a_relative_state_folder_is_made_absolute() -> None:
    assert state_dir({"SAYSO_STATE": "here"}) == Path.cwd() / "here"


@pytest.mark.parametrize("env", [{}, {"HOME": ""}, {"HOME": "relative"}])
def test_without_a_home_the_error_names_the_variables(env: dict[str, str]) -> None:
    with pytest.raises(StateError, match=r"HOME.*XDG_STATE_HOME"):
        state_dir(env)
    with pytest.raises(StateError, match=r"HOME.*XDG_CACHE_HOME"):
        cache_dir(env)


def test_configuration_is_looked_for_in_the_documented_order() -> None:
    assert config_candidates({**HOME, "SAYSO_CONFIG": "/own.yaml"}) == [
        Path("/own.yaml"),
        Path("/home/ada/.config/sayso/sayso.yaml"),
        Path("/etc/sayso/sayso.yaml"),
    ]
    assert config_candidates({**HOME, "XDG_CONFIG_HOME": "/x"})[0] == Path("/x/sayso/sayso.yaml")
    assert config_candidates({}) == [Path("/etc/sayso/sayso.yaml")]


def test_the_socket_belongs_to_the_state_folder() -> None:
    session = {**HOME, "XDG_RUNTIME_DIR": "/run/user/7"}
    assert runtime_dir(session) == Path("/run/user/7/sayso")
    assert runtime_dir({**session, "RUNTIME_DIRECTORY": "/run/sayso"}) == Path("/run/sayso")
    assert runtime_dir({**session, "SAYSO_STATE": "/own"}) == Path("/own")
    assert runtime_dir(HOME) == state_dir(HOME)


def test_a_deep_state_folder_still_gets_a_socket_that_the_kernel_takes() -> None:
    deep = {"SAYSO_STATE": "/" + "/".join(["a-long-name"] * 20)}
    other = {"SAYSO_STATE": "/" + "/".join(["b-long-name"] * 20)}
    assert len(os.fsencode(socket_path(deep))) <= SOCKET_PATH_MAX
    assert socket_path(deep) == socket_path(dict(deep))
    assert socket_path(deep) != socket_path(other)
    assert socket_path({"SAYSO_STATE": "/own"}) == Path("/own/sayso.sock")


def test_folders_are_made_for_us_alone(tmp_path: Path) -> None:
    made = ensure_dir(tmp_path / "a" / "b")
    assert made.stat().st_mode & 0o777 == 0o700
    assert ensure_dir(made) == made


def test_a_folder_that_cannot_be_made_is_one_line_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="SAYSO_STATE") as caught:
        ensure_dir(tmp_path / "file" / "below")
    assert "\n" not in str(caught.value)


def test_an_unwritable_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As root every folder is writable, so the system's answer is given here.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(StorageError, match="not writable"):
        ensure_dir(tmp_path)


def test_a_private_folder_that_is_open_to_others_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert ensure_dir(tmp_path) == tmp_path
    with pytest.raises(StorageError, match="open to them"):
        ensure_dir(tmp_path, private=True)
