"""Digital PDFs from blocks, with reportlab: the same bytes on every run, banner on every page, letters of
every script.

The scans are photographs of these pages (scans.py), so one layout serves both.
"""

import datetime
import io
from dataclasses import dataclass
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

from PIL import Image
from reportlab import rl_config
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from rendering.dates import date_of
from rendering.markup import Block, DemoText, TextError

FONT_FOLDER = Path("/usr/share/fonts/truetype/liberation")
_FAMILIES = {"serif": "LiberationSerif", "sans": "LiberationSans", "typewriter": "LiberationMono"}
_MARGIN = 24 * mm
SCREEN = (210 * mm, 165 * mm)
_BANNER_COLOURS = {"UNCLASSIFIED": colors.HexColor("#1b6e3a"), "CUI": colors.HexColor("#50308a")}
_SECRET_COLOUR = colors.HexColor("#b01020")

rl_config.invariant = 1
# JPEG data as it is: in letters (base 85) it would be a quarter larger and take seconds to encode.
rl_config.useA85 = 0


@dataclass(frozen=True)
class Look:
    """How a document is printed: typeface, body size and sheet in points, in colour or in black."""

    face: str
    size: float
    in_colour: bool
    sheet: tuple[float, float] = A4


def look_of(text: DemoText, *, in_colour: bool) -> Look:
    """The look that a text asks for with `face:` and `size:`."""
    face = text.setting("face", "serif")
    if face not in _FAMILIES:
        raise TextError(
            f"{text.source.name}: the face {face!r} is not one of {', '.join(_FAMILIES)}. Choose one."
        )
    sheet = SCREEN if text.setting("sheet", "a4") == "screen" else A4
    return Look(face, float(text.setting("size", "11")), in_colour, sheet)


def banner_of(text: DemoText) -> str:
    """The marking as printed on each page; papers from outside the task force carry none (`banner: none`)."""
    return "" if text.setting("banner", "") == "none" else text.setting("marking")


def font_file(face: str, *, bold: bool = False) -> Path:
    """The font file of a face. Raises TextError, naming the Debian package, when the machine does not have
    it."""
    path = FONT_FOLDER / f"{_FAMILIES[face]}-{'Bold' if bold else 'Regular'}.ttf"
    if not path.is_file():
        raise TextError(f"The font {path} is missing. Install the Debian package fonts-liberation.")
    return path


def digital_pdf(text: DemoText, look: Look, scanned_pages: tuple[bytes, ...] = ()) -> bytes:
    """The whole text as a PDF; `scanned_pages` are JPEG images that follow, one a page, without any text.

    Returns the bytes of the file.
    """
    _register(look.face)
    output = io.BytesIO()
    marking = banner_of(text)
    width, height = look.sheet
    title = text.setting("title", text.source.stem)

    # Drawn in the order a reader meets them, so that the text layer of the page is in that order too.
    def begin(canvas: Canvas, _template: BaseDocTemplate) -> None:
        _banner(canvas, marking, look, height - 15 * mm)

    def finish(canvas: Canvas, _template: BaseDocTemplate) -> None:
        number = canvas.getPageNumber() + int(text.setting("pages_before", "0"))
        _foot(canvas, text.setting("reference", ""), number, look)
        _banner(canvas, marking, look, 11 * mm)

    template = BaseDocTemplate(
        output,
        pagesize=look.sheet,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=22 * mm,
        bottomMargin=23 * mm,
        title=title,
        author=text.setting("author", "JTF-SH"),
        subject=text.setting("marking"),
        invariant=1,
        lang=text.setting("language", "en"),
    )
    frame = Frame(_MARGIN, 23 * mm, width - 2 * _MARGIN, height - 45 * mm, 0, 0, 0, 0, id="body")
    bare = Frame(0, 0, A4[0], A4[1], 0, 0, 0, 0, id="bare")
    template.addPageTemplates(
        [
            PageTemplate("printed", [frame], onPage=begin, onPageEnd=finish),
            PageTemplate("scanned", [bare]),
        ]
    )
    story = _story(text, look)
    for image in scanned_pages:
        story.extend([_NextTemplate("scanned"), PageBreak(), _WholePage(image)])
    template.build(story)
    return _dated(output.getvalue(), date_of(text))


