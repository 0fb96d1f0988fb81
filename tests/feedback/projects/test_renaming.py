"""What a class is called in the data, and what goes with it until somebody has labelled."""

import pytest

from donovan.feedback.projects import items, ordering, services
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.labelling import give_label, next_item
from donovan.feedback.projects.models import ProjectItem
from donovan.feedback.projects.renaming import in_classes, labels_are_kept

pytestmark = pytest.mark.django_db

REPORT, ORDER = {"class": "report"}, {"class": "order"}


def rows_of(project, **words):
    """The classes as a form sends them; `words` are new ones by old value, None takes one out."""
    rows = [
        {**option, "was": option["value"], "words": words.get(option["value"], option["words"])}
        for option in project.options
    ]
    return [{**row, "value": "" if row["was"] in words else row["value"]} for row in rows if row["words"]]


def test_known_answers_and_examples_go_with_a_class_that_is_renamed(draft, ana, called):
    known = draft.items.first()
    items.mark_gold(called(ana), known.pk, ORDER)
    rows = rows_of(draft, report="Situation report", order="Report")
    changed = services.change_project(called(ana), draft.pk, options=rows)
    # What was a report is one no more, and what was an order is called so now: the names do not run together.
    assert [option["value"] for option in changed.options][:2] == ["situation_report", "report"]
    assert changed.examples[0]["value"] == {"class": "situation_report"}
    known.refresh_from_db()
    assert (known.gold, known.final) == (REPORT, REPORT)


def test_a_class_goes_with_its_examples_but_not_with_a_known_answer(draft, ana, called):
    items.mark_gold(called(ana), draft.items.first().pk, ORDER)
    with pytest.raises(ProjectError, match="1 known answer is of a class that you take out") as refused:
        services.change_project(called(ana), draft.pk, options=rows_of(draft, order=None))
    assert refused.value.field == "options"
    changed = services.change_project(called(ana), draft.pk, options=rows_of(draft, report=None))
    assert changed.examples == []
    # A new class by the name of one that is gone is another class.
    new = [*rows_of(changed, order="Command"), {"words": "Order", "was": None}]
    services.change_project(called(ana), draft.pk, options=new)
    assert draft.items.get(is_gold=True).gold == {"class": "command"}


def test_names_in_the_data_stay_once_something_is_labelled(running, ana, rita, called):
    assert not labels_are_kept(running)
    give_label(called(rita), next_item(called(rita), running.pk).pk, REPORT)
    assert labels_are_kept(running)
    with pytest.raises(ProjectError, match="kept already") as refused:
        services.change_project(called(ana), running.pk, options=rows_of(running, order="Command"))
    assert refused.value.row == 1
    rows = [{**option, "words": option["words"].upper()} for option in running.options]
    changed = services.change_project(called(ana), running.pk, options=rows)
    assert [(option["value"], option["words"]) for option in changed.options][1] == ("order", "ORDER")


def test_a_decision_without_labels_keeps_the_names_too(running):
    ProjectItem.objects.filter(pk=running.items.first().pk).update(final=ORDER, state="done")
    assert labels_are_kept(running)


def test_recognisers_go_on_marking_a_class_that_is_called_otherwise_now(ana, called):
    project = services.create_project(called(ana), template="entities", title="Names")
    item = ProjectItem.objects.create(
        project=project,
        ordinal=1,
        input={"text": "Colonel Ivanov left Kessa on 12 March 2026."},
        marking="UNCLASSIFIED",
        prelabel={"spans": [{"start": 8, "end": 14, "label": "person"}]},
        prelabel_model="entity recognisers",
    )
    rows = rows_of(project, person="Somebody", date=None)
    project = services.change_project(called(ana), project.pk, options=rows)
    assert project.options[0]["value"] == "somebody"
    item.refresh_from_db()
    assert item.prelabel is None
    said = {"spans": [{"start": 8, "end": 14, "label": "person"}, {"start": 29, "end": 42, "label": "date"}]}
    assert in_classes(project, said) == {"spans": [{"start": 8, "end": 14, "label": "somebody"}]}
    # And once more: what the recognisers say is remembered through a second new name.
    project = services.change_project(called(ana), project.pk, options=rows_of(project, somebody="Human"))
    assert in_classes(project, said) == {"spans": [{"start": 8, "end": 14, "label": "human"}]}
    ordering._prelabel(project)
    item.refresh_from_db()
    labels = {span["label"] for span in item.prelabel["spans"]}
    assert labels <= {option["value"] for option in project.options}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"words": "Paper"}, {"words": "paper"}], "Two classes are called “paper”."),
        ([{"words": "Paper", "value": "x"}, {"words": "Map", "value": "x"}], "both called “x” in the data"),
    ],
)
def test_two_classes_of_one_name_are_refused_at_the_second(draft, ana, called, rows, sentence):
    with pytest.raises(ProjectError, match=sentence) as refused:
        services.change_project(called(ana), draft.pk, options=rows)
    assert (refused.value.field, refused.value.row) == ("options", 1)
