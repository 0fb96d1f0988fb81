#!/bin/sh
# DuckDB: whether a CSV file can be read depends on which of its columns are asked for.
#
# A good engineer would guess: a file whose number column holds a word far down either raises for every query, or the
#   column becomes text. count(*) is the cheap way to try whether the file reads.
# What happens: types are guessed from the first rows. sum(litres) raises at the row with the word; count(*) and every
#   query of other columns go through, because the column is never converted. With ignore_errors=true the row is
#   left out where the column is read, and counted where it is not: two counts of one file.
# Versions: duckdb 2.0.0.
# Why it matters here: "not delivered" among litres is what an analyst looks for. A check by count(*) says that the file
#   is whole, and tolerant reading loses just that row from some figures and not from others.
# How Donovan goes round it: DuckDB never reads a file of a user. ingest/table_readers/ reads every row,
#   donovan/insight/tables/conversion.py types a column from all of its cells and writes Parquet, and
#   donovan/insight/tables/engine.py asks DuckDB over that alone.
# Documentation: "Reading faulty CSV files" counts a cell that cannot be cast among the faulty lines, which raise or are
#   skipped with ignore_errors.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
if ! python3 -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --target "$work/packages" duckdb==2.0.0; then
    echo "The packages could not be installed."
    exit 2
fi
WORK="$work" PYTHONPATH="$work/packages" python3 - <<'PY'
import os
import sys
from pathlib import Path

import duckdb

file = Path(os.environ["WORK"]) / "issues.csv"
rows = [f"{number},{number % 97},unit {number % 5}" for number in range(60_000)]
rows += ["60000,not delivered,unit 1", "60001,12,unit 2"]
file.write_text("\n".join(["id,litres,consumer", *rows]) + "\n")


def ask(what: str, options: str = "") -> object:
    try:
        return duckdb.sql(f"select {what} from read_csv('{file}'{options})").fetchall()[0][0]
    except duckdb.Error as error:
        return type(error).__name__


seen = [
    ask("count(*)"),
    ask("count(distinct consumer)"),
    ask("sum(litres)"),
    ask("count(*)", ", ignore_errors=true"),
    ask("count(litres)", ", ignore_errors=true"),
]
print(f"duckdb {duckdb.__version__}, 60002 rows, one word among the litres")
print("expected: all queries raise, or none does; with ignore_errors one number of rows")
print(f"seen:     count(*) {seen[0]}, consumers {seen[1]}, sum(litres) {seen[2]};")
print(f"          with ignore_errors count(*) {seen[3]}, count(litres) {seen[4]}")
is_so = seen == [60_002, 5, "ConversionException", 60_002, 60_001]
print("as described" if is_so else "no longer as described")
sys.exit(0 if is_so else 1)
PY
