"""A report as one HTML file that needs nothing else: pictures inside, no script, a style for the printer.

The same page becomes the PDF (pdf.py); `is_for_pdf` sets the notes at the foot of each sheet instead of at
the end.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from donovan.reports.content import ReportContent
from donovan.reports.export.figures import Picture, pictures_of
from donovan.reports.export.notes import NOT_CURRENT, Note
from donovan.reports.export.printed import Printed, PrintedParagraph, PrintedPicture, PrintedTable, printed
from donovan.reports.export.widths import shares_of

_STYLE = Path(__file__).with_name("report.css")


@dataclass(frozen=True)
class Mention:
    """A mark of a note. Only the first mention carries the words of the note in a PDF."""

    note: Note
    is_first: bool
    has_comma: bool


def write(content: ReportContent) -> bytes:
    """The bytes of the .html file, UTF-8."""
    return page_of(content, is_for_pdf=False).encode()


def page_of(content: ReportContent, *, is_for_pdf: bool, warnings: tuple[str, ...] = ()) -> str:
    """The page as text; `warnings` are said beside those of the report itself."""
    report = printed(content)
    report = replace(report, warnings=(*report.warnings, *warnings))
    # WeasyPrint paints the halo of a letter over the letter (no paint-order), so its maps come as PNG.
    layout = _Layout(report, pictures_of(report, "svg", "png" if is_for_pdf else "svg"))
    return render_to_string(
        "reports/export/report.html",
        {
            "report": report,
            "sections": layout.sections(),
            "is_for_pdf": is_for_pdf,
            # Our own file, without a word of any document in it.
            "style": mark_safe(_STYLE.read_text(encoding="utf-8")),  # noqa: S308
            "not_current": NOT_CURRENT,
        },
    )


class _Layout:
    """Gives each block what its template needs, and knows which notes were mentioned before."""

    def __init__(self, report: Printed, pictures: Mapping[int, Picture]) -> None:
        self._report = report
        self._pictures = pictures
        self._notes = {note.number: note for note in report.notes}
        self._mentioned: set[int] = set()

    def sections(self) -> list[dict[str, object]]:
        return [
            {"section": section, "blocks": [self._block(block) for block in section.blocks]}
            for section in self._report.sections
        ]

    def _block(self, block: PrintedParagraph | PrintedTable | PrintedPicture) -> dict[str, object]:
        if isinstance(block, PrintedParagraph):
            pieces = [{"piece": piece, "mentions": self._mentions(piece.notes)} for piece in block.pieces]
            return {"kind": "paragraph", "block": block, "pieces": pieces}
        if isinstance(block, PrintedTable):
            shares = shares_of([column.title for column in block.columns], block.rows)
            numeric = [column.is_number for column in block.columns]
            return {
                "kind": "table",
                "block": block,
                "mentions": self._mentions(block.notes),
                "widths": [f"{share * 100:.1f}%" for share in shares],
                "rows": [list(zip(row, numeric, strict=True)) for row in block.rows],
            }
        picture = self._pictures.get(block.number, Picture(failure="The picture is missing."))
        return {
            "kind": "picture",
            "block": block,
            "mentions": self._mentions(block.notes),
            "failure": picture.failure,
            "address": _address(picture),
        }

    def _mentions(self, numbers: tuple[int, ...]) -> list[Mention]:
        found = []
        for place, number in enumerate(numbers):
            is_first = number not in self._mentioned
            self._mentioned.add(number)
            found.append(Mention(self._notes[number], is_first, place > 0))
        return found


def _address(picture: Picture) -> SafeString:
    """A picture as a data address: an SVG shown as an image can neither run script nor fetch anything."""
    return mark_safe(f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}")  # noqa: S308
