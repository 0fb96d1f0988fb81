"""From what was read to rows: pages, words, passages, attachments and facts, all in one transaction."""

import uuid
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from django.utils import timezone

from ingest import blobs, ledger, limits, passwords, quotes
from ingest.dates import document_date, stated_date
from ingest.errors import IngestError, notice
from ingest.identify import CONTAINERS, IMAGES, MAILS
from ingest.kinds import READ
from ingest.language import languages_of_pages
from ingest.ledger import DONE, Reading
from ingest.models import (
    WHEN_READ,
    WHEN_READY,
    Blob,
    Document,
    Page,
    PageWords,
    Passage,
    Stage,
    Status,
    Submission,
    Word,
)
from ingest.pages import read_plain_file
from ingest.passages import Cut, cut_pages
from ingest.protocol import PageRead
from ingest.results import ReadFile
from ingest.running_lines import Running, running_lines
from ingest.services import member_name, plain_name
from ingest.titles import PAGES_LOOKED_AT, Sources, title_of
from ingest.work.services import announce, enqueue

_BATCH = 500
_NOT_SHOWN_CHARACTERS = 4000


def keep(document: Document, found: ReadFile, out: Path, reading: Reading) -> None:
    """Replace everything that was known about the document by what was found, and let go of it.

    Raises LeaseLost when somebody else has it by now; then nothing changes.
    """
    ordered = [(page.shown, image) for page, image in found.ordered()]
    shown = [page for page, _ in ordered]
    texts = [page.text for page in shown]
    page_languages, languages = languages_of_pages(texts)
    kind = found.identified.kind if found.identified is not None else ""
    running = running_lines(shown, kind)
    cuts = list(cut_pages(shown, running))
    arrivals = _receive_attachments(found, out)
    notices = [*found.notices]
    sentences = [item.sentence for item in notices]
    is_empty = not cuts and not arrivals
    if is_empty:
        sentences.append(notice("no-text"))
    ocr_pages = sum(page.source == "ocr" for page, _ in ordered)
    try:
        with reading.held.finishing():
            reading.change(
                **_facts(document, found, ordered, page_languages, running),
                languages=languages,
                page_count=len(ordered),
                ocr_page_count=ocr_pages,
                error="\n".join(sentences),
                error_code="no-text" if is_empty else "",
            )
            # Passages first: deleting their pages would cascade one page at a time.
            Passage.objects.filter(document=document).delete()
            Page.objects.filter(document=document).delete()
            rows = _write_pages(document, ordered, page_languages)
            label = Document.objects.values_list("label", flat=True).get(pk=document.pk)
            _write_passages(document, label, cuts, rows, {row.number: row.text for row in rows.values()})
            _adopt(document, label, arrivals)
            ledger.close_stage(document.pk, DONE)
            now = timezone.now()
            if cuts:
                reading.change(stage=Stage.EMBED)
                announce(WHEN_READ, document.pk)
            else:
                reading.change(stage=Stage.DONE, status=Status.READY, finished_at=now)
                announce(WHEN_READY, document.pk)
    finally:
        for incoming, _ in arrivals:
            incoming.discard()


def _facts(
    document: Document,
    found: ReadFile,
    ordered: Sequence[tuple[PageRead, str]],
    languages: Sequence[str],
    running: Running,
) -> dict[str, object]:
    """Columns of the document that come from the file itself."""
    if found.begun is None or found.identified is None:
        raise ValueError("a file that was not read has no facts")
    metadata: dict[str, object] = dict(found.begun.metadata)
    metadata["kind"] = found.identified.kind
    unreadable = [page.number for page, _ in ordered if page.unreadable]
    if unreadable:
        metadata["unreadable_pages"] = unreadable
    if found.notices:
        metadata["notices"] = [item.code for item in found.notices]
    if not_shown := _not_shown(found):
        metadata["not_shown_on_the_page"] = not_shown
    if running.page_count:
        metadata["left_out_of_search"] = running.sentence
    quoted = [
        [page.number, each.start, each.end, each.author, each.day]
        for page, _ in ordered
        for each in page.quoted
    ]
    if quoted:
        metadata[quotes.KEY] = quoted[: quotes.MOST_KEPT]
    is_mail = found.identified.kind in MAILS
    # A photograph says when it was taken, a web page when it was published, a calendar when its entry is.
    is_of_itself = found.identified.kind in {*IMAGES, "html", "ics"}
    received = document.received_at.date()
    if not is_mail and (of_the_file := stated_date(found.begun.date, received)):
        metadata["date of the file"] = of_the_file.isoformat()
    first = ordered[0][0].text if ordered else ""
    return {
        "media_type": found.identified.media_type,
        "title": title_of(
            Sources(
                found.begun.title,
                found.identified.kind,
                [page for page, _ in ordered[:PAGES_LOOKED_AT]],
                document.name,
                running.left_out[0] if running.left_out else (),
            )
        ),
        "document_date": document_date(
            first,
            found.begun.date,
            received,
            trust_stated=is_mail,
            is_of_itself=is_of_itself,
            language=languages[0] if languages else "",
            traces=found.begun.metadata.get("Received", "").split("; ") if is_mail else (),
        ),
        "metadata": metadata,
    }


