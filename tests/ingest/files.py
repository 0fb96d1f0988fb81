"""Small files of every kind, made on the spot, so that each test says what it reads."""

import io
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

WIDE_FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
REPORT = (
    "SITUATION REPORT 14",
    "Date: 12 March 2026",
    "",
    "1. SITUATION",
    "The harbour at Port Almina was reopened to shallow vessels on the morning of the",
    "twelfth. Two cranes are working and a third is waiting for a hydraulic pump.",
    "",
    "2. SUPPLIES",
    "Forty pallets of drinking water and eleven generators were unloaded before noon.",
    "The field hospital reported 212 patients, most of them with light injuries.",
)
RUSSIAN = (
    "Порт был открыт для судов утром двенадцатого марта.",
    "Два крана работают, а третий ждёт гидравлический насос.",
    "До полудня было выгружено сорок поддонов питьевой воды",
    "и одиннадцать генераторов для полевого госпиталя.",
)
SPANISH = (
    "El puerto fue abierto a los buques en la mañana del doce de marzo.",
    "Dos grúas están trabajando y la tercera espera una bomba hidráulica.",
    "Antes del mediodía se descargaron cuarenta palés de agua potable",
    "y once generadores para el hospital de campaña, según el informe.",
    "La situación de los niños y de las familias es cada día más difícil.",
)


def picture(
    lines: Sequence[str] = REPORT, *, size: tuple[int, int] = (1654, 1000), wide: bool = False
) -> Image.Image:
    """A clean scan at about 200 dpi with these lines."""
    if wide and not WIDE_FONT.is_file():
        pytest.skip("The font DejaVu Sans is not installed, so no Cyrillic page can be drawn.")
    font = ImageFont.truetype(WIDE_FONT, 34) if wide else ImageFont.load_default(34)
    image = Image.new("L", size, 255)
    draw = ImageDraw.Draw(image)
    for index, line in enumerate(lines):
        draw.text((100, 80 + index * 60), line, fill=20, font=font)
    return image


def image_bytes(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def pdf_bytes(pages: Sequence[Sequence[str] | Image.Image], *, password: str = "", stamp: str = "") -> bytes:
    """A PDF in which each page is either lines of text or one picture that fills it."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt=password or None, invariant=1)
    width, height = A4
    for page in pages:
        if isinstance(page, Image.Image):
            canvas.drawImage(ImageReader(page), 0, 0, width, height)
            if stamp:
                canvas.drawString(60, 40, stamp)
        else:
            for index, line in enumerate(page):
                canvas.setFont("Helvetica", 11)
                canvas.drawString(60, height - 80 - index * 18, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def docx_bytes() -> bytes:
    document = docx.Document()
    document.core_properties.title = "Operation order 7"
    document.sections[0].header.paragraphs[0].text = "Header of the order"
    document.add_heading("Situation", level=1)
    document.add_paragraph("The bridge at Kilo Two carries light vehicles only.")
    document.add_heading("Supplies", level=2)
    table = document.add_table(rows=1, cols=3)
    for cell, words in zip(table.rows[0].cells, ("Item", "Quantity", "Place"), strict=True):
        cell.text = words
    for row in (("Water", "40 pallets", "Pier 3"), ("Generators", "11", "Depot")):
        cells = table.add_row().cells
        for cell, words in zip(cells, row, strict=True):
            cell.text = words
    document.add_paragraph("After the table.")
    document.add_page_break()
    document.add_paragraph("On the second page.")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def xlsx_bytes(rows: int = 30) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Deliveries"
    sheet.append(["Date", "Item", "Quantity", "Place"])
    for index in range(rows):
        sheet.append([f"2026-03-{index % 28 + 1:02d}", f"Item {index}", index * 3, "Pier 3"])
    other = book.create_sheet("Notes")
    other.append(["Checked by the harbour master"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def mail_bytes(*, attached: Sequence[tuple[str, bytes]] = (), inner: EmailMessage | None = None) -> bytes:
    return mail(attached=attached, inner=inner).as_bytes()


def mail(*, attached: Sequence[tuple[str, bytes]] = (), inner: EmailMessage | None = None) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Vera Lund <vera@example.org>"
    message["To"] = "Watch desk <watch@example.org>"
    message["Date"] = "Thu, 12 Mar 2026 06:15:00 +0000"
    message["Subject"] = "Convoy arrives late"
    message.set_content(
        "The convoy will arrive at 1800.\n\n"
        "On Wed, 11 Mar 2026, Omar Haddad wrote:\n> When will the convoy arrive?\n"
    )
    for name, content in attached:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    if inner is not None:
        message.add_attachment(inner)
    return message


def archive_bytes(parts: dict[str, bytes]) -> bytes:
    """The same bytes whenever it is made, so that every process of a test run names a test alike."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
