"""One page of a document as the viewer shows it: image with boxes, text with marks, and what is around it."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count
from django.urls import reverse

from donovan.library.highlights import (
    Box,
    MarkedText,
    Span,
    boxes_of,
    doubtful_spans,
    found_spans,
    marked_text,
)
from donovan.library.media import language_name
from ingest.models import Document, Page, PageWords, StageRecord, Word

MOST_FINDS = 200
FIND_CONTEXT = 60
LONGEST_FIND = 200
MOST_PASSAGES = 500
MOST_FACTS = 20
MOST_PLACES = 20
LONGEST_FACT = 300
_SAID_ELSEWHERE = frozenset({"kind", "handed_in_as"})
_SAYS_NOTHING = frozenset({"anonymous", "unspecified", "unknown", "untitled"})


@dataclass(frozen=True)
class PageView:
    """A page ready to be shown. Boxes are in pixels of its image; there are none without one."""

    page: Page
    language: str
    text: MarkedText
    cited_boxes: list[Box]
    found_boxes: list[Box]
    doubtful_count: int

    @property
    def has_image(self) -> bool:
        return bool(self.page.image and self.page.image_width and self.page.image_height)


@dataclass(frozen=True)
class Find:
    """One place where the wanted words stand."""

    page: int
    span: Span
    before: str
    words: str
    after: str
    address: str


def page_of(document: Document, number: int) -> Page | None:
    """The page of that number, or else the nearest one; None when the document has no pages."""
    pages = document.pages.order_by("number")
    return pages.filter(number__gte=number).first() or pages.last()


def page_view(page: Page, *, cited: Span | None, wanted: str = "") -> PageView:
    """The page with the cited span and the wanted words found on it."""
    words = words_of(page)
    doubtful = doubtful_spans(words) if page.source == Page.Source.OCR else []
    found = found_spans(page.text, wanted)[:MOST_FINDS]
    size = (page.image_width, page.image_height)
    return PageView(
        page=page,
        language=language_name(page.language),
        text=marked_text(page.text, cited=cited, doubtful=doubtful, found=found),
        cited_boxes=boxes_of(words, [cited], *size) if cited else [],
        found_boxes=boxes_of(words, found, *size) if found else [],
        doubtful_count=len(doubtful),
    )


def words_of(page: Page) -> list[Word]:
    """The words of a page with their boxes; none for a page whose words were not placed."""
    kept = PageWords.objects.filter(page=page).first()
    return kept.words if kept else []


def finds_in(document: Document, wanted: str) -> list[Find]:
    """The first MOST_FINDS places in the document where `wanted` stands, in order of pages."""
    finds: list[Find] = []
    if not wanted.strip():
        return finds
    for number, text in document.pages.order_by("number").values_list("number", "text").iterator():
        for span in found_spans(text, wanted):
            finds.append(
                Find(
                    page=number,
                    span=span,
                    before=text[max(span.start - FIND_CONTEXT, 0) : span.start],
                    words=text[span.start : span.end],
                    after=text[span.end : span.end + FIND_CONTEXT],
                    address=address_of(document, number, span, find=wanted),
                )
            )
            if len(finds) == MOST_FINDS:
                return finds
    return finds


def address_of(document: Document, number: int, span: Span | None = None, *, find: str = "") -> str:
    """The address that opens a document at a page and, when a span is given, lands on its words."""
    start, end = (span.start, span.end) if span is not None else (0, 0)
    return address_at(document.pk, number, start, end, find=find)


def address_at(document_id: UUID, number: int, start: int = 0, end: int = 0, *, find: str = "") -> str:
    """The same address from plain numbers; without `end` it opens the page as a whole."""
    values: dict[str, object] = {"page": number}
    if end > start:
        values |= {"start": start, "end": end}
    if find:
        values["find"] = find
    address = reverse("library:document", args=[document_id])
    return f"{address}?{urlencode(values)}{'#words' if end > start else ''}"


@dataclass(frozen=True)
class Surroundings:
    """The numbers that page navigation needs."""

    numbers: list[int]
    previous: int | None
    following: int | None

    @property
    def last(self) -> int:
        return self.numbers[-1]


def surroundings(document: Document, current: Page) -> Surroundings:
    """All page numbers of a document, and those before and after the current page."""
    numbers = list(document.pages.order_by("number").values_list("number", flat=True))
    at = numbers.index(current.number)
    return Surroundings(
        numbers=numbers,
        previous=numbers[at - 1] if at > 0 else None,
        following=numbers[at + 1] if at + 1 < len(numbers) else None,
    )


def sources_of(document: Document) -> list[tuple[str, int]]:
    """How many pages were in the file as text, and how many were read from their image."""
    counted = document.pages.order_by().values_list("source").annotate(n=Count("pk"))
    return [(str(Page.Source(source).label), count) for source, count in counted]


def places_of(document: Document) -> list[str]:
    """The names and paths under which the same bytes were handed in, in the order in which they came."""
    names = document.submissions.order_by("pk").values_list("name", flat=True)
    return list(dict.fromkeys(names))


def stages_of(document: Document) -> list[tuple[StageRecord, float | None]]:
    """The lines of the ledger with the seconds that each stage took."""
    return [
        (line, (line.finished_at - line.started_at).total_seconds() if line.finished_at else None)
        for line in document.stage_records.all()
    ]


def facts_of(document: Document) -> list[tuple[str, str]]:
    """What the file says of itself (author, subject and so on), as short text."""
    facts = []
    for name, value in list(document.metadata.items())[:MOST_FACTS]:
        parts = value if isinstance(value, list) else [value]
        text = ", ".join(str(part) for part in parts if isinstance(part, str | int | float)).strip()
        if text and name not in _SAID_ELSEWHERE and text.lower() not in _SAYS_NOTHING:
            facts.append((str(name).replace("_", " ").capitalize()[:60], text[:LONGEST_FACT]))
    return facts
