"""Pages to passages: stretches long enough to answer and short enough to embed, cut where a reader would
pause.

A passage is always an exact slice of its page's text. What runs at the edges of pages (heads, feet, page
numbers) is left out where it can be without a gap in a passage. It ends, in this order of preference, before
a heading, at the end of a paragraph, of a sentence, of a line, of a word. A table row is never divided.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.protocol import Heading, PageRead
from ingest.quotes import Quote, label_of
from ingest.running_lines import Running, Span

WANTED = 800
LONGEST = 900
SHORTEST = 350
# A remainder up to here is kept whole rather than cut into a full passage and a crumb.
LONGEST_LAST = 1050
_HEADING_REACH = 150
_PATH_CHARACTERS = 300

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_SENTENCE = re.compile(r"(?<=[.!?…。！？؟])[\"'”’»)\]]*\s+|(?<=[。！？])")
_LINE = re.compile(r"\n")
_WORD = re.compile(r"\s+")


@dataclass(frozen=True)
class Cut:
    """A passage: page number, character offsets into the page text, and the path of headings above it."""

    page: int
    start: int
    end: int
    heading: str


def cut_pages(pages: Iterable[PageRead], running: Running | None = None) -> Iterator[Cut]:
    """All passages of a document in order; the path of headings is carried from page to page.

    What `running` says of the same pages is left out, and no foot counts as a heading. No passage holds both
    what a page says and what it only quotes; over a quoted one stands whose words it holds.
    """
    path: list[Heading] = []
    for index, page in enumerate(pages):
        left_out: Sequence[Span] = running.left_out[index] if running is not None else ()
        staying = running.feet[index] if running is not None else ()
        headings = sorted(
            (h for h in page.headings if not _is_in(h.start, left_out) and not _is_in(h.start, staying)),
            key=lambda heading: heading.start,
        )
        used = 0
        edges = {place for quoted in page.quoted for place in (quoted.start, quoted.end)}
        left_out = sorted({*left_out, *((place, place) for place in edges if not _is_in(place, left_out))})
        for start, end in _cut_around(page, [h.start for h in headings], left_out, staying):
            while used < len(headings) and headings[used].start <= min(start + _HEADING_REACH, end - 1):
                path = [h for h in path if h.level < headings[used].level] + [headings[used]]
                used += 1
            quoted = next((each for each in page.quoted if each.start <= start < each.end), None)
            words = label_of(Quote(quoted.author, quoted.day)) if quoted is not None else _written(path)
            yield Cut(page.number, start, end, words)
        for heading in headings[used:]:
            path = [h for h in path if h.level < heading.level] + [heading]


def _is_in(place: int, spans: Sequence[Span]) -> bool:
    return any(start <= place < end for start, end in spans)


def _cut_around(
    page: PageRead, headings: Sequence[int], left_out: Sequence[Span], feet: Sequence[Span]
) -> Iterator[Span]:
    """Passages of what lies between the spans that are left out, as offsets into the page text.

    Feet that stay make no passage by themselves.
    """
    begin = 0
    for stop, following in [*left_out, (len(page.text), len(page.text))]:
        rows = [(start - begin, end - begin) for start, end in page.rows if begin <= start and end <= stop]
        shifted = [heading - begin for heading in headings if begin <= heading < stop]
        spans = [(start + begin, end + begin) for start, end in cut(page.text[begin:stop], shifted, rows)]
        if len(spans) > 1 and _is_covered(page.text, spans[-1], feet):
            spans[-2:] = [(spans[-2][0], spans[-1][1])]
        yield from spans
        begin = following


def _is_covered(text: str, span: Span, feet: Sequence[Span]) -> bool:
    """Whether a span holds nothing but feet and white space."""
    rest, place = "", span[0]
    for start, end in feet:
        if span[0] <= start and end <= span[1]:
            rest, place = rest + text[place:start], end
    return place > span[0] and not (rest + text[place : span[1]]).strip()


def _written(path: Sequence[Heading]) -> str:
    words = " > ".join(heading.text for heading in path)
    return words if len(words) <= _PATH_CHARACTERS else words[-_PATH_CHARACTERS:].lstrip(" >")


def cut(
    text: str, headings: Sequence[int] = (), rows: Sequence[tuple[int, int]] = ()
) -> list[tuple[int, int]]:
    """Offsets of the passages of one page: in order, not overlapping, without white space at their edges.

    Together they hold every character that is not white space. `headings` are offsets before which to cut;
    `rows` are
    stretches that stay whole, however long.
    """
    spans: list[tuple[int, int]] = []
    start = _skip_space(text, 0)
    while start < len(text):
        end = _end(text, start, headings, rows)
        stop = end
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        spans.append((start, stop))
        start = _skip_space(text, end)
    return spans


def _skip_space(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _end(text: str, start: int, headings: Sequence[int], rows: Sequence[tuple[int, int]]) -> int:
    """Where the passage that begins at `start` ends."""
    limit = len(text)
    for heading in headings:
        # A heading close behind the start belongs to the same passage: a title over a first section, a bare
        # number.
        if start + _HEADING_REACH <= heading < start + LONGEST_LAST:
            limit = heading
            break
    if limit - start <= LONGEST_LAST:
        return limit
    latest = start + LONGEST
    for row_start, row_end in rows:
        if row_start < latest < row_end:
            return row_start if row_start > start and text[start:row_start].strip() else row_end
    for pattern, earliest in (
        (_PARAGRAPH, start + SHORTEST),
        (_SENTENCE, start + SHORTEST),
        (_LINE, start + SHORTEST),
        (_WORD, start + 1),
    ):
        place = _last_break(pattern, text, earliest, latest, rows)
        if place:
            return place
    return latest


def _last_break(
    pattern: re.Pattern[str], text: str, earliest: int, latest: int, rows: Sequence[tuple[int, int]]
) -> int:
    """The last break between `earliest` and `latest` that is nearest to what is wanted and inside no row; 0
    if none.
    """
    best = 0
    for match in pattern.finditer(text, earliest, min(len(text), latest + 1)):
        place = match.end() if match.end() <= latest else match.start()
        if place >= earliest and not any(row_start < place < row_end for row_start, row_end in rows):
            best = place
    return best
