"""The forms that versions are made with: what they show before, what they carry over, what they refuse."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.urls import reverse

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.feedback.datasets.models import Dataset, DatasetVersion
from donovan.feedback.datasets.recipes import Recipe, as_form, read_recipe
from donovan.feedback.datasets.services import build_version
from donovan.feedback.datasets.undecided import undecided_items
from donovan.feedback.projects.models import LabelProject, ProjectItem
from tests.feedback.datasets.conftest import sentence

NEW = reverse("datasets:new")


class Fields(HTMLParser):
    """What a browser would send of the form that posts a recipe."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.select = ""
        self.feed(page[page.index('<form method="post" class="panel">') :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.found.setdefault(given["name"], []).append(given.get("value", ""))
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and ("selected" in given or self.select not in self.found):
            self.found[self.select] = [given["value"]]


@pytest.fixture
def project(cast, collections) -> SimpleNamespace:
    """A project of ana's with one decided item, and two that nobody decided: one of them Ben may not read."""
    made = LabelProject.objects.create(
        owner=cast["ana"], title="Kinds of paper", template="document_class", task="document_class"
    )

    def item(number: int, marking: str = "UNCLASSIFIED", **more) -> ProjectItem:
        label = label_for("relief", parse_marking(marking))
        return ProjectItem.objects.create(
            project=made,
            ordinal=number,
            input={"text": sentence(number), "title": ""},
            labels=[label],
            labels_digest=marking,
            marking=marking,
            **more,
        )

    done = item(1, state=ProjectItem.State.DONE, final={"class": "memo"}, final_how="reviewed")
    item(2, state=ProjectItem.State.OPEN)
    item(3, "SECRET//HARBOR", state=ProjectItem.State.ADJUDICATION)
    item(4, state=ProjectItem.State.LEFT_OUT)
    return SimpleNamespace(project=made, done=done)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"projects": "b,a"},
        {"projects": "a", "origins": "project,import"},
        {
            "origins": "everyday",
            "collections": "relief,logistics",
            "since": "2026-01-01",
            "until": "2026-06-30",
            "decided": "adjudicated",
            "agreement": "0.7",
            "people": "2",
            "readable": "all",
            "split": "0.6/0.15/0.25",
            "seed": "7",
            "bind": "questions",
        },
    ],
)
def test_a_recipe_goes_through_a_form_and_comes_back_the_same(given) -> None:
    recipe = read_recipe("document_class", given)
    form = {name: ",".join(values) for name, values in as_form(recipe).items()}
    assert read_recipe(form.pop("task"), form) == recipe


def test_the_secret_of_a_form_is_in_no_address(client_for, mia) -> None:
    page = client_for(mia).get(NEW).text
    assert "formmethod" not in page
    assert page.count('name="see"') == 1


def test_a_bad_name_is_told_before_anything_is_built_and_a_good_one_offered(client_for, give, mia) -> None:
    give("ana", text=sentence(1), value={"class": "memo"})
    client, form = client_for(mia), {"name": "Relief kinds (2026)", "task": "document_class"}
    assert "no spaces" in client.get(NEW).text
    for step in ({"see": "1"}, {}):
        page = client.post(NEW, {**form, **step})
        assert page.status_code == 400
        assert "“relief-kinds-2026” would do." in page.text
        assert "This would give" in page.text
    assert not Dataset.objects.exists()
    assert client.post(NEW, {**form, "name": "", "see": "1"}).status_code == 200


def test_the_next_version_begins_with_the_whole_recipe_of_the_newest(
    client_for, give, caller_of, mia, project
) -> None:
    given = {
        "projects": str(project.project.pk),
        "collections": "relief",
        "until": "2100-01-01",
        "split": "0.5/0.2/0.3",
        "seed": "7",
        "bind": "questions",
    }
    version = build_version(caller_of("mia"), "kinds", read_recipe("document_class", given)).version
    client = client_for(mia)
    again = f"{NEW}?again={version.dataset_id}"
    address = reverse("datasets:version", args=[version.dataset_id, 1])
    assert again in client.get(address).text
    page = client.get(again).text
    assert "This would give" in page
    sent = client.post(NEW, Fields(page).found, follow=True).text
    assert "Nothing has changed since that version" in sent
    project.done.final = {"class": "order"}
    project.done.save()
    client.post(NEW, Fields(page).found)
    newest = DatasetVersion.objects.get(number=2)
    assert newest.recipe == version.recipe


