"""A Word file says what it says today: what was chosen, ticked, pictured, remarked and hidden too."""

import io
from collections.abc import Callable

import docx
from docx.oxml import parse_xml
from docx.shared import Inches

from ingest.models import Document
from ingest.readers.word_text import OPEN, TICKED

from . import files

Take = Callable[..., Document]
NAMESPACES = " ".join(
    f'xmlns:{prefix}="http://schemas.{address}"'
    for prefix, address in (
        ("w", "openxmlformats.org/wordprocessingml/2006/main"),
        ("m", "openxmlformats.org/officeDocument/2006/math"),
        ("w14", "microsoft.com/office/word/2010/wordml"),
    )
)


def word(*parts: str) -> "docx.document.Document":
    """A Word document whose body is this XML."""
    document = docx.Document()
    for part in reversed(parts):
        document.element.body.insert(0, parse_xml(part.replace(">", f" {NAMESPACES}>", 1)))
    return document


def saved(document: "docx.document.Document") -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def control(content: str, properties: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def cell(text: str) -> str:
    return f"<w:tc>{paragraph(run(text))}</w:tc>"


def read(take: Take, *parts: str) -> str:
    document = take(saved(word(*parts)), "paper.docx")
    return "\n".join(document.pages.values_list("text", flat=True))


def test_what_was_deleted_or_moved_away_is_gone_and_what_was_put_in_stands_once(take: Take) -> None:
    text = read(
        take,
        paragraph(
            run("The rent is "),
            '<w:del w:id="1"><w:r><w:delText>2,500</w:delText></w:r></w:del>',
            f'<w:ins w:id="2">{run("3,800")}</w:ins>',
            run(" crowns."),
        ),
        paragraph(f'<w:moveFrom w:id="3">{run("The keys are with the watchman.")}</w:moveFrom>'),
        paragraph(run("The pier is closed at night.")),
        paragraph(f'<w:moveTo w:id="4">{run("The keys are with the watchman.")}</w:moveTo>'),
    )
    assert text == (
        "The rent is 3,800 crowns.\n\nThe pier is closed at night.\n\nThe keys are with the watchman."
    )


def test_cells_and_rows_in_content_controls_are_read_in_their_place(take: Take) -> None:
    deleted = f'<w:tr><w:trPr><w:del w:id="5"/></w:trPr>{cell("Old depot")}{cell("1")}{cell("2")}</w:tr>'
    head, filled = cell("Depot") + cell("Received") + cell("Issued"), cell("Cray Hill") + control(cell("412"))
    controlled = control("<w:tr>" + filled + cell("88") + "</w:tr>")
    text = read(
        take,
        f"<w:tbl><w:tr>{head}</w:tr>{controlled}{deleted}"
        f"<w:tr>{cell('Aldermoor')}{cell('420')}{cell('310')}</w:tr></w:tbl>",
    )
    assert "Depot: Cray Hill | Received: 412 | Issued: 88" in text
    assert "Depot: Aldermoor | Received: 420 | Issued: 310" in text
    assert "Old depot" not in text


def test_what_was_chosen_and_ticked_is_told(take: Take) -> None:
    older = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/>'
        "<w:checked/></w:checkBox></w:ffData></w:fldChar></w:r>"
    )
    listed = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
        '<w:listEntry w:val="diesel"/><w:listEntry w:val="petrol"/></w:ddList></w:ffData></w:fldChar></w:r>'
    )
    box = '<w14:checkbox><w14:checked w14:val="0"/></w14:checkbox>'
    chosen = control(run("Pier 8"), '<w:dropDownList><w:listItem w:value="Pier 8"/></w:dropDownList>')
    sign = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
    text = read(
        take,
        paragraph(run("Insured "), older),
        paragraph(run("Fuel: "), listed),
        paragraph(run("Armed "), control(run("?"), box)),
        paragraph(run("Berth: "), chosen),
        paragraph(run("Signed "), sign),
    )
    assert text.split("\n\n") == [
        f"Insured {TICKED}",
        "Fuel: petrol",
        f"Armed {OPEN}",
        "Berth: Pier 8",
        f"Signed {TICKED}",
    ]


def test_an_equation_stands_in_the_line(take: Take) -> None:
    part = "<m:r><m:t>{}</m:t></m:r>"
    fraction = f"<m:f><m:num>{part.format('a+b')}</m:num><m:den>{part.format('2')}</m:den></m:f>"
    power = f"<m:sSup><m:e>{part.format('c')}</m:e><m:sup>{part.format('2')}</m:sup></m:sSup>"
    text = read(take, paragraph(run("Load: "), f"<m:oMath>{fraction}{part.format('=')}{power}</m:oMath>"))
    assert text == "Load: (a+b)/2=c^2"


def test_what_word_hides_is_kept_and_called_hidden(take: Take) -> None:
    text = read(
        take,
        paragraph(
            run("The keys are with the watchman. "),
            run("He is paid ", "<w:vanish/>"),
            run("by Krey.", "<w:vanish/>"),
        ),
        paragraph(run("The gate is open.", '<w:vanish w:val="0"/>')),
    )
    assert text == "The keys are with the watchman. [hidden: He is paid by Krey.]\n\nThe gate is open."


def test_a_remark_stands_behind_its_paragraph_with_who_made_it(take: Take) -> None:
    document = docx.Document()
    first = document.add_paragraph("The rent is 3,800 crowns.")
    document.add_paragraph("The tenant is the ferry company.")
    document.add_comment(runs=first.runs[0], text="Not below 3,600.", author="Jorun Beck", initials="JB")
    text = take(saved(document), "paper.docx").pages.get().text
    assert text.split("\n\n") == [
        "The rent is 3,800 crowns.",
        "Comment by Jorun Beck: Not below 3,600.",
        "The tenant is the ferry company.",
    ]


def test_the_words_of_pictures_are_read_where_they_stand_and_it_is_said(take: Take) -> None:
    document = docx.Document()
    document.add_paragraph("The annex came by fax.")
    content = files.image_bytes(files.picture(("North gate opens with token 58",), size=(1400, 300)))
    document.add_picture(io.BytesIO(content), width=Inches(6))
    document.add_paragraph("End of the instruction.")
    document.add_picture(io.BytesIO(content), width=Inches(3))
    made = take(saved(document), "fax.docx")
    text = made.pages.get().text
    assert text.index("came by fax") < text.index("token 58") < text.index("End of the")
    assert made.metadata["notices"] == ["pictures-read"]
    assert "read by text recognition in 1 of the pictures" in made.error


def test_a_file_of_nothing_but_a_picture_is_searchable(take: Take) -> None:
    document = docx.Document()
    document.add_picture(io.BytesIO(files.image_bytes(files.picture())), width=Inches(6))
    made = take(saved(document), "order.docx")
    assert made.passages.filter(text__contains="hydraulic pump").exists()


def test_a_remark_in_the_markup_itself_is_no_damage(take: Take) -> None:
    assert (
        read(take, f"<w:p><!-- made by a program -->{run('The gate is open.')}</w:p>") == "The gate is open."
    )
