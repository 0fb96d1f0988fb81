"""Remarks on a report. They are read by whoever may open it, under its banner, and by nobody else."""

from django.db import transaction
from django.utils import timezone

from donovan.library.callers import Caller
from donovan.reports.changes import record_change
from donovan.reports.errors import ReportError
from donovan.reports.models import Comment, Report, Section, Statement

LONGEST_COMMENT = 4000


def comment(
    caller: Caller, report: Report, text: str, *, section_id: int = 0, statement_id: int = 0
) -> Comment:
    """Leave a remark on a report that the caller may open, on a section of it or on one sentence."""
    text = text.replace("\x00", " ").strip()
    if not text:
        raise ReportError("The comment is empty. Write it, then send it.")
    if len(text) > LONGEST_COMMENT:
        raise ReportError(f"A comment has at most {LONGEST_COMMENT:,} characters.")
    section = Section.objects.filter(report=report, pk=section_id).first() if section_id else None
    statement = None
    if statement_id:
        statement = Statement.objects.filter(block__section__report=report, pk=statement_id).first()
        section = statement.block.section if statement is not None else section
    if (section_id and section is None) or (statement_id and statement is None):
        raise ReportError("This report has no such section or sentence. Load the page again.")
    with transaction.atomic():
        made = Comment.objects.create(
            report=report, section=section, statement=statement, author=caller.user, text=text
        )
        record_change(caller, report, "comment", comment=made.pk)
    return made


def settle_comment(caller: Caller, report: Report, comment_id: int) -> None:
    """Mark a comment as settled: by the author of the report or of the comment."""
    found = Comment.objects.filter(report=report, pk=comment_id).first()
    if found is None:
        raise ReportError("This report has no such comment. Load the page again.")
    if caller.user.pk not in (report.author_id, found.author_id):
        raise ReportError("Only the author of the report or of the comment can settle it.")
    with transaction.atomic():
        Comment.objects.filter(pk=found.pk).update(settled_at=timezone.now(), settled_by=caller.user)
        record_change(caller, report, "settle comment", comment=found.pk)
