"""One item, one answer, the next: who is given what, blindly, once, and in turn."""

import pytest

from donovan.audit.models import AuditRecord
from donovan.feedback.models import Annotation
from donovan.feedback.projects import labelling, ordering, selectors, services
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.labelling import give_label, next_item, skip, undo
from donovan.feedback.projects.models import Assignment, ProjectItem
from donovan.feedback.projects.prelabelling import Prelabel
from donovan.library.errors import NotFoundHere
from tests.feedback.projects.conftest import item_about

pytestmark = pytest.mark.django_db

REPORT, ORDER = {"class": "report"}, {"class": "order"}


def label_all(caller, project, value=REPORT) -> list[ProjectItem]:
    seen = []
    while (slot := next_item(caller, project.pk)) is not None:
        give_label(caller, slot.pk, value)
        seen.append(slot.item)
    return seen


def test_labeller_is_given_only_what_they_may_read_and_each_item_once(running, ben, rita, called):
    bens = label_all(called(ben), running)
    assert len(bens) == len({item.pk for item in bens}) == 3
    assert {item.marking for item in bens} == {"UNCLASSIFIED"}
    assert len(label_all(called(rita), running)) == 5


def test_label_keeps_what_was_shown_its_marking_and_the_time_taken(running, rita, called):
    slot = next_item(called(rita), running.pk)
    label = give_label(called(rita), slot.pk, ORDER, seconds=1e9)
    assert label.input == slot.item.input
    assert (label.task, label.value, label.origin) == ("document_class", ORDER, "project")
    assert label.marking == slot.item.marking
    assert label.documents == [str(slot.item.document_id)]
    assert 0 <= label.seconds < 60
    assert AuditRecord.objects.filter(action="label", actor="rita").count() == 1


def test_asking_twice_gives_the_same_open_item(running, rita, called):
    assert next_item(called(rita), running.pk) == next_item(called(rita), running.pk)
    assert Assignment.objects.count() == 1


class ReadsOrdersOnly:
    """A model that has no answer to most items, as one has none in a language that it does not read."""

    name = "reads orders@1"

    def prelabel(self, inputs):
        return [Prelabel(ORDER, 0.9) if one["text"].startswith("Order") else None for one in inputs]


def test_items_that_the_model_cannot_answer_do_not_keep_it_from_those_behind_them(
    running, ana, called, monkeypatch
):
    monkeypatch.setattr(ordering, "prelabeller_for", lambda key: ReadsOrdersOnly())
    monkeypatch.setattr(ordering, "PRELABELLED_AT_ONCE", 2)
    answered = []
    for _ in range(3):
        answered.append(ordering.prepare(running.pk).prelabelled)
        running.refresh_from_db()
        answered.append(running.needs_ordering)
    assert answered == [0, True, 1, True, 0, False]
    assert item_about(running, "convoy").prelabel == ORDER
    # Other classes are another question: all of them are asked about again.
    services.change_project(called(ana), running.pk, options=[{"words": "Order"}, {"words": "Other"}])
    assert set(running.items.values_list("asked_model", flat=True)) == {""}


def test_overlap_is_the_number_of_people_asked(running, ana, ben, rita, called):
    for person in (ben, rita, ana):
        label_all(called(person), running)
    assert set(running.items.values_list("given", flat=True)) == {2}
    assert set(running.items.values_list("state", "final_how")) == {("done", "agreed")}


def test_last_slot_goes_to_one_person_alone(running, ana, ben, rita, called):
    item = item_about(running, "maps")
    ProjectItem.objects.exclude(pk=item.pk).update(state="left_out")
    ProjectItem.objects.filter(pk=item.pk).update(wanted=1)
    # Both looked when the slot was free; the claim decides.
    free = labelling._candidates(called(ben), running), labelling._candidates(called(rita), running)
    assert [len(found) for found in free] == [1, 1]
    assert labelling._claim(called(ben), running, free[0][0]) is not None
    assert labelling._claim(called(rita), running, free[1][0]) is None
    item.refresh_from_db()
    assert (item.taken, item.wanted) == (1, 1)


def test_slot_that_is_not_answered_goes_back_and_a_late_answer_counts_only_if_it_is_free(
    running, ben, rita, called
):
    slot = next_item(called(ben), running.pk)
    Assignment.objects.filter(pk=slot.pk).update(until="2020-01-01T00:00Z")
    assert labelling.give_back_lapsed(running) == 1
    give_label(called(ben), slot.pk, REPORT)
    other = next_item(called(rita), running.pk)
    Assignment.objects.filter(pk=other.pk).update(until="2020-01-01T00:00Z")
    labelling.give_back_lapsed(running)
    ProjectItem.objects.filter(pk=other.item_id).update(taken=2)
    with pytest.raises(ProjectError, match="somebody else"):
        give_label(called(rita), other.pk, REPORT)


