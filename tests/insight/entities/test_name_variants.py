"""One person in several spellings is one, with undo; who may be another is asked about; nobody learns it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.insight.entities import merging, selectors
from donovan.insight.entities.identity import entity_id, normal_name
from donovan.insight.entities.name_variants import are_one, may_be_one, sound_key
from donovan.library.callers import Caller

from .conftest import SECRET, Read

GORAN = entity_id("person", "goran vesselin")


def normals(*names: str) -> tuple[str, ...]:
    return tuple(normal_name(name) for name in names)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Goran Veselin", "Горан Веселин"),
        ("Goran Veselin", "Goran Vesselin"),
        ("Sergei Akhmedow", "Sergey Ahmedov"),
        ("Usama bin Yusuf", "Usama ibn Yusuf"),
        ("Alexander Petrov", "Aleksandr Petrov"),
        ("Mohammed Abdul-Rahman al-Qadhafi", "Muhammad Abdurrahman el-Gaddafi"),
        ("Mohammed Abdul-Rahman al-Qadhafi", "Мухаммад Абдуррахман Каддафи"),
        ("Yulia Shcherbakova", "Iuliia Scherbakowa"),
    ],
)
def test_spellings_of_one_full_name_are_one(one: str, other: str) -> None:
    pair = normals(one, other)
    assert are_one(*pair)
    assert sound_key(pair[0]) == sound_key(pair[1]) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ivan Petrov", "Ivana Petrov"),
        ("Ivan Petrov", "Ivan Petrova"),
        ("Hassan Karimi", "Hussein Karimi"),
        ("حسن كريمي", "حسين كريمي"),
        ("Erik Hansen", "Erik Hanson"),
        ("Jana Novak", "Sana Novak"),
        ("Maria Silva", "Mario Silva"),
        ("Goran", "Goran"),
        ("Goran Veselin", "Veselin"),
        ("Goran Veselin", "Goran M Veselin"),
    ],
)
def test_who_may_be_two_is_never_one_by_itself(one: str, other: str) -> None:
    assert not are_one(*normals(one, other))


def test_arabic_and_latin_spellings_are_worth_a_question() -> None:
    pair = normals("Ahmed Karimov", "أحمد كريموف")
    assert may_be_one(*pair) and not are_one(*pair)
    assert sound_key(pair[0]) == sound_key(pair[1])


def test_documents_that_spell_a_name_in_two_ways_mean_one_and_an_analyst_keeps_them_apart(
    read: Read, ana: User
) -> None:
    read("Then Gen. Goran Veselin arrived in Mosul.", "1.txt")
    read("Then Gen. Goran Vesselin arrived in Baghdad.", "2.txt")
    scope, caller = scope_for(ana), Caller.named(ana, source="test")
    profile = selectors.entity(scope, GORAN)
    assert (profile.row.documents, len(profile.members)) == (2, 2)
    decision = merging.separate(caller, *profile.members)
    assert selectors.entity(scope, GORAN).row.documents == 1
    merging.undo(caller, decision.pk)
    assert selectors.entity(scope, GORAN).row.documents == 2


def test_a_spelling_in_a_document_that_may_not_be_read_changes_nothing(
    read: Read, ana: User, ben: User
) -> None:
    read("Then Gen. Goran Vesselin arrived in Mosul.", "1.txt")
    before = selectors.entity(scope_for(ben), GORAN)
    read("Then Gen. Goran Veselin arrived in Baghdad.", "2.txt", marking=SECRET)
    read("Then Gen. Gorana Vesselin arrived in Baghdad.", "3.txt", marking=SECRET)
    assert repr(selectors.entity(scope_for(ben), GORAN)) == repr(before)
    assert selectors.alike(scope_for(ben), before) == []
    assert len(selectors.entity(scope_for(ana), GORAN).members) == 2


def test_the_page_asks_whether_names_that_sound_alike_are_one(
    read: Read, ana: User, client_for: Callable[[User], Client]
) -> None:
    read("Then Gen. Goran Vesselin arrived in Mosul.", "1.txt")
    read("Then Gen. Gorana Vesselin arrived in Baghdad.", "2.txt")
    other = entity_id("person", "gorana vesselin")
    page = client_for(ana).get(reverse("entities:entity", args=[GORAN])).content.decode()
    assert "Perhaps the same" in page
    assert f"{reverse('entities:merge')}?id={GORAN}&amp;id={other}" in page
