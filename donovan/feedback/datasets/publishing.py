"""A version made from finished rows: its files, its row and its record, all or none.

Who may still see a data set after a version is added is looked at first: its labels may grow only by such as
everybody reads who sees it now, so that no version makes others disappear, and none leaves a gap.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError

from donovan.access.labels import marking_of
from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.models import Dataset, DatasetVersion
from donovan.feedback.datasets.permissions import READERS
from donovan.feedback.datasets.reading import digest_of, may_see
from donovan.feedback.datasets.records import note
from donovan.feedback.datasets.rows import SPLITS, Row, documents_of
from donovan.feedback.datasets.statistics import statistics_of
from donovan.feedback.datasets.writing import StagedFiles, files_of
from donovan.library.callers import Caller
from donovan.library.derived import labels_now
from ingest.work.leases import fenced

MOST_ROWS = 200_000
LONGEST_NAME = 80
NAME_RULE = (
    "Small letters, numbers, dots, dashes and underscores, beginning with a letter or a number; no spaces."
)
_NAME = re.compile(rf"[a-z0-9][a-z0-9._-]{{0,{LONGEST_NAME - 1}}}")
_TRIES = 3


@dataclass(frozen=True)
class Made:
    """A version, and whether it is new: the same rows by the same recipe are the version that there is."""

    version: DatasetVersion
    is_new: bool


Within = Callable[[Made], None]


def check_name(name: str) -> str:
    """The name of a data set in its plain form. Raises DatasetError."""
    plain = name.strip().lower()
    if not _NAME.fullmatch(plain):
        cleaned = cleaned_name(name)
        raise DatasetError(
            "The name of a data set begins with a letter or a number, and holds small letters, numbers, "
            f"dots, dashes and underscores, at most {LONGEST_NAME}."
            + (f" “{cleaned}” would do." if cleaned else "")
        )
    return plain


def cleaned_name(name: str) -> str:
    """The name nearest to `name` that a data set can bear; empty where nothing of it is left."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._]+", "-", letters).lstrip("-._")[:LONGEST_NAME].rstrip("-._")


def named_dataset(caller: Caller, name: str) -> Dataset | None:
    """The data set that a new version under `name` goes to: the caller's own, or the one that they may see.

    Raises DatasetError when two others' bear the name.
    """
    rows = list(Dataset.objects.filter(name=name).select_related("created_by").order_by("created_at"))
    own = [row for row in rows if row.created_by_id == caller.user.pk]
    seen = [row for row in rows if may_see(caller.scope, row)]
    if own and own[0] not in seen:
        raise DatasetError("You cannot use that name. Choose another.")
    if own:
        return own[0]
    if len(seen) > 1:
        raise DatasetError("Several people made a data set of that name. Choose another.")
    return seen[0] if seen else None


def unattended(_made: Made) -> None:
    """Nothing else is kept with the version."""


def publish(
    caller: Caller,
    name: str,
    task: str,
    rows: Sequence[Row],
    recipe: Mapping[str, Any],
    *,
    action: str,
    within: Within = unattended,
) -> Made:
    """Make the next version of `name` from rows whose group and split are set.

    `action` is “built” or “imported”, for the record. `within` is called in the transaction that makes it,
    and what it raises undoes that. Raises DatasetError with a sentence; then nothing was
    made.
    """
    name = check_name(name)
    if not rows:
        raise DatasetError("There is nothing that fits. Widen what you ask for.")
    if len(rows) > MOST_ROWS:
        raise DatasetError(f"A data set holds at most {MOST_ROWS:,} rows, and this has {len(rows):,}.")
    labels = sorted({label for row in rows for label in row["labels"]})
    if not labels or not all(caller.scope.may_read(label) for label in labels):
        raise DatasetError("A data set can only be made of what you may read.")
    counts = {split: sum(row["split"] == split for row in rows) for split in SPLITS}
    marking = marking_of(labels).canonical
    about = {
        "name": name,
        "task": task,
        "recipe": recipe,
        "counts": counts,
        "labels": labels,
        "marking": marking,
    }
    # An import may name any document; only those that its maker reads have a say in who reads the data set.
    named = labels_now({document for row in rows for document in documents_of(row)})
    documents = sorted(document for document, label in named.items() if caller.scope.may_read(label))
    files = files_of(rows, about)
    digest = digest_of(files)
    statistics = statistics_of(rows)
    with StagedFiles(files) as staged:
        for attempt in range(_TRIES):
            try:
                with fenced():
                    made = _keep(
                        caller,
                        DatasetVersion(
                            digest=digest,
                            counts=counts,
                            kept_labels=labels,
                            documents=documents,
                            recipe=dict(recipe),
                            statistics=statistics,
                            created_by=caller.user,
                        ),
                        staged,
                        about | {"action": action},
                    )
                    within(made)
                    return made
            except IntegrityError:
                # Somebody else made the data set or this number in between.
                if attempt == _TRIES - 1:
                    raise
    raise AssertionError("unreachable")


def _keep(caller: Caller, version: DatasetVersion, staged: StagedFiles, about: Mapping[str, Any]) -> Made:
    name, task = str(about["name"]), str(about["task"])
    dataset = named_dataset(caller, name)
    if dataset is None:
        dataset = Dataset(name=name, task=task, created_by=caller.user)
        dataset.save(force_insert=True)
    dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
    if dataset.task != task:
        raise DatasetError(f"The data set {name} is of another task. Give this one another name.")
    newest = dataset.versions.order_by("-number").first()
    if newest is not None and newest.digest == version.digest:
        return Made(newest, False)
    added = set(version.labels) - set(dataset.labels)
    if newest is not None and added:
        _check_growth(dataset, added)
    version.dataset = dataset
    version.number = newest.number + 1 if newest else 1
    version.save(force_insert=True)
    facts = {"task": task, "counts": version.counts, "digest": version.digest}
    note(caller, "dataset", version, {"change": about["action"], **facts})
    staged.move_to(version)
    return Made(version, True)


def _check_growth(dataset: Dataset, added: Iterable[str]) -> None:
    added = list(added)
    for person in User.objects.filter(is_active=True, role__in=READERS):
        scope = scope_for(person)
        if may_see(scope, dataset) and not all(scope.may_read(label) for label in added):
            raise DatasetError(
                f"This holds markings that not everybody may read who sees {dataset.name} now, and they "
                "would lose sight of it. Give this one another name, or leave those labels out."
            )
