"""What was found stands by document, copies are folded into one, and it is counted and ordered."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from ingest.models import Document
from tests.library.conftest import HandIn

ClientFor = Callable[[User], Client]
FLOOD = "The flood at Langmoor took the bridge and cut the road to the depot for eleven days in March."


def shown(client: Client, **asked: str) -> str:
    return " ".join(client.get(reverse("library:search"), asked).content.decode().split())


def test_a_copy_stands_once_and_names_the_others(hand_in: HandIn, ben: User, client_for: ClientFor) -> None:
    for name in ("first.txt", "second.txt", "third.txt"):
        hand_in(ben, f"{FLOOD} Filed as {name}.", name)
    response = client_for(ben).get(reverse("library:search"), {"q": "flood Langmoor bridge"})
    rows = response.context["rows"]
    assert [len(row.copies) for row in rows] == [2]
    page = " ".join(response.content.decode().split())
    assert page.count("The same words stand in") == 1
    assert "3 passages from 3 documents" in page


def test_what_only_resembles_is_no_copy(hand_in: HandIn, ben: User, client_for: ClientFor) -> None:
    hand_in(ben, FLOOD, "march.txt")
    hand_in(ben, "The flood at Langmoor left the bridge standing, and the road stayed open.", "may.txt")
    rows = client_for(ben).get(reverse("library:search"), {"q": "flood Langmoor bridge"}).context["rows"]
    assert [len(row.copies) for row in rows] == [0, 0]


def test_the_passages_of_a_document_stand_together(hand_in: HandIn, ben: User, client_for: ClientFor) -> None:
    paragraph = "The pump at well {} was repaired by the engineers of the second company. " * 30
    hand_in(ben, "\n\n".join(paragraph.replace("{}", n) for n in ("one", "two", "three")), "wells.txt")
    hand_in(ben, "The pump in the hospital is broken.", "hospital.txt")
    rows = client_for(ben).get(reverse("library:search"), {"q": "pump repaired"}).context["rows"]
    assert sorted(row.hit.name for row in rows) == ["hospital.txt", "wells.txt"]
    assert sum(len(row.others) for row in rows) > 0


def test_what_was_found_is_counted_and_each_count_narrows(
    hand_in: HandIn, ben: User, client_for: ClientFor
) -> None:
    for name, day in (("a.txt", "2023-04-01"), ("b.txt", "2024-05-02"), ("c.md", "2024-06-03")):
        document = hand_in(
            ben, f"Report {name}: the ferry to Orla was late again, for a reason of its own.", name
        )
        Document.objects.filter(pk=document.pk).update(document_date=day)
    client = client_for(ben)
    response = client.get(reverse("library:search"), {"q": "ferry"})
    counted = {
        facet.title: {value.name: (value.count, address) for value, address in values}
        for facet, values in response.context["facets"]
    }
    assert {name: count for name, (count, _) in counted["Year"].items()} == {"2024": 2, "2023": 1}
    narrowed = client.get(reverse("library:search") + "?" + counted["Year"]["2024"][1])
    assert narrowed.context["result"].documents_searched == 2
    assert "Marking" not in counted, "one value for all says nothing"


def test_senders_of_mails_are_counted_by_their_address(
    hand_in: HandIn, ben: User, client_for: ClientFor
) -> None:
    for number, sender in enumerate(("Ana P. <ana@example.org>", "ANA@example.org", "omar@example.org")):
        mail = f"From: {sender}\nTo: ben@example.org\nSubject: Ferry {number}\n\nThe ferry {number} was late."
        hand_in(ben, mail, f"{number}.eml")
    response = client_for(ben).get(reverse("library:search"), {"q": "ferry"})
    (senders,) = (values for facet, values in response.context["facets"] if facet.title == "Sender")
    assert {value.name: value.count for value, _ in senders} == {"ana@example.org": 2, "omar@example.org": 1}


def test_found_documents_are_ordered_by_their_dates(
    hand_in: HandIn, ben: User, client_for: ClientFor
) -> None:
    days = {"old.txt": "2021-01-01", "new.txt": "2024-01-01", "undated.txt": None}
    for name, day in days.items():
        document = hand_in(
            ben, f"The ferry to Orla was late, says {name}, and nobody knows why it was.", name
        )
        Document.objects.filter(pk=document.pk).update(document_date=day)
    client = client_for(ben)

    def names(order: str) -> list[str]:
        response = client.get(reverse("library:search"), {"q": "ferry Orla", "order": order})
        hits = response.context["result"].hits
        return [hit.name for hit in hits]

    assert names("newest") == ["new.txt", "old.txt", "undated.txt"]
    assert names("oldest") == ["old.txt", "new.txt", "undated.txt"]
    assert '<strong aria-current="true">newest first</strong>' in shown(client, q="ferry", order="newest")


def test_counts_tell_nothing_of_what_may_not_be_read(
    hand_in: HandIn, ana: User, ben: User, client_for: ClientFor
) -> None:
    hand_in(ben, "The ferry to Orla was late.", "open.txt")
    before = client_for(ben).get(reverse("library:search"), {"q": "ferry"}).context["facets"]
    hand_in(ana, "The ferry to Orla carries arms.", "closed.md", marking="SECRET//NOFORN")
    after = client_for(ben).get(reverse("library:search"), {"q": "ferry"}).context["facets"]
    assert before == after == []
