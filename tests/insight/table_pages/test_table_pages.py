"""The pages of tables: every number leads to its rows, every query is shown, and nobody sees what is not
theirs."""

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.audit.models import AuditRecord
from donovan.insight.tables.models import DataTable
from tests.insight.table_pages.conftest import Tables

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
ABSENT = "00000000-0000-4000-8000-000000000000"
PLACES = ("table", "profile", "ask")


def ask(client: Client, table: DataTable, **sent: str) -> str:
    return client.post(reverse("tables:ask", args=[table.pk]), sent).content.decode()


def test_the_list_leads_to_the_table_and_the_table_to_its_document(
    issues: DataTable, ana: User, client_for: ClientFor
) -> None:
    client = client_for(ana)
    listed = client.get(reverse("tables:tables")).content.decode()
    assert reverse("tables:table", args=[issues.pk]) in listed
    shown = client.get(reverse("tables:table", args=[issues.pk])).content.decode()
    assert reverse("library:document", args=[issues.document_id]) in shown
    assert "335.5" in shown


def test_the_list_says_why_it_is_empty(
    ana: User, issues: DataTable, omar: User, client_for: ClientFor
) -> None:
    assert (
        "no table here that you may read" in client_for(omar).get(reverse("tables:tables")).content.decode()
    )
    nothing = client_for(ana).get(reverse("tables:tables"), {"text": "zeppelin"}).content.decode()
    assert "No table that you may read matches" in nothing


@pytest.mark.parametrize("place", PLACES)
def test_a_forbidden_table_looks_like_one_that_does_not_exist(  # noqa: PLR0917
    place: str,
    secret: DataTable,
    ben: User,
    omar: User,
    client_for: ClientFor,
    without_token: Callable[[bytes], bytes],
) -> None:
    for user in (ben, omar):
        client = client_for(user)
        there = client.get(reverse(f"tables:{place}", args=[secret.pk]))
        absent = client.get(reverse(f"tables:{place}", args=[ABSENT]))
        assert there.status_code == absent.status_code == 404
        assert without_token(there.content) == without_token(absent.content)
        assert str(secret.pk) not in client.get(reverse("tables:tables")).content.decode()


def test_a_join_never_shows_what_one_may_not_read(
    issues: DataTable, secret: DataTable, ben: User, ana: User, client_for: ClientFor
) -> None:
    address = reverse("tables:ask", args=[issues.pk])
    sent = {"action": "join", "with": str(secret.pk), "on": "consumer", "equal": "camp"}
    assert client_for(ben).post(address, sent).status_code == 404
    assert "camps" not in client_for(ben).get(address).content.decode()
    by_name = client_for(ben).post(address, {"action": "sql", "sql": "SELECT * FROM camps"})
    assert by_name.status_code == 400
    assert "1200" not in by_name.content.decode()
    joined = client_for(ana).post(address, sent)
    assert joined.context["page_marking"] == "SECRET//NOFORN"
    assert "1,200" in joined.content.decode()


def test_a_save_is_refused_where_one_may_not_read(
    secret: DataTable, issues: DataTable, ben: User, client_for: ClientFor
) -> None:
    sent = {"sql": "SELECT * FROM camps", "with": str(secret.pk)}
    assert client_for(ben).post(reverse("tables:export", args=[issues.pk]), sent).status_code == 404
    assert client_for(ben).post(reverse("tables:export", args=[secret.pk]), sent).status_code == 404


def test_the_cited_cell_is_marked_among_its_neighbours(
    issues: DataTable, ana: User, client_for: ClientFor
) -> None:
    shown = client_for(ana).get(reverse("tables:table", args=[issues.pk]), {"row": 4, "column": "litres"})
    assert '<mark id="cell">40.25</mark>' in shown.content.decode()
    beyond = client_for(ana).get(reverse("tables:table", args=[issues.pk]), {"row": 999})
    assert "Row 999 is not among these rows" in beyond.content.decode()


def test_a_cell_that_does_not_fit_shows_its_text(issues: DataTable, ana: User, client_for: ClientFor) -> None:
    shown = client_for(ana).get(reverse("tables:table", args=[issues.pk])).content.decode()
    assert 'class="misfit">unreadable' in shown


def test_filters_and_sorting_narrow_the_rows(issues: DataTable, ana: User, client_for: ClientFor) -> None:
    address = reverse("tables:table", args=[issues.pk])
    found = client_for(ana).get(address, {"c": "consumer", "o": "contains", "v": "lipa"}).context["grid"]
    assert [row.number for row in found.rows] == [2, 4, 6]
    found = client_for(ana).get(address, {"sort": "litres", "turn": "desc"}).context["grid"]
    assert [row.number for row in found.rows][:3] == [3, 2, 4]
    bad = client_for(ana).get(address, {"c": "litres", "o": "more", "v": "much"}).content.decode()
    assert "is no number" in bad


def test_a_long_table_is_paged_both_ways(tables_of: Tables, ana: User, client_for: ClientFor) -> None:
    (long,) = tables_of("n,word\n" + "".join(f"{n},w{n}\n" for n in range(1, 351)), "long.csv")
    client, address = client_for(ana), reverse("tables:table", args=[long.pk])
    first = client.get(address).context["grid"]
    assert (first.rows[0].number, first.rows[-1].number, first.previous) == (2, 101, "")
    second = client.get(f"{address}?{first.following}").context["grid"]
    assert (second.rows[0].number, second.rows[-1].number) == (102, 201)
    back = client.get(f"{address}?{second.previous}").context["grid"]
    assert [row.number for row in back.rows] == [row.number for row in first.rows]
    sorted_far = client.get(address, {"sort": "n", "turn": "desc", "page": 4}).context["grid"]
    assert (sorted_far.rows[0].number, sorted_far.following) == (51, "")


