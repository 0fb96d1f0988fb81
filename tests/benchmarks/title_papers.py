"""Invented papers whose title is known, written as files of the kinds that people hand in."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage

import docx
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

BODY = [
    "The lamp at the northern pier is to be kept in order by the tenant, who answers for its oil,",
    "its glass and its wick, and who lights it an hour before dusk on every day of the year.",
    "Nothing is said of the southern pier, which has no lamp and no tenant since the old wall fell.",
    "The harbour master looks after both and writes down each evening what he has seen of them.",
] * 3
TITLES = [
    "The upkeep of harbour lamps in winter",
    "Grain stores of the lower valley",
    "Ferry crossings at Marlow Sound",
    "A survey of wells in the dry districts",
    "Conserving timber bridges",
    "Flood marks on the old customs house",
]
PRODUCER_TITLES = [
    "Microsoft Word - lamps_final2.doc",
    "untitled",
    "Template 2013",
    "scan0001",
    "",
    "Letterhead blue",
]


@dataclass(frozen=True)
class TitledFile:
    """A file of a form, its title, and whether the form was looked at while titles were mended."""

    form: str
    name: str
    content: bytes
    title: str
    is_fitted: bool


Print = list[tuple[float, str]]
"""Size in points and words of each line; a negative size stands at the foot of the page."""


def _pdf(pages: list[Print], stated: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    if stated:
        canvas.setTitle(stated)
    for page in pages:
        y = 790.0
        for size, words in page:
            canvas.setFont("Helvetica", abs(size))
            if size < 0:
                canvas.drawString(60, 30, words)
                continue
            y -= size * 1.5
            canvas.drawString(60, y, words)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _body(size: float = 10) -> Print:
    return [(size, line) for line in BODY]


def _report(title: str, number: int) -> bytes:
    page = [(9.0, "UNCLASSIFIED"), (20.0, title), (10.0, "Anna Marlow, Port Evering"), *_body()]
    return _pdf([page, _body()], PRODUCER_TITLES[number])


def _with_contents(title: str, number: int) -> bytes:
    contents = [
        (14.0, "Contents"),
        *((10.0, f"{n} Part {n} ........................ {n * 4}") for n in range(1, 9)),
    ]
    return _pdf([[(22.0, title)], contents, _body()], PRODUCER_TITLES[number])


def _two_lines(title: str, number: int) -> bytes:
    first, last = title.rsplit(" ", 2)[0], " ".join(title.rsplit(" ", 2)[1:])
    return _pdf([[(18.0, first), (18.0, last), *_body()]], PRODUCER_TITLES[number])


def _running_head(title: str, number: int) -> bytes:
    head = (9.0, f"Journal of Harbours, volume {number + 4}")
    pages = [[head, *([(17.0, title)] if not n else []), *_body(), (-8.0, f"page {n + 1}")] for n in range(4)]
    return _pdf(pages, PRODUCER_TITLES[number])


def _letter(title: str, number: int) -> bytes:
    page = [(20.0, "MARLOW TIMBER COMPANY"), (8.0, "4 Quay Street, tel. 555 4471, info@marlow.example"),
            (10.0, "15 March 2019"), (10.0, f"Subject: {title}"), (10.0, "Dear Sir,"), *_body()]  # fmt: skip
    return _pdf([page], PRODUCER_TITLES[number])


def _scan(title: str, number: int) -> bytes:
    image = Image.new("L", (1240, 1754), "white")
    draw = ImageDraw.Draw(image)
    draw.text((110, 150), title, font=ImageFont.load_default(size=48), fill="black")
    for place, line in enumerate(BODY[:6]):
        draw.text((110, 320 + 60 * place), line[:70], font=ImageFont.load_default(size=24), fill="black")
    out = io.BytesIO()
    image.save(out, format="PNG", dpi=(150, 150))
    return out.getvalue()


def _word(title: str, number: int) -> bytes:
    document = docx.Document()
    document.core_properties.title = PRODUCER_TITLES[number]
    document.add_paragraph("Port Evering Harbour Office")
    document.add_paragraph(title, style="Title")
    for line in BODY:
        document.add_paragraph(line)
    return _saved(document)


def _word_memo(title: str, number: int) -> bytes:
    document = docx.Document()
    document.core_properties.title = PRODUCER_TITLES[number]
    for line in ("MEMORANDUM", "TO: The harbour master", "FROM: A. Marlow", f"SUBJECT: {title}", *BODY):
        document.add_paragraph(line)
    return _saved(document)


def _saved(document: "docx.document.Document") -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _web(title: str, number: int) -> bytes:
    site = "" if number % 2 else " | Port Evering Online"
    shown = f"<h1>{title}</h1>" if number < 4 else ""
    words = "".join(f"<p>{line}</p>" for line in BODY)
    head = f"<head><title>{title}{site * bool(shown)}</title></head>"
    return f"<html>{head}<body>{shown}{words}</body></html>".encode()


def _mail(title: str, number: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Date"] = (
        "a@example.org",
        "b@example.org",
        "Mon, 05 Oct 2026 08:00:00 +0000",
    )
    mail["Subject"] = title
    mail.set_content("\n".join(BODY))
    return mail.as_bytes()


FORMS: dict[str, tuple[str, Callable[[str, int], bytes]]] = {
    "report with a large title": ("pdf", _report),
    "cover and contents": ("pdf", _with_contents),
    "title of two lines": ("pdf", _two_lines),
    "running head": ("pdf", _running_head),
    "letter with a head": ("pdf", _letter),
    "scan": ("png", _scan),
    "Word by style": ("docx", _word),
    "Word memo": ("docx", _word_memo),
    "web page": ("html", _web),
    "mail": ("eml", _mail),
}


def titled_files() -> Iterator[TitledFile]:
    """Six files of each form."""
    for place, (form, (ending, make)) in enumerate(FORMS.items()):
        for number, title in enumerate(TITLES):
            name = f"{form.replace(' ', '_')}_{number}.{ending}"
            yield TitledFile(form, name, make(title, number), title, is_fitted=not place % 2)
