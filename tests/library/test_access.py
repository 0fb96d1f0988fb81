"""Who may, and who may not: the whole cast at every door of the library."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from donovan.access.models import Membership, User
from donovan.audit.models import AuditRecord
from donovan.library import services
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError, NotFoundHere
from ingest import pipeline
from ingest.models import Document
from retrieval import indexing
from tests.library.conftest import HandIn

SECRETS = {
    "open": "UNCLASSIFIED",
    "controlled": "CUI",
    "shared": "SECRET//REL TO USA, GBR",
    "own": "SECRET//NOFORN",
    "harbour": "SECRET//HARBOR//NOFORN",
}
MAY_READ = {
    "ana": {"open", "controlled", "shared", "own", "harbour"},
    "ben": {"open", "controlled"},
    "chloe": {"open", "shared"},
    "rita": {"open", "controlled", "shared", "own"},
    "omar": set(),
    "ada": set(),
}
ABSENT = "00000000-0000-4000-8000-000000000000"
PLACES = ("document", "passages", "original", "remove", "relabel")


@pytest.fixture
def secrets(hand_in: HandIn, ana: User) -> dict[str, Document]:
    """One document of each marking, handed in by Ana, who may read them all. None is in the index yet."""
    return {
        name: hand_in(
            ana, f"The {name} convoy leaves at dawn.", f"{name}.txt", marking=marking, is_read=False
        )
        for name, marking in SECRETS.items()
    }


def _read(*documents: Document) -> None:
    for document in documents:
        pipeline.process(document.pk)
    indexing.index_pending()


def test_each_reads_what_they_are_cleared_for_and_nothing_else(
    secrets: dict[str, Document], cast: dict[str, User], client_for: Callable[[User], Client]
) -> None:
    _read(*secrets.values())
    for username in MAY_READ:
        _reads_exactly(username, secrets, client_for(cast[username]))


def _reads_exactly(username: str, secrets: dict[str, Document], client: Client) -> None:
    page = client.get(reverse("library:documents")).content.decode()
    found = client.get(reverse("library:search"), {"q": "convoy at dawn"}).content.decode()
    home = client.get(reverse("library:home")).content.decode()
    for name, document in secrets.items():
        is_readable = name in MAY_READ[username]
        address = reverse("library:document", args=[document.pk])
        assert (address in page) is is_readable
        assert (address in found) is is_readable
        assert (address in home) is is_readable
        assert (SECRETS[name] in page) is is_readable or name == "open"
        for place in PLACES:
            status = client.get(reverse(f"library:{place}", args=[document.pk])).status_code
            assert status == (200 if is_readable else 404), (username, name, place)
        rows = client.get(reverse("library:ledger"), {"ids": str(document.pk)}).content.decode()
        assert (address in rows) is is_readable


def test_the_banner_is_the_least_upper_bound_of_what_is_shown(
    secrets: dict[str, Document], cast: dict[str, User], client_for: Callable[[User], Client]
) -> None:
    for username, banner in (
        ("ana", "SECRET//HARBOR//CUI//NOFORN"),
        ("ben", "CUI"),
        ("omar", "UNCLASSIFIED"),
    ):
        response = client_for(cast[username]).get(reverse("library:documents"))
        assert response.context["page_marking"] == banner
    shown = client_for(cast["ana"]).get(reverse("library:document", args=[secrets["shared"].pk]))
    assert shown.context["page_marking"] == "SECRET//REL TO USA, GBR"


@pytest.mark.parametrize("place", [*PLACES, "page-image"])
def test_a_forbidden_document_looks_to_the_byte_like_one_that_does_not_exist(
    place: str,
    secrets: dict[str, Document],
    ben: User,
    client_for: Callable[[User], Client],
    without_token: Callable[[bytes], bytes],
) -> None:
    client = client_for(ben)
    more = [1] if place == "page-image" else []
    forbidden = client.get(reverse(f"library:{place}", args=[secrets["harbour"].pk, *more]))
    absent = client.get(reverse(f"library:{place}", args=[ABSENT, *more]))
    assert forbidden.status_code == absent.status_code == 404
    assert without_token(forbidden.content) == without_token(absent.content)
    assert dict(forbidden.headers) == dict(absent.headers)
    first, second = AuditRecord.objects.filter(action="denial").order_by("-sequence")[:2]
    assert first.documents == [ABSENT]
    assert second.documents == [str(secrets["harbour"].pk)]
    assert (first.labels, first.detail, first.outcome) == (second.labels, second.detail, second.outcome)


def test_changes_to_a_forbidden_document_are_refused_like_to_one_that_does_not_exist(
    secrets: dict[str, Document], ben: User
) -> None:
    caller = Caller.named(ben, source="test")
    for key in (secrets["harbour"].pk, ABSENT):
        with pytest.raises(NotFoundHere):
            services.remove(caller, key)
        with pytest.raises(NotFoundHere):
            services.retry(caller, key)
        with pytest.raises(NotFoundHere):
            services.relabel(caller, key, marking="UNCLASSIFIED")
    assert Document.objects.filter(pk=secrets["harbour"].pk, label=secrets["harbour"].label).exists()


@pytest.mark.parametrize("username", MAY_READ)
def test_only_a_reviewer_relabels(username: str, secrets: dict[str, Document], cast: dict[str, User]) -> None:
    caller = Caller.named(cast[username], source="test")
    if username == "rita":
        services.relabel(caller, secrets["open"].pk, marking="CUI")
        assert Document.objects.get(pk=secrets["open"].pk).label == "relief:CUI"
        return
    with pytest.raises((LibraryError, NotFoundHere)):
        services.relabel(caller, secrets["open"].pk, marking="CUI")
    assert Document.objects.get(pk=secrets["open"].pk).label == secrets["open"].label


@pytest.mark.parametrize("username", MAY_READ)
def test_only_who_handed_it_in_or_a_reviewer_removes(
    username: str, secrets: dict[str, Document], cast: dict[str, User]
) -> None:
    caller = Caller.named(cast[username], source="test")
    if username in ("ana", "rita"):
        services.remove(caller, secrets["open"].pk)
        assert not Document.objects.filter(pk=secrets["open"].pk).exists()
        return
    with pytest.raises((LibraryError, NotFoundHere)):
        services.remove(caller, secrets["open"].pk)
    assert Document.objects.filter(pk=secrets["open"].pk).exists()


def test_a_reviewer_cannot_give_a_marking_above_their_clearance(
    secrets: dict[str, Document], rita: User
) -> None:
    with pytest.raises(LibraryError, match="may not read"):
        services.relabel(Caller.named(rita, source="test"), secrets["open"].pk, marking="SECRET//HARBOR")
    denial = AuditRecord.objects.filter(action="denial").last()
    assert denial is not None and denial.actor == "rita"


def test_relabelled_document_is_gone_at_the_next_request(
    secrets: dict[str, Document], ben: User, rita: User, client_for: Callable[[User], Client]
) -> None:
    _read(secrets["open"])
    client = client_for(ben)
    address = reverse("library:document", args=[secrets["open"].pk])
    assert client.get(address).status_code == 200
    assert address in client.get(reverse("library:search"), {"q": "open convoy"}).content.decode()
    services.relabel(Caller.named(rita, source="test"), secrets["open"].pk, marking="SECRET")
    assert client.get(address).status_code == 404
    assert client.get(reverse("library:page-image", args=[secrets["open"].pk, 1])).status_code == 404
    assert address not in client.get(reverse("library:search"), {"q": "open convoy"}).content.decode()
    assert address not in client.get(reverse("library:documents")).content.decode()
    reviewer = client_for(rita)
    assert address in reviewer.get(reverse("library:search"), {"q": "open convoy"}).content.decode()


def test_revoked_member_reads_nothing_at_the_next_request(
    secrets: dict[str, Document], ben: User, client_for: Callable[[User], Client]
) -> None:
    _read(secrets["open"])
    client = client_for(ben)
    Membership.objects.filter(user=ben, collection_id="relief").delete()
    assert client.get(reverse("library:document", args=[secrets["open"].pk])).status_code == 404
    found = client.get(reverse("library:search"), {"q": "convoy"})
    assert found.context["result"].hits == []
    assert found.context["result"].documents_searched == 0


def test_removed_document_is_gone_from_search_and_table(
    secrets: dict[str, Document], ana: User, client_for: Callable[[User], Client]
) -> None:
    _read(secrets["open"], secrets["harbour"])
    client = client_for(ana)
    key = secrets["harbour"].pk
    assert client.post(reverse("library:remove", args=[key])).status_code == 302
    found = client.get(reverse("library:search"), {"q": "harbour convoy"})
    assert str(key) not in found.content.decode()
    assert found.context["result"].documents_searched == 1
    assert str(key) not in client.get(reverse("library:documents")).content.decode()


@pytest.mark.parametrize("place", ["home", "documents", "upload", "search", "ledger"])
def test_nobody_enters_without_signing_in(place: str, client: Client, db: None) -> None:
    assert client.get(reverse(f"library:{place}")).status_code in (302, 401, 403)


def test_counts_and_facets_do_not_know_of_documents_outside_the_scope(
    hand_in: HandIn,
    ana: User,
    ben: User,
    client_for: Callable[[User], Client],
    without_token: Callable[[bytes], bytes],
) -> None:
    hand_in(ana, "Bread is delivered on Monday.", "bread.txt")
    client = client_for(ben)
    client.get(reverse("library:home"))
    places = ("library:home", "library:documents")
    before = [without_token(client.get(reverse(place)).content) for place in places]
    found_before = client.get(reverse("library:search"), {"q": "bread delivery"}).context["result"]
    hand_in(ana, "Bread is delivered to the submarine.", "submarine.txt", marking="SECRET//HARBOR")
    assert [without_token(client.get(reverse(place)).content) for place in places] == before
    found = client.get(reverse("library:search"), {"q": "bread delivery"}).context["result"]
    assert (found.hits, found.documents_searched, found.passages_searched, found.generation) == (
        found_before.hits,
        found_before.documents_searched,
        found_before.passages_searched,
        found_before.generation,
    )


def test_a_lower_marking_needs_a_reason_that_goes_on_record(secrets: dict[str, Document], rita: User) -> None:
    caller = Caller.named(rita, source="test")
    key = secrets["open"].pk
    services.relabel(caller, key, marking="SECRET")
    caller = Caller.named(rita, source="test")
    with pytest.raises(LibraryError, match="Say why it may be marked CUI"):
        services.relabel(caller, key, marking="CUI")
    assert Document.objects.get(pk=key).label == "relief:SECRET"
    services.relabel(caller, key, marking="CUI", reason="Declassified on 3 May 2026.")
    entry = AuditRecord.objects.order_by("-sequence").first()
    assert entry is not None
    assert entry.detail == {"change": "relabel", "reason": "Declassified on 3 May 2026.", "lowers": True}


def test_nothing_above_what_this_system_may_hold_is_taken_in(
    secrets: dict[str, Document], rita: User, settings: LazySettings
) -> None:
    settings.SYSTEM_HIGH = "CUI"
    caller = Caller.named(rita, source="test")
    with pytest.raises(LibraryError, match="This system holds at most CUI"):
        services.check_upload(caller, "relief", "SECRET")
    with pytest.raises(LibraryError, match="This system holds at most CUI"):
        services.relabel(caller, secrets["open"].pk, marking="SECRET")
    services.check_upload(caller, "relief", "CUI")