def image_pdf(images: list[bytes], *, title: str, date: datetime.date) -> bytes:
    """A PDF of `date` that holds only pictures (JPEG bytes), one a page of A4, as a scanner's software
    writes it."""
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=A4, invariant=1)
    canvas.setTitle(title)
    canvas.setCreator("Harbour Registry document scanner")
    for image in images:
        _draw_whole_page(canvas, image)
        canvas.showPage()
    canvas.save()
    return _dated(output.getvalue(), date)


def _dated(pdf: bytes, date: datetime.date) -> bytes:
    """The same file with `date` as its creation and last change, in place of reportlab's fixed day in
    2000."""
    return pdf.replace(b"(D:20000101000000+00'00')", f"(D:{date:%Y%m%d}120000+00'00')".encode())


class _NextTemplate(Flowable):  # type: ignore[misc]
    """Chooses the template of the next page; reportlab's own action cannot be subclassed with types."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.width = self.height = 0

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        self.canv._doctemplate.handle_nextPageTemplate(self.name)


class _WholePage(Flowable):  # type: ignore[misc]
    """One picture over the whole page."""

    def __init__(self, image: bytes) -> None:
        super().__init__()
        self.image = image

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return width, height

    def draw(self) -> None:
        _draw_whole_page(self.canv, self.image)


class _Scrawl(Flowable):  # type: ignore[misc]
    """A signature by hand: one loop a letter, as the name decides."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return 130, 30

    def draw(self) -> None:
        random = Random(self.name)  # noqa: S311 - a picture, not a secret
        path = self.canv.beginPath()
        x, y = 6.0, 10.0
        path.moveTo(x, y)
        for number in range(max(6, len(self.name) // 2)):
            reach = random.uniform(8, 26) if number in (0, 4) else random.uniform(2, 11)
            step = random.uniform(5, 10)
            path.curveTo(
                x - step * 0.3, y + reach, x + step * 1.6, y + reach, x + step, y + random.uniform(-4, 3)
            )
            x, y = x + step, 10 + random.uniform(-2, 2)
        path.curveTo(x + 20, y - 9, x + 30, y + 5, x + 44, y + 1)
        self.canv.saveState()
        self.canv.setStrokeColor(colors.HexColor("#1d2a5c"))
        self.canv.setLineWidth(1.1)
        self.canv.drawPath(path)
        self.canv.restoreState()


def _draw_whole_page(canvas: Canvas, image: bytes) -> None:
    with Image.open(io.BytesIO(image)) as picture:
        width, height = picture.size
    # A page scanned with its long side across keeps its shape: the height is fixed and the width follows.
    canvas.drawImage(ImageReader(io.BytesIO(image)), 0, 0, min(A4[0], A4[1] * width / height), A4[1])


def _register(face: str) -> None:
    for name, bold in ((face, False), (f"{face}-bold", True)):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(font_file(face, bold=bold))))


def _banner(canvas: Canvas, marking: str, look: Look, height: float) -> None:
    canvas.saveState()
    colour = _BANNER_COLOURS.get(marking, _SECRET_COLOUR) if look.in_colour else colors.black
    canvas.setFillColor(colour)
    canvas.setFont(f"{look.face}-bold", 12)
    canvas.drawCentredString(look.sheet[0] / 2, height, marking)
    canvas.restoreState()


def _foot(canvas: Canvas, reference: str, number: int, look: Look) -> None:
    canvas.saveState()
    canvas.setFont(look.face, 9)
    canvas.drawString(_MARGIN, 17 * mm, reference)
    canvas.drawRightString(look.sheet[0] - _MARGIN, 17 * mm, str(number))
    canvas.restoreState()


def _story(text: DemoText, look: Look) -> list[Flowable]:
    styles = _styles(look)
    story: list[Flowable] = []
    for line in text.setting("letterhead", "").split("|"):
        if line.strip():
            style = styles["head"] if not story else styles["center"]
            story.append(Paragraph(escape(line.strip()), style))
    if story:
        story.append(HRFlowable(width="100%", thickness=1, color=colors.black, spaceBefore=4, spaceAfter=8))
    for block in text.blocks:
        story.extend(_flowables(block, styles, look))
    return _ending_kept_together(story)


