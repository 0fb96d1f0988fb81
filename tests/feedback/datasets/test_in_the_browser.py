"""The pages of data sets in Chromium: accessible in both colours, and no wider than a narrow screen."""

import uuid

import pytest
from django.urls import reverse

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.feedback.datasets.models import DatasetBuild, DatasetVersion
from donovan.feedback.datasets.publishing import publish
from donovan.feedback.datasets.recipes import Recipe
from donovan.feedback.datasets.splitting import set_groups, set_splits
from donovan.feedback.projects.models import LabelProject
from donovan.library.callers import Caller
from tests.feedback.datasets.conftest import row, sentence
from tests.support.browsing import OpenAs, sweep

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(people: dict[str, User]) -> dict[str, str]:
    """A version with suspects, one that leaks, a build that failed and one that waits; addresses by name."""
    label = label_for("relief", parse_marking("SECRET//NOFORN"))
    caller = Caller.named(people["mia"], source="test")
    rows = [
        row(
            number,
            labels=[label],
            marking="SECRET//NOFORN",
            language=("en", "ru", "ar")[number % 3],
            annotators=[("ana", "ben")[number % 2]],
            scan_quality=("digital", "poor")[number % 2],
            origin="project",
            how="weighed",
            agreement=0.5 + number % 2 / 2,
        )
        for number in range(60)
    ]
    set_groups(rows)
    set_splits(rows, (0.8, 0.1, 0.1), 0)
    version = publish(
        caller, "classes-of-2026", "document_class", rows, Recipe("document_class").as_data(), action="built"
    ).version
    found = [
        {
            "row": f"r{number:04d}",
            "given": "memo",
            "suggested": "order",
            "chance_given": 0.1,
            "chance_suggested": 0.9,
            "item": str(uuid.UUID(int=number)) if number % 2 else "",
            "split": "train",
            "text": sentence(number),
        }
        for number in range(6)
    ]
    suspects = {"state": "done", "looked": 60, "total": 6, "by": "words", "found": found}
    DatasetVersion.objects.filter(pk=version.pk).update(suspects=suspects)
    leaking = [
        row(number, labels=[label], document="one", split=("train", "test")[number % 2])
        for number in range(4)
    ]
    leaky = publish(caller, "leaky", "document_class", leaking, {"imported": "jsonl"}, action="imported")
    failed = DatasetBuild.objects.create(
        person=people["mia"],
        name="daily",
        recipe=Recipe("answer").as_data(),
        state="failed",
        notice="There is nothing that fits. Widen what you ask for.",
    )
    waits = DatasetBuild.objects.create(person=people["mia"], name="more", recipe=Recipe("answer").as_data())
    LabelProject.objects.create(
        owner=people["ana"], title="Classes of reports", template="document_class", task="document_class"
    )

    def at(view: str, of: DatasetVersion = version) -> str:
        return reverse(f"datasets:{view}", args=[of.dataset_id, of.number])

    return {
        "list": reverse("datasets:datasets"),
        "dataset": reverse("datasets:dataset", args=[version.dataset_id]),
        "version": at("version"),
        "leaky": at("version", leaky.version),
        "rows": at("rows") + "?q=language=ru",
        "rows-wrong": at("rows") + "?q=colour=red",
        "rows-none": at("rows") + "?q=language=zh",
        "suspects": at("suspects"),
        "suspects-none": at("suspects", leaky.version),
        "new": reverse("datasets:new") + "?name=daily&task=document_class",
        "import": reverse("datasets:import"),
        "failed": reverse("datasets:build", args=[failed.pk]),
        "waits": reverse("datasets:build", args=[waits.pk]),
    }


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    open_as: OpenAs, people: dict[str, User], desk: dict[str, str]
) -> None:
    assert sweep(open_as, people["mia"], desk, also_slight=True) == []


def test_rows_are_walked_through_with_keys_and_sent_without_a_mouse(
    open_as: OpenAs, people: dict[str, User], desk: dict[str, str]
) -> None:
    page = open_as(people["mia"], desk["list"])
    origin = page.url.removesuffix(desk["list"])
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**{desk['dataset']}")
    page.goto(origin + desk["suspects"])
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Send to review").press("Enter")
    page.get_by_text("Nothing was sent").wait_for()


def test_no_table_of_a_version_is_cut_off(open_as: OpenAs, people: dict[str, User]) -> None:
    rows = []
    for number in range(30):
        marking = ("UNCLASSIFIED", "SECRET//NOFORN", "CUI")[number % 3]
        rows.append(
            row(number, labels=[label_for("relief", parse_marking(marking))], marking=marking, split="train")
        )
    rows[0]["split"] = "test"
    caller = Caller.named(people["mia"], source="test")
    version = publish(caller, "marked", "document_class", rows, {}, action="built").version
    page = open_as(people["mia"], reverse("datasets:version", args=[version.dataset_id, 1]))
    for width in (1440, 1280, 400):
        page.set_viewport_size({"width": width, "height": 900})
        page.reload()
        cut = page.evaluate(
            """() => [...document.querySelectorAll(".facet-grid .table-wrap")]
              .filter((wrap) => wrap.scrollWidth > wrap.clientWidth).map((wrap) => wrap.ariaLabel)"""
        )
        assert cut == [], f"{width} px"
