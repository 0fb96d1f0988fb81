"""Foreign files into a version: every row checked, all of them or none.

    import_version(caller, name, path, Wanted(...)) -> Imported

What is imported carries one label, of the collection and the marking that the person names, who must be one
that may add to it. A row that says it is marked higher than that refuses the whole file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from donovan.feedback.datasets.checking import Common, checked_row, fact
from donovan.feedback.datasets.errors import BadInput, DatasetError
from donovan.feedback.datasets.formats import FORMATS, Format
from donovan.feedback.datasets.formats.examples import example_of
from donovan.feedback.datasets.formats.reading import Found, usable
from donovan.feedback.datasets.mistakes import Mistakes
from donovan.feedback.datasets.models import DatasetVersion
from donovan.feedback.datasets.permissions import check_maker
from donovan.feedback.datasets.publishing import MOST_ROWS, check_name, publish
from donovan.feedback.datasets.reading import Leak, leaks_in
from donovan.feedback.datasets.rows import Row, short_digest
from donovan.feedback.datasets.splitting import (
    DEFAULT_SHARES,
    Shares,
    sample_training,
    set_groups,
    set_splits,
)
from donovan.feedback.shapes import TASKS
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.services import label_for_upload

LEAKS_SHOWN = 3
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")


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
    common = Common(label, task, _language(wanted.language), _word(wanted.source, "source"))
    rows = _rows(form, path, common)
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


def _language(text: str) -> str:
    code = text.strip()
    if code and not _CODE.fullmatch(code):
        raise DatasetError(f"“{code[:40]}” is no code of a language. Write it like en or zh-Hant.")
    return code


def _word(text: str, name: str) -> str:
    try:
        return usable(fact({name: text.strip()}, name, ""), "")
    except BadInput as error:
        raise DatasetError(error.what) from error


def _label(caller: Caller, wanted: Wanted) -> str:
    try:
        return label_for_upload(caller, wanted.collection, wanted.marking)
    except LibraryError as error:
        raise DatasetError(error.sentence) from error


def _rows(form: Format, path: Path, common: Common) -> list[Row]:
    """Every row of the file. Raises BadInput with the first mistakes, if there is any."""
    rows: list[Row] = []
    seen: dict[str, str] = {}
    mistakes = Mistakes()
    try:
        for found in form.read(path, common.task, mistakes):
            with mistakes:
                row = checked_row(found, common)
                _check_first(row, found, seen)
                if rows and row["task"] != rows[0]["task"]:
                    raise BadInput(found.where, "It is of another task than the rows before it.")
                seen[row["id"]] = found.where
                rows.append(row)
            if len(rows) > MOST_ROWS:
                raise DatasetError(f"A data set holds at most {MOST_ROWS:,} rows. Nothing was imported.")
    except BadInput as last:
        mistakes.end(last)
    except OSError as error:
        what = error.strerror or "disk error"
        raise DatasetError(f"{path.name or path} cannot be read: {what}. Nothing was imported.") from error
    mistakes.refuse(example_of(form.key, common.task))
    if not rows:
        raise DatasetError("The file holds no rows. Nothing was imported.")
    return rows


def _check_first(row: Row, found: Found, seen: Mapping[str, str]) -> None:
    if row["id"] not in seen:
        return
    if found.row.get("id"):
        what = f"The id “{row['id'][:60]}” stands in {seen[row['id']]} already."
    else:
        what = f"The same row stands in {seen[row['id']]} already. Give it an id if both shall count."
    raise BadInput(found.where, what)


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
