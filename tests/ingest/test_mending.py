"""Files whose skeleton is damaged are read as far as they are whole, and it is said that they were mended."""

import re
from collections.abc import Callable

import pytest

from ingest.models import Document, Status
from tests.ingest import files
from tests.ingest.conftest import Take

PAGES = (("First page about the harbour.",), ("Second page about the fuel.",))


def text_of(document: Document) -> str:
    return "\n".join(document.pages.order_by("number").values_list("text", flat=True))


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "no table": lambda pdf: pdf[: pdf.rindex(b"xref", 0, pdf.rindex(b"startxref"))],
    "no catalog": lambda pdf: pdf.replace(b"/Type /Catalog", b"/Type /Cellar!"),
    "no tree": lambda pdf: re.sub(rb"/Kids \[[^\]]*\]", lambda found: b" " * len(found[0]), pdf),
    "wrong root": lambda pdf: re.sub(rb"/Root \d+ 0 R", b"/Root 99 0 R", pdf),
    "pages that are called fonts": lambda pdf: re.sub(rb"/Type /Page\b", b"/Type /Font", pdf),
    "no version": lambda pdf: pdf[pdf.index(b"obj") - 4 :],
}


@pytest.mark.parametrize("name", sorted(DAMAGE))
def test_a_pdf_with_a_damaged_skeleton_keeps_its_pages_in_order(take: Take, name: str) -> None:
    broken = DAMAGE[name](files.pdf_bytes(PAGES))
    document = take(broken, "report.pdf")
    assert [each.text for each in document.pages.order_by("number")] == [lines[0] for lines in PAGES], (
        document.error
    )


def test_a_pdf_without_pages_is_damaged(take: Take) -> None:
    document = take(b"%PDF-1.4\n" + b"1 0 obj <</Length 5>> stream\nhello\nendstream\n" * 2000, "none.pdf")
    assert (document.status, document.error_code) == (Status.FAILED, "damaged")


def test_half_a_word_file_keeps_what_is_whole(take: Take) -> None:
    whole = files.docx_bytes()
    for broken in (whole[:-30], whole[: whole.rindex(b"PK\x01\x02")], whole[:-1]):
        document = take(broken, f"report{len(broken)}.docx")
        assert document.metadata["kind"] == "docx", document.error
        assert "may be missing" in document.error and len(text_of(document)) > 100


def test_an_archive_that_breaks_off_gives_its_first_files(take: Take) -> None:
    packed = files.archive_bytes(
        {"a.txt": b"The harbour is open. " * 40, "b.txt": b"The road is shut. " * 40}
    )
    document = take(packed[: packed.rindex(b"PK\x03\x04") + 60], "dump.zip")
    assert [each.name for each in Document.objects.filter(parent=document)] == ["a.txt"]
    assert "may be missing" in document.error
    hollow = take(b"PK\x03\x04" + b"\x00" * 400, "hollow.zip")
    assert (hollow.status, hollow.error_code) == (Status.FAILED, "damaged")
