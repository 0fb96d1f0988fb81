"""A report as everything that shows or exports it sees it: one fixed shape, inside the reader's scope.

`services` and `building` make it from the database; `export` turns it into files; the pages show it. Nothing
here knows the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

StatementState = Literal["supported", "computed", "not supported", "not checked", "withdrawn"]
SectionState = Literal["waiting", "running", "done", "failed"]


@dataclass(frozen=True)
class Source:
    """What statements point at: a span of a page, or rows of a table. `number` is its footnote, from 1.

    `address` is the path of the page that shows it; `where` says it in words ("page 3", "rows 7 and 12").
    `is_current` is False when the document was changed, withdrawn or marked otherwise since.
    """

    number: int
    document_id: str
    title: str
    where: str
    quote: str
    portion: str
    marking: str
    address: str
    document_date: date | None = None
    is_current: bool = True


@dataclass(frozen=True)
class Statement:
    """One sentence with its check. "computed" is arithmetic over tables, exact by construction.

    `is_edited` marks words of a person; `reason` says why it is not supported.
    """

    text: str
    state: StatementState
    sources: tuple[int, ...] = ()
    is_edited: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Sentences that stand together, under one portion mark such as "(U)" or "(S//NF)"."""

    portion: str
    statements: tuple[Statement, ...]
    is_bullet: bool = False


@dataclass(frozen=True)
class TableBlock:
    """A table of values as they are (numbers stay numbers); `units` by column name where known."""

    portion: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    sources: tuple[int, ...] = ()
    note: str = ""
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FigureBlock:
    """A chart as a Vega-Lite specification with its data inside; `alternative` says it in words."""

    portion: str
    caption: str
    specification: Mapping[str, Any]
    alternative: str
    sources: tuple[int, ...] = ()


@dataclass(frozen=True)
class MapPlace:
    """One place on a map: degrees WGS 84, a name, and how often it is named."""

    name: str
    latitude: float
    longitude: float
    count: int = 1


@dataclass(frozen=True)
class MapBlock:
    portion: str
    caption: str
    places: tuple[MapPlace, ...]
    alternative: str
    sources: tuple[int, ...] = ()


Block = Paragraph | TableBlock | FigureBlock | MapBlock


@dataclass(frozen=True)
class SectionContent:
    """One section. `notice` says what is missing or failed and why; `portion` covers all its blocks."""

    key: str
    heading: str
    state: SectionState
    blocks: tuple[Block, ...] = ()
    notice: str = ""
    portion: str = ""


@dataclass(frozen=True)
class Declassification:
    """The classification authority block (32 CFR 2001.20 to 2001.26; ISOO marking handbook), and who controls
    what is CUI in it (32 CFR 2002.20, designation indicator).
    """

    classified_by: str = ""
    derived_from: str = ""
    reason: str = ""
    declassify_on: str = ""
    controlled_by: str = ""
    contact: str = ""


@dataclass(frozen=True)
class ReportContent:
    """A whole report. `banner` is the least upper bound of everything it was made from."""

    title: str
    template: str
    banner: str
    portion: str
    sections: tuple[SectionContent, ...]
    sources: tuple[Source, ...]
    author: str
    created_at: datetime
    coverage: str
    declassification: Declassification = field(default_factory=Declassification)
    subject: str = ""
    released_by: str = ""
    released_at: datetime | None = None
    warnings: tuple[str, ...] = ()
    engine: str = ""

    @property
    def status_line(self) -> str:
        """What stands under the title until a person has released the report."""
        if self.released_at is None:
            return "SYSTEM-DERIVED, REVIEW REQUIRED"
        return f"Released by {self.released_by} on {self.released_at:%d %B %Y}"

    @property
    def failed_sections(self) -> tuple[SectionContent, ...]:
        return tuple(section for section in self.sections if section.state == "failed")
