"""The table of documents: what was asked for, the rows that match, and the counts beside each facet.

Everything is counted inside the scope, so that no count depends on a document the caller may not read.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, F, OrderBy, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime

from donovan.access.labels import split_label
from donovan.access.models import Collection
from donovan.library.media import kind_of, language_name, media_types_of
from donovan.library.selectors import WITHOUT_TEXT, readable_documents
from ingest.models import Document, Status
from retrieval.scope import AccessScope

ROWS_ON_A_PAGE = 50
MOST_ROWS = 2000
LONGEST_FILTER = 200
SORTS = {
    "newest": ("-received_at", "pk"),
    "oldest": ("received_at", "pk"),
    "title": ("title", "name", "pk"),
    "pages": ("-page_count", "pk"),
    "status": ("status", "-received_at", "pk"),
    "dated": ("-document_date", "-received_at", "pk"),
}
SORT_TITLES = {
    "newest": "newest first",
    "oldest": "oldest first",
    "title": "title",
    "pages": "most pages",
    "status": "status",
    "dated": "date of the document",
}
FACETS = ("collection", "marking", "status", "type", "language")
FACET_TITLES = {
    "collection": "Collection",
    "marking": "Marking",
    "status": "Status",
    "type": "Type",
    "language": "Language",
}


@dataclass(frozen=True)
class Wanted:
    """What the address asks for. A value that cannot be read becomes a sentence in `problems`."""

    facets: dict[str, frozenset[str]]
    text: str = ""
    date_from: date | None = None
    date_to: date | None = None
    since: datetime | None = None
    mine: bool = False
    sort: str = "newest"
    page: int = 1
    problems: tuple[str, ...] = ()

    @classmethod
    def from_address(cls, asked: QueryDict) -> "Wanted":
        problems: list[str] = []

        def day(name: str) -> date | None:
            given = asked.get(name, "").strip()
            try:
                found = parse_date(given) if given else None
            except ValueError:
                found = None
            if given and found is None:
                problems.append(f"“{given[:40]}” is not a date. Write it as 2026-05-31.")
            return found

        text = asked.get("text", "").strip()
        if len(text) > LONGEST_FILTER:
            problems.append(f"The filter on titles is cut to its first {LONGEST_FILTER} characters.")
            text = text[:LONGEST_FILTER]
        try:
            since = parse_datetime(asked.get("since", ""))
        except ValueError:
            since = None
        number = asked.get("page", "1")
        return cls(
            facets={name: frozenset(value for value in asked.getlist(name) if value) for name in FACETS},
            text=text,
            date_from=day("from"),
            date_to=day("to"),
            since=since,
            mine=asked.get("mine") == "1",
            sort=asked.get("sort", "") if asked.get("sort") in SORTS else "newest",
            page=int(number) if number.isdecimal() and len(number) < 9 else 1,
            problems=tuple(problems),
        )

    def without_facet(self, name: str) -> "Wanted":
        return replace(self, facets={**self.facets, name: frozenset()})

    @property
    def narrows(self) -> bool:
        """Whether anything but sorting and paging is asked for."""
        asked = (self.text, self.date_from, self.date_to, self.since, self.mine)
        return any(self.facets.values()) or any(asked)

    def address(self, *, without: str = "", **changes: str) -> str:
        """The query string of this listing, with `changes` put in and the parameter `without` left out."""
        query = QueryDict(mutable=True)
        for name in FACETS:
            query.setlist(name, sorted(self.facets[name]))
        singles = {
            "text": self.text,
            "from": self.date_from.isoformat() if self.date_from else "",
            "to": self.date_to.isoformat() if self.date_to else "",
            "since": self.since.isoformat() if self.since else "",
            "mine": "1" if self.mine else "",
            "sort": self.sort if self.sort != "newest" else "",
        }
        for name, value in {**singles, **changes}.items():
            if value:
                query[name] = value
        if without:
            query.pop(without, None)
        return query.urlencode()

    def toggled(self, facet: str, value: str) -> str:
        """The query string with one facet value switched on or off."""
        values = self.facets[facet] ^ {value}
        return replace(self, facets={**self.facets, facet: values}).address()


@dataclass(frozen=True)
class FacetValue:
    key: str
    title: str
    count: int
    is_chosen: bool
    address: str


@dataclass(frozen=True)
class Facet:
    name: str
    title: str
    values: list[FacetValue]


@dataclass(frozen=True)
class Listing:
    """One page of the table. `total` counts all matches; only the first MOST_ROWS can be paged to."""

    rows: list[Document]
    total: int
    page: int
    pages: int
    facets: list[Facet]

    @property
    def is_cut(self) -> bool:
        return self.total > MOST_ROWS

    @property
    def first(self) -> int:
        return (self.page - 1) * ROWS_ON_A_PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def list_documents(scope: AccessScope, wanted: Wanted, *, username: str) -> Listing:
    """The page of documents that is asked for, with the facets over everything that matches."""
    matching = _matching(scope, wanted, username)
    total = matching.count()
    pages = max(-(-min(total, MOST_ROWS) // ROWS_ON_A_PAGE), 1)
    page = min(max(wanted.page, 1), pages)
    ordered = matching.order_by(*_order(wanted.sort)).select_related("blob", "parent")
    offset = (page - 1) * ROWS_ON_A_PAGE
    rows = list(ordered[offset : min(offset + ROWS_ON_A_PAGE, MOST_ROWS)])
    facets = [_facet(scope, wanted, name, username) for name in FACETS]
    return Listing(rows=rows, total=total, page=page, pages=pages, facets=facets)


def _order(sort: str) -> list[str | OrderBy]:
    """Documents without a date come last, whichever way the database sorts nothing."""
    if sort == "dated":
        return [F("document_date").desc(nulls_last=True), "-received_at", "pk"]
    return list(SORTS[sort])


def _labels_of(scope: AccessScope, facet: str, chosen: frozenset[str]) -> frozenset[str]:
    place = {"collection": 0, "marking": 1}[facet]
    return frozenset(label for label in scope.labels if _parts(label)[place] in chosen)


def _parts(label: str) -> tuple[str, str]:
    slug, marking = split_label(label)
    return slug, marking.canonical


def _matching(scope: AccessScope, wanted: Wanted, username: str) -> QuerySet[Document]:
    chosen = wanted.facets
    for name in ("collection", "marking"):
        if chosen[name]:
            scope = scope.narrowed_to(_labels_of(scope, name, chosen[name]))
    found = readable_documents(scope).annotate(languages_text=Cast("languages", TextField()))
    if chosen["status"]:
        with_status = Q(status__in=chosen["status"])
        if WITHOUT_TEXT in chosen["status"]:
            with_status |= Q(status=Status.READY, error_code=WITHOUT_TEXT)
        found = found.filter(with_status)
    if chosen["type"]:
        found = found.filter(media_type__in=media_types_of(chosen["type"]))
    if chosen["language"]:
        either = Q()
        for code in chosen["language"]:
            either |= Q(languages_text__contains=f'"{code}"')
        found = found.filter(either)
    if wanted.text:
        found = found.filter(Q(title__icontains=wanted.text) | Q(name__icontains=wanted.text))
    if wanted.date_from:
        found = found.filter(document_date__gte=wanted.date_from)
    if wanted.date_to:
        found = found.filter(document_date__lte=wanted.date_to)
    if wanted.since:
        found = found.filter(finished_at__gt=wanted.since)
    if wanted.mine:
        found = found.filter(received_by=username)
    return found


def _facet(scope: AccessScope, wanted: Wanted, name: str, username: str) -> Facet:
    """The values of one facet, counted with every other choice in force and its own left out."""
    found = _matching(scope, wanted.without_facet(name), username).order_by()
    counts: Counter[str] = Counter()
    titles: dict[str, str] = {}
    if name in {"collection", "marking"}:
        for label, count in found.values_list("label").annotate(n=Count("pk")):
            counts[_parts(label)[0 if name == "collection" else 1]] += count
        if name == "collection":
            titles = dict(Collection.objects.filter(slug__in=list(counts)).values_list("slug", "title"))
    elif name == "status":
        counts.update(dict(found.values_list("status").annotate(n=Count("pk"))))
        if without := found.filter(status=Status.READY, error_code=WITHOUT_TEXT).count():
            counts[WITHOUT_TEXT] = without
        titles = {str(value): str(title) for value, title in Status.choices}
        titles[WITHOUT_TEXT] = "ready, without text"
    elif name == "type":
        for media_type, count in found.values_list("media_type").annotate(n=Count("pk")):
            kind = kind_of(media_type)
            counts[kind.key] += count
            titles[kind.key] = kind.title
    else:
        for codes, count in found.values_list("languages").annotate(n=Count("pk")):
            for code in codes:
                counts[code] += count
                titles[code] = language_name(code)
    chosen = wanted.facets[name]
    for key in chosen:
        counts.setdefault(key, 0)
    values = [
        FacetValue(key, titles.get(key, key), count, key in chosen, wanted.toggled(name, key))
        for key, count in sorted(counts.items(), key=lambda pair: (-pair[1], titles.get(pair[0], pair[0])))
    ]
    return Facet(name, FACET_TITLES[name], values)
