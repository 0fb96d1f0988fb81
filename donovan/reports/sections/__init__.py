"""The kinds of sections. A new kind is one file here and one line in `KINDS`."""

from donovan.reports.errors import ReportError
from donovan.reports.sections.about import PeriodSection
from donovan.reports.sections.anomalies import AnomaliesSection
from donovan.reports.sections.changes import ChangesSection
from donovan.reports.sections.chart import ChartSection
from donovan.reports.sections.comparison import ComparisonSection
from donovan.reports.sections.contract import SectionKind
from donovan.reports.sections.document_work import FactsSection, SummarySection, TranslationSection
from donovan.reports.sections.documents import DocumentsSection
from donovan.reports.sections.entities import EntitiesSection
from donovan.reports.sections.places import MapSection
from donovan.reports.sections.question import QuestionSection
from donovan.reports.sections.quotes import QuotesSection
from donovan.reports.sections.table import TableSection
from donovan.reports.sections.text import TextSection
from donovan.reports.sections.timeline import TimelineSection
from donovan.reports.sections.trend import TrendSection

KINDS: dict[str, SectionKind] = {
    kind.name: kind
    for kind in (
        PeriodSection(),
        QuestionSection(),
        QuotesSection(),
        TableSection(),
        ChartSection(),
        AnomaliesSection(),
        MapSection(),
        TextSection(),
        TrendSection(),
        TimelineSection(),
        EntitiesSection(),
        ChangesSection(),
        ComparisonSection(),
        SummarySection(),
        TranslationSection(),
        FactsSection(),
        DocumentsSection(),
    )
}


def kind_named(name: str) -> SectionKind:
    """The kind of that name. Raises ReportError when there is none."""
    try:
        return KINDS[name]
    except KeyError:
        raise ReportError(f"There is no kind of section named “{name[:40]}”.") from None
