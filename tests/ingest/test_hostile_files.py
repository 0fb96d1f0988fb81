"""Broken and hostile files end in a known state with a sentence, and stop nothing else."""

import gzip
import io

import pytest

from ingest import limits, services
from ingest.errors import IngestError
from ingest.models import Blob, Document, Status
from tests.ingest import files
from tests.ingest.conftest import LABEL, Take
from tests.ingest.outlook_files import ole_bytes

WORD_PARTS = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}


def word_with(name: str, content: bytes) -> bytes:
    return files.archive_bytes({**WORD_PARTS, name: content})


BOMB = word_with("word/media/a.bin", b"\0" * (40 * limits.MEGABYTE))
ENTITIES = word_with("word/x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')


def old_office(stream: str) -> bytes:
    return ole_bytes({stream: b"words " * 900})


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("locked.pdf", files.pdf_bytes([files.REPORT], password="secret"), "encrypted", "password"),
        ("locked.docx", old_office("EncryptedPackage"), "encrypted", "password"),
        ("cut.docx", files.docx_bytes()[:4000], "damaged", "Word (DOCX)"),
        ("cut.xlsx", files.xlsx_bytes()[:2000], "damaged", "Excel (XLSX)"),
        ("cut.png", files.image_bytes(files.picture())[:60], "damaged", "image"),
        ("cut.pdf", files.pdf_bytes([files.REPORT])[:150], "damaged", "PDF"),
        ("noise.pdf", bytes(range(256)) * 40, "damaged", "PDF"),
        ("noise.bin", bytes(range(256)) * 40, "unknown", "Convert it to PDF"),
        ("spaces.txt", b"  \n\t\n ", "empty", "empty"),
        ("old.doc", old_office("WordDocument"), "damaged", "Old Word (DOC)"),
        ("cut.doc", old_office("WordDocument")[:700], "damaged", "old office"),
        ("other.doc", old_office("Words"), "unsupported", "save it as DOCX"),
        ("slides.ppt", old_office("PP40"), "unsupported", "PowerPoint 3 and 4"),
        ("old.xls", old_office("Workbook"), "damaged", "Old Excel (XLS)"),
        ("old.ppt", old_office("PowerPoint Document"), "damaged", "Old PowerPoint (PPT)"),
        ("old.wpd", b"\xffWPC hello", "damaged", "WordPerfect"),
        ("locked.wpd", b"\xffWPC\x10\0\0\0\x01\x0a\0\0\x77\x12\0\0words", "encrypted", "password"),
        ("memo.doc", b"\0\x05\xe1\x03\0\0 \xe2\x05\0\x01", "unsupported", "IBM DisplayWrite"),
        ("slides.pptx", files.archive_bytes({"ppt/presentation.xml": b"<p/>"}), "damaged", "PowerPoint"),
        ("cut.zip", files.archive_bytes({"a.txt": b"a"})[:33], "damaged", "ZIP"),
        ("bomb.zip", files.archive_bytes({"a.txt": b" " * 64 * 1024 * 1024}), "unpacks-too-large", "unpacks"),
        ("bomb.gz", gzip.compress(b" " * 64 * 1024 * 1024, mtime=0), "unpacks-too-large", "unpacks"),
        ("cut.gz", gzip.compress(b"word " * 400, mtime=0)[:12], "damaged", "packed"),
        ("packed.7z", b"7z\xbc\xaf\x27\x1c" + b"x" * 90, "damaged", "7-Zip"),
        ("packed.rar", b"Rar!\x1a\x07" + b"x" * 90, "unsupported", "Unpack"),
        ("bomb.docx", BOMB, "unpacks-too-large", "unpacks"),
        ("entities.docx", ENTITIES, "unsafe-content", "entity"),
        ("outside.docx", word_with("../../etc/passwd", b"x"), "unsafe-content", "outside"),
        ("deep.html", b"<html><body>" + b"<div>" * 5000 + b"x", "unsafe-content", "nested"),
    ],
)  # fmt: skip
def test_it_fails_with_a_sentence_that_says_what_to_do(
    take: Take, name: str, content: bytes, code: str, words: str
) -> None:
    document = take(content, name)
    assert (document.status, document.error_code) == (Status.FAILED, code), document.error
    assert words in document.error
    assert document.finished_at is not None and document.pages.count() == 0
    assert document.stage_records.last().outcome == "failed"


def test_an_empty_file_is_refused_and_nothing_is_kept(db: None) -> None:
    with pytest.raises(IngestError) as caught:
        services.receive(io.BytesIO(b""), name="empty.pdf", label=LABEL, received_by="ana")
    assert caught.value.code == "empty"
    assert not Document.objects.exists() and not Blob.objects.exists()


def test_a_file_over_the_limit_is_refused_and_nothing_is_kept(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 1000)
    with pytest.raises(IngestError) as caught:
        services.receive(io.BytesIO(b"x" * 1001), name="big.txt", label=LABEL, received_by="ana")
    assert caught.value.code == "too-large"
    assert not Document.objects.exists()


def test_a_truncated_pdf_keeps_what_can_be_read_and_says_so(take: Take) -> None:
    whole = files.pdf_bytes([files.REPORT])
    document = take(whole[: whole.rindex(b"xref") - 2], "cut.pdf")
    assert document.status in {Status.RUNNING, Status.FAILED}
    assert document.error
    if document.status == Status.RUNNING:
        assert "what could be read was kept" in document.error


def test_attachments_stop_at_the_depth_allowed(take: Take) -> None:
    message = files.mail(attached=[("last.txt", b"the innermost attachment")])
    for _ in range(limits.ATTACHMENT_DEPTH + 2):
        message = files.mail(inner=message)
    document = take(message.as_bytes(), "russian-doll.eml")
    assert Document.objects.count() == limits.ATTACHMENT_DEPTH + 1
    deepest = Document.objects.get(children__isnull=True)
    assert "Attachments left out: 1" in deepest.error
    assert document.status == Status.RUNNING


def test_control_characters_and_direction_overrides_never_reach_the_pages(take: Take) -> None:
    document = take(
        "Fuel\x07 for \u202egnp.exe\u202c the con\x1bvoy arrives at noon today.".encode(), "note.txt"
    )
    text = document.pages.get().text
    assert not {"\x07", "\x1b", "\u202e", "\u202c"} & set(text)
    assert "Fuel" in text
