"""What every page of entities needs: its tabs, its marking, its record, and the numbers of its address."""

from collections.abc import Iterable
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.audit import services as audit
from donovan.insight.entities.links import links_in
from donovan.insight.entities.selectors import narrowed, readable_appearances
from donovan.library.callers import Caller
from donovan.library.selectors import collections_of
from retrieval.scope import AccessScope

TABS = (
    ("entities:entities", "List"),
    ("entities:graph", "Who appears with whom"),
    ("entities:timeline", "Timeline"),
    ("entities:map", "Map"),
)


def labels_of(scope: AccessScope, entities: Iterable[UUID], collection: str | None = None) -> frozenset[str]:
    """The labels of all readable documents that these shown entities were gathered from."""
    wanted = list(entities)
    if not wanted:
        return frozenset()
    here = readable_appearances(narrowed(scope, collection)).filter(links_in(scope).condition(wanted))
    return frozenset(here.order_by().values_list("document__label", flat=True).distinct())


def frame(
    request: SignedInRequest, caller: Caller, here: str, labels: Iterable[str], **detail: object
) -> dict[str, object]:
    """The context that all pages share. What is shown goes on record with it."""
    held = frozenset(labels)
    audit.record(
        caller.name,
        "view",
        source=caller.source,
        labels=held,
        detail={"page": here.replace(":", " "), **detail},
    )
    collection = request.GET.get("collection", "")
    kept = f"?{urlencode({'collection': collection})}" if collection else ""
    return {
        "page_marking": marking_of(held).canonical,
        "tabs": [(title, f"{reverse(view)}{kept}", view == here) for view, title in TABS],
        "collections": collections_of(caller.user),
        "collection": collection,
    }


def number(text: str | None, largest: int = 1_000_000) -> int:
    """A count from an address: 0 for anything that is none."""
    return min(int(text), largest) if text and text.isdecimal() and len(text) < 9 else 0


def identifiers(texts: Iterable[str]) -> list[UUID]:
    """Those of `texts` that are ids, each once."""
    found: dict[UUID, None] = {}
    for text in texts:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return list(found)
