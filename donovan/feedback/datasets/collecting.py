"""Labels into rows: everything of a recipe that the maker may read, one row an item.

Taken are decided items of label projects and the standing labels of other origins; the single judgements of
a project count only for who agreed. Labels that were taken back and documents that were removed are in
nothing. A row carries the labels of its documents as they stand now beside those of the hour of labelling.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from datetime import date as Day
from typing import Any
from uuid import UUID

from django.db.models import Avg, QuerySet

from donovan.access.labels import marking_of, split_label
from donovan.access.markings import MarkingError
from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.recipes import Recipe
from donovan.feedback.datasets.resolving import (
    AUTHORITY,
    DECIDED,
    Gathered,
    Resolved,
    Vote,
    resolve_all,
)
from donovan.feedback.datasets.rows import Row, short_digest
from donovan.feedback.models import Annotation
from donovan.feedback.projects.items import text_digest
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectItem
from donovan.feedback.selectors import readable_labels
from donovan.feedback.shapes import ShapeError, check_input, check_value
from donovan.library.ids import id_of
from ingest.models import Document
from retrieval.scope import AccessScope

DIGITAL, GOOD, FAIR, POOR = "digital", "good", "fair", "poor"
GOOD_FROM, FAIR_FROM = 0.9, 0.75
_AT_ONCE = 5_000


@dataclass(frozen=True)
class Facts:
    """What is known of a document: its label now, language, day and how well its scan was read."""

    label: str
    language: str
    date: str
    scan_quality: str
    source: str


def usable_projects(scope: AccessScope) -> list[LabelProject]:
    """The label projects whose text may be read, newest first: what a model owner may build from."""
    rows = LabelProject.objects.select_related("owner").order_by("-created_at")
    return [row for row in rows if all(scope.may_read(label) for label in row.text_labels)]


def collect(recipe: Recipe, scope: AccessScope) -> list[Row]:
    """The rows of a recipe, without group and split, by id. Raises DatasetError for a project that is not
    there.
    """
    if recipe.is_readable_by_all:
        scope = scope.narrowed_to(readable_by_all())
    gathered = _merged([*_of_projects(recipe, scope), *_of_labels(recipe, scope)])
    facts = facts_of({document for each in gathered for document in each.documents})
    current = [each for each in gathered if _is_usable(each, facts, recipe, scope)]
    rows = []
    for each, resolved in zip(current, resolve_all(recipe.task, current), strict=True):
        row = _row(recipe, each, resolved, facts)
        if row is not None:
            rows.append(row)
    return sorted(rows, key=lambda row: str(row["id"]))


def readable_by_all() -> frozenset[str]:
    """The access labels that every active person reads who reads anything: a model made from no others tells
    nobody of what they may not read.
    """
    scopes = [scope_for(person).labels for person in User.objects.filter(is_active=True)]
    return frozenset.intersection(*filled) if (filled := [each for each in scopes if each]) else frozenset()


def facts_of(documents: Iterable[str]) -> dict[str, Facts]:
    """What is known of those of `documents` that are in the library, by their ids."""
    ids = sorted(document for document in documents if id_of(document) is not None)
    found = {}
    for start in range(0, len(ids), _AT_ONCE):
        rows = Document.objects.filter(pk__in=ids[start : start + _AT_ONCE])
        for row in rows.annotate(confidence=Avg("pages__confidence")):
            found[str(row.pk)] = Facts(
                label=row.label,
                language=str(row.languages[0]) if row.languages else "",
                date=row.document_date.isoformat() if row.document_date else "",
                scan_quality=scan_quality(row.ocr_page_count, row.confidence),
                source=_collection(row.label),
            )
    return found


def scan_quality(scanned_pages: int, confidence: float | None) -> str:
    """“digital” without scanned pages, else by the mean confidence (0 to 1) of what was read."""
    if not scanned_pages:
        return DIGITAL
    if confidence is None:
        return POOR
    return GOOD if confidence >= GOOD_FROM else FAIR if confidence >= FAIR_FROM else POOR


def _of_projects(recipe: Recipe, scope: AccessScope) -> Iterator[Gathered]:
    if Annotation.Origin.PROJECT not in recipe.origins:
        return
    usable = {str(project.pk): project for project in usable_projects(scope)}
    for wanted in recipe.projects:
        if wanted not in usable:
            raise DatasetError(f"There is no label project “{wanted[:40]}” that you may read.")
        if usable[wanted].task != recipe.task:
            raise DatasetError(f"The label project “{usable[wanted].title}” is of another task.")
    chosen = [
        project
        for key, project in usable.items()
        if project.task == recipe.task and (not recipe.projects or key in recipe.projects)
    ]
    items = ProjectItem.objects.filter(
        project__in=chosen, state=ProjectItem.State.DONE, final__isnull=False
    ) | ProjectItem.objects.filter(project__in=chosen, is_gold=True, final__isnull=False)
    rows = list(items.order_by("pk"))
    votes = _votes({row.copy_of_id or row.pk for row in rows})
    for item in rows:
        at = item.decided_at or usable[str(item.project_id)].created_at
        if not _is_within(at, recipe):
            continue
        how = "gold" if item.is_gold else item.final_how
        if item.review == ProjectItem.Review.ACCEPTED:
            how = "reviewed"
        yield Gathered(
            key=text_digest(recipe.task, item.input),
            input=dict(item.input),
            origin=str(Annotation.Origin.PROJECT.value),
            votes=votes.get(item.copy_of_id or item.pk, []),
            decided=dict(item.final or {}),
            how=how,
            confidence=item.confidence,
            at=at,
            item=str(item.pk),
            project=str(item.project_id),
            group=item.group,
            labels=set(item.labels),
            documents=[str(item.document_id)] if item.document_id else [],
        )


def _votes(items: set[UUID]) -> dict[UUID, list[Vote]]:
    found: dict[UUID, list[Vote]] = {}
    ids = sorted(items)
    for start in range(0, len(ids), _AT_ONCE):
        slots: QuerySet[Assignment] = Assignment.objects.filter(
            item__in=ids[start : start + _AT_ONCE],
            state=Assignment.State.DONE,
            label__withdrawn_at__isnull=True,
        )
        for slot in slots.select_related("label", "person").order_by("pk"):
            if slot.label is not None:
                vote = Vote(slot.person.username, dict(slot.label.value), slot.label.created_at)
                found.setdefault(slot.item_id, []).append(vote)
    return found


def _of_labels(recipe: Recipe, scope: AccessScope) -> Iterator[Gathered]:
    origins = [origin for origin in recipe.origins if origin != Annotation.Origin.PROJECT]
    if not origins:
        return
    for label in readable_labels(scope, tasks=[recipe.task], origins=origins):
        if _is_within(label.created_at, recipe):
            yield Gathered(
                key=text_digest(recipe.task, label.input),
                input=label.input,
                origin=label.origin,
                votes=[Vote(label.author.username, dict(label.value), label.created_at)],
                at=label.created_at,
                labels=set(label.labels),
                documents=sorted(map(str, label.documents)),
            )


def _is_within(at: datetime, recipe: Recipe) -> bool:
    first = datetime.combine(Day.fromisoformat(recipe.since), time.min, UTC) if recipe.since else None
    last = datetime.combine(Day.fromisoformat(recipe.until), time.max, UTC) if recipe.until else None
    return (first is None or at >= first) and (last is None or at <= last)


def _merged(gathered: Iterable[Gathered]) -> list[Gathered]:
    """One of each item. Of several decisions the one of more authority stands, then the later one."""
    by_key: dict[str, Gathered] = {}
    for each in gathered:
        known = by_key.setdefault(each.key, each)
        if known is each:
            continue
        known.labels |= each.labels
        known.documents = sorted({*known.documents, *each.documents})
        known.votes = [*known.votes, *each.votes]
        if each.decided is not None and _rank(each) > _rank(known):
            known.decided, known.how, known.confidence = each.decided, each.how, each.confidence
            known.item, known.project, known.at = each.item, each.project, each.at
            known.origin, known.group = each.origin, each.group
    return [by_key[key] for key in sorted(by_key)]


def _rank(one: Gathered) -> tuple[int, str, str]:
    if one.decided is None:
        return (0, "", "")
    return (AUTHORITY.get(one.how, 1), one.at.isoformat() if one.at else "", one.item)


def _is_usable(one: Gathered, facts: dict[str, Facts], recipe: Recipe, scope: AccessScope) -> bool:
    library = [document for document in one.documents if id_of(document) is not None]
    if library and not any(document in facts for document in library):
        return False
    one.labels |= {facts[document].label for document in library if document in facts}
    if not one.labels or not all(scope.may_read(label) for label in one.labels):
        return False
    if recipe.collections and not {_collection(label) for label in one.labels} <= set(recipe.collections):
        return False
    if recipe.is_decided and one.how not in DECIDED:
        return False
    return len({vote.person for vote in one.votes}) >= recipe.people or one.how in DECIDED


def _row(recipe: Recipe, one: Gathered, resolved: Resolved, facts: dict[str, Facts]) -> Row | None:
    if resolved.agreement < recipe.agreement:
        return None
    try:
        given = check_input(recipe.task, one.input)
        value = check_value(recipe.task, given, resolved.value)
    except ShapeError:
        # Kept before the shape of its task was what it is now: no trainer could read it.
        return None
    known = [facts[document] for document in one.documents if document in facts]
    about = known[0] if known else Facts("", "", "", "", "")
    labels = sorted(one.labels)
    row: dict[str, Any] = {
        "id": short_digest(recipe.task, one.key),
        "task": recipe.task,
        "input": given,
        "value": value,
        "split": "",
        "group": one.group,
        "document": one.documents[0] if one.documents else "",
        "language": str(given.get("source_language") or given.get("language") or about.language),
        "source": about.source or _collection(labels[0]),
        "scan_quality": about.scan_quality,
        "date": about.date,
        "marking": marking_of(labels).canonical,
        "labels": labels,
        "weight": resolved.weight,
        "annotators": sorted({vote.person for vote in one.votes}),
        "origin": one.origin,
        "how": resolved.how,
        "agreement": resolved.agreement,
    }
    if len(one.documents) > 1:
        row["documents"] = one.documents
    if one.item:
        row |= {"item": one.item, "project": one.project}
    return row


def _collection(label: str) -> str:
    try:
        return split_label(label)[0]
    except MarkingError:
        return ""
