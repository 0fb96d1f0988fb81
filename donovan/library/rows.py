"""A document as one line of the table: what stands where, and what this caller may do with it."""

from collections.abc import Iterable
from dataclasses import dataclass

from donovan.access.labels import split_label
from donovan.access.models import Collection
from donovan.library.callers import Caller
from donovan.library.media import Kind, kind_of, language_name
from donovan.library.selectors import IN_WORK
from donovan.library.services import Rights, rights_to
from ingest.ledger import progress_of
from ingest.models import Document, Stage
from ingest.work.progress import Progress

_STAGES = [stage.value for stage in Stage]


@dataclass(frozen=True)
class Row:
    document: Document
    slug: str
    collection: str
    marking: str
    kind: Kind
    languages: list[str]
    rights: Rights
    progress: Progress | None
    parent: Document | None = None
    """What it is attached to, where the caller may read that."""

    @property
    def is_in_work(self) -> bool:
        return self.document.status in IN_WORK

    @property
    def stage_number(self) -> int:
        """Place of the stage among all stages, from 1."""
        return _STAGES.index(self.document.stage) + 1

    @property
    def stage_count(self) -> int:
        return len(_STAGES)


def rows_of(caller: Caller, documents: Iterable[Document]) -> list[Row]:
    """The lines for documents that were read within the caller's scope."""
    documents = list(documents)
    far = progress_of(document.pk for document in documents if document.status in IN_WORK)
    titles = dict(Collection.objects.values_list("slug", "title"))
    rows = []
    for document in documents:
        slug, marking = split_label(document.label)
        rows.append(
            Row(
                document=document,
                slug=slug,
                collection=titles.get(slug, slug),
                marking=marking.canonical,
                kind=kind_of(document.media_type),
                languages=[language_name(code) for code in document.languages],
                rights=rights_to(caller, document),
                progress=far.get(document.pk),
                parent=_readable_parent(caller, document),
            )
        )
    return rows


def _readable_parent(caller: Caller, document: Document) -> Document | None:
    if document.parent_id is None or document.parent is None:
        return None
    return document.parent if caller.scope.may_read(document.parent.label) else None
