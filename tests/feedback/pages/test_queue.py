"""The queue, with and without scripts: every answer is kept as it was given, and nothing typed is lost."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.feedback.models import Annotation
from donovan.feedback.projects import ordering
from donovan.feedback.projects.models import Assignment, LabelProject
from donovan.feedback.projects.prelabelling import Prelabel
from tests.feedback.pages.conftest import NAMES, REPORTS, MakeProject

pytestmark = pytest.mark.django_db


def slot_of(person: User, project: LabelProject) -> Assignment:
    return Assignment.objects.get(person=person, item__project=project, state="open")


def give(client: Client, person: User, project: LabelProject, **form: Any) -> Any:
    client.get(f"/labelling/{project.pk}/label/")
    headers = {"HX-Request": "true"} if form.pop("htmx", False) else {}
    address = f"/labelling/{project.pk}/label/{slot_of(person, project).pk}/"
    return client.post(address, {"action": "give", **form}, headers=headers)


def test_a_post_without_scripts_keeps_the_answer_and_leads_to_the_next_item(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project, client = make_project(ana), client_for(ana)
    kept = give(client, ana, project, choice="1")
    assert kept.status_code == 302
    assert kept.url == f"/labelling/{project.pk}/label/"
    assert Annotation.objects.get().value == {"class": "order"}
    assert "2 of 8" in client.get(kept.url).content.decode()


def test_htmx_brings_the_next_item_alone_with_its_marking(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana, marking="SECRET//NOFORN")
    kept = give(client_for(ana), ana, project, choice="0", htmx=True)
    text = kept.content.decode()
    assert text.strip().startswith('<section class="label-work" id="work"')
    assert "<html" not in text
    assert json.loads(kept.headers["HX-Trigger"])["donovan:marking"] == {
        "marking": "SECRET//NOFORN",
        "kind": "s",
    }


@pytest.mark.parametrize(
    ("template", "form", "value"),
    [
        ("relevance", {"choice": "3"}, {"grade": 3}),
        (
            "claim_support",
            {"step-0": "no", "step-1": "yes", "step-2": "yes", "choice": "2"},
            {"verdict": "unsupported"},
        ),
        ("translation", {"quality": "2", "text": "The bridge\r\nis open."}, {"text": "The bridge\nis open."}),
        ("table_cell", {"text": "250"}, {"text": "250"}),
        ("table_cell", {"text": ""}, {"text": ""}),
    ],
)
def test_every_kind_of_answer_is_kept(  # noqa: PLR0917
    make_project: MakeProject,
    ana: User,
    client_for: Callable[[User], Client],
    template: str,
    form: dict[str, str],
    value: dict[str, Any],
) -> None:
    project = make_project(ana, template)
    assert give(client_for(ana), ana, project, **form).status_code == 302
    kept = Annotation.objects.get().value
    assert {name: kept[name] for name in value} == value


def test_two_drafts_stand_in_an_order_that_nobody_foresees_and_the_choice_follows_the_draft(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project, client = make_project(ana, "preference"), client_for(ana)
    for _ in range(4):
        page = client.get(f"/labelling/{project.pk}/label/").content.decode()
        a_stands_first = page.index("of the one.") < page.index("of the other.")
        first = page.split('data-group="choice"')[1].split('value="')[1].split('"')[0]
        give(client, ana, project, choice=first, strength="2", why="It says the day.")
        label = Annotation.objects.latest("pk")
        assert label.value == {
            "preferred": "a" if a_stands_first else "b",
            "strength": 2,
            "why": "It says the day.",
        }


def test_spans_are_marked_without_scripts_and_their_offsets_are_exact(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project, client = make_project(ana, "entities"), client_for(ana)
    page = give(client, ana, project, action="add-span", words="Kessa", **{"span-choice": "2"})
    assert "Kessa</mark>" in page.content.decode()
    sent = page.context["shown"].spans_sent
    page = give(client, ana, project, action="add-span", words="Lamar", spans=sent, **{"span-choice": "2"})
    page = give(client, ana, project, action="remove-span:0", spans=page.context["shown"].spans_sent)
    give(client, ana, project, spans=page.context["shown"].spans_sent)
    (span,) = Annotation.objects.get().value["spans"]
    assert NAMES[span["start"] : span["end"]] == "Lamar"


def test_words_that_are_not_in_the_text_are_refused_and_what_was_marked_stays(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana, "entities")
    sent = json.dumps([{"start": 8, "end": 14, "label": "person"}])
    form = {"action": "add-span", "words": "Narnia", "spans": sent, "span-choice": "2"}
    page = give(client_for(ana), ana, project, **form).content.decode()
    assert "“Narnia” does not stand in the text" in page
    assert "Ivanov</mark>" in page


def test_an_answer_that_is_not_complete_is_refused_with_a_sentence_and_comes_back_as_typed(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ana)
    page = give(client, ana, make_project(ana), htmx=True).content.decode()
    assert "Choose one of the answers first." in page
    page = give(client, ana, make_project(ana, "translation"), text="Half a sentence").content.decode()
    assert "Grade the translation first" in page
    assert "Half a sentence</textarea>" in page
    page = give(client, ana, make_project(ana, "claim_support"), choice="0", htmx=True).content.decode()
    assert "Answer every step, then decide." in page
    assert Annotation.objects.count() == 0


FOREIGN = [
    {"text": text, "source_language": "es", "target_language": "en", "draft": ""}
    for text in ("El puente.", "Está abierto.")
]


class Engine:
    """A translation engine that says one thing."""

    name = "engine of a test"

    def prelabel(self, inputs: Any) -> list[Prelabel]:
        return [Prelabel({"text": "The bridge.", "quality": 3}) for _ in inputs]


def test_a_translation_is_graded_only_where_there_is_one(
    make_project: MakeProject,
    ana: User,
    client_for: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project, client = make_project(ana, "translation", rows=FOREIGN), client_for(ana)
    page = client.get(f"/labelling/{project.pk}/label/").content.decode()
    assert "There is none yet. Write it below." in page
    assert 'name="quality"' not in page
    # The machine comes later. Who has an item open goes on with what they were shown.
    monkeypatch.setattr(ordering, "prelabeller_for", lambda key: Engine())
    ordering._prelabel(project)
    assert "There is none yet" in client.get(f"/labelling/{project.pk}/label/").content.decode()
    assert give(client, ana, project, text="The bridge.").status_code == 302
    page = client.get(f"/labelling/{project.pk}/label/").content.decode()
    assert page.count("The bridge.") == 2
    assert 'name="quality"' in page
    assert "Grade the translation first" in give(client, ana, project, text="It is open.").content.decode()
    give(client, ana, project, text="It is open.", quality="2")
    given = list(Annotation.objects.order_by("pk"))
    assert [label.value["text"] for label in given] == ["The bridge.", "It is open."]
    assert [label.shown["input"]["draft"] for label in given] == ["", "The bridge."]


@pytest.mark.parametrize(
    "spans", ["nonsense", "[1, 2]", '{"a": 1}', '[{"start": 5, "end": 2, "label": "x"}]']
)
def test_forged_spans_are_refused_or_nothing(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client], spans: str
) -> None:
    project = make_project(ana, "entities")
    assert give(client_for(ana), ana, project, spans=spans).status_code in (200, 302)
    assert all(label.value == {"spans": []} for label in Annotation.objects.all())


def test_undo_brings_the_item_back_with_the_answer_chosen(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project, client = make_project(ana), client_for(ana)
    give(client, ana, project, choice="2")
    page = client.post(f"/labelling/{project.pk}/undo/", headers={"HX-Request": "true"}).content.decode()
    assert "Report 1</h2>" in page
    assert 'value="2" data-key="3" checked' in page
    assert Annotation.objects.get().withdrawn_at is not None


def test_supported_beside_a_step_answered_no_is_asked_about_once_and_then_kept(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project, client = make_project(ana, "claim_support"), client_for(ana)
    said = {"step-0": "yes", "step-1": "yes", "step-2": "no", "choice": "0"}
    page = give(client, ana, project, htmx=True, **said).content.decode()
    assert "You answered a step with no" in page and 'name="asked_again"' in page
    assert not Annotation.objects.exists()
    give(client, ana, project, asked_again="1", **said)
    assert Annotation.objects.get().value["verdict"] == "supported"


def test_grades_are_chosen_with_the_figure_that_they_are(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana, "relevance")
    assert [option["key"] for option in project.options] == ["0", "1", "2", "3"]
    page = client_for(ana).get(reverse("projects:queue", args=[project.pk])).content.decode()
    assert 'value="0" data-key="0"' in page and 'value="3" data-key="3"' in page


def test_skipping_needs_a_reason(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project, client = make_project(ana), client_for(ana)
    page = give(client, ana, project, action="skip", htmx=True).content.decode()
    assert "Say why" in page
    give(client, ana, project, action="skip", reason="unclear", note="Which bridge?")
    slot = Assignment.objects.get(state="skipped")
    assert (slot.skip, slot.note) == ("unclear", "Which bridge?")


def test_the_machines_answer_is_shown_only_where_the_project_says_so(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project, client = make_project(ana), client_for(ana)
    project.items.update(prelabel={"class": "message"}, prelabel_model="triage 3")
    assert "The machine says" not in client.get(f"/labelling/{project.pk}/label/").content.decode()
    project.schema["shows_prelabel"] = True
    project.save()
    page = client.get(f"/labelling/{project.pk}/label/").content.decode()
    assert "The machine says: <strong>Message</strong> (triage 3)" in page


def test_the_slot_of_somebody_else_is_not_there(
    make_project: MakeProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana, labellers=[ana, ben])
    client_for(ana).get(f"/labelling/{project.pk}/label/")
    address = f"/labelling/{project.pk}/label/{slot_of(ana, project).pk}/"
    assert client_for(ben).post(address, {"action": "give", "choice": "0"}).status_code == 404
    assert Annotation.objects.count() == 0


def test_what_is_measured_is_the_time_in_sight_and_never_more_than_passed(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project, client = make_project(ana), client_for(ana)
    give(client, ana, project, choice="0", seconds="9999")
    assert Assignment.objects.get(state="done").seconds < 60


def test_an_empty_queue_and_a_paused_project_say_so(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project, client = make_project(ana, rows=REPORTS[:1]), client_for(ana)
    give(client, ana, project, choice="0")
    assert "Nothing is left for you here" in client.get(f"/labelling/{project.pk}/label/").content.decode()
    client.post(f"/labelling/{project.pk}/step/", {"step": "pause"})
    assert "This project is paused" in client.get(f"/labelling/{project.pk}/label/").content.decode()


def test_hostile_words_stay_words(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    rows = [{"title": "<script>one</script>", "text": "</div><img src=x onerror=alert(1)>"}]
    project = make_project(ana, rows=rows, instruction="<b>bold</b> **really** [x](javascript:alert(1))")
    page = client_for(ana).get(f"/labelling/{project.pk}/label/").content.decode()
    assert "<script>one" not in page
    assert "<img src=x" not in page
    assert "<b>bold" not in page
    assert "<strong>really</strong>" in page
    assert 'href="javascript' not in page
