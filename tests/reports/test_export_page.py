"""Export: what the reader may read at that moment, on record, and marked."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from docx import Document as open_word

from donovan.access.models import User
from donovan.audit.models import AuditRecord
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from donovan.reports import exporting
from donovan.reports.export import forms
from donovan.reports.management.commands.report import write_whole
from donovan.reports.models import Report
from ingest.models import Document
from tests.reports.conftest import BRIDGE_QUESTION, MINED_QUESTION, MakeReport

Clients = Callable[[User], Client]


@pytest.fixture
def secret_report(make_report: MakeReport, ana: User) -> Report:
    return make_report(
        ana, ("question", {"questions": f"{MINED_QUESTION}\n{BRIDGE_QUESTION}"}), ("documents", {})
    )


@pytest.mark.parametrize("key", forms.FORMS)
def test_every_form_is_an_attachment_with_its_marking_and_on_record(
    secret_report: Report, ana: User, client_for: Clients, key: str
) -> None:
    answer = client_for(ana).get(f"/reports/{secret_report.pk}/export/?form={key}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "(S" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    record = AuditRecord.objects.get(action="export")
    assert record.detail["form"] == key and record.actor == "ana"
    assert any("SECRET" in label for label in record.labels) and record.documents


def test_others_are_told_there_is_nothing_and_the_denial_is_on_record(
    secret_report: Report, cast: dict[str, User], client_for: Clients
) -> None:
    address = f"/reports/{secret_report.pk}/export/"
    missing = "/reports/00000000-0000-4000-8000-000000000000/export/"
    for name in ("ben", "omar", "chloe", "ada"):
        client = client_for(cast[name])
        assert client.get(address).status_code == 404
        assert client.get(f"{address}?form=docx").status_code == 404
        assert client.get(f"{missing}?form=docx").status_code == 404
    assert not AuditRecord.objects.filter(action="export").exists()
    assert AuditRecord.objects.filter(action="denial", actor="ben").count() == 2


def test_what_is_withdrawn_while_the_file_is_written_does_not_leave(
    secret_report: Report, ana: User, client_for: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = forms.write

    def slow(content: Any, key: str) -> forms.ExportedFile:
        User.objects.filter(pk=ana.pk).update(clearance="UNCLASSIFIED", compartments=[])
        return write(content, key)

    monkeypatch.setattr(exporting.forms, "write", slow)
    answer = client_for(ana).get(f"/reports/{secret_report.pk}/export/?form=md")
    assert answer.status_code == 404
    assert not AuditRecord.objects.filter(action="export").exists()


def test_the_page_offers_the_forms_and_says_what_to_see_to(
    secret_report: Report, ana: User, client_for: Clients
) -> None:
    page = client_for(ana).get(f"/reports/{secret_report.pk}/export/").content.decode()
    for key in forms.FORMS:
        assert f"?form={key}" in page
    assert "SYSTEM-DERIVED, REVIEW REQUIRED" in page


def test_an_unknown_form_leads_back_with_a_sentence(
    secret_report: Report, ana: User, client_for: Clients
) -> None:
    answer = client_for(ana).get(f"/reports/{secret_report.pk}/export/?form=exe", follow=True)
    assert "not a form of a report" in answer.content.decode()


def run(*words: str) -> tuple[int, str]:
    """The exit status of the command and what it said on standard error."""
    said = io.StringIO()
    try:
        with using(ScriptedModel([""])):
            call_command("report", *words, stderr=said)
    except CommandError as error:
        return error.returncode, f"{said.getvalue()}{error}"
    except SystemExit as leaving:
        return int(leaving.code or 0), said.getvalue()
    return 0, said.getvalue()


def test_the_command_makes_and_writes_a_report(archive: dict[str, Document], tmp_path: Path) -> None:
    out = tmp_path / "report.docx"
    words = ("--as", "ana", "--collection", "relief", "--set", "subject=Orlov bridge")
    status, said = run("situation", *words, "--title", "Bridge", "--out", str(out))
    report = Report.objects.get()
    unmade = report.sections.exclude(state="done").count()
    assert status == (3 if unmade else 0)
    assert f"of {report.sections.count()} sections" in said
    text = "\n".join(paragraph.text for paragraph in open_word(str(out)).paragraphs)
    assert "Bridge" in text and "Coverage" in text
    assert [path.name for path in tmp_path.glob("*report*")] == ["report.docx"]
    assert AuditRecord.objects.filter(action="export").count() == 1


def test_a_failed_section_is_named_and_the_rest_is_delivered(
    archive: dict[str, Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from donovan.reports.errors import ReportError
    from donovan.reports.sections import kind_named

    kind = kind_named("documents")

    def fail(_self: Any, _work: Any) -> None:
        raise ReportError("The list of documents could not be read.")

    monkeypatch.setattr(type(kind), "make", fail)
    out = tmp_path / "report.md"
    status, said = run("situation", "--as", "ana", "--set", "subject=Orlov", "--out", str(out))
    assert status == 3
    assert "is missing. The list of documents could not be read." in said
    assert "could not be read" in out.read_text()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("poem", "--as", "ana", "--out", "x.docx"), "Use one of: "),
        (("situation", "--as", "nobody", "--out", "x.docx"), "no active user"),
        (("situation", "--as", "ana", "--out", "x.xyz"), "no form of a report"),
        (("situation", "--as", "ana", "--out", "x"), "no form of a report"),
        (("situation", "--as", "ana", "--out", "/nowhere/x.docx"), "There is no folder"),
        (("situation", "--as", "ana", "--out", "x.docx", "--collection", "zz"), "no collection"),
        (("situation", "--as", "ana", "--out", "x.docx", "--set", "word"), "NAME=TEXT"),
        (("situation", "--as", "ana", "--out", "x.docx", "--set", "a=b"), "does not ask for"),
    ],
)
def test_wrong_arguments_are_a_sentence_and_make_nothing(
    archive: dict[str, Document], words: tuple[str, ...], sentence: str
) -> None:
    status, said = run(*words)
    assert status == 2 and sentence in said
    assert not Report.objects.exists()


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.md"
    path.write_text("before")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"after")
    assert path.read_text() == "before" and len(list(tmp_path.iterdir())) == 1
