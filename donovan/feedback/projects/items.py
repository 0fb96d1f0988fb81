"""Adding items to a project, marking those whose answer is known, and leaving some out. The owner's to do.

    add_documents(caller, project_id, document_ids, *, most=500) -> Added
    add_collection(caller, project_id, slug, *, most=500) -> Added
    add_search(caller, project_id, question, *, most=20) -> Added
    add_answers(caller, project_id, *, most=200) -> Added
    add_table(caller, project_id, table_id, *, most=100) -> Added
    add_file(caller, project_id, *, name, content, collection, marking) -> Added
    mark_gold(caller, item_id, value) -> ProjectItem         unmark_gold(caller, item_id) -> ProjectItem
    leave_out(caller, item_id) -> ProjectItem                take_in(caller, item_id) -> ProjectItem

Which of them fit a task is said by FROM_DOCUMENTS, FROM_SEARCH, FROM_ANSWERS and FROM_TABLES of `sources`; a
file fits every one. An item that is there already, word for word, is not added again; near-duplicates are
found by the worker afterwards and labelled once.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from donovan.access.labels import label_for, marking_of
from donovan.access.markings import MarkingError, parse_marking
from donovan.access.scope import may_upload
from donovan.feedback.projects import sources
from donovan.feedback.projects.access import OWNER, digest_of_labels, item_for, project_for, require
from donovan.feedback.projects.deciding import UNDECIDED, settle
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import LabelProject, ProjectItem
from donovan.feedback.projects.schema import checked_label
from donovan.feedback.projects.services import note
from donovan.feedback.projects.sources import Draft
from donovan.feedback.projects.uploads import MOST_ROWS, from_file
from donovan.library.callers import Caller

MOST_ITEMS = 50_000
MOST_AT_ONCE = 5_000


@dataclass(frozen=True)
class Added:
    """What came of adding: new items, and those that were there already word for word."""

    items: int
    doubles: int

    @property
    def sentence(self) -> str:
        """For the person who added them."""
        if not self.items and not self.doubles:
            return "Nothing was found to add."
        said = f"{self.items:,} item{'s' if self.items != 1 else ''} added."
        if self.doubles:
            said += f" {self.doubles:,} were there already, word for word, and are labelled once."
        return said


def add_documents(
    caller: Caller, project_id: UUID | str, document_ids: Iterable[UUID | str], *, most: int = 500
) -> Added:
    """Documents by their ids; those that the caller may not read are as if they did not exist."""
    project = _open_project(caller, project_id)
    ids = _plain_ids(document_ids)
    return _add(caller, project, sources.from_documents(caller, project.task, ids), most, "documents")


def add_collection(caller: Caller, project_id: UUID | str, slug: str, *, most: int = 500) -> Added:
    """The newest documents of a collection."""
    project = _open_project(caller, project_id)
    ids = sources.documents_of_collection(caller, slug)
    return _add(caller, project, sources.from_documents(caller, project.task, ids), most, "collection")


def add_search(caller: Caller, project_id: UUID | str, question: str, *, most: int = 20) -> Added:
    """What a search finds for a question."""
    project = _open_project(caller, project_id)
    question = " ".join(question.split())
    require(bool(question), "Write what to search for.", field="question")
    most = min(most, 200)
    return _add(caller, project, sources.from_search(caller, project.task, question, most), most, "search")


def add_answers(caller: Caller, project_id: UUID | str, *, most: int = 200) -> Added:
    """The caller's own answers, newest first."""
    project = _open_project(caller, project_id)
    return _add(caller, project, sources.from_answers(caller, project.task), most, "answers")


def add_table(caller: Caller, project_id: UUID | str, table_id: UUID | str, *, most: int = 100) -> Added:
    """Cells of one table."""
    project = _open_project(caller, project_id)
    require(project.task in sources.FROM_TABLES, "Items of this task are not made from tables.")
    return _add(caller, project, sources.from_table(caller, table_id, most), most, "table")


def add_file(
    caller: Caller, project_id: UUID | str, *, name: str, content: bytes, collection: str, marking: str
) -> Added:
    """The items of a JSONL or CSV file, under a marking in a collection that the caller may add to."""
    project = _open_project(caller, project_id)
    try:
        parsed = parse_marking(marking)
    except MarkingError as error:
        raise ProjectError(str(error), field="marking") from error
    require(
        may_upload(caller.user, collection, parsed),
        "Choose a collection that you may add to, and a marking that you may read.",
        field="collection",
    )
    label = label_for(collection, parsed)
    try:
        drafts = list(from_file(project, name, content, label))
    except ProjectError as error:
        raise ProjectError(error.sentence, field="file") from error
    return _add(caller, project, drafts, len(drafts), "file")


def mark_gold(caller: Caller, item_id: UUID | str, value: dict[str, object]) -> ProjectItem:
    """Say what the right answer to an item is: it is then given to people now and then, unseen, to measure
    them by.
    """
    with transaction.atomic():
        item = item_for(caller, item_id, OWNER)
        require(item.copy_of_id is None, "This is a copy of another item. Mark that one.")
        require(
            item.given == 0 or item.state == ProjectItem.State.DONE,
            "People are at this item now. Mark it when it is decided.",
        )
        checked = checked_label(item.project, item.input, value)
        waits = item.project.released_at is None and not item.is_calibration
        ProjectItem.objects.filter(pk=item.pk).update(
            is_gold=True, gold=checked, final=checked, final_how=ProjectItem.How.GOLD, confidence=1.0,
            decided_by=caller.name,
            state=ProjectItem.State.WAITING if waits else ProjectItem.State.OPEN,
        )  # fmt: skip
        note(caller, item.project, "known answer", item=str(item.pk))
        LabelProject.objects.filter(pk=item.project_id).update(needs_looking=True)
    item.refresh_from_db()
    return item


