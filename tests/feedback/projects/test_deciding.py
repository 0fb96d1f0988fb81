"""Agreement ends an item; disagreement asks more people, then an adjudicator; review has the last word."""

import pytest

from donovan.access.models import User
from donovan.audit.models import AuditRecord
from donovan.feedback.models import Annotation
from donovan.feedback.projects import (
    deciding,
    items,
    members,
    reviewing,
    selectors,
    services,
    tending,
    watching,
)
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.labelling import give_label, next_item, skip, undo
from donovan.feedback.projects.models import Assignment, ProjectItem, ProjectMember
from donovan.feedback.projects.stream import ahead, is_golden
from donovan.library.errors import NotFoundHere
from ingest import services as ingest_services
from tests.feedback.projects.conftest import item_about

pytestmark = pytest.mark.django_db

REPORT, ORDER = {"class": "report"}, {"class": "order"}


@pytest.fixture
def convoy(running) -> ProjectItem:
    """The one item that is left in the queue, SECRET//NOFORN."""
    item = item_about(running, "convoy")
    ProjectItem.objects.exclude(pk=item.pk).update(state="left_out")
    return item


def say(caller, project, value) -> None:
    give_label(caller, next_item(caller, project.pk).pk, value)


def test_disagreement_asks_one_person_more_and_then_an_adjudicator(running, convoy, ana, rita, called):
    mia = members.add_member(called(ana), running.pk, username="mia", role="labeller").user
    say(called(ana), running, REPORT)
    say(called(rita), running, ORDER)
    convoy.refresh_from_db()
    assert (convoy.state, convoy.wanted, convoy.taken) == ("open", 3, 2)
    say(called(mia), running, {"class": "record"})
    convoy.refresh_from_db()
    assert convoy.state == "adjudication"


def test_who_may_not_read_an_item_is_nobody_to_wait_for(running, convoy, cast, called):
    ana, rita, mia = cast["ana"], cast["rita"], cast["mia"]
    say(called(ana), running, REPORT)
    say(called(rita), running, ORDER)
    convoy.refresh_from_db()
    # Ben labels here too, but may not read this item.
    assert convoy.state == "adjudication"
    assert deciding.disputed_items(called(mia), running.pk) == [convoy]
    members.add_member(called(ana), running.pk, username="mia", role="labeller")
    convoy.refresh_from_db()
    assert (convoy.state, convoy.wanted) == ("open", 3)


def test_overlap_that_too_few_may_reach_ends_with_the_adjudicator(running, convoy, ana, rita, called):
    say(called(ana), running, REPORT)
    convoy.refresh_from_db()
    assert convoy.state == "open"
    members.pause_member(called(ana), running.pk, username="rita", is_paused=True)
    convoy.refresh_from_db()
    assert convoy.state == "adjudication"
    members.pause_member(called(ana), running.pk, username="rita", is_paused=False)
    say(called(rita), running, REPORT)
    convoy.refresh_from_db()
    assert (convoy.final, convoy.final_how) == (REPORT, "agreed")


def test_label_of_the_document_now_decides_who_is_left(running, ana, rita, world, called):
    item = item_about(running, "bridges by noon")
    ProjectItem.objects.exclude(pk=item.pk).update(state="left_out")
    say(called(ana), running, REPORT)
    ingest_services.relabel(item.document_id, world.high)
    say(called(rita), running, ORDER)
    item.refresh_from_db()
    assert item.state == "adjudication"


def test_clearance_that_is_taken_away_leaves_nobody_waiting(running, convoy, ana, rita, called):
    say(called(ana), running, REPORT)
    User.objects.filter(pk=rita.pk).update(clearance="UNCLASSIFIED")
    tending.tend_all()
    convoy.refresh_from_db()
    assert convoy.state == "adjudication"


def test_item_that_its_only_readers_skip_goes_to_the_adjudicator(running, convoy, ana, rita, called):
    members.remove_member(called(ana), running.pk, username="rita", role="labeller")
    skip(called(ana), next_item(called(ana), running.pk).pk, "cannot_tell")
    convoy.refresh_from_db()
    assert convoy.state == "adjudication"


