"""What was found, counted: how many of its documents are of each collection, marking, type, language, year
and sender. Rooms above register what else can be counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from uuid import UUID

from donovan.access.labels import split_label
from donovan.library.media import kind_of, language_name
from donovan.library.selectors import readable_documents
from retrieval.scope import AccessScope

SHOWN = 6

Narrows = tuple[tuple[str, str], ...]
"""Parameters of the search that keep only documents with a value."""


@dataclass(frozen=True)
class FacetValue:
    """One value and how many documents have it."""

    name: str
    count: int
    narrows: Narrows = ()
    demands: str = ""
    """A part of a query of the search language that keeps them, where no parameter does."""


@dataclass(frozen=True)
class Facet:
    """The commonest values of one property; `others` counts the values that are not shown."""

    title: str
    values: tuple[FacetValue, ...]
    others: int


CountFacet = Callable[[Sequence[UUID], AccessScope], Facet | None]
_registered: dict[str, CountFacet] = {}


def register(name: str, count: CountFacet) -> None:
    """Make a facet known that a room above counts; None where it has nothing to say of the documents."""
    _registered[name] = count


def facets_of(
    documents: Sequence[UUID], scope: AccessScope, collections: Mapping[str, str]
) -> tuple[list[Facet], set[str]]:
    """The facets of documents that were found, read within the scope, and the labels of those documents.

    `collections` are titles by slug. A property with one value for all says nothing and is left out. A
    document counts for each of its languages.
    """
    rows = list(
        readable_documents(scope)
        .filter(pk__in=documents)
        .values_list("label", "media_type", "languages", "document_date", "metadata__From")
    )
    labels = [split_label(label) for label, *_ in rows]
    kinds = {kind.key: kind.title for kind in (kind_of(media_type) for _, media_type, *_ in rows)}
    senders = [sender_of(str(said)) for *_, said in rows if said]
    found = [
        _facet(
            "Collection",
            (slug for slug, _ in labels),
            lambda slug: (collections.get(slug, slug), (("collection", slug),)),
        ),
        _facet("Marking", (marking.canonical for _, marking in labels), lambda name: (name, ())),
        _facet(
            "Type",
            (kind_of(media_type).key for _, media_type, *_ in rows),
            lambda key: (kinds[key], (("type", key),)),
        ),
        _facet(
            "Language",
            (code for _, _, languages, *_ in rows for code in languages or [""]),
            lambda code: (language_name(code), (("language", code),) if code else ()),
        ),
        _facet("Year", (str(date.year) if date else "" for *_, date, _ in rows), _year),
        _facet("Sender", (sender for sender in senders if sender), lambda name: (name, ())),
    ]
    found += [facet for count in _registered.values() if (facet := count(documents, scope)) is not None]
    shown = [facet for facet in found if len(facet.values) > 1]
    return shown, {label for label, *_ in rows} if shown else set()


def _facet(title: str, values: Iterable[str], shown: Callable[[str], tuple[str, Narrows]]) -> Facet:
    counts = Counter(values)
    commonest = sorted(counts, key=lambda value: (-counts[value], value))
    return Facet(
        title,
        tuple(
            FacetValue(name, counts[value], narrows)
            for value in commonest[:SHOWN]
            for name, narrows in [shown(value)]
        ),
        max(0, len(commonest) - SHOWN),
    )


def sender_of(said: str) -> str:
    """Who sent a mail, by the address in its From, so that one who writes under two names is one."""
    name, address = parseaddr(said)
    return address.casefold() or " ".join(name.split())


def _year(year: str) -> tuple[str, Narrows]:
    if not year:
        return "without a date", ()
    return year, (("from", f"{year}-01-01"), ("to", f"{year}-12-31"))
