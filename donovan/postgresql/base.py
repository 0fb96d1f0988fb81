"""Django's backend for PostgreSQL, under the rule that SQLite has by itself: one transaction at a time.

Every service reads, decides and writes in one transaction, and every action ends in the record, which is one
chain. So transactions stand in a line anyway; here they do so from their beginning, as with SQLite's
BEGIN IMMEDIATE. What one of them read stays as it was until it is committed, and none waits for a row of
another in a circle. Whoever only reads is outside of transactions and waits for nobody. A single
statement outside of a transaction, as a heartbeat is, does not stand in the line: it is right by its own
condition.

The line is an advisory lock of the database, which the server lets go when the transaction ends or its
client is gone (https://www.postgresql.org/docs/15/explicit-locking.html#ADVISORY-LOCKS).
"""

from contextlib import suppress
from typing import Any

import psycopg
from django.db.backends.postgresql import base

WRITER = 7_305_118
"""The number of the lock. Programs other than Donovan have no business in this database."""


class DatabaseWrapper(base.DatabaseWrapper):
    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        if not autocommit:
            self._wait_for_turn(self.connection)

    def _wait_for_turn(self, connection: "psycopg.Connection[Any]") -> None:
        """Raises OperationalError after the `lock_timeout` of the settings; no transaction is open then."""
        try:
            with self.wrap_database_errors:
                connection.execute("SELECT pg_advisory_xact_lock(%s)", [WRITER])
        except BaseException:
            # Django takes the transaction for never begun.
            with suppress(psycopg.Error):
                connection.rollback()
                connection.autocommit = True
            raise
