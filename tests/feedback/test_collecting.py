"""What other rooms keep becomes labels once, and goes with what was undone."""

import pytest

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.audit.models import AuditRecord
from donovan.feedback.collecting import collect
from donovan.feedback.models import Annotation
from donovan.feedback.selectors import readable_labels
from donovan.feedback.services import give_feedback, withdraw_feedback
from donovan.insight.anomalies import services as anomalies
from donovan.insight.anomalies.models import Finding
from donovan.insight.entities import merging as entities
from donovan.insight.entities.identity import entity_id
from donovan.insight.entities.models import Appearance, Entity
from donovan.library.callers import Caller
from ingest import services as ingest_services

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana_calling(ana, judged) -> Caller:
    return Caller.named(ana, source="test")


@pytest.fixture
def finding(judged) -> Finding:
    return Finding.objects.create(
        id="00000000-0000-4000-8000-000000000001",
        document=judged.document,
        kind="outlier",
        column="tents",
        value="4000",
        why="4000 is far above the rest.",
        method="median",
        score=9.0,
        signature="s" * 64,
    )


@pytest.fixture
def names(judged) -> list[Entity]:
    made = []
    for name in ("Kessa", "Port Kessa"):
        normal = name.casefold()
        entity = Entity.objects.create(id=entity_id("place", normal), kind="place", normal=normal)
        Appearance.objects.create(
            document=judged.document, entity=entity, name=name, names=[name], mention_count=1, first_page=1
        )
        made.append(entity)
    return made


def test_disposition_becomes_one_label_and_is_withdrawn_with_it(finding, ana_calling, judged):
    anomalies.dispose(ana_calling, finding.pk, verdict="data_error", note="one zero too many")
    assert collect() == 1
    assert collect() == 0
    label = Annotation.objects.get()
    assert (label.task, label.value, label.marking) == (
        "anomaly",
        {"disposition": "data_error"},
        "SECRET//NOFORN",
    )
    assert label.input["why"] == finding.why
    assert label.author.username == "ana"
    anomalies.dispose(ana_calling, finding.pk, verdict="real")
    collect()
    assert [
        (row.value["disposition"], row.withdrawn_at is None) for row in Annotation.objects.order_by("pk")
    ] == [
        ("data_error", False),
        ("real", True),
    ]
    anomalies.undo(ana_calling, finding.pk)
    assert collect() == 1
    assert not Annotation.objects.filter(withdrawn_at=None).exists()


def test_merge_becomes_a_label_under_the_labels_of_all_that_was_seen(
    names, ana_calling, judged, ben, scope_of
):
    decision = entities.merge(ana_calling, [entity.pk for entity in names])
    assert (collect(), collect()) == (1, 0)
    label = Annotation.objects.get()
    assert label.value == {"same": True}
    assert {label.input["a"]["name"], label.input["b"]["name"]} == {"Kessa", "Port Kessa"}
    assert label.labels == [judged.label]
    assert list(readable_labels(scope_of(ben))) == []
    entities.undo(ana_calling, decision.pk)
    assert collect() == 1
    assert Annotation.objects.get().withdrawn_at is not None


def test_accepted_citation_makes_its_passage_relevant(judged, ana, scope_of):
    claim = {"target": "claim", "target_id": str(judged.claim.pk)}
    give_feedback(user=ana, scope=scope_of(ana), verdict="supported", **claim)
    assert (collect(), collect()) == (1, 0)
    label = Annotation.objects.get(task="relevance")
    assert label.input["question"] == "When did the bridge reopen?"
    assert label.input["passage_id"] == judged.passage.pk
    assert (label.value, label.verdict) == ({"grade": 2}, "relevant")
    withdraw_feedback(user=ana, **claim)
    assert collect() == 1
    assert Annotation.objects.filter(task="relevance", withdrawn_at=None).count() == 0


def test_what_was_said_of_a_passage_itself_is_not_overruled_by_a_citation(judged, ana, scope_of):
    passage = {"target": "passage", "target_id": str(judged.passage.pk), "question": "bridge"}
    give_feedback(user=ana, scope=scope_of(ana), verdict="not_relevant", **passage)
    give_feedback(
        user=ana, scope=scope_of(ana), target="claim", target_id=str(judged.claim.pk), verdict="supported"
    )
    assert collect() == 0
    assert Annotation.objects.get(task="relevance", withdrawn_at=None).value == {"grade": 0}


def test_collecting_is_on_record_without_the_text(finding, ana_calling):
    anomalies.dispose(ana_calling, finding.pk, verdict="expected")
    collect()
    row = AuditRecord.objects.filter(actor="system", action="label").get()
    assert row.detail["task"] == "anomaly"
    assert "4000" not in str(row.detail)


def test_label_of_a_document_that_was_relabelled_is_as_secret_as_the_document_now(
    judged, ana, rita, scope_of
):
    give_feedback(
        user=ana, scope=scope_of(ana), target="passage", target_id=str(judged.passage.pk), verdict="relevant"
    )
    assert len(list(readable_labels(scope_of(rita)))) == 1
    ingest_services.relabel(judged.document.pk, label_for("relief", parse_marking("SECRET//HARBOR")))
    assert list(readable_labels(scope_of(rita))) == []
