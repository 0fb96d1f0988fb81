"""A table that goes over the end of a page is one table."""

from pathlib import Path

import pytest

from donovan.insight.tables.engine import open_session
from donovan.insight.tables.page_tables import PageTable, tables_on
from ingest.models import Page, Word
from tests.insight.tables.conftest import Tables

FILES = Path(__file__).parents[2] / "ingest" / "pdf"


@pytest.mark.parametrize("name", ["distribution-list.pdf", "distribution-list-repeated-header.pdf"])
def test_a_table_over_pages_is_one_and_its_repeated_head_is_no_row(tables_of: Tables, name: str) -> None:
    [table] = tables_of((FILES / name).read_bytes(), name)
    assert table.row_count == 72
    assert [column["title"] for column in table.columns] == [
        "Village", "Households", "Tents sent", "Blankets sent", "Officer",
    ]  # fmt: skip
    assert table.name.startswith("Table 1 on pages 1 to ")
    assert any("several pages" in notice for notice in table.notices)
    with open_session({"t": table}) as session:
        assert session.query(f'SELECT sum("{table.columns[1]["name"]}") FROM t').rows[0][0] == 10548


def page(*rows: tuple[str, ...], top: float = 0.1) -> list[Word]:
    words, at = [], 0
    for index, row in enumerate(rows):
        for place, text in enumerate(row):
            left, upper = 0.1 + 0.2 * place, top + 0.02 * index
            words.append(
                Word(text, at, at + len(text), left, upper, left + 0.01 * len(text), upper + 0.01, 1.0)
            )
            at += len(text) + 1
    return words


def tables(words: list[Word], before: PageTable | None = None) -> list[PageTable]:
    return list(tables_on(Page(image_width=1000, image_height=1400), words, before))


def test_a_table_with_a_head_of_its_own_is_another_table() -> None:
    [first] = tables(page(("Village", "Tents"), ("Aske", "12"), ("Lund", "9"), ("Marne", "3")))
    assert first.is_open
    [second] = tables(page(("Depot", "Litres"), ("North", "400"), ("South", "90"), ("West", "31")), first)
    assert not second.goes_on
    [rest] = tables(page(("Dorrin", "7"), ("Evering", "2")), first)
    assert rest.goes_on
    assert rest.rows == [["Village", "Tents"], ["Dorrin", "7"], ["Evering", "2"]]