def _ending_kept_together(story: list[Flowable]) -> list[Flowable]:
    """A signature never stands alone on a page: it takes what stands above it, back to the heading, along."""
    if not any(isinstance(flowable, _Scrawl) for flowable in story):
        return story
    start = len(story) - 1
    while start > 0 and getattr(getattr(story[start], "style", None), "name", "") != "section":
        if isinstance(story[start], PageBreak) or len(story) - start > 7:
            return story
        start -= 1
    return [*story[:start], KeepTogether(story[start:])]


def _flowables(block: Block, styles: dict[str, ParagraphStyle], look: Look) -> list[Flowable]:
    if block.kind == "page":
        return [PageBreak()]
    if block.kind == "rule":
        return [HRFlowable(width="100%", thickness=0.7, color=colors.black, spaceBefore=4, spaceAfter=6)]
    if block.kind == "table":
        return [_table(block, styles, look), Spacer(1, 7)]
    if block.kind == "signature":
        name, _, office = block.text.partition("|")
        signed = [Spacer(1, 4), _Scrawl(name.strip()), Paragraph(escape(name.strip()), styles["name"])]
        return [*signed, Paragraph(escape(office.strip()), styles["paragraph"])]
    words = escape(block.text).replace("\n", "<br/>")
    if block.kind == "item":
        return [Paragraph(words, styles["item"], bulletText="-")]
    return [Paragraph(words, styles[block.kind])]


def _table(block: Block, styles: dict[str, ParagraphStyle], look: Look) -> Table:
    cells = [
        [Paragraph(escape(cell), styles["cell-bold" if number == 0 else "cell"]) for cell in row]
        for number, row in enumerate(block.rows)
    ]
    columns = len(block.rows[0])
    width = A4[0] - 2 * _MARGIN
    # A table of two columns is a list of figures: narrow, so that name and number stay on one line.
    widths = [width * 0.48, width * 0.2] if columns == 2 else [width / columns] * columns
    table = Table(cells, colWidths=widths, hAlign="LEFT", repeatRows=1)
    rules = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LINEABOVE", (0, 0), (-1, 0), 0.9, colors.black),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, colors.black),
        ("LINEBELOW", (0, -1), (-1, -1), 0.9, colors.black),
    ]
    if look.in_colour:
        rules.append(("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e8edf2")))
    table.setStyle(TableStyle(rules))
    return table


def _styles(look: Look) -> dict[str, ParagraphStyle]:
    size, bold = look.size, f"{look.face}-bold"
    body = ParagraphStyle(
        "paragraph", fontName=look.face, fontSize=size, leading=size * 1.3, spaceAfter=size * 0.55
    )

    def variant(name: str, **changes: object) -> ParagraphStyle:
        return ParagraphStyle(name, parent=body, **changes)

    large = {"fontName": bold, "fontSize": size * 1.25, "leading": size * 1.6}
    return {
        "paragraph": body,
        "title": variant("title", **large, alignment=TA_CENTER, spaceBefore=4, spaceAfter=8),
        "head": variant("head", **large, alignment=TA_CENTER, spaceAfter=1),
        "section": variant(
            "section", fontName=bold, spaceBefore=size * 0.5, spaceAfter=size * 0.3, keepWithNext=1
        ),
        "subsection": variant("subsection", fontName=bold, fontSize=size * 0.96, spaceAfter=size * 0.25),
        "item": variant("item", leftIndent=16, bulletIndent=4, spaceAfter=size * 0.25),
        "name": variant("name", spaceAfter=0),
        "center": variant("center", alignment=TA_CENTER, spaceAfter=size * 0.2),
        "right": variant("right", alignment=TA_RIGHT),
        "cell": variant("cell", fontSize=size * 0.92, leading=size * 1.12, spaceAfter=0),
        "cell-bold": variant(
            "cell-bold", fontName=bold, fontSize=size * 0.92, leading=size * 1.12, spaceAfter=0
        ),
    }