def _not_shown(found: ReadFile) -> str:
    """What the file holds but its pages do not show, cut to fit: for people, and in no text that is read."""
    parts = [
        f"Page {page.number}: {' '.join(page.text[len(page.text) - page.hidden :].split())}"
        for page, _ in found.ordered()
        if page.hidden
    ]
    return " ".join(parts)[:_NOT_SHOWN_CHARACTERS]


def _write_pages(
    document: Document, ordered: Sequence[tuple[PageRead, str]], languages: Sequence[str]
) -> dict[int, Page]:
    """The rows of the pages with their words, by page number."""
    rows = Page.objects.bulk_create(
        [
            Page(
                document=document, number=page.number, text=page.text, source=page.source, language=language,
                confidence=page.confidence, image=image, image_width=page.width, image_height=page.height,
            )
            for (page, image), language in zip(ordered, languages, strict=True)
        ],
        batch_size=_BATCH,
    )  # fmt: skip
    PageWords.objects.bulk_create(
        [
            PageWords(page=row, data=PageWords.pack(_words(page)))
            for row, (page, _) in zip(rows, ordered, strict=True)
            if page.image
        ],
        batch_size=_BATCH,
    )
    return {row.number: row for row in rows}


def _words(page: PageRead) -> list[Word]:
    return [
        Word(page.text[w.start : w.end], w.start, w.end, w.left, w.top, w.right, w.bottom, w.confidence)
        for w in page.words
    ]


def _write_passages(
    document: Document, label: str, cuts: Sequence[Cut], rows: dict[int, Page], texts: dict[int, str]
) -> None:
    Passage.objects.bulk_create(
        [
            Passage(
                document=document, page=rows[cut.page], ordinal=ordinal, label=label, heading=cut.heading,
                text=texts[cut.page][cut.start : cut.end], start=cut.start, end=cut.end,
                language=rows[cut.page].language,
            )
            for ordinal, cut in enumerate(cuts)
        ],
        batch_size=_BATCH,
    )  # fmt: skip


def _receive_attachments(found: ReadFile, out: Path) -> list[tuple[blobs.Incoming, str]]:
    """Bytes of the attachments on their way into the store. Those that cannot be taken get a notice."""
    arrivals: list[tuple[blobs.Incoming, str]] = []
    is_container = found.identified is not None and found.identified.kind in CONTAINERS
    name_of = member_name if is_container else plain_name
    for attachment in found.attachments:
        path = out / attachment.file
        read_plain_file(path, limits.ATTACHMENT_BYTES)
        try:
            with path.open("rb") as stream:
                arrivals.append((blobs.receive_bytes(stream), name_of(attachment.name)))
        except IngestError as error:
            if error.code != "empty":
                raise
    return arrivals


def _adopt(document: Document, label: str, arrivals: Sequence[tuple[blobs.Incoming, str]]) -> None:
    """Documents for the attachments, under the label of the document; those that are there already stay as
    they are.
    """
    kept: set[uuid.UUID] = set()
    words = passwords.of(document.pk)
    for incoming, name in arrivals:
        blob, _ = Blob.objects.get_or_create(digest=incoming.digest, defaults={"size": incoming.size})
        blobs.place(incoming)
        child = Document.objects.filter(parent=document, blob=blob, name=name).exclude(pk__in=kept).first()
        if child is None:
            child = Document.objects.create(
                blob=blob,
                parent=document,
                label=label,
                name=name,
                title=PurePosixPath(name).name,
                received_by=document.received_by,
            )
            Submission.objects.create(document=child, name=name, received_by=document.received_by)
            ledger.written(child, Stage.RECEIVED)
            passwords.keep(child.pk, words)
            enqueue(READ, child.pk, asked_by=document.received_by)
        kept.add(child.pk)
