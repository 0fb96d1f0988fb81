"""Pages of entities: mentions lead to their page, decisions are taken back, bad addresses do no harm."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.insight.entities.graph import Node, Tie, graph_svg, layout
from donovan.insight.entities.identity import entity_id
from donovan.insight.entities.models import Appearance, Decision
from tests.insight.entity_pages.conftest import MakeReport


@pytest.fixture
def client(ana: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(ana)


def key_of(name: str) -> str:
    return str(Appearance.objects.filter(name=name)[0].entity_id)


def test_a_profile_quotes_each_mention_and_opens_its_page_at_the_words(
    report: MakeReport, client: Client
) -> None:
    first = report("Rain fell. The convoy reached Sarajevo at noon. All was calm.", marking="CUI")
    second = report("Sarajevo is quiet.", date(2026, 9, 5))
    response = client.get(reverse("entities:entity", args=[key_of("Sarajevo")]))
    shown = [mention for mention, _ in response.context["mentions"]]
    assert [mention.document for mention in shown] == [second.pk, first.pk]
    text = response.content.decode()
    for mention in shown:
        assert mention.address.replace("&", "&amp;") in text
        page = client.get(mention.address.partition("#")[0]).content.decode()
        assert '<mark id="words"' in page
    assert "<mark>Sarajevo</mark>" in text
    assert response.context["page_marking"] == "CUI"
    assert response.context["row"].first == date(2026, 9, 3)


def test_a_placed_entity_is_on_a_map_with_its_position_in_all_notations(
    report: MakeReport, client: Client
) -> None:
    report("The convoy reached Sarajevo.")
    text = client.get(reverse("entities:entity", args=[key_of("Sarajevo")])).content.decode()
    assert 'class="map"' in text
    assert "34T BP" in text and "34T 2" in text


def test_the_list_finds_by_part_of_a_name_kind_and_collection(report: MakeReport, client: Client) -> None:
    report("The convoy reached Sarajevo.")
    report("The convoy reached Zagreb.", collection="logistics")
    address = reverse("entities:entities")

    def names(**asked: str) -> list[str]:
        return [row.name for row in client.get(address, asked).context["found"].rows]

    assert set(names(kind="place")) == {"Sarajevo", "Zagreb"}
    assert names(q="saraj") == ["Sarajevo"]
    assert names(collection="logistics", kind="place") == ["Zagreb"]
    assert names(q="nothing of the kind") == []
    assert names(kind="phone") == []


@pytest.mark.parametrize(
    "query",
    [
        "start=-1",
        "start=99999999999",
        "start=x",
        "kind=unicorn",
        "order=;",
        "collection=none",
        "q=%00",
        "q=" + "x" * 5000,
    ],
)
def test_a_bad_address_of_the_list_does_no_harm(query: str, report: MakeReport, client: Client) -> None:
    report("The convoy reached Sarajevo.")
    assert client.get(f"{reverse('entities:entities')}?{query}").status_code == 200


@pytest.mark.parametrize(
    "query", ["bounds=1,2", "bounds=nan,0,1,1", "at=the+harbour", "at=91,0", "bounds=0,80,1,20"]
)
def test_a_bad_address_of_the_map_is_answered_with_a_sentence(
    query: str, report: MakeReport, client: Client
) -> None:
    report("The convoy reached Sarajevo.")
    response = client.get(f"{reverse('entities:map')}?{query}")
    assert response.status_code == 200
    assert len(response.context["problems"]) == 1
    assert response.context["listed_total"] == 1


def test_the_map_goes_to_a_coordinate_and_lists_what_lies_there(report: MakeReport, client: Client) -> None:
    report("The convoy went from Sarajevo to Montevideo.")
    response = client.get(reverse("entities:map"), {"at": "34T BP 91 57"})
    assert [place.name for place, _ in response.context["listed"]] == ["Sarajevo"]
    assert response.context["total"] == 2


def test_the_timeline_is_in_order_and_between_two_days(report: MakeReport, client: Client) -> None:
    report("It arrived on 14 September 2026. It had left on 2 September 2026. All ended on 3 October 2026.")
    response = client.get(reverse("entities:timeline"), {"from": "2026-09-01", "to": "2026-09-30"})
    assert [when for when, _ in response.context["days"]] == ["2 September 2026", "14 September 2026"]
    wrong = client.get(reverse("entities:timeline"), {"from": "yesterday"})
    assert "is not a date" in wrong.content.decode()


def test_those_named_in_one_sentence_are_tied_and_the_tie_shows_it(
    report: MakeReport, client: Client
) -> None:
    report("The convoy went from Sarajevo to Zagreb. Later it rained in Belgrade.")
    response = client.get(reverse("entities:graph"))
    pairs = {frozenset((one.name, other.name)) for one, other, _ in response.context["ties"]}
    assert pairs == {frozenset(("Sarajevo", "Zagreb"))}
    ((_, _, tie),) = response.context["ties"]
    shared = client.get(tie.address)
    assert shared.context["total"] == 1
    assert "from <mark>" in shared.content.decode()
    around = client.get(reverse("entities:graph"), {"around": key_of("Belgrade"), "within": "page"})
    assert {tie.count for _, _, tie in around.context["ties"]} == {1}
    assert len(around.context["ties"]) >= 2


def test_merging_can_be_taken_back(report: MakeReport, client: Client) -> None:
    report("The convoy reached Sarajevo.")
    report("The convoy reached Zagreb.")
    one, other = key_of("Sarajevo"), key_of("Zagreb")
    asked = client.get(reverse("entities:merge"), {"id": [one, other]})
    assert len(asked.context["profiles"]) == 2
    client.post(reverse("entities:merge"), {"id": [one, other], "name": "Both towns", "note": "a test"})
    merged = client.get(reverse("entities:entity", args=[other]))
    assert merged.context["row"].name == "Both towns"
    assert merged.context["total"] == 2
    assert "a test" in merged.content.decode()
    (decision,) = Decision.objects.all()
    back = client.post(reverse("entities:undo", args=[decision.pk]), follow=True)
    assert back.context["total"] == 1


def test_too_few_to_merge_is_said(report: MakeReport, client: Client) -> None:
    report("The convoy reached Sarajevo.")
    page = client.get(reverse("entities:merge"), {"id": key_of("Sarajevo")})
    assert "Choose at least two" in page.content.decode()
    assert client.post(reverse("entities:merge"), {"id": ["x", key_of("Sarajevo")]}).status_code == 400
    assert client.get(reverse("entities:merge")).status_code == 200


def test_documents_are_split_off_and_joined_again(report: MakeReport, client: Client) -> None:
    town = report("The convoy reached Sarajevo.")
    ship = report("The tug Sarajevo left port.")
    key = key_of("Sarajevo")
    form = client.get(reverse("entities:split", args=[key]))
    assert len(form.context["appearances"]) == 2
    nameless = client.post(reverse("entities:split", args=[key]), {"member": key, "document": str(ship.pk)})
    assert nameless.status_code == 400 and "name of its own" in nameless.content.decode()
    made = client.post(
        reverse("entities:split", args=[key]),
        {"member": key, "document": str(ship.pk), "name": "the tug"},
        follow=True,
    )
    assert made.context["row"].name == "the tug"
    assert [mention.document for mention, _ in made.context["mentions"]] == [ship.pk]
    left = client.get(reverse("entities:entity", args=[key]))
    assert [mention.document for mention, _ in left.context["mentions"]] == [town.pk]


def test_what_is_no_such_thing_leaves_the_list(report: MakeReport, client: Client) -> None:
    report("The convoy reached Sarajevo.")
    key = key_of("Sarajevo")
    client.post(reverse("entities:reject", args=[key]), {"note": "a code word"})
    assert client.get(reverse("entities:entities"), {"kind": "place"}).context["found"].total == 0
    assert "a code word" in client.get(reverse("entities:entity", args=[key])).content.decode()


def test_names_that_are_markup_stay_names(report: MakeReport, client: Client) -> None:
    name = '<b onclick="x">'
    node = Node(entity_id("person", "x"), name, "person", 1, '/x/?"<')
    other = Node(entity_id("place", "y"), "y", "place", 1, "/y/")
    svg = graph_svg([node, other], [Tie(node.id, other.id, 1, "/t/")], title="<i>")
    assert "<b " not in svg and "<i>" not in svg and 'style="' not in svg


def test_the_same_graph_is_laid_out_the_same_and_ties_draw_together() -> None:
    ties = [(0, 1, 1.0), (2, 3, 1.0)]
    places = layout(6, ties)
    assert (places == layout(6, ties)).all()
    assert (places >= 0).all() and (places <= 1).all()
    apart = [float(((places[a] - places[b]) ** 2).sum()) for a, b in ((0, 1), (2, 3), (0, 2), (1, 3))]
    assert max(apart[:2]) < min(apart[2:])
    assert layout(0, []).shape == (0, 2)
    assert layout(1, [], 0).shape == (1, 2)
