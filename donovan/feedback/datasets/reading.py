"""Reading a version: found within what a person may read, checked against its digest before anything is read.

find_version("name" | "name@3" | "maker/name@3", scope) -> DatasetVersion
verify_version(version)
read_split(version, "train") -> Iterator[row]
leaks_between_splits(version) -> list[Leak]
folder_of(version) -> Path
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from donovan.access.labels import marking_of
from donovan.feedback.datasets.errors import DatasetError, DatasetNotFound, DatasetTampered
from donovan.feedback.datasets.models import Dataset, DatasetVersion
from donovan.feedback.datasets.rows import SPLITS, Bond, Row, bonds, documents_of
from donovan.library.derived import labels_now, look_up_labels
from retrieval.scope import AccessScope

META = "meta.json"
FILES = (META, *(f"{split}.jsonl" for split in SPLITS))
_REFERENCE = re.compile(
    r"(?:(?P<maker>[^/@\ud800-\udfff]{1,150})/)?(?P<name>[a-z0-9._-]{1,80})(?:@(?P<number>[0-9]{1,9}))?"
)


@dataclass(frozen=True)
class Leak:
    """Two rows in different splits that belong together. `kind` is "group", "document", "question" or "text"
    (near-duplicates); `ids` and `splits` are theirs, in the same order.
    """

    kind: str
    ids: tuple[str, str]
    splits: tuple[str, str]

    @property
    def words(self) -> str:
        why = {
            "group": "are of one group",
            "document": "come from one document",
            "question": "have the same question",
            "text": "have nearly the same text",
        }[self.kind]
        return (
            f"{self.ids[0]} ({self.splits[0]}) and {self.ids[1]} ({self.splits[1]}) {why}, "
            "and lie in different splits."
        )


def may_see(scope: AccessScope, dataset: Dataset) -> bool:
    """Whether all that the data set holds may be read, in every version, by the labels of now."""
    labels = dataset.labels
    return bool(labels) and all(scope.may_read(label) for label in labels)


def seen_of(scope: AccessScope, rows: QuerySet[Dataset]) -> list[Dataset]:
    """Those of the data sets that may be seen, with their versions. All labels are looked up at once."""
    found = list(rows.prefetch_related("versions"))
    look_up_labels(version for dataset in found for version in dataset.versions.all())
    return [dataset for dataset in found if may_see(scope, dataset)]


def find_version(reference: str, scope: AccessScope) -> DatasetVersion:
    """The version that `reference` names, the newest where it names none, within `scope`.

    Raises DatasetNotFound for what does not exist or may not be read, DatasetError when two people made a
    data set of that name and both may be read.
    """
    said = _REFERENCE.fullmatch(reference.strip())
    if said is None:
        raise DatasetNotFound
    rows = Dataset.objects.filter(name=said["name"]).select_related("created_by")
    if said["maker"]:
        rows = rows.filter(created_by__username=said["maker"])
    seen = seen_of(scope, rows.order_by("created_at"))
    if not seen:
        raise DatasetNotFound
    if len(seen) > 1:
        names = ", ".join(f"{row.created_by.username}/{row.name}" for row in seen)
        raise DatasetError(f"There are several data sets of that name. Choose one of {names}.")
    versions = DatasetVersion.objects.filter(dataset=seen[0]).select_related("dataset", "created_by")
    if said["number"]:
        versions = versions.filter(number=int(said["number"]))
    version = versions.order_by("-number").first()
    if version is None:
        raise DatasetNotFound
    return version


def folder_of(version: DatasetVersion) -> Path:
    """Where the files of a version lie: train.jsonl, dev.jsonl, test.jsonl and meta.json."""
    return Path(settings.DATASETS_DIR) / version.dataset.folder / f"v{version.number}"


def digest_of(files: Mapping[str, bytes]) -> str:
    """The digest of a version: SHA-256 over the names and the SHA-256 of all its files, by name."""
    lines = (f"{name} {hashlib.sha256(data).hexdigest()}\n" for name, data in sorted(files.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def verify_version(version: DatasetVersion) -> None:
    """Raises DatasetTampered, with a sentence that names what is wrong, unless every file is as it was made.

    No file is read into rows before all of them were found whole.
    """
    _checked(version)


def read_split(version: DatasetVersion, split: str) -> Iterator[Row]:
    """The rows of "train", "dev" or "test", in the order in which they were written, from checked bytes."""
    if split not in SPLITS:
        raise DatasetError(f"There is no split “{split[:20]}”. Choose one of {', '.join(SPLITS)}.")
    return _marked_now(version, _rows(_checked(version)[f"{split}.jsonl"]))


def read_all(version: DatasetVersion) -> Iterator[Row]:
    """The rows of all splits: train, dev, test."""
    files = _checked(version)
    return _marked_now(version, chain.from_iterable(_rows(files[f"{split}.jsonl"]) for split in SPLITS))


def read_meta(version: DatasetVersion) -> dict[str, Any]:
    """What stands in meta.json, checked."""
    return dict(json.loads(_checked(version)[META]))


def leaks_between_splits(version: DatasetVersion) -> list[Leak]:
    """Every row that lies in another split than a row it belongs with: of one group, document or question, or
    of nearly the same text. An empty list says that the splits are clean.
    """
    return leaks_in(list(read_all(version)))


def leaks_in(rows: Sequence[Row], bound: Iterable[Bond] | None = None) -> list[Leak]:
    """`leaks_between_splits` of rows at hand, and of their bonds where they are at hand too."""
    found: dict[tuple[str, str], Leak] = {}
    for one, other, kind in bonds(rows) if bound is None else bound:
        first, second = rows[one], rows[other]
        if first["split"] != second["split"]:
            ids = (str(first["id"]), str(second["id"]))
            found.setdefault(ids, Leak(kind, ids, (str(first["split"]), str(second["split"]))))
    return list(found.values())


def _rows(data: bytes) -> Iterator[Row]:
    return (json.loads(line) for line in data.splitlines() if line)


def _marked_now(version: DatasetVersion, rows: Iterable[Row]) -> Iterator[Row]:
    """The rows with the labels that their documents have got since; what lies on the disk stays as it is."""
    now = labels_now(version.documents)
    for row in rows:
        gained = {now[document] for document in documents_of(row) if document in now} - set(row["labels"])
        labels = sorted({*row["labels"], *gained})
        yield row | {"labels": labels, "marking": marking_of(labels).canonical} if gained else row


def _checked(version: DatasetVersion) -> dict[str, bytes]:
    folder = folder_of(version)
    refused = f"The data set {version} is refused: "
    try:
        present = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise DatasetTampered(f"{refused}its folder cannot be read.") from error
    for name in sorted(set(FILES) - set(present)):
        raise DatasetTampered(f"{refused}{name} is missing.")
    for name in sorted(set(present) - set(FILES)):
        raise DatasetTampered(f"{refused}{name} does not belong to it.")
    files = {}
    for name in FILES:
        path = folder / name
        if path.is_symlink() or not path.is_file():
            raise DatasetTampered(f"{refused}{name} is not a plain file.")
        try:
            files[name] = path.read_bytes()
        except OSError as error:
            raise DatasetTampered(f"{refused}{name} cannot be read.") from error
    if digest_of(files) != version.digest:
        raise DatasetTampered(f"{refused}{_changed(files)} was changed after it was made.")
    return files


def _changed(files: Mapping[str, bytes]) -> str:
    """Which file it was, as far as meta.json still tells."""
    try:
        said = json.loads(files[META])["files"]
        for name, digest in sorted(said.items()):
            if hashlib.sha256(files[name]).hexdigest() != digest:
                return str(name)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    return META
