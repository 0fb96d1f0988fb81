"""Labels: gathered, ordered, built into data sets, and looked through."""

import uuid
from contextlib import suppress
from typing import Any, ClassVar

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.audit.models import AuditRecord
from donovan.feedback.datasets import builds
from donovan.feedback.datasets.label_errors import ask_for_label_errors
from donovan.feedback.datasets.models import Dataset, DatasetBuild, DatasetVersion
from donovan.feedback.datasets.reading import verify_version
from donovan.feedback.datasets.recipes import Recipe
from donovan.feedback.datasets.work import BUILD, LABEL_ERRORS
from donovan.feedback.models import Annotation
from donovan.feedback.projects import items, members, services
from donovan.feedback.projects.models import LabelProject
from donovan.feedback.projects.work import TEND
from donovan.feedback.services import keep_label
from donovan.feedback.work import COLLECT
from donovan.insight.anomalies import services as anomalies
from donovan.insight.anomalies.models import Disposition, Finding
from donovan.library.errors import NotFoundHere
from ingest.models import Document
from ingest.work import running
from ingest.work.services import enqueue
from tests.benchmarks.killing.cases import Case, exactly, recorded
from tests.training.making import documents, make_dataset

_LABELS = 60


class Labels(Case):
    """What ana decides of a finding becomes a label, and a project that rings is looked after."""

    kinds: ClassVar[dict[str, float]] = {COLLECT.name: 4, TEND.name: 4}

    def prepare(self) -> None:
        caller = self.world.caller("ana")
        project = services.create_project(caller, template="document_class", title="Kinds of papers")
        items.add_documents(caller, project.pk, list(Document.objects.values_list("pk", flat=True)))
        for name in ("ana", "rita"):
            members.add_member(caller, project.pk, username=name, role="labeller")
        services.change_project(caller, project.pk, overlap=2, most_people=2, gold_share=0.0)
        services.release(caller, project.pk)
        self.project = project.pk

    def make(self, kind: str) -> None:
        if kind == TEND.name:
            LabelProject.objects.filter(pk=self.project).update(needs_ordering=True, needs_looking=True)
            enqueue(TEND)
            return
        for finding in Finding.objects.filter(origin=Finding.Origin.TABLES).order_by("pk"):
            # One whose document is just being read again is nobody's to decide on.
            with suppress(NotFoundHere):
                anomalies.dispose(
                    self.world.caller("ana"), finding.pk, verdict="real", note=self.world.word()
                )
                break
        enqueue(COLLECT)

    def faults(self) -> list[str]:
        found = []
        dispositions = Disposition.objects.all()
        for row in dispositions:
            key = f"disposition:{row.pk}"
            made = Annotation.objects.filter(source_key=key)
            found += exactly(
                f"records of {key}", recorded("label", source=key, change="collected"), made.count()
            )
            if row.undone_at is None:
                found += exactly(
                    f"standing labels of {key}", made.filter(withdrawn_at__isnull=True).count(), 1
                )
        standing = Annotation.objects.filter(task="anomaly", withdrawn_at__isnull=True).count()
        found += exactly("standing labels", standing, dispositions.filter(undone_at=None).count())
        project = LabelProject.objects.get(pk=self.project)
        rings = (project.needs_ordering, project.needs_looking, not project.ordered_at, not project.looked_at)
        return found + exactly("what the project still rings for", rings, (False,) * 4)


class Datasets(Case):
    """Versions that mia lets build, and lets look through for wrong labels."""

    kinds: ClassVar[dict[str, float]] = {BUILD.name: 8, LABEL_ERRORS.name: 6}
    without_documents: ClassVar[frozenset[str]] = frozenset(kinds)

    def prepare(self) -> None:
        # Every build waits for a worker, however small it is.
        builds.SMALL = 0
        self.built: list[uuid.UUID] = []
        self.looked: list[Any] = []
        label = label_for("relief", parse_marking("UNCLASSIFIED"))
        for number in range(_LABELS):
            text = " ".join(f"{self.world.word()}" for _ in range(12))
            keep_label(
                user=self.world.people["ana"],
                task="document_class",
                target=Annotation.Target.ITEM,
                target_id=f"item-{number}",
                shown={"input": {"text": text, "title": ""}},
                value={"class": "memo" if number % 2 else "order"},
                labels=[label],
            )
        if LABEL_ERRORS.name in self.chosen:
            self.make(LABEL_ERRORS.name)
            running.run_queue("training", seconds=300)
            self.in_peace = _found_in(self.looked[0])

    def make(self, kind: str) -> None:
        caller = self.world.caller("mia")
        if kind == BUILD.name:
            name = f"set-{self.world.word()}"
            self.built.append(builds.ask_for_build(caller, name, Recipe("document_class")).pk)
            return
        version = make_dataset(self.world.people["mia"], f"errors-{self.world.word()}", documents())
        ask_for_label_errors(caller, version)
        self.looked.append(version.pk)

    def faults(self) -> list[str]:
        found = []
        for build in DatasetBuild.objects.filter(pk__in=self.built).select_related("version"):
            dataset = Dataset.objects.filter(name=build.name).first()
            numbers = list(dataset.versions.values_list("number", flat=True)) if dataset else []
            found += exactly(f"versions of {build.name}", numbers, [1])
            found += exactly(f"build {build.name}", (build.state, build.notice), ("done", ""))
            records = AuditRecord.objects.filter(
                action="dataset", detail__dataset=build.name, detail__change="built"
            )
            found += exactly(f"records of {build.name}", records.count(), 1)
            if build.version is not None:
                verify_version(build.version)
        for key in self.looked:
            found += exactly(f"what was found in data set {key}", _found_in(key), self.in_peace)
        return found


def _found_in(version: Any) -> tuple[Any, ...]:
    suspects = DatasetVersion.objects.get(pk=version).suspects or {}
    rows = sorted((row["row"], row["suggested"]) for row in suspects.get("found", []))
    return suspects.get("state"), suspects.get("looked"), rows
