"""Tables of a DOCX: heads that repeat on each sheet, numbers to the right, rows that are not torn apart."""

from collections.abc import Sequence

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Length, Pt
from docx.table import Table, _Cell

from donovan.reports.export import word_styles as styles
from donovan.reports.export.notes import NOT_CURRENT, UsedDocument
from donovan.reports.export.printed import PrintedTable
from donovan.reports.export.widths import shares_of
from donovan.reports.export.word_xml import add_text, element, put


def add_table(document: Document, block: PrintedTable, room: Length) -> Table:
    """One table of the report across `room`."""
    heads = [column.title for column in block.columns]
    numeric = [column.is_number for column in block.columns]
    table = _table(document, heads, block.rows, numeric, room)
    _describe(table, f"Table {block.number}", block.caption)
    return table


def add_documents(document: Document, used: Sequence[UsedDocument], room: Length) -> Table:
    """The source list: each document once, with the notes that rest on it."""
    rows = [
        (
            each.title if each.is_current else f"{each.title}. {NOT_CURRENT}",
            each.marking,
            each.day,
            ", ".join(str(number) for number in each.numbers) or "not cited",
        )
        for each in used
    ]
    heads = ["Document", "Marking", "Date", "Notes"]
    table = _table(document, heads, rows, [False] * 4, room)
    _describe(table, "Sources", "The documents that this report rests on")
    return table


def _table(
    document: Document,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Sequence[bool],
    room: Length,
) -> Table:
    table: Table = document.add_table(rows=1 + len(rows), cols=max(1, len(heads)), style=styles.TABLE)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    widths = [Length(int(room * share)) for share in shares_of(heads, rows)]
    size = Pt(9) if len(heads) <= 10 else Pt(7)
    # Asking a table for one cell walks the whole grid, so the rows are walked once.
    for number, row in enumerate(table._tbl.tr_lst):
        texts = heads if number == 0 else rows[number - 1]
        properties = row.get_or_add_trPr()
        properties.append(element("w:cantSplit"))
        if number == 0:
            properties.append(element("w:tblHeader"))
        for place, text in enumerate(texts):
            cell = _Cell(row.tc_lst[place], table)
            cell.width = widths[place]
            _fill(cell, text, is_head=number == 0, is_number=numeric[place], document=document)
            if size != Pt(9):
                for run in cell.paragraphs[0].runs:
                    run.font.size = size
    for place, column in enumerate(table._tbl.tblGrid.gridCol_lst):
        column.w = widths[place]
    return table


def _fill(cell: _Cell, text: str, *, is_head: bool, is_number: bool, document: Document) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = document.styles[styles.CELL_HEAD if is_head else styles.CELL]
    if is_number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    add_text(paragraph, text)


def _describe(table: Table, title: str, words: str) -> None:
    properties = table._tbl.tblPr
    put(properties, element("w:tblCaption", val=title))
    put(properties, element("w:tblDescription", val=words))
