"""The kinds of sections. A new kind is one file here and one line in `KINDS`."""

from donovan.reports.errors import ReportError
from donovan.reports.sections.contract import SectionKind
from donovan.reports.sections.documents import DocumentsSection
from donovan.reports.sections.question import QuestionSection
from donovan.reports.sections.text import TextSection

KINDS: dict[str, SectionKind] = {
    kind.name: kind for kind in (QuestionSection(), TextSection(), DocumentsSection())
}


def kind_named(name: str) -> SectionKind:
    """The kind of that name. Raises ReportError when there is none."""
    try:
        return KINDS[name]
    except KeyError:
        raise ReportError(f"There is no kind of section named “{name[:40]}”.") from None
