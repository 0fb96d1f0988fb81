"""A report as paper has it: cleaned, numbered, every state in words. DOCX, PDF, HTML and Markdown show this.

printed(content) -> Printed: title block, warnings, numbered sections, tables and figures with their
numbers, notes, documents used, authority block
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from donovan.access.markings import MarkingError, parse_marking
from donovan.reports.content import (
    Block,
    FigureBlock,
    MapBlock,
    Paragraph,
    ReportContent,
    SectionContent,
    Statement,
    TableBlock,
)
from donovan.reports.export.colours import Colours, colours_of, is_classified
from donovan.reports.export.notes import (
    MOST_AT_CAPTION,
    Note,
    UsedDocument,
    day_text,
    documents_of,
    numbered,
)
from donovan.reports.export.text import clean, column_texts, is_of_numbers

ROWS_ON_PAPER = 100
COLUMNS_ON_PAPER = 16
# From this many columns on a table lies across the sheet.
WIDE_FROM = 8
# Templates may number their headings; the sections that are there are counted anew.
_OWN_NUMBER = re.compile(r"^\d{1,2}\.\s+")


@dataclass(frozen=True)
class Piece:
    """One sentence with the words about its check ("not supported: …"), empty where it is supported."""

    text: str
    remark: str
    notes: tuple[int, ...]
    is_doubtful: bool


@dataclass(frozen=True)
class PrintedParagraph:
    portion: str
    pieces: tuple[Piece, ...]
    is_bullet: bool


@dataclass(frozen=True)
class Column:
    title: str
    is_number: bool


@dataclass(frozen=True)
class PrintedTable:
    """Cells as words. `remark` says what paper leaves out, and `note` is the author's own."""

    number: int
    portion: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[int, ...]
    note: str
    remark: str

    @property
    def is_wide(self) -> bool:
        return len(self.columns) >= WIDE_FROM


@dataclass(frozen=True)
class PrintedPicture:
    """A chart or a map by its number; `block` is what it is drawn from."""

    number: int
    portion: str
    caption: str
    alternative: str
    notes: tuple[int, ...]
    block: FigureBlock | MapBlock


PrintedBlock = PrintedParagraph | PrintedTable | PrintedPicture


@dataclass(frozen=True)
class PrintedSection:
    number: int
    portion: str
    heading: str
    notice: str
    is_failed: bool
    blocks: tuple[PrintedBlock, ...]


