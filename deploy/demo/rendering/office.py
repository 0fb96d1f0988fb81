"""DOCX and XLSX, the same bytes on every run: fixed dates inside, and the ZIP packed again with fixed
times."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence

import docx
import openpyxl
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from rendering.dates import EPOCH, date_of
from rendering.markup import Block, DemoText
from rendering.pdf import banner_of

Cell = str | int | float | None
Row = Sequence[Cell]

_WORD_FONTS = {"serif": "Liberation Serif", "sans": "Liberation Sans", "typewriter": "Liberation Mono"}
_ALIGNMENTS = {
    "title": WD_ALIGN_PARAGRAPH.CENTER,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
_LEVELS = {"title": 1, "section": 2, "subsection": 3}


def word_document(text: DemoText) -> bytes:
    """A text as DOCX with real headings, lists and tables, and the marking in header and footer."""
    document = docx.Document()
    _prepare(document, text)
    for line in text.setting("letterhead", "").split("|"):
        if line.strip():
            paragraph = document.add_paragraph(line.strip())
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.runs[0].bold = True
    for block in text.blocks:
        _add(document, block)
    output = io.BytesIO()
    document.save(output)
    return packed_again(output.getvalue(), modified=date_of(text).isoformat())


def workbook(sheets: Mapping[str, Sequence[Row]], *, title: str, marking: str, date: str) -> bytes:
    """An XLSX with one sheet for each entry; the first row of each is its header. The marking stands in
    every header
    and footer of the printed pages and in the properties."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        _fill(sheet, rows)
        sheet.oddHeader.center.text = marking
        sheet.oddFooter.center.text = marking
    book.properties.title = title
    book.properties.creator = "J4 JTF-SH"
    book.properties.description = marking
    book.properties.created = EPOCH
    output = io.BytesIO()
    book.save(output)
    return packed_again(output.getvalue(), modified=date)


def packed_again(archive: bytes, *, modified: str) -> bytes:
    """The same ZIP with the same order, fixed times and `modified` (a date) as the document's last change."""
    stamp = f"{modified}T12:00:00Z"
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as source,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                pattern = rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*"
                data = re.sub(pattern, rb"\g<1>" + stamp.encode(), data)
            entry = zipfile.ZipInfo(name, (2026, 9, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, data)
    return output.getvalue()


def _prepare(document: Document, text: DemoText) -> None:
    normal = document.styles["Normal"]
    normal.font.name = _WORD_FONTS[text.setting("face", "serif")]
    normal.font.size = Pt(float(text.setting("size", "11")))
    properties = document.core_properties
    properties.title = text.setting("title", text.source.stem)
    properties.author = text.setting("author", "JTF-SH")
    properties.subject = text.setting("marking")
    properties.language = text.setting("language", "en")
    properties.created = properties.modified = EPOCH
    properties.revision = 1
    section = document.sections[0]
    if not banner_of(text):
        return
    for part in (section.header, section.footer):
        banner = part.paragraphs[0]
        banner.text = banner_of(text)
        banner.alignment = WD_ALIGN_PARAGRAPH.CENTER
        banner.runs[0].bold = True
        banner.runs[0].font.color.rgb = RGBColor(0xB0, 0x10, 0x20)


def _add(document: Document, block: Block) -> None:
    if block.kind == "page":
        document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    elif block.kind == "rule":
        _rule(document.add_paragraph())
    elif block.kind == "table":
        table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
        for number, row in enumerate(block.rows):
            for cell, words in zip(table.add_row().cells, row, strict=True):
                cell.text = words
                cell.paragraphs[0].runs[0].bold = number == 0
        document.add_paragraph()
    elif block.kind in _LEVELS:
        heading = document.add_heading(block.text, level=_LEVELS[block.kind])
        if block.kind in _ALIGNMENTS:
            heading.alignment = _ALIGNMENTS[block.kind]
    elif block.kind == "item":
        document.add_paragraph(block.text, style="List Bullet")
    else:
        words = block.text.partition("|")[0].strip() if block.kind == "signature" else block.text
        paragraph = document.add_paragraph(words)
        if block.kind in _ALIGNMENTS:
            paragraph.alignment = _ALIGNMENTS[block.kind]


def _rule(paragraph: Paragraph) -> None:
    """A line across the page: Word draws it as the lower border of an empty paragraph."""
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "444444")):
        bottom.set(qn(f"w:{key}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _fill(sheet: Worksheet, rows: Sequence[Row]) -> None:
    for row in rows:
        sheet.append(list(row))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE5EC")
    sheet.freeze_panes = "A2"
    for column in sheet.columns:
        longest = max(len(str(cell.value)) for cell in column if cell.value is not None)
        sheet.column_dimensions[column[0].column_letter].width = min(44, longest + 2)
