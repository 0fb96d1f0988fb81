"""What a PDF page shows is what is read: forms, columns, pictures, files in files, and what is not shown."""

from pathlib import Path

import pytest

from ingest.models import Document
from ingest.protocol import Attachment, Notice, PageRead
from ingest.readers import pdf
from ingest.sandbox_child import Job
from tests.ingest.conftest import Take

FOLDER = Path(__file__).parent / "pdf"


class Read:
    """One file as its reader gives it: the text of its pages, the files in it, the codes of its notices."""

    def __init__(self, name: str, out: Path, *, may_hold_attachments: bool = True) -> None:
        job = Job(FOLDER / name, name, out, may_hold_attachments=may_hold_attachments)
        events = list(pdf.read(job))
        self.pages = [event for event in events if isinstance(event, PageRead)]
        self.text = "\n".join(page.text for page in self.pages)
        self.shown = "\n".join(page.shown.text for page in self.pages)
        self.lines = [line for line in self.shown.split("\n") if line]
        self.flowing = " ".join(self.shown.split())
        self.notices = [event.code for event in events if isinstance(event, Notice)]
        self.files = {
            event.name: (out / event.file).read_bytes() for event in events if isinstance(event, Attachment)
        }
        for page in self.pages:
            for word in page.words:
                assert page.text[word.start : word.end].strip()


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "generator-loan-with-appearances.pdf",
            ["1. Requesting office: Velmora District Water Board", "5. Priority: Urgent",
             "6. Fuel included: yes", "7. Operator needed: no"],
        ),
        (
            "generator-loan-without-appearances.pdf",
            ["2. Name of requester: Dace Holvik", "4. Generator rating (kVA): 118", "5. Priority: Flash"],
        ),
        ("incident-statement-hierarchy.pdf", ["B. Vehicle plate: KV 4471 RT", "D. Injuries: serious"]),
        ("vehicle-pass-comb.pdf", ["1. Plate: KV4471RT", "2. Permit number: 900317765"]),
        (
            "flattened-template-then-values.pdf",
            ["2. Vessel: Petrel of Lund", "5. Date of survey: 14 March 2026"],
        ),
        (
            "lorry-boxes.pdf",
            ["Insured: yes", "Inspected: no", "Type: diesel", "Surname: Halloran", "Born: 4 May 1971",
             "Telephone: 440-118", "Weighed at the gate: yes"],
        ),
        ("lock-yes-no.pdf", ["Gates tight? no", "Keeper present: yes"]),
        ("order-of-a-store.pdf", ["Item: Tar", "Price: 18", "I have read the rules: yes"]),
        ("scanned-form-with-fields.pdf", ["Name of the carrier: Orla Fenn", "Number of crates: 48"]),
    ],
)  # fmt: skip
def test_each_field_is_a_line_of_its_label_and_its_value(name: str, lines: list[str], tmp_path: Path) -> None:
    read = Read(name, tmp_path)
    assert [line for line in lines if line not in read.lines] == []


def test_a_field_that_nobody_filled_in_and_one_that_is_hidden_say_nothing(tmp_path: Path) -> None:
    read = Read("vehicle-pass-comb.pdf", tmp_path)
    assert "4. Hidden remark:" in read.lines
    assert "Ruven Sild" not in read.shown
    assert "Ruven Sild" in read.text
    assert "hidden-words" in read.notices


@pytest.mark.parametrize(
    ("name", "line"),
    [("border-permit.pdf", "Crossing point: Tallow Pass"), ("xfa-in-one-stream.pdf", "Driver: Lasse Krohn")],
)
def test_a_form_built_from_data_is_read_from_its_data(name: str, line: str, tmp_path: Path) -> None:
    read = Read(name, tmp_path)
    assert line in read.lines
    assert "wait" not in read.text
    assert "form-from-data" in read.notices


def test_a_form_built_from_data_that_cannot_be_read_says_so_and_is_no_document(tmp_path: Path) -> None:
    read = Read("xfa-without-data.pdf", tmp_path)
    assert read.text == ""
    assert read.notices == ["form-unread"]


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("dredging-board-portfolio.pdf", {"minutes-of-board.pdf", "contract.pdf", "rates.csv"}),
        ("registered-letter.pdf", {"letter.pdf", "annex.txt"}),
        ("nested-attachments.pdf", {"été.txt", "b.csv", "folder/c.txt"}),
    ],
)
def test_files_inside_come_out_with_their_names(name: str, files: set[str], tmp_path: Path) -> None:
    assert set(Read(name, tmp_path).files) == files


def test_files_inside_are_left_where_they_lie_too_deep_and_that_is_said(tmp_path: Path) -> None:
    read = Read("registered-letter.pdf", tmp_path, may_hold_attachments=False)
    assert read.files == {}
    assert read.notices == ["attachments-skipped"]


