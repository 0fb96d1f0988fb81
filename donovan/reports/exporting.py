"""A report leaves the system: within what its reader may read at that moment, and on record.

Writing a file takes seconds. What the reader may read is found out before it and once more after it, so that
nothing leaves that was withdrawn meanwhile.
"""

import uuid

from django.db import transaction
from django.db.models import F

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.audit import services as audit
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.reports.building import content_of
from donovan.reports.content import ReportContent
from donovan.reports.export import forms
from donovan.reports.models import Report, UsedDocument
from donovan.reports.resting import labels_of
from donovan.reports.selectors import readable_report

# A record of one action stays small.
MOST_DOCUMENTS_ON_RECORD = 500


def export_report(caller: Caller, report_id: uuid.UUID | str, key: str) -> forms.ExportedFile:
    """The file in the form `key`, with the export on record.

    Raises NotFoundHere, with the denial on record, for a report that the caller may not read before or after
    the file was written; ReportError or Refused with a sentence when it cannot be written.
    """
    forms.form_named(key)
    try:
        report, content = _readable(caller, report_id)
        exported = forms.write(content, key)
        _readable(caller, report_id)
    except NotFoundHere:
        audit.record(
            caller.name,
            "denial",
            "refused",
            source=caller.source,
            detail={"report": str(report_id)[:64], "form": key[:10]},
        )
        raise
    used = (
        UsedDocument.objects.filter(section__report=report, making=F("section__making"))
        .order_by("document_id")
        .values_list("document_id", flat=True)
        .distinct()
    )
    with transaction.atomic():
        audit.record(
            caller.name,
            "export",
            source=caller.source,
            labels=labels_of([report])[report.pk],
            documents=list(used[:MOST_DOCUMENTS_ON_RECORD]),
            detail={"report": str(report.pk), "form": key, "bytes": len(exported.data)},
        )
    return exported


def _readable(caller: Caller, report_id: uuid.UUID | str) -> tuple[Report, ReportContent]:
    """The report as the caller may read it now, whatever was true when the request began."""
    user = User.objects.filter(pk=caller.user.pk, is_active=True).first()
    if user is None:
        raise NotFoundHere
    scope = scope_for(user)
    report = readable_report(user, scope, report_id)
    return report, content_of(report, scope, user)