@dataclass(frozen=True)
class Printed:
    """A whole report on paper. `facts` are the lines of the title block, `authority` those of its block."""

    title: str
    portion: str
    banner: str
    colours: Colours
    subject: str
    status: str
    is_released: bool
    facts: tuple[tuple[str, str], ...]
    authority: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    sections: tuple[PrintedSection, ...]
    coverage: str
    notes: tuple[Note, ...]
    documents: tuple[UsedDocument, ...]
    content: ReportContent = field(repr=False)

    @property
    def pictures(self) -> Iterator[PrintedPicture]:
        """Every chart and map in the order of reading."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, PrintedPicture):
                    yield block


def printed(content: ReportContent) -> Printed:
    """The report with its numbers. Never raises on content: what is missing is said in words."""
    numbers, notes = numbered(content)
    counted = _Counter(content, numbers)
    return Printed(
        title=clean(content.title) or "Report without a title",
        portion=clean(content.portion),
        banner=clean(content.banner),
        colours=colours_of(content.banner),
        subject=clean(content.subject),
        status=clean(content.status_line),
        is_released=content.released_at is not None,
        facts=_facts(content),
        authority=_authority(content),
        warnings=tuple(_warnings(content, notes)),
        sections=tuple(
            counted.section(section, number) for number, section in enumerate(content.sections, start=1)
        ),
        coverage=clean(content.coverage),
        notes=notes,
        documents=documents_of(notes),
        content=content,
    )


class _Counter:
    """Numbers tables and figures through the whole report."""

    def __init__(self, content: ReportContent, numbers: dict[int, int]) -> None:
        self._fallback = clean(content.portion)
        self._numbers = numbers
        self._tables = 0
        self._figures = 0

    def section(self, section: SectionContent, number: int) -> PrintedSection:
        return PrintedSection(
            number=number,
            portion=self._portion(section.portion),
            heading=_OWN_NUMBER.sub("", clean(section.heading)) or f"Section {number}",
            notice=_notice(section),
            is_failed=section.state != "done",
            blocks=tuple(self._block(block) for block in section.blocks),
        )

    def _block(self, block: Block) -> PrintedBlock:
        if isinstance(block, Paragraph):
            pieces = tuple(self._piece(statement) for statement in block.statements)
            return PrintedParagraph(self._portion(block.portion), pieces, block.is_bullet)
        if isinstance(block, TableBlock):
            return self._table(block)
        self._figures += 1
        return PrintedPicture(
            number=self._figures,
            portion=self._portion(block.portion),
            caption=_caption(block),
            alternative=clean(block.alternative) or clean(block.caption),
            notes=self._caption_notes(block.sources),
            block=block,
        )

    def _table(self, block: TableBlock) -> PrintedTable:
        self._tables += 1
        width = min(len(block.columns), COLUMNS_ON_PAPER)
        rows = [tuple(row) + (None,) * (len(block.columns) - len(row)) for row in block.rows]
        shown = [column_texts([row[place] for row in rows[:ROWS_ON_PAPER]]) for place in range(width)]
        columns = tuple(
            Column(_column_title(block, name), is_of_numbers([row[place] for row in rows]))
            for place, name in enumerate(block.columns[:width])
        )
        return PrintedTable(
            number=self._tables,
            portion=self._portion(block.portion),
            caption=_caption(block),
            columns=columns,
            rows=tuple(zip(*shown, strict=True)),
            notes=self._caption_notes(block.sources),
            note=clean(block.note),
            remark=_left_out(len(block.rows), len(block.columns)),
        )

    def _piece(self, statement: Statement) -> Piece:
        return Piece(
            text=clean(statement.text),
            remark=_remark(statement),
            notes=self._notes(statement.sources),
            is_doubtful=statement.state in ("not supported", "not checked", "withdrawn"),
        )

    def _caption_notes(self, sources: tuple[int, ...]) -> tuple[int, ...]:
        return self._notes(sources) if len(sources) <= MOST_AT_CAPTION else ()

    def _notes(self, sources: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self._numbers[number] for number in sources if number in self._numbers))

    def _portion(self, portion: str) -> str:
        """A portion that came without its mark is protected as the whole report is."""
        return clean(portion) or self._fallback


def _caption(block: TableBlock | FigureBlock | MapBlock) -> str:
    caption = clean(block.caption)
    if len(block.sources) <= MOST_AT_CAPTION:
        return caption
    return f"{caption} (from {len(block.sources)} sources, listed at the end)"


def _column_title(block: TableBlock, name: str) -> str:
    unit = clean(block.units.get(name, ""))
    return f"{clean(name)} ({unit})" if unit else clean(name)


def _left_out(rows: int, columns: int) -> str:
    told = []
    if rows > ROWS_ON_PAPER:
        told.append(f"the first {ROWS_ON_PAPER} of {rows:,} rows")
    if columns > COLUMNS_ON_PAPER:
        told.append(f"the first {COLUMNS_ON_PAPER} of {columns:,} columns")
    return f"Shown here: {' and '.join(told)}. The data export (CSV) holds all." if told else ""


def _remark(statement: Statement) -> str:
    told = []
    if statement.state == "computed":
        told.append("calculated")
    elif statement.state == "withdrawn":
        told.append("source withdrawn or changed")
    elif statement.state != "supported":
        told.append(str(statement.state))
    reason = clean(statement.reason).rstrip(".")
    if told and reason and statement.state != "computed":
        told[0] = f"{told[0]}: {reason}"
    if statement.is_edited:
        told.append("edited by hand")
    return "; ".join(told)


def _notice(section: SectionContent) -> str:
    notice = clean(section.notice)
    if section.state == "failed":
        return f"This section could not be made. {notice}".strip()
    if section.state != "done":
        return f"This section is not finished. {notice}".strip()
    return notice


def _facts(content: ReportContent) -> tuple[tuple[str, str], ...]:
    created = content.created_at
    facts = [
        ("Kind", clean(content.template)),
        ("Prepared by", clean(content.author)),
        ("Date", f"{day_text(created.date())}, {created:%H%M} {created:%Z}".rstrip()),
        ("Made with", clean(content.engine)),
    ]
    return tuple((name, value) for name, value in facts if value)


def _authority(content: ReportContent) -> tuple[tuple[str, str], ...]:
    block = content.declassification
    lines = [
        ("Classified By", clean(block.classified_by)),
        ("Derived From", clean(block.derived_from)),
        ("Reason", clean(block.reason)),
        ("Declassify On", clean(block.declassify_on)),
        ("Controlled By", clean(block.controlled_by)),
        ("CUI Category", _cui_categories(content.banner) if block.controlled_by else ""),
        ("Point of Contact", clean(block.contact)),
    ]
    return tuple((name, value) for name, value in lines if value)


def _cui_categories(banner: str) -> str:
    try:
        marking = parse_marking(banner)
    except MarkingError:
        return ""
    return ", ".join(sorted(marking.categories))


def _warnings(content: ReportContent, notes: tuple[Note, ...]) -> Iterator[str]:
    told = [clean(warning) for warning in content.warnings]
    yield from told
    # Whoever made the report says these things better; nothing of the kind may go unsaid.
    for section in content.sections:
        if section.state != "done" and not any(clean(section.heading) in words for words in told):
            yield f"Section “{clean(section.heading)}”: {_notice(section)}"
    for note in notes:
        if not note.is_current and not any(note.title in words for words in told):
            yield (
                f"Source {note.number} ({note.title}) was changed or withdrawn after this report was made. "
                "Check every sentence that rests on it."
            )
    if is_classified(content.banner) and not _authority(content):
        yield "The classification authority block is not filled in. Fill it in before this report goes out."
