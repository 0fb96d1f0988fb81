"""Every kind of work, killed without warning at random moments: nothing lost, nothing twice, nothing stuck.

In a scratch installation real subjects of every registered kind wait: files to be read, reports, suites,
trainings, moves and the rest (`tests.benchmarks.killing`, where each kind has its case). Workers of the
product's own code work them off, two of each queue, and a reconciler runs as the beat would. Moments, kinds
and victims are drawn from a seed: the worker with what it started, the worker alone, or only what it
started, each with SIGKILL while it is at a job of the kind that was drawn. Now and then a worker is stopped
for longer than a lease instead, and goes on without knowing that it was taken for dead.

Then everything may settle. What a kill made fail, with the sentence that says so, is asked for again as its
owner would. In the end each job is done, each effect is there exactly once and as it is in peace, and
nothing stood for longer than a lease while a worker of its queue had nothing to do.

So that it takes minutes and not a day, these settings differ from the product's (`killing.settings`): a
lease is 8 seconds in place of 30 to 300, the reconciler comes every 3 seconds in place of 15, the language
model is the scripted one, suites measure three texts in place of the built-in material, and the gate of a
verifier asks for one suite. The embedder, the reader, the sandbox and the trainings are the real ones.

DONOVAN_BENCH_KILLS           how many kills (300)
DONOVAN_BENCH_KILLS_OF        only these kinds of work, divided by spaces
DONOVAN_BENCH_KILLS_SEED      what the moments are drawn from
DONOVAN_BENCH_DATABASE_URL    an empty database for the campaign instead of SQLite, as in DONOVAN_DATABASE_URL
"""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure
from tests.benchmarks.shares import in_folder

KILLS = int(os.environ.get("DONOVAN_BENCH_KILLS") or 300)
_LONGEST_NOTE = 600


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="donovan-kills-") as folder:
        found = campaign(Path(folder), KILLS, *os.environ.get("DONOVAN_BENCH_KILLS_OF", "").split())
    return figures_of(found)


def campaign(data: Path, kills: int, *kinds: str) -> dict[str, Any]:
    """What came of a campaign in this data folder."""
    url = os.environ.get("DONOVAN_BENCH_DATABASE_URL")
    environment = {"DONOVAN_DATABASE_URL": url} if url else {}
    return in_folder(
        data,
        "tests.benchmarks.killing",
        str(kills),
        *kinds,
        DJANGO_SETTINGS_MODULE="tests.benchmarks.killing.settings",
        **environment,
    )


def figures_of(found: Mapping[str, Any]) -> list[Figure]:
    by_kind: Mapping[str, int] = found["by_kind"]
    by_way = ", ".join(f"{count} {how}" for how, count in found["by_way"].items())
    wrong = [*found["faults"], *found["unsettled"], *found["unexpected"]]
    told = "; ".join(f"{count} {notice}" for notice, count in found["failed"].items())
    return [
        Figure("kills of a worker at a job", found["kills"], target=KILLS, note=by_way),
        Figure("kinds of work killed", len(by_kind), target=found["kinds"], note=_shown(by_kind)),
        Figure("workers stopped for longer than a lease", found["paused"]),
        Figure("jobs that a kill made fail, and that were asked for again", found["asked_again"], note=told),
        Figure("lost, twice or stuck", len(wrong), "", 0, "at_most", note="; ".join(wrong)[:_LONGEST_NOTE]),
        Figure(
            "longest that a job stood while a worker was idle",
            max(found["stood"].values(), default=0.0),
            "s",
            found["lease"],
            "at_most",
        ),
        Figure("from the first kill to the last", found["seconds"], "s"),
    ]


def _shown(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in counts.items())
