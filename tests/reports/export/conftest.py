"""The rich report, and its files made once for all tests that read them."""

from pathlib import Path

import pytest

from donovan.reports.content import ReportContent
from donovan.reports.export import docx, html, pdf
from tests.reports.export.material import rich_report


@pytest.fixture(scope="session")
def report() -> ReportContent:
    return rich_report()


@pytest.fixture(scope="session")
def word_file(report: ReportContent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("word") / "report.docx"
    path.write_bytes(docx.write(report))
    return path


@pytest.fixture(scope="session")
def web_page(report: ReportContent) -> str:
    return html.write(report).decode()


@pytest.fixture(scope="session")
def pdf_file(report: ReportContent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    path.write_bytes(pdf.write(report))
    return path
