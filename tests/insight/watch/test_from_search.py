"""A saved search becomes a watch that looks for the same, and says what it cannot keep."""

from collections.abc import Callable
from datetime import date

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.insight.watch.from_search import watch_of
from donovan.insight.watch.models import Watch
from donovan.library import saving
from donovan.library.callers import Caller
from donovan.library.finding import Asked
from donovan.library.querying import check_query


@pytest.mark.parametrize(
    ("query", "kind", "text"),
    [
        ("cholera", Watch.Kind.WORDS, "cholera"),
        ("cholera Jasen", Watch.Kind.QUERY, "cholera AND Jasen"),
        ("pre-war fuel", Watch.Kind.QUERY, '"pre-war" AND fuel'),
        ("fuel OR diesel", Watch.Kind.QUERY, "fuel OR diesel"),
        ("When was the bridge closed?", Watch.Kind.QUESTION, "When was the bridge closed?"),
        ("which depots have fuel left for the convoy", Watch.Kind.QUESTION, None),
    ],
)
def test_each_form_of_a_search_has_its_kind_of_watch(query: str, kind: Watch.Kind, text: str | None) -> None:
    made = watch_of(Asked(query))
    assert (made.kind, made.text) == (kind, text or query)


def test_filters_become_fields_and_of_a_question_they_are_told() -> None:
    narrowed = Asked(
        "fuel OR diesel",
        collection="relief",
        kinds=frozenset({"pdf", "text"}),
        languages=frozenset({"ru"}),
        date_from=date(2024, 1, 2),
        date_to=date(2024, 3, 4),
    )
    made = watch_of(narrowed)
    assert made.text == (
        "(fuel OR diesel) (type:pdf OR type:text) lang:ru date:>=2024-01-02 date:<=2024-03-04"
    )
    assert check_query(made.text)
    assert (made.collection, made.dropped) == ("relief", ())
    asked = watch_of(Asked("Where is the fuel?", kinds=frozenset({"pdf"}), date_to=date(2024, 3, 4)))
    assert asked.dropped == ("type", "dates")


def test_one_click_makes_the_watch(ben: User, client_for: Callable[[User], Client]) -> None:
    caller = Caller.named(ben, source="test")
    saved = saving.save_search(caller, name="Fuel", sent=QueryDict("q=fuel+OR+diesel&collection=relief"))
    client = client_for(ben)
    assert reverse("watch:from-search") in client.get(reverse("library:saved")).content.decode()
    response = client.post(reverse("watch:from-search"), {"search": str(saved.pk)})
    watch = Watch.objects.get()
    assert response["Location"] == reverse("watch:watch", args=[watch.pk])
    assert (watch.kind, watch.text, watch.title, watch.collection) == (
        "query",
        "fuel OR diesel",
        "Fuel",
        "relief",
    )
