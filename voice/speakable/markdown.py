"""Markdown, as language models write it, to prose: the words of it with pauses where blocks end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from voice.speakable.formulas import say_formulas

CODE = "There is some code."
"""Said for a block of code: it is better seen."""

TABLE = "There is a table."
"""Said for a table that is too large to be read out."""

SMALL_TABLE = 3
"""Rows (besides the heading) and columns up to which a table is read out."""

_CHUNK = 4000
"""Characters that are parsed at once: keeps the time linear whatever a text is made of."""

_LONG_CELL = 60
_LONG_CODE = 60
_WRAPPED_LINE = 60
"""Characters from which on a line is taken to end because it was full, not because it was over."""

# Without indented code: models fence theirs, and a badly indented list is not code.
_PARSER = (
    MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    .enable(["table", "strikethrough"])
    .disable(["code", "html_block", "html_inline"])
)
_FENCE = re.compile(r"[ >\t]{0,12}(?:(?:[-*+]|\d{1,3}[.)])[ \t]{1,4})?(`{3,}|~{3,})(.*)")
_TAG = re.compile(
    r"(?P<keep>`[^`\n]{0,200}`)"
    r"|<!--.{0,2000}?-->"
    r"|<(?P<hidden>script|style)\b.{0,2000}?</(?P=hidden)>"
    r"|(?P<break><br\s?/?>|</(?:p|li|tr|td|th|h[1-6]|div)>)"
    r"|<sup>(?P<power>[\w+-]{1,10})</sup>"
    r"|</?[A-Za-z][\w:-]{0,40}(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE | re.DOTALL,
)
_NOTE = re.compile(r"^[ ]{0,3}\[\^[^\]\n]{1,40}\]:.*$", re.MULTILINE)
_CITATION = re.compile(
    r"\[\^[^\]\n]{1,40}\]|【[^】\n]{0,60}】|\[\d+(?:[,–-] ?\d+){0,9}\](?![(:\[])"
)
_TASK = re.compile(r"\[([ xX])\]\s")
_ENDED = re.compile(r"[.,;:!?…][\"'”’)\]*_]*\s*$")


def prose(text: str) -> str:
    """Return the text of markdown without its marks, blocks separated by spaces.

    A heading, a list item and a block that is followed by another end with a full stop if they
    have no punctuation of their own; the last paragraph stays as it is written.
    """
    text = _without_fences(text)
    text = say_formulas(text)
    text = _TAG.sub(_replace_tag, text) if "<" in text else text
    if "[" in text or "【" in text:
        text = _CITATION.sub("", _NOTE.sub("", text))
    text = re.sub(r"^>(?=\d)", "more than ", text, flags=re.MULTILINE)  # else it quotes "10 people"
    text = re.sub(r"(?<=\d)\*(?=\d)", "×", text)  # else 2*3*4 is 2, an emphasised 3, and 4
    blocks = [block for chunk in _chunks(text) for block in _blocks(_PARSER.parse(chunk))]
    blocks = [(words, ends) for words, ends in blocks if words.strip()]
    last = len(blocks) - 1
    return " ".join(_end(w) if ends or i < last else w for i, (w, ends) in enumerate(blocks))


def _without_fences(text: str) -> str:
    """Replace fenced code by its phrase; a fence that never closes goes on to the end."""
    if "```" not in text and "~~~" not in text:
        return text
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
        elif found and not (found[1][0] == "`" and "`" in found[2]):
            fence = found[1]
            lines += ["", CODE, ""]
        else:
            lines.append(line)
    return "\n".join(lines)


def _replace_tag(found: re.Match[str]) -> str:
    if found["keep"]:
        return found["keep"]
    if found["power"]:
        return f"^{found['power']}"
    return ", " if found["break"] else ""


def _chunks(text: str) -> Iterator[str]:
    """Cut a text into pieces that are parsed on their own, where possible at blank lines."""
    at = 0
    while len(text) - at > _CHUNK:
        window = text[at : at + _CHUNK]
        end = max(window.rfind("\n\n"), 0) or max(window.rfind("\n"), window.rfind(" "), 0)
        end = end or _CHUNK
        yield window[:end]
        at += end
    yield text[at:]


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[str, bool]]:
    """Yield each block's text and whether it ends here for certain."""
    items: list[str] = []  # the marker, still to be said, of every list item we are in
    ordered: list[bool] = []
    heading = False
    at = 0
    while at < len(tokens):
        token = tokens[at]
        kind = token.type
        if kind == "table_open":
            end = next(i for i in range(at, len(tokens)) if tokens[i].type == "table_close")
            yield _table(tokens[at:end]), True
            at = end
        elif kind in ("ordered_list_open", "bullet_list_open"):
            ordered.append(kind == "ordered_list_open")
        elif kind in ("ordered_list_close", "bullet_list_close"):
            ordered.pop()
        elif kind == "list_item_open":
            items.append(token.info if ordered[-1] else "")
        elif kind == "list_item_close":
            if marker := items.pop():  # "42." alone is a list to the parser and an answer to us
                yield marker, True
        elif kind in ("heading_open", "heading_close"):
            heading = kind == "heading_open"
        elif kind == "fence":
            yield CODE, True
        elif kind == "inline":
            words = _inline(token.children or [])
            if items:
                words = _item(items[-1], words)
                items[-1] = ""
            yield words, heading or bool(items)
        at += 1


