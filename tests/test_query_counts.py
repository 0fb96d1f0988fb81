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
from donovan.assistant.glossary.services import add_term
from donovan.assistant.glossary.tables import Row
from donovan.assistant.models import Answer, AnswerSource, Citation, Claim, Thread
from donovan.audit.services import record
from donovan.evaluation.models import SuiteRun
from donovan.evaluation.subjects import subject_of
from donovan.feedback.datasets.publishing import publish
from donovan.feedback.projects import members
from donovan.feedback.projects import services as projects
from donovan.insight.tables.models import DataTable
from donovan.library.callers import Caller
from donovan.reports import services as reports
from donovan.training.models import Approval, Candidate, GateReport, TrainingJob
from ingest.models import Document
from tests.assistant.material import add_document
from tests.feedback.datasets.conftest import row
from tests.feedback.pages.conftest import add_items, label_all

pytestmark = pytest.mark.django_db
FEW, MANY = 3, 9
# More than this and the page is slow whatever each question costs.
MOST = 30
MOST_OF = {"/labelling/": 32, "/training/": 40}
"""Pages that still ask more."""
MOST_OF_A_THREAD = 20
PAGES = (
    ("ana", "/"),
    ("ana", "/ask/"),
    ("ana", "/glossary/"),
    ("ana", "/documents/"),
    ("ana", "/documents/ledger/"),
    ("ana", "/upload/"),
    ("ana", "/intakes/"),
    ("ana", "/tables/"),
    ("ana", "/anomalies/"),
    ("ana", "/trends/"),
    ("ana", "/entities/"),
    ("ana", "/watch/"),
    ("ana", "/reports/"),
    ("ana", "/labelling/"),
    ("ana", "/labelling/waiting/"),
    ("mia", "/datasets/"),
    ("mia", "/evaluation/"),
    ("mia", "/training/"),
    ("mia", "/training/waiting/"),
    ("ada", "/people/"),
    ("ada", "/watched/"),
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
        entry = Row(f"palabra{number}", "word", "es", "en")
        add_term(ana, collection="relief", marking="UNCLASSIFIED", row=entry)
        thread = Thread.objects.create(owner=cast["ana"], title=f"Question {number}")
        Answer.objects.create(
            owner=cast["ana"], thread=thread, question=f"When did weir {number} fail?", labels=[label],
            marking="UNCLASSIFIED", state=Answer.State.DONE, text="On 3 May 2026.",
        )  # fmt: skip
        reports.start_report(ana, "situation", title=f"Report {number}", parameters={"subject": "weir"})
        add_projects(ana, number)
        rows = [row(10 * number + n, split="train", document=str(document.pk)) for n in range(3)]
        publish(mia, f"set-{number}", "document_class", rows, {}, action="built")
        add_candidates(cast, document, number)
        SuiteRun.objects.create(
            suite="retrieval", subject=subject_of().as_json(), subject_digest=subject_of().digest,
            state=SuiteRun.State.DONE, figures={}, slices={}, material="same", labels=[label],
            marking="UNCLASSIFIED", started_by=mia.user, finished_at=timezone.now() + timedelta(number),
        )  # fmt: skip
        record("ana", "view", labels=[label], documents=[str(document.pk)])


def add_projects(caller: Caller, number: int) -> None:
    """A project that is being set up, and two that are partly labelled: in a round, and released."""
    projects.create_project(caller, template="document_class", title=f"Draft {number}")
    for start in (projects.start_calibration, projects.release):
        project = projects.create_project(caller, template="document_class", title=f"Project {number}")
        for name, role in (
            ("ana", "labeller"), ("ana", "adjudicator"), ("ana", "reviewer"), ("mia", "labeller"),
        ):  # fmt: skip
            members.add_member(caller, project.pk, username=name, role=role)
        texts = [{"title": f"Order {n}", "text": f"Lane {n} of bridge {number} is open."} for n in range(3)]
        add_items(caller.user, project, texts)
        projects.change_project(caller, project.pk, overlap=1, gold_share=0, calibration_size=3)
        start(caller, project.pk)
        label_all(caller.user, project, [{"class": "report"}])


def add_candidates(cast: dict[str, User], document: Document, number: int) -> None:
    """One trained model that the gate let pass, to which one person said yes, and one that it refused."""
    for role, is_passed in (("verifier", True), ("triage", False)):
        made_of = {"kept_labels": [document.label], "documents": [str(document.pk)]}
        job = TrainingJob.objects.create(
            kind="classifier", role=role, dataset="mia/claims", dataset_version=1, dataset_digest="0" * 64,
            task="claim_support", code_version="1", started_by=cast["mia"], **made_of,
        )  # fmt: skip
        candidate = Candidate.objects.create(
            role=role, name=f"{role}-{number}", digest="0" * 64, job=job, **made_of
        )
        report = GateReport.objects.create(candidate=candidate, digest=f"{number:064}", is_passed=is_passed)
        Approval.objects.create(
            candidate=candidate, report_digest=report.digest, by=cast["rita"], is_yes=is_passed
        )


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
    grown = {path: len(many[path]) - len(few[path]) for path in few if len(many[path]) > len(few[path])}
    assert grown == {}
    asks = {path: len(queries) for path, queries in many.items()}
    assert {path: count for path, count in asks.items() if count > MOST_OF.get(path, MOST)} == {}


def test_a_thread_of_six_answers_asks_twenty_times_at_most(
    asked: Callable[[str, str], list[str]], cast: dict[str, User]
) -> None:
    label = label_for("relief", parse_marking("UNCLASSIFIED"))
    thread = Thread.objects.create(owner=cast["ana"], title="The weirs")
    papers = [add_document(f"Report {n}", f"The weir number {n} failed on 3 May 2026.") for n in range(2)]
    for number in range(6):
        answer = Answer.objects.create(
            owner=cast["ana"], thread=thread, question=f"When did weir {number} fail?", labels=[label],
            marking="UNCLASSIFIED", state=Answer.State.DONE, ending=Answer.Ending.ANSWERED,
        )  # fmt: skip
        for paper in papers:
            AnswerSource.objects.create(answer=answer, document_id=paper.pk)
        for ordinal in range(4):
            claim = Claim.objects.create(answer=answer, ordinal=ordinal, text="It failed.", is_supported=True)
            for paper in papers:
                Citation.objects.create(
                    claim=claim, document=paper, page=1, start=0, end=8, quote="The weir", label=label
                )
    for path in (f"/ask/threads/{thread.pk}/", f"/ask/answers/{answer.pk}/"):
        asked("ana", path)
        assert len(asked("ana", path)) <= MOST_OF_A_THREAD, path
