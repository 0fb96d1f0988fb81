"""What became of a file of an intake, as one line of the command line."""

from typing import Any

from donovan.library.batches import Line
from donovan.library.intake_ends import sentence_of
from donovan.library.models import Intake, IntakeFile

Outcome = IntakeFile.Outcome
_LEFT_OUT = frozenset({Outcome.LINK, Outcome.DEVICE, Outcome.HIDDEN})


def line_of(intake: Intake, row: Any) -> Line:
    """`row` is one of `intake_ends.with_ends`. The path is whole where one place was named."""
    document = row.document
    path = row.path
    if len(intake.places) == 1:
        top = intake.places[0]
        path = top if top.endswith(f"/{row.path}") else f"{top}/{row.path}"
    if document is None or row.outcome == Outcome.THERE:
        status = "left-out" if row.outcome in _LEFT_OUT else "failed"
        if row.outcome == Outcome.THERE:
            status = "duplicate"
        stage = document.stage if document is not None else "received"
        key = str(document.pk) if document is not None else None
        pages = document.page_count if document is not None else 0
        return Line(path, key, status, stage, sentence_of(row) or None, pages, 0, 0.0)
    return Line(
        path=path,
        document=str(document.pk),
        status=document.status,
        stage=document.stage,
        error=document.error or None,
        pages=document.page_count,
        ocr_pages=document.ocr_page_count,
        seconds=round(document.seconds or 0.0, 3),
    )
