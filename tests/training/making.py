"""What the tests of training are made of: small data sets, and models that are real and tiny."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from donovan.access.labels import label_for, marking_of
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.feedback.datasets.models import Dataset, DatasetVersion
from donovan.feedback.datasets.reading import META, digest_of, folder_of
from donovan.feedback.datasets.rows import FIELDS, SPLITS
from donovan.training.jobs import run_job
from donovan.training.models import Candidate, TrainingJob
from donovan.training.services import start_job

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


def claims() -> list[dict[str, Any]]:
    """Rows of claim support: a sentence, and the same with another number or another place."""
    rows = []
    for at, place in enumerate(PLACES):
        split = {4: "dev", 5: "test"}.get(at, "train")
        for number in range(3, 9):
            evidence = f"On {number} May the patrol counted {number * 7} vehicles near {place}."
            claim = f"The patrol counted {number * 7} vehicles near {place}."
            wrong = f"The patrol counted {number * 7 + 30} tanks near the airport."
            for kind, text in (("supported", claim), ("unsupported", wrong)):
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
    marking = marking_of(labels).canonical
    dataset = Dataset.objects.create(
        name=name, task=whole[0]["task"], labels=labels, marking=marking, created_by=person
    )
    version = DatasetVersion.objects.create(
        dataset=dataset,
        number=1,
        digest=digest_of(files),
        counts={split: sum(row["split"] == split for row in whole) for split in SPLITS},
        labels=labels,
        marking=marking,
        created_by=person,
    )
    folder = folder_of(version)
    folder.mkdir(parents=True)
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return version


def trained(person: User, dataset: str, *, seed: int = 0, **chosen: Any) -> Candidate:
    """A candidate trained by the real trainer in its real process."""
    job = start_job(person, TrainingJob.Kind.CLASSIFIER, dataset, seed=seed, settings=chosen, rings=False)
    done = run_job(job.pk)
    assert done is not None and done.state == TrainingJob.State.DONE, done and (done.state, done.notice)
    return done.candidate


def apart(folder: Path) -> None:
    """Point the folders of models, data sets and jobs below `folder`."""
    settings.MODELS_DIR = folder / "models"
    settings.DATASETS_DIR = folder / "datasets"
    settings.TRAINING_DIR = folder / "training"
