"""Real footnotes in a DOCX. python-docx has none, so the part is written here (ECMA-376 part 1, 17.11).

The first mention of a source carries its footnote. Each later mention is a NOTEREF field to a bookmark on the
first, so that the numbers stay right when a person inserts a footnote in Word.
"""

from typing import Any

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph

from donovan.reports.export.notes import NOT_CURRENT, Note
from donovan.reports.export.word_xml import add_field, add_text, element, put

REFERENCE_STYLE = "footnote reference"
TEXT_STYLE = "footnote text"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
# Word keeps -1 and 0 for the two separators.
_SEPARATORS = ((-1, "separator"), (0, "continuationSeparator"))


class WordNotes:
    """The footnotes part of one document. The two styles must exist before the first mention."""

    def __init__(self, document: Document, notes: tuple[Note, ...]) -> None:
        self._notes = {note.number: note for note in notes}
        self._written: set[int] = set()
        root = parse_xml(f"<w:footnotes {nsdecls('w', 'r')}/>")
        for number, kind in _SEPARATORS:
            root.append(_separator(number, kind))
        package = document.part.package
        self._part = XmlPart(PackURI("/word/footnotes.xml"), _CONTENT_TYPE, root, package)
        document.part.relate_to(self._part, RELATIONSHIP_TYPE.FOOTNOTES)
        self._declare(document)
        self._host = document

    def mention(self, paragraph: Paragraph, numbers: tuple[int, ...]) -> None:
        """Put the marks of these notes at the end of a paragraph, commas between them."""
        for place, number in enumerate(numbers):
            if place:
                paragraph.add_run(",", style=REFERENCE_STYLE)
            if number in self._written:
                add_field(paragraph, f"NOTEREF _Source{number} \\f \\h", str(number), REFERENCE_STYLE)
            else:
                self._first(paragraph, self._notes[number])

    def _first(self, paragraph: Paragraph, note: Note) -> None:
        self._written.add(note.number)
        bookmark = {"id": 1000 + note.number}
        paragraph._p.append(element("w:bookmarkStart", name=f"_Source{note.number}", **bookmark))
        run = paragraph.add_run(style=REFERENCE_STYLE)
        run._r.append(element("w:footnoteReference", id=note.number))
        paragraph._p.append(element("w:bookmarkEnd", **bookmark))
        self._part.element.append(self._footnote(note))

    def _footnote(self, note: Note) -> Any:
        footnote = element("w:footnote", id=note.number)
        body = element("w:p")
        footnote.append(body)
        # The styles are looked up in the part that a paragraph hangs in, so it borrows that of the body.
        paragraph = Paragraph(body, self._host._body)
        paragraph.style = self._host.styles[TEXT_STYLE]
        paragraph.add_run(style=REFERENCE_STYLE)._r.append(element("w:footnoteRef"))
        add_text(paragraph, f" {note.portion} {note.place}.")
        if note.quote:
            add_text(paragraph, f" “{note.quote}”")
        if not note.is_current:
            add_text(paragraph, f" {NOT_CURRENT}", "Strong")
        return footnote

    def _declare(self, document: Document) -> None:
        """Name the separators in the settings, as the schema wants."""
        declared = element("w:footnotePr")
        for number, _ in _SEPARATORS:
            declared.append(element("w:footnote", id=number))
        put(document.settings.element, declared)


def _separator(number: int, kind: str) -> Any:
    return parse_xml(
        f'<w:footnote {nsdecls("w")} w:type="{kind}" w:id="{number}"><w:p><w:pPr><w:spacing w:after="0" '
        f'w:line="240" w:lineRule="auto"/></w:pPr><w:r><w:{kind}/></w:r></w:p></w:footnote>'
    )
