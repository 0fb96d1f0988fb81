"""From a text to a file: one function for each form, and the truth of what it says.

A text names its form in the line `form:`. Pages in the truth are apart by a form feed.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path

from PIL.Image import Image

from rendering import health_tables, mail, office, pdf, scans, supply_tables
from rendering.dates import date_of
from rendering.markup import DemoText, TextError, plain, read_text, split_pages
from rendering.tables import Anomaly, DemoTable, as_csv, as_text

TABLES: dict[str, Callable[[], DemoTable]] = {
    "stock-on-hand": supply_tables.stock_on_hand,
    "fuel-issues": supply_tables.fuel_issues,
    "convoy-movements": supply_tables.convoy_movements,
    "cargo-manifest": supply_tables.cargo_manifest,
    "daily-figures": health_tables.daily_figures,
    "clinic-admissions": health_tables.clinic_admissions,
    "chlorine-readings": health_tables.chlorine_readings,
}


@dataclass(frozen=True)
class Made:
    """One file of the demo: its bytes, the words it holds, and the faults planted in it."""

    data: bytes
    truth: str
    anomalies: tuple[Anomaly, ...] = ()


def make(text: DemoText) -> Made:
    """The file that a text asks for. Raises TextError for a form that does not exist."""
    form = text.setting("form")
    maker = _FORMS.get(form)
    if maker is None:
        raise TextError(
            f"{text.source.name}: the form {form!r} is not one of {', '.join(_FORMS)}. Choose one."
        )
    return maker(text)


def _digital(text: DemoText) -> Made:
    data = pdf.digital_pdf(text, pdf.look_of(text, in_colour=True))
    return Made(data, _joined(scans.page_truths(data)))


def _scan(text: DemoText) -> Made:
    printed, images, ageing = _scanned(text)
    jpegs = [scans.as_jpeg(image, ageing) for image in images]
    return Made(
        pdf.image_pdf(jpegs, title=text.setting("title"), date=date_of(text)),
        _joined(scans.page_truths(printed)),
    )


def _mixed(text: DemoText) -> Made:
    """The last part (after the last `===`) is a scanned annex behind digital pages."""
    parts = split_pages(text.blocks)
    look = pdf.look_of(text, in_colour=True)
    head = replace(text, blocks=tuple(block for part in parts[:-1] for block in part))
    truths = scans.page_truths(pdf.digital_pdf(head, look))
    settings = {**text.settings, "letterhead": "", "pages_before": str(len(truths))}
    annex = replace(text, blocks=parts[-1], settings=settings)
    printed, images, ageing = _scanned(annex)
    pages = tuple(scans.as_jpeg(image, ageing) for image in images)
    data = pdf.digital_pdf(head, look, pages)
    return Made(data, _joined(truths + scans.page_truths(printed)))


def _tiff(text: DemoText) -> Made:
    printed, images, _ageing = _scanned(text)
    return Made(scans.as_fax_tiff(images), _joined(scans.page_truths(printed)))


def _photo(text: DemoText) -> Made:
    printed, images, ageing = _scanned(text)
    return Made(scans.as_jpeg(images[0], ageing), _joined(scans.page_truths(printed)))


def _picture(text: DemoText) -> Made:
    printed, images, ageing = _scanned(text)
    resolution = scans.AGEINGS[ageing].dots_per_inch
    return Made(scans.as_png(images[0], resolution), _joined(scans.page_truths(printed)))


def _scanned(text: DemoText) -> tuple[bytes, list[Image], str]:
    ageing = text.setting("ageing")
    in_colour = ageing in ("photo", "screen")
    printed = pdf.digital_pdf(text, pdf.look_of(text, in_colour=in_colour))
    stamp = text.setting("stamp", "")
    return printed, scans.scan_pages(printed, ageing, seed=text.source.stem, stamp=stamp), ageing


def _word(text: DemoText) -> Made:
    return Made(office.word_document(text), plain(text.blocks))


def _written(text: DemoText) -> Made:
    return Made(text.body.encode(), text.body)


def _web_page(text: DemoText) -> Made:
    return Made(text.body.encode(), words_of_html(text.body))


def _mail(text: DemoText) -> Made:
    attachments: dict[str, bytes] = {}
    truths = [f"{text.setting('subject')}\n{text.body}"]
    for name in text.setting("attachments", "").split():
        attached = read_text(text.source.parent / "attachments" / name)
        made = make(attached)
        attachments[attached.setting("file")] = made.data
        truths.append(made.truth)
    return Made(mail.message(text, attachments), "\n".join(truths))


def _csv(text: DemoText) -> Made:
    table = _table(text)
    return Made(as_csv(table.sheets[""]), as_text(table), tuple(table.anomalies))


def _workbook(text: DemoText) -> Made:
    table = _table(text)
    data = office.workbook(
        table.sheets,
        title=text.setting("title"),
        marking=text.setting("marking"),
        date=date_of(text).isoformat(),
    )
    return Made(data, as_text(table), tuple(table.anomalies))


def _table(text: DemoText) -> DemoTable:
    """A table made by code (`table: name`), or one written in the text itself (the title of each names its
    sheet)."""
    name = text.setting("table", "")
    if name in TABLES:
        return TABLES[name]()
    if name:
        raise TextError(f"{text.source.name}: there is no table {name!r}. Choose one of {', '.join(TABLES)}.")
    sheets: dict[str, list[list[office.Cell]]] = {}
    sheet = ""
    for block in text.blocks:
        if block.kind == "title":
            sheet = block.text
        elif block.kind == "table":
            sheets[sheet] = [[_cell(cell) for cell in row] for row in block.rows]
    return DemoTable(sheets)


def _cell(words: str) -> office.Cell:
    digits = words.replace(",", "")
    return int(digits) if digits.isdigit() else words


def _joined(pages: list[str]) -> str:
    return "\f".join(pages)


class _Words(HTMLParser):
    """Collects the words of a page, without what stands in script and style."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.is_silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_silent = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.is_silent = False

    def handle_data(self, data: str) -> None:
        if not self.is_silent:
            self.parts.append(data)


def words_of_html(source: str) -> str:
    """The visible words of an HTML page, one piece of text a line."""
    parser = _Words()
    parser.feed(source)
    lines = (re.sub(r"\s+", " ", html.unescape(part)).strip() for part in parser.parts)
    return "\n".join(line for line in lines if line) + "\n"


def read_texts(folder: Path) -> list[DemoText]:
    """Every text of a folder in the order of its name; a text whose name begins with `_` is left out."""
    paths = sorted(folder.glob("*.md")) + sorted(folder.glob("*.txt")) + sorted(folder.glob("*.html"))
    return [read_text(path) for path in paths if not path.name.startswith("_")]


_FORMS: dict[str, Callable[[DemoText], Made]] = {
    "pdf": _digital,
    "scan": _scan,
    "mixed": _mixed,
    "tiff": _tiff,
    "photo": _photo,
    "picture": _picture,
    "docx": _word,
    "text": _written,
    "html": _web_page,
    "mail": _mail,
    "csv": _csv,
    "workbook": _workbook,
}
