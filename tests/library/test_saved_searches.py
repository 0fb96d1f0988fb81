"""A saved search is its owner's alone, keeps what was asked and never what was found."""

from collections.abc import Callable

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from donovan.access.models import Membership, User
from donovan.audit.models import AuditRecord
from donovan.library import saving
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.models import SavedSearch
from tests.library.conftest import HandIn

ClientFor = Callable[[User], Client]
ADDRESS = "q=wells+Jasen&collection=relief&type=text"


def save(user: User, address: str = ADDRESS, name: str = "Wells") -> SavedSearch:
    return saving.save_search(Caller.named(user, source="test"), name=name, sent=QueryDict(address))


def test_one_click_saves_the_search_with_its_filters_and_its_name_opens_it(
    hand_in: HandIn, ben: User, client_for: ClientFor
) -> None:
    hand_in(ben, "Three wells at Jasen.", "wells.txt")
    client = client_for(ben)
    page = client.get(f"{reverse('library:search')}?{ADDRESS}&k=40")
    assert page.context["address"] == ADDRESS
    assert "data-save-search" in page.content.decode()
    sent = client.post(reverse("library:save"), {"address": ADDRESS, "name": ""})
    assert sent["Location"] == f"{reverse('library:search')}?{ADDRESS}"
    saved = SavedSearch.objects.get()
    assert saved.name == "wells Jasen"
    assert "Saved as" in client.get(sent["Location"]).content.decode()
    link = f"?{ADDRESS}".replace("&", "&amp;")
    for name in ("library:home", "library:search", "library:saved"):
        assert link in client.get(reverse(name)).content.decode()


def test_the_same_search_is_named_anew_and_not_kept_twice(ben: User, ana: User) -> None:
    first, second = save(ben), save(ben, name="Wells again")
    assert first.pk == second.pk
    save(ana)
    assert [one.name for one in saving.saved_searches(ben)] == ["Wells again"]


def test_nobody_else_sees_names_opens_or_removes_it(ben: User, ana: User, client_for: ClientFor) -> None:
    saved = save(ben, name="What nobody knows")
    client = client_for(ana)
    for name in ("library:home", "library:search", "library:saved"):
        assert "What nobody knows" not in client.get(reverse(name)).content.decode()
    for view, data in (("saved-rename", {"name": "Mine"}), ("saved-remove", {"removed": "yes"})):
        assert client.post(reverse(f"library:{view}", args=[saved.pk]), data).status_code == 404
    assert client.post(reverse("watch:from-search"), {"search": str(saved.pk)}).status_code == 404
    assert client.post(reverse("watch:from-search"), {"search": "no-such"}).status_code == 404
    assert saving.saved_searches(ben).get().name == "What nobody knows"


def test_what_it_finds_is_what_may_be_read_when_it_is_opened(
    hand_in: HandIn, ben: User, client_for: ClientFor
) -> None:
    hand_in(ben, "Three wells at Jasen.", "wells.txt")
    address = f"{reverse('library:search')}?{save(ben).address}"
    assert len(client_for(ben).get(address).context["rows"]) == 1
    Membership.objects.filter(user=ben, collection_id="relief").delete()
    assert client_for(ben).get(address).context["rows"] == []


def test_a_removed_search_comes_back_and_only_the_last_ones_can(ben: User, client_for: ClientFor) -> None:
    saved, client = save(ben), client_for(ben)
    client.post(reverse("library:saved-remove", args=[saved.pk]), {"removed": "yes"})
    assert not saving.saved_searches(ben).exists()
    assert "Bring it back" in client.get(reverse("library:saved")).content.decode()
    client.post(reverse("library:saved-remove", args=[saved.pk]), {"removed": "no"})
    assert saving.saved_searches(ben).get().pk == saved.pk
    caller = Caller.named(ben, source="test")
    for number in range(saving.MOST_REMOVED + 2):
        saving.set_search_removed(caller, save(ben, f"q=word{number}"), is_removed=True)
    assert saving.removed_searches(ben).count() == saving.MOST_REMOVED


def test_every_change_is_on_record_without_a_word_of_the_search(ben: User) -> None:
    caller, saved = Caller.named(ben, source="test"), save(ben)
    saving.rename_search(caller, saved, name="Other")
    saving.set_search_removed(caller, saved, is_removed=True)
    saving.set_search_removed(caller, saved, is_removed=False)
    kept = AuditRecord.objects.filter(action="administer", actor=ben.username).order_by("sequence")
    assert [record.detail["change"] for record in kept] == [
        "search saved",
        "saved search renamed",
        "saved search removed",
        "saved search brought back",
    ]
    assert all(set(record.detail) == {"change", "search"} for record in kept)


@pytest.mark.parametrize(
    ("address", "name", "sentence"),
    [
        ("q=", "x", "Say what to search for"),
        ("q=+++", "x", "Say what to search for"),
        ("q=" + "water+" * 16_667, "x", "at most 2,000"),
        ("q=(water+AND", "x", ""),
        ("q=water&from=yesterday", "x", "is not a date"),
        ("q=water", "n" * 201, "Shorten it"),
    ],
)
def test_what_cannot_be_searched_for_is_not_saved(address: str, name: str, sentence: str, ben: User) -> None:
    with pytest.raises(LibraryError) as error:
        save(ben, address, name)
    assert sentence in error.value.sentence
    assert not SavedSearch.objects.exists()


def test_there_is_an_end_to_how_many_are_kept(ben: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "MOST_SAVED", 2)
    first = save(ben, "q=one")
    save(ben, "q=two")
    with pytest.raises(LibraryError):
        save(ben, "q=three")
    caller = Caller.named(ben, source="test")
    saving.set_search_removed(caller, first, is_removed=True)
    save(ben, "q=three")
    with pytest.raises(LibraryError):
        saving.set_search_removed(caller, first, is_removed=False)


def test_an_empty_name_is_refused_when_it_is_renamed(ben: User, client_for: ClientFor) -> None:
    saved = save(ben)
    page = client_for(ben).post(reverse("library:saved-rename", args=[saved.pk]), {"name": "  "}, follow=True)
    assert "Give the search a name" in page.content.decode()
    assert saving.saved_searches(ben).get().name == "Wells"
