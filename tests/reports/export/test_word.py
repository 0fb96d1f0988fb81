"""The Word file, opened again by python-docx and by LibreOffice."""

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from tests.reports.export.material import BANNER, FOREIGN

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def footnotes(path: Path) -> dict[int, str]:
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("word/footnotes.xml"))
    return {int(each.get(f"{W}id")): "".join(each.itertext()) for each in root if not each.get(f"{W}type")}


def body(path: Path) -> etree._Element:
    return Document(str(path)).element.body


def test_each_mention_leads_to_its_footnote(word_file: Path) -> None:
    told = footnotes(word_file)
    references = [int(each.get(f"{W}id")) for each in body(word_file).iter(f"{W}footnoteReference")]
    assert references == sorted(told) == list(range(1, 13))
    fields = [each.text or "" for each in body(word_file).iter(f"{W}instrText")]
    marks = {each.get(f"{W}name") for each in body(word_file).iter(f"{W}bookmarkStart")}
    again = [field.split()[1] for field in fields if "NOTEREF" in field]
    assert again and set(again) <= marks


def test_a_footnote_says_portion_title_place_and_quote(word_file: Path) -> None:
    first = footnotes(word_file)[1]
    assert first.strip() == (
        "(U) Harbour log of pier 4, 5 March 2026, page 4. “The crane at pier four stood still from 0600 to "
        "1430 for want of diesel fuel.”"
    )
    assert "Changed or withdrawn" in footnotes(word_file)[3]


def test_every_section_and_the_face_carry_the_banner_above_and_below(word_file: Path) -> None:
    document = Document(str(word_file))
    assert len(document.sections) == 3
    for section in document.sections:
        frames = [section.header, section.footer]
        if section.different_first_page_header_footer:
            frames += [section.first_page_header, section.first_page_footer]
        for frame in frames:
            assert not frame.is_linked_to_previous
            assert BANNER in [paragraph.text for paragraph in frame.paragraphs]
        numbers = "".join(each.text or "" for each in section.footer._element.iter(f"{W}instrText"))
        assert numbers.split() == ["PAGE", "NUMPAGES"]
    face = "\n".join(each.text for each in document.sections[0].first_page_footer.paragraphs)
    assert "Derived From: Multiple sources" in face and "Declassify On: 20510308" in face


def test_headings_are_styles_and_paragraphs_begin_with_their_portion(word_file: Path) -> None:
    document = Document(str(word_file))
    headings = [each.text for each in document.paragraphs if each.style.name == "Heading 1"]
    assert headings[0] == "1. (S//HARBOR//NF) Situation" and len(headings) == 10
    for paragraph in document.paragraphs:
        if paragraph.style.name in ("Normal", "List Bullet") and paragraph.text:
            assert paragraph.text.startswith("("), paragraph.text
        if paragraph.style.name == "Caption":
            assert re.match(r"\((U|S//HARBOR//NF)\) (Table|Figure) ", paragraph.text), paragraph.text


def test_what_is_not_supported_says_so_in_words(word_file: Path) -> None:
    text = "\n".join(paragraph.text for paragraph in Document(str(word_file)).paragraphs)
    for words in (
        "SYSTEM-DERIVED, REVIEW REQUIRED",
        "[not supported: page 3 gives no date]",
        "[not checked; edited by hand]",
        "[source withdrawn or changed]",
        "[calculated]",
        "Section “What is odd”: This section could not be made.",
        "Source 3 (Harbour log of pier 3) was changed or withdrawn",
        "500 documents of the collection Relief were in scope",
    ):
        assert words in text


def test_pictures_and_tables_have_words_and_heads_repeat(word_file: Path) -> None:
    document = Document(str(word_file))
    words = [each.get("descr") for each in document.element.body.iter(qn("wp:docPr"))]
    assert len(words) == 2 and all(len(each or "") > 20 for each in words)
    for table in document.tables:
        assert table.style.name == "Report Table"
        assert table._tbl.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblDescription")) is not None
    numbers = document.tables[0].column_cells(1)
    assert [cell.paragraphs[0].alignment for cell in numbers] == [2] * 5


def test_properties_carry_the_marking(word_file: Path) -> None:
    core = Document(str(word_file)).core_properties
    assert (core.keywords, core.author, core.title[:9]) == (BANNER, "Ana Castillo", "Situation")


def test_words_of_documents_act_in_no_field_and_hold_no_control_sign(word_file: Path) -> None:
    with zipfile.ZipFile(word_file) as archive:
        text = archive.read("word/document.xml").decode()
    assert FOREIGN.split(".")[0] in text
    assert "\u202e" not in text and "\x07" not in text and "<script>" not in text
    kinds = {field.split()[0] for field in re.findall(r"<w:instrText[^>]*>([^<]*)", text)}
    assert kinds == {"SEQ", "NOTEREF"}


def test_children_stand_in_the_order_of_the_schema(word_file: Path) -> None:
    """Word repairs, or refuses, a file whose properties stand in another order."""
    order = ["pStyle", "keepNext", "numPr", "pBdr", "shd", "tabs", "spacing", "ind", "jc", "rPr"]
    with zipfile.ZipFile(word_file) as archive:
        parts = [
            etree.fromstring(archive.read(name))
            for name in archive.namelist()
            if name.startswith("word/") and name.endswith(".xml")
        ]
    seen = 0
    for part in parts:
        for properties in part.iter(f"{W}pPr"):
            names = [etree.QName(each).localname for each in properties]
            places = [order.index(name) for name in names if name in order]
            assert places == sorted(places), names
            seen += 1
    assert seen > 100


def test_libreoffice_opens_it_with_the_banner_on_every_page(word_file: Path, tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not installed, so the Word file was not opened in it.")
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [soffice, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(word_file)],
        check=True,
        capture_output=True,
        timeout=240,
    )
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(tmp_path / "report.pdf")]
    assert len(pages) >= 7
    for number, page in enumerate(pages, start=1):
        assert page.count(BANNER) >= 2
        assert f"Page {number} of {len(pages)}" in page
