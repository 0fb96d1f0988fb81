"""The forms of setting up: what classes are called in the data, and what a refused form gives back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.feedback.models import Annotation
from donovan.feedback.projects.models import LabelProject
from donovan.feedback.projects.schema import classes_digest
from tests.feedback.pages.conftest import MakeProject, label_all
from tests.feedback.projects.conftest import make_document

pytestmark = pytest.mark.django_db


def save(client: Client, project: LabelProject, part: str, **form: Any) -> Any:
    return client.post(f"/labelling/{project.pk}/setup/{part}/", form, follow=True)


def sent_rows(project: LabelProject, **words: str) -> dict[str, str]:
    """The form of answers as the page gives it, with new words for some classes by name in the data."""
    form = {"count": str(len(project.options) + 3)}
    for place, option in enumerate(project.options):
        form |= {
            f"words-{place}": words.get(option["value"], option["words"]),
            f"value-{place}": option["value"],
            f"says-{place}": option["says"],
            f"place-{place}": str(place + 1),
        }
    return form


def test_the_name_in_the_data_follows_the_words_until_somebody_has_labelled(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project, client = make_project(ana), client_for(ana)
    form = sent_rows(project, report="Situation report", record="Log") | {"value-4": "rest"}
    page = save(client, project, "answers", **form).content.decode()
    project.refresh_from_db()
    names = ["situation_report", "order", "message", "log", "rest"]
    assert [option["value"] for option in project.options] == names
    assert "1 example says it in the new names" in page
    # A name that somebody chose stays when the words are put right.
    save(client, project, "answers", **sent_rows(project, rest="Anything else"))
    project.refresh_from_db()
    assert project.options[4]["value"] == "rest"

    label_all(ana, project, [{"class": "log"}])
    page = save(client, project, "answers", **sent_rows(project, log="Record")).content.decode()
    project.refresh_from_db()
    assert (project.options[3]["words"], project.options[3]["value"]) == ("Record", "log")
    answers = page.split('id="answers"')[1].split("</section>")[0]
    assert "in the data each class keeps its name" in answers
    assert "<code>log</code>" in answers
    assert 'name="value-3"' not in answers
    refused = save(client, project, "answers", **sent_rows(project, log="", order="Command"))
    answers = refused.content.decode().split('id="answers"')[1].split("</section>")[0]
    assert "“Record” cannot be taken out" in answers
    assert 'value="Command"' in answers


def test_a_choice_among_classes_that_changed_meanwhile_is_not_taken_for_another(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project, client = make_project(ana), client_for(ana)
    page = client.get(f"/labelling/{project.pk}/label/").content.decode()
    action = page.split('<form class="label-form" method="post" action="')[1].split('"')[0]
    seen = page.split('name="classes" value="')[1].split('"')[0]
    form = sent_rows(project) | {"place-0": "2", "place-1": "1"}
    save(client, project, "answers", **form)
    client.post(action, {"choice": "0", "classes": seen, "action": "give"})
    assert not Annotation.objects.exists()
    project.refresh_from_db()
    client.post(action, {"choice": "0", "classes": classes_digest(project), "action": "give"})
    assert Annotation.objects.get().value == {"class": "order"}


TYPED: list[tuple[str, str, dict[str, Any], list[str], str]] = [
    (
        "document_class",
        "answers",
        {"count": "8", "words-0": "One", "says-0": "Why one", "words-7": "one", "value-7": "eighth"},
        ['value="One"', 'value="Why one"', 'value="eighth"'],
        "words-7",
    ),
    (
        "claim_support",
        "answers",
        {
            "steps": "Is it so?\n" * 13,
            "count": "2",
            **{"words-0": "Yes", "value-0": "supported", "words-1": "In part", "value-1": "partly"},
        },
        ["Is it so?\nIs it so?", 'value="In part"'],
        "steps",
    ),
    (
        "entities",
        "examples",
        {"action": "add", "shown-text": "[Marsh](ghost)", "says": "Nobody"},
        ["[Marsh](ghost)</textarea>", 'value="Nobody"', "<details open>"],
        "shown-text",
    ),
    (
        "translation",
        "examples",
        {"action": "add", "answer": "It is open.", "quality": "4", "says": "So"},
        ["It is open.</textarea>", "<option selected>4</option>", 'value="So"'],
        "shown-text",
    ),
    (
        "document_class",
        "quality",
        {
            **{"overlap": "3", "most_people": "2", "calibration_size": "7"},
            **{"gold_percent": "12", "shows_prelabel": "1"},
        },
        ['value="3"', 'value="2"', 'value="7"', 'value="12"', 'name="shows_prelabel" value="1" checked'],
        "most_people",
    ),
    (
        "preference",
        "quality",
        {"overlap": "two", "most_people": "4", "calibration_size": "7", "gold_percent": "1"},
        ['value="two"', 'name="asks_why" value="1">'],
        "overlap",
    ),
    (
        "relevance",
        "items",
        {"source": "search", "question": "Which bridge?", "most": "many"},
        ['value="Which bridge?"', 'value="many"'],
        "most-search",
    ),
    (
        "document_class",
        "items",
        {"source": "file", "collection": "relief", "marking": "SECRT"},
        ['value="SECRT"', '<option value="relief" selected>'],
        "file",
    ),
    (
        "document_class",
        "people",
        {"action": "add", "role": "reviewer"},
        ['value="reviewer" selected'],
        "username",
    ),
]


@pytest.mark.parametrize(("template", "part", "form", "typed", "field"), TYPED)
def test_a_refused_form_gives_back_what_was_typed_with_the_error_beside_the_field(  # noqa: PLR0917
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client],
    template: str, part: str, form: dict[str, Any], typed: list[str], field: str,
) -> None:  # fmt: skip
    project = make_project(ana, template, rows=[], is_released=False)
    page = save(client_for(ana), project, part, **form)
    assert page.status_code == 400
    section = page.content.decode().split(f'<section class="panel" id="{part}"')[1].split("</section>")[0]
    for words in typed:
        assert words in section, words
    assert f'id="wrong-{field}"' in section
    assert f'href="#wrong-{field}"' in section
    wrong = [tag for tag in section.split("<") if "aria-invalid" in tag]
    assert len(wrong) == 1
    assert f"wrong-{field}" in wrong[0]
    # Every other step stands as it is kept, and nothing was changed.
    assert page.content.decode().count("aria-invalid") == 1
    kept = LabelProject.objects.get(pk=project.pk)
    assert (kept.options, kept.examples, kept.overlap) == (project.options, project.examples, project.overlap)


def test_documents_that_were_found_stay_when_none_was_ticked(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    draft = make_project(ana, rows=[], is_released=False)
    make_document("bridge report", "The bridge is open.", label_for("relief", parse_marking("UNCLASSIFIED")))
    page = save(client_for(ana), draft, "items", source="documents", find="bridge").content.decode()
    assert "bridge report" in page
    assert 'id="wrong-document"' in page
