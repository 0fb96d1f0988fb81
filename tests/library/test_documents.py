"""The table: what is asked for is shown, and every number opens to its rows."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donovan.access.models import User
from donovan.library.callers import Caller
from donovan.library.listing import MOST_ROWS, Wanted
from donovan.library.models import Visit
from donovan.library.services import note_visit
from ingest.models import Blob, Document, Stage, Status
from tests.library.conftest import HandIn


@pytest.fixture
def shelf(hand_in: HandIn, ben: User) -> list[Document]:
    """Six documents of different kinds, places and states, made ready without the pipeline."""
    documents = [
        hand_in(
            ben, f"text {number}", f"report-{number}.txt", is_read=False, marking=marking, collection=slug
        )
        for number, (marking, slug) in enumerate(
            [
                ("U", "relief"),
                ("U", "relief"),
                ("CUI", "relief"),
                ("CUI", "logistics"),
                ("U", "logistics"),
                ("U", "relief"),
            ]
        )
    ]
    Document.objects.filter(pk__in=[document.pk for document in documents[:4]]).update(
        status=Status.READY, stage=Stage.DONE, media_type="application/pdf", languages=["en", "es"],
        finished_at=timezone.now(), document_date="2026-05-04",
    )  # fmt: skip
    Document.objects.filter(pk=documents[4].pk).update(
        status=Status.FAILED, stage=Stage.PARSE, error="The file is damaged.", finished_at=timezone.now()
    )
    return documents


def _table(client: Client, **query: object) -> tuple[str, set[str]]:
    page = client.get(reverse("library:documents"), query).content.decode()
    return page, set(re.findall(r'id="row-([0-9a-f-]{36})"', page))


def test_every_facet_count_opens_to_as_many_rows(
    shelf: list[Document], ben: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ben)
    listing = client.get(reverse("library:documents")).context["listing"]
    seen = 0
    for facet in listing.facets:
        for value in facet.values:
            response = client.get(reverse("library:documents") + "?" + value.address)
            assert response.context["listing"].total == value.count, (facet.name, value.key)
            seen += 1
    assert seen >= 8


def test_choices_of_one_facet_add_and_of_two_facets_narrow(
    shelf: list[Document], ben: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ben)
    assert _table(client, status="failed")[1] == {str(shelf[4].pk)}
    assert len(_table(client, status=["failed", "pending"])[1]) == 2
    assert _table(client, status=["failed", "pending"], collection="logistics")[1] == {str(shelf[4].pk)}
    assert len(_table(client, language="es")[1]) == 4
    assert len(_table(client, **{"from": "2026-05-04", "to": "2026-05-04"})[1]) == 4
    assert _table(client, text="REPORT-3")[1] == {str(shelf[3].pk)}
    assert _table(client, type="pdf", marking="CUI", collection="logistics")[1] == {str(shelf[3].pk)}


def test_state_is_told_in_words_with_its_error(
    shelf: list[Document], ben: User, client_for: Callable[[User], Client]
) -> None:
    page, _ = _table(client_for(ben))
    assert "The file is damaged." in page
    assert re.search(r'badge--bad">failed<', page)
    assert re.search(r'badge--work">waiting<', page)
    assert "Retry" in page


def test_only_rows_in_work_are_asked_for_again(
    shelf: list[Document], ben: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ben)
    page, _ = _table(client)
    (address,) = re.findall(r'hx-get="([^"]*ledger[^"]*)"', page)
    assert unescape(address).count(str(shelf[5].pk)) == 1
    assert str(shelf[0].pk) not in address
    Document.objects.filter(pk=shelf[5].pk).update(status=Status.READY)
    fresh = client.get(unescape(address)).content.decode()
    assert f'id="row-{shelf[5].pk}"' in fresh
    assert "hx-swap-oob" in fresh
    assert "hx-trigger" not in fresh


def test_odd_addresses_get_a_page(ben: User, client_for: Callable[[User], Client]) -> None:
    client = client_for(ben)
    for query in (
        {"page": "-3"}, {"page": "9" * 40}, {"sort": "x"}, {"from": "no"}, {"to": "2026-99-99"},
        {"since": "2026-99-99T00:00"}, {"status": "x' OR 1=1"}, {"language": '"%'}, {"text": "x" * 5000},
        {"marking": "SECRET//HARBOR"}, {"collection": "\x00"},
    ):  # fmt: skip
        assert client.get(reverse("library:documents"), query).status_code == 200


def test_an_empty_table_says_what_to_do(ben: User, omar: User, client_for: Callable[[User], Client]) -> None:
    assert "Upload the first files" in _table(client_for(ben))[0]
    assert "Ask an administrator" in _table(client_for(omar))[0]
    assert "take one of the choices away" in _table(client_for(ben), text="nothing")[0]


def test_too_many_documents_are_said_to_be_too_many(
    hand_in: HandIn, ben: User, client_for: Callable[[User], Client]
) -> None:
    label = hand_in(ben, "one", is_read=False).label
    blobs = [Blob(digest=f"{number:064x}", size=1) for number in range(MOST_ROWS)]
    Blob.objects.bulk_create(blobs)
    Document.objects.bulk_create(
        Document(blob=blob, label=label, name=f"{number}.txt", title="") for number, blob in enumerate(blobs)
    )
    page, rows = _table(client_for(ben), page=900)
    assert len(rows) == 50
    assert f"{MOST_ROWS + 1} documents match, more than anyone looks through" in page
    assert f"{MOST_ROWS - 49} to {MOST_ROWS} of {MOST_ROWS + 1}" in page


def test_the_address_of_a_listing_makes_the_same_listing() -> None:
    asked = QueryDict(
        "collection=relief&status=failed&status=pending&text=a%26b&from=2026-01-02&sort=title&mine=1"
        "&since=2026-01-01T00:00:00%2B00:00"
    )
    wanted = Wanted.from_address(asked)
    assert Wanted.from_address(QueryDict(wanted.address())) == wanted


def test_a_document_without_text_counts_as_not_readable_and_opens_to_its_row(
    shelf: list[Document], ben: User, client_for: Callable[[User], Client]
) -> None:
    Document.objects.filter(pk=shelf[0].pk).update(error_code="no-text", error="No text was found.")
    client = client_for(ben)
    home = client.get(reverse("library:home"))
    (profile,) = (one for one in home.context["profiles"] if one.collection.slug == "relief")
    assert profile.unreadable == 1
    page, rows = _table(client, collection="relief", status=["failed", "quarantined", "no-text"])
    assert rows == {str(shelf[0].pk)}
    assert "ready, without text" in page


def test_home_counts_what_became_ready_since_the_last_visit(
    shelf: list[Document], ben: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ben)
    first = client.get(reverse("library:home"))
    assert first.context["new_count"] == 4
    assert [row.document.pk for row in first.context["unreadable"]] == [shelf[4].pk]
    assert first.context["in_work_count"] == 1
    yesterday = timezone.now() - timedelta(days=1)
    Visit.objects.filter(user=ben).update(last_seen_at=yesterday)
    Document.objects.filter(pk=shelf[0].pk).update(finished_at=yesterday - timedelta(hours=1))
    page = client.get(reverse("library:home"))
    assert page.context["new_count"] == 3
    (address,) = set(re.findall(r'href="([^"]*since=[^"]*)"', page.content.decode()))
    assert client.get(unescape(address)).context["listing"].total == 3


def test_reloading_home_does_not_hide_what_is_new(ben: User) -> None:
    caller = Caller.named(ben, source="test")
    morning = timezone.now()
    assert note_visit(caller, morning) is None
    evening = morning + timedelta(hours=8)
    assert note_visit(caller, evening) == morning
    assert note_visit(caller, evening + timedelta(minutes=5)) == morning
    assert note_visit(caller, evening + timedelta(hours=14)) == evening + timedelta(minutes=5)


def test_home_of_the_outsider_says_why_it_is_empty(omar: User, client_for: Callable[[User], Client]) -> None:
    page = client_for(omar).get(reverse("library:home")).content.decode()
    assert "not a member of any collection" in page
