"""Setting a project up, calibrating it, adding items: who may, and what others learn of it."""

import json

import pytest

from donovan.audit.models import AuditRecord
from donovan.feedback.models import Annotation
from donovan.feedback.projects import (
    agreement,
    calibration,
    items,
    labeller_quality,
    members,
    ordering,
    samples,
    selectors,
    services,
    tending,
    watching,
)
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.labelling import give_label, next_item, skip
from donovan.feedback.projects.models import LabelProject, ProjectItem
from donovan.feedback.projects.templates_of_tasks import TEMPLATES
from donovan.feedback.shapes import TASKS, check_value
from donovan.library.errors import NotFoundHere
from ingest import services as ingest_services
from tests.feedback.projects.conftest import SECRET_TEXTS, item_about, make_document

pytestmark = pytest.mark.django_db

REPORT, ORDER = {"class": "report"}, {"class": "order"}


@pytest.mark.parametrize("key", TEMPLATES)
def test_every_template_makes_a_project_whose_examples_fit_its_task(key, ana, called):
    project = services.create_project(called(ana), template=key, title=f"  {key}  ")
    assert project.task in TASKS
    assert project.instruction
    keys = "0123" if key == "relevance" else "123456789"
    assert [option["key"] for option in project.options] == list(keys)[: len(project.options)]
    for example in project.examples:
        assert check_value(project.task, example["input"], example["value"]) == example["value"]


def test_administrators_own_no_project_and_unknown_templates_do_not_exist(ada, ana, called):
    with pytest.raises(NotFoundHere):
        services.create_project(called(ada), template="document_class", title="x")
    with pytest.raises(NotFoundHere):
        services.create_project(called(ana), template="poems", title="x")


def test_owner_changes_everything_until_labels_exist(draft, ana, rita, called):
    classes = [{"words": "Paper"}, {"words": "Public letter", "says": "from one to all"}]
    changed = services.change_project(
        called(ana),
        draft.pk,
        title="Papers and letters",
        instruction="Choose.",
        options=classes,
        examples=[{"input": {"text": "Dear all"}, "value": {"class": "public_letter"}}],
        overlap="2",
        gold_share="0.2",
    )
    assert [(option["key"], option["value"]) for option in changed.options] == [
        ("1", "paper"),
        ("2", "public_letter"),
    ]
    services.release(called(ana), draft.pk)
    give_label(called(rita), next_item(called(rita), draft.pk).pk, {"class": "public_letter"})
    with pytest.raises(ProjectError, match="kept already"):
        services.change_project(called(ana), draft.pk, options=[{"words": "Other"}, {"words": "Paper"}])
    services.change_project(called(ana), draft.pk, options=[*classes, {"words": "Map"}])
    with pytest.raises(ProjectError, match="never lost"):
        services.delete_project(called(ana), draft.pk)
    assert AuditRecord.objects.filter(action="label project", actor="ana").count() >= 8


@pytest.mark.parametrize(
    "change",
    [
        {"title": " "},
        {"overlap": 0},
        {"overlap": 9},
        {"gold_share": "lots"},
        {"options": [{"words": "one"}]},
        {"examples": [{"input": {}, "value": {"class": "report"}}]},
        {"owner": 3},
        {"schema": {"poetry": True}},
        {"text_labels": ["relief:TOP SECRET"]},
    ],
)
def test_settings_that_cannot_be_right_are_refused_in_words(draft, ana, called, change):
    with pytest.raises(ProjectError) as refused:
        services.change_project(called(ana), draft.pk, **change)
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize("outsider", ["chloe", "omar", "ada"])
def test_project_does_not_exist_for_who_has_no_part_in_it(draft, outsider, request, called):
    caller = called(request.getfixturevalue(outsider))
    assert selectors.projects_of(caller) == []
    for act in (
        lambda: selectors.project_of(caller, draft.pk),
        lambda: services.change_project(caller, draft.pk, title="mine"),
        lambda: services.release(caller, draft.pk),
        lambda: items.add_collection(caller, draft.pk, "relief"),
        lambda: members.add_member(caller, draft.pk, username="chloe", role="labeller"),
        lambda: calibration.calibration_report(caller, draft.pk),
        lambda: agreement.agreement_of(caller, draft.pk),
        lambda: labeller_quality.qualities(caller, draft.pk),
        lambda: selectors.project_of(caller, "nonsense"),
    ):
        with pytest.raises(NotFoundHere):
            act()


