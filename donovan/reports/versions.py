"""A new version of a released report: a draft that holds all the released one holds, edits too."""

import copy

from django.db import transaction
from django.utils import timezone

from donovan.library.callers import Caller
from donovan.reports.changes import record_change
from donovan.reports.errors import ReportError
from donovan.reports.models import Block, Report, Section, Source, StatementEdit, UsedDocument
from donovan.reports.review import built_for


def new_version(caller: Caller, report: Report) -> Report:
    """A new draft with everything a released report holds, edits too. Its author is the caller."""
    report = Report.objects.get(pk=report.pk)
    if report.state not in (Report.State.RELEASED, Report.State.WITHDRAWN):
        raise ReportError("Only a released report gets a new version. Change this one.")
    if report.author_id != caller.user.pk:
        raise ReportError("Only its author can make a new version. Start a report from the same template.")
    with transaction.atomic():
        built_for(caller, report)
        draft = copy.copy(report)
        draft.pk = Report._meta.pk.get_default()
        draft._state = copy.copy(report._state)
        draft._state.adding = True
        draft.state, draft.version, draft.previous = Report.State.DRAFT, report.version + 1, report
        draft.released_by = draft.released_at = None
        draft.created_at = draft.updated_at = timezone.now()
        draft.save(force_insert=True)
        for section in report.sections.order_by("ordinal"):
            _copy_section(section, draft)
        record_change(caller, draft, "new version", previous=str(report.pk))
    return draft


def _copy_section(section: Section, draft: Report) -> None:
    """A section with its present making; earlier ones stay with the version they belong to."""
    old, making = section.pk, section.making
    section.pk, section.report, section.earlier_labels = None, draft, {}
    section._state.adding = True
    section.save(force_insert=True)
    ids: dict[int, int] = {}
    for source in Source.objects.filter(section_id=old, making=making):
        before = source.pk
        source.pk, source.section = None, section
        source.save(force_insert=True)
        ids[before] = source.pk
    for used in UsedDocument.objects.filter(section_id=old, making=making):
        used.pk, used.section = None, section
        used.save(force_insert=True)
    for block in Block.objects.filter(section_id=old, making=making).prefetch_related("statements__edits"):
        statements = list(block.statements.all())
        block.pk, block.section = None, section
        block.source_ids = [ids[key] for key in block.source_ids if key in ids]
        block.save(force_insert=True)
        for statement in statements:
            edits = list(statement.edits.all())
            statement.pk, statement.block = None, block
            statement.source_ids = [ids[key] for key in statement.source_ids if key in ids]
            statement.save(force_insert=True)
            for edit in edits:
                edit.pk, edit.statement = None, statement
                edit.source_ids = [ids[key] for key in edit.source_ids if key in ids]
            StatementEdit.objects.bulk_create(edits)
