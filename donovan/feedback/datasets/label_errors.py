"""Labels that are more likely wrong than right: suggested to people, never changed by the machine.

ask_for_label_errors(caller, version) -> None           enqueues it for the worker
suspects_of(version) -> list[Suspect]
send_to_review(caller, version, row_ids) -> int         into the review queue of their label projects
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from donovan.feedback.datasets.collecting import usable_projects
from donovan.feedback.datasets.errors import DatasetError, DatasetTampered
from donovan.feedback.datasets.models import DatasetVersion
from donovan.feedback.datasets.permissions import check_reader
from donovan.feedback.datasets.reading import read_all
from donovan.feedback.datasets.records import note
from donovan.feedback.datasets.rows import Row, item_text
from donovan.feedback.datasets.splitting import stratum_of
from donovan.feedback.datasets.work import LABEL_ERRORS
from donovan.feedback.projects.models import ProjectItem
from donovan.library.callers import Caller
from ingest.work.errors import SubjectGone
from ingest.work.leases import Held
from ingest.work.models import Job
from ingest.work.registry import Handler
from ingest.work.services import enqueue
from ingest.work.subprocesses import run_subprocess
from retrieval.embedding import embedder_at_hand
from retrieval.embedding_errors import EmbedderUnavailable

TASKS = ("document_class", "relevance", "claim_support", "preference", "usefulness")
WAITING, DONE, FAILED = "waiting", "done", "failed"
MOST_ROWS = 6_000
MOST_KEPT = 500
READ_OF_A_TEXT = 2_000
_SECONDS, _MEGABYTES = 300.0, 2_000
_DIGITS = 5


@dataclass(frozen=True)
class Suspect:
    """One row whose value may be wrong. Chances are 0 to 1, from a model that never saw the row.

    `item` is the item of the label project it came from, or empty.
    """

    row_id: str
    given: str
    suggested: str
    chance_given: float
    chance_suggested: float
    item: str
    split: str
    text: str


def ask_for_label_errors(caller: Caller, version: DatasetVersion) -> None:
    """Have a version looked through, unless it already was or is."""
    check_reader(caller)
    if version.task not in TASKS:
        raise DatasetError("Label errors are looked for where the value is one choice of several.")
    if version.total > MOST_ROWS:
        raise DatasetError(f"At most {MOST_ROWS:,} rows are looked through. Build a smaller version.")
    with transaction.atomic():
        changed = (
            DatasetVersion.objects.filter(pk=version.pk)
            .filter(Q(suspects__isnull=True) | Q(suspects__state=FAILED))
            .update(suspects={"state": WAITING, "at": timezone.now().isoformat()})
        )
        if changed:
            note(caller, "dataset", version, {"change": "looked for label errors"})
            enqueue(LABEL_ERRORS, version.pk, asked_by=caller.user.get_username())


class _Looks(Handler):
    """Looks a version through and keeps what was found. Doing it twice gives the same."""

    refusals = (DatasetTampered,)

    def run(self, held: Held) -> str:
        version = DatasetVersion.objects.select_related("dataset").filter(pk=held.subject).first()
        if version is None:
            raise SubjectGone
        found = find_label_errors(version.task, list(read_all(version)))
        with held.finishing():
            _keep(held.subject, {"state": DONE, **found})
        return ""

    def follow(self, job: Job) -> None:
        """A version is waited for until it is done: then `run` has kept what was found."""
        if job.state == Job.State.FAILED:
            _keep(job.subject, {"state": FAILED, "notice": job.notice})
        elif job.state == Job.State.STOPPED:
            DatasetVersion.objects.filter(pk=job.subject).update(suspects=None)
        elif job.state == Job.State.WAITING:
            _keep(job.subject, {"state": WAITING})


LOOKS = _Looks()


def _keep(version_id: str, suspects: dict[str, Any]) -> None:
    DatasetVersion.objects.filter(pk=version_id).update(
        suspects={**suspects, "at": timezone.now().isoformat()}
    )


def find_label_errors(task: str, rows: Sequence[Row]) -> dict[str, Any]:
    """{"looked": rows, "fewest": rows of a value that is looked at, "by": what the vectors are of,
    "found": [...]} for rows of one task.

    Raises Refused when there is too little to compare.
    """
    vectors, by = _vectors(task, rows)
    answer = run_subprocess(
        "donovan.feedback.datasets.label_errors_work",
        {
            "answers": [_answer(task, row) for row in rows],
            "groups": [str(row["group"] or row["id"]) for row in rows],
            "vectors": None if vectors is None else np.round(vectors, _DIGITS).tolist(),
            "texts": None if vectors is not None else [" ".join(_texts(task, row)) for row in rows],
        },
        seconds=_SECONDS,
        megabytes=_MEGABYTES,
    )
    found = [
        {
            "row": str(row["id"]),
            "given": _answer(task, row),
            "suggested": each["suggested"],
            "chance_given": each["chance_given"],
            "chance_suggested": each["chance_suggested"],
            "item": str(row.get("item", "")),
            "split": row["split"],
            "text": item_text(row)[:READ_OF_A_TEXT],
        }
        for each in answer["found"][:MOST_KEPT]
        for row in (rows[each["place"]],)
    ]
    return {
        "looked": answer["looked"],
        "fewest": answer["fewest"],
        "by": by,
        "total": len(answer["found"]),
        "found": found,
    }


def suspects_of(version: DatasetVersion) -> list[Suspect]:
    """What was found, the most suspicious first; empty until somebody looked."""
    found = (version.suspects or {}).get("found", [])
    return [
        Suspect(
            row_id=each["row"],
            given=each["given"],
            suggested=each["suggested"],
            chance_given=each["chance_given"],
            chance_suggested=each["chance_suggested"],
            item=each["item"],
            split=each["split"],
            text=each["text"],
        )
        for each in found
    ]


def send_to_review(caller: Caller, version: DatasetVersion, row_ids: Iterable[str]) -> int:
    """Put the items behind suspicious rows first into the review queue of their projects; how many went.

    Copies and items whose answer was known before are not reviewed, and rows that did not come from a
    project have no queue. The value stays what it is until a person decides.
    """
    check_reader(caller)
    wanted = set(row_ids)
    suspects = {each.item: each for each in suspects_of(version) if each.row_id in wanted and each.item}
    with transaction.atomic():
        items = ProjectItem.objects.filter(
            pk__in=suspects,
            project__in=usable_projects(caller.scope),
            state=ProjectItem.State.DONE,
            copy_of=None,
            is_gold=False,
        )
        sent = [item for item in items if all(caller.scope.may_read(label) for label in item.labels)]
        for item in sent:
            suspect = suspects[str(item.pk)]
            item.review = ProjectItem.Review.NONE
            item.review_note = _note(suspect)
            item.confidence = min(item.confidence or 1.0, suspect.chance_given)
            item.save(update_fields=["review", "review_note", "confidence"])
        if sent:
            first = [str(item.pk) for item in sent][:50]
            labels = {label for item in sent for label in item.labels}
            detail = {"change": "sent to review", "items": first, "count": len(sent)}
            note(caller, "label", version, detail, labels=labels)
    return len(sent)


def _note(suspect: Suspect) -> str:
    return f"May be wrong: “{suspect.suggested[:200]}” fits better than “{suspect.given[:200]}”."


def _answer(task: str, row: Mapping[str, Any]) -> str:
    if task == "relevance":
        return "relevant" if int(row["value"]["grade"]) >= 2 else "not relevant"
    if task == "usefulness":
        return "useful" if row["value"]["useful"] else "not useful"
    return stratum_of(row)


def _texts(task: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """The one text, or the two, that the value is about."""
    given = row["input"]
    match task:
        case "relevance":
            return str(given["question"]), str(given["passage"])[:READ_OF_A_TEXT]
        case "claim_support":
            return str(given["claim"]), " ".join(map(str, given["evidence"]))[:READ_OF_A_TEXT]
        case "preference":
            return str(given["a"])[:READ_OF_A_TEXT], str(given["b"])[:READ_OF_A_TEXT]
        case "usefulness":
            return str(given["question"]), str(given["answer"])[:READ_OF_A_TEXT]
        case _:
            return (f"{given.get('title', '')}\n{given['text']}"[:READ_OF_A_TEXT],)


def _vectors(task: str, rows: Sequence[Row]) -> tuple["np.ndarray[Any, Any] | None", str]:
    """One vector a row from the embedding model that serves, if there is one at hand; for two texts, the
    product and the distance of theirs, place by place.
    """
    try:
        embedder = embedder_at_hand()
        if embedder is None:
            return None, "words"
        parts = [_texts(task, row) for row in rows]
        first = embedder.encode([part[0] for part in parts], is_query=False)
        if len(parts[0]) == 1:
            return first, embedder.name
        second = embedder.encode([part[1] for part in parts], is_query=False)
    except EmbedderUnavailable:
        return None, "words"
    if task == "preference":
        return first - second, embedder.name
    return np.concatenate([first * second, np.abs(first - second)], axis=1), embedder.name
