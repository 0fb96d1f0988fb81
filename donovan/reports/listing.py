"""The list of reports: how far each is, under which banner, and whether something it rests on changed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q

from donovan.access.markings import Marking, least_upper_bound
from donovan.reports.models import Report, Section, Source
from donovan.reports.resting import changed_documents, labels_of, what_changed
from donovan.reports.selectors import banner_of

ROWS = 50
_OPEN = (Section.State.WAITING, Section.State.RUNNING)


@dataclass(frozen=True)
class ReportRow:
    """One line of the list. `changed` counts documents that changed since they were read for the report."""

    report: Report
    banner: Marking
    total: int
    ended: int
    failed: int
    changed: int

    @property
    def is_open(self) -> bool:
        """Whether sections are still to be made."""
        return self.ended < self.total


def rows_of(reports: Sequence[Report]) -> list[ReportRow]:
    """The lines for reports that their reader is known to be allowed to open."""
    labels = labels_of(reports)
    changed = _changed(reports)
    counted = (
        Section.objects.filter(report__in=reports)
        .values("report_id")
        .annotate(
            total=Count("pk"),
            open=Count("pk", filter=Q(state__in=_OPEN)),
            failed=Count("pk", filter=Q(state=Section.State.FAILED)),
        )
    )
    counts = {row["report_id"]: (row["total"], row["open"], row["failed"]) for row in counted}
    rows = []
    for report in reports:
        total, unfinished, failed = counts.get(report.pk, (0, 0, 0))
        rows.append(
            ReportRow(
                report=report,
                banner=banner_of(report, labels[report.pk]),
                total=total,
                ended=total - unfinished,
                failed=failed,
                changed=len(changed[report.pk]),
            )
        )
    return rows


def banner_over(rows: Sequence[ReportRow]) -> str:
    """The marking of a page that lists these reports; empty for none."""
    return least_upper_bound(row.banner for row in rows).canonical if rows else ""


def _changed(reports: Sequence[Report]) -> dict[UUID, set[UUID]]:
    """For each report the documents that are not what they were."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for used in changed_documents(report.pk for report in reports):
        found[used.report_id].add(used.document_id)
    sources = {
        source.pk: source
        for source in Source.objects.filter(
            section__report__in=reports, making=F("section__making")
        ).select_related("section")
    }
    for key in what_changed(sources.values()):
        found[sources[key].section.report_id].add(sources[key].document_id)
    return found
