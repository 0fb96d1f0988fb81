"""Everything that makes or gives out a data set: who may, the change, and its record.

    build_version(caller, name, recipe, *, on_progress=...) -> Made
    preview(caller, recipe) -> Preview
    import_version(caller, name, path, form, ...) -> Imported      in `importing`
    export_version(caller, version, form, place) -> Exported       in `exporting`

All raise DatasetError with a sentence, and then nothing was changed.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from donovan.access.labels import marking_of
from donovan.feedback.datasets.advice import warnings_of
from donovan.feedback.datasets.collecting import collect
from donovan.feedback.datasets.permissions import check_maker
from donovan.feedback.datasets.publishing import Made, Within, check_name, publish, unattended
from donovan.feedback.datasets.recipes import Recipe
from donovan.feedback.datasets.rows import SPLITS
from donovan.feedback.datasets.splitting import (
    check_divided,
    set_groups,
    set_splits,
    stratum_of,
    without_test_passages,
)
from donovan.feedback.datasets.statistics import divided_by
from donovan.feedback.datasets.undecided import undecided_items
from donovan.library.callers import Caller

Say = Callable[[str], object]
MOST_DIVIDED = 2_000
"""A preview divides at most so many rows: looking for near-duplicates among more keeps a page waiting."""


@dataclass(frozen=True)
class Preview:
    """What a recipe would give now: rows, values with their counts, the labels of it all and their marking.

    `counts` are the rows of each split, empty where there are too many to divide for a preview. `undecided`
    items of label projects are left out because nothing came of them yet.
    """

    total: int
    values: tuple[tuple[str, int], ...]
    labels: frozenset[str] = frozenset()
    counts: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    undecided: int = 0

    @property
    def marking(self) -> str:
        return marking_of(self.labels).canonical if self.labels else ""


def build_version(
    caller: Caller,
    name: str,
    recipe: Recipe,
    *,
    on_progress: Say = lambda words: None,
    within: Within = unattended,
) -> Made:
    """The next version of `name` from the labels that the caller may read now.

    The same labels and recipe give the same files, and then the version that there is. `on_progress` is told
    in words how far it has come, and `within` is called in the transaction that makes the version.
    """
    check_maker(caller)
    name = check_name(name)
    on_progress("collecting the labels")
    rows = collect(recipe, caller.scope)
    on_progress(f"looking for near-duplicates among {len(rows):,} rows")
    set_groups(rows, recipe.binding)
    set_splits(rows, recipe.split, recipe.seed)
    check_divided(rows, recipe.split)
    rows = without_test_passages(rows)
    on_progress(f"writing {len(rows):,} rows")
    return publish(caller, name, recipe.task, rows, recipe.as_data(), action="built", within=within)


def preview(caller: Caller, recipe: Recipe) -> Preview:
    """What the recipe would give, without making anything."""
    check_maker(caller)
    rows = collect(recipe, caller.scope)
    counted = Counter(stratum_of(row) for row in rows)
    labels = frozenset(label for row in rows for label in row["labels"])
    counts: dict[str, int] = {}
    warnings: list[str] = []
    if len(rows) <= MOST_DIVIDED:
        set_groups(rows, recipe.binding)
        set_splits(rows, recipe.split, recipe.seed)
        kept = without_test_passages(rows)
        left_out = len(rows) - len(kept)
        rows = kept
        counts = {split: sum(row["split"] == split for row in rows) for split in SPLITS}
        warnings = warnings_of(counts, divided_by(rows))
        if left_out:
            what = "1 passage that does" if left_out == 1 else f"{left_out} passages that do"
            warnings.append(f"{what} not answer will be left out of training: another split asks for it.")
    return Preview(
        len(rows),
        tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:12]),
        labels,
        counts,
        tuple(warnings),
        undecided_items(caller, recipe),
    )
