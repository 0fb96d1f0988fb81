"""A report as a Word document that needs no repair: banner on every sheet, styles, footnotes, fields."""

import io

from docx import Document as new_document
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.section import Section
from docx.shared import Inches, Length, Pt, RGBColor
from docx.text.paragraph import Paragraph

from donovan.reports.content import ReportContent
from donovan.reports.export import word_styles as styles
from donovan.reports.export.figures import Picture, pictures_of
from donovan.reports.export.printed import (
    Printed,
    PrintedParagraph,
    PrintedPicture,
    PrintedSection,
    PrintedTable,
    printed,
)
from donovan.reports.export.word_notes import WordNotes
from donovan.reports.export.word_tables import add_documents, add_table
from donovan.reports.export.word_xml import add_field, add_text, describe, shade

PICTURE_WIDTH = Inches(6.3)
# Word refuses longer properties.
_LONGEST_PROPERTY = 255


def write(content: ReportContent) -> bytes:
    """The bytes of the .docx file."""
    report = printed(content)
    document = new_document()
    styles.prepare(document)
    _properties(document, report)
    _Writer(document, report).write()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class _Writer:
    def __init__(self, document: Document, report: Printed) -> None:
        self.document = document
        self.report = report
        self.notes = WordNotes(document, report.notes)
        self.pictures = pictures_of(report, "png")

    def write(self) -> None:
        self._frame(self.document.sections[0], is_first=True)
        self._title_block()
        for section in self.report.sections:
            self._section(section)
        self._closing()

    def _title_block(self) -> None:
        report = self.report
        title = self.document.add_paragraph(style="Title")
        add_text(title, f"{report.portion} {report.title}".strip())
        if report.subject:
            add_text(self.document.add_paragraph(style="Subtitle"), report.subject)
        add_text(self.document.add_paragraph(style=styles.STATUS), report.status)
        for name, value in report.facts:
            line = self.document.add_paragraph(style=styles.FACT)
            line.paragraph_format.tab_stops.add_tab_stop(Inches(1.2))
            line.paragraph_format.left_indent = Inches(1.2)
            line.paragraph_format.first_line_indent = Inches(-1.2)
            add_text(line, name, "Strong")
            add_text(line, f"\t{value}")
        if report.warnings:
            head = self.document.add_paragraph(style=styles.WARNING)
            head.paragraph_format.space_before = Inches(0.12)
            head.paragraph_format.keep_with_next = True
            add_text(head, "Before this report is used", "Strong")
        for warning in report.warnings:
            add_text(self.document.add_paragraph(style=styles.WARNING), warning)

    def _section(self, section: PrintedSection) -> None:
        # A wide table that opens its section takes the heading along onto the sheet that lies across.
        if _opens_wide(section):
            self._turn(is_across=True)
        heading = f"{section.number}. {section.portion} {section.heading}"
        add_text(self.document.add_paragraph(style="Heading 1"), heading)
        if section.notice:
            style = styles.WARNING if section.is_failed else styles.TABLE_NOTE
            add_text(self.document.add_paragraph(style=style), section.notice)
        for block in section.blocks:
            if isinstance(block, PrintedParagraph):
                self._paragraph(block)
            elif isinstance(block, PrintedTable):
                self._table(block)
            else:
                self._picture(block)

    def _paragraph(self, block: PrintedParagraph) -> None:
        paragraph = self.document.add_paragraph(style="List Bullet" if block.is_bullet else "Normal")
        add_text(paragraph, block.portion, styles.PORTION)
        for piece in block.pieces:
            add_text(paragraph, f" {piece.text}")
            self.notes.mention(paragraph, piece.notes)
            if piece.remark:
                add_text(paragraph, f" [{piece.remark}]", styles.REMARK)

    def _table(self, block: PrintedTable) -> None:
        if block.is_wide and not self._is_across():
            self._turn(is_across=True)
        self._caption("Table", block.number, block.portion, block.caption, block.notes)
        room = _room(self.document.sections[-1])
        add_table(self.document, block, room)
        words = " ".join(part for part in (block.note, block.remark) if part)
        add_text(self.document.add_paragraph(style=styles.TABLE_NOTE), words)
        if block.is_wide:
            self._turn(is_across=False)

    def _picture(self, block: PrintedPicture) -> None:
        picture = self.pictures.get(block.number, Picture(failure="The picture is missing."))
        if picture.failure:
            add_text(self.document.add_paragraph(style=styles.WARNING), picture.failure)
            add_text(self.document.add_paragraph(style=styles.TABLE_NOTE), block.alternative)
        else:
            place = self.document.add_paragraph()
            place.alignment = WD_ALIGN_PARAGRAPH.CENTER
            place.paragraph_format.keep_with_next = True
            place.paragraph_format.space_after = Inches(0)
            drawn = place.add_run().add_picture(io.BytesIO(picture.data), width=PICTURE_WIDTH)
            describe(drawn, f"Figure {block.number}", block.alternative, 100 + block.number)
        caption = self._caption("Figure", block.number, block.portion, block.caption, block.notes)
        caption.paragraph_format.keep_with_next = False
        caption.paragraph_format.space_after = Inches(0.12)

    def _caption(self, kind: str, number: int, portion: str, words: str, notes: tuple[int, ...]) -> Paragraph:
        caption = self.document.add_paragraph(style="Caption")
        add_text(caption, f"{portion} {kind} ")
        add_field(caption, f"SEQ {kind} \\* ARABIC", str(number))
        add_text(caption, f". {words}" if words else ".")
        self.notes.mention(caption, notes)
        return caption

    def _closing(self) -> None:
        report = self.report
        if report.coverage:
            add_text(self.document.add_paragraph(style="Heading 1"), "Coverage")
            line = self.document.add_paragraph()
            add_text(line, report.portion, styles.PORTION)
            add_text(line, f" {report.coverage}")
        if report.documents:
            add_text(self.document.add_paragraph(style="Heading 1"), "Sources")
            room = _room(self.document.sections[-1])
            add_documents(self.document, report.documents, room)

    def _is_across(self) -> bool:
        return bool(self.document.sections[-1].orientation == WD_ORIENT.LANDSCAPE)

    def _turn(self, *, is_across: bool) -> None:
        """Begin a sheet that lies across, or stands upright again."""
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        width, height = styles.SHEET
        section.orientation = WD_ORIENT.LANDSCAPE if is_across else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (height, width) if is_across else (width, height)
        section.different_first_page_header_footer = False
        self._frame(section, is_first=False)

    def _frame(self, section: Section, *, is_first: bool) -> None:
        """Banner, status and page number, written into each section, so that none can lose them."""
        room = _room(section)
        frames = [(section.header, section.footer, False)]
        if is_first:
            section.different_first_page_header_footer = True
            frames.append((section.first_page_header, section.first_page_footer, True))
        for header, footer, is_face in frames:
            header.is_linked_to_previous = footer.is_linked_to_previous = False
            self._banner(header.paragraphs[0])
            if not self.report.is_released:
                line = header.add_paragraph(style="Header")
                line.alignment = WD_ALIGN_PARAGRAPH.CENTER
                add_text(line, self.report.status)
            line = footer.paragraphs[0]
            if is_face:
                for place, (name, value) in enumerate(self.report.authority):
                    line.paragraph_format.space_before = Pt(6 if place == 0 else 0)
                    line.style = self.document.styles[styles.AUTHORITY]
                    add_text(line, f"{name}: ", "Strong")
                    add_text(line, value)
                    line = footer.add_paragraph()
            self._page_line(line, room)
            self._banner(footer.add_paragraph())

    def _page_line(self, line: Paragraph, room: Length) -> None:
        line.style = self.document.styles[styles.FOOT]
        line.paragraph_format.tab_stops.add_tab_stop(room, WD_TAB_ALIGNMENT.RIGHT)
        title = self.report.title
        add_text(line, title if len(title) <= 80 else f"{title[:79]}…")
        line.add_run("\tPage ")
        add_field(line, "PAGE", "1")
        line.add_run(" of ")
        add_field(line, "NUMPAGES", "1")

    def _banner(self, paragraph: Paragraph) -> None:
        paragraph.style = self.document.styles[styles.BANNER]
        colours = self.report.colours
        shade(paragraph._p.get_or_add_pPr(), colours.ground)
        for run in add_text(paragraph, self.report.banner):
            run.font.color.rgb = RGBColor.from_string(colours.letters)


def _room(section: Section) -> Length:
    """The width between the margins."""
    return Length((section.page_width or styles.SHEET[0]) - 2 * styles.MARGIN)


def _opens_wide(section: PrintedSection) -> bool:
    first = section.blocks[0] if section.blocks else None
    return isinstance(first, PrintedTable) and first.is_wide


def _properties(document: Document, report: Printed) -> None:
    core = document.core_properties
    content = report.content
    core.title = report.title[:_LONGEST_PROPERTY]
    core.subject = report.subject[:_LONGEST_PROPERTY]
    core.author = core.last_modified_by = dict(report.facts).get("Prepared by", "")[:_LONGEST_PROPERTY]
    core.keywords = report.banner[:_LONGEST_PROPERTY]
    core.category = dict(report.facts).get("Kind", "")[:_LONGEST_PROPERTY]
    core.comments = report.status[:_LONGEST_PROPERTY]
    core.content_status = "Released" if report.is_released else "Draft"
    core.created = core.modified = content.created_at.replace(tzinfo=None)
    core.language = "en-US"
    core.revision = 1
