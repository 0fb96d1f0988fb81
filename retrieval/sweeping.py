"""What the sweep puts right: dropped bells, damaged segments, another model, leftovers of crashes."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from ingest.models import Document, Passage, Status
from ingest.work.registry import Calling

from . import base_moves, catalogue, indexing, segments, swapping
from .embedding import EmbedderUnavailable, embedder_at_hand
from .merging import compact, renew, take_out_for_good
from .models import IndexedDocument, IndexSegment
from .segment import SegmentDamaged

COMPARED_EVERY = timedelta(days=1)
"""A large segment is trusted by what the file system says of it; so often each is read whole and compared."""


def sweep() -> int:
    """Bring the index back to what the database says; the number of documents that became ready."""
    _take_out_what_went()
    _wait_for_what_is_missing()
    base_moves.settle()
    _rebuild_what_is_damaged()
    current = IndexSegment.objects.filter(is_current=True)
    for label in current.exclude(removed=[]).values_list("label", flat=True).distinct():
        take_out_for_good(label)
    for label in current.values_list("label", flat=True).distinct():
        renew(label)
        compact(label)
    _compare_what_was_not_for_long()
    swapping.purge()
    catalogue.clear_away()
    return indexing.index_pending()


SWEEPING = Calling(sweep)


def _take_out_what_went() -> None:
    """Documents that were removed or relabelled by somebody who died before telling the index."""
    here = Document.objects.filter(pk=OuterRef("document_id"))
    gone = IndexedDocument.objects.filter(~Exists(here)).values_list("document_id", flat=True)
    catalogue.take_out(list(gone))
    elsewhere = IndexedDocument.objects.filter(
        Exists(here), ~Exists(here.filter(label=OuterRef("segment__label")))
    )
    for indexed in elsewhere.select_related("segment"):
        indexing.relabel_document(indexed.document_id, indexed.segment.label)


def _wait_for_what_is_missing() -> None:
    """Documents that are ready but stand nowhere in the index."""
    passages = Passage.objects.filter(document=OuterRef("pk"))
    indexed = IndexedDocument.objects.filter(document_id=OuterRef("pk"))
    missing = Document.objects.filter(Exists(passages), ~Exists(indexed), status=Status.READY)
    indexing.wait_again(list(missing.values_list("pk", flat=True)))


def _rebuild_what_is_damaged() -> None:
    wanting = IndexSegment.objects.filter(is_current=True, is_damaged=True)
    labels = set(wanting.values_list("label", flat=True))
    embedder = embedder_at_hand()
    if embedder is not None:
        others = IndexSegment.objects.filter(is_current=True).exclude(embedder=embedder.name)
        labels |= set(others.values_list("label", flat=True))
    for label in sorted(labels):
        try:
            indexing.rebuild(label)
        except EmbedderUnavailable:
            return


def _compare_what_was_not_for_long() -> None:
    """One large segment, that which was longest not compared with its digest byte by byte."""
    due = IndexSegment.objects.filter(verified_at__lt=timezone.now() - COMPARED_EVERY).exclude(verified_as="")
    row = due.filter(is_current=True, is_damaged=False).order_by("verified_at").first()
    if row is not None:
        try:
            catalogue.note_verified(row, segments.read(row.folder, row.digest).stamp)
        except SegmentDamaged:
            catalogue.note_damage(row)
