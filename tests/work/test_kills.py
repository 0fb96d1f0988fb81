"""Work that is killed without warning: the small part of `make bench BENCH=work_kills`."""

from pathlib import Path

import pytest
from django.db import connection

from ingest.work.registry import known
from tests.benchmarks.killing.campaign import LEFT_OUT, covered, plan
from tests.benchmarks.killing.watching import RECONCILED_SECONDS
from tests.benchmarks.work_kills import campaign

CHEAP = ("reports.schedules", "datasets.build", "insight.clear", "documents.clear")
KILLS = 12


def test_every_kind_of_work_is_killed_in_the_campaign_or_named_with_the_reason_why_not() -> None:
    assert set(covered()) | set(LEFT_OUT) == {kind.name for kind in known()}
    assert not set(covered()) & set(LEFT_OUT)


def test_each_kind_has_its_share_of_the_kills() -> None:
    planned = plan(300, covered())
    assert len(planned) == 300
    assert set(planned) == set(covered())
    assert plan(5, {"a": 3, "b": 1}) == ["a", "a", "a", "b", "a"]


@pytest.mark.django_db(transaction=True)
def test_what_is_killed_at_random_moments_is_neither_lost_nor_done_twice(tmp_path: Path) -> None:
    if connection.vendor == "sqlite":
        # The tables are made already; making them again would take longer than the kills.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(tmp_path / "donovan.sqlite3")])
    found = campaign(tmp_path, KILLS, *CHEAP)
    assert found["kills"] == KILLS
    assert set(found["by_kind"]) == set(CHEAP)
    assert (found["faults"], found["unsettled"], found["unexpected"]) == ([], [], [])
    assert max(found["stood"].values(), default=0.0) < found["lease"] + RECONCILED_SECONDS
