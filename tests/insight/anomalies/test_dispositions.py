"""What analysts say of anomalies: kept, taken back, and learnt from where everyone can see it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.audit.models import AuditRecord
from donovan.insight.anomalies import selectors, services
from donovan.insight.anomalies.learning import rules_of
from donovan.insight.anomalies.models import Disposition, Finding
from donovan.insight.errors import InsightError
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from tests.insight.anomalies.conftest import Examined, deliveries

pytestmark = pytest.mark.django_db
THREE = {"litres_9": "9000", "litres_15": "7000", "litres_28": "2000"}


def said_of(user: User, **of: object) -> dict[int, str]:
    return {shown.finding.rows[0]: shown.state for shown in selectors.findings(scope_for(user))}


def test_a_disposition_is_kept_undone_and_on_record(examined: Examined, ana: User) -> None:
    document = examined(deliveries(litres_9="9000"))
    finding, caller = Finding.objects.get(document=document), Caller.named(ana, source="test")
    services.dispose(caller, finding.pk, verdict="real", note="Seen on the voucher.")
    services.dispose(caller, finding.pk, verdict="data_error")
    assert said_of(ana) == {9: "data_error"}
    assert services.undo(caller, finding.pk)
    assert not services.undo(caller, finding.pk)
    assert said_of(ana) == {9: "open"}
    assert Disposition.objects.count() == 2
    assert set(Disposition.objects.values_list("undone_by", flat=True)) == {"ana"}
    changes = [record.detail["change"] for record in AuditRecord.objects.filter(action="label")]
    assert changes == ["disposition", "disposition", "disposition undone"]


def test_who_may_not_read_a_finding_may_not_say_what_it_is(examined: Examined, ben: User) -> None:
    document = examined(deliveries(litres_9="9000"), marking="SECRET")
    finding = Finding.objects.get(document=document)
    with pytest.raises(NotFoundHere):
        services.dispose(Caller.named(ben, source="test"), finding.pk, verdict="real")
    assert not Disposition.objects.exists()


def test_an_unknown_verdict_is_refused(examined: Examined, ana: User) -> None:
    finding = Finding.objects.get(document=examined(deliveries(litres_9="9000")))
    with pytest.raises(InsightError):
        services.dispose(Caller.named(ana, source="test"), finding.pk, verdict="fine")


def test_what_was_expected_stays_expected_in_the_next_version_and_is_listed_as_such(
    examined: Examined, ana: User
) -> None:
    april = examined(deliveries(litres_9="9000"), name="deliveries-april-2025.csv")
    finding = Finding.objects.get(document=april)
    services.dispose(Caller.named(ana, source="test"), finding.pk, verdict="expected")
    # The next version has the same row at another place, and a new fault.
    rows = deliveries(litres_9="9000", litres_15="7000").splitlines()
    later = examined("\n".join([rows[0], rows[2], rows[1], *rows[3:]]), name="deliveries-may-2025.csv")
    shown = {one.finding.rows[0]: one for one in selectors.findings(scope_for(ana), document=later.pk)}
    assert (shown[9].state, shown[9].is_inherited) == ("expected", True)
    assert shown[15].state == "open"


def test_a_disposition_on_a_document_out_of_sight_changes_nothing(
    examined: Examined, ana: User, ben: User
) -> None:
    closed = examined(deliveries(**THREE), name="deliveries-1.csv", marking="SECRET")
    examined(deliveries(**THREE), name="deliveries-2.csv")
    before = [(one.finding.pk, one.score, one.state) for one in selectors.findings(scope_for(ben))]
    for finding in Finding.objects.filter(document=closed):
        services.dispose(Caller.named(ana, source="test"), finding.pk, verdict="expected")
    assert {one.state for one in selectors.findings(scope_for(ana))} == {"expected"}
    assert [(one.finding.pk, one.score, one.state) for one in selectors.findings(scope_for(ben))] == before
    assert rules_of(scope_for(ben)) == {}


def test_rankings_learn_and_a_rule_that_is_turned_off_leaves_no_trace(examined: Examined, ana: User) -> None:
    document = examined(deliveries(rows=200, **THREE, litres_40="2600"))
    caller = Caller.named(ana, source="test")
    found = list(Finding.objects.filter(document=document).order_by("rows"))
    before = {one.finding.pk: one.score for one in selectors.findings(scope_for(ana))}
    for finding in found[:-1]:
        services.dispose(caller, finding.pk, verdict="expected")
    (rule,) = rules_of(scope_for(ana)).values()
    assert rule.is_on and rule.odds == pytest.approx(1 / (len(found) - 1 + 1))
    left = next(one for one in selectors.findings(scope_for(ana)) if one.finding.pk == found[-1].pk)
    assert left.score < before[left.finding.pk] and left.rule is not None
    services.switch_rule(caller, collection=rule.collection, kind=rule.kind, column=rule.column, is_on=False)
    after = {one.finding.pk: one.score for one in selectors.findings(scope_for(ana))}
    assert after == before
    services.switch_rule(caller, collection=rule.collection, kind=rule.kind, column=rule.column, is_on=True)
    assert {one.finding.pk: one.score for one in selectors.findings(scope_for(ana))} != before


def test_what_a_rule_sets_aside_is_still_listed(
    examined: Examined, ana: User, client_for: Callable[[User], Client]
) -> None:
    document = examined(deliveries(rows=200, **THREE, litres_40="2600", litres_50="8000"))
    caller = Caller.named(ana, source="test")
    found = list(Finding.objects.filter(document=document).order_by("-score"))
    for finding in found[:-1]:
        services.dispose(caller, finding.pk, verdict="expected")
    states = {one.state for one in selectors.findings(scope_for(ana))}
    assert states == {"expected", "set_aside"}
    client = client_for(ana)
    page = client.get(reverse("anomalies:anomalies") + "?state=set_aside").content.decode()
    assert found[-1].why.split(",")[0] in page
    learnt = client.get(reverse("anomalies:learnt")).content.decode()
    assert "sets 1 aside" in learnt and "Turn off" in learnt
