"""URLs, e-mail addresses, file names, handles: what people say for them, never the whole thing."""

from __future__ import annotations

import re

_TLDS = (
    "com|org|net|edu|gov|int|mil|info|biz|io|ai|app|dev|co|uk|us|eu|de|fr|es|it|nl|ch|at|be|se|no|dk"
    "|fi|pl|cz|ie|pt|ca|au|nz|jp|cn|in|br|ru|tv|me|fm|gg|xyz|online|shop|blog|cloud|tech|page|local"
)
_SPELLED = frozenset({
    "uk", "us", "eu", "de", "fr", "es", "nl", "ch", "dk", "pl", "cz", "jp", "cn", "au", "nz",
    "br", "ru", "tv", "fm", "gg", "io", "ai",
})  # fmt: skip
"""Endings that are said letter by letter."""

_EXTENSIONS = (
    "py|js|ts|tsx|jsx|md|txt|yaml|yml|json|toml|ini|cfg|conf|csv|pdf|docx?|xlsx?|pptx?|html?|css|xml"
    "|sh|rs|go|java|cpp|png|jpe?g|gif|svg|mp3|mp4|wav|ogg|flac|zip|tar|gz|log|service|onnx|gguf|exe"
)
_URL = re.compile(
    r"(?:(?:https?|ftp|wss?|file)://|(?<![\w.@/-])www\.)(?P<rest>[^\s<>\"'`|]+)", re.IGNORECASE
)
_DOMAIN = re.compile(
    rf"(?<![\w@./-])(?P<host>(?:[a-z0-9][a-z0-9-]{{0,62}}\.){{1,6}}(?:{_TLDS}))(?![\w@-]|\.\w)"
    r"(?::\d{1,5})?(?P<path>/[^\s<>\"'`|]*)?",
    re.IGNORECASE,
)
_EMAIL = re.compile(
    r"(?:\bmailto:)?(?<![\w.+-])(?P<user>[\w.+-]{1,64})@(?P<host>(?:[\w-]{1,63}\.){1,6}[A-Za-z]{2,24})"
)
_PATH = re.compile(
    r"(?<![\w/\\.~])(?:~|\.{1,2}|[A-Za-z]:)?(?:[/\\][\w.@+-]{1,80}){2,20}[/\\]?(?![\w/\\])"
)
_FILE = re.compile(rf"(?<![\w.])([\w-]{{1,60}}(?:\.[\w-]{{1,30}}){{0,3}})\.({_EXTENSIONS})(?!\w)")
_DOTTED = re.compile(r"(?<=[a-z_])\.(?=[a-z_]{2})|(?<=\w)\.(?=js\b|NET\b)")
_IP = re.compile(r"(?<![\w.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::\d{1,5})?(?![\w.]*\d)")


def say_addresses(text: str) -> str:
    """Replace addresses by words: a URL by its site's name, a path by its last part."""
    text = _EMAIL.sub(lambda m: f" {_user(m['user'])} at {_host(m['host'])} ", text)
    text = _URL.sub(_url, text)
    text = _DOMAIN.sub(lambda m: _host(m["host"]) + _ending(m["path"] or ""), text)
    text = _IP.sub(lambda m: " dot ".join(" ".join(group) for group in m.groups()), text)
    text = _PATH.sub(lambda m: " " + re.split(r"[/\\]", m[0].rstrip("/\\"))[-1], text)
    text = _FILE.sub(lambda m: f"{m[1].replace('.', ' dot ')} dot {m[2]}", text)
    text = _DOTTED.sub(" dot ", text)
    text = re.sub(r"(?<!\w)@(?=\w)", "at ", text)
    return re.sub(r"(?<![\w#&])#(?=[A-Za-z]\w)", "hashtag ", text)


def _ending(path: str) -> str:
    """Return the punctuation at the end of an address, which belongs to the sentence."""
    found = re.search(r"[.,;:!?)\]]+$", path)
    return found[0] if found else ""


def _url(found: re.Match[str]) -> str:
    rest = found["rest"]
    host = re.match(r"(?:[^/@\s]{0,100}@)?([^/:?#\s]*)", rest)
    name = host[1] if host else ""
    # A bracket is the sentence's if it was opened before the address.
    tail = _ending(rest)
    return _host(name) + tail


def _host(name: str) -> str:
    """Return a host's name as it is said: "docs dot example dot com"."""
    name = name.strip(".,;:!?)(]['\"*_~").removeprefix("www.")[:80]
    if re.fullmatch(r"[\d.]+", name):
        return " dot ".join(" ".join(part) for part in name.split(".") if part)
    *parts, last = name.split(".")
    if parts and last.lower() in _SPELLED:
        last = last.upper()
    return " dot ".join(part for part in (*parts, last) if part)


def _user(name: str) -> str:
    name = name.replace("+", " plus ").replace("_", " underscore ").replace("-", " dash ")
    return " dot ".join(part for part in name.split(".") if part)
