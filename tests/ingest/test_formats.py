"""Each format becomes pages whose text, words and passages agree with each other."""

from PIL import Image

from ingest.kinds import READ
from ingest.models import Document, Page, Passage, Stage, Status
from ingest.pages import image_path
from ingest.work.models import Job
from ingest.work.services import job_of
from tests.ingest import files
from tests.ingest.conftest import LABEL, Take


def text_of(document: Document) -> str:
    return "\n".join(page.text for page in document.pages.all())


def assert_waits_to_be_embedded(document: Document) -> None:
    assert (document.status, document.stage, document.error_code) == (Status.RUNNING, Stage.EMBED, ""), (
        document.error
    )
    assert job_of(READ, document.pk).state == Job.State.DONE
    assert document.page_count == document.pages.count()
    for passage in document.passages.select_related("page"):
        assert passage.page.text[passage.start : passage.end] == passage.text
        assert passage.label == document.label
    for page in document.pages.all():
        if page.image:
            assert image_path(page).is_file()
            for word in page.page_words.words:
                assert page.text[word.start : word.end] == word.text
                assert 0 <= word.left <= word.right <= 1 and 0 <= word.top <= word.bottom <= 1


def test_a_digital_pdf_keeps_its_text_and_word_boxes(take: Take) -> None:
    document = take(files.pdf_bytes([files.REPORT, ("Second page of the report.",)]), "report.pdf")
    assert_waits_to_be_embedded(document)
    first = document.pages.get(number=1)
    assert (document.page_count, document.ocr_page_count, first.source) == (2, 0, Page.Source.DIGITAL)
    assert "Forty pallets of drinking water" in first.text
    words = {word.text: word for word in first.page_words.words}
    assert words["SITUATION"].top < words["Forty"].top
    assert words["Forty"].left < words["noon."].left
    assert str(document.document_date) == "2026-03-12"
    assert document.languages == ["en"]


def test_a_mixed_pdf_reads_only_the_scanned_page_from_its_picture(take: Take) -> None:
    scan = files.picture(size=(1654, 2339))
    document = take(files.pdf_bytes([("A page with digital text in it.",), scan]), "mixed.pdf")
    assert_waits_to_be_embedded(document)
    assert document.ocr_page_count == 1
    assert [page.source for page in document.pages.all()] == [Page.Source.DIGITAL, Page.Source.OCR]
    scanned = document.pages.get(number=2)
    assert "hydraulic pump" in scanned.text
    assert scanned.confidence is not None and scanned.confidence > 0.8
    assert [record.stage for record in document.stage_records.all()] == [
        Stage.RECEIVED, Stage.IDENTIFY, Stage.PARSE, Stage.OCR, Stage.PASSAGES,
    ]  # fmt: skip


def test_a_stamp_on_a_scan_does_not_hide_the_scan_nor_the_scan_of_a_picture_the_stamp(take: Take) -> None:
    pages = [files.picture(size=(1654, 2339)), Image.linear_gradient("L").resize((800, 1100))]
    document = take(files.pdf_bytes(pages, stamp="Copy 3 of 9"), "stamped.pdf")
    assert_waits_to_be_embedded(document)
    first, second = document.pages.all()
    assert (first.source, second.text) == (Page.Source.OCR, "Copy 3 of 9")
    assert "hydraulic pump" in first.text


def test_a_png_is_read_and_its_heading_is_its_title(take: Take) -> None:
    document = take(files.image_bytes(files.picture()), "scan.png")
    assert_waits_to_be_embedded(document)
    assert "212 patients" in text_of(document)
    assert document.title.startswith("SITUATION REPORT")


