"""The page of the operator: what runs, waits and failed, for whom, how long, and never what about."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.test import Client

from donovan.access import work_services
from donovan.access.models import User
from donovan.access.people_services import NotAllowed
from donovan.audit.models import AuditRecord
from ingest.work import services
from ingest.work.leases import acquire
from ingest.work.models import Job
from ingest.work.progress import Progress
from ingest.work.registry import Handler, Kind, register, unregister
from tests.support.work import let_lease_run_out

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
SECRET = "Operation Heron"


@pytest.fixture
def kind() -> Iterator[Kind]:
    made = Kind("test.page", "read the tea leaves", Handler(), queue="testing")
    register(made)
    yield made
    unregister(made)


@pytest.fixture
def running(kind: Kind) -> Job:
    """A job in work whose subject, progress and notice are words of a document."""
    held = acquire(services.enqueue(kind, SECRET, asked_by="mia").pk)
    assert held is not None
    held.on_progress(Progress(3, 9, SECRET))
    held.update(notice=SECRET)
    return held.job


def page(client: Client, state: str = "running") -> str:
    return client.get("/work/", {"state": state}).content.decode()


def test_it_names_kinds_persons_times_and_states_and_never_what_it_is_about(
    ada: User, client_for: ClientFor, running: Job
) -> None:
    shown = page(client_for(ada))
    assert "Read the tea leaves" in shown
    assert "mia" in shown
    assert "3 of 9" in shown
    assert SECRET not in shown
    Job.objects.update(state="failed", token="", lease_until=None)
    failed = page(client_for(ada), "failed")
    assert "it was refused" in failed
    assert SECRET not in failed


@pytest.mark.parametrize("name", ["ana", "ben", "chloe", "rita", "mia", "omar"])
def test_it_is_for_administrators_only(
    name: str, cast: dict[str, User], client_for: ClientFor, running: Job
) -> None:
    client = client_for(cast[name])
    assert client.get("/work/").status_code in (403, 404)
    for change in ("cancel", "retry"):
        assert client.post(f"/work/{running.pk}/{change}/").status_code in (403, 404)
    for change in (work_services.cancel, work_services.retry):
        with pytest.raises(NotAllowed):
            change(cast[name], running.pk)
    assert not Job.objects.get(pk=running.pk).is_cancel_wanted


def test_cancelling_and_retrying_are_on_record_by_the_kind_alone(
    ada: User, client_for: ClientFor, running: Job
) -> None:
    client = client_for(ada)
    client.post(f"/work/{running.pk}/cancel/")
    assert "being stopped" in page(client)
    let_lease_run_out(running)
    assert "its worker is silent" in page(client)
    client.post(f"/work/{running.pk}/cancel/")
    assert Job.objects.get(pk=running.pk).state == Job.State.STOPPED
    client.post(f"/work/{running.pk}/retry/", {"state": "stopped"})
    assert Job.objects.get(pk=running.pk).state == Job.State.WAITING
    records = AuditRecord.objects.filter(action="administer", actor="ada").order_by("sequence")
    assert [record.detail["what"] for record in records] == ["job cancelled", "job cancelled", "job retried"]
    assert all(record.detail["kind"] == "test.page" for record in records)
    assert all(SECRET not in str(record.detail) for record in records)


def test_what_is_not_there_is_not_there(ada: User, client_for: ClientFor) -> None:
    client = client_for(ada)
    assert client.post(f"/work/{uuid4()}/cancel/").status_code == 404
    assert "There is none." in page(client, "failed")
    assert client.get("/work/", {"state": "nonsense"}).status_code == 200
