"""The pages of models, candidates and trainings: who sees them, and that each shows what it is about."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.training.approvals import say
from donovan.training.gate import ask_gate
from donovan.training.models import Candidate, TrainingJob
from donovan.training.services import start_job
from retrieval.serving import current
from tests.training.making import BETTER, claims, label, made_candidate, make_dataset, measured

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]


def test_only_model_owners_and_reviewers_come_in(cast: dict[str, User], client_for: ClientFor) -> None:
    make_dataset(cast["mia"], "claims", claims())
    job = start_job(cast["mia"], "classifier", "claims", wakes=False)
    addresses = [reverse("training:models"), reverse("training:job", args=[job.pk])]
    for name, person in cast.items():
        expected = 200 if name in ("mia", "rita") else 403
        found = {client_for(person).get(address).status_code for address in addresses}
        assert found == {expected}, name


def test_an_empty_installation_says_what_to_do(mia: User, client_for: ClientFor) -> None:
    page = client_for(mia).get(reverse("training:models")).content.decode()
    assert "No candidate yet" in page and "Nothing was trained yet" in page
    assert page.count("the base model") == 6
    assert "There is no data set to train on yet" in page


def test_what_one_may_not_read_is_neither_listed_nor_found(
    mia: User, rita: User, client_for: ClientFor
) -> None:
    version = make_dataset(mia, "harbour", claims(), labels=[label("SECRET//HARBOR//NOFORN")])
    candidate = made_candidate(mia, version, "harbour-model")
    job = start_job(mia, "classifier", "harbour", wakes=False)
    client = client_for(rita)

    page = client.get(reverse("training:models")).content.decode()

    assert "harbour" not in page and "HARBOR" not in page
    assert client.get(reverse("training:candidate", args=[candidate.pk])).status_code == 404
    assert client.get(reverse("training:job", args=[job.pk])).status_code == 404
    assert "harbour-model" in client_for(mia).get(reverse("training:models")).content.decode()


def test_a_training_is_started_stopped_and_goes_on_from_the_page(mia: User, client_for: ClientFor) -> None:
    make_dataset(mia, "claims", claims())
    client = client_for(mia)
    asked = {"kind": "classifier", "dataset": "mia/claims@1", "seed": "4", "settings": "precision=0.9"}

    wrong = client.post(reverse("training:start"), {**asked, "kind": "retriever"})
    assert wrong.status_code == 422 and "learns from examples of relevance" in wrong.content.decode()
    again = client.post(reverse("training:start"), {**asked, "settings": "precission=0.9"})
    assert 'id="settings-error"' in again.content.decode() and "Did you mean" in again.content.decode()
    assert "veto" not in again.content.decode() and "0.95" in again.content.decode()
    client.post(reverse("training:start"), asked)
    job = TrainingJob.objects.get()
    assert (job.seed, job.settings) == (4, {"precision": 0.9})

    client.post(reverse("training:stop", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == "stopped"
    assert "Go on" in client.get(reverse("training:job", args=[job.pk])).content.decode()
    client.post(reverse("training:go-on", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == "waiting"


def test_from_the_gate_to_serving_and_back_in_clicks(mia: User, rita: User, client_for: ClientFor) -> None:
    candidate = made_candidate(mia, make_dataset(mia, "claims", claims()), "first")
    measured(candidate, mia, BETTER)
    owner, reviewer = client_for(mia), client_for(rita)
    address = reverse("training:candidate", args=[candidate.pk])

    owner.post(reverse("training:check", args=[candidate.pk]))
    page = owner.get(address).content.decode()
    assert "passes" in page and "Items that got better and worse" in page and "language" not in address
    report = candidate.gate_reports.get()
    for client in (owner, reviewer):
        client.post(reverse("training:say", args=[candidate.pk]), {"word": "yes", "report": report.digest})
    assert "Promote: let it serve" in owner.get(address).content.decode()
    assert reviewer.post(reverse("training:promote", args=[candidate.pk])).status_code == 403
    owner.post(reverse("training:promote", args=[candidate.pk]))
    serving = current("verifier")
    assert serving is not None and serving.name == "first"

    confirm = owner.get(reverse("training:rollback", args=["verifier"])).content.decode()
    assert "Roll back to the base model" in confirm
    owner.post(reverse("training:rollback", args=["verifier"]))
    serving = current("verifier")
    assert serving is not None and not serving.folder
    assert "rollback to the base model" in owner.get(reverse("training:models")).content.decode()


def test_a_candidate_that_waits_is_told_to_whoever_can_take_the_next_step(
    cast: dict[str, User], client_for: ClientFor
) -> None:
    mia, rita = cast["mia"], cast["rita"]
    candidate = made_candidate(mia, make_dataset(mia, "claims", claims()), "first")
    measured(candidate, mia, BETTER)
    waiting = reverse("training:waiting")
    assert "first" not in client_for(rita).get(waiting).content.decode()
    report = ask_gate(mia, candidate.pk)

    for person in (mia, rita):
        said = client_for(person).get(waiting).content.decode()
        assert "first" in said and "passed the gate, waits for approval 1 of 2" in said
        assert waiting in client_for(person).get("/").content.decode()
    assert waiting not in client_for(cast["ana"]).get("/").content.decode()

    say(mia, candidate.pk, report.digest, is_yes=True)
    assert "first" not in client_for(mia).get(waiting).content.decode()
    assert "waits for approval 2 of 2" in client_for(rita).get(waiting).content.decode()
    assert "waits for approval 2 of 2" in client_for(mia).get(reverse("training:models")).content.decode()

    say(rita, candidate.pk, report.digest, is_yes=True)
    assert "first" not in client_for(rita).get(waiting).content.decode()
    assert "approved, waits to be promoted" in client_for(mia).get(waiting).content.decode()


def test_the_reasons_of_a_refusal_stand_on_the_page(mia: User, client_for: ClientFor) -> None:
    candidate = made_candidate(mia, make_dataset(mia, "claims", claims()), "first")
    (candidate.folder / "weights.json").write_text("1")
    ask_gate(mia, candidate.pk)
    page = client_for(mia).get(reverse("training:candidate", args=[candidate.pk])).content.decode()
    assert "refuses" in page and "weights.json was changed after it was written" in page
    assert Candidate.objects.get().state == Candidate.State.CANDIDATE
