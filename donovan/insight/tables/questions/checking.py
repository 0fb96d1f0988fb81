"""Any SQL before it is run, ours, a person's or a model's: one SELECT over the given views, and nothing else.

sqlglot takes the query apart in DuckDB's own grammar. The engine checks again with DuckDB's parser and
runs it
without access to anything outside; two independent readers must agree that a query only reads.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from donovan.insight.errors import InsightError

MOST_ROWS = 1000
LONGEST_SQL = 8000
_FORBIDDEN = (
    exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Alter, exp.Command, exp.Copy,
    exp.Attach, exp.Detach, exp.Set, exp.Pragma, exp.Use, exp.Into, exp.Lock, exp.Parameter, exp.Placeholder,
    exp.Transaction,
)  # fmt: skip
# Functions that sqlglot knows as classes of their own are safe unless named here; all others must be listed.
_FORBIDDEN_FUNCTIONS = (
    exp.ReadCSV,
    exp.ReadParquet if hasattr(exp, "ReadParquet") else exp.ReadCSV,
    exp.CurrentUser,
)
_ALLOWED_NAMES = frozenset(
    {
        "abs", "any_value", "approx_count_distinct", "arg_max", "arg_min", "avg", "bool_and", "bool_or",
        "ceil",
        "coalesce", "concat", "contains", "corr", "count", "count_if", "covar_samp", "date_diff", "date_part",
        "date_trunc", "dayname", "dayofweek", "dayofyear", "day", "dense_rank", "ends_with", "entropy", "exp",
        "first", "first_value", "floor", "greatest", "histogram", "hour", "ifnull", "iqr", "isodow",
        "kurtosis",
        "lag", "last", "last_day", "last_value", "lead", "least", "left", "length", "ln", "log", "log10",
        "lower",
        "lpad", "ltrim", "mad", "make_date", "max", "max_by", "mean", "median", "min", "min_by", "minute",
        "mod",
        "mode", "month", "monthname", "ntile", "nullif", "percent_rank", "pow", "power", "prefix",
        "quantile_cont",
        "quantile_disc", "quarter", "rank", "regexp_extract", "regexp_matches", "regexp_replace", "replace",
        "right", "round", "row_number", "rpad", "rtrim", "second", "sem", "sign", "skewness", "split_part",
        "sqrt",
        "starts_with", "stddev", "stddev_pop", "stddev_samp", "strftime", "string_agg", "strip_accents",
        "strlen",
        "strptime", "substr", "substring", "suffix", "sum", "trim", "trunc", "try_strptime", "upper",
        "var_pop",
        "var_samp", "variance", "week", "weekofyear", "year", "list_sort", "isnan", "isfinite", "try_cast",
        "cast",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """A query that only reads: as it is run (with a LIMIT), and the views that it reads."""

    sql: str
    views: frozenset[str]


def check(sql: str, views: Mapping[str, Collection[str]], *, limit: int = MOST_ROWS) -> Checked:
    """The query, if it may be run over `views` (name -> its columns; `_row` may always be used).

    Raises InsightError with a sentence that says what is wrong and what may stand there.
    """
    if len(sql) > LONGEST_SQL:
        raise InsightError(f"The query is longer than {LONGEST_SQL:,} characters. Shorten it.")
    if not sql.strip():
        raise InsightError("There is no query. Write a SELECT, or ask in words.")
    try:
        statements = [one for one in sqlglot.parse(sql, dialect="duckdb") if one is not None]
    except (SqlglotError, RecursionError) as error:
        raise InsightError(f"The query cannot be read: {_reason(error)}") from None
    if len(statements) != 1:
        raise InsightError("Only one query can be run at a time. Take away all but one SELECT.")
    tree = statements[0]
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        raise InsightError("Only a SELECT can be run here: tables are read and never changed.")
    _check_parts(tree)
    used = _check_tables(tree, views)
    _check_columns(tree, views)
    return Checked(_limited(tree, limit), used)


def _reason(error: Exception) -> str:
    told = getattr(error, "errors", None)
    if told:
        first = told[0]
        return f"{first.get('description', '')} near “{first.get('highlight', '')}”."
    return "it is nested too deeply." if isinstance(error, RecursionError) else str(error)[:200]


def _check_parts(tree: exp.Expression) -> None:
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            raise InsightError("Only the tables of this page can stand after FROM, and no function.")
    for node in tree.walk():
        if isinstance(node, _FORBIDDEN):
            raise InsightError("Only a SELECT can be run here: tables are read and never changed.")
        if isinstance(node, _FORBIDDEN_FUNCTIONS):
            raise InsightError("Files cannot be read from a query. Name a table of this page.")
        if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
            name = str(node.name).lower()
            if name not in _ALLOWED_NAMES:
                raise InsightError(
                    f"The function {name[:60]}() cannot be used here. Usual ones are count, sum, avg, "
                    "median, min, max, round, lower, date_trunc and strftime."
                )


def _check_tables(tree: exp.Expression, views: Mapping[str, Collection[str]]) -> frozenset[str]:
    known = {name.lower(): name for name in views}
    own = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    used = set()
    for table in tree.find_all(exp.Table):
        name = table.name.lower()
        if table.db or table.catalog or (name not in known and name not in own):
            listed = ", ".join(sorted(views))
            raise InsightError(f"There is no table “{table.name[:80]}” here. These can be used: {listed}.")
        if name in known and name not in own:
            used.add(known[name])
    if not used:
        raise InsightError(f"The query reads no table. These can be used: {', '.join(sorted(views))}.")
    return frozenset(used)


def _check_columns(tree: exp.Expression, views: Mapping[str, Collection[str]]) -> None:
    known = {column.lower() for columns in views.values() for column in columns} | {"_row"}
    known |= {node.alias.lower() for node in tree.find_all(exp.Alias)}
    known |= {column.lower() for node in tree.find_all(exp.TableAlias) for column in node.alias_column_names}
    for column in tree.find_all(exp.Column):
        if isinstance(column.this, exp.Star):
            continue
        if column.name.lower() not in known:
            raise InsightError(
                f"There is no column “{column.name[:80]}” here. A text stands in 'single "
                'quotes\', a name in "double" ones.'
            )


def _limited(tree: exp.Expression, limit: int) -> str:
    """The query itself where it has a smaller LIMIT, otherwise one around it."""
    made = tree.sql(dialect="duckdb", pretty=True)
    given = tree.args.get("limit")
    if (
        given is not None
        and isinstance(given.expression, exp.Literal)
        and int(given.expression.name) <= limit
    ):
        return made
    return f"{made}\nLIMIT {limit}" if given is None else f"SELECT * FROM (\n{made}\n) LIMIT {limit}"
