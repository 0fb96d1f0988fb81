"""Models: suites measured, trainings, candidates measured and let serve, documents given their class."""

import shutil
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from django.utils import timezone

from donovan.evaluation.models import ItemScore, ScheduledSuite, SuiteRun
from donovan.evaluation.runs import request_run
from donovan.evaluation.schedules import keep_schedule
from donovan.evaluation.subjects import subject_of
from donovan.evaluation.work import SCHEDULES, SUITE
from donovan.feedback.datasets.models import DatasetVersion
from donovan.insight.processing.work import CLASSIFY
from donovan.insight.triage.models import DocumentClass
from donovan.training import evaluating
from donovan.training.approvals import say
from donovan.training.gate import ask_gate
from donovan.training.models import AskedMove, Candidate, GateReport, Move, TrainingJob
from donovan.training.services import start_job
from donovan.training.work import EVALUATE, MOVE, TRAIN
from ingest.models import Document, Status
from ingest.work.models import Job
from ingest.work.services import OPEN, enqueue
from retrieval.model_folders import MANIFEST, read_model
from retrieval.serving import current, point
from tests.benchmarks.killing.cases import Case, exactly, recorded
from tests.training.making import claims, documents, made_candidate, make_dataset, measured, trained

_SUITE = "verification"
_SHOWN = "m" * 64
"""The material of runs that were only written down, so that a candidate may be approved."""


class Classes(Case):
    """A triage model serves, and documents are given their class by it."""

    kinds: ClassVar[dict[str, float]] = {CLASSIFY.name: 3}

    def prepare(self) -> None:
        mia = self.world.people["mia"]
        make_dataset(mia, "classes", documents())
        candidate = trained(mia, "classes")
        self.model = read_model(candidate.folder, candidate.digest)
        point("triage", self.model)

    def make(self, kind: str) -> None:
        DocumentClass.objects.update(digest="0" * 64)
        enqueue(CLASSIFY)

    def faults(self) -> list[str]:
        ready = set(Document.objects.filter(status=Status.READY).values_list("pk", flat=True))
        classed = DocumentClass.objects.filter(digest=self.model.digest, document__in=ready)
        return exactly("documents with the class of this model", classed.count(), len(ready))


class Suites(Case):
    """Suites that mia asks for, and one that is due again and again."""

    kinds: ClassVar[dict[str, float]] = {SUITE.name: 5, SCHEDULES.name: 2}
    seconds: ClassVar[float] = 240.0

    def prepare(self) -> None:
        self.asked: list[uuid.UUID] = []
        self.schedule = keep_schedule(_SUITE, user=self.world.people["mia"], size="quick", every_days=7)
        self.due = 1

    def make(self, kind: str) -> None:
        if kind == SUITE.name:
            self.asked.append(request_run(_SUITE, subject_of(), user=self.world.people["mia"]).pk)
            return
        later = ScheduledSuite.objects.filter(pk=self.schedule.pk, next_at__gt=timezone.now())
        self.due += later.update(next_at=timezone.now())
        enqueue(SCHEDULES)

    def is_asked_for(self, job: Job) -> bool:
        """One that an evaluation was at is asked for by that."""
        is_due = SuiteRun.objects.filter(pk=job.subject, schedule__isnull=False).exists()
        return is_due or uuid.UUID(job.subject) in self.asked

    def faults(self) -> list[str]:
        runs = SuiteRun.objects.exclude(material=_SHOWN)
        found = exactly("runs of the scheduled suite", runs.filter(schedule=self.schedule).count(), self.due)
        rows = [*runs.filter(schedule=self.schedule), *runs.filter(pk__in=self.asked)]
        shapes = Counter(
            (run.state, run.notice, ItemScore.objects.filter(run=run).count(), len(run.figures))
            for run in rows
        )
        found += exactly("shapes of runs", len(shapes), 1 if rows else 0)
        for run in rows:
            done = recorded("evaluate", change="run done", run=str(run.pk))
            found += exactly(f"records of run {run.pk}", (run.state, done), ("done", 1))
        return found