def test_adjudicator_sees_all_labels_and_decides_once(running, convoy, cast, called):
    ana, rita, mia = cast["ana"], cast["rita"], cast["mia"]
    say(called(ana), running, REPORT)
    say(called(rita), running, ORDER)
    ProjectItem.objects.filter(pk=convoy.pk).update(state="adjudication")
    assert deciding.disputed_items(called(mia), running.pk) == [convoy]
    assert len(selectors.labels_of(called(mia), convoy)) == 2
    decided = deciding.adjudicate(called(mia), convoy.pk, ORDER, note="it tells somebody to move")
    assert (decided.state, decided.final, decided.final_how) == ("done", ORDER, "adjudicated")
    assert Annotation.objects.get(target="decision").author == mia
    with pytest.raises(ProjectError, match="does not wait"):
        deciding.adjudicate(called(mia), convoy.pk, REPORT)
    for person in (ana, rita):
        with pytest.raises(NotFoundHere):
            deciding.adjudicate(called(person), convoy.pk, ORDER)


def test_adjudicator_is_shown_only_disputes_they_may_read(running, convoy, ana, ben, called):
    ProjectItem.objects.filter(pk=convoy.pk).update(state="adjudication")
    members.add_member(called(ana), running.pk, username="ben", role="adjudicator")
    assert deciding.disputed_items(called(ben), running.pk) == []
    with pytest.raises(NotFoundHere):
        deciding.adjudicate(called(ben), convoy.pk, ORDER)


def test_skill_decides_where_people_differ(running, convoy, ana, rita, called):
    ProjectMember.objects.filter(user=ana).update(skill=0.99)
    ProjectMember.objects.filter(user=rita).update(skill=0.3)
    say(called(ana), running, ORDER)
    say(called(rita), running, REPORT)
    convoy.refresh_from_db()
    assert (convoy.final, convoy.final_how) == (ORDER, "weighed")
    assert convoy.confidence > 0.97


def test_sureness_is_rounded_down_and_never_nearly_all():
    said = [ProjectItem(confidence=chance).sureness for chance in (None, 0.969, 0.9991)]
    assert said == ["", "96 % sure", "over 99 % sure"]


def test_review_accepts_fixes_and_sends_back_with_a_note_to_the_labellers(running, convoy, cast, called):
    ana, rita, mia = cast["ana"], cast["rita"], cast["mia"]
    for person in (ana, rita):
        say(called(person), running, REPORT)
    assert reviewing.items_to_review(called(mia), running.pk) == [convoy]
    with pytest.raises(ProjectError, match="what is wrong"):
        reviewing.send_back(called(mia), convoy.pk, note=" ")
    back = reviewing.send_back(called(mia), convoy.pk, note="It is an order.")
    assert (back.state, back.given, back.final) == ("open", 0, None)
    assert Annotation.objects.filter(target="item", withdrawn_at=None).count() == 0
    slot = next_item(called(ana), running.pk)
    assert selectors.shown_item(called(ana), slot).sent_back == "It is an order."
    give_label(called(ana), slot.pk, ORDER)
    say(called(rita), running, ORDER)
    assert reviewing.accept(called(mia), convoy.pk).review == "accepted"
    fixed = reviewing.fix
    ProjectItem.objects.filter(pk=convoy.pk).update(review="")
    assert fixed(called(mia), convoy.pk, {"class": "message"}).final == {"class": "message"}
    assert reviewing.items_to_review(called(mia), running.pk) == []
    assert AuditRecord.objects.filter(actor="mia", action="label project").count() == 3


@pytest.mark.parametrize("outsider", ["ben", "chloe", "rita", "omar", "ada"])
def test_only_a_reviewer_who_may_read_it_reviews(running, convoy, outsider, request, called):
    person = request.getfixturevalue(outsider)
    ProjectItem.objects.filter(pk=convoy.pk).update(state="done", final=ORDER)
    for act in (reviewing.accept, lambda caller, pk: reviewing.send_back(caller, pk, note="x")):
        with pytest.raises(NotFoundHere):
            act(called(person), convoy.pk)