def test_nobody_else_answers_for_a_labeller_and_nobody_outside_gets_an_item(running, cast, called):
    slot = next_item(called(cast["rita"]), running.pk)
    for name in ("ben", "chloe", "omar", "ada"):
        with pytest.raises(NotFoundHere):
            give_label(called(cast[name]), slot.pk, REPORT)
    for name in ("chloe", "omar", "ada"):
        with pytest.raises(NotFoundHere):
            next_item(called(cast[name]), running.pk)


def test_labeller_who_lost_the_clearance_cannot_answer_what_was_given_before(running, rita, called):
    ProjectItem.objects.filter(marking="UNCLASSIFIED").update(state="left_out")
    slot = next_item(called(rita), running.pk)
    rita.clearance = "UNCLASSIFIED"
    rita.save()
    with pytest.raises(NotFoundHere):
        give_label(called(rita), slot.pk, REPORT)
    assert next_item(called(rita), running.pk) is None


def test_answer_outside_the_classes_is_refused_in_words(running, rita, called):
    slot = next_item(called(rita), running.pk)
    with pytest.raises(ProjectError, match="none of the classes"):
        give_label(called(rita), slot.pk, {"class": "poem"})
    with pytest.raises(ProjectError, match="must be a text"):
        give_label(called(rita), slot.pk, {"class": 3})


def test_skipped_item_goes_to_others_and_two_skips_to_an_adjudicator(running, ana, rita, called):
    slot = next_item(called(rita), running.pk)
    with pytest.raises(ProjectError, match="Say why"):
        skip(called(rita), slot.pk, "bored")
    skip(called(rita), slot.pk, "cannot_tell", note="two kinds in one")
    assert next_item(called(rita), running.pk).item != slot.item
    slot.item.refresh_from_db()
    assert (slot.item.state, slot.item.taken) == ("open", 0)
    Assignment.objects.create(item=slot.item, person=ana, until="2030-01-01T00:00Z")
    skip(called(ana), Assignment.objects.get(person=ana, item=slot.item).pk, "unclear")
    slot.item.refresh_from_db()
    assert slot.item.state == "adjudication"


def test_undo_opens_the_last_item_again_and_withdraws_its_label(running, ben, rita, called):
    first = next_item(called(rita), running.pk)
    give_label(called(rita), first.pk, REPORT)
    again = undo(called(rita), running.pk)
    assert again.item == first.item
    assert next_item(called(rita), running.pk) == again
    assert Annotation.objects.get().withdrawn_at is not None
    give_label(called(rita), again.pk, ORDER)
    first.item.refresh_from_db()
    assert (first.item.given, first.item.taken) == (1, 1)
    assert undo(called(ben), running.pk) is None


def test_undo_takes_back_an_agreement_but_not_a_decision(running, ana, rita, ben, called):
    ProjectItem.objects.filter(marking="SECRET//NOFORN").update(state="left_out")
    for person in (ben, rita):
        label_all(called(person), running)
    assert undo(called(rita), running.pk) is not None
    assert running.items.filter(state="done").count() == 2
    label_all(called(rita), running)
    ProjectItem.objects.update(final_how="adjudicated")
    assert undo(called(rita), running.pk) is None


def test_paused_and_closed_projects_give_nothing_out(running, ana, rita, called):
    slot = next_item(called(rita), running.pk)
    services.pause(called(ana), running.pk)
    with pytest.raises(ProjectError, match="paused"):
        next_item(called(rita), running.pk)
    services.resume(called(ana), running.pk)
    assert next_item(called(rita), running.pk) == slot
    services.close(called(ana), running.pk)
    with pytest.raises(ProjectError, match="closed"):
        give_label(called(rita), slot.pk, REPORT)


def test_labelling_is_blind_until_ones_own_label(running, ana, rita, called):
    item = item_about(running, "convoy")
    ProjectItem.objects.exclude(pk=item.pk).update(state="left_out")
    give_label(called(rita), next_item(called(rita), running.pk).pk, REPORT)
    item.refresh_from_db()
    assert selectors.labels_of(called(ana), item) == []
    give_label(called(ana), next_item(called(ana), running.pk).pk, ORDER)
    item.refresh_from_db()
    assert {given.person for given in selectors.labels_of(called(ana), item)} == {"ana", "rita"}
    assert [given.person for given in selectors.labels_of(called(rita), item)] == ["rita"]


def test_counts_of_a_labeller_do_not_depend_on_what_they_may_not_read(running, ben, called):
    before = selectors.own_progress(called(ben), running), selectors.progress_of(called(ben), running)
    shown = selectors.marking_shown(called(ben), running)
    ProjectItem.objects.filter(marking="SECRET//NOFORN").delete()
    running.refresh_from_db()
    assert before == (
        selectors.own_progress(called(ben), running),
        selectors.progress_of(called(ben), running),
    )
    assert (before[0].left, before[1].total, shown) == (3, 3, "UNCLASSIFIED")
    assert selectors.marking_shown(called(ben), running) == shown
