"""Everything that changes the index: put documents in, take them out, move them, rebuild.

The database says what has to be done; every function here may be killed at any point and called again.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from django.db import transaction

from ingest.models import Document, Stage, Status
from ingest.work.connections import UNREACHABLE, reconnect
from ingest.work.errors import LeaseLost
from ingest.work.leases import Held
from ingest.work.models import Job
from ingest.work.registry import Handler
from ingest.work.running import UNREACHED
from ingest.work.services import enqueue

from . import catalogue, leases, segments, serving
from .building import EmbeddedText, build, embed, read_texts
from .catalogue import Superseded
from .embedder import Embedder
from .embedding import ROLE, EmbedderUnavailable, get_embedder
from .leases import LeasedDocument
from .merging import AT_ONCE, compact
from .models import IndexedDocument
from .segment import Segment, SegmentDamaged
from .work import INDEX

logger = logging.getLogger(__name__)

FLUSH_PASSAGES = 512
FLUSH_SECONDS = 4.0
"""A segment is published after this much, so that documents become ready while a big ingest still runs."""

EXCHANGED = "The embedding model was exchanged while the passages were embedded. They are embedded again."

_Ready = list[tuple[LeasedDocument, EmbeddedText]]


def index_pending(limit: int | None = None) -> int:
    """Embed and index documents whose passages wait, at most `limit`; the number that became ready.

    Without an embedder they go on waiting, and the ledger says why.
    """
    leases.enqueue_lacking()
    return _index(limit)


class _Indexing(Handler):
    """Indexes a document, and together with it whatever else waits: one segment for many."""

    def run(self, held: Held) -> str:
        _index(None, first=LeasedDocument(held))
        return ""

    def follow(self, job: Job) -> None:
        leases.follow(job)


INDEXING = _Indexing()


def _index(limit: int | None, first: LeasedDocument | None = None) -> int:
    done = 0
    while limit is None or done < limit:
        # Taken before any vector is made: what was made with a model that no longer serves is not published.
        key = serving.pointer_key(ROLE)
        ready, is_last = _embed_some(None if limit is None else limit - done, first)
        first = None
        done += _publish_all(ready, key)
        if is_last:
            break
    return done


def _embed_some(most: int | None, first: LeasedDocument | None) -> tuple[_Ready, bool]:
    """Acquire and embed until there is enough for a segment; whether nothing is left that can be done now."""
    ready: _Ready = []
    began, passages = time.monotonic(), 0
    while (most is None or len(ready) < most) and passages < FLUSH_PASSAGES:
        if ready and time.monotonic() - began > FLUSH_SECONDS:
            break
        leased, first = first or LeasedDocument.next(), None
        if leased is None:
            return ready, True
        try:
            embedded = _embed_leased(leased)
        except EmbedderUnavailable as error:
            logger.warning("Documents wait for the index: %s", error.sentence)
            leased.put_back(error.sentence)
            return ready, True
        if embedded is not None:
            ready.append((leased, embedded))
            passages += len(embedded.vectors)
    return ready, False


def _embed_leased(leased: LeasedDocument) -> EmbeddedText | None:
    """The vectors of a leased document, or None when it was lost or failed. Raises EmbedderUnavailable."""
    try:
        document = Document.objects.get(pk=leased.document_id)
        text = read_texts([(document.pk, document.label, document.title)])[0]
        total = len(text.passages)
        leased.progress(0, total)
        embedded = embed(text, get_embedder(), lambda done: leased.progress(done, total))
        leased.enter_index()
        return embedded
    except LeaseLost:
        return None
    except Document.DoesNotExist:
        leased.drop()
        return None
    except (EmbedderUnavailable, *UNREACHABLE):
        raise
    except Exception:
        # One document that cannot be indexed must not keep the others waiting behind it.
        logger.exception("Document %s could not be embedded.", leased.document_id)
        leased.fail("The passages could not be embedded.")
        return None


def _publish_all(ready: _Ready, key: str) -> int:
    parts: defaultdict[tuple[str, str], _Ready] = defaultdict(list)
    for leased, embedded in ready:
        parts[embedded.text.label, embedded.embedder].append((leased, embedded))
    return sum(_publish(label, embedder, some, key) for (label, embedder), some in sorted(parts.items()))


def _publish(label: str, embedder: str, ready: _Ready, key: str) -> int:
    """One new segment with these documents; how many of them became ready."""
    try:
        segment = build(label, embedder, [embedded for _, embedded in ready])
        folder, digest = segments.write(segment)
        with transaction.atomic():
            # Where the pointer moved meanwhile the index moved with it: these vectors would be strangers.
            serving.hold(ROLE, key)
            # Only what is finished in this very transaction counts: a document relabelled meanwhile must not
            # appear.
            lost = [leased for leased, _ in ready if not leased.finish(label)]
            without = [str(leased.document_id) for leased in lost]
            catalogue.publish(segment, folder, digest, without=without)
    except serving.PointerMoved:
        segments.discard(folder)
        for leased, _ in ready:
            leased.put_back(EXCHANGED)
        return 0
    except UNREACHABLE:
        # None of them is to blame; where putting back fails, too, their leases run out.
        for leased, _ in ready:
            with suppress(LeaseLost, *UNREACHABLE):
                reconnect()
                leased.put_back(UNREACHED)
        raise
    except Exception:
        logger.exception("A segment could not be written.")
        for leased, _ in ready:
            leased.fail("The index could not be written.")
        return 0
    for leased in lost:
        leased.put_back(leases.RELABELLED)
    compact(label, most=AT_ONCE)
    return len(ready) - len(lost)


@transaction.atomic
def forget_document(document_id: UUID) -> None:
    """Take a document and what is attached to it out of the index, from the next search on.

    May be called before or after the document is removed, inside the same transaction.
    """
    catalogue.take_out([document_id, *_attached(document_id), *_orphans()])


def relabel_document(document_id: UUID, old_label: str) -> None:
    """Move a document and what is attached to it from the index of `old_label` to that of the label it has
    now.

    Called after the document was relabelled, inside the same transaction; its vectors are moved, not made
    again.
    """
    with transaction.atomic():
        family = Document.objects.filter(pk__in=[document_id, *_attached(document_id)]).exclude(
            label=old_label
        )
        moving = dict(family.values_list("pk", "label"))
        rows = IndexedDocument.objects.filter(document_id__in=moving).select_related("segment")
        for indexed in rows.exclude(segment__label__in=set(moving.values())):
            _move(indexed, moving[indexed.document_id])


def _move(indexed: IndexedDocument, label: str) -> None:
    try:
        whole = catalogue.load(indexed.segment)
    except SegmentDamaged:
        catalogue.take_out([indexed.document_id])
        wait_again([indexed.document_id])
        return
    others = set(whole.documents) - {str(indexed.document_id)}
    part = segments.combine([whole], removed=others, label=label)
    catalogue.publish(part, *segments.write(part))


def _attached(document_id: UUID) -> list[UUID]:
    found: list[UUID] = []
    level = [document_id]
    while level:
        level = list(Document.objects.filter(parent__in=level).values_list("pk", flat=True))
        found += level
    return found


def _orphans() -> list[UUID]:
    """Documents in the index that the database no longer has."""
    known = Document.objects.values("pk")
    return list(IndexedDocument.objects.exclude(document_id__in=known).values_list("document_id", flat=True))


def wait_again(documents: Sequence[UUID]) -> None:
    """Let documents that are ready wait for the index once more."""
    with transaction.atomic():
        for document_id in documents:
            if Document.objects.filter(pk=document_id, status=Status.READY).update(
                status=Status.RUNNING, stage=Stage.EMBED, finished_at=None
            ):
                enqueue(INDEX, document_id, once_more=True)


def rebuild(label: str) -> int:
    """Make the index of one label anew from the database; the number of passages in it.

    What is in order is taken over without embedding it again; the old index answers until the new one is
    whole. Raises EmbedderUnavailable.
    """
    while True:
        embedder = get_embedder()
        with transaction.atomic():
            replaced = catalogue.current([label])
            indexed = set(
                IndexedDocument.objects.filter(segment__in=replaced).values_list("document_id", flat=True)
            )
            ready = Document.objects.filter(
                label=label, status=Status.READY, passages__isnull=False
            ).distinct()
            documents = list(ready.values_list("pk", "label", "title"))
        if not documents and not replaced:
            return 0
        new = _rebuilt(label, embedder, [d for d in documents if d[0] in indexed or not replaced])
        try:
            catalogue.publish(new, *segments.write(new), replacing=replaced)
        except Superseded:
            continue
        return len(new)


def _rebuilt(label: str, embedder: Embedder, documents: Sequence[tuple[UUID, str, str]]) -> Segment:
    texts = {str(text.document_id): text for text in read_texts(documents)}
    kept: list[Segment] = []
    for row in catalogue.current([label]):
        try:
            whole = catalogue.load(row)
        except SegmentDamaged:
            continue
        if whole.embedder == embedder.name:
            known = zip(whole.documents, whole.fingerprints, strict=True)
            same = {d for d, fingerprint in known if d in texts and texts[d].fingerprint == fingerprint}
            same -= {d for segment in kept for d in segment.documents}
            kept.append(segments.without(whole, set(whole.documents) - same))
    have = {d for segment in kept for d in segment.documents}
    fresh = [embed(text, embedder, lambda done: None) for d, text in sorted(texts.items()) if d not in have]
    return (
        segments.combine([*kept, build(label, embedder.name, fresh)])
        if fresh or not kept
        else segments.combine(kept)
    )