@pytest.mark.parametrize("member", ["ben", "rita", "mia"])
def test_members_do_not_do_what_is_the_owners(draft, member, request, called):
    caller = called(request.getfixturevalue(member))
    assert selectors.project_of(caller, draft.pk) == draft
    for act in (
        lambda: services.change_project(caller, draft.pk, title="mine"),
        lambda: services.start_calibration(caller, draft.pk),
        lambda: members.pause_member(caller, draft.pk, username="ben", is_paused=True),
        lambda: items.mark_gold(caller, draft.items.first().pk, REPORT),
        lambda: labeller_quality.qualities(caller, draft.pk),
    ):
        with pytest.raises(NotFoundHere):
            act()


def test_project_written_from_secret_text_is_hidden_from_who_may_not_read_it(draft, ana, ben, world, called):
    services.change_project(called(ana), draft.pk, text_labels=[world.high])
    assert selectors.projects_of(called(ben)) == []
    with pytest.raises(NotFoundHere):
        selectors.project_of(called(ben), draft.pk)


def test_owner_adds_only_what_they_may_read_and_nothing_twice(ana, ben, world, called):
    project = services.create_project(called(ben), template="document_class", title="Mine")
    ids = [document.pk for document in [*world.low_documents, *world.high_documents]]
    assert items.add_documents(called(ben), project.pk, ids).items == 3
    assert items.add_collection(called(ben), project.pk, "relief").doubles == 3
    project.refresh_from_db()
    assert project.marking == "UNCLASSIFIED"
    assert items.add_collection(called(ben), project.pk, "nowhere").sentence == "Nothing was found to add."


def test_file_brings_items_and_known_answers_under_its_marking(draft, ana, ben, called):
    lines = [
        json.dumps({"text": "Move the pumps at once.", "title": "a"}),
        json.dumps({"input": {"text": "All is quiet."}, "gold": REPORT}),
    ]
    added = items.add_file(
        called(ana),
        draft.pk,
        name="more.jsonl",
        content="\n".join(lines).encode(),
        collection="relief",
        marking="SECRET",
    )
    assert added.items == 2
    assert draft.items.get(is_gold=True).final == REPORT
    assert draft.items.filter(marking="SECRET").count() == 2
    table = b"title,text,gold\nb,Send tents,Order\n"
    told = {"name": "x.csv", "collection": "relief", "marking": "UNCLASSIFIED"}
    assert items.add_file(called(ana), draft.pk, content=table, **told).items == 1
    assert draft.items.filter(is_gold=True, final=ORDER).count() == 1
    for content, words in ((b"text\n\xff", "UTF-8"), (b"", "no items"), (b"title\nx\n", "Line 2")):
        with pytest.raises(ProjectError, match=words):
            items.add_file(called(ana), draft.pk, content=content, **told)
    with pytest.raises(ProjectError, match="may add to"):
        items.add_file(called(ana), draft.pk, content=table, **{**told, "marking": "TOP SECRET"})


def test_calibration_shows_what_is_confused_before_the_rest_is_given_out(draft, ana, ben, rita, called):
    services.change_project(called(ana), draft.pk, calibration_size=3, overlap=2, gold_share=0)
    services.start_calibration(called(ana), draft.pk)
    # Only items that most labellers may read are calibrated on, so that they can be compared.
    assert set(draft.items.filter(is_calibration=True).values_list("marking", "wanted")) == {
        ("UNCLASSIFIED", 3)
    }
    says = {"ana": REPORT, "ben": ORDER, "rita": REPORT}
    for person in (ana, ben, rita):
        while (slot := next_item(called(person), draft.pk)) is not None:
            is_maps = "maps" in slot.item.input["text"]
            give_label(called(person), slot.pk, REPORT if is_maps else says[person.username])
    report = calibration.calibration_report(called(ana), draft.pk)
    assert (report.given, report.expected, report.round) == (9, 9, 1)
    assert [round(item.agreement, 2) for item in report.items] == [0.33, 0.33, 1.0]
    assert (report.confusions[0].one, report.confusions[0].other, report.confusions[0].times) == (
        "Order",
        "Report",
        2,
    )
    assert "Order" in report.advice
    services.change_project(called(ana), draft.pk, instruction="An order tells somebody to act.")
    services.start_calibration(called(ana), draft.pk)
    assert Annotation.objects.filter(withdrawn_at=None).count() == 0
    assert calibration.calibration_report(called(ana), draft.pk).given == 0
    skip(called(ben), next_item(called(ben), draft.pk).pk, "unclear")
    assert "unclear" in calibration.calibration_report(called(ana), draft.pk).advice
    for person in (ana, rita):
        while (slot := next_item(called(person), draft.pk)) is not None:
            give_label(called(person), slot.pk, REPORT)
    services.release(called(ana), draft.pk)
    assert draft.items.filter(is_calibration=True, final=REPORT).count() == 3
    assert draft.items.filter(state="waiting").count() == 0


