"""A page asks the database as often for many rows as for few: no row costs a question of its own."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.assistant.models import Answer, Thread
from donovan.audit.services import record
from donovan.evaluation.models import SuiteRun
from donovan.evaluation.subjects import subject_of
from donovan.feedback.datasets.publishing import publish
from donovan.feedback.projects import services as projects
from donovan.insight.tables.models import DataTable
from donovan.library.callers import Caller
from donovan.reports import services as reports
from ingest.models import Document
from tests.assistant.material import add_document
from tests.feedback.datasets.conftest import row

pytestmark = pytest.mark.django_db
FEW, MANY = 3, 9
# Pages that still ask for each row, and how often. They show at most 30 projects; nothing may be added.
OWED = {"/labelling/": 5, "/training/": 1}
# More than this and the page is slow whatever each question costs.
MOST = 70
PAGES = (
    ("ana", "/"),
    ("ana", "/ask/"),
    ("ana", "/documents/"),
    ("ana", "/documents/ledger/"),
    ("ana", "/upload/"),
    ("ana", "/tables/"),
    ("ana", "/anomalies/"),
    ("ana", "/trends/"),
    ("ana", "/entities/"),
    ("ana", "/watch/"),
    ("ana", "/reports/"),
    ("ana", "/labelling/"),
    ("mia", "/datasets/"),
    ("mia", "/evaluation/"),
    ("mia", "/training/"),
    ("ada", "/people/"),
    ("ada", "/record/"),
)


def fill(cast: dict[str, User], first: int, last: int) -> None:
    """Rows number `first` to `last` of everything that the pages list."""
    label = label_for("relief", parse_marking("UNCLASSIFIED"))
    ana, mia = (Caller.named(cast[name], source="test") for name in ("ana", "mia"))
    for number in range(first, last):
        document = add_document(f"Report {number}", f"The weir number {number} failed on 3 May 2026.")
        Document.objects.filter(pk=document.pk).update(status="ready", finished_at=timezone.now())
        DataTable.objects.create(
            document=document, ordinal=1, name=f"table {number}", kind="csv", path="none", digest="0" * 64
        )
        thread = Thread.objects.create(owner=cast["ana"], title=f"Question {number}")
        Answer.objects.create(
            owner=cast["ana"], thread=thread, question=f"When did weir {number} fail?", labels=[label],
            marking="UNCLASSIFIED", state=Answer.State.DONE, text="On 3 May 2026.",
        )  # fmt: skip
        reports.start_report(ana, "situation", title=f"Report {number}", parameters={"subject": "weir"})
        projects.create_project(ana, template="document_class", title=f"Project {number}")
        rows = [row(10 * number + place, split="train") for place in range(3)]
        publish(mia, f"set-{number}", "document_class", rows, {}, action="built")
        SuiteRun.objects.create(
            suite="retrieval", subject=subject_of().as_json(), subject_digest=subject_of().digest,
            state=SuiteRun.State.DONE, figures={}, slices={}, material="same", labels=[label],
            marking="UNCLASSIFIED", started_by=mia.user, finished_at=timezone.now() + timedelta(number),
        )  # fmt: skip
        record("ana", "view", labels=[label], documents=[str(document.pk)])


@pytest.fixture
def asked(client_for: Callable[[User], Client], cast: dict[str, User]) -> Callable[[str, str], list[str]]:
    """`asked("ana", "/ask/")` is what the database was asked for that page."""
    clients: dict[str, Client] = {}

    def asked(name: str, path: str) -> list[str]:
        client = clients.setdefault(name, client_for(cast[name]))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = client.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return [query["sql"] for query in captured.captured_queries]

    return asked


@pytest.fixture(autouse=True)
def _own_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATASETS_DIR = tmp_path / "datasets"


def test_no_row_of_a_page_asks_a_question_of_its_own(
    asked: Callable[[str, str], list[str]], cast: dict[str, User]
) -> None:
    fill(cast, 0, FEW)
    for name, path in PAGES:
        asked(name, path)  # what is asked once and kept is not counted
    few = {path: asked(name, path) for name, path in PAGES}
    fill(cast, FEW, MANY)
    many = {path: asked(name, path) for name, path in PAGES}
    rows = MANY - FEW
    grown = {path: len(many[path]) - len(few[path]) for path in few if len(many[path]) > len(few[path])}
    assert grown == {path: times * rows for path, times in OWED.items()}
    assert {path: len(queries) for path, queries in many.items() if len(queries) > MOST} == {}
