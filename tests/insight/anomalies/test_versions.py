"""A table against its earlier version: what changed, and who is told."""

import pytest

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.insight.anomalies import selectors
from donovan.insight.anomalies.models import Finding
from tests.insight.anomalies.conftest import Examined, deliveries

pytestmark = pytest.mark.django_db


def kinds(document: object) -> set[tuple[str, str]]:
    return {(one.kind, one.column) for one in Finding.objects.filter(document=document)}


def test_columns_and_values_that_are_new_are_said_with_both_documents(examined: Examined, ana: User) -> None:
    first = examined(deliveries(), name="deliveries-2025-04.csv")
    assert kinds(first) == set()
    text = deliveries(rows=60).replace("signed", "taken_by")
    changed = "\n".join(
        line.replace(",Quay,", ",Marsh,") if at in (12, 24, 36) else line
        for at, line in enumerate(text.splitlines())
    )
    later = examined(changed, name="deliveries-2025-05.csv")
    found = kinds(later)
    assert ("changed columns", "taken_by") in found and ("changed columns", "signed") in found
    assert ("new category", "depot") in found
    one = Finding.objects.get(document=later, kind="new category", column="depot")
    assert len(one.rows) == 3 and list(one.rests_on.all()) == [first]


def test_a_version_under_another_marking_is_no_earlier_version(
    examined: Examined, cast: dict[str, User]
) -> None:
    examined(deliveries().replace("signed", "by"), name="deliveries-1.csv", marking="SECRET")
    later = examined(deliveries(), name="deliveries-2.csv")
    assert kinds(later) == set()
    assert selectors.findings(scope_for(cast["ana"])) == []


def test_another_table_is_no_earlier_version(examined: Examined) -> None:
    examined(deliveries().replace("signed", "by"), name="orders-1.csv")
    assert kinds(examined(deliveries(), name="deliveries-2.csv")) == set()
