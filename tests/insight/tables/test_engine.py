"""A query sees the tables of its session and nothing else, whatever it is made of."""

from pathlib import Path

import pytest

from donovan.insight.errors import InsightError
from donovan.insight.tables import engine
from donovan.insight.tables.engine import open_session
from donovan.insight.tables.models import DataTable
from tests.insight.tables.conftest import TableFrom

READINGS = "day;litres\n2026-09-06;1.10\n2026-09-07;2.20\n2026-09-08;n/a"


@pytest.fixture
def table(table_from: TableFrom) -> DataTable:
    return table_from(READINGS)


def test_sums_of_decimals_are_exact(table: DataTable) -> None:
    with open_session({"t": table}) as session:
        result = session.query("SELECT sum(litres) AS total, count(*) AS n FROM t WHERE litres > ?", [0])
    assert str(result.rows[0][0]) in {"3.30", "3.3"}
    assert (result.columns, result.total, result.rows[0][1]) == (["total", "n"], 1, 2)


def test_only_so_many_rows_come_and_all_are_counted(table: DataTable) -> None:
    with open_session({"t": table}) as session:
        result = session.query("SELECT * FROM t -- all of them", limit=2)
    assert (len(result.rows), result.total) == (2, 3)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_parquet('{own}')",
        "SELECT * FROM read_parquet('{other}')",
        "SELECT * FROM '{other}'",
        'SELECT * FROM "{other}"',
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM read_blob('{file}')",
        "SELECT * FROM parquet_metadata('{own}')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM sniff_csv('{file}')",
        "SELECT count(*) FROM t WHERE EXISTS (SELECT 1 FROM read_text('{file}'))",
        "SELECT (SELECT content FROM read_text('{file}'))",
        "WITH x AS (SELECT * FROM read_text('{file}')) SELECT * FROM x",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('t')",
        "ATTACH '{file}' AS other",
        "COPY t TO '{out}'",
        "COPY (SELECT 1) TO '{out}'",
        "EXPORT DATABASE '{out}'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT getenv('HOME')",
        "SELECT current_setting('temp_directory')",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM pg_catalog.pg_tables",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM pragma_database_list()",
        "PRAGMA database_list",
        "SHOW TABLES",
        "DESCRIBE t",
        "SELECT * FROM (SHOW TABLES)",
        "SET threads = 8",
        "RESET lock_configuration",
        "CREATE TABLE x AS SELECT 1",
        "DROP VIEW t",
        "INSERT INTO t VALUES (1)",
        "SELECT 1; SELECT 2",
        "SELECT 1; COPY t TO '{out}'",
        "CALL pragma_version()",
        "EXPLAIN SELECT 1",
        "SELECT * FROM other",
        "SELECT * FROM main.t",
        "SELECT * FROM memory.main.t",
        "",
    ],
)
def test_nothing_but_a_select_over_the_tables_at_hand_runs(
    table: DataTable, tmp_path: Path, sql: str
) -> None:
    file, other, out = tmp_path / "secret.csv", tmp_path / "other.parquet", tmp_path / "out"
    file.write_text("secret\nwater\n")
    own = engine.storage.verified(table.path, table.digest)
    other.write_bytes(own.read_bytes())
    with open_session({"t": table}) as session, pytest.raises(InsightError) as refused:
        session.query(sql.format(file=file, other=other, own=own, out=out))
    assert refused.value.sentence and "water" not in refused.value.sentence
    assert not out.exists()


def test_the_engine_itself_has_no_way_to_files_even_if_a_statement_slipped_through(
    table: DataTable, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n")
    with open_session({"t": table}) as session:
        for sql in (
            f"SELECT * FROM read_csv('{other}')",
            f"COPY t TO '{tmp_path / 'out.csv'}'",
            f"ATTACH '{other}'",
        ):
            with pytest.raises(engine.duckdb.PermissionException):
                session._connection.execute(sql)
        with pytest.raises(engine.duckdb.InvalidInputException):
            session._connection.execute("SET enable_external_access = true")


def test_joins_windows_subqueries_and_pivots_of_the_own_tables_run(table: DataTable) -> None:
    with open_session({"t": table, "u": table}) as session:
        for sql in (
            "SELECT t.day, u.litres FROM t JOIN u USING (_row)",
            "WITH x AS (SELECT day, litres FROM t) SELECT day, sum(litres) OVER (ORDER BY day) FROM x",
            "SELECT * FROM (SELECT day, litres FROM t) PIVOT (sum(litres) FOR day IN ('2026-09-06'))",
            "SELECT r.litres FROM t_raw r WHERE _row IN (SELECT _row FROM t WHERE litres IS NULL)",
            "SELECT unnest([1, 2])",
            "SELECT * FROM range(3)",
            "SELECT 1 UNION ALL SELECT 2",
        ):
            assert session.query(sql).rows


def test_a_query_that_runs_too_long_is_stopped_with_a_sentence(table: DataTable) -> None:
    endless = "SELECT count(*) FROM range(1000000) a, range(1000000) b, t WHERE a.range * b.range % 7 = 3"
    with open_session({"t": table}, seconds=0.5) as session:
        with pytest.raises(InsightError, match="stopped after"):
            session.query(endless)
        assert session.query("SELECT count(*) FROM t").rows == [(3,)]


def test_a_query_that_needs_too_much_memory_is_refused_with_a_sentence(
    table: DataTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MEMORY_MEGABYTES", 64)
    monkeypatch.setattr(engine, "SPILL_MEGABYTES", 1)
    with open_session({"t": table}) as session, pytest.raises(InsightError, match="more memory"):
        session.query(
            "SELECT list(a.range || 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') FROM range(3000000) a, t LIMIT 1"
        )


def test_a_mistake_in_a_query_is_named(table: DataTable) -> None:
    with open_session({"t": table}) as session:
        with pytest.raises(InsightError, match="cannot be read"):
            session.query("SELEC * FROM t")
        with pytest.raises(InsightError, match="litre"):
            session.query("SELECT litre FROM t")


def test_a_file_that_changed_on_disk_is_not_opened(table: DataTable) -> None:
    path = engine.storage.verified(table.path, table.digest)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(InsightError, match="changed on disk"), open_session({"t": table}):
        pass
