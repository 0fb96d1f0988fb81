"""A version given out in one of the forms: only to who may read all of it, marked, and on record.

    export_version(caller, version, form, place) -> Exported       a folder, or a .zip
    export_archive(caller, version, form) -> (Exported, stream)    the .zip as an open file

Every export is a folder with MARKING.txt, whose first line is the banner, and manifest.json. Forms that have
a place for it carry the banner in their files too.
"""

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils import timezone

from donovan.feedback.datasets.errors import DatasetError, DatasetNotFound
from donovan.feedback.datasets.formats import FORMATS, Format, formats_for
from donovan.feedback.datasets.models import DatasetVersion
from donovan.feedback.datasets.permissions import check_reader
from donovan.feedback.datasets.reading import may_see, read_all
from donovan.feedback.datasets.records import note
from donovan.feedback.datasets.slices import read_slice
from donovan.feedback.datasets.writing import NOTICE, flush_folder
from donovan.library.callers import Caller

MANIFEST, MARKING_FILE = "manifest.json", "MARKING.txt"
ZIP = ".zip"
LONGEST_FILE_NAME = 250
LONGEST_PLACE_SHOWN = 400


@dataclass(frozen=True)
class Exported:
    """What was given out: the place (empty for a stream), its marking, the rows of each split, and how many
    rows or spans the form has no place for.
    """

    place: str
    form: str
    marking: str
    counts: Mapping[str, int]
    left_out: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def export_version(
    caller: Caller, version: DatasetVersion, form: str, place: Path, *, query: str = ""
) -> Exported:
    """Write a version, or the slice of it that `query` means, to a new folder or .zip file at `place`.

    Raises DatasetNotFound for who may not read all of it, DatasetTampered, and DatasetError with a sentence.
    """
    chosen = _checked(caller, version, form)
    shown = str(place)[:LONGEST_PLACE_SHOWN]
    try:
        if place.exists() or place.is_symlink():
            raise DatasetError(f"{shown} exists already. Name a place that does not.")
        if not place.parent.is_dir():
            raise DatasetError(
                f"There is no folder {str(place.parent)[:LONGEST_PLACE_SHOWN]}. Make it first."
            )
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{place.name}.") as staged:
            folder = Path(staged) / "export"
            counts, left_out = _fill(folder, version, chosen, query)
            whole = folder
            if place.suffix == ZIP:
                whole = Path(staged) / "export.zip"
                with whole.open("wb") as stream:
                    _pack(folder, stream)
            # First the record: one of an export that fails now is better than an export without one.
            _record(caller, version, chosen, counts, query)
            whole.rename(place)
            flush_folder(place.parent)
    except OSError as error:
        raise DatasetError(f"{shown} cannot be written: {error.strerror or 'disk error'}.") from error
    return Exported(str(place), chosen.key, version.marking, counts, left_out)


def export_archive(
    caller: Caller, version: DatasetVersion, form: str, *, query: str = ""
) -> tuple[Exported, IO[bytes]]:
    """The same as one .zip, in an open file without a name that is gone when it is closed."""
    chosen = _checked(caller, version, form)
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    try:
        with tempfile.TemporaryDirectory() as staged:
            folder = Path(staged) / "export"
            counts, left_out = _fill(folder, version, chosen, query)
            _pack(folder, stream)
        _record(caller, version, chosen, counts, query)
        stream.seek(0)
    except BaseException:
        stream.close()
        raise
    return Exported("", chosen.key, version.marking, counts, left_out), stream


def archive_name(version: DatasetVersion, marking: str, form: str) -> str:
    """The name of an archive, with its marking, so that the marking goes where the file goes.

    The marking is never cut: where all is too long for a file system, the data set's name is.
    """
    safe = re.sub(r"[^A-Za-z0-9]+", "-", marking).strip("-")
    ending = f"-v{version.number}-{safe}-{form}{ZIP}"
    return version.dataset.name[: max(1, LONGEST_FILE_NAME - len(ending))] + ending


def _checked(caller: Caller, version: DatasetVersion, form: str) -> Format:
    check_reader(caller)
    if not may_see(caller.scope, version.dataset):
        raise DatasetNotFound
    chosen = FORMATS.get(form)
    possible = formats_for(version.task)
    if chosen not in possible or chosen is None:
        raise DatasetError(
            f"Rows of the task {version.task} cannot be written as “{form[:40]}”. "
            f"Choose one of {', '.join(each.key for each in possible)}."
        )
    return chosen


def _fill(folder: Path, version: DatasetVersion, form: Format, query: str) -> tuple[dict[str, int], int]:
    chosen = read_slice(query)
    rows = [row for row in read_all(version) if chosen.matches(row)]
    if not rows:
        raise DatasetError("There is nothing in that slice. Widen the query.")
    counts = {split: sum(row["split"] == split for row in rows) for split in version.counts}
    folder.mkdir()
    manifest: dict[str, Any] = {
        "marking": version.marking,
        "notice": NOTICE,
        "dataset": version.dataset.name,
        "version": version.number,
        "task": version.task,
        "form": form.key,
        "digest": version.digest,
        "counts": counts,
        "slice": query.strip(),
        "exported_at": timezone.now().isoformat(timespec="seconds"),
    }
    # Writers take the banner from there, and its keys stand as they are given: the marking first.
    _write_manifest(folder, manifest)
    left_out = form.write(rows, folder)
    if [path.name for path in folder.iterdir()] == [MANIFEST]:
        raise DatasetError(f"None of these rows can be written as {form.title}. Choose another form.")
    if left_out:
        _write_manifest(folder, manifest | {"left_out": left_out})
    about = (
        f"{version.marking}\n{NOTICE}\n\n{version.name}: {len(rows):,} rows of the task {version.task}, "
        f"as {form.title}.\n{_left_out_words(left_out)}"
        "Everything in this folder is to be handled as its marking says.\n"
    )
    (folder / MARKING_FILE).write_text(about, "utf-8")
    return counts, left_out


def _left_out_words(count: int) -> str:
    return f"{count:,} have no place in this form and were left out.\n" if count else ""


def _write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _pack(folder: Path, stream: IO[bytes]) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        # The banner first: it is what somebody sees who opens the archive.
        names = sorted(
            (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()),
            key=lambda name: (name != MARKING_FILE, name),
        )
        for name in names:
            with (folder / name).open("rb") as source, archive.open(name, "w") as target:
                shutil.copyfileobj(source, target)


def _record(
    caller: Caller, version: DatasetVersion, form: Format, counts: Mapping[str, int], query: str
) -> None:
    given_out = {"form": form.key, "counts": counts, "is_slice": bool(query.strip())}
    note(caller, "export", version, {"what": "data set", "digest": version.digest, **given_out})
