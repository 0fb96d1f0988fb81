"""The papers of a scope as a count looks at them: title, sender, addressee, first lines, day."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Substr

from donovan.assistant.kinds.papers import PaperNames
from donovan.assistant.spans import Span, cut
from donovan.assistant.terms import stem_of, stems_in
from ingest.models import Document, Page, Status
from ingest.values.dates import dates
from retrieval.results import SearchFilters
from retrieval.scope import AccessScope

HEAD_CHARACTERS = 500
_DATELINE_CHARACTERS = 80
_FROM_TO = re.compile(
    r"\bfrom\s+(?P<sender>.+?)(?:\s+to\s+(?P<addressee>.+?))?(?=,\s+\S+,?\s+\w+\s+\d|$)", re.IGNORECASE
)
_NEXT_HEADER = (
    r"(?=\s+(?:to|cc|bcc|from|sent|date|subject|re|de|para|asunto|fecha|von|an|betreff|от|кому|"
    r"тема|дата)\s*:|\n|$)"
)
_SENDER_LINE = re.compile(
    rf"(?:^|\s)(?:from|de|von|от|author|drafted by)\s*:\s*(.+?){_NEXT_HEADER}", re.IGNORECASE
)
_ADDRESSEE_LINE = re.compile(rf"(?:^|\s)(?:to|cc|para|an|кому|à)\s*:\s*(.+?){_NEXT_HEADER}", re.IGNORECASE)
_SENDER_FACTS = ("From", "author", "Author", "creator", "Creator", "last_author")
_ADDRESSEE_FACTS = ("To", "Cc")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Paper:
    """One readable document with what tells its kind, where it came from and where it went."""

    id: UUID
    blob: str
    title: str
    name: str
    label: str
    media_type: str
    language: str
    day: date | None
    facts: dict[str, str]
    head: str = ""

    @cached_property
    def sender(self) -> str:
        """Who sent it, as title, header lines and metadata say, and the place before the date of its first
        line.
        """
        return f"{self._stated_sender}\n{self.dateline}".strip()

    @property
    def says_sender(self) -> bool:
        """Whether title, header lines or metadata name a sender."""
        return bool(self._stated_sender)

    @cached_property
    def _stated_sender(self) -> str:
        parts = [self._title_part("sender"), *_SENDER_LINE.findall(self.head)]
        return "\n".join([*parts, *(self.facts.get(name, "") for name in _SENDER_FACTS)]).strip()

    @cached_property
    def addressee(self) -> str:
        parts = [self._title_part("addressee"), *_ADDRESSEE_LINE.findall(self.head)]
        return "\n".join([*parts, *(self.facts.get(name, "") for name in _ADDRESSEE_FACTS)]).strip()

    @cached_property
    def dateline(self) -> str:
        """What stands before the date in the first line: "Budapest" of "Budapest, 5 May 1956"."""
        start = len(self.head) - len(self.head.lstrip())
        first = next((found.start for found in dates(self.head[: start + 2 * _DATELINE_CHARACTERS])), -1)
        return self.head[start:first] if start < first <= start + _DATELINE_CHARACTERS else ""

    @property
    def office(self) -> frozenset[str]:
        """The stem of the first word of the sender, where the title gives one."""
        return _first(self._title_part("sender"), self.language)

    @property
    def addressed_office(self) -> frozenset[str]:
        return _first(self._title_part("addressee"), self.language)

    def _title_part(self, part: str) -> str:
        match = _FROM_TO.search(self.title)
        return (match[part] or "") if match else ""


def _first(text: str, language: str) -> frozenset[str]:
    words = [
        word for word in _WORD.findall(text) if word.casefold() not in ("the", "el", "la", "le", "der", "die")
    ]
    return frozenset({stem_of(words[0], language)}) if words else frozenset()


def documents_in_reach(
    scope: AccessScope, filters: SearchFilters, left_out: frozenset[UUID]
) -> QuerySet[Document]:
    """The readable documents that scope and filters leave, whatever their state of work."""
    found = Document.objects.filter(label__in=scope.labels)
    if filters.documents:
        found = found.filter(pk__in=filters.documents)
    if filters.date_from:
        found = found.filter(document_date__gte=filters.date_from)
    if filters.date_to:
        found = found.filter(document_date__lte=filters.date_to)
    if filters.media_types:
        found = found.filter(media_type__in=filters.media_types)
    return found.exclude(pk__in=left_out) if left_out else found


def papers_of(
    scope: AccessScope, filters: SearchFilters, left_out: frozenset[UUID] = frozenset()
) -> list[Paper]:
    """Every document in reach that has been read, oldest first, without its first lines."""
    rows = (
        documents_in_reach(scope, filters, left_out)
        .filter(status=Status.READY)
        .order_by(F("document_date").asc(nulls_last=True), "title", "pk")
        .values_list(
            "pk", "blob_id", "title", "name", "label", "media_type", "languages", "document_date", "metadata"
        )
    )
    return [
        Paper(key, blob, title, name, label, media, (languages or ["en"])[0], day, _texts(facts))
        for key, blob, title, name, label, media, languages, day, facts in rows
        if not filters.languages or filters.languages & set(languages)
    ]


def _texts(facts: dict[str, object]) -> dict[str, str]:
    return {name: value for name, value in facts.items() if isinstance(value, str)}


def with_heads(papers: Sequence[Paper]) -> list[Paper]:
    """The same papers with the start of their first page."""
    heads: dict[UUID, str] = {}
    keys = [paper.id for paper in papers]
    for start in range(0, len(keys), 500):
        rows = Page.objects.filter(document_id__in=keys[start : start + 500], number=1)
        heads |= dict(
            rows.annotate(head=Substr("text", 1, HEAD_CHARACTERS)).values_list("document_id", "head")
        )
    return [replace(paper, head=heads.get(paper.id, "")) for paper in papers]


def of_kind(papers: Iterable[Paper], names: PaperNames) -> list[Paper]:
    """The papers whose title, or media type, is of that kind; what stands in for it only where none is."""
    listed = list(papers)
    for stems in (names.stems, names.instead):
        found = [
            paper
            for paper in listed
            if stems & (stems_in(paper.title, paper.language) | _name_stems(paper))
            or any(part in paper.media_type for part in names.media)
        ]
        if found:
            return found
    return []


def _name_stems(paper: Paper) -> frozenset[str]:
    return stems_in(re.sub(r"[_\W]+", " ", paper.name), paper.language)


def opening_spans(papers: Sequence[Paper]) -> list[Span]:
    """For each paper the first line of its first page, as what a count of it points at."""
    spans = []
    for paper in papers:
        start, end = next(cut(paper.head), (0, 0))
        spans.append(
            Span(
                document_id=paper.id,
                passage_id=0,
                page=1,
                start=start,
                end=end,
                text=paper.head[start:end],
                title=paper.title or paper.name,
                label=paper.label,
                language=paper.language,
            )
        )
    return spans