def unmark_gold(caller: Caller, item_id: UUID | str) -> ProjectItem:
    """Make an item with a known answer one like the others."""
    with transaction.atomic():
        item = item_for(caller, item_id, OWNER)
        require(item.is_gold, "The answer to this item is not marked as known.")
        require(item.given == 0, "People were measured by this item already; it stays what it is.")
        ProjectItem.objects.filter(pk=item.pk).update(is_gold=False, gold=None, **UNDECIDED)
        note(caller, item.project, "known answer taken back", item=str(item.pk))
    item.refresh_from_db()
    return item


def leave_out(caller: Caller, item_id: UUID | str) -> ProjectItem:
    """Take an item out of the queue; what was said of it stays."""
    with transaction.atomic():
        item = item_for(caller, item_id, OWNER)
        ProjectItem.objects.filter(pk=item.pk).update(state=ProjectItem.State.LEFT_OUT)
        note(caller, item.project, "item left out", item=str(item.pk))
    item.refresh_from_db()
    return item


def take_in(caller: Caller, item_id: UUID | str) -> ProjectItem:
    """Put an item that was left out back to where it was."""
    with transaction.atomic():
        item = item_for(caller, item_id, OWNER)
        require(item.state == ProjectItem.State.LEFT_OUT, "This item is not left out.")
        project = item.project
        is_given_out = bool(project.released_at) or (item.is_calibration and project.round > 0)
        back = ProjectItem.State.OPEN if is_given_out else ProjectItem.State.WAITING
        if item.final is not None and not item.is_gold:
            back = ProjectItem.State.DONE
        ProjectItem.objects.filter(pk=item.pk).update(state=back)
        if back == ProjectItem.State.OPEN and item.given:
            settle(item.pk)
        note(caller, project, "item taken in again", item=str(item.pk))
    item.refresh_from_db()
    return item


def text_digest(task: str, shown: dict[str, object]) -> str:
    """The same for items that say the same, whatever their white space and capitals."""
    parts = {key: value for key, value in shown.items() if key not in ("title", "passage_id", "document")}
    if task == "transcription":
        parts = dict(shown)
    plain = " ".join(json.dumps(parts, sort_keys=True, ensure_ascii=False).split()).casefold()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _open_project(caller: Caller, project_id: UUID | str) -> LabelProject:
    project = project_for(caller, project_id, OWNER)
    require(
        project.state != LabelProject.State.CLOSED, "This project is closed. Items cannot be added any more."
    )
    return project


def _plain_ids(ids: Iterable[UUID | str]) -> list[UUID]:
    kept = []
    for one in ids:
        try:
            kept.append(UUID(str(one)))
        except ValueError:
            continue
    return kept


def _add(caller: Caller, project: LabelProject, drafts: Iterable[Draft], most: int, source: str) -> Added:
    """Keep drafts as items. Word-for-word doubles under the same access labels are left away."""
    chosen = list(islice(drafts, min(most, MOST_ROWS if source == "file" else MOST_AT_ONCE)))
    with transaction.atomic():
        # The row is written first, so that two additions at once queue up here and number one after another.
        LabelProject.objects.filter(pk=project.pk).update(needs_ordering=True)
        rows = ProjectItem.objects.filter(project=project)
        require(rows.count() + len(chosen) <= MOST_ITEMS, f"A project holds at most {MOST_ITEMS:,} items.")
        known = set(rows.values_list("labels_digest", "group"))
        ordinal = (rows.aggregate(last=Max("ordinal"))["last"] or 0) + 1
        made: list[ProjectItem] = []
        for draft in chosen:
            key = (digest_of_labels(draft.labels), text_digest(project.task, draft.input))
            if key not in known:
                known.add(key)
                made.append(_item(project, draft, ordinal + len(made), *key))
        ProjectItem.objects.bulk_create(made, batch_size=500)
        labels = sorted({*project.labels, *(label for item in made for label in item.labels)})
        LabelProject.objects.filter(pk=project.pk).update(
            labels=labels, marking=marking_of(labels).canonical if labels else ""
        )
        project.labels = labels
        note(caller, project, "items added", source=source, items=len(made), doubles=len(chosen) - len(made))
    return Added(len(made), len(chosen) - len(made))


def _item(project: LabelProject, draft: Draft, ordinal: int, digest: str, group: str) -> ProjectItem:
    return ProjectItem(
        project=project,
        ordinal=ordinal,
        input=draft.input,
        origin=draft.origin,
        labels=sorted(set(draft.labels)),
        labels_digest=digest,
        marking=marking_of(draft.labels).canonical,
        document_id=draft.document,
        group=group,
        is_gold=draft.gold is not None,
        gold=draft.gold,
        final=draft.gold,
        final_how=ProjectItem.How.GOLD if draft.gold is not None else "",
        confidence=1.0 if draft.gold is not None else None,
        prelabel=draft.prelabel,
        prelabel_model=draft.prelabel_model[:200],
        prelabel_confidence=draft.prelabel_confidence,
        state=ProjectItem.State.OPEN if project.released_at else ProjectItem.State.WAITING,
        wanted=project.overlap,
    )
