"""What other rooms keep of people's decisions, mirrored into labels: each once, and taken back with them.

    collect() -> int      how many labels are new or newly withdrawn; may run as often as it likes

- a disposition of an anomaly gives a label of the task "anomaly";
- entities merged, kept apart or split give one of "entity_merge" for each pair;
- a claim that somebody judged supported makes the passage it cites relevant to its question.

Every row carries the access labels of all that was decided on, as the room that kept it does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, combinations, islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from donovan.access.labels import marking_of
from donovan.access.models import User
from donovan.assistant.models import Citation
from donovan.audit import services as audit
from donovan.feedback.models import Annotation
from donovan.feedback.shapes import RELEVANT_GRADE, check_input, check_value
from donovan.feedback.targets import passage_input
from donovan.insight.anomalies.models import Disposition, Finding
from donovan.insight.entities.models import Appearance, Decision, Entity
from ingest.models import Passage
from ingest.work.registry import Calling

MOST_PAIRS = 60
NAMES_SHOWN = 8


@dataclass(frozen=True)
class Collected:
    """A decision on its way to becoming a label. `key` is unique for it, for good."""

    key: str
    task: str
    target: str
    target_id: str
    author: User
    given: dict[str, Any]
    value: dict[str, Any]
    labels: list[str]
    documents: list[str]
    made_at: Any
    is_undone: bool = False
    more: dict[str, Any] = field(default_factory=dict)
    note: str = ""


def collect() -> int:
    """Mirror everything that is new, and withdraw what was undone."""
    kept = dict(Annotation.objects.filter(source_key__isnull=False).values_list("source_key", "withdrawn_at"))
    changed = 0
    for found in chain(_dispositions(), _merges(), _accepted_citations()):
        if found.key not in kept:
            if not found.is_undone:
                changed += _keep(found)
        elif (kept[found.key] is not None) != found.is_undone:
            changed += _move(found)
    return changed


def _keep(found: Collected) -> bool:
    """One label, unless somebody else has collected it this moment."""
    given = check_input(found.task, found.given)
    with transaction.atomic():
        current = Annotation.objects.filter(
            author=found.author,
            task=found.task,
            target=found.target,
            target_id=found.target_id,
            withdrawn_at__isnull=True,
        )
        if found.task == "relevance" and current.exists():
            # What the person said of the passage itself counts more than what follows from a claim.
            return False
        current.update(withdrawn_at=timezone.now())
        _label, is_new = Annotation.objects.get_or_create(
            source_key=found.key,
            defaults={
                "task": found.task,
                "target": found.target,
                "target_id": found.target_id,
                "shown": {**found.more, "input": given},
                "value": check_value(found.task, given, found.value),
                "correction": found.note,
                "question": str(given.get("question", ""))[:4_000],
                "labels": sorted(set(found.labels)),
                "marking": marking_of(found.labels).canonical,
                "documents": found.documents,
                "author": found.author,
                "created_at": found.made_at,
            },
        )
        if is_new:
            _record(found, "collected")
    return is_new


def _move(found: Collected) -> int:
    """A decision that was undone takes its label with it."""
    if not found.is_undone:
        return 0
    with transaction.atomic():
        moved = Annotation.objects.filter(source_key=found.key, withdrawn_at__isnull=True).update(
            withdrawn_at=timezone.now()
        )
        if moved:
            _record(found, "withdrawn")
    return moved


def _record(found: Collected, change: str) -> None:
    audit.record(
        "system",
        "label",
        labels=found.labels,
        documents=found.documents,
        detail={"task": found.task, "source": found.key, "change": change, "author": found.author.username},
    )


def _dispositions() -> Iterator[Collected]:
    rows = Disposition.objects.exclude(user=None).select_related("document", "user").order_by("created_at")
    for row in rows.iterator(chunk_size=200):
        finding = Finding.objects.filter(pk=row.finding_id).select_related("document").first()
        rests_on = list(finding.rests_on.all()) if finding is not None else []
        documents = {str(one.pk): one.label for one in [row.document, *rests_on]}
        given: dict[str, Any] = {"kind": row.kind, "column": row.column}
        if finding is not None:
            given |= {
                "why": finding.why,
                "value": finding.value,
                "expected": finding.expected,
                "method": finding.method,
                "rows": finding.rows[:50],
                "page": finding.page,
                "score": finding.score,
            }
        if row.user is not None:
            yield Collected(
                key=f"disposition:{row.pk}",
                task="anomaly",
                target=Annotation.Target.FINDING,
                target_id=f"{row.document_id}:{row.signature[:64]}",
                author=row.user,
                given=given,
                value={"disposition": row.verdict},
                labels=sorted(documents.values()),
                documents=sorted(documents),
                made_at=row.created_at,
                is_undone=row.undone_at is not None,
                note=row.note,
            )


def _merges() -> Iterator[Collected]:
    rows = Decision.objects.exclude(verb=Decision.Verb.REJECT).select_related("author").order_by("created_at")
    for row in rows.iterator(chunk_size=200):
        is_same = row.verb == Decision.Verb.MERGE
        members = [str(one) for one in row.entities]
        pairs = (
            [(members[0], str(row.made))]
            if row.verb == Decision.Verb.SPLIT and members and row.made
            else list(islice(combinations(members, 2), MOST_PAIRS))
        )
        for one, other in pairs:
            sides = (_entity(row, one), _entity(row, other))
            yield Collected(
                key=f"entities:{row.pk}:{one[:8]}{other[:8]}",
                task="entity_merge",
                target=Annotation.Target.ENTITIES,
                target_id=f"{one}:{other}",
                author=row.author,
                given={"a": sides[0], "b": sides[1], "kind": row.kind},
                value={"same": is_same},
                labels=list(row.labels),
                documents=sorted(map(str, row.documents)),
                made_at=row.created_at,
                is_undone=row.undone_at is not None,
                more={"decision": row.verb},
                note=row.note,
            )


def _entity(decision: Decision, entity: str) -> dict[str, Any]:
    """An entity by its names in documents under the labels that the decision carries, and no others."""
    if decision.verb == Decision.Verb.SPLIT and entity == str(decision.made):
        return {"name": decision.name, "names": [decision.name], "documents": list(decision.documents)}
    seen = Appearance.objects.filter(entity_id=entity, document__label__in=decision.labels)
    if decision.verb == Decision.Verb.SPLIT:
        seen = seen.exclude(document_id__in=decision.documents)
    names = list(dict.fromkeys(name for row in seen.order_by("pk")[:20] for name in row.names))
    row = Entity.objects.filter(pk=entity).first()
    fallback = row.normal if row is not None and names else ""
    return {"name": names[0] if names else fallback, "names": names[:NAMES_SHOWN]}


def _accepted_citations() -> Iterator[Collected]:
    """A claim that was judged supported speaks for the passage that it cites."""
    rows = Annotation.objects.filter(
        task="claim_support", target=Annotation.Target.CLAIM, origin=Annotation.Origin.EVERYDAY
    ).select_related("author")
    for row in rows.order_by("pk").iterator(chunk_size=200):
        is_supported = row.value.get("verdict") == "supported"
        if not (is_supported and row.question and row.target_id.isdigit()):
            continue
        cited = Citation.objects.filter(claim_id=int(row.target_id), passage_id__isnull=False)
        found = Passage.objects.filter(pk__in=cited.values("passage_id")).select_related("document")
        for passage in found:
            yield Collected(
                key=f"citation:{row.pk}:{passage.pk}",
                task="relevance",
                target=Annotation.Target.PASSAGE,
                target_id=str(passage.pk),
                author=row.author,
                given=passage_input(row.question, passage),
                value={"grade": RELEVANT_GRADE},
                labels=sorted({*row.labels, passage.label}),
                documents=[str(passage.document_id)],
                made_at=row.created_at,
                is_undone=row.withdrawn_at is not None,
                more={"claim": row.target_id, "text": passage.text},
            )


COLLECTING = Calling(collect)
