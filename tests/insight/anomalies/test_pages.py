"""The pages: who may see them, what they say, and what they do without a mouse."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.insight.anomalies.models import Disposition, Examination, Finding
from tests.insight.anomalies.conftest import Examined, deliveries
from tests.support.browsing import OpenAs, sweep

ClientFor = Callable[[User], Client]
FAULTS = {"litres_9": "9000", "signed_20": "", "day_31": "2025-04-31"}


@pytest.mark.django_db
def test_each_page_is_there_for_readers_and_for_nobody_else(
    examined: Examined, cast: dict[str, User], client_for: ClientFor
) -> None:
    document = examined(deliveries(**FAULTS), marking="SECRET//NOFORN")
    finding = Finding.objects.get(document=document, column="litres")
    one = reverse("anomalies:anomaly", args=[finding.pk])
    table = reverse("anomalies:table", args=[finding.table_id])
    for name in ("omar", "ben", "chloe"):
        client = client_for(cast[name])
        assert client.get(one).status_code == 404
        assert client.get(table).status_code == 404
        assert client.get(table + "progress/").status_code == 404
        assert client.post(table + "examine/").status_code == 404
        assert client.post(one + "disposition/", {"verdict": "real"}).status_code == 404
        for address in (reverse("anomalies:anomalies"), reverse("anomalies:learnt")):
            page = client.get(address).content.decode()
            assert "9000" not in page and "9,000" not in page and document.name not in page
    reader = client_for(cast["ana"])
    assert b"9,000 where about" in reader.get(one).content
    assert not Disposition.objects.exists()


@pytest.mark.django_db
def test_a_page_is_marked_as_what_it_shows(
    examined: Examined, ana: User, ben: User, client_for: ClientFor
) -> None:
    examined(deliveries(**FAULTS), name="a.csv")
    examined(deliveries(**FAULTS), name="b.csv", marking="SECRET//NOFORN")
    address = reverse("anomalies:anomalies")
    assert client_for(ana).get(address).context["page_marking"] == "SECRET//NOFORN"
    assert client_for(ben).get(address).context["page_marking"] == "UNCLASSIFIED"


@pytest.mark.django_db
def test_choices_narrow_the_list_and_count_what_is_there(
    examined: Examined, ana: User, client_for: ClientFor
) -> None:
    examined(deliveries(**FAULTS))
    client = client_for(ana)
    listing = client.get(reverse("anomalies:anomalies")).context["listing"]
    assert listing.total == 3
    narrowed = client.get(reverse("anomalies:anomalies") + "?kind=missing value").context["listing"]
    assert [row.finding.kind for row in narrowed.rows] == ["missing value"]
    kinds = dict(narrowed.facets)["Kind"]
    assert sorted(choice.count for choice in kinds) == [1, 1, 1]
    nothing = client.get(reverse("anomalies:anomalies") + "?kind=nonsense&page=x&document=%00")
    assert b"No anomaly that you may read matches" in nothing.content


@pytest.mark.django_db
def test_a_wrong_number_in_the_specification_is_answered_with_a_sentence(
    examined: Examined, ana: User, client_for: ClientFor
) -> None:
    table = examined(deliveries(**FAULTS)).tables.get()
    address = reverse("anomalies:examine", args=[table.pk])
    answer = client_for(ana).post(address, {"distance": "many", "has_lists": "1"})
    assert answer.status_code == 400 and "is no number" in answer.content.decode()
    assert Examination.objects.count() == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_keys_say_what_an_anomaly_is_and_take_it_back(open_as: OpenAs, examined: Examined, ana: User) -> None:
    examined(deliveries(**FAULTS))
    page = open_as(ana, reverse("anomalies:anomalies"))
    page.keyboard.press("j")
    page.wait_for_function("document.activeElement.matches('[data-item]')")
    with page.expect_response("**/disposition/"):
        page.keyboard.press("2")
    page.get_by_text("expected", exact=True).first.wait_for()
    page.wait_for_function("document.activeElement.matches('[data-item]')")
    with page.expect_response("**/disposition/"):
        page.keyboard.press("u")
    page.wait_for_function("document.querySelectorAll('.badge--ok').length === 0")
    assert [bool(one.undone_at) for one in Disposition.objects.all()] == [True]
    page.keyboard.press("o")
    page.get_by_role("heading", name="The rows around it").wait_for()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    open_as: OpenAs, examined: Examined, ana: User
) -> None:
    document = examined(deliveries(**FAULTS))
    finding = Finding.objects.get(document=document, column="litres")
    pages = {
        "anomalies": reverse("anomalies:anomalies"),
        "anomaly": reverse("anomalies:anomaly", args=[finding.pk]),
        "table": reverse("anomalies:table", args=[finding.table_id]),
        "learnt": reverse("anomalies:learnt"),
    }
    assert sweep(open_as, ana, pages) == []
