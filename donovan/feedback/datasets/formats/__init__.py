"""The forms that data sets are imported from and exported to.

`FORMATS[key]` is a Format. Its `read(path, task, mistakes)` yields what a file holds, unchecked, each with
its place, and notes in `mistakes` what cannot be read; `write(rows, folder)` fills a folder, in which
manifest.json already stands, and returns how many rows (or spans) the form has no place for.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from donovan.feedback.datasets.formats import beir, conll, label_studio, own, squad, tuning
from donovan.feedback.datasets.formats.reading import Found
from donovan.feedback.datasets.mistakes import Mistakes
from donovan.feedback.datasets.rows import Row
from donovan.feedback.shapes import TASKS


@dataclass(frozen=True)
class Format:
    """One form. `tasks` are those it has a place for, the first of them what a file without a word about it
    is taken for; `takes` says what to hand in.
    """

    key: str
    title: str
    tasks: tuple[str, ...]
    takes: str
    read: Callable[[Path, str, Mistakes], Iterator[Found]]
    write: Callable[[Iterable[Row], Path], int]


FORMATS = {
    form.key: form
    for form in (
        Format("jsonl", "Donovan JSONL", tuple(TASKS), "one .jsonl", own.read, own.write),
        Format(
            "sft",
            "JSONL for supervised tuning (messages)",
            ("answer",),
            "one .jsonl",
            tuning.read_messages,
            tuning.write_messages,
        ),
        Format(
            "preferences",
            "JSONL for preferences (prompt, chosen, rejected)",
            ("preference",),
            "one .jsonl",
            tuning.read_preferences,
            tuning.write_preferences,
        ),
        Format("squad", "SQuAD 1.1 or 2.0", ("answer", "relevance"), "one .json", squad.read, squad.write),
        Format("beir", "BEIR", ("relevance",), "the folder as one .zip", beir.read, beir.write),
        Format("conll", "CoNLL (BIO tags)", ("spans",), "one .conll or .txt", conll.read, conll.write),
        Format(
            "label-studio",
            "Label Studio JSON",
            label_studio.TASKS,
            "one .json",
            label_studio.read,
            label_studio.write,
        ),
    )
}


def formats_for(task: str) -> list[Format]:
    """The forms that rows of a task can be written in."""
    return [form for form in FORMATS.values() if task in form.tasks and not _only_read(form, task)]


def _only_read(form: Format, task: str) -> bool:
    """SQuAD questions can be read as relevance, but relevance has no answers to write."""
    return form.key == "squad" and task == "relevance"