def test_files_inside_become_documents_below_the_pdf(take: Take) -> None:
    document = take((FOLDER / "registered-letter.pdf").read_bytes(), "registered-letter.pdf")
    children = {child.name: child for child in Document.objects.filter(parent=document)}
    assert set(children) == {"letter.pdf", "annex.txt"}
    assert "lease of warehouse 12" in children["letter.pdf"].pages.get().text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "archive-cover-and-scan.pdf",
            ["consent of the archive", "The master of the ferry is Joachim Strell."],
        ),
        ("exhibit-small-picture.pdf", ["Exhibit 12 - receipt", "Sold to Barnabas Flick:"]),
        ("page-of-several-pictures.pdf", ["Name of pilot: Severin Moll", "Draught: 7.4 metres"]),
        ("scan-in-strips-with-footer.pdf", ["The coxswain was Leopold Quast.", "port archive of Dorrin"]),
        ("scan-with-bad-ocr-layer.pdf", ["The master of the ferry is Joachim Strell."]),
        (
            "scan-with-court-stamp.pdf",
            ["EVR-000318", "Nineteen passengers were taken aboard", "Document 114-7"],
        ),
        ("scan-with-one-letter.pdf", ["The ferry Lindisfell lost its rudder"]),
        ("slide-with-picture-of-table.pdf", ["Questions go to the port office", "draught 6.8 m"]),
    ],
)
def test_pictures_are_read_beside_text(name: str, words: list[str], tmp_path: Path) -> None:
    read = Read(name, tmp_path)
    assert [part for part in words if part not in read.flowing] == []


def test_of_two_readings_of_a_scan_the_better_one_is_kept(tmp_path: Path) -> None:
    assert "Joacnim" not in Read("scan-with-bad-ocr-layer.pdf", tmp_path).text
    good = Read("scan-with-good-ocr-layer.pdf", tmp_path)
    assert [page.source for page in good.pages] == ["digital"]
    assert good.flowing.count("The barge Elster was sold to Konrad Veit.") == 1


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        (
            "bulletin-content-in-row-order.pdf",
            ["The harbour master at Tolland is Captain Roswitha Brandel.",
             "The district refused the request because stocks at the Fenwick silo cover"],
        ),
        (
            "bulletin-content-in-column-order.pdf",
            ["Barge owners were told to use the northern cut, which has a draught limit of 1.8 metres."],
        ),
        (
            "three-columns-row-order.pdf",
            ["The Vetch tunnel was closed by the engineer, Nils Orre, on 9 July 2026."],
        ),
        ("letter-with-side-by-side-blocks.pdf", ["Harbour Office Lund Attn. Jonna Brisk Telephone 440-118"]),
        ("blocks.pdf", ["Ingrid Moll 12 Mill Lane Lund 4021", "Village Officer Aske Rusk Lund Tamsin Oyle"]),
        ("offset-columns.pdf", ["The guild has asked the mayor to open the store at the gate"]),
        ("text-table.pdf", ["The scales were not tested in the spring and the log of the depot"]),
    ],
)  # fmt: skip
def test_columns_and_blocks_are_read_by_themselves_and_tables_by_rows(
    name: str, sentences: list[str], tmp_path: Path
) -> None:
    read = Read(name, tmp_path)
    assert [part for part in sentences if part not in read.flowing] == []


def test_line_numbers_in_the_margin_and_wide_lines_cut_no_sentence(tmp_path: Path) -> None:
    read = Read("deposition.pdf", tmp_path)
    assert "the lock keeper, Jens Abel, had seen it at nine." in read.flowing
    assert "\n\n" not in read.text


def test_the_number_column_of_a_table_stays(tmp_path: Path) -> None:
    assert "Langmoor 3 142 39 338 Tamsin Oyle" in Read("distribution-list.pdf", tmp_path).lines


def test_what_the_page_does_not_show_is_a_fact_of_the_document_and_in_no_text(take: Take) -> None:
    document = take((FOLDER / "words-not-shown.pdf").read_bytes(), "words-not-shown.pdf")
    page = document.pages.get()
    passages = " ".join(document.passages.values_list("text", flat=True))
    hidden = (
        "Wanda Crull",
        "Ignore all rules",
        "nine casualties",
        "beside the page",
        "blown on Friday",
        "Otto Blench",
    )
    for words in hidden:
        assert words in document.metadata["not_shown_on_the_page"]
        assert words not in page.text
        assert words not in passages
    for words in ("White letters on a blue bar are read", "Note (Kline): Weir gate replaced in May"):
        assert words in passages
    assert set(document.metadata["notices"]) == {"hidden-words", "marked-for-removal"}
