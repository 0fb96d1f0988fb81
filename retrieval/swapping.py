"""Another embedder takes over: everything is staged, then index and pointer move together.

`prepare` embeds every passage with the new model into segments that are written but not current; meanwhile
the old index answers, grows and shrinks as ever. It may be killed at any moment: what was written is found
again. `swap` embeds what came since, and in one transaction lets the new segments be the index, keeps the old
ones aside and moves the pointer. To go back is to swap again: the vectors that were kept are taken as they
are, so nothing is embedded but what came in between, and results are what they were to the byte.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from ingest.models import Document, Passage

from . import catalogue, segments, serving
from .building import EmbeddedText, IndexedText, build, embed, read_texts
from .catalogue import Superseded
from .embedding import ROLE, LocalEmbedder, identity_of
from .embedding_host_client import make_host_ready
from .model_folders import ModelFolder, read_model
from .models import IndexedDocument, IndexSegment, KeptDocument, ServedModel
from .segment import SegmentDamaged

logger = logging.getLogger(__name__)

KEPT = timedelta(days=30)
"""How long vectors of a model that does not serve are kept."""

FLUSH_PASSAGES = 1_024
"""A segment is written after this much: a process that is killed loses no more."""

DOCUMENTS_AT_ONCE = 100
MOST_ROUNDS = 100

OnProgress = Callable[[int, int], None]


class SwapStopped(Exception):
    """Somebody asked to stop. What was embedded is kept and found again."""


class SwapBusy(Exception):
    """Documents changed faster than they could be embedded. `sentence` says so."""

    sentence = "Documents arrive faster than the new model can read them. Try again when fewer arrive."


@dataclass(frozen=True)
class Prepared:
    """What stands ready for a model: all of its passages, and how many of them were embedded just now."""

    embedder: str
    documents: int
    passages: int
    embedded: int


def prepare(
    model: ModelFolder | None,
    *,
    on_progress: OnProgress = lambda done, total: None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Prepared:
    """Embed everything in the index with `model` (None: the base model), beside the index that answers.

    `on_progress` hears how many passages of how many stand ready. Raises SwapStopped soon after `is_stopped`
    says so, EmbedderUnavailable, ModelTampered.
    """
    staged = _Staged(model, on_progress, is_stopped)
    staged.fill()
    return Prepared(staged.name, len(staged.fingerprints), staged.done, staged.embedded)


def swap(
    model: ModelFolder | None,
    *,
    on_progress: OnProgress = lambda done, total: None,
    is_stopped: Callable[[], bool] = lambda: False,
    within: Callable[[ServedModel], None] = lambda served: None,
) -> ServedModel:
    """Let `model` (None: the base model) be the embedder, its index the index; the new pointer.

    `within` is called with the new pointer in the transaction that moves it; what it raises undoes the move.
    Embeds first whatever `prepare` has not. Raises what `prepare` raises, and SwapBusy.
    """
    staged = _Staged(model, on_progress, is_stopped)
    for attempt in range(MOST_ROUNDS):
        staged.fill()
        if not attempt:
            make_host_ready(staged.model)
        try:
            return _exchange(staged, within)
        except Superseded:
            continue
    raise SwapBusy(SwapBusy.sentence)


def forget(model: ModelFolder) -> None:
    """Throw away what was embedded for a model that does not serve and will not."""
    for row in catalogue.kept(identity_of(model).name):
        catalogue.let_go(row)


def purge() -> None:
    """Take documents that were removed or relabelled out of the segments that are kept, for good."""
    stays = Document.objects.filter(pk=OuterRef("document_id"), label=OuterRef("segment__label"))
    gone = KeptDocument.objects.filter(~Exists(stays), segment__is_current=False)
    for row in IndexSegment.objects.filter(pk__in=gone.values("segment"), kept_until__isnull=False):
        leaving = {str(d) for d in gone.filter(segment=row).values_list("document_id", flat=True)}
        _rewrite_kept(row, leaving)


def _rewrite_kept(row: IndexSegment, leaving: set[str]) -> None:
    try:
        content = catalogue.load(row)
    except SegmentDamaged:
        catalogue.let_go(row)
        return
    left = segments.without(content, leaving)
    folder, digest = segments.write(left) if len(left) else ("", "")
    with transaction.atomic():
        now = IndexSegment.objects.select_for_update().filter(pk=row.pk).first()
        if now is None or now.is_current or now.kept_until is None:
            return
        catalogue.let_go(row)
        if folder:
            catalogue.keep(left, folder, digest, now.kept_until)


@dataclass(frozen=True)
class _Snapshot:
    """The index as it stood at one moment: its segments by id, and for each document its segment."""

    rows: dict[int, IndexSegment]
    segment_of: dict[UUID, int]

    @classmethod
    def read(cls) -> "_Snapshot":
        with transaction.atomic():
            rows = {row.pk: row for row in IndexSegment.objects.filter(is_current=True).order_by("pk")}
            indexed = IndexedDocument.objects.filter(segment__in=rows)
            return cls(rows, dict(indexed.values_list("document_id", "segment_id")))

    def is_like(self, other: "_Snapshot") -> bool:
        mine, theirs = (
            {pk: (row.removed, row.is_damaged) for pk, row in s.rows.items()} for s in (self, other)
        )
        return mine == theirs and self.segment_of == other.segment_of


class _Staged:
    """What is made beside the index for one model, and what of the index it was made from.

    `fingerprints` holds those of all documents that stand ready, by document. A document is looked at again
    only when it stands in another segment than before, so that a second round takes little time.
    """

    def __init__(
        self, model: ModelFolder | None, on_progress: OnProgress, is_stopped: Callable[[], bool]
    ) -> None:
        self.model = read_model(model.path, model.digest) if model else None
        self.name = identity_of(self.model).name
        self.snapshot = _Snapshot({}, {})
        self.fingerprints: dict[UUID, str] = {}
        self.contents: dict[int, list[tuple[str, str]]] = {}
        self.done = self.embedded = 0
        self._total = 0
        self._looked_at: dict[UUID, int] = {}
        self._passages: dict[UUID, int] = {}
        self._sound: set[int] = set()
        self._embedder: LocalEmbedder | None = None
        self._on_progress = on_progress
        self._is_stopped = is_stopped

    @property
    def old(self) -> list[IndexSegment]:
        """The segments that another model made."""
        return [row for row in self.snapshot.rows.values() if row.embedder != self.name]

    def fill(self) -> None:
        """Embed what is in the index and does not stand ready yet."""
        self.snapshot = _Snapshot.read()
        self._let_go_of_the_damaged()
        self._read_old()
        labels = {row.pk: row.label for row in self.old}
        wanted = {d: pk for d, pk in self.snapshot.segment_of.items() if pk in labels}
        for left in set(self._looked_at) - set(wanted):
            self._forget(left)
        self.done = sum(self._passages.values())
        self._total = Passage.objects.filter(
            document_id__in=IndexedDocument.objects.filter(segment__in=labels).values("document_id")
        ).count()
        todo = sorted((labels[pk], d) for d, pk in wanted.items() if self._looked_at.get(d) != pk)
        for label, some in groupby(todo, key=lambda pair: pair[0]):
            self._fill_label(label, [document for _, document in some], wanted)
        self._say()

    def look_at_everything_again(self) -> None:
        """Something that stood ready has gone."""
        self._looked_at.clear()

    def _fill_label(self, label: str, documents: list[UUID], wanted: dict[UUID, int]) -> None:
        ready: list[EmbeddedText] = []
        try:
            for start in range(0, len(documents), DOCUMENTS_AT_ONCE):
                some = documents[start : start + DOCUMENTS_AT_ONCE]
                kept = self._kept(label, some)
                for text in self._texts(label, some):
                    if (text.document_id, text.fingerprint) not in kept:
                        ready.append(embed(text, self._model_here(), self._alive))
                        self.embedded += len(text.passages)
                        ready = self._flushed(label, ready, FLUSH_PASSAGES)
                    self.done += len(text.passages)
                    self._passages[text.document_id] = len(text.passages)
                    self.fingerprints[text.document_id] = text.fingerprint
                    self._say()
                self._looked_at |= {document: wanted[document] for document in some}
        finally:
            # Whoever stops this keeps what is embedded; whoever kills it loses one segment at most.
            self._flushed(label, ready, 1)

    def _texts(self, label: str, some: list[UUID]) -> list[IndexedText]:
        for document in some:
            self._forget(document)
        known = Document.objects.filter(pk__in=some, label=label).order_by("pk")
        texts = read_texts(list(known.values_list("pk", "label", "title")))
        return [text for text in texts if text.passages]

    def _kept(self, label: str, some: list[UUID]) -> set[tuple[UUID, str]]:
        """Those of `some` whose vectors stand ready, with their fingerprints."""
        found = KeptDocument.objects.filter(
            document_id__in=some,
            segment__in=self._sound,
            segment__label=label,
            segment__is_current=False,
            segment__kept_until__isnull=False,
        )
        return set(found.values_list("document_id", "fingerprint"))

    def _forget(self, document: UUID) -> None:
        self._looked_at.pop(document, None)
        self.fingerprints.pop(document, None)
        self.done -= self._passages.pop(document, 0)

    def _flushed(self, label: str, ready: list[EmbeddedText], least: int) -> list[EmbeddedText]:
        """What of `ready` still waits to be written."""
        if sum(len(embedded.vectors) for embedded in ready) < least:
            return ready
        segment = build(label, self.name, ready)
        row = catalogue.keep(segment, *segments.write(segment), timezone.now() + KEPT)
        self._sound.add(row.pk)
        return []

    def _let_go_of_the_damaged(self) -> None:
        """Segments that were kept are read once before they are counted on."""
        rows = catalogue.kept(self.name)
        for row in rows:
            if row.pk not in self._sound:
                try:
                    segments.read(row.folder, row.digest)
                    self._sound.add(row.pk)
                except SegmentDamaged as error:
                    logger.warning("%s It is made again.", error)
                    catalogue.let_go(row)

    def _read_old(self) -> None:
        """What the segments hold that will be kept when the model changes, as their files say it."""
        self.contents = {pk: held for pk, held in self.contents.items() if pk in self.snapshot.rows}
        for row in self.old:
            if row.pk not in self.contents and not row.is_damaged:
                try:
                    content = segments.read(row.folder, row.digest)
                except SegmentDamaged:
                    continue
                self.contents[row.pk] = list(zip(content.documents, content.fingerprints, strict=True))

    def _model_here(self) -> LocalEmbedder:
        # Loaded only when there is something to embed: to go back to a model usually needs none of it.
        if self._embedder is None:
            self._embedder = LocalEmbedder(self.model)
        return self._embedder

    def _alive(self, done: int) -> None:
        if self._is_stopped():
            raise SwapStopped

    def _say(self) -> None:
        self._on_progress(self.done, max(self.done, self._total))
        self._alive(0)


@transaction.atomic
def _exchange(staged: _Staged, within: Callable[[ServedModel], None]) -> ServedModel:
    """The index of one model in the place of another, and the pointer with it. Raises Superseded when the
    index is no longer the one that `staged` was made from.
    """
    list(ServedModel.objects.select_for_update().filter(role=ROLE))
    list(IndexSegment.objects.select_for_update().filter(is_current=True))
    if not _Snapshot.read().is_like(staged.snapshot):
        raise Superseded
    old = staged.old
    label_of = {d: staged.snapshot.rows[pk].label for d, pk in staged.snapshot.segment_of.items()}
    ready = catalogue.kept(staged.name)
    staying = _chosen(staged, ready, label_of)
    if sum(map(len, staying.values())) < len(staged.fingerprints):
        staged.look_at_everything_again()
        raise Superseded
    until = timezone.now() + KEPT
    IndexedDocument.objects.filter(segment__in=old).delete()
    for row in ready:
        _make_current(row, staying[row.pk])
    for row in old:
        held = [(d, f) for d, f in staged.contents.get(row.pk, []) if d not in row.removed]
        IndexSegment.objects.filter(pk=row.pk).update(
            is_current=False, retired_at=timezone.now(), kept_until=until if held else None
        )
        catalogue.note_kept(row, held)
    served = serving.point(ROLE, staged.model)
    within(served)
    return served


def _chosen(staged: _Staged, ready: list[IndexSegment], label_of: dict[UUID, str]) -> dict[int, list[UUID]]:
    """For each segment that stands ready the documents that count in it: each document in one of them."""
    labels = {row.pk: row.label for row in ready}
    chosen: dict[int, list[UUID]] = defaultdict(list)
    taken: set[UUID] = set()
    rows = KeptDocument.objects.filter(segment__in=labels).order_by("segment_id", "document_id")
    for segment, document, fingerprint in rows.values_list("segment_id", "document_id", "fingerprint"):
        is_wanted = staged.fingerprints.get(document) == fingerprint and label_of[document] == labels[segment]
        if is_wanted and document not in taken:
            taken.add(document)
            chosen[segment].append(document)
    return chosen


def _make_current(row: IndexSegment, staying: list[UUID]) -> None:
    held = KeptDocument.objects.filter(segment=row)
    leaving = {str(d) for d in held.values_list("document_id", flat=True)} - {str(d) for d in staying}
    held.delete()
    last = IndexSegment.objects.filter(label=row.label).aggregate(last=Max("generation"))["last"] or 0
    row.generation = last + 1
    row.removed = sorted({*row.removed, *leaving})
    row.document_count = len(staying)
    row.is_current, row.kept_until = bool(staying), None
    row.retired_at = None if staying else timezone.now()
    row.save()
    IndexedDocument.objects.bulk_create([IndexedDocument(document_id=d, segment=row) for d in staying])