def test_who_joins_while_everybody_calibrates_gets_the_same_items(draft, ana, cast, called):
    mia = cast["mia"]
    services.change_project(called(ana), draft.pk, calibration_size=3, overlap=2, gold_share=0)
    services.start_calibration(called(ana), draft.pk)
    for person in (ana, cast["ben"], cast["rita"]):
        while (slot := next_item(called(person), draft.pk)) is not None:
            give_label(called(person), slot.pk, REPORT)
    members.add_member(called(ana), draft.pk, username="mia", role="labeller")
    seen = []
    while (slot := next_item(called(mia), draft.pk)) is not None:
        draft.refresh_from_db()
        assert selectors.own_progress(called(mia), draft).left == 3 - len(seen)
        give_label(called(mia), slot.pk, REPORT)
        seen.append(slot.item_id)
    assert len(seen) == 3
    services.release(called(ana), draft.pk)
    assert draft.items.filter(is_calibration=True, final=REPORT).count() == 3


def test_people_who_agree_against_the_known_answers_are_not_released(draft, ana, ben, rita, called):
    services.change_project(called(ana), draft.pk, calibration_size=3, overlap=2)
    for item in draft.items.filter(marking="UNCLASSIFIED"):
        items.mark_gold(called(ana), item.pk, ORDER)
    services.start_calibration(called(ana), draft.pk)
    for person in (ana, ben, rita):
        while (slot := next_item(called(person), draft.pk)) is not None:
            give_label(called(person), slot.pk, REPORT)
    report = calibration.calibration_report(called(ana), draft.pk)
    assert (report.agreement, report.gold_right, report.next_step) == (1.0, 0.0, "")
    assert "not with the known answers" in report.advice
    assert report.waits_for_owner


def test_an_item_that_is_left_out_can_be_taken_in_again(running, ana, ben, rita, called):
    bridges, convoy = item_about(running, "bridges"), item_about(running, "convoy")
    give_label(called(rita), next_item(called(rita), running.pk).pk, REPORT)
    for item in (bridges, convoy):
        before = ProjectItem.objects.get(pk=item.pk).state
        assert items.leave_out(called(ana), item.pk).state == "left_out"
        assert items.take_in(called(ana), item.pk).state == before == "open"
    with pytest.raises(ProjectError, match="not left out"):
        items.take_in(called(ana), bridges.pk)
    with pytest.raises(NotFoundHere):
        items.take_in(called(ben), convoy.pk)
    done = item_about(running, "maps")
    ProjectItem.objects.filter(pk=done.pk).update(state="done", final=REPORT)
    items.leave_out(called(ana), done.pk)
    assert items.take_in(called(ana), done.pk).state == "done"


def test_known_answers_of_a_file_may_be_the_class_or_the_text_alone(ana, called):
    told = {"name": "x.jsonl", "collection": "relief", "marking": "UNCLASSIFIED"}
    classes = services.create_project(called(ana), template="document_class", title="Classes")
    lines = b'{"text": "Move at dawn.", "gold": "Order"}\n{"text": "All is quiet.", "gold": null}'
    assert items.add_file(called(ana), classes.pk, content=lines, **told).items == 2
    assert classes.items.get(is_gold=True).final == ORDER
    with pytest.raises(
        ProjectError, match="Line 1: The known answer “poem” is none of report, order"
    ) as refused:
        items.add_file(called(ana), classes.pk, content=b'{"text": "x", "gold": "poem"}', **told)
    assert refused.value.field == "file"
    grades = services.create_project(called(ana), template="relevance", title="Grades")
    line = b'{"question": "When?", "passage": "Never.", "gold": 0}'
    items.add_file(called(ana), grades.pk, content=line, **told)
    assert grades.items.get().final == {"grade": 0}
    spans = services.create_project(called(ana), template="entities", title="Spans")
    with pytest.raises(ProjectError, match="each span with start, end and label"):
        items.add_file(called(ana), spans.pk, content=b'{"text": "Kessa", "gold": "place"}', **told)


@pytest.mark.parametrize("key", TEMPLATES)
def test_the_samples_of_a_file_are_files_that_are_taken(key, ana, called):
    told = {"collection": "relief", "marking": "UNCLASSIFIED"}
    project = services.create_project(called(ana), template=key, title="Sample")
    lines = samples.json_sample(project).encode()
    assert items.add_file(called(ana), project.pk, name="x.jsonl", content=lines, **told).items == 2
    assert project.items.filter(is_gold=True).count() == 1
    table = samples.csv_sample(project).encode()
    if table:
        twin = services.create_project(called(ana), template=key, title="The same")
        assert items.add_file(called(ana), twin.pk, name="x.csv", content=table, **told).items == 2
        rows = [list(one.items.order_by("ordinal").values_list("input", "gold")) for one in (project, twin)]
        assert rows[0] == rows[1]


