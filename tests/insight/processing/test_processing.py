"""Each readable document goes through every step once, whatever dies meanwhile."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.insight.entities.models import Mention
from donovan.insight.errors import InsightError
from donovan.insight.processing import leases, runner
from donovan.insight.processing.models import DocumentStep
from donovan.insight.processing.selectors import progress, steps_of
from donovan.insight.processing.steps import STEPS, Step
from donovan.insight.tables.models import DataTable
from ingest.models import Document, Status
from tests.assistant.material import add_document
from tests.library.conftest import HandIn, hand_in

__all__ = ["hand_in"]

STOCK = "item,quantity\n" + "".join(
    f"item {number},{-40 if number == 2 else 100 + 7 * number % 23}\n" for number in range(1, 25)
)


def ready(
    title: str = "Report", text: str = "Colonel Ana Vidal left Orlov on 5 July 2026.", **where: str
) -> Document:
    document = add_document(title, text, **where)
    Document.objects.filter(pk=document.pk).update(status=Status.READY, finished_at=timezone.now())
    document.refresh_from_db()
    return document


def states(document: Document) -> list[str]:
    return [row.state if row else "" for _, row in steps_of(document)]


def test_a_document_goes_through_every_step_and_then_waits_no_more(cast: dict[str, User]) -> None:
    document = ready()
    assert runner.process_waiting(60) == 1
    assert states(document) == ["done"] * len(STEPS)
    assert Mention.objects.filter(document=document, kind="date").exists()
    assert runner.process_waiting(60) == 0


def test_a_document_that_is_read_again_is_looked_into_again(cast: dict[str, User]) -> None:
    document = ready()
    runner.process_waiting(60)
    Document.objects.filter(pk=document.pk).update(finished_at=timezone.now())
    assert list(runner.waiting_documents()) == [document]


def test_only_documents_that_can_be_read_are_looked_into(cast: dict[str, User]) -> None:
    add_document("In work", "Text.")
    assert not runner.waiting_documents().exists()


def test_a_step_that_fails_says_why_and_keeps_no_other_step(
    cast: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(document_id: uuid.UUID) -> str:
        raise InsightError("The table has no columns.")

    done = []
    steps = (Step("one", 1, "one", refuse), Step("two", 1, "two", lambda key: done.append(key) or "fine"))
    monkeypatch.setattr(runner, "STEPS", steps)
    document = ready()
    runner.process(document.pk)
    row = DocumentStep.objects.get(document=document, name="one")
    assert (row.state, row.message) == ("failed", "The table has no columns.")
    assert done == [document.pk]
    assert not runner.waiting_documents().exists()


def test_a_step_that_breaks_is_tried_once_more_and_then_left_alone(
    cast: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def broken(document_id: uuid.UUID) -> str:
        tries.append(document_id)
        raise ZeroDivisionError

    monkeypatch.setattr(runner, "STEPS", (Step("one", 1, "one", broken),))
    document = ready()
    for _ in range(4):
        runner.process_waiting(5)
    assert len(tries) == leases.ATTEMPTS
    assert DocumentStep.objects.get(document=document).state == "failed"


def test_the_step_of_a_dead_worker_is_taken_over_when_its_lease_ends(cast: dict[str, User]) -> None:
    document = ready()
    step = STEPS[0]
    taken = leases.take(document.pk, step.name, step.version, document.finished_at)
    assert taken is not None
    assert leases.take(document.pk, step.name, step.version, document.finished_at) is None
    DocumentStep.objects.filter(pk=taken.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    again = leases.take(document.pk, step.name, step.version, document.finished_at)
    assert again is not None
    assert not leases.settle(taken, DocumentStep.State.DONE, "late")
    assert leases.settle(again, DocumentStep.State.DONE, "in time")


def test_a_step_whose_workers_keep_dying_is_left_alone(cast: dict[str, User]) -> None:
    document = ready()
    for _ in range(leases.ATTEMPTS):
        assert leases.take(document.pk, "tables", 1, document.finished_at) is not None
        DocumentStep.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert leases.take(document.pk, "tables", 1, document.finished_at) is None
    assert DocumentStep.objects.get(document=document).message == leases.INTERRUPTED


def test_progress_counts_only_what_one_may_read(ana: User, ben: User, omar: User) -> None:
    ready("Secret", marking="SECRET")
    ready("Open")
    assert (progress(scope_for(ana)).waiting, progress(scope_for(ben)).waiting) == (2, 1)
    assert progress(scope_for(omar)).ready == 0
    runner.process_waiting(60)
    assert progress(scope_for(ana)).is_complete


def test_the_page_of_a_document_tells_what_was_found_only_to_its_readers(
    ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    document = ready("Secret", marking="SECRET")
    runner.process(document.pk)
    page = client_for(ana).get(f"/insight/{document.pk}/").content.decode()
    assert "names and other entities" in page
    assert "Names and places" in page
    assert client_for(ben).get(f"/insight/{document.pk}/").status_code == 404
    assert client_for(ben).get(f"/insight/{uuid.uuid4()}/").status_code == 404


def test_home_says_how_much_is_still_to_be_looked_into(
    ana: User, omar: User, client_for: Callable[[User], Client]
) -> None:
    ready()
    assert b"1 of 1 documents are still" in client_for(ana).get("/insight/").content
    assert b"still" not in client_for(omar).get("/insight/").content


def test_a_table_handed_in_becomes_a_table_with_its_anomaly(ana: User, hand_in: HandIn) -> None:
    document = hand_in(ana, STOCK, "stock.csv")
    runner.process(document.pk)
    table = DataTable.objects.get(document=document)
    assert table.row_count == 24
    assert document.findings.filter(kind="negative quantity", rows=[3]).exists()
