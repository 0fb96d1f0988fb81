"""Labels that were planted wrong are found, and go to people, not into the data."""

import random
from types import SimpleNamespace

import pytest
from django.utils import timezone

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.audit.models import AuditRecord
from donovan.feedback.datasets import label_errors
from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.publishing import publish
from donovan.feedback.datasets.reading import read_all
from donovan.feedback.datasets.splitting import set_groups, set_splits
from donovan.feedback.datasets.work import LABEL_ERRORS
from donovan.feedback.projects.models import LabelProject, ProjectItem
from ingest.work.errors import LeaseLost
from ingest.work.leases import acquire
from ingest.work.running import run_subject
from ingest.work.services import job_of
from tests.feedback.datasets.conftest import row
from tests.support.work import run_job_after_its_lease

TOPICS = {
    "medical": ("doctor", "hospital", "medicine", "wound", "fever", "vaccine", "clinic", "nurse", "surgery"),
    "transport": ("truck", "road", "convoy", "bridge", "fuel", "driver", "engine", "wheel", "cargo"),
}
PLANTED = {3, 17, 28, 41, 52}


@pytest.fixture
def planted(cast, collections, caller_of) -> SimpleNamespace:
    """Sixty texts on two topics, five of them with the wrong class, as decided items of a project."""
    label = label_for("relief", parse_marking("UNCLASSIFIED"))
    project = LabelProject.objects.create(
        owner=cast["ana"], title="Topics", template="document_class", task="document_class"
    )
    chance = random.Random(5)
    rows, items = [], []
    for number in range(60):
        topic = sorted(TOPICS)[number % 2]
        other = sorted(TOPICS)[1 - number % 2]
        given = other if number in PLANTED else topic
        text = " ".join(chance.choices(TOPICS[topic], k=14)) + f" {number}"
        item = ProjectItem.objects.create(
            project=project,
            ordinal=number,
            input={"text": text, "title": ""},
            labels=[label],
            labels_digest="x",
            marking="UNCLASSIFIED",
            state=ProjectItem.State.DONE,
            final={"class": given},
            final_how="agreed",
            review=ProjectItem.Review.ACCEPTED,
            confidence=0.99,
            decided_at=timezone.now(),
        )
        items.append(item)
        rows.append(
            row(
                number,
                input=item.input,
                value={"class": given},
                item=str(item.pk) if number != 3 else "",
            )
        )
    set_groups(rows)
    set_splits(rows, (0.8, 0.1, 0.1), 0)
    version = publish(caller_of("mia"), "topics", "document_class", rows, {}, action="built").version
    return SimpleNamespace(version=version, items=items, rows=rows, project=project)


def test_planted_errors_are_found_and_sent_to_people(planted, caller_of) -> None:
    mia, version = caller_of("mia"), planted.version
    label_errors.ask_for_label_errors(mia, version)
    run_subject(LABEL_ERRORS, version.pk)
    version.refresh_from_db()
    suspects = label_errors.suspects_of(version)
    found = {int(each.row_id[1:]) for each in suspects[:5]}
    assert found == PLANTED
    assert len(suspects) <= 8
    assert all(each.suggested != each.given for each in suspects)

    before = list(read_all(version))
    # Row 3 came from no project, so there is nobody to send it to.
    sent = label_errors.send_to_review(mia, version, [f"r{number:04d}" for number in PLANTED])
    assert sent == 4
    item = ProjectItem.objects.get(pk=planted.items[17].pk)
    assert (item.review, item.final) == ("", planted.items[17].final)
    assert item.confidence < 0.5
    assert "fits better" in item.review_note
    assert ProjectItem.objects.get(pk=planted.items[3].pk).review == "accepted"
    assert list(read_all(version)) == before
    assert AuditRecord.objects.filter(action="label").get().detail["count"] == 4


def test_a_closed_look_is_not_made_twice_and_too_little_says_so(mia_calls) -> None:
    rows = [row(number) for number in range(6)]
    set_groups(rows)
    set_splits(rows, (1.0, 0.0, 0.0), 0)
    version = publish(mia_calls, "few", "document_class", rows, {}, action="built").version
    label_errors.ask_for_label_errors(mia_calls, version)
    run_subject(LABEL_ERRORS, version.pk)
    version.refresh_from_db()
    assert version.suspects["state"] == "failed"
    assert "too little" in version.suspects["notice"]


def test_who_was_taken_for_dead_writes_nothing_over_what_the_next_one_found(mia_calls, monkeypatch) -> None:
    """Looking had no lease: two workers looked, and the last to end was believed."""
    rows = [row(number) for number in range(6)]
    set_groups(rows)
    set_splits(rows, (1.0, 0.0, 0.0), 0)
    version = publish(mia_calls, "few", "document_class", rows, {}, action="built").version
    label_errors.ask_for_label_errors(mia_calls, version)
    job = job_of(LABEL_ERRORS, version.pk)
    zombie = acquire(job.pk)
    assert acquire(job.pk) is None, "only one looks"
    run_job_after_its_lease(job)
    version.refresh_from_db()
    found = version.suspects
    assert found["state"] == "failed"
    monkeypatch.setattr(label_errors, "find_label_errors", lambda task, rows: {"found": [], "total": 0})
    with pytest.raises(LeaseLost):
        label_errors.LOOKS.run(zombie)
    version.refresh_from_db()
    assert version.suspects == found


def test_only_choices_are_looked_through(mia_calls) -> None:
    texts = {"text": "Orlov met"}
    rows = [row(number, task="spans", input=texts, value={"spans": []}) for number in range(2)]
    set_groups(rows)
    set_splits(rows, (1.0, 0.0, 0.0), 0)
    version = publish(mia_calls, "spans", "spans", rows, {}, action="built").version
    with pytest.raises(DatasetError, match="one choice"):
        label_errors.ask_for_label_errors(mia_calls, version)
