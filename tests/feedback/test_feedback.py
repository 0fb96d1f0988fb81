"""Who may judge what, what is kept of a judgement, and that taking one back loses nothing."""

import json

import pytest
from django.urls import reverse

from donovan.access.scope import scope_for
from donovan.audit.models import AuditRecord
from donovan.feedback.models import Annotation
from donovan.feedback.services import FeedbackRefused, give_feedback, withdraw_feedback
from donovan.feedback.targets import TargetNotFound

pytestmark = pytest.mark.django_db


def test_judgement_keeps_who_when_what_was_shown_and_its_marking(judged, ana, scope_of):
    label = give_feedback(
        user=ana,
        scope=scope_of(ana),
        target="claim",
        target_id=str(judged.claim.pk),
        verdict="unsupported",
        correction="It reopened on 14 March.",
    )
    assert label.author == ana
    assert label.created_at is not None
    assert label.question == "When did the bridge reopen?"
    assert label.shown["claim"] == judged.claim.text
    assert label.shown["citations"][0]["quote"] == judged.claim.text
    assert label.shown["prompt"] == "ask.v1"
    assert label.correction == "It reopened on 14 March."
    assert label.marking == "SECRET//NOFORN"


def test_every_judgement_is_on_record_without_its_text(judged, ana, scope_of):
    give_feedback(
        user=ana,
        scope=scope_of(ana),
        target="claim",
        target_id=str(judged.claim.pk),
        verdict="unsupported",
        correction="It reopened on 14 March.",
    )
    row = AuditRecord.objects.filter(action="label").get()
    assert row.actor == "ana"
    assert row.labels == [judged.label]
    assert "14 March" not in json.dumps(row.detail)


def test_second_judgement_withdraws_the_first_and_keeps_both(judged, ana, scope_of):
    for verdict in ("supported", "unsupported"):
        give_feedback(
            user=ana, scope=scope_of(ana), target="claim", target_id=str(judged.claim.pk), verdict=verdict
        )
    assert Annotation.objects.count() == 2
    assert Annotation.objects.get(withdrawn_at__isnull=True).verdict == "unsupported"


def test_taking_back_keeps_the_row_as_withdrawn(judged, ana, scope_of):
    give_feedback(
        user=ana, scope=scope_of(ana), target="answer", target_id=str(judged.answer.pk), verdict="useful"
    )
    assert withdraw_feedback(user=ana, target="answer", target_id=str(judged.answer.pk))
    assert not withdraw_feedback(user=ana, target="answer", target_id=str(judged.answer.pk))
    assert Annotation.objects.get().withdrawn_at is not None


@pytest.mark.parametrize("outsider", ["ben", "chloe", "rita", "omar", "ada"])
def test_nobody_without_the_scope_can_judge_or_learn_that_it_exists(judged, outsider, request, scope_of):
    person = request.getfixturevalue(outsider)
    for target, target_id in (
        ("claim", str(judged.claim.pk)),
        ("answer", str(judged.answer.pk)),
        ("claim", "999999"),
    ):
        verdict = "supported" if target == "claim" else "useful"
        with pytest.raises(TargetNotFound):
            give_feedback(
                user=person, scope=scope_of(person), target=target, target_id=target_id, verdict=verdict
            )


@pytest.mark.parametrize("outsider", ["ben", "chloe", "omar", "ada"])
def test_passage_outside_the_scope_cannot_be_judged(judged, outsider, request, scope_of):
    person = request.getfixturevalue(outsider)
    with pytest.raises(TargetNotFound):
        give_feedback(
            user=person,
            scope=scope_of(person),
            target="passage",
            target_id=str(judged.passage.pk),
            verdict="relevant",
        )


def test_passage_judgement_keeps_the_query_it_was_found_for(judged, rita, scope_of):
    label = give_feedback(
        user=rita,
        scope=scope_of(rita),
        target="passage",
        target_id=str(judged.passage.pk),
        verdict="relevant",
        question="bridge at Kessa",
    )
    assert label.question == "bridge at Kessa"
    assert label.shown["text"] == judged.passage.text


def test_wrong_verdict_and_overlong_correction_are_refused_with_a_sentence(judged, ana, scope_of):
    with pytest.raises(FeedbackRefused, match="does not fit"):
        give_feedback(
            user=ana, scope=scope_of(ana), target="claim", target_id=str(judged.claim.pk), verdict="useful"
        )
    with pytest.raises(FeedbackRefused, match="at most 4,000"):
        give_feedback(
            user=ana,
            scope=scope_of(ana),
            target="claim",
            target_id=str(judged.claim.pk),
            verdict="unsupported",
            correction="x" * 4001,
        )


def test_reviewer_sees_everybodys_labels_only_as_far_as_the_scope_reaches(judged, ana, rita, ben, client_for):
    give_feedback(
        user=ana, scope=scope_for(ana), target="answer", target_id=str(judged.answer.pk), verdict="useful"
    )
    address = reverse("feedback:labels")
    assert b"When did the bridge reopen" in client_for(rita).get(address).content
    assert b"When did the bridge reopen" not in client_for(ben).get(address).content
    rita.clearance = "UNCLASSIFIED"
    rita.save()
    assert b"When did the bridge reopen" not in client_for(rita).get(address).content


def test_export_is_marked_and_on_record(judged, ana, scope_of, client_for):
    give_feedback(
        user=ana, scope=scope_of(ana), target="answer", target_id=str(judged.answer.pk), verdict="useful"
    )
    response = client_for(ana).post(reverse("feedback:export"))
    lines = [json.loads(line) for line in response.content.decode().splitlines()]
    assert lines[0]["marking"] == "SECRET//NOFORN"
    assert "review required" in lines[0]["notice"]
    assert lines[1]["verdict"] == "useful"
    assert AuditRecord.objects.filter(action="export", actor="ana").exists()


def test_buttons_show_the_standing_judgement_and_a_refusal_in_words(judged, ana, client_for):
    client = client_for(ana)
    data = {"target": "claim", "target_id": judged.claim.pk, "verdict": "supported"}
    kept = client.post(reverse("feedback:give"), data, headers={"HX-Request": "true"})
    assert b'value="supported" aria-pressed="true"' in kept.content
    data["verdict"] = "useful"
    refused = client.post(reverse("feedback:give"), data, headers={"HX-Request": "true"})
    assert b"does not fit" in refused.content
