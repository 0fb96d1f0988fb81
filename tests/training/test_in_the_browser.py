"""The pages of models in Chromium: accessible, and no wider than the screen, with everything on them."""

import pytest
from django.urls import reverse

from donovan.access.models import User
from donovan.training.approvals import say
from donovan.training.gate import ask_gate
from donovan.training.models import TrainingJob
from donovan.training.promotion import promote
from donovan.training.services import start_job
from tests.support.browsing import OpenAs, sweep
from tests.training.making import BETTER, claims, made_candidate, make_dataset, measured

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_every_page_is_accessible_and_fits_its_screen(open_as: OpenAs, mia: User, rita: User) -> None:
    version = make_dataset(mia, "claims", claims())
    first = made_candidate(mia, version, "claims-v1-classifier-0aaa1111")
    measured(first, mia, BETTER)
    report = ask_gate(mia, first.pk)
    for person in (mia, rita):
        say(person, first.pk, report.digest, is_yes=True)
    promote(mia, first.pk)
    bad = made_candidate(mia, version, "claims-v1-classifier-0bbb2222")
    measured(bad, mia, {"target": {"ru": -0.2, "": 0.3}})
    ask_gate(mia, bad.pk)
    job = start_job(mia, "classifier", "claims", wakes=False)
    TrainingJob.objects.filter(pk=job.pk).update(
        state="running",
        step=40,
        total_steps=100,
        loss=0.31,
        checkpoint=40,
        seconds_per_step=2.0,
        worked_seconds=80.0,
        words="examples embedded",
        history=[[step, 1.0 / (step + 1)] for step in range(0, 40, 4)],
    )
    addresses = {
        "models": reverse("training:models"),
        "candidate": reverse("training:candidate", args=[bad.pk]),
        "job": reverse("training:job", args=[job.pk]),
        "rollback": reverse("training:rollback", args=["verifier"]),
    }
    assert sweep(open_as, mia, addresses) == []
