"""CoNLL: a token and its tag a line, an empty line between texts.

Read are the columns of CoNLL-2002 and 2003 (the token first, the tag last) and those of files whose first
column counts the tokens of a text (GermEval, Universal NER: then the token is second and the tag third),
divided by tabs or spaces. Tags may be IOB1, IOB2, BIOES, BILOU or BMES. Lines that begin with -DOCSTART- part
texts.

Comments before a text carry it word for word (`# text = "…"`) and what is known of it, so that our own files
are read back letter by letter; without them the text is its tokens with spaces between. One token bears one
tag: of spans that overlap the longer one has it, and the number of spans without any is told. The comment
brings those back, as long as nobody changed the tags.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats.kept import about, restored
from donovan.feedback.datasets.formats.reading import Found, Line, lines_of, parsed, usable
from donovan.feedback.datasets.formats.splits import files_by_split, write_by_split
from donovan.feedback.datasets.mistakes import Mistakes
from donovan.feedback.datasets.rows import Row
from donovan.feedback.shapes import LONGEST_TEXT, ShapeError, check_value

DOCUMENT_STARTS = b"-DOCSTART-"
ENDINGS = ("conll", "txt")
_WORD = re.compile(r"\w+|[^\w\s]")
_COMMENT = re.compile(r"# (text|about) = (.*)")
_TAG = re.compile(r"O|[BIESLUM]-.+")
_SPACES = re.compile(" +")
_ENDS_LINE_OR_CELL = re.compile(r"[\t\r\n]")
_GOES_ON, _STAYS_OPEN = "IMEL", "BIM"
Span = Mapping[str, Any]


@dataclass(frozen=True)
class Token:
    """One token, its tag, and where it stood."""

    where: str
    text: str
    tag: str


def read(path: Path, task: str, mistakes: Mistakes) -> Iterator[Found]:
    """The texts of a file, or of a folder with train.conll, dev.conll and test.conll."""
    for split, file, shown in files_by_split(path, *ENDINGS):
        with mistakes:
            for block in _blocks(file, shown):
                yield from _found(block, split, task, mistakes)


def _blocks(file: Path, shown: str) -> Iterator[list[Line]]:
    """The lines of each text, with the comments before it."""
    block: list[Line] = []
    for line in lines_of(file, shown=shown):
        if line.raw.strip() and not line.raw.startswith(DOCUMENT_STARTS):
            block.append(line)
            if len(block) > LONGEST_TEXT:
                raise BadInput(line.where, f"A text has at most {LONGEST_TEXT:,} lines. Part it.")
        elif block:
            yield block
            block = []
    if block:
        yield block


def _found(block: list[Line], split: str, task: str, mistakes: Mistakes) -> Iterator[Found]:
    """The row of a text; none where a line of it is wrong, or where it is nothing but other comments."""
    tokens: list[Token] = []
    comments: dict[str, str] = {}
    right = 0
    cells = [_cells(line) for line in block]
    is_counted = b"\t" in block[-1].raw and _counts_tokens(cells)
    for line, parts in zip(block, cells, strict=True):
        with mistakes:
            text = line.text()
            comment = _COMMENT.fullmatch(text)
            if comment and not tokens:
                comments[comment[1]] = comment[2]
            elif tokens or not _is_comment(parts, cells[-1]):
                tokens.append(_token(parts, line.where, is_counted=is_counted))
            right += 1
    if right == len(block) and (tokens or "text" in comments):
        with mistakes:
            where = tokens[0].where if tokens else block[0].where
            yield Found(where, _row(tokens, comments, where, split, task))


def _cells(line: Line) -> list[str]:
    """The columns of a line, as far as it is text."""
    text = line.raw.decode("utf-8", "replace").rstrip("\r\n")
    return text.split("\t") if "\t" in text else _SPACES.split(text.strip(" "))


def _is_comment(cells: list[str], token: list[str]) -> bool:
    """Whether a line before the first token is a comment, not a token “#” in as many columns as others."""
    return cells[0].startswith("#") and (len(cells) != len(token) or not _TAG.fullmatch(cells[-1]))


def _counts_tokens(block: Sequence[list[str]]) -> bool:
    """Whether the first column of a text is the number of the token, and the third its tag."""
    numbered = [cells for cells in block if not cells[0].startswith("#")]
    return bool(numbered) and all(
        len(cells) > 2 and cells[0] == str(number) and _TAG.fullmatch(cells[2])
        for number, cells in enumerate(numbered, start=1)
    )


def _token(cells: list[str], where: str, *, is_counted: bool) -> Token:
    text, tag = (cells[1], cells[2]) if is_counted else (cells[0], cells[-1])
    if len(cells) < 2 or not text.strip() or not _TAG.fullmatch(tag):
        what = "A line is a token and its tag: O, or a class after B-, I-, E-, S-, L-, U- or M-."
        raise BadInput(where, what, is_shape=True)
    return Token(where, text, tag)