class Trainings(Case):
    """Classifiers trained by the real trainer in its real process."""

    kinds: ClassVar[dict[str, float]] = {TRAIN.name: 5}
    seconds: ClassVar[float] = 240.0

    def prepare(self) -> None:
        make_dataset(self.world.people["mia"], "sorted", documents())
        self.jobs: list[uuid.UUID] = []

    def make(self, kind: str) -> None:
        job = start_job(self.world.people["mia"], "classifier", "sorted", seed=len(self.jobs))
        self.jobs.append(job.pk)

    def faults(self) -> list[str]:
        found = []
        for job in TrainingJob.objects.filter(pk__in=self.jobs):
            candidates = list(Candidate.objects.filter(job=job))
            done = recorded("training", outcome="done", change="job", job=str(job.pk))
            found += exactly(
                f"training {job.pk}: state, candidates, records",
                (job.state, len(candidates), done),
                ("done", 1, 1),
            )
            for candidate in candidates:
                read_model(candidate.folder, candidate.digest)
        return found


class Candidates(Case):
    """Verifiers, copies of a real one: measured by the suite of the gate, and let serve one by one."""

    kinds: ClassVar[dict[str, float]] = {EVALUATE.name: 4, MOVE.name: 5}
    seconds: ClassVar[float] = 300.0

    def prepare(self) -> None:
        mia = self.world.people["mia"]
        self.version: DatasetVersion = make_dataset(mia, "claims", claims())
        first = trained(mia, "claims")
        self.model = read_model(first.folder, first.digest)
        self.measured: list[uuid.UUID] = []
        self.moved: list[uuid.UUID] = []

    def _copy(self) -> Candidate:
        def fill(folder: Path) -> Mapping[str, Any]:
            for path in self.model.path.iterdir():
                if path.name != MANIFEST:
                    shutil.copyfile(path, folder / path.name)
            return dict(self.model.facts)

        name = f"copy-{self.world.word()}"
        return made_candidate(self.world.people["mia"], self.version, name, role="verifier", fill=fill)

    def make(self, kind: str) -> None:
        # What serves is one thing while a candidate is held against it.
        until = time.monotonic() + self.seconds
        while time.monotonic() < until:
            if not Job.objects.filter(kind__in=(MOVE.name, EVALUATE.name), state__in=OPEN).exists():
                break
            time.sleep(0.5)
        mia, rita = self.world.people["mia"], self.world.people["rita"]
        candidate = self._copy()
        SuiteRun.objects.filter(material=_SHOWN).delete()
        if kind == EVALUATE.name:
            self.measured.append(candidate.pk)
            evaluating.request_evaluation(mia, candidate.pk)
            return
        measured(candidate, mia, {_SUITE: {"": 0.1}})
        report = ask_gate(mia, candidate.pk)
        for person in (mia, rita):
            say(person, candidate.pk, report.digest, is_yes=True)
        AskedMove.objects.filter(role="verifier").delete()
        asked = AskedMove.objects.create(role="verifier", candidate=candidate, asked_by=mia)
        enqueue(MOVE, asked.pk, asked_by="mia")
        self.moved.append(candidate.pk)

    def faults(self) -> list[str]:
        found = []
        for key in self.moved:
            moves = Move.objects.filter(candidate=key).count()
            records = recorded("promotion", change="promotion", candidate=str(key))
            found += exactly(f"moves and records of candidate {key}", (moves, records), (1, 1))
        served = current("verifier")
        last = Candidate.objects.get(pk=self.moved[-1]) if self.moved else None
        if last is not None:
            found += exactly("what serves", served and served.digest, last.digest)
        found += exactly("moves that still wait", AskedMove.objects.count(), 0)
        for key in self.measured:
            candidate = Candidate.objects.get(pk=key)
            is_waiting = candidate.evaluation_asked_by is not None
            reports = GateReport.objects.filter(candidate=key).count()
            found += exactly(f"candidate {key}: waits, reports", (is_waiting, reports), (False, 1))
        nested = Job.objects.filter(kind=SUITE.name, state=Job.State.DONE).values_list("subject", flat=True)
        runs = SuiteRun.objects.exclude(material=_SHOWN).filter(
            pk__in=list(nested), subject__words__contains="verifier/", state=SuiteRun.State.DONE
        )
        twice = [key for key, count in Counter(runs.values_list("subject_digest")).items() if count > 1]
        return found + exactly("candidates that were measured twice", twice, [])