def _item(marker: str, words: str) -> str:
    if task := _TASK.match(words):
        words = words[task.end() :] + (", done" if task[1] != " " else "")
    return f"{marker}, {words}" if marker else words


def _inline(tokens: Sequence[Token]) -> str:
    """Return the words of a line of markdown."""
    lines = [""]
    struck = 0
    link_at = 0
    for token in tokens:
        kind = token.type
        if kind == "s_open":
            struck += 1
        elif kind == "s_close":
            struck -= 1
        elif struck:
            continue  # crossed out: not meant any more
        elif kind in ("softbreak", "hardbreak"):
            lines.append("")
        elif kind == "code_inline":
            lines[-1] += _code(token.content)
        elif kind == "link_open":
            link_at = len(lines[-1])
        elif kind == "link_close":
            if re.fullmatch(r"\[?\d{1,3}\]?", lines[-1][link_at:]):
                lines[-1] = lines[-1][:link_at]  # a source's number
        elif kind == "image":
            lines[-1] += f" {token.content} "
        else:
            lines[-1] += token.content
    return _join_lines(lines)


def _join_lines(lines: Sequence[str]) -> str:
    """Join lines; a short line before a capital was ended on purpose, so it gets a pause."""
    text = lines[0]
    for before, line in pairwise(lines):
        start = line.lstrip()[:1]
        meant = len(before) < _WRAPPED_LINE and (start.isupper() or start.isdigit())
        pause = before.strip() and meant and not _ENDED.search(before)
        text = f"{text.rstrip()}{', ' if pause else ' '}{line}"
    return text


def _code(code: str) -> str:
    """Return what to say for code inside a sentence."""
    marks = sum(not (c.isalnum() or c in " ._-/'") for c in code)
    if len(code) > _LONG_CODE or marks * 3 > len(code):
        words = re.sub(r"[^\w.]+", " ", code).strip(" .")
        return words if 0 < len(words) < _LONG_CODE / 3 else "some code"
    return re.sub(r"(?<!\S)-{1,2}(?=[A-Za-z])|\(\)", "", code)


def _table(tokens: Sequence[Token]) -> str:
    """Return a small table as phrases ("Paris: 20 °C."), or say that there is one."""
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_inline(token.children or []).strip())
    head, body = rows[0], rows[1:]
    long = any(len(cell) > _LONG_CELL for row in rows for cell in row)
    if long or len(head) > SMALL_TABLE or len(body) > SMALL_TABLE or not body:
        return TABLE
    return " ".join(_end(_row(head, row)) for row in body)


def _row(head: Sequence[str], row: Sequence[str]) -> str:
    first, rest = row[0], row[1:]
    if len(rest) > 1:  # with more than one value it must be said which is which
        named = zip(head[1:], rest, strict=False)
        rest = [f"{name} {cell}".strip() for name, cell in named if cell]
    said = ", ".join(cell for cell in rest if cell)
    return f"{first}: {said}" if first and said else first or said


def _end(text: str) -> str:
    """Return a block with a full stop if it has no punctuation at its end."""
    return text if _ENDED.search(text) else f"{text.rstrip()}."
