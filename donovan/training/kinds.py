"""The kinds of training: what they learn from, what they make, and what their process may take.

What may be set for each stands in `setting_list`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from donovan.feedback.shapes import TASKS
from donovan.training.errors import WrongField
from donovan.training.models import TrainingJob

Kind = TrainingJob.Kind


@dataclass(frozen=True)
class KindOfTraining:
    """`roles` says which role a data set of a task leads to. `trainer` is "module:function", loaded only in
    the process that trains. `megabytes` bounds that process.
    """

    kind: str
    shown: str
    roles: Mapping[str, str]
    trainer: str
    megabytes: int


KINDS: Mapping[str, KindOfTraining] = {
    one.kind: one
    for one in (
        KindOfTraining(
            Kind.RETRIEVER,
            "retriever: what search finds by meaning",
            {"relevance": "embedder"},
            "donovan.training.trainers.retriever:train_retriever",
            6000,
        ),
        KindOfTraining(
            Kind.RERANKER,
            "re-ranker: the order of what was found",
            {"relevance": "reranker"},
            "donovan.training.trainers.reranker:train_reranker",
            6000,
        ),
        KindOfTraining(
            Kind.READER,
            "reader: which words answer, and whether words support a claim",
            {"relevance": "reader", "answer": "reader", "claim_support": "reader"},
            "donovan.training.trainers.reader:train_reader",
            6000,
        ),
        KindOfTraining(
            Kind.CLASSIFIER,
            "classifier: classes of documents, or whether evidence bears a claim",
            {"document_class": "triage", "claim_support": "verifier"},
            "donovan.training.trainers.classifier:train_classifier",
            4000,
        ),
        KindOfTraining(
            Kind.LLM,
            "language model: an adapter over the model that writes",
            {"answer": "llm", "preference": "llm"},
            "donovan.training.trainers.language_model:train_llm",
            10000,
        ),
    )
}


FEWEST_TO_ADAPT = 8
"""Training rows from which on an adapter of the language model is trained at all: with fewer it learns them
by heart, and that takes minutes to find out.
"""


def check_rows(kind: str, counts: Mapping[str, int]) -> None:
    """Raises WrongField where a version has too few training rows for a kind that cannot tell so at once."""
    rows = int(counts.get("train", 0))
    if kind == Kind.LLM and rows < FEWEST_TO_ADAPT:
        raise WrongField(
            "dataset",
            f"{rows} training row{'' if rows == 1 else 's'} can teach a language model nothing that holds. "
            f"{FEWEST_TO_ADAPT} are the fewest; some hundred show in the answers.",
        )


def role_for(kind: str, task: str) -> str:
    """The role that a training of `kind` on examples of `task` leads to. Raises WrongField if none."""
    if kind not in KINDS:
        raise WrongField(
            "kind",
            f"There is no training of the kind “{kind[:40]}”. Choose one of {', '.join(KINDS)}.",
        )
    roles = KINDS[kind].roles
    if task not in roles:
        fitting = " or ".join(_name(one) for one in kinds_for(task)) or "another data set"
        raise WrongField(
            "kind",
            f"This data set holds examples of the {TASKS.get(task, task)}; a {_name(kind)} learns from "
            f"examples of {' or '.join(TASKS.get(one, one) for one in sorted(roles))}. Choose {fitting}.",
        )
    return roles[task]


def kind_fitting(task: str) -> str:
    """The one kind that learns from examples of `task`. Raises WrongField where there are several or none."""
    found = kinds_for(task)
    if len(found) == 1:
        return found[0]
    several = " or ".join(_name(kind) for kind in found)
    raise WrongField(
        "kind",
        f"Say what to train: a {several} can learn from this data set."
        if found
        else f"Nothing here learns from examples of the {TASKS.get(task, task)}. Choose another data set.",
    )


def _name(kind: str) -> str:
    return str(Kind(kind).label)


def kinds_for(task: str) -> list[str]:
    """The kinds that can learn from examples of `task`."""
    return [kind for kind, one in KINDS.items() if task in one.roles]
