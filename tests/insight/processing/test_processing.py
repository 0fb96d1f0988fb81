"""Each readable document goes through every step once, whatever dies meanwhile."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.insight.entities.models import Mention
from donovan.insight.entities.services import extract_entities
from donovan.insight.errors import InsightError
from donovan.insight.processing import runner
from donovan.insight.processing.models import DocumentStep
from donovan.insight.processing.selectors import progress, steps_of
from donovan.insight.processing.steps import STEPS
from donovan.insight.processing.work import STEP_KINDS
from donovan.insight.tables.models import DataTable
from ingest.models import WHEN_READY, Document, Status
from ingest.work import running
from ingest.work.errors import LeaseLost
from ingest.work.leases import acquire, at_hand
from ingest.work.services import announce, enqueue
from tests.assistant.material import add_document
from tests.library.conftest import HandIn, hand_in
from tests.support.work import held_by_a_worker, let_lease_run_out

__all__ = ["hand_in"]

TABLES = STEP_KINDS[0]
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


def look_into() -> int:
    """What a worker of insight does in a round; how many jobs."""
    return running.run_queue("insight", seconds=300)


def states(document: Document) -> list[str]:
    return [row.state if row else "" for _, row in steps_of(document)]


def test_a_document_goes_through_every_step_and_then_waits_no_more(cast: dict[str, User]) -> None:
    document = ready()
    assert runner.catch_up() == 1
    assert look_into() == len(STEPS)
    assert states(document) == ["done"] * len(STEPS)
    assert Mention.objects.filter(document=document, kind="date").exists()
    assert runner.catch_up() == 0
    assert not runner.waiting_documents().exists()


def test_a_document_that_becomes_ready_is_looked_into_without_anybody_looking_for_it(
    cast: dict[str, User],
) -> None:
    document = ready()
    announce(WHEN_READY, document.pk)
    assert look_into() == len(STEPS)
    assert states(document) == ["done"] * len(STEPS)


def test_a_document_that_is_taken_back_is_looked_into_when_it_is_ready_again(cast: dict[str, User]) -> None:
    document = ready()
    announce(WHEN_READY, document.pk)
    Document.objects.filter(pk=document.pk).update(status=Status.RUNNING)
    look_into()
    assert states(document) == [""] * len(STEPS)
    Document.objects.filter(pk=document.pk).update(status=Status.READY)
    announce(WHEN_READY, document.pk)
    look_into()
    assert states(document) == ["done"] * len(STEPS)


def test_a_document_that_is_read_again_is_looked_into_again(cast: dict[str, User]) -> None:
    document = ready()
    runner.process(document.pk)
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

    monkeypatch.setattr(runner.TABLES, "_step", replace(STEPS[0], run=refuse))
    document = ready()
    runner.process(document.pk)
    row = DocumentStep.objects.get(document=document, name="tables")
    assert (row.state, row.message) == ("failed", "The table has no columns.")
    assert states(document) == ["failed", *["done"] * (len(STEPS) - 1)]
    assert not runner.waiting_documents().exists()


def test_a_step_that_breaks_is_tried_once_more_and_then_left_alone(
    cast: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def broken(document_id: uuid.UUID) -> str:
        tries.append(document_id)
        raise ZeroDivisionError

    monkeypatch.setattr(runner.TABLES, "_step", replace(STEPS[0], run=broken))
    document = ready()
    announce(WHEN_READY, document.pk)
    look_into()
    assert len(tries) == TABLES.tries
    assert states(document) == ["failed", *["done"] * (len(STEPS) - 1)]


def test_the_step_of_a_dead_worker_is_taken_over_and_what_it_says_late_is_not_kept(
    cast: dict[str, User],
) -> None:
    document = ready()
    enqueue(TABLES, document.pk)
    zombie = held_by_a_worker(TABLES, document.pk)
    assert acquire(zombie.job.pk) is None
    let_lease_run_out(zombie.job)
    living = held_by_a_worker(TABLES, document.pk)
    with pytest.raises(LeaseLost):
        zombie.complete("late")
    with pytest.raises(LeaseLost), at_hand(zombie):
        extract_entities(document.pk)
    living.complete("in time")
    assert DocumentStep.objects.get(document=document).message == "in time"
    assert not Mention.objects.exists()


def test_a_step_whose_workers_keep_dying_is_left_alone_and_the_next_is_done(cast: dict[str, User]) -> None:
    document = ready()
    enqueue(TABLES, document.pk)
    for _ in range(TABLES.attempts):
        let_lease_run_out(held_by_a_worker(TABLES, document.pk).job)
    look_into()
    assert states(document) == ["failed", *["done"] * (len(STEPS) - 1)]
    assert DocumentStep.objects.get(document=document, name="tables").message == TABLES.given_up


def test_progress_counts_only_what_one_may_read(ana: User, ben: User, omar: User) -> None:
    ready("Secret", marking="SECRET")
    ready("Open")
    assert (progress(scope_for(ana)).waiting, progress(scope_for(ben)).waiting) == (2, 1)
    assert progress(scope_for(omar)).ready == 0
    runner.catch_up()
    look_into()
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