def test_each_frame_of_a_tiff_is_a_page(take: Take) -> None:
    frames = [
        files.picture(("Page one of the fax about water.",)),
        files.picture(("Page two of the fax about fuel.",)),
    ]
    content = files.image_bytes(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    document = take(content, "fax.tif")
    assert_waits_to_be_embedded(document)
    assert [("water" in page.text, "fuel" in page.text) for page in document.pages.all()] == [
        (True, False),
        (False, True),
    ]


def test_a_word_file_is_read_in_order_with_table_rows_that_explain_themselves(take: Take) -> None:
    document = take(files.docx_bytes(), "order.docx")
    assert_waits_to_be_embedded(document)
    text = text_of(document)
    assert document.title == "Operation order 7"
    assert "Item: Water | Quantity: 40 pallets | Place: Pier 3" in text
    places = [
        text.index(words)
        for words in ("Header of", "Situation", "Kilo Two", "Item: Water", "After", "On the second")
    ]
    assert places == sorted(places)
    assert document.page_count == 2
    assert (
        Passage.objects.filter(document=document, text__contains="Water").get().heading.endswith("Supplies")
    )


def test_each_sheet_begins_a_page_and_rows_name_their_columns(take: Take) -> None:
    document = take(files.xlsx_bytes(rows=120), "deliveries.xlsx")
    assert_waits_to_be_embedded(document)
    assert "Date: 2026-03-06 | Item: Item 5 | Quantity: 15 | Place: Pier 3" in text_of(document)
    assert document.pages.order_by("number").last().text.startswith("Notes")
    for passage in document.passages.all():
        for line in passage.text.splitlines():
            assert not line.startswith("Date: ") or line.endswith("Place: Pier 3")


def test_a_csv_in_an_old_encoding_with_semicolons_is_understood(take: Take) -> None:
    content = "Ort;Menge;Bemerkung\nKöln;12;größer als üblich\nMünchen;7;später geprüft\n".encode("cp1252")
    document = take(content, "lager.csv")
    assert_waits_to_be_embedded(document)
    assert "Ort: Köln | Menge: 12 | Bemerkung: größer als üblich" in text_of(document)


def test_markdown_html_and_text_keep_words_and_headings_only(take: Take) -> None:
    markdown = take(
        b"# Plan\n\nMove the **pumps** [today](http://example.org/x).\n\n## Risks\n\nFlooding.\n", "plan.md"
    )
    assert "Move the pumps today." in text_of(markdown) and "http" not in text_of(markdown)
    assert markdown.title == "Plan"
    html = take(
        b"<html><head><title>Notice</title><script>alert(1)</script></head><body><h1>Water</h1><p>Boil&nbsp;it."
        b"<p style='display: none'>hidden</p><img src='http://example.org/a.png' alt='A map'></body></html>",
        "notice.html",
    )
    assert text_of(html) == "Water\n\nBoil it.\n\nA map"
    assert html.title == "Notice"
    text = take("Первая страница отчёта о положении в порту.\fВторая страница.".encode(), "note.txt")
    assert text.page_count == 2 and text.languages == ["ru"]


def test_a_mail_keeps_its_headers_its_thread_and_its_attachments_as_children(take: Take) -> None:
    inner = files.mail()
    inner.replace_header("Subject", "The order that came before")
    document = take(
        files.mail_bytes(attached=[("order.docx", files.docx_bytes())], inner=inner), "convoy.eml"
    )
    assert_waits_to_be_embedded(document)
    text = text_of(document)
    assert document.title == "Convoy arrives late" and str(document.document_date) == "2026-03-12"
    assert "From: Vera Lund <vera@example.org>" in text
    assert "Quoted from Omar Haddad, 11 March 2026:\n\nOn Wed, 11 Mar 2026, Omar Haddad wrote:" in text
    assert text.endswith("\nWhen will the convoy arrive?")
    children = {child.name: child for child in document.children.all()}
    assert set(children) == {"order.docx", "The order that came before.eml"}
    for child in children.values():
        assert child.label == LABEL
        assert_waits_to_be_embedded(child)


def test_what_a_file_is_comes_from_its_content_and_a_wrong_name_is_said(take: Take) -> None:
    document = take(files.pdf_bytes([files.REPORT]), "report.docx")
    assert document.media_type == "application/pdf"
    assert document.error == "The name says Word (DOCX), but the content is PDF; it was read as PDF."
    assert document.metadata["notices"] == ["mislabelled"]


def test_a_file_without_text_is_ready_and_says_so(take: Take) -> None:
    document = take(files.image_bytes(files.picture(())), "blank.png")
    assert (document.status, document.stage, document.passages.count()) == (Status.READY, Stage.DONE, 0)
    assert (document.error_code, document.error[:17]) == ("no-text", "No text was found")
