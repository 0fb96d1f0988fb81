"""What the tests of training are made of: small data sets, and models that are real and tiny."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from django.utils import timezone

from donovan.access.labels import label_for, marking_of
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.evaluation.catalogue import metrics_of
from donovan.evaluation.models import ItemScore, SuiteRun
from donovan.feedback.datasets.models import Dataset, DatasetVersion
from donovan.feedback.datasets.reading import META, digest_of, folder_of
from donovan.feedback.datasets.rows import FIELDS, SPLITS, documents_of
from donovan.training.jobs import run_job
from donovan.training.models import Candidate, TrainingJob
from donovan.training.runs import subjects_of
from donovan.training.services import start_job
from donovan.training.targets import suites_for, target_for
from retrieval.model_folders import write_model

PLACES = ("Orlov Bridge", "Camp Delta", "the north gate", "Harbour Street", "the old mill", "Lake Tarn")
_SENTENCES = {
    "logistics": (
        "The convoy carried forty pallets of diesel and spare tyres to {place}.",
        "Fuel issued at {place} came to nine hundred litres this week.",
        "Two lorries with rations were unloaded at {place} before noon.",
        "The depot at {place} has no more spare parts for the generators.",
    ),
    "medical": (
        "The clinic at {place} treated eleven patients with fever and cough.",
        "Nurses at {place} asked for vaccine, bandages and clean needles.",
        "Three cases of cholera were confirmed in the ward at {place}.",
        "A doctor at {place} reported that the patient recovered after surgery.",
    ),
    "weather": (
        "Heavy rain and strong wind are expected at {place} until Friday.",
        "Temperatures at {place} fell below zero and fog covered the road.",
        "The storm brought snow to {place} during the night.",
        "A dry and sunny week was forecast for {place}.",
    ),
}


def documents(*, seed: int = 0) -> list[dict[str, Any]]:
    """Rows of document classes, 36 of them in three classes, the splits by place."""
    rows = []
    for at, place in enumerate(PLACES):
        split = {4: "dev", 5: "test"}.get(at, "train")
        for name, sentences in _SENTENCES.items():
            for number, sentence in enumerate(sentences[at % 2 :: 2]):
                text = sentence.format(place=place)
                rows.append(
                    {
                        "id": f"{name}-{at}-{number}-{seed}",
                        "task": "document_class",
                        "input": {"text": text, "title": f"Report {at}{number}"},
                        "value": {"class": name},
                        "split": split,
                        "group": f"group-{at}",
                    }
                )
    return rows


_SIGHTINGS = (
    ("On {n} May the patrol counted {m} vehicles near Orlov Bridge.", "tanks near the airport"),
    ("Satellite pictures of {n} June show {m} tents beside Lake Tarn.", "boats in a distant river"),
    ("Customs officers seized {m} crates of ammunition in week {n}.", "bottles of perfume"),
    ("By day {n} engineers had repaired {m} metres of the northern railway.", "miles of undersea cable"),
    ("Villagers reported hearing {m} explosions before dawn on {n} March.", "songs after midnight"),
    ("Hospital records list {m} admissions during the {n} days of flooding.", "weddings in winter"),
)


def claims() -> list[dict[str, Any]]:
    """Rows of claim support: a sentence as its evidence has it, and one of other things."""
    rows = []
    for at, (sentence, others) in enumerate(_SIGHTINGS):
        split = {4: "dev", 5: "test"}.get(at, "train")
        for number in range(3, 9):
            evidence = sentence.format(n=number, m=number * 7)
            wrong = f"There were {number * 7 + 30} {others}, case {at}{number}."
            for kind, text in (("supported", evidence.rstrip(".")), ("unsupported", wrong)):
                rows.append(
                    {
                        "id": f"{kind}-{at}-{number}",
                        "task": "claim_support",
                        "input": {"question": "", "claim": text, "evidence": [evidence]},
                        "value": {"verdict": kind, "steps": []},
                        "split": split,
                        "group": f"group-{at}",
                    }
                )
    return rows


def label(marking: str = "UNCLASSIFIED", slug: str = "relief") -> str:
    return label_for(slug, parse_marking(marking))


def complete(row: Mapping[str, Any], labels: list[str]) -> dict[str, Any]:
    """The row with every field."""
    given = {
        "document": "",
        "language": "en",
        "source": "test",
        "scan_quality": "",
        "date": "",
        "marking": marking_of(labels).canonical,
        "labels": labels,
        "weight": 1.0,
        "annotators": [],
        **row,
    }
    return {name: given[name] for name in FIELDS}


def make_dataset(
    person: User, name: str, rows: Iterable[Mapping[str, Any]], *, labels: list[str] | None = None
) -> DatasetVersion:
    """Version 1 of a data set, written as the real ones are but without the checks that keep leaks out."""
    labels = labels if labels is not None else [label()]
    whole = [complete(row, labels) for row in rows]
    files = {
        f"{split}.jsonl": "".join(
            json.dumps(row, ensure_ascii=False) + "\n" for row in whole if row["split"] == split
        ).encode()
        for split in SPLITS
    }
    files[META] = json.dumps({"name": name}).encode()
    dataset = Dataset.objects.create(name=name, task=whole[0]["task"], created_by=person)
    version = DatasetVersion.objects.create(
        dataset=dataset,
        number=1,
        digest=digest_of(files),
        counts={split: sum(row["split"] == split for row in whole) for split in SPLITS},
        kept_labels=labels,
        documents=sorted({document for row in whole for document in documents_of(row)}),
        created_by=person,
    )
    folder = folder_of(version)
    folder.mkdir(parents=True)
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return version


def trained(person: User, dataset: str, *, seed: int = 0, **chosen: Any) -> Candidate:
    """A candidate trained by the real trainer in its real process."""
    job = start_job(person, TrainingJob.Kind.CLASSIFIER, dataset, seed=seed, settings=chosen, wakes=False)
    done = run_job(job.pk)
    assert done is not None and done.state == TrainingJob.State.DONE, done and (done.state, done.notice)
    return done.candidate


def made_candidate(
    person: User,
    version: DatasetVersion,
    name: str,
    *,
    role: str = "verifier",
    fill: Callable[[Path], Mapping[str, Any]] | None = None,
    **facts: Any,
) -> Candidate:
    """A candidate with a folder of its own, as a job would leave it."""

    def filled(folder: Path) -> dict[str, Any]:
        if fill is None:
            (folder / "weights.json").write_text(json.dumps(name))
        return {
            **(dict(fill(folder)) if fill else {}),
            "dataset": f"{version.dataset.created_by.username}/{version.dataset.name}",
            "dataset_version": version.number,
            "dataset_digest": version.digest,
            **facts,
        }

    model = write_model(role, name, filled)
    return Candidate.objects.create(
        role=role,
        name=name,
        digest=model.digest,
        facts=dict(model.facts),
        kept_labels=version.labels,
        documents=version.documents,
    )


LANGUAGES = ("en", "es", "ru")


def measured(candidate: Candidate, person: User, gains: Mapping[str, Mapping[str, float]]) -> None:
    """Runs of every needed suite on what serves and on the candidate, with the scores of 45 items each.

    `gains` says by suite ("target" for that of the gate) and language how much the candidate's score is above
    what serves ("" for all).
    """
    before, after = subjects_of(candidate)
    target = target_for(candidate).suite
    for suite in suites_for(candidate):
        for subject, is_candidate in ((before, False), (after, True)):
            run = SuiteRun.objects.create(
                suite=suite,
                subject=subject.as_json(),
                subject_digest=subject.digest_for(suite),
                material="m" * 64,
                state=SuiteRun.State.DONE,
                started_by=person,
                finished_at=timezone.now(),
            )
            scores = []
            for at in range(45):
                language = LANGUAGES[at % 3]
                by = gains.get("target" if suite == target else suite, {})
                gain = by.get(language, by.get("", 0.0)) if is_candidate else 0.0
                score = min(1.0, max(0.0, 0.5 + 0.01 * (at % 7) + gain))
                scores += [
                    ItemScore(
                        run=run, item=f"{at}", metric=metric, score=score, slices={"language": language}
                    )
                    for metric in metrics_of(suite)
                ]
            ItemScore.objects.bulk_create(scores)


BETTER = {"target": {"": 0.1}}
