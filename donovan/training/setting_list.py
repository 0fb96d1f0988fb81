"""What may be set for each kind of training: the name, what holds if nothing is set, the bounds, one line.

Trainers hold the defaults themselves and load heavy libraries, so this list stands beside them for pages and
commands; a test compares the two. It is asked before a training waits for the worker, not after.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from donovan.training.errors import WrongField


@dataclass(frozen=True)
class Setting:
    """One setting. `tasks`: the only tasks of data sets that it means something for; none means all.

    A list of texts has no bounds; with `choices` it is a list of some of those. A yes or no has a bool for
    its default.
    """

    name: str
    default: float | bool | tuple[str, ...]
    words: str
    least: float = 0
    most: float = 0
    choices: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """What may stand there, in words."""
        if isinstance(self.default, bool):
            return "true or false"
        if self.choices:
            return f"a list of some of {', '.join(self.choices)}"
        if isinstance(self.default, tuple):
            return "a list of texts"
        whole = "a whole number" if isinstance(self.default, int) else "a number"
        return f"{whole} from {self.least:g} to {self.most:g}"

    @property
    def default_words(self) -> str:
        if isinstance(self.default, bool):
            return "true" if self.default else "false"
        if isinstance(self.default, tuple):
            return ", ".join(self.default) or "none"
        return f"{self.default:g}"

    def takes(self, value: Any) -> bool:
        if isinstance(self.default, bool):
            return isinstance(value, bool)
        if isinstance(self.default, tuple):
            return isinstance(value, list | tuple) and (not self.choices or self._is_some(value))
        is_number = not isinstance(value, bool) and isinstance(value, int | float)
        if not is_number or (isinstance(self.default, int) and not isinstance(value, int)):
            return False
        return bool(self.least <= value <= self.most)

    def _is_some(self, value: Sequence[Any]) -> bool:
        return bool(value) and all(one in self.choices for one in value)


CORPUS = Setting("corpus", (), "further passages that search must tell from the right ones")
RETRIEVER = (
    Setting("epochs", 3, "times that every question is learnt from", 1, 50),
    Setting("batch", 16, "questions learnt from at once", 2, 256),
    Setting("learning_rate", 2e-5, "how far each step goes", 1e-7, 1e-2),
    Setting("tokens", 128, "length at which texts are cut while learning", 16, 512),
    Setting("negatives", 4, "wrong passages looked for with each question", 0, 20),
    Setting("guard_weight", 10.0, "how hard it is held to what it could do before", 0, 1e4),
    Setting("guards_at_once", 16, "texts held fast to in each step", 1, 256),
    Setting("made_guards", 200, "texts made up to hold fast to", 0, 10_000),
    Setting("tunes_tokens", False, "whether the table of words is learnt too; slower"),
    Setting("checkpoint_every", 20, "steps between two checkpoints", 1, 10_000),
    CORPUS,
    Setting("guard_texts", (), "texts whose meaning should stay as it is"),
)
RERANKER = (Setting("candidates", 50, "passages that each question is learnt from", 5, 500), CORPUS)
READER = (
    Setting("epochs", 8, "times that every label is learnt from", 1, 50),
    Setting("learning_rate", 1e-4, "how far each step goes", 1e-7, 1e-2),
    Setting("guard_weight", 4.0, "how hard it is held to what it said before", 0, 1e4),
    Setting("guards", 200, "texts of each kind to hold fast to", 0, 10_000),
    Setting("checkpoint_every", 20, "steps between two checkpoints", 1, 10_000),
)
CLASSIFIER = (
    Setting("threshold", 0.5, "least probability at which a class is shown", 0, 1, tasks=("document_class",)),
    Setting(
        "precision",
        0.95,
        "least share of its objections to claims that must be right",
        0,
        1,
        tasks=("claim_support",),
    ),
)
LLM = (
    Setting("rank", 8, "size of the adapter", 1, 128),
    Setting("alpha", 16, "how much the adapter weighs; it is divided by rank", 1, 512),
    Setting("learning_rate", 6e-4, "how far each step goes", 1e-6, 1e-2),
    Setting("epochs", 1, "times that every example is learnt from", 1, 50),
    Setting("batch", 4, "examples learnt from at once", 1, 64),
    Setting("longest_prompt", 192, "tokens of a question and its passages; the rest is cut", 64, 1536),
    Setting("longest_answer", 96, "tokens of an answer; the rest is cut", 8, 512),
    Setting("forms", ("ask", "passages"), "the prompts that are learnt", choices=("ask", "passages")),
    Setting(
        "preference_beta",
        0.1,
        "how far an answer may move from what it was",
        0.01,
        10,
        tasks=("preference",),
    ),
    Setting("preference_learning_rate", 1e-4, "how far each step goes", 1e-6, 1e-2, tasks=("preference",)),
    Setting("likelihood", 0.2, "weight of the preferred answer itself", 0.0, 10, tasks=("preference",)),
    Setting("checkpoint_every", 10, "steps between two checkpoints", 1, 1000),
    Setting("threads", 0, "processor threads; 0 takes what is free", 0, 256),
)
SETTINGS: Mapping[str, tuple[Setting, ...]] = {
    "retriever": RETRIEVER,
    "reranker": RERANKER,
    "reader": READER,
    "classifier": CLASSIFIER,
    "llm": LLM,
}


def check_settings(kind: str, shown: str, task: str, given: Mapping[str, Any]) -> None:
    """Raises WrongField for the first setting that this kind, called `shown`, does not have or take."""
    known = {one.name: one for one in SETTINGS.get(kind, ()) if not one.tasks or task in one.tasks}
    for name, value in given.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean “{near[0]}”?" if near else f"It has {', '.join(known) or 'none'}."
            raise WrongField(
                "settings", f"There is no setting “{name[:40]}” for a {shown} on this data. {hint}"
            )
        if not known[name].takes(value):
            raise WrongField("settings", f"The setting “{name}” must be {known[name].allowed}.")