def _row(
    tokens: list[Token], comments: Mapping[str, str], where: str, split: str, task: str
) -> dict[str, Any]:
    said = parsed(comments["about"], where) if "about" in comments else {}
    kept = said if isinstance(said, Mapping) else {}
    text, places = _laid_out(tokens, comments.get("text"), where)
    row = restored(kept, split, task)
    row["input"] = {**row.get("input", {}), "text": text}
    row["value"] = {"spans": _untouched(kept.get("spans"), tokens, text) or _spans(tokens, places)}
    return row


def _laid_out(tokens: list[Token], said: str | None, where: str) -> tuple[str, list[tuple[int, int]]]:
    """The text of the tokens, and where each stands in it. Comments of other makers hold the text as it is,
    and sometimes not quite.
    """
    joined = " ".join(token.text for token in tokens)
    if said is None:
        return joined, _places(tokens, joined)
    try:
        ours = json.loads(said)
    except (ValueError, RecursionError):
        ours = None
    if isinstance(ours, str):
        with suppress(BadInput):
            return usable(ours, where), _places(tokens, ours)
    with suppress(BadInput):
        places = _places(tokens, said)
        if places and not said[places[-1][1] :].strip():
            return said, places
    text = ours if isinstance(ours, str) else joined
    return usable(text, where), _places(tokens, text)


def _places(tokens: Iterable[Token], text: str) -> list[tuple[int, int]]:
    places, at = [], 0
    for token in tokens:
        start = text.find(token.text, at)
        if start < 0 or text[at:start].strip():
            raise BadInput(token.where, f"The token “{token.text[:40]}” does not come next in the text.")
        at = start + len(token.text)
        places.append((start, at))
    return places


def _spans(tokens: Iterable[Token], places: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
    spans: list[dict[str, Any]] = []
    is_open = False
    for token, (start, end) in zip(tokens, places, strict=True):
        kind, _, label = token.tag.partition("-")
        if is_open and kind in _GOES_ON and spans[-1]["label"] == label:
            spans[-1]["end"] = end
        elif kind != "O":
            spans.append({"start": start, "end": end, "label": label})
        is_open = kind in _STAYS_OPEN
    return spans


def _untouched(kept: Any, tokens: Iterable[Token], text: str) -> list[dict[str, Any]]:
    """The spans of the comment, where the tags are still those that were written for them."""
    with suppress(ShapeError):
        spans = check_value("spans", {"text": text}, {"spans": kept})["spans"]
        if list(tagged(text, taggable(text, spans))) == [(token.text, token.tag) for token in tokens]:
            return list(spans)
    return []


def write(rows: Iterable[Row], folder: Path) -> int:
    """One file a split; the number of spans that have no tag of their own."""
    untagged = 0
    marking = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))

    def lines() -> Iterator[tuple[str, str]]:
        nonlocal untagged
        for row in rows:
            text, spans = str(row["input"]["text"]), row["value"]["spans"]
            shown = taggable(text, spans)
            untagged += len(spans) - len(shown)
            others = {name: value for name, value in row["input"].items() if name != "text"}
            kept = {**about(row), "input": others, "spans": spans}
            begin = f"# text = {_dumped(text)}\n# about = {_dumped(kept)}\n"
            tokens = "".join(f"{token}\t{tag}\n" for token, tag in tagged(text, shown))
            yield row["split"], f"{begin}{tokens}\n"

    begin = f"# {marking['marking']}\n# {marking['notice']}\n\n"
    write_by_split(folder, "conll", lines(), begin)
    return untagged


def taggable(text: str, spans: Iterable[Span]) -> list[Span]:
    """Those of the spans that tags can tell of, by place: they do not overlap (the longer ones first choice),
    hold a token, and their class has no tab or end of line in it.
    """
    kept: list[Span] = []
    for span in sorted(spans, key=lambda each: (each["start"] - each["end"], each["start"], each["label"])):
        is_free = not any(span["start"] < other["end"] and other["start"] < span["end"] for other in kept)
        is_told = _WORD.search(text, span["start"], span["end"]) and not _ENDS_LINE_OR_CELL.search(
            span["label"]
        )
        if is_free and is_told:
            kept.append(span)
    return sorted(kept, key=lambda each: int(each["start"]))


def tagged(text: str, spans: Sequence[Span]) -> Iterator[tuple[str, str]]:
    """Tokens with their tags, for spans as `taggable` gives them. A token also ends where a span does."""
    at, begun = 0, -1
    for word in _WORD.finditer(text):
        start = word.start()
        while start < word.end():
            while at < len(spans) and spans[at]["end"] <= start:
                at += 1
            if at == len(spans) or spans[at]["start"] >= word.end():
                end, tag = word.end(), "O"
            elif spans[at]["start"] > start:
                end, tag = int(spans[at]["start"]), "O"
            else:
                end = min(word.end(), int(spans[at]["end"]))
                tag, begun = f"{'I' if begun == at else 'B'}-{spans[at]['label']}", at
            yield text[start:end], tag
            start = end


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
