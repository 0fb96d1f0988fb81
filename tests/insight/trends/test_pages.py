"""The page of trends: each point opens what stands behind it, within the scope; bad addresses do no harm."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.audit.models import AuditRecord
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.services import extract_tables
from tests.insight.trends.conftest import MakePaper
from tests.library.conftest import HandIn

SEPTEMBER = date(2026, 9, 1)
ABSENT = "00000000-0000-4000-8000-000000000000"
ClientFor = Callable[[User], Client]


@pytest.fixture
def papers(paper: MakePaper) -> None:
    for offset in range(12):
        paper("water and cholera, cholera", SEPTEMBER + timedelta(days=offset), name=f"open {offset:02}")
        paper(
            "cholera",
            SEPTEMBER + timedelta(days=offset),
            marking="SECRET//NOFORN",
            name=f"closed {offset:02}",
        )


def lines(client: Client, **asked: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = client.get(reverse("trends:trends"), asked).context["lines"]
    return found


def test_each_number_opens_the_documents_behind_it(papers: None, ana: User, client_for: ClientFor) -> None:
    client = client_for(ana)
    last = lines(client, what="words", words="cholera")[0]
    assert last["value"] == "3"
    page = client.get(str(last["address"]))
    assert [one.title for one, _ in page.context["documents"]] == ["open 11", "closed 11"]
    assert [one.amount for one, _ in page.context["documents"]] == [2, 1]
    assert page.context["page_marking"] == "SECRET//NOFORN"
    first = page.context["documents"][0][0]
    assert '<mark id="words"' in client.get(first.address.partition("#")[0]).content.decode()


@pytest.mark.parametrize(("username", "count", "banner"), [
    ("ana", "2", "SECRET//NOFORN"), ("ben", "1", "UNCLASSIFIED"), ("chloe", "1", "UNCLASSIFIED"),
])  # fmt: skip
def test_each_counts_what_they_may_read(
    username: str, count: str, banner: str, papers: None, client_for: ClientFor
) -> None:
    reader = User.objects.get(username=username)
    response = client_for(reader).get(reverse("trends:trends"), {"what": "documents"})
    assert {line["value"] for line in response.context["lines"]} == {count}
    assert response.context["page_marking"] == banner


@pytest.mark.parametrize("username", ["omar", "ada"])
def test_who_may_read_nothing_sees_the_empty_state(
    username: str, papers: None, cast: dict[str, User], client_for: ClientFor
) -> None:
    for what in ("documents", "entity", "column", "words", "findings"):
        response = client_for(cast[username]).get(
            reverse("trends:trends"), {"what": what, "words": "cholera"}
        )
        assert response.status_code == 200
        assert 'class="empty"' in response.content.decode()
        assert response.context["page_marking"] == "UNCLASSIFIED"


def test_behind_a_point_there_is_nothing_above_the_reader(
    papers: None, ben: User, client_for: ClientFor
) -> None:
    asked = {"what": "documents", "interval": "month", "at": "2026-09-01"}
    page = client_for(ben).get(reverse("trends:point"), asked)
    assert page.context["behind"].total == 12
    assert "closed" not in page.content.decode()


def test_a_table_above_the_reader_looks_like_none(
    hand_in: HandIn, cast: dict[str, User], client_for: ClientFor, without_token: Callable[[bytes], bytes]
) -> None:
    document = hand_in(cast["ana"], "day,amount\n2026-09-01,1\n2026-09-02,2\n", "t.csv", marking="SECRET")
    extract_tables(document.pk)
    table = DataTable.objects.get(document=document)
    client = client_for(cast["ben"])
    for page, more in (("trends", {}), ("point", {"at": "2026-09-01"}), ("chart", {})):
        answers = [
            client.get(reverse(f"trends:{page}"), {"what": "column", "table": key, **more})
            for key in (table.pk, ABSENT)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert without_token(answers[0].content) == without_token(answers[1].content)
    offered = client.get(reverse("trends:trends"), {"what": "column"})
    assert offered.context["offered"].tables == []


def test_a_number_of_a_column_opens_its_rows(hand_in: HandIn, ana: User, client_for: ClientFor) -> None:
    document = hand_in(
        ana,
        "day,camp,amount\n2026-09-01,Lipa,1\n2026-09-02,Lipa,2\n2026-09-02,Jasen,=5\n",
        "t.csv",
        marking="CUI",
    )
    extract_tables(document.pk)
    table = DataTable.objects.get(document=document)
    client = client_for(ana)
    asked = {"what": "column", "table": str(table.pk), "time": "day", "how": "count", "group": "camp"}
    jasen = next(line for line in lines(client, **asked) if line["group"] == "Jasen" and line["items"])
    page = client.get(str(jasen["address"]))
    assert page.context["page_marking"] == "CUI"
    assert [row[0] for row in page.context["behind"].rows] == [4]


@pytest.mark.parametrize(
    "query",
    ["what=unicorn&interval=day", "what=words&interval=day", "what=documents&from=yesterday",
     "what=documents&from=2026-10-01&to=2026-09-01", "what=column&how=magic&table=x"],
)  # fmt: skip
def test_a_bad_address_is_answered_with_a_sentence(
    query: str, papers: None, ana: User, client_for: ClientFor
) -> None:
    response = client_for(ana).get(f"{reverse('trends:trends')}?{query}")
    assert response.status_code in (200, 404)
    if response.status_code == 200:
        assert response.context["problems"]


@pytest.mark.parametrize("query", ["", "what=documents", "what=documents&at=x", "what=words&at=2026-09-01"])
def test_a_point_that_is_none_is_not_found(query: str, ana: User, client_for: ClientFor) -> None:
    assert client_for(ana).get(f"{reverse('trends:point')}?{query}").status_code == 404


def test_the_picture_says_what_it_shows(papers: None, ana: User, client_for: ClientFor) -> None:
    picture = client_for(ana).get(reverse("trends:chart"), {"what": "documents"}).content.decode()
    assert "<svg" in picture
    assert "Documents over Day" in picture


def test_what_was_shown_is_on_record_without_the_words(
    papers: None, ana: User, client_for: ClientFor
) -> None:
    lines(client_for(ana), what="words", words="cholera")
    record = AuditRecord.objects.filter(action="view").order_by("-sequence")[0]
    assert record.actor == "ana"
    assert record.labels == ["relief:SECRET//NOFORN", "relief:UNCLASSIFIED"]
    assert "cholera" not in str(record.detail)
