"""From nothing to the first label on one page of steps, and the lists that lead there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.feedback.projects.models import LabelProject
from tests.feedback.pages.conftest import MakeProject, add_items
from tests.feedback.projects.conftest import make_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(ana: User, client_for: Callable[[User], Client]) -> LabelProject:
    client = client_for(ana)
    client.post("/labelling/new/", {"template": "document_class", "title": "Triage", "text_labels": ""})
    return LabelProject.objects.get()


def save(client: Client, project: LabelProject, part: str, **form: Any) -> Any:
    return client.post(f"/labelling/{project.pk}/setup/{part}/", form, follow=True)


def rows(*words: str) -> dict[str, str]:
    form = {"count": str(len(words))}
    for place, one in enumerate(words):
        form |= {
            f"words-{place}": one,
            f"value-{place}": one.lower(),
            f"says-{place}": "",
            f"place-{place}": str(place + 1),
        }
    return form


def test_a_project_is_set_up_from_nothing_to_the_first_label(
    draft: LabelProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ana)
    save(client, draft, "instruction", title="Triage of mail", instruction="Choose **one**.", text_labels="")
    save(client, draft, "answers", **rows("Order", "Other", "", ""))
    save(
        client,
        draft,
        "examples",
        action="add",
        **{"shown-text": "Move at dawn.", "answer": "0", "says": "It tells."},
    )
    file = SimpleUploadedFile("mail.jsonl", b'{"text": "Move at dawn."}\n{"text": "All is well."}\n')
    page = save(client, draft, "items", source="file", file=file, collection="relief", marking="UNCLASSIFIED")
    assert "2 items added." in page.content.decode()
    save(client, draft, "people", action="add", username=["ana", "ben"], role="labeller")
    save(client, draft, "quality", overlap="2", most_people="3", calibration_size="1", gold_percent="0")
    done = client.post(f"/labelling/{draft.pk}/step/", {"step": "calibrate"}, follow=True)
    assert "Calibration has begun" in done.content.decode()
    draft.refresh_from_db()
    assert [(option["key"], option["value"]) for option in draft.options] == [("1", "order"), ("2", "other")]
    assert draft.examples[-1]["value"] == {"class": "order"}
    queue = client_for(ben).get(f"/labelling/{draft.pk}/label/").content.decode()
    assert "calibration" in queue
    assert "<strong>one</strong>" in queue


def test_documents_are_found_by_name_and_ticked(
    ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    open_label = label_for("relief", parse_marking("UNCLASSIFIED"))
    low = make_document("bridge report", "The bridge at Kessa is open.", open_label)
    secret = label_for("relief", parse_marking("SECRET//NOFORN"))
    high = make_document("bridge plan", "The bridge at Kessa will be closed.", secret)
    make_document("ration list", "Flour and rice.", open_label)
    client = client_for(ben)
    client.post("/labelling/new/", {"template": "document_class", "title": "Bridges", "text_labels": ""})
    project = LabelProject.objects.get()

    page = client.get(f"/labelling/{project.pk}/setup/", {"find": "bridge"}).content.decode()
    assert str(low.pk) in page
    assert str(high.pk) not in page
    assert "1 found" in page

    nothing = save(client, project, "items", source="documents")
    assert "Tick at least one document." in nothing.content.decode()
    save(client, project, "items", source="documents", document=[low.pk, high.pk])
    assert [item.document_id for item in project.items.all()] == [low.pk]

    # Whoever may read both is shown both, under the banner of both.
    wide = client_for(ana)
    wide.post("/labelling/new/", {"template": "document_class", "title": "All bridges", "text_labels": ""})
    other = LabelProject.objects.exclude(pk=project.pk).get()
    shown = '<span class="banner-text">SECRET//NOFORN'
    assert shown not in wide.get(f"/labelling/{other.pk}/setup/").content.decode()
    assert shown in wide.get(f"/labelling/{other.pk}/setup/", {"find": "bridge"}).content.decode()


def test_a_file_with_wrong_lines_is_refused_by_their_numbers_and_nothing_is_added(
    draft: LabelProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    file = SimpleUploadedFile("mail.jsonl", b'{"txt": "a"}\n{"text": "Move at dawn."}\n{"txt": "b"}\n')
    page = save(client_for(ana), draft, "items", source="file", file=file, collection="relief", marking="CUI")
    assert page.status_code == 400
    assert "Line 1" in page.content.decode()
    assert "Line 3" in page.content.decode()
    assert draft.items.count() == 0


@pytest.mark.parametrize(
    ("part", "form", "sentence"),
    [
        ("instruction", {"title": "", "instruction": "My long text"}, "Give the project a title"),
        ("answers", {"count": "1", "words-0": "One", "value-0": "one"}, "classes"),
        ("examples", {"action": "add", "answer": "0"}, "Write what is shown"),
        ("items", {"source": "file"}, "No file came with the form"),
        ("people", {"action": "add", "role": "labeller"}, "Choose at least one person"),
        ("quality", {"overlap": "0", "most_people": "3", "calibration_size": "5"}, "whole number from 1"),
        (
            "quality",
            {"overlap": "2", "most_people": "3", "calibration_size": "5", "gold_percent": "80"},
            "from 0 to 50 per cent",
        ),
    ],
)
def test_what_is_wrong_is_said_in_its_step(  # noqa: PLR0917
    draft: LabelProject, ana: User, client_for: Callable[[User], Client], part: str, form: Any, sentence: str
) -> None:  # fmt: skip
    page = save(client_for(ana), draft, part, **form)
    assert page.status_code == 400
    text = page.content.decode()
    assert sentence in text.split(f'id="{part}"')[1].split("</section>")[0]
    if part == "instruction":
        assert "My long text</textarea>" in text


def test_examples_of_spans_are_written_into_the_text(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project, client = make_project(ana, "entities", is_released=False), client_for(ana)
    save(
        client,
        project,
        "examples",
        action="add",
        **{"shown-text": "[Marsh](person) is at the [Orlov bridge](Place)."},
    )
    project.refresh_from_db()
    example = project.examples[-1]
    assert example["input"]["text"] == "Marsh is at the Orlov bridge."
    assert example["value"]["spans"] == [
        {"start": 0, "end": 5, "label": "person"},
        {"start": 16, "end": 28, "label": "place"},
    ]
    page = save(client, project, "examples", action="add", **{"shown-text": "[Marsh](ghost)"})
    assert "There is no class “ghost”" in page.content.decode()
    save(client, project, "examples", action="remove:0")
    project.refresh_from_db()
    assert project.examples == [example]


def test_a_step_that_cannot_be_taken_says_why(
    draft: LabelProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ana)
    for step in ("calibrate", "release", "resume", "no-such-step"):
        page = client.post(f"/labelling/{draft.pk}/step/", {"step": step, "next": "setup"}, follow=True)
        assert "notice--error" in page.content.decode(), step
    gone = client.post(f"/labelling/{draft.pk}/step/", {"step": "delete"}, follow=True)
    assert "The project is deleted" in gone.content.decode()
    assert not LabelProject.objects.exists()


def test_what_was_saved_is_said_in_its_step_and_nowhere_else(
    draft: LabelProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    page = save(client_for(ana), draft, "answers", **rows("Order", "Other")).content.decode()
    assert page.count("The answers are saved.") == 1
    assert "The answers are saved." in page.split('id="answers"')[1].split("</section>")[0]
    refused = client_for(ana).post(
        f"/labelling/{draft.pk}/step/", {"step": "release", "next": "setup"}, follow=True
    )
    assert refused.redirect_chain[-1][0].endswith("/setup/#start")
    assert "nothing to label yet" in refused.content.decode().split('id="start"')[1]


def test_an_owner_is_told_how_much_each_labeller_may_read(
    make_project: MakeProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana, labellers=[ana, ben], is_released=False)
    secret = [{"title": "Kestrel", "text": f"The Kestrel group, number {n}."} for n in range(3)]
    add_items(ana, project, secret, marking="SECRET//NOFORN")
    page = client_for(ana).get(f"/labelling/{project.pk}/setup/").content.decode()
    assert "may read 8 of 11 items" in page
    assert "may read every item" in page
    assert "3 items can be read by fewer than 2 labellers" in page


def test_a_project_is_deleted_only_after_a_second_button(
    draft: LabelProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    page = client_for(ana).get(f"/labelling/{draft.pk}/").content.decode()
    fold = page.split('<details class="sure-step">')[1].split("</details>")[0]
    assert "are lost" in fold
    assert 'value="delete"' in fold
    assert page.count('value="delete"') == 1


def test_known_answers_are_optional_and_new_answers_are_named_as_the_others(
    draft: LabelProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ana)
    page = client.get(f"/labelling/{draft.pk}/setup/").content.decode()
    assert page.split("0 items with a known answer")[0].rsplit("<li>", 1)[1].count(">optional<") == 1
    save(client, draft, "answers", **{**rows("Order", "Other", "Public notice"), "value-2": ""})
    draft.refresh_from_db()
    assert [option["value"] for option in draft.options] == ["order", "other", "public_notice"]


def test_a_new_project_needs_a_template_and_a_title(ana: User, client_for: Callable[[User], Client]) -> None:
    client = client_for(ana)
    page = client.post("/labelling/new/", {"template": "nonsense", "title": "Kept"})
    assert page.status_code == 400
    assert "Choose what is to be labelled" in page.content.decode()
    assert 'value="Kept"' in page.content.decode()
    assert "title" in client.post("/labelling/new/", {"template": "entities", "title": " "}).content.decode()


def test_what_waits_for_me_stands_first_in_the_list(
    make_project: MakeProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    make_project(ana, "relevance", labellers=[ben])
    make_project(ben, "document_class", labellers=[ben])
    page = client_for(ben).get("/labelling/").content.decode()
    waiting, mine = page.split('id="mine-title"')
    assert 'id="waiting-title"' in waiting
    assert "Project of relevance" in waiting
    assert "Project of document_class" in waiting
    assert "Project of document_class" in mine
    assert "Project of relevance" not in mine
    assert "0 of 8 done" in mine
