"""Shared reads of documents. Every one takes the scope of the caller, and an empty scope finds nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from donovan.access.labels import split_label
from donovan.access.models import Collection, Role, User
from donovan.access.scope import scope_for
from donovan.library.errors import NotFoundHere
from ingest.models import Document, Page, Status, Submission
from retrieval.scope import AccessScope

IN_WORK = (Status.PENDING, Status.RUNNING)
UNREADABLE = (Status.FAILED, Status.QUARANTINED)
WITHOUT_TEXT = "no-text"
"""The code of `ingest.errors` for a document that was opened, and in which no text was found."""

UNREAD = Q(status__in=UNREADABLE) | Q(status=Status.READY, error_code=WITHOUT_TEXT)
"""What no search finds, whatever is asked."""

LANGUAGES_IN_PROFILE = 6
HELD = "label-in-doubt"
"""The code of `ingest.errors` for a document that waits for a decision on its label."""


def readable_documents(scope: AccessScope) -> QuerySet[Document]:
    """The documents whose label lies in the scope."""
    return Document.objects.filter(label__in=scope.labels)


def readable_document(scope: AccessScope, document_id: UUID | str) -> Document:
    """One document in the scope.

    Raises NotFoundHere alike when there is none and when it may not be read: one query with the label in its
    condition, so that not even the time taken tells the two apart.
    """
    try:
        found = readable_documents(scope).filter(pk=document_id).select_related("blob", "parent").first()
    except (ValueError, TypeError):
        found = None
    if found is None:
        raise NotFoundHere
    return found


def has_name(asked: str) -> Q:
    """Documents with this file name: as it was handed in, or at the end of the path where it was found."""
    return Q(name=asked) | Q(name__endswith=f"/{asked}")


def collections_of(user: User) -> list[Collection]:
    """The collections that a person is a member of, by title."""
    return list(Collection.objects.filter(memberships__user=user).order_by("title"))


def collections_open_for_upload(user: User) -> list[Collection]:
    """The collections that a person may add documents to, by title."""
    mine = Collection.objects.filter(memberships__user=user, memberships__may_upload=True)
    return list(mine.order_by("title"))


@dataclass(frozen=True)
class CollectionProfile:
    """What is in one collection, counted over the documents that the caller may read."""

    collection: Collection
    files: int
    pages: int
    ocr_pages: int
    in_work: int
    unreadable: int
    languages: list[tuple[str, int]]


def collection_profiles(user: User, scope: AccessScope) -> list[CollectionProfile]:
    """One profile for each collection of the person, with zeros where nothing in it may be read."""
    by_slug: dict[str, set[str]] = {}
    for label in scope.labels:
        by_slug.setdefault(split_label(label)[0], set()).add(label)
    return [_profile(collection, by_slug.get(collection.slug, set())) for collection in collections_of(user)]


def _profile(collection: Collection, labels: Iterable[str]) -> CollectionProfile:
    documents = Document.objects.filter(label__in=labels)
    sums = documents.aggregate(
        files=Count("pk"),
        pages=Sum("page_count"),
        ocr_pages=Sum("ocr_page_count"),
        in_work=Count("pk", filter=Q(status__in=IN_WORK)),
        unreadable=Count("pk", filter=UNREAD),
    )
    languages = (
        Page.objects.filter(document__in=documents)
        .exclude(language="")
        .values_list("language")
        .annotate(pages=Count("pk"))
        .order_by("-pages", "language")
    )
    return CollectionProfile(
        collection=collection,
        files=sums["files"],
        pages=sums["pages"] or 0,
        ocr_pages=sums["ocr_pages"] or 0,
        in_work=sums["in_work"],
        unreadable=sums["unreadable"],
        languages=list(languages[:LANGUAGES_IN_PROFILE]),
    )


def became_ready_after(scope: AccessScope, moment: datetime | None) -> QuerySet[Document]:
    """Documents that can be read since `moment` (None: since ever), newest first."""
    ready = readable_documents(scope).filter(status=Status.READY)
    if moment is not None:
        ready = ready.filter(finished_at__gt=moment)
    return ready.order_by("-finished_at", "-received_at")


def is_held(document: Document) -> bool:
    """Whether a document waits for a reviewer, because it bears a higher marking than it came with."""
    return document.status == Status.QUARANTINED and document.error_code == HELD


def held_for_review(scope: AccessScope) -> QuerySet[Document]:
    """The documents of the scope that wait for a reviewer, oldest first."""
    held = readable_documents(scope).filter(status=Status.QUARANTINED, error_code=HELD)
    return held.order_by("received_at")


def held_from(user: User, scope: AccessScope) -> list[str]:
    """The names of files that this person handed in and may not see any more, because they are held."""
    own = Submission.objects.filter(
        received_by=user.get_username(),
        document__status=Status.QUARANTINED,
        document__error_code=HELD,
        document__parent__isnull=True,
    )
    held = (
        own.exclude(document__label__in=scope.labels)
        .order_by("-pk")
        .values_list("name", "document__metadata")
    )
    # A name is theirs to see as long as they may read what they handed the file in as.
    return [name for name, facts in held if scope.may_read(str(facts.get("handed_in_as") or ""))]


def held_anywhere() -> list[tuple[Document, str, list[str]]]:
    """For the operator of the machine: every document that waits, its marking, and the names of the reviewers
    who may decide it; oldest first.
    """
    held = Document.objects.filter(status=Status.QUARANTINED, error_code=HELD).order_by("received_at")
    reviewers = [(user.get_username(), scope_for(user)) for user in User.objects.filter(role=Role.REVIEWER)]
    return [
        (
            document,
            split_label(document.label)[1].canonical,
            [name for name, scope in reviewers if scope.may_read(document.label)],
        )
        for document in held
    ]


def handed_in_by(user: User, scope: AccessScope) -> QuerySet[Document]:
    """Documents that this person handed in and may (still) read, newest first."""
    return readable_documents(scope).filter(received_by=user.get_username()).order_by("-received_at")


def languages_in(scope: AccessScope) -> list[str]:
    """The codes of the languages that the caller's documents are in."""
    kept = readable_documents(scope).order_by().values_list("languages", flat=True).distinct()
    return sorted({code for codes in kept for code in codes if code})
