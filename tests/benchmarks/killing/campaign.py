"""The whole campaign, in the scratch installation that the environment names.

python -m tests.benchmarks.killing NUMBER
"""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from donovan.evaluation import scratch
from donovan.insight.processing.work import STEP_KINDS
from donovan.library.work import WATCH
from ingest.work import registry, services
from ingest.work.models import Job
from ingest.work.registry import kind_named
from retrieval.embedding import ENGINES
from retrieval.work import EMBED_ANEW, INDEX
from tests.benchmarks.killing import material
from tests.benchmarks.killing.apps import LEASE, MATERIAL_VARIABLE
from tests.benchmarks.killing.cases import Case, World
from tests.benchmarks.killing.document_cases import Documents, Examinations, Upkeep
from tests.benchmarks.killing.label_cases import Datasets, Labels
from tests.benchmarks.killing.lane import CHILD, PAUSE, WHOLE, WORKER, Lane
from tests.benchmarks.killing.model_cases import Candidates, Classes, Suites, Trainings
from tests.benchmarks.killing.nursery import Nursery
from tests.benchmarks.killing.report_cases import Answers, Reports
from tests.benchmarks.killing.watching import Watching

SEED = int(os.environ.get("DONOVAN_BENCH_KILLS_SEED") or 20261130)
CASES: tuple[type[Case], ...] = (
    Documents,
    Examinations,
    Upkeep,
    Reports,
    Answers,
    Labels,
    Datasets,
    Classes,
    Suites,
    Trainings,
    Candidates,
)
_WORKERS = 2
_HOW = {WHOLE: 0.6, WORKER: 0.17, CHILD: 0.13, PAUSE: 0.1}
_TRIES = 12
_AGAIN_SECONDS = 15.0
_SETTLED_SECONDS = 900.0
LEFT_OUT: Mapping[str, str] = {
    WATCH.name: "It looks by the clock; tests/library/test_watching.py takes its lease away midway.",
    EMBED_ANEW.name: "It takes the embedder from all others; tests/retrieval/test_base_moves.py kills it.",
}
"""Kinds that the campaign does not kill, and why."""


def covered(cases: Sequence[type[Case]] = CASES) -> dict[str, float]:
    """Every kind that is killed, and its share."""
    return {kind: share for case in cases for kind, share in case.kinds.items()}


def plan(kills: int, shares: Mapping[str, float]) -> list[str]:
    """The kinds to be killed, each by its share and at least once, as long as there are kills for that."""
    total = sum(shares.values())
    kinds = sorted(shares, key=lambda kind: -shares[kind])
    counts = {kind: max(1, int(kills * shares[kind] / total)) for kind in kinds}
    planned = [kind for kind in kinds for _ in range(counts[kind])]
    while len(planned) < kills:
        planned += kinds[: kills - len(planned)]
    return planned[:kills]


