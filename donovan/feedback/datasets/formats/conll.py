"""CoNLL: a token and its BIO tag a line, an empty line between texts.

Comments before a text carry it word for word (`# text = "…"`, as CoNLL-U does) and what is known of it, so
that it is read back letter by letter; without them the text is its tokens with spaces between. One token
bears one tag: of spans that overlap the longer one is kept, and the number of the others is told.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats.kept import about, restored
from donovan.feedback.datasets.formats.reading import Found, lines_of
from donovan.feedback.datasets.formats.splits import files_by_split, write_by_split
from donovan.feedback.datasets.rows import Row

_TOKEN = re.compile(r"\w+|[^\w\s]")
_COMMENT = re.compile(r"# (text|about) = (.*)")
_TAG = re.compile(r"O|[BI]-.+")
DOCUMENT_STARTS = "-DOCSTART-"
Span = Mapping[str, Any]


def read(path: Path, task: str) -> Iterator[Found]:
    """The texts of a file, or of a folder with train.conll, dev.conll and test.conll."""
    for split, file, shown in files_by_split(path, "conll"):
        comments: dict[str, Any] = {}
        tokens: list[tuple[str, str, str]] = []
        where = ""
        for where, line in lines_of(file, shown=shown):
            if not line.strip():
                if tokens or "text" in comments:
                    yield _found(tokens, comments, split, task)
                    comments, tokens = {}, []
                continue
            comment = _COMMENT.fullmatch(line)
            if comment and not tokens:
                comments[comment[1]] = _json(comment[2], where)
            elif not line.startswith(("# ", DOCUMENT_STARTS)):
                tokens.append(_token(line, where))
        if tokens or "text" in comments:
            yield _found(tokens, comments, split, task)


def _token(line: str, where: str) -> tuple[str, str, str]:
    cells = line.split("\t") if "\t" in line else line.split()
    if len(cells) < 2 or not _TAG.fullmatch(cells[-1]):
        raise BadInput(where, "A line is a token and its tag: O, B-CLASS or I-CLASS.")
    return where, cells[0], cells[-1]


def _found(tokens: list[tuple[str, str, str]], comments: Mapping[str, Any], split: str, task: str) -> Found:
    where = tokens[0][0] if tokens else "comment"
    text = comments.get("text")
    if text is None:
        text = " ".join(token for _, token, _ in tokens)
    if not isinstance(text, str):
        raise BadInput(where, "The comment “text” should hold a JSON string.")
    spans: list[dict[str, Any]] = []
    at, is_open = 0, False
    for place, token, tag in tokens:
        start = text.find(token, at)
        if start < 0 or text[at:start].strip():
            raise BadInput(place, f"The token “{token[:40]}” does not come next in the text.")
        at = start + len(token)
        kind, _, label = tag.partition("-")
        if kind == "I" and is_open and spans[-1]["label"] == label:
            spans[-1]["end"] = at
        elif kind != "O":
            spans.append({"start": start, "end": at, "label": label})
        is_open = kind != "O"
    kept = comments.get("about")
    row = restored(kept if isinstance(kept, Mapping) else {}, split, task)
    row.setdefault("input", {})
    row["input"]["text"] = text
    row["value"] = {"spans": spans}
    return Found(where, row)


def write(rows: Iterable[Row], folder: Path) -> int:
    """One file a split; the number of spans that lie across others."""
    crossing = 0
    marking = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))

    def lines() -> Iterator[tuple[str, str]]:
        nonlocal crossing
        for row in rows:
            spans, left_out = apart(row["value"]["spans"])
            crossing += left_out
            text = str(row["input"]["text"])
            others = {name: value for name, value in row["input"].items() if name != "text"}
            kept = {**about(row), "input": others}
            begin = f"# text = {_dumped(text)}\n# about = {_dumped(kept)}\n"
            tokens = "".join(f"{token}\t{tag}\n" for token, tag in tagged(text, spans))
            yield row["split"], f"{begin}{tokens}\n"

    begin = f"# {marking['marking']}\n# {marking['notice']}\n\n"
    write_by_split(folder, "conll", lines(), begin)
    return crossing


def apart(spans: Iterable[Span]) -> tuple[list[Span], int]:
    """Those of the spans that do not overlap, the longer ones first choice, and how many were left out."""
    kept: list[Span] = []
    left_out = 0
    for span in sorted(spans, key=lambda each: (each["start"] - each["end"], each["start"], each["label"])):
        if any(span["start"] < other["end"] and other["start"] < span["end"] for other in kept):
            left_out += 1
        else:
            kept.append(span)
    return sorted(kept, key=lambda each: int(each["start"])), left_out


def tagged(text: str, spans: Iterable[Span]) -> Iterator[tuple[str, str]]:
    """Tokens with their tags. A token also ends where a span does."""
    spans = list(spans)
    edges = sorted({edge for span in spans for edge in (int(span["start"]), int(span["end"]))})
    for found in _TOKEN.finditer(text):
        cuts = [found.start(), *(edge for edge in edges if found.start() < edge < found.end()), found.end()]
        for start, end in pairwise(cuts):
            span = next((each for each in spans if each["start"] <= start and end <= each["end"]), None)
            if span is None:
                yield text[start:end], "O"
                continue
            is_first = not _TOKEN.search(text, int(span["start"]), start)
            yield text[start:end], f"{'B' if is_first else 'I'}-{span['label']}"


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise BadInput(where, "The comment does not hold JSON.") from error
