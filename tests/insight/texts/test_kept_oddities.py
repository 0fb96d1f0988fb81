"""What is odd in texts is kept as findings: of readable documents, once, at its place."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.insight.anomalies import selectors
from donovan.insight.anomalies.models import TextLook
from donovan.insight.anomalies.texts import services as kept
from donovan.insight.anomalies.texts.services import compare_texts, examine_text, labels_to_compare
from donovan.insight.entities.services import extract_entities
from ingest.models import Document, Status
from tests.assistant.material import add_document

FIRST = date(2026, 9, 1)


def dated(number: int, text: str, **where: str) -> Document:
    document = add_document(f"Report {number}", text, **where)
    day = FIRST + timedelta(days=number)
    Document.objects.filter(pk=document.pk).update(
        status=Status.READY, document_date=day, finished_at=timezone.now()
    )
    extract_entities(document.pk)
    return Document.objects.get(pk=document.pk)


def kinds(user: User) -> list[str]:
    return [shown.finding.kind for shown in selectors.findings(scope_for(user))]


@pytest.fixture
def archive(cast: dict[str, User]) -> list[Document]:
    """Two reports a day for eight days, each of its own camp."""
    return [
        dated(day, f"Camp {name} received water and tents on day {day} of the operation.")
        for day in range(8)
        for name in ("Lipa", "Jasen")
    ]


def test_a_burst_is_told_once_and_points_at_the_name(
    archive: list[Document], ana: User, client_for: Callable[[User], Client]
) -> None:
    burst = [dated(9, f"The Ministry of Health closed ward {n} of the hospital.") for n in range(4)]
    for document in burst:
        examine_text(document.pk)
    found = [shown.finding for shown in selectors.findings(scope_for(ana))]
    assert [finding.kind for finding in found] == ["burst of a name"]
    finding = found[0]
    text = finding.document.pages.get(number=finding.page).text
    assert "Ministry of Health" in text[finding.start : finding.end]
    assert finding.rests_on.count() == 3
    assert "4 of 4" in finding.why
    page = client_for(ana).get(f"/anomalies/{finding.pk}/").content.decode()
    assert f"?page={finding.page}&amp;start={finding.start}&amp;end={finding.end}#words" in page


def test_a_burst_in_closed_documents_is_not_told_to_others(
    archive: list[Document], ana: User, ben: User
) -> None:
    burst = [dated(9, f"The Ministry of Health closed ward {n}.", marking="SECRET//NOFORN") for n in range(4)]
    for document in burst:
        examine_text(document.pk)
    assert kinds(ana) == ["burst of a name"]
    assert kinds(ben) == []


def test_what_was_found_is_gone_when_one_of_its_documents_is_closed(
    archive: list[Document], ben: User
) -> None:
    burst = [dated(9, f"The Ministry of Health closed ward {n} of the hospital.") for n in range(4)]
    examine_text(burst[0].pk)
    assert kinds(ben) == ["burst of a name"]
    secret = label_for("relief", parse_marking("SECRET"))
    Document.objects.filter(pk=burst[1].pk).update(label=secret)
    assert kinds(ben) == []


def test_texts_are_compared_when_they_changed_and_not_again_at_once(
    archive: list[Document], ana: User, client_for: Callable[[User], Client]
) -> None:
    strange = dated(
        9,
        "Dear cousin, the vineyard gave a sweet harvest and grandmother sings in the kitchen every evening. "
        "We painted the violin cabinet blue, planted roses along the fence, and our goats ate your hat.",
    )
    label = label_for("relief", parse_marking("UNCLASSIFIED"))
    for document in archive:
        page = document.pages.get()
        page.text = (
            page.text + " The convoy left in the morning and returned in the evening without loss. "
        ) * 3
        page.save()
    assert labels_to_compare() == [label]
    compare_texts(label)
    assert labels_to_compare() == []
    assert [shown.finding.document for shown in selectors.findings(scope_for(ana))] == [strange]
    examine_text(strange.pk)
    assert kinds(ana) == ["unlike the others"]
    page = client_for(ana).get("/anomalies/").content.decode()
    assert "farther from its nearest neighbours" in page


def test_a_comparison_that_was_cut_off_is_made_again_when_it_has_rested(
    archive: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It counted as made from its beginning, and texts that nobody changed were never compared."""
    label = label_for("relief", parse_marking("UNCLASSIFIED"))

    def killed(_label: str) -> None:
        raise SystemExit

    monkeypatch.setattr(kept, "unlike_under", killed)
    with pytest.raises(SystemExit):
        compare_texts(label)
    assert labels_to_compare() == []
    TextLook.objects.update(looked_at=timezone.now() - 2 * kept.REST)
    assert labels_to_compare() == [label]
