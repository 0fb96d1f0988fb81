"""Foreign files into a version: every row checked, all of them or none.

    import_version(caller, name, path, Wanted(...)) -> Imported

What is imported carries one label, of the collection and the marking that the person names, who must be one
that may add to it. A row that says it is marked higher than that refuses the whole file.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from donovan.access.labels import split_label
from donovan.access.markings import Marking, MarkingError, parse_marking
from donovan.feedback.datasets.errors import BadInput, DatasetError
from donovan.feedback.datasets.formats import FORMATS
from donovan.feedback.datasets.formats.examples import example_of
from donovan.feedback.datasets.formats.reading import Found
from donovan.feedback.datasets.models import DatasetVersion
from donovan.feedback.datasets.permissions import check_maker
from donovan.feedback.datasets.publishing import MOST_ROWS, check_name, publish
from donovan.feedback.datasets.reading import Leak, leaks_in
from donovan.feedback.datasets.rows import SPLITS, Row, short_digest
from donovan.feedback.datasets.splitting import (
    DEFAULT_SHARES,
    Shares,
    sample_training,
    set_groups,
    set_splits,
)
from donovan.feedback.models import Label
from donovan.feedback.shapes import TASKS, ShapeError, check_input, check_value
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.services import label_for_upload

LEAKS_SHOWN = 3
MISTAKES_SHOWN = 5
LONGEST_FACT = 400
_EXTRAS = ("documents", "answers", "is_impossible", "how", "agreement")


@dataclass(frozen=True)
class Wanted:
    """What to make of a file. `task` empty means what the form stands for; `shares` empty means the splits
    that the file names, else 0.8/0.1/0.1. At most `limit` rows of the training split are kept, drawn by
    `seed`. `allows_leaks` takes splits of the file although rows that belong together lie apart; trainers
    and gates still see it.
    """

    form: str
    collection: str
    marking: str
    task: str = ""
    shares: Shares | None = None
    limit: int | None = None
    seed: int = 0
    language: str = ""
    source: str = ""
    allows_leaks: bool = False


@dataclass(frozen=True)
class Imported:
    """The version, whether it is new, and the leaks that were let pass."""

    version: DatasetVersion
    is_new: bool
    leaks: tuple[Leak, ...]


def import_version(caller: Caller, name: str, path: Path, wanted: Wanted) -> Imported:
    """The next version of `name` from a file or folder. Raises BadInput with the places of the first
    mistakes, DatasetError for everything else; then nothing was imported.
    """
    check_maker(caller)
    name = check_name(name)
    form = FORMATS.get(wanted.form)
    if form is None:
        raise DatasetError(f"There is no format “{wanted.form[:40]}”. Choose one of {', '.join(FORMATS)}.")
    task = wanted.task or (form.tasks[0] if form.key != "jsonl" else "")
    if task and task not in TASKS:
        raise DatasetError(f"There is no task “{task[:40]}”. Choose one of {', '.join(TASKS)}.")
    if task and task not in form.tasks:
        raise DatasetError(f"{form.title} holds no rows of the task {task}.")
    label = _label(caller, wanted)
    # A marking that is new in its collection made a label that was in nobody's scope before.
    caller = Caller.named(caller.user, source=caller.source)
    rows = _rows(form.read(path, task), task, label, wanted)
    leaks = _divide(rows, wanted)
    if wanted.limit is not None:
        rows = sample_training(rows, wanted.limit, wanted.seed)
    recipe = {
        "imported": form.key,
        "task": rows[0]["task"],
        "split": list(wanted.shares) if wanted.shares else "as given",
        "seed": wanted.seed,
        "limit": wanted.limit,
        "leaks_let_pass": len(leaks),
    }
    made = publish(caller, name, rows[0]["task"], rows, recipe, action="imported")
    return Imported(made.version, made.is_new, tuple(leaks))


def _label(caller: Caller, wanted: Wanted) -> str:
    try:
        return label_for_upload(caller, wanted.collection, wanted.marking)
    except LibraryError as error:
        raise DatasetError(error.sentence) from error


def _rows(found: Iterable[Found], task: str, label: str, wanted: Wanted) -> list[Row]:
    marking = split_label(label)[1]
    rows: list[Row] = []
    seen: dict[str, str] = {}
    mistakes: list[BadInput] = []
    for each in _until_unreadable(found):
        try:
            row = _checked(each, task, label, marking, wanted)
            if row["id"] in seen:
                raise BadInput(each.where, f"The id “{row['id'][:60]}” stands in {seen[row['id']]} already.")
            if rows and row["task"] != rows[0]["task"]:
                raise BadInput(each.where, "It is of another task than the rows before it.")
        except BadInput as mistake:
            mistakes.append(mistake)
            if len(mistakes) > MISTAKES_SHOWN:
                break
            continue
        seen[row["id"]] = each.where
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise DatasetError(f"A data set holds at most {MOST_ROWS:,} rows. Nothing was imported.")
    if mistakes:
        shown, is_cut = mistakes[:MISTAKES_SHOWN], len(mistakes) > MISTAKES_SHOWN
        raise BadInput.of_all(shown, example=example_of(wanted.form, task), is_cut=is_cut)
    if not rows:
        raise DatasetError("The file holds no rows. Nothing was imported.")
    return rows


def _until_unreadable(found: Iterable[Found]) -> Iterator[Found]:
    """What was found, and last of all the mistake after which a file cannot be read on."""
    try:
        yield from found
    except BadInput as mistake:
        yield Found(mistake.where, {}, mistake)


def _checked(found: Found, task: str, label: str, marking: Marking, wanted: Wanted) -> Row:
    given, where = found.row, found.where
    if found.mistake is not None:
        raise found.mistake
    of_task = str(given.get("task") or task)
    if task and of_task != task:
        raise BadInput(where, f"It is of the task {of_task[:40]}, not {task}.")
    try:
        shown = check_input(of_task, _object_in(given, "input"))
        value = check_value(of_task, shown, _object_in(given, "value"))
    except ShapeError as error:
        raise BadInput(where, error.sentence, is_shape=True) from error
    _check_marking(given, marking, where)
    split = given.get("split") or ""
    if split and split not in SPLITS:
        raise BadInput(where, f"“{str(split)[:20]}” is no split. Use {', '.join(SPLITS)}.")
    row: Row = {
        "id": _fact(given, "id", where) or short_digest(of_task, shown, value),
        "task": of_task,
        "input": shown,
        "value": value,
        "split": split,
        "group": _fact(given, "group", where),
        "document": _fact(given, "document", where),
        "language": _fact(given, "language", where) or wanted.language,
        "source": _fact(given, "source", where) or wanted.source or label.partition(":")[0],
        "scan_quality": _fact(given, "scan_quality", where),
        "date": _day(given, where),
        "marking": marking.canonical,
        "labels": [label],
        "weight": _weight(given, where),
        "annotators": _names(given, where),
        "origin": str(Label.Origin.IMPORT.value),
    }
    return row | {name: given[name] for name in _EXTRAS if name in given}


def _object_in(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = given.get(name)
    if not isinstance(value, Mapping):
        held = ", ".join(str(each) for each in given)[:LONGEST_FACT]
        raise ShapeError(f"“{name}” is missing, or not an object. There is: {held}.")
    return value


def _check_marking(given: Mapping[str, Any], marking: Marking, where: str) -> None:
    said = given.get("marking")
    if not said:
        return
    try:
        is_below = marking.dominates(parse_marking(str(said)))
    except MarkingError:
        is_below = False
    if not is_below:
        raise BadInput(where, f"It is marked {str(said)[:80]}, which is not within {marking.canonical}.")


def _divide(rows: list[Row], wanted: Wanted) -> list[Leak]:
    """Set groups and splits; the leaks of splits that the file gave, where they are let pass."""
    given = [row for row in rows if row["split"]]
    if given and wanted.shares is None:
        if len(given) < len(rows):
            raise DatasetError(
                f"{len(given):,} of {len(rows):,} rows name their split. "
                "Name it for all or none, or give shares. Nothing was imported."
            )
        leaks = leaks_in(rows)
        if leaks and not wanted.allows_leaks:
            shown = " ".join(leak.words for leak in leaks[:LEAKS_SHOWN])
            raise DatasetError(
                f"The splits of the file leak in {len(leaks):,} places. {shown} Nothing was imported. "
                "Let the splits be made anew by giving shares."
            )
        if not leaks:
            set_groups(rows)
        for row in rows:
            row["group"] = row["group"] or short_digest("group", row["id"])
        return leaks
    set_groups(rows)
    set_splits(rows, wanted.shares or DEFAULT_SHARES, wanted.seed)
    return []


def _fact(given: Mapping[str, Any], name: str, where: str) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > LONGEST_FACT:
        raise BadInput(where, f"“{name}” must be a text of at most {LONGEST_FACT} characters.")
    return str(value)


def _day(given: Mapping[str, Any], where: str) -> str:
    day = _fact(given, "date", where)
    if day and not (len(day) == 10 and day[:4].isdigit() and day[4] == day[7] == "-"):
        raise BadInput(where, "“date” must be a day like 2026-01-31, or empty.")
    return day


def _weight(given: Mapping[str, Any], where: str) -> float:
    weight = given.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1:
        raise BadInput(where, "“weight” must be a number from 0 to 1.")
    return float(weight)


def _names(given: Mapping[str, Any], where: str) -> list[str]:
    names = given.get("annotators") or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadInput(where, "“annotators” must be a list of names.")
    return sorted(set(names))
