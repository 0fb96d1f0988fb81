"""An index of this process alone, beside the one that serves: real documents, the embedder that is measured.

The rows that say what the index is lie in a database of their own, its segments in a folder of their own, and
both are deleted with that folder. Documents, passages and people stay where they are: whatever is found is
read from the real database, with the scope asked again, as it is of the index that serves.
"""

import hashlib
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connections, models, router
from django.db.models import Count

from ingest.models import Document, Passage, Status
from retrieval import catalogue, segments
from retrieval.building import EmbeddedText, IndexedText, build, embed, read_texts
from retrieval.embedder import Embedder
from retrieval.embedding import get_embedder
from retrieval.models import IndexedDocument, IndexSegment, KeptDocument

from .errors import UnusableData
from .measuring import OnProgress

ALIAS: Final = "beside"
MOST_SECONDS: Final = 2 * 3600.0
"""What embedding may take, by the speed measured on the first passages."""

_TRIED_PASSAGES: Final = 256
_FLUSH_PASSAGES: Final = 1_024
_DOCUMENTS_AT_ONCE: Final = 100
_ROWS: Final[tuple[type[models.Model], ...]] = (IndexSegment, IndexedDocument, KeptDocument)
_WORDS: Final = "passages embedded with the model that is measured"

Named = tuple[UUID, str, str]
"""A document as (id, label, title)."""


@dataclass(frozen=True)
class Filled:
    """How many passages were embedded, of how many that may be read."""

    passages: int
    of: int

    @property
    def is_part(self) -> bool:
        return self.passages < self.of


class _Router:
    """Sends the rows of the index, and nothing else, to the database beside."""

    def db_for_read(self, model: type[models.Model], **_hints: Any) -> str | None:
        return ALIAS if model in _ROWS else None

    db_for_write = db_for_read


@contextmanager
def staged_index(folder: Path) -> Iterator[None]:
    """Within, the index of this process is an empty one in `folder`. For a process that serves nobody."""
    configured: Any = connections.configure_settings(
        {"default": {}, ALIAS: {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "index.sqlite3"}}
    )
    connections.settings[ALIAS] = configured[ALIAS]
    routers, place = router.routers, settings.INDEX_DIR
    try:
        with connections[ALIAS].schema_editor() as editor:
            for model in _ROWS:
                editor.create_model(model)
        router.routers = [_Router(), *routers]
        settings.INDEX_DIR = folder / "index"
        yield
    finally:
        router.routers, settings.INDEX_DIR = routers, place
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.settings[ALIAS]


def passages_in(labels: Collection[str]) -> int:
    """How many passages the documents of `labels` have that are ready to be searched."""
    return Passage.objects.filter(document__in=_documents(labels)).count()


def labels_held(labels: Collection[str]) -> list[str]:
    """Those of `labels` that a document has which is ready to be searched."""
    return sorted(_documents(labels).values_list("label", flat=True).distinct())


def fill(
    labels: Collection[str], *, most: int | None, first: Collection[UUID], on_progress: OnProgress
) -> Filled:
    """Embed the documents of `labels` with the embedder of this process, into the index beside.

    Where they hold more than `most` passages, only a part is taken: the documents in `first`, and others in
    an order that depends on nothing but their ids. Raises UnusableData where it would take longer than
    MOST_SECONDS, and EmbedderUnavailable.
    """
    total = passages_in(labels)
    named = list(_documents(labels).order_by("label", "pk").values_list("pk", "label", "title"))
    chosen = total
    if most is not None and total > most:
        part = _part(labels, most, first)
        named = [document for document in named if document[0] in part]
        chosen = sum(part.values())
    embedder = get_embedder()
    pace = _Pace(chosen, on_progress)
    for label, some in groupby(named, key=lambda document: document[1]):
        _fill_label(label, list(some), embedder, pace)
    on_progress(chosen, chosen, _WORDS)
    return Filled(pace.done, total)


def _documents(labels: Collection[str]) -> models.QuerySet[Document]:
    return Document.objects.filter(label__in=labels, status=Status.READY)


def _part(labels: Collection[str], most: int, first: Collection[UUID]) -> dict[UUID, int]:
    """As many documents as `most` passages allow, with the passages of each; always those in `first`."""
    rows = Passage.objects.filter(document__in=_documents(labels)).values_list("document_id")
    sizes: dict[UUID, int] = dict(rows.annotate(size=Count("pk")).order_by("document_id"))
    taken = {document: sizes[document] for document in first if document in sizes}
    room = most - sum(taken.values())
    for document in sorted(sizes, key=lambda document: hashlib.sha256(document.bytes).digest()):
        # A document that does not fit is passed over, so that one long one does not end the choice.
        if document not in taken and sizes[document] <= room:
            taken[document] = sizes[document]
            room -= sizes[document]
    return taken


class _Pace:
    """How many passages are done, and whether the rest can be done in time at the speed measured."""

    def __init__(self, total: int, on_progress: OnProgress) -> None:
        self.done = 0
        self._total, self._on_progress = total, on_progress
        self._began = time.monotonic()
        self._is_known = False

    def within(self, done: int) -> None:
        """So many passages of the document at hand are done."""
        now = self.done + done
        self._on_progress(min(now, self._total), self._total, _WORDS)
        if self._is_known or now < _TRIED_PASSAGES:
            return
        self._is_known = True
        speed = now / max(time.monotonic() - self._began, 1e-6)
        if (needed := (self._total - now) / speed) > MOST_SECONDS:
            raise UnusableData(
                f"{self._total:,} passages are too many to embed again for this: at {speed:.0f} a second, as "
                f"measured here, they take {needed / 3600:.1f} hours, and {MOST_SECONDS / 3600:g} are given "
                "to it. Run the suite in the quick size, which takes a part of them and says so."
            )


def _fill_label(label: str, documents: Sequence[Named], embedder: Embedder, pace: _Pace) -> None:
    waiting: list[EmbeddedText] = []
    for text in _texts(documents):
        waiting.append(embed(text, embedder, pace.within))
        pace.done += len(text.passages)
        if sum(len(embedded.vectors) for embedded in waiting) >= _FLUSH_PASSAGES:
            _publish(label, embedder.name, waiting)
            waiting = []
    _publish(label, embedder.name, waiting)


def _texts(documents: Sequence[Named]) -> Iterator[IndexedText]:
    for start in range(0, len(documents), _DOCUMENTS_AT_ONCE):
        texts = read_texts(documents[start : start + _DOCUMENTS_AT_ONCE])
        yield from (text for text in texts if text.passages)


def _publish(label: str, embedder_name: str, embedded: list[EmbeddedText]) -> None:
    if embedded:
        segment = build(label, embedder_name, embedded)
        catalogue.publish(segment, *segments.write(segment))