class Campaign:
    """Kills so often, lets everything settle, and looks at what is there."""

    def __init__(self, kills: int, kinds: Sequence[str] = ()) -> None:
        self.world = World()
        chosen = [case for case in CASES if not kinds or set(kinds) & set(case.kinds)]
        free = {kind for case in CASES for kind in case.without_documents}
        self._has_documents = not kinds or bool(set(kinds) - free)
        if self._has_documents and Documents not in chosen:
            chosen = [Documents, *chosen]
        self.cases = [case(self.world, kinds) for case in chosen]
        of = {kind: case for case in self.cases for kind in case.chosen if not kinds or kind in kinds}
        self._case_of = of
        self._dice = random.Random(SEED)
        self._planned = plan(kills, {kind: case.kinds[kind] for kind, case in of.items()})
        self._dice.shuffle(self._planned)
        self._making = threading.Lock()
        self.missed: Counter[str] = Counter()

    def run(self) -> dict[str, Any]:
        """What came of it."""
        scratch.prepare()
        self._use_material()
        queues = {_queue_of(kind) for kind in self._planned}
        if self._has_documents:
            queues |= {INDEX.queue, STEP_KINDS[0].queue}
            # What a worker loads when it needs it: here one is new every few seconds.
            for engine in ENGINES:
                import_module(engine)
        for queue in queues:
            registry.load_handlers([queue])
        connection.close()
        nursery = Nursery(dict.fromkeys(sorted(queues), _WORKERS))
        with _embedding_host() if self._has_documents else nullcontext():
            try:
                return self._run(nursery, {queue: Lane(queue, LEASE.total_seconds()) for queue in queues})
            finally:
                nursery.close()

    @staticmethod
    def _use_material() -> None:
        """For this process, and for what it starts."""
        folder = Path(settings.DATA_DIR) / "material"
        material.write(folder)
        material.use(str(folder))
        os.environ[MATERIAL_VARIABLE] = str(folder)

    def _run(self, nursery: Nursery, lanes: Mapping[str, Lane]) -> dict[str, Any]:
        self.world.fill()
        for case in self.cases:
            began = time.monotonic()
            case.prepare()
            _say(f"{type(case).__name__} prepared in {time.monotonic() - began:.0f} s")
        threading.Thread(target=_hear, args=(nursery, lanes), daemon=True).start()
        nursery.open()
        began = time.monotonic()
        with Watching(lanes) as watching:
            self._fire(lanes)
            seconds = time.monotonic() - began
            for lane in lanes.values():
                lane.close()
            _settled()
            told = self._told()
            again, unexpected = self._again(lanes)
            unsettled = _settled()
        hits = [hit for lane in lanes.values() for hit in lane.hits]
        return {
            "kills": len(hits),
            "kinds": len(self._case_of),
            "lease": LEASE.total_seconds(),
            "by_kind": dict(sorted(Counter(hit.kind for hit in hits).items())),
            "by_way": dict(Counter(hit.how for hit in hits)),
            "paused": sum(lane.paused for lane in lanes.values()),
            "missed": dict(self.missed),
            "seconds": round(seconds, 1),
            "failed": told,
            "asked_again": again,
            "unexpected": unexpected,
            "unsettled": unsettled,
            "stood": {kind: round(most, 1) for kind, most in watching.stood.items()},
            "faults": [fault for case in self.cases for fault in case.faults()],
        }

    def _fire(self, lanes: Mapping[str, Lane]) -> None:
        threads = []
        for queue, lane in lanes.items():
            kinds = [kind for kind in self._planned if _queue_of(kind) == queue]
            dice = random.Random(self._dice.random())
            threads.append(threading.Thread(target=self._fire_at, args=(lane, kinds, dice)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _fire_at(self, lane: Lane, kinds: Sequence[str], dice: random.Random) -> None:
        """Kill one of each of these kinds, one after the other."""
        for done, kind in enumerate(kinds):
            for _ in range(_TRIES):
                how = dice.choices(list(_HOW), weights=list(_HOW.values()))[0]
                if self._hit(lane, kind, dice, how):
                    _say(f"{lane.queue}: {done + 1} of {len(kinds)}, {kind}")
                    break
            else:
                self.missed[kind] += 1
                _say(f"{lane.queue}: {done + 1} of {len(kinds)}, {kind} was never hit")
        connection.close()

    def _hit(self, lane: Lane, kind: str, dice: random.Random, how: str) -> bool:
        rules = kind_named(kind)
        assert rules is not None
        # One more, and it would be given up: that is tried too, but seldom.
        most = rules.attempts - 1 if dice.random() < 0.9 else rules.attempts
        found = lane.await_work(kind, most=most, seconds=0.0)
        if found is None:
            with self._making:
                self._case_of[kind].make(kind)
            # What is done again and again may just have been there, and is asked for once more.
            seconds = _AGAIN_SECONDS if rules.every is not None else self._case_of[kind].seconds
            found = lane.await_work(kind, most=most, seconds=seconds)
        if found is None:
            return False
        return lane.strike(*found, dice, how) is not None

    @staticmethod
    def _told() -> dict[str, int]:
        failed = Job.objects.filter(state=Job.State.FAILED)
        return dict(Counter(f"{job.kind}: {job.notice}" for job in failed))

    def _again(self, lanes: Mapping[str, Lane]) -> tuple[int, list[str]]:
        """Ask again for what a kill has made fail, as its owner would: how many, and what failed in peace."""
        hit = {one.job for lane in lanes.values() for one in lane.hits}
        count, unexpected = 0, []
        for job in Job.objects.filter(state=Job.State.FAILED):
            case = self._case_of.get(job.kind)
            if case is not None and not case.is_asked_for(job):
                continue
            if str(job.pk) not in hit:
                unexpected.append(f"{job.kind}: {job.notice}")
            services.retry(job.pk)
            count += 1
        return count, unexpected


def _say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)


def _hear(nursery: Nursery, lanes: Mapping[str, Lane]) -> None:
    for said in nursery.lines():
        lanes[said["queue"]].hear(said)


@contextmanager
def _embedding_host() -> Iterator[None]:
    """The service that holds the embedder for all of them, as in an installation."""
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "run_embedding_host"]
    host = subprocess.Popen(command, stdout=sys.stderr)
    try:
        while not Path(settings.EMBEDDER_SOCKET).exists():
            time.sleep(0.2)
        yield
    finally:
        host.terminate()
        host.wait()


def _queue_of(kind: str) -> str:
    found = kind_named(kind)
    assert found is not None, kind
    return found.queue


def _settled() -> list[str]:
    """Wait until nothing is left to do; what still is when that takes too long."""
    until = time.monotonic() + _SETTLED_SECONDS
    lasting = [kind.name for kind in registry.known() if kind.every is not None]
    quiet = 0
    while time.monotonic() < until and quiet < 8:
        left = Job.objects.filter(state__in=services.OPEN).exclude(kind__in=lasting)
        running = Job.objects.filter(state=Job.State.RUNNING)
        quiet = 0 if left.exists() or running.exists() else quiet + 1
        time.sleep(0.25)
    return [f"{job.kind} is {job.state}: {job.notice}" for job in left]


def main(kills: str, *kinds: str) -> None:
    """Print what came of it as one line of JSON."""
    print(json.dumps(Campaign(int(kills), kinds).run()))