def test_calibration_needs_two_people_and_something_to_label(ana, called):
    project = services.create_project(called(ana), template="relevance", title="Empty")
    with pytest.raises(ProjectError, match="two labellers"):
        services.start_calibration(called(ana), project.pk)
    with pytest.raises(ProjectError, match="nothing to label"):
        services.release(called(ana), project.pk)


def test_near_duplicates_are_labelled_once_and_take_the_answer_over(draft, cast, world, called):
    ana, ben, rita = cast["ana"], cast["ben"], cast["rita"]
    long = " ".join(f"word{n} of the long report on roads and bridges" for n in range(40))
    twin = make_document("twin a", long, world.low), make_document("twin b", long + " end.", world.low)
    hidden = make_document("twin c", long + " END", world.high)
    items.add_documents(called(ana), draft.pk, [*(one.pk for one in twin), hidden.pk])
    assert ordering._gather_duplicates(draft) == 1
    copy = draft.items.get(copy_of__isnull=False)
    # One under other access labels stays an item of its own: nothing may pass from one to the other.
    assert copy.marking == "UNCLASSIFIED"
    assert copy.group == copy.copy_of.group
    services.change_project(called(ana), draft.pk, gold_share=0)
    services.release(called(ana), draft.pk)
    for person in (ben, rita):
        while (slot := next_item(called(person), draft.pk)) is not None:
            assert slot.item.pk != copy.pk
            give_label(called(person), slot.pk, REPORT)
    copy.refresh_from_db()
    assert (copy.state, copy.final, copy.final_how) == ("done", REPORT, "copied")
    assert selectors.progress_of(called(ana), draft).copies == 1


def test_worker_orders_each_set_of_access_labels_by_itself(running, ana, called):
    before = ordering._labelled(running, {running.labels[0]})
    tending.tend_all()
    running.refresh_from_db()
    assert before == []
    assert not running.needs_ordering
    first = item_about(running, "convoy"), item_about(running, "bridges")
    assert all(item.why_now for item in first)
    # The first of each set stands first, however many there are in the other.
    assert ProjectItem.objects.filter(project=running, priority=1.0).count() == 2


@pytest.mark.parametrize("part", ["_gather_duplicates", "_look_after"])
def test_what_a_project_rang_for_is_done_by_the_next_worker_when_one_is_killed(running, monkeypatch, part):
    """The ring was taken back before the work, and whoever was killed in between had lost it."""

    def killed(_project):
        raise SystemExit

    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(ordering if part == "_gather_duplicates" else watching, part, killed)
        tending.tend_all()
    assert tending.tend_all() == 1
    running.refresh_from_db()
    assert running.ordered_at and running.looked_at
    assert all(item_about(running, words).why_now for words in ("convoy", "bridges"))
    assert tending.tend_all() == 0


def test_standing_shows_ones_own_and_the_owner_sees_all(running, ana, ben, rita, called):
    for person in (ben, rita):
        while (slot := next_item(called(person), running.pk)) is not None:
            give_label(called(person), slot.pk, REPORT)
    own = labeller_quality.own_quality(called(ben), running.pk)
    assert (own.labels, own.agreement, own.known_right) == (3, 1.0, None)
    everybody = {one.person: one for one in labeller_quality.qualities(called(ana), running.pk)}
    assert (everybody["rita"].labels, everybody["ben"].labels, everybody["ana"].labels) == (5, 3, 0)
    ProjectItem.objects.filter(marking="SECRET//NOFORN").delete()
    assert labeller_quality.own_quality(called(ben), running.pk) == own


def test_relabelled_document_takes_its_items_out_of_reach_at_once(running, ben, world, called):
    slot = next_item(called(ben), running.pk)
    ingest_services.relabel(slot.item.document_id, world.high)
    assert slot.item not in selectors.readable_items(called(ben), running)
    with pytest.raises(NotFoundHere):
        give_label(called(ben), slot.pk, REPORT)


def test_relabelled_document_takes_what_was_said_of_it_out_of_every_figure(running, ben, rita, world, called):
    for person in (ben, rita):
        while (slot := next_item(called(person), running.pk)) is not None:
            give_label(called(person), slot.pk, REPORT)

    def counted(person):
        said = agreement.labels_by_item(called(person), running)
        return len(said), labeller_quality.own_quality(called(person), running.pk).labels

    assert (counted(ben), counted(rita)) == ((3, 3), (5, 5))
    ingest_services.relabel(world.low_documents[0].pk, world.high)
    assert (counted(ben), counted(rita)) == ((2, 2), (5, 5))


def test_texts_of_secret_items_are_in_no_record(draft, ana):
    told = json.dumps(list(AuditRecord.objects.values_list("detail", flat=True)))
    assert not any(text[:20] in told for text in SECRET_TEXTS)
    assert LabelProject.objects.get(pk=draft.pk).labels == sorted(draft.labels)
