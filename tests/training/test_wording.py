"""Roles and figures are called the same on every page, and figures are rounded."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.training import presentation
from donovan.training.models import TrainingJob
from donovan.training.services import start_job
from donovan.training.wording import metrics_in_words
from tests.training.making import documents, made_candidate, make_dataset


def test_figures_have_words_and_three_digits() -> None:
    given = {"dev_macro_f1": 0.181818, "dev_questions": 12.0, "vetoes": 0.0, "own_figure": 0.00001234}
    assert metrics_in_words(given) == [
        ("F1 on the dev split, mean over the classes", "0.182"),
        ("dev questions", "12"),
        ("claims it would object to, share", "0.000"),
        ("own figure", "1.23e-05"),
    ]


def test_the_axis_of_a_loss_shows_whole_steps_only(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[dict[str, Any]] = []
    monkeypatch.setattr(presentation, "inline_svg", drawn.append)
    presentation.loss_curve([[1, 0.9], [2, 0.5], [4, 0.3]])
    axis = drawn[0]["encoding"]["x"]["axis"]
    assert (axis["tickMinStep"], axis["format"]) == (1, "d")


@pytest.mark.django_db
def test_a_role_has_one_name(mia: User, client_for: Callable[[User], Client]) -> None:
    version = make_dataset(mia, "kinds", documents())
    candidate = made_candidate(mia, version, "first", role="triage", metrics={"dev_accuracy": 0.123456})
    job = start_job(mia, "classifier", "kinds", wakes=False)
    TrainingJob.objects.filter(pk=job.pk).update(
        state="done", step=8, total_steps=8, checkpoint=2, metrics={"dev_accuracy": 0.123456}
    )
    client = client_for(mia)
    models = client.get(reverse("training:models")).content.decode()
    assert 'data-label="Role">Classes of documents<' in models and ">triage<" not in models
    assert "Classes of documents from mia/kinds@1" in models and "for classes of documents" in models

    pages = [reverse("training:job", args=[job.pk]), reverse("training:candidate", args=[candidate.pk])]
    for address in pages:
        page = client.get(address).content.decode()
        assert "classes of documents" in page and "triage" not in page
        assert "right on the dev split, share: 0.123" in page
    assert "Last checkpoint" not in client.get(pages[0]).content.decode()
