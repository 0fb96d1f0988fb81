"""What a mail says itself and what it only quotes: marks, block quotations, heads of earlier mails, forwards.

A body becomes lines with a depth (of ">" marks or of HTML block quotations). An introduction ("On ...
wrote:", a head of From, Sent and Subject, a dividing line) tells who wrote what follows and when; where no
marks follow it, all that stands below it in its depth is quoted. What is quoted is kept under a line that
says so, and never stands above what the mail says itself, but for answers that stand between the lines they
answer.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby

from bs4 import BeautifulSoup

from ingest.dates import foreign_day, mail_date
from ingest.quotes import Quote, label_of
from ingest.readers.html import blocks_in, parse
from ingest.readers.pagination import Block
from ingest.readers.quote_words import (
    ADDRESS,
    CLOCK,
    DAY,
    DIVIDER,
    FROM,
    HEADER,
    LONGEST_DIVIDER,
    OTHERS,
    RULE,
    SMALL_WORDS,
    SUBJECT,
    WROTE,
)
from ingest.values.dates import dates
from ingest.values.locales import weekday_names

_MARKS = re.compile(r"^[ \t]?(?P<marks>(?:>[ \t]?)+)")
_ESCAPED_FROM = re.compile(r"^>+From ")
_BEGIN, _END = "\ue000", "\ue001"
_INDENTED_ONLY = re.compile(r"border\s*:\s*(?:none|0)|margin[^;]*40px", re.IGNORECASE)
_LONGEST_INTRODUCTION = 400
_INTRODUCTION_LINES = 3
_HEAD_LINES = 24
_MOST_SECTIONS = 2000
_CHUNK = re.compile(r"[,;:،，：]|\s{2,}")


@dataclass(frozen=True)
class _Line:
    """A line with its depth; `block` where it came as a heading or a row and stays one."""

    depth: int
    text: str
    block: Block | None = None


@dataclass
class _Section:
    quote: Quote | None
    depth: int = 0
    lines: list[_Line] = field(default_factory=list)


def blocks_of_plain(text: str, near: date) -> list[Block]:
    """The blocks of a plain body; `near` is the day of the mail."""
    return _blocks(_plain_lines(text), near)


def blocks_of_html(text: str, near: date) -> list[Block]:
    """The blocks of an HTML body. Raises IngestError "unsafe-content" for absurd nesting."""
    soup = parse(text.replace(_BEGIN, " ").replace(_END, " "))
    _mark_quotations(soup)
    return _blocks(_html_lines(soup), near)


def _mark_quotations(soup: BeautifulSoup) -> None:
    """Marks around each block quotation that is more than an indented paragraph."""
    for node in soup.find_all("blockquote", limit=_MOST_SECTIONS):
        said = f"{node.get('type')} {node.get('class')}"
        if "cite" not in said and "quote" not in said and _INDENTED_ONLY.search(str(node.get("style") or "")):
            continue
        for mark, place in ((_BEGIN, 0), (_END, len(node.contents) + 1)):
            paragraph = soup.new_tag("p")
            paragraph.string = mark
            node.insert(place, paragraph)


def _html_lines(soup: BeautifulSoup) -> list[_Line]:
    lines: list[_Line] = []
    depth = 0
    for block in blocks_in(soup):
        if block.text in {_BEGIN, _END}:
            depth = max(0, depth + (1 if block.text == _BEGIN else -1))
            continue
        text = block.text.replace(_BEGIN, " ").replace(_END, " ")
        if block.kind == "paragraph":
            lines += [_Line(depth, ""), *(_Line(depth, line.strip()) for line in text.split("\n"))]
        else:
            lines.append(_Line(depth, text, replace(block, text=text)))
    return lines


def _plain_lines(text: str) -> list[_Line]:
    raw = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines: list[_Line] = []
    for place, line in enumerate(raw):
        match = _MARKS.match(line)
        beside = [raw[at] for at in (place - 1, place + 1) if 0 <= at < len(raw)]
        if match is None or (_ESCAPED_FROM.match(line) and not any(_MARKS.match(each) for each in beside)):
            # Mailboxes write ">From " for a line that begins with "From ".
            lines.append(_Line(0, (line if match is None else line.lstrip(">")).rstrip()))
        else:
            lines.append(_Line(match["marks"].count(">"), line[match.end() :].rstrip()))
    return lines


def _blocks(lines: Sequence[_Line], near: date) -> list[Block]:
    sections = [section for section in _sections(lines, near) if any(line.text for line in section.lines)]
    own = [section for section in sections if section.quote is None]
    if len(own) == 1:
        sections = own + [section for section in sections if section.quote is not None]
    blocks: list[Block] = []
    for section in sections:
        if section.quote is not None:
            blocks.append(Block("paragraph", f"{label_of(section.quote)}:", quote=section.quote))
        blocks += _paragraphs(section)
    return blocks


def _paragraphs(section: _Section) -> Iterator[Block]:
    def kind(line: _Line) -> str:
        return "block" if line.block is not None else "text" if line.text.strip() else ""

    for name, run in groupby(section.lines, key=kind):
        if name == "text":
            yield Block("paragraph", "\n".join(line.text for line in run), quote=section.quote)
        elif name == "block":
            yield from (replace(line.block, quote=section.quote) for line in run if line.block is not None)


class _Introductions:
    """What was said of who wrote each depth: below an introduction without marks, or of the marks to come."""

    def __init__(self) -> None:
        self._below: dict[int, Quote] = {}
        self._coming: dict[int, Quote] = {}

    def of(self, depth: int) -> Quote | None:
        self._below = {at: quote for at, quote in self._below.items() if at <= depth}
        self._coming = {at: quote for at, quote in self._coming.items() if at <= depth + 1}
        if depth in self._below:
            return self._below[depth]
        return self._coming.get(depth, Quote()) if depth else self._below.get(0)

    def begin(self, depth: int, quote: Quote, *, is_marked: bool) -> None:
        if is_marked:
            self._coming[depth + 1] = quote
            self._below.pop(depth + 1, None)
        else:
            self._below[depth] = quote
            self._coming = {at: quote for at, quote in self._coming.items() if at <= depth}


def _sections(lines: Sequence[_Line], near: date) -> list[_Section]:
    sections: list[_Section] = [_Section(None)]
    known = _Introductions()
    place = 0
    while place < len(lines):
        line = lines[place]
        quote = known.of(line.depth) if line.text.strip() else sections[-1].quote
        stop, found, has_marks = _introduction(lines, place, near)
        if found is not None:
            known.begin(line.depth, found, is_marked=has_marks)
            # The introduction goes with what it introduces.
            quote = found
        else:
            stop = place + 1
        last = sections[-1]
        depth = line.depth + has_marks if line.text.strip() else last.depth
        is_another = quote != last.quote or (quote is not None and depth != last.depth)
        if is_another and len(sections) < _MOST_SECTIONS:
            sections.append(_Section(quote, depth))
        sections[-1].lines += lines[place:stop]
        place = stop
    return sections


def _introduction(lines: Sequence[_Line], place: int, near: date) -> tuple[int, Quote | None, bool]:
    """Where an introduction that begins at `place` ends, who and when it names, and whether the marks or the
    block quotation follow; no quote where none begins there.
    """
    line = lines[place]
    if line.block is not None or not line.text.strip():
        return place, None, False
    begin = place
    told = line.text.strip()
    is_divided = len(told) <= LONGEST_DIVIDER and DIVIDER.match(told) is not None
    if is_divided or RULE.match(line.text.strip()):
        begin = _next_filled(lines, place + 1)
    if begin < len(lines):
        stop, quote = _head(lines, begin, near, is_divided=is_divided)
        if quote is not None and lines[begin].depth > line.depth:
            # Apple Mail sets the head of what it forwards in marks of its own.
            return begin, quote, True
        if quote is not None:
            return stop, quote, _goes_deeper(lines, stop, line.depth)
    if is_divided:
        return place + 1, Quote(), _goes_deeper(lines, place + 1, line.depth)
    return _wrote(lines, place, near)


def _next_filled(lines: Sequence[_Line], place: int) -> int:
    while place < len(lines) and not lines[place].text.strip():
        place += 1
    return place


def _goes_deeper(lines: Sequence[_Line], place: int, depth: int) -> bool:
    following = _next_filled(lines, place)
    return following < len(lines) and lines[following].depth > depth


def _head(lines: Sequence[_Line], place: int, near: date, *, is_divided: bool) -> tuple[int, Quote | None]:
    """The head of an earlier mail that begins at `place`: From, and Sent or Subject beside it."""
    depth, at, stop, last = lines[place].depth, place, place, ""
    found: dict[str, str] = {}
    while at < min(len(lines), place + _HEAD_LINES):
        if lines[at].block is not None or lines[at].depth != depth:
            break
        text = lines[at].text.strip()
        match = HEADER.match(text)
        kind = _kind_of(match["name"]) if match else ""
        if match is not None and kind and (kind == "others" or kind not in found):
            found[kind] = match["value"][:_LONGEST_INTRODUCTION].strip(" *_")
            last, stop = kind, at + 1
        elif text and stop == at and last == "others" and "@" in text:
            # A long list of addressees goes on in the next line.
            stop = at + 1
        elif text:
            break
        at += 1
    if not found.get("from") or not ({"day", "subject"} & found.keys() or is_divided):
        return place, None
    day = mail_date(found.get("day", ""), (), near)
    return stop, Quote(_name_in(found["from"]), day.isoformat() if day else "")


def _kind_of(name: str) -> str:
    folded = " ".join(name.casefold().strip(" *_").split())
    for kind, names in (("from", FROM), ("day", DAY), ("subject", SUBJECT), ("others", OTHERS)):
        if folded in names:
            return kind
    return ""


def _wrote(lines: Sequence[_Line], place: int, near: date) -> tuple[int, Quote | None, bool]:
    """ "On 5 October 2026, Halvard Quist wrote:", over up to three lines."""
    text, depth = "", lines[place].depth
    for stop in range(place + 1, min(len(lines), place + _INTRODUCTION_LINES) + 1):
        line = lines[stop - 1]
        if line.depth != depth or line.block is not None or not line.text.strip():
            break
        text = f"{text} {line.text.strip()}".strip()
        if len(text) > _LONGEST_INTRODUCTION:
            break
        if not text.endswith((":", "：")) or not WROTE.search(text):
            continue
        is_marked = _goes_deeper(lines, stop, depth)
        named = _named_days(text)
        # "He wrote:" in a story introduces no mail.
        if is_marked or ADDRESS.search(text) or (named and CLOCK.search(text)):
            day = mail_date(text[slice(*named[0])], (), near) if named else foreign_day(text, near)
            return stop, Quote(_author_in(text, named), day.isoformat() if day else ""), is_marked
    return place, None, False


def _named_days(text: str) -> list[tuple[int, int]]:
    return list(dict.fromkeys((each.start, each.end) for each in dates(text) if each.day))


def _author_in(text: str, days: Sequence[tuple[int, int]]) -> str:
    """The name that is left of an introduction without its day, hour, verb and address."""
    rest = text
    for start, end in reversed(days):
        rest = f"{rest[:start]} ; {rest[end:]}"
    address = ADDRESS.search(rest)
    rest = ADDRESS.sub(" ; ", CLOCK.sub(" ; ", rest))
    rest = WROTE.sub(" ; ", rest)
    for chunk in reversed(_CHUNK.split(rest)):
        words = [
            word
            for word in chunk.replace('"', " ").split()
            if word.casefold().strip(".") not in SMALL_WORDS | weekday_names()
        ]
        while words and words[0].islower():
            words.pop(0)
        if words and any(character.isalpha() for character in words[0]):
            return " ".join(words).strip(" <>[]();,'")[:100]
    return address[0].strip("<>()[]")[:100] if address else ""


def _name_in(value: str) -> str:
    """The name of a From line, or its address where it has none."""
    name = " ".join(
        ADDRESS.sub(" ", re.sub(r"\[?mailto:[^\]>\s]*[\]>]?", " ", value)).replace('"', " ").split()
    )
    address = ADDRESS.search(value)
    return (name.strip(" <>[]();,'") or (address[0].strip("<>()[]") if address else ""))[:100]
