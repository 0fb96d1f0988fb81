"""Reads of kept labels, re-checked against the reader's scope: a label is as secret as what it shows.

    standing_label(user, target, target_id, task="") -> Annotation | None
    visible_labels(user, scope, *, target="", verdict="", task="", origin="") -> list[Annotation]
    readable_labels(scope, *, tasks=(), origins=(), authors=()) -> Iterator[Annotation]   (for data sets)
    export_rows(labels) -> Iterator[dict]

Withdrawn labels are in none of them.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from django.db.models import Q, QuerySet

from donovan.access.models import Role, User
from donovan.feedback.models import Annotation
from donovan.library.derived import labels_now
from retrieval.scope import AccessScope

_AT_ONCE = 500


def current_annotation(user: User, target: str, target_id: str, task: str = "") -> Annotation | None:
    """The judgement by `user` that stands now, if any; the newest, where several tasks have one."""
    return current_annotations(user, target, [target_id], task).get(str(target_id))


def current_annotations(
    user: User, target: str, target_ids: Iterable[str], task: str = ""
) -> dict[str, Annotation]:
    """The same for several targets at once, by their ids."""
    labels = Annotation.objects.filter(
        author=user, target=target, target_id__in=sorted(map(str, target_ids)), withdrawn_at__isnull=True
    )
    if task:
        labels = labels.filter(task=task)
    elif target == Annotation.Target.ANSWER:
        # A corrected answer is a label of its own beside the judgement.
        labels = labels.filter(task="usefulness")
    return {label.target_id: label for label in labels.order_by("pk")}


def visible_labels(
    user: User, scope: AccessScope, *, target: str = "", verdict: str = "", task: str = "", origin: str = ""
) -> list[Annotation]:
    """Standing labels in scope, newest first: one's own, or for a reviewer and a model owner everybody's.

    What others said of the items of a label project is left out, because its labelling is blind.
    """
    labels: QuerySet[Annotation] = Annotation.objects.filter(withdrawn_at__isnull=True)
    if user.role in (Role.REVIEWER, Role.MODEL_OWNER):
        labels = labels.filter(Q(author=user) | ~Q(origin=Annotation.Origin.PROJECT))
    else:
        labels = labels.filter(author=user)
    if target:
        labels = labels.filter(target=target)
    if task:
        labels = labels.filter(task=task)
    if origin:
        labels = labels.filter(origin=origin)
    rows = labels.select_related("author").order_by("-created_at", "-pk")
    wanted = [label for label in rows if not verdict or label.verdict == verdict]
    return list(_readable(wanted, scope))


def readable_labels(
    scope: AccessScope,
    *,
    tasks: Collection[str] = (),
    origins: Collection[str] = (),
    authors: Collection[str] = (),
) -> Iterator[Annotation]:
    """Every standing label all of whose access labels lie in `scope`, oldest first.

    Labels of projects are the single judgements; what came of them is in the decided items of the project.
    """
    labels: QuerySet[Annotation] = Annotation.objects.filter(withdrawn_at__isnull=True)
    if tasks:
        labels = labels.filter(task__in=tasks)
    if origins:
        labels = labels.filter(origin__in=origins)
    if authors:
        labels = labels.filter(author__username__in=authors)
    rows = labels.select_related("author").order_by("created_at", "pk").iterator(chunk_size=_AT_ONCE)
    while chunk := list(islice(rows, _AT_ONCE)):
        yield from _readable(chunk, scope)


def _readable(labels: list[Annotation], scope: AccessScope) -> Iterator[Annotation]:
    """Those of which the reader may read everything shown, and every document as it is labelled now."""
    named = labels_now(document for label in labels for document in label.documents)
    closed = {document for document, key in named.items() if not scope.may_read(key)}
    for label in labels:
        if all(scope.may_read(key) for key in label.labels) and closed.isdisjoint(label.documents):
            yield label


def export_rows(labels: list[Annotation]) -> Iterator[dict[str, object]]:
    """One JSON-able row a label, for a data set."""
    for label in labels:
        yield {
            "task": label.task,
            "target": label.target,
            "target_id": label.target_id,
            "verdict": label.verdict,
            "value": label.value,
            "correction": label.correction,
            "question": label.question,
            "shown": label.shown,
            "marking": label.marking,
            "origin": label.origin,
            "seconds": label.seconds,
            "author": label.author.username,
            "at": label.created_at.isoformat(),
        }
