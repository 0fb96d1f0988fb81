"""Tables in plain text and Markdown: JSON, rows divided by pipes or tabs, columns aligned by spaces."""

import re
from collections.abc import Iterator, Sequence

from ingest.encodings import decode
from ingest.sandbox_child import Job
from ingest.table_readers.protocol import TableEvent
from ingest.table_readers.records import tables_in
from ingest.table_readers.writing import Files, Row, table

_RULE = re.compile(r"[\s|+:=-]+")
_ESCAPED_PIPE = re.compile(r"(?<!\\)\|")
_HEADING = re.compile(r"#{1,6}\s+(\S.*)$")


def read(job: Job) -> Iterator[TableEvent]:
    """Yield the tables of a text file; rows are numbered by their line."""
    text = decode(job.path.read_bytes())[0].lstrip("\ufeff")
    files = Files(job.out)
    is_json = False
    for event in tables_in(text.lstrip(), job.name, files):
        is_json = True
        yield event
    if not is_json:
        yield from tables_of_lines(text, job.name, files)


def tables_of_lines(text: str, name: str, files: Files) -> Iterator[TableEvent]:
    """Each run of lines that are divided alike."""
    heading, count = "", 0
    block: list[tuple[int, str]] = []
    for number, line in enumerate([*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""], 1):
        if _divider(line) and (not block or _divider(line) == _divider(block[-1][1])):
            block.append((number, line))
            continue
        rows, header_rows = _rows(block)
        if len(rows) >= 2:
            count += 1
            title = heading or (name if count == 1 else f"Table {count}")
            yield from table(files, title, rows, [], header_rows=header_rows)
            heading = ""
        block = [(number, line)] if _divider(line) else []
        found = _HEADING.match(line)
        if found:
            heading = found[1].rstrip("#").rstrip() or found[1]


def _divider(line: str) -> str:
    """What divides a line into columns: a pipe or a tab; "" for prose."""
    stripped = line.strip()
    if stripped.startswith("+-") or (stripped.startswith("|") and stripped.count("|") >= 2):
        return "|"
    if len(_ESCAPED_PIPE.findall(stripped)) >= 1 and " | " in f" {stripped} ":
        return "|"
    return "\t" if stripped.count("\t") >= 1 else ""


def _rows(block: Sequence[tuple[int, str]]) -> tuple[list[Row], int]:
    """The rows of a run of lines, and how many of them a rule marks as titles (-1 where there is no rule)."""
    rows: list[Row] = []
    header_rows = -1
    for number, line in block:
        if _RULE.fullmatch(line) and "-" in line + "=":
            if rows and header_rows < 0:
                header_rows = len(rows)
            continue
        if _divider(line) == "\t":
            cells = [cell.strip() for cell in line.split("\t")]
        else:
            inner = line.strip().removeprefix("|")
            inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
            cells = [cell.strip().replace("\\|", "|") for cell in _ESCAPED_PIPE.split(inner)]
        rows.append((number, cells))
    widths = [len(cells) for _, cells in rows]
    if not widths or max(widths) < 2:
        return [], -1
    return rows, header_rows