def test_the_recipe_of_a_data_set_that_may_not_be_read_is_not_there(
    client_for, give, caller_of, cast
) -> None:
    give("ana", text=sentence(1), value={"class": "memo"}, marking="SECRET//NOFORN")
    version = build_version(caller_of("mia"), "kinds", Recipe("document_class")).version
    cast["ben"].role = "model_owner"
    cast["ben"].save()
    assert client_for(cast["ben"]).get(NEW, {"again": str(version.dataset_id)}).status_code == 404


def test_what_is_not_decided_is_counted_over_what_one_may_read(client_for, caller_of, mia, project) -> None:
    recipe = Recipe("document_class")
    assert undecided_items(caller_of("mia"), recipe) == 2
    assert undecided_items(caller_of("ben"), recipe) == 1
    assert undecided_items(caller_of("mia"), Recipe("document_class", origins=("everyday",))) == 0
    page = client_for(mia).post(NEW, {"task": "document_class", "see": "1"}).text
    assert "2 items of the label projects are left out, because they are not decided yet." in page


def test_why_names_the_projects_by_title_to_those_who_may_see_them(
    client_for, caller_of, mia, rita, project
) -> None:
    recipe = Recipe("document_class", projects=(str(project.project.pk),), origins=("project",))
    version = build_version(caller_of("mia"), "kinds", recipe).version
    address = reverse("datasets:version", args=[version.dataset_id, 1])
    page = client_for(mia).get(address).text
    assert "<dd>Kinds of paper</dd>" in page
    assert str(project.project.pk) not in page
    assert "2 items of its label projects wait for a decision now" in page
    LabelProject.objects.update(text_labels=[label_for("relief", parse_marking("SECRET//HARBOR"))])
    hidden = client_for(rita).get(address).text
    assert "<dd>one that you may not see</dd>" in hidden


def test_a_version_leads_on_to_training_for_those_who_train(client_for, caller_of, give, mia, rita) -> None:
    give("ana", text=sentence(1), value={"class": "memo"})
    version = build_version(caller_of("mia"), "kinds", Recipe("document_class")).version
    address = reverse("datasets:version", args=[version.dataset_id, 1])
    build_version(caller_of("mia"), "later", Recipe("document_class", seed=2))
    link = re.search(r'href="([^"]+)#start">Train on this<', client_for(mia).get(address).text)
    assert link is not None
    led_to = client_for(mia).get(link[1]).text
    assert '<option value="mia/kinds@1" selected>' in led_to
    assert '<option value="mia/later@1">' in led_to
    assert "Train on this" not in client_for(rita).get(address).text


def test_the_banner_of_the_form_covers_what_the_preview_counts(client_for, give, mia) -> None:
    give("ana", text=sentence(1), value={"class": "memo"}, marking="CUI")
    client = client_for(mia)
    banner = re.compile(r'data-marking-banner[^>]*><span class="banner-text">([^<]+)')
    assert set(banner.findall(client.get(NEW).text)) == {"UNCLASSIFIED"}
    seen = client.post(NEW, {"task": "document_class", "see": "1"}).text
    assert "rows</dt><dd>1<" in seen
    assert set(banner.findall(seen)) == {"CUI"}


def test_a_preview_and_a_version_warn_of_what_their_tests_cannot_show(
    client_for, caller_of, give, mia
) -> None:
    for number in range(12):
        give("ana", text=sentence(number), value={"class": "memo"})
    client = client_for(mia)
    seen = client.post(NEW, {"task": "document_class", "split": "0.5/0/0.5", "see": "1"}).text
    assert "6 test rows can hardly prove a gain" in seen
    version = build_version(
        caller_of("mia"), "kinds", Recipe("document_class", split=(1.0, 0.0, 0.0))
    ).version
    address = reverse("datasets:version", args=[version.dataset_id, 1])
    assert "There is no test row" in client.get(address).text
