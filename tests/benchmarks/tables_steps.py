"""The steps of the benchmark of tables, each alone in its process: `python -m tests.benchmarks.tables_steps
open`.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any


def take_in(source: str) -> dict[str, Any]:
    import django

    django.setup()
    from donovan.insight.tables.models import DataTable
    from donovan.insight.tables.services import extract_tables
    from ingest import pipeline, services
    from ingest.models import Document, Status

    with Path(source).open("rb") as stream:
        handed_in = services.receive(
            stream, name="readings.csv", label="bench|UNCLASSIFIED", received_by="bench"
        )
    began = time.monotonic()
    document = pipeline.process(handed_in.document_id)
    document_seconds = time.monotonic() - began
    if document.status == Status.FAILED:
        raise RuntimeError(document.error)
    # Its passages would wait for the embedder, which is not what is measured.
    Document.objects.filter(pk=document.pk).update(status=Status.READY)
    began = time.monotonic()
    extract_tables(document.pk)
    table = DataTable.objects.get()
    return {
        "rows": table.row_count,
        "document_seconds": document_seconds,
        "table_seconds": time.monotonic() - began,
        "notice": document.error,
    }


def open_table() -> dict[str, Any]:
    began = time.monotonic()
    import django

    django.setup()
    from donovan.insight.tables.engine import open_session
    from donovan.insight.tables.models import DataTable

    import_seconds = time.monotonic() - began
    began = time.monotonic()
    table = DataTable.objects.get()
    with open_session({"t": table}) as session:
        first = session.query("SELECT * FROM t ORDER BY _row", limit=100)
        count = session.query("SELECT count(*) FROM t").rows[0][0]
    if len(first.rows) != 100 or first.total != count:
        raise RuntimeError("not all rows are there")
    return {"seconds": time.monotonic() - began, "import_seconds": import_seconds}


def profile() -> dict[str, Any]:
    import django

    django.setup()
    from donovan.insight.tables.models import DataTable
    from donovan.insight.tables.services import profile_of

    table = DataTable.objects.get()
    began = time.monotonic()
    told = profile_of(table)
    return {"seconds": time.monotonic() - began, "columns": len(told["columns"])}


def by_duckdb(source: str) -> dict[str, Any]:
    import duckdb

    began = time.monotonic()
    connection = duckdb.connect()
    connection.execute("SELECT * FROM read_csv(?) LIMIT 100", [source]).fetchall()
    connection.execute("SELECT count(*) FROM read_csv(?)", [source]).fetchall()
    connection.execute(f"SUMMARIZE SELECT * FROM read_csv('{source}')").fetchall()
    return {"seconds": time.monotonic() - began}


def by_pandas(source: str) -> dict[str, Any]:
    import pandas as pd

    began = time.monotonic()
    frame = pd.read_csv(source, parse_dates=["day"])
    frame.head(100)
    len(frame)
    frame.describe(include="all")
    for name in frame.columns:
        frame[name].value_counts().head(10)
    return {"seconds": time.monotonic() - began}


STEPS = {"take_in": take_in, "open": open_table, "profile": profile, "duckdb": by_duckdb, "pandas": by_pandas}


def main() -> None:
    told = STEPS[sys.argv[1]](*sys.argv[2:])  # type: ignore[operator]
    told["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps(told))


if __name__ == "__main__":
    main()
