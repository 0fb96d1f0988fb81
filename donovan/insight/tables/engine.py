"""DuckDB, the engine of tables, and the only place that imports it.

A `Session` answers queries over chosen tables: in memory, without access to files, network, settings or any
other table, within limits of memory and time. A `Workshop` is for our own statements alone, which turn raw
cells into typed Parquet.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from django.conf import settings
from duckdb.func import FunctionNullHandling

from donovan.insight.errors import InsightError
from donovan.insight.tables import statements, storage
from donovan.insight.tables.models import DataTable

MEMORY_MEGABYTES = 512
SPILL_MEGABYTES = 4096
THREADS = 2
SECONDS = 30.0
ROWS = 1000
LONGEST_QUERY = 20_000
ROW = "_row"
_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}


@dataclass(frozen=True)
class QueryResult:
    """`rows` are the first rows, `total` how many there are in all, `types` DuckDB's names of the types.

    Whole numbers come as int, decimals as Decimal (exact) or float, dates and times as those of `datetime`,
    without a time zone.
    """

    columns: list[str]
    types: list[str]
    rows: list[tuple[object, ...]]
    total: int
    seconds: float


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


class Session:
    """Queries over the views of one session. Made by `open_session`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, views: frozenset[str], seconds: float) -> None:
        self._connection = connection
        self._views = views
        self._seconds = seconds

    def query(self, sql: str, parameters: Sequence[object] = (), limit: int = ROWS) -> QueryResult:
        """Run one SELECT; at most `limit` of its rows.

        Raises InsightError when it is no single SELECT over the views, cannot be understood, or takes too
        much time or memory.
        """
        sql = sql.strip().rstrip(";").strip()
        if not sql:
            raise InsightError("The query is empty. Write a SELECT.")
        if len(sql) > LONGEST_QUERY:
            raise InsightError(f"The query is longer than {LONGEST_QUERY} characters. Shorten it.")
        began = time.monotonic()
        with _limited(self._connection, self._seconds):
            serialized = self._connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchone()
            statements.check(str(serialized[0]) if serialized else "{}", self._views)
            cursor = self._connection.execute(sql, list(parameters))
            described = list(cursor.description or ())
            rows = cursor.fetchmany(limit + 1)
            total = len(rows)
            if total > limit:
                counted = self._connection.execute(
                    f"SELECT count(*) FROM ({sql}\n)", list(parameters)
                ).fetchone()
                total = int(counted[0]) if counted else total
        return QueryResult(
            columns=[str(item[0]) for item in described],
            types=[str(item[1]) for item in described],
            rows=rows[:limit],
            total=total,
            seconds=time.monotonic() - began,
        )


@contextmanager
def open_session(tables: Mapping[str, DataTable], *, seconds: float = SECONDS) -> Iterator[Session]:
    """A session in which each table is a view of the given name, and its raw texts one of `<name>_raw`.

    `_row` is in both. The caller has made sure that the tables may be read. Raises InsightError when a file
    has changed on disk.
    """
    paths = {name: storage.verified(table.path, table.digest) for name, table in tables.items()}
    with _connected() as connection:
        allowed = ", ".join(literal(str(path)) for path in paths.values())
        connection.execute(f"SET allowed_paths = [{allowed}]")
        views = set()
        for name, table in tables.items():
            source = f"read_parquet({literal(str(paths[name]))})"
            for view, columns in ((name, _typed(table)), (f"{name}_raw", _raw(table))):
                connection.execute(f"CREATE VIEW {quoted(view)} AS SELECT {columns} FROM {source}")
                views.add(view)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield Session(connection, frozenset(views), seconds)


def _typed(table: DataTable) -> str:
    return ", ".join([ROW, *(quoted(column["name"]) for column in table.columns)])


def _raw(table: DataTable) -> str:
    texts = [
        f"{quoted(raw_name(column['name']))} AS {quoted(column['name'])}"
        if column.get("raw")
        else quoted(column["name"])
        for column in table.columns
    ]
    return ", ".join([ROW, *texts])


def raw_name(name: str) -> str:
    """The column of a Parquet that holds the raw texts of column `name`."""
    return f"_raw_{name}"


class Workshop:
    """A connection for our own statements over files of our own. Never hand it a statement from outside."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, sql: str) -> None:
        self._connection.execute(sql)

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        return self._connection.execute(sql, list(parameters)).fetchall()

    def teach(
        self, name: str, function: Callable[..., object], arguments: Sequence[str], returned: str
    ) -> None:
        """A function of ours that statements may call by its name, with the engine's names of its types."""
        self._connection.create_function(
            name, function, [duckdb.sqltype(one) for one in arguments], duckdb.sqltype(returned),
            null_handling=FunctionNullHandling.SPECIAL,
        )  # fmt: skip


@contextmanager
def open_workshop(*, seconds: float) -> Iterator[Workshop]:
    """A workshop for at most so many seconds. Raises InsightError when time or memory runs out."""
    with _connected() as connection, _limited(connection, seconds):
        yield Workshop(connection)


@contextmanager
def _connected() -> Iterator[duckdb.DuckDBPyConnection]:
    spill = Path(settings.SCRATCH_DIR) / "duckdb"
    spill.mkdir(parents=True, exist_ok=True)
    limits = {
        "memory_limit": f"{MEMORY_MEGABYTES}MB",
        "threads": str(THREADS),
        "temp_directory": str(spill),
        "max_temp_directory_size": f"{SPILL_MEGABYTES}MB",
        "TimeZone": "UTC",
    }
    connection = duckdb.connect(":memory:", config=_CLOSED)
    try:
        for name, value in limits.items():
            connection.execute(f"SET {name} = {literal(value)}")
        yield connection
    finally:
        connection.close()


@contextmanager
def _limited(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what runs after so many seconds, and turn the engine's errors into sentences."""
    timer = threading.Timer(seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise InsightError(
            f"The query was stopped after {seconds:.0f} seconds. Narrow its rows or columns and try again."
        ) from error
    except duckdb.OutOfMemoryException as error:
        raise InsightError(
            "The query needs more memory than one may have. Narrow its rows or columns and try again."
        ) from error
    except duckdb.PermissionException as error:
        raise InsightError(statements.ONLY_SELECT) from error
    except duckdb.ParserException as error:
        raise InsightError(f"The query cannot be read: {_first_line(error)}") from error
    except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
        raise InsightError(
            f"A value does not fit what the query does with it: {_first_line(error)}"
        ) from error
    except duckdb.Error as error:
        raise InsightError(f"The query cannot be run: {_first_line(error)}") from error
    finally:
        timer.cancel()


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0].split("Error: ", 1)[-1][:400]
