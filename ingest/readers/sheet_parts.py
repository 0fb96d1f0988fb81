"""What a workbook says beside the values of its cells, read from its parts as a stream: merged ranges, hidden
rows and columns, formulas, comments, pictures, text boxes and files inside it.

openpyxl's reading of large files row by row tells none of these.
"""

import posixpath
import re
import zipfile
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.xml.functions import fromstring

from ingest import limits
from ingest.readers.rows import tidy

HIDDEN_ROW = "[hidden row]"
HIDDEN_COLUMN = "[hidden column]"
_SHEETS = {"hidden": "[hidden sheet]", "veryHidden": "[hidden sheet] [very hidden]"}

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^<>]*?ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
# A formula with nothing behind it: no result was saved.
_OPEN_FORMULA = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)(?:<(?:\w+:)?v\s*/>|<v></v>)?</(?:\w+:)?c>"
)
_HIDDEN = rb"(?:hidden=\"(?:1|true)\"|ht=\"0(?:\.0*)?\")"
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s[^<>]*?\b" + _HIDDEN + rb"[^<>]*>")
_HIDDEN_COLUMN = re.compile(rb"<(?:\w+:)?col\s[^<>]*?\b(?:hidden=\"(?:1|true)\"|width=\"0(?:\.0*)?\")[^>]*>")
_EDGE = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(Header|Footer)>([^<]{1,2000})</")
# Where a part of a head or foot stands, and its font, size, colour and fields.
_EDGE_CODE = re.compile(r"&(?:\"[^\"]{0,80}\"|K[0-9A-Fa-f]{6}|\d{1,3}|[A-Z])")
_NUMBER = {name: re.compile(rb"\s" + name.encode() + rb'="([0-9]{1,7})"') for name in ("r", "min", "max")}
_PART_BYTES = 1 << 20
_OVERLAP = 1000
_MOST_MERGED = 20_000
_PARSED_BYTES = 32 * limits.MEGABYTE
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass
class Marks:
    """What the part of one sheet says. `hidden_rows` are stretches (first, last), in order."""

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[list[int]] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    heads: list[str] = field(default_factory=list)
    feet: list[str] = field(default_factory=list)
    has_formulas: bool = False
    has_open_formulas: bool = False

    def is_hidden(self, row: int) -> bool:
        """Whether the row of this number is hidden."""
        at = bisect_right(self.hidden_rows, row, key=lambda stretch: stretch[0]) - 1
        return at >= 0 and row <= self.hidden_rows[at][1]

    def add_hidden(self, row: int) -> None:
        if self.hidden_rows and row <= self.hidden_rows[-1][1] + 1:
            self.hidden_rows[-1][1] = max(row, self.hidden_rows[-1][1])
        else:
            self.hidden_rows.append([row, row])


