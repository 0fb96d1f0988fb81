"""A table with more rows than fit on pages: the text of the first, and every row in the table."""

from tests.insight.tables.conftest import Tables, rows_of


def test_a_long_table_is_ready_with_the_text_of_its_first_rows_and_holds_them_all(tables_of: Tables) -> None:
    count = 210_000
    lines = [f"{number},place {number % 7},{number / 4}" for number in range(count)]
    [table] = tables_of("id,place,litres\n" + "\n".join(lines) + "\n", "long.csv")
    assert table.row_count == count
    assert rows_of(table, "SELECT count(*), sum(id), max(_row) FROM t") == [
        (count, count * (count - 1) // 2, count + 1)
    ]
    document = table.document
    assert "text of the first 20,000 rows can be searched" in document.error
    last = document.pages.order_by("-number").first()
    assert last is not None and "19998" in last.text and "20001" not in last.text
