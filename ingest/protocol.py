"""What the sandboxed reader may say, and nothing else: one JSON object a line, checked before it is used.

The reader writes with `emit`; the parent reads with `parse_event`, which trusts nothing: unknown keys,
wrong types,
offsets outside the text and over-long values raise `ProtocolError`; control characters become spaces, one
for one, so
that offsets stay true.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, TextIO

from ingest import limits

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_FILE_NAME = re.compile(r"[0-9A-Za-z_]{1,40}(\.[a-z]{1,5})?")
_SOURCES = frozenset({"digital", "ocr", "none"})


class ProtocolError(ValueError):
    """The reader said something outside the agreed form."""


def clean(text: str) -> str:
    """`text` with control characters, bidirectional overrides and lone surrogates replaced by spaces (same
    length).
    """
    return _CONTROL.sub(" ", text)


@dataclass(frozen=True)
class Box:
    """A word: character offsets into the page text, edges as shares (0 to 1) of the page, confidence 0 to
    1.
    """

    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float
    confidence: float = 1.0

    def row(self) -> list[float]:
        """The seven numbers in order, edges to five places."""
        edges = (round(v, 5) for v in (self.left, self.top, self.right, self.bottom))
        return [self.start, self.end, *edges, round(self.confidence, 3)]


@dataclass(frozen=True)
class Heading:
    """A heading: where it stands in the page text, its depth (1 is the highest) and its words."""

    start: int
    level: int
    text: str


@dataclass(frozen=True)
class Quoted:
    """A stretch of the page text that is quoted from an earlier mail: whose words, of which day (ISO); empty
    where that is not said.
    """

    start: int
    end: int
    author: str = ""
    day: str = ""


@dataclass(frozen=True)
class Identified:
    """What the content is: `kind` as in `ingest.identify.KINDS`, and a notice when the name said something
    else.
    """

    media_type: str
    kind: str
    notice: str = ""


@dataclass(frozen=True)
class Begun:
    """The file opened: how many pages it has and what it says about itself."""

    pages: int
    title: str = ""
    date: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PageRead:
    """One page. `rows` are stretches that must not be cut (table rows); `image` is a file in the output
    folder.

    The last `hidden` characters of the text say what the file holds but the page does not show.
    """

    number: int
    text: str
    source: str = "digital"
    confidence: float | None = None
    image: str = ""
    width: int = 0
    height: int = 0
    unreadable: bool = False
    words: tuple[Box, ...] = ()
    headings: tuple[Heading, ...] = ()
    rows: tuple[tuple[int, int], ...] = ()
    hidden: int = 0
    quoted: tuple[Quoted, ...] = ()

    @property
    def shown(self) -> "PageRead":
        """The page without what it does not show: what is kept, searched and cited."""
        if not self.hidden:
            return self
        end = len(self.text[: len(self.text) - self.hidden].rstrip())
        return replace(
            self,
            text=self.text[:end],
            words=tuple(word for word in self.words if word.end <= end),
            headings=tuple(heading for heading in self.headings if heading.start < end),
            rows=tuple(row for row in self.rows if row[1] <= end),
            hidden=0,
        )


@dataclass(frozen=True)
class NeedsOcr:
    """Which pages have to be read from their image; sent once, before the first of them."""

    pages: int


@dataclass(frozen=True)
class Attachment:
    """A file found inside the file, written to the output folder under `file`; `name` is what the sender
    called it.
    """

    file: str
    name: str


@dataclass(frozen=True)
class Notice:
    """Something to tell the user about a file that could be read; a code of `ingest.errors.NOTICES`."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Failed:
    """The file cannot be read; a code of `ingest.errors.SENTENCES` and its filled-in sentence."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Ended:
    """All that could be read has been sent."""


Event = Identified | Begun | PageRead | NeedsOcr | Attachment | Notice | Failed | Ended
_KINDS: dict[str, type[Event]] = {
    "identified": Identified,
    "begun": Begun,
    "page": PageRead,
    "needs-ocr": NeedsOcr,
    "attachment": Attachment,
    "notice": Notice,
    "failed": Failed,
    "ended": Ended,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def emit(stream: TextIO, event: Event) -> None:
    """Write one event as one line and flush it, so that the parent sees progress at once."""
    if isinstance(event, PageRead):
        values: dict[str, Any] = {
            **{name: getattr(event, name) for name in PageRead.__dataclass_fields__},
            "words": [word.row() for word in event.words],
            "headings": [[h.start, h.level, h.text] for h in event.headings],
            "rows": [list(row) for row in event.rows],
            "quoted": [[q.start, q.end, q.author, q.day] for q in event.quoted],
        }
    else:
        values = asdict(event)
    values["event"] = _NAMES[type(event)]
    stream.write(json.dumps(values, ensure_ascii=True, separators=(",", ":")) + "\n")
    stream.flush()


def parse_event(untrusted_line: bytes) -> Event:
    """The event in one line of the reader's output. Raises ProtocolError for anything outside the agreed
    form.
    """
    if len(untrusted_line) > limits.EVENT_BYTES:
        raise ProtocolError("an event is too long")
    try:
        untrusted = json.loads(untrusted_line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("an event is not JSON") from error
    if not isinstance(untrusted, dict):
        raise ProtocolError("an event is not an object")
    name = untrusted.pop("event", None)
    kind = _KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise ProtocolError("an event is of no known kind")
    if set(untrusted) != set(kind.__dataclass_fields__):
        raise ProtocolError("an event has other fields than agreed")
    if kind is PageRead:
        return _page(untrusted)
    if kind is Identified:
        return Identified(
            _text(untrusted["media_type"], 120), _text(untrusted["kind"], 20), _text(untrusted["notice"], 500)
        )
    if kind is Begun:
        return _begun(untrusted)
    if kind is NeedsOcr:
        return NeedsOcr(_whole(untrusted["pages"], 0, limits.PAGES))
    if kind is Attachment:
        return Attachment(_file_name(untrusted["file"]), _text(untrusted["name"], 400))
    if kind is Notice:
        return Notice(_text(untrusted["code"], 60), _text(untrusted["sentence"], 1000))
    if kind is Failed:
        return Failed(_text(untrusted["code"], 60), _text(untrusted["sentence"], 1000))
    return Ended()


def _text(untrusted: object, longest: int) -> str:
    if not isinstance(untrusted, str):
        raise ProtocolError("a text is not a text")
    if len(untrusted) > longest:
        raise ProtocolError("a text is too long")
    return clean(untrusted)


def _whole(untrusted: object, lowest: int, highest: int) -> int:
    if not isinstance(untrusted, int) or isinstance(untrusted, bool) or not lowest <= untrusted <= highest:
        raise ProtocolError("a whole number is out of bounds")
    return untrusted


def _share(untrusted: object) -> float:
    if not isinstance(untrusted, (int, float)) or isinstance(untrusted, bool) or not math.isfinite(untrusted):
        raise ProtocolError("a share is not a number")
    return min(1.0, max(0.0, float(untrusted)))


def _list(untrusted: object, longest: int) -> list[Any]:
    if not isinstance(untrusted, list) or len(untrusted) > longest:
        raise ProtocolError("a list is too long or no list")
    return untrusted


def _file_name(untrusted: object) -> str:
    name = _text(untrusted, 60)
    if not _FILE_NAME.fullmatch(name):
        raise ProtocolError("a file name is outside the agreed form")
    return name


def _begun(untrusted: dict[str, Any]) -> Begun:
    facts = untrusted["metadata"]
    if not isinstance(facts, dict) or len(facts) > 60:
        raise ProtocolError("the metadata is too large or no object")
    return Begun(
        pages=_whole(untrusted["pages"], 0, limits.PAGES),
        title=_text(untrusted["title"], 500),
        date=_text(untrusted["date"], 40),
        metadata={_text(key, 60): _text(value, 2000) for key, value in facts.items()},
    )


def _span(untrusted: object, length: int) -> tuple[int, int]:
    pair = _list(untrusted, 2)
    if len(pair) != 2:
        raise ProtocolError("a span is not a pair")
    start = _whole(pair[0], 0, length)
    return start, _whole(pair[1], start, length)


def _word(untrusted: object, length: int) -> Box:
    row = _list(untrusted, 7)
    if len(row) != 7:
        raise ProtocolError("a word has other fields than agreed")
    start, end = _span(row[:2], length)
    left, top, right, bottom, confidence = (_share(value) for value in row[2:])
    return Box(start, end, left, top, max(left, right), max(top, bottom), confidence)


def _heading(untrusted: object, length: int) -> Heading:
    row = _list(untrusted, 3)
    if len(row) != 3:
        raise ProtocolError("a heading has other fields than agreed")
    return Heading(_whole(row[0], 0, length), _whole(row[1], 1, 9), _text(row[2], 300))


def _page(untrusted: dict[str, Any]) -> PageRead:
    text = _text(untrusted["text"], limits.PAGE_CHARACTERS)
    source = untrusted["source"]
    unreadable = untrusted["unreadable"]
    if source not in _SOURCES or not isinstance(unreadable, bool):
        raise ProtocolError("a page says something impossible about itself")
    confidence = untrusted["confidence"]
    return PageRead(
        number=_whole(untrusted["number"], 1, limits.PAGES),
        text=text,
        source=source,
        confidence=None if confidence is None else _share(confidence),
        image=_file_name(untrusted["image"]) if untrusted["image"] else "",
        width=_whole(untrusted["width"], 0, 20_000),
        height=_whole(untrusted["height"], 0, 20_000),
        unreadable=unreadable,
        words=tuple(_word(row, len(text)) for row in _list(untrusted["words"], limits.PAGE_WORDS)),
        headings=tuple(
            _heading(row, len(text)) for row in _list(untrusted["headings"], limits.PAGE_HEADINGS)
        ),
        rows=tuple(_span(row, len(text)) for row in _list(untrusted["rows"], limits.PAGE_ROWS)),
        hidden=_whole(untrusted["hidden"], 0, len(text)),
        quoted=tuple(_quoted(row, len(text)) for row in _list(untrusted["quoted"], limits.PAGE_QUOTES)),
    )


def _quoted(untrusted: object, length: int) -> Quoted:
    row = _list(untrusted, 4)
    if len(row) != 4:
        raise ProtocolError("a quotation has other fields than agreed")
    day = _text(row[3], 10)
    try:
        if day:
            date.fromisoformat(day)
    except ValueError as error:
        raise ProtocolError("the day of a quotation is none") from error
    return Quoted(*_span(row[:2], length), _text(row[2], 100), day)
