"""What may be set for the training of an adapter, with bounds, and what holds if nothing is set."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from donovan.training.contract import TrainingRefused

ASK = "ask"
PASSAGES = "passages"
FORMS = (ASK, PASSAGES)


@dataclass(frozen=True)
class Options:
    """`rank` and `alpha` are those of the low-rank matrices (their product is scaled by alpha / rank).

    `learning_rate` is reached after the first tenth of the steps and falls to nothing along a line.
    `longest_prompt` bounds a training prompt in tokens: what was shown to the model is cropped to it around
    what bears the answer. `forms` are the prompts that are learned: the product's own and plain passages.
    `preference_beta` is how far an answer may be moved from what the untouched model would say, and
    `likelihood` the weight of the plain loss on the preferred answer beside it.
    """

    rank: int = 8
    alpha: int = 16
    learning_rate: float = 6e-4
    epochs: int = 1
    batch: int = 4
    longest_prompt: int = 192
    longest_answer: int = 96
    forms: tuple[str, ...] = FORMS
    preference_beta: float = 0.1
    preference_learning_rate: float = 1e-4
    likelihood: float = 0.2
    checkpoint_every: int = 10
    threads: int = 0

    @property
    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "forms": list(self.forms)}


_BOUNDS = {
    "rank": (1, 128),
    "alpha": (1, 512),
    "learning_rate": (1e-6, 1e-2),
    "epochs": (1, 50),
    "batch": (1, 64),
    "longest_prompt": (64, 1536),
    "longest_answer": (8, 512),
    "preference_beta": (0.01, 10),
    "preference_learning_rate": (1e-6, 1e-2),
    "likelihood": (0, 10),
    "checkpoint_every": (1, 1000),
    "threads": (0, 256),
}


def read_options(settings: Mapping[str, Any]) -> Options:
    """The options of a job. Raises TrainingRefused naming the first setting that cannot be."""
    known = {one.name: one.type for one in fields(Options)}
    read: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in known:
            raise TrainingRefused(
                f"There is no setting “{name}” for the language model. There are {', '.join(sorted(known))}."
            )
        if name == "forms":
            chosen = tuple(value) if isinstance(value, list | tuple) else ()
            if not chosen or set(chosen) - set(FORMS):
                raise TrainingRefused(f"The setting forms is a list of some of {', '.join(FORMS)}.")
            read[name] = chosen
            continue
        is_whole = isinstance(getattr(Options, name), int)
        least, most = _BOUNDS[name]
        is_number = isinstance(value, int if is_whole else int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            raise TrainingRefused(
                f"The setting {name} must be a {'whole ' if is_whole else ''}number from {least} to {most}."
            )
        read[name] = value
    return Options(**read)
