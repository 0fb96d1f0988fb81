"""The database of the tests: nothing in it outlives a power cut, and it is emptied where it was written to.

A test that commits leaves rows behind. Django takes them away by emptying every table and making permissions
and content types anew; here only the tables that hold something are emptied, and what migration put there
stays as long as nobody touched it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase

# What `migrate` fills by itself. Everything else is empty when a test begins.
SEEDED = ("django_content_type", "auth_permission")

Rows = list[tuple[Any, ...]]


def without_waiting_for_the_disk() -> None:
    """Let SQLite leave it to the system when what it writes reaches the disk; a test server of PostgreSQL
    does so by itself, and lets a test take its time within a transaction.
    """
    options: dict[str, Any] = settings.DATABASES["default"]["OPTIONS"]
    if "init_command" in options:
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    else:
        options["options"] += " -c idle_in_transaction_session_timeout=0"


def seeded_rows() -> dict[str, Rows]:
    with connection.cursor() as cursor:
        found = {}
        for table in SEEDED:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY id")
            found[table] = cursor.fetchall()
        return found


def _written() -> list[str]:
    """The tables, other than the seeded ones, that hold a row."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    questions = [
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(name)})"
        for name in names
        if name not in SEEDED
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(questions))
        return [name for (name,) in cursor.fetchall()]


def empty_what_was_written() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for name in _written():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")


@contextmanager
def emptied_where_written(seeded: dict[str, Rows]) -> Iterator[None]:
    """While it lasts, tests that commit are cleared up after in the quick way, where what was `seeded` is
    still there.
    """
    whole: Callable[[TransactionTestCase], None] = TransactionTestCase._fixture_teardown
    known = dict(seeded)

    def quick(case: TransactionTestCase) -> None:
        if seeded_rows() == known:
            empty_what_was_written()
        else:
            whole(case)
            known.update(seeded_rows())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", quick)
        yield