def test_known_answers_are_hidden_in_the_stream_and_measure_people(running, ana, rita, called):
    gold = item_about(running, "stocks")
    items.mark_gold(called(ana), gold.pk, {"class": "record"})
    services.change_project(called(ana), running.pk, gold_share=0.5)
    seen = []
    while (slot := next_item(called(rita), running.pk)) is not None:
        assert "gold" not in repr(selectors.shown_item(called(rita), slot)).lower().replace("gold_", "")
        seen.append(slot.item_id)
        give_label(called(rita), slot.pk, REPORT)
    assert seen.count(gold.pk) <= 1
    gold.refresh_from_db()
    assert (gold.state, gold.final) == ("open", {"class": "record"})
    assert selectors.progress_of(called(rita), running).gold == 0
    assert selectors.progress_of(called(ana), running).gold == 1


def test_decisions_that_do_not_hold_are_reopened(running, ana, ben, called):
    low = list(running.items.filter(marking="UNCLASSIFIED"))
    for person in (ana, ben):
        while (slot := next_item(called(person), running.pk)) is not None:
            give_label(called(person), slot.pk, REPORT if slot.item in low else ORDER)
    assert running.items.filter(final_how="agreed").count() == 3
    looked = watching.look_after(running.pk)
    assert looked.labels == 8
    assert looked.named == ()
    # Two people without known answers only agree: that tells no skill.
    assert ProjectMember.objects.get(user=ben, role="labeller").skill is None
    ProjectMember.objects.update(skill=0.4)
    assert watching._look_again(running) == 3
    assert set(running.items.filter(marking="UNCLASSIFIED").values_list("state", flat=True)) == {"open"}


def test_person_and_machine_that_differ_bring_in_somebody_else(draft, ana, rita, called):
    services.change_project(called(ana), draft.pk, overlap=1, most_people=2, gold_share=0)
    services.release(called(ana), draft.pk)
    ProjectItem.objects.update(prelabel=ORDER, prelabel_confidence=0.95)
    say(called(rita), draft, REPORT)
    say(called(rita), draft, ORDER)
    assert sorted(ProjectItem.objects.filter(given=1).values_list("state", "wanted")) == [
        ("done", 1),
        ("open", 2),
    ]


def test_single_labels_are_enough_where_nobody_else_is_asked(draft, ana, rita, called):
    services.change_project(called(ana), draft.pk, overlap=1, most_people=1, gold_share=0)
    services.release(called(ana), draft.pk)
    say(called(rita), draft, REPORT)
    assert ProjectItem.objects.filter(state="done", final=REPORT).count() == 1
    assert Assignment.objects.get().label.value == REPORT


def test_a_known_answer_counts_like_any_item_in_what_is_left(running, ana, ben, rita, called):
    give_label(called(ben), next_item(called(ben), running.pk).pk, REPORT)
    ProjectItem.objects.filter(project=running).update(wanted=5)
    golden = [item_about(running, "stocks")]
    items.mark_gold(called(ana), golden[0].pk, {"class": "record"})
    services.change_project(called(ana), running.pk, gold_share=0.5)
    running.refresh_from_db()
    counts = []
    while (slot := next_item(called(rita), running.pk)) is not None:
        counts.append(selectors.own_progress(called(rita), running).left)
        give_label(called(rita), slot.pk, REPORT)
    assert counts == list(range(len(counts), 0, -1))
    assert selectors.own_progress(called(rita), running).left == 0


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_what_is_ahead_is_what_then_comes(running, share):
    running.gold_share = share
    for person in ("ana", "ben", "rita"):
        place, plain, known, came = 3, 20, 4, 0
        expected = ahead(person, running, place=place, plain=plain, known=known)
        while plain:
            if known and is_golden(person, running, place):
                known -= 1
            else:
                plain -= 1
            place, came = place + 1, came + 1
        assert came == expected


def test_undo_reaches_the_last_label_and_no_further_whatever_its_item(running, rita, called):
    given = []
    while (slot := next_item(called(rita), running.pk)) is not None:
        give_label(called(rita), slot.pk, REPORT)
        given.append(slot.item_id)
    again = undo(called(rita), running.pk)
    assert again is not None and again.item_id == given[-1]
    assert not selectors.shown_item(called(rita), again).can_undo
    assert undo(called(rita), running.pk) is None
    give_label(called(rita), again.pk, ORDER)
    assert undo(called(rita), running.pk) is not None
