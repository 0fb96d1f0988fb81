"""What a query may be made of: one SELECT over the views of its session, and nothing that looks elsewhere.

The engine's own parser takes the statement apart, so what is judged here is what would be run.
"""

import json
from collections.abc import Iterator
from typing import Any

from donovan.insight.errors import InsightError

ONLY_SELECT = "Only one SELECT over the tables of this page can be run. Nothing is ever changed here."
_SOURCES = frozenset(
    {
        "BASE_TABLE",
        "SUBQUERY",
        "JOIN",
        "TABLE_FUNCTION",
        "EMPTY",
        "EXPRESSION_LIST",
        "CTE",
        "PIVOT",
        "COLUMN_DATA",
    }
)
_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
_FORBIDDEN = frozenset(
    {
        "getenv", "getvariable", "current_setting", "set_config", "query", "query_table", "glob", "nextval",
        "currval", "txid_current", "write_log", "json_execute_serialized_sql", "json_serialize_sql",
        "json_serialize_plan", "current_query", "current_database", "current_schemas", "current_user",
        "session_user", "user", "version", "which_secret", "add_parquet_key", "sleep_ms",
    }
)  # fmt: skip
_FORBIDDEN_STARTS = (
    "read_",
    "parquet_",
    "sniff_",
    "duckdb_",
    "pragma_",
    "pg_",
    "has_",
    "parse_duckdb",
    "enable_",
)


def check(serialized: str, views: frozenset[str]) -> None:
    """Judge a statement in the form the engine's `json_serialize_sql` gives it.

    Raises InsightError for anything but one SELECT whose sources are `views` and its own named subqueries.
    """
    told = json.loads(serialized)
    if told.get("error"):
        message = str(told.get("error_message", "")).strip()
        if told.get("error_type") == "parser":
            raise InsightError(f"The query cannot be read: {message}")
        raise InsightError(ONLY_SELECT)
    statements = told.get("statements", [])
    if len(statements) != 1:
        raise InsightError(ONLY_SELECT)
    nodes = list(_nodes(statements[0]))
    own = {str(item["key"]).lower() for node in nodes for item in _named(node)}
    for node in nodes:
        _check_node(node, {view.lower() for view in views} | own)


def _named(node: dict[str, Any]) -> list[dict[str, Any]]:
    named = node.get("cte_map")
    return list(named.get("map", [])) if isinstance(named, dict) else []


def _nodes(value: object) -> Iterator[dict[str, Any]]:
    stack = [value]
    while stack:
        here = stack.pop()
        if isinstance(here, dict):
            yield here
            stack.extend(here.values())
        elif isinstance(here, list):
            stack.extend(here)


def _check_node(node: dict[str, Any], known: set[str]) -> None:
    # Only what stands after FROM carries a sample; expressions carry a class.
    if "sample" in node and "type" in node and "class" not in node and "select_list" not in node:
        _check_source(node, known)
    function = node.get("function_name")
    if isinstance(function, str):
        name = function.lower()
        if name in _FORBIDDEN or name.startswith(_FORBIDDEN_STARTS):
            raise InsightError(f"The function {function} cannot be used here. {ONLY_SELECT}")
        if node.get("schema") or node.get("catalog"):
            raise InsightError(ONLY_SELECT)


def _check_source(node: dict[str, Any], known: set[str]) -> None:
    kind = node["type"]
    if kind not in _SOURCES:
        raise InsightError(ONLY_SELECT)
    if kind == "BASE_TABLE":
        name = str(node.get("table_name", ""))
        if name.lower() not in known or node.get("schema_name") or node.get("catalog_name"):
            raise InsightError(
                f"There is no table {name!r} here. The query can use: {', '.join(sorted(known))}."
            )
    if kind == "TABLE_FUNCTION":
        name = str(node.get("function", {}).get("function_name", ""))
        if name.lower() not in _TABLE_FUNCTIONS:
            raise InsightError(f"The function {name} cannot be read from here. {ONLY_SELECT}")
