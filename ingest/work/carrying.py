"""For migrations: what waited or was in work before its room had jobs waits as a job afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Unfinished:
    """Work that an existing installation has not finished."""

    subject: object
    asked_by: str = ""
    attempts: int = 0
    created_at: datetime | None = None


def carry_over(apps: Any, kind: str, queue: str, rows: Iterable[Unfinished], *, rank: int = 0) -> int:
    """Enqueue what is unfinished, in the historical models of a migration; how many. Twice is once.

    Nobody works while a database is migrated, so that what was in work waits too, with the attempts it had.
    """
    jobs = apps.get_model("work", "Job")
    count = 0
    for row in rows:
        given = {"asked_by": row.asked_by, "attempts": row.attempts, "queue": queue, "rank": rank}
        if row.created_at is not None:
            given |= {"created_at": row.created_at, "due_at": row.created_at}
        _, is_new = jobs.objects.get_or_create(
            kind=kind, subject=str(row.subject), state="waiting", defaults=given
        )
        count += is_new
    return count