@dataclass
class Beside:
    """What hangs at a sheet: remarks by row, texts and pictures of its drawings, files by name."""

    comments: dict[int, list[str]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def sheet_mark(sheet: object) -> str:
    """ "[hidden sheet]" for one that is hidden, "" for others."""
    return _SHEETS.get(str(getattr(sheet, "sheet_state", "visible")), "")


def part_of(sheet: object) -> str:
    """The name of the part of the file that holds a sheet."""
    return str(getattr(sheet, "_worksheet_path", "")).lstrip("/")


def marks_of(path: Path, part: str) -> Marks:
    """The marks of the sheet in this part, found by looking through it once, a megabyte at a time."""
    marks = Marks()
    with zipfile.ZipFile(path) as parts:
        if part not in parts.namelist():
            return marks
        with parts.open(part) as stream:
            before = b""
            while content := stream.read(_PART_BYTES):
                window = before + content
                _look(window, marks)
                before = window[-_OVERLAP:]
    marks.merged = sorted(set(marks.merged), key=lambda bounds: bounds[1])
    return marks


def _look(window: bytes, marks: Marks) -> None:
    marks.has_formulas = marks.has_formulas or bool(_FORMULA.search(window))
    marks.has_open_formulas = marks.has_open_formulas or bool(
        marks.has_formulas and _OPEN_FORMULA.search(window)
    )
    for found in _EDGE.finditer(window):
        kept = marks.heads if found[1] == b"Header" else marks.feet
        for text in _edge_texts(found[2]):
            if text not in kept:
                kept.append(text)
    for found in _MERGED.finditer(window):
        if len(marks.merged) < _MOST_MERGED:
            marks.merged.append(range_boundaries(found[1].decode()))
    if b"hidden=" in window or b'ht="0' in window:
        for found in _HIDDEN_ROW.finditer(window):
            row = _whole(found[0], "r")
            if row:
                marks.add_hidden(row)
    if b"<cols" in window or b":cols" in window:
        for found in _HIDDEN_COLUMN.finditer(window):
            first, last = _whole(found[0], "min"), _whole(found[0], "max")
            if first:
                marks.hidden_columns.update(range(first, min(last, limits.TABLE_COLUMNS) + 1))


def _edge_texts(content: bytes) -> Iterator[str]:
    """The left, middle and right text of a head or foot for printing, without its codes."""
    said = unescape(content.decode("utf-8", "replace"))
    for part in re.split(r"&[LCR]", said):
        text = tidy(_EDGE_CODE.sub(" ", part).replace("&&", "&"))
        if any(map(str.isalpha, text)):
            yield text


def _whole(tag: bytes, name: str) -> int:
    found = _NUMBER[name].search(tag)
    return int(found[1]) if found else 0


class Merged:
    """Fills the cells below and beside the first cell of each merged range with its text."""

    def __init__(self, ranges: Sequence[tuple[int, int, int, int]], most_columns: int) -> None:
        self._waiting = list(ranges[::-1])
        self._open: list[tuple[tuple[int, int, int, int], str]] = []
        self._most = most_columns

    def applied(self, number: int, row: list[str]) -> list[str]:
        """The row of this number with what reaches into it; rows come in order."""
        while self._waiting and self._waiting[-1][1] <= number:
            bounds = self._waiting.pop()
            left = bounds[0] - 1
            text = row[left] if bounds[1] == number and left < len(row) else ""
            self._open.append((bounds, text))
        self._open = [item for item in self._open if item[0][3] >= number]
        for (left, _, right, _), text in self._open:
            last = min(right, self._most)
            if text and len(row) < last:
                row.extend("" for _ in range(last - len(row)))
            for index in range(left - 1, last):
                if text and not row[index]:
                    row[index] = text
        return row


def beside(path: Path, part: str) -> Beside:
    """What hangs at the sheet in this part."""
    found = Beside()
    with zipfile.ZipFile(path) as archive:
        parts = _Parts(archive)
        people = {
            str(person.get("id")): tidy(str(person.get("displayName") or ""))
            for name in parts.names
            if name.startswith("xl/persons/")
            for person in _elements(parts.parsed(name), "person")
        }
        comments = _Comments(people)
        for kind, target in parts.related(part):
            if kind == "comments":
                comments.add_plain(parts.parsed(target))
            elif kind == "threadedComment":
                comments.add_threads(parts.parsed(target))
            elif kind == "drawing":
                _add_drawing(parts, target, found)
            elif kind in ("package", "oleObject"):
                found.files.append((target.rsplit("/", 1)[-1], parts.content(target)))
        found.comments = comments.by_row()
        found.unread = parts.unread
    return found


class _Parts:
    """The parts of a file by name; those too large to be parsed are remembered."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = frozenset(archive.namelist())
        self.unread: list[str] = []

    def content(self, name: str) -> bytes:
        if name not in self.names or self._archive.getinfo(name).file_size > limits.ATTACHMENT_BYTES:
            return b""
        return self._archive.read(name)

    def parsed(self, name: str) -> Any:
        """The root of an XML part, None where it is not there or cannot be read."""
        if name not in self.names:
            return None
        if self._archive.getinfo(name).file_size > _PARSED_BYTES:
            self.unread.append(name)
            return None
        try:
            return fromstring(self._archive.read(name))
        except (SyntaxError, ValueError):
            self.unread.append(name)
            return None

    def related(self, name: str) -> Iterator[tuple[str, str]]:
        """Kind and name of each part inside the file that a part refers to."""
        folder, file = posixpath.split(name)
        root = self.parsed(f"{folder}/_rels/{file}.rels")
        for relation in () if root is None else root.iter(_RELATION):
            target = str(relation.get("Target") or "")
            if relation.get("TargetMode") == "External" or not target:
                continue
            kind = str(relation.get("Type") or "").rsplit("/", 1)[-1]
            yield kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _elements(root: Any, name: str) -> Iterator[Any]:
    """The elements of this local name, whatever their namespace."""
    for element in () if root is None else root.iter():
        if str(element.tag).rsplit("}", 1)[-1] == name:
            yield element


def _words(element: Any, name: str) -> str:
    return "".join(str(run.text or "") for run in _elements(element, name))


def _add_drawing(parts: _Parts, name: str, found: Beside) -> None:
    """Pictures, and what stands in text boxes and in the titles of charts."""
    for shape in _elements(parts.parsed(name), "sp"):
        lines = [tidy(_words(paragraph, "t")) for paragraph in _elements(shape, "p")]
        text = "\n".join(line for line in lines if line)
        if text:
            found.texts.append(text)
    for kind, target in parts.related(name):
        if kind == "image":
            content = parts.content(target)
            if content:
                found.pictures.append(content)
        elif kind == "chart":
            titles = [tidy(_words(title, "t")) for title in _elements(parts.parsed(target), "title")]
            said = "; ".join(title for title in titles if title)
            if said:
                found.texts.append(f"Chart: {said}")


class _Comments:
    """Remarks at cells: notes of the old kind, and threads with their replies."""

    def __init__(self, people: dict[str, str]) -> None:
        self._people = people
        self._plain: list[tuple[str, str, str]] = []
        self._threads: list[tuple[str, str, str, bool]] = []

    def add_plain(self, root: Any) -> None:
        authors = [tidy(str(author.text or "")) for author in _elements(root, "author")]
        for comment in _elements(root, "comment"):
            number = str(comment.get("authorId") or "")
            author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
            text = tidy(_words(comment, "t"))
            text = text.removeprefix(f"{author}:").strip() if author else text
            self._plain.append((str(comment.get("ref") or ""), author, text))

    def add_threads(self, root: Any) -> None:
        for comment in _elements(root, "threadedComment"):
            author = self._people.get(str(comment.get("personId")), "")
            place = str(comment.get("ref") or "")
            self._threads.append(
                (place, author, tidy(_words(comment, "text")), bool(comment.get("parentId")))
            )

    def by_row(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        threaded = {place for place, *_ in self._threads}
        for place, author, text in self._plain:
            # A thread leaves a note for old programs, which says the same again.
            if not (
                place in threaded and (author.startswith("tc=") or text.startswith("[Threaded comment]"))
            ):
                self._add(found, place, author.removeprefix("tc="), text, "Comment")
        for place, author, text, is_reply in self._threads:
            self._add(found, place, author, text, "Reply" if is_reply else "Comment")
        return dict(found)

    @staticmethod
    def _add(found: dict[int, list[str]], place: str, author: str, text: str, kind: str) -> None:
        if not text or not re.fullmatch(r"[A-Z]{1,3}[0-9]{1,7}", place):
            return
        by = f" by {author}" if author else ""
        found[coordinate_to_tuple(place)[0]].append(f"{kind}{by} on {place}: {text}")
