"""Old office files are converted in the sandbox and read as what they became: nothing is lost on the way."""

import io
import struct
import subprocess
from pathlib import Path

import olefile
import openpyxl
import pptx
import pytest
from openpyxl.comments import Comment

from ingest import found_tables, limits
from ingest.errors import IngestError
from ingest.found_tables import Rows
from ingest.models import Document, Status
from ingest.readers import libreoffice
from ingest.readers.ole_objects import unwrapped
from ingest.readers.ole_writing import Tree, ole_bytes
from ingest.table_readers.protocol import TableBegun
from tests.ingest import files
from tests.ingest.conftest import Take


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Old files by their ending, each saved by LibreOffice from a new one."""
    folder = tmp_path_factory.mktemp("old")
    sources = {"docx": files.docx_bytes(), "xlsx": workbook(), "pptx": slides()}
    for ending, content in sources.items():
        (folder / f"file.{ending}").write_bytes(content)
    found = {}
    for old, new in {"doc": "docx", "xls": "xlsx", "ppt": "pptx", "dot": "docx"}.items():
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", old,
             "--outdir", str(folder), str(folder / f"file.{new}")],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        found[old] = (folder / f"file.{old}").read_bytes()
    return found


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Fuel"
    for row in [("Depot", "Litres"), ("Otter Lock", 4120), ("Pier 3", 880)]:
        sheet.append(row)
    sheet["A2"].comment = Comment("Counted twice.", "Ana")
    hidden = book.create_sheet("Reserve")
    hidden.append(("Depot", "Litres"))
    hidden.append(("Chalk pit", 77))
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def slides() -> bytes:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "Crossing at Otter Lock"
    slide.placeholders[1].text = "Two ferries from Monday"
    slide.notes_slide.notes_text_frame.text = "Ask Brita for the third."
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def text_of(document: Document) -> str:
    return "\n".join(document.pages.values_list("text", flat=True))


@pytest.mark.parametrize("ending", ["doc", "dot"])
def test_an_old_word_file_keeps_its_tables_headers_and_title(
    ending: str, made: dict[str, bytes], take: Take
) -> None:
    document = take(made[ending], f"order.{ending}")
    assert document.status == Status.RUNNING and document.media_type == "application/msword"
    assert "Item: Water | Quantity: 40 pallets | Place: Pier 3" in text_of(document)
    assert "Header of" in text_of(document) and document.title == "Operation order 7"
    assert document.metadata["notices"] == ["converted"] and "conversion" in document.error


def test_an_old_workbook_keeps_hidden_sheets_remarks_and_typed_tables(
    made: dict[str, bytes], take: Take
) -> None:
    document = take(made["xls"], "fuel.xls")
    text = text_of(document)
    assert "Depot: Otter Lock | Litres: 4120" in text and "Counted twice." in text
    assert "Chalk pit" in text and "hidden-cells" in document.metadata["notices"]
    assert found_tables.can_hold_tables(document)
    events = list(found_tables.read_tables(document, lambda: None))
    assert next(event.name for event in events if isinstance(event, TableBegun)) == "Fuel"
    assert ["Depot", "Otter Lock", "Pier 3"] in [
        column for event in events if isinstance(event, Rows) for column in event.columns
    ]


def test_old_slides_keep_their_notes(made: dict[str, bytes], take: Take) -> None:
    document = take(made["ppt"], "crossing.ppt")
    text = text_of(document)
    assert "Two ferries from Monday" in text and "Ask Brita for the third." in text
    assert document.title == "Crossing at Otter Lock"


def test_what_it_is_decides_and_not_what_it_is_called(made: dict[str, bytes], take: Take) -> None:
    document = take(made["xls"], "fuel.doc")
    assert "Depot: Pier 3 | Litres: 880" in text_of(document)
    assert document.error.startswith("The name says Old Word (DOC), but the content is Old Excel (XLS)")


def test_word_perfect_and_lotus_are_read(take: Take) -> None:
    words = b"\xffWPC\x10\0\0\0\x01\x0a\0\0\0\0\0\0The crane at Otter Lock is broken.\x0aSend a smith."
    document = take(words, "crane.wpd")
    assert "The crane at Otter Lock is broken." in text_of(document) and document.status == Status.RUNNING

    def record(number: int, content: bytes) -> bytes:
        return struct.pack("<HH", number, len(content)) + content

    def label(column: int, row: int, words: bytes) -> bytes:
        return record(15, struct.pack("<BHH", 0xFF, column, row) + b"'" + words + b"\0")

    sheet = record(0, b"\x06\x04") + label(0, 0, b"Depot") + label(0, 1, b"Chalk pit") + record(1, b"")
    assert "Chalk pit" in text_of(take(sheet, "depots.wk1"))


def test_a_password_is_said(made: dict[str, bytes], take: Take) -> None:
    content = bytearray(made["doc"])
    place = next(at for at in range(0, len(content), 512) if content[at : at + 2] == b"\xec\xa5")
    content[place + 11] |= 0x01
    document = take(bytes(content), "locked.doc")
    assert (document.status, document.error_code) == (Status.FAILED, "encrypted"), document.error


def test_a_file_cut_short_is_damaged_or_read_as_far_as_it_goes(made: dict[str, bytes], take: Take) -> None:
    for ending in ("doc", "xls", "ppt"):
        for share in (0.3, 0.8):
            document = take(made[ending][: int(len(made[ending]) * share)], f"cut-{share}.{ending}")
            assert document.status == Status.RUNNING or document.error_code in {"damaged", "no-text"}


def test_without_libreoffice_and_beyond_its_time_there_is_a_sentence(
    made: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "order.doc"
    file.write_bytes(made["doc"])
    monkeypatch.setattr(limits, "CONVERSION_SECONDS", 0.01)
    with pytest.raises(IngestError) as caught:
        libreoffice.convert(file, "doc", _empty(tmp_path, "slow"))
    assert caught.value.code == "too-slow"
    monkeypatch.setattr(libreoffice, "_WHERE", str(tmp_path))
    with pytest.raises(IngestError) as caught:
        libreoffice.convert(file, "doc", _empty(tmp_path, "none"))
    assert caught.value.code == "converter-missing" and "administrator" in caught.value.sentence


def _empty(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


def packed_by_windows(name: str, content: bytes) -> bytes:
    """A file as it lies in an office file after it was dragged there."""
    told = name.encode() + b"\0C:\\files\\" + name.encode() + b"\0"
    temporary = b"C:\\temp\\x\0"
    body = b"\x02\x00" + told + struct.pack("<II", 3, len(temporary)) + temporary
    body += struct.pack("<I", len(content)) + content
    return struct.pack("<I", len(body)) + body


def with_objects(content: bytes, objects: Tree) -> bytes:
    """An old office file with these storages besides its own."""
    tree: Tree = {}
    with olefile.OleFileIO(content) as container:
        for name, *rest in container.listdir():
            assert not rest
            tree[name] = container.openstream(name).read()
    return ole_bytes({**tree, **objects})


def streams_of(content: bytes) -> Tree:
    with olefile.OleFileIO(content) as container:
        return {name: container.openstream(name).read() for (name,) in container.listdir()}


def test_files_inside_old_files_are_documents(made: dict[str, bytes], take: Take) -> None:
    note = packed_by_windows("note.txt", b"The gate at Otter Lock was opened.")
    pool: Tree = {
        "_1": {"\x01Ole10Native": note},
        "_2": {"CONTENTS": files.pdf_bytes([files.REPORT])},
        "_3": streams_of(made["xls"]),
        "_4": {"contents": b"a control of a form"},
    }
    document = take(with_objects(made["doc"], {"ObjectPool": pool}), "order.doc")
    found = {child.name: text_of(child) for child in document.children.all()}
    assert set(found) == {"note.txt", "object-2.pdf", "object-3.xls"}
    assert "The gate at Otter Lock" in found["note.txt"] and "Forty pallets" in found["object-2.pdf"]
    assert "Depot: Otter Lock | Litres: 4120" in found["object-3.xls"]
    assert "object-4.bin" in document.error
    document = take(with_objects(made["xls"], {"MBD0001": streams_of(made["doc"])}), "fuel.xls")
    assert "Item: Water" in text_of(document.children.get(name="object-1.doc"))


def test_a_packed_file_in_a_newer_office_file_has_its_own_name_and_content() -> None:
    held = ole_bytes({"\x01Ole10Native": packed_by_windows("état.csv", b"a,b\n")})
    assert unwrapped("oleObject1.bin", held) == ("état.csv", b"a,b\n")
    for broken in (held[:600], ole_bytes({"\x01Ole10Native": b"\x02"}), b"plain"):
        assert unwrapped("oleObject1.bin", broken)[0] == "oleObject1.bin"
