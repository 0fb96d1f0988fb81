"""Shared reads of findings. A finding is there for a person when all documents that it rests on are."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from donovan.access.labels import split_label
from donovan.insight.anomalies.learning import SET_ASIDE_BELOW, Rule, dispositions_in_force, rules_of
from donovan.insight.anomalies.models import Disposition, Examination, Finding, Specification
from donovan.insight.tables.models import DataTable
from donovan.library.errors import NotFoundHere
from ingest.models import Document, Status
from retrieval.scope import AccessScope

OPEN, SET_ASIDE = "open", "set_aside"


@dataclass(frozen=True)
class Shown:
    """A finding as one reader sees it.

    `disposition` is what was said of it, here or in another version of the table (`is_inherited`); `rule` is
    the learnt rule that changed its score to `score`.
    """

    finding: Finding
    score: float
    disposition: Disposition | None
    is_inherited: bool
    rule: Rule | None

    @property
    def label(self) -> str:
        return str(self.finding.document.label)

    @property
    def collection(self) -> str:
        return split_label(self.label)[0]

    @property
    def marking(self) -> str:
        return split_label(self.label)[1].canonical

    @property
    def state(self) -> str:
        """open, set_aside (by a learnt rule), or the verdict."""
        if self.disposition is not None:
            return str(self.disposition.verdict)
        return SET_ASIDE if self.rule is not None and self.score < SET_ASIDE_BELOW else OPEN


def readable_findings(
    scope: AccessScope,
    *,
    table: UUID | str | None = None,
    document: UUID | str | None = None,
    collection: str | None = None,
) -> QuerySet[Finding]:
    """The findings whose documents all lie in the scope. What cannot be an id gives nothing."""
    labels = scope.labels
    if collection is not None:
        labels = frozenset(label for label in labels if split_label(label)[0] == collection)
    closed = Finding.rests_on.through.objects.exclude(document__label__in=scope.labels).values("finding_id")
    found = Finding.objects.filter(document__label__in=labels, document__status=Status.READY).exclude(
        pk__in=closed
    )
    try:
        if table is not None:
            found = found.filter(table=UUID(str(table)))
        if document is not None:
            found = found.filter(document=UUID(str(document)))
    except ValueError:
        return Finding.objects.none()
    return found.select_related("document", "table")


def findings(
    scope: AccessScope,
    *,
    table: UUID | str | None = None,
    document: UUID | str | None = None,
    collection: str | None = None,
) -> list[Shown]:
    """Findings as the reader sees them, ranked: open ones first, the most unusual at the top."""
    found = readable_findings(scope, table=table, document=document, collection=collection)
    return as_shown(scope, found)


def as_shown(scope: AccessScope, found: Iterable[Finding]) -> list[Shown]:
    in_force = dispositions_in_force(scope)
    rules = rules_of(scope, in_force)
    own = {(item.document_id, item.signature): item for item in in_force}
    elsewhere = {(item.collection, item.signature): item for item in reversed(in_force)}
    shown = []
    for finding in found:
        collection = split_label(finding.document.label)[0]
        disposition = own.get((finding.document_id, finding.signature))
        inherited = disposition is None
        if disposition is None:
            disposition = elsewhere.get((collection, finding.signature))
        rule = rules.get((collection, finding.kind, finding.column.casefold()))
        rule = rule if rule is not None and rule.is_on else None
        score = rule.adjusted(finding.score) if rule is not None else finding.score
        shown.append(Shown(finding, score, disposition, inherited and disposition is not None, rule))
    return sorted(shown, key=_rank)


def _rank(shown: Shown) -> tuple[bool, float, str, tuple[int, ...], str]:
    finding = shown.finding
    return shown.state != OPEN, -shown.score, str(finding.document_id), tuple(finding.rows), finding.column


def readable_finding(scope: AccessScope, finding_id: UUID | str) -> Shown:
    """One finding. Raises NotFoundHere alike when there is none and when it may not be read."""
    try:
        found = readable_findings(scope).filter(pk=UUID(str(finding_id))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFoundHere
    return as_shown(scope, [found])[0]


def count_by(shown: Iterable[Shown], what: str) -> Counter[str]:
    """How many there are of each kind, state or collection."""
    values = {
        "kind": lambda item: item.finding.kind,
        "state": lambda item: item.state,
        "collection": lambda item: item.collection,
    }
    return Counter(values[what](item) for item in shown)


def latest_examination(scope: AccessScope, document_id: UUID) -> Examination | None:
    """The examination of a document in the scope that was asked for last."""
    return (
        Examination.objects.filter(document=document_id, document__label__in=scope.labels)
        .order_by("-created_at")
        .first()
    )


def specifications_of(table: DataTable) -> Sequence[Specification]:
    """The saved specifications of a table that the caller has read through its scope, newest first."""
    return list(Specification.objects.filter(document=table.document_id, table_name=table.name))


def labels_of(shown: Iterable[Shown]) -> set[str]:
    """The labels of all documents behind what is shown, for the marking of a page."""
    items = list(shown)
    further = Document.objects.filter(
        pk__in=Finding.rests_on.through.objects.filter(
            finding__in=[item.finding.pk for item in items]
        ).values("document_id")
    )
    labels = {item.label for item in items} | set(further.values_list("label", flat=True))
    return labels | {item.disposition.document.label for item in items if item.disposition is not None}


def history_of(scope: AccessScope, shown: Shown) -> list[Disposition]:
    """Everything that was ever said of a finding on documents in the scope, newest first."""
    return list(
        Disposition.objects.filter(
            signature=shown.finding.signature,
            collection=shown.collection,
            document__label__in=scope.labels,
        ).select_related("user", "document")
    )


def further_documents(scope: AccessScope, finding: Finding) -> list[Document]:
    """The other documents that a finding rests on."""
    return list(finding.rests_on.filter(label__in=scope.labels))