def test_a_question_is_answered_with_its_query_rows_and_what_was_left_out(
    issues: DataTable, ana: User, client_for: ClientFor
) -> None:
    page = ask(client_for(ana), issues, action="question", question="What is the total litres of diesel?")
    assert "807.5" in page
    assert "SUM(" in page
    assert "Left out: 1 row without litres" in page
    assert "Left out: 1 row whose litres is no number" in page
    assert "?row=2&amp;column=litres" in page


def test_each_line_of_a_group_leads_to_its_rows(issues: DataTable, ana: User, client_for: ClientFor) -> None:
    client = client_for(ana)
    answer = client.post(
        reverse("tables:ask", args=[issues.pk]),
        {"action": "summary", "group": "consumer", "function": "sum", "measure": "litres"},
    )
    lines = {row["cells"][0]["text"]: row["address"] for row in answer.context["result"]["rows"]}
    rows = client.get(lines["Camp Lipa"]).context["grid"].rows
    assert [row.number for row in rows] == [2, 4, 6]


def test_a_pivot_puts_values_across(issues: DataTable, ana: User, client_for: ClientFor) -> None:
    answer = client_for(ana).post(
        reverse("tables:ask", args=[issues.pk]),
        {"action": "summary", "group": "consumer", "across": "product", "function": "count"},
    )
    assert answer.context["result"]["columns"] == ["consumer", "diesel", "petrol", "all"]
    lines = [[cell["text"] for cell in row["cells"]] for row in answer.context["result"]["rows"]]
    assert ["Camp Lipa", "2", "1", "3"] in lines


def test_a_chart_says_itself_in_words(issues: DataTable, ana: User, client_for: ClientFor) -> None:
    page = ask(
        client_for(ana),
        issues,
        action="sql",
        sql="SELECT consumer, SUM(litres) AS litres FROM fuel_issues GROUP BY 1 ORDER BY 1",
        chart="bar",
        x="consumer",
        y="litres",
    )
    assert "<svg" in page
    assert "Camp Lipa 375.75" in page


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DROP VIEW fuel_issues", "Only a SELECT"),
        ("SELECT * FROM fuel_issues; SELECT 1", "Only one query"),
        ("SELECT * FROM read_csv('/etc/passwd')", "after FROM"),
        ("SELECT * FROM '/etc/passwd'", "no table"),
        ("SELECT getenv('HOME') FROM fuel_issues", "cannot be used"),
        ("SELECT nosuch FROM fuel_issues", "no column"),
        ("COPY fuel_issues TO '/tmp/x.csv'", "Only a SELECT"),
        ("SELECT * FROM duckdb_settings()", "after FROM"),
        ("", "no query"),
    ],
)
def test_a_query_that_does_not_only_read_is_refused(
    sql: str, says: str, issues: DataTable, ana: User, client_for: ClientFor
) -> None:
    answer = client_for(ana).post(reverse("tables:ask", args=[issues.pk]), {"action": "sql", "sql": sql})
    assert answer.status_code == 400
    assert says in answer.context["work"].problem


def test_rows_are_saved_inert_and_marked(issues: DataTable, ana: User, client_for: ClientFor) -> None:
    sent = {"sql": "SELECT consumer, litres FROM fuel_issues ORDER BY _row"}
    saved = client_for(ana).post(reverse("tables:export", args=[issues.pk]), sent)
    lines = list(csv.reader(io.StringIO(b"".join(saved.streaming_content).decode())))
    assert lines[0] == lines[-1] == ["UNCLASSIFIED"]
    assert lines[1] == ["consumer", "litres"]
    assert lines[-2][0] == "'=HYPERLINK(1)"
    assert "(U)" in saved["Content-Disposition"]


def test_opening_asking_and_saving_are_on_record_without_the_words(
    issues: DataTable, ana: User, client_for: ClientFor
) -> None:
    client = client_for(ana)
    client.get(reverse("tables:table", args=[issues.pk]))
    ask(client, issues, action="question", question="how many rows are there")
    client.post(reverse("tables:export", args=[issues.pk]), {"sql": "SELECT litres FROM fuel_issues"})
    kept = list(AuditRecord.objects.filter(actor="ana", action__in=("view", "query", "export")))
    assert {record.action for record in kept} >= {"view", "query", "export"}
    for record in kept:
        assert "how many" not in str(record.detail)
        assert "SELECT" not in str(record.detail)
        assert str(issues.document_id) in record.documents


def test_the_profile_shows_gaps_and_leads_to_them(
    issues: DataTable, ana: User, client_for: ClientFor
) -> None:
    client = client_for(ana)
    page = client.get(reverse("tables:profile", args=[issues.pk]))
    litres = next(column for column in page.context["columns"] if column["name"] == "litres")
    rows = (
        client.get(f"{reverse('tables:table', args=[issues.pk])}?{litres['missing_address']}")
        .context["grid"]
        .rows
    )
    assert [row.number for row in rows] == [5, 6]
    assert b"<rect" in page.content
