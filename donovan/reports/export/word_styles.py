"""The look of a DOCX: one sheet, one typeface, headings, captions, notes, warnings; all as named styles.

A person who goes on with the document changes a style, never single paragraphs.
"""

from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from donovan.reports.export.word_notes import REFERENCE_STYLE, TEXT_STYLE
from donovan.reports.export.word_xml import border, element, put, shade

FACE = "Arial"
INK = RGBColor(0x14, 0x1C, 0x26)
QUIET = RGBColor(0x4B, 0x55, 0x60)
BANNER, STATUS, WARNING = "Marking Banner", "Report Status", "Report Warning"
CELL, CELL_HEAD, TABLE_NOTE = "Table Text", "Table Heading", "Table Note"
FACT, PORTION, REMARK, FOOT = "Report Fact", "Portion Mark", "Check Remark", "Page Foot"
AUTHORITY = "Classification Authority"
TABLE = "Report Table"
SHEET = (Inches(8.5), Inches(11))
MARGIN = Inches(1)


def prepare(document: Document) -> None:
    """Set sheet, margins, language and every style. The document must still be empty."""
    for section in document.sections:
        section.page_width, section.page_height = SHEET
        section.left_margin = section.right_margin = MARGIN
        section.top_margin, section.bottom_margin = Inches(1.1), Inches(1)
        section.header_distance = section.footer_distance = Inches(0.4)
    _paragraph_styles(document)
    _character_styles(document)
    document.styles.element.append(_table_style())
    _settings(document)


def _paragraph_styles(document: Document) -> None:
    _set(document, "Normal", size=10.5, after=7, line=1.15)
    _set(document, "Title", size=20, is_bold=True, after=2, before=0, keep=True)
    _set(document, "Subtitle", size=12, colour=QUIET, after=6)
    for name in ("Title", "Subtitle"):
        _plain(document.styles[name])
    _set(document, "Heading 1", size=13.5, is_bold=True, before=16, after=5, keep=True)
    _set(document, "Heading 2", size=11.5, is_bold=True, before=12, after=4, keep=True)
    _set(document, "List Bullet", size=10.5, after=4, line=1.15)
    _set(document, "Caption", size=9.5, is_bold=True, before=8, after=4, keep=True)
    _set(document, "Header", size=8, colour=QUIET, after=0)
    _set(document, "Footer", size=8, colour=QUIET, after=0)
    banner = _made(document, BANNER, size=11, is_bold=True, after=0)
    banner.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _made(document, FOOT, size=8, colour=QUIET, before=4, after=4)
    status = _made(document, STATUS, size=10.5, is_bold=True, before=4, after=8)
    border(_properties(status), top=(6, "8A5A00"), bottom=(6, "8A5A00"))
    warning = _made(document, WARNING, size=9.5, after=3)
    border(_properties(warning), left=(24, "B3121F"))
    shade(_properties(warning), "FBECEC")
    warning.paragraph_format.left_indent = Inches(0.12)
    _made(document, FACT, size=9.5, after=1)
    _made(document, CELL, size=9, after=0)
    _made(document, CELL_HEAD, size=9, is_bold=True, after=0, keep=True)
    _made(document, TABLE_NOTE, size=8.5, colour=QUIET, before=3, after=10)
    _made(document, AUTHORITY, size=8.5, after=0)
    text = _made(document, TEXT_STYLE, size=8.5, after=2)
    text.paragraph_format.left_indent = Inches(0.14)
    text.paragraph_format.first_line_indent = Inches(-0.14)


def _character_styles(document: Document) -> None:
    reference = document.styles.add_style(REFERENCE_STYLE, WD_STYLE_TYPE.CHARACTER)
    reference.font.superscript = True
    portion = document.styles.add_style(PORTION, WD_STYLE_TYPE.CHARACTER)
    portion.font.bold = True
    remark = document.styles.add_style(REMARK, WD_STYLE_TYPE.CHARACTER)
    remark.font.italic = True
    remark.font.size = Pt(9)
    remark.font.color.rgb = RGBColor(0x8D, 0x1E, 0x1B)


def _table_style() -> Any:
    """Rules above, below and between rows; the head stands on a ground of its own."""
    return parse_xml(
        f"""<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="ReportTable">
        <w:name w:val="{TABLE}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:qFormat/>
        <w:tblPr><w:tblBorders>
          <w:top w:val="single" w:sz="8" w:space="0" w:color="141C26"/>
          <w:bottom w:val="single" w:sz="8" w:space="0" w:color="141C26"/>
          <w:insideH w:val="single" w:sz="4" w:space="0" w:color="B4BDC5"/>
        </w:tblBorders><w:tblCellMar>
          <w:top w:w="40" w:type="dxa"/><w:left w:w="80" w:type="dxa"/>
          <w:bottom w:w="40" w:type="dxa"/><w:right w:w="80" w:type="dxa"/>
        </w:tblCellMar></w:tblPr>
        <w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr>
          <w:tcBorders><w:bottom w:val="single" w:sz="8" w:space="0" w:color="141C26"/></w:tcBorders>
          <w:shd w:val="clear" w:color="auto" w:fill="E8EDF2"/>
        </w:tcPr></w:tblStylePr></w:style>"""
    )


def _made(document: Document, name: str, **look: Any) -> ParagraphStyle:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    return _set(document, name, **look)


def _set(
    document: Document,
    name: str,
    *,
    size: float,
    is_bold: bool = False,
    colour: RGBColor = INK,
    before: float = 0,
    after: float = 0,
    line: float = 1.0,
    keep: bool = False,
) -> ParagraphStyle:
    style: ParagraphStyle = document.styles[name]
    style.font.name, style.font.size, style.font.bold = FACE, Pt(size), is_bold
    style.font.italic = False
    style.font.color.rgb = colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{script}"), None)
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), FACE)
    # Letters of scripts from right to left have a size of their own.
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:szCs")):
        properties.remove(old)
    properties.find(qn("w:sz")).addnext(element("w:szCs", val=int(size * 2)))
    shape = style.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), line
    shape.keep_with_next = keep
    shape.widow_control = True
    return style


def _properties(style: ParagraphStyle) -> Any:
    return style.element.get_or_add_pPr()


def _plain(style: ParagraphStyle) -> None:
    """Without the blue line and the spaced letters of the template."""
    for frame in style.element.pPr.findall(qn("w:pBdr")):
        style.element.pPr.remove(frame)
    for spacing in style.element.rPr.findall(qn("w:spacing")):
        style.element.rPr.remove(spacing)


def _settings(document: Document) -> None:
    """Today's layout instead of the compatibility mode of 2010, and the language for the spelling check."""
    settings = document.settings.element
    compat = settings.find(qn("w:compat"))
    if compat is None:
        compat = element("w:compat")
        put(settings, compat)
    for old in compat.findall(qn("w:compatSetting")):
        if old.get(qn("w:name")) == "compatibilityMode":
            compat.remove(old)
    compat.append(
        element(
            "w:compatSetting",
            name="compatibilityMode",
            uri="http://schemas.microsoft.com/office/word",
            val=15,
        )
    )
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if defaults is not None:
        for old in defaults.findall(qn("w:lang")):
            defaults.remove(old)
        defaults.append(element("w:lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA"))
