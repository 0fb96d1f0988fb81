"""Which segments are the index now. The database rows are the pointer; they move in one transaction."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from . import segments
from .models import IndexedDocument, IndexSegment, KeptDocument
from .segment import Segment, SegmentDamaged

KEPT_AFTER_RETIREMENT = timedelta(minutes=10)
"""A search that has just read the rows may still open the folders they named."""

STRAY_AFTER = timedelta(hours=1)


class Superseded(Exception):
    """Somebody else changed the segments that were to be replaced. Read them again and start over."""


def current(labels: Iterable[str]) -> list[IndexSegment]:
    """The segments of `labels`, in a fixed order."""
    return list(IndexSegment.objects.filter(is_current=True, label__in=list(labels)).order_by("label", "pk"))


def load(row: IndexSegment) -> Segment:
    """The content of a segment, less what has left it. Raises SegmentDamaged, and notes it on the row."""
    try:
        return segments.without(segments.read(row.folder, row.digest), frozenset(row.removed))
    except SegmentDamaged:
        note_damage(row)
        raise


def note_damage(row: IndexSegment) -> None:
    """Remember that a segment has to be rebuilt; the sweep does it."""
    IndexSegment.objects.filter(pk=row.pk, is_current=True).update(is_damaged=True)


def note_verified(row: IndexSegment, stamp: str) -> None:
    """Remember as which file a segment was compared with its digest, whole and from its bytes."""
    IndexSegment.objects.filter(pk=row.pk, digest=row.digest).update(
        verified_as=stamp, verified_at=timezone.now()
    )


@transaction.atomic
def publish(
    segment: Segment,
    folder: str,
    digest: str,
    *,
    replacing: Sequence[IndexSegment] = (),
    without: Collection[str] = (),
) -> IndexSegment:
    """Make a written segment current, in the place of `replacing` as they were read.

    `without` names documents in it that must not count after all. Documents that stand elsewhere in the index
    are taken out there. Raises Superseded when one of `replacing` has changed since.
    """
    _retire(replacing)
    last = IndexSegment.objects.filter(label=segment.label).aggregate(last=Max("generation"))["last"] or 0
    staying = [UUID(document) for document in segment.documents if document not in without]
    row = IndexSegment.objects.create(
        label=segment.label,
        generation=last + 1,
        folder=folder,
        digest=digest,
        passage_count=len(segment),
        document_count=len(staying),
        removed=sorted(without),
        embedder=segment.embedder,
        verified_as=segments.stamp_if_large(folder),
        is_current=bool(staying),
        retired_at=None if staying else timezone.now(),
    )
    take_out(staying, unless_in=replacing)
    IndexedDocument.objects.filter(segment__in=replacing).delete()
    IndexedDocument.objects.bulk_create([IndexedDocument(document_id=d, segment=row) for d in staying])
    return row


def _retire(replacing: Sequence[IndexSegment]) -> None:
    found = {
        row.pk: row
        for row in IndexSegment.objects.select_for_update().filter(pk__in=[r.pk for r in replacing])
    }
    for read in replacing:
        now = found.get(read.pk)
        if now is None or not now.is_current or now.removed != read.removed:
            raise Superseded
    retire_ids([r.pk for r in replacing])


def retire_ids(ids: Collection[int]) -> None:
    """Stop counting segments; their folders go later."""
    IndexSegment.objects.filter(pk__in=ids).update(is_current=False, retired_at=timezone.now())


@transaction.atomic
def take_out(documents: Collection[UUID], *, unless_in: Sequence[IndexSegment] = ()) -> None:
    """Take documents out of the index from the next search on. Those that are not in it are passed over."""
    leaving: dict[int, list[str]] = {}
    indexed = IndexedDocument.objects.filter(document_id__in=documents).exclude(segment__in=unless_in)
    for document, segment in indexed.values_list("document_id", "segment_id"):
        leaving.setdefault(segment, []).append(str(document))
    for row in IndexSegment.objects.select_for_update().filter(pk__in=leaving):
        row.removed = sorted({*row.removed, *leaving[row.pk]})
        row.document_count -= len(leaving[row.pk])
        row.save(update_fields=["removed", "document_count"])
        if row.document_count <= 0:
            retire_ids([row.pk])
    indexed.delete()


@transaction.atomic
def keep(segment: Segment, folder: str, digest: str, until: datetime) -> IndexSegment:
    """List a written segment as kept: it answers nothing, and lies ready for the model that made it."""
    row = IndexSegment.objects.create(
        label=segment.label,
        generation=0,
        folder=folder,
        digest=digest,
        passage_count=len(segment),
        document_count=len(segment.documents),
        embedder=segment.embedder,
        verified_as=segments.stamp_if_large(folder),
        is_current=False,
        kept_until=until,
    )
    note_kept(row, zip(segment.documents, segment.fingerprints, strict=True))
    return row


def note_kept(row: IndexSegment, documents: Iterable[tuple[str, str]]) -> None:
    """List what a kept segment holds, as (document, fingerprint)."""
    KeptDocument.objects.bulk_create(
        [KeptDocument(segment=row, document_id=UUID(d), fingerprint=f) for d, f in documents]
    )


def kept(embedder: str) -> list[IndexSegment]:
    """The segments that lie ready for one model, in a fixed order."""
    found = IndexSegment.objects.filter(is_current=False, kept_until__isnull=False, embedder=embedder)
    return list(found.order_by("label", "pk"))


@transaction.atomic
def let_go(row: IndexSegment) -> None:
    """Keep a segment no longer; its folder goes soon. One that has become current meanwhile is left alone."""
    IndexSegment.objects.filter(pk=row.pk, is_current=False).update(
        kept_until=None, retired_at=timezone.now()
    )
    KeptDocument.objects.filter(segment=row, segment__kept_until__isnull=True).delete()


def clear_away() -> None:
    """Delete the folders of retired segments that are kept no longer, and folders that a crash left without
    a row.
    """
    now = timezone.now()
    is_over = Q(kept_until__isnull=True, retired_at__lt=now - KEPT_AFTER_RETIREMENT) | Q(kept_until__lt=now)
    old = IndexSegment.objects.filter(is_over, is_current=False)
    for row in old:
        segments.discard(row.folder)
        row.delete()
    root = Path(settings.INDEX_DIR)
    known = set(IndexSegment.objects.values_list("folder", flat=True))
    for path in root.iterdir() if root.is_dir() else ():
        if path.name not in known and now.timestamp() - path.stat().st_mtime > STRAY_AFTER.total_seconds():
            segments.discard(path.name)
