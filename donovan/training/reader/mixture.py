"""Which examples are learned from, how many of each set, and in which order: the same from the same seed."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from donovan.training.reader.examples import JudgeExample, ReadExample
from donovan.training.reader.judging_sets import SETS as JUDGING
from donovan.training.reader.reading_sets import SETS as READING

READ_MOST = {
    "fairytales": 7000, "qamr": 6000, "nqg": 4000, "drcd": 3000, "cmrc": 3000, "subjqa": 3000,
}  # fmt: skip
JUDGE_MOST = {
    "changes": 10000, "conjnli": 5000, "esnli": 4000, "climate": 3000, "msr": 3000, "answered": 3000,
    "med": 1800, "megaveridicality": 1800, "monli": 600, "monli-negated": 600, "factuality": 0,
}  # fmt: skip
"""The large sets are held to a few thousand, so that a share of the mixture has some of every set."""
HELD_OUT = 40
"""Of each set one example in this many is kept for watching the training."""

Example = TypeVar("Example", ReadExample, JudgeExample)


@dataclass(frozen=True)
class Mixture:
    """Examples to learn from, shuffled, and those held out."""

    reading: Sequence[ReadExample]
    judging: Sequence[JudgeExample]
    reading_held: Sequence[ReadExample]
    judging_held: Sequence[JudgeExample]


def gather(folder: Path, seed: int, on_progress: Callable[[str], None]) -> Mixture:
    """All examples of the sets that lie in `folder`, capped set by set."""
    reading, reading_held = _gather(READING, READ_MOST, folder, seed, on_progress)
    judging, judging_held = _gather(JUDGING, JUDGE_MOST, folder, seed, on_progress)
    return Mixture(reading, judging, reading_held, judging_held)


def _gather(
    sets: "dict[str, Callable[[Path, random.Random], Iterator[Example]]]",
    most: dict[str, int],
    folder: Path,
    seed: int,
    on_progress: Callable[[str], None],
) -> tuple[list[Example], list[Example]]:
    kept: list[Example] = []
    held: list[Example] = []
    for name, read in sets.items():
        chance = random.Random(f"{seed}/{name}")  # noqa: S311
        try:
            examples = list(read(folder, chance))
        except OSError as error:
            on_progress(f"{name}: left out, {error.filename} is not there")
            continue
        chance.shuffle(examples)
        examples = examples[: most.get(name, len(examples))]
        share = len(examples) // HELD_OUT
        held.extend(examples[:share])
        kept.extend(examples[share:])
        on_progress(f"{name}: {len(examples) - share} examples, {share} held out")
    for examples in (kept, held):
        random.Random(seed).shuffle(examples)  # noqa: S311
    return kept, held


def write(mixture: Mixture, path: Path) -> None:
    """Keep a mixture, so that a run that broke off goes on with the same examples."""
    with path.open("w") as stream:
        for name in ("reading", "judging", "reading_held", "judging_held"):
            for example in getattr(mixture, name):
                stream.write(json.dumps({"part": name, **asdict(example)}, ensure_ascii=False) + "\n")


def read(path: Path) -> Mixture:
    parts: dict[str, list[ReadExample | JudgeExample]] = {}
    with path.open() as stream:
        for line in stream:
            row = json.loads(line)
            part = row.pop("part")
            if part.startswith("reading"):
                for name in ("spans", "answers"):
                    row[name] = tuple((a, b) for a, b in row[name])
                row["labels"] = tuple(row["labels"])
                parts.setdefault(part, []).append(ReadExample(**row))
            else:
                parts.setdefault(part, []).append(JudgeExample(**row))
    return Mixture(*(parts.get(n, []) for n in ("reading", "judging", "reading_held", "judging_held")))  # type: ignore[arg-type]
